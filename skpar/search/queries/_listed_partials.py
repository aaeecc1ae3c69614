"""Partial rows of accepted rows, listed once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...actionability import People
from ...table import are_among, row_keys
from ._accepted import AcceptedRows
from ._partial_rows import PartialRows


@dataclass(frozen=True)
class Partials:
    """Partial rows of several accepted rows.

    Parameters
    ----------
    parent : ndarray of shape (n,), dtype int64
        Index of the accepted row.
    who : ndarray of shape (n,), dtype int64
        The person.
    codes : ndarray of shape (n, n_features), dtype float64
    chance : ndarray of shape (n,), dtype float64
        Estimated probability of acceptance.
    key : ndarray of shape (n,), dtype int64
        Key of the row and its person.
    """

    parent: np.ndarray
    who: np.ndarray
    codes: np.ndarray
    chance: np.ndarray
    key: np.ndarray

    @classmethod
    def none(cls, codes: np.ndarray) -> Partials:
        """Make an empty list, for codes of shape (n, n_features)."""
        nothing = np.empty(0, dtype=np.int64)
        return cls(nothing, nothing, codes[:0], np.empty(0), nothing)

    def __getitem__(self, rows: np.ndarray) -> Partials:
        """Select some of the rows."""
        return Partials(*(part[rows] for part in vars(self).values()))

    def and_more(self, more: Partials) -> Partials:
        """Append rows."""
        pairs = zip(vars(self).values(), vars(more).values(), strict=True)
        return Partials(*(np.concatenate(pair) for pair in pairs))


class ListedPartials:
    """List the partial rows of accepted rows of some people, once for each row.

    Parameters
    ----------
    people : People
    """

    def __init__(self, people: People) -> None:
        self.people = people
        self._listed = np.empty(0, dtype=np.int64)
        self._partials = Partials.none(people.codes)

    def of(
        self, rows: AcceptedRows, places: np.ndarray, partial_rows: PartialRows
    ) -> Partials:
        """List the partial rows of some accepted rows.

        Parameters
        ----------
        rows : AcceptedRows
        places : ndarray of shape (n,), dtype int64
            Indices of accepted rows, at most one per person, in the order of people.
        partial_rows : PartialRows
            Lists the partial changes of rows.

        Returns
        -------
        partials : Partials
            In the order of people. Those of one person are in descending order of the
            estimated probability.
        """
        new = places[~are_among(places, self._listed)]
        if len(new):
            who = rows.who[new]
            parent, codes, chance = partial_rows.of(self.people[who], rows.codes[new])
            key = row_keys(codes, owner=who[parent])
            more = Partials(new[parent], who[parent], codes, chance, key)
            self._listed = np.concatenate([self._listed, new])
            self._partials = self._partials.and_more(more)
        kept = np.flatnonzero(are_among(self._partials.parent, places))
        order = np.argsort(self._partials.who[kept], kind="stable")
        return self._partials[kept[order]]
