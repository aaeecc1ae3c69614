"""Determined columns: their value follows from other columns of the row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..table import same_cells


@dataclass(frozen=True)
class Determined(ABC):
    """A column with a value that follows from other columns of the row.

    Parameters
    ----------
    column : int
        The determined feature.
    sources : tuple of int
        The features that determine it.
    """

    column: int
    sources: tuple[int, ...]

    @abstractmethod
    def compute(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Compute the column.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Rows. Their own values of the column do not matter.

        Returns
        -------
        values : ndarray of shape (n,), dtype float64
            Codes; NaN if the value is unknown, as for a missing source.
        """

    def agrees(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Check in which rows the column has the value that follows.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Rows.

        Returns
        -------
        agrees : ndarray of shape (n,), dtype bool
            True also if the value that follows is unknown.
        """
        computed = self.compute(codes)
        return np.isnan(computed) | self.equal(codes[:, self.column], computed)

    def describe(self, names: Sequence[Hashable]) -> str:
        """Write what determines the column, in one line.

        Parameters
        ----------
        names : sequence of label
            Names of all features.

        Returns
        -------
        text : str
            Such as "education-num follows from education".
        """
        sources = ", ".join(str(names[j]) for j in self.sources)
        return f"{names[self.column]} follows from {sources}"

    def equal(
        self, cells: npt.NDArray[np.float64], computed: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        """Compare the column's own cells with computed values, up to rounding."""
        return same_cells(cells, computed)


def in_order(determined: Iterable[Determined]) -> tuple[Determined, ...]:
    """Put determined columns after the determined columns among their sources.

    Parameters
    ----------
    determined : iterable of Determined
        In any order.

    Returns
    -------
    ordered : tuple of Determined

    Raises
    ------
    ValueError
        If a column is determined twice, or if columns determine each other.
    """
    waiting: dict[int, Determined] = {}
    for one in sorted(determined, key=lambda one: one.column):
        if one.column in waiting:
            raise ValueError(f"column {one.column} is determined twice.")
        waiting[one.column] = one
    ordered: list[Determined] = []
    while waiting:
        ready = [
            j for j, one in waiting.items() if not waiting.keys() & set(one.sources)
        ]
        if not ready:
            raise ValueError(f"columns {sorted(waiting)} determine each other.")
        ordered += [waiting.pop(j) for j in ready]
    return tuple(ordered)


@dataclass(frozen=True)
class LookedUp(Determined):
    """A column that another column determines, value by value, as seen in training.

    Parameters
    ----------
    known : tuple of float
        Codes of the source seen in training, ascending.
    values : tuple of float
        Code of the column for each of `known`.
    is_ordered : bool
        Whether the source has an order. Between two known codes with the same value,
        this value holds too.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.relations import LookedUp
    >>> years = LookedUp(1, (0,), known=(0.0, 1.0), values=(9.0, 13.0))
    >>> years.compute(np.array([[1.0, 0.0], [2.0, 0.0]]))
    array([13., nan])
    """

    known: tuple[float, ...] = ()
    values: tuple[float, ...] = ()
    is_ordered: bool = False

    def compute(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Look up the value of the column."""
        source = codes[:, self.sources[0]]
        known, values = np.array(self.known), np.array(self.values)
        above = np.searchsorted(known, source).clip(0, len(known) - 1)
        exact = known[above] == source
        computed = np.where(exact, values[above], np.nan)
        if self.is_ordered:
            below = np.maximum(above - 1, 0)
            between = (known[below] < source) & (source < known[above])
            between &= values[below] == values[above]
            computed = np.where(between, values[above], computed)
        return computed
