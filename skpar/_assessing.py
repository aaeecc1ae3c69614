"""The judgement of proposals of any origin, and the score of an estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ._answering import Answerer
from ._request import read_request
from .actionability import People, find_violations
from .classifier import stage
from .metrics import recourse_score
from .report import FLAGS, NUMBERS, with_unread_rows
from .search import broken_demands
from .table import TableReading, check_same_rows, validate_table


def assess(
    self: Any,
    X: Any,
    X_cf: Any,
    *,
    lower: Any = None,
    upper: Any = None,
    frozen: Any = None,
    max_effort: Any = None,
    target: Any = None,
    min_probability: Any = None,
    max_probability: Any = None,
) -> pd.DataFrame:
    """Judge proposals of any origin, and say what they break.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_samples, n_features)
        People.
    X_cf : DataFrame or array-like of shape (n_samples, n_features)
        One proposal per person, in the same order: a person's own plan, the answer
        of another library, or a recourse followed half the way.
    lower : DataFrame or ndarray, default=None
        Smallest values for single people, as in :meth:`recourse`.
    upper : DataFrame or ndarray, default=None
        Largest values for single people, as in :meth:`recourse`.
    frozen : DataFrame or ndarray of booleans, default=None
        Cells that must not change, as in :meth:`recourse`.
    max_effort : float or array-like of shape (n_samples,), default=None
        Largest effort of single people, as in :meth:`recourse`.
    target : label or array-like of shape (n_samples,), default=None
        Labels that single people want, as in :meth:`recourse`.
    min_probability : float or array-like of shape (n_samples,), default=None
        Least probabilities for single people, as in :meth:`recourse`.
    max_probability : float or array-like of shape (n_samples,), default=None
        Largest probabilities for single people, as in :meth:`recourse`.

    Returns
    -------
    table : DataFrame of shape (n_samples, 11)
        ``recourse``: the person is denied, the proposal is accepted and keeps all
        demands. ``accepted``: the classifier accepts the proposal. ``feasible``:
        it keeps rules, links and limits. ``broken``: what it breaks, in words.
        Then the measures of :class:`RecourseReport`, from ``n_changed`` to
        ``training_row``. If the row of the person or the proposal cannot be read,
        the first three are False and the measures are missing.

    Raises
    ------
    ValueError
        If the tables have different rows, or other columns than in training.
    """
    demands = max_effort, target, min_probability, max_probability
    people, X, reading = read_request(self, X, lower, upper, frozen, *demands)
    proposals = validate_table(self, X_cf, reset=False)
    answerer = Answerer.of_estimator(self)
    return _assess(answerer, X, people, reading, proposals)


@stage("assess")
def _assess(
    answerer: Answerer,
    table: Any,
    people: People,
    reading: TableReading,
    proposals: Any,
) -> pd.DataFrame:
    """Judge one proposal per person; `people` are those that can be read."""
    check_same_rows(table, proposals)
    other = answerer.schema.read(proposals)
    read = ~(reading.unreadable | other.unreadable)
    people = people[read[~reading.unreadable]]
    demands, box = people.limits.demands, answerer.black_box
    if read.all() and len(read):
        accepted = box.accepts_table(proposals, demands)
    else:
        accepted = box.are_wanted(box.predict(other.codes[read]), demands)
    judged = _judge(answerer, people, other.codes[read], accepted)
    if not read.all():
        judged = with_unread_rows(judged, read, reading.reasons(), other.reasons())
    index = getattr(table, "index", None)
    return judged if index is None else judged.set_axis(index)


def _judge(
    answerer: Answerer, people: People, rows: np.ndarray, accepted: np.ndarray
) -> pd.DataFrame:
    """Judge proposals that can be read, one row of codes per person."""
    box, own_demands = answerer.black_box, people.limits.demands
    denied = ~box.are_wanted(box.predict(people.codes), own_demands)
    measures = answerer.measure(people, rows)
    violations = find_violations(answerer.actionability, people, rows)
    feasible = np.array([not broken for broken in violations], dtype=bool)
    demands = broken_demands(
        answerer.black_box, answerer.eligibility, people, rows, accepted
    )
    for broken, more in zip(violations, demands, strict=True):
        broken += map(str, more)
    columns = {
        "recourse": denied & np.array([not broken for broken in violations], bool),
        "accepted": accepted,
        "feasible": feasible,
        "broken": ["; ".join(broken) for broken in violations],
        **{name: getattr(measures, name) for name in (*NUMBERS, *FLAGS)},
    }
    return pd.DataFrame(columns)


def score(self: Any, X: Any, y: Any = None) -> float:
    """Score of the recourse of denied rows, independent of weights and units.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_samples, n_features)
        People. Accepted people do not count.
    y : object, default=None
        Ignored.

    Returns
    -------
    score : float
        :func:`skpar.metrics.recourse_score`; greater is better. NaN, with a
        warning, if no row is denied. A row that cannot be read is an error.
    """
    return recourse_score(self.recourse(X))
