"""Laws of one column: they sum or integrate to one, and draws follow them."""

import numpy as np
import pytest

from skpar.datasets._conditionals import IDENTITY, LOG, LOGIT, Levels, Node, Number

WHOLE = [
    Number(IDENTITY, 8.0, 18, 75, steps=((1, 1.0),)),
    Number(LOG, 0.3, 500, 5000, steps=((500, 0.7), (100, 0.2), (1, 0.1))),
    Number(IDENTITY, 6.0, 12, 84, steps=((12, 0.85), (1, 0.15))),
]
CONTINUOUS = [
    Number(IDENTITY, 2.0, -5, 9),
    Number(LOG, 0.5, 10, 500_000),
    Number(LOGIT, 0.4, 0.01, 0.95),
]


def _locations(law):
    ends = law.link.forward(np.array([law.low, law.high], dtype=float))
    return np.linspace(*ends, 7)


def _grid(law, n):
    ends = law.link.forward(np.array([law.low, law.high], dtype=float))
    edges = law.link.backward(np.linspace(*ends, n + 1))
    edges[[0, -1]] = law.low, law.high
    return (edges[1:] + edges[:-1]) / 2, np.diff(edges)


@pytest.mark.parametrize("law", WHOLE)
def test_masses_of_whole_numbers_sum_to_one(law):
    support = np.arange(law.low, law.high + 1.0)
    for location in _locations(law):
        total = np.exp(law.log_prob(support, np.full_like(support, location))).sum()
        assert total == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("law", CONTINUOUS)
def test_densities_integrate_to_one(law):
    cells, widths = _grid(law, 50_000)
    for location in _locations(law):
        density = np.exp(law.log_prob(cells, np.full_like(cells, location)))
        assert (density * widths).sum() == pytest.approx(1.0, abs=1e-6)


def test_masses_of_levels_sum_to_one():
    logits = np.random.RandomState(0).normal(size=(20, 3))
    law = Levels(("a", "b", "c"))
    masses = [np.exp(law.log_prob(np.full(20, j), logits)) for j in range(3)]
    np.testing.assert_allclose(np.sum(masses, axis=0), 1.0, atol=1e-12)


@pytest.mark.parametrize("law", WHOLE + CONTINUOUS)
def test_nothing_lies_outside_the_support(law):
    outside = np.array([law.low - 1, law.low - 1e-9, law.high + 1e-9, np.inf])
    location = np.full(4, _locations(law)[3])
    assert np.all(law.log_prob(outside, location) == -np.inf)


@pytest.mark.parametrize("law", WHOLE)
def test_whole_numbers_have_no_halves(law):
    halves = np.array([law.low + 0.5, law.high - 0.5])
    assert np.all(law.log_prob(halves, _locations(law)[2:4]) == -np.inf)


def test_draws_of_levels_have_the_stated_masses():
    n = 20_000
    law = Levels(("a", "b", "c", "d"))
    logits = np.tile([0.0, 1.5, -1.0, 0.3], (n, 1))
    seen = np.bincount(law.draw(logits, np.random.RandomState(3)), minlength=4)
    share = np.exp(law.log_prob(np.arange(4), logits[:4]))
    assert np.all(np.abs(seen - n * share) < 4 * np.sqrt(n * share * (1 - share)))


@pytest.mark.parametrize("law", WHOLE)
def test_draws_of_whole_numbers_have_the_stated_masses(law):
    n = 20_000
    location = _locations(law)[3]
    cells = law.draw(np.full(n, location), np.random.RandomState(1))
    support = np.arange(law.low, law.high + 1.0)
    mass = np.exp(law.log_prob(support, np.full_like(support, location)))
    seen = np.bincount((cells - law.low).astype(int), minlength=len(support))
    order = np.cumsum(mass) * 20 // 1.000001
    for group in np.unique(order):
        share = mass[order == group].sum()
        error = np.sqrt(n * share * (1 - share))
        assert abs(seen[order == group].sum() - n * share) < 4.5 * error + 1e-9


@pytest.mark.parametrize("law", CONTINUOUS)
def test_draws_of_continuous_numbers_have_the_stated_density(law):
    n = 20_000
    location = _locations(law)[2]
    drawn = np.sort(law.draw(np.full(n, location), np.random.RandomState(2)))
    cells, widths = _grid(law, 20_000)
    density = np.exp(law.log_prob(cells, np.full_like(cells, location)))
    ends = np.cumsum(widths) + law.low
    stated = np.interp(drawn, ends, np.cumsum(density * widths))
    assert np.abs(stated - (np.arange(n) + 0.5) / n).max() < 1.95 / np.sqrt(n)


def test_far_locations_stay_finite():
    law = Number(LOG, 0.16, 500, 20_000, steps=((1, 1.0),))
    cells = np.array([500.0, 20_000.0, 500.0, 20_000.0])
    location = np.log([100.0, 100.0, 90_000.0, 90_000.0])
    assert np.all(np.isfinite(law.log_prob(cells, location)))


def test_zero_and_missing_cells_share_the_mass_with_the_law():
    node = Node(
        "x",
        Number(LOG, 0.5, 1, 1000),
        lambda v: np.full(len(v["x"]), 3.0),
        zero=lambda v: np.full(len(v["x"]), -1.0),
        missing=0.2,
    )
    cells, widths = _grid(node.law, 20_000)
    found = np.exp(node.log_prob({"x": np.concatenate([cells, [0.0, np.nan]])}))
    assert found[-1] == pytest.approx(0.2)
    assert found[-2] == pytest.approx(0.8 / (1 + np.e))
    assert found[-2:].sum() + (found[:-2] * widths).sum() == pytest.approx(1, abs=1e-6)
