"""The search for relations: candidates of some rows, confirmed by all."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import skpar.density._relations as module
from skpar._config import TrainingConfig
from skpar.density._relations import find_relations
from skpar.relations import ColumnGroup, FeatureSchema
from skpar.table import TableSchema

from .._degrees import Degrees, make_degrees


@pytest.fixture
def finders(monkeypatch):
    """Finders that claim the relations of the degrees, whatever the rows."""
    degrees = Degrees.make()

    def find_groups(schema, codes, config):
        assert len(codes) <= 50
        return [ColumnGroup.of_columns(schema, [2, 3, 4])]

    def find_determined(features, codes, config, taken=()):
        assert len(codes) <= 50
        n_before = 3 if isinstance(features, FeatureSchema) else 1
        assert codes.shape[1] == features.n_features >= n_before
        return [degrees.years]

    monkeypatch.setattr(module, "find_groups", find_groups)
    monkeypatch.setattr(module, "find_determined", find_determined)


def find(table):
    schema = TableSchema.infer(table)
    sizes = []

    def encode(rows):
        codes = schema.encode(table[rows])
        sizes.append(len(codes))
        return codes

    config = dataclasses.replace(TrainingConfig(), max_structure_rows=50)
    found = find_relations(schema, encode, len(table), config)
    assert max(sizes) <= 50
    return found


@pytest.mark.parametrize("n_rows", [40, 50, 51, 200])
def test_relations_that_hold_are_kept(finders, n_rows):
    table = make_degrees(n_rows)
    features, determined = find(table)
    assert features.names == ("degree", "years", "job", "age")
    assert [one.column for one in determined] == [1]
    assert features.columns[2].seen == (True, True, True)


def test_one_row_of_200_ends_a_relation(finders):
    table = make_degrees(200)
    degree, years = table["degree"].to_numpy(), table["years"].to_numpy()
    rows = np.arange(200) % 4 > 0  # the sample is every fourth row
    row = int(np.flatnonzero(rows & (degree != "none"))[-1])
    torn = table.assign(years=np.where(np.arange(200) == row, 8, years))
    features, determined = find(torn)
    assert features.names == ("degree", "years", "job", "age")
    assert determined == ()
    broken = table.assign(job_cook=table["job_cook"] | (np.arange(200) == row))
    broken["job_judge"] |= np.arange(200) == row
    features, determined = find(broken)
    assert not isinstance(features, FeatureSchema)
    assert features.names == tuple(table.columns)


def test_a_rare_level_outside_of_the_sample_is_seen(finders):
    table = make_degrees(200)
    is_judge = np.arange(200) == 101
    table["job_judge"] = is_judge
    table["job_cook"] &= ~is_judge
    table["job_clerk"] = ~is_judge & ~table["job_cook"]
    features, _ = find(table)
    assert features.columns[2].seen == (True, True, True)


def test_nothing_is_found_in_independent_columns():
    rng = np.random.RandomState(0)
    table = make_degrees(200)
    for name in table:
        table[name] = rng.permutation(table[name].to_numpy())
    features, determined = find(table)
    assert isinstance(features, TableSchema)
    assert not isinstance(features, FeatureSchema)
    assert determined == ()
