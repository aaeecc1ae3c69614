"""Derived columns: computed from other columns, on codes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from ...relations import Determined, FeatureSchema, determined_of, table_of
from ...table import (
    TOLERANCE,
    Column,
    TableSchema,
    as_python,
    cells_of_result,
    same_cells,
)
from ._links import Derived


@dataclass(frozen=True)
class FollowingColumn:
    """A column that follows from others by a relation, on codes.

    Parameters
    ----------
    relation : Determined
        The relation.
    schema : TableSchema
        What each column is.
    """

    relation: Determined
    schema: TableSchema

    @property
    def column(self) -> int:
        """The derived column."""
        return self.relation.column

    @property
    def sources(self) -> tuple[int, ...]:
        """The columns that it is computed from."""
        return self.relation.sources

    @property
    def link(self) -> str:
        """The relation in words, for messages."""
        return self.relation.describe(self.schema.names)

    def compute(self, rows: np.ndarray, own: np.ndarray) -> np.ndarray:
        """Compute the column of rows (n, n_features); NaN if it is unknown, (n,)."""
        values = self.relation.compute(rows)
        column = self.schema.columns[self.column]
        return _storable(column, values) if column.is_numeric else values

    def equal(self, cells: np.ndarray, computed: np.ndarray) -> np.ndarray:
        """Compare cells with computed values, up to rounding."""
        return self.relation.equal(cells, computed)

    def check_rows(self, codes: np.ndarray, labels: Any) -> None:
        """Accept the training rows, in which the relation holds."""


@dataclass(frozen=True)
class DerivedColumn:
    """A column that the user derives, on codes.

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

    def compute(self, rows: np.ndarray, own: np.ndarray) -> np.ndarray:
        """Compute the column.

        Parameters
        ----------
        rows : ndarray of shape (n, n_features), dtype float64
            Rows after a change.
        own : ndarray of shape (n, n_features), dtype float64
            The same rows before the change.

        Returns
        -------
        values : ndarray of shape (n,), dtype float64
            Codes; NaN if the function returns a value that the column cannot hold.

        Raises
        ------
        ValueError
            If the function fails, or does not return one value per row.
        """
        return self._as_codes(self._values(rows, own))

    def equal(self, cells: np.ndarray, computed: np.ndarray) -> np.ndarray:
        """Compare cells with computed values."""
        return same_cells(cells, computed)

    def check_rows(self, codes: np.ndarray, labels: Any) -> None:
        """Raise a ValueError if the function cannot be used on training rows.

        It must not return an infinite number. If it takes the old table too, it must
        return the own value of a row that does not change.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Training rows.
        labels : sequence of length n
            Labels of the rows, for the message.
        """
        values = self._values(codes, codes)
        if self._is_numeric and np.isinf(values).any():
            row = int(np.argmax(np.isinf(values)))
            raise ValueError(
                f"links, {self.link!r}: the function returns {values[row]} for row "
                f"{as_python(labels[row])!r}. Let it return a finite number for every "
                "row, or NaN if there is none."
            )
        if self.link.uses_old:
            self._check_own(codes, self._as_codes(values), labels)

    def _check_own(self, codes: np.ndarray, computed: np.ndarray, labels: Any) -> None:
        """Refuse a function that changes a row (n, n_features) without a change."""
        own = codes[:, self.column]
        kept = np.isclose(computed, own, TOLERANCE, TOLERANCE, equal_nan=True)
        no_source = np.isnan(codes[:, self.sources]).any(axis=1)
        kept |= no_source & np.isnan(computed)
        if kept.all():
            return
        row, name = int(np.argmin(kept)), self.link.column
        before, after = (
            as_python(self.schema.value_of(self.column, float(cell)))
            for cell in (own[row], computed[row])
        )
        raise ValueError(
            f"links, {self.link!r}: if nothing changes, the function must return the "
            f"own value of column {name!r}, but for row {as_python(labels[row])!r} it "
            f"returns {after!r} instead of {before!r}. Add the effect of the change "
            "from old to new to the own value, which is the last column of old."
        )

    def _values(self, rows: np.ndarray, own: np.ndarray) -> np.ndarray:
        """Call the function on rows (n, n_features); return one value per row."""
        columns = list(self.link.sources)
        tables = [self._table(rows, columns)]
        if self.link.uses_old:
            tables.append(self._table(own, [*columns, self.link.column]))
        try:
            with np.errstate(all="ignore"):
                values = _as_array(self.link.function(*tables), self._is_numeric)
        except Exception as error:
            given = "a new and an old table" if self.link.uses_old else "a table"
            raise ValueError(
                f"links, {self.link!r}: the function fails on {given} with the columns "
                f"{columns} ({type(error).__name__}: {error})."
            ) from error
        if values.shape != (len(rows),):
            raise ValueError(
                f"links, {self.link!r}: the function must return one value per row, "
                f"shape ({len(rows)},), but it returned shape {values.shape}."
            )
        return values

    def _table(self, codes: np.ndarray, keys: list[Hashable]) -> Any:
        """Decode some columns, as the user's function takes them."""
        schema = table_of(self.schema)
        if isinstance(self.schema, FeatureSchema):
            codes = self.schema.expand(codes)
        places = [schema.position(key) for key in keys]
        return schema.select(places).decode(codes[:, places])

    @property
    def _is_numeric(self) -> bool:
        """Whether the column holds numbers."""
        return self.schema.columns[self.column].is_numeric

    def _as_codes(self, values: np.ndarray) -> np.ndarray:
        """Round numbers to values that the column can hold; look up levels."""
        column = self.schema.columns[self.column]
        if column.is_numeric:
            return _storable(column, values)
        known = {level: float(code) for code, level in enumerate(column.levels or ())}
        return np.array([known.get(value, np.nan) for value in values.tolist()])


def _storable(column: Column, values: np.ndarray) -> np.ndarray:
    """Round numbers (n,) to values that a column can hold; NaN if there is none."""
    codes = np.rint(values) if column.kind == "integer" else values
    dtype = column.storage_dtype
    if dtype is not None and dtype.kind == "f":
        with np.errstate(over="ignore"):
            codes = codes.astype(dtype).astype(np.float64)
    return np.where(np.isfinite(codes), codes, np.nan) + 0.0


def _as_array(result: Any, is_numeric: bool) -> np.ndarray:
    """Turn a Series, an array or a list into an array."""
    result = cells_of_result(result)
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
        Also the columns that follow by a relation of the schema.
    """
    positions = [one.column for one in determined_of(schema)]
    for link in links if isinstance(links, (list, tuple)) else ():
        if isinstance(link, Derived):
            with suppress(ValueError):
                positions.append(schema.position(link.column))
    return positions


def sort_by_dependency(
    derived: list[DerivedColumn | FollowingColumn],
) -> tuple[DerivedColumn | FollowingColumn, ...]:
    """Sort derived columns so that each comes after the columns it is computed from.

    Parameters
    ----------
    derived : list of DerivedColumn or FollowingColumn
        In any order.

    Returns
    -------
    ordered : tuple of DerivedColumn or FollowingColumn

    Raises
    ------
    ValueError
        If a column is derived twice, or depends on itself.
    """
    by_column: dict[int, DerivedColumn | FollowingColumn] = {}
    for one in derived:
        if one.column in by_column:
            first = by_column[one.column].link
            name = one.schema.names[one.column]
            raise ValueError(
                f"links derive column {name!r} twice: {first!r} and "
                f"{one.link!r}. Remove one of them."
            )
        by_column[one.column] = one
    graph = {column: one.sources for column, one in by_column.items()}
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        # The sorter lists each column before the columns computed from it.
        names = [repr(derived[0].schema.names[j]) for j in reversed(error.args[1])]
        circle = " from ".join(names)
        raise ValueError(
            f"links derive columns in a circle: {circle}. A column must not depend on "
            "itself."
        ) from None
    return tuple(by_column[j] for j in order if j in by_column)


def origins(
    derived: tuple[DerivedColumn | FollowingColumn, ...],
) -> Callable[[int], tuple[int, ...]]:
    """Map each column to its origins: the columns to change in order to change it.

    Parameters
    ----------
    derived : tuple of DerivedColumn or FollowingColumn
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
