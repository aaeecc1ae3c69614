"""Cells of one column of the user's table, and their types."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

EXACT_LIMIT = 2.0**53
"""Each whole number below this size has its own exact float64 value."""

_DATES = "dates and durations are not supported: use numbers, such as days elapsed"
_UNSUPPORTED = {
    "M": _DATES,
    "m": _DATES,
    "c": "Complex data not supported: use one real column per part",
    "S": "bytes are not supported: decode them to strings",
}


def family_of(value: Any) -> str | None:
    """Type of a present cell: "bool", "number", "string", or None for any other."""
    if isinstance(value, (bool, np.bool_)):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (int, float, np.integer, np.floating)):
        return "number"
    return None


def as_python(value: Any) -> Any:
    """Convert numpy scalars to Python objects."""
    return value.item() if isinstance(value, np.generic) else value


def values_of(series: Any) -> Any:
    """Return the cells of a Series as an ndarray or as a pandas array of its dtype."""
    return series.to_numpy() if isinstance(series.dtype, np.dtype) else series.array


@dataclass(frozen=True)
class Cells:
    """Cells of one column, with the column and row labels for error messages.

    Parameters
    ----------
    name : Hashable
        Label of the column.
    values : 1-d ndarray or pandas ExtensionArray of shape (n,)
        The cells.
    rows : ndarray or pandas Index of shape (n,)
        Labels of the rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._cells import Cells
    >>> cells = Cells("job", np.array(["cook", None], dtype=object), np.arange(2))
    >>> cells.family, cells.missing
    ('string', array([False,  True]))
    """

    name: Hashable
    values: Any
    rows: Any

    @cached_property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Whether each cell is missing (NaN, None, NaT or NA), shape (n,)."""
        return np.asarray(pd.isna(self.values), dtype=bool)

    @cached_property
    def family(self) -> str:
        """Type of the present cells: "bool", "number" or "string".

        At least one cell must be present. An unsupported dtype or mixed types raise a
        ValueError.
        """
        dtype = self.values.dtype
        if isinstance(dtype, pd.CategoricalDtype):
            codes, firsts = np.unique(self.values.codes, return_index=True)
            firsts = np.sort(firsts[codes >= 0])
            levels = np.asarray(self.values[firsts], dtype=object)
            return Cells(self.name, levels, self.rows[firsts]).family
        if types.is_object_dtype(dtype):
            return self._object_family()
        if isinstance(dtype, pd.SparseDtype):
            raise self.error("sparse columns are not supported: use .sparse.to_dense()")
        if dtype.kind in _UNSUPPORTED:
            raise self.error(_UNSUPPORTED[dtype.kind])
        if dtype.kind == "f" and dtype.itemsize > 8:
            raise self.error(f"{dtype} is wider than float64: use float64")
        if types.is_bool_dtype(dtype):
            return "bool"
        if types.is_integer_dtype(dtype) or types.is_float_dtype(dtype):
            return "number"
        if types.is_string_dtype(dtype):
            return "string"
        raise self.error(f"dtype {dtype} is not supported: use numbers or strings")

    def _object_family(self) -> str:
        """Find the common type of a column of Python objects."""
        present = np.flatnonzero(~self.missing)
        cells = self.values[present]
        examples = {type(cell): cell for cell in cells}
        kinds = {kind: family_of(cell) for kind, cell in examples.items()}
        families = set(kinds.values())
        if None in families:
            row = next(i for i in present if kinds[type(self.values[i])] is None)
            raise self.error(
                f"{self.values[row]!r} is of type {type(self.values[row]).__name__}; "
                "cells must be numbers, strings or booleans",
                row,
            )
        first = kinds[type(cells[0])]
        if len(families) > 1:
            row = next(i for i in present if kinds[type(self.values[i])] != first)
            raise self.error(
                f"{self.values[row]!r} is a {kinds[type(self.values[row])]} in a column"
                f" that begins with a {first} ({cells[0]!r}); use one type per column",
                row,
            )
        assert first is not None
        return first

    def error(self, problem: str, row: Any = None) -> ValueError:
        """Create an error that names this column and, if given, the row.

        Parameters
        ----------
        problem : str
            What is wrong and what to do.
        row : int or bool ndarray of shape (n,), optional
            Position of the row, or a mask; its first True marks the row.

        Returns
        -------
        error : ValueError
            The caller raises it.
        """
        if row is None:
            return ValueError(f"Column {self.name!r}: {problem}.")
        position = int(np.argmax(row)) if isinstance(row, np.ndarray) else int(row)
        label = as_python(self.rows[position])
        return ValueError(f"Column {self.name!r}, row {label!r}: {problem}.")

    def value(self, row: int) -> Any:
        """Return the Python value of the cell at a position."""
        return as_python(self.values[row])

    def numbers(self) -> npt.NDArray[np.float64]:
        """Convert numbers or booleans to float64.

        Returns
        -------
        codes : ndarray of shape (n,) and dtype float64
            NaN where missing.

        Raises
        ------
        ValueError
            If a number is infinite, or an integer is not exact in float64.
        """
        values = self.values
        if isinstance(values.dtype, pd.CategoricalDtype):
            values = np.asarray(values)
        if types.is_object_dtype(values.dtype):
            self._refuse_large_integers(values, ~self.missing)
            codes = np.full(len(values), np.nan)
            codes[~self.missing] = values[~self.missing].astype(np.float64)
        elif isinstance(values, np.ndarray):
            codes = values.astype(np.float64)
        else:
            codes = values.to_numpy(dtype=np.float64, na_value=np.nan)
        if types.is_integer_dtype(values.dtype):
            self._refuse_large_integers(values, np.abs(codes) >= EXACT_LIMIT)
        infinite = np.isinf(codes)
        if infinite.any():
            row = int(np.argmax(infinite))
            raise self.error(f"{codes[row]} is not finite; use a missing value", row)
        return codes

    def _refuse_large_integers(
        self, values: Any, suspect: npt.NDArray[np.bool_]
    ) -> None:
        """Raise a ValueError for the first suspect integer beyond exact float64."""
        for row in np.flatnonzero(suspect):
            value = values[row]
            if isinstance(value, (int, np.integer)) and abs(int(value)) >= EXACT_LIMIT:
                raise self.error(
                    f"the integer {int(value)} has no exact float64, because its size "
                    "is not below 2**53; use strings or categories for identifiers",
                    int(row),
                )

    def distinct(self) -> tuple[npt.NDArray[np.intp], list[Any]]:
        """List the distinct present values in order of first appearance.

        For a categorical dtype, list all its categories in its order, including unused
        ones.

        Returns
        -------
        positions : ndarray of shape (n,) and dtype intp
            Position of each cell's value in `values`, -1 where missing.
        values : list
            The distinct values as Python objects.
        """
        if isinstance(self.values.dtype, pd.CategoricalDtype):
            categories = self.values.categories
            return self.values.codes.astype(np.intp), list(categories.tolist())
        values = self.values
        if values.dtype.kind == "U":
            values = values.astype(object)
        positions, uniques = pd.factorize(values)
        return positions, [as_python(value) for value in uniques.tolist()]


class CellCounts:
    """How often each distinct value of a column occurs.

    Parameters
    ----------
    cells : Cells
        The column. Cells that cannot be used raise a ValueError.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._cells import CellCounts, Cells
    >>> counts = CellCounts(Cells("rooms", np.array([3.0, np.nan, 3.0]), np.arange(3)))
    >>> counts.n_present, counts.numbers, counts.is_whole
    (2, array([3.]), True)
    """

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.n_present = int((~cells.missing).sum())
        dtype = cells.values.dtype
        has_levels = isinstance(dtype, pd.CategoricalDtype)
        family = cells.family if self.n_present else ""
        self.is_ordered = has_levels and bool(dtype.ordered)
        self.is_text = family == "string"
        self.is_number = family == "number" and not has_levels

    @cached_property
    def counts(self) -> pd.Series:
        """Number of cells by distinct present value; numbers are in ascending order."""
        if self.is_number:
            present = self.cells.numbers()[~self.cells.missing]
            return pd.Series(present).value_counts().sort_index()
        positions, values = self.cells.distinct()
        seen = np.bincount(positions[positions >= 0], minlength=len(values))
        counts = pd.Series(seen, index=pd.Index(values, dtype=object))
        return counts[counts > 0]

    @property
    def distinct_share(self) -> float:
        """Number of distinct values per present cell."""
        return len(self.counts) / self.n_present

    @cached_property
    def numbers(self) -> npt.NDArray[np.float64]:
        """Distinct numbers in ascending order, shape (n_distinct,)."""
        return np.asarray(self.counts.index, dtype=np.float64)

    @cached_property
    def is_whole(self) -> bool:
        """Whether the column has numbers, all of them whole."""
        return self.is_number and bool((self.numbers == np.rint(self.numbers)).all())

    def share_of(self, pattern: re.Pattern[str]) -> float:
        """Share of the present cells of text that have a form.

        Parameters
        ----------
        pattern : re.Pattern
            The form of the whole cell.

        Returns
        -------
        share : float
            In [0, 1].
        """
        fits = [bool(pattern.fullmatch(value)) for value in self.counts.index]
        return float(self.counts.to_numpy()[fits].sum() / self.n_present)
