"""Laws of one column given others: draw from them, and know their exact density."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Values = Mapping[str, np.ndarray]


def _log_sigmoid(z: np.ndarray) -> np.ndarray:
    """Log of the standard logistic distribution function."""
    return -np.logaddexp(0.0, -z)


def _log_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Log of the standard logistic mass of [a, b], without cancellation."""
    return _log_sigmoid(b) + _log_sigmoid(-a) + np.log(-np.expm1(a - b))


@dataclass(frozen=True)
class Link:
    """A monotone map of own units to the whole line."""

    forward: Callable[[np.ndarray], np.ndarray]
    backward: Callable[[np.ndarray], np.ndarray]
    log_slope: Callable[[np.ndarray], np.ndarray]


IDENTITY = Link(lambda x: x, lambda t: t, np.zeros_like)
LOG = Link(np.log, np.exp, lambda x: -np.log(x))
LOGIT = Link(
    lambda x: np.log(x / (1.0 - x)),
    lambda t: np.exp(_log_sigmoid(t)),
    lambda x: -np.log(x * (1.0 - x)),
)


@dataclass(frozen=True)
class Levels:
    """A level of a finite list, by the softmax of its logits.

    Parameters
    ----------
    names : tuple
        The levels; a cell holds the position of its level in this tuple.
    """

    names: tuple[str | bool, ...]

    def draw(self, logits: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        """Draw one level number for each row of logits.

        Parameters
        ----------
        logits : ndarray of shape (n, n_levels), dtype float64
        rng : RandomState

        Returns
        -------
        cells : ndarray of shape (n,), dtype int64
        """
        # The largest of the logits plus Gumbel noise is a draw from their softmax.
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
class Number:
    r"""A logistic variable seen through a link, cut to an interval, perhaps rounded.

    Parameters
    ----------
    link : Link
        Leads to the scale on which the variable is logistic.
    scale : float
        Scale of the logistic law there.
    low, high : float
        Smallest and largest value.
    steps : tuple of (float, float), default=()
        Pairs of a step and its probability: the value is rounded to ``low`` plus a
        whole number of steps. Several steps stand for people who name round numbers
        most of the time. Without steps the variable is continuous.

    Notes
    -----
    With location :math:`m`, scale :math:`s`, link :math:`g` and
    :math:`z(x) = (g(x) - m) / s`, the density in own units on [low, high] is

    .. math::
        p(x) = \frac{\sigma(z(x)) \, \sigma(-z(x)) \, g'(x) / s}
                    {\sigma(z(high)) - \sigma(z(low))}

    where :math:`\sigma` is the logistic distribution function and
    :math:`\sigma' = \sigma(z) \sigma(-z)` its density. Rounded with step :math:`h`,
    the value :math:`k` holds the mass of :math:`[k - h/2, k + h/2]` out of
    :math:`[low - h/2, high + h/2]`; several steps make a mixture of such laws. Both
    need differences of :math:`\sigma`, which do not cancel in the form

    .. math::
        \sigma(b) - \sigma(a) = \sigma(b) \, \sigma(-a) \, (1 - e^{a - b}).
    """

    link: Link
    scale: float
    low: float
    high: float
    steps: tuple[tuple[float, float], ...] = ()

    def draw(self, location: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        """Draw one value for each location.

        Parameters
        ----------
        location : ndarray of shape (n,), dtype float64
        rng : RandomState

        Returns
        -------
        cells : ndarray of shape (n,), dtype float64
        """
        if not self.steps:
            return self._cut_draw(location, 0.0, rng)
        sizes, shares = np.transpose(self.steps)
        step = rng.choice(sizes, size=len(location), p=shares)
        raw = self._cut_draw(location, step, rng)
        # In exact arithmetic the clip would change nothing: it keeps a draw on the
        # very edge of the outermost cell from being rounded out of the support.
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
            Minus infinity outside [low, high] and off the steps.
        """
        inside = (cells >= self.low) & (cells <= self.high)
        cells = np.where(inside, cells, self.low)
        if self.steps:
            parts = [
                np.log(share) + self._log_mass(cells, location, step)
                for step, share in self.steps
            ]
            found = np.logaddexp.reduce(parts, axis=0)
        else:
            z = (self.link.forward(cells) - location) / self.scale
            found = _log_sigmoid(z) + _log_sigmoid(-z) - np.log(self.scale)
            found += self.link.log_slope(cells) - self._log_total(location, 0.0)
        return np.where(inside, found, -np.inf)

    def _log_mass(
        self, cells: np.ndarray, location: np.ndarray, step: float
    ) -> np.ndarray:
        """Log-mass of the cells of width `step` around whole steps."""
        a = (self.link.forward(cells - step / 2) - location) / self.scale
        b = (self.link.forward(cells + step / 2) - location) / self.scale
        on_step = (cells - self.low) % step == 0
        mass = _log_between(a, b) - self._log_total(location, step)
        return np.where(on_step, mass, -np.inf)

    def _log_total(self, location: np.ndarray, step: float) -> np.ndarray:
        """Log-mass of the whole interval before it was cut out."""
        a, b = self._edges(location, step)
        return _log_between(a, b)

    def _edges(
        self, location: np.ndarray, step: np.ndarray | float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the ends, half a step beyond the interval, in logistic units."""
        ends = np.asarray(self.low - step / 2), np.asarray(self.high + step / 2)
        a, b = ((self.link.forward(end) - location) / self.scale for end in ends)
        return a, b

    def _cut_draw(
        self,
        location: np.ndarray,
        step: np.ndarray | float,
        rng: np.random.RandomState,
    ) -> np.ndarray:
        """Draw from the cut law before rounding, by inversion."""
        a, b = (np.exp(_log_sigmoid(edge)) for edge in self._edges(location, step))
        u = a + (b - a) * rng.uniform(size=len(location))
        return self.link.backward(location + self.scale * np.log(u / (1.0 - u)))


@dataclass(frozen=True)
class Node:
    """One column of a Bayesian network: its law given the columns before it.

    Parameters
    ----------
    name : str
        Name of the column.
    law : Levels or Number
        The law of an observed cell, away from the point mass at 0.
    location : callable
        Takes the columns before this one, as {name: cells}, to the parameter of
        the law: a location of shape (n,) for numbers, logits of shape
        (n, n_levels) for levels.
    zero : callable, default=None
        Takes the columns before this one to the log-odds of a cell that is 0, of
        shape (n,). Without it there is no point mass.
    missing : float, default=0.0
        Probability of a missing cell, whatever the other columns hold.
    """

    name: str
    law: Levels | Number
    location: Callable[[Values], np.ndarray]
    zero: Callable[[Values], np.ndarray] | None = None
    missing: float = 0.0

    def draw(self, values: Values, rng: np.random.RandomState) -> np.ndarray:
        """Draw the column.

        Parameters
        ----------
        values : dict of str to ndarray of shape (n,)
            The columns before this one.
        rng : RandomState

        Returns
        -------
        cells : ndarray of shape (n,), dtype float64 or int64
        """
        cells = self.law.draw(self.location(values), rng)
        if self.zero is not None:
            odds = self.zero(values)
            chosen = rng.uniform(size=len(cells)) < np.exp(_log_sigmoid(odds))
            cells = np.where(chosen, 0.0, cells)
        if self.missing:
            lost = rng.uniform(size=len(cells)) < self.missing
            cells = np.where(lost, np.nan, cells)
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
        found = self.law.log_prob(cells, self.location(values))
        if self.zero is not None:
            odds = self.zero(values)
            found = np.where(
                cells == 0.0, _log_sigmoid(odds), _log_sigmoid(-odds) + found
            )
        if self.missing:
            seen = np.log1p(-self.missing) + found
            found = np.where(np.isnan(cells), np.log(self.missing), seen)
        return found
