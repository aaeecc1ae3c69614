"""Bad input is refused before work starts, by the name of what is wrong."""

from __future__ import annotations

import datetime
import re

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpar import Derived, Levels, Range, Transitions

from ._loans import Accepts, quick, split_loans


@pytest.fixture(scope="module")
def loans():
    return split_loans(60)


@pytest.fixture
def no_work(monkeypatch):
    """Let a test fail where the densities would be fitted."""

    def work(*args, **kwargs):
        raise AssertionError("work has started")

    monkeypatch.setattr("skpar.training._fitting.fit_density", work)


def test_work_would_be_noticed(loans, no_work):
    with pytest.raises(AssertionError, match="work has started"):
        quick().fit(loans.X, loans.y, loans.clf)


def put(column, value, row=3):
    """Put a value into a cell, whatever the column was."""

    def spoil(X):
        cells = X[column].tolist()
        cells[row] = value
        cells = pd.Series(cells, X.index, dtype=object).infer_objects()
        return X.assign(**{column: cells})

    return spoil


ROW_3 = r"row 'person \d*3'"
DATES = pd.date_range("2020-01-01", periods=60)
MIDDLE_AGE = split_loans(60).X["age"].iloc[10]


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(
    ("spoil", "error", "named"),
    [
        (put("savings", np.inf), ValueError, f"'savings', {ROW_3}: inf"),
        (put("age", -np.inf), ValueError, f"'age', {ROW_3}: -inf"),
        (put("job", {"a": 1}), ValueError, f"'job', {ROW_3}: .*dict"),
        (put("age", [1, 2]), ValueError, f"'age', {ROW_3}: .*list"),
        (put("age", datetime.date(2020, 1, 1)), ValueError, f"'age', {ROW_3}: .*date"),
        (put("job", 7), ValueError, f"'job', {ROW_3}: 7 is a number"),
        (put("job", b"cook"), ValueError, f"'job', {ROW_3}: .*bytes"),
        (put("age", 1 + 2j), ValueError, "'age'.*[Cc]omplex"),
        (put("age", 2**53), ValueError, f"'age', {ROW_3}: .*2\\*\\*53"),
        (lambda X: X.assign(since=DATES), ValueError, "'since': dates"),
        (lambda X: X.assign(span=DATES - DATES[0]), ValueError, "'span': dates"),
        (lambda X: X.assign(month=DATES.to_period("M")), ValueError, "'month'"),
        (lambda X: X.assign(nothing=np.nan), ValueError, "'nothing': every cell"),
        (lambda X: X.assign(z=pd.arrays.SparseArray([0] * 60)), ValueError, "'z'"),
        (lambda X: X.rename(columns={"job": "age"}), ValueError, "'age' 2 times"),
        (lambda X: X.rename(columns={"job": 7}), TypeError, "names.*int.*str"),
        (lambda X: X.set_axis([*X.columns[:-1], 1.5], axis=1), TypeError, "1.5 .float"),
        (
            lambda X: pd.concat({"now": X}, axis=1),
            TypeError,
            r"2 levels, such as \('now', 'age'\); join them",
        ),
        (
            lambda X: np.ma.masked_less(X[["age", "savings"]].to_numpy(), 30),
            TypeError,
            r"X is a masked array.*filled\(np.nan\)",
        ),
        (lambda X: X.iloc[:0], ValueError, r"0 sample\(s\).*minimum of 1"),
        (lambda X: X.iloc[:, :0], ValueError, r"0 feature\(s\).*minimum of 1"),
        (lambda X: X["age"], ValueError, "2-dimensional"),
        (lambda X: X["age"].to_numpy(), ValueError, "2D array"),
        (lambda X: X[["age"]].to_numpy() * 1j, ValueError, "Complex"),
        (lambda X: X[["age"]].to_numpy().astype("M8[D]"), ValueError, "'x0': dates"),
        (
            lambda X: put("age", np.inf)(X)[["age"]].to_numpy(),
            ValueError,
            "'x0', row 3",
        ),
        (lambda X: put("job", {"a": 1})(X).to_numpy(), ValueError, "'x2', row 3"),
    ],
)
def test_tables_that_cannot_be_learned_from(loans, spoil, error, named):
    with pytest.raises(error, match=named):
        quick().fit(spoil(loans.X), loans.y)


def one_over_age(X):
    """Infinite for one age in the middle of all."""
    return 1 / (X["age"] - MIDDLE_AGE)


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(
    ("parameters", "error", "named"),
    [
        ({"actionability": {"agee": "immutable"}}, ValueError, "'agee'.*mean age"),
        ({"actionability": {"age": "fixed"}}, ValueError, "'age', 'fixed'"),
        ({"actionability": {"age": 5}}, TypeError, "'age'.* 5"),
        ({"actionability": {"job": "increasing"}}, ValueError, "'job', 'increasing'"),
        ({"actionability": {"job": Range(1, 2)}}, ValueError, r"'job', Range\(1, 2\)"),
        (
            {"actionability": {"job": Levels(["king", "office"])}},
            ValueError,
            r"'job', Levels\(\['king', 'office'\]\): .*no level 'king'; known levels",
        ),
        (
            {"actionability": {"job": Levels(["office", "king"], ordered=True)}},
            ValueError,
            r"'job', Levels\(.*ordered=True\): .*no level 'king'",
        ),
        (
            {"actionability": {"job": Transitions({"office": ["king"]})}},
            ValueError,
            r"'job', Transitions\(.*\): .*no level 'king'",
        ),
        (
            {"links": [Derived("savings", ["age"], one_over_age)]},
            ValueError,
            r"Derived\('savings'.*the function returns inf for row 'person 7[0-9]'",
        ),
        (
            {"favorable_label": {1: "paid"}},
            TypeError,
            "favorable_label must be .*1: 'p",
        ),
        ({"actionability": {"age": Range(90, 99)}}, ValueError, r"'age', Range\(90"),
        (
            {"actionability": {"age": ["increasing", "decreasing"]}},
            ValueError,
            "'age', 'increasing', 'decreasing'",
        ),
        (
            {"actionability": {"age": [Range(20, 30), Range(40, 50)]}},
            ValueError,
            r"'age', Range\(20, 30\), Range\(40, 50\)",
        ),
        (
            {"actionability": {"job": ["immutable", Levels(["office"])]}},
            ValueError,
            "'job', 'immutable', Levels",
        ),
        ({"actionability": "immutable"}, ValueError, "'actionability' parameter"),
        ({"categorical_features": ["ages"]}, ValueError, "'ages'.*mean age"),
        (
            {"ordinal_features": {"job": ["office"]}},
            ValueError,
            "'job'.*row.*not among",
        ),
        ({"favorable_label": 2}, ValueError, r"favorable_label=2 .*\[0, 1\]"),
        ({"favorable_label": "1"}, ValueError, r"favorable_label='1' .*\[0, 1\]"),
        ({"favorable_label": [0, 1]}, ValueError, r"favorable_label=\[0, 1\] must"),
        ({"favorable_label": []}, ValueError, r"favorable_label=\[\] must"),
        ({"effort": "money"}, ValueError, "'effort' parameter.*'money'"),
        ({"weight_effort": -1}, ValueError, "'weight_effort' parameter.*-1"),
        ({"max_iter": 0}, ValueError, "'max_iter' parameter.* 0"),
        ({"estimator": 3}, ValueError, "'estimator' parameter"),
    ],
)
def test_parameters_that_cannot_be_meant(loans, parameters, error, named):
    with pytest.raises(error, match=named):
        quick(**parameters).fit(loans.X, loans.y)


class Odd:
    """Predicts an array of the wrong shape."""

    def predict(self, X):
        return np.zeros((len(X), 2))


def unfitted():
    return make_pipeline(StandardScaler(), LogisticRegression())


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(
    ("clf", "error", "named"),
    [
        (LogisticRegression(), NotFittedError, "LogisticRegression, is not fitted"),
        (unfitted(), NotFittedError, "Pipeline, is not fitted"),
        (FrozenEstimator(unfitted()), NotFittedError, "FrozenEstimator, is not fitted"),
        (LogisticRegression, TypeError, "class LogisticRegression; pass a fitted"),
        (StandardScaler(), NotFittedError, "StandardScaler, is not fitted"),
        ("logistic", TypeError, "a str, has no method predict"),
        (Odd(), ValueError, r"Odd, predicts an array of shape \(1, 2\)"),
        (
            Accepts(lambda X: X["age"] > 0),
            ValueError,
            r"accepts everybody: the share accepted is 1.00 of 60",
        ),
        (
            Accepts(lambda X: X["age"] < 0),
            ValueError,
            "accepts nobody: the share accepted is 0.00 of 60",
        ),
        (
            Accepts(lambda X: X["height"] > 0),
            ValueError,
            "Accepts, cannot predict a row of the table .KeyError: 'height'",
        ),
        (
            Accepts(lambda X: X["age"] > 30, labels=("no", "yes")),
            ValueError,
            "y holds labels such as [01], but the classifier .* '(no|yes)'",
        ),
    ],
)
def test_classifiers_that_cannot_be_explained(loans, clf, error, named):
    with pytest.raises(error, match=named):
        quick(favorable_label=1).fit(loans.X, loans.y, clf)


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda y: np.ones_like(y), "y holds 1 class"),
        (lambda y: np.ma.masked_equal(y, 0), "y is a masked array"),
        (lambda y: y[:-1], r"inconsistent numbers of samples: \[60, 59\]"),
        (lambda y: np.where(np.arange(60) == 4, np.nan, y), "y .*NaN.* position 4"),
        (lambda y: [None, *map(str, y[1:])], "y .*None, first at position 0"),
        (lambda y: y + np.random.RandomState(0).rand(60), "Unknown label type"),
        (lambda y: np.column_stack([y, y]), "1d array"),
        (lambda y: None, "requires y to be passed"),
    ],
)
def test_labels_that_cannot_be_learned(loans, spoil, named):
    with pytest.raises((TypeError, ValueError), match=named):
        quick().fit(loans.X, spoil(loans.y))


@pytest.mark.usefixtures("no_work")
def test_a_classifier_is_given_once(loans):
    with pytest.raises(ValueError, match=r"Both estimator= and fit\(..., clf=\)"):
        quick(LogisticRegression()).fit(loans.X, loans.y, loans.clf)


@pytest.fixture(scope="module")
def par(loans):
    return quick(max_iter=1).fit(loans.X, clf=loans.clf)


@pytest.mark.parametrize("method", ["transform", "recourse", "score"])
def test_an_unfitted_estimator_says_so(loans, method):
    with pytest.raises(NotFittedError, match="This PARRecourse instance is not fitted"):
        getattr(quick(), method)(loans.X)


@pytest.mark.parametrize("method", ["transform", "recourse"])
@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda X: X.drop(columns="age"), "Feature names seen at fit.*missing.*- age"),
        (lambda X: X.assign(height=1), "Feature names unseen at fit.*- height"),
        (lambda X: X[X.columns[::-1]], "same order as they were in fit"),
        (lambda X: X.assign(age="old"), "'age', row 'person 60': 'old' is a string"),
        (lambda X: X.assign(age=True), "'age', row 'person 60': True is a bool"),
        (lambda X: X.assign(job=3), "'job', row 'person 60': 3 is a number"),
        (lambda X: X.assign(age=DATES), "'age': dates"),
    ],
)
def test_tables_that_cannot_be_read(par, loans, monkeypatch, method, spoil, named):
    monkeypatch.delattr("skpar.search._search.RecourseSearch.find")
    with pytest.raises(ValueError, match=re.compile(named, re.DOTALL)):
        getattr(par, method)(spoil(loans.X))


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (put("age", "old"), f"'age'.*{ROW_3}"),
        (lambda X: X.assign(age=X["age"] + 0.5), "'age', row 'person 60'.*not a whole"),
        (put("job", "king"), f"'job', {ROW_3}: 'king' is not a level"),
        (put("age", np.nan), f"'age', {ROW_3}: the cell is missing"),
        (put("job", None), f"'job', {ROW_3}: the cell is missing"),
        (put("savings", np.inf), f"'savings', {ROW_3}: inf"),
        (lambda X: X.assign(age=2.0**53), "'age', row 'person 60'.* is beyond"),
    ],
)
def test_people_who_cannot_be_changed(par, loans, monkeypatch, spoil, named):
    monkeypatch.delattr("skpar.search._search.RecourseSearch.find")
    with pytest.raises(ValueError, match=re.compile(named, re.DOTALL)):
        par.transform(spoil(loans.X))


@pytest.mark.filterwarnings("ignore:X does not have valid feature names:UserWarning")
def test_an_array_of_another_width_is_refused(par):
    with pytest.raises(ValueError, match="X has 3 features.*expecting 14"):
        par.recourse(np.zeros((2, 3)))
