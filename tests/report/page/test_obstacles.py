"""What stands in the way of a person, what came nearest, and what it lacks."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from skpar import Phrases, Wording
from skpar.report._reasons import Impossible, NoProposal, NotFound, Reason
from skpar.report._sentences import Writer
from skpar.report.page._additions import read_additions
from skpar.report.page._handout import make_handout
from skpar.report.page._obstacles import lack_in_words, nearest_miss, percent
from skpar.search import Broken, Demanded
from skpar.table import TableSchema

from ..._reports import few


def handout(report, row, phrases=None):
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


def test_the_nearest_miss_is_marked_as_denied():
    found = handout(without(missed()), 2)
    assert found.miss.mark == "Denied"
    assert found.miss.changes == (
        "raise age from 50 to 52",
        "raise income from 500 to 1234",
    )
    assert found.obstacles.facts == ()
    assert found.obstacles.lead == "These rules allow no step further there:"
    assert found.obstacles.rules == ("age can only rise",)
    assert found.reason == "" and found.cards == ()


def test_numbers_of_the_nearest_miss_are_rounded_unless_they_are_whole():
    row, miss = np.array([0.12, 5.0]), np.array([0.98765, 12345.0])
    table = pd.DataFrame({"share": [0.12, 0.99], "n": [5, 12345]})
    tried = missed(row=row, miss=miss, is_miss=np.array([True, True]))
    found = nearest_miss(tried, Writer(TableSchema.infer(table)))
    assert found.changes == (
        "raise share from 0.12 to 0.988",
        "raise n from 5 to 12,345",
    )
    near = missed(row=np.array([0.988, 5.0]), miss=miss, is_miss=miss > 0)
    (change, _) = nearest_miss(near, Writer(TableSchema.infer(table))).changes
    assert "0.98765" in change


def test_an_accepted_miss_says_what_it_lacks_and_blames_no_rule():
    lacks, demands = [Broken("max_effort", 1.0, 3.0)], [Demanded("max_effort", 1.0)]
    tried = missed(lacks=lacks, demands=demands)
    found = handout(without(tried), 2)
    assert found.miss.mark == "No option"
    assert found.miss.lacks == ("its effort is 3; at most 1 is allowed",)
    assert found.obstacles.rules == ()
    assert "demand an effort of at most 1." in found.obstacles.facts[0]


def test_without_a_miss_there_is_no_card():
    row = few().codes_before[2]
    nothing = missed(miss=row, is_miss=np.zeros(5, dtype=bool), probability=None)
    assert handout(without(nothing), 2).miss is None
    none = handout(without(NoProposal(4)), 2)
    assert none.miss is None and "4 tried" in none.reason


@pytest.mark.parametrize("blocking", [(), ("age: 'increasing'", "a link")])
def test_the_impossible_names_the_rules_to_relax(blocking):
    found = handout(without(Impossible(blocking, [], can_change=False)), 2)
    assert found.sentence.endswith("rules leave no option; this is proved.")
    assert found.obstacles.facts[0] == "The rules allow no change at all."
    assert "whether rules can be relaxed" in found.obstacles.advice
    if blocking:
        assert found.obstacles.rules == ("age can only rise", "a link")
        assert found.obstacles.lead.startswith("To lift a single one of these rules")
    else:
        assert found.obstacles.facts[1].startswith("To relax a single rule is not")


def test_percentages_differ_if_shares_do():
    writer = Writer(few().schema)
    assert percent(writer, 0.2, 0.6) == ["20%", "60%"]
    assert percent(writer, 0.497, 0.502) == ["49.7%", "50.2%"]
    assert percent(writer, 0.5, 0.5) == ["50%", "50%"]


NEEDED = [
    Demanded("target", "gold"),
    Demanded("min_probability", 0.7),
    Demanded("max_probability", 0.9),
    Demanded("min_robustness", 0.85),
    Demanded("max_effort", 1.5),
]
LACKING = [
    Broken("target", "gold"),
    Broken("min_probability", 0.7, 0.6),
    Broken("max_probability", 0.9, 0.95),
    Broken("min_robustness", 0.85, 0.7),
    Broken("max_effort", 0.15, 0.1500004),
    Broken("min_percentile"),
    Broken("allow_training_rows"),
]


@pytest.mark.parametrize("phrases", [Phrases(), Phrases.german()])
@pytest.mark.parametrize("lack", LACKING, ids=str)
def test_lacks_are_written_without_names_of_parameters(lack, phrases):
    text = lack_in_words(lack, Writer(few().schema, Wording(phrases=phrases)))
    assert lack.name not in text and "{" not in text
    if lack.value is not None:
        assert text.count("0.15") == 2 or "%" in text or "0,15" in text
    if lack.name == "target":
        assert "gold" in text


def test_measures_that_differ_are_written_differently():
    text = lack_in_words(Broken("max_effort", 0.15, 0.15002), Writer(few().schema))
    assert text == "its effort is 0.15002; at most 0.15 is allowed"


@pytest.mark.parametrize("needed", NEEDED, ids=str)
def test_demands_are_written_in_both_languages(needed):
    report = without(Impossible((), [needed], can_change=True))
    for phrases in (Phrases(), Phrases.german()):
        fact = handout(report, 2, phrases).obstacles.facts[-1]
        assert needed.name not in fact
        said = {"target": "gold", "max_effort": "1.5"}.get(needed.name, "%")
        assert said in fact.replace(",", ".")


def test_bounds_of_shares_have_all_digits():
    writer = Writer(few().schema)
    text = lack_in_words(Broken("min_probability", 0.995, 0.98), writer)
    assert text == "its score is 98.0%; at least 99.5% is demanded"
    report = without(Impossible((), [Demanded("min_robustness", 0.975)], True))
    assert "97.5%" in handout(report, 2).obstacles.facts[-1]
    assert percent(writer, 0.9996) == ["99.96%"]
    assert percent(writer, 0.0) == ["0%"] and percent(writer, 1.0) == ["100%"]


def test_an_accepted_miss_is_not_rounded():
    row, miss = np.array([0.12]), np.array([0.98765])
    table = pd.DataFrame({"share": [0.12, 0.99]})
    lacks = [Broken("max_effort", 1.0, 3.0)]
    tried = missed(row=row, miss=miss, is_miss=np.array([True]), lacks=lacks)
    (change,) = nearest_miss(tried, Writer(TableSchema.infer(table))).changes
    assert "0.98765" in change
