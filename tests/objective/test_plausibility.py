"""Calibration on held-out accepted rows."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import percentileofscore

from skpar._config import TrainingConfig
from skpar.density._api import RelationFactor, fit_circuit
from skpar.objective._eligibility import Eligibility
from skpar.objective._plausibility import Plausibility, mid_rank

from .._degrees import Degrees
from .._people import FittedCase

FEW = st.lists(st.integers(-3, 3), min_size=1, max_size=9)


@given(FEW, FEW)
def test_ranks_are_those_of_scipy(reference, values):
    found = mid_rank(np.sort(np.array(reference, float)), np.array(values, float))
    expected = percentileofscore(reference, values, kind="mean")
    np.testing.assert_allclose(found, np.asarray(expected) / 100)


@pytest.fixture(scope="module")
def shop():
    return FittedCase()


def test_percentile_is_the_mid_rank_among_held_out_rows(shop):
    reference = shop.plausibility.reference
    values = np.concatenate([reference, reference + 1e-6, [-np.inf, np.inf]])
    expected = [
        ((reference < value).sum() + (reference <= value).sum()) / (2 * len(reference))
        for value in values
    ]
    np.testing.assert_allclose(shop.plausibility.percentile(values), expected)
    assert shop.plausibility.percentile(np.array([-np.inf]))[0] == 0.0
    assert shop.plausibility.percentile(np.array([np.inf]))[0] == 1.0


def test_scale_and_bounds_come_from_the_held_out_rows(shop):
    reference = shop.plausibility.reference
    low, median, high = np.quantile(reference, [0.25, 0.5, 0.75])
    assert shop.plausibility.scale == max(1.0, high - low)
    assert shop.plausibility.cap == median
    assert len(reference) == len(shop.codes[shop.accepted][::5])


def test_log_densities_do_not_depend_on_the_batch(shop):
    whole = shop.plausibility.log_densities(np.vstack([shop.codes] * 10))
    single = shop.plausibility.log_densities(shop.codes)
    for many, few in zip(whole, single, strict=True):
        np.testing.assert_allclose(many, np.tile(few, 10), rtol=0, atol=1e-10)


def test_accepted_rows_are_likelier_under_their_own_density(shop):
    log_accepted, log_denied = shop.plausibility.log_densities(shop.codes)
    ratio = log_accepted - log_denied
    assert ratio[shop.accepted].mean() > 0 > ratio[~shop.accepted].mean()


@pytest.mark.parametrize("share", [0.001, 0.1, 0.3, 0.5, 0.77, 0.9, 0.999])
def test_the_quantile_is_the_least_that_has_the_percentile(shop, share):
    least = shop.plausibility.quantile(share)
    at_least, below = shop.plausibility.percentile(np.array([least, least - 1e-8]))
    assert at_least >= share > below
    assert shop.plausibility.quantile(0.0) == -np.inf


def test_marginals_are_sums_over_the_other_columns(shop):
    """A column of levels that is never missing has all of 1 on them."""
    whole = [
        (j, len(column.levels))
        for j, column in enumerate(shop.schema.columns)
        if column.levels is not None and not np.isnan(shop.codes[:, j]).any()
    ]
    assert whole
    for feature, n_levels in whole:
        for log_density in shop.plausibility.marginals(feature, np.arange(n_levels)):
            assert np.exp(log_density).sum() == pytest.approx(1.0, abs=1e-9)


@pytest.fixture(scope="module")
def school():
    """Degrees of accepted and denied people, with the factor for relations."""
    degrees = Degrees.make(300)
    codes = degrees.codes
    accepted = codes[:, 3] > 36
    held, learned = codes[accepted][::3], codes[accepted][1::3]
    circuits = [
        fit_circuit(
            degrees.encoder,
            degrees.encoder.encode(rows),
            config=TrainingConfig(),
            max_iter=3,
            random_state=np.random.RandomState(0),
            determined=(degrees.years,),
        ).circuit
        for rows in (learned, codes[~accepted])
    ]
    factor = RelationFactor(
        degrees.features, (degrees.years,), learned, TrainingConfig()
    )
    parts = degrees.encoder, *circuits, held
    return degrees, Plausibility(*parts), Plausibility(*parts, factor)


def test_rows_that_keep_all_relations_have_one_log_density(school):
    degrees, without, plausibility = school
    searched = plausibility.log_densities(degrees.codes)
    for one, other in zip(searched, without.log_densities(degrees.codes), strict=True):
        np.testing.assert_array_equal(one, other)
    read = plausibility.log_density(degrees.codes)
    np.testing.assert_allclose(read, searched[0], rtol=0, atol=1e-8)
    np.testing.assert_allclose(plausibility.reference, without.reference, atol=1e-8)
    for name in ("scale", "cap", "floor"):
        assert getattr(plausibility, name) == getattr(without, name)


def test_people_read_that_a_row_breaks_a_relation(school):
    degrees, without, plausibility = school
    for rows in (degrees.torn(), degrees.broken(3.0), degrees.broken(7.0)):
        read = plausibility.log_density(rows)
        assert (plausibility.percentile(read) <= 0.02).all()
        assert (read < plausibility.quantile(0.02)).all()
        # Search does not reward the repair of somebody's data.
        searched = plausibility.log_densities(rows)[0]
        np.testing.assert_array_equal(searched, without.log_densities(rows)[0])
    torn = plausibility.log_densities(degrees.torn())[0]
    np.testing.assert_array_equal(torn, plausibility.log_densities(degrees.codes)[0])


def test_without_a_factor_both_log_densities_are_equal(shop):
    log_density = shop.plausibility.log_density(shop.codes)
    np.testing.assert_array_equal(
        log_density, shop.plausibility.log_densities(shop.codes)[0]
    )
    np.testing.assert_array_equal(
        shop.plausibility.log_units(shop.codes), shop.encoder.log_units(shop.codes)
    )


def test_log_units_leave_out_what_the_factor_states(school):
    degrees, _, plausibility = school
    found = plausibility.log_units(degrees.codes)
    np.testing.assert_allclose(found, np.log(degrees.encoder.scale[3]))


def test_a_row_that_breaks_a_relation_has_too_small_a_percentile(school):
    degrees, _, plausibility = school
    eligibility = Eligibility(plausibility, plausibility.quantile(0.1), None)
    assert not eligibility.is_eligible(degrees.torn()).any()
    kept = plausibility.percentile(plausibility.log_density(degrees.codes)) >= 0.1
    np.testing.assert_array_equal(eligibility.is_eligible(degrees.codes), kept)
    assert kept.any()


def test_a_pickle_has_each_density_once():
    case = FittedCase(n=120)
    known = case.plausibility
    back = pickle.loads(pickle.dumps(known))
    np.testing.assert_array_equal(
        back.log_densities(case.codes), known.log_densities(case.codes)
    )
    parts = (known.encoder, known.accepted, known.denied, known.reference)
    alone = len(pickle.dumps(parts))
    assert len(pickle.dumps(known)) < alone + 2000
