"""Leaves of single cells, looked up by their codes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ._circuit import Circuit
from ._kernels import CAUCHY_REACH, GAUSSIAN_REACH, KernelDictionary

if TYPE_CHECKING:
    from ...table import TableEncoder

# Cells per block; their kernel densities fit in the processor's cache.
_CELLS_AT_ONCE = 1024


@dataclass(frozen=True)
class LeafTable:
    """Leaves of listed cells, the cells of each column below those of the last one.

    Parameters
    ----------
    leaves : ndarray of shape (n_entries, n_states), dtype float64
        Likelihood of each cell under each state, divided by the largest likelihood of
        the cell under any state.
    log_peaks : ndarray of shape (n_entries,), dtype float64
        Logarithm of this largest likelihood.
    counts : ndarray of shape (n_columns,), dtype int64
        Number of cells of each column.

    Attributes
    ----------
    first : ndarray of shape (n_columns,), dtype int64
        Place of the first cell of each column.
    """

    leaves: np.ndarray
    log_peaks: np.ndarray
    counts: np.ndarray
    first: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        """Find the first cell of each column."""
        object.__setattr__(self, "first", np.cumsum(self.counts) - self.counts)

    @cached_property
    def peaks(self) -> np.ndarray:
        """Largest likelihood of each cell, (n_entries,), dtype float64."""
        return np.exp(self.log_peaks)

    @cached_property
    def likelihoods(self) -> np.ndarray:
        """Likelihoods, not divided, (n_entries, n_states), dtype float64."""
        likelihoods: np.ndarray = self.leaves * self.peaks[:, None]
        return likelihoods

    @property
    def leaf(self) -> np.ndarray:
        """Leaves (n_columns, n_cells, n_states); only if all columns have as many."""
        return self.leaves.reshape(len(self.counts), -1, self.leaves.shape[1])

    @property
    def log_peak(self) -> np.ndarray:
        """Peaks (n_columns, n_cells); only if all columns have as many cells."""
        return self.log_peaks.reshape(len(self.counts), -1)

    def of_column(self, j: int) -> tuple[np.ndarray, np.ndarray]:
        """Leaves (n_cells, n_states) and log-peaks (n_cells,) of one column."""
        here = slice(self.first[j], self.first[j] + self.counts[j])
        return self.leaves[here], self.log_peaks[here]


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
    one for missing cells. So its leaves are looked up. For few cells, the kernels of
    all columns of numbers are evaluated at once. For many cells, the time of padding
    counts more than that of a loop: each column has its own kernels and cells.
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
        self._own_kernels = [
            _OwnKernels(leaves.kernels, index, weights[index])
            for index in range(len(leaves.numeric))
        ]
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

    def tabulate(
        self, codes: np.ndarray, counts: np.ndarray | None = None
    ) -> LeafTable:
        """Compute the leaves of listed cells.

        Parameters
        ----------
        codes : ndarray of shape (n_cells, n_columns), dtype float64
            Row v holds the v-th cell of each column.
        counts : ndarray of shape (n_columns,), dtype int64, default=None
            Number of the first cells of each column that are wanted; None for all.

        Returns
        -------
        table : LeafTable
        """
        if counts is not None:
            return self._tabulate_apart(codes, counts)
        n_columns, n_states = self._shape
        leaf = np.empty((n_columns, len(codes), n_states))
        log_peak = np.empty((n_columns, len(codes)))
        place = self._entries(codes)
        leaf[self._listed] = self._stock.take(place, axis=0)
        log_peak[self._listed] = self._log_stock.take(place)
        if len(self._numeric):
            numbers = _scaled(self._numbers(codes))
            leaf[self._numeric], log_peak[self._numeric] = numbers
        return LeafTable(
            leaf.reshape(-1, n_states),
            log_peak.ravel(),
            np.full(n_columns, len(codes)),
        )

    def _entries(self, codes: np.ndarray) -> np.ndarray:
        """Find the entries (n_listed, n_cells) of levels in the stock."""
        cells = codes.T[self._listed]
        # Codes beyond the levels are patterns that no level of a group has.
        entry = np.minimum(np.maximum(cells, 0.0), self._n_levels)
        entry = np.where(np.isnan(cells), self._n_levels + 1, entry)
        return entry.astype(np.int64) + self._first

    def _tabulate_apart(self, codes: np.ndarray, counts: np.ndarray) -> LeafTable:
        """Compute the leaves of the first cells of each column, column by column."""
        leaves = np.empty((int(counts.sum()), self._shape[1]))
        log_peaks = np.empty(len(leaves))
        table = LeafTable(leaves, log_peaks, counts)
        for column, place in zip(self._listed, self._entries(codes), strict=True):
            leaf, log_peak = table.of_column(column)
            self._stock.take(place[: len(leaf)], axis=0, out=leaf, mode="clip")
            self._log_stock.take(place[: len(leaf)], out=log_peak, mode="clip")
        z, absent = self._encoder.numbers(codes)
        for index, column in enumerate(self._numeric):
            leaf, log_peak = table.of_column(column)
            here = slice(len(leaf)), self._place[index]
            likelihood = self._own_kernels[index].likelihood(z[here])
            if self._has_missing[index]:
                likelihood *= self._present[index]
                likelihood[absent[here]] = self._missing[index]
            leaf[:], log_peak[:] = _scaled(likelihood)
        return table

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


class _OwnKernels:
    """The kernels of one column without padding, for many cells."""

    def __init__(
        self, kernels: KernelDictionary, index: int, weights: np.ndarray
    ) -> None:
        used = kernels.used[index]
        self._kernels = _Kernels(kernels.column(index))
        self._weights = np.ascontiguousarray(weights[:, used].T)

    def likelihood(self, z: np.ndarray) -> np.ndarray:
        """Likelihood (n_cells, n_states) at cells (n_cells,)."""
        found = np.empty((len(z), self._weights.shape[1]))
        for start in range(0, len(z), _CELLS_AT_ONCE):
            some = slice(start, start + _CELLS_AT_ONCE)
            density = self._kernels.densities(z[None, some])[0]
            np.matmul(density, self._weights, out=found[some])
        return found


def _scaled(likelihood: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Divide likelihoods by the largest of each cell; return also its logarithm."""
    peak = likelihood.max(axis=-1, keepdims=True)
    return likelihood / peak, np.log(peak[..., 0])
