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
    groups : frozenset of int
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
            start, stop = self.cells[column]
            self.tables[column] = (end, end + stop - start)
            end += stop - start
        self.presence: dict[int, tuple[int, int]] = {}
        for column in columns[self.missing[columns] >= 0].tolist():
            self.presence[column] = (end, end + 2)
            end += 2
        self.n_levels = end
        described = encoder.schema.columns
        whole = [column.kind == "integer" for column in described]
        self.groups = frozenset(
            column
            for column in self.tables
            if isinstance(described[column], GroupColumn)
        )
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
        if kernel_densities is None:
            kernel_densities = self.kernel_densities(tensor)
        return self.join(tensor, list(torch.bmm(weights, kernel_densities)), levels)

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
        likelihood = dict(zip(self.numeric.tolist(), numeric, strict=True))
        end = self.cells[-1][1]
        sizes = [stop - start for start, stop in self.cells]
        *blocks, last = tensor.split([*sizes, self.width - end], dim=1)
        absent = last.unbind(dim=1)
        parts = levels.split([b - a for a, b in self.distributions()], dim=1)
        tables, presence = parts[: len(self.tables)], parts[len(self.tables) :]
        for column, table in zip(self.tables, tables, strict=True):
            likelihood[column] = table @ blocks[column].T
            if column in self.groups:
                likelihood[column] = likelihood[column] + (
                    1.0 - blocks[column].sum(dim=1)
                )
        for column, table in zip(self.presence, presence, strict=True):
            share = absent[self.missing[column] - end]
            missing, present = table.split(1, dim=1)
            likelihood[column] = missing * share + present * (
                (1.0 - share) * likelihood[column]
            )
        columns = range(len(self.cells))
        if len(likelihood) < len(columns):
            one = torch.ones_like(next(iter(likelihood.values())))
            likelihood = {**dict.fromkeys(columns, one), **likelihood}
        return [likelihood[column] for column in columns]

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
            cells = self.cells[column][0] + chosen
            rows[torch.arange(n_rows, device="cpu"), cells] = 1.0
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
