"""What a density is judged by: corrupted rows, paired differences, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DRAWS = 5


@dataclass(frozen=True)
class Corruption:
    """Rows with one cell taken from another row; only pairs that really differ."""

    original: np.ndarray  # (n_pairs,) position of the row that was corrupted
    codes: np.ndarray  # (n_pairs, d)

    @classmethod
    def of(cls, codes: np.ndarray, seed: int) -> Corruption:
        """Replace a uniformly drawn column of every row, five times over."""
        rng = np.random.RandomState(seed)
        n_rows, n_columns = codes.shape
        row = np.arange(n_rows)
        originals, corrupted = [], []
        for _ in range(DRAWS):
            column = rng.randint(n_columns, size=n_rows)
            donor = (row + rng.randint(1, n_rows, size=n_rows)) % n_rows
            new = codes.copy()
            new[row, column] = codes[donor, column]
            same = (new == codes) | (np.isnan(new) & np.isnan(codes))
            changed = ~same.all(axis=1)
            originals.append(row[changed])
            corrupted.append(new[changed])
        return cls(np.concatenate(originals), np.concatenate(corrupted))

    def first(self, n_rows: int) -> Corruption:
        """Leave out the pairs of all but the first rows."""
        kept = self.original < n_rows
        return Corruption(self.original[kept], self.codes[kept])


@dataclass(frozen=True)
class Frequencies:
    """How often each value of each column occurs, each column on its own.

    A value that no row has counts as half a row. That is a good marginal where values
    repeat, as all of adult do, and none where every number occurs once.
    """

    values: tuple[np.ndarray, ...]  # per column its distinct values, NaN last
    shares: tuple[np.ndarray, ...]
    unseen: float

    @classmethod
    def of(cls, codes: np.ndarray) -> Frequencies:
        """Count the values in codes (n, d)."""
        found = [np.unique(column, return_counts=True) for column in codes.T]
        values, counts = zip(*found, strict=True)
        shares = tuple(count / len(codes) for count in counts)
        return cls(values, shares, 0.5 / len(codes))

    def log(self, codes: np.ndarray) -> np.ndarray:
        """Log-probability (n,) of rows (n, d) whose columns are independent."""
        total = np.zeros(len(codes))
        columns = zip(codes.T, self.values, self.shares, strict=True)
        for cells, values, shares in columns:
            # NaN is sorted behind all numbers, here and by np.unique.
            at = np.searchsorted(values, cells).clip(max=len(values) - 1)
            known = (values[at] == cells) | (np.isnan(values[at]) & np.isnan(cells))
            total += np.log(np.where(known, shares[at], self.unseen))
        return total


def wins(log_density: np.ndarray, corrupted: np.ndarray) -> np.ndarray:
    """Find where a row is likelier than its corrupted copy (n_pairs,), ties half."""
    above: np.ndarray = (log_density > corrupted) + 0.5 * (log_density == corrupted)
    return above


def mean_and_error(values: np.ndarray, group: np.ndarray) -> tuple[float, float]:
    """Mean over known values, and its standard error when groups are independent."""
    known = ~np.isnan(values)
    centre = float(values[known].mean())
    sums = np.bincount(group[known], weights=values[known] - centre)
    return centre, float(np.sqrt((sums**2).sum()) / known.sum())


def mid_ranks(reference: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Share of the reference below each value (n,), ties counted half."""
    ordered = np.sort(reference)
    below = np.searchsorted(ordered, values, side="left")
    not_above = np.searchsorted(ordered, values, side="right")
    ranks: np.ndarray = (below + not_above) / (2.0 * len(ordered))
    return ranks


def distance_from_uniform(shares: np.ndarray) -> float:
    """Kolmogorov-Smirnov distance of values in [0, 1] from the uniform law."""
    ordered, steps = np.sort(shares), np.arange(len(shares) + 1) / len(shares)
    return float(max((steps[1:] - ordered).max(), (ordered - steps[:-1]).max()))
