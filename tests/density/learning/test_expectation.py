import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose

from skpar.density.learning._expectation import expected_counts, log_densities

from .._circuits import fit


def count(circuit, rows, weight=None):
    return expected_counts(
        circuit.tree, circuit.leaves, circuit.parameters, rows, weight=weight
    )


@pytest.fixture
def small(encode, mixed_table):
    data = encode(mixed_table(120))
    return data, fit(data, n_states=3, max_iter=1)


def test_counts_add_up_to_the_rows(small):
    data, circuit = small
    total, counts = count(circuit, data.rows)
    assert_allclose(total, float(circuit.log_prob(data.rows).sum()))
    present = (~np.isnan(data.codes)).sum(axis=0)
    assert_allclose(counts.prior.sum(), 120)
    inner = circuit.tree.order[1:]
    assert_allclose(counts.transition.sum(dim=(1, 2))[inner], np.full(4, 120.0))
    numeric = circuit.leaves.numeric
    assert_allclose(counts.weights.sum(dim=(1, 2)), present[numeric])
    tables = circuit.leaves.tables
    sums = [counts.levels[:, start:stop].sum() for start, stop in tables.values()]
    assert_allclose(sums, present[list(tables)])


def test_counts_are_slopes_of_the_log_density(small):
    """Each is the parameter times the slope of the log-density along it."""
    data, circuit = small
    parameters = [part.requires_grad_() for part in circuit.parameters]
    prior, transition, weights, levels = parameters
    likelihood = circuit.leaves.likelihood(data.rows, weights, levels)
    inside = list(likelihood)
    for column, parent in circuit.tree.edges_up():
        inside[parent] = inside[parent] * (transition[column] @ inside[column])
    total = (prior @ inside[circuit.tree.root]).log().sum()
    slopes = torch.autograd.grad(total, parameters)
    value, counts = count(circuit, data.rows)
    assert_allclose(value, total.detach())
    for seen, part, slope in zip(counts, parameters, slopes, strict=True):
        assert_allclose(seen, (part * slope).detach(), rtol=1e-9, atol=1e-9)


def test_weights_count_as_repeated_rows(small):
    data, circuit = small
    times = np.random.RandomState(0).randint(0, 4, 120)
    total, counts = count(circuit, data.rows, torch.from_numpy(times).double())
    again, repeated = count(circuit, data.rows[np.repeat(np.arange(120), times)])
    assert_allclose(total, again)
    for a, b in zip(counts, repeated, strict=True):
        assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def test_counts_of_a_root_state_are_its_posterior(encode):
    data = encode(pd.DataFrame({"job": ["cook", "clerk", "judge"] * 10}))
    circuit = fit(data, n_states=2)
    parameters = circuit.parameters
    joint = parameters.prior[:, None] * parameters.levels @ data.rows.T
    posterior = (joint / joint.sum(dim=0)).sum(dim=1)
    assert_allclose(count(circuit, data.rows)[1].prior, posterior)


def test_log_densities_are_those_of_the_circuit(small):
    data, circuit = small
    rows = data.rows.clone()
    rows[:10, :3], rows[10:20, :3] = 1e300, -1e12
    parts = (circuit.tree, circuit.leaves, circuit.parameters)
    assert_allclose(log_densities(*parts, rows), circuit.log_prob(rows), rtol=1e-12)


def test_contradictions_in_a_wide_table_leave_every_count_finite(encode):
    rng = np.random.RandomState(0)
    values = rng.normal(size=(80, 1)) + 0.01 * rng.normal(size=(80, 150))
    data = encode(pd.DataFrame(values, columns=[f"c{k}" for k in range(150)]))
    circuit = fit(data, max_iter=3)
    rows = data.rows.clone()
    rows[:, ::2] = data.rows.flip(0)[:, ::2]
    total, counts = count(circuit, rows)
    assert np.isfinite(total)
    assert all(part.isfinite().all() for part in counts)
    assert_allclose(counts.prior.sum(), 80)
