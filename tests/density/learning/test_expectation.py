import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose

from skpar.density._api import fit_circuit
from skpar.density.learning._em import smooth
from skpar.density.learning._expectation import expected_counts, log_densities


def fit(data, **options):
    return fit_circuit(
        data.encoder, data.rows, random_state=np.random.RandomState(0), **options
    )


def count(circuit, rows, weight=None):
    return expected_counts(
        circuit.tree, circuit.leaves, circuit.factors, rows, weight=weight
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
    factors = [part.requires_grad_() for part in circuit.factors]
    prior, transition, weights, levels = factors
    likelihood = circuit.leaves.likelihood(data.rows, weights, levels)
    inside = list(likelihood)
    for column in circuit.tree.order[:0:-1].tolist():
        parent = int(circuit.tree.parent[column])
        inside[parent] = inside[parent] * (transition[column] @ inside[column])
    total = (prior @ inside[circuit.tree.order[0]]).log().sum()
    slopes = torch.autograd.grad(total, factors)
    value, counts = count(circuit, data.rows)
    assert_allclose(value, total.detach())
    for seen, part, slope in zip(counts, factors, slopes, strict=True):
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
    factors = circuit.factors
    joint = factors.prior[:, None] * factors.levels @ data.rows.T
    posterior = (joint / joint.sum(dim=0)).sum(dim=1)
    assert_allclose(count(circuit, data.rows)[1].prior, posterior)


def test_log_densities_are_those_of_the_circuit(small):
    data, circuit = small
    rows = data.rows.clone()
    rows[:10, :3], rows[10:20, :3] = 1e300, -1e12
    parts = (circuit.tree, circuit.leaves, circuit.factors)
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


def no_belief(factors):
    return type(factors)(*(torch.zeros_like(part) for part in factors))


@pytest.mark.parametrize("with_belief", [False, True])
def test_em_never_lowers_its_objective(small, with_belief):
    data, circuit = small
    factors, beliefs = circuit.factors, circuit.factors
    if not with_belief:
        beliefs = no_belief(factors)
    values = []
    for _ in range(15):
        total, counts = expected_counts(
            circuit.tree, circuit.leaves, factors, data.rows
        )
        prior = sum(
            float(torch.xlogy(belief, part).sum())
            for belief, part in zip(beliefs, factors, strict=True)
        )
        values.append(total + prior)
        if not with_belief:
            counts = type(counts)(*(part + 1e-300 for part in counts))
        factors = smooth(circuit.leaves, counts, beliefs)
    assert (np.diff(values) > -1e-9).all()
    assert values[-1] > values[0] + 1
