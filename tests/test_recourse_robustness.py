"""Recourse that refits accept as well, and estimators for a new classifier."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from ._clerks import RULES as CLERK_RULES
from ._clerks import decide, make_clerks, reach
from ._loans import RULES, Accepts, mixed_pipeline, quick, split_loans

N_REFITS = 5
DEMAND = {"min_robustness": 0.8, "n_refits": N_REFITS}


@pytest.fixture(scope="module")
def loans():
    return split_loans(100)


@pytest.fixture(scope="module")
def par(loans):
    return quick(actionability=RULES, **DEMAND).fit(loans.X, loans.y, loans.clf)


@pytest.fixture(scope="module")
def denied(loans):
    return loans.asking[loans.clf.predict(loans.asking) == 0][:18]


def share_of_refits(par, rows):
    return np.mean([clf.predict(rows) == 1 for clf in par.refits_], axis=0)


def test_classifier_and_enough_refits_accept_every_recourse(par, loans, denied):
    assert len(par.refits_) == N_REFITS
    denied = denied[:12]
    report = par.recourse(denied, n_options=2)
    assert report.answered.mean() > 0.9
    for option in report.options:
        rows = option.counterfactuals[option.answered]
        assert (loans.clf.predict(rows) == 1).all()
        assert (share_of_refits(par, rows) >= 0.8).all()
    table = par.assess(denied, report.counterfactuals)
    np.testing.assert_array_equal(table["recourse"], report.answered)
    changed = par.transform(denied)[report.answered]
    assert (share_of_refits(par, changed) >= 0.8).all()


def test_without_the_demand_some_recourse_is_fragile_and_assess_says_so(
    par, loans, denied
):
    plain = quick(actionability=RULES).fit(loans.X, loans.y, loans.clf)
    assert plain.refits_ is None
    report = plain.recourse(denied)
    found = report.answered
    share = share_of_refits(par, report.counterfactuals[found])
    fragile = share < 0.8
    assert fragile.any() and not fragile.all()
    broken = par.assess(denied, report.counterfactuals)["broken"][found]
    texts = [f"share of refits {one:.6g} below min_robustness=0.8" for one in share]
    np.testing.assert_array_equal(broken, np.where(fragile, texts, ""))


def test_a_change_is_needed_for_the_demand(par, loans, denied):
    report = par.recourse(denied)
    who = np.flatnonzero(report.answered & report.needed & (report.n_changed == 2))
    assert len(who) > 0
    for i in who:
        own, new = report.factuals.iloc[[i]], report.counterfactuals.iloc[[i]]
        changed = (own != new).to_numpy()[0] & ~(own.isna() & new.isna()).to_numpy()[0]
        for column in own.columns[changed]:
            part = new.copy()
            part[column] = own[column]
            meets = loans.clf.predict(part)[0] == 1
            assert not (meets and share_of_refits(par, part)[0] >= 0.8)


def test_what_is_proved_holds_for_the_demand():
    X = make_clerks(150)
    y = decide(X).astype(int)
    noisy = np.where(np.random.RandomState(0).rand(len(X)) < 0.15, 1 - y, y)
    clf = mixed_pipeline(LogisticRegression()).fit(X, noisy)
    rules = {**CLERK_RULES, "town": "immutable", "grade": "immutable"}
    settings = {"actionability": rules, "max_queries": 400}
    par = quick(**settings, min_robustness=1.0, n_refits=4).fit(X, noisy, clf)
    X = X[:60]
    report = par.recourse(X)
    assert {"found", "impossible"} <= set(report.status)
    for i in np.flatnonzero(report.denied):
        rows = reach(X.iloc[i], own={"town": (), "grade": ()})
        robust = clf.predict(rows) == 1
        robust &= share_of_refits(par, rows) == 1.0
        assert report.answered[i] == robust.any()
        assert (report.status[i] == "impossible") == (not robust.any())
    assert report.optimal[report.answered].all()
    before = quick(**settings).fit(make_clerks(150), clf=clf).recourse(X)
    assert (report.answered <= before.answered).all()
    assert report.answered.sum() < before.answered.sum()
    both = report.answered
    assert (report.objective[both] <= before.objective[both] + 1e-9).all()


@pytest.mark.slow
def test_pickles_and_clones_answer_the_same(par, loans, denied):
    rows = denied[:8]
    expected = par.transform(rows)
    kept = pickle.loads(pickle.dumps(par))
    pd.testing.assert_frame_equal(kept.transform(rows), expected)
    fresh = clone(par)
    assert fresh.get_params() == par.get_params()
    assert {name: fresh.get_params()[name] for name in DEMAND} == DEMAND
    fresh.fit(loans.X, loans.y, loans.clf)
    pd.testing.assert_frame_equal(fresh.transform(rows), expected)
    alone = pd.concat([par.transform(rows.iloc[[i]]) for i in range(3)])
    pd.testing.assert_frame_equal(alone, expected[:3])


def test_a_classifier_that_is_fitted_here_is_refitted(loans):
    par = quick(mixed_pipeline(LogisticRegression()), **DEMAND).fit(loans.X, loans.y)
    report = par.recourse(loans.asking[:20])
    rows = report.counterfactuals[report.answered]
    assert (share_of_refits(par, rows) >= 0.8).all()


def test_arrays_are_refitted_as_arrays():
    rng = np.random.RandomState(0)
    X = rng.randn(150, 3)
    y = (X[:, 0] + rng.randn(150) > 0).astype(int)
    clf = LogisticRegression().fit(X, y)
    par = quick(FrozenEstimator(clf), **DEMAND).fit(X, y)
    assert not any(hasattr(one, "feature_names_in_") for one in par.refits_)
    denied = X[clf.predict(X) == 0][:15]
    report = par.recourse(denied)
    assert report.answered.all()
    assert (share_of_refits(par, report.counterfactuals) >= 0.8).all()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"min_robustness": 0.0}, "'min_robustness' parameter"),
        ({"min_robustness": 1.1}, "'min_robustness' parameter"),
        ({"n_refits": 0}, "'n_refits' parameter"),
        ({"n_jobs": 1.5}, "'n_jobs' parameter"),
    ],
)
def test_values_that_cannot_be_meant_are_refused(loans, parameters, message):
    with pytest.raises(ValueError, match=message):
        quick(**parameters).fit(loans.X, loans.y, loans.clf)


def test_fits_without_refits_name_the_alternative(loans):
    par = quick(min_robustness=0.9)
    with pytest.raises(ValueError, match=r"needs y, .*min_probability"):
        par.fit(loans.X, clf=loans.clf)
    foreign = Accepts(lambda X: X["savings"] > 5_000)
    with pytest.raises(ValueError, match=r"clone and fit again.*min_probability"):
        par.fit(loans.X, loans.y, foreign)


@pytest.fixture(scope="module")
def newer(loans):
    flipped = np.where(loans.X["savings"] > loans.X["savings"].median(), 1, loans.y)
    return mixed_pipeline(LogisticRegression(max_iter=1000)).fit(loans.X, flipped)


@pytest.mark.slow
def test_a_new_classifier_keeps_densities_and_gets_its_own_recourse(
    par, loans, denied, newer
):
    before = par.transform(denied[:10])
    new = par.with_classifier(newer, loans.X, loans.y)
    assert new is not par and type(new) is type(par)
    assert new.estimator_ is newer and par.estimator_ is loans.clf
    for name in ("accepted_density_", "denied_density_", "schema_", "relations_"):
        assert getattr(new, name) is getattr(par, name)
    assert new.get_params() == par.get_params()
    assert len(new.refits_) == N_REFITS
    assert not any(one is other for one in new.refits_ for other in par.refits_)
    people = loans.asking[newer.predict(loans.asking) == 0][:12]
    report = new.recourse(people)
    rows = report.counterfactuals[report.answered]
    assert report.answered.mean() > 0.9 and (newer.predict(rows) == 1).all()
    assert (share_of_refits(new, rows) >= 0.8).all()
    pd.testing.assert_frame_equal(par.transform(denied[:10]), before)
    kept = pickle.loads(pickle.dumps(new))
    pd.testing.assert_frame_equal(kept.transform(people[:5]), new.transform(people[:5]))


def test_a_frozen_estimator_becomes_the_new_classifier(loans, newer):
    par = quick(FrozenEstimator(loans.clf)).fit(loans.X)
    new = par.with_classifier(newer, loans.X)
    assert new.estimator.estimator is newer
    assert par.estimator.estimator is loans.clf
    with pytest.raises(NotFittedError):
        clone(par).with_classifier(newer, loans.X)
    with pytest.raises(ValueError, match="min_robustness needs y"):
        clone(par).set_params(**DEMAND).fit(loans.X, loans.y).with_classifier(
            newer, loans.X
        )


def test_a_classifier_that_was_trained_again_in_place_is_noticed(loans):
    clf = mixed_pipeline(LogisticRegression(max_iter=1000)).fit(loans.X, loans.y)
    par = quick().fit(loans.X, clf=clf)
    people = loans.asking[:20]
    par.transform(people)
    clf.fit(loans.X, np.where(loans.X["savings"] > 3_000, 1, loans.y))
    for answer in (par.transform, par.recourse):
        with pytest.warns(UserWarning, match="other labels than during fit"):
            answer(people)
    par.with_classifier(clf, loans.X).transform(people)
