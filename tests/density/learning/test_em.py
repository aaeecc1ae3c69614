import dataclasses

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from skpar.density.circuit._circuit import Circuit
from skpar.density.circuit._leaves import Leaves
from skpar.density.learning._batches import Batches
from skpar.density.learning._chow_liu import (
    discretize,
    maximum_spanning_tree,
    mutual_information,
)
from skpar.density.learning._em import EMRun, EMSettings, m_step
from skpar.density.learning._expectation import expected_counts
from skpar.density.learning._initialization import (
    first_counts,
    guess_states,
    pseudo_counts,
)

from .._circuits import CONFIG, fit

N_STATES = 3


@pytest.fixture
def data(encode, mixed_table):
    return encode(mixed_table(1100))


def begin(data, n_held_out, **constants):
    """A run of EM on a table, and its first counts."""
    config = dataclasses.replace(CONFIG, **constants)
    weight, rows = np.ones(len(data.rows)), data.rows.numpy()
    bins = discretize(data.encoder, rows, config.max_bins)
    tree = maximum_spanning_tree(mutual_information(bins))
    leaves = Leaves(data.encoder, rows, config)
    states = guess_states(bins, weight, N_STATES, 30, np.random.RandomState(0))
    first = first_counts(tree, leaves, data.rows, weight, states, N_STATES, config)
    order = np.random.RandomState(0).permutation(len(rows))
    held_out, train = (
        Batches(
            leaves,
            lambda index: data.rows[torch.from_numpy(index)],
            part,
            weight,
            N_STATES,
            config,
        )
        for part in (order[:n_held_out], order[n_held_out:])
    )
    pseudo = pseudo_counts(leaves, first, config)
    return EMRun(tree, leaves, pseudo, train, held_out, config), first


def finish(run, first, max_iter=30, tol=1e-4):
    settings = EMSettings(N_STATES, max_iter, tol)
    return run.run(first, settings, np.random.RandomState(0))


@pytest.mark.parametrize("n_held_out", [0, 200])
def test_passes_end_when_they_gain_too_little(data, n_held_out):
    run, first = begin(data, n_held_out)
    finish(run, first)
    assert run.n_iter < 30
    patient, first = begin(data, n_held_out)
    finish(patient, first, tol=1e-6)
    assert patient.n_iter > run.n_iter
    assert patient.log_density >= run.log_density
    short, first = begin(data, n_held_out)
    finish(short, first, max_iter=2)
    assert short.n_iter == 2


@pytest.mark.parametrize("n_held_out", [0, 200])
def test_the_log_density_is_that_of_the_rows_it_stands_for(data, n_held_out):
    run, first = begin(data, n_held_out, n_stepwise_passes=0)
    parameters = m_step(run.leaves, first, run.pseudo_counts)
    improved, log_density = run.full_pass(parameters, [run.train])
    if n_held_out:
        log_density, parameters = run.held_out_log_density(improved), improved
    finish(run, first, max_iter=1)
    assert run.log_density == log_density
    batches = run.held_out if n_held_out else run.train
    circuit = Circuit(run.tree, run.leaves, parameters)
    rows = torch.cat([batch.rows for batch in batches.visit()])
    assert_allclose(log_density, circuit.log_prob(rows).mean(), rtol=1e-9)


def test_stepwise_passes_learn_faster_than_full_ones(data):
    values = []
    for n_stepwise in (2, 0):
        run, first = begin(data, 300, em_batch=64, n_stepwise_passes=n_stepwise)
        finish(run, first, max_iter=2)
        values.append(run.log_density)
    assert values[0] > values[1]


@pytest.mark.parametrize(
    ("n_rows", "n_columns", "n_states"),
    [(1199.0, 9, 8), (1200.0, 9, 16), (5000.0, 50, 32), (5000.0, 51, 16)],
)
def test_the_number_of_states_follows_the_table_unless_given(
    n_rows, n_columns, n_states
):
    automatic, given = EMSettings("auto", 20, 1e-4), EMSettings(5, 20, 1e-4)
    assert automatic.choose_n_states(n_rows, n_columns, CONFIG) == n_states
    assert given.choose_n_states(n_rows, n_columns, CONFIG) == 5


def test_m_step_gives_distributions(data):
    run, first = begin(data, 0)
    prior, transition, weights, levels = m_step(run.leaves, first, run.pseudo_counts)
    assert_allclose(prior.sum(), 1.0)
    assert_allclose(transition.sum(dim=2), 1.0)
    assert_allclose(weights.sum(dim=2), 1.0)
    for start, stop in run.leaves.distributions():
        assert_allclose(levels[:, start:stop].sum(dim=1), 1.0)


@pytest.mark.parametrize("with_prior", [False, True])
def test_em_never_lowers_its_objective(encode, mixed_table, with_prior):
    data = encode(mixed_table(120))
    circuit = fit(data, n_states=3, max_iter=1)
    parameters, pseudo = circuit.parameters, circuit.parameters
    if not with_prior:
        pseudo = type(pseudo)(*(torch.zeros_like(part) for part in pseudo))
    values = []
    for _ in range(15):
        total, counts = expected_counts(
            circuit.tree, circuit.leaves, parameters, data.rows
        )
        prior = sum(
            float(torch.xlogy(count, part).sum())
            for count, part in zip(pseudo, parameters, strict=True)
        )
        values.append(total + prior)
        if not with_prior:
            counts = type(counts)(*(part + 1e-300 for part in counts))
        parameters = m_step(circuit.leaves, counts, pseudo)
    assert (np.diff(values) > -1e-9).all()
    assert values[-1] > values[0] + 1
