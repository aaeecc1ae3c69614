"""Landscapes: the objective, its every one-cell change, and the stand-in's margin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skpar import Range
from skpar.actionability import People
from skpar.generator._move_scores import Candidates, MoveScorer
from skpar.table._codes import same_cells

from .._people import Workshop, random_points

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
def shop(request):
    return Workshop(RULES[request.param], n=200)


@pytest.fixture(scope="module")
def landscape(shop):
    people = shop.denied_codes[:N_PEOPLE]
    assert np.isnan(people).any()
    return shop.surveyor()(people)


def all_moves(landscape, points):
    """Every single move, one row each: its place, and its codes."""
    n, d, c = len(points), landscape.n_features, landscape.n_choices
    rows, feature, to = (grid.ravel() for grid in np.indices((n, d, c)))
    return (rows, feature, to), landscape.codes_at(points.moved(rows, feature, to))


def spread(moves, values, landscape):
    """Values of moves by point, feature and choice; -inf where there is no column."""
    shape = (len(values), landscape.n_features, landscape.n_choices)
    out = np.full(shape, -np.inf)
    out[:, moves.feature, moves.choice] = values
    return out


def worth_of(landscape, points):
    """Worth of every single move, by point, feature and choice."""
    moves = landscape.moves(points)
    return spread(moves, moves.worth, landscape)


def test_rows_are_valued_as_the_objective_does(shop, landscape):
    points = random_points(landscape, 300)
    rows = landscape.codes_at(points)
    worth, margin = landscape.evaluate(points)
    assert_allclose(
        worth, shop.objective.promise(landscape.codes[points.who], rows), **NEAR
    )
    assert_allclose(margin, landscape.surveyor.stand_in(rows), **NEAR)


def test_every_move_is_valued_as_the_objective_does(shop, landscape):
    points = random_points(landscape, 60, seed=1)
    place, rows = all_moves(landscape, points)
    own = landscape.codes[points.who]
    worth = worth_of(landscape, points)[place]
    feature = place[1]
    before = landscape.codes_at(points)[place[0], feature]
    after = rows[np.arange(len(rows)), feature]
    taken = landscape.choices.open[points.who[place[0]], place[2], feature]
    is_move = taken & ~same_cells(before, after)
    assert_array_equal(np.isfinite(worth), is_move)
    assert (worth[~is_move] == -np.inf).all()
    expected = shop.objective.promise(own[place[0]][is_move], rows[is_move])
    assert_allclose(worth[is_move], expected, **NEAR)
    # Copies of neighbours are among them, and going back to the own value.
    is_copy = place[2] >= landscape.n_written
    assert is_move[is_copy].any() and is_move[place[2] == 0].any()


def test_moves_keep_the_rules(shop, landscape):
    points = random_points(landscape, 60, seed=2)
    place, rows = all_moves(landscape, points)
    is_move = np.isfinite(worth_of(landscape, points)[place])
    own = landscape.codes[points.who][place[0]]
    assert shop.actionability.is_feasible(
        People.unlimited(own[is_move]), rows[is_move]
    ).all()


def test_fewer_choices_are_the_first_ones(landscape):
    points = random_points(landscape, 30, seed=3)
    whole, part = landscape.moves(points), landscape.moves(points, 7)
    is_first = whole.choice < 7
    assert 0 < is_first.sum() < len(is_first)
    assert_array_equal(part.feature, whole.feature[is_first])
    assert_array_equal(part.choice, whole.choice[is_first])
    assert_allclose(part.worth, whole.worth[:, is_first], **NEAR)
    is_move = np.isfinite(part.worth)
    assert_allclose(part.margin[is_move], whole.margin[:, is_first][is_move], **NEAR)


def test_choices_that_nobody_has_get_no_column(landscape):
    moves = landscape.moves(landscape.own())
    grid = landscape.surveyor.maker.grid
    n_copies = landscape.neighbors.shape[1]
    for j in range(landscape.n_features):
        n_values = np.isfinite(grid[:, j]).sum()
        mine = moves.choice[moves.feature == j]
        assert_array_equal(mine[: 1 + n_values], range(1 + n_values))
        assert_array_equal(
            mine[1 + n_values :], landscape.n_written + np.arange(n_copies)
        )


def test_cells_of_other_rows_are_looked_at_where_the_grid_lacks_values(shop):
    people = shop.denied_codes[:20]
    surveyor = shop.surveyor()
    landscape = surveyor(people, shop.neighborhood.nearest(people, 3))
    moves = landscape.moves(landscape.own())
    copied = moves.feature[moves.choice >= landscape.n_written]
    for j, column in enumerate(shop.schema.columns):
        if column.levels is None:
            assert (copied == j).sum() == 3
        else:
            accepted = shop.neighborhood.people[:, j]
            grid = surveyor.maker.grid[:, j]
            assert np.isin(accepted[~np.isnan(accepted)], grid).all()
            assert j not in copied


def test_margins_after_moves_are_exact(landscape):
    points = random_points(landscape, 40, seed=4)
    place, rows = all_moves(landscape, points)
    moves = landscape.moves(points)
    chosen = np.random.RandomState(0).permutation(len(rows))[:2000]
    where = [axis[chosen] for axis in place]
    margin = landscape.margin_after(points, moves.hidden, *where)
    assert_allclose(margin, landscape.surveyor.stand_in(rows[chosen]), **NEAR)


def test_margins_of_moves_are_exact_for_a_sum_over_cells(shop, landscape):
    plain = shop.stand_in(is_plain=True)
    landscape = MoveScorer(
        shop.surveyor(plain), landscape.codes, landscape.choices, landscape.neighbors
    )
    points = random_points(landscape, 40, seed=5)
    moves, (place, rows) = landscape.moves(points), all_moves(landscape, points)
    is_move = np.isfinite(spread(moves, moves.worth, landscape)[place])
    margin = spread(moves, moves.margin, landscape)[place]
    assert_allclose(margin[is_move], plain(rows[is_move]), **NEAR)


def test_margins_of_moves_are_right_to_first_order(shop):
    """Over a small step, first order and exact differ by next to nothing."""
    surveyor = shop.surveyor()
    people = shop.denied_codes[~np.isnan(shop.denied_codes[:, 1])][:20]
    near = people.copy()
    near[:, 1] += 1e-5
    landscape = surveyor(people, near[:, None])
    last = landscape.n_written
    own = landscape.own()
    moves = landscape.moves(own)
    margin = spread(moves, moves.margin, landscape)[:, 1, last]
    is_open = landscape.choices.open[:, last, 1]
    assert is_open.mean() > 0.8
    _, start = landscape.evaluate(own)
    exact = surveyor.stand_in(near)
    change = np.abs(exact - start)[is_open]
    assert np.median(change) > 1e-8
    assert_allclose(margin[is_open], exact[is_open], rtol=0, atol=3e-9)


def test_starts_are_the_factuals_the_given_picks_and_the_neighbors(shop, landscape):
    own = landscape.own()
    assert_array_equal(landscape.codes_at(own), landscape.codes)
    picks = [random_points(landscape, N_PEOPLE, seed=s).picks.T for s in (6, 7)]
    starts = landscape.starts(picks)
    rows = landscape.codes_at(starts)
    n_neighbors = landscape.neighbors.shape[1]
    assert len(starts) == N_PEOPLE * (1 + 2 + n_neighbors)
    for person in (0, 3):
        mine = rows[starts.who == person]
        assert_array_equal(mine[0], landscape.codes[person])
        for place, pick in enumerate(picks, start=1):
            there = Candidates(np.array([person]), pick[[person]].T)
            assert_array_equal(mine[place], landscape.codes_at(there)[0])
        neighbors = landscape.neighbors[[person]]
        copies = shop.actionability.project(
            People.unlimited(landscape.codes[[person]]), neighbors
        )
        assert_array_equal(mine[3:], copies[0])


def test_points_move_in_one_feature(landscape):
    points = random_points(landscape, 10, seed=8)
    rows = np.array([2, 2, 9])
    moved = points.moved(rows, np.array([0, 4, 5]), np.array([0, 1, 2]))
    assert len(moved) == 3
    assert_array_equal(moved.who, points.who[rows])
    changed = moved.picks != points.picks[:, rows]
    expected = np.zeros_like(changed)
    expected[[0, 4, 5], range(3)] = True
    assert not (changed & ~expected).any()
    assert moved.picks[4, 1] == 1
    assert_array_equal(points[rows].picks, points.picks[:, rows])
    assert_array_equal(points.picks, random_points(landscape, 10, seed=8).picks)


def test_equal_numbers_of_cells_mean_equal_cells(landscape):
    points = random_points(landscape, 200, seed=9)
    rows, cells = landscape.codes_at(points), landscape.cells(points).T
    for one, other in ((0, 1), (5, 40), (17, 18)):
        assert_array_equal(
            cells[one] == cells[other], same_cells(rows[one], rows[other])
        )
    equal = (cells[:, None] == cells[None]).all(axis=2)
    assert_array_equal(equal, same_cells(rows[:, None], rows[None]).all(axis=2))


def test_values_do_not_depend_on_the_people_beside(shop, landscape):
    points = random_points(landscape, 80, seed=10)
    worth, margin = landscape.evaluate(points)
    moves = landscape.moves(points)
    surveyor = landscape.surveyor
    for person in range(0, N_PEOPLE, 4):
        mine = np.flatnonzero(points.who == person)
        alone = surveyor(landscape.codes[[person]])
        there = Candidates(np.zeros(len(mine), dtype=np.int64), points.picks[:, mine])
        again, guess = alone.evaluate(there)
        assert_allclose(again, worth[mine], **NEAR)
        assert_allclose(guess, margin[mine], **NEAR)
        theirs = alone.moves(there)
        assert_allclose(theirs.worth, moves.worth[mine], **NEAR)
        is_move = np.isfinite(theirs.worth)
        assert_allclose(theirs.margin[is_move], moves.margin[mine][is_move], **NEAR)


@settings(max_examples=15)
@given(st.integers(0, 2**31), st.integers(1, 3), st.integers(1, 6))
def test_rows_to_copy_may_be_any_rows(shop, seed, n_people, n_others):
    """Extreme numbers and missing cells too: all are brought within the rules."""
    rng = np.random.RandomState(seed)
    people = shop.denied_codes[rng.randint(len(shop.denied_codes), size=n_people)]
    others = shop.codes[rng.randint(len(shop.codes), size=(n_people, n_others))]
    wild = rng.rand(n_people, n_others) < 0.3
    others[wild, 2] = rng.choice([-1e300, 1e300])
    landscape = shop.surveyor()(people, others)
    points = random_points(landscape, 20, seed, p_own=0.2)
    place, rows = all_moves(landscape, points)
    own = people[points.who][place[0]]
    worth = worth_of(landscape, points)[place]
    is_move = np.isfinite(worth)
    assert shop.actionability.is_feasible(
        People.unlimited(own[is_move]), rows[is_move]
    ).all()
    expected = shop.objective.promise(own[is_move], rows[is_move])
    assert_allclose(worth[is_move], expected, **NEAR)
