import pickle
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skpar.density._api import fit_circuit
from skpar.density.circuit._tree import Tree
from skpar.table._encoder import TableEncoder
from skpar.table._schema import TableSchema

from .._oracle import KINDS, Oracle, make_circuit, make_table


def make_world(columns, n_states, seed, n_rows=18, n_queries=3):
    """A circuit, its oracle, and rows whose cells come from different people."""
    rng = np.random.RandomState(seed)
    table = make_table(columns, n_rows, rng)
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    encoder = TableEncoder(schema, codes)
    circuit = make_circuit(encoder, encoder.encode(codes), n_states, rng)
    mixed = np.column_stack([rng.choice(cells, n_queries) for cells in codes.T])
    return SimpleNamespace(
        encoder=encoder,
        circuit=circuit,
        oracle=Oracle(circuit, encoder),
        rows=encoder.encode(mixed),
        codes=mixed,
        absent=rng.uniform(size=mixed.shape) < 0.4,
        rng=rng,
    )


def grids_of(world, n_values=4):
    """Values on and off the training values, for every numeric column."""
    return {
        int(column): np.r_[0.0, world.rng.standard_cauchy(n_values - 1)]
        for column in world.encoder.numeric
    }


def replaced(world, row, column, cells):
    """A row with one column's cells rewritten; no longer missing."""
    row = row.copy()
    row[world.encoder.slices[column]] = cells
    if world.encoder.missing[column] >= 0:
        row[world.encoder.missing[column]] = 0.0
    return row


def hidden(world, place):
    """Columns of one query that are missing or to be hidden."""
    unknown = np.isnan(world.codes[place]) | world.absent[place]
    return set(np.flatnonzero(unknown).tolist())


def summed(world, place):
    """Columns of one query that are summed over, whether missing or not."""
    return set(np.flatnonzero(world.absent[place]).tolist())


worlds = st.builds(
    make_world,
    st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(0, 2**31),
)
few = settings(max_examples=25, deadline=None)


@few
@given(worlds)
def test_densities_and_marginals_are_those_of_the_enumeration(world):
    plain = [np.log(world.oracle.density(row)) for row in world.rows.numpy()]
    assert_allclose(world.circuit.log_prob(world.rows), plain, rtol=0, atol=1e-9)
    marginal = [
        np.log(world.oracle.density(row, summed(world, place)))
        for place, row in enumerate(world.rows.numpy())
    ]
    absent = torch.from_numpy(world.absent)
    actual = world.circuit.log_prob(world.rows, absent)
    assert_allclose(actual, marginal, rtol=0, atol=1e-9)
    contexts = world.circuit.contexts(world.rows, absent)
    assert_allclose(contexts.log_prob, marginal, rtol=0, atol=1e-9)


@few
@given(worlds)
def test_contexts_are_those_of_the_enumeration(world):
    contexts = world.circuit.contexts(world.rows)
    assert_allclose(contexts.weights.sum(dim=1), 1.0, rtol=1e-12)
    for place, row in enumerate(world.rows.numpy()):
        for column in range(len(world.encoder.slices)):
            others = set(range(len(world.encoder.slices))) - {column}
            leaves = {j: world.oracle.leaf(j, row) for j in others}
            rest = world.oracle.total(leaves)
            log_rest = contexts.log_rest[place, column]
            assert_allclose(log_rest, np.log(rest), rtol=0, atol=1e-9)
            for state, weight in enumerate(contexts.weights[column, :, place]):
                only = np.eye(contexts.weights.shape[1])[state]
                joint = world.oracle.total({**leaves, column: only})
                assert_allclose(weight, joint / rest, rtol=1e-9)


@few
@given(worlds)
def test_replacements_are_those_of_the_enumeration(world):
    grids = grids_of(world)
    candidates = world.circuit.candidates(grids)
    log_prob = world.circuit.replacement_log_prob(world.rows, candidates)
    given_rest = world.circuit.contexts(world.rows).conditional_log_prob(candidates)
    for column, cells in enumerate(world.encoder.slices):
        values = np.eye(cells.stop - cells.start)
        if column in grids:
            values = grids[column][:, None]
        assert (log_prob[:, column, len(values) :] == -np.inf).all()
        for place, row in enumerate(world.rows.numpy()):
            rest = np.log(world.oracle.density(row, [column]))
            expected = [
                np.log(world.oracle.density(replaced(world, row, column, value)))
                for value in values
            ]
            actual = log_prob[place, column, : len(values)]
            assert_allclose(actual, expected, rtol=0, atol=1e-9)
            actual = given_rest[place, column, : len(values)]
            assert_allclose(actual, expected - rest, rtol=0, atol=1e-9)
        if column not in grids:
            mass = given_rest[:, column].exp().sum(dim=1).numpy()
            if (indicator := world.encoder.missing[column]) >= 0:
                rows = world.rows.clone()
                rows[:, cells], rows[:, indicator] = 0.0, 1.0
                log_rest = world.circuit.contexts(world.rows).log_rest[:, column]
                mass += (world.circuit.log_prob(rows) - log_rest).exp().numpy()
            assert_allclose(mass, 1.0, rtol=1e-9)


@few
@given(worlds)
def test_swaps_are_those_of_the_enumeration(world):
    others = torch.stack([world.rows.roll(k, dims=0) for k in range(2)], dim=1)
    log_prob = world.circuit.swap_log_prob(world.rows, others)
    for place, row in enumerate(world.rows.numpy()):
        for column, cells in enumerate(world.encoder.slices):
            indicator = world.encoder.missing[column]
            for which, other in enumerate(others[place].numpy()):
                new = row.copy()
                new[cells] = other[cells]
                if indicator >= 0:
                    new[indicator] = other[indicator]
                expected = np.log(world.oracle.density(new))
                actual = log_prob[place, column, which]
                assert_allclose(actual, expected, rtol=0, atol=1e-9)


@few
@given(worlds)
def test_gradients_are_those_of_complex_differences(world):
    rows = world.rows.clone()
    for column, cells in enumerate(world.encoder.slices):
        size = cells.stop - cells.start
        if size > 1:
            shares = world.rng.dirichlet(np.ones(size), len(rows))
            rows[:, cells] = torch.from_numpy(shares)
        if world.encoder.missing[column] >= 0:
            shares = world.rng.uniform(size=len(rows))
            rows[:, world.encoder.missing[column]] = torch.from_numpy(shares)
    free = rows.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(world.circuit.log_prob(free).sum(), free)
    step = 1e-30
    for row, slope in zip(rows.numpy(), slopes.numpy(), strict=True):
        shifted = row + 1j * step * np.eye(len(row))
        expected = [np.log(world.oracle.density(x)).imag / step for x in shifted]
        assert_allclose(slope, expected, rtol=1e-9, atol=1e-9)


@few
@given(worlds)
def test_completions_attain_the_best_explanation(world):
    absent = torch.from_numpy(world.absent)
    filled = world.circuit.complete(world.rows, absent).numpy()
    for place, (row, full) in enumerate(zip(world.rows.numpy(), filled, strict=True)):
        columns = hidden(world, place)
        missing = columns - summed(world, place)
        best = world.oracle.best_explanation(row, columns, missing)
        attained = world.oracle.explanation(full, columns, missing)
        assert_allclose(np.log(attained), np.log(best), rtol=0, atol=1e-9)
        assert_filled(world, row, full, columns)


@few
@given(worlds)
def test_cells_are_completed_with_the_best_candidate(world):
    absent = torch.from_numpy(world.absent)
    candidates = world.circuit.candidates()
    filled = world.circuit.complete_cells(world.rows, candidates, absent).numpy()
    for place, (row, full) in enumerate(zip(world.rows.numpy(), filled, strict=True)):
        columns = hidden(world, place)
        assert_filled(world, row, full, columns)
        for column in columns:
            cells = world.encoder.slices[column]
            values = np.eye(cells.stop - cells.start)
            if column in world.oracle.numeric:
                index = world.oracle.numeric[column]
                used = world.oracle.kernels.used[index]
                values = world.oracle.kernels.location[index, used][:, None]
            density = [
                world.oracle.density(
                    replaced(world, row, column, value),
                    summed(world, place) - {column},
                )
                for value in [*values, full[cells]]
            ]
            assert_allclose(density[-1], max(density), rtol=1e-9)


def assert_filled(world, row, full, columns):
    """Every column in `columns` has a legal cell, all others are as they were."""
    for column, cells in enumerate(world.encoder.slices):
        indicator = world.encoder.missing[column]
        if column not in columns:
            assert_array_equal(full[cells], row[cells])
            continue
        if indicator >= 0:
            assert full[indicator] == 0.0
        if column not in world.oracle.numeric:
            assert sorted(full[cells])[-2:] == [0.0, 1.0]


def test_without_a_hidden_state_both_completions_find_the_commonest_levels():
    columns = [("nominal", True), ("ordinal", False), ("binary", True)]
    world = make_world(columns, 1, seed=0)
    absent = torch.ones(3, 3, dtype=torch.bool)
    jointly = world.circuit.complete(world.rows, absent)
    alone = world.circuit.complete_cells(world.rows, world.circuit.candidates(), absent)
    assert_array_equal(jointly, alone)


def test_cells_without_candidates_stay_missing():
    world = make_world([("continuous", True), ("nominal", True)], 2, seed=0)
    world.rows[:, world.encoder.missing] = 1.0
    filled = world.circuit.complete_cells(world.rows, world.circuit.candidates({}))
    assert (filled[:, world.encoder.missing[0]] == 1.0).all()
    assert (filled[:, world.encoder.missing[1]] == 0.0).all()


@pytest.mark.parametrize("seed", range(3))
def test_conditional_samples_have_the_frequencies_of_the_enumeration(seed):
    columns = [("continuous", True), ("nominal", True), ("integer", False)]
    world = make_world(columns, 3, seed, n_queries=1)
    row = world.rows[0].numpy()
    row[world.encoder.missing[:2]] = 1.0
    n_draws = 20_000
    drawn = world.circuit.sample_missing(
        torch.from_numpy(row).repeat(n_draws, 1), torch.Generator().manual_seed(seed)
    )
    first, levels, last = world.encoder.slices
    assert (drawn[:, world.encoder.missing[:2]] == 0.0).all()
    assert (drawn[:, last] == row[last][0]).all()
    known = {column: world.oracle.leaf(column, row) for column in range(3)}
    whole = world.oracle.total(known)
    for z in drawn[:, first].quantile(torch.tensor([0.2, 0.5, 0.8]).double()):
        below = {**known, 0: known[0] * world.oracle.mass_below(0, float(z))}
        for level, table in enumerate(world.oracle.tables[1].T):
            chance = world.oracle.total({**below, 1: known[1] * table}) / whole
            both = (drawn[:, first][:, 0] <= z) & (drawn[:, levels][:, level] == 1.0)
            error = float(both.double().mean()) - chance
            assert abs(error) < 4 * np.sqrt(chance * (1 - chance) / n_draws)


def test_conditional_samples_keep_present_cells_and_repeat(encode, mixed_table):
    data = encode(mixed_table(200))
    circuit = make_circuit(data.encoder, data.rows, 4, np.random.RandomState(0))
    draws = [
        circuit.sample_missing(data.rows, torch.Generator().manual_seed(seed))
        for seed in (0, 0, 1)
    ]
    assert_array_equal(draws[0], draws[1])
    assert (draws[0] != draws[2]).any()
    codes = data.encoder.decode(draws[0])
    present = ~np.isnan(data.codes)
    assert_array_equal(codes[present], data.codes[present])
    assert np.isfinite(codes).all()
    assert_array_equal(data.encoder.encode(codes)[:, 3:], draws[0][:, 3:])
    assert circuit.sample_missing(data.rows[:0], torch.Generator()).shape[0] == 0


def test_replacements_are_the_densities_of_rewritten_rows(encode, mixed_table):
    data = encode(mixed_table(300))
    circuit = fit_circuit(
        data.encoder, data.rows, max_iter=3, random_state=np.random.RandomState(0)
    )
    z = data.rows[:5, :3].numpy()
    candidates = circuit.candidates({0: z[:3, 0], 1: z[:, 1], 2: z[:1, 2]})
    actual = circuit.replacement_log_prob(data.rows, candidates)
    rewritten = []
    for column, cells in enumerate(data.encoder.slices):
        for choice in torch.from_numpy(candidates.rows):
            rows = data.rows.clone()
            rows[:, cells] = choice[cells]
            if data.encoder.missing[column] >= 0:
                rows[:, data.encoder.missing[column]] = 0.0
            rewritten.append(circuit.log_prob(rows))
    expected = torch.stack(rewritten, dim=1).reshape(actual.shape).numpy()
    expected[:, ~candidates.valid] = -np.inf
    assert_allclose(actual, expected, rtol=0, atol=1e-9)
    assert candidates.valid.sum(axis=1).tolist() == [3, 5, 1, 3, 2]


@pytest.mark.parametrize("size", [1e20, 1e150, 1e300, 1.7e308])
def test_extreme_numbers_have_finite_answers(encode, mixed_table, size):
    data = encode(mixed_table(100))
    circuit = fit_circuit(
        data.encoder, data.rows, max_iter=3, random_state=np.random.RandomState(0)
    )
    rows = data.rows[:20].clone()
    rows[::2, :3], rows[1::2, :2] = size, -size
    grid = np.array([-size, 0.0, size])
    candidates = circuit.candidates(dict.fromkeys(range(3), grid))
    log_prob = circuit.replacement_log_prob(rows, candidates)
    assert log_prob[:, candidates.valid].isfinite().all()
    assert circuit.contexts(rows).log_rest.isfinite().all()
    assert circuit.swap_log_prob(data.rows[:20], rows[:, None]).isfinite().all()
    generator = torch.Generator().manual_seed(0)
    assert circuit.sample_missing(rows, generator).isfinite().all()
    assert circuit.complete(rows).isfinite().all()
    assert circuit.complete_cells(rows, candidates).isfinite().all()


def test_extreme_training_values_have_finite_answers(encode):
    rng = np.random.RandomState(0)
    values = rng.normal(size=(60, 2))
    values[:3, 0] = [1e300, -1e300, 1e290]
    values[3:5, 1] = np.nan
    data = encode(pd.DataFrame(values, columns=["wild", "tame"]))
    circuit = fit_circuit(
        data.encoder, data.rows, max_iter=3, random_state=np.random.RandomState(0)
    )
    candidates = circuit.candidates()
    log_prob = circuit.replacement_log_prob(data.rows, candidates)
    assert log_prob[:, candidates.valid].isfinite().all()
    assert circuit.complete(data.rows).isfinite().all()


@pytest.mark.parametrize("shape", ["chain", "star"])
def test_wide_tables_do_not_underflow(encode, shape):
    n_columns = 120
    data = encode(pd.DataFrame(np.random.RandomState(0).normal(size=(30, n_columns))))
    circuit = make_circuit(
        data.encoder, data.rows, n_states=3, rng=np.random.RandomState(0)
    )
    order = np.arange(n_columns)
    parent = order - 1 if shape == "chain" else np.where(order > 0, 0, -1)
    circuit.tree = Tree(parent, order)
    rows = torch.full((2, n_columns), 1e60, dtype=torch.float64)
    rows[1, ::2] = -1e60
    contexts = circuit.contexts(rows)
    candidates = circuit.candidates({j: np.array([0.5]) for j in range(n_columns)})
    actual = contexts.replacement_log_prob(candidates)[:, :, 0]
    changed = rows[:, None].repeat(1, n_columns, 1)
    changed[:, order, order] = 0.5
    expected = [circuit.log_prob(block) for block in changed]
    assert_allclose(actual, torch.stack(expected), rtol=1e-12)
    assert circuit.complete(rows, torch.ones(2, n_columns).bool()).isfinite().all()


def test_a_row_does_not_depend_on_the_rows_beside_it(encode, mixed_table):
    data = encode(mixed_table(100))
    circuit = make_circuit(data.encoder, data.rows, 4, np.random.RandomState(0))
    candidates = circuit.candidates()
    others = data.rows.roll(1, dims=0)[:, None]
    answers = {
        "replacement": lambda cut: circuit.replacement_log_prob(
            data.rows[cut], candidates
        ),
        "swap": lambda cut: circuit.swap_log_prob(data.rows[cut], others[cut]),
        "complete": lambda cut: circuit.complete(data.rows[cut]),
        "cells": lambda cut: circuit.complete_cells(data.rows[cut], candidates),
    }
    for name, answer in answers.items():
        together = answer(slice(None))
        alone = torch.cat([answer(slice(k, k + 1)) for k in range(100)])
        assert_allclose(alone, together, rtol=0, atol=1e-12, err_msg=name)
        assert answer(slice(0, 0)).shape == together[:0].shape, name


def test_many_candidates_of_many_rows_are_worked_off_in_parts(
    encode, mixed_table, monkeypatch
):
    data = encode(mixed_table(40))
    circuit = make_circuit(data.encoder, data.rows, 4, np.random.RandomState(0))
    others = torch.stack([data.rows.roll(k, dims=0) for k in range(7)], dim=1)
    whole = circuit.swap_log_prob(data.rows, others)
    monkeypatch.setattr("skpar.density.circuit._queries.CELLS_AT_ONCE", 15)
    assert_allclose(circuit.swap_log_prob(data.rows, others), whole, rtol=1e-12)


def test_candidates_hold_numpy_only_and_may_be_read_only(encode, mixed_table):
    data = encode(mixed_table(50))
    circuit = make_circuit(data.encoder, data.rows, 2, np.random.RandomState(0))
    candidates = circuit.candidates()
    expected = circuit.replacement_log_prob(data.rows, candidates)
    filled = circuit.complete_cells(data.rows, candidates)
    copied = pickle.loads(pickle.dumps(candidates))
    for array in vars(copied).values():
        assert isinstance(array, np.ndarray)
        array.flags.writeable = False
    assert_array_equal(circuit.replacement_log_prob(data.rows, copied), expected)
    assert_array_equal(circuit.complete_cells(data.rows, copied), filled)
