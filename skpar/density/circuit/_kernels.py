"""Kernels of numeric columns: their centres and widths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..._config import TrainingConfig

GAUSSIAN_REACH = 26.0  # so that a product of two such densities stays in float64
CAUCHY_REACH = 1e75  # so that neither its square nor its density leaves float64


@dataclass(frozen=True)
class KernelDictionary:
    """Kernels of all numeric columns, fixed during learning.

    The last kernel of a column is a Cauchy density, all others are Gaussian.

    Parameters
    ----------
    location : ndarray of shape (n_numeric, n_kernels), dtype float64
        Centres, in units of z = code / scale.
    width : ndarray of shape (n_numeric, n_kernels), dtype float64
        Standard deviations, for the Cauchy density its half width at half height.
    used : ndarray of shape (n_numeric, n_kernels), dtype bool
        False where a column has fewer kernels than the largest one.
    """

    location: np.ndarray
    width: np.ndarray
    used: np.ndarray

    def column(self, index: int) -> KernelDictionary:
        """Kernels of one numeric column.

        Parameters
        ----------
        index : int
            Position among the numeric columns.

        Returns
        -------
        KernelDictionary
            A dictionary of one column, without padding.
        """
        used = self.used[index]
        parts = (self.location, self.width, self.used)
        return KernelDictionary(*(part[index : index + 1, used] for part in parts))

    def densities(self, z: Tensor) -> Tensor:
        """Density of every kernel at every cell.

        Parameters
        ----------
        z : Tensor of shape (n_rows, n_numeric), dtype float64
            Numeric cells.

        Returns
        -------
        Tensor of shape (n_numeric, n_kernels, n_rows), dtype float64
            Positive and finite for every finite z. Beyond 26 widths a Gaussian, beyond
            1e75 widths the Cauchy density stays at the value that it has there, with
            gradient 0; less than 1e-74 of their mass lies farther out.
        """
        location = torch.tensor(self.location)[:, :, None]
        width = torch.tensor(self.width)[:, :, None]
        distance = (z.T[:, None, :] - location).div_(width)
        near, far = distance.split([distance.shape[1] - 1, 1], dim=1)
        near = near.clamp(-GAUSSIAN_REACH, GAUSSIAN_REACH)
        area = width[:, :-1] * math.sqrt(2 * math.pi)
        gauss = (near * near).mul_(-0.5).sub_(area.log()).exp_()
        far = far.clamp(-CAUCHY_REACH, CAUCHY_REACH)
        cauchy = 1.0 / (1.0 + far * far) / (width[:, -1:] * math.pi)
        return torch.cat([gauss, cauchy], dim=1)


def robust_scale(values: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Spread of a sample, robust to spikes and outliers.

    The interquartile range in standard deviations of a normal; where it is 0 (most
    rows share one value) that of the rows off the commonest value, then of the distinct
    values, then the range; 1 for a constant.

    Parameters
    ----------
    values : ndarray of shape (n_rows,), dtype float64
        At least one finite value.
    weight : ndarray of shape (n_rows,), dtype float64
        How often each value counts; once by default.

    Returns
    -------
    float
        Positive; multiplied by a when `values` are, unless they are constant.
    """
    distinct, counts = count_values(values, weight)
    others = np.arange(len(distinct)) != counts.argmax()
    samples = (
        (distinct, counts),
        (distinct[others], counts[others]),
        (distinct, np.ones_like(counts)),
    )
    for sample, count in samples:
        if len(sample):
            low, high = quantiles(sample, count, [0.25, 0.75])
            if high > low:
                return float(high - low) / 1.349
    return float(distinct[-1] - distinct[0]) or 1.0


def count_values(
    values: np.ndarray, weight: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Count the distinct values of a sample.

    Parameters
    ----------
    values : ndarray of shape (n_rows,), dtype float64
    weight : ndarray of shape (n_rows,), dtype float64
        How often each value counts; once by default.

    Returns
    -------
    distinct, counts : ndarray of shape (n_distinct,), dtype float64
        Values in rising order.
    """
    distinct, inverse = np.unique(values, return_inverse=True)
    return distinct, np.bincount(inverse, weight).astype(np.float64)


def quantiles(
    values: np.ndarray, weight: np.ndarray, shares: Sequence[float] | np.ndarray
) -> np.ndarray:
    """Weighted quantiles: smallest values that given shares do not exceed.

    Parameters
    ----------
    values, weight : ndarray of shape (n_rows,), dtype float64
        A sample, and how often each value counts.
    shares : array-like of shape (n_shares,)
        From 0 to 1.

    Returns
    -------
    ndarray of shape (n_shares,), dtype float64
    """
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order])
    wanted = np.asarray(shares) * below[-1] * (1.0 - 1e-12)
    return values[order][np.searchsorted(below, wanted, side="left")]


def place_kernels(
    values: np.ndarray,
    whole: bool,
    config: TrainingConfig,
    weight: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Place the kernels of one numeric column.

    Narrow Gaussians ("atoms") sit on frequent values; Gaussians on the quantiles of
    the other rows, as wide as these quantiles lie apart; one broad Gaussian and one
    Cauchy density cover the values between and beyond.

    Parameters
    ----------
    values : ndarray of shape (n_rows,), dtype float64
        Present cells of the column; may be empty.
    whole : bool
        Whether the column holds whole numbers: the narrowest kernel then is a share of
        the smallest step between two values seen.
    config : TrainingConfig
        Number and least width of the kernels.
    weight : ndarray of shape (n_rows,), dtype float64
        How often each cell counts; once by default.

    Returns
    -------
    location, width : ndarray of shape (n_kernels,), dtype float64
        The broad Gaussian and the Cauchy density are the last two.
    """
    if not len(values):
        return np.zeros(2), np.ones(2)
    scale = robust_scale(values, weight)
    distinct, counts = count_values(values, weight)
    floor = config.kernel_floor * scale
    if whole and len(distinct) > 1:
        step = float(np.diff(distinct).min())
        floor = max(floor, config.whole_number_floor * step)
    atoms = _frequent(counts, config)
    others = np.setdiff1d(np.arange(len(distinct)), atoms)
    centres, widths = _quantile_kernels(
        distinct[others], counts[others], floor, config.max_quantile_kernels
    )
    tail = config.tail_share
    low, middle, high = quantiles(distinct, counts, [tail, 0.5, 1.0 - tail])
    broad = max(scale, (high - low) / 2)
    location = np.r_[distinct[atoms], centres, middle, middle]
    width = np.r_[np.full(len(atoms), floor), widths, broad, scale]
    return location, width


def _frequent(counts: np.ndarray, config: TrainingConfig) -> np.ndarray:
    """Numbers (n_atoms,) of the values frequent enough for a kernel of their own."""
    common = np.argsort(-counts, kind="stable")[: config.max_atoms]
    total = counts.sum()
    enough = max(config.min_atom_share * total, min(config.min_atom_rows, total / 2))
    return np.sort(common[counts[common] >= enough])


def _quantile_kernels(
    values: np.ndarray, counts: np.ndarray, floor: float, n_quantiles: int
) -> tuple[np.ndarray, np.ndarray]:
    """Centres and widths of Gaussians on the quantiles of values (n,) with counts."""
    if not len(values):
        return np.empty(0), np.empty(0)
    shares = (np.arange(n_quantiles) + 0.5) / n_quantiles
    centres = np.unique(quantiles(values, counts, shares))
    if len(centres) == 1:
        return centres, np.array([floor])
    gaps = np.diff(centres)
    widths = (np.r_[gaps[0], gaps] + np.r_[gaps, gaps[-1]]) / 2
    return centres, np.maximum(widths, floor)
