"""Promises of an estimator as it is shipped: no constant of it is changed."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from skpar import If, MaxChanged, PARRecourse, Rises
from skpar.actionability import People
from skpar.density import HiddenChowLiuTree
from skpar.metrics import recourse_score
from skpar.objective._effort import gower
from skpar.relations import partial_changes

from ._configs import SEARCH, SHIPPED
from ._loans import RULES, split_loans, unchanged

pytestmark = pytest.mark.slow

LINKS = [MaxChanged(4), If(Rises("education"), Rises("savings"))]


@pytest.fixture(scope="module")
def loans():
    return split_loans(300)


@pytest.fixture(scope="module")
def par(loans):
    par = PARRecourse(actionability=RULES, links=LINKS, random_state=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PARRecourse, "training_config", SHIPPED)
        return par.fit(loans.X, loans.y, loans.clf)


@pytest.fixture(scope="module")
def report(par, loans):
    return par.recourse(loans.asking)


def test_nothing_but_rules_was_set(par):
    usual = PARRecourse().get_params()
    differs = {name for name, value in par.get_params().items() if value != usual[name]}
    assert differs == {"actionability", "links", "random_state"}
    assert par.search_config == SEARCH


def test_nearly_everybody_has_an_answer_that_the_classifier_accepts(loans, report):
    now = loans.clf.predict(report.counterfactuals) == 1
    before = loans.clf.predict(loans.asking) == 1
    np.testing.assert_array_equal(report.denied, ~before)
    np.testing.assert_array_equal(now, before | report.answered)
    assert report.answered[report.denied].mean() > 0.95


def test_rules_and_links_are_kept(par, loans, report):
    found = report.answered
    old, new = loans.asking[found], report.counterfactuals[found]
    moved = ~unchanged(old, new)
    assert moved.any(axis=1).all() and moved.sum(axis=1).max() <= 4
    for name in ("age", "missed_payments"):
        assert (old[name] == new[name]).all()
    learns = new["education"] != old["education"]
    assert (new["savings"][learns] > old["savings"][learns]).all()
    assert (new["savings"] >= old["savings"]).all()
    lower = new["loan_amount"] < old["loan_amount"]
    assert lower.any() and (new["loan_amount"][lower] % 500 == 0).all()
    assert (new["loan_amount"] <= old["loan_amount"]).all()
    people = People.unlimited(report.codes_before)
    assert par._actionability.is_feasible(people, report.codes_after).all()


def all_needed(par, own, rows):
    """Whether no partial change of rows is feasible and accepted."""
    acting = np.ones(own.shape[1], dtype=bool)
    parent, partial = partial_changes(own, rows, acting, max_enumerated=8)
    enough = par._black_box.accepted(partial)
    enough &= par._actionability.is_feasible(People.unlimited(own[parent]), partial)
    needed = np.ones(len(own), dtype=bool)
    needed[parent[enough]] = False
    return needed


def test_answers_are_better_than_copies_of_accepted_people(par, report):
    """The least that search must do: no neighbor of 64 is a better answer.

    A copy with changes that are not needed is no answer.
    """
    parts, found = par._parts, report.answered
    people = People.unlimited(report.codes_before[found])
    near = parts.proposer.nearest_accepted(people.codes, 64)
    rows = par._actionability.project(people, near)
    best = np.full(len(people), -np.inf)
    for k in range(rows.shape[1]):
        value = parts.objective.evaluate(people.codes, rows[:, k])
        moved = (rows[:, k] != people.codes).any(axis=1)
        accepted = par._black_box.accepted(rows[:, k]) & moved
        accepted &= all_needed(par, people.codes, rows[:, k])
        best = np.maximum(best, np.where(accepted, value, -np.inf))
    gain = report.objective[found] - best
    assert gain.min() > -0.2
    assert np.mean(gain[np.isfinite(gain)]) > 0.1


def test_few_rows_are_queried_and_few_features_change(report):
    """A third of the rows are partial changes, to show that all changes are needed."""
    assert report.n_queries[report.denied].mean() < 20
    assert report.n_changed[report.answered].mean() < 3


def test_answers_are_as_plausible_as_accepted_people(report):
    assert np.median(report.percentile[report.answered]) > 0.2


def test_the_network_alone_is_accepted_for_most(par, report):
    people = People.unlimited(report.codes_before[report.denied])
    rows = par._actionability.project(people, par._parts.proposer.generate(people))
    assert par._black_box.accepted(rows).mean() > 0.6
    assert par.surrogate_fidelity_ > 0.9
    assert 1 <= par.n_iter_ == len(par.loss_curve_) <= 20
    assert np.isfinite(par.loss_curve_).all()


def test_figures_are_those_of_the_rows(par, report):
    found = report.answered
    old, new = report.codes_before[found], report.codes_after[found]
    objective = par._parts.objective.evaluate(old, new)
    np.testing.assert_allclose(report.objective[found], objective, rtol=0, atol=1e-9)
    np.testing.assert_allclose(
        report.gower_distance[found], gower(par.schema_, old, new)
    )
    assert (report.effort[found] > 0).all()


def test_transform_and_score_agree_with_the_report(par, loans, report):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        X_cf = par.transform(loans.asking)
    pd.testing.assert_frame_equal(X_cf, report.counterfactuals)
    assert par.score(loans.asking) == recourse_score(report)


def test_options_differ_and_fall(par, loans, report):
    people = loans.asking[report.denied][:30]
    options = par.recourse(people, n_options=3).options
    assert options[1].answered.mean() > 0.8
    for better, worse in zip(options, options[1:], strict=False):
        both = better.answered & worse.answered
        assert (worse.objective[both] <= better.objective[both] + 1e-9).all()
        differs = ~unchanged(worse.counterfactuals, better.counterfactuals)
        assert differs[both].any(axis=1).all()


def test_limits_of_single_people_are_kept(par, loans, report):
    frozen = pd.DataFrame(True, loans.asking.index, ["savings", "loan_amount"])
    told = par.recourse(loans.asking, frozen=frozen)
    for name in frozen:
        assert (told.counterfactuals[name] == loans.asking[name]).all()
    assert told.answered.sum() > 0.5 * report.answered.sum()


@pytest.mark.slow
def test_a_second_fit_gives_the_same_answers(loans, report):
    par = PARRecourse(
        actionability=RULES, links=LINKS, density=HiddenChowLiuTree(), random_state=0
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PARRecourse, "training_config", SHIPPED)
        par.fit(loans.X, loans.y, loans.clf)
    again = par.recourse(loans.asking)
    pd.testing.assert_frame_equal(again.counterfactuals, report.counterfactuals)
    pd.testing.assert_frame_equal(again.to_frame(), report.to_frame())


def test_no_answer_is_the_row_of_a_person(par, loans, report):
    assert not report.training_row.any()
    assert not par._parts.rare_rows.contains(report.codes_after[report.answered]).any()
    assert par._parts.rare_rows.contains(par.schema_.encode(loans.X)).all()
