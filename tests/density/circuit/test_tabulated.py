"""A tabulated circuit has the densities of its circuit."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

from skpar.density.circuit._circuit import Circuit
from skpar.density.circuit._tabulated import TabulatedCircuit
from skpar.density.circuit._tree import Tree

from ..._degrees import Degrees
from .._circuits import fit
from .._oracle import KINDS, Oracle, make_world, worlds

NEAR = {"rtol": 1e-13, "atol": 1e-9}
"""Sums of large numbers lose what lies beyond float64's sixteen digits."""


def log_replaced(table, contexts, column, cells):
    """Log-density, up to a summand per row, with one column's cell replaced."""
    leaf = table.leaf[column][cells]
    density = (contexts.state[column] * leaf).sum(axis=1)
    return np.log(density) + table.log_peak[column][cells]


def check(world, columns):
    """Compare log-densities, also of rows with one cell replaced, with the circuit's.

    A context is right if it gives the change of density for any new cell.
    """
    tabulated = TabulatedCircuit(world.circuit, world.encoder)
    table = tabulated.tabulate(world.listed)
    expected = world.circuit.log_prob(world.rows)
    assert expected.isfinite().all()
    assert_allclose(tabulated.log_prob(table, world.index), expected, **NEAR)
    contexts = tabulated.contexts(table, world.index)
    assert_allclose(contexts.log_prob, expected, **NEAR)
    for column in columns:
        index = world.index.copy()
        index[column] = world.rng.randint(len(world.cells), size=index.shape[1])
        rows = write(world, column, index[column])
        change = log_replaced(table, contexts, column, index[column])
        change -= log_replaced(table, contexts, column, world.index[column])
        after = world.circuit.log_prob(rows)
        assert_allclose(contexts.log_prob + change, after, **NEAR)


def write(world, column, cells):
    """Rows with listed cells written into one column."""
    rows = world.rows.clone()
    block = world.encoder.slices[column]
    rows[:, block] = world.cells[cells][:, block]
    if (indicator := world.encoder.missing[column]) >= 0:
        rows[:, indicator] = world.cells[cells, indicator]
    return rows


@settings(max_examples=60)
@given(worlds(7, 16, [1.0, 1e20, 1e150, 1e300], n_queries=12))
def test_it_agrees_with_the_circuit(world):
    check(world, range(len(world.index)))


@settings(max_examples=25)
@given(worlds(4, 3))
def test_contexts_are_those_of_the_enumeration(world):
    oracle = Oracle(world.circuit, world.encoder)
    tabulated = TabulatedCircuit(world.circuit, world.encoder)
    contexts = tabulated.contexts(tabulated.tabulate(world.listed), world.index)
    share = contexts.state / contexts.state.sum(axis=2, keepdims=True)
    for place, row in enumerate(world.rows.numpy()):
        known = {j: oracle.leaf(j, row) for j in range(len(world.index))}
        for column in known:
            others = {j: leaf for j, leaf in known.items() if j != column}
            rest = oracle.total(others)
            joint = [
                oracle.total({**others, column: state})
                for state in np.eye(share.shape[2])
            ]
            assert_allclose(share[column, place], np.array(joint) / rest, rtol=1e-9)


def replace_circuit(world, tree, parameters=None):
    """The same world with another tree, and other probabilities perhaps."""
    leaves = world.circuit.leaves
    world.circuit = Circuit(tree, leaves, parameters or world.circuit.parameters)
    return world


@pytest.mark.parametrize("shape", ["star", "chain", "random"])
@pytest.mark.parametrize("size", [1.0, 1e60, 1e300])
def test_a_hundred_columns_do_not_underflow(shape, size):
    columns = [(KINDS[k % len(KINDS)], k % 3 == 0) for k in range(100)]
    world = make_world(columns, 16, 0, size, n_queries=12)
    before = np.arange(100) - 1
    if shape != "random":
        parent = np.minimum(before, 0) if shape == "star" else before
        replace_circuit(world, Tree(parent, np.arange(100)))
    check(world, range(0, 100, 9))


@pytest.mark.parametrize("shape", ["star", "chain"])
@pytest.mark.parametrize("seldom", [1e-9, 1e-18])
def test_sure_states_do_not_underflow(shape, seldom):
    """Levels and states next to impossible given one another, a hundred times."""
    world = make_world([("nominal", False)] * 100, 3, 0, n_queries=12)
    parameters = world.circuit.parameters
    parameters.transition[:] = seldom
    parameters.transition[:, range(3), range(3)] = 1.0
    parameters.levels[:] = seldom
    for start, stop in world.circuit.leaves.tables.values():
        for state in range(3):
            parameters.levels[state, start + state % (stop - start)] = 1.0
    before = np.arange(100) - 1
    parent = np.minimum(before, 0) if shape == "star" else before
    replace_circuit(world, Tree(parent, np.arange(100)), parameters)
    check(world, range(0, 100, 9))


def test_a_fitted_circuit_is_matched_too(encode, mixed_table):
    data = encode(mixed_table(300))
    rng = np.random.RandomState(0)
    index = rng.randint(300, size=(5, 200))
    world = SimpleNamespace(
        encoder=data.encoder,
        circuit=fit(data),
        cells=data.rows,
        listed=data.codes,
        index=index,
        rows=data.encoder.encode(np.take_along_axis(data.codes, index.T, axis=0)),
        rng=rng,
    )
    check(world, range(5))


def test_no_rows_no_densities():
    world = make_world([("continuous", True), ("nominal", False)], 2, 0)
    tabulated = TabulatedCircuit(world.circuit, world.encoder)
    none = np.empty((2, 0), dtype=np.int64)
    contexts = tabulated.contexts(tabulated.tabulate(world.listed), none)
    assert contexts.log_prob.shape == (0,)
    assert contexts.state.shape == (2, 0, 2)


@pytest.mark.parametrize("is_partial", [False, True])
def test_relations_do_not_matter(is_partial):
    """Broken patterns agree, and columns outside of the circuit have no influence."""
    degrees = Degrees.make(60)
    rows = degrees.encoder.encode(degrees.codes)
    determined = [degrees.years] if is_partial else []
    data = SimpleNamespace(encoder=degrees.encoder, rows=rows)
    circuit = fit(data, n_states=3, max_iter=3, determined=determined)
    listed = np.vstack([degrees.codes, degrees.torn(), degrees.broken(5.0)])
    rng = np.random.RandomState(0)
    world = SimpleNamespace(
        encoder=degrees.encoder,
        circuit=circuit,
        cells=degrees.encoder.encode(listed),
        listed=listed,
        index=rng.randint(len(listed), size=(4, 12)),
        rng=rng,
    )
    picked = np.take_along_axis(listed, world.index.T, axis=0)
    world.rows = degrees.encoder.encode(picked)
    check(world, range(4))
