"""The expectation step: how often each parameter was used, given the rows."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ..circuit import Factors, Leaves, Tree
from ._responses import Responses

# Evidence against a state beyond this ratio is cut off, so that later evidence
# for it still counts and no row is left without any state.
FAINTEST = 1e-250


class Evidence(NamedTuple):
    """What rows say about the states of every column, from the tips of the tree up.

    Parameters
    ----------
    log_density : Tensor of shape (n_rows,), dtype float64
        In nats.
    inside : list of Tensor of shape (n_states, n_rows), dtype float64
        Per column, density of the cells at and below it given its state; relative to
        the largest of the row where something is below.
    message : list of Tensor of shape (n_states, n_rows), dtype float64
        The same given the state of the parent; empty at the root.
    root : Tensor of shape (n_states, n_rows), dtype float64
        Posterior probabilities of the root's states.
    """

    log_density: Tensor
    inside: list[Tensor]
    message: list[Tensor]
    root: Tensor


def gather_evidence(tree: Tree, likelihood: list[Tensor], factors: Factors) -> Evidence:
    """Pass evidence up the tree.

    Parameters
    ----------
    tree : Tree
        Parent of every column.
    likelihood : list of Tensor of shape (n_states, n_rows), dtype float64
        Likelihood of each column's cell under each of its states, positive.
    factors : Factors
        Probabilities.

    Returns
    -------
    Evidence
        It agrees with `log_density`, which works on logarithms, has gradients, and
        takes four times as long.
    """
    total = torch.zeros(likelihood[0].shape[1], dtype=torch.float64)
    inside, message = list(likelihood), [total[:0]] * len(likelihood)
    for column in tree.order[:0:-1].tolist():
        parent = int(tree.parent[column])
        message[column] = factors.transition[column] @ inside[column]
        product = inside[parent] * message[column]
        peak = product.amax(dim=0)
        total += peak.log()
        inside[parent] = product.div_(peak).clamp_min_(FAINTEST)
    joint = inside[int(tree.order[0])] * factors.prior[:, None]
    density = joint.sum(dim=0)
    return Evidence(total + density.log(), inside, message, joint / density)


def log_densities(
    tree: Tree,
    leaves: Leaves,
    factors: Factors,
    rows: Tensor,
    responses: Responses | None = None,
) -> Tensor:
    """Log-density of rows, without gradients.

    Parameters
    ----------
    tree : Tree
        Parent of every column.
    leaves : Leaves
        Kernel dictionary and layout.
    factors : Factors
        Probabilities.
    rows : Tensor of shape (n_rows, width), dtype float64
        Encoded rows.
    responses : Responses
        Their kernel densities, where known.

    Returns
    -------
    Tensor of shape (n_rows,), dtype float64
        In nats.
    """
    with torch.no_grad():
        responses = responses or Responses(leaves, rows, len(factors.prior))
        likelihood = responses.likelihood(rows, factors)
        return gather_evidence(tree, likelihood, factors).log_density


def expected_counts(
    tree: Tree,
    leaves: Leaves,
    factors: Factors,
    rows: Tensor,
    responses: Responses | None = None,
    weight: Tensor | None = None,
) -> tuple[float, Factors]:
    r"""Count how often each parameter is expected to have been used.

    Parameters
    ----------
    tree : Tree
        Parent of every column.
    leaves : Leaves
        Kernel dictionary and layout.
    factors : Factors
        Present probabilities.
    rows : Tensor of shape (n_rows, width), dtype float64
        Encoded rows.
    responses : Responses
        Their kernel densities, where known.
    weight : Tensor of shape (n_rows,), dtype float64
        How often each row counts; once by default.

    Returns
    -------
    total : float
        Log-likelihood of the rows under `factors`.
    counts : Factors
        Expected counts given the rows.

    Notes
    -----
    With :math:`\gamma_j` the posterior probabilities of the states of column j,
    :math:`m_j` the message that j sent to its parent i and :math:`s_j` what it had
    gathered itself, Bayes' rule gives

    .. math::
        P(h_i = a, h_j = b | x) = \frac{\gamma_i(a)}{m_j(a)} T_j(a, b) s_j(b)

    which is summed over rows for the counts of the transition, and over a for
    :math:`\gamma_j`. Kernel k of a leaf :math:`f(x | b) = \sum_k w_{bk} g_k(x)` was
    used with probability :math:`\gamma_j(b) w_{bk} g_k(x) / f(x | b)`; a table is the
    same with the one-hot of the cell in place of the kernels, and one for being missing
    or present with its indicator. Setting every distribution proportional to its counts
    is the EM step.
    """
    with torch.no_grad():
        if weight is None:
            weight = torch.ones(len(rows), dtype=torch.float64)
        responses = responses or Responses(leaves, rows, len(factors.prior))
        likelihood = responses.likelihood(rows, factors)
        evidence = gather_evidence(tree, likelihood, factors)
        used, posterior = _spread_evidence(tree, evidence, factors, weight)
        weights = torch.zeros_like(factors.weights)
        levels = torch.zeros_like(factors.levels)
        pulls = [
            share / leaf for share, leaf in zip(posterior, likelihood, strict=True)
        ]
        _count_presence(leaves, rows, factors, posterior, pulls, levels)
        responses.count([pulls[column] for column in leaves.numeric], weights)
        for column, (start, stop) in leaves.tables.items():
            first, last = leaves.cells[column]
            levels[:, start:stop] = pulls[column] @ rows[:, first:last]
    root = posterior[int(tree.order[0])]
    return float(evidence.log_density @ weight), Factors(
        root.sum(dim=1),
        factors.transition * used,
        factors.weights * weights,
        factors.levels * levels,
    )


def _spread_evidence(
    tree: Tree, evidence: Evidence, factors: Factors, weight: Tensor
) -> tuple[Tensor, list[Tensor]]:
    """Pass evidence down the tree.

    Returns the counts of the transitions over their probabilities (d, H, H), and the
    weighted posteriors of all states, (H, n) per column.
    """
    used = torch.zeros_like(factors.transition)
    posterior = list(evidence.inside)
    posterior[int(tree.order[0])] = evidence.root * weight
    for column in tree.order[1:].tolist():
        above = posterior[int(tree.parent[column])] / evidence.message[column]
        used[column] = above @ evidence.inside[column].T
        posterior[column] = (factors.transition[column].T @ above).mul_(
            evidence.inside[column]
        )
    return used, posterior


def _count_presence(
    leaves: Leaves,
    rows: Tensor,
    factors: Factors,
    posterior: list[Tensor],
    pulls: list[Tensor],
    levels: Tensor,
) -> None:
    """Count missing and present cells, over their chances, into `levels`.

    `pulls` are the posteriors over the likelihoods, (H, n) per column; those of columns
    with missing cells become the posteriors over the densities of the values.
    """
    for column, (start, stop) in leaves.presence.items():
        absent = rows[:, leaves.missing[column]]
        missing, present = factors.levels[:, start:stop].unbind(dim=1)
        levels[:, start] = pulls[column] @ absent
        seen = posterior[column].sum(dim=1) - missing * levels[:, start]
        levels[:, start + 1] = seen.clamp_min(0.0) / present
        pulls[column] = pulls[column] * (1.0 - absent) * present[:, None]
