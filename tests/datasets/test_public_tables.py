"""Descriptions of public tables agree with themselves."""

from __future__ import annotations

import pytest

from skpar import Range
from skpar.datasets import _public_tables

SOURCES = [
    _public_tables.ADULT,
    _public_tables.GERMAN_CREDIT,
    _public_tables.COMPAS,
    _public_tables.GIVE_ME_SOME_CREDIT,
]
EVERY = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.target)


@EVERY
def test_every_column_is_named_once(source):
    names = [*source.numbers, *source.levels, *source.unused, source.target]
    assert len(set(names)) == len(names) == len(source.columns)
    assert source.n_features == len(names) - len(source.unused) - 1


@EVERY
def test_rules_and_orders_are_for_columns_of_the_table(source):
    assert {*source.rules} <= {*source.numbers, *source.levels}
    assert {*source.ordinal} <= {*source.levels}


def test_ages_of_compas_rise_by_five_at_most():
    assert _public_tables.COMPAS.rules["age"] == Range(0, 5, relative=True)
