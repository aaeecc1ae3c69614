"""A crowd is counted whole, whatever its columns hold."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.report._crowd import spreads_of
from skpar.table._schema import TableSchema


def spread(values, **options):
    table = pd.DataFrame({"column": values})
    schema = TableSchema.infer(table, **options)
    return spreads_of(schema, schema.encode(table))[0]


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40))
def test_everybody_is_in_one_bin(values):
    found = spread(values)
    assert found.shares.sum() == pytest.approx(1.0)
    assert (np.diff(found.edges) > 0).all()
    assert len(found.edges) == len(found.shares) + 1


def test_whole_numbers_have_bins_of_their_own_where_they_are_few():
    found = spread([1, 1, 2, 4])
    np.testing.assert_array_equal(found.edges, [0.5, 1.5, 2.5, 3.5, 4.5])
    np.testing.assert_array_equal(found.shares, [0.5, 0.25, 0.0, 0.25])


def test_levels_are_counted_and_missing_cells_are_not():
    found = spread(["b", None, "a", "b"])
    np.testing.assert_array_equal(found.edges, [-0.5, 0.5, 1.5])
    np.testing.assert_allclose(found.shares, [1 / 3, 2 / 3])


def test_an_empty_crowd_has_no_shares():
    table = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]})
    for found in spreads_of(TableSchema.infer(table), np.empty((0, 2))):
        assert found.shares.sum() == 0


def test_extreme_people_do_not_stretch_the_scale():
    found = spread([*np.linspace(0, 1, 999), 1e9])
    assert found.edges[-1] < 1.1
    assert found.shares.sum() == pytest.approx(1.0)
