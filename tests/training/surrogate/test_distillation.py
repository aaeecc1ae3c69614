"""Distillation: the surrogate learns from queries, and is calibrated."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skpar.classifier import Refits
from skpar.training.surrogate._distillation import SurrogateDistiller

from ..._configs import SHIPPED
from ..._people import FittedCase, is_accepted


class Box:
    """A classifier on codes, with or without a score, that counts rows."""

    def __init__(self, score=None, decide=is_accepted):
        self.decide = decide
        self.score = score
        self.queried: list[np.ndarray] = []

    def accepts(self, codes):
        self.queried.append(codes)
        return self.decide(codes)

    def scores(self, codes):
        return None if self.score is None else self.score(codes)


def wealth(codes):
    """What `is_accepted` compares with 2.5."""
    income = np.nan_to_num(codes[:, 1], nan=500.0)
    return codes[:, 2] / 200 + income / 1000 + codes[:, 3] / 2


def share(codes):
    return 1.0 / (1.0 + np.exp(-2.0 * (wealth(codes) - 2.5)))


@pytest.fixture(scope="module")
def case():
    return FittedCase(n=300)


def crossed(codes, n, seed):
    """Rows with cells of different people; they are not in the training rows."""
    rng = np.random.RandomState(seed)
    index = rng.randint(len(codes), size=(n, codes.shape[1]))
    return np.take_along_axis(codes, index, axis=0)


def make(case, box, seed=0, config=SHIPPED):
    rng = np.random.RandomState(seed)
    return SurrogateDistiller(
        case.schema, case.codes, box.accepts, box.scores, config, rng
    )


@pytest.fixture(scope="module", params=["labels", "probabilities", "decision function"])
def trained(request, case):
    """A distiller after three queries of new rows, with the result of each."""
    score = {"labels": None, "probabilities": share, "decision function": wealth}
    box = Box(score[request.param])
    distiller = make(case, box)
    n_queried, fidelity, surrogates = (
        len(np.vstack(box.queried)),
        [],
        [distiller.snapshot()],
    )
    decisions = []
    for seed in range(3):
        decisions.append(distiller.query(crossed(case.codes, 400, seed)))
        fidelity.append(distiller.fidelity)
        surrogates.append(distiller.snapshot())
    return SimpleNamespace(**locals())


def test_it_starts_from_training_rows_and_crossings_of_two(case, trained):
    first = trained.box.queried[0]
    known = {tuple(row) for row in np.nan_to_num(case.codes, nan=-1.0)}
    rows = [tuple(row) for row in np.nan_to_num(first, nan=-1.0)]
    assert len(case.codes) <= sum(row in known for row in rows) < len(rows)
    for j in range(6):
        assert np.isin(first[:, j], case.codes[:, j]).all() or j == 1
    right = (trained.surrogates[0].decision_function(case.codes) > 0) == case.accepted
    assert right.mean() > 0.9


def test_queries_return_decisions_and_fidelity_is_measured_before_learning(
    case, trained
):
    for seed, decided in enumerate(trained.decisions):
        rows = crossed(case.codes, 400, seed)
        assert_array_equal(decided, is_accepted(rows))
        guess = trained.surrogates[seed].decision_function(rows) > 0
        assert trained.fidelity[seed] == pytest.approx((guess == decided).mean())
    assert len(trained.box.queried) == 4


def test_it_gets_better_on_rows_like_those_queried(case, trained):
    rows = crossed(case.codes, 2000, 99)
    errors = [
        ((surrogate.decision_function(rows) > 0) != is_accepted(rows)).mean()
        for surrogate in (trained.surrogates[0], trained.surrogates[-1])
    ]
    assert errors[1] < max(errors[0], 0.02)
    assert errors[1] < 0.1


def test_probabilities_separate_accepted_from_denied_rows(case, trained):
    calibration = trained.distiller.calibration
    assert calibration.slope > 0
    rows = crossed(case.codes, 2000, 99)
    yes = is_accepted(rows)
    chance = calibration.probability(trained.surrogates[-1].decision_function(rows))
    assert chance[yes].mean() > 0.8 > 0.2 > chance[~yes].mean()
    # Better than a constant prediction: the share of accepted rows.
    assert ((chance - yes) ** 2).mean() < 0.5 * yes.var()


def test_calibration_corrects_a_biased_surrogate(case):
    """If rows with a positive margin are denied, their probability falls."""
    box = Box()
    distiller = make(case, box)
    rows = crossed(case.codes, 600, 0)
    rows = rows[np.abs(wealth(rows) - 2.5) < 1.5]
    margin = distiller.snapshot().decision_function(rows)
    cut = np.quantile(margin[margin > 0], 0.5)
    box.decide = lambda codes: distiller.snapshot().decision_function(codes) > cut
    distiller.query(rows)
    assert distiller.calibration.probability(np.array([cut - 0.3]))[0] < 0.5
    assert distiller.calibration.probability(np.array([cut + 0.3]))[0] > 0.5


def test_calibration_stays_if_too_few_rows_of_a_decision_were_seen(case):
    distiller = make(case, Box())
    rows = crossed(case.codes, 300, 0)
    distiller.query(rows[~is_accepted(rows)])
    assert distiller.calibration.slope == SHIPPED.first_calibration_slope


def test_the_same_seed_gives_the_same_surrogate(case):
    one, again, other = (
        make(case, Box(), seed).snapshot().decision_function(case.codes)
        for seed in (0, 0, 1)
    )
    assert_array_equal(one, again)
    assert (one != other).any()


def test_it_remembers_only_the_latest_rows(case):
    forgetful = dataclasses.replace(SHIPPED, remembered_rows=500)
    distiller = make(case, Box(), config=forgetful)
    distiller.query(crossed(case.codes, 400, 0))
    rows = crossed(case.codes, 400, 1)
    distiller.query(rows)
    assert distiller._rows.n_rows == len(distiller._margin) == 500
    assert_array_equal(distiller._margin[-400:] > 0, is_accepted(rows))


def test_it_learns_which_rows_enough_refits_accept(case):
    class Member:
        classifier = None

        def __init__(self, least):
            self.least = least

        def accepted(self, codes):
            return wealth(codes) >= self.least

        def score(self, codes):
            return wealth(codes) - self.least

    members = [Member(least) for least in (2.3, 2.5, 2.9, 3.1, 3.3)]
    refits = Refits(tuple(members), 0.8)
    box, rng = Box(wealth), np.random.RandomState(0)
    distiller = SurrogateDistiller(
        case.schema, case.codes, box.accepts, box.scores, SHIPPED, rng, refits
    )
    for seed in range(3):
        rows = crossed(case.codes, 400, seed)
        assert_array_equal(distiller.query(rows), wealth(rows) >= 3.1)
    rows = crossed(case.codes, 2000, 99)
    guess = distiller.snapshot().decision_function(rows) > 0
    assert (guess == (wealth(rows) >= 3.1)).mean() > 0.93
