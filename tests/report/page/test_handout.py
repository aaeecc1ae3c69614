"""The page of one person: cards, the nearest miss, what stays."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from skpar import Phrases, Wording
from skpar.actionability import Limits
from skpar.report._reasons import Impossible, NoProposal, NotFound, Reason
from skpar.report._sentences import Writer
from skpar.report.page._additions import read_additions
from skpar.report.page._handout import (
    _nearest_miss,
    make_handout,
    percent,
    rules_in_words,
)
from skpar.table import TableSchema

from ..._reports import few


def handout(report, row=0, phrases=None):
    writer = Writer(report.schema, Wording(phrases=phrases))
    return make_handout(report, row, writer, read_additions(report, writer))


def without(finding, row=2):
    """Report in which it is known what was tried for one person."""
    report = few()
    reason = report.reason.copy()
    reason[row] = Reason("in English", finding)
    status = report.status.astype("U10")
    if isinstance(finding, Impossible):
        status[row] = "impossible"
    return dataclasses.replace(report, reason=reason, status=status)


def missed(**changes):
    """What search tried for the third person: an older person is the nearest miss."""
    row = few().codes_before[2]
    miss = row.copy()
    miss[:2] = 52.0, 1234.0
    tried = NotFound(
        200, 200, row, miss, miss != row, 0.412, ("age: 'increasing'",), [], []
    )
    return dataclasses.replace(tried, **changes)


def test_actions_come_first_and_consequences_after():
    report = few()
    context = dataclasses.replace(report.context, derived=(0,))
    (card,) = handout(dataclasses.replace(report, context=context)).cards
    assert card.actions == ("raise size from S to L", "change job from cook to smith")
    assert card.consequences == ("age then becomes 45 instead of 30",)
    assert card.lead == "All of these changes together:"
    assert "raise size from S to L; change job" in card.picture


def test_several_options_are_numbered_and_the_least_effort_is_named():
    report = few()
    more = dataclasses.replace(report, effort=report.effort + 1)
    cards = handout(dataclasses.replace(report, further=(more,))).cards
    assert [card.heading for card in cards] == ["Option 1", "Option 2"]
    assert "; the least effort of these options;" in cards[0].measures
    assert "effort" not in cards[1].measures
    assert handout(report).cards[0].heading == ""
    same = dataclasses.replace(report, further=(report,))
    assert "least" not in "".join(card.measures for card in handout(same).cards)


def test_an_unknown_probability_is_left_out():
    report = few()
    details = dataclasses.replace(report.details, probability=np.full((4, 2), np.nan))
    (card,) = handout(dataclasses.replace(report, details=details)).cards
    assert card.measures == "More typical than 50% of the accepted people."


def test_the_nearest_miss_is_marked_as_denied():
    found = handout(without(missed()), 2)
    assert found.miss.mark == "Denied"
    assert found.miss.changes == (
        "raise age from 50 to 52",
        "raise income from 500 to 1234",
    )
    assert found.miss.probability == "Probability of acceptance: 41%"
    assert found.obstacles.facts == ("The search tried 200 rows.",)
    assert found.obstacles.lead == "These rules allow no step further there:"
    assert found.obstacles.rules == ("age can only rise",)
    assert found.reason == "" and found.cards == ()


def test_numbers_of_the_nearest_miss_are_rounded_unless_they_are_whole():
    row, miss = np.array([0.12, 5.0]), np.array([0.98765, 12345.0])
    table = pd.DataFrame({"share": [0.12, 0.99], "n": [5, 12345]})
    tried = missed(row=row, miss=miss, is_miss=np.array([True, True]))
    found = _nearest_miss(tried, Writer(TableSchema.infer(table)))
    assert found.changes == (
        "raise share from 0.12 to 0.988",
        "raise n from 5 to 12,345",
    )
    near = missed(row=np.array([0.988, 5.0]), miss=miss, is_miss=miss > 0)
    (change, _) = _nearest_miss(near, Writer(TableSchema.infer(table))).changes
    assert "0.98765" in change


def test_an_accepted_miss_says_what_it_lacks_and_blames_no_rule():
    tried = missed(lacks=["effort 3 above 1"], demands=["an effort of at most 1"])
    found = handout(without(tried), 2)
    assert found.miss.mark == "No option"
    assert found.miss.lacks == ("effort 3 above 1",)
    assert found.obstacles.rules == ()
    assert "this is demanded: an effort of at most 1." in found.obstacles.facts[1]


def test_without_a_miss_there_is_no_card():
    row = few().codes_before[2]
    nothing = missed(miss=row, is_miss=np.zeros(5, dtype=bool), probability=None)
    assert handout(without(nothing), 2).miss is None
    none = handout(without(NoProposal(4)), 2)
    assert none.miss is None and "4 tried" in none.reason


@pytest.mark.parametrize("blocking", [(), ("age: 'immutable'", "a link")])
def test_the_impossible_names_the_rules_to_relax(blocking):
    found = handout(without(Impossible(blocking, [], can_change=False)), 2)
    assert found.sentence.endswith("It is proved that the rules leave no option.")
    assert found.obstacles.facts[0] == "The rules allow no change at all."
    assert "whether rules can be relaxed" in found.obstacles.advice
    if blocking:
        assert found.obstacles.rules == ("age cannot change", "a link")
        assert found.obstacles.lead.startswith("Without any one of these rules")
    else:
        assert found.obstacles.facts[1].startswith("To relax a single rule is not")


def test_demands_of_an_accepted_person_are_said():
    report = few()
    reason = report.reason.copy()
    reason[3] = "its row is below min_probability"
    found = handout(dataclasses.replace(report, reason=reason), 3)
    assert found.sentence == "The model accepts this case."
    assert found.reason == "Its row is below min_probability."
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


def test_simple_rules_are_written_in_words():
    report, rules = few(), ("age: 'immutable'", "size: ['increasing', 'x']")
    writer = Writer(report.schema, Wording(phrases=Phrases.german()))
    german = ("age kann sich nicht ändern", rules[1])
    assert rules_in_words(report, rules, writer) == german


def test_percentages_differ_if_shares_do():
    writer = Writer(few().schema)
    assert percent(writer, 0.2, 0.6) == ["20%", "60%"]
    assert percent(writer, 0.497, 0.502) == ["49.7%", "50.2%"]
    assert percent(writer, 0.5, 0.5) == ["50%", "50%"]
