"""Tables with and without relations, and what is found in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from skpar.relations import (
    ColumnGroup,
    Determined,
    RelationConfig,
    find_determined,
    find_groups,
    group_columns,
)
from skpar.table import TableSchema

CONFIG = RelationConfig()


@dataclass(frozen=True)
class Found:
    """Relations of a table, with the codes in which they were found."""

    schema: TableSchema
    codes: np.ndarray
    groups: tuple[ColumnGroup, ...]
    features: TableSchema
    feature_codes: np.ndarray
    determined: tuple[Determined, ...]

    @property
    def group_names(self) -> set[tuple[frozenset, bool]]:
        """Names of the columns of each group, and whether all may be off."""
        return {
            (frozenset(self.schema.names[j] for j in group.members), group.at_most)
            for group in self.groups
        }

    @property
    def texts(self) -> set[str]:
        """Descriptions of the determined columns."""
        names = [str(name) for name in self.features.names]
        return {one.describe(names) for one in self.determined}


def find(table: pd.DataFrame, taken=(), **how) -> Found:
    """Find all relations of a table; `taken` are positions of features."""
    schema = TableSchema.infer(table, **how)
    codes = schema.encode(table)
    groups = find_groups(schema, codes, CONFIG)
    features = group_columns(schema, groups, codes)
    feature_codes = features.encode(table)
    determined = find_determined(features, feature_codes, CONFIG, taken)
    return Found(schema, codes, groups, features, feature_codes, determined)


def independent(n: int, d: int, seed: int) -> pd.DataFrame:
    """Independent columns: numbers, amounts, counts, levels, flags, rare flags."""
    rng = np.random.default_rng(seed)
    draw = [
        lambda: rng.normal(50, 20, n),
        lambda: np.round(rng.lognormal(7, 1, n), 2),
        lambda: rng.integers(18, 90, n),
        lambda: rng.choice(list("abcdef"), n),
        lambda: rng.random(n) < rng.choice([0.5, 0.1]),
        lambda: (rng.random(n) < rng.choice([0.02, 2 / n])).astype(int),
        lambda: rng.poisson(rng.choice([0.1, 1.0]), n),
        lambda: np.where(rng.random(n) < 0.9, 0, rng.integers(100, 9999, n)),
    ]
    return pd.DataFrame({f"c{j}": draw[j % len(draw)]() for j in range(d)})


def table_with(columns, n=400):
    """Columns behind independent ones."""
    table = independent(n, 16, 5)
    for name, cells in columns.items():
        table[name] = cells
    return table


def check_exact(found):
    """The determined columns are computed as they are in training rows."""
    for one in found.determined:
        computed, cells = one.compute(found.feature_codes), found.feature_codes
        known = ~np.isnan(computed)
        assert known.any()
        tolerance = getattr(one, "tolerance", 0.0)
        gap = np.abs(computed - cells[:, one.column])[known]
        assert gap.max() <= tolerance + 1e-12 * np.abs(computed[known]).max()
        assert one.agrees(cells).all()
