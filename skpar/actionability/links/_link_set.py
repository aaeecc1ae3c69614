"""LinkSet: all links of a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._config import SearchConfig
from ...table import TableSchema, same_cells
from .._people import People
from ..rules import FeasibleValues
from ._validation import LinkValidator


class LinkSet:
    """The links of a table, on codes.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    rules : tuple of FeasibleValues
        The rules of each column.
    links : list of link, or None
        The links that the user wrote.
    repair_rounds : int
        Number of rounds of repairs before changes are taken back.

    Attributes
    ----------
    links : tuple of link
        The links as the user wrote them.
    derived_columns : tuple of DerivedColumn or FollowingColumn
        How each derived column is computed; each comes after its own sources.
    derived : tuple of int
        The derived columns.
    sources : dict of int to tuple of int
        The columns that each derived column is computed from.
    constraints : tuple of Constraint
        One constraint for each link except `Derived`, and one for each derived
        column: it must keep its rules.

    Raises
    ------
    TypeError
        If a link or one of its arguments has the wrong type.
    ValueError
        If a link names an unknown column, if columns are derived in a circle, or if a
        link can never hold or never be broken.
    """

    def __init__(
        self,
        schema: TableSchema,
        rules: tuple[FeasibleValues, ...],
        links: Any = None,
        repair_rounds: int = SearchConfig.link_repair_rounds,
    ) -> None:
        validator = LinkValidator(schema, rules, links)
        self.links = tuple(validator.links)
        self.repair_rounds = repair_rounds
        self.derived_columns = validator.derived_columns
        self.derived = tuple(one.column for one in self.derived_columns)
        self.sources = {one.column: one.sources for one in self.derived_columns}
        self.constraints = validator.constraints()

    def check_rows(self, codes: np.ndarray, labels: Any) -> None:
        """Raise a ValueError if a derived column cannot be computed in training rows.

        It must be finite. A function of the new and the old table must return the own
        value of a row that does not change.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Training rows.
        labels : sequence of length n
            Labels of the rows, for the message.
        """
        for one in self.derived_columns:
            one.check_rows(codes, labels)

    def repair(self, people: People, rows: np.ndarray) -> None:
        """Change rows that keep the rules so that the links hold too.

        Parameters
        ----------
        people : People
            People with codes of shape (n, n_features) or (n, 1, n_features).
        rows : ndarray of shape (n, n_features) or (n, m, n_features), dtype float64
            Codes that keep the rules, with derived columns as in `people`. Changed in
            place.

        Notes
        -----
        Each round repairs the broken links one after the other. If a row still breaks
        links after the last round, changes are taken back: each broken link takes
        back at least one change of its own columns. This ends at the latest with the
        person's own row.
        """
        self.compute_derived(people.codes, rows)
        where = np.nonzero(self._broken(people, rows))
        if not len(where[0]):
            return
        is_flat = people.codes.ndim == 2
        owners = people[where[0]] if is_flat else people[where[0], 0]
        moved = rows[where]
        for _ in range(self.repair_rounds):
            for constraint in self.constraints:
                constraint.repair(owners, moved)
            self.compute_derived(owners.codes, moved)
        left = np.arange(len(moved))
        while len(left):
            some, reverted = owners[left], moved[left]
            for constraint in self.constraints:
                constraint.revert(some, reverted)
            self.compute_derived(some.codes, reverted)
            moved[left] = reverted
            left = left[self._broken(some, reverted)]
        rows[where] = moved

    def holds(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Check in which rows all links hold.

        Parameters
        ----------
        people : People
            People with codes of shape (n, n_features) or (n, 1, n_features).
        rows : ndarray of shape (n, n_features) or (n, m, n_features), dtype float64
            Codes to check.

        Returns
        -------
        holds : ndarray of shape (n,) or (n, m), dtype bool
        """
        return ~self._broken(people, rows) & self.follows(people.codes, rows)

    def follows(self, own: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Check in which rows the derived columns have the computed values.

        Parameters
        ----------
        own : ndarray of shape (..., n_features), dtype float64
            Codes before the change.
        rows : ndarray of shape (..., n_features), dtype float64
            Codes after the change.

        Returns
        -------
        follows : ndarray of shape (...,), dtype bool
        """
        follows = np.ones(rows.shape[:-1], dtype=bool)
        if self.derived:
            computed = rows.copy()
            computed[..., self.derived] = own[..., self.derived]
            self.compute_derived(own, computed)
            for one in self.derived_columns:
                cells, expected = rows[..., one.column], computed[..., one.column]
                follows &= same_cells(cells, expected) | one.equal(cells, expected)
        return follows

    def compute_derived(self, own: np.ndarray, rows: np.ndarray) -> None:
        """Compute derived columns if their sources changed; keep them otherwise.

        Parameters
        ----------
        own : ndarray of shape (..., n_features), dtype float64
            Codes before the change.
        rows : ndarray of shape (..., n_features), dtype float64
            Codes after the change; derived columns are written in place.
        """
        for one in self.derived_columns:
            moved = np.zeros(rows.shape[:-1], dtype=bool)
            for j in one.sources:
                moved |= ~same_cells(own[..., j], rows[..., j])
            rows[..., one.column] = own[..., one.column]
            if moved.any():
                before = np.broadcast_to(own, rows.shape)[moved]
                rows[moved, one.column] = one.compute(rows[moved], before)

    def _broken(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Check which rows break a link."""
        broken = np.zeros(rows.shape[:-1], dtype=bool)
        for constraint in self.constraints:
            broken |= constraint.broken(people, rows)
        return broken
