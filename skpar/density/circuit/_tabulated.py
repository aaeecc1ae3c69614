"""A fast circuit for rows with few distinct cells: leaves are looked up in a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._circuit import Circuit
from ._leaf_lookup import LeafLookup, LeafTable

if TYPE_CHECKING:
    from ...table import TableEncoder

_FACTORS_BETWEEN_SCALINGS = 6
# Few leaves are gathered at once, many column by column.
_FEW_CELLS = 2000
# Rows that are evaluated at once.
_BLOCK = 512


@dataclass(frozen=True)
class CellContexts:
    """State of each column given all other cells of its row.

    Parameters
    ----------
    log_prob : ndarray of shape (n_rows,), dtype float64
        Log-density of each row.
    state : ndarray of shape (n_columns, n_rows, n_states), dtype float64
        Probability of each state of a column given all other cells, divided by the
        density of the present cell given them. The scalar product with the likelihoods
        of another cell is thus the factor by which this cell changes the density. All
        states of a column outside of the circuit are equal.
    """

    log_prob: np.ndarray
    state: np.ndarray


class TabulatedCircuit:
    r"""A circuit that looks up its leaves in a table; several times faster.

    Parameters
    ----------
    circuit : Circuit
        The density.
    encoder : TableEncoder
        The encoder that the circuit was fitted with.

    Notes
    -----
    The search evaluates many rows with few distinct cells. `tabulate` computes the
    leaves of these cells once. Products of probabilities along the tree are rescaled to
    sum 1 after a few factors, and the logarithms of the scales are added up. Each state
    keeps some weight on a broad kernel and on each level. Therefore the leaves of one
    cell differ between states by less than 1e-20, and nothing underflows between two
    rescalings. Values agree with `Circuit.log_prob` to 1e-9.
    """

    def __init__(self, circuit: Circuit, encoder: TableEncoder) -> None:
        parameters = circuit.parameters
        self._lookup = LeafLookup(circuit, encoder)
        self.order = circuit.tree.order.tolist()
        self.parent = circuit.tree.parent.tolist()
        self._parents = frozenset(self.parent)
        n_columns = circuit.tree.n_columns
        self._left_out = np.setdiff1d(np.arange(n_columns), self.order)
        self.prior = parameters.prior.numpy()
        self.transition = parameters.transition.numpy()
        self._upward = np.ascontiguousarray(self.transition.transpose(0, 2, 1))
        # For short rows, a matrix product is several times as fast as a sum.
        self._ones = np.ones((self.transition.shape[2], 1))

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
        return self._lookup.tabulate(codes, counts)

    def log_prob(self, table: LeafTable, index: np.ndarray) -> np.ndarray:
        """Compute the log-density of rows of listed cells.

        Parameters
        ----------
        table : LeafTable
            Result of `tabulate`.
        index : ndarray of shape (n_columns, n_rows), dtype int64
            Number of the listed cell, for each column and row.

        Returns
        -------
        log_prob : ndarray of shape (n_rows,), dtype float64
            In nats.
        """
        return self._pass_up(table, index)[0]

    def log_prob_of(self, codes: np.ndarray) -> np.ndarray:
        """Compute the log-density of rows.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_columns), dtype float64

        Returns
        -------
        log_prob : ndarray of shape (n_rows,), dtype float64
            In nats.
        """
        found = np.empty(len(codes))
        for start in range(0, len(codes), _BLOCK):
            rows = codes[start : start + _BLOCK]
            index = np.tile(np.arange(len(rows)), (rows.shape[1], 1))
            found[start : start + _BLOCK] = self.log_prob(self.tabulate(rows), index)
        return found

    def contexts(self, table: LeafTable, index: np.ndarray) -> CellContexts:
        """Compute the state of each column given all other cells of the row.

        Parameters
        ----------
        table : LeafTable
            Result of `tabulate`.
        index : ndarray of shape (n_columns, n_rows), dtype int64
            Number of the listed cell, for each column and row.

        Returns
        -------
        contexts : CellContexts
        """
        log_prob, inside, below, messages = self._pass_up(table, index)
        state = np.empty((len(index), *inside[self.order[0]].shape))
        state[self._left_out] = 1.0 / state.shape[2]
        factor = np.empty((*index.shape, 1))
        factor[self._left_out] = 1.0
        joint = list(inside)  # outside times inside, divided by its sum
        for column in self.order:
            parent = self.parent[column]
            outside = self.prior
            if parent >= 0:
                outside = (joint[parent] / messages[column]) @ self.transition[column]
            joint[column] = outside * inside[column]
            np.divide(1.0, joint[column] @ self._ones, out=factor[column])
            if column in self._parents:
                joint[column] *= factor[column]
            np.multiply(outside, below[column], out=state[column])
        factor /= table.peaks.take(table.first[:, None] + index)[:, :, None]
        state *= factor
        return CellContexts(log_prob, state)

    def _pass_up(
        self, table: LeafTable, index: np.ndarray
    ) -> tuple[
        np.ndarray, list[np.ndarray], list[np.ndarray | float], list[np.ndarray]
    ]:
        """Pass messages from the bottom of the tree to its root.

        Returns the log-density (n,) and three lists with one array per column: the
        likelihood of all cells at and below the column given its state; the likelihood
        of all cells below it given its state; and the likelihood of all cells at and
        below it given its parent's state. The likelihoods are known up to factors that
        depend only on the row.
        """
        n_columns, n_rows = index.shape
        place = table.first[:, None] + index
        total = table.log_peaks.take(place).sum(axis=0)
        leaf = None
        if index.size <= _FEW_CELLS:
            leaf = table.leaves.take(place, axis=0)
        scales = []
        below: list[np.ndarray | float] = [1.0] * n_columns
        n_factors = [1] * n_columns
        inside = [total] * n_columns if leaf is None else list(leaf)
        messages = [total] * n_columns
        for column in reversed(self.order):
            at = inside[column]
            if leaf is None:
                at = table.leaves.take(place[column], axis=0)
                inside[column] = at
            if n_factors[column] > 1:
                at *= below[column]
            if n_factors[column] >= _FACTORS_BETWEEN_SCALINGS:
                scales.append(self._rescale(at))
                below[column] /= scales[-1]
                n_factors[column] = 1
            parent = self.parent[column]
            if parent < 0:
                continue
            messages[column] = at @ self._upward[column]
            product = below[parent] * messages[column]
            n_factors[parent] += n_factors[column]
            if n_factors[parent] >= _FACTORS_BETWEEN_SCALINGS:
                scales.append(self._rescale(product))
                n_factors[parent] = 2
            below[parent] = product
        if scales:
            total += np.log(np.hstack(scales)).sum(axis=1)
        total += np.log(inside[self.order[0]] @ self.prior)
        return total, inside, below, messages

    def _rescale(self, likelihood: np.ndarray) -> np.ndarray:
        """Divide rows (n, n_states) by their sums in place; return the sums (n, 1)."""
        scale: np.ndarray = likelihood @ self._ones
        likelihood /= scale
        return scale
