"""Determined columns with a formula: sums, products, ratios, minima and maxima."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from ..table import Column, rounding_error
from ._config import RelationConfig
from ._determined import Determined

_SHOWN_SOURCES = 8
_FINEST_STEPS = 1_000_000
# Relative slack for the order of additions.
_SLACK = 1e-12
# Smaller distances to a half are rounding errors.
_HALF = 1e-9


@dataclass(frozen=True)
class Formula(Determined):
    """A column that equals a formula of others, within a tolerance.

    Parameters
    ----------
    step : float or None, default=None
        The value is rounded to a multiple of `step`. None if it is not rounded.
    tolerance : float, default=0.0
        Largest difference between a cell and the formula in a training row.
    half_up : bool, default=False
        Whether halves are rounded up, not to the even multiple.
    """

    step: float | None = None
    tolerance: float = 0.0
    half_up: bool = False

    def compute(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Compute the column, rounded."""
        values = self.unrounded(codes)
        if self.step is None:
            return values
        return to_multiples(values, self.step, self.half_up)

    @abstractmethod
    def unrounded(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Compute the formula without rounding.

        Parameters
        ----------
        codes : ndarray of shape (n, n_features), dtype float64
            Rows.

        Returns
        -------
        values : ndarray of shape (n,), dtype float64
        """

    def equal(
        self, cells: npt.NDArray[np.float64], computed: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        """Compare within the tolerance."""
        return np.abs(cells - computed) <= self.tolerance + _SLACK * np.abs(computed)


@dataclass(frozen=True)
class LinearFormula(Formula):
    """A weighted sum of columns, such as a total, a mean, or another unit.

    Parameters
    ----------
    coefficients : tuple of float
        One per source.
    intercept : float, default=0.0
        Constant term.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.relations import LinearFormula
    >>> mean = LinearFormula(2, (0, 1), coefficients=(0.5, 0.5))
    >>> mean.compute(np.array([[1.0, 2.0, 0.0]]))
    array([1.5])
    >>> mean.describe(["may", "june", "mean"])
    'mean = (may + june) / 2'
    """

    coefficients: tuple[float, ...] = ()
    intercept: float = 0.0

    def unrounded(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Compute the weighted sum."""
        # One term after the other: the result must not depend on the other rows.
        values = np.full(len(codes), 0.0)
        for j, coefficient in zip(self.sources, self.coefficients, strict=True):
            values += coefficient * codes[:, j]
        return values + self.intercept

    def describe(self, names: Sequence[Hashable]) -> str:
        """Write the sum with names."""
        divisor = _divisor(self.coefficients)
        weights = [value * divisor for value in self.coefficients]
        terms = [
            _term(w, str(names[j])) for w, j in zip(weights, self.sources, strict=True)
        ]
        if len(terms) > _SHOWN_SOURCES:
            terms = [*terms[:2], " + ...", terms[-1]]
        text = "".join(terms)
        text = text[3:] if text.startswith(" + ") else "-" + text[3:]
        if divisor > 1:
            text = f"({text}) / {divisor}"
        if self.intercept:
            text += _term(self.intercept, "")
        return f"{names[self.column]} = {text}"


@dataclass(frozen=True)
class ProductFormula(Formula):
    """A product or a ratio of two columns, times a constant.

    Parameters
    ----------
    is_ratio : bool, default=False
        Whether the first source is divided by the second.
    factor : float, default=1.0
        The constant.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.relations import ProductFormula
    >>> share = ProductFormula(2, (0, 1), step=1.0, is_ratio=True, factor=100.0)
    >>> share.compute(np.array([[80.0, 120.0, 0.0], [80.0, 0.0, 0.0]]))
    array([67., nan])
    >>> share.describe(["loan", "price", "share"])
    'share = 100 * loan / price'
    """

    is_ratio: bool = False
    factor: float = 1.0

    def unrounded(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Multiply or divide; unknown if a column is divided by 0."""
        first, second = codes[:, self.sources[0]], codes[:, self.sources[1]]
        if not self.is_ratio:
            return self.factor * first * second
        return self.factor * first / np.where(second == 0, np.nan, second)

    def describe(self, names: Sequence[Hashable]) -> str:
        """Write the product with names."""
        first, second = (str(names[j]) for j in self.sources)
        sign = "/" if self.is_ratio else "*"
        factor = "" if self.factor == 1 else f"{_number(self.factor)} * "
        return f"{names[self.column]} = {factor}{first} {sign} {second}"


@dataclass(frozen=True)
class ExtremeFormula(Formula):
    """The largest or the smallest of some columns.

    Parameters
    ----------
    is_max : bool, default=True
        Whether it is the largest.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.relations import ExtremeFormula
    >>> worst = ExtremeFormula(2, (0, 1))
    >>> worst.compute(np.array([[1.0, 2.0, 0.0], [np.nan, 2.0, 0.0]]))
    array([ 2., nan])
    >>> worst.describe(["may", "june", "worst"])
    'worst = max(may, june)'
    """

    is_max: bool = True

    def unrounded(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Take the largest or smallest; unknown if a source is missing."""
        cells = codes[:, self.sources]
        values: npt.NDArray[np.float64]
        values = cells.max(axis=1) if self.is_max else cells.min(axis=1)
        return values

    def describe(self, names: Sequence[Hashable]) -> str:
        """Write the extreme with names."""
        sources = ", ".join(str(names[j]) for j in self.sources)
        return f"{names[self.column]} = {'max' if self.is_max else 'min'}({sources})"


def to_multiples(
    values: npt.NDArray[np.float64], step: float, half_up: bool = False
) -> npt.NDArray[np.float64]:
    """Round to multiples of a step as they are written, such as 0.3 for 3 times 0.1."""
    numerator, denominator = fraction_of(step)
    places = values / step
    places = np.floor(places + 0.5 + _HALF) if half_up else np.rint(places)
    places += 0.0
    rounded: npt.NDArray[np.float64]
    rounded = places * numerator / denominator
    return rounded


def fraction_of(step: float) -> tuple[int, int]:
    """Write a step as a fraction: 0.1 is (1, 10)."""
    fraction = Fraction(step).limit_denominator(_FINEST_STEPS)
    return fraction.numerator, fraction.denominator


def fit_formula(
    formula: Formula,
    column: Column,
    codes: npt.NDArray[np.float64],
    config: RelationConfig,
    max_residual: float | None = None,
) -> Formula | None:
    """Verify a formula on all training rows, and learn its rounding and tolerance.

    Parameters
    ----------
    formula : Formula
        The candidate.
    column : Column
        The determined column.
    codes : ndarray of shape (n, n_features), dtype float64
        All training rows.
    config : RelationConfig
        Constants.
    max_residual : float, optional
        Largest difference as a share of the standard deviation.

    Returns
    -------
    fitted : Formula or None
        None if a row contradicts the formula, or if the column is missing in a row
        with all sources.
    """
    values = formula.unrounded(codes)
    known = ~np.isnan(values)
    cells, values = codes[known, formula.column], values[known]
    if not len(cells) or np.isnan(cells).any():
        return None
    share = config.max_residual if max_residual is None else max_residual
    spread, largest = float(cells.std()), float(np.abs(cells).max())
    slack = (_SLACK + 2 * rounding_error(column.coarse_dtype)) * largest
    gap = float(np.abs(cells - values).max())
    is_close = gap <= share * spread + slack
    step = column.step
    if step is not None and (is_close or step <= config.max_step_share * spread):
        for half_up in (False, True):
            rounded = to_multiples(values, step, half_up)
            if np.abs(cells - rounded).max() <= slack:
                return replace(formula, step=step, tolerance=slack, half_up=half_up)
        # Halves may have been rounded by another rule.
        if gap <= 0.5 * step + slack:
            return replace(formula, step=step, tolerance=step + slack)
    return replace(formula, tolerance=gap + slack) if is_close else None


def _divisor(coefficients: Sequence[float]) -> int:
    """Find k if all coefficients equal 1 / k; otherwise return 1."""
    first = coefficients[0]
    if len(coefficients) < 2 or not 0 < first < 1 or set(coefficients) != {first}:
        return 1
    divisor = round(1 / first)
    return divisor if divisor * first == 1 else 1


def _term(coefficient: float, name: str) -> str:
    """Write a term of a sum with its sign."""
    sign, size = (" - " if coefficient < 0 else " + "), abs(coefficient)
    if not name:
        return sign + _number(size)
    if size == 1:
        return sign + name
    fraction = Fraction(size).limit_denominator(_FINEST_STEPS)
    if fraction.numerator == 1 and float(fraction) == size:
        return f"{sign}{name} / {fraction.denominator}"
    return f"{sign}{_number(size)} * {name}"


def _number(value: float) -> str:
    """Write a number, as a fraction if it has no short decimals."""
    text = f"{value:.6g}"
    fraction = Fraction(value).limit_denominator(_FINEST_STEPS // 1000)
    if float(text) != value and float(fraction) == value:
        return f"{fraction.numerator}/{fraction.denominator}"
    return text
