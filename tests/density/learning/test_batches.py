from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from skpar.density.circuit._leaves import Leaves
from skpar.density.learning._batches import Batches, KernelDensities

from .._circuits import CONFIG, fit


def place(data):
    return Leaves(data.encoder, data.rows.numpy(), CONFIG)


@pytest.fixture
def data(encode, mixed_table):
    return encode(mixed_table(250))


def test_likelihood_is_that_of_the_leaves(data):
    circuit = fit(data)
    parameters, leaves = circuit.parameters, circuit.leaves
    densities = KernelDensities(leaves, data.rows, len(parameters.prior))
    expected = leaves.likelihood(data.rows, parameters.weights, parameters.levels)
    actual = densities.likelihood(data.rows, parameters)
    for a, b in zip(actual, expected, strict=True):
        assert_allclose(a, b, rtol=1e-12)


def test_sums_are_over_rows(data):
    leaves = place(data)
    raw = np.random.RandomState(0).uniform(size=(3, 2, 250))
    weights = list(torch.from_numpy(raw))
    sums = torch.zeros(3, 2, leaves.kernels.used.shape[1], dtype=torch.float64)
    KernelDensities(leaves, data.rows, 2).sum_weighted(weights, sums)
    full = leaves.kernel_densities(data.rows)
    full[~torch.from_numpy(leaves.kernels.used)] = 0.0
    expected = torch.stack(weights) @ full.transpose(1, 2)
    assert_allclose(sums, expected, rtol=1e-12)


def test_repeated_values_take_little_memory(encode):
    rng = np.random.RandomState(0)
    table = pd.DataFrame(
        {"age": rng.randint(0, 20, 500), "weight": rng.normal(size=500)}
    )
    sizes = []
    for name in table:
        column = encode(table[[name]])
        leaves = place(column)
        densities = KernelDensities(leaves, column.rows, 2)
        sizes.append(densities.n_bytes / leaves.kernels.used.sum() / 8)
    assert sizes == [20, 500]


def make(data, n_rows, encoded=None, **constants):
    def encode(index):
        if encoded is not None:
            encoded.extend(index.tolist())
        return data.rows[torch.from_numpy(index)]

    constants = {"em_batch": 100, "em_batches_per_chunk": 2, **constants}
    order = np.random.RandomState(0).permutation(n_rows)
    config = replace(CONFIG, **constants)
    weight = np.arange(250.0)
    return Batches(place(data), encode, order, weight, 2, config)


@pytest.mark.parametrize("n_rows", [0, 1, 100, 101, 250])
@pytest.mark.parametrize("shuffled", [False, True])
def test_every_row_comes_once_with_its_weight(data, n_rows, shuffled):
    batches = make(data, n_rows)
    rng = np.random.RandomState(1) if shuffled else None
    for _ in range(2):
        seen = list(batches.visit(rng))
        assert len(seen) == len(batches)
        weights = np.concatenate([[], *(batch.weight for batch in seen)])
        assert_array_equal(np.sort(weights), np.arange(n_rows))
        for batch in seen:
            rows = data.rows[batch.weight.long()]
            assert_array_equal(batch.rows, rows)
        sizes = [len(batch.rows) for batch in seen]
        assert max(sizes, default=0) - min(sizes, default=0) <= 1
        assert max(sizes, default=0) <= 100
    assert batches.total_weight == n_rows * (n_rows - 1) / 2


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_batches_that_fit_in_the_cache_are_encoded_once(data, kept):
    sizes = [batch.n_bytes for batch in make(data, 250).visit()]
    encoded = []
    batches = make(
        data,
        250,
        encoded,
        em_cache_bytes=sum(sizes[:kept]) + 1,
        em_batches_per_chunk=1,
    )
    expected = [batch.rows for batch in make(data, 250).visit()]
    encoded.clear()
    for _ in range(4):
        for batch, rows in zip(batches.visit(), expected, strict=True):
            assert_array_equal(batch.rows, rows)
    counts = np.bincount(encoded, minlength=250)[batches.order]
    edge = batches.bounds[kept]
    assert (counts[:edge] == 0).all()
    assert (counts[edge:] == 4).all()


def test_shuffling_follows_the_random_state(data):
    batches = make(data, 250, em_batch=20)

    def firsts(seed):
        rng = np.random.RandomState(seed)
        return [float(batch.weight[0]) for batch in batches.visit(rng)]

    assert firsts(3) == firsts(3)
    assert len({tuple(firsts(seed)) for seed in range(9)}) > 1
