"""Effort of a change, per feature, and its units.

To add a unit, add its spread to `_SPREADS`, and its name to the values that
`PARRecourse` and `skpar.metrics.effort` accept.
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
    unit : {"percentile", "mad", "range"}, default="percentile"
        Unit of effort. "percentile": share of people between the old and the new
        value. "mad": size of the change in median absolute deviations. "range": size
        of the change as a share of the range.
    weights : ndarray of shape (n_features,), dtype float64, optional
        Factor on the effort of each feature; all 1 if not given.
    max_knots : int
        Largest number of values of a feature at which shares are tabulated, for
        "percentile".

    Attributes
    ----------
    typical : float
        Mean effort between two reference people in an ordered column with weight 1, the
        median over these columns; 1 if there are none.

    Notes
    -----
    With ``unit="percentile"``, the effort of moving a number or an ordered level from
    :math:`a` to :math:`b` is :math:`|T(a) - T(b)|` with

    .. math:: T(v) = P(V < v) + P(V = v) / 2

    at the values of the reference people. :math:`T` is linear between these values and
    constant outside. The effort is the share of people between the two values; people
    at the ends count half. It is in [0, 1] and does not depend on units. If a feature
    has more than `max_knots` values, knots are taken at evenly spaced shares, together
    with the values just below them. This keeps gaps and frequent values sharp.

    With ``unit="mad"``, the effort is :math:`|a - b| / s`, and :math:`s` is the median
    absolute deviation. If this is 0, :math:`s` is the interquartile range. If this is 0
    too, :math:`s` is the standard deviation. With ``unit="range"``, :math:`s` is the
    difference between the largest and the smallest value. Between two reference people,
    the sum of these efforts is then Gower's distance times the number of features.

    A change in a column with only one value has no effort. A change to another level of
    a nominal or binary column has effort 1. Filling a missing cell has effort 1 too.
    Each effort is multiplied by the weight of its feature.

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
        unit: str = "percentile",
        weights: np.ndarray | None = None,
        max_knots: int = SearchConfig.max_effort_knots,
    ) -> None:
        if unit not in ("percentile", *_SPREADS):
            raise ValueError(
                f"effort must be 'percentile', 'mad' or 'range', got {unit!r}."
            )
        self.unit = unit
        self.weights = np.ones(len(schema.columns)) if weights is None else weights
        self._ordered = tuple(
            column.kind not in ("nominal", "binary") for column in schema.columns
        )
        columns = [column[~np.isnan(column)] for column in codes.T]
        if unit == "percentile":
            self._knots = [_knots(column, max_knots) for column in columns]
        else:
            self._spreads = [_spread(column, unit) for column in columns]
        self.typical = self._typical(codes)

    def transform(self, codes: np.ndarray) -> np.ndarray:
        """Map codes to positions: the distance between positions is the effort.

        Parameters
        ----------
        codes : ndarray of shape (..., n_features), dtype float64
            Codes of any rows.

        Returns
        -------
        positions : ndarray of shape (..., n_features), dtype float64
            In ordered columns with weight 1, the effort of a change is the distance
            between its two positions. Nominal and missing cells are not changed.

        Notes
        -----
        Weights are not used: a feature that is hard to change does not put two people
        farther apart.
        """
        positions = np.empty(codes.shape)
        for j in range(len(self._ordered)):
            positions[..., j] = self._position(j, codes[..., j])
        return positions

    def per_feature(self, codes: np.ndarray, codes2: np.ndarray) -> np.ndarray:
        """Effort of a change in each feature.

        Parameters
        ----------
        codes : ndarray of shape (..., n_features), dtype float64
            Rows before the change.
        codes2 : ndarray of shape (..., n_features), dtype float64
            Rows after the change; must broadcast with `codes`. Exchanging `codes` and
            `codes2` gives the same effort.

        Returns
        -------
        effort : ndarray of shape (..., n_features), dtype float64
            Effort of each cell; 0 if the cell does not change.
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

    def between(self, j: int, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Find values in the middle, where half of the effort is left.

        Parameters
        ----------
        j : int
            An ordered feature.
        start : ndarray of shape (n,), dtype float64
            Codes of this feature.
        end : ndarray of shape (n,), dtype float64
            Other codes.

        Returns
        -------
        middle : ndarray of shape (n,), dtype float64
            Values with equal effort from `start` and from `end`. If all values between
            the two have the same effort, the mean of the two.
        """
        mean = start / 2 + end / 2
        if self.unit != "percentile":
            return mean
        values, shares = self._knots[j]
        ends = self._position(j, start), self._position(j, end)
        middle = np.interp((ends[0] + ends[1]) / 2, shares, values)
        low, high = np.minimum(start, end), np.maximum(start, end)
        return np.where((low < middle) & (middle < high), middle, mean)

    def _typical(self, codes: np.ndarray) -> float:
        """Mean effort between pairs of rows, the median over ordered columns."""
        positions = self.transform(codes)
        apart = np.abs(positions - np.roll(positions, len(codes) // 2, axis=0))
        means = [
            float(np.nanmean(apart[:, j]))
            for j in np.flatnonzero(self._ordered)
            if not np.isnan(apart[:, j]).all()
        ]
        positive = [mean for mean in means if mean > 0.0]
        return float(np.median(positive)) if positive else 1.0

    def _position(self, j: int, cells: np.ndarray) -> np.ndarray:
        """Positions of the cells of one column."""
        if not self._ordered[j]:
            return cells
        if self.unit == "percentile":
            return np.interp(cells, *self._knots[j])
        return cells / self._spreads[j]


def gower(schema: TableSchema, codes: np.ndarray, codes2: np.ndarray) -> np.ndarray:
    """Gower's distance between rows: the mean of a distance per feature.

    Parameters
    ----------
    schema : TableSchema
        What each column is, and its range in training.
    codes : ndarray of shape (..., n_features), dtype float64
        Rows.
    codes2 : ndarray of shape (..., n_features), dtype float64
        Other rows; must broadcast with `codes`.

    Returns
    -------
    distance : ndarray of shape (...), dtype float64
        In [0, 1]. For numbers and ordered levels, the distance per feature is the
        difference as a share of the range, at most 1. For nominal levels it is 1 if
        they differ. It is also 1 if only one of the two cells is missing.

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


def _spread(present: np.ndarray, unit: str) -> float:
    """Spread of the present cells; infinite if they are all equal."""
    if len(present) == 0 or present.min() == present.max():
        return np.inf
    return _SPREADS[unit](present)


def _deviation(present: np.ndarray) -> float:
    """Median absolute deviation, or another spread if it is 0."""
    deviation = np.median(np.abs(present - np.median(present)))
    lower, upper = np.quantile(present, [0.25, 0.75])
    return float(deviation or upper - lower or np.std(present))


def _range(present: np.ndarray) -> float:
    """Difference between the largest and the smallest value."""
    return float(present.max() - present.min())


_SPREADS = {"mad": _deviation, "range": _range}


def _with_missing(
    distance: np.ndarray, cells: np.ndarray, cells2: np.ndarray
) -> np.ndarray:
    """Set the distance to 1 if one of the two cells is missing, to 0 if both are."""
    missing, missing2 = np.isnan(cells), np.isnan(cells2)
    return np.where(missing | missing2, missing != missing2, distance)
