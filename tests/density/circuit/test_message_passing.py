import itertools

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from skpar.density.circuit._message_passing import (
    draw_states,
    log_density,
    log_matmul,
)
from skpar.density.circuit._tree import Tree

TREE = Tree(np.array([1, -1, 1]), np.array([1, 0, 2]))


def distributions(*shape):
    raw = np.random.RandomState(0).dirichlet(np.ones(shape[-1]), shape[:-1])
    return torch.from_numpy(raw)


def test_log_matmul_neither_underflows_nor_loses_gradients():
    matrix = distributions(2, 3)
    values = torch.tensor([[0.0, -1e5], [-1.0, -1e5], [-800.0, -1e5 - 1]])
    values = values.double().requires_grad_()
    out = log_matmul(matrix, values)
    assert_allclose(out[:, 0].detach().exp(), matrix @ values[:, 0].detach().exp())
    assert torch.autograd.gradcheck(lambda x: log_matmul(matrix, x), values)


def test_log_density_is_the_sum_over_all_states():
    prior, transition = distributions(2), distributions(3, 2, 2)
    leaves = distributions(3, 5, 2).transpose(1, 2)  # (d, H, n)
    expected = torch.zeros(5).double()
    for states in itertools.product(range(2), repeat=3):
        term = prior[states[1]] * leaves[1, states[1]]
        for column in (0, 2):
            term = term * transition[column, states[1], states[column]]
            term = term * leaves[column, states[column]]
        expected += term
    actual = log_density(TREE, list(leaves.log()), prior, transition)
    assert_allclose(actual, expected.log(), rtol=1e-12)


def test_drawn_states_follow_prior_and_transitions():
    prior, transition = distributions(2), distributions(3, 2, 2)
    generator = torch.Generator().manual_seed(0)
    states = draw_states(TREE, 20_000, prior, transition, generator).numpy()
    for worlds in itertools.product(range(2), repeat=3):
        first, root, last = worlds
        chance = float(
            prior[root] * transition[0, root, first] * transition[2, root, last]
        )
        share = (states.T == worlds).all(axis=1).mean()
        assert abs(share - chance) < 4 * np.sqrt(chance * (1 - chance) / 20_000)


@pytest.mark.parametrize("n_rows", [0, 1])
def test_few_rows_are_drawn_too(n_rows):
    prior, transition = distributions(2), distributions(3, 2, 2)
    states = draw_states(TREE, n_rows, prior, transition, torch.Generator())
    assert states.shape == (3, n_rows)
