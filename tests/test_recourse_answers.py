"""Tables so small that the best answer of everybody is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from skpar import Levels, Range

from ._loans import Accepts, quick

GRADES = ["none", "low", "middle", "high", "top"]


def people(n=200, seed=0):
    """Ask for one thing at a time: each column says how far a person is."""
    rng = np.random.RandomState(seed)
    grade = pd.CategoricalDtype(GRADES, ordered=True)
    return pd.DataFrame(
        {
            "income": np.round(100 * rng.rand(n), 3),
            "points": rng.permutation(n) % 101,
            "grade": pd.Categorical.from_codes(rng.randint(5, size=n), dtype=grade),
            "town": rng.choice(["Bern", "Genf", "Zug"], n),
        }
    )


def cheapest(X, rule, actionability=None):
    """Fit where only effort and the number of changes count, and ask."""
    par = quick(
        actionability=actionability,
        weight_plausibility=0,
        weight_denied=0,
        weight_outlier=0,
    )
    return par.fit(X, clf=Accepts(rule)).recourse(X)


@pytest.mark.parametrize(
    ("column", "rule", "actionability", "best"),
    [
        ("points", lambda X: X["points"] >= 60, {}, 60),
        ("points", lambda X: X["points"] <= 40, {"points": "decreasing"}, 40),
        ("points", lambda X: X["points"] >= 60, {"points": Range(step=7)}, 63),
        ("points", lambda X: X["points"] >= 60, {"points": Range(70, 90)}, 70),
        ("income", lambda X: X["income"] >= 60, {"income": Range(step=5)}, 60.0),
        ("income", lambda X: X["income"] < 40, {"income": Range(1, step=4)}, 37.0),
        ("grade", lambda X: X["grade"] >= "high", {}, "high"),
        ("grade", lambda X: X["grade"] >= "low", {"grade": "increasing"}, "low"),
        ("grade", lambda X: X["grade"] >= "high", {"grade": Levels(["top"])}, "top"),
        ("town", lambda X: X["town"] == "Zug", {}, "Zug"),
    ],
)
def test_one_column_gets_the_cheapest_accepted_value(column, rule, actionability, best):
    X = people()[[column]]
    report = cheapest(X, rule, actionability)
    denied = ~rule(X).to_numpy()
    np.testing.assert_array_equal(report.denied, denied)
    np.testing.assert_array_equal(report.answered, denied)
    expected = X.copy()
    expected.loc[denied, column] = best
    pd.testing.assert_frame_equal(report.counterfactuals, expected)


def test_a_threshold_between_values_is_met_by_the_nearest_accepted_value():
    X = people()[["income"]]
    report = cheapest(X, lambda X: X["income"] >= 60)
    least = X["income"][X["income"] >= 60].min()
    answers = report.counterfactuals.loc[report.answered, "income"]
    assert len(answers) == (X["income"] < 60).sum()
    assert answers.between(60, least).all()


def test_beside_other_columns_no_answer_asks_twice_what_is_needed():
    X = people()
    report = cheapest(X, lambda X: X["income"] >= 60)
    own = X["income"][report.denied]
    answers = report.counterfactuals["income"][report.denied]
    assert (report.n_changed[report.denied] == 1).all()
    # Were it twice as much or more, halving the change would be accepted too.
    assert (answers - own < 2 * (60 - own)).all()


def test_only_those_within_reach_are_answered():
    X = people()[["points"]]
    rules = {"points": Range(0, 10, relative=True)}
    report = cheapest(X, lambda X: X["points"] >= 60, rules)
    within = X["points"].between(50, 59).to_numpy()
    np.testing.assert_array_equal(report.answered, within)
    assert (report.counterfactuals.loc[within, "points"] == 60).all()
    beyond = report.denied & ~within
    assert set(report.status[beyond]) == {"impossible"}
    opening = "; dropping one rule would help: points: Range(0, 10, relative=True)"
    assert set(report.reason[beyond]) == {f"no feasible row is accepted{opening}"}
    assert report.optimal[within].all()


def test_everybody_changes_only_what_they_fail():
    X = people()
    conditions = {
        "points": lambda X: X["points"] >= 30,
        "grade": lambda X: X["grade"] >= "middle",
        "town": lambda X: X["town"] != "Bern",
    }

    def failed(X):
        return np.column_stack([~rule(X) for rule in conditions.values()])

    report = cheapest(X, lambda X: ~failed(X).any(axis=1))
    assert report.answered[report.denied].all()
    np.testing.assert_array_equal(
        report.n_changed[report.denied], failed(X).sum(axis=1)[report.denied]
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("actionability", "status", "reason"),
    [
        ({"points": Range(high=50)}, "not found", "no accepted row was found; "),
        ({"points": "decreasing"}, "not found", "no accepted row was found; "),
        ({"points": "immutable"}, "not found", "no accepted row was found; "),
        (
            {"income": "immutable", "points": Range(high=50)},
            "impossible",
            r"no feasible row is accepted; dropping one rule would help: points: ",
        ),
        (
            dict.fromkeys(people().columns, "immutable"),
            "impossible",
            "the rules allow no change; no feasible row is accepted",
        ),
    ],
)
def test_where_nothing_is_within_reach_rows_come_back_with_a_reason(
    actionability, status, reason
):
    X = people()
    par = quick(actionability=actionability)
    par.fit(X, clf=Accepts(lambda X: X["points"] >= 60))
    report = par.recourse(X)
    denied = (X["points"] < 60).to_numpy()
    np.testing.assert_array_equal(report.status == status, denied)
    assert all(why.startswith(reason) for why in report.reason[denied])
    n = denied.sum()
    with pytest.warns(UserWarning, match=f"for {n} of {n} denied rows"):
        pd.testing.assert_frame_equal(par.transform(X), X)
    assert par.score(X) == -2.0
