"""One thread for small tensors, and the caller's number again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import torch


class _OpenBlocks:
    """Number of open blocks, and of threads before the first."""

    lock = Lock()
    n_open = 0
    n_threads_before = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch work on one thread inside the block.

    The tensors here are small: more threads spend their time waiting for one
    another, and they change the order of sums. Blocks may be nested and may overlap
    in several Python threads; the last one that closes restores the number of threads
    before the first.
    """
    with _OpenBlocks.lock:
        # The first call of a Python thread sets its number, so it comes before all.
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
