"""The page of one person: cards, the nearest miss, what stays."""

import dataclasses

import numpy as np
import pandas as pd

from skpar import Wording
from skpar.actionability import Limits
from skpar.report._reasons import AcceptedLacking, Reason
from skpar.report._sentences import Writer
from skpar.report.page._additions import read_additions
from skpar.report.page._handout import make_handout
from skpar.search import Broken

from ..._reports import few


def handout(report, row=0, phrases=None, **given):
    writer = Writer(report.schema, Wording(phrases=phrases))
    return make_handout(report, row, writer, read_additions(report, writer, **given))


def region(feature, value, low, high, enough=None, evidence="certified"):
    """Region of one number of the first person; open ends are 18 and 9000."""
    line = {"row": "ann", "option": 0, "feature": feature, "value": value}
    ends = {"box_low": low, "box_high": high, "evidence": evidence, "n_tested": 200}
    ends |= {"box_least": max(low, 18.0), "box_most": min(high, 9000.0)}
    return pd.DataFrame([line | ends | {"enough": value if enough is None else enough}])


def test_actions_come_first_and_consequences_after():
    report = few()
    context = dataclasses.replace(report.context, derived=(0,))
    (card,) = handout(dataclasses.replace(report, context=context)).cards
    assert card.actions == ("raise size from S to L", "change job from cook to smith")
    assert card.consequences == ("age then becomes 45 instead of 30",)
    assert card.lead == "All of these changes together:"
    assert "raise size from S to L; change job" in card.picture


def test_several_options_are_numbered():
    report = few()
    cards = handout(dataclasses.replace(report, further=(report,))).cards
    assert [card.heading for card in cards] == ["Option 1", "Option 2"]
    assert handout(report).cards[0].heading == ""


def test_an_action_says_what_is_enough():
    given = region("age", 45.0, 40.0, np.inf, enough=40.0)
    (card,) = handout(few(), regions=given).cards
    assert "raise age from 30 to 40, or as far as 9000" in card.actions
    assert card.found == "The search found age 45."
    assert "30 \N{RIGHTWARDS ARROW} 40" in card.picture and 'class="g"' in card.picture


def test_where_nothing_less_is_enough_the_recourse_stands():
    (card,) = handout(few(), regions=region("age", 45.0, 45.0, 50.0)).cards
    assert "raise age from 30 to 45, or as far as 50" in card.actions
    assert card.found == ""
    (card,) = handout(few(), regions=region("age", 45.0, 45.0, 45.0)).cards
    assert "raise age from 30 to 45" in card.actions
    assert card.region == card.found == "" and 'class="g"' not in card.picture


def test_roles_are_those_of_the_recourse():
    report = few()
    flags = np.zeros(report.codes_before.shape, dtype=bool)
    flags[0, 0] = True
    needed = np.zeros(4, dtype=bool)
    report = dataclasses.replace(report, accompanying=flags, needed=needed)
    given = region("age", 45.0, 40.0, np.inf, enough=40.0)
    (card,) = handout(report, regions=given).cards
    (action,) = [text for text in card.actions if "age" in text]
    assert action.startswith("raise age from 30 to 45 (accompanies: ")


def test_what_is_enough_is_proved_or_tested():
    (card,) = handout(few(), regions=region("age", 45.0, 40.0, 50.0)).cards
    assert card.region.startswith("Proved: the model accepts each of these values")
    some = region("age", 45.0, 40.0, 50.0, evidence="tested")
    (card,) = handout(few(), regions=some).cards
    assert card.region.endswith("accepted all of 200 draws among these values.")


def test_numbers_that_stray_together_may_do_so_in_any_combination():
    report = few()
    report.codes_after[0, 1] = 1500.0
    more = pd.concat(
        [region("age", 45.0, 40.0, 50.0), region("income", 1500.0, 1200.0, np.inf)]
    )
    (card,) = handout(report, regions=more).cards
    assert card.region.startswith("Proved: the model accepts all combinations of")


def test_an_unknown_probability_is_left_out():
    report = few()
    details = dataclasses.replace(report.details, probability=np.full((4, 2), np.nan))
    (card,) = handout(dataclasses.replace(report, details=details)).cards
    assert card.measures == "More typical than 50% of the accepted people."


def test_demands_of_an_accepted_person_are_said():
    report = few()
    reason = report.reason.copy()
    lacking = AcceptedLacking([Broken("min_probability", 0.7, 0.6)])
    reason[3] = Reason(lacking.text(), lacking)
    found = handout(dataclasses.replace(report, reason=reason), 3)
    assert found.sentence == "The model accepts this case."
    assert found.reason == (
        "No change is advised, though its score is 60%; at least 70% is demanded."
    )
    assert handout(report, 3).sentence.endswith("No change is needed.")


def test_what_stays_is_fixed_or_free():
    report = few()
    frozen = np.zeros(report.codes_before.shape, dtype=bool)
    frozen[0, 1] = True
    limits = Limits.none(frozen.shape).with_frozen(frozen)
    changed = dataclasses.replace(
        report,
        context=dataclasses.replace(report.context, immutable=(4,)),
        details=dataclasses.replace(report.details, limits=limits),
    )
    assert handout(changed).stays == ("Fixed by the rules: income, owner.",)
    assert handout(changed, 1).stays == (
        "Fixed by the rules: owner.",
        "Not changed here: size, job.",
    )
    assert handout(changed, 2).stays == ("Fixed by the rules: owner.",)
    assert handout(changed, 3).stays == ()


def test_what_one_option_changes_does_not_stay():
    report = few()
    other = dataclasses.replace(report, codes_after=report.codes_before.copy())
    other.codes_after[0, 1] = 7.0
    both = dataclasses.replace(report, further=(other,))
    assert handout(both).stays == ("Not changed here: owner.",)
