"""The expectation step: expected counts of all parameters, given the rows."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ..circuit import CircuitParameters, Leaves, Tree
from ._batches import KernelDensities

# The likelihood of a state is at least this share of the largest. Thus later cells can
# make the state likely again, and each row keeps at least one possible state.
SMALLEST_RATIO = 1e-250


class UpwardPass(NamedTuple):
    """Messages of rows, from the bottom of the tree to its root.

    Parameters
    ----------
    log_density : Tensor of shape (n_rows,), dtype float64
        In nats.
    inside : list of Tensor of shape (n_states, n_rows), dtype float64
        For each column, density of the cells at and below it given its state. If the
        column has children, it is relative to the largest value of the row.
    message : list of Tensor of shape (n_states, n_rows), dtype float64
        For each column, the same density given the state of the parent; empty for the
        root.
    root : Tensor of shape (n_states, n_rows), dtype float64
        Posterior probabilities of the states of the root.
    """

    log_density: Tensor
    inside: list[Tensor]
    message: list[Tensor]
    root: Tensor


def pass_upward(
    tree: Tree, likelihood: list[Tensor], parameters: CircuitParameters
) -> UpwardPass:
    """Pass messages from the bottom of the tree to its root.

    Parameters
    ----------
    tree : Tree
        Tree over the columns.
    likelihood : list of Tensor of shape (n_states, n_rows), dtype float64
        Likelihood of each column's cell under each of its states, positive.
    parameters : CircuitParameters
        Probabilities.

    Returns
    -------
    UpwardPass
        Its log-density agrees with `Circuit.log_prob`. That method works on logarithms,
        has gradients, and takes four times as long.
    """
    total = torch.zeros(likelihood[0].shape[1], dtype=torch.float64, device="cpu")
    inside, message = list(likelihood), [total[:0]] * len(likelihood)
    for column, parent in tree.edges_up():
        message[column] = parameters.transition[column] @ inside[column]
        product = inside[parent] * message[column]
        peak = product.amax(dim=0)
        total += peak.log()
        inside[parent] = product.div_(peak).clamp_min_(SMALLEST_RATIO)
    joint = inside[tree.root] * parameters.prior[:, None]
    density = joint.sum(dim=0)
    return UpwardPass(total + density.log(), inside, message, joint / density)


def log_densities(
    tree: Tree,
    leaves: Leaves,
    parameters: CircuitParameters,
    rows: Tensor,
    densities: KernelDensities | None = None,
) -> Tensor:
    """Compute the log-density of rows, without gradients.

    Parameters
    ----------
    tree : Tree
        Tree over the columns.
    leaves : Leaves
        Kernel dictionary and layout.
    parameters : CircuitParameters
        Probabilities.
    rows : Tensor of shape (n_rows, width), dtype float64
        Encoded rows.
    densities : KernelDensities
        Kernel densities of the rows, if already known.

    Returns
    -------
    Tensor of shape (n_rows,), dtype float64
        In nats.
    """
    with torch.no_grad():
        if densities is None:
            densities = KernelDensities(leaves, rows, len(parameters.prior))
        likelihood = densities.likelihood(rows, parameters)
        return pass_upward(tree, likelihood, parameters).log_density


def expected_counts(
    tree: Tree,
    leaves: Leaves,
    parameters: CircuitParameters,
    rows: Tensor,
    densities: KernelDensities | None = None,
    weight: Tensor | None = None,
) -> tuple[float, CircuitParameters]:
    r"""Compute the expected counts of states, transitions, kernels and levels.

    Parameters
    ----------
    tree : Tree
        Tree over the columns.
    leaves : Leaves
        Kernel dictionary and layout.
    parameters : CircuitParameters
        Current probabilities.
    rows : Tensor of shape (n_rows, width), dtype float64
        Encoded rows.
    densities : KernelDensities
        Kernel densities of the rows, if already known.
    weight : Tensor of shape (n_rows,), dtype float64
        Weight of each row; 1 by default.

    Returns
    -------
    total : float
        Log-likelihood of the rows under `parameters`.
    counts : CircuitParameters
        Expected counts given the rows.

    Notes
    -----
    Let :math:`\gamma_j` be the posterior probabilities of the states of column j,
    :math:`m_j` the message of j to its parent i, and :math:`s_j` the density of the
    cells at and below j given its state. Bayes' rule gives

    .. math::
        P(h_i = a, h_j = b | x) = \frac{\gamma_i(a)}{m_j(a)} T_j(a, b) s_j(b)

    The sum over rows gives the counts of the transition. The sum over a gives
    :math:`\gamma_j`. Kernel k of a leaf :math:`f(x | b) = \sum_k w_{bk} g_k(x)` is
    responsible with probability :math:`\gamma_j(b) w_{bk} g_k(x) / f(x | b)`. For a
    table, the one-hot block of the cell, or the missing indicator, replaces the
    kernels. The M step makes each distribution proportional to its counts.
    """
    with torch.no_grad():
        if weight is None:
            weight = torch.ones(len(rows), dtype=torch.float64, device="cpu")
        if densities is None:
            densities = KernelDensities(leaves, rows, len(parameters.prior))
        likelihood = densities.likelihood(rows, parameters)
        upward = pass_upward(tree, likelihood, parameters)
        transition, posterior = _pass_downward(tree, upward, parameters, weight)
        weights = torch.zeros_like(parameters.weights)
        levels = torch.zeros_like(parameters.levels)
        ratio = [
            share / leaf for share, leaf in zip(posterior, likelihood, strict=True)
        ]
        _count_presence(leaves, rows, parameters, posterior, ratio, levels)
        densities.sum_weighted([ratio[column] for column in leaves.numeric], weights)
        for column, (start, stop) in leaves.tables.items():
            levels[:, start:stop] = leaves.sum_levels(column, ratio[column], rows)
    return float(upward.log_density @ weight), CircuitParameters(
        posterior[tree.root].sum(dim=1),
        parameters.transition * transition,
        parameters.weights * weights,
        parameters.levels * levels,
    )


def _pass_downward(
    tree: Tree, upward: UpwardPass, parameters: CircuitParameters, weight: Tensor
) -> tuple[Tensor, list[Tensor]]:
    """Pass messages from the root of the tree to its bottom.

    Returns the expected counts of the transitions, divided by their probabilities,
    (d, H, H); and the weighted posteriors of all states, (H, n) per column. The
    posteriors of columns outside of the tree have no meaning.
    """
    counts = torch.zeros_like(parameters.transition)
    posterior = list(upward.inside)
    posterior[tree.root] = upward.root * weight
    for column, parent in tree.edges_down():
        above = posterior[parent] / upward.message[column]
        counts[column] = above @ upward.inside[column].T
        posterior[column] = (parameters.transition[column].T @ above).mul_(
            upward.inside[column]
        )
    return counts, posterior


def _count_presence(
    leaves: Leaves,
    rows: Tensor,
    parameters: CircuitParameters,
    posterior: list[Tensor],
    ratio: list[Tensor],
    levels: Tensor,
) -> None:
    """Write the counts of missing and present cells to `levels`.

    The counts are divided by the probabilities. `ratio` holds posteriors divided by
    likelihoods, (H, n) per column. For columns with missing cells, it is replaced by
    posteriors divided by the densities of the values.
    """
    for column, (start, stop) in leaves.presence.items():
        absent = rows[:, leaves.missing[column]]
        missing, present = parameters.levels[:, start:stop].unbind(dim=1)
        levels[:, start] = ratio[column] @ absent
        seen = posterior[column].sum(dim=1) - missing * levels[:, start]
        levels[:, start + 1] = seen.clamp_min(0.0) / present
        ratio[column] = ratio[column] * (1.0 - absent) * present[:, None]
