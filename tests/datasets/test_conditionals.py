"""Distributions of one column: they sum or integrate to one, and draws follow them."""

import numpy as np
import pytest

from skpar.datasets._conditionals import (
    IDENTITY,
    LOG,
    LOGIT,
    Categorical,
    Node,
    TruncatedLogistic,
)

WHOLE = [
    TruncatedLogistic(IDENTITY, 8.0, 18, 75, steps=((1, 1.0),)),
    TruncatedLogistic(LOG, 0.3, 500, 5000, steps=((500, 0.7), (100, 0.2), (1, 0.1))),
    TruncatedLogistic(IDENTITY, 6.0, 12, 84, steps=((12, 0.85), (1, 0.15))),
]
CONTINUOUS = [
    TruncatedLogistic(IDENTITY, 2.0, -5, 9),
    TruncatedLogistic(LOG, 0.5, 10, 500_000),
    TruncatedLogistic(LOGIT, 0.4, 0.01, 0.95),
]


def _locations(distribution):
    ends = distribution.transform.forward(
        np.array([distribution.low, distribution.high], dtype=float)
    )
    return np.linspace(*ends, 7)


def _grid(distribution, n):
    ends = distribution.transform.forward(
        np.array([distribution.low, distribution.high], dtype=float)
    )
    edges = distribution.transform.inverse(np.linspace(*ends, n + 1))
    edges[[0, -1]] = distribution.low, distribution.high
    return (edges[1:] + edges[:-1]) / 2, np.diff(edges)


@pytest.mark.parametrize("distribution", WHOLE)
def test_masses_of_whole_numbers_sum_to_one(distribution):
    support = np.arange(distribution.low, distribution.high + 1.0)
    for location in _locations(distribution):
        total = np.exp(
            distribution.log_prob(support, np.full_like(support, location))
        ).sum()
        assert total == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("distribution", CONTINUOUS)
def test_densities_integrate_to_one(distribution):
    cells, widths = _grid(distribution, 50_000)
    for location in _locations(distribution):
        density = np.exp(distribution.log_prob(cells, np.full_like(cells, location)))
        assert (density * widths).sum() == pytest.approx(1.0, abs=1e-6)


def test_masses_of_levels_sum_to_one():
    logits = np.random.RandomState(0).normal(size=(20, 3))
    distribution = Categorical(("a", "b", "c"))
    masses = [np.exp(distribution.log_prob(np.full(20, j), logits)) for j in range(3)]
    np.testing.assert_allclose(np.sum(masses, axis=0), 1.0, atol=1e-12)


@pytest.mark.parametrize("distribution", WHOLE + CONTINUOUS)
def test_nothing_lies_outside_the_support(distribution):
    outside = np.array(
        [
            distribution.low - 1,
            distribution.low - 1e-9,
            distribution.high + 1e-9,
            np.inf,
        ]
    )
    location = np.full(4, _locations(distribution)[3])
    assert np.all(distribution.log_prob(outside, location) == -np.inf)


@pytest.mark.parametrize("distribution", WHOLE)
def test_whole_numbers_have_no_halves(distribution):
    halves = np.array([distribution.low + 0.5, distribution.high - 0.5])
    assert np.all(
        distribution.log_prob(halves, _locations(distribution)[2:4]) == -np.inf
    )


def test_draws_of_levels_have_the_stated_masses():
    n = 20_000
    distribution = Categorical(("a", "b", "c", "d"))
    logits = np.tile([0.0, 1.5, -1.0, 0.3], (n, 1))
    seen = np.bincount(
        distribution.sample(logits, np.random.RandomState(3)), minlength=4
    )
    share = np.exp(distribution.log_prob(np.arange(4), logits[:4]))
    assert np.all(np.abs(seen - n * share) < 4 * np.sqrt(n * share * (1 - share)))


@pytest.mark.parametrize("distribution", WHOLE)
def test_draws_of_whole_numbers_have_the_stated_masses(distribution):
    n = 20_000
    location = _locations(distribution)[3]
    cells = distribution.sample(np.full(n, location), np.random.RandomState(1))
    support = np.arange(distribution.low, distribution.high + 1.0)
    mass = np.exp(distribution.log_prob(support, np.full_like(support, location)))
    seen = np.bincount((cells - distribution.low).astype(int), minlength=len(support))
    order = np.cumsum(mass) * 20 // 1.000001
    for group in np.unique(order):
        share = mass[order == group].sum()
        error = np.sqrt(n * share * (1 - share))
        assert abs(seen[order == group].sum() - n * share) < 4.5 * error + 1e-9


@pytest.mark.parametrize("distribution", CONTINUOUS)
def test_draws_of_continuous_numbers_have_the_stated_density(distribution):
    n = 20_000
    location = _locations(distribution)[2]
    drawn = np.sort(distribution.sample(np.full(n, location), np.random.RandomState(2)))
    cells, widths = _grid(distribution, 20_000)
    density = np.exp(distribution.log_prob(cells, np.full_like(cells, location)))
    ends = np.cumsum(widths) + distribution.low
    stated = np.interp(drawn, ends, np.cumsum(density * widths))
    assert np.abs(stated - (np.arange(n) + 0.5) / n).max() < 1.95 / np.sqrt(n)


def test_far_locations_stay_finite():
    distribution = TruncatedLogistic(LOG, 0.16, 500, 20_000, steps=((1, 1.0),))
    cells = np.array([500.0, 20_000.0, 500.0, 20_000.0])
    location = np.log([100.0, 100.0, 90_000.0, 90_000.0])
    assert np.all(np.isfinite(distribution.log_prob(cells, location)))


def test_zero_and_missing_cells_share_the_mass_with_the_distribution():
    node = Node(
        "x",
        TruncatedLogistic(LOG, 0.5, 1, 1000),
        lambda v: np.full(len(v["x"]), 3.0),
        zero_log_odds=lambda v: np.full(len(v["x"]), -1.0),
        missing_rate=0.2,
    )
    cells, widths = _grid(node.distribution, 20_000)
    found = np.exp(node.log_prob({"x": np.concatenate([cells, [0.0, np.nan]])}))
    assert found[-1] == pytest.approx(0.2)
    assert found[-2] == pytest.approx(0.8 / (1 + np.e))
    assert found[-2:].sum() + (found[:-2] * widths).sum() == pytest.approx(1, abs=1e-6)
