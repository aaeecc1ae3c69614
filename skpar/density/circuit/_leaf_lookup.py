"""Leaves of single cells, looked up by their codes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._circuit import Circuit
from ._kernels import CAUCHY_REACH, GAUSSIAN_REACH, KernelDictionary

if TYPE_CHECKING:
    from ...table import TableEncoder


@dataclass(frozen=True)
class LeafTable:
    """Leaves of listed cells.

    Parameters
    ----------
    leaf : ndarray of shape (n_columns, n_cells, n_states), dtype float64
        Likelihood of the v-th cell of each column under each state, divided by the
        largest likelihood of the cell under any state.
    log_peak : ndarray of shape (n_columns, n_cells), dtype float64
        Logarithm of this largest likelihood.
    """

    leaf: np.ndarray
    log_peak: np.ndarray


class LeafLookup:
    """Leaves of the cells of a circuit, from codes and without torch.

    Parameters
    ----------
    circuit : Circuit
        The density.
    encoder : TableEncoder
        The encoder that the circuit was fitted with.

    Notes
    -----
    A column with levels has one entry per level, one for codes that are no level, and
    one for missing cells. So its leaves are looked up. Kernels of numbers are evaluated
    for all columns of numbers at once.
    """

    def __init__(self, circuit: Circuit, encoder: TableEncoder) -> None:
        leaves = circuit.leaves
        _, _, weights, levels = (part.numpy() for part in circuit.parameters)
        self._encoder = encoder
        self._weights = weights
        self._kernels = _Kernels(leaves.kernels)
        self._shape = (len(leaves.cells), len(levels))
        self._numeric = leaves.numeric
        # Positions of the numbers in the circuit among all numbers of the table.
        self._place = np.searchsorted(encoder.numeric, leaves.numeric)
        self._listed = np.setdiff1d(np.arange(self._shape[0]), leaves.numeric)
        missing = np.zeros(self._shape)
        present = np.ones(self._shape)
        for column, (start, _) in leaves.presence.items():
            missing[column], present[column] = levels[:, start], levels[:, start + 1]
        self._has_missing = np.isin(leaves.numeric, [*leaves.presence])
        self._missing = missing[leaves.numeric][:, None]
        self._present = present[leaves.numeric][:, None]
        stock = []
        for column in self._listed.tolist():
            start, stop = leaves.tables.get(column, (0, 0))
            entries = np.ones((stop - start + 2, len(levels)))
            entries[:-2] = levels[:, start:stop].T
            if column in leaves.presence:
                entries[:-1] *= present[column]
                entries[-1] = missing[column]
            stock.append(entries)
        sizes = np.array([len(entries) for entries in stock], dtype=np.int64)
        self._n_levels = sizes[:, None] - 2
        self._first = (np.cumsum(sizes) - sizes)[:, None]
        self._stock, self._log_stock = _scaled(
            np.concatenate([np.empty((0, len(levels))), *stock])
        )

    def tabulate(self, codes: np.ndarray) -> LeafTable:
        """Compute the leaves of listed cells.

        Parameters
        ----------
        codes : ndarray of shape (n_cells, n_columns), dtype float64
            Row v holds the v-th cell of each column.

        Returns
        -------
        table : LeafTable
        """
        n_columns, n_states = self._shape
        leaf = np.empty((n_columns, len(codes), n_states))
        log_peak = np.empty((n_columns, len(codes)))
        cells = codes.T[self._listed]
        # Codes beyond the levels are patterns that no level of a group has.
        entry = np.minimum(np.maximum(cells, 0.0), self._n_levels)
        entry = np.where(np.isnan(cells), self._n_levels + 1, entry)
        place = entry.astype(np.int64) + self._first
        leaf[self._listed] = self._stock.take(place, axis=0)
        log_peak[self._listed] = self._log_stock.take(place)
        if len(self._numeric):
            numbers = _scaled(self._numbers(codes))
            leaf[self._numeric], log_peak[self._numeric] = numbers
        return LeafTable(leaf, log_peak)

    def _numbers(self, codes: np.ndarray) -> np.ndarray:
        """Likelihoods (n_numeric, n_cells, n_states) of numbers."""
        z, absent = self._encoder.numbers(codes)
        density = self._kernels.densities(z.T[self._place])
        likelihood: np.ndarray = density @ self._weights.transpose(0, 2, 1)
        if self._has_missing.any():
            share = absent.T[self._place] & self._has_missing[:, None]
            likelihood *= self._present
            np.copyto(likelihood, self._missing, where=share[:, :, None])
        return likelihood


class _Kernels:
    """The kernels of a dictionary, prepared for many calls with few cells."""

    def __init__(self, kernels: KernelDictionary) -> None:
        self._location = kernels.location[:, None]
        self._left, self._right = kernels.left[:, None], kernels.right[:, None]
        width = (self._left + self._right) / 2
        self._log_area = np.log(width[..., :-1] * math.sqrt(2 * math.pi))
        self._wide = width[..., -1] * math.pi

    def densities(self, z: np.ndarray) -> np.ndarray:
        """Density (n_numeric, n_cells, n_kernels) at cells (n_numeric, n_cells)."""
        distance = z[..., None] - self._location
        distance /= np.where(distance < 0, self._left, self._right)
        near, far = distance[..., :-1], distance[..., -1]
        np.clip(near, -GAUSSIAN_REACH, GAUSSIAN_REACH, out=near)
        near *= near
        near *= -0.5
        near -= self._log_area
        np.exp(near, out=near)
        far = far.clip(-CAUCHY_REACH, CAUCHY_REACH)
        distance[..., -1] = 1.0 / (1.0 + far * far) / self._wide
        return distance


def _scaled(likelihood: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Divide likelihoods by the largest of each cell; return also its logarithm."""
    peak = likelihood.max(axis=-1, keepdims=True)
    return likelihood / peak, np.log(peak[..., 0])
