"""Filling missing cells: by chance, or with the most probable values."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ._factors import Factors
from ._leaves import Leaves, draw
from ._queries import Candidates, Contexts
from ._tree import Tree


def missing_cells(
    leaves: Leaves, tensor: Tensor, absent: Tensor | None = None
) -> Tensor:
    """Find the cells to be filled.

    Parameters
    ----------
    leaves : Leaves
        Layout of the tensor.
    tensor : Tensor of shape (n_rows, width), dtype float64
        Encoded rows.
    absent : Tensor of shape (n_rows, n_columns), dtype bool, optional
        Cells to be filled besides the missing ones.

    Returns
    -------
    Tensor of shape (n_rows, n_columns), dtype bool
    """
    missing = torch.zeros(len(tensor), len(leaves.cells), dtype=torch.bool)
    columns = np.flatnonzero(leaves.missing >= 0)
    missing[:, columns] = tensor[:, leaves.missing[columns]] > 0.5
    return missing if absent is None else missing | absent


def fill(leaves: Leaves, tensor: Tensor, absent: Tensor, values: Tensor) -> Tensor:
    """Write cells of one table over missing cells of another.

    Parameters
    ----------
    leaves : Leaves
        Layout of the tensors.
    tensor : Tensor of shape (n_rows, width), dtype float64
        Encoded rows.
    absent : Tensor of shape (n_rows, n_columns), dtype bool
        The cells to be written.
    values : Tensor of shape (n_rows, width), dtype float64
        Encoded rows without missing cells.

    Returns
    -------
    Tensor of shape (n_rows, width), dtype float64
        A copy; cells that are not `absent` are those of `tensor`, bit by bit.
    """
    cells = torch.zeros(tensor.shape, dtype=torch.bool)
    for column, (start, stop) in enumerate(leaves.cells):
        cells[:, start:stop] = absent[:, column, None]
        if leaves.missing[column] >= 0:
            cells[:, leaves.missing[column]] = absent[:, column]
    return torch.where(cells, values, tensor)


def draw_states(
    tree: Tree, inside: list[Tensor], factors: Factors, generator: torch.Generator
) -> Tensor:
    r"""Draw all latent states of rows together, given their cells.

    Parameters
    ----------
    tree : Tree
        Parent of every column.
    inside : list of Tensor of shape (n_states, n_rows), dtype float64
        What `upward` returned: log-density of all cells at and below each column.
    factors : Factors
        Learned probabilities.
    generator : torch.Generator
        Source of randomness.

    Returns
    -------
    Tensor of shape (n_columns, n_rows), dtype int64

    Notes
    -----
    Given the state a of its parent, a column's state depends on the cells at and below
    it only: :math:`p(h_j = b | a, x) \propto T_j(a, b) \exp s_j(b)`. Drawing each state
    after its parent's therefore is exact.
    """
    states = torch.empty(len(inside), inside[0].shape[1], dtype=torch.int64)
    for column in tree.order.tolist():
        parent = int(tree.parent[column])
        before = factors.prior
        if parent >= 0:
            before = factors.transition[column][states[parent]]
        likelihood = (inside[column] - inside[column].amax(dim=0)).exp()
        states[column] = draw(before * likelihood.T, generator)
    return states


def most_probable(
    tree: Tree,
    leaves: Leaves,
    factors: Factors,
    log_leaves: list[Tensor],
    absent: Tensor,
) -> Tensor:
    r"""Cells of the most probable joint assignment of states, kernels and cells.

    Parameters
    ----------
    tree : Tree
        Parent of every column.
    leaves : Leaves
        Kernel dictionary and layout.
    factors : Factors
        Learned probabilities.
    log_leaves : list of Tensor of shape (n_states, n_rows), dtype float64
        Log-likelihood of each column's cell under each of its states.
    absent : Tensor of shape (n_rows, n_columns), dtype bool
        The cells to be found.

    Returns
    -------
    Tensor of shape (n_rows, width), dtype float64
        Encoded rows; only the `absent` cells mean anything.

    Notes
    -----
    The upward pass with maxima in place of sums: :math:`s_j(b)` is the leaf plus
    :math:`\sum_k \max_c (\log T_k(b, c) + s_k(c))` over children k, the leaf of an
    absent cell being its best value's, times the chance of being missing where it is
    known to be so. Then each state is read off, the root's first.
    """
    values, peaks = leaves.peaks(factors.weights, factors.levels)
    scores = [
        torch.where(absent[:, column], known + peaks[column][:, None], known)
        for column, known in enumerate(log_leaves)
    ]
    choices = list(scores)
    log_steps = factors.transition.log().unbind()
    for column in tree.order[:0:-1].tolist():
        best = (log_steps[column][:, :, None] + scores[column]).max(dim=1)  # (H, n)
        choices[column] = best.indices
        parent = int(tree.parent[column])
        scores[parent] = scores[parent] + best.values
    rows = torch.zeros(len(absent), leaves.width, dtype=torch.float64)
    states = torch.empty(absent.T.shape, dtype=torch.int64)
    for column in tree.order.tolist():
        parent = int(tree.parent[column])
        if parent < 0:
            states[column] = (factors.prior.log()[:, None] + scores[column]).argmax(0)
        else:
            states[column] = choices[column].gather(0, states[parent][None])[0]
        start, stop = leaves.cells[column]
        rows[:, start:stop] = values[states[column], start:stop]
    return rows


def most_probable_cells(
    leaves: Leaves, contexts: Contexts, candidates: Candidates
) -> Tensor:
    """Most probable candidate of every cell, given the rest of its row.

    Parameters
    ----------
    leaves : Leaves
        Layout of the tensor.
    contexts : Contexts
        Of the rows.
    candidates : Candidates
        Shared by all rows.

    Returns
    -------
    Tensor of shape (n_rows, width), dtype float64
        Encoded rows without missing cells.
    """
    best = contexts.conditional_log_prob(candidates).argmax(dim=2)  # (n, d)
    choices = torch.tensor(candidates.rows)
    rows = torch.zeros(len(best), leaves.width, dtype=torch.float64)
    for column, (start, stop) in enumerate(leaves.cells):
        rows[:, start:stop] = choices[best[:, column], start:stop]
    return rows
