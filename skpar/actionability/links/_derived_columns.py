"""Derived columns: computed from other columns by the user's function, on codes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from ...table import TableSchema, as_python
from ._links import Derived


@dataclass(frozen=True)
class DerivedColumn:
    """A derived column, on codes.

    Parameters
    ----------
    link : Derived
        The link that the user wrote.
    schema : TableSchema
        What each column is.
    column : int
        The derived column.
    sources : tuple of int
        The columns that it is computed from.
    """

    link: Derived
    schema: TableSchema
    column: int
    sources: tuple[int, ...]

    def compute(self, codes: np.ndarray) -> np.ndarray:
        """Compute the column.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Rows.

        Returns
        -------
        values : ndarray of shape (n,), dtype float64
            Codes; NaN if the function returns a value that the column cannot hold.

        Raises
        ------
        ValueError
            If the function fails, or does not return one value per row.
        """
        return self._as_codes(self._values(codes))

    def check_rows(self, codes: np.ndarray, labels: Any) -> None:
        """Raise a ValueError if the function returns an infinite number.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Training rows.
        labels : sequence of length n
            Labels of the rows, for the message.
        """
        values = self._values(codes)
        if not self._is_numeric or not np.isinf(values).any():
            return
        row = int(np.argmax(np.isinf(values)))
        raise ValueError(
            f"links, {self.link!r}: the function returns {values[row]} for row "
            f"{as_python(labels[row])!r}. Let it return a finite number for every row, "
            "or NaN if there is none."
        )

    def _values(self, codes: np.ndarray) -> np.ndarray:
        """Call the function on rows (n, n_features); return one value per row."""
        columns = tuple(self.schema.columns[j] for j in self.sources)
        known = TableSchema(columns, self.schema.array_dtype)
        table = known.decode(codes[:, self.sources])
        try:
            with np.errstate(all="ignore"):
                values = _as_array(self.link.function(table), self._is_numeric)
        except Exception as error:
            raise ValueError(
                f"links, {self.link!r}: the function fails on a table with the columns "
                f"{list(self.link.sources)} ({type(error).__name__}: {error})."
            ) from error
        if values.shape != (len(codes),):
            raise ValueError(
                f"links, {self.link!r}: the function must return one value per row, "
                f"shape ({len(codes)},), but it returned shape {values.shape}."
            )
        return values

    @property
    def _is_numeric(self) -> bool:
        """Whether the column holds numbers."""
        return self.schema.columns[self.column].is_numeric

    def _as_codes(self, values: np.ndarray) -> np.ndarray:
        """Round numbers to values that the column can hold; look up levels."""
        column = self.schema.columns[self.column]
        if column.is_numeric:
            codes = np.rint(values) if column.kind == "integer" else values
            dtype = column.storage_dtype
            if dtype is not None and dtype.kind == "f":
                with np.errstate(over="ignore"):
                    codes = codes.astype(dtype).astype(np.float64)
            return np.where(np.isfinite(codes), codes, np.nan) + 0.0
        known = {level: float(code) for code, level in enumerate(column.levels or ())}
        return np.array([known.get(value, np.nan) for value in values.tolist()])


def _as_array(result: Any, is_numeric: bool) -> np.ndarray:
    """Turn a Series, an array or a list into an array."""
    if not is_numeric:
        return np.asarray(result, dtype=object)
    if hasattr(result, "to_numpy"):
        return np.asarray(result.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.asarray(result, dtype=np.float64)


def derived_positions(schema: TableSchema, links: Any) -> list[int]:
    """Find the derived columns before the links are validated.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    links : list of link, or None
        The links that the user wrote. What is no link to a known column is skipped.

    Returns
    -------
    positions : list of int
    """
    positions = []
    for link in links if isinstance(links, (list, tuple)) else ():
        if isinstance(link, Derived):
            with suppress(ValueError):
                positions.append(schema.position(link.column))
    return positions


def sort_by_dependency(derived: list[DerivedColumn]) -> tuple[DerivedColumn, ...]:
    """Sort derived columns so that each comes after the columns it is computed from.

    Parameters
    ----------
    derived : list of DerivedColumn
        In any order.

    Returns
    -------
    ordered : tuple of DerivedColumn

    Raises
    ------
    ValueError
        If a column is derived twice, or depends on itself.
    """
    by_column: dict[int, DerivedColumn] = {}
    for one in derived:
        if one.column in by_column:
            first = by_column[one.column].link
            raise ValueError(
                f"links derive column {first.column!r} twice: {first!r} and "
                f"{one.link!r}. Remove one of them."
            )
        by_column[one.column] = one
    graph = {column: one.sources for column, one in by_column.items()}
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        # The sorter lists each column before the columns computed from it.
        names = [repr(by_column[j].link.column) for j in reversed(error.args[1])]
        circle = " from ".join(names)
        raise ValueError(
            f"links derive columns in a circle: {circle}. A column must not depend on "
            "itself."
        ) from None
    return tuple(by_column[j] for j in order if j in by_column)


def origins(derived: tuple[DerivedColumn, ...]) -> Callable[[int], tuple[int, ...]]:
    """Map each column to its origins: the columns to change in order to change it.

    Parameters
    ----------
    derived : tuple of DerivedColumn
        In the order of `sort_by_dependency`.

    Returns
    -------
    of : callable
        Takes a column and returns its origins. No origin is a derived column. A
        column that is not derived is its own origin.
    """
    known: dict[int, tuple[int, ...]] = {}
    for one in derived:
        found = [known.get(source, (source,)) for source in one.sources]
        known[one.column] = tuple(sorted(set().union(*found)))
    return lambda column: known.get(column, (column,))
