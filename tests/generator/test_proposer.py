"""Proposals: within the rules, valued right, each for one person alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from skpar import Range
from skpar._config import FallbackStage
from skpar.actionability import People
from skpar.classifier._calibration import PlattScale
from skpar.generator import _proposer as _proposals
from skpar.generator._beam_search import BeamSearch
from skpar.generator._move_scores import ScoringModel
from skpar.generator._network import GeneratorNetwork, gumbel
from skpar.generator._proposer import Proposer
from skpar.table._codes import same_cells

from .._people import Workshop

N_DRAWS = 5
RULES = {
    "age": "increasing",
    "owner": "immutable",
    "savings": Range(step=37.5, relative=True),
}
EXPLORER = BeamSearch(width=2, depth=2, multipliers=(1.0, 4.0))


@pytest.fixture(scope="module")
def shop():
    return Workshop(RULES, n=200)


@pytest.fixture(scope="module")
def network(shop):
    cells = shop.encoder.encode(shop.codes).numpy()
    network = GeneratorNetwork(
        cells.mean(axis=0), cells.std(axis=0), 6, len(shop.action_builder.grid), shop.generator
    )
    return network.requires_grad_(False)


@pytest.fixture(scope="module")
def noise(shop):
    return gumbel((N_DRAWS, shop.action_builder.n_actions, 6), shop.generator).numpy()


@pytest.fixture(scope="module")
def proposer(shop, network, noise):
    return Proposer(shop.scoring_model(), network, noise, EXPLORER, PlattScale(2.0, 0.3))


@pytest.fixture(scope="module")
def people(shop):
    return shop.denied_codes[:40]


def check(shop, proposer, people, proposals):
    """Rules are kept, and what is told of every row is true."""
    who, codes = proposals.who, proposals.codes
    assert codes.shape == (len(who), 6)
    assert (np.diff(who) >= 0).all() and who.min() >= 0 and who.max() < len(people)
    assert shop.actionability.is_feasible(People.unlimited(people[who]), codes).all()
    assert_allclose(
        proposals.objective, shop.objective.promise(people[who], codes), atol=2e-9
    )
    margin = proposer.scoring_model.surrogate(codes)
    assert_allclose(proposals.chance, proposer.calibration(margin), atol=1e-7)


def test_proposals_are_allowed_and_valued_right(shop, proposer, people):
    proposals = proposer(people)
    check(shop, proposer, people, proposals)
    assert len(np.unique(proposals.who)) == len(people)


def test_no_row_is_proposed_to_a_person_twice(proposer, people):
    for proposals in (proposer(people), proposer.around(people, people[::-1], 2)):
        rows = np.column_stack([proposals.who, np.nan_to_num(proposals.codes, nan=-1)])
        assert len(np.unique(rows, axis=0)) == len(rows)


def test_one_pass_of_the_network_takes_its_likeliest_choices(shop, proposer, people):
    scorer = proposer.scoring_model(people)
    with torch.no_grad():
        chosen = proposer.scores(scorer).argmax(axis=1)
    expected = np.take_along_axis(scorer.actions.values, chosen[:, None], axis=1)
    rows = proposer.generate(people)
    assert_array_equal(rows, expected[:, 0])
    assert shop.actionability.is_feasible(People.unlimited(people), rows).all()


def test_exploration_starts_from_draws_pairs_neighbors_and_factual(
    shop, proposer, people
):
    scorer = proposer.scoring_model(people)
    with torch.no_grad():
        starts = proposer.starts(scorer)
        scores = proposer.scores(scorer)
    rows = scorer.codes_at(starts).reshape(-1, len(people), 6)
    pairs = proposer.scoring_model.action_builder.pairs
    assert len(rows) == 1 + (1 + N_DRAWS) + len(pairs.place) + 4
    assert_array_equal(rows[0], people)
    assert_array_equal(rows[1], proposer.generate(people))
    for draw, noise in enumerate(proposer.noise):
        chosen = (scores + noise).argmax(axis=1)
        drawn = np.take_along_axis(scorer.actions.values, chosen[:, None], axis=1)
        assert_array_equal(rows[2 + draw], drawn[:, 0])
    is_open = scorer.actions.open
    for k, chosen in enumerate(pairs.chosen(is_open)):
        paired = np.take_along_axis(scorer.actions.values, chosen[:, None], axis=1)
        assert_array_equal(rows[2 + N_DRAWS + k], paired[:, 0])
        assert (chosen > 0).sum(axis=1).max() == 2
    assert k > 0
    neighbors = shop.neighborhood.nearest(people, 4)
    copied = shop.actionability.project(People.unlimited(people), neighbors).transpose(
        1, 0, 2
    )
    assert_array_equal(rows[-4:], copied)
    assert (rows[2] != rows[3]).any()


def test_a_proposal_depends_on_its_person_alone(proposer, people):
    answers = proposer.generate(people)
    together = [proposer(people), proposer.around(people, answers, 2)]
    for i in (0, 17):
        near = proposer.around(people[[i]], answers[[i]], 2)
        alone = [proposer(people[[i]]), near]
        for part, whole in zip(alone, together, strict=True):
            mine = whole.who == i
            assert_array_equal(part.codes, whole.codes[mine])
            assert_array_equal(part.objective, whole.objective[mine])
            assert_allclose(part.chance, whole.chance[mine], atol=1e-9)


def test_around_an_answer_lie_the_ways_back_from_it(shop, proposer, people):
    """Take one change back, or go only a part of the way."""
    nearest = shop.neighborhood.nearest(people, 1)[:, 0]
    answers = shop.actionability.project(People.unlimited(people), nearest)
    proposals = proposer.around(people, answers, 2)
    check(shop, proposer, people, proposals)
    own, answer = people[proposals.who], answers[proposals.who]
    differs = ~same_cells(proposals.codes, answer)
    # Copies of the answer and of what lies halfway, and one change of these.
    assert (differs.sum(axis=1) == 1).any()
    reverted = differs & same_cells(proposals.codes, own)
    assert ((differs.sum(axis=1) == 1) & reverted.any(axis=1)).any()
    savings = proposals.codes[:, 2]
    low, high = np.minimum(own[:, 2], answer[:, 2]), np.maximum(own[:, 2], answer[:, 2])
    assert ((savings > low) & (savings < high)).any()


def test_around_an_answer_the_far_side_is_looked_at(
    shop, proposer, people, monkeypatch
):
    """As far again beyond the answer, and as far on the other side of the person."""
    answers = shop.neighborhood.nearest(people, 1)[:, 0]
    laid_out = []
    survey = ScoringModel.__call__

    def spy(self, codes, others=None, limits=None):
        laid_out.append(others)
        return survey(self, codes, others, limits)

    monkeypatch.setattr(ScoringModel, "__call__", spy)
    proposer.around(people, answers, 1)
    (others,) = laid_out
    for share in (2.0, -1.0):
        aimed = people + share * (answers - people)
        close = np.isclose(others, aimed[:, None], equal_nan=True).all(axis=2)
        assert close.any(axis=1).all()


def test_around_an_answer_lie_rows_as_many_cells_away_as_asked_for(
    shop, proposer, people, monkeypatch
):
    monkeypatch.setattr(Proposer, "_select", lambda self, scorer, found: found)
    answers = shop.neighborhood.nearest(people, 1)[:, 0]
    for depth in (1, 2):
        chosen = proposer.around(people, answers, depth).candidates.chosen
        moved = (chosen != chosen[0, 0]).sum(axis=0)  # the first is the answer
        assert moved.max() == depth


def test_whoever_is_offered_nothing_sure_is_offered_something_surer(
    shop, network, noise, people, monkeypatch
):
    monkeypatch.setattr(Proposer, "_select", lambda self, scorer, found, n: found)

    def surest(doubt, offset):
        monkeypatch.setattr(_proposals, "_DOUBT", doubt)
        calibration = PlattScale(1.0, offset)
        found = Proposer(shop.scoring_model(), network, noise, EXPLORER, calibration)(people)
        best = np.full(len(people), -np.inf)
        np.maximum.at(best, found.candidates.who, found.margin)
        return best, len(found.objective)

    before, n_before = surest(0.0, -3.0)
    after, n_after = surest(0.5, -3.0)
    assert (after >= before).all() and (after > before).any() and n_after > n_before
    # Those who are sure already are left as they are.
    assert surest(0.5, 60.0)[1] == n_before


def test_further_proposals_copy_further_neighbors(shop, proposer, people):
    further = proposer.more(people[:3], FallbackStage(9, 2, 8, 0.01))
    check(shop, proposer, people[:3], further)
    assert (np.diff(further.who) >= 0).all()
    neighbors = shop.neighborhood.nearest(people[:3], 9)
    copied = shop.actionability.project(People.unlimited(people[:3]), neighbors)
    for person in range(3):
        rows = further.codes[further.who == person]
        for row in copied[person]:
            assert same_cells(rows, row).all(axis=1).any()


def test_further_proposals_are_surer_than_any_neighbor(shop, proposer, people):
    further = proposer.more(people, FallbackStage(4, 2, 8, 0.01))
    near = shop.neighborhood.nearest(people, 4)
    copied = shop.actionability.project(People.unlimited(people), near)
    gains = []
    for person in range(len(people)):
        surest = further.chance[further.who == person].max()
        margin = proposer.scoring_model.surrogate(copied[person])
        gains.append(surest - proposer.calibration(margin).max())
    assert min(gains) >= -1e-9
    assert max(gains) > 0.01


def test_belief_rises_with_the_margin_between_none_and_all():
    margin = np.linspace(-1e4, 1e4, 101)
    chance = PlattScale()(margin)
    assert (np.diff(chance) >= 0).all()
    assert 0 < chance[0] < 1e-9 and 1 - 1e-9 < chance[-1] < 1
    assert PlattScale(1.0, 0.0)(np.zeros(1))[0] == 0.5
    assert PlattScale(1.0, 1.0)(np.zeros(1))[0] > 0.5
    assert_allclose(PlattScale(2.0, -1.0)(np.array([0.5])), 0.5)


def test_only_rows_with_a_chance_are_proposed(shop, network, noise, people):
    def chances(offset):
        calibration = PlattScale(1.0, offset)
        proposals = Proposer(shop.scoring_model(), network, noise, EXPLORER, calibration)(people)
        return proposals.chance

    assert len(chances(-25.0)) == 0  # nothing could be accepted
    assert (chances(-3.0) > 0).all()
    assert len(chances(5.0)) >= len(people)


def test_the_callers_thread_count_and_grad_mode_are_restored(proposer, people):
    before = torch.get_num_threads()
    proposer(people[:2])
    proposer.around(people[:2], people[2:4], 1)
    assert torch.get_num_threads() == before
    assert torch.is_grad_enabled()
