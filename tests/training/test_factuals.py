"""Factuals: denied rows, and drawn rows if there are few."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from skpar.density import HiddenChowLiuTree
from skpar.density._api import RelationFactor, fit_density
from skpar.training._factuals import choose_factuals

from .._configs import SHIPPED, TRAINING
from .._degrees import Degrees
from .._people import FittedCase, is_accepted


@pytest.fixture(scope="module")
def case():
    return FittedCase(n=150)


def choose(case, **constants):
    config = dataclasses.replace(SHIPPED, **{"min_factuals": 0, **constants})
    return choose_factuals(
        case.denied_codes,
        case.plausibility.denied,
        case.encoder,
        is_accepted,
        config,
        np.random.RandomState(0),
    )


def test_drawn_factuals_are_denied_and_hold_values_of_training(case):
    denied = case.denied_codes
    factuals = choose(case, drawn_per_denied=10)
    np.testing.assert_array_equal(factuals[: len(denied)], denied)
    drawn = factuals[len(denied) :]
    assert len(drawn) > 4 * len(denied)
    assert not is_accepted(drawn).any()
    assert (drawn >= np.nanmin(case.codes, axis=0)).all()
    assert (drawn <= np.nanmax(case.codes, axis=0)).all()
    assert (drawn[:, 0] == np.rint(drawn[:, 0])).all()


def test_factuals_are_drawn_up_to_a_minimum(case):
    n_denied = len(case.denied_codes)
    factuals = choose(case, drawn_per_denied=0, min_factuals=n_denied + 20)
    assert len(factuals) == n_denied + 20


def test_many_denied_people_are_enough_factuals(case):
    factuals = choose(case, enough_factuals=30, max_factuals=30)
    assert len(factuals) == 30 < len(case.denied_codes)
    rows = np.nan_to_num(np.vstack([factuals, case.denied_codes]), nan=-1.0)
    assert len(np.unique(rows[:30], axis=0)) == 30
    assert len(np.unique(rows, axis=0)) == len(np.unique(rows[30:], axis=0))


def test_wide_tables_have_fewer_factuals(case):
    n_columns = case.denied_codes.shape[1]
    few = {"max_factual_cells": 20 * n_columns + 1, "min_wide_factuals": 10}
    factuals = choose(case, **few)
    assert len(factuals) == 20 < len(case.denied_codes)
    assert len(choose(case, **few | {"min_wide_factuals": 30})) == 30
    assert len(choose(case, **few | {"max_factuals": 15})) == 15
    # Draws stop at the same number.
    many = len(case.denied_codes) + 7
    drawn = choose(case, max_factual_cells=many * n_columns, min_wide_factuals=0)
    assert len(drawn) == many


def test_determined_columns_of_drawn_factuals_follow():
    degrees = Degrees.make(120)
    fitted = fit_density(
        HiddenChowLiuTree(n_states=2, max_iter=2),
        degrees.encoder,
        degrees.codes,
        TRAINING,
        np.random.RandomState(0),
        (degrees.years,),
    )
    factor = RelationFactor(degrees.features, (degrees.years,), degrees.codes, TRAINING)
    factuals = choose_factuals(
        degrees.codes,
        fitted.circuit_,
        degrees.encoder,
        lambda codes: codes[:, 3] > 50,
        dataclasses.replace(SHIPPED, min_factuals=500),
        np.random.RandomState(0),
        factor.complete,
    )
    assert len(factuals) >= 500
    assert degrees.years.agrees(factuals).all()
    assert (factuals[:, 1] >= 8).all()
