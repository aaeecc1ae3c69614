"""Effort of changes in a row, in one of several units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._config import SearchConfig
from ..actionability import AnyPrice
from ..table import TableSchema, round_to_tolerance, same_cells
from ._prices import price_scale
from ._scales import (
    LevelScale,
    LinearScale,
    LogTailScale,
    Scale,
    ShareScale,
    with_missing,
)

UNITS = ("percentile", "log_percentile", "mad", "range")
"""Units of effort that need no prices."""


class Effort:
    r"""Effort of changes, measured against reference people.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Reference people, NaN where a cell is missing.
    unit : {"percentile", "log_percentile", "mad", "range", "price"}, \
            default="percentile"
        Unit of effort. "percentile": share of people between the old and the new
        value. "log_percentile": how many times fewer people are beyond the new value
        than beyond the old one, as a logarithm. "mad": size of the change in median
        absolute deviations. "range": size of the change as a share of the range.
        "price": the user's prices.
    weights : ndarray of shape (n_features,), dtype float64, optional
        Factor on the effort of each feature; all 1 if not given.
    max_knots : int
        Largest number of values of a feature at which shares are tabulated, for
        "percentile" and "log_percentile".
    prices : sequence of n_features price rules or None, optional
        Prices of features, which replace the unit there. With "price", features
        without a price have no effort.

    Attributes
    ----------
    typical : float
        Mean effort between two reference people in an ordered column with weight 1, the
        median over these columns; 1 if there are none. With "price", over all columns
        with a price.
    scale : float
        Effort that counts as 1 in the objective: `typical` with "price", else 1. So
        the weights of the objective do not depend on the currency.

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

    With ``unit="log_percentile"``, the effort of a rise from :math:`a` to :math:`b`
    compares the shares of people above, and that of a fall the shares below:

    .. math::
        c(a, b) = \log \frac{1 - T(a)}{1 - T(b)} \; (a < b), \qquad
        c(a, b) = \log \frac{T(a)}{T(b)} \; (a > b)

    With :math:`n` people, both tails are clipped at :math:`1 / (2n)`. The logarithms
    are linear between values. Halving the people beyond the value always has the same
    effort :math:`\log 2`. So the last steps to an extreme value need the most effort,
    unlike with "percentile". The effort of a path in one direction is the sum of its
    parts. If a feature has more than `max_knots` values, the knots have evenly spaced
    logits of shares. The formula follows Ustun, Spangher and Liu, "Actionable recourse
    in linear classification", FAT* 2019, with T instead of P(V <= v).

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
        prices: Sequence[AnyPrice | None] | None = None,
    ) -> None:
        if unit not in (*UNITS, "price"):
            known = ", ".join(map(repr, UNITS))
            raise ValueError(f"effort must be {known} or 'price', got {unit!r}.")
        self.unit = unit
        self.weights = np.ones(len(schema.columns)) if weights is None else weights
        self._ordered = tuple(
            column.kind not in ("nominal", "binary") for column in schema.columns
        )
        is_money = unit == "price"
        self._scales: list[Scale] = []
        self._costs: list[Scale | None] = []
        self._shares: list[ShareScale | None] = []
        for j, (column, cells) in enumerate(zip(schema.columns, codes.T, strict=True)):
            present = cells[~np.isnan(cells)]
            scale: Scale = LevelScale()
            if self._ordered[j]:
                scale = _scale(present, "percentile" if is_money else unit, max_knots)
            price = None if prices is None else prices[j]
            cost: Scale | None = None if is_money else scale
            if price is not None:
                cost = price_scale(price, column, present, scale, is_money)
            share = scale if isinstance(scale, ShareScale) else None
            if self._ordered[j] and share is None:
                share = ShareScale(*_knots(present, max_knots))
            self._shares.append(share)
            self._scales.append(scale)
            self._costs.append(cost)
        self.typical = self._typical(codes)
        self.scale = self.typical if is_money else 1.0

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
            between its two positions. With "log_percentile", the distance is the mean
            effort of both directions. With "price", it is the share of people between
            both values. Nominal and missing cells are not changed.

        Notes
        -----
        Weights and prices are not used: a feature that is hard to change does not put
        two people farther apart.
        """
        positions = np.empty(codes.shape)
        for j, scale in enumerate(self._scales):
            positions[..., j] = scale.position(codes[..., j])
        return positions

    def per_feature(self, codes: np.ndarray, codes2: np.ndarray) -> np.ndarray:
        """Effort of a change in each feature.

        Parameters
        ----------
        codes : ndarray of shape (..., n_features), dtype float64
            Rows before the change.
        codes2 : ndarray of shape (..., n_features), dtype float64
            Rows after the change; must broadcast with `codes`. Exchanging `codes` and
            `codes2` gives the same effort, except with "log_percentile" and prices.

        Returns
        -------
        effort : ndarray of shape (..., n_features), dtype float64
            Effort of each cell; 0 if the cell does not change.
        """
        changed = ~same_cells(codes, codes2)
        effort = np.zeros(changed.shape)
        axes = tuple(range(changed.ndim - 1))
        for j in np.flatnonzero(changed.any(axis=axes)).tolist():
            cost = self._costs[j]
            if cost is not None:
                effort[..., j] = cost.effort(codes[..., j], codes2[..., j])
        return effort * self.weights

    def knots(self, j: int) -> np.ndarray:
        """Values of a feature between which its effort is linear, (n_knots,)."""
        cost = self._costs[j]
        return np.empty(0) if cost is None else cost.knots

    def above(
        self, codes: np.ndarray, codes2: np.ndarray, max_effort: np.ndarray
    ) -> np.ndarray:
        """Effort of rows above the largest effort of their people.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Codes of people.
        codes2 : ndarray of shape (n, n_features), dtype float64
            A row of each.
        max_effort : ndarray of shape (n,), dtype float64
            Their largest effort; inf for people without a limit.

        Returns
        -------
        excess : ndarray of shape (n,), dtype float64
            As a multiple of the usual effort; 0 if the effort is not too large.
        """
        effort = self.per_feature(codes, codes2).sum(axis=-1)
        return self.excess(effort, max_effort)

    def excess(self, effort: np.ndarray, max_effort: np.ndarray) -> np.ndarray:
        """Part of efforts above the largest one, as a multiple of the usual effort.

        Parameters
        ----------
        effort : ndarray of any shape, dtype float64
            Efforts of rows. Their rounding errors do not count.
        max_effort : ndarray that broadcasts with effort, dtype float64
            Largest efforts; inf for no limit.

        Returns
        -------
        excess : ndarray of the shape of effort, dtype float64
            0 if the effort is not too large.
        """
        above = round_to_tolerance(effort) - round_to_tolerance(max_effort)
        return np.asarray(np.maximum(above, 0.0) / self.typical)

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
        return (self._costs[j] or self._scales[j]).middle(start, end)

    def shares_of(self, j: int) -> tuple[np.ndarray, np.ndarray]:
        """Tabulate the share of reference people below values of a feature.

        Parameters
        ----------
        j : int
            An ordered feature.

        Returns
        -------
        values : ndarray of shape (n_knots,), dtype float64
            In ascending order.
        shares : ndarray of shape (n_knots,), dtype float64
            The share below each value, people at the value by half.
        """
        scale = self._shares[j]
        assert scale is not None
        return scale.values, scale.shares

    def _typical(self, codes: np.ndarray) -> float:
        """Mean effort between pairs of rows, the median over columns."""
        others = np.roll(codes, len(codes) // 2, axis=0)
        if self.unit == "price":
            apart = self.per_feature(codes, others)
            apart[np.isnan(codes) | np.isnan(others)] = np.nan
            columns = np.flatnonzero([cost is not None for cost in self._costs])
        else:
            apart = np.abs(self.transform(codes) - self.transform(others))
            columns = np.flatnonzero(self._ordered)
        means = [
            float(np.nanmean(apart[:, j]))
            for j in columns
            if not np.isnan(apart[:, j]).all()
        ]
        positive = [mean for mean in means if mean > 0.0]
        return float(np.median(positive)) if positive else 1.0


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
        total += with_missing(apart, cells, cells2)
    return total / len(schema.columns)


def _scale(present: np.ndarray, unit: str, max_knots: int) -> Scale:
    """Make the scale of the present cells of an ordered column."""
    if unit == "percentile":
        return ShareScale(*_knots(present, max_knots))
    if unit == "log_percentile":
        knots = _knots(present, max_knots, are_logits_even=True)
        return LogTailScale.of_shares(*knots, 1 / (2 * max(len(present), 1)))
    return LinearScale(_spread(present, unit))


def _knots(
    present: np.ndarray, max_knots: int, are_logits_even: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Tabulate the mid-distribution function of the present cells of a column."""
    values, counts = np.unique(present, return_counts=True)
    if len(values) == 0:
        return np.zeros(1), np.full(1, 0.5)
    shares = (np.cumsum(counts) - counts / 2) / len(present)
    if len(values) > max_knots:
        places = np.log(shares / (1.0 - shares)) if are_logits_even else shares
        even = np.linspace(places[0], places[-1], max_knots // 2)
        at = np.searchsorted(places, even).clip(max=len(places) - 1)
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
