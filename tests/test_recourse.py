"""What PARRecourse promises of every answer, on loans."""

from __future__ import annotations

import warnings
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skpar.actionability import People
from skpar.generator._candidates import Candidates
from skpar.generator._move_scores import MoveScorer
from skpar.objective._effort import gower

from ._loans import RULES, Accepts, quick, split_loans, unchanged

# With these features alone some people can be helped and some cannot.
MOVABLE = {"loan_amount": "decreasing", "debt_share": "decreasing"}


@pytest.fixture(scope="module")
def loans():
    return split_loans(160)


@pytest.fixture(scope="module")
def par(loans):
    return quick(actionability=RULES).fit(loans.X, loans.y, loans.clf)


@pytest.fixture(scope="module")
def report(par, loans):
    return par.recourse(loans.asking)


@pytest.fixture(scope="module")
def strict(loans):
    rules = {**dict.fromkeys(loans.X.columns, "immutable"), **MOVABLE}
    return quick(actionability=rules).fit(loans.X, loans.y, loans.clf)


@pytest.fixture(scope="module")
def strict_report(strict, loans):
    return strict.recourse(loans.asking)


def test_status_is_what_the_classifier_says(loans, report, strict_report):
    accepted = loans.clf.predict(loans.asking) == 1
    for told in (report, strict_report):
        np.testing.assert_array_equal(told.status == "accepted", accepted)
        np.testing.assert_array_equal(told.denied, ~accepted)
        now = loans.clf.predict(told.counterfactuals) == 1
        np.testing.assert_array_equal(now, accepted | told.answered)
    assert report.answered[report.denied].mean() > 0.95
    assert 0 < strict_report.answered.sum() < strict_report.denied.sum()


def test_rows_that_are_accepted_or_unanswered_come_back_as_they_are(
    loans, strict_report
):
    same = ~strict_report.answered
    pd.testing.assert_frame_equal(
        strict_report.counterfactuals[same], loans.asking[same], check_exact=True
    )
    changed = ~unchanged(loans.asking, strict_report.counterfactuals)
    np.testing.assert_array_equal(changed.any(axis=1), ~same)


def test_rules_are_kept(loans, report):
    old = loans.asking[report.answered]
    new = report.counterfactuals[report.answered]

    def is_kept(column, rule):
        return bool(
            ((new[column] == old[column]) | rule(old[column], new[column])).all()
        )

    assert is_kept("age", lambda a, b: a == b)
    assert is_kept("missed_payments", lambda a, b: a == b)
    assert is_kept("education", lambda a, b: b > a)
    assert is_kept("savings", lambda a, b: b > a)
    assert is_kept("has_guarantor", lambda a, b: b)
    assert is_kept("job", lambda a, b: b.isin(["office", "manager", "manual"]))
    assert is_kept("loan_amount", lambda a, b: (b < a) & (b % 500 == 0))
    assert is_kept("loan_months", lambda a, b: (b - a).abs().isin([12, 24]))
    moved = set(report.changes()["feature"])
    assert {"loan_amount", "loan_months", "savings"} <= moved


def test_values_stay_in_the_range_seen_in_training(loans, report):
    changed = ~unchanged(loans.asking, report.counterfactuals)
    for name in loans.X.select_dtypes("number"):
        rows = changed[:, loans.X.columns.get_loc(name)]
        moved = report.counterfactuals.loc[rows, name]
        assert moved.between(loans.X[name].min(), loans.X[name].max()).all()


def test_figures_of_the_report(par, loans, report):
    found = report.answered
    changed = ~unchanged(loans.asking, report.counterfactuals)
    np.testing.assert_array_equal(report.n_changed[found], changed.sum(axis=1)[found])
    old, new = (
        par.schema_.encode(loans.asking),
        par.schema_.encode(report.counterfactuals),
    )
    np.testing.assert_allclose(
        report.gower_distance[found], gower(par.schema_, old[found], new[found])
    )
    for figures in (
        report.effort,
        report.gower_distance,
        report.n_changed,
        report.objective,
        report.log_density,
        report.percentile,
    ):
        np.testing.assert_array_equal(np.isnan(figures), ~found)
    assert (report.effort[found] > 0).all()
    assert ((report.percentile[found] >= 0) & (report.percentile[found] <= 1)).all()
    np.testing.assert_array_equal(report.n_queries > 0, report.denied)


def test_search_report_and_training_mean_the_same_objective(par, loans, report):
    """What search maximised, what is reported, and what the generator learned from."""
    found = report.answered
    old = par.schema_.encode(loans.asking)[found]
    new = par.schema_.encode(report.counterfactuals)[found]
    people = People.unlimited(old)
    answers = par._parts.search.find(people)
    np.testing.assert_array_equal(answers.codes, new)
    model = par._parts.proposer.scoring_model
    scorer = MoveScorer.of(model, people, new[:, None])
    copies = np.full((new.shape[1], len(new)), scorer.first_copy)
    trained, _ = scorer.evaluate(Candidates(np.arange(len(new)), copies))
    objective = par._parts.objective
    weighed, lost = objective.evaluate(old, new), objective.outlier_penalty(new)
    for figures in (report.objective[found], answers.objective, trained - lost):
        np.testing.assert_allclose(figures, weighed, rtol=0, atol=1e-9)


@pytest.mark.slow
def test_the_unit_of_a_column_changes_no_answer(loans):
    """A thousand is no power of two: not even the last bits decide."""
    columns = ["savings", "debt_share"]

    def in_thousands(X):
        return X.assign(**{name: X[name] / 1000 for name in columns})

    def times_thousand(X):
        return X.assign(**{name: X[name] * 1000 for name in columns})

    people = loans.asking
    accepts = Accepts(loans.clf.predict)
    plain = quick().fit(loans.X, clf=accepts).recourse(people)
    rule = Accepts(lambda X: loans.clf.predict(in_thousands(X)))
    scaled = quick().fit(times_thousand(loans.X), clf=rule)
    told = scaled.recourse(times_thousand(people))
    assert plain.answered.sum() > 50
    np.testing.assert_array_equal(told.status, plain.status)
    pd.testing.assert_frame_equal(
        in_thousands(told.counterfactuals), plain.counterfactuals, rtol=1e-9
    )


def test_the_log_density_counts_in_the_units_of_the_table(loans):
    """In cents the numbers are 100 times larger, and their density 100 times less."""
    columns = ["debt_share", "savings"]
    rule = Accepts(lambda X: X["debt_share"] < 0.25)
    in_cents = Accepts(lambda X: rule.predict(X.assign(savings=X["savings"] / 128)))
    X = loans.X[columns]
    plain = quick().fit(X, clf=rule).recourse(X[:50])
    X_cents = X.assign(savings=X["savings"] * 128)
    cents = quick().fit(X_cents, clf=in_cents).recourse(X_cents[:50])
    found = plain.answered
    assert found.sum() > 10
    np.testing.assert_array_equal(found, cents.answered)
    np.testing.assert_allclose(cents.percentile[found], plain.percentile[found])
    np.testing.assert_allclose(
        cents.log_density[found], plain.log_density[found] - np.log(128)
    )


def test_transform_warns_of_unanswered_rows_where_it_is_called(
    strict, strict_report, loans
):
    asked = strict_report
    n, of = (asked.denied & ~asked.answered).sum(), asked.denied.sum()
    with pytest.warns(UserWarning, match=f"for {n} of {of} denied rows") as record:
        X_cf = strict.transform(loans.asking)
        make_pipeline(FunctionTransformer(), strict).transform(loans.asking)
    assert [warning.filename for warning in record] == [__file__, __file__]
    pd.testing.assert_frame_equal(X_cf, asked.counterfactuals)


def test_transform_gives_what_recourse_reports(
    strict, strict_report, par, report, loans
):
    for model, told in ((strict, strict_report), (par, report)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            X_cf = model.transform(loans.asking)
        pd.testing.assert_frame_equal(X_cf, told.counterfactuals)


def test_transform_is_silent_where_all_are_answered(par, loans, report):
    helped = loans.asking[~report.denied | report.answered]
    pd.testing.assert_frame_equal(
        par.transform(helped), report.counterfactuals.loc[helped.index]
    )


def test_score_is_free_of_weights(par, loans, report, strict, strict_report):
    def by_hand(told):
        value = told.percentile - told.gower_distance - told.n_changed / 14
        return np.where(told.answered, value, -2.0)[told.denied].mean()

    assert par.score(loans.asking) == pytest.approx(by_hand(report))
    assert strict.score(loans.asking, loans.y_asking) == pytest.approx(
        by_hand(strict_report)
    )
    with pytest.warns(UserWarning, match="denies none of the rows") as record:
        assert np.isnan(par.score(loans.asking[~report.denied]))
    assert record[0].filename == __file__


def test_rows_that_are_all_accepted_need_no_search(par, loans, report):
    fine = loans.asking[~report.denied]
    told = par.recourse(fine)
    assert set(told.status) == {"accepted"}
    assert told.n_queries.sum() == 0
    pd.testing.assert_frame_equal(told.counterfactuals, fine)


def test_what_the_fit_tells(par, loans):
    assert 1 <= par.n_iter_ == len(par.loss_curve_) <= 2
    assert 0 <= par.surrogate_fidelity_ <= 1
    assert par.estimator_ is loans.clf
    np.testing.assert_array_equal(par.favorable_label_, [1])


def test_a_report_does_not_follow_later_writes_to_the_table(par, loans):
    X = loans.asking[:20].copy()
    told = par.recourse(X)
    X.loc[:, "age"] = 0
    pd.testing.assert_frame_equal(told.factuals, loans.asking[:20])


@pytest.mark.parametrize("verbose", [0, 1])
def test_progress_is_printed_where_it_is_wanted(loans, capsys, verbose):
    quick(verbose=verbose).fit(loans.X, loans.y, loans.clf)
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("[PARRecourse] ") for line in lines)
    assert ["epoch 1: loss" in line for line in lines].count(True) == verbose


class Fickle:
    """Honest until it is moody, and then at times against its own rule."""

    def __init__(self, rule, mood):
        self.rule, self.mood = rule, mood
        self.is_moody, self.seen, self.calls = False, set(), []

    def predict(self, X):
        accepts = self.rule(X).to_numpy()
        if self.is_moody:
            accepts = accepts & self.mood(self.seen, X)
        self.calls.append(accepts.astype(int))
        return self.calls[-1]


def once_only(seen, X):
    rows = list(X.itertuples(index=False))
    fresh = [row not in seen for row in rows]
    seen.update(rows)
    return fresh


def by_dice(seen, X):
    seen.add(len(seen))
    return np.random.RandomState(len(seen)).rand(len(X)) < 0.7


@pytest.mark.parametrize("mood", [once_only, by_dice])
def test_nothing_is_found_that_the_last_word_of_the_classifier_denies(loans, mood):
    X = loans.X[["debt_share", "savings"]]
    clf = Fickle(lambda X: X["debt_share"] < 0.25, mood)
    par = quick().fit(X, clf=clf)
    clf.is_moody = True
    denied = X[X["debt_share"] >= 0.25]
    # Stored rows of fit are predicted in the first call, when all rows are fresh.
    text, is_noticed = "other labels than during fit", mood is by_dice
    with pytest.warns(UserWarning, match=text) if is_noticed else nullcontext():
        report = par.recourse(denied)
    last = clf.calls[-1]
    broken = report.reason == "the classifier predicted the same row in two ways"
    assert broken.any()
    assert (last[report.answered] == 1).all()
    assert report.answered.any() == (mood is by_dice)
    pd.testing.assert_frame_equal(
        report.counterfactuals[~report.answered], denied[~report.answered]
    )


def test_a_fit_that_fails_leaves_nothing_to_answer_with(loans):
    X = loans.X[["debt_share", "savings"]]
    clf = Accepts(lambda X: X["debt_share"] < 0.25)
    par = quick().fit(X, clf=clf)
    with pytest.raises(ValueError, match="x3"):
        par.set_params(actionability={"x3": "immutable"}).fit(X, clf=clf)
    with pytest.raises(NotFittedError):
        par.recourse(X)


@pytest.mark.parametrize(
    ("y_from", "match"), [("clf", "agree with y on 100.0% of"), ("truth", None)]
)
def test_rows_that_the_classifier_was_trained_on_are_noticed(loans, y_from, match):
    y = loans.clf.predict(loans.X) if y_from == "clf" else loans.y
    with warnings.catch_warnings(record=True) as record:
        warnings.simplefilter("always")
        quick(max_iter=1).fit(loans.X, y, loans.clf)
    assert len(record) == (match is not None)
    for warning in record:
        assert match in str(warning.message)
        assert warning.filename == __file__
