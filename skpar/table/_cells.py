"""Cells of one column of the user's table, and their types."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from .frames import column_names, column_values, is_frame, refuse_lazy

EXACT_LIMIT = 2.0**53
"""Each whole number below this size has its own exact float64 value."""

_SHOWN_PROBLEMS = 10
_DATES = "dates and durations are not supported: use numbers, such as days elapsed"
_UNSUPPORTED = {
    "M": _DATES,
    "m": _DATES,
    "c": "Complex data not supported: use one real column per part",
    "S": "bytes are not supported: decode them to strings",
}

Problems = dict[int, str]
"""What is wrong with cells of a column, by the position of their row."""


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


def refuse_masked(name: str, X: Any) -> None:
    """Raise a TypeError for a masked array, because numpy would drop its mask."""
    if np.ma.isMaskedArray(X):
        raise TypeError(
            f"{name} is a masked array, and masked cells would be read as values. Mark "
            f"them as missing first: {name}.astype(float).filled(np.nan)."
        )


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

    @property
    def has_one_type(self) -> bool:
        """Whether the dtype holds values of one type; False for objects."""
        dtype = self.values.dtype
        if isinstance(dtype, pd.CategoricalDtype):
            dtype = dtype.categories.dtype
        return not types.is_object_dtype(dtype)

    def foreign(self, families: frozenset[str]) -> npt.NDArray[np.bool_]:
        """Mark the present cells that are of no given type.

        At least one cell must be present. A dtype with one type for all cells, such as
        int64 or str, raises a ValueError if it is unsupported. It marks all cells or
        none.

        Parameters
        ----------
        families : frozenset of {"bool", "number", "string"}
            Types that are read.

        Returns
        -------
        foreign : ndarray of shape (n,) and dtype bool
        """
        if isinstance(self.values.dtype, pd.CategoricalDtype):
            levels = self.values.categories.tolist()
            wrong = [family_of(level) not in families for level in levels]
            return np.array([*wrong, False], dtype=bool)[self.values.codes]
        if types.is_object_dtype(self.values.dtype):
            present = np.flatnonzero(~self.missing)
            cells = self.values[present]
            examples = {type(cell): cell for cell in cells}
            others = {
                kind
                for kind, cell in examples.items()
                if family_of(cell) not in families
            }
            foreign = np.zeros(len(self.values), dtype=bool)
            if others:
                foreign[present] = [type(cell) in others for cell in cells]
            return foreign
        return ~self.missing & (self.family not in families)

    def without(self, rows: npt.NDArray[np.bool_]) -> Cells:
        """Make some cells, (n,) and dtype bool, missing; the others become objects."""
        if not rows.any():
            return self
        values = np.array(self.values, dtype=object)
        values[rows] = None
        return Cells(self.name, values, self.rows)

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
        codes, problems = self.finite_numbers()
        self.refuse(problems)
        return codes

    def finite_numbers(self) -> tuple[npt.NDArray[np.float64], Problems]:
        """Convert numbers or booleans to float64, and find those that do not fit.

        Returns
        -------
        codes : ndarray of shape (n,) and dtype float64
            NaN where missing, and for numbers that are infinite or integers that are
            not exact in float64.
        problems : dict of int to str
            What is wrong with these numbers, by the position of the row.
        """
        values = self.values
        if isinstance(values.dtype, pd.CategoricalDtype):
            values = np.asarray(values)
        problems: Problems = {}
        if types.is_object_dtype(values.dtype):
            problems = _inexact(values, ~self.missing)
            kept = ~self.missing
            kept[list(problems)] = False
            codes = np.full(len(values), np.nan)
            codes[kept] = values[kept].astype(np.float64)
        elif isinstance(values, np.ndarray):
            codes = values.astype(np.float64)
        else:
            codes = values.to_numpy(dtype=np.float64, na_value=np.nan)
        if types.is_integer_dtype(values.dtype):
            problems = _inexact(values, np.abs(codes) >= EXACT_LIMIT)
        for row in np.flatnonzero(np.isinf(codes)).tolist():
            problems[row] = f"{codes[row]} is not finite; use a missing value"
        codes[list(problems)] = np.nan
        return codes, problems

    def refuse(self, problems: Problems) -> None:
        """Raise a ValueError for the first problem, if there is one."""
        if problems:
            row = min(problems)
            raise self.error(problems[row], row)

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


def _inexact(values: Any, suspect: npt.NDArray[np.bool_]) -> Problems:
    """Find the suspect integers that have no exact float64."""
    problems = {}
    for row in np.flatnonzero(suspect).tolist():
        value = values[row]
        if isinstance(value, (int, np.integer)) and abs(int(value)) >= EXACT_LIMIT:
            problems[row] = (
                f"the integer {_shown(int(value))} has no exact float64, because its "
                "size is not below 2**53; use strings or categories for identifiers"
            )
    return problems


def _shown(value: int) -> str:
    """Write an integer; Python refuses to write one with thousands of digits."""
    return str(value) if abs(value) < 1e30 else "with more than 30 digits"


@dataclass(frozen=True)
class TableReading:
    """Codes of a table, and the cells that could not be read.

    Parameters
    ----------
    codes : ndarray of shape (n, d) and dtype float64
        NaN for cells that are missing or could not be read.
    problems : tuple of (int, Hashable, Any, str)
        For each cell that could not be read: position and label of its row, name of
        its column, and what is wrong. Sorted by row.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.table import TableSchema
    >>> table = pd.DataFrame({"age": [31, 45], "job": ["cook", "clerk"]})
    >>> reading = TableSchema.infer(table).read(table.replace("cook", "pirate"))
    >>> reading.unreadable
    array([ True, False])
    >>> reading.reasons()[0][:53]
    "column 'job': 'pirate' is not a level known from trai"
    """

    codes: npt.NDArray[np.float64]
    problems: tuple[tuple[int, Any, Hashable, str], ...] = ()

    @cached_property
    def unreadable(self) -> npt.NDArray[np.bool_]:
        """Rows with a cell that could not be read, shape (n,)."""
        unreadable = np.zeros(len(self.codes), dtype=bool)
        unreadable[[row for row, *_ in self.problems]] = True
        return unreadable

    def reasons(self) -> npt.NDArray[np.object_]:
        """Name all cells of each row that could not be read, shape (n,); or ""."""
        texts: dict[int, list[str]] = {}
        for row, _, name, text in self.problems:
            texts.setdefault(row, []).append(f"column {name!r}: {text}")
        reasons = np.full(len(self.codes), "", dtype=object)
        for row, parts in texts.items():
            reasons[row] = "; ".join(parts)
        return reasons

    def refuse_unreadable(self) -> None:
        """Raise a ValueError that names the cells that could not be read, if any."""
        if not self.problems:
            return
        texts = [
            f"Column {name!r}, row {label!r}: {text}."
            for _, label, name, text in self.problems[:_SHOWN_PROBLEMS]
        ]
        if len(texts) > 1:
            texts.insert(0, f"{len(self.problems)} cells cannot be read.")
        more = len(self.problems) - _SHOWN_PROBLEMS
        if more > 0:
            texts.append(f"And {more} more.")
        raise ValueError("\n".join(texts))


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


def as_table(X: Any) -> Any:
    """Return a frame unchanged; convert other input to a two-dimensional array."""
    if not is_frame(X):
        if hasattr(X, "toarray"):
            raise TypeError("Sparse tables are not supported; use X.toarray().")
        refuse_lazy("X", X)
        refuse_masked("X", X)
        X = np.asarray(X)
        if X.ndim != 2:
            raise ValueError(
                f"Expected a table with two dimensions, got {X.ndim}; "
                "for one row use X.iloc[[0]] or X[[0]]."
            )
    return X


def cells_of(table: Any, names: Sequence[Hashable]) -> Iterable[Cells]:
    """Iterate over the columns of a table."""
    rows = table.index if isinstance(table, pd.DataFrame) else np.arange(len(table))
    for j, name in enumerate(names):
        yield Cells(name, column_values(table, j), rows)


def columns_of(X: Any) -> Iterable[Cells]:
    """Iterate over the columns of a table, by position: names may occur twice.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n, d)
        A table.

    Returns
    -------
    columns : iterator of Cells
    """
    table = as_table(X)
    return cells_of(table, column_names(table))
