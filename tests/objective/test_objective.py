"""The objective: one formula, with bounded density terms."""

from __future__ import annotations

import itertools
from dataclasses import asdict, replace

import numpy as np
import pytest

from skpar.actionability import People
from skpar.objective._objective import Weights
from skpar.table._codes import n_changed, same_cells

from .._configs import TRAINING
from .._people import WEIGHTS, FittedCase, is_accepted


@pytest.fixture(scope="module")
def shop():
    return FittedCase()


def test_the_objective_is_the_sum_of_its_terms(shop):
    factual, candidate = shop.codes[:50], shop.codes[50:100]
    log_accepted, log_denied = shop.plausibility.log_densities(candidate)
    scale, cap, floor = (
        getattr(shop.plausibility, k) for k in ("scale", "cap", "floor")
    )
    expected = (
        WEIGHTS.plausibility * np.minimum(log_accepted, cap) / scale
        - WEIGHTS.denied * np.maximum(log_denied, floor) / scale
        - WEIGHTS.effort * shop.effort.per_feature(factual, candidate).sum(axis=1)
        - WEIGHTS.sparsity * n_changed(factual, candidate)
        - WEIGHTS.outlier * shop.outlier_scorer.score(candidate)
    )
    np.testing.assert_allclose(
        shop.objective.evaluate(factual, candidate), expected, atol=1e-12
    )


@pytest.mark.parametrize(
    "name", ["plausibility", "denied", "effort", "sparsity", "outlier"]
)
def test_each_weight_moves_its_term_alone(shop, name):
    base = dict.fromkeys(asdict(Weights()), 0.0)
    factual, candidate = shop.codes[:80], shop.codes[80:160]
    values = [
        shop.objective_with(Weights(**{**base, name: weight})).evaluate(
            factual, candidate
        )
        for weight in (0.0, 1.0, 3.0)
    ]
    assert not values[0].any()
    assert values[1].any()
    np.testing.assert_allclose(values[2], 3 * values[1])


def test_no_point_on_the_bounds_beats_the_best_accepted_training_row(shop):
    density_terms = shop.objective_with(Weights(1.0, 0.3, 0.0, 0.0, 0.0)).evaluate
    accepted = shop.codes[shop.accepted]
    best = density_terms(accepted, accepted).max()
    rng = np.random.RandomState(0)
    low = np.array([column.low for column in shop.schema.columns])
    high = np.array([column.high for column in shop.schema.columns])
    corners = np.where(rng.rand(5000, len(low)) < 0.5, low, high)
    assert density_terms(corners, corners).max() <= best + 1e-9


def test_the_density_terms_are_bounded(shop):
    log_density = np.array([-1e9, shop.plausibility.cap, 1e9])
    accepted, denied = shop.plausibility.terms(log_density, log_density)
    assert accepted[1] == accepted[2] == shop.plausibility.cap / shop.plausibility.scale
    assert denied[0] == shop.plausibility.floor / shop.plausibility.scale


def test_combining_densities_and_cost_gives_the_upper_bound(shop):
    """Training and search combine densities and costs that they get by themselves."""
    factual, candidate = shop.codes[:30], shop.codes[30:60]
    objective = shop.objective_with(Weights(0.7, 0.4, 2.0, 0.3))
    densities = shop.plausibility.log_densities(candidate)
    effort = shop.effort.per_feature(factual, candidate).sum(axis=1)
    changed = n_changed(factual, candidate)
    cost = objective.change_cost(effort, changed)
    np.testing.assert_allclose(cost, 2.0 * effort + 0.3 * changed)
    value = objective.combine(*densities, cost)
    np.testing.assert_allclose(
        value, objective.upper_bound(factual, candidate), atol=1e-12
    )
    together = objective.combine(*(part.reshape(5, 6) for part in (*densities, cost)))
    np.testing.assert_array_equal(together.ravel(), value)


def test_the_upper_bound_exceeds_the_objective_by_the_outlier_penalty(shop):
    factual, candidate = shop.codes[:200], shop.codes[100:300]
    objective = shop.objective_with(Weights(outlier=0.8))
    lost = objective.upper_bound(factual, candidate) - objective.evaluate(
        factual, candidate
    )
    outlying = shop.outlier_scorer.score(candidate)
    assert outlying.any() and not outlying.all()
    np.testing.assert_allclose(lost, 0.8 * outlying, atol=1e-12)
    np.testing.assert_array_equal(objective.outlier_penalty(candidate), 0.8 * outlying)
    without = shop.objective_with(Weights(outlier=0.0))
    assert not without.outlier_penalty(candidate).any()


def test_rows_below_the_smallest_density_are_penalised_in_proportion(shop):
    factual, candidate = shop.codes[:60], shop.codes[60:120]
    least = shop.plausibility.quantile(0.5)
    log_accepted, _ = shop.plausibility.log_densities(candidate)
    assert 0 < (log_accepted < least).sum() < 60
    limited = shop.objective_with(WEIGHTS, least)
    missing = np.maximum(0.0, least - log_accepted) / shop.plausibility.scale
    lost = shop.objective.evaluate(factual, candidate) - limited.evaluate(
        factual, candidate
    )
    np.testing.assert_allclose(lost, 5 * missing, atol=1e-9)


MOVABLE = (2, 3, 4)  # savings, school, job


@pytest.fixture(scope="module")
def reaches(shop):
    """Accepted rows that each of some people can become by changing three columns."""
    people = shop.denied_codes[:60]
    actions, _ = shop.action_builder.build(People.unlimited(people))
    reaches = []
    for person, values, is_open in zip(
        people, actions.values, actions.open, strict=True
    ):
        options = [person[[j]] for j in range(6)]
        for j in MOVABLE:
            options[j] = np.unique(values[is_open[:, j], j])
        rows = np.array(list(itertools.product(*options)))
        reaches.append((person, rows[is_accepted(rows)]))
    return reaches


def objectives(objective, reaches):
    return [
        objective.evaluate(np.repeat(person[None], len(rows), axis=0), rows)
        for person, rows in reaches
    ]


@pytest.fixture(scope="module")
def floors(shop, reaches):
    """Objectives of feasible accepted rows under the kernel floor, and half of it."""
    floors = {"kernel_floor": TRAINING.kernel_floor, "atom_floor": TRAINING.atom_floor}
    half = replace(TRAINING, **{name: floor / 2 for name, floor in floors.items()})
    finer = FittedCase(config=half)
    kernels = [s.plausibility.accepted.leaves.kernels.left for s in (shop, finer)]
    assert kernels[1].min() < kernels[0].min()
    return objectives(shop.objective, reaches), objectives(finer.objective, reaches)


def test_a_finer_kernel_floor_loses_next_to_nothing(floors):
    """Best answers under half the floor are all but the best under the floor."""
    lost = [a.max() - a[b.argmax()] for a, b in zip(*floors, strict=True)]
    gained = [a.max() - np.median(a) for a in floors[0]]
    assert np.mean(lost) < 0.02 * np.mean(gained)


def test_a_finer_kernel_floor_changes_few_of_the_best_answers(floors, reaches):
    changed = [
        not same_cells(rows[a.argmax()], rows[b.argmax()]).all()
        for a, b, (_, rows) in zip(*floors, reaches, strict=True)
    ]
    assert np.mean(changed) <= 0.05


def test_marginal_scores_weigh_the_densities_of_single_cells(shop):
    values = np.unique(shop.codes[:, 2])[:7]
    accepted, denied = shop.plausibility.marginals(2, values)
    np.testing.assert_allclose(
        shop.objective.marginal_score(2, values),
        WEIGHTS.plausibility * accepted - WEIGHTS.denied * denied,
    )
