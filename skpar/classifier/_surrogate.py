"""Surrogate of the user's classifier in plain numpy, and its scales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import expit, logit

from ..table import without_loss
from ._spline_basis import SplineBasis

# Rows per block: hidden values of their cells fit in the processor's cache.
_BLOCK = 256
# Cells between two knots that are embedded at once.
_CELLS_AT_ONCE = 1024


class Surrogate:
    """The fitted surrogate network in plain numpy.

    Parameters
    ----------
    basis : SplineBasis
        Converts cells to weights.
    arrays : mapping of str to ndarray, dtype float64
        Parameters of `SurrogateNetwork` by name: ``"embed.weight"`` of shape
        (width, n_hidden), ``"embed.bias"`` (n_hidden,), ``"middle.weight"``
        (n_hidden - 1, n_narrow), ``"middle.bias"`` (n_narrow,), ``"last.weight"``
        (n_narrow,) and ``"last.bias"`` (1,).

    Attributes
    ----------
    start : ndarray of shape (n_hidden,), dtype float64
        Hidden values before any cell is added.

    Notes
    -----
    The hidden values of a row are the sum of `start` and the hidden values of its
    cells. If a cell changes, only its summand has to be replaced.
    """

    def __init__(self, basis: SplineBasis, arrays: Mapping[str, np.ndarray]) -> None:
        self.basis = basis
        self._embedding = arrays["embed.weight"]
        self.start = arrays["embed.bias"]
        self._inner = arrays["middle.weight"]
        self._inner_bias = arrays["middle.bias"]
        self._outer = arrays["last.weight"]
        self._outer_bias = float(arrays["last.bias"][0])

    def __getstate__(self) -> dict[str, Any]:
        """Return the parameters in float32, in which they were learned."""
        return {
            name: without_loss(part) if isinstance(part, np.ndarray) else part
            for name, part in vars(self).items()
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the parameters in float64."""
        for name, part in state.items():
            if isinstance(part, np.ndarray):
                state[name] = part.astype(np.float64)
        vars(self).update(state)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """The parameters by name, as the constructor takes them."""
        return {
            "embed.weight": self._embedding,
            "embed.bias": self.start,
            "middle.weight": self._inner,
            "middle.bias": self._inner_bias,
            "last.weight": self._outer,
            "last.bias": np.array([self._outer_bias]),
        }

    def embed(self, cells: np.ndarray) -> np.ndarray:
        """Compute the hidden values that cells add.

        Parameters
        ----------
        cells : ndarray of shape (n_cells, n_features), dtype float64
            Codes: some cells of each column.

        Returns
        -------
        hidden : ndarray of shape (n_features, n_cells, n_hidden), dtype float64
        """
        first, share = self.basis.places(cells)
        hidden: np.ndarray = self._embedding.take(first.T, axis=0)
        between = np.flatnonzero(share.any(axis=0))
        if len(between):
            part = share.T[between]
            above = first.T[between] + (part > 0.0)
            part = part[:, :, None]
            mixed = hidden[between] * (1.0 - part)
            mixed += part * self._embedding.take(above, axis=0)
            hidden[between] = mixed
        return hidden

    def embed_first(self, cells: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Compute the hidden values that the first cells of each column add.

        Parameters
        ----------
        cells : ndarray of shape (n_cells, n_features), dtype float64
            Codes: some cells of each column.
        counts : ndarray of shape (n_features,), dtype int64
            Number of the first cells of each column that are wanted.

        Returns
        -------
        hidden : ndarray of shape (counts.sum(), n_hidden), dtype float64
            The cells of each column below those of the column before.
        """
        first, share = self.basis.places(cells)
        wanted = np.arange(len(cells)) < counts[:, None]
        place, share = first.T[wanted], share.T[wanted]
        hidden: np.ndarray = self._embedding.take(place, axis=0)
        between = np.flatnonzero(share > 0.0)
        for start in range(0, len(between), _CELLS_AT_ONCE):
            some = between[start : start + _CELLS_AT_ONCE]
            part = share[some, None]
            above = self._embedding.take(place[some] + 1, axis=0)
            hidden[some] = hidden[some] * (1.0 - part) + part * above
        return hidden

    def margin(self, hidden: np.ndarray) -> np.ndarray:
        """Compute the margin of rows from their hidden values.

        Parameters
        ----------
        hidden : ndarray of shape (n_samples, n_hidden), dtype float64
            Hidden values, summed over `start` and all cells.

        Returns
        -------
        margin : ndarray of shape (n_samples,), dtype float64
        """
        bent = np.maximum(hidden[:, :-1], 0.0) @ self._inner + self._inner_bias
        np.maximum(bent, 0.0, out=bent)
        margin: np.ndarray = hidden[:, -1] + bent @ self._outer + self._outer_bias
        return margin

    def slope(self, hidden: np.ndarray) -> np.ndarray:
        """Compute the gradient of the margin with respect to hidden values.

        Parameters
        ----------
        hidden : ndarray of shape (n_samples, n_hidden), dtype float64
            Hidden values, summed over `start` and all cells.

        Returns
        -------
        slope : ndarray of shape (n_samples, n_hidden), dtype float64
        """
        bent = np.maximum(hidden[:, :-1], 0.0) @ self._inner + self._inner_bias
        inner = ((bent > 0) * self._outer) @ self._inner.T
        slope = np.ones(hidden.shape)
        slope[:, :-1] = inner * (hidden[:, :-1] > 0)
        return slope

    def decision_function(self, codes: np.ndarray) -> np.ndarray:
        """Compute the margin of rows; positive if the surrogate predicts acceptance.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Rows.

        Returns
        -------
        margin : ndarray of shape (n_samples,), dtype float64
        """
        blocks = [
            self.margin(self.start + self.embed(codes[k : k + _BLOCK]).sum(axis=0))
            for k in range(0, max(len(codes), 1), _BLOCK)
        ]
        return np.concatenate(blocks)

    def between(self, low: float, high: float) -> Surrogate:
        """Create a surrogate that accepts margins in a range only.

        Parameters
        ----------
        low : float
            Least margin of this surrogate.
        high : float
            Largest margin of this surrogate.

        Returns
        -------
        surrogate : Surrogate
            Its margin is the distance to the nearer end of the range.
        """
        return _RangeSurrogate(self, low, high)


class _RangeSurrogate(Surrogate):
    """A surrogate that accepts a range of the margins of another one."""

    def __init__(self, other: Surrogate, low: float, high: float) -> None:
        self.__dict__.update(other.__dict__)
        self._low, self._high = low, high

    def margin(self, hidden: np.ndarray) -> np.ndarray:
        """Compute the distance to the nearer end of the range, (n_samples,)."""
        margin = super().margin(hidden)
        return np.minimum(margin - self._low, self._high - margin)

    def slope(self, hidden: np.ndarray) -> np.ndarray:
        """Compute the gradient of the margin, (n_samples, n_hidden)."""
        margin, slope = super().margin(hidden), super().slope(hidden)
        slope[self._high - margin < margin - self._low] *= -1.0
        return slope


@dataclass(frozen=True)
class PlattScale:
    r"""Probability of acceptance as a logistic function of the margin (Platt scaling).

    Parameters
    ----------
    slope : float
        Factor of the margin.
    offset : float
        Constant term.

    Notes
    -----
    The probability is :math:`P = 1 / (1 + \exp(-slope \cdot margin - offset))`. It is
    fitted on rows that were not used to train the surrogate.
    """

    slope: float
    offset: float

    def probability(self, margin: np.ndarray) -> np.ndarray:
        """Compute the probability of acceptance.

        Parameters
        ----------
        margin : ndarray of shape (n,), dtype float64
            Margins of the surrogate.

        Returns
        -------
        probability : ndarray of shape (n,), dtype float64
        """
        probability: np.ndarray = expit(self.log_odds(margin))
        return probability

    def log_odds(self, margin: np.ndarray) -> np.ndarray:
        """Compute the log-odds of acceptance, clipped to [-30, 30].

        Parameters
        ----------
        margin : ndarray, dtype float64
            Margins of the surrogate.

        Returns
        -------
        log_odds : ndarray of the shape of `margin`, dtype float64
        """
        odds: np.ndarray = (self.slope * margin + self.offset).clip(-30.0, 30.0)
        return odds


@dataclass(frozen=True)
class ProbabilityScale:
    """Convert probabilities of the classifier to margins of the surrogate.

    Parameters
    ----------
    boundary : float
        Log-odds at which the margin is 0.
    unit : float
        Log-odds per margin.
    lowest : float
        Probabilities are clipped to this distance from 0 and 1.

    Examples
    --------
    >>> from skpar.classifier._surrogate import ProbabilityScale
    >>> round(ProbabilityScale(0.0, 2.0, 0.001).margin(0.8), 3)
    0.693
    """

    boundary: float
    unit: float
    lowest: float

    def margin(self, probability: float) -> float:
        """Margin of rows that the classifier accepts with a probability."""
        share = min(max(probability, self.lowest), 1.0 - self.lowest)
        return float((logit(share) - self.boundary) / self.unit)


@dataclass(frozen=True)
class AcceptanceModel:
    """What estimates the probability that the classifier accepts a row as demanded.

    Parameters
    ----------
    surrogate : Surrogate
        Computes margins.
    calibration : PlattScale
        Turns margins into probabilities of acceptance.
    scale : ProbabilityScale or None
        Converts the classifier's own probabilities to margins; None without any.
    """

    surrogate: Surrogate
    calibration: PlattScale
    scale: ProbabilityScale | None = None

    def within(self, low: float, high: float) -> AcceptanceModel:
        """Demand a probability of the classifier.

        Parameters
        ----------
        low : float
            Least probability; 0 if there is none.
        high : float
            Largest probability; 1 if there is none.

        Returns
        -------
        model : AcceptanceModel
            The same one without a scale, or if there is no demand.
        """
        if self.scale is None:
            return self
        least = max(self.scale.margin(low), 0.0)
        most = self.scale.margin(high) if high < 1.0 else np.inf
        if least == 0.0 and most == np.inf:
            return self
        return replace(self, surrogate=self.surrogate.between(least, most))
