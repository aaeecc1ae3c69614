"""Passes along the tree: what each part of a row says about the latent states."""

from __future__ import annotations

from torch import Tensor

from ._tree import Tree


def sum_over_states(matrix: Tensor, log_values: Tensor) -> Tensor:
    """Logarithm of a matrix times the exponentials of a table, without underflow.

    Parameters
    ----------
    matrix : Tensor of shape (n_out, n_states) or (n_states,), dtype float64
        Positive.
    log_values : Tensor of shape (n_states, n_rows), dtype float64
        Finite. The sum is taken relative to the largest value of each row.

    Returns
    -------
    Tensor of shape (n_out, n_rows) or (n_rows,), dtype float64
    """
    peak = log_values.detach().amax(dim=0)
    return (matrix @ (log_values - peak).exp()).log() + peak


def upward(
    tree: Tree, log_leaves: list[Tensor], transition: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    r"""Pass from the tips of the tree to its root.

    Parameters
    ----------
    tree : Tree
        Parent of every column.
    log_leaves : list of Tensor of shape (n_states, n_rows), dtype float64
        Log-likelihood of each column's cell under each of its states.
    transition : Tensor of shape (n_columns, n_states, n_states), dtype float64
        State probabilities of each column given its parent's state.

    Returns
    -------
    inside : list of Tensor of shape (n_states, n_rows), dtype float64
        :math:`s_j(b)`, the log-density of all cells at and below column j given state
        b of j.
    messages : list of Tensor of shape (n_states, n_rows), dtype float64
        :math:`m_j(a)`, the same given state a of j's parent. The root's entry is not
        used.

    Notes
    -----
    A column's own cell and the parts below its children are independent given its
    state, so, with leaves f and children k of j,

    .. math:: s_j(b) = \log f_j(b) + \sum_k m_k(b), \quad
       m_k(a) = \log \sum_b T_k(a, b) \exp s_k(b)
    """
    inside, messages = list(log_leaves), list(log_leaves)
    steps = transition.unbind()
    for column in tree.order[:0:-1].tolist():
        messages[column] = sum_over_states(steps[column], inside[column])
        parent = int(tree.parent[column])
        inside[parent] = inside[parent] + messages[column]
    return inside, messages


def downward(
    tree: Tree,
    inside: list[Tensor],
    messages: list[Tensor],
    prior: Tensor,
    transition: Tensor,
) -> list[Tensor]:
    r"""Pass from the root to the tips, after `upward`.

    Parameters
    ----------
    tree : Tree
        Parent of every column.
    inside, messages : list of Tensor of shape (n_states, n_rows), dtype float64
        What `upward` returned.
    prior : Tensor of shape (n_states,), dtype float64
        State probabilities of the root.
    transition : Tensor of shape (n_columns, n_states, n_states), dtype float64
        State probabilities of each column given its parent's state.

    Returns
    -------
    list of Tensor of shape (n_states, n_rows), dtype float64
        For every column j, :math:`o_j(b)`: log of the joint density of state b of j and
        all cells that are neither in j nor below it.

    Notes
    -----
    At the root this is the log prior. Below a parent i with state a, everything but
    the part at and below j has log-density :math:`o_i(a) + s_i(a) - m_j(a)`, hence
    :math:`o_j(b) = \log \sum_a T_j(a, b) \exp(o_i(a) + s_i(a) - m_j(a))`.
    """
    outside = list(inside)
    root = int(tree.order[0])
    outside[root] = prior.log()[:, None].expand_as(inside[root])
    steps = transition.unbind()
    for column in tree.order[1:].tolist():
        parent = int(tree.parent[column])
        above = outside[parent] + (inside[parent] - messages[column])
        outside[column] = sum_over_states(steps[column].T, above)
    return outside


def log_density(
    tree: Tree, log_leaves: list[Tensor], prior: Tensor, transition: Tensor
) -> Tensor:
    """Log-density of rows, by one upward pass.

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
    Tensor of shape (n_rows,), dtype float64
        In nats.
    """
    inside, _ = upward(tree, log_leaves, transition)
    return sum_over_states(prior, inside[int(tree.order[0])])
