"""Leaves of the circuit: the distribution of one column given its latent state.

A numeric column has a dictionary of kernels. All states share the kernels, and each
state has its own kernel weights. A column with levels has one table of probabilities
per state. A column with missing cells has one probability of being missing per state;
it does not depend on the value of the cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from ..._config import TrainingConfig
from ...relations import GroupColumn
from ...table import ColumnCells
from ._kernels import ColumnKernels, KernelDictionary, place_kernels

if TYPE_CHECKING:
    from ...table import TableEncoder

FEW_VALUES = 256  # such values repeat within a batch, which makes learning faster


class Leaves:
    """Leaves of all columns of one table.

    Parameters
    ----------
    encoder : TableEncoder
        Defines the tensor cells and the kind of each column. The cells of all columns
        come first, in order; all missing indicators follow.
    tensor : ndarray of shape (n_rows, width), dtype float64
        Encoded rows that determine the kernels.
    config : TrainingConfig
        Number and minimum width of the kernels.
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each row; 1 by default.
    columns : ndarray of shape (n_in_circuit,), dtype int64
        Columns in the circuit, ascending; all by default. The others have no leaf.

    Attributes
    ----------
    kernels : KernelDictionary
        Kernels of the numeric columns.
    cells : list of tuple of int
        Range of the tensor cells of each column: first cell and end (exclusive).
    missing : ndarray of shape (n_columns,), dtype int64
        Cell of the missing indicator; -1 if the column has none.
    numeric : ndarray of shape (n_numeric,), dtype int64
        Columns with kernels.
    has_few_values : list of bool
        Whether each numeric column has at most 256 distinct values.
    tables : dict of int to tuple of int
        For each column with levels, the range of its table in the second axis of the
        tables: first entry and end (exclusive).
    presence : dict of int to tuple of int
        For each column with a missing indicator, the range of its two entries after
        all tables: the probabilities of being missing and of being present.
    groups : set of int
        Columns with a table that are groups. A broken pattern of a group is a block of
        zeros, and is unknown.
    """

    def __init__(
        self,
        encoder: TableEncoder,
        tensor: np.ndarray,
        config: TrainingConfig,
        weight: np.ndarray | None = None,
        columns: np.ndarray | None = None,
    ) -> None:
        if columns is None:
            columns = np.arange(len(encoder.slices))
        self.cells = [(int(cut.start), int(cut.stop)) for cut in encoder.slices]
        self.missing = np.asarray(encoder.missing, dtype=np.int64)
        self.numeric = np.intersect1d(encoder.numeric, columns).astype(np.int64)
        self.width = int(tensor.shape[1])
        self.tables: dict[int, tuple[int, int]] = {}
        end = 0
        for column in np.setdiff1d(columns, encoder.numeric).tolist():
            n_levels = len(encoder.schema.columns[column].levels or ())
            self.tables[column] = (end, end + n_levels)
            end += n_levels
        self.presence: dict[int, tuple[int, int]] = {}
        for column in columns[self.missing[columns] >= 0].tolist():
            self.presence[column] = (end, end + 2)
            end += 2
        self.n_levels = end
        described = encoder.schema.columns
        whole = [column.kind == "integer" for column in described]
        self.groups = {
            column
            for column in self.tables
            if isinstance(described[column], GroupColumn)
        }
        if weight is None:
            weight = np.ones(len(tensor))
        self.kernels = self._place_kernels(tensor, weight, whole, config)

    def distributions(self) -> list[tuple[int, int]]:
        """List the ranges in the second axis of the tables that sum to 1.

        Returns
        -------
        list of tuple of int
            First entry and end (exclusive) of each range.
        """
        return [*self.tables.values(), *self.presence.values()]

    def _place_kernels(
        self,
        tensor: np.ndarray,
        weight: np.ndarray,
        whole: list[bool],
        config: TrainingConfig,
    ) -> KernelDictionary:
        """Build the kernels of all numeric columns, padded to the same number."""
        placed: list[ColumnKernels] = []
        self.has_few_values = []
        for column in self.numeric:
            values, counts = tensor[:, self.cells[column][0]], weight
            if self.missing[column] >= 0:
                present = tensor[:, self.missing[column]] < 0.5
                values, counts = values[present], weight[present]
            placed.append(place_kernels(values, whole[column], config, counts))
            self.has_few_values.append(len(np.unique(values)) <= FEW_VALUES)
        widest = max((len(kernels.location) for kernels in placed), default=2)
        shape = (len(placed), widest)
        location, left, right = np.zeros(shape), np.ones(shape), np.ones(shape)
        used, atom = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        for row, kernels in enumerate(placed):
            inner = len(kernels.location) - 2
            for part in (slice(0, inner), slice(-2, None)):
                location[row, part] = kernels.location[part]
                left[row, part] = kernels.left[part]
                right[row, part] = kernels.right[part]
                used[row, part] = True
            atom[row, : kernels.n_atoms] = True
        return KernelDictionary(location, left, right, used, atom)

    def kernel_densities(self, tensor: Tensor) -> Tensor:
        """Compute the kernel densities of the numeric cells.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Encoded rows.

        Returns
        -------
        Tensor of shape (n_numeric, n_kernels, n_rows), dtype float64
            Pass them to `likelihood` to avoid computing them again.
        """
        first = [self.cells[column][0] for column in self.numeric]
        return self.kernels.densities(tensor[:, first])

    def likelihood(
        self,
        tensor: Tensor,
        weights: Tensor,
        levels: Tensor,
        kernel_densities: Tensor | None = None,
    ) -> list[Tensor]:
        r"""Compute the likelihood of each column's cell under each latent state.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Encoded rows, hard or relaxed.
        weights : Tensor of shape (n_numeric, n_states, n_kernels), dtype float64
            Kernel weights; they sum to 1 over the last axis.
        levels : Tensor of shape (n_states, n_levels), dtype float64
            Tables side by side, then those of presence. Each table sums to 1.
        kernel_densities : Tensor of shape (n_numeric, n_kernels, n_rows), dtype float64
            Kernel densities of the rows, if already known.

        Returns
        -------
        list of Tensor of shape (n_states, n_rows), dtype float64
            One per column, positive. It is 1 for columns outside of the circuit.

        Notes
        -----
        With missing indicator r, probability m of being missing and density f of the
        values, the leaf is :math:`r m + (1 - r) (1 - m) f`. This is a distribution over
        the values and "missing". It is linear in a relaxed indicator. A table t is
        linear in a relaxed one-hot block b, :math:`\sum_l t_l b_l`. The leaf of a group
        is :math:`\sum_l t_l b_l + (1 - \sum_l b_l)`. It equals the table for every
        level, and is 1 for a block of zeros. The density is then summed over the levels
        of the group, because its table sums to 1.
        """
        if kernel_densities is not None:
            numeric = list(torch.bmm(weights, kernel_densities))
            return self.join(tensor, numeric, levels)
        cells = self.by_column(tensor)
        return [
            self.of_column(column, cells[column], weights, levels)
            for column in range(len(cells))
        ]

    def by_column(self, tensor: Tensor) -> list[ColumnCells]:
        """Split encoded rows by column.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Encoded rows.

        Returns
        -------
        list of ColumnCells
            One per column.
        """
        end = self.cells[-1][1]
        sizes = [stop - start for start, stop in self.cells]
        *blocks, last = tensor.split([*sizes, self.width - end], dim=1)
        absent = last.unbind(dim=1)
        return [
            ColumnCells(block, absent[place - end] if place >= 0 else None)
            for block, place in zip(blocks, self.missing.tolist(), strict=True)
        ]

    def of_column(
        self, column: int, cells: ColumnCells, weights: Tensor, levels: Tensor
    ) -> Tensor:
        """Compute the likelihood of the cells of one column under each latent state.

        Parameters
        ----------
        column : int
        cells : ColumnCells
            Cells of the column, hard or relaxed.
        weights : Tensor of shape (n_numeric, n_states, n_kernels), dtype float64
            Kernel weights.
        levels : Tensor of shape (n_states, n_levels), dtype float64
            Tables side by side.

        Returns
        -------
        Tensor of shape (n_states, n_rows), dtype float64
            As in `likelihood`, without the cells of the other columns.
        """
        mixture = None
        index = int(np.searchsorted(self.numeric, column))
        if index < len(self.numeric) and self.numeric[index] == column:
            used = torch.from_numpy(np.flatnonzero(self.kernels.used[index]))
            densities = self.kernels.column(index).densities(cells.block)[0]
            mixture = weights[index][:, used] @ densities
        return self._join_column(column, cells, mixture, levels)

    def join(
        self, tensor: Tensor, numeric: list[Tensor], levels: Tensor
    ) -> list[Tensor]:
        """Compute the likelihood of all cells, given that of the numeric cells.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Encoded rows, hard or relaxed.
        numeric : list of Tensor of shape (n_states, n_rows), dtype float64
            Density of each numeric column's mixture of kernels.
        levels : Tensor of shape (n_states, n_levels), dtype float64
            Tables side by side, then those of presence.

        Returns
        -------
        list of Tensor of shape (n_states, n_rows), dtype float64
            One per column, positive. It is 1 for columns outside of the circuit.
        """
        mixtures = dict(zip(self.numeric.tolist(), numeric, strict=True))
        return [
            self._join_column(column, cells, mixtures.get(column), levels)
            for column, cells in enumerate(self.by_column(tensor))
        ]

    def _join_column(
        self, column: int, cells: ColumnCells, mixture: Tensor | None, levels: Tensor
    ) -> Tensor:
        """Likelihood (n_states, n_rows) of cells, given that of a number (same shape).

        It is 1 for columns outside of the circuit.
        """
        if column in self.tables:
            likelihood = self._look_up(column, cells.block, levels)
        elif mixture is None:
            return levels.new_ones(len(levels), len(cells.block))
        else:
            likelihood = mixture
        if column not in self.presence:
            return likelihood
        start, stop = self.presence[column]
        missing, present = levels[:, start:stop].split(1, dim=1)
        share = cells.absent
        assert share is not None
        return missing * share + present * ((1.0 - share) * likelihood)

    def _look_up(self, column: int, block: Tensor, levels: Tensor) -> Tensor:
        """Probability (n_states, n_rows) of levels in each state."""
        start, stop = self.tables[column]
        table, is_group = levels[:, start:stop], column in self.groups
        if block.shape[1] == stop - start:
            likelihood = table @ block.T
            return likelihood + (1.0 - block.sum(dim=1)) if is_group else likelihood
        number = block[:, 0].long()
        likelihood = table[:, number.clamp_min(0)]
        return likelihood.masked_fill(number < 0, 1.0 if is_group else 0.0)

    def sum_levels(self, column: int, row_weights: Tensor, tensor: Tensor) -> Tensor:
        """Sum the weights of the rows with each level of a column.

        Parameters
        ----------
        column : int
            A column with levels.
        row_weights : Tensor of shape (n_states, n_rows), dtype float64
            Weights of the rows.
        tensor : Tensor of shape (n_rows, width), dtype float64
            Encoded rows.

        Returns
        -------
        Tensor of shape (n_states, n_levels_of_column), dtype float64
        """
        start, stop = self.tables[column]
        first, last = self.cells[column]
        if last - first == stop - start:
            return row_weights @ tensor[:, first:last]
        number = tensor[:, first].long()
        known = number >= 0
        sums = row_weights.new_zeros(len(row_weights), stop - start)
        return sums.index_add_(1, number[known], row_weights[:, known])

    def log_likelihood(
        self,
        tensor: Tensor,
        weights: Tensor,
        levels: Tensor,
        kernel_densities: Tensor | None = None,
    ) -> list[Tensor]:
        """Compute the logarithm of `likelihood`, with the same arguments."""
        leaves = self.likelihood(tensor, weights, levels, kernel_densities)
        return [leaf.log() for leaf in leaves]

    def sample(
        self,
        states: Tensor,
        weights: Tensor,
        levels: Tensor,
        generator: torch.Generator,
    ) -> Tensor:
        """Draw one row for each set of latent states.

        Parameters
        ----------
        states : Tensor of shape (n_columns, n_rows), dtype int64
            Latent state of each column in each row.
        weights : Tensor of shape (n_numeric, n_states, n_kernels), dtype float64
            Kernel weights.
        levels : Tensor of shape (n_states, n_levels), dtype float64
            Tables side by side.
        generator : torch.Generator
            Source of randomness.

        Returns
        -------
        Tensor of shape (n_rows, width), dtype float64
            Encoded rows without missing cells. A draw from an atom is its value. Cells
            of columns outside of the circuit are 0.
        """
        n_rows = states.shape[1]
        number_type: dict[str, Any] = {"dtype": torch.float64, "device": "cpu"}
        rows = torch.zeros(n_rows, self.width, **number_type)
        for index, column in enumerate(self.numeric.tolist()):
            kernel = draw(weights[index][states[column]], generator)
            rows[:, self.cells[column][0]] = self.kernels.sample(
                index, kernel.numpy(), generator
            )
        for column, (start, stop) in self.tables.items():
            chosen = draw(levels[:, start:stop][states[column]], generator)
            first, last = self.cells[column]
            if last - first == stop - start:
                rows[torch.arange(n_rows, device="cpu"), first + chosen] = 1.0
            else:
                rows[:, first] = chosen.double()
        return rows


def draw(probabilities: Tensor, generator: torch.Generator) -> Tensor:
    """Draw one category per row.

    Parameters
    ----------
    probabilities : Tensor of shape (n_rows, n_categories), dtype float64
        Probabilities of the categories; each row sums to 1.
    generator : torch.Generator
        Source of randomness.

    Returns
    -------
    Tensor of shape (n_rows,), dtype int64
        Drawn categories.
    """
    if not len(probabilities):
        return torch.empty(0, dtype=torch.int64, device="cpu")
    return torch.multinomial(probabilities, 1, generator=generator)[:, 0]
