"""Clusters of rows, within which the first states of EM are guessed."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from ..._config import TrainingConfig
from ._chow_liu import indicators
from ._initialization import guess_states


def count_clusters(n_states: int, config: TrainingConfig) -> int:
    """Choose the number of clusters for a number of states.

    Parameters
    ----------
    n_states : int
        Number of states per column.
    config : TrainingConfig
        Number of states of small tables, which have one cluster.

    Returns
    -------
    int
        The largest divisor of `n_states` that leaves two states per cluster and is at
        most ``(n_states / config.few_states) ** 2``.
    """
    most = min((n_states / config.few_states) ** 2, n_states / 2)
    divisors = (k for k in range(1, n_states + 1) if n_states % k == 0)
    return max((k for k in divisors if k <= most), default=1)


def guess_states_in_clusters(
    bins: np.ndarray,
    weight: np.ndarray,
    n_states: int,
    config: TrainingConfig,
    random_state: np.random.RandomState,
) -> np.ndarray:
    """Guess the latent state of each cell, with different states in each cluster.

    A state that all columns share carries the dependence of columns that are no
    neighbors in the tree. The states of a cluster are those of `guess_states`.

    Parameters
    ----------
    bins : ndarray of shape (n_rows, n_columns), dtype int64
        Bin numbers, consecutive from 0 in each column.
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each row.
    n_states : int
        Number of states per column.
    config : TrainingConfig
        Number of axes and iterations.
    random_state : RandomState
        Source of randomness.

    Returns
    -------
    ndarray of shape (n_rows, n_columns), dtype int64
        States from 0 to ``n_states - 1``.
    """
    n_clusters, n_rounds = count_clusters(n_states, config), config.n_power_iterations
    if n_clusters == 1:
        return guess_states(bins, weight, n_states, n_rounds, random_state)
    cluster = find_clusters(bins, weight, n_clusters, config, random_state)
    per_cluster = n_states // n_clusters
    states = np.empty_like(bins)
    for k in np.unique(cluster):
        rows = cluster == k
        found = [np.unique(column, return_inverse=True)[1] for column in bins[rows].T]
        guessed = guess_states(
            np.stack(found, axis=1), weight[rows], per_cluster, n_rounds, random_state
        )
        states[rows] = k * per_cluster + guessed
    return states


def find_clusters(
    bins: np.ndarray,
    weight: np.ndarray,
    n_clusters: int,
    config: TrainingConfig,
    random_state: np.random.RandomState,
) -> np.ndarray:
    """Find clusters of rows by k-means on their leading principal components.

    Parameters
    ----------
    bins : ndarray of shape (n_rows, n_columns), dtype int64
        Bin numbers, consecutive from 0 in each column.
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each row.
    n_clusters : int
        Largest number of clusters.
    config : TrainingConfig
        Number of axes and iterations.
    random_state : RandomState
        Source of randomness.

    Returns
    -------
    ndarray of shape (n_rows,), dtype int64
        Clusters from 0 to ``n_clusters - 1``.
    """
    cells, _ = indicators(bins)
    row_share = (weight / weight.sum()).astype(np.float32)
    bin_share: np.ndarray = row_share @ cells
    cells -= bin_share
    cells /= np.sqrt(bin_share)
    shape = (cells.shape[1], min(config.n_cluster_axes, cells.shape[1]))
    axes = random_state.standard_normal(shape).astype(np.float32)
    # The comment in `guess_states` says why an invalid value is no error.
    with np.errstate(invalid="ignore"):
        for _ in range(config.n_axis_iterations):
            axes = np.linalg.qr(cells.T @ (row_share[:, None] * (cells @ axes)))[0]
        points = (cells @ axes).round(4)
    k_means = KMeans(
        min(n_clusters, len(points)),
        n_init=1,
        max_iter=config.n_cluster_iterations,
        random_state=random_state,
    )
    with warnings.catch_warnings():
        # It warns if fewer different rows exist than clusters, which does no harm.
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = k_means.fit_predict(points, sample_weight=weight)
    return np.asarray(labels, dtype=np.int64)
