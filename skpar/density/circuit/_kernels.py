"""Kernels of numeric columns: centres, widths and densities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..._config import TrainingConfig
from ._atoms import atom_candidates, leave_one_out

GAUSSIAN_REACH = 26.0  # the product of two such densities does not underflow
CAUCHY_REACH = 1e75  # neither its square nor its density leaves the float64 range


@dataclass(frozen=True)
class KernelDictionary:
    """Kernels of all numeric columns; learning does not change them.

    The last kernel of a column is a Cauchy density. All others are Gaussian. Each half
    of a kernel has its own width; both meet at the centre.

    Parameters
    ----------
    location : ndarray of shape (n_numeric, n_kernels), dtype float64
        Centres, in units of z = code / scale.
    left : ndarray of shape (n_numeric, n_kernels), dtype float64
        Widths to the left of the centre: standard deviations of the Gaussians; half
        width at half maximum of the Cauchy densities.
    right : ndarray of shape (n_numeric, n_kernels), dtype float64
        Widths to the right of the centre.
    used : ndarray of shape (n_numeric, n_kernels), dtype bool
        False for padding, in columns with fewer kernels than the maximum.
    atom : ndarray of shape (n_numeric, n_kernels), dtype bool
        True for atoms, the narrow kernels of frequent values.
    """

    location: np.ndarray
    left: np.ndarray
    right: np.ndarray
    used: np.ndarray
    atom: np.ndarray

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
        parts = (self.location, self.left, self.right, self.used, self.atom)
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
        left = torch.tensor(self.left, device="cpu")[:, :, None]
        right = torch.tensor(self.right, device="cpu")[:, :, None]
        distance = z.T[:, None, :] - location
        distance.div_(torch.where(distance < 0, left, right))
        width = (left + right) / 2
        near, far = distance.split([distance.shape[1] - 1, 1], dim=1)
        near = near.clamp(-GAUSSIAN_REACH, GAUSSIAN_REACH)
        area = width[:, :-1] * math.sqrt(2 * math.pi)
        gauss = (near * near).mul_(-0.5).sub_(area.log()).exp_()
        far = far.clamp(-CAUCHY_REACH, CAUCHY_REACH)
        cauchy = 1.0 / (1.0 + far * far) / (width[:, -1:] * math.pi)
        return torch.cat([gauss, cauchy], dim=1)

    def sample(
        self, index: int, kernel: np.ndarray, generator: torch.Generator
    ) -> Tensor:
        """Draw one cell from each of some kernels of one numeric column.

        Parameters
        ----------
        index : int
            Position among the numeric columns.
        kernel : ndarray of shape (n_rows,), dtype int64
            Positions of the kernels.
        generator : torch.Generator
            Source of randomness.

        Returns
        -------
        Tensor of shape (n_rows,), dtype float64
            Cells. An atom stands for its value, so a draw from it is this value.
        """
        numbers: dict[str, Any] = {"dtype": torch.float64, "device": "cpu"}
        noise_type = {**numbers, "generator": generator}
        normal = torch.randn(len(kernel), **noise_type)
        angle = torch.rand(len(kernel), **noise_type) - 0.5
        is_cauchy = torch.from_numpy(kernel == self.location.shape[1] - 1)
        noise = torch.where(is_cauchy, (angle * math.pi).tan(), normal).abs_()
        thin = self.atom[index][kernel]
        left, right = (
            torch.from_numpy(np.where(thin, 0.0, width[index][kernel]))
            for width in (self.left, self.right)
        )
        side = torch.rand(len(kernel), **noise_type) * (left + right) < left
        centre = torch.from_numpy(self.location[index][kernel])
        return centre + noise * torch.where(side, -left, right)


class ColumnDensities:
    """Densities of the kernels of one numeric column, prepared for many calls.

    Parameters
    ----------
    kernels : KernelDictionary
        Kernels of all numeric columns.
    index : int
        Position among the numeric columns.

    Attributes
    ----------
    used : slice, or Tensor of shape (n_used,), dtype int64
        Kernels of the column, without padding.
    """

    def __init__(self, kernels: KernelDictionary, index: int) -> None:
        used = kernels.used[index]
        self.used = slice(None) if used.all() else torch.from_numpy(used.nonzero()[0])
        own = kernels.column(index)
        self._location, self._left, self._right = (
            torch.tensor(part[0], device="cpu")[:, None]
            for part in (own.location, own.left, own.right)
        )
        width = (self._left + self._right) / 2
        self._log_area = (width[:-1] * math.sqrt(2 * math.pi)).log()
        self._wide = width[-1:] * math.pi

    def densities(self, z: Tensor) -> Tensor:
        """Compute the density of each kernel at each cell, without gradients.

        Parameters
        ----------
        z : Tensor of shape (n_rows,), dtype float64
            Cells of the column.

        Returns
        -------
        Tensor of shape (n_used, n_rows), dtype float64
            The numbers that `KernelDictionary.densities` gives for one column.
        """
        out = z - self._location
        out.div_(torch.where(out < 0, self._left, self._right))
        near, far = out[:-1], out[-1:]
        near.clamp_(-GAUSSIAN_REACH, GAUSSIAN_REACH)
        near.mul_(near).mul_(-0.5).sub_(self._log_area).exp_()
        far.clamp_(-CAUCHY_REACH, CAUCHY_REACH)
        far.mul_(far).add_(1.0).reciprocal_().div_(self._wide)
        return out


class ColumnKernels(NamedTuple):
    """Kernels of one numeric column; the atoms come first.

    Parameters
    ----------
    location : ndarray of shape (n_kernels,), dtype float64
        Centres. The broad Gaussian and the Cauchy density are the last two kernels.
    left : ndarray of shape (n_kernels,), dtype float64
        Widths to the left of the centres.
    right : ndarray of shape (n_kernels,), dtype float64
        Widths to the right of the centres.
    n_atoms : int
        Number of atoms.
    """

    location: np.ndarray
    left: np.ndarray
    right: np.ndarray
    n_atoms: int

    def mass(self, distinct: np.ndarray, cell: float) -> np.ndarray:
        """Compute the probability of values if atoms have only their own value.

        Parameters
        ----------
        distinct : ndarray of shape (n_distinct,), dtype float64
            Values.
        cell : float
            Distance between values; a density times it is a probability.

        Returns
        -------
        ndarray of shape (n_kernels, n_distinct), dtype float64
        """
        used = np.ones((1, len(self.location)), dtype=bool)
        location, left, right = self.location[None], self.left[None], self.right[None]
        kernels = KernelDictionary(location, left, right, used, used)
        z = torch.from_numpy(distinct)[:, None]
        mass: np.ndarray = kernels.densities(z)[0].numpy() * cell
        mass[: self.n_atoms] = distinct == self.location[: self.n_atoms, None]
        return mass


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
) -> ColumnKernels:
    """Place the kernels of one numeric column.

    Frequent values get narrow Gaussians ("atoms"). The quantiles of the other rows get
    Gaussians that reach to the neighboring quantiles: the width to the left of the
    centre differs from that to the right, so that few kernels of a skewed column cross
    its bounds. One broad Gaussian and one Cauchy density cover all values between and
    beyond. Of several sets of atoms, the most probable one without one row is taken.

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
    ColumnKernels
    """
    if not len(values):
        return ColumnKernels(np.zeros(2), np.ones(2), np.ones(2), 0)
    scale = robust_scale(values, weight)
    distinct, counts = count_values(values, weight)
    step = float(np.diff(distinct).min()) if whole and len(distinct) > 1 else 0.0
    floors = np.array([config.kernel_floor, config.atom_floor]) * scale
    floor, atom_floor = np.maximum(floors, config.whole_number_floor * step).tolist()
    layouts = [
        _lay_out(distinct, counts, atoms, (floor, atom_floor, scale), config)
        for atoms in atom_candidates(counts, config)
    ]
    if len(layouts) == 1:
        return layouts[0]
    cell = step or floor * math.sqrt(2 * math.pi)
    scores = [
        leave_one_out(kernels.mass(distinct, cell), counts, config.n_marginal_rounds)
        for kernels in layouts
    ]
    return layouts[int(np.argmax(scores))]


def _lay_out(
    distinct: np.ndarray,
    counts: np.ndarray,
    atoms: np.ndarray,
    widths: tuple[float, float, float],
    config: TrainingConfig,
) -> ColumnKernels:
    """Place kernels around atoms, given both smallest widths and the robust scale."""
    floor, atom_floor, scale = widths
    others = np.setdiff1d(np.arange(len(distinct)), atoms)
    centres, left, right = _quantile_kernels(
        distinct[others], counts[others], floor, config.max_quantile_kernels
    )
    tail = config.tail_share
    low, middle, high = quantiles(distinct, counts, [tail, 0.5, 1.0 - tail])
    thin = np.full(len(atoms), atom_floor)
    return ColumnKernels(
        np.r_[distinct[atoms], centres, middle, middle],
        np.r_[thin, left, max(scale, middle - low), scale],
        np.r_[thin, right, max(scale, high - middle), scale],
        len(atoms),
    )


def _quantile_kernels(
    values: np.ndarray, counts: np.ndarray, floor: float, n_quantiles: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place Gaussians on quantiles of values (n,); return centres and both widths."""
    if not len(values):
        return np.empty(0), np.empty(0), np.empty(0)
    shares = (np.arange(n_quantiles) + 0.5) / n_quantiles
    centres = np.unique(quantiles(values, counts, shares))
    if len(centres) == 1:
        return centres, np.array([floor]), np.array([floor])
    gaps = np.diff(centres)
    first = min(gaps[0], centres[0] - values[0])
    left, right = np.r_[first, gaps], np.r_[gaps, gaps[-1]]
    return centres, np.maximum(left, floor), np.maximum(right, floor)
