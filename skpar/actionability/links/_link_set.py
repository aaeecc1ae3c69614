"""All links of a table, kept together."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...table import TableSchema, same_cells
from .._limits import Limits
from ..rules import FeasibleValues
from ._validation import LinkValidator

_MENDING_ROUNDS = 2


class LinkSet:
    """The links of a table, on codes.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    rules : tuple of FeasibleValues
        The rules of each column.
    links : list of link, or None
        What the user wrote.

    Attributes
    ----------
    links : tuple of link
        As the user wrote them.
    derived : tuple of int
        The derived columns.
    sources : dict of int to tuple of int
        The columns that each derived column follows from.
    ties : tuple of Constraint
        The links but the derivations, and that each derived column keeps its rules.

    Raises
    ------
    TypeError, ValueError
        For links that are malformed, name unknown columns, derive in a circle, or
        can never be kept or broken.
    """

    def __init__(
        self, schema: TableSchema, rules: tuple[FeasibleValues, ...], links: Any = None
    ) -> None:
        reader = LinkValidator(schema, rules, links)
        self.links = tuple(reader.links)
        self._derivations = reader.derivations
        self.derived = tuple(one.column for one in self._derivations)
        self.sources = {one.column: one.sources for one in self._derivations}
        self.ties = reader.ties()

    def settle(
        self, own: np.ndarray, new: np.ndarray, limits: Limits | None = None
    ) -> None:
        """Move rows that keep the rules to where they keep the links too.

        Parameters
        ----------
        own : ndarray of shape (n, n_features) or (n, 1, n_features), dtype float64
            Codes of the people who ask.
        new : ndarray of shape (n, n_features) or (n, m, n_features), dtype float64
            Codes that keep the rules, derived columns as in `own`; written to.
        limits : Limits or None
            Limits of each person, of the shape of `own`.

        Notes
        -----
        Broken links are mended one after the other, twice. Where some are broken
        still, changes are taken back: each link that is broken takes at least one
        of its own back, so this ends, at the latest with the own row.
        """
        self.compute_derived(own, new)
        where = np.nonzero(self._broken(own, new, limits))
        if not len(where[0]):
            return
        people = where[0]
        before = own[people] if own.ndim == 2 else own[people, 0]
        if limits is not None:
            limits = limits[people] if own.ndim == 2 else limits[people, 0]
        after = new[where]
        for _ in range(_MENDING_ROUNDS):
            for tie in self.ties:
                tie.mend(before, after, limits)
            self.compute_derived(before, after)
        rows = np.arange(len(after))
        while len(rows):
            o, a = before[rows], after[rows]
            some = None if limits is None else limits[rows]
            for tie in self.ties:
                tie.undo(o, a, some)
            self.compute_derived(o, a)
            after[rows] = a
            rows = rows[self._broken(o, a, some)]
        new[where] = after

    def holds(
        self, own: np.ndarray, new: np.ndarray, limits: Limits | None = None
    ) -> np.ndarray:
        """Tell the rows that keep all links.

        Parameters
        ----------
        own, new, limits
            As in `settle`.

        Returns
        -------
        kept : ndarray of shape (n,) or (n, m), dtype bool
        """
        kept = ~self._broken(own, new, limits)
        if self.derived:
            computed = new.copy()
            computed[..., self.derived] = own[..., self.derived]
            self.compute_derived(own, computed)
            kept &= same_cells(computed, new).all(axis=-1)
        return kept

    def compute_derived(self, own: np.ndarray, new: np.ndarray) -> None:
        """Compute derived columns where their sources changed; keep them elsewhere.

        Parameters
        ----------
        own, new : ndarray of shape (..., n_features), dtype float64
            Codes before and after; `new` is written to.
        """
        for one in self._derivations:
            moved = np.zeros(new.shape[:-1], dtype=bool)
            for j in one.sources:
                moved |= ~same_cells(own[..., j], new[..., j])
            new[..., one.column] = own[..., one.column]
            if moved.any():
                new[moved, one.column] = one(new[moved])

    def _broken(
        self, own: np.ndarray, new: np.ndarray, limits: Limits | None
    ) -> np.ndarray:
        """Tell the rows that break a link."""
        broken = np.zeros(new.shape[:-1], dtype=bool)
        for tie in self.ties:
            broken |= tie.broken(own, new, limits)
        return broken
