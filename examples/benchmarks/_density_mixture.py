"""A mixture over whole rows with the leaves of our circuit: one latent for all columns.

It is the rival that shows what the tree is worth: the same kernels on the same cells
and as many parameters, spent on more components instead of on transitions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from _density_space import FeatureSpace, Score
from sklearn.cluster import KMeans
from torch import Tensor

from skpar._config import TrainingConfig
from skpar.density.circuit._leaves import Leaves
from skpar.density.learning._chow_liu import discretize, indicators

CONFIG = TrainingConfig()
BATCH_ROWS = 1024
STEPWISE_PASSES = 4
MAX_PASSES = 100
TOLERANCE = 5e-4  # nats per row: half of what stops our circuit
AXES = 12
MARGINAL_ROUNDS = 10
UNIFORM_SHARE = 0.1


@dataclass(frozen=True)
class Mixture:
    """Probabilities of a mixture, or counts: components, kernel weights, tables."""

    share: Tensor  # (K,)
    weights: Tensor  # (n_numeric, K, n_kernels)
    levels: Tensor  # (K, n_levels)

    def blend(self, other: Mixture, own: float, others: float) -> Mixture:
        """Weighted sum with another one."""
        pairs = (
            (self.share, other.share),
            (self.weights, other.weights),
            (self.levels, other.levels),
        )
        return Mixture(*(own * a + others * b for a, b in pairs))


def n_components(leaves: Leaves, n_states: int) -> int:
    """Components with which a mixture has as many parameters as our circuit."""
    per_component = int((leaves.kernels.used.sum(axis=1) - 1).sum())
    per_component += sum(b - a - 1 for a, b in leaves.distributions())
    transitions = (len(leaves.cells) - 1) * n_states * (n_states - 1)
    ours = n_states - 1 + transitions + n_states * per_component
    return round((ours + 1) / (per_component + 1))


def fit_mixture(
    space: FeatureSpace, codes: np.ndarray, n_states: int, smoothing: float, seed: int
) -> Score:
    """Fit a mixture to codes (n, d) and return its log-density.

    Parameters
    ----------
    space : FeatureSpace
        Columns and units.
    codes : ndarray of shape (n, d), dtype float64
        Training rows of one class.
    n_states : int
        States of the circuit whose number of parameters is met.
    smoothing : float
        Rows' worth of belief in the marginals, per component.
    seed : int
        Of the first guess and of the order of the batches.

    Returns
    -------
    Score
        Log-density in nats, per z and mass like that of the circuit.
    """
    leaves, mixture = fit_parameters(space, codes, n_states, smoothing, seed)
    return space.score(lambda block: _joint(leaves, mixture, block)[0].logsumexp(0))


def fit_parameters(
    space: FeatureSpace, codes: np.ndarray, n_states: int, smoothing: float, seed: int
) -> tuple[Leaves, Mixture]:
    """Fit a mixture like `fit_mixture`; return its leaves and its probabilities."""
    rows = space.rows(codes)
    leaves = Leaves(space.encoder, rows.numpy(), CONFIG)
    k = n_components(leaves, n_states)
    counts = _first_counts(space, leaves, rows, _clusters(space, rows, k, seed))
    pseudo = _pseudo_counts(leaves, counts, smoothing)
    rng = np.random.RandomState(seed)
    parts = torch.from_numpy(rng.permutation(len(rows))).split(BATCH_ROWS)
    batches = [(rows[part], leaves.kernel_densities(rows[part])) for part in parts]
    mixture = _probabilities(leaves, counts, pseudo)
    if len(batches) > 1:
        mixture = _stepwise(leaves, mixture, pseudo, batches, rng)
    return leaves, _converge(leaves, mixture, pseudo, batches)


def _clusters(space: FeatureSpace, rows: Tensor, k: int, seed: int) -> Tensor:
    """First memberships (k, n): clusters of rows in the leading principal axes."""
    cells, _ = indicators(discretize(space.encoder, rows.numpy(), CONFIG.max_bins))
    share = cells.mean(axis=0)
    cells = (cells - share) / np.sqrt(share)
    _, axes = np.linalg.eigh(cells.T @ cells)
    points = cells @ axes[:, -AXES:]
    k_means = KMeans(min(k, len(rows)), n_init=1, max_iter=30, random_state=seed)
    found = torch.from_numpy(k_means.fit_predict(points)).long()
    one_hot = torch.eye(k, dtype=torch.float64)[:, found]
    return (1.0 - UNIFORM_SHARE) * one_hot + UNIFORM_SHARE / k


def _first_counts(
    space: FeatureSpace, leaves: Leaves, rows: Tensor, member: Tensor
) -> Mixture:
    """Count what rows show once memberships (k, n) are taken as known."""
    densities = leaves.kernel_densities(rows)
    weights = torch.zeros(
        len(densities), len(member), densities.shape[1], dtype=torch.float64
    )
    for index, column in enumerate(leaves.numeric.tolist()):
        present = torch.ones(len(rows), dtype=torch.float64)
        if leaves.missing[column] >= 0:
            present = 1.0 - rows[:, leaves.missing[column]]
        used = torch.from_numpy(leaves.kernels.used[index])
        shares = _kernel_shares(densities[index][used], present)
        weights[index][:, used] = member @ shares.T
    levels = torch.zeros(len(member), leaves.n_levels, dtype=torch.float64)
    for column, (start, stop) in leaves.tables.items():
        levels[:, start:stop] = member @ rows[:, space.encoder.slices[column]]
    for column, (start, stop) in leaves.presence.items():
        levels[:, start:stop] = member @ _indicators(leaves, rows, column)
    return Mixture(member.sum(dim=1), weights, levels)


def _indicators(leaves: Leaves, rows: Tensor, column: int) -> Tensor:
    """Whether a cell is missing, and whether it is present (n, 2)."""
    absent = rows[:, leaves.missing[column]]
    return torch.stack([absent, 1.0 - absent], dim=1)


def _kernel_shares(densities: Tensor, present: Tensor) -> Tensor:
    """Posterior of the kernels (m, n) of one column on its own, by rounds of EM."""
    weights = torch.full((len(densities),), 1.0 / len(densities), dtype=torch.float64)
    for _ in range(MARGINAL_ROUNDS):
        counts = weights * (densities @ (present / (weights @ densities)))
        weights = (counts + 1.0 / len(counts)) / (counts.sum() + 1.0)
    return weights[:, None] * densities * (present / (weights @ densities))


def _pseudo_counts(leaves: Leaves, counts: Mixture, smoothing: float) -> Mixture:
    """Pseudo-counts: the marginals, a tenth of them uniform, as in our circuit."""
    used = torch.from_numpy(leaves.kernels.used).double()
    levels = counts.levels.sum(dim=0)
    for start, stop in leaves.distributions():
        block = levels[start:stop]
        levels[start:stop] = _with_uniform(block, torch.ones_like(block))
    return Mixture(
        torch.full_like(counts.share, smoothing / len(counts.share)),
        smoothing * _with_uniform(counts.weights.sum(dim=1), used)[:, None, :],
        smoothing * levels,
    )


def _with_uniform(counts: Tensor, used: Tensor) -> Tensor:
    """Mix distributions of counts (.., m) with uniform ones over used entries."""
    share = counts / counts.sum(dim=-1, keepdim=True)
    uniform = used / used.sum(dim=-1, keepdim=True)
    return (1.0 - UNIFORM_SHARE) * share + UNIFORM_SHARE * uniform


def _probabilities(leaves: Leaves, counts: Mixture, pseudo: Mixture) -> Mixture:
    """Normalise counts with the pseudo-counts added."""
    total = counts.blend(pseudo, 1.0, 1.0)
    for start, stop in leaves.distributions():
        block = total.levels[:, start:stop]
        block /= block.sum(dim=1, keepdim=True)
    return Mixture(
        total.share / total.share.sum(),
        total.weights / total.weights.sum(dim=2, keepdim=True),
        total.levels,
    )


def _joint(
    leaves: Leaves, mixture: Mixture, rows: Tensor, densities: Tensor | None = None
) -> tuple[Tensor, list[Tensor]]:
    """Log-density of rows with each component (k, n), and that of their cells."""
    cells = leaves.log_likelihood(rows, mixture.weights, mixture.levels, densities)
    return mixture.share.log()[:, None] + torch.stack(cells).sum(dim=0), cells


def _expect(
    leaves: Leaves, mixture: Mixture, rows: Tensor, densities: Tensor
) -> tuple[float, Mixture]:
    """Log-likelihood and expected counts of a batch."""
    joint, cells = _joint(leaves, mixture, rows, densities)
    total = joint.logsumexp(dim=0)
    member = (joint - total).exp()
    weights = torch.zeros_like(mixture.weights)
    levels = torch.zeros_like(mixture.levels)
    ratio = [member / cell.exp() for cell in cells]
    for column, (start, stop) in leaves.presence.items():
        seen = _indicators(leaves, rows, column)
        chances = mixture.levels[:, start:stop]
        levels[:, start:stop] = (member @ seen) / chances
        ratio[column] *= seen[:, 1] * chances[:, 1:]
    for index, column in enumerate(leaves.numeric.tolist()):
        weights[index] = mixture.weights[index] * (ratio[column] @ densities[index].T)
    for column, (start, stop) in leaves.tables.items():
        first, last = leaves.cells[column]
        levels[:, start:stop] = ratio[column] @ rows[:, first:last]
    counts = Mixture(member.sum(dim=1), weights, levels * mixture.levels)
    return float(total.sum()), counts


def _stepwise(
    leaves: Leaves,
    mixture: Mixture,
    pseudo: Mixture,
    batches: list[tuple[Tensor, Tensor]],
    rng: np.random.RandomState,
) -> Mixture:
    """Improve after every batch, with the decaying step of our circuit."""
    n_rows = sum(len(rows) for rows, _ in batches)
    running, step = mixture, 0
    for _ in range(STEPWISE_PASSES):
        for index in rng.permutation(len(batches)):
            rows, densities = batches[index]
            counts = _expect(leaves, mixture, rows, densities)[1]
            step += 1
            rate = step**-CONFIG.step_decay
            running = running.blend(counts, 1.0 - rate, rate * n_rows / len(rows))
            mixture = _probabilities(leaves, running, pseudo)
    return mixture


def _converge(
    leaves: Leaves,
    mixture: Mixture,
    pseudo: Mixture,
    batches: list[tuple[Tensor, Tensor]],
) -> Mixture:
    """Improve after every pass until a pass gains next to nothing."""
    n_rows = sum(len(rows) for rows, _ in batches)
    last = -np.inf
    for _ in range(MAX_PASSES):
        total, sums = _expect(leaves, mixture, *batches[0])
        for batch in batches[1:]:
            gain, counts = _expect(leaves, mixture, *batch)
            total, sums = total + gain, sums.blend(counts, 1.0, 1.0)
        mixture = _probabilities(leaves, sums, pseudo)
        if total - last < TOLERANCE * n_rows:
            break
        last = total
    return mixture
