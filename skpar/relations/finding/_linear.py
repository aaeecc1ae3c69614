"""Finding exact linear relations: sums, means, differences, other units."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import inv, lstsq, pinvh, qr, solve_triangular

from .._formulas import Formula, LinearFormula, fit_formula
from ._evidence import TrainingRows, simple_number

# Smallest coefficient of standardised columns that is no rounding error.
_ZERO = 1e-8
_RIDGE = 1e-12


def find_linear(data: TrainingRows, pool: Collection[int]) -> list[Formula]:
    r"""Find columns that are weighted sums of others.

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
    **Exact relations.** The standardised columns are decomposed by QR with pivoting. If
    the diagonal falls below the largest residual, each column behind is a combination
    of the columns before, and the triangular factor gives its coefficients. Every such
    equation can be solved for each of its columns. The one with the simplest
    coefficients is the determined column, and is exchanged with a column before, so
    that no later equation uses it.

    **Rounded columns.** A mean that is rounded to whole numbers leaves residuals up to
    half a step. The inverse :math:`P` of the correlation matrix gives the regression of
    every column on all others: the residual variance is :math:`1 / P_{jj}`, and the
    coefficients are :math:`-P_{kj} / P_{jj}`. A column is a candidate if its residual
    is no larger than its rounding. Coefficients within a few standard errors of 0 are
    dropped.

    Coefficients become the simplest fractions within their error. All rows then verify
    the formula.
    """
    found: list[Formula] = []
    left = [j for j in pool if _is_number(data, j)]
    for rows, columns, new in blocks(data, np.isnan(data.codes), left):
        determined = {formula.column for formula in found}
        columns = [j for j in columns if j not in determined]
        sample = data.sample(rows, columns)
        if len(columns) < 2 or len(sample) <= data.config.rows_above_rank + 1:
            continue
        block = _Block.of_rows(data, sample, columns)
        for formula in _exact(data, block):
            if new & {formula.column, *formula.sources}:
                found.append(formula)
        determined = {formula.column for formula in found}
        rest = [j for j in block.columns if j not in determined]
        for formula in _rounded(data, _Block.of_rows(data, sample, rest)):
            if new & {formula.column, *formula.sources}:
                found.append(formula)
    return found


def blocks(
    data: TrainingRows, absent: npt.NDArray[np.bool_], columns: Sequence[int]
) -> Iterator[tuple[npt.NDArray[np.bool_], list[int], set[int]]]:
    """Split columns by the pattern of their missing cells.

    Parameters
    ----------
    data : TrainingRows
        Training rows.
    absent : ndarray of shape (n, n_columns), dtype bool
        Cells that formulas cannot use.
    columns : sequence of int
        Columns to split.

    Yields
    ------
    rows : ndarray of shape (n,), dtype bool
        Rows in which some columns are complete.
    columns : list of int
        Columns without an absent cell in these rows.
    new : set of int
        Columns of this pattern. The first block is of columns without absent cells.
    """
    patterns: dict[bytes, list[int]] = {}
    for j in columns:
        patterns.setdefault(np.packbits(absent[:, j]).tobytes(), []).append(j)
    order = sorted(
        patterns.values(), key=lambda same: (absent[:, same[0]].any(), -len(same))
    )
    for same in order[: data.config.max_patterns]:
        rows = ~absent[:, same[0]]
        gaps = np.flatnonzero(absent[rows].any(axis=0)).tolist()
        inside = [j for j in columns if j not in gaps]
        yield rows, inside, set(same)


def _is_number(data: TrainingRows, j: int) -> bool:
    """Check whether a column can be a source of a sum."""
    column = data.schema.columns[j]
    return column.is_numeric or column.kind == "binary"


@dataclass(frozen=True)
class _Block:
    """Standardised rows of complete columns.

    Parameters
    ----------
    columns : list of int
        Positions in the table.
    z : ndarray of shape (n, n_columns), dtype float64
        Standardised cells, divided by the root of n.
    means : ndarray of shape (n_columns,), dtype float64
        Means of the columns.
    spreads : ndarray of shape (n_columns,), dtype float64
        Standard deviations of the columns.
    """

    columns: list[int]
    z: npt.NDArray[np.float64]
    means: npt.NDArray[np.float64]
    spreads: npt.NDArray[np.float64]

    @classmethod
    def of_rows(
        cls, data: TrainingRows, rows: npt.NDArray[np.intp], columns: list[int]
    ) -> _Block:
        """Take the columns that vary in the rows."""
        cells = data.codes[rows][:, columns]
        means, spreads = cells.mean(axis=0), cells.std(axis=0)
        varies = spreads > 1e-12 * np.abs(cells).max(axis=0, initial=0.0)
        means, spreads = means[varies], spreads[varies]
        z = (cells[:, varies] - means) / spreads / np.sqrt(len(rows))
        kept = [j for j, is_in in zip(columns, varies, strict=True) if is_in]
        return cls(kept, z, means, spreads)


@dataclass(frozen=True)
class _Equation:
    """A column as a weighted sum, with the errors of its coefficients.

    Parameters
    ----------
    column : int
        Position of the column within the block.
    sources : list of int
        Positions of the sources within the block.
    weights : ndarray of shape (n_sources,), dtype float64
        Coefficients of standardised columns.
    error : float
        Largest error of a weight.
    """

    column: int
    sources: list[int]
    weights: npt.NDArray[np.float64]
    error: float

    def formulas(self, data: TrainingRows, block: _Block) -> Iterator[LinearFormula]:
        """Write it with simple coefficients, then with those that were measured."""
        spread = block.spreads[self.column]
        scales = spread / block.spreads[self.sources]
        real = (self.weights * scales).tolist()
        largest = data.config.max_denominator
        errors = np.maximum(self.error * scales, 1e-9 * np.abs(real))
        simple = [
            simple_number(value, error, largest)
            for value, error in zip(real, errors.tolist(), strict=True)
        ]
        means = block.means[self.sources]
        place = block.columns[self.column]
        sources = tuple(block.columns[j] for j in self.sources)
        if all(value is not None and value != 0 for value in simple):
            coefficients = tuple(value for value in simple if value is not None)
            rest = float(block.means[self.column] - means @ np.array(coefficients))
            slack = max(self.error * spread, 1e-9 * float(np.abs(means).max()))
            # Rounding halves up moves the mean of the residuals.
            step = data.schema.columns[place].step or 0.0
            near = 0.0 if abs(rest) <= 0.5 * step else None
            for intercept in (near, simple_number(rest, slack, largest)):
                if intercept is not None:
                    yield LinearFormula(
                        place, sources, coefficients=coefficients, intercept=intercept
                    )
        rest = float(block.means[self.column] - means @ np.array(real))
        yield LinearFormula(place, sources, coefficients=tuple(real), intercept=rest)

    def rank(self, data: TrainingRows, block: _Block) -> tuple[bool, bool, int]:
        """Order by the simplicity of coefficients; smaller is simpler."""
        place = block.columns[self.column]
        if len(self.sources) == 1:
            return False, False, -place
        values = self.weights * block.spreads[self.column] / block.spreads[self.sources]
        inverse = 1 / np.abs(values)
        is_simple = bool((np.abs(inverse - np.rint(inverse)) <= 1e-3 * inverse).all())
        return not is_simple, bool((values < 0).any()), -place


def _verified(data: TrainingRows, block: _Block, equation: _Equation) -> Formula | None:
    """Turn an equation into a formula that all rows keep."""
    members = [block.columns[j] for j in (equation.column, *equation.sources)]
    if not data.is_evident(members, len(equation.sources)):
        return None
    column = data.schema.columns[members[0]]
    config = data.config
    candidates = list(equation.formulas(data, block))
    for candidate in candidates:
        is_real = candidate is candidates[-1]
        share = config.max_real_residual if is_real else config.max_residual
        if is_real and column.step is not None:
            continue
        fitted = fit_formula(candidate, column, data.codes, config, share)
        if fitted is not None:
            return fitted
    return None


def _exact(data: TrainingRows, block: _Block) -> list[Formula]:
    """Find relations without residuals."""
    n, config = len(block.z), data.config
    if n <= config.rows_above_rank or len(block.columns) < 2:
        return []
    factor, order = qr(block.z, mode="r", pivoting=True)
    diagonal = np.abs(np.diag(factor))
    rank = int(np.count_nonzero(diagonal > config.max_residual))
    if rank in (0, len(order)) or n < rank + config.rows_above_rank:
        return []
    weights = solve_triangular(factor[:rank, :rank], factor[:rank, rank:])
    residuals = np.linalg.norm(factor[rank:, rank:], axis=0)
    errors = np.maximum(10 * residuals, _ZERO)
    weights[np.abs(weights) <= errors] = 0.0
    tableau = _Tableau(order[:rank].tolist(), order[rank:].tolist(), weights, errors)
    by_size = np.argsort(np.count_nonzero(weights, axis=0), kind="stable")
    for d in by_size.tolist():
        tableau.choose(data, block, d)
    found = (_verified(data, block, e) for e in tableau.equations(data, block))
    return [formula for formula in found if formula is not None]


@dataclass
class _Tableau:
    """Dependent columns as weighted sums of a basis.

    Parameters
    ----------
    basis : list of int
        Independent columns, as positions within the block.
    others : list of int
        Dependent columns.
    weights : ndarray of shape (n_basis, n_others), dtype float64
        Coefficients of standardised columns.
    errors : ndarray of shape (n_others,), dtype float64
        Largest error of the coefficients of each dependent column.
    """

    basis: list[int]
    others: list[int]
    weights: npt.NDArray[np.float64]
    errors: npt.NDArray[np.float64]

    def equations(self, data: TrainingRows, block: _Block) -> list[_Equation]:
        """List the equations of all numeric dependent columns."""
        equations = [self._equation(d) for d in range(len(self.others))]
        return [
            equation
            for equation in equations
            if equation.sources
            and data.schema.columns[block.columns[equation.column]].is_numeric
        ]

    def _equation(self, d: int) -> _Equation:
        """Read one equation."""
        places = np.flatnonzero(self.weights[:, d])
        sources = sorted((self.basis[b], float(self.weights[b, d])) for b in places)
        weights = np.array([weight for _, weight in sources])
        return _Equation(
            self.others[d], [b for b, _ in sources], weights, float(self.errors[d])
        )

    def choose(self, data: TrainingRows, block: _Block, d: int) -> None:
        """Solve an equation for the column with the simplest coefficients."""
        best: tuple[tuple[bool, bool, int], int] | None = None
        for b in [-1, *np.flatnonzero(self.weights[:, d]).tolist()]:
            other = self if b < 0 else self._exchanged(b, d)
            equation = other._equation(d)
            column = data.schema.columns[block.columns[equation.column]]
            if column.is_numeric and equation.sources:
                rank = equation.rank(data, block)
                if best is None or rank < best[0]:
                    best = rank, b
        if best is not None and best[1] >= 0:
            other = self._exchanged(best[1], d)
            self.basis, self.others = other.basis, other.others
            self.weights, self.errors = other.weights, other.errors

    def _exchanged(self, b: int, d: int) -> _Tableau:
        """Exchange a column of the basis with a dependent column."""
        pivot = self.weights[b, d]
        weights, errors = self.weights.copy(), self.errors.copy()
        errors[d] /= abs(pivot)
        weights[:, d] = -self.weights[:, d] / pivot
        weights[b, d] = 1 / pivot
        for e in np.flatnonzero(self.weights[b]).tolist():
            if e != d:
                share = self.weights[b, e]
                weights[b, e] = 0.0
                weights[:, e] += share * weights[:, d]
                errors[e] += abs(share) * errors[d]
                weights[np.abs(weights[:, e]) <= errors[e], e] = 0.0
        basis, others = self.basis.copy(), self.others.copy()
        basis[b], others[d] = others[d], basis[b]
        return _Tableau(basis, others, weights, errors)


def _rounded(data: TrainingRows, block: _Block) -> list[Formula]:
    """Find columns that were rounded after they were computed."""
    n, c = block.z.shape
    config = data.config
    if c < 2 or n < c + config.rows_above_rank:
        return []
    inverse = inv(block.z.T @ block.z + _RIDGE * np.eye(c))
    residuals = np.sqrt(n / (n - c) / np.diag(inverse))
    equations = []
    for j in range(c):
        column = data.schema.columns[block.columns[j]]
        if not column.is_numeric or column.step is None:
            continue
        step = column.step / block.spreads[j]
        if step <= config.max_step_share and residuals[j] <= 0.4 * step:
            equation = _regression(data, block, inverse, j, float(residuals[j]))
            if equation is not None:
                equations.append(equation)
    found: list[Formula] = []
    for equation in sorted(equations, key=lambda e: e.rank(data, block)):
        determined = {formula.column for formula in found}
        used = {source for formula in found for source in formula.sources}
        places = {block.columns[j] for j in equation.sources}
        if determined & places or block.columns[equation.column] in used:
            continue
        formula = _verified(data, block, equation)
        if formula is not None:
            found.append(formula)
    return found


def _regression(
    data: TrainingRows,
    block: _Block,
    inverse: npt.NDArray[np.float64],
    j: int,
    residual: float,
) -> _Equation | None:
    """Regress a column on the columns that it needs."""
    n = len(block.z)
    variances = np.diag(inverse) - inverse[:, j] ** 2 / inverse[j, j]
    errors = residual * np.sqrt(np.maximum(variances, 0.0) / n)
    weights = -inverse[:, j] / inverse[j, j]
    weights[j] = 0.0
    least = data.config.min_coefficient_errors
    sources = np.flatnonzero(np.abs(weights) > least * errors).tolist()
    if not sources or len(sources) + data.config.rows_above_rank > n:
        return None
    z = block.z[:, sources]
    weights = lstsq(z, block.z[:, j])[0]
    scale = np.linalg.norm(block.z[:, j] - z @ weights) / np.sqrt(n)
    spread = np.sqrt(np.linalg.norm(pinvh(z.T @ z), 2))
    error = float(data.config.min_coefficient_errors * scale * spread)
    return _Equation(j, sources, weights, error)
