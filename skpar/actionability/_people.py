"""People: their rows, and the limits of each person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..table import TableReading, TableSchema
from ._budgets import read_max_effort
from ._limits import Limits, read_limits


@dataclass(frozen=True)
class People:
    """Some people, one per row.

    Parameters
    ----------
    codes : ndarray of shape (n_people, n_features), dtype float64
        Their rows as codes.
    limits : Limits
        Limits of single people, in addition to the rules for everybody.
    table : DataFrame or ndarray of shape (n_people, n_features), default=None
        Their rows as the user gave them; None if they are not needed.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.actionability._people import People
    >>> people = People.unlimited(np.array([[30.0, 9.0], [50.0, 12.0]]))
    >>> people[[1]].codes
    array([[50., 12.]])
    """

    codes: np.ndarray
    limits: Limits
    table: Any = None

    @classmethod
    def unlimited(cls, codes: np.ndarray) -> People:
        """Make people without limits of their own."""
        return cls(codes, Limits.none(codes.shape))

    def __len__(self) -> int:
        """Count the people."""
        return len(self.codes)

    def __getitem__(self, rows: Any) -> People:
        """Take some of the people, by any index of their codes; drop their table."""
        return People(self.codes[rows], self.limits[rows])

    def aligned_to(self, rows: np.ndarray) -> People:
        """Insert an axis if each person has several rows.

        Parameters
        ----------
        rows : ndarray of shape (n_people, n_features) or \
                (n_people, n_rows, n_features)

        Returns
        -------
        people : People
            The same people, with codes that broadcast against `rows`.
        """
        return self if rows.ndim == self.codes.ndim else self[:, np.newaxis]

    def with_frozen(self, frozen: np.ndarray) -> People:
        """Freeze further cells, (n_people, n_features), dtype bool."""
        return People(self.codes, self.limits.with_frozen(frozen), self.table)


def read_people(
    schema: TableSchema,
    X: Any,
    lower: Any = None,
    upper: Any = None,
    frozen: Any = None,
    max_effort: Any = None,
    max_effort_of_all: float | None = None,
) -> tuple[People, TableReading]:
    """Read the people of a table, and their limits.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    X : DataFrame or ndarray of shape (n_samples, n_features)
        The table.
    lower : DataFrame or ndarray, optional
        Smallest value of each cell, as `read_limits` takes it.
    upper : DataFrame or ndarray, optional
        Largest value of each cell.
    frozen : DataFrame or ndarray of booleans, optional
        Cells that must not change.
    max_effort : float or array-like of shape (n_samples,), optional
        Largest effort of each person, as `read_max_effort` takes it.
    max_effort_of_all : float, optional
        Largest effort of everybody.

    Returns
    -------
    people : People
        The rows that can be read, with their table. Limits of other rows are not read.
    reading : TableReading
        Of all rows.

    Raises
    ------
    ValueError
        If the columns differ from training, or a limit cannot be read.
    """
    reading = schema.read(X)
    rows = np.flatnonzero(~reading.unreadable)
    codes = reading.codes[rows]
    limits = read_limits(schema, X, lower, upper, frozen, rows, codes)
    most = read_max_effort(X, max_effort, max_effort_of_all, rows)
    limits = replace(limits, max_effort=most)
    return People(codes, limits, schema.readable_rows(X, reading)), reading
