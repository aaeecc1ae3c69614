"""The caller's thread count comes back, whatever happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import torch

from skpar.density._threads import one_thread


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_one_thread_inside_and_the_callers_number_outside(two_threads):
    with pytest.raises(KeyError), one_thread():
        assert torch.get_num_threads() == 1
        raise KeyError
    assert torch.get_num_threads() == 2


def test_blocks_that_overlap_in_several_python_threads_leave_no_trace(two_threads):
    together = Barrier(3, timeout=10)

    def work(_):
        with one_thread():
            together.wait()
            return torch.get_num_threads()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(work, range(3))) == [1, 1, 1]
    assert torch.get_num_threads() == 2
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(torch.get_num_threads).result() == 2
