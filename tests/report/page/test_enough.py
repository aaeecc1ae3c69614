"""What is enough lies between the own value and the recourse, and is said as such."""

import numpy as np
import pytest

from skpar import Wording
from skpar.report._sentences import Writer
from skpar.report.page._enough import NumberRegion, StrayingChange
from skpar.table import TableSchema

from ..._reports import people

OPEN, SHUT, ABOVE = (True, False), (False, False), (False, True)
WRITER = Writer(TableSchema.infer(people()), Wording(units={"income": "$"}))
AGE, INCOME = 0, 1
LOWER, RAISE = "lower age from 60 to 50 or less", "raise age from 30 to 40 or more"


@pytest.mark.parametrize(
    ("j", "old", "new", "ends", "action"),
    [
        (AGE, 60, 45, (50, 20, 50, OPEN), LOWER),
        (
            AGE,
            60,
            45,
            (50, 20, 50, SHUT),
            "lower age from 60 to 50 or less (down to 20)",
        ),
        (AGE, 60, 45, (45, 45, 50, SHUT), "lower age from 60 to 45"),
        (AGE, 30, 45, (40, 40, 70, ABOVE), RAISE),
        (
            AGE,
            30,
            45,
            (40, 40, 70, SHUT),
            "raise age from 30 to 40 or more (up to 70)",
        ),
        (
            INCOME,
            np.nan,
            100,
            (500, 0, 500, OPEN),
            "show that income is $500 or less (missing now)",
        ),
        (
            INCOME,
            np.nan,
            900,
            (500, 500, 2000, ABOVE),
            "show that income is $500 or more (missing now)",
        ),
        (
            INCOME,
            np.nan,
            500,
            (500, 500, 2000, ABOVE),
            "show that income is $500 or more (missing now)",
        ),
        (
            INCOME,
            np.nan,
            500,
            (500, 0, 500, OPEN),
            "show that income is $500 or less (missing now)",
        ),
    ],
)
def test_actions(j, old, new, ends, action):
    change = StrayingChange(j, float(old), float(new), NumberRegion(*ends))
    before = WRITER.action(j, float(old), float(new))
    assert change.action(before, WRITER) == action
    explained = change.action(f"{before} (explained)", WRITER)
    assert explained == f"{action} (explained)"


def test_the_recourse_is_said_where_less_is_enough():
    region = NumberRegion(500.0, 500.0, 2000.0, ABOVE)
    change = StrayingChange(INCOME, 100.0, 900.0, region)
    assert change.found(WRITER) == "income $900"
    assert StrayingChange(INCOME, 100.0, 500.0, region).found(WRITER) == ""
