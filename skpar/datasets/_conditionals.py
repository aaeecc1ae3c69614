"""Conditional distributions of one column: samples and exact log-densities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Values = Mapping[str, np.ndarray]


def _log_sigmoid(z: np.ndarray) -> np.ndarray:
    """Log of the standard logistic distribution function."""
    return -np.logaddexp(0.0, -z)


def _log_interval_mass(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Log of the standard logistic mass of [a, b], without cancellation."""
    return _log_sigmoid(b) + _log_sigmoid(-a) + np.log(-np.expm1(a - b))


@dataclass(frozen=True)
class Transform:
    """A monotone map from the units of a column to the real line, with its inverse."""

    forward: Callable[[np.ndarray], np.ndarray]
    inverse: Callable[[np.ndarray], np.ndarray]
    log_derivative: Callable[[np.ndarray], np.ndarray]


IDENTITY = Transform(lambda x: x, lambda t: t, np.zeros_like)
LOG = Transform(np.log, np.exp, lambda x: -np.log(x))
LOGIT = Transform(
    lambda x: np.log(x / (1.0 - x)),
    lambda t: np.exp(_log_sigmoid(t)),
    lambda x: -np.log(x * (1.0 - x)),
)


@dataclass(frozen=True)
class Categorical:
    """A categorical distribution; the probabilities are the softmax of logits.

    Parameters
    ----------
    names : tuple
        The levels. A cell holds the position of its level in this tuple.
    """

    names: tuple[str | bool, ...]

    def sample(self, logits: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        """Sample one level number for each row of logits.

        Parameters
        ----------
        logits : ndarray of shape (n, n_levels), dtype float64
        rng : RandomState

        Returns
        -------
        cells : ndarray of shape (n,), dtype int64
        """
        # The position of the largest logit plus Gumbel noise is a softmax sample.
        return np.argmax(logits + rng.gumbel(size=logits.shape), axis=-1)

    def log_prob(self, cells: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Log-mass of each cell.

        Parameters
        ----------
        cells : ndarray of shape (n,), dtype int64
        logits : ndarray of shape (n, n_levels), dtype float64

        Returns
        -------
        log_prob : ndarray of shape (n,), dtype float64
        """
        chosen = np.take_along_axis(logits, cells[:, None], axis=1)[:, 0]
        return chosen - np.logaddexp.reduce(logits, axis=1)


@dataclass(frozen=True)
class TruncatedLogistic:
    r"""A transformed logistic variable, truncated to an interval, possibly rounded.

    Parameters
    ----------
    transform : Transform
        Maps a value to the scale on which the variable is logistic.
    scale : float
        Scale of the logistic distribution, after the transform.
    low : float
        Smallest value.
    high : float
        Largest value.
    steps : tuple of (float, float), default=()
        Pairs of a step and its probability. The value is rounded to ``low`` plus a
        whole number of steps. Several steps model people who mostly give round
        numbers. Without steps the variable is continuous.

    Notes
    -----
    With location :math:`m`, scale :math:`s`, transform :math:`g` and
    :math:`z(x) = (g(x) - m) / s`, the density of a value on [low, high] is

    .. math::
        p(x) = \frac{\sigma(z(x)) \, \sigma(-z(x)) \, g'(x) / s}
                    {\sigma(z(high)) - \sigma(z(low))} .

    Here :math:`\sigma` is the logistic distribution function, and
    :math:`\sigma' = \sigma(z) \sigma(-z)` is its density. If values are rounded with
    step :math:`h`, the value :math:`k` has the mass of :math:`[k - h/2, k + h/2]`,
    divided by the mass of :math:`[low - h/2, high + h/2]`. Several steps give a mixture
    of these distributions. Both cases need differences of :math:`\sigma`. The following
    form avoids cancellation:

    .. math::
        \sigma(b) - \sigma(a) = \sigma(b) \, \sigma(-a) \, (1 - e^{a - b}).
    """

    transform: Transform
    scale: float
    low: float
    high: float
    steps: tuple[tuple[float, float], ...] = ()

    def sample(self, location: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        """Sample one value for each location.

        Parameters
        ----------
        location : ndarray of shape (n,), dtype float64
        rng : RandomState

        Returns
        -------
        cells : ndarray of shape (n,), dtype float64
        """
        if not self.steps:
            return self._sample_truncated(location, 0.0, rng)
        sizes, shares = np.transpose(self.steps)
        step = rng.choice(sizes, size=len(location), p=shares)
        raw = self._sample_truncated(location, step, rng)
        # The clip matters only because of rounding errors: without it, a sample at the
        # edge of the outermost cell could be rounded to a value outside the support.
        rounded = self.low + step * np.rint((raw - self.low) / step)
        return np.clip(rounded, self.low, self.high)

    def log_prob(self, cells: np.ndarray, location: np.ndarray) -> np.ndarray:
        """Log-density (continuous) or log-mass (rounded) of each cell.

        Parameters
        ----------
        cells : ndarray of shape (n,), dtype float64
        location : ndarray of shape (n,), dtype float64

        Returns
        -------
        log_prob : ndarray of shape (n,), dtype float64
            Minus infinity outside [low, high], and for values between steps.
        """
        inside = (cells >= self.low) & (cells <= self.high)
        cells = np.where(inside, cells, self.low)
        if self.steps:
            parts = [
                np.log(share) + self._log_mass(cells, location, step)
                for step, share in self.steps
            ]
            log_prob = np.logaddexp.reduce(parts, axis=0)
        else:
            z = (self.transform.forward(cells) - location) / self.scale
            log_prob = _log_sigmoid(z) + _log_sigmoid(-z) - np.log(self.scale)
            log_prob += self.transform.log_derivative(cells) - self._log_total(
                location, 0.0
            )
        return np.where(inside, log_prob, -np.inf)

    def _log_mass(
        self, cells: np.ndarray, location: np.ndarray, step: float
    ) -> np.ndarray:
        """Log-mass of the intervals of width `step` around cells."""
        a = (self.transform.forward(cells - step / 2) - location) / self.scale
        b = (self.transform.forward(cells + step / 2) - location) / self.scale
        on_step = (cells - self.low) % step == 0
        mass = _log_interval_mass(a, b) - self._log_total(location, step)
        return np.where(on_step, mass, -np.inf)

    def _log_total(self, location: np.ndarray, step: float) -> np.ndarray:
        """Log-mass of the interval before truncation."""
        a, b = self._bounds(location, step)
        return _log_interval_mass(a, b)

    def _bounds(
        self, location: np.ndarray, step: np.ndarray | float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of the interval, extended by half a step, in logistic units."""
        ends = np.asarray(self.low - step / 2), np.asarray(self.high + step / 2)
        a, b = ((self.transform.forward(end) - location) / self.scale for end in ends)
        return a, b

    def _sample_truncated(
        self,
        location: np.ndarray,
        step: np.ndarray | float,
        rng: np.random.RandomState,
    ) -> np.ndarray:
        """Sample the truncated variable before rounding, by inversion."""
        a, b = (np.exp(_log_sigmoid(bound)) for bound in self._bounds(location, step))
        u = a + (b - a) * rng.uniform(size=len(location))
        return self.transform.inverse(location + self.scale * np.log(u / (1.0 - u)))


@dataclass(frozen=True)
class Node:
    """One column of a Bayesian network, given the columns before it.

    Parameters
    ----------
    name : str
        Name of the column.
    distribution : Categorical or TruncatedLogistic
        Distribution of an observed cell, without the point mass at 0.
    parameter : callable
        Maps the columns before this one, as {name: cells}, to the parameter of
        `distribution`. The parameter is a location of shape (n,) for numbers, and
        logits of shape (n, n_levels) for levels.
    zero_log_odds : callable, default=None
        Maps the columns before this one to the log-odds that a cell is 0, of shape
        (n,). None means that there is no point mass at 0.
    missing_rate : float, default=0.0
        Probability that a cell is missing; it does not depend on other columns.
    """

    name: str
    distribution: Categorical | TruncatedLogistic
    parameter: Callable[[Values], np.ndarray]
    zero_log_odds: Callable[[Values], np.ndarray] | None = None
    missing_rate: float = 0.0

    def sample(self, values: Values, rng: np.random.RandomState) -> np.ndarray:
        """Sample the column.

        Parameters
        ----------
        values : dict of str to ndarray of shape (n,)
            The columns before this one.
        rng : RandomState

        Returns
        -------
        cells : ndarray of shape (n,), dtype float64 or int64
        """
        cells = self.distribution.sample(self.parameter(values), rng)
        if self.zero_log_odds is not None:
            odds = self.zero_log_odds(values)
            zero = rng.uniform(size=len(cells)) < np.exp(_log_sigmoid(odds))
            cells = np.where(zero, 0.0, cells)
        if self.missing_rate:
            missing = rng.uniform(size=len(cells)) < self.missing_rate
            cells = np.where(missing, np.nan, cells)
        return cells

    def log_prob(self, values: Values) -> np.ndarray:
        """Log-density of the column given the columns before it.

        Parameters
        ----------
        values : dict of str to ndarray of shape (n,)
            This column and the columns before it.

        Returns
        -------
        log_prob : ndarray of shape (n,), dtype float64
        """
        cells = values[self.name]
        log_prob = self.distribution.log_prob(cells, self.parameter(values))
        if self.zero_log_odds is not None:
            odds = self.zero_log_odds(values)
            log_prob = np.where(
                cells == 0.0, _log_sigmoid(odds), _log_sigmoid(-odds) + log_prob
            )
        if self.missing_rate:
            observed = np.log1p(-self.missing_rate) + log_prob
            log_prob = np.where(np.isnan(cells), np.log(self.missing_rate), observed)
        return log_prob
