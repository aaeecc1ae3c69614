"""Atoms: the frequent values of a numeric column, each with a kernel of its own."""

from __future__ import annotations

import numpy as np

from ..._config import TrainingConfig


def frequent_values(counts: np.ndarray, least: float, most: int) -> np.ndarray:
    """Find the most frequent values of a column.

    Parameters
    ----------
    counts : ndarray of shape (n_distinct,), dtype float64
        Weight of each distinct value.
    least : float
        Minimum weight of a frequent value.
    most : int
        Maximum number of frequent values.

    Returns
    -------
    ndarray of shape (n_atoms,), dtype int64
        Positions of the frequent values, in ascending order.
    """
    common = np.argsort(-counts, kind="stable")[:most]
    return np.sort(common[counts[common] >= least])


def atom_candidates(counts: np.ndarray, config: TrainingConfig) -> list[np.ndarray]:
    """List the sets of values that may be the atoms of a column.

    Parameters
    ----------
    counts : ndarray of shape (n_distinct,), dtype float64
        Weight of each distinct value.
    config : TrainingConfig
        Minimum share and number of rows of an atom.

    Returns
    -------
    list of ndarray of shape (n_atoms,), dtype int64
        Different sets of positions: the frequent values; the values of enough rows;
        and all values, if they are few.
    """
    total = counts.sum()
    enough = min(config.min_atom_rows, total / 2)
    limits = [max(config.min_atom_share * total, enough), enough]
    if len(counts) <= min(config.max_atoms, total / config.min_rows_per_atom):
        limits.append(0.0)
    found = [frequent_values(counts, least, config.max_atoms) for least in limits]
    sizes = [-1, *map(len, found)]
    return [
        atoms for atoms, size in zip(found, sizes, strict=False) if len(atoms) > size
    ]


def leave_one_out(mass: np.ndarray, counts: np.ndarray, n_rounds: int) -> float:
    r"""Score kernels by the log-probability of each value without one of its rows.

    Parameters
    ----------
    mass : ndarray of shape (n_kernels, n_distinct), dtype float64
        Probability of each value under each kernel.
    counts : ndarray of shape (n_distinct,), dtype float64
        Weight of each distinct value.
    n_rounds : int
        Rounds of EM for the weights of the kernels.

    Returns
    -------
    float
        Sum over all rows, in nats.

    Notes
    -----
    With responsibilities :math:`r_{kv}` and expected counts :math:`N_k`, one row less
    of value v leaves the weights :math:`(N_k - r_{kv}) / \sum_k N_k`. One more row
    that is spread over all kernels keeps each weight above 0.
    """
    spread = 1.0 / len(mass)
    share = np.full(len(mass), spread)
    for _ in range(n_rounds):
        expected = share * (mass @ (counts / (share @ mass))) + spread
        share = expected / expected.sum()
    one_row = np.minimum(counts, 1.0) * share[:, None] * mass / (share @ mass)
    rest = (expected[:, None] - one_row).clip(min=spread)
    left = (rest * mass).sum(axis=0) / expected.sum()
    return float(counts @ np.log(left))
