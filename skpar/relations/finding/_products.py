"""Finding products, ratios, minima and maxima of columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .._formulas import ExtremeFormula, Formula, ProductFormula, fit_formula
from ._evidence import TrainingRows, log_choose, simple_number
from ._linear import blocks

# Logarithms are differences of larger numbers, so smaller residuals are rounding.
_SMALLEST_RESIDUAL = 1e-7
_LARGEST_ROUNDING = 0.2


def find_products(data: TrainingRows, pool: Collection[int]) -> list[Formula]:
    r"""Find columns that are products or ratios of two others, times a constant.

    Parameters
    ----------
    data : TrainingRows
        Training rows.
    pool : collection of int
        Columns that can be determined, or sources.

    Returns
    -------
    formulas : list of Formula
        No determined column is a source.

    Notes
    -----
    If :math:`y = c a b`, then :math:`\log|y| - \log|a| - \log|b|` is constant. Its
    variance follows from the covariance matrix of the logarithms, for all pairs
    :math:`(a, b)` at once. Rows in which :math:`y` is 0 are left out, and
    :math:`a` and :math:`b` must not be 0 in the others. Candidates have a residual that
    the rounding of :math:`y` explains. All rows then verify the formula with the
    simplest constant within its error.

    The equation can be solved for each of the three columns. If several of them can be
    computed from the others, the one with the finest step is determined, relative to
    its standard deviation: a computed column has more digits. The last of them is, if
    none has a step.
    """
    left = [j for j in pool if data.schema.columns[j].is_numeric]
    absent = np.isnan(data.codes) | (data.codes == 0)
    candidates: dict[frozenset[int], list[Formula]] = {}
    for rows, columns, new in blocks(data, absent, left):
        sample = data.sample(rows, columns)
        if len(columns) < 3 or len(sample) <= data.config.rows_above_rank:
            continue
        for triple in _triples(data, sample, columns, new):
            members = (triple.child, triple.first, triple.second)
            if data.is_evident(members, 2):
                formula = _fitted(data, triple)
                if formula is not None:
                    candidates.setdefault(frozenset(members), []).append(formula)
    return _without_chains(
        [
            min(same, key=lambda one: (_coarseness(data, one.column), -one.column))
            for same in candidates.values()
        ]
    )


def _coarseness(data: TrainingRows, j: int) -> float:
    """Step of a column as a share of its standard deviation."""
    step = data.schema.columns[j].step or 0.0
    return step / float(np.nanstd(data.codes[:, j]))


class _Triple(NamedTuple):
    """A column that may be a product or a ratio, with its constant."""

    child: int
    first: int
    second: int
    is_ratio: bool
    factor: float
    error: float


def _triples(
    data: TrainingRows, rows: npt.NDArray[np.intp], columns: list[int], new: set[int]
) -> Iterator[_Triple]:
    """Find candidates by the variance of sums of logarithms."""
    cells = data.codes[rows][:, columns]
    logs = np.log(np.abs(cells))
    logs = logs[:, (varies := logs.std(axis=0) > _SMALLEST_RESIDUAL)]
    cells = cells[:, varies]
    columns = [j for j, is_in in zip(columns, varies, strict=True) if is_in]
    means = logs.mean(axis=0)
    covariance = np.atleast_2d(np.cov(logs, rowvar=False, bias=True))
    variances = np.diag(covariance)
    both = variances[:, np.newaxis] + variances
    upper = np.triu(np.ones(both.shape, dtype=bool), 1)
    other = ~np.eye(len(columns), dtype=bool)
    for y, child in enumerate(columns):
        step = data.schema.columns[child].step or 0.0
        rounding = float(np.sqrt(np.mean((0.3 * step / cells[:, y]) ** 2)))
        if child not in new or rounding > _LARGEST_ROUNDING:
            continue
        share = data.config.max_residual * np.sqrt(variances[y])
        limit = max(_SMALLEST_RESIDUAL, share, 1.5 * rounding)
        for is_ratio, sign, allowed in ((False, 1, upper), (True, -1, other)):
            shared = covariance[:, y, np.newaxis] + sign * covariance[y]
            residual = variances[y] + both + 2 * sign * covariance - 2 * shared
            fits = allowed & (residual <= limit**2)
            fits[y], fits[:, y] = False, False
            pairs = np.argwhere(fits)
            order = np.argsort(residual[fits], kind="stable")
            for a, b in pairs[order[: data.config.max_products]].tolist():
                factor = float(np.exp(means[y] - means[a] - sign * means[b]))
                error = float(np.sqrt(max(residual[a, b], 0.0) / len(rows)))
                factor *= float(np.sign(cells[0, [y, a, b]]).prod())
                error = max(6 * error, rounding**2, 1e-9)
                yield _Triple(child, columns[a], columns[b], is_ratio, factor, error)


def _fitted(data: TrainingRows, triple: _Triple) -> Formula | None:
    """Verify a candidate on all rows."""
    error = triple.error * abs(triple.factor)
    factor = simple_number(triple.factor, error, data.config.max_denominator)
    if not factor:
        return None
    sources = (triple.first, triple.second)
    formula = ProductFormula(
        triple.child, sources, is_ratio=triple.is_ratio, factor=factor
    )
    column = data.schema.columns[triple.child]
    return fit_formula(formula, column, data.codes, data.config)


def _without_chains(formulas: list[Formula]) -> list[Formula]:
    """Keep one formula per column, none of them with a determined source."""
    kept: list[Formula] = []
    for formula in sorted(formulas, key=lambda f: (f.column, f.sources)):
        determined = {one.column for one in kept}
        used = {source for one in kept for source in one.sources}
        if formula.column not in determined | used:
            if not determined & set(formula.sources):
                kept.append(formula)
    return kept


def find_extremes(data: TrainingRows, pool: Collection[int]) -> list[Formula]:
    r"""Find columns that are the smallest or the largest of several others.

    Parameters
    ----------
    data : TrainingRows
        Training rows.
    pool : collection of int
        Columns that can be determined, or sources.

    Returns
    -------
    formulas : list of Formula
        No determined column is a source.

    Notes
    -----
    The sources of a maximum are columns that never exceed it. One of them must equal
    it in every row. As few columns as possible are chosen, those first that equal it
    most often. Each of them must be the only one that equals it in :math:`r` of
    :math:`n` rows, with :math:`\log \binom{n}{r} \ge \log(d / a)` for :math:`d` columns
    and the level :math:`a`, so that no rare column is chosen by accident.
    """
    left = [
        j
        for j in pool
        if data.schema.columns[j].is_numeric or data.schema.columns[j].kind == "binary"
    ]
    codes, found = data.codes[:, left], []
    sample = data.sample(np.ones(len(codes), dtype=bool), left)
    for sign in (1.0, -1.0):
        signed = sign * codes
        few = signed[sample]
        for y, child in enumerate(left):
            beyond = (few > few[:, [y]]).any(axis=0)
            equal = few == few[:, [y]]
            beyond |= ~equal.any(axis=0)
            beyond[y] = True
            options = np.flatnonzero(~beyond)
            present = ~np.isnan(few[:, y])
            if len(options) < 2 or not equal[present][:, options].any(axis=1).all():
                continue
            chosen = _chosen(signed, y, options)
            formula = _extreme(data, child, [left[j] for j in chosen], sign > 0)
            if formula is not None:
                found.append(formula)
    return _without_chains(found)


def _chosen(
    cells: npt.NDArray[np.float64], y: int, options: npt.NDArray[np.intp]
) -> list[int]:
    """Choose few columns that equal a column in all rows, if there are any."""
    present = ~np.isnan(cells[:, y])
    child = cells[present, y][:, np.newaxis]
    values = cells[present][:, options]
    fits = ~(values > child).any(axis=0)
    equal = values[:, fits] == child
    places = options[fits].tolist()
    left, chosen = np.ones(len(equal), dtype=bool), []
    while left.any():
        gains = equal[left].sum(axis=0)
        if not gains.any():
            return []
        best = int(np.argmax(gains))
        chosen.append(best)
        left &= ~equal[:, best]
    for position in chosen[:]:
        others = [one for one in chosen if one != position]
        if others and equal[:, others].any(axis=1).all():
            chosen = others
    return sorted(places[position] for position in chosen)


def _extreme(
    data: TrainingRows, child: int, sources: list[int], is_max: bool
) -> Formula | None:
    """Verify a minimum or maximum, and check that it is no accident."""
    if len(sources) < 2:
        return None
    rows = data.distinct
    equal = data.codes[rows][:, sources] == data.codes[rows, child][:, np.newaxis]
    alone = equal[equal.sum(axis=1) == 1].sum(axis=0)
    level, d = np.log(data.config.false_alarm), np.log(data.n_columns)
    fewer = np.minimum(alone, len(rows) - alone)
    if (log_choose(len(rows), fewer) + level < d).any():
        return None
    if data.log_orders[child] + level < (len(sources) + 1) * (d + np.log(2)):
        return None
    formula = ExtremeFormula(child, tuple(sources), is_max=is_max)
    return fit_formula(formula, data.schema.columns[child], data.codes, data.config)
