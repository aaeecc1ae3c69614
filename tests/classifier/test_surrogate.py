"""The surrogate: its inputs, its targets, and that it learns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from skpar.classifier._surrogate import SplineBasis
from skpar.table._schema import TableSchema
from skpar.training._surrogate_network import MarginScale, SurrogateNetwork

from .._configs import TRAINING
from .._people import Workshop


@pytest.fixture(scope="module")
def shop():
    return Workshop(n=400)


@pytest.fixture(scope="module")
def basis(shop):
    return SplineBasis(shop.schema, shop.codes, TRAINING.spline_knots)


def test_the_weights_of_a_cell_sum_to_one(shop, basis):
    beyond = shop.codes.copy()
    beyond[:, 0] += 1000
    beyond[:, 2] *= -1e9
    for codes in (shop.codes, beyond):
        weights = basis(codes)
        assert weights.shape == (len(codes), basis.bounds[-1])
        assert (weights >= 0).all()
        for j in range(codes.shape[1]):
            cells = weights[:, basis.bounds[j] : basis.bounds[j + 1]]
            assert_array_equal(cells, basis.expand(j, codes[:, j]))
            assert_allclose(cells.sum(axis=1), 1.0)
            assert ((cells > 0).sum(axis=1) <= 2).all()
            missing = np.isnan(codes[:, j])
            assert_array_equal(cells[:, -1] == 1.0, missing)


def test_numbers_are_interpolated_between_the_quantiles(shop, basis):
    for j in (0, 1, 2):
        knots = basis.knots[j]
        assert 2 <= len(knots) <= 2 * TRAINING.spline_knots
        assert (np.diff(knots) > 0).all()
        assert knots[0] == np.nanmin(shop.codes[:, j])
        assert knots[-1] == np.nanmax(shop.codes[:, j])
        inside = np.random.RandomState(0).uniform(knots[0], knots[-1], 50)
        assert_allclose(basis.expand(j, inside)[:, :-1] @ knots, inside)
        at = basis.expand(j, np.r_[knots, knots[0] - 9, knots[-1] + 9])
        assert_array_equal(at[: len(knots), :-1], np.eye(len(knots)))
        assert_array_equal(at[-2:, :-1], np.eye(len(knots))[[0, -1]])


def test_a_level_is_one_weight(basis):
    for j, n_levels in ((3, 4), (4, 3), (5, 2)):
        expected = np.eye(n_levels + 1)[:n_levels]
        assert_array_equal(basis.expand(j, np.arange(float(n_levels))), expected)


def test_columns_of_one_value_are_no_trouble():
    table = pd.DataFrame({"a": [5.0, 5.0, np.nan], "b": ["x", "x", "x"]})
    schema = TableSchema.infer(table)
    weights = SplineBasis(schema, schema.encode(table), TRAINING.spline_knots)(
        schema.encode(table)
    )
    assert_array_equal(weights, [[1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 1, 0]])


def test_the_network_is_what_its_notes_say():
    surrogate = SurrogateNetwork(7, 64, 32, torch.Generator().manual_seed(0))
    parts = {k: v.numpy() for k, v in surrogate.state_dict().items()}
    rows = np.random.RandomState(0).rand(20, 7)
    e = rows @ parts["embed.weight"].T + parts["embed.bias"]
    inner = np.maximum(e[:, :64], 0) @ parts["middle.weight"].T + parts["middle.bias"]
    bent = np.maximum(inner, 0) @ parts["last.weight"][0] + parts["last.bias"]
    margin = surrogate(torch.from_numpy(rows)).detach()
    assert_allclose(margin, e[:, 64] + bent, atol=1e-12)


def test_it_learns_margins_and_repeats(shop, basis):
    rows, margin = basis(shop.codes), np.where(shop.accepted, 2.0, -2.0)

    def learn():
        generator = torch.Generator().manual_seed(0)
        surrogate = SurrogateNetwork(rows.shape[1], 64, 32, generator)
        off = []
        for epochs in (0, 60):
            if epochs:
                surrogate.distill(rows, margin, epochs, generator)
            with torch.no_grad():
                off.append(surrogate(torch.from_numpy(rows)).numpy() - margin)
        return off

    before, after = learn()
    assert np.abs(after).mean() < 0.3 * np.abs(before).mean()
    assert (np.abs(after) < 2.0).mean() > 0.95  # on the right side
    assert_array_equal(after, learn()[1])


scores = arrays(np.float64, 40, elements=st.floats(-50, 50).map(lambda s: round(s, 3)))


@given(scores, st.floats(-50, 50))
def test_margins_have_the_sign_of_the_decision(score, cut):
    accepted = score > cut
    scale = MarginScale(accepted, score, TRAINING)
    margin = scale(accepted, score)
    assert_array_equal(margin > 0, accepted)
    assert (margin != 0).all() and (np.abs(margin) <= 6).all()
    # Whatever the score says of a decision, the decision has the last word.
    assert_array_equal(scale(~accepted, score) > 0, ~accepted)


@given(scores, st.floats(-40, 40))
def test_margins_rise_with_the_score_from_the_boundary_on(score, cut):
    accepted = score > cut
    assume(0 < accepted.sum() < len(score))
    scale = MarginScale(accepted, score, TRAINING)
    if not scale.is_probability:
        assert score[~accepted].max() <= scale.boundary <= score[accepted].min()
    order = np.argsort(score)
    assert (np.diff(scale(accepted, score)[order]) >= 0).all()


def test_probabilities_count_in_log_odds():
    share = np.array([0.02, 0.1, 0.3, 0.5, 0.6, 0.9, 0.99, 1.0, 0.0])
    accepted = share > 0.45
    margin = MarginScale(accepted, share, TRAINING)(accepted, share)
    log_odds = np.log(share[:7] / (1 - share[:7]))
    slopes = np.diff(margin[[0, 1, 5]]) / np.diff(log_odds[[0, 1, 5]])
    assert_allclose(slopes, slopes[0])
    assert np.isfinite(margin).all()


@pytest.mark.parametrize("factor", [1e-6, 1.0, 1e6])
def test_the_unit_of_a_decision_function_does_not_matter(factor):
    score = np.linspace(-3, 5, 81) * 1.01
    accepted = score > 1
    expected = MarginScale(accepted, score, TRAINING)(accepted, score)
    scaled = MarginScale(accepted, factor * score, TRAINING)(accepted, factor * score)
    assert_allclose(scaled, expected)
    assert np.median(np.abs(scaled)) == pytest.approx(2.0)


def test_the_boundary_makes_the_fewest_errors():
    rng = np.random.RandomState(0)
    score = rng.randn(300) * 3
    accepted = score + rng.randn(300) > 1.0
    boundary = MarginScale(accepted, score, TRAINING).boundary

    def errors(cut):
        return int(((score > cut) != accepted).sum())

    assert errors(boundary) == min(errors(cut) for cut in np.r_[-99.0, score])


@pytest.mark.parametrize("score", [None, np.array([0.3, np.nan, 0.2, 0.9])])
def test_labels_alone_will_do(score):
    accepted = np.array([True, False, False, True])
    scale = MarginScale(accepted, score, TRAINING)
    assert_array_equal(scale(accepted, score), [2, -2, -2, 2])
    assert_array_equal(scale(accepted, None), [2, -2, -2, 2])


@pytest.mark.parametrize("decision", [True, False])
@pytest.mark.parametrize("score", [np.full(5, 0.5), np.full(5, 3.0), np.zeros(5)])
def test_one_decision_and_one_score_are_no_trouble(decision, score):
    accepted = np.full(5, decision)
    margin = MarginScale(accepted, score, TRAINING)(accepted, score)
    assert_array_equal(margin > 0, accepted)
    assert np.isfinite(margin).all()
