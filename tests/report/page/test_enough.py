"""What is enough lies between the own value and the recourse, and is said as such."""

import numpy as np
import pytest

from skpar import Wording
from skpar.report._sentences import Writer
from skpar.report.page._enough import NumberRegion, StrayingChange
from skpar.table import TableSchema

from ..._reports import people

WRITER = Writer(TableSchema.infer(people()), Wording(units={"income": "$"}))
AGE, INCOME = 0, 1


@pytest.mark.parametrize(
    ("j", "old", "new", "ends", "action"),
    [
        (AGE, 60, 45, (50, 20, 50), "lower age from 60 to 50, or as far as 20"),
        (AGE, 60, 45, (45, 45, 50), "lower age from 60 to 45"),
        (AGE, 30, 45, (40, 40, 70), "raise age from 30 to 40, or as far as 70"),
        (
            INCOME,
            np.nan,
            500,
            (500, 20, 2000),
            "show that income is $20 to $2,000 (missing now)",
        ),
    ],
)
def test_actions(j, old, new, ends, action):
    change = StrayingChange(j, float(old), float(new), NumberRegion(*ends))
    assert change.action(WRITER.action(j, float(old), float(new)), WRITER) == action


def test_the_steps_of_a_rule_are_said():
    region = NumberRegion(40.0, 40.0, 70.0)
    change = StrayingChange(AGE, 30.0, 45.0, region, step=5.0)
    text = change.action(WRITER.action(AGE, 30.0, 45.0), WRITER)
    assert text.endswith("to 40, or as far as 70, in steps of 5")


@pytest.mark.parametrize("verb", ["earn {difference} more", "earn more"])
def test_words_without_the_value_stay(verb):
    wording = Wording(verbs={"income": {"raise": verb}}, units={"income": "$"})
    writer = Writer(TableSchema.infer(people()), wording)
    change = StrayingChange(INCOME, 500.0, 900.0, NumberRegion(700.0, 700.0, 1900.0))
    said = change.action(writer.action(INCOME, 500.0, 900.0), writer)
    if "{" in verb:
        assert said == "earn $200 more"
    else:
        assert said == "earn more income from $500 to $700, or as far as $1,900"


def test_the_recourse_is_said_where_less_is_enough():
    region = NumberRegion(500.0, 500.0, 2000.0)
    change = StrayingChange(INCOME, 100.0, 900.0, region)
    assert change.found(WRITER) == "income $900"
    assert StrayingChange(INCOME, 100.0, 500.0, region).found(WRITER) == ""
