"""Margins agree with decisions, and follow the score of the classifier."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from skpar.classifier import Refits
from skpar.training.surrogate._margin_scale import MarginScale, RobustMargins

from ..._configs import TRAINING

scores = arrays(np.float64, 40, elements=st.floats(-50, 50).map(lambda s: round(s, 3)))


@given(scores, st.floats(-50, 50))
def test_margins_have_the_sign_of_the_decision(score, cut):
    accepted = score > cut
    scale = MarginScale(accepted, score, TRAINING)
    margin = scale.margins(accepted, score)
    assert_array_equal(margin > 0, accepted)
    assert (margin != 0).all() and (np.abs(margin) <= 6).all()
    # If score and decision disagree, the sign is that of the decision.
    assert_array_equal(scale.margins(~accepted, score) > 0, ~accepted)


@given(scores, st.floats(-40, 40))
def test_margins_rise_with_the_score_from_the_boundary_on(score, cut):
    accepted = score > cut
    assume(0 < accepted.sum() < len(score))
    scale = MarginScale(accepted, score, TRAINING)
    if not scale.is_probability:
        assert score[~accepted].max() <= scale.boundary <= score[accepted].min()
    order = np.argsort(score)
    assert (np.diff(scale.margins(accepted, score)[order]) >= 0).all()


def test_probabilities_count_in_log_odds():
    share = np.array([0.02, 0.1, 0.3, 0.5, 0.6, 0.9, 0.99, 1.0, 0.0])
    accepted = share > 0.45
    margin = MarginScale(accepted, share, TRAINING).margins(accepted, share)
    log_odds = np.log(share[:7] / (1 - share[:7]))
    slopes = np.diff(margin[[0, 1, 5]]) / np.diff(log_odds[[0, 1, 5]])
    assert_allclose(slopes, slopes[0])
    assert np.isfinite(margin).all()


@pytest.mark.parametrize("factor", [1e-6, 1.0, 1e6])
def test_the_unit_of_a_decision_function_does_not_matter(factor):
    score = np.linspace(-3, 5, 81) * 1.01
    accepted = score > 1
    expected = MarginScale(accepted, score, TRAINING).margins(accepted, score)
    scaled = MarginScale(accepted, factor * score, TRAINING).margins(
        accepted, factor * score
    )
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
def test_decisions_alone_give_the_typical_margin(score):
    accepted = np.array([True, False, False, True])
    scale = MarginScale(accepted, score, TRAINING)
    assert_array_equal(scale.margins(accepted, score), [2, -2, -2, 2])
    assert_array_equal(scale.margins(accepted, None), [2, -2, -2, 2])


@pytest.mark.parametrize("decision", [True, False])
@pytest.mark.parametrize("score", [np.full(5, 0.5), np.full(5, 3.0), np.zeros(5)])
def test_margins_are_finite_with_one_decision_and_one_score(decision, score):
    accepted = np.full(5, decision)
    margin = MarginScale(accepted, score, TRAINING).margins(accepted, score)
    assert_array_equal(margin > 0, accepted)
    assert np.isfinite(margin).all()


class Member:
    """Accepts rows whose first cell is above a cut; with or without a score."""

    classifier = None

    def __init__(self, cut, has_score):
        self.cut, self.has_score, self.n_rows = cut, has_score, 0

    def accepted(self, codes):
        self.n_rows += len(codes)
        return codes[:, 0] > self.cut

    def score(self, codes):
        return codes[:, 0] - self.cut if self.has_score else None


@given(
    scores,
    arrays(np.float64, 5, elements=st.floats(-20, 20)),
    st.sampled_from([0.2, 0.6, 0.8, 1.0]),
    st.booleans(),
)
def test_robust_margins_are_positive_if_enough_refits_accept(
    score, cuts, share, has_score
):
    refits = Refits(tuple(Member(cut, has_score) for cut in cuts), share)
    codes, accepted = score[:, np.newaxis], score > 0
    own = MarginScale(accepted, score, TRAINING).margins(accepted, score)
    robust = RobustMargins(refits, codes, own, TRAINING)
    margin = robust.margins(codes, own)
    enough = (score[:, np.newaxis] > cuts).mean(axis=1) >= share - 1e-9
    assert_array_equal(margin > 0, accepted & enough)
    assert (margin <= own).all() and (margin >= -TRAINING.max_margin).all()


def test_refits_are_not_queried_with_denied_rows():
    score = np.linspace(-4, 4, 80)
    codes, accepted = score[:, np.newaxis], score > 0
    own = MarginScale(accepted, score, TRAINING).margins(accepted, score)
    member = Member(1.0, True)
    robust = RobustMargins(Refits((member,), 1.0), codes, own, TRAINING)
    assert robust.gap > 0
    before = member.n_rows
    margin = robust.margins(codes, own)
    assert member.n_rows - before == accepted.sum()
    # Near its own boundary, the margin of a denied row is not above that of others.
    assert margin[~accepted][-1] < 0
    assert_allclose(margin[~accepted][20:], own[~accepted][20:] - robust.gap)
