"""Collects what every density made of every split, and prints it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from _density_rivals import FitResult
from _density_scores import Corruption, Frequencies, mean_and_error, wins
from _density_space import Score
from sklearn.metrics import roc_auc_score

KERNEL_TEST_ROWS = 2_000
LABELS = ("denied", "accepted")
HEADER = (
    f"{'rows':>6}{'log-density':>13}{'+-':>7}{'corruption':>12}{'+-':>7}"
    f"{'AUC':>7}{'+-':>7}{'fit s':>7}"
)
CORRECTED_HEADER = f"{'corrected':>10}{'+-':>8}{'HCLT over it':>14}{'+-':>8}"

Data = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Codes (n, d), labels (n,), row numbers of the training and the test part."""


@dataclass
class Record:
    """One density on one class: one entry per split, NaN where a row was not scored."""

    log_density: list[np.ndarray] = field(default_factory=list)
    wins: list[np.ndarray] = field(default_factory=list)
    corrected: list[np.ndarray] = field(default_factory=list)
    pairs: list[np.ndarray] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def log_densities(self) -> np.ndarray:
        """Log-densities of all rows held out (n,)."""
        return np.concatenate(self.log_density)

    def all_wins(self, corrected: bool = False) -> np.ndarray:
        """Comparisons of all pairs (n_pairs,)."""
        return np.concatenate(self.corrected if corrected else self.wins)

    def groups(self) -> np.ndarray:
        """Numbers of the rows behind all pairs (n_pairs,)."""
        sizes = np.cumsum([0, *map(len, self.log_density)])
        return np.concatenate([a + b for a, b in zip(self.pairs, sizes, strict=False)])


@dataclass
class Quality:
    """Records by method and label, and each method's AUC per split."""

    records: dict[tuple[str, int], Record] = field(
        default_factory=lambda: defaultdict(Record)
    )
    auc: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def over(self, rival: str, label: int) -> tuple[float, float]:
        """Mean of our log-density minus the rival's, and its standard error."""
        ours, theirs = self.records["HCLT", label], self.records[rival, label]
        difference = ours.log_densities() - theirs.log_densities()
        return mean_and_error(difference, np.arange(len(difference)))

    def corruption_over(
        self, rival: str, label: int, corrected: bool = False
    ) -> tuple[float, float]:
        """Do the same for the paired corruption test, rows being independent."""
        ours, theirs = self.records["HCLT", label], self.records[rival, label]
        difference = ours.all_wins(corrected) - theirs.all_wins(corrected)
        return mean_and_error(difference, ours.groups())

    def corruption(
        self, method: str, label: int, corrected: bool = False
    ) -> tuple[float, float]:
        """Share of rows likelier than their corrupted copies, and its error."""
        record = self.records[method, label]
        return mean_and_error(record.all_wins(corrected), record.groups())

    def corrected_table(self, name: str) -> str:
        """Write the corruption test with the columns' own frequencies divided out."""
        lines = [f"\n{name}, all columns, corruption corrected for frequencies"]
        for label, label_name in enumerate(LABELS):
            lines.append(f"{label_name:<17}{CORRECTED_HEADER}")
            for method in [method for method, found in self.records if found == label]:
                mean, error = self.corruption(method, label, corrected=True)
                line = f"  {method:<15}{mean:>10.4f}{error:>8.4f}"
                if method != "HCLT":
                    mean, error = self.corruption_over(method, label, corrected=True)
                    line += f"{mean:>+14.4f}{error:>8.4f}"
                lines.append(line)
        return "\n".join(lines)

    def table(self, name: str, title: str, without_nats: Sequence[str] = ()) -> str:
        """Write one table: all methods, class by class."""
        lines = [f"\n{name}, {title}"]
        for label, label_name in enumerate(LABELS):
            lines.append(f"{label_name:<17}{HEADER}")
            methods = [method for method, found in self.records if found == label]
            for method in methods:
                lines.append(self._line(method, label, method not in without_nats))
        return "\n".join(lines)

    def _line(self, method: str, label: int, with_nats: bool) -> str:
        """Write the figures of one method on one class."""
        record = self.records[method, label]
        scored = int((~np.isnan(record.log_densities())).sum())
        means = [float(np.nanmean(split)) for split in record.log_density]
        wins_mean, wins_error = self.corruption(method, label)
        auc = self.auc[method]
        nats = f"{np.mean(means):>13.3f}{_error(means):>7.3f}"
        return (
            f"  {method:<15}{scored:>6}{nats if with_nats else '-'.rjust(13) + ' ' * 7}"
            f"{wins_mean:>12.4f}{wins_error:>7.4f}{np.mean(auc):>7.3f}"
            f"{_error(auc):>7.3f}{np.mean(record.seconds):>7.2f}"
        )


def _error(values: list[float]) -> float:
    """Take the standard error of the mean over splits, NaN for one split."""
    if len(values) < 2:
        return np.nan
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))


def measure_split(
    quality: Quality, fits: dict[int, dict[str, FitResult]], data: Data, seed: int
) -> None:
    """Fit and score all methods on both classes of one split."""
    codes, y, train, test = data
    taught = {label: codes[train][y[train] == label] for label in (0, 1)}
    held = {label: codes[test][y[test] == label] for label in (0, 1)}
    bad = {label: Corruption.of(held[label], seed) for label in (0, 1)}
    common = {label: Frequencies.of(taught[label]) for label in (0, 1)}
    for method in fits[0]:
        scores: dict[int, Score] = {}
        for label in (0, 1):
            start = time.process_time()
            scores[label] = fits[label][method](taught[label], seed)
            seconds = time.process_time() - start
            quality.records[method, label].seconds.append(seconds)
        most = KERNEL_TEST_ROWS if method == "KernelDensity" else len(test)
        ratios = []
        for label in (0, 1):
            rows, record = held[label], quality.records[method, label]
            _compare(record, scores[label], rows, bad[label], common[label], most)
            ratios.append(scores[1](rows[:most]) - scores[0](rows[:most]))
        truth = np.repeat([0, 1], [len(ratio) for ratio in ratios])
        quality.auc[method].append(roc_auc_score(truth, np.concatenate(ratios)))


def _compare(
    record: Record,
    score: Score,
    rows: np.ndarray,
    pairs: Corruption,
    common: Frequencies,
    most: int,
) -> None:
    """Compare the first rows held out (n, d) with their corrupted copies."""
    own = _scored(score, rows, len(rows[:most]))
    kept = np.argsort(pairs.original >= most, kind="stable")
    values = np.full(len(kept), np.nan)
    values[kept] = _scored(score, pairs.codes[kept], len(pairs.first(most).original))
    left_out = np.isnan(values)
    record.log_density.append(own)
    record.pairs.append(pairs.original)
    better = wins(own[pairs.original], values)
    record.wins.append(np.where(left_out, np.nan, better))
    own, values = own - common.log(rows), values - common.log(pairs.codes)
    better = wins(own[pairs.original], values)
    record.corrected.append(np.where(left_out, np.nan, better))


def _scored(score: Score, codes: np.ndarray, n_rows: int) -> np.ndarray:
    """Log-density of the first rows, NaN for the others (n,)."""
    values = np.full(len(codes), np.nan)
    values[:n_rows] = score(codes[:n_rows])
    return values
