"""Surrogate of the user's classifier in plain numpy, and its calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ._spline_basis import SplineBasis

# Rows per block: hidden values of their cells fit in the processor's cache.
_BLOCK = 256


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
        for j in np.flatnonzero(share.any(axis=0)).tolist():
            part = share[:, j, None]
            above = self._embedding.take(first[:, j] + (share[:, j] > 0.0), axis=0)
            hidden[j] *= 1.0 - part
            hidden[j] += part * above
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
