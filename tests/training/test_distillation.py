"""Distilling: what the stand-in learns from being told, and how far to trust it."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skpar.classifier._calibration import PlattScale
from skpar.training._distillation import SurrogateDistiller

from .._configs import TRAINING
from .._people import Workshop, is_accepted


class Box:
    """A classifier on codes, with or without a score, that counts rows."""

    def __init__(self, score=None, decide=is_accepted):
        self.decide = decide
        self.score = score
        self.asked: list[np.ndarray] = []

    def accepts(self, codes):
        self.asked.append(codes)
        return self.decide(codes)

    def rates(self, codes):
        return None if self.score is None else self.score(codes)


def wealth(codes):
    """What `is_accepted` compares with 2.5."""
    income = np.nan_to_num(codes[:, 1], nan=500.0)
    return codes[:, 2] / 200 + income / 1000 + codes[:, 3] / 2


def share(codes):
    return 1.0 / (1.0 + np.exp(-2.0 * (wealth(codes) - 2.5)))


@pytest.fixture(scope="module")
def shop():
    return Workshop(n=300)


def crossed(codes, n, seed):
    """Rows whose cells come from different people: nobody has seen these."""
    rng = np.random.RandomState(seed)
    index = rng.randint(len(codes), size=(n, codes.shape[1]))
    return np.take_along_axis(codes, index, axis=0)


def make(shop, box, seed=0, config=TRAINING):
    rng = np.random.RandomState(seed)
    return SurrogateDistiller(
        shop.schema, shop.codes, box.accepts, box.rates, config, rng
    )


@pytest.fixture(scope="module", params=["labels", "probabilities", "decision function"])
def taught(request, shop):
    """A distiller that was told of new rows three times, and what came of it."""
    score = {"labels": None, "probabilities": share, "decision function": wealth}
    box = Box(score[request.param])
    distiller = make(shop, box)
    asked, fidelity, stand_ins = len(np.vstack(box.asked)), [], [distiller.surrogate()]
    said = []
    for seed in range(3):
        said.append(distiller.ask(crossed(shop.codes, 400, seed)))
        fidelity.append(distiller.fidelity)
        stand_ins.append(distiller.surrogate())
    return SimpleNamespace(**locals())


def test_at_first_it_knows_training_rows_and_crossings_of_two(shop, taught):
    first = taught.box.asked[0]
    known = {tuple(row) for row in np.nan_to_num(shop.codes, nan=-1.0)}
    rows = [tuple(row) for row in np.nan_to_num(first, nan=-1.0)]
    assert len(shop.codes) <= sum(row in known for row in rows) < len(rows)
    for j in range(6):
        assert np.isin(first[:, j], shop.codes[:, j]).all() or j == 1
    right = (taught.stand_ins[0](shop.codes) > 0) == shop.accepted
    assert right.mean() > 0.9


def test_asking_gives_the_decisions_and_measures_before_it_learns(shop, taught):
    for seed, said in enumerate(taught.said):
        rows = crossed(shop.codes, 400, seed)
        assert_array_equal(said, is_accepted(rows))
        guess = taught.stand_ins[seed](rows) > 0
        assert taught.fidelity[seed] == pytest.approx((guess == said).mean())
    assert len(taught.box.asked) == 4


def test_it_gets_better_at_what_it_is_asked_about(shop, taught):
    rows = crossed(shop.codes, 2000, 99)
    errors = [
        ((surrogate(rows) > 0) != is_accepted(rows)).mean()
        for surrogate in (taught.stand_ins[0], taught.stand_ins[-1])
    ]
    assert errors[1] < max(errors[0], 0.02)
    assert errors[1] < 0.1


def test_belief_tells_accepted_from_denied_rows(shop, taught):
    calibration = taught.distiller.calibration
    assert calibration.slope > 0
    rows = crossed(shop.codes, 2000, 99)
    yes = is_accepted(rows)
    chance = calibration(taught.stand_ins[-1](rows))
    assert chance[yes].mean() > 0.8 > 0.2 > chance[~yes].mean()
    # Better than what is known without any model: the share of those accepted.
    assert ((chance - yes) ** 2).mean() < 0.5 * yes.var()


def test_a_biased_stand_in_is_calibrated_away(shop):
    """Where all that is asked about is denied though it looks good, chances fall."""
    box = Box()
    distiller = make(shop, box)
    rows = crossed(shop.codes, 600, 0)
    rows = rows[np.abs(wealth(rows) - 2.5) < 1.5]
    margin = distiller.surrogate()(rows)
    cut = np.quantile(margin[margin > 0], 0.5)
    box.decide = lambda codes: distiller.surrogate()(codes) > cut
    distiller.ask(rows)
    assert distiller.calibration(np.array([cut - 0.3]))[0] < 0.5
    assert distiller.calibration(np.array([cut + 0.3]))[0] > 0.5


def test_belief_stays_where_too_few_rows_of_a_kind_were_seen(shop):
    distiller = make(shop, Box())
    rows = crossed(shop.codes, 300, 0)
    distiller.ask(rows[~is_accepted(rows)])
    assert distiller.calibration == PlattScale()


def test_the_same_seed_teaches_the_same(shop):
    one, again, other = (make(shop, Box(), seed).surrogate() for seed in (0, 0, 1))
    assert_array_equal(one(shop.codes), again(shop.codes))
    assert (one(shop.codes) != other(shop.codes)).any()


def test_it_remembers_only_so_much(shop):
    forgetful = dataclasses.replace(TRAINING, remembered_rows=500)
    distiller = make(shop, Box(), config=forgetful)
    distiller.ask(crossed(shop.codes, 400, 0))
    rows = crossed(shop.codes, 400, 1)
    distiller.ask(rows)
    assert len(distiller._rows) == len(distiller._margin) == 500
    assert_array_equal(distiller._margin[-400:] > 0, is_accepted(rows))
