"""Data for pictures: distributions of accepted people, and details of each row."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..actionability import Actionability, Demands, Limits, People
from ..classifier import BlackBox, split_by_demand
from ..objective import Objective
from ..table import TableSchema
from .record import FitRecord

_MAX_BINS = 24
_TAIL_SHARE = 0.01


@dataclass(frozen=True, eq=False)
class ColumnHistogram:
    """Histogram of one column. It holds shares, and no rows of people.

    Parameters
    ----------
    edges : ndarray of shape (n_bins + 1,), dtype float64
        Edges of the bins in codes; for levels, midpoints between their codes.
    shares : ndarray of shape (n_bins,), dtype float64
        Share of the present cells in each bin. For numbers, the smallest and the
        largest 1% are in the first and the last bin.
    """

    edges: np.ndarray
    shares: np.ndarray


@dataclass(frozen=True, eq=False)
class ReportContext:
    """Data that all reports of an estimator share.

    Parameters
    ----------
    histograms : tuple of ColumnHistogram
        Distribution of the accepted training people, one histogram per column.
    written : mapping of label to tuple of rule
        Rules that the answers keep, as the user wrote them, by column or group.
    links : tuple of str
        Links that the answers keep, as the user wrote them, and relations that were
        found in the training rows.
    derived : tuple of int
        Features that follow from others.
    fit : FitRecord, default=None
        What a record says about the fit; None if there is none.
    is_searched : bool, default=True
        Whether there was a search for recourse.
    immutable : tuple of int
        Features that a rule fixes for everybody.
    """

    histograms: tuple[ColumnHistogram, ...]
    written: Mapping[Hashable, tuple[Any, ...]]
    links: tuple[str, ...] = ()
    derived: tuple[int, ...] = ()
    fit: FitRecord | None = None
    is_searched: bool = True
    immutable: tuple[int, ...] = ()

    @classmethod
    def of_fit(
        cls,
        schema: TableSchema,
        accepted: np.ndarray,
        actionability: Actionability,
        fit: FitRecord | None = None,
    ) -> ReportContext:
        """Make the context of a fit.

        Parameters
        ----------
        schema : TableSchema
            What each column is.
        accepted : ndarray of shape (n_accepted, n_features), dtype float64
            Codes of accepted people.
        actionability : Actionability
            Rules, links and relations.
        fit : FitRecord, default=None
            What a record says about the fit.
        """
        links = (*actionability.links, *actionability.found)
        written, names = actionability.written, enumerate(schema.names)
        fixed = [j for j, name in names if "immutable" in written.get(name, ())]
        return cls(
            column_histograms(schema, accepted),
            written,
            tuple(map(repr, links)),
            actionability.derived,
            fit,
            immutable=tuple(fixed),
        )


@dataclass(frozen=True, eq=False)
class RowDetails:
    """Data of each row that pictures show in addition to the measures.

    Parameters
    ----------
    probability : ndarray of shape (n_samples, 2), dtype float64
        Probability of a favorable label before and after; NaN if unknown.
    percentile_before : ndarray of shape (n_samples,), dtype float64
        Plausibility percentile of the factual; NaN for rows that are not denied.
    feature_effort : ndarray of shape (n_samples, n_features), dtype float64
        Effort of each feature; 0 where nothing changes.
    limits : Limits, default=None
        Limits of single people; None if nobody has any.
    robustness : ndarray of shape (n_samples,), dtype float64, default=None
        Share of the refits that accept the recourse; NaN without recourse. None if
        there are no refits.
    """

    probability: np.ndarray
    percentile_before: np.ndarray
    feature_effort: np.ndarray
    limits: Limits | None = None
    robustness: np.ndarray | None = None

    def __getitem__(self, rows: np.ndarray) -> RowDetails:
        """Take the details of some rows, by their numbers."""
        return RowDetails(
            self.probability[rows],
            self.percentile_before[rows],
            self.feature_effort[rows],
            None if self.limits is None else self.limits[rows],
            None if self.robustness is None else self.robustness[rows],
        )

    def among(self, rows: np.ndarray) -> RowDetails:
        """Insert rows without details; `rows` (n_samples,), dtype bool, have them."""
        probability = np.full((len(rows), 2), np.nan)
        percentile = np.full(len(rows), np.nan)
        effort = np.zeros((len(rows), self.feature_effort.shape[1]))
        probability[rows], percentile[rows] = self.probability, self.percentile_before
        effort[rows] = self.feature_effort
        limits = None if self.limits is None else self.limits.among(rows)
        robustness = None
        if self.robustness is not None:
            robustness = np.full(len(rows), np.nan)
            robustness[rows] = self.robustness
        return RowDetails(probability, percentile, effort, limits, robustness)

    @classmethod
    def of_rows(
        cls,
        objective: Objective,
        black_box: BlackBox,
        people: People,
        after: np.ndarray,
        denied: np.ndarray,
        answered: np.ndarray,
    ) -> RowDetails:
        """Compute the details of all rows of a report.

        Parameters
        ----------
        objective : Objective
            Objective with its effort and plausibility.
        black_box : BlackBox
            The user's classifier.
        people : People
            The people, with their limits.
        after : ndarray of shape (n_samples, n_features), dtype float64
            Codes of counterfactuals.
        denied : ndarray of shape (n_samples,), dtype bool
            Rows that are denied.
        answered : ndarray of shape (n_samples,), dtype bool
            Rows with a recourse.

        Returns
        -------
        details : RowDetails
        """
        plausibility, before = objective.plausibility, people.codes
        limits, demands = people.limits, people.limits.demands
        has_none = limits.is_empty and demands is None and limits.max_effort is None
        percentile = np.full(len(before), np.nan)
        log_density = plausibility.log_density(before[denied])
        percentile[denied] = plausibility.percentile(log_density)
        return cls(
            _probabilities(black_box, people, after, denied, answered),
            percentile,
            objective.effort.per_feature(before, after),
            None if has_none else limits,
            _robustness(black_box, demands, after, answered),
        )


def column_histograms(
    schema: TableSchema, codes: np.ndarray
) -> tuple[ColumnHistogram, ...]:
    """Count people, column by column.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_people, n_features), dtype float64
        The people.

    Returns
    -------
    histograms : tuple of ColumnHistogram
        One per column.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.report._context import column_histograms
    >>> from skpar.table import TableSchema
    >>> table = pd.DataFrame({"job": ["cook", "clerk", "cook", "cook"]})
    >>> schema = TableSchema.infer(table)
    >>> column_histograms(schema, schema.encode(table))[0].shares
    array([0.25, 0.75])
    """
    histograms = []
    for column, cells in zip(schema.columns, codes.T, strict=True):
        present = cells[~np.isnan(cells)]
        if column.levels is not None:
            edges = np.arange(len(column.levels) + 1) - 0.5
        else:
            edges = _number_edges(present, column.kind == "integer")
        counts = np.histogram(present.clip(edges[0], edges[-1]), edges)[0]
        histograms.append(ColumnHistogram(edges, counts / max(1, len(present))))
    return tuple(histograms)


def _number_edges(present: np.ndarray, is_integer: bool) -> np.ndarray:
    """Cut a column of numbers into bins; few integers get a bin each."""
    if len(present) == 0:
        return np.array([0.0, 1.0])
    low, high = np.quantile(present, [_TAIL_SHARE, 1.0 - _TAIL_SHARE])
    if is_integer and high - low < _MAX_BINS:
        return np.arange(np.floor(low), np.ceil(high) + 2) - 0.5
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    return np.linspace(low, high, _MAX_BINS + 1)


def _probabilities(
    black_box: BlackBox,
    people: People,
    after: np.ndarray,
    denied: np.ndarray,
    answered: np.ndarray,
) -> np.ndarray:
    """Probability before and after (n_samples, 2), in one call for all rows."""
    before, demands = people.codes, people.limits.demands
    probability = np.full((len(before), 2), np.nan)
    rows = np.concatenate([before[denied], after[answered]])
    owner = np.concatenate([np.flatnonzero(denied), np.flatnonzero(answered)])
    demands = None if demands is None else demands[owner]
    values, n_denied = probabilities_of(black_box, rows, demands), int(denied.sum())
    probability[denied, 0] = values[:n_denied]
    probability[answered, 1] = values[n_denied:]
    return probability


def _robustness(
    black_box: BlackBox,
    demands: Demands | None,
    after: np.ndarray,
    answered: np.ndarray,
) -> np.ndarray | None:
    """Share of the refits that accept each recourse, (n_samples,); None without any."""
    if black_box.refits is None:
        return None
    robustness = np.full(len(after), np.nan)
    wanted = None if demands is None else demands.of_decision
    for some, box in split_by_demand(black_box, wanted, len(after)):
        rows = some[answered[some]]
        if len(rows) and box.refits is not None:
            robustness[rows] = box.refits.share(after[rows])
    return robustness


def probabilities_of(
    black_box: BlackBox, rows: np.ndarray, demands: Demands | None = None
) -> np.ndarray:
    """Probability of the wanted labels, in one call for all rows with the same ones.

    Parameters
    ----------
    black_box : BlackBox
        The user's classifier.
    rows : ndarray of shape (n, n_features), dtype float64
        Codes.
    demands : Demands, optional
        Of the person of each row.

    Returns
    -------
    probability : ndarray of shape (n,), dtype float64
        NaN if the classifier has no probabilities.
    """
    probability = np.full(len(rows), np.nan)
    wanted = None if demands is None else demands.of_decision
    for some, box in split_by_demand(black_box, wanted, len(rows)):
        probability[some] = _probabilities_of_label(box, rows[some])
    return probability


def _probabilities_of_label(black_box: BlackBox, rows: np.ndarray) -> np.ndarray:
    """Probability of the favorable labels, in one call for all rows."""
    unknown = np.full(len(rows), np.nan)
    if black_box.score_method != "predict_proba" or not len(rows):
        return unknown
    values = black_box.score(rows)
    if values is None or not 0 <= values.min() <= values.max() <= 1:
        return unknown
    return values
