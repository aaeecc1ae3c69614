"""The factor of a density for relations between columns."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .._config import TrainingConfig
from ..relations import Determined, GroupColumn, in_order
from ..table import Column, TableEncoder, TableSchema
from .circuit import robust_scale
from .learning import columns_in_circuit


class RelationFactor:
    r"""Factor for determined columns and for groups, next to a circuit.

    The circuit is a density of the columns that are not determined. For rows that keep
    all relations, the logarithm of the factor is 0, up to 1e-9 per relation.

    Parameters
    ----------
    schema : TableSchema
        Kind and levels of each column.
    determined : sequence of Determined
        Columns that follow from others.
    codes : ndarray of shape (n, n_features), dtype float64
        Training rows.
    config : TrainingConfig
        Probabilities of rows that break a relation.
    weight : ndarray of shape (n,), dtype float64
        Weight of each row; 1 by default.

    Attributes
    ----------
    determined : tuple of Determined
        In an order in which every column comes after the columns that it follows from.
    left_out : tuple of int
        The determined columns.
    marginals : dict of int to Marginal
        Distribution of each determined column on its own.
    log_broken : float
        Logarithm of the probability that a column does not have its value.
    log_kept : float
        Logarithm of the probability that it does.

    Raises
    ------
    ValueError
        If columns determine each other.

    Notes
    -----
    Let :math:`p(u)` be the density of the other columns, and C the determined columns.
    By the chain rule, in an order in which sources come first,

    .. math:: p(x) = p(u) \prod_{c \in C} k_c(x), \quad
       k_c(x) = p(x_c | \text{columns before } c) .

    In training, the value is always :math:`f_c`, computed from the sources. Another
    value is possible with a small probability d, and then follows the distribution
    :math:`m_c` of the column on its own:

    .. math:: k_c(x) = (1 - d) [x_c = f_c(x)] + d \, m_c(x_c) .

    The first term is a point mass. If the column has levels, the sum over all of them
    is 1. If it has numbers, the density refers to a point mass at :math:`f_c` and to
    lengths elsewhere, and its integral is 1 up to d. So a number that follows has a
    probability. Another number has a density per spread of the column, and this spread
    is the only unit. Therefore the column has no part in `log_units`.

    If the value is unknown, for example because its source is a level that did not
    occur in training, no relation is broken, and :math:`k_c = m_c`.

    A group of n columns has :math:`2^n` patterns. All patterns that it does not allow
    share a small probability g equally. With B such patterns, the pattern of a row has
    the factor :math:`1 - g` if it is a level, and otherwise :math:`g / B`. The leaf of
    the circuit then is 1, so that the circuit sums over the levels. The sum over all
    patterns is :math:`(1 - g) + B \cdot g / B = 1`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from skpar._config import TrainingConfig
    >>> from skpar.density._api import RelationFactor
    >>> from skpar.relations import LookedUp
    >>> from skpar.table import TableSchema
    >>> table = pd.DataFrame({"degree": ["none", "BA"] * 9, "years": ["9", "13"] * 9})
    >>> schema = TableSchema.infer(table)
    >>> codes = schema.encode(table)
    >>> years = LookedUp(1, (0,), known=(0.0, 1.0), values=(codes[1, 1], codes[0, 1]))
    >>> factor = RelationFactor(schema, [years], codes, TrainingConfig())
    >>> factor.log_factor(codes[:1]).round(6) + 0.0
    array([0.])
    >>> torn = np.array([[codes[0, 0], codes[1, 1]]])
    >>> factor.log_factor(torn).round(1)
    array([-21.4])
    """

    def __init__(
        self,
        schema: TableSchema,
        determined: Sequence[Determined],
        codes: np.ndarray,
        config: TrainingConfig,
        weight: np.ndarray | None = None,
    ) -> None:
        inside = columns_in_circuit(schema.n_features, determined).tolist()
        self.determined = tuple(
            one for one in in_order(determined) if one.column not in inside
        )
        self.left_out = tuple(one.column for one in self.determined)
        self.log_broken = math.log(config.broken_value_share)
        self.log_kept = math.log1p(-config.broken_value_share)
        if weight is None:
            weight = np.ones(len(codes))
        self.marginals = {
            j: Marginal(schema.columns[j], codes[:, j], weight, config)
            for j in self.left_out
        }
        self._patterns = {
            j: _log_patterns(column, config)
            for j, column in enumerate(schema.columns)
            if isinstance(column, GroupColumn) and j in inside
        }

    def log_factor(self, codes: np.ndarray) -> np.ndarray:
        """Compute the logarithm of the factor.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Rows.

        Returns
        -------
        log_factor : ndarray of shape (n,), dtype float64
            In nats.
        """
        total = self.log_patterns(codes).sum(axis=1)
        for relation in self.determined:
            total += self.log_relation(relation, codes)
        return total

    def log_relation(self, relation: Determined, codes: np.ndarray) -> np.ndarray:
        """Compute the logarithm of the factor of one determined column.

        Parameters
        ----------
        relation : Determined
            One of `determined`.
        codes : ndarray of shape (n, n_features), dtype float64
            Rows.

        Returns
        -------
        log_relation : ndarray of shape (n,), dtype float64
            In nats.
        """
        own = codes[:, relation.column]
        log_other = self.marginals[relation.column].log_density(own)
        log_torn = self.log_broken + log_other
        log_known = np.where(
            relation.agrees(codes), np.logaddexp(self.log_kept, log_torn), log_torn
        )
        is_known = ~np.isnan(relation.compute(codes))
        return np.where(is_known, log_known, log_other)

    def log_patterns(self, codes: np.ndarray) -> np.ndarray:
        """Compute the logarithms of the factors of groups.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Rows.

        Returns
        -------
        log_patterns : ndarray of shape (n, n_features), dtype float64
            In nats; 0 for features that are no group.
        """
        log_patterns = np.zeros(codes.shape)
        for j, (n_levels, log_level, log_broken) in self._patterns.items():
            is_broken = codes[:, j] >= n_levels
            log_patterns[:, j] = np.where(is_broken, log_broken, log_level)
        return log_patterns

    def log_units(self, encoder: TableEncoder, codes: np.ndarray) -> np.ndarray:
        """Compute the log-units of the density of rows.

        Parameters
        ----------
        encoder : TableEncoder
            Knows the scales of the columns.
        codes : ndarray of shape (n, n_features), dtype float64
            Rows.

        Returns
        -------
        log_units : ndarray of shape (n,), dtype float64
            As `TableEncoder.log_units`, without the determined columns.
        """
        return encoder.log_units(codes, self.left_out)

    def complete(self, codes: np.ndarray, *, always: bool = False) -> np.ndarray:
        """Compute the determined columns of rows.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Rows. The values of their determined columns do not matter.
        always : bool, default=False
            Whether a column with an unknown value gets its typical value instead.

        Returns
        -------
        completed : ndarray of shape (n, n_features), dtype float64
            NaN in a determined column if its value is unknown.
        """
        completed = codes.copy()
        for relation in self.determined:
            values = relation.compute(completed)
            if always:
                typical = self.marginals[relation.column].typical
                values = np.where(np.isnan(values), typical, values)
            completed[:, relation.column] = values
        return completed


class Marginal:
    """Distribution of one column on its own: a table, or a Cauchy density.

    Parameters
    ----------
    column : Column
        Kind and levels.
    cells : ndarray of shape (n,), dtype float64
        Training cells; NaN where missing.
    weight : ndarray of shape (n,), dtype float64
        Weight of each cell.
    config : TrainingConfig
        Share of the uniform distribution, which keeps probabilities above 0.

    Attributes
    ----------
    typical : float
        The most frequent level, or the median.
    spread : float
        Half width at half maximum of the Cauchy density; 1 for levels.
    log_present : float
        Logarithm of the probability that a cell is present.
    log_missing : float
        Logarithm of the probability that a cell is missing.
    """

    def __init__(
        self,
        column: Column,
        cells: np.ndarray,
        weight: np.ndarray,
        config: TrainingConfig,
    ) -> None:
        present = ~np.isnan(cells)
        known, counts = cells[present], weight[present]
        self._log_levels: np.ndarray | None = None
        self._log_pattern = 0.0
        self.spread = 1.0
        share_missing = np.array([weight[~present].sum(), counts.sum()])
        share = _smooth(share_missing, config.uniform_share)
        if not column.may_be_missing:
            share = np.array([0.0, 1.0])
        with np.errstate(divide="ignore"):
            self.log_missing, self.log_present = np.log(share).tolist()
        if column.levels is None:
            order = np.argsort(known, kind="stable")
            middle = np.searchsorted(counts[order].cumsum(), counts.sum() / 2)
            self.typical = float(known[order][middle]) if len(known) else 0.0
            if len(known):
                self.spread = robust_scale(known, counts)
            return
        n_levels = len(column.levels)
        is_level = known < n_levels
        levels = np.bincount(
            known[is_level].astype(np.int64), counts[is_level], minlength=n_levels
        )
        self.typical = float(levels.argmax())
        self._log_levels = np.log(_smooth(levels, config.uniform_share))
        if isinstance(column, GroupColumn):
            _, log_level, self._log_pattern = _log_patterns(column, config)
            self._log_levels += log_level

    def log_density(self, cells: np.ndarray) -> np.ndarray:
        """Compute the log-density of cells.

        Parameters
        ----------
        cells : ndarray of shape (n,), dtype float64
            Codes; NaN where missing.

        Returns
        -------
        log_density : ndarray of shape (n,), dtype float64
            Levels and missing cells have a probability, numbers a density per spread
            of the column.
        """
        missing = np.isnan(cells)
        known = np.where(missing, self.typical, cells)
        if self._log_levels is None:
            distance = np.abs(known - self.typical) / self.spread
            log_density = -math.log(math.pi) - 2.0 * np.log(np.hypot(1.0, distance))
        else:
            n_levels = len(self._log_levels)
            level = np.minimum(known, n_levels - 1).astype(np.int64)
            log_density = np.where(
                known < n_levels, self._log_levels[level], self._log_pattern
            )
        return np.where(missing, self.log_missing, log_density + self.log_present)


def _smooth(counts: np.ndarray, uniform_share: float) -> np.ndarray:
    """Mix the distribution of counts (m,) with the uniform one."""
    share = counts / max(counts.sum(), 1.0)
    share += (1.0 - share.sum()) / len(counts)
    return (1.0 - uniform_share) * share + uniform_share / len(counts)


def _log_patterns(
    column: GroupColumn, config: TrainingConfig
) -> tuple[int, float, float]:
    """Count the levels of a group; log-factors of a level and of a broken pattern."""
    group = column.group
    n_broken = 2 ** len(group.members) - group.n_levels
    share = config.broken_group_share
    return group.n_levels, math.log1p(-share), math.log(share) - math.log(n_broken)
