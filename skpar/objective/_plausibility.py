"""Plausibility of rows among accepted people: scale, bounds, percentiles."""

from __future__ import annotations

import numpy as np
import torch

from ..density._api import Circuit, one_thread
from ..table import TOLERANCE, TableEncoder, round_decimals

_BATCH = 2048


class Plausibility:
    r"""Two class densities, calibrated on held-out accepted rows.

    Parameters
    ----------
    encoder : TableEncoder
        Turns codes into the tensors of the densities.
    accepted, denied : Circuit
        Densities of accepted and of denied people.
    heldout : ndarray of shape (n_heldout, n_features), dtype float64
        Codes of accepted people that `accepted` was not fitted on.

    Attributes
    ----------
    reference : ndarray of shape (n_heldout,), dtype float64
        Sorted log-densities of the held-out rows under `accepted`, in nats, rounded
        to 1e-9, so that ranks do not depend on rounding errors.
    scale : float
        Nats per unit of the objective's two density terms.
    cap, floor : float
        Bounds of the two terms, in nats.

    Notes
    -----
    With :math:`q_1, q_0` the two log-densities over the held-out accepted rows,

    .. math::
        s = \max(1, \mathrm{IQR}(q_1)), \quad
        l_1(x) = \min(\log p_1(x), \mathrm{med}(q_1)) / s, \quad
        l_0(x) = \max(\log p_0(x), \mathrm{med}(q_0)) / s .

    With these bounds no row gains by being more typical than the median accepted
    person, nor by being less like denied people than that person is.
    """

    def __init__(
        self,
        encoder: TableEncoder,
        accepted: Circuit,
        denied: Circuit,
        heldout: np.ndarray,
    ) -> None:
        self.encoder = encoder
        self.accepted = accepted
        self.denied = denied
        log_accepted, log_denied = self.log_densities(heldout)
        self.reference = round_decimals(np.sort(log_accepted))
        low, self.cap, high = np.quantile(self.reference, [0.25, 0.5, 0.75]).tolist()
        self.scale = max(1.0, high - low)
        self.floor = float(np.median(log_denied))

    def log_densities(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-density of rows under both classes.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64

        Returns
        -------
        log_accepted, log_denied : ndarray of shape (n_samples,), dtype float64
            In nats.
        """
        log_accepted, log_denied = np.empty(len(codes)), np.empty(len(codes))
        with torch.no_grad(), one_thread():
            for start in range(0, len(codes), _BATCH):
                rows = slice(start, start + _BATCH)
                tensor = self.encoder.encode(codes[rows])
                log_accepted[rows] = self.accepted.log_prob(tensor).numpy()
                log_denied[rows] = self.denied.log_prob(tensor).numpy()
        return log_accepted, log_denied

    def marginals(
        self, feature: int, values: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Marginal log-density of single cells under both classes.

        Parameters
        ----------
        feature : int
        values : ndarray of shape (n_values,), dtype float64
            Codes of that feature.

        Returns
        -------
        log_accepted, log_denied : ndarray of shape (n_values,), dtype float64
            In nats.
        """
        codes = np.zeros((len(values), self.encoder.n_features))
        codes[:, feature] = values
        absent = torch.ones(codes.shape, dtype=torch.bool)
        absent[:, feature] = False
        with torch.no_grad(), one_thread():
            tensor = self.encoder.encode(codes)
            return (
                self.accepted.log_prob(tensor, absent).numpy(),
                self.denied.log_prob(tensor, absent).numpy(),
            )

    def terms(
        self, log_accepted: np.ndarray, log_denied: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Bound and scale two log-densities into the terms of the objective.

        Parameters
        ----------
        log_accepted, log_denied : ndarray, dtype float64
            In nats.

        Returns
        -------
        accepted, denied : ndarray, dtype float64
            The terms ``l1`` and ``l0`` of the Notes.
        """
        return (
            np.minimum(log_accepted, self.cap) / self.scale,
            np.maximum(log_denied, self.floor) / self.scale,
        )

    def quantile(self, share: float) -> float:
        """Smallest log-density whose `percentile` is at least a share.

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
        # All that is rounded to the lowest has the percentile, too.
        return float(lowest - 0.4 * TOLERANCE)

    def percentile(self, log_accepted: np.ndarray) -> np.ndarray:
        """Mid-rank of log-densities among the held-out accepted rows.

        Parameters
        ----------
        log_accepted : ndarray of shape (n_samples,), dtype float64
            In nats.

        Returns
        -------
        percentile : ndarray of shape (n_samples,), dtype float64
            Share of held-out rows that are less plausible, ties counted half.
        """
        return mid_rank(self.reference, round_decimals(log_accepted))


def mid_rank(reference: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Share of a reference that is smaller than each value, ties counted half.

    Parameters
    ----------
    reference : ndarray of shape (n_reference,), dtype float64
        In rising order.
    values : ndarray of shape (n,), dtype float64

    Returns
    -------
    rank : ndarray of shape (n,), dtype float64
        In [0, 1].

    Notes
    -----
    The same as ``scipy.stats.percentileofscore(kind="mean")``, which compares all pairs
    and so takes memory for n times n_reference values.

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
