"""Dtypes of pandas survive as plain values."""

import numpy as np
import pandas as pd
import pytest

from skpar.table.frames import dtype_of, plain_dtype

# Dtypes of numpy are the one type beside plain values that loading must trust.
PLAIN = (str, bool, int, float, type(None), np.dtype)


def is_plain(value):
    """Check that a value needs no code of pandas to be loaded."""
    if isinstance(value, dict):
        return all(map(is_plain, [*value, *value.values()]))
    if isinstance(value, list):
        return all(map(is_plain, value))
    return isinstance(value, PLAIN)


@pytest.mark.parametrize(
    "dtype",
    [
        pd.CategoricalDtype(["b", "a"], ordered=True),
        pd.CategoricalDtype([2, 1]),
        pd.StringDtype("python", np.nan),
        pd.StringDtype("python", pd.NA),
        pd.Int64Dtype(),
        pd.BooleanDtype(),
    ],
)
def test_dtypes_of_pandas_survive_as_plain_values(dtype):
    plain = plain_dtype(dtype)
    assert is_plain(plain) and dtype_of(plain) == dtype


@pytest.mark.parametrize("dtype", [np.dtype("int8"), np.dtype(object), None])
def test_other_dtypes_stay(dtype):
    assert plain_dtype(dtype) is dtype and dtype_of(dtype) is dtype
