"""Densities of rows with one cell replaced, for all columns and many values at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ._factors import Factors
from ._leaves import Leaves
from ._messages import downward, sum_over_states, upward
from ._tree import Tree

CELLS_AT_ONCE = 4096


@dataclass(frozen=True)
class Candidates:
    """Values that may replace a cell, and how well they fit each latent state.

    Parameters
    ----------
    rows : ndarray of shape (n_candidates, width), dtype float64
        The v-th candidate of every column, written as one encoded row.
    valid : ndarray of shape (n_columns, n_candidates), dtype bool
        False where a column has fewer candidates.
    likelihood : ndarray of shape (n_columns, n_states, n_candidates), dtype float64
        Leaf of the candidate under each state; 0 where there is none.
    """

    rows: np.ndarray
    valid: np.ndarray
    likelihood: np.ndarray


@dataclass(frozen=True)
class Contexts:
    r"""What the rest of each row says about each of its columns.

    Parameters
    ----------
    weights : Tensor of shape (n_columns, n_states, n_rows), dtype float64
        :math:`p(h_j | x_{-j})`: the state of column j given all other cells.
    log_rest : Tensor of shape (n_rows, n_columns), dtype float64
        :math:`\log p(x_{-j})`, the log-density of the row with cell j summed over.
    log_prob : Tensor of shape (n_rows,), dtype float64
        Log-density of the row.

    Notes
    -----
    A cell depends on the rest of its row through its own state alone, so that any
    value v of column j has

    .. math:: p(x_j = v | x_{-j}) = \sum_b p(h_j = b | x_{-j}) f_j(v | b)

    The weights do not depend on cell j, nor on whether it is missing. The leaf of a
    candidate includes its chance of being present, where cells of j may be missing.
    Weights below 1e-308 are 0; a value would have to be as many times likelier in such
    a state for this to be felt.
    """

    weights: Tensor
    log_rest: Tensor
    log_prob: Tensor

    def conditional_log_prob(self, candidates: Candidates) -> Tensor:
        r"""Log-density of every candidate given the rest of each row.

        Parameters
        ----------
        candidates : Candidates
            Shared by all rows.

        Returns
        -------
        Tensor of shape (n_rows, n_columns, n_candidates), dtype float64
            :math:`\log p(x_j = v | x_{-j})`; -inf where a column has no such candidate.
        """
        likelihood = torch.tensor(candidates.likelihood)
        density = torch.bmm(self.weights.transpose(1, 2), likelihood)
        return density.permute(1, 0, 2).log()  # (n, d, V)

    def replacement_log_prob(self, candidates: Candidates) -> Tensor:
        """Log-density of each row with one cell replaced by a candidate.

        Parameters
        ----------
        candidates : Candidates
            Shared by all rows.

        Returns
        -------
        Tensor of shape (n_rows, n_columns, n_candidates), dtype float64
            -inf where a column has no such candidate.
        """
        return self.conditional_log_prob(candidates).add_(self.log_rest[:, :, None])


def find_contexts(
    tree: Tree, log_leaves: list[Tensor], prior: Tensor, transition: Tensor
) -> Contexts:
    r"""Contexts of all cells, by one upward and one downward pass.

    Parameters
    ----------
    tree : Tree
        Parent of every column.
    log_leaves : list of Tensor of shape (n_states, n_rows), dtype float64
        Log-likelihood of each column's cell under each of its states.
    prior : Tensor of shape (n_states,), dtype float64
        State probabilities of the root.
    transition : Tensor of shape (n_columns, n_states, n_states), dtype float64
        State probabilities of each column given its parent's state.

    Returns
    -------
    Contexts

    Notes
    -----
    With the passes' s and o, :math:`p(h_j = b, x_{-j}) = \exp(o_j(b) + s_j(b) - \log
    f_j(x_j | b))`: everything outside j, and what lies below it without its own cell.
    """
    inside, messages = upward(tree, log_leaves, transition)
    outside = downward(tree, inside, messages, prior, transition)
    joint = torch.stack(
        [
            above + (below - own)
            for above, below, own in zip(outside, inside, log_leaves, strict=True)
        ]
    )  # (d, H, n)
    peak = joint.detach().amax(dim=1, keepdim=True)
    weights = (joint - peak).exp()
    total = weights.sum(dim=1, keepdim=True)
    log_rest = (total.log() + peak)[:, 0].T
    log_prob = sum_over_states(prior, inside[int(tree.order[0])])
    return Contexts(weights / total, log_rest, log_prob)


def list_candidates(
    leaves: Leaves, factors: Factors, grids: Mapping[int, np.ndarray] | None = None
) -> Candidates:
    """Work out once what every later query needs of a set of values.

    Parameters
    ----------
    leaves : Leaves
        Kernel dictionary and layout.
    factors : Factors
        Learned probabilities.
    grids : mapping of int to ndarray of shape (n_values,), dtype float64, optional
        Values of numeric columns, in units of z = code / scale. Numeric columns left
        out have no candidates. By default, the centres of each column's kernels.

    Returns
    -------
    Candidates
        All levels, in order, of the columns that have levels; the others' grids. The
        longest list sets the length.
    """
    if grids is None:
        grids = {
            column: leaves.kernels.column(index).location[0]
            for index, column in enumerate(leaves.numeric.tolist())
        }
    sizes = [
        stop - start if column in leaves.tables else len(grids.get(column, ()))
        for column, (start, stop) in enumerate(leaves.cells)
    ]
    valid = np.arange(max(sizes)) < np.array(sizes)[:, None]
    rows = np.zeros((max(sizes), leaves.width))
    for column, (start, stop) in enumerate(leaves.cells):
        if column in leaves.tables:
            rows[: sizes[column], start:stop] = np.eye(stop - start)
        elif column in grids:
            rows[: sizes[column], start] = grids[column]
    likelihood = leaves.likelihood(
        torch.from_numpy(rows), factors.weights, factors.levels
    )
    masked = torch.stack(likelihood).numpy() * valid[:, None, :]
    return Candidates(rows, valid, masked)


def swap_log_prob(
    contexts: Contexts, leaves: Leaves, factors: Factors, others: Tensor
) -> Tensor:
    """Log-density of each row with one cell replaced by that of another row.

    Parameters
    ----------
    contexts : Contexts
        Of the rows.
    leaves : Leaves
        Kernel dictionary and layout.
    factors : Factors
        Learned probabilities.
    others : Tensor of shape (n_rows, n_candidates, width), dtype float64
        Encoded rows, for each row its own; missing cells count as candidates too.

    Returns
    -------
    Tensor of shape (n_rows, n_columns, n_candidates), dtype float64
    """
    n_rows, n_candidates, width = others.shape
    step = max(1, CELLS_AT_ONCE // max(1, n_candidates))
    parts = [contexts.log_rest.new_empty(0, len(leaves.cells), n_candidates)]
    for first in range(0, n_rows, step):
        cut = slice(first, first + step)
        weights = contexts.weights[:, :, cut]
        likelihood = leaves.likelihood(
            others[cut].reshape(-1, width), factors.weights, factors.levels
        )
        density = torch.stack(
            [
                (weight[:, :, None] * leaf.view(*weight.shape, -1)).sum(dim=0)
                for weight, leaf in zip(weights, likelihood, strict=True)
            ]
        )  # (d, rows, V)
        parts.append(density.transpose(0, 1).log() + contexts.log_rest[cut, :, None])
    return torch.cat(parts)
