"""Calibration of percentiles by group of sex and age, for reporting only.

The percentile of a person is the mid-rank of their log-density among held-out rows of
the accepted class. Among all accepted people, it is uniform. In one group it need not
be: a group of untypical people has low percentiles.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from _density_scores import distance_from_uniform
from _density_space import FeatureSpace
from _tables import Table

AGE_COLUMNS = ("age", "Age")
SEX_COLUMNS = ("sex", "Personal status and sex")
YOUNG, OLD = 30, 50


def groups_of(
    space: FeatureSpace, table: Table, codes: np.ndarray
) -> dict[str, np.ndarray]:
    """Find the rows (n,) of each level of sex and of each age band."""
    groups = {}
    for j, column in enumerate(space.schema.columns):
        if column.name in SEX_COLUMNS:
            names = table.X[column.name].astype(str).to_numpy()
            groups |= {f"sex {name}": names == name for name in np.unique(names)}
        if column.name in AGE_COLUMNS:
            age = codes[:, j]
            groups[f"age < {YOUNG}"] = age < YOUNG
            groups[f"age {YOUNG} to {OLD - 1}"] = (age >= YOUNG) & (age < OLD)
            groups[f"age >= {OLD}"] = age >= OLD
    return groups


class GroupCalibration:
    """Percentiles of held-out accepted people, by group, over several splits."""

    def __init__(self, groups: dict[str, np.ndarray]) -> None:
        self.groups = groups
        self.sizes: dict[str, list[int]] = defaultdict(list)
        self.distances: dict[str, list[float]] = defaultdict(list)
        self.medians: dict[str, list[float]] = defaultdict(list)

    def add(self, rows: np.ndarray, percentiles: np.ndarray) -> None:
        """Add the percentiles (n,) of some rows (n,), given by their numbers."""
        for name, member in {"all": np.ones(0), **self.groups}.items():
            own = percentiles if name == "all" else percentiles[member[rows]]
            if len(own):
                self.sizes[name].append(len(own))
                self.distances[name].append(distance_from_uniform(own))
                self.medians[name].append(float(np.median(own)))

    def table(self, name: str) -> str:
        """Write one line per group: mean over the splits."""
        lines = [
            f"\n{name}, accepted{'n':>24}{'deviation':>11}{'chance':>8}{'median':>8}"
        ]
        for group, found in self.distances.items():
            size = np.mean(self.sizes[group])
            lines.append(
                f"  {group:<32}{size:>8.0f}{np.mean(found):>11.3f}"
                f"{1.63 / np.sqrt(size):>8.3f}{np.mean(self.medians[group]):>8.3f}"
            )
        return "\n".join(lines)
