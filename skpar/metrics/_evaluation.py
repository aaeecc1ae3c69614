"""Evaluation: all metrics of one method in one table, with confidence intervals."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import _safe_indexing

from ..table import TableSchema
from ._inputs import read_target
from ._intervals import mean_interval
from ._neighbors import knn_distance, outlier_share, ynn
from ._plausibility import log_density, percentile
from ._proximity import effort, gower_distance, n_changed
from ._validity import actionability as actionability_of
from ._validity import coverage, necessity, robustness, success, validity

# Metrics in the order of the table, and those of which each row is a yes or a no.
_METRICS: tuple[Callable[..., Any], ...] = (
    coverage,
    validity,
    success,
    actionability_of,
    necessity,
    n_changed,
    effort,
    gower_distance,
    log_density,
    percentile,
    outlier_share,
    ynn,
    knn_distance,
    robustness,
)
_SHARES = (
    "coverage",
    "validity",
    "success",
    "actionability",
    "necessity",
    "outlier_share",
)
# What a report knows of its answered rows by itself.
_REPORTED = (
    "n_changed",
    "effort",
    "gower_distance",
    "objective",
    "log_density",
    "percentile",
    "diversity",
)


def evaluate(
    factuals: Any,
    counterfactuals: Any = None,
    answered: Any = None,
    *,
    clf: Any = None,
    schema: TableSchema | Any = None,
    density: Any = None,
    reference: Any = None,
    actionability: Mapping[Hashable, Any] | None = None,
    links: Sequence[Any] | None = None,
    lower: Any = None,
    upper: Any = None,
    frozen: Any = None,
    refitted: Sequence[Any] | None = None,
    favorable_label: Any = None,
    target: Any = None,
) -> pd.DataFrame:
    """Compute all metrics that the arguments allow.

    A metric is left out if one of its arguments is missing. A report needs no further
    argument for coverage and its own measures; with `clf`, `reference` and others it
    is judged by all metrics.

    Parameters
    ----------
    factuals : RecourseReport, or DataFrame or array-like of shape (n, d)
        A report, or the rows of the denied people.
    counterfactuals : DataFrame or array-like of shape (n, d), default=None
        The answers of a method, row by row. Only for tables.
    answered : array-like of shape (n,), dtype bool, default=None
        Whether a person has an answer. Only for tables.
    clf : fitted classifier, default=None
        It takes such tables. Most metrics leave out answers that it denies.
    schema : TableSchema or table, default=None
        ``schema_`` of a fitted :class:`~skpar.PARRecourse`, or a table of training
        rows. A report has its own.
    density : fitted density estimator, default=None
        Density of accepted people with a method ``score_samples``.
    reference : DataFrame or array-like of shape (n_reference, d), default=None
        Rows of accepted and denied people that the method did not see.
    actionability : mapping, default=None
        Rules by column, for the metrics ``actionability`` and ``necessity``.
    links : list, default=None
        Links between columns, for the metrics ``actionability`` and ``necessity``.
    lower : DataFrame or ndarray, default=None
        Personal limits, for the metric ``actionability``.
    upper : DataFrame or ndarray, default=None
        Personal limits, for the metric ``actionability``.
    frozen : DataFrame or ndarray of booleans, default=None
        Personal limits, for the metric ``actionability``.
    refitted : sequence of fitted classifiers, default=None
        For the metric ``robustness``, see :func:`refit_classifiers`.
    favorable_label : label or collection of labels, default=None
        Labels that people want. A report has its own.
    target : label or array-like of shape (n,), default=None
        Label that each person wants, as it was given to
        :meth:`~skpar.PARRecourse.recourse`. It counts instead of the favorable labels,
        unless it is missing. An answer with another label is left out by all metrics
        that leave out denied answers. For a report, n is the number of its rows.

    Returns
    -------
    table : DataFrame of shape (n_metrics, 4)
        Index: names of the metrics. Columns: ``value``, the mean; ``low`` and
        ``high``, the ends of its 95% confidence interval; ``n``, the number of rows
        that count. See :func:`mean_interval`.

    Raises
    ------
    TypeError
        If tables come without counterfactuals and answered, or a report with them.

    Notes
    -----
    A report counts its denied people, and ``n_queries`` is the mean number of rows that
    search queried for each of them. Its measures come from the densities and units of
    the estimator that made it, even if `density` is given.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> from skpar.metrics import evaluate
    >>> X, y = make_loans(300, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X[:200], y[:200])
    >>> table = evaluate(par.recourse(X[200:]), clf=par.estimator_)
    >>> table.columns.tolist()
    ['value', 'low', 'high', 'n']
    >>> float(table.loc["validity", "value"])
    1.0
    """
    given = {
        "clf": clf,
        "schema": schema,
        "density": density,
        "reference": reference,
        "actionability": actionability,
        "links": links,
        "lower": lower,
        "upper": upper,
        "frozen": frozen,
        "refitted": refitted,
        "favorable_label": favorable_label,
        "target": target,
    }
    known = {name: value for name, value in given.items() if value is not None}
    is_report = hasattr(factuals, "counterfactuals")
    tables = (counterfactuals, answered)
    if any((table is None) != is_report for table in tables):
        raise TypeError(
            "evaluate takes a report alone, or the three tables factuals, "
            "counterfactuals and answered."
        )
    measured = {}
    if is_report:
        measured = _of_report(factuals)
        if target is not None:
            known["target"] = _target_of_denied(factuals, target)
        known = arguments_of_report(factuals) | known
    else:
        known |= {
            "factuals": factuals,
            "counterfactuals": counterfactuals,
            "answered": answered,
        }
    measured = _measure_all(known) | measured
    rows = {
        name: mean_interval(_as_shares(name, values))._asdict()
        for name, values in measured.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").astype({"n": int})


def _target_of_denied(report: Any, target: Any) -> np.ndarray:
    """Take the labels (n_denied,) that the denied people of a report want."""
    labels: np.ndarray = np.asarray(read_target(target, len(report.denied)))
    return labels[report.denied]


def _measure_all(known: dict[str, Any]) -> dict[str, np.ndarray]:
    """Compute the metrics whose arguments are known, row by row."""
    measured: dict[str, np.ndarray] = {}
    for metric in _METRICS:
        parameters = inspect.signature(metric).parameters
        needed = [n for n, p in parameters.items() if p.default is p.empty]
        is_wanted = metric is not actionability_of or not known.keys().isdisjoint(
            ("actionability", "links", "lower", "upper", "frozen")
        )
        if is_wanted and all(name in known for name in needed):
            taken = {name: known[name] for name in parameters if name in known}
            values = metric(**taken, average=None)
            if "target" in known and "clf" in taken and "target" not in taken:
                # Answers that miss their target count as little as denied ones.
                values = np.where(measured["validity"] == 1.0, values, np.nan)
            measured[metric.__name__] = values
    return measured


def _of_report(report: Any) -> dict[str, np.ndarray]:
    """Collect the measures of a report, NaN for rows that do not count."""
    denied = report.denied
    measures = {
        name: np.asarray(getattr(report, name), dtype=np.float64)[denied]
        for name in _REPORTED
        if name != "diversity" or len(report.options) > 1
    }
    return measures | {"n_queries": report.n_queries[denied].astype(np.float64)}


def arguments_of_report(report: Any) -> dict[str, Any]:
    """Collect the arguments of metrics that a report has."""
    denied = report.denied
    return {
        "factuals": _safe_indexing(report.factuals, denied),
        "counterfactuals": _safe_indexing(report.counterfactuals, denied),
        "answered": report.answered[denied],
        "schema": report.schema,
        "favorable_label": report.favorable_label,
    }


def _as_shares(name: str, values: np.ndarray) -> np.ndarray:
    """Turn the values of a share into booleans of the rows that count."""
    return values[~np.isnan(values)] == 1 if name in _SHARES else values
