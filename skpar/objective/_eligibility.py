"""Eligibility: which rows may be answers, apart from the classifier's prediction."""

from __future__ import annotations

import numpy as np

from ..table import row_keys
from ._effort import Effort
from ._plausibility import Plausibility


class RareRows:
    """Training rows that belong to few people.

    Parameters
    ----------
    codes : ndarray of shape (n_samples, n_features), dtype float64
        The training rows.
    min_count : int
        A row is rare if it occurs fewer times than this.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.objective._eligibility import RareRows
    >>> rows = np.array([[1.0, np.nan], [2.0, 3.0], [2.0, 3.0]])
    >>> rare_rows = RareRows(rows, min_count=2)
    >>> rare_rows.contains(np.array([[1.0, np.nan], [2.0, 3.0], [4.0, 4.0]]))
    array([ True, False, False])
    """

    def __init__(self, codes: np.ndarray, min_count: int) -> None:
        keys, counts = np.unique(row_keys(codes), return_counts=True)  # sorted
        self._keys = keys[counts < min_count]

    def contains(self, codes: np.ndarray) -> np.ndarray:
        """Check whether rows equal a rare training row in every cell.

        Parameters
        ----------
        codes : ndarray of shape (..., n_features), dtype float64

        Returns
        -------
        is_rare : ndarray of shape (...), dtype bool
        """
        keys = row_keys(codes.reshape(-1, codes.shape[-1]))
        left, right = (np.searchsorted(self._keys, keys, s) for s in ("left", "right"))
        return np.asarray(left < right).reshape(codes.shape[:-1])


class Eligibility:
    """Conditions on answers: a smallest log-density, and no rare training rows.

    Parameters
    ----------
    plausibility : Plausibility
        Gives the log-density of rows among accepted people.
    min_log_density : float
        Smallest log-density of an answer, in nats; -inf for no limit.
    rare_rows : RareRows or None
        Training rows that must not be answers; None if all rows may be answers.
    effort : Effort, optional
        Effort of changes, for people with a largest effort.
    """

    def __init__(
        self,
        plausibility: Plausibility,
        min_log_density: float,
        rare_rows: RareRows | None,
        effort: Effort | None = None,
    ) -> None:
        self.effort = effort
        self.plausibility = plausibility
        self.min_log_density = min_log_density
        self.rare_rows = rare_rows

    @property
    def is_active(self) -> bool:
        """Whether any row can be ineligible."""
        return self.rare_rows is not None or self.min_log_density > -np.inf

    def is_eligible(self, codes: np.ndarray) -> np.ndarray:
        """Check whether rows may be answers.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_features), dtype float64

        Returns
        -------
        is_eligible : ndarray of shape (n_rows,), dtype bool
        """
        eligible = self.is_likely_enough(codes)
        if self.rare_rows is not None:
            eligible &= ~self.rare_rows.contains(codes)
        return eligible

    def excess(
        self, own: np.ndarray, rows: np.ndarray, max_effort: np.ndarray | None
    ) -> np.ndarray:
        """Compute the effort above the largest effort of each person.

        Parameters
        ----------
        own : ndarray of shape (n, n_features), dtype float64
            Codes of people.
        rows : ndarray of shape (n, n_features), dtype float64
            A row of each.
        max_effort : ndarray of shape (n,), dtype float64, or None
            Their largest effort; None if there is no limit.

        Returns
        -------
        excess : ndarray of shape (n,), dtype float64
            As a multiple of the usual effort; 0 if the effort is not too large.
        """
        if max_effort is None or self.effort is None:
            return np.zeros(len(rows))
        return self.effort.above(own, rows, max_effort)

    def is_likely_enough(self, codes: np.ndarray) -> np.ndarray:
        """Check whether rows have the smallest log-density.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_features), dtype float64

        Returns
        -------
        is_likely_enough : ndarray of shape (n_rows,), dtype bool
        """
        if self.min_log_density == -np.inf:
            return np.ones(len(codes), dtype=bool)
        log_density = self.plausibility.log_density(codes)
        return np.asarray(~(log_density < self.min_log_density))
