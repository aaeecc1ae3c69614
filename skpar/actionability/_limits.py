"""Limits of single people, read from tables that are aligned to X."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..relations import ColumnGroup, FeatureSchema, table_of
from ..table import (
    Cells,
    TableSchema,
    as_pandas,
    as_python,
    column_values,
    is_frame,
    refuse_lazy,
    refuse_masked,
)
from ._demands import Demands
from .rules import Bounds


@dataclass(frozen=True)
class Limits:
    """Limits of single people, in addition to the rules for everybody.

    Parameters
    ----------
    low : ndarray of shape (n_people, n_features), dtype float64
        Smallest code that a cell may change to; -inf if there is no limit.
    high : ndarray of shape (n_people, n_features), dtype float64
        Largest code that a cell may change to; inf if there is no limit.
    frozen : ndarray of shape (n_people, n_features), dtype bool
        Cells that must not change.
    closed : dict of int to ndarray of shape (n_people, n_levels), dtype bool
        For features of groups: levels that a cell must not change to.
    max_effort : ndarray of shape (n_people,), dtype float64, or None
        Largest effort of each person; None if nobody has a limit. It limits whole rows,
        so `Actionability` does not look at it.
    demands : Demands, default=None
        What each person demands of the classifier; None if nobody demands anything.
        `Actionability` does not look at it either.
    """

    low: np.ndarray
    high: np.ndarray
    frozen: np.ndarray
    closed: Mapping[int, np.ndarray] = field(default_factory=dict)
    max_effort: np.ndarray | None = None
    demands: Demands | None = None

    @classmethod
    def none(cls, shape: tuple[int, ...]) -> Limits:
        """Make empty limits for codes of a shape; the arrays are read-only."""
        low, high = np.broadcast_to(-np.inf, shape), np.broadcast_to(np.inf, shape)
        return cls(low, high, np.broadcast_to(False, shape))

    def __getitem__(self, rows: Any) -> Limits:
        """Take the limits of some of the people, by any index of their codes."""
        closed = {j: levels[rows] for j, levels in self.closed.items()}
        most = None if self.max_effort is None else self.max_effort[rows]
        demands = None if self.demands is None else self.demands[rows]
        own = self.low[rows], self.high[rows], self.frozen[rows]
        return Limits(*own, closed, most, demands)

    def of_column(self, column: int) -> Bounds:
        """Take the limits of all people in one column."""
        return Bounds(
            self.low[..., column],
            self.high[..., column],
            self.frozen[..., column],
            self.closed.get(column),
        )

    def with_frozen(self, frozen: np.ndarray) -> Limits:
        """Freeze further cells, (n_people, n_features), dtype bool."""
        return replace(self, frozen=self.frozen | frozen)

    def among(self, rows: np.ndarray) -> Limits:
        """Insert people without limits; `rows`, (n,) of bool, are those with limits."""
        shape = (len(rows), self.low.shape[1])
        low, high = np.full(shape, -np.inf), np.full(shape, np.inf)
        frozen, closed = np.zeros(shape, dtype=bool), {}
        low[rows], high[rows], frozen[rows] = self.low, self.high, self.frozen
        for j, levels in self.closed.items():
            closed[j] = np.zeros((len(rows), levels.shape[1]), dtype=bool)
            closed[j][rows] = levels
        most = None
        if self.max_effort is not None:
            most = np.full(len(rows), np.inf)
            most[rows] = self.max_effort
        demands = None if self.demands is None else self.demands.among(rows)
        return Limits(low, high, frozen, closed, most, demands)

    def without_column(self, column: int) -> Limits:
        """Remove the limits of one column."""
        low, high, frozen = self.low.copy(), self.high.copy(), self.frozen.copy()
        low[:, column], high[:, column], frozen[:, column] = -np.inf, np.inf, False
        closed = {j: levels for j, levels in self.closed.items() if j != column}
        return Limits(low, high, frozen, closed, self.max_effort, self.demands)

    @property
    def is_empty(self) -> bool:
        """Whether nobody has a limit."""
        return not len(self.restricted_columns)

    @property
    def restricted_columns(self) -> np.ndarray:
        """Columns in which at least one person has a limit, dtype int64."""
        limited = (self.low > -np.inf) | (self.high < np.inf) | self.frozen
        limited = limited.any(axis=0)
        for j, levels in self.closed.items():
            limited[j] |= levels.any()
        return np.flatnonzero(limited)


def read_limits(
    schema: TableSchema,
    X: Any,
    lower: Any = None,
    upper: Any = None,
    frozen: Any = None,
    rows: np.ndarray | None = None,
    codes: np.ndarray | None = None,
) -> Limits:
    """Read the limits of people in a table.

    Parameters
    ----------
    schema : TableSchema
        What each feature is.
    X : DataFrame or ndarray of shape (n_samples, n_columns)
        The people.
    lower : DataFrame or ndarray, optional
        Smallest value of each cell, for numbers and ordered levels. A missing cell
        sets no limit. A DataFrame has the index of `X` and some of its columns. An
        array has the shape of `X`.
    upper : DataFrame or ndarray, optional
        Largest value of each cell, in the format of `lower`.
    frozen : DataFrame or ndarray of booleans, optional
        True if a cell must not change. Index, columns and shape are as for `lower`.
    rows : ndarray of shape (n_people,), dtype int64, optional
        Positions of the people. None takes all rows.
    codes : ndarray of shape (n_people, n_features), dtype float64, optional
        Codes of the people; needed if the schema has groups.

    Returns
    -------
    limits : Limits
        Of `rows`. The limits of other rows are not read.

    Raises
    ------
    TypeError
        If an argument is no table.
    ValueError
        If a table is not aligned to `X`, if a column with `lower` or `upper` has no
        order, if a limit is not a possible value of its column, or if a lower limit
        is above the upper limit.
    """
    rows = np.arange(len(X)) if rows is None else rows
    if lower is None and upper is None and frozen is None:
        return Limits.none((len(rows), schema.n_features))
    table = table_of(schema)
    limits = _read_table(table, X, lower, upper, frozen, rows)
    if isinstance(schema, FeatureSchema):
        assert codes is not None
        limits = _of_features(schema, limits, codes)
    return limits


def _read_table(
    schema: TableSchema,
    X: Any,
    lower: Any,
    upper: Any,
    frozen: Any,
    rows: np.ndarray,
) -> Limits:
    """Read the limits of the columns of a table."""
    labels = getattr(X, "index", np.arange(len(X)))[rows]
    shape = (len(rows), schema.n_features)
    limits = Limits(
        np.full(shape, -np.inf), np.full(shape, np.inf), np.zeros(shape, dtype=bool)
    )
    for name, table, codes in (
        ("lower", lower, limits.low),
        ("upper", upper, limits.high),
    ):
        for j, cells in _columns(schema, X, name, table, rows):
            given = _read(schema, name, j, cells)
            codes[:, j] = np.where(np.isnan(given), codes[:, j], given)
    _check_order(schema, labels, limits)
    for j, cells in _columns(schema, X, "frozen", frozen, rows):
        limits.frozen[:, j] = _read_flags(cells)
    return limits


def _of_features(schema: FeatureSchema, limits: Limits, codes: np.ndarray) -> Limits:
    """Turn limits of columns (n_people, n_columns) into limits of features."""
    first = [places[0] for places in schema.members]
    low, high, frozen = limits.low[:, first], limits.high[:, first], limits.frozen
    frozen, closed = frozen[:, first], {}
    for j, group in schema.groups.items():
        low[:, j], high[:, j] = -np.inf, np.inf
        frozen[:, j], closed[j] = False, _closed_levels(group, limits, codes[:, j])
    return Limits(low, high, frozen, closed)


def _closed_levels(group: ColumnGroup, limits: Limits, own: np.ndarray) -> np.ndarray:
    """Find the levels of a group that are closed to each person, (n, n_levels)."""
    places = list(group.members)
    low, high = limits.low[:, places], limits.high[:, places]
    frozen = limits.frozen[:, places]
    on, off = np.array(group.on), np.array(group.off)
    is_on = group.expand(own) == on
    no_rise = ~is_on & (frozen | (on < low) | (on > high))
    no_fall = is_on & (frozen | (off < low) | (off > high))
    closed = np.zeros((len(own), group.n_levels), dtype=bool)
    closed[:, : len(places)] = no_rise
    # A column that must stay on closes every level but its own.
    for k in range(len(places)):
        others = np.arange(group.n_levels) != k
        closed |= no_fall[:, [k]] & others
    return closed


def _columns(
    schema: TableSchema, X: Any, name: str, table: Any, rows: np.ndarray
) -> Any:
    """Iterate over the columns of a table of limits, some of its rows each."""
    if table is None:
        return
    labels = getattr(X, "index", np.arange(len(X)))
    if not is_frame(table):
        table = _as_array(schema, X, name, table)
        for j, column in enumerate(schema.columns):
            yield j, Cells(column.name, table[rows, j], labels[rows])
        return
    check_aligned(labels, name, table)
    table = as_pandas(table)
    if table.columns.has_duplicates:
        twice = table.columns[table.columns.duplicated()].unique().tolist()
        raise ValueError(f"{name} has the columns {twice} twice; keep one of each.")
    for place, key in enumerate(table.columns.tolist()):
        try:
            j = schema.position(key)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        yield j, Cells(key, column_values(table, place)[rows], labels[rows])


def _as_array(schema: TableSchema, X: Any, name: str, table: Any) -> np.ndarray:
    """Turn limits that are no DataFrame into an array of the shape of X."""
    if isinstance(table, Mapping) or not np.iterable(table) or isinstance(table, str):
        raise TypeError(
            f"{name} must be a DataFrame with the index of X and some of its columns, "
            f"or an array of the shape of X, not {table!r}. For the same limit for all "
            f"people, use pd.DataFrame({{'column': value}}, index=X.index)."
        )
    refuse_lazy(name, table)
    refuse_masked(name, table)
    table = np.asarray(table)
    expected = (len(X), schema.n_features)
    if table.shape != expected:
        raise ValueError(
            f"{name} has shape {table.shape}, but an array must have the shape of X, "
            f"{expected}. To limit some columns only, use a DataFrame with the index "
            "of X."
        )
    return table


def check_aligned(rows: Any, name: str, table: Any) -> None:
    """Refuse a table that does not have the rows of X in the same order.

    Parameters
    ----------
    rows : Index or ndarray of shape (n_samples,)
        Labels of the rows of X; only the number of rows counts in an ndarray.
    name : str
        Name of the argument, for messages.
    table : DataFrame or Series

    Raises
    ------
    ValueError
        Names the first row that differs.
    """
    if len(table) != len(rows):
        raise ValueError(
            f"{name} has {len(table)} rows and X has {len(rows)}. Both must have the "
            "same rows."
        )
    index = getattr(table, "index", None)  # Only pandas labels rows.
    if index is None or isinstance(rows, np.ndarray) or index.equals(rows):
        return
    differs = int(np.argmax(np.asarray(index != rows)))
    there, here = as_python(index[differs]), as_python(rows[differs])
    raise ValueError(
        f"{name} is not aligned to X: the label of row {differs} is {there!r}, but "
        f"{here!r} in X. Use {name}.loc[X.index]."
    )


def _read(schema: TableSchema, name: str, j: int, cells: Cells) -> np.ndarray:
    """Read a column of limits as codes; NaN if a cell has no limit."""
    column = schema.columns[j]
    if cells.missing.all():
        return np.full(len(cells.missing), np.nan)
    if not column.is_ordered:
        raise ValueError(
            f"{name}: column {column.name!r} is nominal, so its levels have no order. "
            "Use frozen, or give the order in ordinal_features."
        )
    try:
        if column.is_numeric and cells.family == "number":
            return cells.numbers()
        return replace(column, may_be_missing=True).read(cells)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _read_flags(cells: Cells) -> np.ndarray:
    """Read a column of booleans."""
    bad = cells.missing
    if not bad.all():
        bad = bad | cells.foreign(frozenset({"bool"}))
    if bad.any():
        row = int(np.argmax(bad))
        problem = f"{cells.value(row)!r} must be True or False"
        raise ValueError(f"frozen: {cells.error(problem, row)}")
    return np.asarray(cells.values, dtype=bool)


def _check_order(schema: TableSchema, labels: Any, limits: Limits) -> None:
    """Refuse a lower limit above the upper limit."""
    apart = limits.low > limits.high
    if apart.any():
        row, j = np.argwhere(apart)[0].tolist()
        raise ValueError(
            f"lower is above upper for row {as_python(labels[row])!r}, column "
            f"{schema.columns[j].name!r}: {limits.low[row, j]:.15g} and "
            f"{limits.high[row, j]:.15g}."
        )
