"""Scorers: metrics of a fitted estimator, for model selection."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from ..classifier import BlackBox
from ..table import warn_user
from ._evaluation import arguments_of_report
from ._proximity import gower_distance, n_changed
from ._validity import actionability, coverage, necessity, success, validity

# The value of `recourse_score` for a denied row without recourse.
_SCORE_WITHOUT_RECOURSE = -2.0
_SHOWN_ROWS = 10
# Arguments of a metric that a scorer computes by itself.
_KNOWN_ARGUMENTS = (
    "factuals",
    "counterfactuals",
    "answered",
    "clf",
    "favorable_label",
    "schema",
    "actionability",
    "links",
    "report",
    "seconds",
)


@dataclass(frozen=True)
class RecourseScorer:
    """Score the recourse of denied rows by one metric; greater is better.

    Made by :func:`make_recourse_scorer`.

    Parameters
    ----------
    metric : callable
        It is called with the arguments that its parameters name.
    sign : {1.0, -1.0}
        Factor of the metric.
    arguments : dict
        More arguments of `metric`.
    """

    metric: Callable[..., Any]
    sign: float
    arguments: Mapping[str, Any]

    def __call__(self, estimator: Any, X: Any, y: Any = None) -> float:
        """Compute the recourse of X once, and measure it.

        Parameters
        ----------
        estimator : fitted PARRecourse, or Pipeline or search that ends in one
        X : table of shape (n, d)
            People. Accepted people do not count.
        y : object, default=None
            Ignored.

        Returns
        -------
        score : float
            NaN, with a warning, if no row is denied.
        """
        return self.measure(_known_arguments(estimator, X))

    def measure(self, known: dict[str, Any]) -> float:
        """Measure the answers of one call of ``recourse``.

        Parameters
        ----------
        known : dict
            Arguments that a metric may take, by the names of its parameters.

        Returns
        -------
        score : float
        """
        if not len(known["answered"]):
            return np.nan
        names = inspect.signature(self.metric).parameters
        taken = {name: known[name] for name in _KNOWN_ARGUMENTS if name in names}
        return self.sign * float(self.metric(**{**taken, **self.arguments}))


class RecourseScorers(dict[str, Callable[..., Any]]):
    """Scorers by name that share one call of ``recourse``.

    It is a dict, as multi-metric search takes it. It is also a scorer that returns the
    scores of all, and scikit-learn prefers that: one call of ``recourse`` per fold.
    ``recourse_scorers | {"name": scorer}`` adds a scorer.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> from skpar.metrics import recourse_scorers
    >>> X, y = make_loans(160, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X[:100], y[:100])
    >>> scores = recourse_scorers(par, X[100:])
    >>> scores["recourse_score"] == par.score(X[100:])
    True
    """

    def __call__(self, estimator: Any, X: Any, y: Any = None) -> dict[str, float]:
        """Compute every score.

        Parameters
        ----------
        estimator : fitted PARRecourse, or Pipeline or search that ends in one
        X : table of shape (n, d)
            People. Accepted people do not count.
        y : array-like of shape (n,), default=None
            Passed to scorers that are not from this module.

        Returns
        -------
        scores : dict of str to float
            NaN, with one warning, if no row is denied.
        """
        known = _known_arguments(estimator, X)
        return {
            name: scorer.measure(known)
            if isinstance(scorer, RecourseScorer)
            else scorer(estimator, X, y)
            for name, scorer in self.items()
        }

    def __or__(self, other: Any) -> RecourseScorers:  # type: ignore[override]
        """Add scorers."""
        return RecourseScorers({**self, **other})


def make_recourse_scorer(
    metric: Callable[..., Any], *, greater_is_better: bool = True, **arguments: Any
) -> RecourseScorer:
    """Make a scorer from a metric, for ``scoring=`` of searches and cross-validation.

    Parameters
    ----------
    metric : callable
        A function of :mod:`skpar.metrics`, or your own. It is called with the
        arguments that its signature names. These are known: ``factuals``,
        ``counterfactuals`` and ``answered`` of the denied rows, ``clf``,
        ``favorable_label``, ``schema``, ``actionability``, ``links``, the whole
        ``report``, and the CPU ``seconds`` that it took. It returns a number.
    greater_is_better : bool, default=True
        If False, the score is the negative of the metric.
    **arguments : object
        Further arguments of `metric`, such as ``reference=X_held_out``. In a pipeline,
        pass tables as the earlier steps return them.

    Returns
    -------
    scorer : RecourseScorer
        ``scorer(estimator, X, y=None)``. It calls ``recourse``, because ``transform``
        returns rows without recourse unchanged, and their effort would be 0.

    Raises
    ------
    TypeError
        If `metric` needs an argument that is not given.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> from skpar.metrics import make_recourse_scorer, outlier_share
    >>> X, y = make_loans(300, random_state=0)
    >>> inliers = make_recourse_scorer(
    ...     outlier_share, greater_is_better=False, reference=X[200:]
    ... )
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X[:100], y[:100])
    >>> -1.0 <= inliers(par, X[100:200]) <= 0.0
    True
    """
    missing = [
        name
        for name, parameter in inspect.signature(metric).parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        and name not in (*_KNOWN_ARGUMENTS, *arguments)
    ]
    if missing:
        raise TypeError(
            f"The metric {getattr(metric, '__name__', metric)!r} needs {missing}. "
            "Pass them to make_recourse_scorer by name."
        )
    return RecourseScorer(metric, 1.0 if greater_is_better else -1.0, arguments)


def recourse_score(report: Any) -> float:
    """Score of a report that does not depend on weights and units of the estimator.

    Parameters
    ----------
    report : RecourseReport
        Report of people.

    Returns
    -------
    score : float
        Mean over denied rows of (percentile - Gower distance - share of features
        changed), and -2 for a row without recourse. In [-2, 1]. NaN, with a warning,
        if no row is denied.

    Raises
    ------
    ValueError
        If a row cannot be read.
    """
    refuse_unreadable(report)
    if not report.denied.any():
        warn_user("score is NaN: the classifier denies none of the rows.")
        return np.nan
    share = report.n_changed / report.factuals.shape[1]
    value = report.percentile - report.gower_distance - share
    value = np.where(report.answered, value, _SCORE_WITHOUT_RECOURSE)
    return float(value[report.denied].mean())


def refuse_unreadable(report: Any) -> None:
    """Raise a ValueError if a report has rows that cannot be read."""
    rows = np.flatnonzero(report.unreadable)
    if not len(rows):
        return
    labels = getattr(report.factuals, "index", np.arange(len(report)))[rows]
    shown = ", ".join(repr(label) for label in labels[:_SHOWN_ROWS].tolist())
    more = len(rows) - _SHOWN_ROWS
    raise ValueError(
        f"{len(rows)} rows cannot be read, so they have no score: row {shown}"
        f"{f' and {more} more' if more > 0 else ''}. Correct or drop them; "
        f"the first: {report.reason[rows[0]]}."
    )


def _known_arguments(estimator: Any, X: Any) -> dict[str, Any]:
    """Call ``recourse`` once, and gather the arguments that metrics may take."""
    par, X = _last_step(estimator, X)
    start = time.process_time()
    report = par.recourse(X)
    seconds = time.process_time() - start
    refuse_unreadable(report)
    denied = report.denied
    if not denied.any():
        warn_user(
            f"The scores of recourse are NaN: the classifier denies none of the "
            f"{len(denied)} rows. Stratify the folds, or make them larger."
        )
    return arguments_of_report(report) | {
        "clf": _TableClassifier(par),
        "actionability": par.actionability,
        "links": par.links,
        "report": report,
        "seconds": seconds,
    }


def _last_step(estimator: Any, X: Any) -> tuple[Any, Any]:
    """Find the estimator that has ``recourse``, and the table that reaches it."""
    while not hasattr(estimator, "recourse"):
        if isinstance(estimator, Pipeline):
            if len(estimator) > 1:
                X = estimator[:-1].transform(X)
            estimator = estimator[-1]
        elif hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        else:
            raise TypeError(
                "Scorers of recourse need an estimator with the method recourse, or a "
                f"Pipeline or fitted search that ends in one; got {estimator!r}."
            )
    return estimator, X


class _TableClassifier:
    """The classifier of an estimator, for tables in any container.

    The tables of a report are those of the user. The classifier may have been fitted
    on another container.
    """

    def __init__(self, par: Any) -> None:
        self.classes_ = par.classes_
        self._schema = par.schema_
        self._box = BlackBox(par.estimator_, par.schema_)

    def predict(self, table: Any) -> np.ndarray:
        """Predict labels (n,)."""
        return self._box.predict(self._schema.encode(table))


@dataclass(frozen=True)
class _MeanOf:
    """Mean of an attribute of the report over its answered rows."""

    name: str

    def __call__(self, report: Any) -> float:
        """Take the mean; NaN without answered rows."""
        values = getattr(report, self.name)[report.answered]
        return float(values.mean()) if len(values) else np.nan


def _queries_per_person(report: Any) -> float:
    """Mean number of rows queried for each denied row."""
    return float(report.n_queries[report.denied].mean())


def _cpu_seconds(report: Any, seconds: float) -> float:
    """CPU seconds per denied row."""
    return seconds / float(report.denied.sum())


recourse_scorers = RecourseScorers(
    recourse_score=make_recourse_scorer(recourse_score),
    coverage=make_recourse_scorer(coverage),
    validity=make_recourse_scorer(validity),
    success=make_recourse_scorer(success),
    actionability=make_recourse_scorer(actionability),
    necessity=make_recourse_scorer(necessity),
    percentile=make_recourse_scorer(_MeanOf("percentile")),
    log_density=make_recourse_scorer(_MeanOf("log_density")),
    neg_effort=make_recourse_scorer(_MeanOf("effort"), greater_is_better=False),
    neg_gower_distance=make_recourse_scorer(gower_distance, greater_is_better=False),
    neg_n_changed=make_recourse_scorer(n_changed, greater_is_better=False),
    neg_n_queries=make_recourse_scorer(_queries_per_person, greater_is_better=False),
    neg_cpu_seconds=make_recourse_scorer(_cpu_seconds, greater_is_better=False),
)
