"""Words of columns: what is checked, and what needs no words of the user."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar import Phrases, Wording
from skpar.relations import ColumnGroup, group_columns
from skpar.report._wording import (
    rounded_inwards,
    row_labels,
    shorten,
    unchecked_parts,
    with_role,
    words_of_columns,
)
from skpar.table import TableSchema

TABLE = pd.DataFrame(
    {
        "savings": [100.0, 500.5, np.nan],
        "term": [12, 24, 36],
        "job": ["cook", "clerk", "cook"],
        "owner": [True, False, True],
    }
)


def words(table=TABLE, **given):
    schema = TableSchema.infer(table)
    return words_of_columns(schema, Wording(**given), given.get("phrases", Phrases()))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"names": {"saving": "money"}}, "names: Unknown column 'saving'.*savings"),
        ({"units": {"trem": "months"}}, "units: Unknown column 'trem'.*term"),
        ({"units": {"term": 3}}, "units must map columns to strings; got 3 for 'term'"),
        ({"units": ["term"]}, "units must map columns to words"),
        ({"labels": {"jobs": {}}}, "labels: Unknown column 'jobs'"),
        ({"labels": {"job": "cook"}}, "labels of column 'job' must map values"),
        ({"labels": {"job": {"chef": "x"}}}, "labels of column 'job'.*no level 'chef'"),
        ({"labels": {"job": {"cook": 3}}}, "labels of column 'job' must be strings"),
        ({"labels": {"term": {"a": "x"}}}, "labels of column 'term'.*not a finite"),
        ({"formats": {"job": "{}"}}, "column 'job': the column has no numbers"),
        ({"formats": {"term": "{:x<y}"}}, "formats of column 'term': '{:x<y}'"),
        ({"formats": {"term": "months"}}, "must have one field"),
        ({"formats": {"term": "{a}"}}, "has the field {a}; it can have {}"),
        ({"formats": {"term": 3}}, "must be strings or callables; got 3"),
        ({"verbs": {"term": 3}}, "must be a string or a mapping; got 3"),
        ({"verbs": {"term": {"rise": "x"}}}, "verbs of column 'term'.*'rise'"),
        ({"verbs": {"job": {"chef": "x"}}}, "verbs of column 'job'.*no level 'chef'"),
        ({"verbs": {"term": {"raise": "{title}"}}}, "the field {title}; it can have"),
        ({"verbs": {"term": {"raise": "{name.x}"}}}, "has the field {name.x}"),
        ({"verbs": {"term": "a } brace"}}, "verbs of column 'term'.*Single '}'"),
        ({"verbs": {"job": "by {difference}"}}, "has the field {difference}"),
    ],
)
def test_words_are_checked(given, message):
    with pytest.raises(ValueError, match=message):
        words(**given)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["a_b", "hours-per-week"], ["a b", "hours per week"]),
        (["a_b", "a b"], ["a_b", "a b"]),
        (["a_b", "a-b", "_"], ["a_b", "a-b", "_"]),
        (["x-1", "_x__y_"], ["x-1", "x y"]),
        ([0, 1], ["0", "1"]),
    ],
)
def test_names_have_spaces_if_they_stay_different(labels, names):
    table = pd.DataFrame([[0.5] * len(labels), [1.5] * len(labels)], columns=labels)
    assert [one.name for one in words(table)] == names


def test_only_booleans_are_answered_with_yes_and_no():
    table = TABLE.assign(flag=[0, 1, 0])
    assert [dict(one.labels) for one in words(table)][2:] == [
        {},
        {0.0: "no", 1.0: "yes"},
        {},
    ]
    given = {"owner": {True: "owns"}, "flag": {1: "on", None: "?"}}
    *_, owner, flag = words(table, labels=given)
    assert owner.labels == {0.0: "no", 1.0: "owns"}
    assert (flag.labels, flag.missing) == ({1.0: "on"}, "?")
    assert words(phrases=Phrases.german())[3].labels == {0.0: "nein", 1.0: "ja"}


def test_columns_of_a_group_have_names():
    table = pd.DataFrame({"job_cook": [1, 0, 0], "job_clerk": [0, 1, 0]})
    schema = TableSchema.infer(table)
    group = ColumnGroup.of_columns(schema, [0, 1], at_most=True)
    features = group_columns(schema, [group], schema.encode(table))
    names = {"job_cook": "chef", "job": "the job"}
    (word,) = words_of_columns(features, Wording(names=names), Phrases(none="no job"))
    assert word.name == "the job"
    assert word.labels == {0.0: "chef", 2.0: "no job"}
    given = Wording(labels={"job": {"clerk": "a clerk"}}, names=names)
    (word,) = words_of_columns(features, given, Phrases())
    assert word.labels == {0.0: "chef", 1.0: "a clerk", 2.0: "none of these"}


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


@pytest.mark.parametrize("role", ["needed", "unknown"])
def test_without_a_search_this_is_the_reason(role):
    text = unchecked_parts([role] * 2, False, is_searched=False)
    assert text.endswith("(no search was made), so fewer may be enough") == (
        role == "unknown"
    )
    assert "budget" not in text


@given(
    st.floats(-1e9, 1e9),
    st.floats(0, 1e9) | st.just(np.inf),
    st.floats(0, 1e9) | st.just(np.inf),
)
def test_rounded_regions_only_shrink_and_keep_the_value(value, below, above):
    low, high = value - below, value + above
    least, most = rounded_inwards(value, low, high)
    assert low <= least <= value <= most <= high
    assert np.isinf(most) == np.isinf(high) and np.isinf(least) == np.isinf(low)


@pytest.mark.parametrize(
    ("ends", "rounded"),
    [
        ((0.0, 0.10604), (0.0, 0.10)),
        ((-np.inf, 119873.4), (-np.inf, 119000.0)),
        ((-0.0173, 31.0), (-0.017, 31.0)),
    ],
)
def test_ends_are_short_numbers(ends, rounded):
    assert rounded_inwards(0.01, *ends) == rounded
