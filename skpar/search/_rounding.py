"""Round numbers: the price of a digit, and rows with rounder numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .._search_config import SearchConfig
from ..actionability import Actionability, People
from ..classifier import PlattScale, Surrogate
from ..generator import Proposals
from ..objective import Objective
from ..table import round_to_tolerance, row_keys, same_cells

# Rounding errors of binary fractions are beyond this number of significant digits.
_PRECISION = 12


@dataclass(frozen=True)
class Rounding:
    r"""The price of the digits of answers, and rows near answers with fewer digits.

    Parameters
    ----------
    actionability : Actionability
        Rules and links. Rows are projected onto them.
    objective : Objective
        Gives the unit of the price.
    surrogate : Surrogate
        The surrogate of the classifier.
    calibration : PlattScale
        Turns margins of the surrogate into probabilities.
    config : SearchConfig
        Gives the price and the numbers of digits.

    Notes
    -----
    Digits count in changed cells of columns that take many numbers, without derived
    columns. The first significant digit of a number is free, and so are zeros before
    it, unless they are finer than the change: 0.0001 instead of 1.05 has four digits,
    and 0.05 instead of 0.3 has one. Each further digit costs `digit_price` times

    .. math:: w_p + w_e\, c(x, x') + w_s\, \|x \ne x'\|_0

    for the answer :math:`x'` of the person before rounding: the weight of plausibility,
    and the cost of the changes. So the price has the unit of the objective, whatever
    its weights and the unit of effort are. If all weights but that of effort are 0, a
    digit costs a fixed share of the effort.
    """

    actionability: Actionability
    objective: Objective
    surrogate: Surrogate
    calibration: PlattScale
    config: SearchConfig

    def prices(self, people: People, answers: np.ndarray) -> np.ndarray:
        """Compute the price of a digit for each person.

        Parameters
        ----------
        people : People
        answers : ndarray of shape (n_people, n_features), dtype float64
            Answers before rounding.

        Returns
        -------
        prices : ndarray of shape (n_people,), dtype float64
        """
        objective = self.objective
        effort = objective.effort.per_feature(people.codes, answers).sum(axis=1)
        changed = objective.count_changes(people.codes, answers)
        scale = objective.weights.plausibility + objective.change_cost(effort, changed)
        return objective.rounded(self.config.digit_price * scale)

    def count_digits(self, own: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Count the digits that cost something.

        Parameters
        ----------
        own : ndarray of shape (n, n_features), dtype float64
            Codes of the people.
        rows : ndarray of shape (n, n_features), dtype float64
            A row of each person.

        Returns
        -------
        counts : ndarray of shape (n,), dtype int64
        """
        counted = np.flatnonzero(self._is_counted)
        own, rows = own[:, counted], rows[:, counted]
        who, place = np.nonzero(~same_cells(own, rows))
        counts = np.zeros(len(rows), dtype=np.int64)
        if len(who):
            precision = self._precision[counted[place]]
            cells = rows[who, place]
            digits = digits_of_change(own[who, place], cells, precision)
            np.add.at(counts, who, digits - 1)
        return counts

    def propose(self, people: People, answers: np.ndarray) -> Proposals:
        """List rows near answers whose numbers have fewer digits.

        Parameters
        ----------
        people : People
        answers : ndarray of shape (n_people, n_features), dtype float64

        Returns
        -------
        proposals : Proposals
            Feasible rows. Either all numbers are rounded, or one. They are rounded to
            the nearest number of 1, 2 and 3 digits, towards the own value, and away
            from it.
        """
        own = people.codes
        before = self.count_digits(own, answers)
        who, rows = self._rounded_rows(own, answers)
        first = np.sort(np.unique(row_keys(rows, owner=who), return_index=True)[1])
        who, rows = who[first], rows[first]
        rows = self.actionability.project(people[who], rows)
        rounder = self.count_digits(own[who], rows) < before[who]
        rounder &= ~same_cells(rows, own[who]).all(axis=1)
        who, rows = who[rounder], rows[rounder]
        value = self.objective.upper_bound(own[who], rows)
        margin = round_to_tolerance(self.surrogate.decision_function(rows))
        chance = self.calibration.probability(margin)
        return Proposals(who, rows, value, chance, np.zeros(len(who)))

    def _rounded_rows(
        self, own: np.ndarray, answers: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Round answers in several ways: person (n,) and codes (n, n_features)."""
        is_open = self._is_counted & ~same_cells(own, answers) & ~np.isnan(answers)
        several = np.flatnonzero(is_open.sum(axis=1) > 1)
        is_above = ~(answers < own)
        owners, ways = [several[:0]], [answers[:0]]
        for digits in self.config.rounded_digits:
            down, up = _rounded(np.where(is_open, answers, 1.0), digits, own)
            near = np.where(answers - down <= up - answers, down, up)
            back, away = np.where(is_above, down, up), np.where(is_above, up, down)
            for one in (near, back, away):
                owners.append(several)
                ways.append(np.where(is_open, one, answers)[several])
            for j in np.flatnonzero(is_open.any(axis=0)):
                who = np.flatnonzero(is_open[:, j])
                for one in (down, up):
                    row = answers[who]
                    row[:, j] = one[who, j]
                    owners.append(who)
                    ways.append(row)
        who, rows = np.concatenate(owners), np.concatenate(ways)
        order = np.argsort(who, kind="stable")
        who, rows = who[order], rows[order]
        moved = ~same_cells(rows, answers[who]).all(axis=1)
        return who[moved], rows[moved]

    @cached_property
    def _is_counted(self) -> np.ndarray:
        """Features whose digits count, (n_features,), dtype bool."""
        return self.actionability.takes_many_numbers

    @cached_property
    def _precision(self) -> np.ndarray:
        """Number of digits that the cells of each feature hold, (n_features,)."""
        schema = self.actionability.schema
        dtypes = [column.coarse_dtype for column in schema.columns]
        return np.array(
            [_PRECISION if one is None else np.finfo(one).precision for one in dtypes]
        )


def significant_digits(
    values: np.ndarray, precision: int | np.ndarray = _PRECISION
) -> np.ndarray:
    """Count the significant digits of numbers.

    Parameters
    ----------
    values : ndarray of any shape, dtype float64
    precision : int or ndarray that broadcasts with values, default=12
        Number of digits that count; later digits are rounding errors.

    Returns
    -------
    digits : ndarray of the shape of values, dtype int64
        At least 1, also for 0 and NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.search._rounding import significant_digits
    >>> significant_digits(np.array([0.1 + 0.2, -1500.0, 15024.0, 0.0412478]))
    array([1, 2, 5, 6])
    """
    size = np.abs(np.nan_to_num(values))
    power = np.broadcast_to(precision, size.shape) - 1 - _exponent(size)
    number = np.rint(_shifted(size, power))
    tens = 10.0 ** np.arange(1, int(np.max(precision, initial=1)))
    n_zeros = (np.mod(number[..., None], tens) == 0.0).sum(axis=-1)
    return np.maximum(np.asarray(precision - n_zeros, dtype=np.int64), 1)


def digits_of_change(
    own: np.ndarray, values: np.ndarray, precision: int | np.ndarray = _PRECISION
) -> np.ndarray:
    """Count the digits of new numbers, and zeros that are finer than the change.

    Parameters
    ----------
    own : ndarray of any shape, dtype float64
        Old numbers; NaN if there are none.
    values : ndarray of the same shape, dtype float64
        New numbers.
    precision : int or ndarray that broadcasts with values, default=12
        Number of digits that count; later digits are rounding errors.

    Returns
    -------
    digits : ndarray of the shape of values, dtype int64
        The significant digits, or the powers of ten between the change and the last
        digit, if these are more. At least 1.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.search._rounding import digits_of_change
    >>> digits_of_change(np.array([1.05, 0.3, 5300.0]), np.array([0.0001, 0.05, 1.0]))
    array([4, 1, 3])
    """
    digits = significant_digits(values, precision)
    last = _exponent(np.abs(values)) - digits + 1
    below = np.where(values == 0.0, 0.0, _exponent_of_change(own, values) - last)
    return np.maximum(digits, below.astype(np.int64))


def _exponent_of_change(own: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Power of ten of the first digit of changes; none is large without old numbers."""
    with np.errstate(over="ignore"):
        change = np.abs(values - own)
    return np.where(np.isnan(change) | (change == 0.0), -300.0, _exponent(change))


def _rounded(
    values: np.ndarray, digits: int, own: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Round numbers down and up to a number of digits of the change from old ones."""
    power = digits - 1 - _exponent(np.abs(values))
    power = np.minimum(power, digits - _exponent_of_change(own, values))
    number = _shifted(values, power)
    # A number that is rounded already stays, whatever its binary rounding error.
    down, up = np.floor(number + 1e-9), np.ceil(number - 1e-9)
    return _shifted(down, -power), _shifted(up, -power)


def _exponent(size: np.ndarray) -> np.ndarray:
    """Power of ten of the first digit of positive numbers; 0 for 0."""
    exponent: np.ndarray = np.floor(np.log10(np.where(size > 0.0, size, 1.0)))
    return exponent.clip(-290.0, 308.0)


def _shifted(values: np.ndarray, power: np.ndarray) -> np.ndarray:
    """Multiply by powers of ten; 3 and -1 give exactly 0.3."""
    shifted: np.ndarray = values * 10.0 ** np.maximum(power, 0.0)
    return shifted / 10.0 ** np.maximum(-power, 0.0)
