"""One pass: the best accepted proposal or part of it, checked, and nothing proved."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from skpar import MaxChanged
from skpar.actionability import People
from skpar.table import same_cells

from .._loans import RULES, quick, split_loans, unchanged

UNANSWERED = pytest.mark.filterwarnings("ignore:No recourse was found")


class Counting:
    """Counts the calls of ``predict``."""

    def __init__(self, clf):
        self.clf, self.classes_, self.n_calls = clf, clf.classes_, 0

    def predict(self, X):
        self.n_calls += 1
        return self.clf.predict(X)

    def predict_proba(self, X):
        return self.clf.predict_proba(X)


@pytest.fixture(scope="module")
def loans():
    return split_loans(200)


@pytest.fixture(scope="module")
def par(loans):
    clf = Counting(loans.clf)
    rules = quick(search="none", actionability=RULES, links=[MaxChanged(3)])
    return rules.fit(loans.X, loans.y, clf)


@pytest.fixture(scope="module")
def report(par, loans):
    return par.recourse(loans.asking)


@UNANSWERED
def test_answers_are_accepted_and_feasible(par, loans, report):
    judged = par.assess(loans.asking, report.counterfactuals)[report.answered]
    assert len(judged) > 20
    assert judged["recourse"].all(), judged["broken"].unique()
    X_cf = par.transform(loans.asking)
    assert unchanged(X_cf, report.counterfactuals).all()


def test_nothing_is_proved_and_no_change_is_known_to_be_needed(report):
    assert set(report.status) <= {"accepted", "found", "not found"}
    assert not report.needed.any() and not report.optimal.any()
    assert report.unchecked[report.answered].all()
    assert set(report.changes()["role"]) == {"unknown"}
    texts = np.array(report.actions())[report.answered]
    assert all("no search was made" in text for text in texts)


def test_the_answer_is_the_best_of_proposals_and_their_parts(par, loans, report):
    codes, parts = par.schema_.encode(loans.asking), par._parts
    people = People.unlimited(codes[report.denied])
    drawn = parts.proposer.draw(people)
    assert (np.diff(drawn.who) >= 0).all()
    assert np.bincount(drawn.who).max() <= par.n_proposals
    own = people.codes[drawn.who]
    rows = par._actionability.project(people[drawn.who], drawn.codes)
    good = par._black_box.accepted(rows) & ~same_cells(rows, own).all(axis=1)
    value = np.where(good, parts.objective.evaluate(own, rows), -np.inf)
    best = np.full(len(people), -np.inf)
    np.maximum.at(best, drawn.who, value)
    denied = report[report.denied]
    np.testing.assert_array_equal(denied.answered, best > -np.inf)
    got = denied.objective[denied.answered]
    gain = got - best[denied.answered]
    assert (gain > -1e-9).all() and (gain > 0.1).any()
    change = ~same_cells(denied.codes_before, denied.codes_after)
    for row in np.flatnonzero(denied.answered)[gain <= 1e-9]:
        for j in np.flatnonzero(change[row]) if change[row].sum() > 1 else ():
            part = denied.codes_after[[row]].copy()
            part[0, j] = denied.codes_before[row, j]
            person = people[[row]]
            if par._actionability.is_feasible(person, part)[0]:
                better = parts.objective.evaluate(person.codes, part)
                better = better[0] > denied.objective[row] + 1e-9
                assert not (better and par._black_box.accepted(part)[0])


@UNANSWERED
def test_the_classifier_is_called_a_fixed_number_of_times(par, loans, report):
    for n in (1, len(loans.asking)):
        some = loans.asking[report.denied][:n]
        before = par.estimator_.n_calls
        par.transform(some)
        # Who is denied, proposals, their parts, and the final check.
        assert 3 <= par.estimator_.n_calls - before <= 4
    most = par.n_proposals + loans.X.shape[1]
    assert 0 < report.n_queries[report.denied].max() <= most


def test_an_answer_depends_on_its_own_row(par, loans, report):
    rng = np.random.RandomState(0)
    for size in (1, 3, 40):
        some = rng.permutation(len(loans.asking))[:size]
        part = par.recourse(loans.asking.iloc[some])
        np.testing.assert_array_equal(part.status, report.status[some])
        assert part.codes_after.tobytes() == report.codes_after[some].tobytes()


def test_demands_and_limits_hold(par, loans):
    report = par.recourse(
        loans.asking, min_probability=0.55, max_probability=0.9, max_effort=1.2
    )
    assert 5 < report.answered.sum() < report.denied.sum()
    X_cf = report.counterfactuals[report.answered]
    probability = loans.clf.predict_proba(X_cf)[:, 1]
    assert probability.min() >= 0.55 and probability.max() <= 0.9
    assert report.effort[report.answered].max() <= 1.2 + 1e-9
    frozen = loans.asking.isna() | True
    nothing = par.recourse(loans.asking, frozen=frozen)
    assert set(nothing.status) == {"accepted", "not found"}
    assert nothing.reason[nothing.denied][0] == (
        'no proposal is a recourse (0 tried); no search was made, because search="none"'
    )


def test_options_differ(par, loans, report):
    both = par.recourse(loans.asking, n_options=2)
    first, second = both.options
    assert 0 < second.answered.sum() <= first.answered.sum()
    who = second.answered
    changes = [
        ~same_cells(one.codes_before, one.codes_after) for one in (first, second)
    ]
    differs = (first.codes_after != second.codes_after) & (changes[0] | changes[1])
    assert differs[who].any(axis=1).all()
    assert (first.objective[who] >= second.objective[who]).all()


def test_search_can_be_changed_after_fit(par, loans, report):
    searched = clone(par).set_params(search="full")
    vars(searched).update({**vars(par), "search": "full"})
    full = searched.recourse(loans.asking[:60])
    both = full.answered & report.answered[:60]
    gain = full.objective[both] - report.objective[:60][both]
    assert gain.mean() > 0.0 and full.needed[both].any()
    assert full.answered.sum() >= report.answered[:60].sum()


def test_another_name_is_refused(loans):
    with pytest.raises(ValueError, match="search"):
        quick(search="some").fit(loans.X, loans.y, loans.clf)
