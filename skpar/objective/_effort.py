"""Effort of a change, per feature, and its units.

For another unit, add its spread to `_SPREADS`, and its name to what `PARRecourse` and
`skpar.metrics.effort` accept.
"""

from __future__ import annotations

import numpy as np

from .._config import SearchConfig
from ..table import TableSchema


class Effort:
    r"""Effort of changes, measured against reference people.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Reference people, NaN where a cell is missing.
    kind : {"percentile", "mad", "range"}, default="percentile"
        Share of people that a change passes, or its size in median absolute deviations,
        or as a share of the range.
    weights : ndarray of shape (n_features,), dtype float64, optional
        Multiples of the effort of each feature; 1 where not given.
    max_knots : int
        Most values of a feature at which shares are tabulated, for "percentile".

    Notes
    -----
    With ``kind="percentile"`` the effort of moving a number or an ordered level
    from :math:`a` to :math:`b` is :math:`|T(a) - T(b)|`, where

    .. math:: T(v) = P(V < v) + P(V = v) / 2

    at the values of the reference people, linear between them and constant
    outside: the share of people between the two values, those at the ends
    counted half. It lies in [0, 1] and does not depend on units. Beyond `max_knots`
    values, knots are taken at evenly spaced shares together with the values just
    below them, so that neither gaps nor frequent values are blurred.

    With ``kind="mad"`` it is :math:`|a - b| / s` with `s` the median absolute
    deviation, or where this is 0 the interquartile range, or where this is 0 too
    the standard deviation. With ``kind="range"``, `s` is the difference of the largest
    and the smallest value: between reference people, effort is Gower's distance
    times the number of features.

    A column with one value has no effort. Another level of a nominal or binary
    column has effort 1, and so has filling a missing cell. All this is multiplied by
    the weight of the feature.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.objective._effort import Effort
    >>> from skpar.table import TableSchema
    >>> table = pd.DataFrame({"age": [20, 30, 30, 60], "job": list("abba")})
    >>> schema = TableSchema.infer(table)
    >>> effort = Effort(schema, schema.encode(table))
    >>> effort.per_feature(np.array([20.0, 0.0]), np.array([30.0, 1.0]))
    array([0.375, 1.   ])
    """

    def __init__(
        self,
        schema: TableSchema,
        codes: np.ndarray,
        kind: str = "percentile",
        weights: np.ndarray | None = None,
        max_knots: int = SearchConfig.max_effort_knots,
    ) -> None:
        if kind not in ("percentile", *_SPREADS):
            raise ValueError(
                f"effort must be 'percentile', 'mad' or 'range', got {kind!r}."
            )
        self.kind = kind
        self.weights = np.ones(len(schema.columns)) if weights is None else weights
        self._ordered = tuple(
            column.kind not in ("nominal", "binary") for column in schema.columns
        )
        columns = [column[~np.isnan(column)] for column in codes.T]
        if kind == "percentile":
            self._knots = [_knots(column, max_knots) for column in columns]
        else:
            self._spreads = [_spread(column, kind) for column in columns]

    def transform(self, codes: np.ndarray) -> np.ndarray:
        """Map codes to positions between which effort is a distance.

        Parameters
        ----------
        codes : ndarray of shape (..., n_features), dtype float64
            Codes of any rows.

        Returns
        -------
        positions : ndarray of shape (..., n_features), dtype float64
            In ordered columns of weight 1 the effort of a change is the distance of
            its two positions; nominal and missing cells are left as they are.

        Notes
        -----
        Weights are left out: two people are no farther apart in a feature that is hard
        to change.
        """
        positions = np.empty(codes.shape)
        for j in range(len(self._ordered)):
            positions[..., j] = self._position(j, codes[..., j])
        return positions

    def per_feature(self, codes: np.ndarray, codes2: np.ndarray) -> np.ndarray:
        """Effort of every cell of a change.

        Parameters
        ----------
        codes, codes2 : ndarray of shape (..., n_features), dtype float64
            Rows before and after, or the other way round; they are broadcast
            against each other.

        Returns
        -------
        effort : ndarray of shape (..., n_features), dtype float64
            Effort of each cell, 0 where nothing changes.
        """
        effort = np.empty(np.broadcast_shapes(codes.shape, codes2.shape))
        for j, ordered in enumerate(self._ordered):
            cells, cells2 = codes[..., j], codes2[..., j]
            if ordered:
                size = np.abs(self._position(j, cells) - self._position(j, cells2))
            else:
                size = (cells != cells2).astype(np.float64)
            effort[..., j] = _with_missing(size, cells, cells2)
        return effort * self.weights

    def _position(self, j: int, cells: np.ndarray) -> np.ndarray:
        """Position of the cells of one column."""
        if not self._ordered[j]:
            return cells
        if self.kind == "percentile":
            return np.interp(cells, *self._knots[j])
        return cells / self._spreads[j]


def gower(schema: TableSchema, codes: np.ndarray, codes2: np.ndarray) -> np.ndarray:
    """Gower's distance of rows: a mean over features.

    Parameters
    ----------
    schema : TableSchema
        What each column is, and the range it had in training.
    codes, codes2 : ndarray of shape (..., n_features), dtype float64
        Rows; they are broadcast against each other.

    Returns
    -------
    distance : ndarray of shape (...), dtype float64
        In [0, 1]: of numbers and ordered levels the difference as a share of the
        range, at most 1; of nominal levels, and where one of the two cells is
        missing, 1 if they differ.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.objective._effort import gower
    >>> from skpar.table import TableSchema
    >>> table = pd.DataFrame({"age": [20, 60], "job": ["clerk", "cook"]})
    >>> schema = TableSchema.infer(table)
    >>> gower(schema, np.array([20.0, 0.0]), np.array([30.0, 1.0]))
    np.float64(0.625)
    """
    total = np.zeros(np.broadcast_shapes(codes.shape, codes2.shape)[:-1])
    for j, column in enumerate(schema.columns):
        cells, cells2 = codes[..., j], codes2[..., j]
        if column.is_ordered and column.high > column.low:
            width = column.high - column.low
            apart = np.minimum(np.abs(cells - cells2) / width, 1.0)
        else:
            apart = (cells != cells2).astype(np.float64)
        total += _with_missing(apart, cells, cells2)
    return total / len(schema.columns)


def _knots(present: np.ndarray, max_knots: int) -> tuple[np.ndarray, np.ndarray]:
    """Tabulate the mid-distribution function of the present cells of a column."""
    values, counts = np.unique(present, return_counts=True)
    if len(values) == 0:
        return np.zeros(1), np.full(1, 0.5)
    shares = (np.cumsum(counts) - counts / 2) / len(present)
    if len(values) > max_knots:
        even = np.linspace(shares[0], shares[-1], max_knots // 2)
        at = np.searchsorted(shares, even)
        at = np.unique(np.concatenate([np.maximum(at - 1, 0), at]))
        values, shares = values[at], shares[at]
    return values, shares


def _spread(present: np.ndarray, kind: str) -> float:
    """Measure the spread of the present cells; infinite where they are all equal."""
    if len(present) == 0 or present.min() == present.max():
        return np.inf
    return _SPREADS[kind](present)


def _deviation(present: np.ndarray) -> float:
    """Median absolute deviation; where it is 0, another spread."""
    deviation = np.median(np.abs(present - np.median(present)))
    lower, upper = np.quantile(present, [0.25, 0.75])
    return float(deviation or upper - lower or np.std(present))


def _range(present: np.ndarray) -> float:
    """Difference of the largest and the smallest value."""
    return float(present.max() - present.min())


_SPREADS = {"mad": _deviation, "range": _range}


def _with_missing(
    distance: np.ndarray, cells: np.ndarray, cells2: np.ndarray
) -> np.ndarray:
    """Set the distance of cells that are missing in one row to 1, in both to 0."""
    missing, missing2 = np.isnan(cells), np.isnan(cells2)
    return np.where(missing | missing2, missing != missing2, distance)
