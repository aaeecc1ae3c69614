"""The classifier to explain, and whom it accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._config import TrainingConfig
from ..actionability import Demands
from ..table import TableSchema, as_python, kind_of, row_keys, warn_user
from ._black_box import BlackBox
from ._predictions import refuse_regressor, warn_of_misread_nulls
from ._setup import (
    check_acceptance_rate,
    choose_favorable,
    find_classes,
    fit_classifier,
    labels_of,
    table_to_fit,
    warn_if_trained_on,
)

_N_ALONE = 8


@dataclass(frozen=True)
class KnownRows:
    """A few training rows and their labels, which show a retrained classifier.

    Parameters
    ----------
    codes : ndarray of shape (n_rows, n_features), dtype float64
        The rows.
    labels : ndarray of shape (n_rows,)
        Labels that the classifier predicted for them during ``fit``.
    per_person : int
        Number of rows to predict in a call for one person.
    """

    codes: np.ndarray
    labels: np.ndarray
    per_person: int = 1

    def some(self, codes: np.ndarray) -> KnownRows:
        """Choose the rows to predict together with some people.

        Parameters
        ----------
        codes : ndarray of shape (n_people, n_features), dtype float64
            The people of a call.

        Returns
        -------
        some : KnownRows
            `per_person` for each of the people, at most all. A hash of the people
            chooses the first of them, so that calls for single people go through all
            rows by and by.
        """
        n_rows = len(self.codes)
        n_some = min(n_rows, self.per_person * len(codes))
        first = int(np.bitwise_xor.reduce(row_keys(codes), initial=0) % max(n_rows, 1))
        chosen = (first + np.arange(n_some)) % max(n_rows, 1)
        return KnownRows(self.codes[chosen], self.labels[chosen], self.per_person)

    def predict_with(self, black_box: BlackBox, codes: np.ndarray) -> np.ndarray:
        """Predict people together with some of the known rows.

        A warning says whether the classifier now labels the known rows otherwise.

        Parameters
        ----------
        black_box : BlackBox
            The classifier.
        codes : ndarray of shape (n_people, n_features), dtype float64
            The people of a call.

        Returns
        -------
        labels : ndarray of shape (n_people,)
        """
        known = self.some(codes)
        labels = black_box.predict(np.concatenate([codes, known.codes]))
        known.warn_of_changes(labels[len(codes) :])
        people: np.ndarray = labels[: len(codes)]
        return people

    def warn_of_changes(self, labels: np.ndarray) -> None:
        """Warn if the classifier now predicts other labels.

        Parameters
        ----------
        labels : ndarray of shape (n_rows,)
            Labels that the classifier predicts for the rows now.
        """
        n_changed = int((labels != self.labels).sum())
        if n_changed:
            warn_user(
                f"The classifier predicts other labels than during fit for {n_changed} "
                f"of {len(self.labels)} stored training rows, so it was probably "
                "trained again. Call with_classifier or fit, so that recourse is "
                "searched for the classifier as it is now."
            )


@dataclass(frozen=True)
class Decisions:
    """A classifier that is ready to be explained, and its decisions on a table.

    Parameters
    ----------
    classifier : fitted classifier
        The classifier.
    classes : ndarray of shape (n_classes,)
        Its labels.
    black_box : BlackBox
        The classifier, with the favorable labels and the probability that an answer
        needs.
    accepted : ndarray of shape (n_samples,), dtype bool
        Rows of the table that it accepts.
    known_rows : KnownRows
        Some of the rows, with their labels.
    """

    classifier: Any
    classes: np.ndarray
    black_box: BlackBox
    accepted: np.ndarray
    known_rows: KnownRows


def decide(
    classifier: Any,
    is_fitted: bool,
    X: Any,
    y: Any,
    codes: np.ndarray,
    schema: TableSchema,
    favorable_label: Any,
    min_probability: float | None,
    config: TrainingConfig,
    rng: np.random.RandomState,
) -> Decisions:
    """Fit the classifier if necessary, check it, and take its decisions.

    Parameters
    ----------
    classifier : classifier
        Cloned and fitted unless `is_fitted`.
    is_fitted : bool
        Whether it is used without fitting.
    X : DataFrame or ndarray of shape (n_samples, n_features)
        The table.
    y : ndarray of shape (n_samples,) or None
        Labels. Needed to fit a classifier.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        The table as codes.
    schema : TableSchema
        What each column is.
    favorable_label : label, collection of labels, or None
        Labels that people want.
    min_probability : float or None
        Least probability of the favorable labels that an answer needs.
    config : TrainingConfig
        Number of folds, and the agreement that raises suspicion.
    rng : numpy.random.RandomState
        Source of randomness.

    Returns
    -------
    decisions : Decisions
        A classifier that was fitted here decides on each row out of fold.
    """
    predicted = kind = None
    if not is_fitted:
        refuse_regressor(classifier)
        X = table_to_fit(X)
        kind = kind_of(X)
        classifier, predicted = fit_classifier(classifier, X, y, config.n_folds, rng)
    box = BlackBox(classifier, schema)
    box.check(codes, kind)
    _check_nulls(box, codes, config.n_consistency_rows)
    # Evenly spaced rows show whether predictions depend on other rows.
    step = -(-len(codes) // config.n_consistency_rows)
    some = codes[::step]
    known = KnownRows(some.copy(), consistent_labels(box, some), config.n_known_rows)
    if predicted is None:
        predicted = box.predict(codes)
        if y is not None:
            warn_if_trained_on(
                predicted,
                labels_of(classifier, y),
                config.suspicious_agreement,
                config.suspicious_error_ratio,
            )
    classes = find_classes(classifier, predicted, y)
    favorable = choose_favorable(classes, favorable_label)
    box = box.with_favorable(favorable, min_probability)
    box.choose_scores(some)
    accepted = np.isin(predicted, favorable)
    check_acceptance_rate(accepted)
    return Decisions(classifier, classes, box, accepted, known)


def _check_nulls(box: BlackBox, codes: np.ndarray, n_rows: int) -> None:
    """Warn if the classifier misreads missing levels of some rows in pyarrow."""
    form = box.frame_format
    if form is None or form.kind != "pyarrow":
        return
    is_level = [not column.is_numeric for column in box.schema.columns]
    incomplete = np.isnan(codes[:, is_level]).any(axis=1)
    if incomplete.any():
        table = box.input_table(codes[incomplete][:n_rows])
        warn_of_misread_nulls(box.classifier, table)


def consistent_labels(box: BlackBox, codes: np.ndarray) -> np.ndarray:
    """Predict some rows, and check that a prediction depends on its own row only.

    Parameters
    ----------
    box : BlackBox
        The classifier.
    codes : ndarray of shape (n, d), dtype float64
        Valid rows: they are predicted together, together once more, in reverse
        order, and the first ones alone.

    Returns
    -------
    labels : ndarray of shape (n,)
        Their labels.

    Raises
    ------
    ValueError
        If a row gets different labels.
    """
    name, n = type(box.classifier).__name__, len(codes)
    together = box.predict(codes)
    repeats = {
        "if it predicts the same rows again": box.predict(codes),
        "if the rows come in reverse order": box.predict(codes[::-1])[::-1],
        "alone": np.concatenate(
            [box.predict(codes[[i]]) for i in range(min(n, _N_ALONE))]
        ),
    }
    for how, labels in repeats.items():
        differs = together[: len(labels)] != labels
        if np.any(differs):
            i = int(np.argmax(differs))
            first, second = as_python(together[i]), as_python(labels[i])
            raise ValueError(
                f"The classifier, a {name}, predicts {first!r} for a row in a "
                f"batch of {n} rows, but {second!r} {how}. A prediction must "
                "depend on its own row, not on other rows or on random numbers."
            )
    return together


def split_by_demand(
    box: BlackBox, demands: Demands | None, n_rows: int
) -> list[tuple[np.ndarray, BlackBox]]:
    """Group rows by the demand of their person.

    Parameters
    ----------
    box : BlackBox
        The classifier, with the demands that everybody has.
    demands : Demands or None
        Of the person of each row.
    n_rows : int
        Number of rows.

    Returns
    -------
    groups : list of (ndarray of shape (n_members,), dtype int64, and BlackBox)
        The rows of each group, and the black box that decides on them.
    """
    if demands is None:
        return [(np.arange(n_rows), box)]
    return [(rows, box.of_demand(demand)) for demand, rows in demands.groups()]
