"""Findings: columns of a table that are probably not what they seem."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._config import CheckConfig
from ._cells import CellCounts, Cells, as_python, columns_of

# Words of a column's name that say what its values are: the last word in English, or
# the last one before "of".
_PERSON_NAMES = frozenset(
    "account address card email iban id ids key mail mobile name passport phone "
    "policy ssn surname telephone uid uuid".split()
)
_NUMBER_NAMES = frozenset("id ids iban key no nr number phone ssn uid uuid".split())
_CODE_NAMES = frozenset(
    "branch category code codes country county department district ethnicity gender "
    "id ids industry key kind nationality occupation plz postal postcode product race "
    "region religion sector sex state status type zip zipcode".split()
)
# Numbers with these names are measurements, whatever their gaps are.
_QUANTITY_NAMES = frozenset(
    "age amount count day days dependents hours income months no num number price rate "
    "rooms salary score share size weeks year years".split()
)

_NUMBER = re.compile(
    r"(?=.*\d)\s*[-+]?[$€£]?\s?(0|[1-9]\d*|[1-9]\d{0,2}(,\d{3})+)?(\.\d*)?"
    r"([eE][-+]?\d+)?\s?%?\s*"
)
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_YEAR, _PART = r"(19|20)\d\d", r"(0?[1-9]|[12]\d|3[01])"
_DATE = re.compile(
    rf"\s*({_YEAR}[-/]{_PART}|{_YEAR}[-/.]{_PART}[-/.]{_PART}"
    rf"|{_PART}[-/.]{_PART}[-/.]({_YEAR}|\d\d)"
    rf"|({_PART}[-\s.]+)?{_MONTH}[-\s,]+({_PART},?\s+)?({_YEAR}|\d\d)"
    rf"|{_YEAR}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))([T\s]+\d?\d:\d\d.*)?\s*",
    re.IGNORECASE,
)
# 96 to 99, 996 to 999 and so on, and numbers that repeat one digit.
_SENTINEL = re.compile(r"9+[6-9]|7{2,}|8{2,}|(\d)\1{2,}")
_NEGATIVE_SENTINEL = re.compile(r"[1789]|9+[6-9]|7{2,}|8{2,}")


@dataclass(frozen=True)
class Finding:
    """One thing about a table that a person should look at.

    Parameters
    ----------
    column : Hashable
        Label of the column; None if the finding is not about a single column.
    finding : str
        What is found, in a few words.
    why : str
        Why it matters.
    remedy : str
        What to do.
    """

    column: Hashable
    finding: str
    why: str
    remedy: str


def find_in_columns(X: Any, config: CheckConfig | None = None) -> list[Finding]:
    """Look for columns that are probably not what they seem.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_samples, n_features)
        The raw table.
    config : CheckConfig, default=None
        Thresholds. None takes the defaults.

    Returns
    -------
    findings : list of Finding
        In the order of the columns.

    Raises
    ------
    ValueError
        If `X` has no rows or not two dimensions. Cells that cannot be used are
        findings.
    TypeError
        If `X` is sparse.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.table import find_in_columns
    >>> table = pd.DataFrame({"age": [31, 45, 52], "bank": ["A", "A", "A"]})
    >>> [(found.column, found.finding) for found in find_in_columns(table)]
    [('bank', 'constant')]
    """
    config = config or CheckConfig()
    return [
        finding for cells in columns_of(X) for finding in _find_in_column(cells, config)
    ]


def identifying_columns(X: Any, config: CheckConfig | None = None) -> list[Hashable]:
    """List the columns in which a value is mostly a single person's.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_samples, n_features)
        A table that the schema can read.
    config : CheckConfig, default=None
        Thresholds. None takes the defaults.

    Returns
    -------
    names : list of Hashable
        Labels of columns with identifiers, and of text that is nearly always distinct
        for another reason: free text, or numbers and dates stored as text.
    """
    config = config or CheckConfig()
    names = []
    for cells in columns_of(X):
        look = _Look(cells, config)
        if _text_identifies(look) if look.is_text else _numbers_identify(look):
            names.append(cells.name)
    return names


class _Look(CellCounts):
    """The present cells of a column, with what the tests need to know of them.

    Parameters
    ----------
    cells : Cells
        The column.
    config : CheckConfig
        Thresholds.
    """

    def __init__(self, cells: Cells, config: CheckConfig) -> None:
        super().__init__(cells)
        self.config = config

    @property
    def is_long(self) -> bool:
        """Whether there are enough cells to judge them."""
        return self.n_present >= self.config.min_cells

    @cached_property
    def is_sentinel(self) -> npt.NDArray[np.bool_]:
        """Whether each distinct number may be a sentinel, shape (n_distinct,)."""
        is_often = self.counts.to_numpy() >= self.config.sentinel_count
        form = is_often.copy()
        form[is_often] = [_has_sentinel_form(v) for v in self.numbers[is_often]]
        others = self.numbers[~form]
        if len(others) < self.config.min_values_beside:
            return np.zeros(len(form), dtype=bool)
        found = form.copy()
        found[form] = [_is_far(value, others) for value in self.numbers[form]]
        return found

    @cached_property
    def words(self) -> list[str]:
        """Words of the column's name, in lower case, up to "of"."""
        spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", str(self.cells.name))
        words = re.findall(r"[a-z]+", spaced.lower())
        return words[: words.index("of")] if "of" in words else words

    def is_named(self, names: frozenset[str]) -> bool:
        """Check whether the name of the column says that it holds such values."""
        return bool(self.words) and self.words[-1] in names

    def found(self, finding: str, why: str, remedy: str) -> Finding:
        """Make a finding about this column."""
        return Finding(self.cells.name, finding, why, remedy)


def _find_in_column(cells: Cells, config: CheckConfig) -> list[Finding]:
    """Look at one column; cells that ``fit`` would refuse are a finding too."""
    try:
        look = _Look(cells, config)
        if look.is_number:
            cells.numbers()
    except ValueError as error:
        finding = "cells that cannot be used"
        return [
            Finding(
                cells.name,
                finding,
                f"fit raises an error: {error}",
                "Convert or drop the column.",
            )
        ]
    constant = _constant(look)
    if constant is not None:
        return [constant]
    if not look.is_long:
        return []
    found = _in_text(look) if look.is_text else _in_numbers(look)
    return [finding for finding in found if finding is not None]


def _constant(look: _Look) -> Finding | None:
    """Find a column without information: one value, or nothing but missing cells.

    One value beside missing cells is a finding too. Whether the cell is filled may
    matter, but such a cell can only be filled, and this says nothing about the value.
    """
    if look.n_present == 0:
        return look.found(
            "all cells missing",
            "The column says nothing about people, and fit raises an error.",
            "Drop the column.",
        )
    if len(look.counts) > 1:
        return None
    value = as_python(look.counts.index[0])
    if look.n_present == len(look.cells.missing):
        return look.found(
            "constant",
            f"Every cell is {value!r}, so the column says nothing about people.",
            "Drop the column, or check how the rows were selected.",
        )
    return look.found(
        "one value beside missing cells",
        f"A cell is {value!r} or missing, so recourse can only fill it.",
        "If a missing cell means another value, such as 'no', write this value.",
    )


def _in_text(look: _Look) -> list[Finding | None]:
    """Look at text. The first of the tests that finds something counts."""
    for test in (_dates, _numbers_as_text, _free_text, _identifiers):
        finding = test(look)
        if finding is not None:
            return [finding]
    return []


def _in_numbers(look: _Look) -> list[Finding | None]:
    """Look at numbers. Identifiers and dates are neither codes nor sentinels."""
    if not look.is_whole:
        return [_sentinels(look)] if look.is_number else []
    for test in (_dates, _identifiers):
        finding = test(look)
        if finding is not None:
            return [finding]
    return [_sentinels(look), _codes(look)]


def _dates(look: _Look) -> Finding | None:
    """Find dates stored as text or as numbers such as 20240131.

    Nearly all cells have the form of a date: year, month and day in a common order, or
    month and year, with a time or without.
    """
    if look.is_text:
        share = look.share_of(_DATE)
    else:
        fits = [bool(_DATE.fullmatch(f"{value:.0f}")) for value in look.numbers]
        share = float(look.counts.to_numpy()[fits].sum() / look.n_present)
    if share < look.config.parsed_share:
        return None
    stored = "text" if look.is_text else "numbers"
    return look.found(
        f"dates stored as {stored}",
        "skpar takes them as levels without order, or as numbers with wrong distances.",
        "Convert them to numbers such as the days until the decision: "
        "(today - pd.to_datetime(...)).dt.days.",
    )


def _numbers_as_text(look: _Look) -> Finding | None:
    """Find numbers stored as text.

    Nearly all cells are numbers, also with a currency, thousands separators or a
    percent sign, and they have decimals or more distinct values than category codes.
    Numbers with leading zeros are codes, and so are those with the name of a code.
    Ordered categories are levels that the user chose.
    """
    if look.is_ordered or look.is_named(_CODE_NAMES | _NUMBER_NAMES):
        return None
    if look.share_of(_NUMBER) < look.config.parsed_share:
        return None
    parsed = _Look(_parsed(look), look.config)
    if len(parsed.counts) <= look.config.max_codes and parsed.is_whole:
        return None
    if _numbers_identify(parsed):
        return None
    return look.found(
        "numbers stored as text",
        "skpar takes them as levels without order, so it cannot compare them.",
        'Convert them with pd.to_numeric(..., errors="coerce").',
    )


def _parsed(look: _Look) -> Cells:
    """Read text as numbers; other text becomes a missing cell."""
    text = pd.Series(np.asarray(look.cells.values, dtype=object))
    plain = text.str.replace(r"[$€£,%\s]", "", regex=True)
    numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64)
    return Cells(look.cells.name, numbers, look.cells.rows)


def _free_text(look: _Look) -> Finding | None:
    """Find free text: the median cell has many words, and many cells are distinct."""
    if look.distinct_share < look.config.free_text_share:
        return None
    n_words = np.repeat([len(v.split()) for v in look.counts.index], look.counts)
    if np.median(n_words) < look.config.free_text_words:
        return None
    return look.found(
        "free text",
        "skpar takes every text as a level of its own, and may write the text of "
        "another person.",
        "Drop the column, or extract features from it.",
    )


def _identifiers(look: _Look) -> Finding | None:
    """Find columns that identify people, with text or whole numbers."""
    if not (_text_identifies(look) if look.is_text else _numbers_identify(look)):
        return None
    return look.found(
        "identifies people",
        f"{len(look.counts)} of {look.n_present} cells are distinct. The column says "
        "nothing about other people, and recourse would copy cells of single people.",
        "Drop the column; keep it as the index of the table.",
    )


def _text_identifies(look: _Look) -> bool:
    """Check whether nearly every cell of text is distinct.

    For e-mail addresses and for columns with a name such as "surname", a smaller share
    is enough.
    """
    if not (look.is_text and look.is_long):
        return False
    named = look.is_named(_PERSON_NAMES | _NUMBER_NAMES)
    config = look.config
    if not named and look.distinct_share >= config.named_distinct_share:
        named = look.share_of(re.compile(r"\S+@\S+")) >= config.parsed_share
    least = config.named_distinct_share if named else config.distinct_share
    return look.distinct_share >= least


def _numbers_identify(look: _Look) -> bool:
    r"""Check whether whole numbers identify people.

    Nearly all cells are distinct, and one of these holds: the column has a name such as
    "customer_id"; all numbers have the same large number of digits; or the numbers were
    drawn without replacement.

    Notes
    -----
    Measurements of n people on a range of R whole numbers are draws with replacement.
    They have at least :math:`n (n - 1) / 2 R` expected repeats, whatever their
    distribution is: the uniform distribution has the fewest. Identifiers have hardly
    any repeats. So incomes are no identifiers, because the same income occurs again,
    and numbers on a range too large for repeats are no identifiers for this reason.
    """
    config = look.config
    if not (look.is_number and look.is_long and look.is_whole):
        return False
    if look.distinct_share < config.distinct_share:
        return False
    low, high = look.numbers[0], look.numbers[-1]
    if look.is_named(_NUMBER_NAMES):
        return True
    digits = len(f"{low:.0f}")
    if low > 0 and len(f"{high:.0f}") == digits >= config.identifier_digits:
        return True
    n = look.n_present
    expected = n * (n - 1) / (2 * (high - low + 1))
    repeats = n - len(look.counts)
    is_unlikely = repeats <= config.repeat_ratio * expected
    return bool(expected >= config.expected_repeats and is_unlikely)


def _is_far(value: float, others: npt.NDArray[np.float64]) -> bool:
    """Check whether a number is far outside others, which are in ascending order."""
    low, high = others[0], others[-1]
    if value < low:
        return bool(low >= 0 or low - value > high - low)
    return bool(value - high > high - low)


def _has_sentinel_form(value: float) -> bool:
    """Check for -1, 99, 999 and so on."""
    if value != np.rint(value):
        return False
    pattern = _NEGATIVE_SENTINEL if value < 0 else _SENTINEL
    return bool(pattern.fullmatch(f"{abs(value):.0f}"))


def _sentinels(look: _Look) -> Finding | None:
    """Find numbers that stand for something else, such as 999 for "unknown".

    Such a number occurs often, has a typical form (-1, -9, 99, 999, 9998, 888), and is
    far outside the rest: its distance to the nearest other number exceeds the range of
    all others, or it is negative and no other number is. -1 must also be more frequent
    than 0, or 0 the most frequent of the others; otherwise it may be the end of a
    distribution.
    """
    found, others = look.numbers[look.is_sentinel], look.numbers[~look.is_sentinel]
    if found.tolist() == [-1.0] and not _is_peak(look):
        return None
    if not len(found):
        return None
    shown = " and ".join(f"{value:.0f}" for value in found)
    n = int(look.counts.to_numpy()[look.is_sentinel].sum())
    return look.found(
        f"{shown} may stand for unknown",
        f"It occurs in {n} rows, and all others lie between {others[0]:.6g} and "
        f"{others[-1]:.6g}. skpar takes it as a measurement.",
        "If it stands for unknown, replace it by NaN. If it is a limit of the source, "
        "such as a top code, exclude it with a Range rule.",
    )


def _is_peak(look: _Look) -> bool:
    """Check whether -1 stands out from the frequencies of the other numbers."""
    counts = dict(zip(look.numbers.tolist(), look.counts.tolist(), strict=True))
    own, zero = counts.pop(-1.0), counts.get(0.0, 0)
    return own > zero or zero == max(counts.values())


def _codes(look: _Look) -> Finding | None:
    """Find whole numbers that are probably category codes.

    The column has more than two distinct values, and one of these holds. Its name ends
    in a word such as "code", "zip" or "district". Or it has few distinct values, and
    between two frequent ones a number is absent: counts and amounts have no such gap.
    Multiples of a step, such as 12, 24 and 48 months, and columns with a name such as
    "hours" are no codes.
    """
    values = look.numbers[~look.is_sentinel]
    if len(values) <= 2:
        return None
    named = look.is_named(_CODE_NAMES)
    if not named and (look.is_named(_QUANTITY_NAMES) or not _has_gap(look)):
        return None
    return look.found(
        "probably category codes",
        f"The whole numbers {_shown(values)} look like names of categories. skpar "
        "takes them as amounts, and may write numbers between them.",
        "If so, name the column in categorical_features, or in ordinal_features if the "
        "categories have an order.",
    )


def _has_gap(look: _Look) -> bool:
    """Check for an absent number between two frequent ones, in few distinct values."""
    config = look.config
    values = look.numbers[~look.is_sentinel]
    counts = look.counts.to_numpy()[~look.is_sentinel]
    if len(values) > config.max_codes:
        return False
    gaps = np.diff(values)
    if np.gcd.reduce(gaps.astype(np.int64)) > 1:
        return False
    least = max(config.frequent_count, config.frequent_share * look.n_present)
    is_frequent = counts >= least
    return bool(((gaps > 1) & is_frequent[:-1] & is_frequent[1:]).any())


def _shown(values: npt.NDArray[np.float64]) -> str:
    """Show the first numbers."""
    first = ", ".join(f"{value:.0f}" for value in values[:4])
    return first if len(values) <= 4 else f"{first}, ..."
