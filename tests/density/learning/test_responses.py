import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose

from skpar.density._api import fit_circuit
from skpar.density.circuit._leaves import Leaves
from skpar.density.learning._responses import Responses


@pytest.fixture
def data(encode, mixed_table):
    return encode(mixed_table(300))


def test_likelihood_is_that_of_the_leaves(data):
    circuit = fit_circuit(
        data.encoder, data.rows, random_state=np.random.RandomState(0)
    )
    factors, leaves = circuit.factors, circuit.leaves
    responses = Responses(leaves, data.rows, len(factors.prior))
    expected = leaves.likelihood(data.rows, factors.weights, factors.levels)
    actual = responses.likelihood(data.rows, factors)
    for a, b in zip(actual, expected, strict=True):
        assert_allclose(a, b, rtol=1e-12)


def test_counts_are_sums_over_rows(data):
    leaves = Leaves(data.encoder, data.rows.numpy())
    pulls = list(torch.from_numpy(np.random.RandomState(0).uniform(size=(3, 2, 300))))
    counts = torch.zeros(3, 2, leaves.kernels.used.shape[1], dtype=torch.float64)
    Responses(leaves, data.rows, 2).count(pulls, counts)
    full = leaves.responses(data.rows)
    full[~torch.from_numpy(leaves.kernels.used)] = 0.0
    expected = torch.stack(pulls) @ full.transpose(1, 2)
    assert_allclose(counts, expected, rtol=1e-12)


def test_repeated_values_take_little_memory(encode):
    rng = np.random.RandomState(0)
    table = pd.DataFrame(
        {"age": rng.randint(0, 20, 500), "weight": rng.normal(size=500)}
    )
    sizes = []
    for name in table:
        column = encode(table[[name]])
        leaves = Leaves(column.encoder, column.rows.numpy())
        responses = Responses(leaves, column.rows, 2)
        sizes.append(responses.n_bytes / leaves.kernels.used.sum() / 8)
    assert sizes == [20, 500]
