"""Changes in words: names, units, and nothing that a spreadsheet would run."""

import numpy as np
import pandas as pd
import pytest

from skpar.report._wording import (
    Wording,
    escape_formula,
    row_labels,
    shorten,
    unchecked_parts,
    why_impossible,
    why_not_found,
    with_role,
)
from skpar.table import TableSchema


@pytest.fixture(scope="module")
def schema():
    return TableSchema.infer(
        pd.DataFrame(
            {
                "savings": [100.0, 500.5, np.nan],
                "term": [12, 24, 36],
                "job": ["cook", "clerk", "cook"],
                "owner": [True, False, True],
            }
        )
    )


@pytest.mark.parametrize(
    ("names", "units", "change", "words"),
    [
        ({}, {}, (0, 100.0, 500.5), "raise savings from 100 to 500.5"),
        ({}, {"savings": "EUR"}, (0, 500.0, 1.0), "lower savings from 500 to 1 EUR"),
        ({}, {"savings": "${}"}, (0, 1.0, 2.0), "raise savings from $1 to $2"),
        (
            {"term": "the term"},
            {"term": "months"},
            (1, 24.0, 18.0),
            "lower the term from 24 to 18 months",
        ),
        ({}, {"savings": "EUR"}, (0, np.nan, 7.0), "fill in savings with 7 EUR"),
        ({"job": "work"}, {}, (2, 0.0, 1.0), "change work from clerk to cook"),
        ({}, {}, (3, 0.0, 1.0), "change owner from False to True"),
    ],
)
def test_actions(schema, names, units, change, words):
    assert Wording(schema, names, units).action(*change) == words


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (1.2345678901, 0.9999998999999999, "lower savings from 1.23457 to {}"),
        (0.1234567, 0.3, "raise savings from 0.123457 to {}"),
        (3.00000049, 3.00000004, "lower savings from 3.00000049 to {}"),
        (2.0, 12345678.9, "raise savings from 2 to {}"),
        (2.0, 1.5e-9, "lower savings from 2 to {}"),
        (-0.12345678, -2e20, "lower savings from -0.123457 to {}"),
    ],
)
def test_a_sentence_has_the_number_of_the_table(schema, old, new, words):
    text = Wording(schema).action(0, old, new)
    written = text.split()[-1]
    assert text == words.format(written)
    assert float(written) == new
    assert len(written) <= len(repr(new))


def test_numbers_of_narrow_columns_are_as_short_as_in_the_table():
    table = pd.DataFrame({"rate": np.array([0.1, 0.7, 0.35], dtype=np.float32)})
    old, new = TableSchema.infer(table).encode(table)[:2, 0]
    words = Wording(TableSchema.infer(table)).action(0, old, new)
    assert words == "raise rate from 0.1 to 0.7"


def test_computed_numbers_have_few_digits(schema):
    text = Wording(schema).consequence(0, 1 / 3, 2 / 3)
    assert text == "as a result, savings becomes 0.666667 instead of 0.333333"


@pytest.mark.parametrize(
    ("names", "units", "message"),
    [
        ({"saving": "money"}, None, "names: Unknown column 'saving'.*savings"),
        (None, {"trem": "months"}, "units: Unknown column 'trem'.*term"),
        (None, {"term": 3}, "units must map columns to strings; got 3 for 'term'"),
    ],
)
def test_names_and_units_are_checked(schema, names, units, message):
    with pytest.raises(ValueError, match=message):
        Wording(schema, names, units)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1"])
def test_formulas_are_neutralised(text):
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", "a=1", " =1", 3, -3.5, None, True])
def test_the_rest_is_left_alone(value):
    assert escape_formula(value) is value


def test_blocking_rules_are_named():
    assert why_impossible(()) == "no feasible row is accepted"
    assert why_impossible(("a", "b")).endswith("one rule would help: a or b")


def test_rows_go_by_their_index_or_their_number():
    assert list(row_labels(pd.DataFrame({"a": [1, 2]}, index=["x", "y"]))) == ["x", "y"]
    assert list(row_labels(np.zeros((2, 3)))) == [0, 1]


@pytest.mark.parametrize("length", [1, 13, 30, 31, 500])
def test_texts_are_cut_to_size(length):
    text = "".join(chr(ord("a") + k % 26) for k in range(length))
    short = shorten(text)
    assert len(short) == min(length, 30)
    assert (short == text) == (length <= 30)
    assert short[0] == text[0]
    assert short[-1] == text[-1]


def test_the_reason_says_what_was_tried():
    assert why_not_found(0, 9).endswith("0 rows were tried, and max_queries allows 9")
    assert why_not_found(8, 9).endswith("8 rows were tried, and max_queries allows 9")
    assert "all that max_queries allows" in why_not_found(9, 9)
    assert "1 row was tried" in why_not_found(1, 9)


def test_the_reason_names_the_nearest_miss_and_its_rules():
    start = why_not_found(9, 9)
    assert why_not_found(9, 9, "", 0.4, ("a",)) == start
    miss = why_not_found(9, 9, "raise a")
    assert miss == f"{start}; the nearest miss: raise a"
    known = why_not_found(9, 9, "raise a", 0.456, ("a: b", "c"))
    assert known == (
        f"{start}; the nearest miss has probability 0.46: raise a; rules that bind "
        "there: a: b and c"
    )


def test_several_actions_are_written_in_the_order_of_columns():
    schema = TableSchema.infer(pd.DataFrame({"a": [1, 9], "b": [1, 9], "c": [1, 9]}))
    wording = Wording(schema)
    before, after = np.array([1.0, 2.0, 3.0]), np.array([2.0, 9.0, 1.0])
    chosen = np.array([True, False, True])
    text = wording.actions(before, after, chosen)
    assert text == "raise a from 1 to 2 and lower c from 3 to 1"
    assert wording.actions(before, after, ~chosen & chosen) == ""


@pytest.mark.parametrize("role", ["needed", "follows", "unknown"])
def test_only_accompanying_changes_have_an_explanation(role):
    assert with_role("raise age", role) == "raise age"
    explained = with_role("raise age", "accompanies")
    assert explained.startswith("raise age (accompanies: ")
    assert explained.endswith(")")


@pytest.mark.parametrize(
    ("roles", "is_needed", "is_said"),
    [
        (["needed"], False, False),
        (["needed", "needed", "follows"], False, False),
        (["needed"] * 3, False, True),
        (["needed"] * 3, True, False),
        (["needed", "needed", "accompanies"], False, False),
        (["needed", "unknown"], False, True),
        (["accompanies", "unknown"], False, True),
    ],
)
def test_what_was_not_checked_is_said(roles, is_needed, is_said):
    text = unchecked_parts(roles, is_needed)
    assert bool(text) == is_said
    assert ("budget" in text) == ("unknown" in roles)


def test_numbers_of_no_row_have_the_unit_of_their_column(schema):
    wording = Wording(schema, units={"savings": "${}", "term": "months"})
    assert wording.number(0, 101.25) == "$101.25"
    assert wording.number(1, 12.3456789) == "12.3457 months"
    assert wording.number(3, 0.5) == "0.5"
