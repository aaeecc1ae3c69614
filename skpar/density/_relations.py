"""Search of the relations in the table that a density is fitted to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from .._config import TrainingConfig
from ..relations import (
    ColumnGroup,
    Determined,
    RelationConfig,
    compressed,
    find_determined,
    find_groups,
    group_columns,
)
from ..table import TableSchema

Encode = Callable[[slice], np.ndarray]


def find_relations(
    schema: TableSchema, encode: Encode, n_rows: int, config: TrainingConfig
) -> tuple[TableSchema, tuple[Determined, ...]]:
    """Find groups and determined columns that hold in every row of a table.

    A part of the rows gives candidates, and all rows confirm them, in small parts.

    Parameters
    ----------
    schema : TableSchema
        Columns of the table.
    encode : callable
        Takes a slice of row numbers and returns the codes of these rows, (k, d).
    n_rows : int
        Number of rows.
    config : TrainingConfig
        Largest number of rows at once.

    Returns
    -------
    features : TableSchema
        `schema`, or a `FeatureSchema` if there are groups.
    determined : tuple of Determined
        Columns of `features`.
    """
    step = -(-n_rows // config.max_structure_rows)
    codes, constants = encode(slice(None, None, step)), RelationConfig()
    groups, levels = list(find_groups(schema, codes, constants)), [codes]
    if step > 1 and groups:
        parts = _parts(encode, n_rows, config.max_structure_rows)
        groups, levels = _confirm_groups(groups, parts)
    features = schema
    if groups:
        features = group_columns(schema, groups, np.vstack(levels))
    codes = compressed(features, codes)
    determined = tuple(find_determined(features, codes, constants))
    if step > 1 and determined:
        for part in _parts(encode, n_rows, config.max_structure_rows):
            part = compressed(features, part)
            determined = tuple(one for one in determined if one.agrees(part).all())
    return features, determined


def _parts(encode: Encode, n_rows: int, size: int) -> Iterator[np.ndarray]:
    """Codes (k, d) of all rows, in parts."""
    for start in range(0, n_rows, size):
        yield encode(slice(start, start + size))


def _confirm_groups(
    groups: list[ColumnGroup], parts: Iterator[np.ndarray]
) -> tuple[list[ColumnGroup], list[np.ndarray]]:
    """Keep the groups that hold in all rows; also return rows with all their levels."""
    levels = []
    for part in parts:
        kept = []
        for group in groups:
            cells = group.compress(part[:, group.members])
            if (cells < group.n_levels).all():
                kept.append(group)
                levels.append(part[np.unique(cells, return_index=True)[1]])
        groups = kept
    return groups, levels
