"""Factuals: denied rows, and drawn ones where few are known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from skpar.training._factuals import choose_factuals

from .._configs import TRAINING
from .._people import Workshop, is_accepted


@pytest.fixture(scope="module")
def shop():
    return Workshop(n=150)


def choose(shop, **constants):
    config = dataclasses.replace(TRAINING, **constants)
    return choose_factuals(
        shop.denied_codes,
        shop.plausibility.denied,
        shop.encoder,
        is_accepted,
        config,
        np.random.RandomState(0),
    )


def test_drawn_factuals_are_denied_and_hold_values_of_training(shop):
    denied = shop.denied_codes
    factuals = choose(shop, drawn_per_denied=10)
    np.testing.assert_array_equal(factuals[: len(denied)], denied)
    drawn = factuals[len(denied) :]
    assert len(drawn) > 4 * len(denied)
    assert not is_accepted(drawn).any()
    assert (drawn >= np.nanmin(shop.codes, axis=0)).all()
    assert (drawn <= np.nanmax(shop.codes, axis=0)).all()
    assert (drawn[:, 0] == np.rint(drawn[:, 0])).all()


def test_few_people_get_factuals_up_to_a_least_number(shop):
    n_denied = len(shop.denied_codes)
    factuals = choose(shop, drawn_per_denied=0, min_factuals=n_denied + 20)
    assert len(factuals) == n_denied + 20


def test_many_denied_people_are_enough_factuals(shop):
    factuals = choose(shop, enough_factuals=30, max_factuals=30)
    assert len(factuals) == 30 < len(shop.denied_codes)
    rows = np.nan_to_num(np.vstack([factuals, shop.denied_codes]), nan=-1.0)
    assert len(np.unique(rows[:30], axis=0)) == 30
    assert len(np.unique(rows, axis=0)) == len(np.unique(rows[30:], axis=0))
