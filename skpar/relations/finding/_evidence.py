"""Training rows prepared for the search for relations, and how much they prove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from ...table import TableSchema, numbered, row_keys
from .._config import RelationConfig

_DENOMINATORS = (1, 2, 3, 4, 6, 8, 10, 12, 24, 36, 60, 100, 120, 365, 1000)


def log_arrangements(counts: npt.NDArray[np.intp] | Sequence[int]) -> float:
    """Logarithm of the number of different orders of the cells of a column.

    Parameters
    ----------
    counts : array-like of shape (n_values,), dtype intp
        Number of rows with each value.

    Returns
    -------
    log_arrangements : float
        ``log(n! / prod(counts!))``.
    """
    counts = np.asarray(counts)
    return float(gammaln(counts.sum() + 1) - gammaln(counts + 1).sum())


def log_choose(n: float, k: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Logarithm of the number of subsets of size k of n rows; -inf if k > n."""
    k = np.asarray(k, dtype=np.float64)
    inside = np.minimum(k, n)
    logs = gammaln(n + 1) - gammaln(inside + 1) - gammaln(n - inside + 1)
    return np.where(k > n, -np.inf, logs)


def simple_number(value: float, error: float, max_denominator: int) -> float | None:
    """Find the simplest fraction close to a number.

    Parameters
    ----------
    value : float
        The number.
    error : float
        Largest difference.
    max_denominator : int
        Largest denominator.

    Returns
    -------
    simple : float or None
        None if there is none.

    Examples
    --------
    >>> from skpar.relations.finding._evidence import simple_number
    >>> simple_number(0.12500001, 1e-6, 1000)
    0.125
    """
    for largest in (*_DENOMINATORS, max_denominator):
        if largest <= max_denominator:
            fraction = Fraction(value).limit_denominator(largest)
            if abs(float(fraction) - value) <= error:
                return float(fraction)
    return None


@dataclass(frozen=True)
class TrainingRows:
    r"""Training rows, and what the search for relations reads of them.

    Parameters
    ----------
    schema : TableSchema
        Columns.
    codes : ndarray of shape (n, n_columns), dtype float64
        Rows.
    config : RelationConfig
        Constants.

    Notes
    -----
    Evidence is counted on different rows only. A row that was drawn twice, as in a
    bootstrap, repeats every relation that its first copy keeps, so it proves nothing.

    All probabilities are those of a permutation test. If a column is independent of
    the others, all orders of its cells are equally probable. A column with
    :math:`n_v` cells of each value :math:`v` has :math:`n! / \prod_v n_v!` orders. A
    formula gives one of them. So a column equals one of :math:`m` formulas with a
    probability of at most :math:`m \prod_v n_v! / n!`.
    """

    schema: TableSchema
    codes: npt.NDArray[np.float64]
    config: RelationConfig

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return self.codes.shape[1]

    @cached_property
    def distinct(self) -> npt.NDArray[np.intp]:
        """Positions of different rows, ascending; shape (n_distinct,)."""
        _, first = np.unique(row_keys(self.codes), return_index=True)
        return np.sort(first)

    @cached_property
    def numbers(self) -> npt.NDArray[np.int32]:
        """Number of each cell's value within its column, shape (n, n_columns).

        -1 where missing.
        """
        numbers = np.empty(self.codes.shape, dtype=np.int32, order="F")
        for j in range(self.n_columns):
            _, places = numbered(self.codes[:, j])
            numbers[:, j] = np.where(np.isnan(self.codes[:, j]), -1, places)
        return numbers

    @cached_property
    def log_orders(self) -> npt.NDArray[np.float64]:
        """Logarithm of the number of orders of each column, shape (n_columns,)."""
        columns = self.numbers[self.distinct].T
        return np.array(
            [log_arrangements(np.bincount(cells[cells >= 0])) for cells in columns]
        )

    @cached_property
    def is_constant(self) -> npt.NDArray[np.bool_]:
        """Whether each column has at most one value, shape (n_columns,)."""
        return np.array([len(np.unique(c[c >= 0])) < 2 for c in self.numbers.T])

    @property
    def log_pairs(self) -> float:
        """Evidence that a relation between two columns needs."""
        n = self.n_columns
        return float(np.log(max(n * (n - 1), 1) / self.config.false_alarm))

    def sample(
        self, keep: npt.NDArray[np.bool_], columns: Sequence[int]
    ) -> npt.NDArray[np.intp]:
        """Choose different rows on which candidates are found.

        Parameters
        ----------
        keep : ndarray of shape (n,), dtype bool
            Rows to choose from.
        columns : sequence of int
            Rare values of these columns are in the sample.

        Returns
        -------
        rows : ndarray of shape (n_sample,), dtype intp
            Ascending.
        """
        rows = self.distinct[keep[self.distinct]]
        if len(rows) <= self.config.max_rows:
            return rows
        places = np.linspace(0, len(rows) - 1, self.config.max_rows).astype(np.intp)
        chosen = [rows[places]]
        for j in columns:
            cells = self.numbers[rows, j]
            most = np.bincount(cells + 1).argmax() - 1
            chosen.append(
                rows[np.flatnonzero(cells != most)[: self.config.n_rare_rows]]
            )
        return np.unique(np.concatenate(chosen))

    def is_evident(self, members: Sequence[int], n_sources: int) -> bool:
        r"""Check whether columns are varied enough for a formula.

        Parameters
        ----------
        members : sequence of int
            The column and its sources.
        n_sources : int
            Number of columns and coefficients that the formula chooses.

        Returns
        -------
        is_evident : bool

        Notes
        -----
        With :math:`d` columns and :math:`c` coefficients, there are at most
        :math:`(dc)^{k+1}` formulas with :math:`k` sources. At least one column must
        have more orders than that. Each other column must have more than :math:`dc`,
        so that it is not in the formula by accident, as a flag that is on in one row.
        """
        choices = np.log(self.n_columns * self.config.n_coefficients)
        orders = self.log_orders[list(members)] + np.log(self.config.false_alarm)
        enough = orders.max() >= (n_sources + 1) * choices
        return bool(enough and (orders >= choices).all())
