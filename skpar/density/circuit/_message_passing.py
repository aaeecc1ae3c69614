"""Message passing along the tree: log-densities of rows and draws of latent states."""

from __future__ import annotations

import torch
from torch import Tensor

from ._leaves import draw
from ._tree import Tree


def log_density(
    tree: Tree, log_leaves: list[Tensor], prior: Tensor, transition: Tensor
) -> Tensor:
    r"""Compute the log-density of rows by one pass from the tree's bottom to its root.

    Parameters
    ----------
    tree : Tree
        Tree over the columns.
    log_leaves : list of Tensor of shape (n_states, n_rows), dtype float64
        Log-likelihood of each column's cell under each of its states.
    prior : Tensor of shape (n_states,), dtype float64
        State probabilities of the root.
    transition : Tensor of shape (n_columns, n_states, n_states), dtype float64
        State probabilities of each column given its parent's state.

    Returns
    -------
    Tensor of shape (n_rows,), dtype float64
        In nats; differentiable.

    Notes
    -----
    Let :math:`s_j(b)` be the log-density of all cells at and below column j given its
    state b, and :math:`m_j(a)` the same given state a of j's parent. Given the state of
    a column, its own cell and the subtrees of its children are independent. With leaves
    f and children k of j, therefore,

    .. math:: s_j(b) = \log f_j(b) + \sum_k m_k(b), \quad
       m_k(a) = \log \sum_b T_k(a, b) \exp s_k(b)
    """
    inside = list(log_leaves)
    steps = transition.unbind()
    for column, parent in tree.edges_up():
        message = log_matmul(steps[column], inside[column])
        inside[parent] = inside[parent] + message
    return log_matmul(prior, inside[tree.root])


def log_matmul(matrix: Tensor, log_values: Tensor) -> Tensor:
    """Compute ``log(matrix @ exp(log_values))`` without underflow.

    Parameters
    ----------
    matrix : Tensor of shape (n_out, n_states) or (n_states,), dtype float64
        Positive values.
    log_values : Tensor of shape (n_states, n_rows), dtype float64
        Finite values. The largest value of each row is factored out of the sum.

    Returns
    -------
    Tensor of shape (n_out, n_rows) or (n_rows,), dtype float64
    """
    peak = log_values.detach().amax(dim=0)
    return (matrix @ (log_values - peak).exp()).log() + peak


def draw_states(
    tree: Tree,
    n_rows: int,
    prior: Tensor,
    transition: Tensor,
    generator: torch.Generator,
) -> Tensor:
    """Draw all latent states of rows from the root to the bottom of the tree.

    Parameters
    ----------
    tree : Tree
        Tree over the columns.
    n_rows : int
        Number of rows.
    prior : Tensor of shape (n_states,), dtype float64
        State probabilities of the root.
    transition : Tensor of shape (n_columns, n_states, n_states), dtype float64
        State probabilities of each column given its parent's state.
    generator : torch.Generator
        Source of randomness.

    Returns
    -------
    Tensor of shape (n_columns, n_rows), dtype int64
        0 for columns outside of the tree.
    """
    states = torch.zeros(tree.n_columns, n_rows, dtype=torch.int64, device="cpu")
    # The memory layout of `first` determines the order of the random numbers.
    first = prior[:, None].repeat(1, n_rows).T
    states[tree.root] = draw(first, generator)
    for column, parent in tree.edges_down():
        states[column] = draw(transition[column][states[parent]], generator)
    return states
