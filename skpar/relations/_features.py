"""FeatureSchema: the schema of a table in which groups of columns are one feature."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..table import Column, TableReading, TableSchema
from ._determined import Determined, in_order
from ._groups import ColumnGroup, GroupColumn, names_taken


@dataclass(frozen=True)
class FeatureSchema(TableSchema):
    """A schema of features: groups of columns, and the other columns of a table.

    It reads and writes the user's table, as `TableSchema` does. Its codes have one
    column per feature. A group stands at the place of its first column.

    Parameters
    ----------
    columns : tuple of Column
        One per feature.
    array_dtype : numpy dtype or None
        Dtype of the ndarray that `decode` returns; None for a frame.
    frame_format : FrameFormat or None
        Library and dtypes of the frame that `decode` returns; None for pandas.
    table : TableSchema
        Schema of the table's own columns.
    members : tuple of tuple of int
        Positions in the table of the columns of each feature.
    determined : tuple of Determined
        Features with a value that follows from other features. Each comes after the
        determined features among its sources.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.relations import ColumnGroup, group_columns
    >>> from skpar.table import TableSchema
    >>> table = pd.DataFrame({"age": [20, 30], "job_cook": [1, 0], "job_clerk": [0, 1]})
    >>> schema = TableSchema.infer(table)
    >>> group = ColumnGroup.of_columns(schema, [1, 2])
    >>> features = group_columns(schema, [group], schema.encode(table))
    >>> features.names
    ('age', 'job')
    >>> features.encode(table)
    array([[20.,  0.],
           [30.,  1.]])
    >>> features.decode(features.encode(table)).equals(table)
    True
    """

    table: TableSchema = TableSchema(())
    members: tuple[tuple[int, ...], ...] = ()
    determined: tuple[Determined, ...] = ()

    @cached_property
    def groups(self) -> dict[int, ColumnGroup]:
        """The group of each feature that is one."""
        return {
            j: column.group
            for j, column in enumerate(self.columns)
            if isinstance(column, GroupColumn)
        }

    @property
    def is_double_precision(self) -> bool:
        """Whether every column of the table stores all digits of a float64."""
        return self.table.is_double_precision

    @property
    def numeric_dtype(self) -> Any:
        """Dtype of a numeric ndarray that can hold the table, None if impossible."""
        return self.table.numeric_dtype

    def compress(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Turn codes of the table into codes of the features.

        Parameters
        ----------
        codes : ndarray of shape (..., n_columns), dtype float64

        Returns
        -------
        compressed : ndarray of shape (..., n_features), dtype float64
            NaN for a group with a cell that is neither on nor off.
        """
        if not self.groups:
            return codes
        compressed = codes[..., [places[0] for places in self.members]]
        for j, group in self.groups.items():
            compressed[..., j] = group.compress(codes[..., group.members])
        return compressed

    def expand(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Turn codes of the features into codes of the table.

        Parameters
        ----------
        codes : ndarray of shape (..., n_features), dtype float64

        Returns
        -------
        expanded : ndarray of shape (..., n_columns), dtype float64
        """
        groups = self.groups
        if not groups:
            return codes
        expanded = np.empty((*codes.shape[:-1], self.table.n_features))
        for j, places in enumerate(self.members):
            if j in groups:
                expanded[..., places] = groups[j].expand(codes[..., j])
            else:
                expanded[..., places[0]] = codes[..., j]
        return expanded

    def is_broken(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Check which cells are patterns that their group does not allow.

        Parameters
        ----------
        codes : ndarray of shape (..., n_features), dtype float64

        Returns
        -------
        is_broken : ndarray of the shape of `codes`, dtype bool
        """
        is_broken = np.zeros(codes.shape, dtype=bool)
        for j, group in self.groups.items():
            is_broken[..., j] = group.is_broken(codes[..., j])
        return is_broken

    def read(self, X: Any) -> TableReading:
        """Convert the cells of a table that can be read."""
        reading = self.table.read(X)
        codes = self.compress(reading.codes)
        rows = getattr(X, "index", np.arange(len(codes)))
        problems = list(reading.problems)
        for j in self.groups:
            for row in np.flatnonzero(np.isnan(codes[:, j])).tolist():
                if not reading.unreadable[row]:
                    problems.append((row, rows[row], *self._problem(j, reading, row)))
        return TableReading(codes, tuple(sorted(problems, key=lambda one: one[0])))

    def _problem(self, j: int, reading: TableReading, row: int) -> tuple[Hashable, str]:
        """Name the column of a group that cannot be read, and say why."""
        group = self.groups[j]
        cells = reading.codes[row, group.members]
        wrong = (cells != np.array(group.off)) & (cells != np.array(group.on))
        place = int(np.argmax(wrong)) if wrong.any() else 0
        column = self.table.columns[group.members[place]]
        if not wrong.any():
            text = f"too many columns of the group {self.names[j]!r} are on"
            return column.name, text
        values = " or ".join(
            f"{column.value_of(ends[place])!r}" for ends in (group.off, group.on)
        )
        return column.name, (
            f"{column.value_of(cells[place])!r} must be {values}, as in every training "
            f"row: the column belongs to the group {self.names[j]!r}"
        )

    def readable_rows(self, X: Any, reading: TableReading) -> Any:
        """Take the rows of a table that could be read."""
        if not reading.problems:
            return X
        problems = reading.problems
        return self.table.readable_rows(
            X, replace(self.table.read(X), problems=problems)
        )

    def decode(self, codes: npt.NDArray[np.float64], index: Any = None) -> Any:
        """Convert codes to a new table with the container and dtypes of training."""
        return self.table.decode(self.expand(codes), index)

    def write(
        self, X: Any, old: npt.NDArray[np.float64], new: npt.NDArray[np.float64]
    ) -> Any:
        """Copy a table and rewrite only the cells that have a new code."""
        return self.table.write(X, self.expand(old), self.expand(new))

    def with_table(self, table: TableSchema) -> FeatureSchema:
        """Make a copy that reads and writes another container."""
        return replace(
            self,
            table=table,
            array_dtype=table.array_dtype,
            frame_format=table.frame_format,
        )

    def of_kind(self, library: str) -> FeatureSchema:
        """Describe the same table as a frame of another library."""
        return self.with_table(self.table.of_kind(library))

    def position(self, key: Hashable) -> int:
        """Find the feature of a column of the table, or of the name of a group."""
        groups = [self.names[j] for j in self.groups]
        if key in groups:
            return self.names.index(key)
        column = self.table.position(key)
        return next(j for j, places in enumerate(self.members) if column in places)


def groups_of(schema: TableSchema) -> dict[int, ColumnGroup]:
    """Return the features of a schema that are groups, by position."""
    return schema.groups if isinstance(schema, FeatureSchema) else {}


def compressed(
    schema: TableSchema, codes: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Turn codes of the table (n, n_columns) into codes of a schema's features."""
    return schema.compress(codes) if isinstance(schema, FeatureSchema) else codes


def table_of(schema: TableSchema) -> TableSchema:
    """Return the schema of the table's own columns."""
    return schema.table if isinstance(schema, FeatureSchema) else schema


def group_columns(
    schema: TableSchema,
    groups: Sequence[ColumnGroup],
    codes: npt.NDArray[np.float64] | None = None,
) -> TableSchema:
    """Describe the features of a table.

    Parameters
    ----------
    schema : TableSchema
        Schema of the table.
    groups : sequence of ColumnGroup
        Groups without common columns.
    codes : ndarray of shape (n, n_columns), dtype float64, optional
        Training rows, codes of the table. They show which levels occur; without them,
        all levels count as seen.

    Returns
    -------
    features : TableSchema
        A `FeatureSchema`; `schema` itself if there is no group.
    """
    if not groups:
        return schema
    taken = names_taken(schema, groups)
    first = {group.members[0]: group for group in groups}
    inside = {j for group in groups for j in group.members}
    columns: list[Column] = []
    members: list[tuple[int, ...]] = []
    for j, column in enumerate(schema.columns):
        if j in first:
            group = first[j]
            seen = np.ones(group.n_levels, dtype=bool)
            if codes is not None:
                patterns = group.compress(codes[:, group.members])
                seen = np.isin(np.arange(group.n_levels), patterns)
            levels = tuple(seen.tolist())
            columns.append(GroupColumn.of_group(schema, group, levels, taken))
            members.append(group.members)
        elif j not in inside:
            columns.append(column)
            members.append((j,))
    return FeatureSchema(
        tuple(columns),
        schema.array_dtype,
        schema.frame_format,
        schema,
        tuple(members),
    )


def with_determined(
    schema: TableSchema, determined: Sequence[Determined]
) -> TableSchema:
    """Add determined features to a schema.

    Parameters
    ----------
    schema : TableSchema
        What each feature is.
    determined : sequence of Determined
        Features that follow from others, none of them twice.

    Returns
    -------
    features : TableSchema
        A `FeatureSchema`; `schema` itself if nothing is determined.
    """
    if not determined:
        return schema
    if not isinstance(schema, FeatureSchema):
        members = tuple((j,) for j in range(schema.n_features))
        container = schema.array_dtype, schema.frame_format
        schema = FeatureSchema(schema.columns, *container, schema, members)
    return replace(schema, determined=in_order(determined))


def determined_of(schema: TableSchema) -> tuple[Determined, ...]:
    """Return the determined features of a schema."""
    return schema.determined if isinstance(schema, FeatureSchema) else ()
