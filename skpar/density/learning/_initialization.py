"""The start of EM: first states, first counts and pseudo-counts."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..._config import TrainingConfig
from ..circuit import CircuitParameters, Leaves, Tree
from ._chow_liu import indicators


def guess_states(
    bins: np.ndarray,
    weight: np.ndarray,
    n_states: int,
    n_iterations: int,
    random_state: np.random.RandomState,
) -> np.ndarray:
    """Guess the latent state of each cell as the start of EM.

    Each row gets one score, the first principal component of the standardized bin
    indicators. In each column, rows are ranked by the mean score of their bin, and
    within a bin by their own score. The ranking is cut into equal parts, the states.
    Thus a state covers few values of its column, and the states of neighboring columns
    increase together. If all states started equal, EM would stay at independent
    columns.

    Parameters
    ----------
    bins : ndarray of shape (n_rows, n_columns), dtype int64
        Bin numbers, consecutive from 0 in each column.
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each row.
    n_states : int
        Number of states per column.
    n_iterations : int
        Number of power iterations for the principal component.
    random_state : RandomState
        Source of randomness.

    Returns
    -------
    ndarray of shape (n_rows, n_columns), dtype int64
        States from 0 to ``n_states - 1``.
    """
    cells, starts = indicators(bins)
    row_share = (weight / weight.sum()).astype(np.float32)
    bin_share: np.ndarray = row_share @ cells
    cells -= bin_share
    cells /= np.sqrt(bin_share)
    axis = random_state.standard_normal((cells.shape[1],)).astype(np.float32)
    # With five bins in total, OpenBLAS on AVX-512 also reads uninitialized memory. Its
    # product is correct, but it may report an invalid value.
    with np.errstate(invalid="ignore"):
        for _ in range(n_iterations):
            axis = cells.T @ (row_share * (cells @ axis))
            axis /= np.linalg.norm(axis) or 1.0
        # Rounding gives equal rows equal scores, independent of the order of sums.
        score = (cells @ axis).round(4)
    states = np.empty_like(bins)
    for column, codes in enumerate(bins.T):
        sums = np.bincount(codes, weight * score)
        means = sums / np.bincount(codes, weight)
        states[:, column] = _cut_evenly(means[codes], score, weight, n_states)
    return states


def _cut_evenly(
    first: np.ndarray, second: np.ndarray, weight: np.ndarray, n_parts: int
) -> np.ndarray:
    """Rank rows (n,) by two keys and cut them into equal parts; keep ties together."""
    ranking = np.lexsort((second, first))
    keys = np.stack([first[ranking], second[ranking]])
    tie = np.r_[0, (np.diff(keys) != 0).any(axis=0).cumsum()]
    counts = np.bincount(tie, weight[ranking])
    middle = counts.cumsum() - counts / 2
    part = np.empty(len(first), dtype=np.int64)
    part[ranking] = (middle / counts.sum() * n_parts).astype(np.int64)[tie]
    return part


def first_counts(
    tree: Tree,
    leaves: Leaves,
    rows: Tensor,
    weight: np.ndarray,
    states: np.ndarray,
    n_states: int,
    config: TrainingConfig,
) -> CircuitParameters:
    """Count transitions, kernels and levels as if the guessed states were observed.

    Parameters
    ----------
    tree : Tree
        Tree over the columns.
    leaves : Leaves
        Kernel dictionary and layout.
    rows : Tensor of shape (n_rows, width), dtype float64
        Encoded rows.
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each row.
    states : ndarray of shape (n_rows, n_columns), dtype int64
        Guessed states.
    n_states : int
        Number of states per column.
    config : TrainingConfig
        Number of rows and EM rounds for the kernel weights of single columns.

    Returns
    -------
    CircuitParameters
        Counts.
    """
    prior = np.bincount(states[:, tree.root], weight, minlength=n_states)
    transition = np.zeros((states.shape[1], n_states, n_states))
    for column, parent in tree.edges_down():
        pair = states[:, parent] * n_states + states[:, column]
        joint = np.bincount(pair, weight, minlength=n_states**2)
        transition[column] = joint.reshape(n_states, n_states)
    row_weight = torch.from_numpy(weight)
    one_hot = torch.eye(n_states, dtype=torch.float64, device="cpu")

    def membership(column: int) -> Tensor:
        return one_hot[:, states[:, column]] * row_weight  # (H, n)

    used = torch.tensor(leaves.kernels.used, device="cpu")
    weights = torch.zeros(
        len(used), n_states, used.shape[1], dtype=torch.float64, device="cpu"
    )
    for index, column in enumerate(leaves.numeric.tolist()):
        shares = kernel_responsibilities(leaves, index, rows, row_weight, config)
        weights[index][:, used[index]] = membership(column) @ shares.T
    levels = torch.zeros(n_states, leaves.n_levels, dtype=torch.float64, device="cpu")
    for column, (start, stop) in leaves.tables.items():
        levels[:, start:stop] = leaves.sum_levels(column, membership(column), rows)
    for column, (start, stop) in leaves.presence.items():
        absent = rows[:, leaves.missing[column]]
        levels[:, start:stop] = membership(column) @ torch.stack(
            [absent, 1.0 - absent], dim=1
        )
    return CircuitParameters(
        torch.from_numpy(prior), torch.from_numpy(transition), weights, levels
    )


def kernel_responsibilities(
    leaves: Leaves,
    index: int,
    rows: Tensor,
    row_weight: Tensor,
    config: TrainingConfig,
) -> Tensor:
    """Compute the responsibility of each kernel for each cell of a single column.

    Parameters
    ----------
    leaves : Leaves
        Kernel dictionary and layout.
    index : int
        Position among the numeric columns.
    rows : Tensor of shape (n_rows, width), dtype float64
        Encoded rows.
    row_weight : Tensor of shape (n_rows,), dtype float64
        Weight of each row.
    config : TrainingConfig
        Number of rows and EM rounds for the kernel weights of the column.

    Returns
    -------
    Tensor of shape (n_kernels, n_rows), dtype float64
        Responsibilities without padding; 0 where the cell is missing.
    """
    column = int(leaves.numeric[index])
    z = rows[:, leaves.cells[column][0]]
    present = torch.ones_like(z)
    if leaves.missing[column] >= 0:
        present = 1.0 - rows[:, leaves.missing[column]]
    density = leaves.kernels.column(index).densities(z[:, None])[0]  # (M, n)
    seen = density[:, : config.max_marginal_rows]
    weight = (row_weight * present)[: config.max_marginal_rows]
    uniform = torch.full(
        (len(density),), 1.0 / len(density), dtype=torch.float64, device="cpu"
    )
    weights = uniform
    for _ in range(config.n_marginal_rounds):
        counts = weights * (seen @ (weight / (weights @ seen))) + uniform
        weights = counts / counts.sum()
    return weights[:, None] * density * (present / (weights @ density))


def pseudo_counts(
    leaves: Leaves, counts: CircuitParameters, config: TrainingConfig
) -> CircuitParameters:
    """Compute pseudo-counts: column marginals mixed with uniform distributions.

    Parameters
    ----------
    leaves : Leaves
        Kernel dictionary and layout.
    counts : CircuitParameters
        First counts.
    config : TrainingConfig
        Sum of the pseudo-counts of a distribution, and the uniform share.

    Returns
    -------
    CircuitParameters
        Pseudo-counts; positive except for the padding of the kernels.
    """
    n_states, smoothing = len(counts.prior), config.smoothing
    share = config.uniform_share
    used = torch.tensor(leaves.kernels.used, device="cpu").double()
    weights = _mix_with_uniform(counts.weights.sum(dim=1), used, share)
    levels = counts.levels.sum(dim=0)
    for start, stop in leaves.distributions():
        block = levels[start:stop]
        levels[start:stop] = _mix_with_uniform(block, torch.ones_like(block), share)
    return CircuitParameters(
        torch.full_like(counts.prior, smoothing / n_states),
        torch.full_like(counts.transition, smoothing / n_states),
        smoothing * weights[:, None, :].repeat(1, n_states, 1),
        smoothing * levels.repeat(n_states, 1),
    )


def _mix_with_uniform(counts: Tensor, used: Tensor, uniform_share: float) -> Tensor:
    """Mix the distribution of counts (.., m) with the uniform one over used entries."""
    share = counts / counts.sum(dim=-1, keepdim=True).clamp_min(1.0)
    uniform = used / used.sum(dim=-1, keepdim=True)
    return (1.0 - uniform_share) * share + uniform_share * uniform
