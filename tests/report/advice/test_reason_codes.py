"""Codes are those of the lender, for every feature, in the right direction."""

import numpy as np
import pandas as pd
import pytest

from skpar.report.advice._reason_codes import ReasonCodes
from skpar.table import TableSchema

TABLE = pd.DataFrame(
    {
        "job": ["cook", "clerk", "cook", "smith"],
        "income": [100.0, np.nan, 250.0, 70.5],
        "owner": [True, False, True, False],
    }
)
SCHEMA = TableSchema.infer(TABLE)
FAMILIES = [[0], [1], [2]]
INCOME = {"low": "LOW", "high": "HIGH", "missing": "NONE"}
CODES = {"job": 7, "income": INCOME, "owner": "own"}


def test_directions_choose_the_code():
    codes = ReasonCodes(SCHEMA, FAMILIES, CODES)
    typical = np.array([0.4, 90.0, 0.5])
    for income, code in ((80.0, "LOW"), (90.0, "HIGH"), (95.0, "HIGH")):
        assert codes.of(1, np.array([0.0, income, 1.0]), typical) == code
    assert codes.of(1, np.array([0.0, np.nan, 1.0]), typical) == "NONE"
    assert codes.of(0, np.array([0.0, 1.0, 1.0]), typical) == 7
    assert codes.of(2, np.array([0.0, 1.0, 1.0]), typical) == "own"


def test_without_codes_names_count():
    codes = ReasonCodes(SCHEMA, [[0], [1, 2]], None)
    assert [codes.of(k, np.zeros(3), np.zeros(3)) for k in (0, 1)] == [
        "job",
        "income, owner",
    ]


def test_a_family_has_the_code_of_its_first_column_with_one():
    codes = ReasonCodes(SCHEMA, [[0], [1, 2]], {"owner": "own", "job": "j"})
    assert codes.of(1, np.zeros(3), np.zeros(3)) == "own"
    codes = ReasonCodes(SCHEMA, [[0], [1, 2]], CODES)
    assert codes.of(1, np.zeros(3), np.ones(3)) == "LOW"


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ({"job": 1, "owner": 2}, "no code for 'income'"),
        ({"job": 1}, "no code for 'income', 'owner'"),
        ({**CODES, "shoes": 1}, "codes: .*shoes"),
        ({**CODES, "job": INCOME}, "'job' has no order"),
        ({**CODES, "income": {"low": 1, "high": 2}}, "'income' needs .*missing"),
        ({**CODES, "owner": {"low": 1}}, "'owner' needs"),
        ({**CODES, "owner": {"low": 1, "high": 2, "mid": 3}}, "'owner' needs"),
        ({**CODES, "owner": {"low": 1, "high": None}}, "code of 'owner'"),
        ({**CODES, "owner": 1.5}, "code of 'owner'"),
        ({**CODES, "owner": True}, "code of 'owner'"),
        ({}, "no code for 'job', 'income', 'owner'"),
    ],
)
def test_codes_that_cannot_be_used_name_the_feature(codes, message):
    with pytest.raises(ValueError, match=message):
        ReasonCodes(SCHEMA, FAMILIES, codes)


def test_codes_are_a_mapping():
    with pytest.raises(TypeError, match="codes must be a mapping"):
        ReasonCodes(SCHEMA, FAMILIES, ["a", "b", "c"])
    with pytest.raises(ValueError, match="no code for 'income' or 'owner'"):
        ReasonCodes(SCHEMA, [[0], [1, 2]], {"job": 1})
