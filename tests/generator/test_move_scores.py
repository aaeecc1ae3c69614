"""Move scores: the objective and the margin of every row one feature away."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skpar import Range
from skpar.actionability import People
from skpar.generator import _move_scores
from skpar.generator._candidates import Candidates
from skpar.generator._move_scores import MoveScorer
from skpar.table._codes import same_cells

from .._configs import SEARCH
from .._people import FittedCase, random_candidates

RULES = {
    "free": None,
    "shared": {"age": "increasing", "school": "immutable", "job": "immutable"},
    # What may be written then differs from person to person.
    "own": {
        "age": Range(-7, 21, step=7, relative=True),
        "income": Range(-300, 300, relative=True),
        "savings": Range(step=37.5, relative=True),
        "school": "increasing",
    },
}
N_PEOPLE = 25
NEAR = {"rtol": 0, "atol": 2e-9}  # both sides are rounded


@pytest.fixture(scope="module", params=RULES)
def case(request):
    case = FittedCase(RULES[request.param], n=200)
    case.name = request.param
    return case


@pytest.fixture(scope="module")
def scorer(case):
    people = case.denied_codes[:N_PEOPLE]
    assert np.isnan(people).any()
    return case.scorer(people)


def all_moves(scorer, candidates):
    """Every single move, one row each: its place, and its codes."""
    n, d, c = len(candidates), scorer.n_features, scorer.n_actions
    rows, feature, action = (grid.ravel() for grid in np.indices((n, d, c)))
    moved = candidates.moved(rows, feature, action)
    return (rows, feature, action), scorer.codes_at(moved)


def spread(moves, values, scorer):
    """Values of moves by candidate, feature, action; -inf where there is no column."""
    shape = (len(values), scorer.n_features, scorer.n_actions)
    out = np.full(shape, -np.inf)
    out[:, moves.feature, moves.action] = values
    return out


def objective_of(scorer, candidates):
    """Objective of every single move, by candidate, feature and action."""
    moves = scorer.moves(candidates)
    return spread(moves, moves.objective, scorer)


def test_candidates_have_the_objective_and_margin_of_their_rows(case, scorer):
    candidates = random_candidates(scorer, 300)
    rows = scorer.codes_at(candidates)
    value, margin = scorer.evaluate(candidates)
    assert_allclose(
        value, case.objective.upper_bound(scorer.codes[candidates.who], rows), **NEAR
    )
    assert_allclose(margin, scorer.surrogate.decision_function(rows), **NEAR)


def test_moves_have_the_objective_of_their_rows(case, scorer):
    candidates = random_candidates(scorer, 60, seed=1)
    place, rows = all_moves(scorer, candidates)
    own = scorer.codes[candidates.who]
    value = objective_of(scorer, candidates)[place]
    feature = place[1]
    before = scorer.codes_at(candidates)[place[0], feature]
    after = rows[np.arange(len(rows)), feature]
    taken = scorer.is_open[candidates.who[place[0]], place[2], feature]
    is_move = taken & ~same_cells(before, after)
    assert_array_equal(np.isfinite(value), is_move)
    assert (value[~is_move] == -np.inf).all()
    expected = case.objective.upper_bound(own[place[0]][is_move], rows[is_move])
    assert_allclose(value[is_move], expected, **NEAR)
    # Copies of neighbors are among them, and going back to the own value.
    is_copy = place[2] >= scorer.first_copy
    assert is_move[is_copy].any() and is_move[place[2] == 0].any()


def test_moves_keep_the_rules(case, scorer):
    candidates = random_candidates(scorer, 60, seed=2)
    place, rows = all_moves(scorer, candidates)
    is_move = np.isfinite(objective_of(scorer, candidates)[place])
    own = scorer.codes[candidates.who][place[0]]
    assert case.actionability.is_feasible(
        People.unlimited(own[is_move]), rows[is_move]
    ).all()


def test_fewer_actions_are_the_first_ones(scorer):
    candidates = random_candidates(scorer, 30, seed=3)
    whole, part = scorer.moves(candidates), scorer.moves(candidates, 7)
    is_first = whole.action < 7
    assert 0 < is_first.sum() < len(is_first)
    assert_array_equal(part.feature, whole.feature[is_first])
    assert_array_equal(part.action, whole.action[is_first])
    assert_allclose(part.objective, whole.objective[:, is_first], **NEAR)
    is_move = np.isfinite(part.objective)
    assert_allclose(part.margin[is_move], whole.margin[:, is_first][is_move], **NEAR)


def test_actions_that_no_person_has_get_no_column(scorer):
    moves = scorer.moves(scorer.factuals())
    grid = scorer.scoring_model.action_builder.grid
    n_copies = scorer.neighbors.shape[1]
    for j in range(scorer.n_features):
        n_values = np.isfinite(grid[:, j]).sum()
        mine = moves.action[moves.feature == j]
        assert_array_equal(mine[: 1 + n_values], range(1 + n_values))
        assert_array_equal(
            mine[1 + n_values :], scorer.first_copy + np.arange(n_copies)
        )


def test_cells_are_copied_only_if_the_grid_lacks_values(case):
    people = case.denied_codes[:20]
    scorer = case.scorer(people, case.neighborhood.nearest(people, 3))
    moves = scorer.moves(scorer.factuals())
    copied = moves.feature[moves.action >= scorer.first_copy]
    for j, column in enumerate(case.schema.columns):
        if column.levels is None:
            assert (copied == j).sum() == 3
        else:
            accepted = case.neighborhood.people[:, j]
            grid = case.action_builder.grid[:, j]
            assert np.isin(accepted[~np.isnan(accepted)], grid).all()
            assert j not in copied


def test_margins_after_moves_are_exact(scorer):
    candidates = random_candidates(scorer, 40, seed=4)
    place, rows = all_moves(scorer, candidates)
    moves = scorer.moves(candidates)
    chosen = np.random.RandomState(0).permutation(len(rows))[:2000]
    where = [axis[chosen] for axis in place]
    hidden = scorer.hidden_after(candidates, moves.hidden, *where)
    margin, _ = scorer.margins(candidates.moved(*where), hidden)
    assert_allclose(margin, scorer.surrogate.decision_function(rows[chosen]), **NEAR)


def test_scores_are_those_of_rows_and_of_rows_with_one_change_undone(scorer):
    candidates = random_candidates(scorer, 200, seed=11, p_own=0.6)
    scored = scorer.score(candidates)
    value, margin = scorer.evaluate(candidates)
    assert_array_equal(scored.objective, value)
    assert_array_equal(scored.margin, margin)
    assert_array_equal(scored.candidates.chosen, candidates.chosen)
    rows, own = scorer.codes_at(candidates), scorer.codes[candidates.who]
    changed = ~same_cells(rows, own)
    for row, before, places, undone in zip(
        rows, own, changed, scored.undone, strict=True
    ):
        if places.sum() < 2:
            assert undone == -np.inf
            continue
        partial = np.repeat(row[None], places.sum(), axis=0)
        columns = np.flatnonzero(places)
        partial[range(len(columns)), columns] = before[columns]
        largest = scorer.surrogate.decision_function(partial).max()
        assert_allclose(undone, largest, **NEAR)
    assert {0, 1, 2, 3} <= set(changed.sum(axis=1))


def test_no_change_is_undone_if_changes_need_not_be_needed(case, scorer):
    model = case.scoring_model(only_needed=False)
    other = MoveScorer(model, scorer.codes, scorer.actions, scorer.neighbors)
    candidates = random_candidates(scorer, 50, seed=13)
    scored, expected = other.score(candidates), scorer.score(candidates)
    assert_array_equal(scored.margin, expected.margin)
    assert_array_equal(scored.objective, expected.objective)
    assert (scored.undone == -np.inf).all()
    assert (expected.undone > -np.inf).any()


def test_margins_after_moves_are_those_of_the_rows_moved_to(scorer):
    """Hidden values that were updated and those that were added up agree."""
    candidates = random_candidates(scorer, 30, seed=12)
    moves = scorer.moves(candidates)
    rows, place = np.nonzero(moves.objective > -np.inf)
    chosen = np.random.RandomState(1).permutation(len(rows))[:500]
    rows, place = rows[chosen], place[chosen]
    where = (rows, moves.feature[place], moves.action[place])
    hidden = scorer.hidden_after(candidates, moves.hidden, *where)
    moved = candidates.moved(*where)
    margin, undone = scorer.margins(moved, hidden)
    scored = scorer.score(moved)
    assert_allclose(margin, scored.margin, **NEAR)
    assert_array_equal(np.isinf(undone), np.isinf(scored.undone))
    assert_allclose(undone, scored.undone, **NEAR)


def test_margins_of_moves_are_exact_for_a_sum_over_cells(case, scorer):
    plain = case.surrogate(is_plain=True)
    scorer = MoveScorer(
        case.scoring_model(plain), scorer.codes, scorer.actions, scorer.neighbors
    )
    candidates = random_candidates(scorer, 40, seed=5)
    moves, (place, rows) = scorer.moves(candidates), all_moves(scorer, candidates)
    is_move = np.isfinite(spread(moves, moves.objective, scorer)[place])
    margin = spread(moves, moves.margin, scorer)[place]
    assert_allclose(margin[is_move], plain.decision_function(rows[is_move]), **NEAR)


@pytest.mark.parametrize("name", RULES)
def test_margins_of_moves_are_right_to_first_order(name):
    """Over a small step, first-order and exact margins nearly agree."""
    rules = RULES[name] or {}
    fine = [Range(step=1e-5)]  # the table has cents
    fine += [rules["income"]] if "income" in rules else []
    case = FittedCase({**rules, "income": fine}, n=200)
    people = case.denied_codes[~np.isnan(case.denied_codes[:, 1])][:20]
    near = people.copy()
    near[:, 1] += 1e-5
    scorer = case.scorer(people, near[:, None])
    last = scorer.first_copy
    own = scorer.factuals()
    moves = scorer.moves(own)
    margin = spread(moves, moves.margin, scorer)[:, 1, last]
    is_open = scorer.is_open[:, last, 1]
    assert is_open.mean() > 0.8
    _, start = scorer.evaluate(own)
    exact = scorer.surrogate.decision_function(near)
    change = np.abs(exact - start)[is_open]
    assert np.median(change) > 1e-8
    assert_allclose(margin[is_open], exact[is_open], rtol=0, atol=3e-9)


def test_starts_are_the_factuals_the_given_rows_and_the_neighbors(case, scorer):
    assert_array_equal(scorer.codes_at(scorer.factuals()), scorer.codes)
    chosen = [random_candidates(scorer, N_PEOPLE, seed=s).chosen.T for s in (6, 7)]
    starts = scorer.starts(chosen)
    rows = scorer.codes_at(starts)
    n_neighbors = scorer.neighbors.shape[1]
    assert len(starts) == N_PEOPLE * (1 + 2 + n_neighbors)
    for person in (0, 3):
        mine = rows[starts.who == person]
        assert_array_equal(mine[0], scorer.codes[person])
        for place, actions in enumerate(chosen, start=1):
            there = Candidates(np.array([person]), actions[[person]].T)
            assert_array_equal(mine[place], scorer.codes_at(there)[0])
        neighbors = scorer.neighbors[[person]]
        copies = case.actionability.project(
            People.unlimited(scorer.codes[[person]]), neighbors
        )
        assert_array_equal(mine[3:], copies[0])


def test_equal_numbers_of_cells_mean_equal_cells(scorer):
    candidates = random_candidates(scorer, 200, seed=9)
    rows, cells = scorer.codes_at(candidates), scorer.cells(candidates).T
    for one, other in ((0, 1), (5, 40), (17, 18)):
        assert_array_equal(
            cells[one] == cells[other], same_cells(rows[one], rows[other])
        )
    equal = (cells[:, None] == cells[None]).all(axis=2)
    assert_array_equal(equal, same_cells(rows[:, None], rows[None]).all(axis=2))


def test_scores_do_not_depend_on_other_people(case, scorer):
    candidates = random_candidates(scorer, 80, seed=10)
    value, margin = scorer.evaluate(candidates)
    moves = scorer.moves(candidates)
    for person in range(0, N_PEOPLE, 4):
        mine = np.flatnonzero(candidates.who == person)
        alone = case.scorer(scorer.codes[[person]])
        nobody_else = np.zeros(len(mine), dtype=np.int64)
        there = Candidates(nobody_else, candidates.chosen[:, mine])
        same_value, same_margin = alone.evaluate(there)
        assert_allclose(same_value, value[mine], **NEAR)
        assert_allclose(same_margin, margin[mine], **NEAR)
        theirs = alone.moves(there)
        assert_allclose(theirs.objective, moves.objective[mine], **NEAR)
        is_move = np.isfinite(theirs.objective)
        assert_allclose(theirs.margin[is_move], moves.margin[mine][is_move], **NEAR)


@pytest.mark.parametrize("n_actions", [None, 0, 7])
def test_moves_are_scored_alike_together_and_apart(case, n_actions, monkeypatch):
    one = case.scorer(case.denied_codes[:3])
    assert one._tables.is_small
    candidates = random_candidates(one, 90, seed=11)
    number = one.first_copy if n_actions == 0 else n_actions
    scored = []
    for most in (10**9, 0):
        monkeypatch.setattr(_move_scores, "_MOST_PRODUCTS", most)
        scored.append(one.moves(candidates, number))
    together, apart = scored
    assert_array_equal(together.feature, apart.feature)
    assert_array_equal(together.action, apart.action)
    assert_allclose(together.objective, apart.objective, **NEAR)
    is_move = np.isfinite(apart.objective)
    assert is_move.any()
    assert_allclose(together.margin[is_move], apart.margin[is_move], **NEAR)
    assert_allclose(together.objective_before, one.evaluate(candidates)[0], **NEAR)


def test_cells_are_shared_unless_rules_write_other_ones(case, scorer):
    shared = [scorer._tables.shared(j) for j in range(scorer.n_features)]
    names = [column.name for column in case.schema.columns]
    own = {name for name, cells in zip(names, shared, strict=True) if cells is None}
    assert own == ({"age", "income", "savings"} if case.name == "own" else set())


@settings(max_examples=15)
@given(st.integers(0, 2**31), st.integers(1, 3), st.integers(1, 6))
def test_rows_to_copy_may_be_any_rows(case, seed, n_people, n_others):
    """Extreme numbers and missing cells too: all are projected onto the rules."""
    rng = np.random.RandomState(seed)
    people = case.denied_codes[rng.randint(len(case.denied_codes), size=n_people)]
    others = case.codes[rng.randint(len(case.codes), size=(n_people, n_others))]
    wild = rng.rand(n_people, n_others) < 0.3
    others[wild, 2] = rng.choice([-1e300, 1e300])
    scorer = case.scorer(people, others)
    candidates = random_candidates(scorer, 20, seed, p_own=0.2)
    place, rows = all_moves(scorer, candidates)
    own = people[candidates.who][place[0]]
    value = objective_of(scorer, candidates)[place]
    is_move = np.isfinite(value)
    assert case.actionability.is_feasible(
        People.unlimited(own[is_move]), rows[is_move]
    ).all()
    expected = case.objective.upper_bound(own[is_move], rows[is_move])
    assert_allclose(value[is_move], expected, **NEAR)


def test_efforts_above_the_largest_one_have_a_surcharge(case):
    codes = case.denied_codes[:8]
    people, effort = People.unlimited(codes), case.objective.effort
    most = np.resize([0.0, 0.3, 1.0, np.inf], 8)
    limits = dataclasses.replace(people.limits, max_effort=most)
    scorer = MoveScorer.of(case.scoring_model(), People(codes, limits))
    plain = MoveScorer.of(case.scoring_model(), people)
    candidates = random_candidates(scorer, 40)
    scored = scorer.score(candidates)
    assert_array_equal(scored.objective, plain.score(candidates).objective)

    def surcharge(who, rows):
        total = effort.per_feature(codes[who], rows).sum(axis=1)
        above = np.maximum(total - most[who], 0.0) / effort.typical
        return SEARCH.over_budget_price * case.objective.scale * above

    expected = surcharge(candidates.who, scorer.codes_at(candidates))
    # Efforts are rounded before they have a price.
    near = {"rtol": 0, "atol": 2e-8}
    assert_allclose(scored.surcharge, expected, **near)
    assert (expected > 0).any() and (expected == 0).any()
    assert_array_equal(scored.is_affordable, scored.surcharge == 0)
    moves = scorer.moves(candidates)
    (rows, feature, action), codes_after = all_moves(scorer, candidates)
    after = surcharge(candidates.who[rows], codes_after)
    whole = after.reshape(len(candidates), scorer.n_features, scorer.n_actions)
    given = whole[:, moves.feature, moves.action]
    assert_allclose(moves.surcharge, given, **near)
    assert plain.moves(candidates).surcharge is None


def test_nobody_else_pays_for_the_largest_effort_of_a_person(case):
    codes = case.denied_codes[:4]
    people = People.unlimited(codes)
    most = np.array([0.2, np.inf, np.inf, np.inf])
    limits = dataclasses.replace(people.limits, max_effort=most)
    scorer = MoveScorer.of(case.scoring_model(), People(codes, limits))
    found = scorer.score(random_candidates(scorer, 40))
    free = found.who > 0
    assert not found.surcharge[free].any()
    price = np.full(len(found), 3.0)
    without = dataclasses.replace(found, surcharge=None)
    value, plain = found.lagrangian(price, 0.1), without.lagrangian(price, 0.1)
    assert_array_equal(value[free], plain[free])
    # A multiplier above 1 also multiplies the surcharge.
    assert_allclose((plain - value)[~free], 3.0 * found.surcharge[~free])
