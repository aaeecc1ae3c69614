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
from ._inputs import Mean, take
from ._proximity import features_changed, gower_distance
from ._validity import actionability, coverage, success, validity

# What `recourse_score` gives a denied row without recourse.
_SCORE_WITHOUT_RECOURSE = -2.0
# Arguments of a metric that a scorer has; the others are given to it.
_KNOWN_ARGUMENTS = (
    "factuals",
    "counterfactuals",
    "answered",
    "classifier",
    "favorable_label",
    "schema",
    "rules",
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
        Takes the arguments that its parameters name.
    sign : {1.0, -1.0}
        Times the metric.
    needs : dict
        More arguments of `metric`.
    """

    metric: Callable[..., Any]
    sign: float
    needs: Mapping[str, Any]

    def __call__(self, estimator: Any, X: Any, y: Any = None) -> float:
        """Compute the recourse of X once, and measure it.

        Parameters
        ----------
        estimator : fitted PARRecourse, or Pipeline or search that ends in one
        X : table of shape (n, d)
            People; those whom the classifier accepts do not count.
        y : object, default=None
            Ignored.

        Returns
        -------
        score : float
            NaN, with a warning, where no row is denied.
        """
        return self.of(_known_arguments(estimator, X))

    def of(self, known: dict[str, Any]) -> float:
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
        measured = self.metric(**{**taken, **self.needs})
        value = measured.value if isinstance(measured, Mean) else measured
        return self.sign * float(value)


class RecourseScorers(dict[str, Callable[..., Any]]):
    """Scorers by name, that share one call of ``recourse`` when they are called.

    As a dict it is what multi-metric search takes. It is a scorer itself, too, which
    scikit-learn prefers: it returns the scores of all, for one call of ``recourse`` in
    each fold. ``recourse_scorers | {"name": scorer}`` keeps that.

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
            People; those whom the classifier accepts do not count.
        y : array-like of shape (n,), default=None
            For scorers that are not of this module.

        Returns
        -------
        scores : dict of str to float
            NaN, with one warning, where no row is denied.
        """
        known = _known_arguments(estimator, X)
        return {
            name: scorer.of(known)
            if isinstance(scorer, RecourseScorer)
            else scorer(estimator, X, y)
            for name, scorer in self.items()
        }

    def __or__(self, other: Any) -> RecourseScorers:  # type: ignore[override]
        """Add scorers."""
        return RecourseScorers({**self, **other})


def make_recourse_scorer(
    metric: Callable[..., Any], *, greater_is_better: bool = True, **needs: Any
) -> RecourseScorer:
    """Make a scorer of a metric, for ``scoring=`` of searches and cross-validation.

    Parameters
    ----------
    metric : callable
        A function of :mod:`skpar.metrics`, or your own. It is called with those of
        these arguments that its signature names: ``factuals``, ``counterfactuals``
        and ``answered`` of the rows that the classifier denies, ``classifier``,
        ``favorable_label``, ``schema``, ``rules``, the whole ``report`` and the CPU
        ``seconds`` that it took. It returns a number or a :class:`Mean`.
    greater_is_better : bool, default=True
        Whether the metric is to grow. If not, the score is its negative.
    **needs : object
        All else that `metric` takes, such as ``reference=X_held_out``. In a pipeline
        it must be as the earlier steps make it.

    Returns
    -------
    scorer : RecourseScorer
        ``scorer(estimator, X, y=None)``. It calls ``recourse``, never ``transform``,
        whose unanswered rows would look like perfect effort.

    Raises
    ------
    TypeError
        Where `metric` needs an argument that nobody gives.

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
        and name not in (*_KNOWN_ARGUMENTS, *needs)
    ]
    if missing:
        raise TypeError(
            f"The metric {getattr(metric, '__name__', metric)!r} needs {missing}; give "
            "them to make_recourse_scorer by name."
        )
    return RecourseScorer(metric, 1.0 if greater_is_better else -1.0, needs)


def recourse_score(report: Any) -> float:
    """Score that is free of the weights and units of the estimator.

    Parameters
    ----------
    report : RecourseReport
        Of people of whom at least one is denied.

    Returns
    -------
    score : float
        Mean over denied rows of (percentile - Gower distance - share of features
        changed), and -2 for a row without recourse. In [-2, 1].
    """
    share = report.n_changed / report.factuals.shape[1]
    value = report.percentile - report.gower - share
    value = np.where(report.answered, value, _SCORE_WITHOUT_RECOURSE)
    return float(value[report.asked].mean())


def _known_arguments(estimator: Any, X: Any) -> dict[str, Any]:
    """Call ``recourse`` once, and gather the arguments that metrics may take."""
    par, X = _last_step(estimator, X)
    start = time.process_time()
    report = par.recourse(X)
    seconds = time.process_time() - start
    asked = report.asked
    if not asked.any():
        warn_user(
            f"The scores of recourse are NaN: the classifier denies none of the "
            f"{len(asked)} rows. Stratify the folds, or make them larger."
        )
    return {
        "factuals": take(report.factuals, asked),
        "counterfactuals": take(report.counterfactuals, asked),
        "answered": report.answered[asked],
        "classifier": _TableClassifier(par),
        "favorable_label": par.favorable_label_,
        "schema": par.schema_,
        "rules": par.actionability,
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

    A report has its tables as the user gave them, while the classifier may have been
    fitted on another container.
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


def _classifier_rows(report: Any) -> float:
    """Count the rows that the classifier predicted for each denied row."""
    return float(report.classifier_rows[report.asked].mean())


def _cpu_seconds(report: Any, seconds: float) -> float:
    """Share the CPU seconds out among the denied rows."""
    return seconds / float(report.asked.sum())


recourse_scorers = RecourseScorers(
    recourse_score=make_recourse_scorer(recourse_score),
    coverage=make_recourse_scorer(coverage),
    validity=make_recourse_scorer(validity),
    success=make_recourse_scorer(success),
    actionability=make_recourse_scorer(actionability),
    percentile=make_recourse_scorer(_MeanOf("percentile")),
    plausibility=make_recourse_scorer(_MeanOf("log_density")),
    neg_effort=make_recourse_scorer(_MeanOf("effort"), greater_is_better=False),
    neg_gower_distance=make_recourse_scorer(gower_distance, greater_is_better=False),
    neg_features_changed=make_recourse_scorer(
        features_changed, greater_is_better=False
    ),
    neg_classifier_rows=make_recourse_scorer(_classifier_rows, greater_is_better=False),
    neg_cpu_seconds=make_recourse_scorer(_cpu_seconds, greater_is_better=False),
)
