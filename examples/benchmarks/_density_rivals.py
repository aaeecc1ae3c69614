"""The densities compared: ours, independent columns, a mixture, scikit-learn's.

The first three share their leaves, and so the kernel floor. GaussianMixture and
KernelDensity know no levels. On mixed tables they see standardised numbers (missing
cells at the mean) and one-hot levels (missing is one more level); there they have
densities over another measure, whose nats mean nothing beside ours, and only the
corruption test and the AUC compare them. Nats are compared on the continuous columns,
where GaussianMixture's smallest variance is the square of our floor and no bandwidth
is below the largest of our floors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
from _density_mixture import fit_mixture
from _density_scores import Corruption, wins
from _density_space import FeatureSpace, Score
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity

from skpar._config import TrainingConfig
from skpar.density._api import fit_circuit

N_STATES = 16  # the mixture has as many parameters as a circuit with these states
OUR_STATES = "auto"
GAUSSIAN_ROWS = 8_000  # on adult, all rows gained nothing
CHOICE_ROWS = 1_000
KERNEL_CHOICE_ROWS = 300
SMOOTHING = (3.0, 10.0, 30.0)

FitResult = Callable[[np.ndarray, int], Score]
"""Fits a density to codes (n, d) with a seed."""


def fit_tree(
    space: FeatureSpace, n_states: int | str, codes: np.ndarray, seed: int
) -> Score:
    """Fit our circuit; with one state the columns are independent."""
    rng = np.random.RandomState(seed)
    rows = space.rows(codes)
    circuit = fit_circuit(
        space.encoder,
        rows,
        config=TrainingConfig(),
        n_states=n_states,
        random_state=rng,
    ).circuit
    return space.score(circuit.log_prob)


def our_mixture(
    space: FeatureSpace, smoothing: float, codes: np.ndarray, seed: int
) -> Score:
    """Fit the mixture that has our leaves and as many parameters."""
    return fit_mixture(space, codes, N_STATES, smoothing, seed)


class Coding:
    """Codes of a mixed table as plain numbers, with scales learnt from some rows."""

    def __init__(self, space: FeatureSpace, codes: np.ndarray) -> None:
        self.levels = [column.levels for column in space.schema.columns]
        self.mean = np.nan_to_num(np.nanmean(codes, axis=0))
        self.spread = np.nanstd(codes, axis=0)
        self.spread[~(self.spread > 0)] = 1.0

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """Write numbers standardised and levels one-hot (n, width)."""
        blocks = []
        for j, levels in enumerate(self.levels):
            cells, absent = codes[:, j], np.isnan(codes[:, j])
            if levels is None:
                z = (cells - self.mean[j]) / self.spread[j]
                blocks.append(np.where(absent, 0.0, z)[:, None])
            else:
                level = np.where(absent, len(levels), cells).astype(int)
                blocks.append(np.eye(len(levels) + 1)[level])
        return np.hstack(blocks)

    def decode(self, rows: np.ndarray) -> np.ndarray:
        """Read codes (n, d) from rows (n, width); each block takes its largest."""
        codes, start = np.empty((len(rows), len(self.levels))), 0
        for j, levels in enumerate(self.levels):
            if levels is None:
                codes[:, j] = rows[:, start] * self.spread[j] + self.mean[j]
                start += 1
            else:
                level = rows[:, start : start + len(levels) + 1].argmax(axis=1)
                codes[:, j] = np.where(level == len(levels), np.nan, level)
                start += len(levels) + 1
        return codes


def code_gaussians(
    space: FeatureSpace, parameters: dict[str, Any], codes: np.ndarray, seed: int
) -> Score:
    """Fit a GaussianMixture to at most 8,000 rows of a mixed table."""
    coding = Coding(space, codes)
    chosen = np.random.RandomState(seed).permutation(len(codes))[:GAUSSIAN_ROWS]
    n = min(parameters["n_components"], len(chosen))
    model = GaussianMixture(**parameters | {"n_components": n}, random_state=seed)
    model.fit(coding(codes[chosen]))
    return lambda rows: model.score_samples(coding(rows))


def code_kernels(
    space: FeatureSpace, bandwidth: float, codes: np.ndarray, seed: int
) -> Score:
    """Fit a KernelDensity to a mixed table; in one leaf, which is fastest here."""
    coding = Coding(space, codes)
    model = KernelDensity(bandwidth=bandwidth, leaf_size=len(codes))
    model.fit(coding(codes))
    return lambda rows: model.score_samples(coding(rows))


def fit_gaussians(
    space: FeatureSpace, n: int, covariance: str, codes: np.ndarray, seed: int
) -> Score:
    """Fit a GaussianMixture to continuous columns, in units of our kernel floors."""
    floors = space.floors(codes)
    z = space.rows(codes).numpy()
    n = min(n, len(z))
    k_means = KMeans(n, n_init=1, random_state=seed).fit(z / z.std(axis=0))
    model = GaussianMixture(
        n,
        covariance_type=covariance,
        reg_covar=1.0,
        max_iter=200,
        means_init=k_means.cluster_centers_ * z.std(axis=0) / floors,
        random_state=seed,
    ).fit(z / floors)
    unit = np.log(floors).sum()
    return lambda rows: model.score_samples(space.rows(rows).numpy() / floors) - unit


def fit_kernels(
    space: FeatureSpace, factor: float, kernel: str, codes: np.ndarray, seed: int
) -> Score:
    """Fit a KernelDensity to continuous columns, no narrower than our floors."""
    z = space.rows(codes).numpy()
    spread = z.std(axis=0)
    narrowest = float((space.floors(codes) / spread).max())
    model = KernelDensity(bandwidth=factor * narrowest, kernel=kernel)
    model.fit(z / spread)
    unit = np.log(spread).sum()
    return lambda rows: model.score_samples(space.rows(rows).numpy() / spread) - unit


def by_likelihood(score: Score, codes: np.ndarray) -> float:
    """Judge a density by its mean log-density of rows held out."""
    return float(score(codes).mean())


def by_corruption(score: Score, codes: np.ndarray) -> float:
    """Judge a density by how often rows held out beat their corrupted copies."""
    bad = Corruption.of(codes, 0)
    return float(wins(score(codes)[bad.original], score(bad.codes)).mean())


def choose(
    fits: Iterable[FitResult],
    judge: Callable[[Score, np.ndarray], float],
    codes: np.ndarray,
    n_held: int = CHOICE_ROWS,
) -> FitResult:
    """Cross-validate: the fit that is best on a quarter of the rows, held out."""
    order = np.random.RandomState(0).permutation(len(codes))
    cut = min(len(codes) // 4, n_held)
    held, kept = codes[order[:cut]], codes[order[cut:]]
    return max(fits, key=lambda fit: judge(fit(kept, 0), held))


def mixed_rivals(space: FeatureSpace, codes: np.ndarray) -> dict[str, FitResult]:
    """Rivals on all columns, tuned on training rows of one class (n, d)."""
    smooth = [partial(our_mixture, space, value) for value in SMOOTHING]
    gaussians = [
        {"n_components": n, "covariance_type": kind, "reg_covar": variance}
        for n, kind, variances in (
            (1, "full", (1e-4, 1e-2)),
            (8, "full", (1e-4, 1e-3, 1e-2)),
            (24, "full", (1e-4, 1e-3, 1e-2)),
            (64, "diag", (1e-2, 1e-1)),
            (200, "diag", (1e-2, 1e-1)),
        )
        for variance in variances
    ]
    widths = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
    return {
        "independent": partial(fit_tree, space, 1),
        "mixture": choose(smooth, by_likelihood, codes),
        "GaussianMixture": choose(
            [partial(code_gaussians, space, parameters) for parameters in gaussians],
            by_corruption,
            codes,
        ),
        "KernelDensity": choose(
            [partial(code_kernels, space, width) for width in widths],
            by_corruption,
            codes,
            KERNEL_CHOICE_ROWS,
        ),
    }


def continuous_rivals(space: FeatureSpace, codes: np.ndarray) -> dict[str, FitResult]:
    """Rivals on continuous columns only, tuned on training rows of one class (n, d)."""
    gaussians = [
        partial(fit_gaussians, space, n, kind)
        for n in (4, 16, 64)
        for kind in ("full", "diag")
    ]
    kernels = [
        partial(fit_kernels, space, factor, kind)
        for factor in (1.0, 2.0, 4.0, 8.0)
        for kind in ("gaussian", "exponential")
    ]
    return {
        "GaussianMixture": choose(gaussians, by_likelihood, codes),
        "KernelDensity": choose(kernels, by_likelihood, codes, KERNEL_CHOICE_ROWS),
    }
