"""Samplers of the densities compared by the detection test.

All of them return codes. The circuits and the mixture also draw missing cells, with the
probabilities that they learned.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from _density_detection import Sampler
from _density_mixture import fit_parameters
from _density_rivals import N_STATES, Coding
from _density_space import FeatureSpace
from scipy.stats import norm
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity
from torch import Tensor

from skpar._config import TrainingConfig
from skpar.density._api import fit_circuit
from skpar.density.circuit._leaves import Leaves
from skpar.density.circuit._message_passing import draw_states

GAUSSIAN_ROWS = 8_000


def draw_cells(
    space: FeatureSpace,
    leaves: Leaves,
    states: Tensor,
    probabilities: tuple[Tensor, Tensor],
    generator: torch.Generator,
) -> np.ndarray:
    """Draw codes (n, d) given states (d, n), kernel weights and tables."""
    weights, levels = probabilities
    rows = leaves.sample(states, weights, levels, generator)
    for column, (start, _) in leaves.presence.items():
        share = levels[:, start][states[column]]
        noise = torch.rand(len(share), generator=generator, dtype=torch.float64)
        first, last = leaves.cells[column]
        rows[noise < share, first:last] = 0.0
        rows[noise < share, int(leaves.missing[column])] = 1.0
    return space.encoder.decode(rows)


def circuit_sampler(
    space: FeatureSpace, codes: np.ndarray, n_states: int | str, seed: int
) -> Sampler:
    """Fit our circuit to codes (n, d); with one state the columns are independent."""
    circuit = fit_circuit(
        space.encoder,
        space.rows(codes),
        config=TrainingConfig(),
        n_states=n_states,
        random_state=np.random.RandomState(seed),
    ).circuit
    prior, transition, weights, levels = circuit.parameters

    def sample(n: int, seed: int) -> np.ndarray:
        generator = torch.Generator().manual_seed(seed)
        states = draw_states(circuit.tree, n, prior, transition, generator)
        return draw_cells(space, circuit.leaves, states, (weights, levels), generator)

    return sample


def mixture_sampler(
    space: FeatureSpace, codes: np.ndarray, smoothing: float, seed: int
) -> Sampler:
    """Fit the shallow mixture with our leaves to codes (n, d)."""
    leaves, mixture = fit_parameters(space, codes, N_STATES, smoothing, seed)

    def sample(n: int, seed: int) -> np.ndarray:
        generator = torch.Generator().manual_seed(seed)
        component = torch.multinomial(
            mixture.share, n, replacement=True, generator=generator
        )
        states = component.expand(len(leaves.cells), n)
        tables = (mixture.weights, mixture.levels)
        return draw_cells(space, leaves, states, tables, generator)

    return sample


def code_sampler(space: FeatureSpace, codes: np.ndarray, model: Any) -> Sampler:
    """Fit a model of scikit-learn to the coding of codes (n, d)."""
    coding = Coding(space, codes)
    model.fit(coding(codes))
    whole = [column.kind == "integer" for column in space.schema.columns]

    def sample(n: int, seed: int) -> np.ndarray:
        if isinstance(model, KernelDensity):
            rows = model.sample(n, random_state=seed)
        else:
            rows = model.set_params(random_state=seed).sample(n)[0]
        drawn = coding.decode(rows)
        drawn[:, whole] = np.rint(drawn[:, whole])
        return drawn

    return sample


def gaussian_sampler(
    space: FeatureSpace, codes: np.ndarray, setting: tuple[int, str, float], seed: int
) -> Sampler:
    """Fit a GaussianMixture to the coding of at most 8,000 rows."""
    n, kind, variance = setting
    chosen = np.random.RandomState(seed).permutation(len(codes))[:GAUSSIAN_ROWS]
    model = GaussianMixture(
        min(n, len(chosen)), covariance_type=kind, reg_covar=variance, random_state=seed
    )
    return code_sampler(space, codes[chosen], model)


def kernel_sampler(
    space: FeatureSpace, codes: np.ndarray, bandwidth: float, seed: int
) -> Sampler:
    """Fit a KernelDensity to the coding."""
    return code_sampler(space, codes, KernelDensity(bandwidth=bandwidth))


def copula_sampler(space: FeatureSpace, codes: np.ndarray, seed: int) -> Sampler:
    """Fit a Gaussian copula: sorted cells, and correlations of normal scores.

    Levels count in their order, and a missing cell comes last. Equal cells have the
    mean rank.
    """
    ordered = np.sort(codes, axis=0)  # NaN is last
    n_rows, n_columns = codes.shape
    scores = np.empty_like(codes)
    for j in range(n_columns):
        filled = np.where(np.isnan(codes[:, j]), np.inf, codes[:, j])
        _, index, counts = np.unique(filled, return_inverse=True, return_counts=True)
        middle = np.cumsum(counts) - counts / 2
        scores[:, j] = norm.ppf(middle[index] / n_rows)
    scores += 1e-9 * np.random.RandomState(seed).normal(size=scores.shape)
    correlation = np.corrcoef(scores.T)

    def sample(n: int, seed: int) -> np.ndarray:
        rng = np.random.RandomState(seed)
        zero = np.zeros(n_columns)
        normal = rng.multivariate_normal(zero, correlation, n)
        rank = (norm.cdf(normal) * n_rows).astype(int).clip(max=n_rows - 1)
        return np.take_along_axis(ordered, rank, axis=0)

    return sample
