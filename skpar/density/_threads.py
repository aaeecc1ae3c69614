"""A context manager that limits torch to one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import torch


class _OpenBlocks:
    """Number of open blocks, and number of threads before the first block."""

    lock = Lock()
    n_open = 0
    n_threads_before = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit torch to one thread inside the block.

    The tensors here are small. More threads would spend their time waiting for one
    another, and they would change the order of sums. Blocks may be nested, and blocks
    of several Python threads may overlap. The last block to close restores the number
    of threads from before the first block.
    """
    with _OpenBlocks.lock:
        # In each Python thread, the first call sets the number of threads of torch, so
        # it comes before everything else.
        n_threads = torch.get_num_threads()
        if _OpenBlocks.n_open == 0:
            _OpenBlocks.n_threads_before = n_threads
        _OpenBlocks.n_open += 1
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _OpenBlocks.lock:
            _OpenBlocks.n_open -= 1
            torch.set_num_threads(_OpenBlocks.n_threads_before)
