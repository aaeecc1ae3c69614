"""Near misses: denied rows of people without an answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...generator import best_of_each
from ...table import round_to_tolerance

# Takes codes (n, n_features). Returns a number for each, (n,), or None without scores.
Score = Callable[[np.ndarray], np.ndarray | None]


class NearMisses:
    """Rows of some people that the classifier denied.

    Parameters
    ----------
    own : ndarray of shape (n_people, n_features), dtype float64
        Codes of the people.
    """

    def __init__(self, own: np.ndarray) -> None:
        self.own = own
        self._who = [np.empty(0, dtype=np.int64)]
        self._codes = [own[:0]]

    def add(self, who: np.ndarray, codes: np.ndarray) -> None:
        """Add denied rows.

        Parameters
        ----------
        who : ndarray of shape (n_rows,), dtype int64
            The person of each row.
        codes : ndarray of shape (n_rows, n_features), dtype float64
        """
        self._who.append(who)
        self._codes.append(codes)

    def nearest(
        self,
        is_wanted: np.ndarray,
        chance: Callable[[np.ndarray], np.ndarray],
        score: Score | None,
        n_scored: int,
    ) -> np.ndarray:
        """Find the denied row of each person that is nearest to acceptance.

        Parameters
        ----------
        is_wanted : ndarray of shape (n_people,), dtype bool
            People for whom to find one.
        chance : callable
            Estimates the probability that rows are accepted.
        score : callable or None
            The classifier's own score of rows, in one call. None if there is no score.
        n_scored : int
            Number of rows per person, those of largest estimated probability, of which
            the one with the largest score is the nearest.

        Returns
        -------
        codes : ndarray of shape (n_people, n_features), dtype float64
            The own row of people who are not wanted or have no denied row.
        """
        nearest = self.own.copy()
        who, codes = np.concatenate(self._who), np.concatenate(self._codes)
        left = np.flatnonzero(is_wanted[who])
        if not len(left):
            return nearest
        who, codes = who[left], codes[left]
        value = round_to_tolerance(chance(codes))
        best = best_of_each(who, value, n_scored)
        who, codes, value = who[best], codes[best], value[best]
        scores = None if score is None else score(codes)
        if scores is not None:
            value = round_to_tolerance(scores)
        best = best_of_each(who, value, 1)
        nearest[who[best]] = codes[best]
        return nearest
