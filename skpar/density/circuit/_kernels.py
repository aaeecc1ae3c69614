"""Kernels of numeric columns: centres, widths and densities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..._config import TrainingConfig

GAUSSIAN_REACH = 26.0  # the product of two such densities does not underflow
CAUCHY_REACH = 1e75  # neither its square nor its density leaves the float64 range


@dataclass(frozen=True)
class KernelDictionary:
    """Kernels of all numeric columns; learning does not change them.

    The last kernel of a column is a Cauchy density. All others are Gaussian.

    Parameters
    ----------
    location : ndarray of shape (n_numeric, n_kernels), dtype float64
        Centres, in units of z = code / scale.
    width : ndarray of shape (n_numeric, n_kernels), dtype float64
        Standard deviations of the Gaussians; half width at half maximum of the Cauchy
        densities.
    used : ndarray of shape (n_numeric, n_kernels), dtype bool
        False for padding, in columns with fewer kernels than the maximum.
    """

    location: np.ndarray
    width: np.ndarray
    used: np.ndarray

    def column(self, index: int) -> KernelDictionary:
        """Select the kernels of one numeric column.

        Parameters
        ----------
        index : int
            Position among the numeric columns.

        Returns
        -------
        KernelDictionary
            The kernels of one column, without padding.
        """
        used = self.used[index]
        parts = (self.location, self.width, self.used)
        return KernelDictionary(*(part[index : index + 1, used] for part in parts))

    def densities(self, z: Tensor) -> Tensor:
        """Compute the density of each kernel at each cell.

        Parameters
        ----------
        z : Tensor of shape (n_rows, n_numeric), dtype float64
            Numeric cells.

        Returns
        -------
        Tensor of shape (n_numeric, n_kernels, n_rows), dtype float64
            Positive and finite for each finite z. A Gaussian is constant beyond 26
            widths, and the Cauchy density is constant beyond 1e75 widths, so their
            gradient is 0 there. Less than 1e-74 of their mass is farther out.
        """
        location = torch.tensor(self.location, device="cpu")[:, :, None]
        width = torch.tensor(self.width, device="cpu")[:, :, None]
        distance = (z.T[:, None, :] - location).div_(width)
        near, far = distance.split([distance.shape[1] - 1, 1], dim=1)
        near = near.clamp(-GAUSSIAN_REACH, GAUSSIAN_REACH)
        area = width[:, :-1] * math.sqrt(2 * math.pi)
        gauss = (near * near).mul_(-0.5).sub_(area.log()).exp_()
        far = far.clamp(-CAUCHY_REACH, CAUCHY_REACH)
        cauchy = 1.0 / (1.0 + far * far) / (width[:, -1:] * math.pi)
        return torch.cat([gauss, cauchy], dim=1)


def robust_scale(values: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Compute the spread of a sample, robust to spikes and outliers.

    The spread is the interquartile range, divided by that of a standard normal
    distribution. The interquartile range is 0 if most rows share one value. Then the
    following replace it, in this order: the interquartile range of the rows without the
    most frequent value; the interquartile range of the distinct values; the full range
    (undivided); and 1 if all values are equal.

    Parameters
    ----------
    values : ndarray of shape (n_rows,), dtype float64
        At least one finite value.
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each value; 1 by default.

    Returns
    -------
    float
        Positive. If `values` are multiplied by a positive factor, so is the spread,
        unless all values are equal.
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
        The sample.
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each value; 1 by default.

    Returns
    -------
    distinct : ndarray of shape (n_distinct,), dtype float64
        Distinct values in ascending order.
    counts : ndarray of shape (n_distinct,), dtype float64
        Sum of the weights of each distinct value.
    """
    distinct, inverse = np.unique(values, return_inverse=True)
    return distinct, np.bincount(inverse, weight).astype(np.float64)


def quantiles(
    values: np.ndarray, weight: np.ndarray, shares: Sequence[float] | np.ndarray
) -> np.ndarray:
    """Compute weighted quantiles.

    The quantile of a share is the smallest value such that at least this share of the
    weight is on this value or below.

    Parameters
    ----------
    values : ndarray of shape (n_rows,), dtype float64
        The sample.
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each value.
    shares : array-like of shape (n_shares,)
        Levels of the quantiles, from 0 to 1.

    Returns
    -------
    ndarray of shape (n_shares,), dtype float64
        Quantiles; all of them are values of the sample.
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

    Frequent values get narrow Gaussians ("atoms"). The quantiles of the other rows get
    Gaussians with the distance between neighboring quantiles as width. One broad
    Gaussian and one Cauchy density cover all values between and beyond.

    Parameters
    ----------
    values : ndarray of shape (n_rows,), dtype float64
        Present cells of the column; may be empty.
    whole : bool
        Whether the column holds whole numbers. If so, the minimum width is at least a
        fixed share of the smallest step between two values.
    config : TrainingConfig
        Number and minimum width of the kernels.
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each cell; 1 by default.

    Returns
    -------
    location : ndarray of shape (n_kernels,), dtype float64
        Centres. The broad Gaussian and the Cauchy density are the last two kernels.
    width : ndarray of shape (n_kernels,), dtype float64
        Widths of the kernels.
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
    """Find the indices (n_atoms,) of the values frequent enough to be atoms."""
    common = np.argsort(-counts, kind="stable")[: config.max_atoms]
    total = counts.sum()
    enough = max(config.min_atom_share * total, min(config.min_atom_rows, total / 2))
    return np.sort(common[counts[common] >= enough])


def _quantile_kernels(
    values: np.ndarray, counts: np.ndarray, floor: float, n_quantiles: int
) -> tuple[np.ndarray, np.ndarray]:
    """Place Gaussians on quantiles of values (n,); return their centres and widths."""
    if not len(values):
        return np.empty(0), np.empty(0)
    shares = (np.arange(n_quantiles) + 0.5) / n_quantiles
    centres = np.unique(quantiles(values, counts, shares))
    if len(centres) == 1:
        return centres, np.array([floor])
    gaps = np.diff(centres)
    widths = (np.r_[gaps[0], gaps] + np.r_[gaps, gaps[-1]]) / 2
    return centres, np.maximum(widths, floor)
