"""One thread for small tensors, and the caller's number again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import torch


class _Visits:
    """How many blocks are open, and the number of threads before the first."""

    lock = Lock()
    n_open = 0
    before = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch work on one thread inside the block.

    The tensors here are small: more threads spend their time waiting for one
    another, and they change the order of sums. Blocks may be nested and may overlap
    in several Python threads; the last one that closes leaves the number as the first
    one found it.
    """
    with _Visits.lock:
        # Asking comes first: the first question of a Python thread sets its number.
        asked = torch.get_num_threads()
        if _Visits.n_open == 0:
            _Visits.before = asked
        _Visits.n_open += 1
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _Visits.lock:
            _Visits.n_open -= 1
            torch.set_num_threads(_Visits.before)
