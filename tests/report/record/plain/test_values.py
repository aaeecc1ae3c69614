"""Values come back from JSON as they were, and nothing else is written."""

import datetime
import enum
import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar.report.record.plain._values import (
    Unwritten,
    named,
    plain_unreadable,
    plain_value,
    shown,
    value_of,
)

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text('aé\ud800\x00\n"', max_size=4),
    st.dates(),
    st.datetimes(),
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3).map(tuple))


def there_and_back(value):
    return value_of(json.loads(json.dumps(plain_value(value), allow_nan=False)))


def same(one, other):
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return np.float64(one).tobytes() == np.float64(other).tobytes() or (
            math.isnan(one) and math.isnan(other)
        )
    return one == other


@settings(max_examples=80)
@given(VALUES)
def test_values_come_back_with_their_types(value):
    assert same(there_and_back(value), value)


@pytest.mark.parametrize("value", [pd.NA, pd.NaT])
def test_missing_values_are_not_each_other(value):
    assert there_and_back(value) is value


def test_what_looks_alike_is_kept_apart():
    alike = [
        None,
        math.nan,
        pd.NA,
        pd.NaT,
        "nan",
        "NA",
        "None",
        "",
        0,
        0.0,
        -0.0,
        False,
    ]
    texts = [json.dumps(plain_value(one)) for one in alike]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("value", "python"),
    [
        (np.float32(0.1), float(np.float32(0.1))),
        (np.int8(3), 3),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (
            np.datetime64("2020-01-02T03:04:05.123456789"),
            pd.Timestamp("2020-01-02T03:04:05.123456789"),
        ),
        (pd.Timestamp("2020-01-02", tz="UTC"), pd.Timestamp("2020-01-02", tz="UTC")),
    ],
)
def test_scalars_of_numpy_and_pandas_count_as_python(value, python):
    assert same(there_and_back(value), python)


class Level(enum.StrEnum):
    LOW = "low"


@pytest.mark.parametrize(
    "value",
    [
        b"a",
        1j,
        object(),
        {"a": 1},
        [1],
        {1},
        Level.LOW,
        datetime.timedelta(1),
        pd.Interval(0, 1),
    ],
)
def test_other_types_are_refused_by_name(value):
    with pytest.raises(ValueError, match=f"column 'job'.*{type(value).__name__}"):
        named("column 'job'", value)
    assert isinstance(value_of(plain_unreadable(value)), Unwritten)


@pytest.mark.parametrize(
    "plain",
    [
        {"float": "1"},
        {"missing": "None"},
        {"eval": "1"},
        {"tuple": "ab"},
        {"date": 3},
        {"date": "today"},
        {"timestamp": "soon"},
        {"float": "nan", "missing": "NA"},
        {},
        [1],
    ],
)
def test_what_no_value_is_written_as_is_refused(plain):
    with pytest.raises(ValueError):
        value_of(plain)


def test_long_values_are_shown_in_part():
    assert len(shown("a" * 1000)) == 200
    assert repr(Unwritten("b'x'")) == "b'x'"
