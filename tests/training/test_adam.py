"""Adam on a flat array, and the schedule of its rate."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from skpar.training._adam import Adam, RowAdam, one_cycle


def test_it_takes_the_steps_of_torch():
    rng = np.random.RandomState(0)
    start, rates = rng.randn(30), (0.1, 0.03, 0.2, 0.01)
    ours, theirs = start.copy(), torch.from_numpy(start.copy()).requires_grad_()
    adam, optimizer = Adam(ours), torch.optim.Adam([theirs])
    for rate in rates:
        gradient = rng.randn(30) * 10.0 ** rng.randint(-6, 3, size=30)
        adam.step(gradient, rate)
        optimizer.param_groups[0]["lr"] = rate
        theirs.grad = torch.from_numpy(gradient)
        optimizer.step()
        assert_allclose(ours, theirs.detach(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_keeps_array_and_type_and_finds_a_minimum(dtype):
    parameters = np.array([3.0, -2.0, 0.0], dtype)
    kept, goal = parameters, np.array([1.0, 1.0, -1.0], dtype)
    adam = Adam(parameters)
    for step in range(400):
        adam.step(2.0 * (parameters - goal), 0.1 * one_cycle(step / 400, 0.3))
    assert parameters is kept and parameters.dtype == dtype
    assert_allclose(parameters, goal, atol=1e-2)


def test_without_gradient_nothing_moves():
    parameters = np.array([3.0, -2.0])
    Adam(parameters).step(np.zeros(2), 0.1)
    assert parameters.tolist() == [3.0, -2.0]


def test_steps_of_rows_are_those_of_torch_for_sparse_gradients():
    rng = np.random.RandomState(0)
    start = rng.randn(6, 3)
    ours, theirs = start.copy(), torch.from_numpy(start.copy()).requires_grad_()
    adam, optimizer = RowAdam(ours), torch.optim.SparseAdam([theirs])
    for rate in (0.1, 0.03, 0.2, 0.01):
        rows = rng.permutation(5)[:2]
        gradient = 1e3 * rng.randn(2, 3)  # torch adds its small number elsewhere
        adam.step(rows, gradient, rate)
        optimizer.param_groups[0]["lr"] = rate
        theirs.grad = torch.sparse_coo_tensor(
            rows[None], gradient, (6, 3), check_invariants=True
        )
        optimizer.step()
        assert_allclose(ours, theirs.detach(), rtol=1e-6)
    assert (ours[5] == start[5]).all()


def test_steps_of_all_rows_are_those_of_an_array():
    rng = np.random.RandomState(0)
    one = rng.randn(4, 3)
    other = one.copy()
    by_row, whole = RowAdam(one), Adam(other.reshape(-1))
    for _ in range(5):
        gradient = rng.randn(4, 3)
        by_row.step(np.arange(4), gradient, 0.1)
        whole.step(gradient.ravel(), 0.1)
    assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("warm_up", [0.1, 0.3, 0.9])
def test_the_rate_rises_to_its_peak_and_falls_to_zero(warm_up):
    share = np.array([one_cycle(done, warm_up) for done in np.linspace(0, 1, 101)])
    peak = int(round(100 * warm_up))
    assert_allclose(share[[0, peak, -1]], [0.0, 1.0, 0.0], atol=1e-12)
    assert (np.diff(share[: peak + 1]) > 0).all()
    assert (np.diff(share[peak:]) < 0).all()
