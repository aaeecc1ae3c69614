"""Cell tables: the entries of a cell are right for every row that has it."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skpar import Range
from skpar.actionability import People
from skpar.generator import _cell_tables
from skpar.generator._cell_tables import CellTables, dot
from skpar.table._codes import same_cells

from .._people import FittedCase

RULES = {
    "same grid for everybody": None,
    "another grid for everybody": {"age": Range(-7, 21, step=7, relative=True)},
}
N_PEOPLE = 25


@pytest.fixture(scope="module", params=RULES)
def case(request):
    return FittedCase(RULES[request.param], n=200)


@pytest.fixture(scope="module")
def actions(case):
    people = People.unlimited(case.denied_codes[:N_PEOPLE])
    return case.action_builder.build(people)[0]


@pytest.fixture(scope="module")
def model(case):
    return case.scoring_model()


@pytest.fixture(scope="module", params=["few cells", "many cells"])
def make_tables(request, case, actions):
    """Make tables as for few cells, or as for many."""

    def make(model):
        with pytest.MonkeyPatch.context() as patch:
            if request.param == "many cells":
                patch.setattr(_cell_tables, "_COMMON", 0)
            return CellTables(model, actions, 1 + len(case.action_builder.grid))

    return make


@pytest.fixture(scope="module")
def tables(make_tables, model):
    return make_tables(model)


@pytest.fixture(scope="module")
def chosen(actions):
    """Any action of each feature, for every person."""
    shape = (N_PEOPLE, actions.values.shape[2])
    return np.random.RandomState(0).randint(actions.values.shape[1], size=shape)


@pytest.fixture(scope="module")
def rows(actions, chosen):
    return np.take_along_axis(actions.values, chosen[:, None], axis=1)[:, 0]


@pytest.fixture(scope="module")
def cells(tables, chosen):
    places = chosen.T[:, :, None]
    return np.take_along_axis(tables.cell, places, axis=2)[:, :, 0]


def test_numbers_of_cells_are_equal_where_values_are(actions, tables):
    for j, numbers in enumerate(tables.cell):
        values = actions.values[:, :, j].ravel()
        equal = same_cells(values[:, None], values[None])
        numbers = numbers.ravel()
        np.testing.assert_array_equal(numbers[:, None] == numbers, equal)


def test_hidden_sums_give_the_margin_of_rows(model, tables, rows, cells):
    hidden = tables.hidden_sum(cells, model.surrogate.start)
    assert_allclose(
        model.surrogate.margin(hidden),
        model.surrogate.decision_function(rows),
        atol=1e-12,
    )
    one_by_one = model.surrogate.start + sum(
        tables.embedded[tables.first[j] + cells[j]] for j in range(len(cells))
    )
    assert_allclose(one_by_one, hidden, atol=1e-12)


def test_leaves_give_both_densities_of_rows(case, model, tables, rows, cells):
    expected = case.plausibility.log_densities(rows)
    for circuit, leaves, exact in zip(
        model.circuits, tables.leaves, expected, strict=True
    ):
        assert_allclose(circuit.log_prob(leaves, cells), exact, atol=1e-9)


def test_another_surrogate_changes_only_what_cells_add(make_tables, tables, model):
    surrogate = copy.copy(model.surrogate)
    surrogate._embedding = 2.0 * surrogate._embedding
    other = model.with_surrogate(surrogate)
    expected = make_tables(other)
    changed = tables.with_surrogate(surrogate)
    assert not np.array_equal(tables.embedded, changed.embedded)
    np.testing.assert_array_equal(changed.embedded, expected.embedded)
    np.testing.assert_array_equal(changed.cell, expected.cell)
    for leaves, known in zip(changed.leaves, expected.leaves, strict=True):
        np.testing.assert_array_equal(leaves.leaves, known.leaves)


def test_columns_of_many_cells_are_not_padded(tables):
    counts = tables.leaves[0].counts
    assert len(tables.embedded) == counts.sum()
    if tables.is_small:
        assert (counts == tables.n_cells).all()
    else:
        np.testing.assert_array_equal(counts, 1 + tables.cell.max(axis=(1, 2)))
        assert counts.min() < counts.max() == tables.n_cells


def test_products_of_actions_that_are_open(actions, tables):
    rng = np.random.RandomState(0)
    n_actions = actions.values.shape[1]
    for j, numbers in enumerate(tables.cell):
        table = tables._entries(j)[2]
        vectors = rng.randn(N_PEOPLE, table.shape[1])
        columns = np.flatnonzero(actions.open[:, :, j].any(axis=0))
        targets = numbers[:, columns]
        products = tables.products(j, vectors, table, targets)
        expected = np.einsum("nh,nah->na", vectors, table[targets])
        is_open = actions.open[:, columns, j]
        assert_allclose(products[is_open], expected[is_open], atol=1e-9)
        assert 1 <= len(columns) <= n_actions


def test_dot_multiplies_row_by_row():
    one, other = np.random.RandomState(0).randn(2, 5, 3)
    assert_allclose(dot(one, other), [a @ b for a, b in zip(one, other, strict=True)])
