"""Fitting of an estimator: its attributes, in the order of the work."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_random_state

from .._progress import Progress, Task
from ..actionability import Actionability
from ..classifier import (
    BlackBox,
    check_labels,
    choose_classifier,
    decide,
    fit_refits,
    refuse_mapping,
    refuse_without_refits,
)
from ..report import FitRecord, ReportContext
from ..table import TableSchema, refuse_masked, validate_table, warn_of_table
from ._fitting import RecourseFitter

# The stages of every fit, in their order. Refits are one more, if there are any.
STAGES = (
    "table",
    "relations",
    "classifier",
    "density of accepted rows",
    "density of denied rows",
    "objective",
    "surrogate",
    "generator",
    "search",
    "report",
)


def fit_estimator(par: Any, X: Any, y: Any, clf: Any) -> None:
    """Fit an estimator; the arguments are those of `PARRecourse.fit`.

    Parameters
    ----------
    par : PARRecourse
        It gets the fitted attributes.
    X : DataFrame or array-like of shape (n_samples, n_features)
        The table.
    y : array-like of shape (n_samples,) or None
        Labels.
    clf : fitted classifier or None
        The classifier to explain.
    """
    with (
        Progress(par.verbose) as progress,
        Task.of_fit(par, _steps(par), progress.report, X, y) as task,
    ):
        _fit(par, X, y, clf, task)


def _steps(par: Any) -> dict[str, int]:
    """List the stages of a fit; each is one step of it."""
    refits = () if par.min_robustness is None else ("refits",)
    return dict.fromkeys((*STAGES, *refits), 1)


def _fit(par: Any, X: Any, y: Any, clf: Any, task: Task) -> None:
    """Read the table and its relations, and fit all parts."""
    with task.step("table"):
        X, table, codes = _read_table(par, X, y, task)
    classifier, is_fitted = choose_classifier(par.estimator, clf, table)
    y = check_labels(X, y, classifier, is_needed=not is_fitted)
    if par.min_robustness is not None:
        refuse_without_refits(classifier, y)
    labels = getattr(X, "index", range(len(X)))
    with task.step("relations"):
        par._actionability, relations = Actionability.of_estimator(
            par, table, codes, labels, task.report
        )
    par.schema_, par.relations_ = relations.schema, relations.found
    codes = relations.codes
    _learn_classifier(par, X, y, codes, classifier, is_fitted, task)


def _read_table(
    par: Any, X: Any, y: Any, task: Task
) -> tuple[Any, TableSchema, np.ndarray]:
    """Check a table, infer its columns, and return it with them and as codes."""
    task.report("table: columns")
    X = validate_table(par, X, reset=True)
    refuse_masked("y", y)
    refuse_mapping(par.favorable_label)
    table = TableSchema.infer(
        X,
        categorical_features=par.categorical_features,
        ordinal_features=par.ordinal_features,
    )
    task.report(f"table: {len(X)} rows")
    codes = table.encode(X)
    task.report("table: check for identifiers")
    warn_of_table(X, y)
    return X, table, codes


def with_new_classifier(par: Any, clf: Any, X: Any, y: Any) -> Any:
    """Fit an estimator to a new classifier, with densities, relations and rules kept.

    Parameters
    ----------
    par : PARRecourse
        Fitted; it is not changed.
    clf : fitted classifier
        The new classifier.
    X : DataFrame or array-like of shape (n_samples, n_features)
        The table, as in ``fit``.
    y : array-like of shape (n_samples,) or None
        Labels.

    Returns
    -------
    par : PARRecourse
        Another fitted estimator.
    """
    new = copy.copy(par)
    X = validate_table(new, X, reset=False)
    refuse_masked("y", y)
    if isinstance(new.estimator, FrozenEstimator):
        new.estimator = FrozenEstimator(clf)
    y = check_labels(X, y, clf, is_needed=False)
    if new.min_robustness is not None:
        refuse_without_refits(clf, y)
    with Progress(new.verbose) as progress:
        task = Task(steps=_steps(new), show=progress.report)
        task.report(f"table: {len(X)} rows")
        codes = new.schema_.encode(X)
        _learn_classifier(new, X, y, codes, clf, True, task, keeps_densities=True)
    return new


def _learn_classifier(
    par: Any,
    X: Any,
    y: Any,
    codes: np.ndarray,
    classifier: Any,
    is_fitted: bool,
    task: Task,
    *,
    keeps_densities: bool = False,
) -> None:
    """Fit the classifier if necessary, then the parts that find recourse."""
    rng = check_random_state(par.random_state)
    demands = par.favorable_label, par.min_probability, par.training_config
    with task.step("classifier"):
        task.report("classifier: decisions on all rows")
        decisions = decide(
            classifier, is_fitted, X, y, codes, par.schema_, *demands, rng
        )
    _check_range(par, decisions.black_box)
    par.estimator_, par.classes_ = decisions.classifier, decisions.classes
    par._black_box, accepted = decisions.black_box, decisions.accepted
    par._known_rows = decisions.known_rows
    par.favorable_label_ = par._black_box.favorable
    par.refits_ = None
    if par.min_robustness is not None:
        amounts = par.min_robustness, par.n_refits, par.n_jobs, par.training_config
        task.report(f"classifier: {par.n_refits} refits")
        with task.step("refits", {"refit": par.n_refits}) as step:
            refits = fit_refits(decisions, classifier, codes, y, *amounts, rng, step)
        par._black_box = par._black_box.with_refits(refits)
        par.refits_ = refits.classifiers
    _fit_parts(par, codes, accepted, rng, keeps_densities, task)
    par._reason_seed = int(rng.randint(2**31))
    task.report("distributions of the columns")
    with task.step("report"):
        able, fit = par._actionability, FitRecord.of_fit(par, codes)
        par._report_context = ReportContext.of_fit(
            par.schema_, codes[accepted], able, fit
        )


def _check_range(par: Any, black_box: BlackBox) -> None:
    """Raise a ValueError if no probability meets `max_probability`."""
    low, high = par.min_probability, par.max_probability
    if high is None:
        return
    black_box.require_probabilities("max_probability")
    if low is not None and low > high:
        raise ValueError(
            f"min_probability={low} is above max_probability={high}. Widen the range."
        )


def _fit_parts(
    par: Any,
    codes: np.ndarray,
    accepted: np.ndarray,
    rng: np.random.RandomState,
    keeps_densities: bool,
    task: Task,
) -> None:
    """Fit densities, unless they are kept, surrogate, generator and search."""
    fitter = RecourseFitter.of_estimator(par, rng, task)
    if keeps_densities:
        kept, densities = par._parts, [par.accepted_density_, par.denied_density_]
        fit = fitter.fit_again(kept.objective, densities, codes, accepted)
    else:
        fit = fitter.fit(codes, accepted)
    par._parts, par.surrogate_fidelity_ = fit.parts, fit.fidelity
    par.loss_curve_, par.n_iter_ = fit.loss_curve, len(fit.loss_curve)
    par.accepted_density_ = fit.accepted_density
    par.denied_density_ = fit.denied_density
