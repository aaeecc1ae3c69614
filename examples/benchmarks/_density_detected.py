"""Runs the detection test for all densities on one table, and prints it.

Settings of our density were chosen on the first two splits, so only the others count.
Those of the rivals are the best ones of the detection test itself on a quarter of the
training rows of the first split that counts.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from _density_detection import Sampler, detection_score, resampled
from _density_rivals import OUR_STATES, SMOOTHING
from _density_samplers import (
    circuit_sampler,
    copula_sampler,
    gaussian_sampler,
    kernel_sampler,
    mixture_sampler,
)
from _density_space import FeatureSpace

FIRST_SPLIT = 2
GAUSSIANS = ((8, "full", 1e-3), (24, "full", 1e-3), (64, "diag", 1e-2))
BANDWIDTHS = (0.1, 0.3, 0.5)
HEADER = f"{'detection':>10}{'+-':>7}{'denied':>8}{'accepted':>10}{'fit s':>7}"

FitSampler = Callable[[np.ndarray, int], Sampler]
"""Fits a density to codes (n, d) with a seed."""


@dataclass
class Detected:
    """Scores by method: one pair (denied, accepted) per split, and seconds to fit."""

    scores: dict[str, list[tuple[float, ...]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def mean(self, method: str) -> float:
        """Mean score over splits and classes."""
        return float(np.mean(self.scores[method]))

    def table(self, name: str) -> str:
        """Write one line per method."""
        lines = [f"\n{name:<22}{HEADER}"]
        for method, scores in self.scores.items():
            by_split = np.mean(scores, axis=1)
            error = by_split.std(ddof=1) / np.sqrt(len(by_split))
            denied, accepted = np.mean(scores, axis=0)
            lines.append(
                f"  {method:<20}{by_split.mean():>10.3f}{error:>7.3f}{denied:>8.3f}"
                f"{accepted:>10.3f}{np.mean(self.seconds[method]):>7.2f}"
            )
        return "\n".join(lines)


def measure_detection(
    space: FeatureSpace,
    codes: np.ndarray,
    y: np.ndarray,
    splits: Sequence[tuple[np.ndarray, np.ndarray]],
) -> Detected:
    """Fit and test all densities on the splits that chose no settings."""
    detected = Detected()
    chosen: dict[int, dict[str, FitSampler]] = {}
    for index, (train, test) in enumerate(splits[FIRST_SPLIT:], FIRST_SPLIT):
        taught = [codes[train][y[train] == label] for label in (0, 1)]
        held = [codes[test][y[test] == label] for label in (0, 1)]
        if not chosen:
            chosen = {label: fits_of(space, taught[label]) for label in (0, 1)}
        for method in chosen[0]:
            start, scores = time.process_time(), []
            samplers = [chosen[k][method](taught[k], index) for k in (0, 1)]
            detected.seconds[method].append(time.process_time() - start)
            for sampler, real in zip(samplers, held, strict=True):
                scores.append(detection_score(space, sampler, real, index))
            detected.scores[method].append(tuple(scores))
    return detected


def fits_of(space: FeatureSpace, codes: np.ndarray) -> dict[str, FitSampler]:
    """All densities, the rivals with their best settings on codes (n, d)."""

    def ours(n_states: int | str) -> FitSampler:
        return lambda rows, seed: circuit_sampler(space, rows, n_states, seed)

    def rivals(make: Callable[..., Sampler], settings: Sequence[object]) -> FitSampler:
        fits: list[FitSampler] = [partial(_fit, space, make, s) for s in settings]
        return _choose(space, fits, codes)

    return {
        "HCLT": ours(OUR_STATES),
        "independent": ours(1),
        "mixture": rivals(mixture_sampler, SMOOTHING),
        "GaussianMixture": rivals(gaussian_sampler, GAUSSIANS),
        "KernelDensity": rivals(kernel_sampler, BANDWIDTHS),
        "Gaussian copula": partial(copula_sampler, space),
        "real training rows": lambda rows, seed: resampled(rows),
    }


def _fit(
    space: FeatureSpace,
    make: Callable[..., Sampler],
    setting: object,
    codes: np.ndarray,
    seed: int,
) -> Sampler:
    """Fit a rival with one setting."""
    return make(space, codes, setting, seed)


def _choose(
    space: FeatureSpace, fits: Sequence[FitSampler], codes: np.ndarray
) -> FitSampler:
    """Take the fit that is best on a quarter of the rows, held out."""
    order = np.random.RandomState(0).permutation(len(codes))
    held, kept = codes[order[: len(codes) // 4]], codes[order[len(codes) // 4 :]]
    scores = [detection_score(space, fit(kept, 0), held, 0) for fit in fits]
    return fits[int(np.argmax(scores))]
