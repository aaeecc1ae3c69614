"""Plausibility of rows among accepted people: scale, bounds and percentiles."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..density._api import Circuit, RelationFactor, TabulatedCircuit, one_thread
from ..table import TOLERANCE, TableEncoder, round_decimals


class Plausibility:
    r"""The densities of accepted and denied people, calibrated on held-out rows.

    Parameters
    ----------
    encoder : TableEncoder
        Turns codes into the tensors of the densities.
    accepted : Circuit
        Density of accepted people.
    denied : Circuit
        Density of denied people.
    heldout : ndarray of shape (n_heldout, n_features), dtype float64
        Codes of accepted people that `accepted` was not fitted on.
    factor : RelationFactor, optional
        Factor of the density of accepted people for relations between columns.

    Attributes
    ----------
    circuits : tuple of (TabulatedCircuit, TabulatedCircuit)
        Both densities, for codes.
    reference : ndarray of shape (n_heldout,), dtype float64
        Sorted `log_density` of the held-out rows, in nats. They are rounded to 1e-9 so
        that ranks do not depend on rounding errors.
    scale : float
        Nats per unit of the objective's two density terms.
    cap : float
        Upper bound of the log-density under `accepted`, in nats.
    floor : float
        Lower bound of the log-density under `denied`, in nats.

    Notes
    -----
    Let :math:`q_1` and :math:`q_0` be the log-densities of the held-out accepted rows
    under `accepted` and `denied`. The two density terms are

    .. math::
        s = \max(1, \mathrm{IQR}(q_1)), \quad
        l_1(x) = \min(\log p_1(x), \mathrm{med}(q_1)) / s, \quad
        l_0(x) = \max(\log p_0(x), \mathrm{med}(q_0)) / s .

    The bounds are the medians over held-out accepted people. A row does not gain if it
    is more typical of accepted people than the first median, or less typical of denied
    people than the second.

    People read `log_density`, which includes `factor`; so do `percentile` and
    `quantile`. Search maximizes `log_densities`, which leave it out. Both agree to 1e-8
    for rows that keep all relations, as do all rows of the search, unless the person
    broke a relation before. Then the factor would only reward the repair of their data.
    """

    def __init__(
        self,
        encoder: TableEncoder,
        accepted: Circuit,
        denied: Circuit,
        heldout: np.ndarray,
        factor: RelationFactor | None = None,
    ) -> None:
        self.encoder = encoder
        self.accepted = accepted
        self.denied = denied
        self.factor = factor
        self.circuits = self._tabulated()
        log_accepted, log_denied = self.log_densities(heldout)
        log_density = log_accepted + self._log_factor(heldout)
        self.reference = round_decimals(np.sort(log_density))
        known = round_decimals(np.sort(log_accepted))
        low, self.cap, high = np.quantile(known, [0.25, 0.5, 0.75]).tolist()
        self.scale = max(1.0, high - low)
        self.floor = float(np.median(log_denied))

    def _tabulated(self) -> tuple[TabulatedCircuit, TabulatedCircuit]:
        """Prepare both densities for codes."""
        return (
            TabulatedCircuit(self.accepted, self.encoder),
            TabulatedCircuit(self.denied, self.encoder),
        )

    def __getstate__(self) -> dict[str, Any]:
        """Return all but the prepared densities, so that each is stored once."""
        return {name: part for name, part in vars(self).items() if name != "circuits"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Prepare the densities again."""
        vars(self).update(state)
        self.circuits = self._tabulated()

    def log_densities(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Compute the log-densities of rows that search maximizes, without `factor`.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Codes of any rows.

        Returns
        -------
        log_accepted : ndarray of shape (n_samples,), dtype float64
            Log-density among accepted people, in nats.
        log_denied : ndarray of shape (n_samples,), dtype float64
            Log-density among denied people, in nats.
        """
        accepted, denied = self.circuits
        return accepted.log_prob_of(codes), denied.log_prob_of(codes)

    def log_density(self, codes: np.ndarray) -> np.ndarray:
        """Compute the log-density of rows among accepted people that people read.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Codes of any rows.

        Returns
        -------
        log_density : ndarray of shape (n_samples,), dtype float64
            In nats, with `factor`. Pass it to `percentile`.
        """
        return self.circuits[0].log_prob_of(codes) + self._log_factor(codes)

    def log_units(self, codes: np.ndarray) -> np.ndarray:
        """Compute the log-units of `log_density`, in units of the table.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Codes of any rows.

        Returns
        -------
        log_units : ndarray of shape (n_samples,), dtype float64
        """
        if self.factor is None:
            return self.encoder.log_units(codes)
        return self.factor.log_units(self.encoder, codes)

    def _log_factor(self, codes: np.ndarray) -> np.ndarray:
        """Compute the logarithm (n_samples,) of the factor."""
        if self.factor is None:
            return np.zeros(len(codes))
        return self.factor.log_factor(codes)

    def marginals(
        self, feature: int, values: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Compute marginal log-densities of single cells in both densities.

        Parameters
        ----------
        feature : int
        values : ndarray of shape (n_values,), dtype float64
            Codes of this feature.

        Returns
        -------
        log_accepted : ndarray of shape (n_values,), dtype float64
            Marginal log-density among accepted people, in nats.
        log_denied : ndarray of shape (n_values,), dtype float64
            Marginal log-density among denied people, in nats.
        """
        with torch.no_grad(), one_thread():
            cells = self.encoder.encode_column(feature, values)
            return (
                self.accepted.marginal_log_prob(feature, cells).numpy(),
                self.denied.marginal_log_prob(feature, cells).numpy(),
            )

    def terms(
        self, log_accepted: np.ndarray, log_denied: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Turn two log-densities into the density terms of the objective.

        Parameters
        ----------
        log_accepted : ndarray, dtype float64
            Log-density among accepted people, in nats.
        log_denied : ndarray, dtype float64
            Log-density among denied people, in nats.

        Returns
        -------
        accepted : ndarray, dtype float64
            The term ``l1`` of the class's Notes, bounded and scaled.
        denied : ndarray, dtype float64
            The term ``l0`` of the class's Notes, bounded and scaled.
        """
        return (
            np.minimum(log_accepted, self.cap) / self.scale,
            np.maximum(log_denied, self.floor) / self.scale,
        )

    def quantile(self, share: float) -> float:
        """Find the smallest `log_density` with a `percentile` of at least `share`.

        Parameters
        ----------
        share : float
            From 0 to 1.

        Returns
        -------
        log_density : float
            In nats; -inf for a share of 0.
        """
        if share <= 0.0:
            return -np.inf
        steps = np.concatenate([self.reference, self.reference + TOLERANCE])
        lowest = steps[self.percentile(steps) >= share].min()
        # Every log-density that is rounded to the lowest has this percentile too.
        return float(lowest - 0.4 * TOLERANCE)

    def percentile(self, log_density: np.ndarray) -> np.ndarray:
        """Compute the mid-ranks of log-densities among the held-out accepted rows.

        Parameters
        ----------
        log_density : ndarray of shape (n_samples,), dtype float64
            Result of `log_density`, in nats.

        Returns
        -------
        percentile : ndarray of shape (n_samples,), dtype float64
            Share of held-out rows that are less plausible; ties count half.
        """
        return mid_rank(self.reference, round_decimals(log_density))


def mid_rank(reference: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Share of reference values that are smaller than each value; ties count half.

    Parameters
    ----------
    reference : ndarray of shape (n_reference,), dtype float64
        Reference values in ascending order.
    values : ndarray of shape (n,), dtype float64
        Values to rank.

    Returns
    -------
    rank : ndarray of shape (n,), dtype float64
        In [0, 1].

    Notes
    -----
    The result is that of ``scipy.stats.percentileofscore(kind="mean")`` (as a share).
    That function compares all pairs, which takes memory for n times n_reference values.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.objective._plausibility import mid_rank
    >>> mid_rank(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0.0, 2.0, 9.0]))
    array([0. , 0.5, 1. ])
    """
    below = np.searchsorted(reference, values, side="left")
    not_above = np.searchsorted(reference, values, side="right")
    return (below + not_above) / (2.0 * len(reference))
