"""Axes and small ensembles for tests of regions."""

import numpy as np

from skpar.classifier.regions._axes import Axis

KNOTS = np.linspace(0.0, 1.0, 21)


def dense(values):
    return values, values


def whole(values):
    return np.floor(values), np.ceil(values)


def axis(column=0, value=0.5, low=0.0, high=1.0, around=dense):
    return Axis(column, value, low, high, around, low + (high - low) * KNOTS, KNOTS)


def xor_data(n=200, n_columns=2, seed=0):
    """Numbers and labels that neither column decides alone."""
    rng = np.random.default_rng(seed)
    X = rng.random((n, n_columns))
    return X, ((X[:, 0] > 0.4) ^ (X[:, 1] > 0.6)).astype(int)
