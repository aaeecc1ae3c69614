"""check_table finds each planted fault, and nothing in sound tables."""

from __future__ import annotations

import string
from typing import Any

import numpy as np
import pandas as pd
import pytest

from skpar import Derived, check_table
from skpar.datasets import make_loans

from .._loans import RULES, Accepts

N = 400


def _some(column: str, value: Any, share: float = 0.05):
    """Write a value into some cells."""

    def plant(X, rng):
        X[column] = X[column].mask(rng.uniform(size=len(X)) < share, value)

    return plant


def _new(name: str, draw: Any):
    """Add a column that is drawn with a random state."""

    def plant(X, rng):
        X[name] = draw(rng)

    return plant


def _as_text(column: str, form: str = "{}"):
    """Store a column as text."""

    def plant(X, rng):
        X[column] = [form.format(value) for value in X[column]]

    return plant


def _letters(rng: np.random.RandomState, n: int) -> str:
    return "".join(rng.choice(list(string.ascii_lowercase), n))


def _names(rng):
    return [f"{_letters(rng, 5).title()} {_letters(rng, 8).title()}" for _ in range(N)]


def _sentences(rng):
    words = "the loan was paid late because of a new job in another town".split()
    return [" ".join(rng.choice(words, rng.randint(4, 15))) for _ in range(N)]


def _days(form: str):
    def draw(rng):
        days = pd.Timestamp("2015-01-31") + pd.to_timedelta(
            rng.randint(0, 3000, N), "D"
        )
        return days.strftime(form).to_numpy(dtype=object)

    return draw


def _with_missing_word(rng):
    income = rng.randint(500, 9000, N).astype(str).astype(object)
    income[::25] = "unknown"
    return income


# What is planted, the column of the finding, and words of the finding.
IN_COLUMNS = {
    "row numbers": (_new("row", lambda rng: np.arange(N)), "identifies"),
    "shuffled numbers": (
        _new("client", lambda rng: 70_000 + rng.permutation(2 * N)[:N]),
        "identifies",
    ),
    "account numbers": (
        _new("account", lambda rng: rng.randint(10**8, 10**9, N)),
        "identifies",
    ),
    "ids in a wide range": (
        _new("customerId", lambda rng: rng.randint(1, 10**7, N)),
        "identifies",
    ),
    "ids with missing cells": (
        _new("client", lambda rng: np.r_[np.nan, 900 + rng.permutation(N - 1)]),
        "identifies",
    ),
    "names": (_new("person", _names), "identifies"),
    "names as categories": (
        _new("person", lambda rng: pd.Categorical(_names(rng))),
        "identifies",
    ),
    "e-mail": (
        _new("contact", lambda rng: [f"{_letters(rng, 2)}@host.org" for _ in range(N)]),
        "identifies",
    ),
    "coded ids": (
        _new("client", lambda rng: [f"00{i:06}" for i in rng.randint(0, 10**6, N)]),
        "identifies",
    ),
    "free text": (_new("remark", _sentences), "free text"),
    "integers as text": (_as_text("monthly_income"), "numbers stored as text"),
    "amounts as text": (_as_text("savings", "${:,.2f}"), "numbers stored as text"),
    "numbers and words": (
        _new("income", _with_missing_word),
        "numbers stored as text",
    ),
    "ISO dates": (_new("opened", _days("%Y-%m-%d")), "dates stored as text"),
    "dates with points": (_new("opened", _days("%d.%m.%Y")), "dates stored as text"),
    "dates with names": (_new("opened", _days("%b %d, %Y")), "dates stored as text"),
    "months": (_new("opened", _days("%b-%Y")), "dates stored as text"),
    "dates as numbers": (
        _new("opened", lambda rng: _days("%Y%m%d")(rng).astype(int)),
        "dates stored as numbers",
    ),
    "codes with gaps": (
        _new("employer", lambda rng: rng.choice([1, 2, 5, 9, 11], N)),
        "category codes",
    ),
    "zip codes": (
        _new("zip_code", lambda rng: rng.choice(np.arange(10_115, 10_200), N)),
        "category codes",
    ),
    "district numbers": (
        _new("district", lambda rng: rng.randint(1, 6, N)),
        "category codes",
    ),
    "999": (_some("age", 999), "999 may stand"),
    "9999": (_some("loan_months", 9999), "9999 may stand"),
    "98 and 99": (
        lambda X, rng: (
            _some("missed_payments", 98)(X, rng),
            _some("missed_payments", 99)(X, rng),
        ),
        "98 and 99 may stand",
    ),
    "-1": (_some("missed_payments", -1), "-1 may stand"),
    "-999": (_some("card_usage", -999.0), "-999 may stand"),
    "a constant": (_new("bank", lambda rng: "A"), "constant"),
    "a constant number": (_new("year", lambda rng: 2024), "constant"),
    "no cell": (_new("note", lambda rng: np.nan), "all cells missing"),
    "one value": (
        _new("late", lambda rng: np.where(rng.uniform(size=N) < 0.3, "yes", None)),
        "one value beside missing",
    ),
    "dates": (
        _new("day", lambda rng: pd.to_datetime(_days("%Y-%m-%d")(rng))),
        "cannot be used",
    ),
    "mixed cells": (_some("job", 7), "cannot be used"),
}


def _findings(*args: Any, **kwargs: Any) -> list[tuple[Any, str]]:
    table = check_table(*args, **kwargs)
    assert table.columns.tolist() == ["column", "finding", "why", "remedy"]
    assert (table[["finding", "why", "remedy"]].map(len) > 0).all(axis=None)
    return list(zip(table["column"], table["finding"], strict=True))


@pytest.mark.parametrize("name", IN_COLUMNS)
def test_a_planted_fault_of_a_column_is_the_only_finding(name):
    plant, words = IN_COLUMNS[name]
    X, y = make_loans(N, random_state=0)
    X["job"] = X["job"].astype(object)
    clean = X.copy()
    plant(X, np.random.RandomState(0))
    changed = [c for c in X if c not in clean or not X[c].equals(clean[c])]
    [(column, finding)] = _findings(X, y)
    assert [column] == changed
    assert words in finding


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("n", [1, 12, 60, 250, 3000])
def test_nothing_is_found_in_sound_tables(n, seed):
    X, _ = make_loans(n, random_state=seed)
    if n < 60:  # a level may well be the only one
        X = X.loc[:, X.nunique(dropna=False) > 1]
        X = X.loc[:, X.nunique() > 1]
    assert check_table(X).empty


@pytest.fixture
def loans():
    return make_loans(N, random_state=0)


def test_columns_without_a_rule_are_one_finding(loans):
    X, y = loans
    [(column, finding)] = _findings(X, y, actionability=RULES)
    assert column is None
    free = [name for name in X if name not in RULES]
    assert finding == f"no rule for {', '.join(free)}"
    every = dict.fromkeys(X, "immutable")
    assert check_table(X, y, actionability=every).empty
    del every["savings"]
    links = [Derived("savings", ["monthly_income"], lambda table: table)]
    assert check_table(X, y, actionability=every, links=links).empty


def test_rules_of_arrays_go_by_position():
    X = np.random.RandomState(0).normal(size=(50, 3))
    rules = {0: "immutable", "x2": "immutable"}
    assert _findings(X, actionability=rules) == [(None, "no rule for x1")]


def test_few_rows_of_one_decision_are_found(loans):
    X, y = loans
    few = np.flatnonzero(y == 1)[:99]
    rows = np.r_[few, np.flatnonzero(y == 0)]
    assert _findings(X.iloc[rows], y[rows]) == [("y", "few accepted or denied rows")]
    strict = Accepts(lambda X: X["savings"] > 20_000)
    assert _findings(X, y, strict) == [(None, "few accepted or denied rows")]
    assert _findings(X, clf=strict) == [(None, "few accepted or denied rows")]
    fair = Accepts(lambda X: X["savings"] > 1000)
    assert check_table(X.iloc[rows], y[rows], fair).empty  # its decisions count


def test_few_rows_of_one_of_many_labels_are_no_fault(loans):
    X, y = loans
    labels = np.where(np.arange(N) < 3, "rare", np.where(y == 1, "yes", "no"))
    assert check_table(X, labels).empty


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda y: y.sample(frac=1, random_state=0), "of X in another order"),
        (lambda y: y.rename(lambda row: row + 1), "other row labels than X"),
    ],
)
def test_labels_with_another_index_are_found(loans, change, words):
    X, y = loans
    [(column, finding)] = _findings(X, change(pd.Series(y)))
    assert column == "y" and words in finding
    assert check_table(X, pd.Series(y)).empty


def test_labels_that_the_classifier_does_not_know_are_found(loans):
    X, y = loans
    clf = Accepts(lambda X: X["savings"] > 1000, ("no", "yes"))
    clf.classes_ = clf.labels
    [(column, finding)] = _findings(X, y, clf)
    assert column == "y" and finding.endswith("does not know: [0, 1]")
    assert check_table(X, clf.predict(X), clf).empty


@pytest.mark.parametrize(
    "y",
    [np.zeros(N), [None] * N, np.linspace(0, 1, N), [0, 1]],
    ids=["one", "missing", "continuous", "too short"],
)
def test_labels_that_fit_refuses_are_found(loans, y):
    [(column, finding)] = _findings(loans[0], y)
    assert (column, finding) == ("y", "labels that cannot be used")


def test_names_that_occur_twice_are_found(loans):
    X, y = loans
    twice = pd.concat([X, X[["age"]]], axis=1)
    assert _findings(twice, y) == [("age", "the name occurs twice")]


def test_a_classifier_of_other_columns_is_found(loans):
    X, y = loans
    clf = Accepts(lambda X: X["wealth"] > 0)
    [(column, finding)] = _findings(X, y, clf)
    assert column is None and "cannot predict" in finding


def test_the_arguments_are_left_alone(loans):
    X, y = loans
    before = X.copy()

    def spoil(table):
        table["age"] = 0
        return table["savings"] > 1000

    check_table(X, y, Accepts(spoil), actionability={})
    pd.testing.assert_frame_equal(X, before)


def test_a_table_without_rows_is_refused():
    X, y = make_loans(20, random_state=0)
    with pytest.raises(ValueError, match="X has no rows"):
        check_table(X[:0], y[:0])
