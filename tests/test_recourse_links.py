"""Links are kept by whatever PARRecourse answers."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from skpar import Derived, If, Linear, MaxChanged, NotAbove, Rises

from ._loans import Accepts, quick


def total(X):
    return X["pay"] + X["bonus"]


LINKED = {
    "if": [If(Rises("age_of_degree"), Rises("age", 1))],
    "most": [MaxChanged(1)],
    "linear": [Linear({"pay": 1, "debt": -2}, low=-40)],
    "not above": [NotAbove("debt", "pay")],
    "derived": [Derived("total", ["pay", "bonus"], total)],
    "all": [
        If(Rises("age_of_degree"), Rises("age", 1)),
        MaxChanged(3),
        Linear({"pay": 1, "debt": -2}, low=-40),
        NotAbove("debt", "pay"),
        Derived("total", ["pay", "bonus"], total),
    ],
}
BREAKS = {
    "if": lambda old, new, moved: (
        (new["age_of_degree"] > old["age_of_degree"]) & (new["age"] < old["age"] + 1)
    ),
    "most": lambda old, new, moved: moved.sum(axis=1) > 1,
    "linear": lambda old, new, moved: (
        moved[["pay", "debt"]].any(axis=1) & (new["pay"] - 2 * new["debt"] < -40)
    ),
    "not above": lambda old, new, moved: (
        moved[["pay", "debt"]].any(axis=1) & (new["debt"] > new["pay"])
    ),
    "derived": lambda old, new, moved: new["total"] != total(new),
    "all": lambda old, new, moved: moved.sum(axis=1) > 3,
}


@pytest.fixture(scope="module")
def earners():
    rng = np.random.RandomState(0)
    X = pd.DataFrame(
        rng.randint(0, 50, (160, 4)), columns=["pay", "bonus", "debt", "age"]
    )
    X["age_of_degree"] = rng.randint(0, 50, 160)
    return X.assign(total=total(X))


def decide_earners(X):
    return X["total"] + X["age_of_degree"] / 2 - X["debt"] / 2 >= 50


@pytest.mark.parametrize("name", LINKED)
def test_links_are_kept_end_to_end(earners, name):
    X = earners if name in ("derived", "all") else earners.drop(columns="bonus")
    # Then answers change more features, links or not.
    weights = {"weight_plausibility": 2.5, "weight_sparsity": 0.5}
    par = quick(links=LINKED[name], **weights).fit(X, clf=Accepts(decide_earners))
    report = par.recourse(X)
    found = report.answered
    assert found.sum() > 30
    old, new = X[found], report.counterfactuals[found]
    assert decide_earners(new).all()
    moved = old != new
    names = ["if", "linear", "not above", "derived"] if name == "all" else []
    for link in [name, *names]:
        assert not BREAKS[link](old, new, moved).any()
    assert name != "if" or moved["age_of_degree"].any()
    assert name != "derived" or moved["total"].any()


def rate_after(new, old):
    """Each unit of debt that is paid off lowers the own rate by a quarter."""
    return old["rate"] - 0.25 * (old["debt"] - new["debt"])


RATE = Derived("rate", ["debt"], rate_after, uses_old=True)


@pytest.fixture(scope="module")
def debtors(earners):
    """Two people with the same debt have different rates."""
    own_part = np.random.RandomState(1).randint(0, 10, len(earners))
    rate = earners["debt"] / 4 + own_part
    return earners[["pay", "debt", "age"]].assign(rate=rate)


def decide_debtors(X):
    return X["pay"] - 3 * X["rate"] >= 0


def test_effects_relative_to_the_own_row_are_kept(debtors):
    par = quick(links=[RATE]).fit(debtors, clf=Accepts(decide_debtors))
    report = par.recourse(debtors, n_options=2)
    n_lower = 0
    for option in report.options:
        found = option.answered
        old, new = debtors[found], option.counterfactuals[found]
        assert decide_debtors(new).all()
        assert (new["rate"] == rate_after(new, old)).all()
        n_lower += (new["rate"] < old["rate"]).sum()
        assert par.assess(old, new)["recourse"].all()
    assert n_lower > 20
    # Another person's rate is no recourse, though the debt is the same.
    assert report.answered.sum() > 30
    found = report.answered & (report.counterfactuals["debt"] != debtors["debt"])
    wrong = report.counterfactuals[found].assign(rate=lambda new: new["rate"] + 1)
    judged = par.assess(debtors[found], wrong)
    assert not judged["feasible"].any()
    assert judged["broken"].str.contains("rate_after, uses_old=True").all()
    again = pickle.loads(pickle.dumps(par)).recourse(debtors[:9], n_options=2)
    np.testing.assert_array_equal(again.codes_after, report[:9].codes_after)


def test_training_rows_must_be_kept_by_an_effect(debtors):
    def wrong(new, old):
        return new["debt"] / 4

    link = Derived("rate", ["debt"], wrong, uses_old=True)
    X = debtors.set_axis([f"person {i}" for i in range(len(debtors))])
    odd = int(np.argmax(X["rate"] != X["debt"] / 4))
    message = f"own value of column 'rate', but for row 'person {odd}' it returns"
    with pytest.raises(ValueError, match=message):
        quick(links=[link]).fit(X, clf=Accepts(lambda X: X["pay"] > 20))


@pytest.mark.parametrize("name", ["if", "most", "linear", "not above"])
def test_without_its_link_somebody_is_told_what_breaks_it(earners, name):
    """So that the test above could fail."""
    X = earners.drop(columns="bonus")
    report = quick().fit(X, clf=Accepts(decide_earners)).recourse(X)
    old, new = X[report.answered], report.counterfactuals[report.answered]
    assert BREAKS[name](old, new, old != new).any()


def test_at_most_two_of_five_flags_are_on():
    rng = np.random.default_rng(0)
    flags = [f"flag {k}" for k in range(5)]
    X = pd.DataFrame(rng.random((300, 5)) < 0.25, columns=flags)
    X["pay"] = rng.integers(0, 20, 300)

    def decide(table):
        return table[flags].sum(axis=1) * 5 + table["pay"] >= 18

    links = [Linear(dict.fromkeys(flags, 1), high=2)]
    par = quick(links=links, actionability={"pay": "immutable"})
    report = par.fit(X, clf=Accepts(decide)).recourse(X)
    found = report.answered
    assert found.sum() > 50
    old, new = X[found], report.counterfactuals[found]
    moved = (old[flags] != new[flags]).any(axis=1)
    assert moved.any()
    assert (new[flags].sum(axis=1)[moved] <= 2).all()
