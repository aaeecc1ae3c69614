"""Leaves that are looked up are those that the circuit computes in torch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from skpar.density.circuit._leaf_lookup import LeafLookup

from ..._degrees import Degrees
from .._circuits import fit
from .._oracle import make_world, worlds


def check(circuit, encoder, codes):
    """Compare with the likelihoods of the circuit, cell by cell and state by state."""
    table = LeafLookup(circuit, encoder).tabulate(codes)
    _, _, weights, levels = circuit.parameters
    parts = circuit.leaves.likelihood(encoder.encode(codes), weights, levels)
    expected = np.stack([part.numpy().T for part in parts])
    assert_allclose(table.leaf.max(axis=2), 1.0, rtol=1e-12)
    peak = np.exp(table.log_peak)[:, :, None]
    assert_allclose(table.leaf * peak, expected, rtol=1e-9)


@settings(max_examples=40)
@given(worlds(7, 6, [1.0, 1e20, 1e150]))
def test_leaves_of_any_cells(world):
    check(world.circuit, world.encoder, world.listed)


@settings(max_examples=20)
@given(worlds(7, 6, [1.0, 1e20]), st.integers(0, 2**31))
def test_other_numbers_of_cells_for_each_column(world, seed):
    lookup = LeafLookup(world.circuit, world.encoder)
    n_cells, n_columns = world.listed.shape
    counts = np.random.RandomState(seed).randint(n_cells + 1, size=n_columns)
    whole, apart = lookup.tabulate(world.listed), lookup.tabulate(world.listed, counts)
    assert len(apart.leaves) == len(apart.log_peaks) == counts.sum()
    for j, count in enumerate(counts):
        leaf, log_peak = apart.of_column(j)
        assert len(leaf) == len(log_peak) == count
        assert_allclose(leaf, whole.leaf[j, :count], rtol=1e-12)
        assert_allclose(log_peak, whole.log_peak[j, :count], rtol=1e-12, atol=1e-12)
        assert_allclose(leaf, apart.leaves[apart.first[j] :][:count], rtol=0)


@pytest.mark.parametrize("is_partial", [False, True])
def test_patterns_that_no_level_has_and_columns_outside(is_partial):
    degrees = Degrees.make(60)
    determined = [degrees.years] if is_partial else []

    class Data:
        encoder, rows = degrees.encoder, degrees.encoder.encode(degrees.codes)

    circuit = fit(Data, n_states=3, max_iter=3, determined=determined)
    listed = np.vstack([degrees.codes, degrees.torn(), degrees.broken(5.0)])
    check(circuit, degrees.encoder, listed)


def test_a_leaf_depends_on_its_own_cell():
    world = make_world([("continuous", True), ("nominal", True)], 3, 0)
    lookup = LeafLookup(world.circuit, world.encoder)
    whole = lookup.tabulate(world.listed)
    for row in range(len(world.listed)):
        alone = lookup.tabulate(world.listed[[row]])
        assert_allclose(alone.leaf[:, 0], whole.leaf[:, row], rtol=1e-12)
    assert lookup.tabulate(world.listed[:0]).leaf.shape == (2, 0, 3)
