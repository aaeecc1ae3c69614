"""The detection test: can a classifier tell rows drawn from a density from real rows?

For one label class and one split, as many rows are drawn as are held out. Drawn rows
are decoded to codes, so whole numbers are whole and levels are levels. A boosting
classifier with fixed settings sees the codes. The AUC is the mean over five folds, and
over a few draws if few rows are held out. The score of a split is the mean over both
classes of

    1 - 2 |AUC - 0.5|

A score of 1 means that the classifier cannot tell them apart. A score of 0 means that
it always can. With few rows, chance alone keeps the score below 1, and training rows
in the place of drawn rows show by how much.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from _density_space import FeatureSpace
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score

DETECTION_FOLDS = 5
MAX_DRAWS = 5
ENOUGH_ROWS = 2_000

Sampler = Callable[[int, int], np.ndarray]
"""Draws codes (n, d), given n and a seed."""


def detector(space: FeatureSpace) -> HistGradientBoostingClassifier:
    """Make the classifier: scikit-learn's defaults without early stopping."""
    is_level = [column.levels is not None for column in space.schema.columns]
    return HistGradientBoostingClassifier(
        categorical_features=is_level, early_stopping=False, random_state=0
    )


def detection_auc(
    space: FeatureSpace, drawn: np.ndarray, real: np.ndarray, seed: int
) -> float:
    """Mean AUC over folds of the classifier that tells drawn rows from real rows."""
    rows = np.vstack([drawn, real])
    truth = np.repeat([1, 0], [len(drawn), len(real)])
    folds = StratifiedKFold(DETECTION_FOLDS, shuffle=True, random_state=seed)
    aucs = cross_val_score(detector(space), rows, truth, scoring="roc_auc", cv=folds)
    return float(aucs.mean())


def n_draws(n_held: int) -> int:
    """Choose the number of draws: more draws if few rows are held out."""
    return int(np.clip(ENOUGH_ROWS // n_held, 1, MAX_DRAWS))


def detection_score(
    space: FeatureSpace, sampler: Sampler, real: np.ndarray, seed: int
) -> float:
    """Compute 1 - 2 |AUC - 0.5| of rows drawn from a density, against real rows."""
    aucs = [
        detection_auc(space, sampler(len(real), seed + 1000 * k), real, seed)
        for k in range(n_draws(len(real)))
    ]
    return 1.0 - 2.0 * abs(float(np.mean(aucs)) - 0.5)


def resampled(codes: np.ndarray) -> Sampler:
    """Sampler that returns training rows: what is reached by real rows."""

    def sample(n: int, seed: int) -> np.ndarray:
        rng = np.random.RandomState(seed)
        return codes[rng.choice(len(codes), n, replace=n > len(codes))]

    return sample
