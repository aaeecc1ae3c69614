"""Mini-batches of rows with their kernel densities, encoded on demand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..._config import TrainingConfig
from ..circuit import CircuitParameters, ColumnDensities, Leaves


class KernelDensities:
    """Kernel densities of a batch, computed once per distinct value.

    Whole and rounded numbers repeat: in 512 rows, a column of ages has about 60
    distinct values. Computing once per value makes such columns two to four times as
    fast.

    Parameters
    ----------
    leaves : Leaves
        Kernel dictionary and layout.
    rows : Tensor of shape (n_rows, width), dtype float64
        Encoded rows.
    n_states : int
        Latent states per column.
    columns : list of ColumnDensities, optional
        Kernels of the numeric columns, if already prepared.

    Attributes
    ----------
    n_bytes : int
        Memory of the densities, in bytes.
    """

    def __init__(
        self,
        leaves: Leaves,
        rows: Tensor,
        n_states: int,
        columns: list[ColumnDensities] | None = None,
    ) -> None:
        if columns is None:
            columns = prepared_columns(leaves)
        self._leaves = leaves
        self._used = [column.used for column in columns]
        # Per numeric column: densities at the distinct values without padding
        # (n_kernels, n_values), and the index of each row's value (n_states, n_rows),
        # None if densities are per row.
        self._density: list[Tensor] = []
        self._value: list[Tensor | None] = []
        for index, column in enumerate(leaves.numeric.tolist()):
            values, value = rows[:, leaves.cells[column][0]], None
            if leaves.has_few_values[index]:
                values, value = values.unique(return_inverse=True)
                value = value.expand(n_states, -1)
            self._density.append(columns[index].densities(values))
            self._value.append(value)
        self.n_bytes = 8 * sum(density.numel() for density in self._density)

    def likelihood(self, rows: Tensor, parameters: CircuitParameters) -> list[Tensor]:
        """Compute the likelihood of each column's cell under each of its states.

        Parameters
        ----------
        rows : Tensor of shape (n_rows, width), dtype float64
            The rows of the batch.
        parameters : CircuitParameters
            Probabilities.

        Returns
        -------
        list of Tensor of shape (n_states, n_rows), dtype float64
            Same as the result of `Leaves.likelihood`.
        """
        numeric = []
        for weights, used, density, value in zip(
            parameters.weights, self._used, self._density, self._value, strict=True
        ):
            mixture = weights[:, used] @ density
            numeric.append(mixture if value is None else mixture.gather(1, value))
        return self._leaves.join(rows, numeric, parameters.levels)

    def sum_weighted(self, row_weights: list[Tensor], out: Tensor) -> None:
        """Compute weighted sums of the kernel densities over rows.

        Parameters
        ----------
        row_weights : list of Tensor of shape (n_states, n_rows), dtype float64
            Weights of the rows, per numeric column.
        out : Tensor of shape (n_numeric, n_states, n_kernels), dtype float64
            Tensor for the sums.
        """
        for index, (weight, density, value) in enumerate(
            zip(row_weights, self._density, self._value, strict=True)
        ):
            if value is not None:
                sums = weight.new_zeros(len(weight), density.shape[1])
                weight = sums.scatter_add_(1, value, weight)
            out[index][:, self._used[index]] = torch.mm(weight, density.T)


def prepared_columns(leaves: Leaves) -> list[ColumnDensities]:
    """Prepare the kernels of all numeric columns."""
    kernels = leaves.kernels
    return [ColumnDensities(kernels, index) for index in range(len(leaves.numeric))]


class Batch(NamedTuple):
    """One batch of rows.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, width), dtype float64
        Encoded rows.
    densities : KernelDensities
        Kernel densities of the rows.
    weight : Tensor of shape (n_rows,), dtype float64
        Weight of each row.
    """

    rows: Tensor
    densities: KernelDensities
    weight: Tensor

    @property
    def n_bytes(self) -> int:
        """Memory of rows and densities, in bytes."""
        return self.densities.n_bytes + 8 * self.rows.numel()


class Batches:
    """Shuffled rows in batches of nearly equal size.

    Batches are cached as long as they fit in their share of the cache. The others are
    computed again on each visit.

    Parameters
    ----------
    leaves : Leaves
        Computes the kernel densities, which do not change during learning.
    encode : callable
        Encodes rows: takes row numbers of shape (k,) and returns a Tensor of shape
        (k, width).
    order : ndarray of shape (n_rows,), dtype int
        Shuffled row numbers.
    weight : ndarray of shape (n_all_rows,), dtype float64
        Weight of each row, indexed by row number.
    n_states : int
        Latent states per column.
    config : TrainingConfig
        Sizes of batches, chunks and cache.

    Attributes
    ----------
    total_weight : float
        Sum of the weights.
    """

    def __init__(
        self,
        leaves: Leaves,
        encode: Callable[[np.ndarray], Tensor],
        order: np.ndarray,
        weight: np.ndarray,
        n_states: int,
        config: TrainingConfig,
    ) -> None:
        self.leaves = leaves
        self.encode = encode
        self.order = order
        self.weight = weight
        self.n_states = n_states
        self.chunk_size = config.em_batches_per_chunk
        n_batches = -(-len(order) // config.em_batch)
        self.bounds = np.arange(n_batches + 1) * len(order) // max(n_batches, 1)
        pairs = itertools.pairwise(self.bounds.tolist())
        self.total_weight = sum(float(weight[order[a:b]].sum()) for a, b in pairs)
        self._columns = prepared_columns(leaves)
        self._cache: list[Batch] = []
        self._fill_cache(config.em_cache_bytes * len(order) / len(weight))

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.bounds) - 1

    def visit(
        self, random_state: np.random.RandomState | None = None
    ) -> Iterator[Batch]:
        """Iterate over all batches once.

        Parameters
        ----------
        random_state : RandomState, optional
            Shuffles the batches. Without it, the batches come in order.

        Yields
        ------
        Batch
        """
        chunks = self._chunks()
        if random_state is not None:
            order = random_state.permutation(len(chunks))
            chunks = [random_state.permutation(chunks[k]).tolist() for k in order]
        for chunk in chunks:
            yield from self._read(chunk)

    def _fill_cache(self, n_bytes: float) -> None:
        """Cache batches until `n_bytes` are used."""
        for chunk in self._chunks():
            for batch in list(self._read(chunk)):
                n_bytes -= batch.n_bytes
                if n_bytes < 0:
                    return
                self._cache.append(batch._replace(rows=batch.rows.clone()))

    def _chunks(self) -> list[list[int]]:
        """Group the numbers of batches that are read together."""
        numbers = list(range(len(self)))
        starts = range(0, len(self), self.chunk_size)
        return [numbers[k : k + self.chunk_size] for k in starts]

    def _read(self, chunk: list[int]) -> Iterator[Batch]:
        """Yield the batches of one chunk, in its order."""
        start = int(self.bounds[min(chunk)])
        rows = None
        if max(chunk) >= len(self._cache):
            rows = self.encode(self.order[start : self.bounds[max(chunk) + 1]])
        for number in chunk:
            if rows is None or number < len(self._cache):
                yield self._cache[number]
                continue
            cut = slice(int(self.bounds[number]), int(self.bounds[number + 1]))
            block = rows[cut.start - start : cut.stop - start]
            weight = torch.from_numpy(self.weight[self.order[cut]])
            densities = KernelDensities(
                self.leaves, block, self.n_states, self._columns
            )
            yield Batch(block, densities, weight)
