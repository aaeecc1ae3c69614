"""Rounding: digits are counted rightly, and rounder answers keep every promise."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar import PARRecourse, Range
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.objective._objective import Weights
from skpar.search._rounding import (
    Rounding,
    _rounded,
    digits_of_change,
    significant_digits,
)
from skpar.search.queries import AcceptedRows, QueryState, no_surcharge
from skpar.table import same_cells

from .._configs import SEARCH
from .._loans import RULES, Accepts, quick, split_loans
from .._people import WEIGHTS, FittedCase

numbers = st.tuples(
    st.integers(1, 10**9).filter(lambda k: k % 10), st.integers(-12, 12)
)


@given(numbers, st.sampled_from([1, -1]), st.integers(-2, 2))
def test_digits_are_those_of_the_decimal_number(number, sign, n_ulps):
    digits, power = number
    value = sign * float(f"{digits}e{power}")
    noisy = value + n_ulps * np.spacing(value)
    assert significant_digits(np.array([noisy])) == len(str(digits))


def test_digits_of_sums_zero_missing_and_narrow_floats():
    values = np.array([0.1 + 0.2, 0.0, np.nan, 1e300, 5e-324, 15024.0])
    assert significant_digits(values).tolist()[:4] == [1, 1, 1, 1]
    assert significant_digits(values)[5] == 5
    narrow = np.array([np.float32(0.1)], dtype=np.float64)
    assert significant_digits(narrow, 6) == 1 < significant_digits(narrow)


@pytest.mark.parametrize(
    ("own", "value", "digits"),
    [
        (1.05, 0.0001, 4),
        (1.05, 0.0, 1),
        (5300.0, 1.0, 3),
        (0.37, 0.266, 3),
        (0.15, 0.05, 1),
        (17000.0, 8500.0, 2),
        (0.0001, 0.0002, 1),
        (np.nan, 0.0001, 1),
        (1e308, -1e308, 1),
    ],
)
def test_zeros_that_are_finer_than_the_change_count(own, value, digits):
    assert digits_of_change(np.array([own]), np.array([value])) == digits


@given(numbers, numbers, st.integers(1, 3))
def test_a_number_that_is_rounded_like_its_change_has_few_digits(old, new, digits):
    own, value = (np.array([float(f"{one[0]}e{one[1]}")]) for one in (old, new))
    for one in _rounded(value, digits, own):
        below = np.floor(np.log10(abs(value - own) + 1e-300)) - digits
        assert significant_digits(one) <= digits
        # Zero, or no finer than the change by more powers of ten than there are digits.
        assert one == 0.0 or abs(one) >= 0.99 * 10.0**below or value == own


@given(numbers, st.sampled_from([1, -1]), st.integers(1, 4))
def test_a_number_is_between_the_rounded_numbers_next_to_it(number, sign, digits):
    value = sign * float(f"{number[0]}e{number[1]}")
    unknown = np.array([np.nan])
    down, up = (float(one[0]) for one in _rounded(np.array([value]), digits, unknown))
    assert significant_digits(np.array([down, up])).max() <= digits
    assert [float(f"{one:.12g}") for one in (down, up)] == [down, up]
    if len(str(number[0])) <= digits:
        assert down == up == value
    else:
        assert down < value < up
        step = 10.0 ** (np.floor(np.log10(abs(value))) + 1 - digits)
        assert up - down == pytest.approx(step)


class Calibration:
    def probability(self, margin):
        return 1.0 / (1.0 + np.exp(-margin))


def rounding(case, rules=None, weights=None):
    objective = case.objective_with(weights) if weights else case.objective
    able = Actionability(case.schema, rules)
    surrogate = case.surrogate(is_plain=True)
    return Rounding(able, objective, surrogate, Calibration(), SEARCH)


@pytest.fixture(scope="module")
def case():
    return FittedCase(n=200)


@pytest.fixture(scope="module")
def pairs(case):
    """People, and answers that change age, savings and job."""
    own = case.denied_codes[:12]
    answers = own.copy()
    answers[:, 0] = 37.0
    answers[:, 2] = 157.25 + np.arange(12)
    answers[:, 4] = (own[:, 4] + 1) % 3
    return own, answers


def test_proposals_are_feasible_and_rounder(case, pairs):
    own, answers = pairs
    people = People.unlimited(own)
    one = rounding(case, {"age": "increasing"})
    answers = one.actionability.project(people, answers)
    near = one.propose(people, answers)
    rows, who = near.codes, near.who
    assert set(who) == set(range(12))
    assert (np.diff(who) >= 0).all()
    assert one.actionability.is_feasible(people[who], rows).all()
    assert (
        one.count_digits(own[who], rows) < one.count_digits(own, answers)[who]
    ).all()
    same = same_cells(rows, answers[who])
    assert same[:, [1, 3, 4, 5]].all(), "levels and kept cells stay"
    assert (~same[:, 0] & ~same[:, 2]).any() and (~same[:, 0] & same[:, 2]).any()
    value = case.objective.upper_bound(own[who], rows)
    np.testing.assert_allclose(near.objective, value)


def test_digits_cost_in_changed_numbers_alone(case, pairs):
    own, answers = pairs
    one = rounding(case)
    assert (one.count_digits(own, own) == 0).all()
    counts = one.count_digits(own, answers)
    assert (counts == significant_digits(answers[:, 2])).all(), "37 has one more"
    changed = answers.copy()
    changed[:, 3] = (own[:, 3] + 1) % 4
    assert (one.count_digits(own, changed) == counts).all()


def test_the_price_has_the_unit_of_the_objective(case, pairs):
    own, answers = pairs
    people = People.unlimited(own)
    usual = rounding(case).prices(people, answers)
    doubled = Weights(*(2.0 * weight for weight in astuple(WEIGHTS)))
    np.testing.assert_allclose(
        rounding(case, weights=doubled).prices(people, answers), 2 * usual, atol=1e-8
    )
    for scale in (1.0, 1e-3):
        only_effort = Weights(0.0, 0.0, scale, 0.0, 0.0)
        effort = case.effort.per_feature(own, answers).sum(axis=1)
        np.testing.assert_allclose(
            rounding(case, weights=only_effort).prices(people, answers),
            SEARCH.digit_price * scale * effort,
            atol=1e-8,
        )


def test_a_surcharge_is_for_a_time(case, pairs):
    own, answers = pairs
    accepted = AcceptedRows(own, case.objective.acting)
    who = np.arange(12)
    accepted.add(who, answers, who + 0.5, who > 0, who > 0, who > 0)
    state = QueryState(People.unlimited(own), accepted)
    state.result.objective[3] = 2.0
    state.charge(lambda who, rows: 0.25 * who)
    assert state.result.objective[3] == 1.25
    assert np.isneginf(state.result.objective[4])
    assert (accepted.objective == 0.75 * who + 0.5).all()
    state.charge(lambda who, rows: 0.5 * who)
    assert (accepted.objective == 0.5 * who + 0.5).all()
    state.charge(no_surcharge)
    assert (accepted.objective == who + 0.5).all()
    assert state.result.objective[3] == 2.0


@pytest.fixture(scope="module")
def loans():
    return split_loans(150)


@pytest.fixture(scope="module")
def pair(loans):
    """An estimator, and the reports of it with and without rounding."""
    par = quick(actionability=RULES).fit(loans.X, loans.y, loans.clf)
    return par, par.recourse(loans.asking), without(par).recourse(loans.asking)


def without(par):
    """Copy a fitted estimator that does not round."""
    plain = copy.copy(par)
    plain._parts = copy.copy(par._parts)
    search = copy.copy(par._parts.search)
    search.rounding = None
    object.__setattr__(plain._parts, "search", search)
    return plain


def digits_of(par, report):
    counts = par._parts.search.rounding.count_digits
    return counts(report.codes_before, report.codes_after)[report.answered]


def test_rounder_answers_are_accepted_feasible_and_needed(pair, loans):
    par, report, plain = pair
    found = report.answered
    assert (found == plain.answered).all() and found.any()
    assert (loans.clf.predict(report.counterfactuals[found]) == 1).all()
    people = People.unlimited(report.codes_before[found])
    after = report.codes_after[found]
    assert par._parts.search.actionability.is_feasible(people, after).all()
    assert (report.needed[found] >= plain.needed[found]).all()
    assert (report.n_queries >= plain.n_queries).all()


def test_no_more_objective_is_lost_than_the_digits_cost(pair):
    par, report, plain = pair
    found, objective = report.answered, par._parts.objective
    people = People.unlimited(plain.codes_before[found])
    price = par._parts.search.rounding.prices(people, plain.codes_after[found])
    lost = objective.evaluate(people.codes, plain.codes_after[found])
    lost -= objective.evaluate(people.codes, report.codes_after[found])
    saved = digits_of(par, plain) - digits_of(par, report)
    assert (lost <= price * saved + 1e-6).all()
    assert saved.sum() > 0 and (saved > 1).any()


def test_rounding_can_be_switched_off(loans, pair):
    par, _, plain = pair
    off = quick(actionability=RULES, round_numbers=False)
    off.fit(loans.X, loans.y, loans.clf)
    other = off.recourse(loans.asking)
    assert np.array_equal(other.codes_after, plain.codes_after, equal_nan=True)
    assert (
        digits_of(par, other).sum() > digits_of(par, par.recourse(loans.asking)).sum()
    )


def test_a_rounded_answer_does_not_depend_on_the_batch(loans, pair):
    par, report, _ = pair
    for row in np.flatnonzero(report.answered)[:5]:
        alone = par.recourse(loans.asking.iloc[[row]])
        assert np.array_equal(
            alone.codes_after[0], report.codes_after[row], equal_nan=True
        )


def test_optimal_answers_stay():
    rng = np.random.RandomState(0)
    X = np.column_stack([rng.randint(11, 60, 400), rng.randint(0, 2, 400)])
    clf = Accepts(lambda X: X[:, 0] + 5 * X[:, 1] > 41)
    par = quick(max_queries=200, favorable_label=1).fit(X, clf=clf)
    report = par.recourse(X[:60])
    plain = without(par).recourse(X[:60])
    assert report.optimal[report.answered].all() and report.answered.any()
    assert np.array_equal(report.codes_after, plain.codes_after)


def test_optimal_answers_stay_beside_people_whose_answers_are_rounded(monkeypatch):
    dear = dataclasses.replace(PARRecourse.search_config, digit_price=1.0)
    monkeypatch.setattr(PARRecourse, "search_config", dear)
    rng = np.random.RandomState(0)
    X = np.column_stack([rng.randint(381, 480, 400), rng.randint(0, 2, 400)])
    clf = Accepts(lambda X: X[:, 0] > 417)
    par = quick(max_queries=90, favorable_label=1).fit(X, clf=clf)
    ask = X[:120].astype(float)
    # Few rows are feasible for every second person.
    room = np.where(np.arange(120) % 2 == 0, 20, 1000)[:, None] * [1, np.nan]
    limits = {"lower": ask - room, "upper": ask + room}
    report, plain = (one.recourse(ask, **limits) for one in (par, without(par)))
    is_optimal = report.optimal
    assert is_optimal.any() and (report.answered & ~is_optimal).any()
    same = (report.codes_after == plain.codes_after).all(axis=1)
    assert same[is_optimal].all() and not same[~is_optimal].all()


def test_steps_are_kept(case, pairs):
    """Numbers of a step of 5 or .25 stay on it, however round others are."""
    own, answers = pairs
    able = rounding(case, {"age": Range(step=5), "savings": Range(step=0.25)})
    people = People.unlimited(own)
    near = able.propose(people, able.actionability.project(people, answers))
    changed = ~same_cells(near.codes, own[near.who])
    for j, step in ((0, 5), (2, 0.25)):
        assert changed[:, j].any()
        assert (near.codes[changed[:, j], j] % step == 0).all()
