"""Dtypes of pandas as plain values, for estimators that are stored."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types
from pandas.api.extensions import ExtensionDtype


def plain_dtype(dtype: Any) -> Any:
    """Describe a dtype of pandas by plain values; any other is returned as it is.

    A plain value is stored without code that loading would have to run.
    """
    if isinstance(dtype, pd.CategoricalDtype):
        known = dtype.categories
        cells, of = known.tolist(), plain_dtype(known.dtype)
        return {"categories": cells, "of": of, "ordered": dtype.ordered}
    if isinstance(dtype, pd.StringDtype):
        has_nan = dtype.na_value is not pd.NA
        return {"storage": dtype.storage, "has_nan": has_nan}
    is_named = isinstance(dtype, ExtensionDtype) and dtype_of(str(dtype)) == dtype
    return str(dtype) if is_named else dtype


def dtype_of(plain: Any) -> Any:
    """Make the dtype that `plain_dtype` describes."""
    if isinstance(plain, str):
        return types.pandas_dtype(plain)
    if not isinstance(plain, dict):
        return plain
    if "categories" in plain:
        known = pd.Index(plain["categories"], dtype=dtype_of(plain["of"]))
        return pd.CategoricalDtype(known, ordered=plain["ordered"])
    return pd.StringDtype(plain["storage"], np.nan if plain["has_nan"] else pd.NA)
