"""Proposals keep the rules, have exact scores, and depend on one person only."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from skpar import Range
from skpar._config import BeamSettings, FallbackStage
from skpar.actionability import People
from skpar.classifier._surrogate import PlattScale
from skpar.generator._network import gumbel
from skpar.generator._proposer import Proposer
from skpar.objective import Weights
from skpar.table._codes import same_cells

from .._configs import SEARCH
from .._people import FittedCase

N_DRAWS = 5
RULES = {
    "age": "increasing",
    "owner": "immutable",
    "savings": Range(step=37.5, relative=True),
}
CONFIG = dataclasses.replace(
    SEARCH, proposal_beam=BeamSettings(width=2, depth=2, multipliers=(1.0, 4.0))
)
CALIBRATION = PlattScale(2.0, 0.3)
# With this config, all candidates found are proposed.
UNSELECTIVE = dataclasses.replace(
    CONFIG, max_candidates=10**6, min_candidate_chance=0.0, no_answer_loss=1e9
)


@pytest.fixture(scope="module")
def case():
    return FittedCase(RULES, n=200)


@pytest.fixture(scope="module")
def make_proposer(case):
    """Make proposers of one network and one noise."""
    network = case.network().requires_grad_(False)
    shape = (N_DRAWS, case.action_builder.n_actions, 6)
    noise = gumbel(shape, case.generator).numpy()

    def make(calibration=CALIBRATION, config=CONFIG):
        return Proposer(case.scoring_model(), network, noise, calibration, config)

    return make


@pytest.fixture(scope="module")
def proposer(make_proposer):
    return make_proposer()


@pytest.fixture(scope="module")
def people(case):
    return People.unlimited(case.denied_codes[:40])


@pytest.fixture(scope="module")
def answers(case, people):
    """A row that keeps the rules, for each person."""
    nearest = case.neighborhood.nearest(people.codes, 1)[:, 0]
    return case.actionability.project(people, nearest)


def check(case, proposer, people, proposals):
    """Rules are kept, and the scores of every row are exact."""
    who, codes = proposals.who, proposals.codes
    assert codes.shape == (len(who), 6)
    assert (np.diff(who) >= 0).all() and who.min() >= 0 and who.max() < len(people)
    assert case.actionability.is_feasible(people[who], codes).all()
    expected = case.objective.upper_bound(people.codes[who], codes)
    assert_allclose(proposals.objective, expected, atol=2e-9)
    chance = proposer.calibration.probability(
        proposer.surrogate.decision_function(codes)
    )
    assert_allclose(proposals.chance, chance, atol=1e-7)
    undone = chances_undone(proposer, people.codes[who], codes)
    assert_allclose(proposals.chance_undone, undone, atol=1e-7)
    assert 0.0 < undone.max() < 1.0


def chances_undone(proposer, own, rows):
    """Largest chance of each row after one of at least two changes is undone."""
    changed = ~same_cells(own, rows)
    changed &= changed.sum(axis=1, keepdims=True) > 1
    place, column = np.nonzero(changed)
    partial = rows[place]
    partial[range(len(place)), column] = own[place, column]
    largest = np.zeros(len(rows))
    margin = proposer.surrogate.decision_function(partial)
    np.maximum.at(largest, place, proposer.calibration.probability(margin))
    return largest


def test_proposals_keep_the_rules_and_have_exact_scores(case, proposer, people):
    proposals = proposer.propose(people)
    check(case, proposer, people, proposals)
    assert len(np.unique(proposals.who)) == len(people)


def test_no_row_is_proposed_to_a_person_twice(proposer, people, answers):
    for proposals in (
        proposer.propose(people),
        proposer.propose_near(people, answers, 2),
    ):
        rows = np.column_stack([proposals.who, np.nan_to_num(proposals.codes, nan=-1)])
        assert len(np.unique(rows, axis=0)) == len(rows)


def test_more_options_bring_more_proposals_that_change_more_sets(proposer, people):
    def changed_sets(proposals):
        changed = ~same_cells(proposals.codes, people.codes[proposals.who])
        return len(np.unique(np.column_stack([proposals.who, changed]), axis=0))

    one, three = (proposer.propose(people, n_options=n) for n in (1, 3))
    assert len(three.who) > len(one.who)
    assert changed_sets(three) > changed_sets(one)


def test_one_pass_of_the_network_takes_its_likeliest_actions(case, proposer, people):
    scorer = case.scorer(people.codes)
    with torch.no_grad():
        chosen = proposer.scores(scorer).argmax(axis=1)
    expected = np.take_along_axis(scorer.actions.values, chosen[:, None], axis=1)
    rows = proposer.generate(people)
    assert_array_equal(rows, expected[:, 0])
    assert case.actionability.is_feasible(people, rows).all()


def test_search_starts_from_draws_pairs_neighbors_and_factuals(case, proposer, people):
    scorer = case.scorer(people.codes)
    with torch.no_grad():
        starts = proposer.starts(scorer)
        scores = proposer.scores(scorer)
    rows = scorer.codes_at(starts).reshape(-1, len(people), 6)
    pairs = proposer.action_builder.pairs.actions(scorer.is_open)
    assert len(rows) == 1 + (1 + N_DRAWS) + len(pairs) + 4
    assert_array_equal(rows[0], people.codes)
    assert_array_equal(rows[1], proposer.generate(people))
    draws = [(scores + noise).argmax(axis=1) for noise in proposer.noise]
    for row, chosen in zip(rows[2:], draws + pairs, strict=False):
        expected = np.take_along_axis(scorer.actions.values, chosen[:, None], axis=1)
        assert_array_equal(row, expected[:, 0])
    assert len(pairs) > 1
    assert max((chosen > 0).sum(axis=1).max() for chosen in pairs) == 2
    neighbors = case.neighborhood.nearest(people.codes, 4)
    copied = case.actionability.project(people, neighbors).transpose(1, 0, 2)
    assert_array_equal(rows[-4:], copied)
    assert (rows[2] != rows[3]).any()


def test_a_proposal_depends_on_its_person_alone(proposer, people):
    answers = proposer.generate(people)
    together = [proposer.propose(people), proposer.propose_near(people, answers, 2)]
    for i in (0, 17):
        near = proposer.propose_near(people[[i]], answers[[i]], 2)
        alone = [proposer.propose(people[[i]]), near]
        for part, whole in zip(alone, together, strict=True):
            mine = whole.who == i
            assert_array_equal(part.codes, whole.codes[mine])
            assert_array_equal(part.objective, whole.objective[mine])
            assert_array_equal(part.chance, whole.chance[mine])
            assert_array_equal(part.chance_undone, whole.chance_undone[mine])


def test_rows_near_answers_take_changes_back_or_go_part_of_the_way(
    case, proposer, people, answers
):
    proposals = proposer.propose_near(people, answers, 2)
    check(case, proposer, people, proposals)
    own, answer = people.codes[proposals.who], answers[proposals.who]
    differs = ~same_cells(proposals.codes, answer)
    assert (differs.sum(axis=1) == 1).any()
    reverted = differs & same_cells(proposals.codes, own)
    assert ((differs.sum(axis=1) == 1) & reverted.any(axis=1)).any()
    savings = proposals.codes[:, 2]
    low, high = np.minimum(own[:, 2], answer[:, 2]), np.maximum(own[:, 2], answer[:, 2])
    assert ((savings > low) & (savings < high)).any()


@pytest.mark.parametrize("share", [2.0, -1.0])
def test_rows_near_answers_also_lie_beyond_them_and_past_the_own_row(
    case, make_proposer, people, answers, share
):
    """Share 2 is beyond the answer; share -1 is past the own row."""
    config = dataclasses.replace(UNSELECTIVE, polishing_shortlist=10**6)
    proposals = make_proposer(config=config).propose_near(people, answers, 1)
    aimed = people.codes + share * (answers - people.codes)
    expected = case.actionability.project(people, aimed)
    moved = ~same_cells(expected, answers) & ~np.isnan(aimed)
    assert moved[:, :3].any(axis=0).all()
    for person, j in zip(*np.nonzero(moved[:, :3]), strict=True):
        offered = proposals.codes[proposals.who == person, j]
        assert np.isclose(offered, expected[person, j]).any()


@pytest.mark.parametrize("depth", [1, 2])
def test_rows_near_answers_differ_from_them_in_as_many_cells_as_allowed(
    make_proposer, people, answers, depth
):
    proposer = make_proposer(config=UNSELECTIVE)
    proposals = proposer.propose_near(people, answers, depth)
    differs = ~same_cells(proposals.codes, answers[proposals.who])
    assert differs.sum(axis=1).max() == depth


def test_people_without_a_probable_candidate_get_safer_ones(make_proposer, people):
    def propose(probable_chance, offset):
        config = dataclasses.replace(
            SEARCH, probable_chance=probable_chance, max_candidates=10**6
        )
        proposals = make_proposer(PlattScale(1.0, offset), config).propose(people)
        best = np.zeros(len(people))
        np.maximum.at(best, proposals.who, proposals.chance)
        return best, len(proposals.who)

    before, n_before = propose(0.0, -3.0)
    after, n_after = propose(0.5, -3.0)
    assert (after >= before - 1e-12).all() and (after > before).any()
    assert n_after > n_before
    # People with a probable candidate get no safer ones.
    assert propose(0.5, 60.0)[1] == propose(0.0, 60.0)[1]


def test_people_for_whom_margin_is_dear_get_more_candidates(
    case, make_proposer, people
):
    objective = case.objective_with(Weights(0.0, 0.0, 1.0, 0.0, 0.0))
    beam = BeamSettings(width=1, depth=1, multipliers=(0.1,), shortlist=1)
    # The random surrogate gives this margin to few rows.
    margin = case.surrogate().decision_function(case.codes)
    safe_margin = float(np.quantile(margin, 0.9))

    def propose(dear_margin):
        config = dataclasses.replace(
            UNSELECTIVE,
            proposal_beam=beam,
            probable_chance=0.0,
            dear_margin=dear_margin,
            safe_margin=safe_margin,
        )
        proposer = make_proposer(config=config)
        model = dataclasses.replace(proposer.scoring_model, objective=objective)
        proposer.scoring_model = model
        return proposer.propose(people)

    def best(proposals):
        """Largest objective among safe rows."""
        safe = proposals.chance >= CALIBRATION.probability(np.array(safe_margin))
        found = np.full(len(people), -np.inf)
        np.maximum.at(found, proposals.who[safe], proposals.objective[safe])
        return found

    few, more = propose(np.inf), propose(0.2)
    counts = [np.bincount(each.who, minlength=len(people)) for each in (few, more)]
    grown = counts[1] > counts[0]
    assert grown.any() and (counts[1] >= counts[0]).all()
    assert (best(more) >= best(few)).all() and (best(more) > best(few)).any()
    # Without a safe row nobody knows what margin costs.
    assert not grown[best(few) == -np.inf].any()


def test_fallback_proposals_copy_further_neighbors(case, proposer, people):
    few = people[:3]
    further = proposer.propose_fallback(few, FallbackStage(9, 2, 8, 0.01))
    check(case, proposer, few, further)
    neighbors = case.neighborhood.nearest(few.codes, 9)
    assert_array_equal(proposer.nearest_accepted(few.codes, 9), neighbors)
    copied = case.actionability.project(few, neighbors)
    for person in range(3):
        rows = further.codes[further.who == person]
        for row in copied[person]:
            assert same_cells(rows, row).all(axis=1).any()


def test_fallback_proposals_are_safer_than_any_neighbor(case, proposer, people):
    further = proposer.propose_fallback(people, FallbackStage(4, 2, 8, 0.01))
    near = case.neighborhood.nearest(people.codes, 4)
    copied = case.actionability.project(people, near)
    gains = []
    for person in range(len(people)):
        safest = further.chance[further.who == person].max()
        margin = proposer.surrogate.decision_function(copied[person])
        gains.append(safest - proposer.calibration.probability(margin).max())
    assert min(gains) >= -1e-9
    assert max(gains) > 0.01


def test_rows_that_are_hardly_accepted_are_not_proposed(make_proposer, people):
    def chances(offset):
        return make_proposer(PlattScale(1.0, offset)).propose(people).chance

    assert len(chances(-25.0)) == 0  # nothing could be accepted
    assert (chances(-3.0) >= CONFIG.min_candidate_chance).all()
    assert len(chances(5.0)) >= len(people)


def test_the_callers_thread_count_and_grad_mode_are_restored(proposer, people, answers):
    before = torch.get_num_threads()
    proposer.propose(people[:2])
    proposer.propose_near(people[:2], answers[:2], 1)
    assert torch.get_num_threads() == before
    assert torch.is_grad_enabled()
