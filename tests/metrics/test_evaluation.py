"""All metrics in one table."""

from __future__ import annotations

import numpy as np
import pytest

from skpar import MaxChanged, metrics
from skpar.metrics import evaluate, mean_interval, recourse_scorers

from .._loans import quick, split_loans
from ._answers_of_people import RULES, answers_of_people


@pytest.fixture(scope="module")
def case():
    return answers_of_people()


@pytest.fixture(scope="module")
def loans():
    return split_loans(150)


@pytest.fixture(scope="module")
def par(loans):
    return quick().fit(loans.X, loans.y, loans.clf)


def everything(case):
    return {
        "clf": case.clf,
        "schema": case.schema,
        "density": case.density,
        "reference": case.reference,
        "actionability": RULES,
        "refitted": case.refitted,
        "favorable_label": 1,
    }


def test_all_metrics_are_those_of_the_functions(case):
    tables = (case.factuals, case.counterfactuals, case.answered)
    table = evaluate(*tables, **everything(case))
    assert table.columns.tolist() == ["value", "low", "high", "n"]
    given = (*tables, case.clf, case.schema)
    expected = {
        "coverage": metrics.coverage(*tables),
        "validity": metrics.validity(*tables, case.clf),
        "success": metrics.success(*tables, case.clf),
        "actionability": metrics.actionability(*tables, case.schema, RULES),
        "necessity": metrics.necessity(*given, RULES),
        "n_changed": metrics.n_changed(*given),
        "effort": metrics.effort(*given, case.reference),
        "gower_distance": metrics.gower_distance(*given),
        "log_density": metrics.log_density(*tables, case.clf, case.density),
        "percentile": metrics.percentile(
            *tables, case.clf, case.density, case.reference
        ),
        "outlier_share": metrics.outlier_share(*given, case.reference),
        "ynn": metrics.ynn(*given, case.reference),
        "knn_distance": metrics.knn_distance(*given, case.reference),
        "robustness": metrics.robustness(*tables, case.clf, case.refitted),
    }
    assert table.index.tolist() == list(expected)
    for name, value in expected.items():
        assert table.loc[name, "value"] == pytest.approx(value)
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    assert table.loc["coverage", "n"] == len(case.answered)
    accepted = case.answered & (case.clf.predict(case.counterfactuals) == 1)
    assert table.loc["ynn", "n"] == accepted.sum()


def test_metrics_without_their_arguments_are_left_out(case):
    tables = (case.factuals, case.counterfactuals, case.answered)
    assert evaluate(*tables).index.tolist() == ["coverage"]
    assert evaluate(*tables, clf=case.clf, schema=case.schema).index.tolist() == [
        "coverage",
        "validity",
        "success",
        "necessity",
        "n_changed",
        "gower_distance",
    ]


def test_a_report_has_its_own_measures(par, loans):
    report = par.recourse(loans.asking, n_options=2)
    table = evaluate(report)["value"]
    scores = recourse_scorers(par, loans.asking)
    assert table["coverage"] == scores["coverage"]
    assert np.isnan(scores["neg_n_changed"]) or table["diversity"] > 0
    alone = evaluate(par.recourse(loans.asking))["value"]
    assert "diversity" not in alone.index
    for name in ("percentile", "log_density"):
        assert alone[name] == pytest.approx(scores[name])
    for name in ("effort", "gower_distance", "n_changed", "n_queries"):
        assert alone[name] == pytest.approx(-scores[f"neg_{name}"])


def test_a_report_is_judged_by_all_metrics(par, loans):
    links = [MaxChanged(1)]
    table = evaluate(
        par.recourse(loans.asking),
        clf=loans.clf,
        reference=loans.X,
        links=links,
        refitted=[loans.clf],
    )
    value = table["value"]
    assert value["validity"] == value["robustness"] == 1.0
    report = par.recourse(loans.asking)
    few = (report.n_changed[report.answered] <= 1).mean()
    assert 0 < few < 1
    assert value["actionability"] == pytest.approx(few)
    assert {"ynn", "outlier_share", "knn_distance"} <= set(table.index)
    assert table.loc["coverage", "n"] == report.denied.sum()


def test_a_report_comes_alone_and_tables_come_together(par, loans, case):
    with pytest.raises(TypeError, match="a report alone, or the three tables"):
        evaluate(case.factuals, case.counterfactuals)
    with pytest.raises(TypeError, match="a report alone, or the three tables"):
        evaluate(par.recourse(loans.asking), answered=np.ones(3, dtype=bool))


def test_intervals_of_shares_and_means():
    values = [1.0, 2.0, np.nan, 6.0]
    interval = mean_interval(values)
    assert (interval.value, interval.n) == (3.0, 3)
    assert interval.low + interval.high == pytest.approx(6.0)
    share = mean_interval(np.array([True] * 8 + [False] * 2))
    assert share.value == 0.8
    assert 0 < share.low < 0.8 < share.high < 1
    nothing = mean_interval([])
    assert nothing.n == 0
    assert np.isnan([nothing.value, nothing.low, nothing.high]).all()
