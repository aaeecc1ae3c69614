"""Tabulated circuits say what circuits say, cell by cell looked up."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skpar.density._api import Circuit, TabulatedCircuit, fit_circuit
from skpar.density.circuit._tree import Tree
from skpar.table._encoder import TableEncoder
from skpar.table._schema import TableSchema

from .._oracle import KINDS, make_circuit, make_table

N_MIXED = 12


def encode(table):
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    encoder = TableEncoder(schema, codes)
    return encoder, codes, encoder.encode(codes)


def mix(encoder, circuit, codes, rng, n_rows=N_MIXED):
    """Rows whose cells come from different people, listed and in full."""
    index = rng.randint(len(codes), size=(codes.shape[1], n_rows))
    rows = encoder.encode(np.take_along_axis(codes, index.T, axis=0))
    tabulated = TabulatedCircuit(circuit)
    return SimpleNamespace(
        circuit=circuit,
        rows=rows,
        tabulated=tabulated,
        table=tabulated.tabulate(encoder.encode(codes)),
        index=index,
    )


def make_case(columns, n_states, seed, extreme):
    """A circuit of any shape and probabilities; some numbers as large as may be."""
    rng = np.random.RandomState(seed)
    encoder, codes, rows = encode(make_table(columns, 18, rng))
    circuit = make_circuit(encoder, rows, n_states, rng)
    for column in encoder.numeric:
        present = np.flatnonzero(~np.isnan(codes[:, column]))
        codes[present[:2], column] = np.array([extreme, -extreme])[: len(present)]
    return mix(encoder, circuit, codes, rng)


cases = st.builds(
    make_case,
    st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), min_size=1, max_size=7),
    st.integers(1, 16),
    st.integers(0, 2**31),
    st.sampled_from([1.0, 1e20, 1e150, 1e300]),
)


def check(case):
    """Compare log-densities and contexts with those of the circuit itself."""
    expected = case.circuit.contexts(case.rows)
    log_prob = case.circuit.log_prob(case.rows)
    assert np.isfinite(log_prob.numpy()).all()
    # Sums of large numbers lose what lies beyond float64's sixteen digits.
    near = {"rtol": 1e-13, "atol": 1e-9}
    assert_allclose(case.tabulated.log_prob(case.table, case.index), log_prob, **near)
    around = case.tabulated.surroundings(case.table, case.index)
    assert_allclose(around.log_prob, log_prob, **near)
    share = around.state / around.state.sum(axis=2, keepdims=True)
    weights = expected.weights.numpy().transpose(0, 2, 1)
    assert_allclose(share, weights, rtol=1e-6, atol=1e-9)


@settings(max_examples=60)
@given(cases)
def test_it_agrees_with_the_circuit(case):
    check(case)


@pytest.mark.parametrize("shape", ["star", "chain", "random"])
@pytest.mark.parametrize("size", [1.0, 1e60, 1e300])
def test_a_hundred_columns_do_not_underflow(shape, size):
    rng = np.random.RandomState(0)
    columns = [(KINDS[k % len(KINDS)], k % 3 == 0) for k in range(100)]
    encoder, codes, rows = encode(make_table(columns, 30, rng))
    circuit = make_circuit(encoder, rows, 16, rng)
    before = np.arange(100) - 1
    parent = {"star": np.minimum(before, 0), "chain": before}.get(
        shape, circuit.tree.parent
    )
    order = np.arange(100) if shape != "random" else circuit.tree.order
    circuit = Circuit(Tree(parent, order), circuit.leaves, circuit.factors)
    codes[::2, encoder.numeric] *= size
    check(mix(encoder, circuit, codes, rng))


@pytest.mark.parametrize("shape", ["star", "chain"])
@pytest.mark.parametrize("seldom", [1e-9, 1e-18])
def test_sure_states_do_not_underflow(shape, seldom):
    """Levels and states next to impossible given one another, a hundred times."""
    rng = np.random.RandomState(0)
    encoder, codes, rows = encode(make_table([("nominal", False)] * 100, 30, rng))
    circuit = make_circuit(encoder, rows, 3, rng)
    factors = circuit.factors
    factors.transition[:] = seldom
    factors.transition[:, range(3), range(3)] = 1.0
    factors.levels[:] = seldom
    for start, stop in circuit.leaves.tables.values():
        for state in range(3):
            factors.levels[state, start + state % (stop - start)] = 1.0
    before = np.arange(100) - 1
    parent = np.minimum(before, 0) if shape == "star" else before
    circuit = Circuit(Tree(parent, np.arange(100)), circuit.leaves, factors)
    check(mix(encoder, circuit, codes, rng))


def test_a_fitted_circuit_is_matched_too(mixed_table):
    encoder, codes, rows = encode(mixed_table(300))
    rng = np.random.RandomState(0)
    circuit = fit_circuit(encoder, rows, random_state=rng)
    check(mix(encoder, circuit, codes, rng, n_rows=200))


def test_leaves_are_scaled_to_one_and_their_peaks_told(mixed_table):
    encoder, _, rows = encode(mixed_table(60))
    circuit = make_circuit(encoder, rows, 3, np.random.RandomState(0))
    table = TabulatedCircuit(circuit).tabulate(rows)
    assert table.leaf.shape == (5, 60, 3)
    assert_array_equal(table.leaf.max(axis=2), 1.0)
    factors = circuit.factors
    leaves = circuit.leaves.likelihood(rows, factors.weights, factors.levels)
    for column, leaf in enumerate(leaves):
        told = table.leaf[column] * np.exp(table.log_peak[column])[:, None]
        assert_allclose(told, leaf.T, rtol=1e-12)


def test_no_rows_no_densities():
    encoder, _, rows = encode(pd.DataFrame({"a": [1.5, 2.5, 3.5], "b": list("xyx")}))
    circuit = make_circuit(encoder, rows, 2, np.random.RandomState(0))
    tabulated = TabulatedCircuit(circuit)
    none = np.empty((2, 0), dtype=np.int64)
    around = tabulated.surroundings(tabulated.tabulate(rows), none)
    assert around.log_prob.shape == (0,)
    assert around.state.shape == (2, 0, 2)
