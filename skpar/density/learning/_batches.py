"""Rows in mini-batches, encoded when they are needed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..circuit import Leaves
from ._responses import Responses

BATCH_ROWS = 512
CHUNK_BATCHES = 8  # read at once, which spares a table of many columns many calls
CACHE_BYTES = 256 * 2**20


class Batch(NamedTuple):
    """Some rows.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, width), dtype float64
        Encoded rows.
    responses : Responses
        Their kernel densities.
    weight : Tensor of shape (n_rows,), dtype float64
        How often each row counts.
    """

    rows: Tensor
    responses: Responses
    weight: Tensor


class Batches:
    """Shuffled rows in nearly equal parts of at most 512.

    As many batches as fit in their share of 256 MiB are kept; the others are made anew
    each time.

    Parameters
    ----------
    leaves : Leaves
        Computes the responses, which do not change during learning.
    take : callable
        Encodes the rows of given numbers, (k,) to a Tensor of shape (k, width).
    order : ndarray of shape (n_rows,), dtype int
        Numbers of the rows, shuffled.
    weight : ndarray of shape (n_all_rows,), dtype float64
        How often each row counts, by its number.
    n_states : int
        Latent states per column.

    Attributes
    ----------
    total_weight : float
        Sum of the weights.
    """

    def __init__(
        self,
        leaves: Leaves,
        take: Callable[[np.ndarray], Tensor],
        order: np.ndarray,
        weight: np.ndarray,
        n_states: int,
    ) -> None:
        self.leaves = leaves
        self.take = take
        self.order = order
        self.weight = weight
        self.n_states = n_states
        n_parts = -(-len(order) // BATCH_ROWS)
        self.bounds = np.arange(n_parts + 1) * len(order) // max(n_parts, 1)
        pairs = itertools.pairwise(self.bounds.tolist())
        self.total_weight = sum(float(weight[order[a:b]].sum()) for a, b in pairs)
        self._cache: list[Batch] = []
        self._fill(CACHE_BYTES * len(order) / len(weight))

    def _fill(self, room: float) -> None:
        """Keep batches while there is room, in bytes."""
        for parts in self._chunks():
            for batch in list(self._read(parts)):
                room -= batch.responses.n_bytes + 8 * batch.rows.numel()
                if room < 0:
                    return
                self._cache.append(batch._replace(rows=batch.rows.clone()))

    def __len__(self) -> int:
        """Count the batches."""
        return len(self.bounds) - 1

    def visit(
        self, random_state: np.random.RandomState | None = None
    ) -> Iterator[Batch]:
        """Go through all batches once.

        Parameters
        ----------
        random_state : RandomState, optional
            Shuffles the batches; else they come in order.

        Yields
        ------
        Batch
        """
        chunks = self._chunks()
        if random_state is not None:
            order = random_state.permutation(len(chunks))
            chunks = [random_state.permutation(chunks[k]).tolist() for k in order]
        for parts in chunks:
            yield from self._read(parts)

    def _chunks(self) -> list[list[int]]:
        """Group batches as they are read."""
        parts = list(range(len(self)))
        starts = range(0, len(self), CHUNK_BATCHES)
        return [parts[k : k + CHUNK_BATCHES] for k in starts]

    def _read(self, parts: list[int]) -> Iterator[Batch]:
        """Batches of one chunk, in the order of `parts`."""
        start = int(self.bounds[min(parts)])
        rows = None
        if max(parts) >= len(self._cache):
            rows = self.take(self.order[start : self.bounds[max(parts) + 1]])
        for part in parts:
            if rows is None or part < len(self._cache):
                yield self._cache[part]
                continue
            cut = slice(int(self.bounds[part]), int(self.bounds[part + 1]))
            block = rows[cut.start - start : cut.stop - start]
            weight = torch.from_numpy(self.weight[self.order[cut]])
            responses = Responses(self.leaves, block, self.n_states)
            yield Batch(block, responses, weight)
