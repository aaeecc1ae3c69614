"""Changes as sentences: verbs, names, and values with their units."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from string import Formatter

import numpy as np

from ..table import TableSchema
from ._phrases import Phrases, fields_of
from ._wording import (
    CHANGE,
    FILL,
    LOWER,
    RAISE,
    ColumnWords,
    Wording,
    level_text,
    words_of_columns,
)

# Sizes of numbers that are written without a power of ten.
_LEAST_PLAIN, _LARGEST_PLAIN = 1e-5, 1e16
_PLAIN_NUMBER = re.compile(r"(-?)(\d+)(\.\d+)?")
_FIXED_DECIMALS = re.compile(r"\.(\d+)([f%])$")


class Writer:
    """Write changes of codes in words.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    wording : Wording, default=None
        The words of the user.

    Attributes
    ----------
    phrases : Phrases
        The phrases.
    page : PagePhrases
        Those of the page.

    Raises
    ------
    ValueError
        For an unknown column or value, or a text that cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar import Wording
    >>> from skpar.table import TableSchema
    >>> from skpar.report._sentences import Writer
    >>> schema = TableSchema.infer(pd.DataFrame({"term": [12, 24], "sum": [5.5, 900]}))
    >>> units = {"term": "months", "sum": "$"}
    >>> writer = Writer(schema, Wording(names={"term": "the term"}, units=units))
    >>> writer.action(0, 24.0, 18.0)
    'lower the term from 24 to 18 months'
    >>> writer.action(1, 100.0, 2500.5)
    'raise sum from $100 to $2,500.5'
    """

    def __init__(self, schema: TableSchema, wording: Wording | None = None) -> None:
        if not isinstance(wording, Wording | None):
            raise TypeError(f"wording must be a Wording or None; got {wording!r}.")
        wording = wording or Wording()
        self.schema = schema
        self.phrases = wording.phrases or Phrases()
        self.page = self.phrases.page
        self._words = words_of_columns(schema, wording, self.phrases)

    def action(
        self,
        j: int,
        old: float,
        new: float,
        *,
        shown: str | None = None,
    ) -> str:
        """Write one change.

        Parameters
        ----------
        j : int
            The column.
        old : float
            Code before; NaN if a missing cell is filled.
        new : float
            Code after.
        shown : str, default=None
            What is written in place of the new value.

        Returns
        -------
        action : str
        """
        words, phrases = self._words[j], self.phrases
        before, after = self.values(j, old, new)
        if shown is not None:
            after = shown
        fields = {"name": words.name, "before": before, "after": after}
        if new in words.sentences:
            return words.sentences[new].format(**fields)
        kind = self._kind(j, old, new)
        if kind == FILL:
            return words.verbs.get(kind, phrases.fill).format(**fields)
        verbs = {RAISE: phrases.increase, LOWER: phrases.decrease}
        verb = words.verbs.get(kind, verbs.get(kind, phrases.change))
        if not fields_of(verb):
            usual = phrases.action_of_level if kind == CHANGE else phrases.action
            return usual.format(verb=verb.format(), **fields)
        if "difference" in fields_of(verb):
            fields["difference"] = self._difference(j, old, new)
        return verb.format(**fields)

    def actions(self, before: np.ndarray, after: np.ndarray, chosen: np.ndarray) -> str:
        """Write several changes of a row.

        Parameters
        ----------
        before : ndarray of shape (n_features,), dtype float64
            Codes before.
        after : ndarray of shape (n_features,), dtype float64
            Codes after.
        chosen : ndarray of shape (n_features,), dtype bool
            The columns to write.

        Returns
        -------
        actions : str
            Empty if no column is chosen.
        """
        places, phrases = np.flatnonzero(chosen).tolist(), self.phrases
        texts = [self.action(j, float(before[j]), float(after[j])) for j in places]
        return phrases.conjunction.join(texts)

    def consequence(self, j: int, old: float, new: float) -> str:
        """Write a change that follows from the others, with the arguments of `action`.

        Returns
        -------
        text : str
        """
        before, after = self._pair(j, old, new, exact=False)
        phrases, name = self.phrases, self.name(j)
        if np.isnan(old):
            return phrases.consequence_of_missing.format(name=name, after=after)
        return phrases.consequence.format(name=name, before=before, after=after)

    def shift(self, j: int, amount: float) -> str:
        """Write by how much a number changes: with a sign, its unit and three digits.

        Parameters
        ----------
        j : int
            The column.
        amount : float
            The new number minus the old one.

        Returns
        -------
        shift : str
        """
        words = self._words[j]
        if callable(words.number_format):
            words = replace(words, number_format=None)
        digits = np.format_float_positional(float(f"{abs(amount):.3g}"), trim="-")
        is_quantity = self._is_quantity(j, amount, amount)
        text, _ = _number(words, self.phrases, digits, True, is_quantity)
        return f"{'-' if amount < 0 else '+'}{self._with_unit(j, text)}"

    def name(self, j: int) -> str:
        """Name of a column for readers."""
        return self._words[j].name

    def values(
        self, j: int, old: float, new: float, *, each: bool = False
    ) -> tuple[str, str]:
        """Write two values of a column; the new one with all of its digits.

        Parameters
        ----------
        j : int
            The column.
        old : float
            Code before; may be NaN.
        new : float
            Code after.
        each : bool, default=False
            Whether a unit that stands after a number stands after both.

        Returns
        -------
        before : str
            Value before. Numbers with more than two decimals are rounded, but never so
            that they equal the new one or seem to lie on its other side. The unit is
            around it if the unit has a ``{}``.
        after : str
            Value after, as it is in the table, with the unit.
        """
        return self._pair(j, old, new, exact=True, each=each)

    def rounded(self, j: int, code: float) -> str:
        """Write a value that stands alone; numbers with decimals have few digits."""
        return self._pair(j, code, code, exact=False)[1]

    def number(self, j: int, number: float) -> str:
        """Write a number of the unit of a column, such as a mean, with six digits."""
        words = self._words[j]
        if callable(words.number_format):
            return words.number_format(number)
        digits = np.format_float_positional(float(f"{number:.6g}"), trim="-")
        is_exact = words.number_format is None
        is_quantity = self._is_quantity(j, number, number)
        text, _ = _number(words, self.phrases, digits, is_exact, is_quantity)
        return self._with_unit(j, text)

    def plain(self, j: int, number: float) -> str:
        """Write a number with its unit and all digits, but without labels and dates."""
        pattern, factor = self.pattern(j)
        is_quantity = self._is_quantity(j, number, number)
        text = localized(f"{factor * number:.12g}", self.phrases, is_quantity)
        return pattern.replace("{}", text)

    def bound(self, j: int, number: float, *, has_unit: bool = True) -> str:
        """Write a bound of a rule, maybe by the function of the user, as a date."""
        words = self._words[j]
        if callable(words.number_format):
            return words.number_format(number)
        text, unit = self.plain(j, number), words.unit
        return text if has_unit or not unit else text.removesuffix(f" {unit}")

    def ends(self, j: int, low: float, high: float) -> tuple[str, str]:
        """Write the ends of an interval; an infinite one is empty.

        A unit that stands after a number stands after the second end alone.
        """
        least, most = (
            self.values(j, end, end)[1] if np.isfinite(end) else ""
            for end in (low, high)
        )
        unit = self._words[j].unit
        if least and most and unit and "{}" not in unit:
            least = least.removesuffix(f" {unit}")
        return least, most

    def interval(self, j: int, low: float, high: float) -> str:
        """Write an interval of a number; an end is infinite if it is open."""
        name, phrases = self.name(j), self.phrases
        least, most = self.ends(j, low, high)
        if low == high:
            return phrases.region_of_value.format(name=name, value=most)
        if not least and not most:
            return phrases.region_without_ends.format(name=name)
        if not least:
            return phrases.region_below.format(name=name, high=most)
        if not most:
            return phrases.region_above.format(name=name, low=least)
        return phrases.region_between.format(name=name, low=least, high=most)

    def pattern(self, j: int) -> tuple[str, float]:
        """Describe how a number of a column is written where Python does not run.

        Parameters
        ----------
        j : int
            A column of numbers.

        Returns
        -------
        pattern : str
            With ``{}`` for the number.
        factor : float
            By what the number is multiplied: 100 for per cent.
        """
        before, after, factor = "", "", 1.0
        number_format = self._words[j].number_format
        if isinstance(number_format, str):
            for literal, name, spec, _ in Formatter().parse(number_format):
                if name is None:
                    after += literal
                    continue
                before = literal
                if (spec or "").endswith("%"):
                    factor, after = 100.0, "%"
        return self._with_unit(j, f"{before}{{}}{after}"), factor

    def _kind(self, j: int, old: float, new: float) -> str:
        """Kind of a change: a key of verbs."""
        column, labels = self.schema.columns[j], self._words[j].labels
        if np.isnan(old):
            return FILL
        named = column.is_numeric and old in labels and new in labels
        if named or column.kind == "binary" or not column.is_ordered:
            return CHANGE
        return RAISE if new > old else LOWER

    def _pair(
        self, j: int, old: float, new: float, exact: bool, each: bool = False
    ) -> tuple[str, str]:
        """Write two values; the new one is exact, or has as few digits as the old."""
        words = self._words[j]
        is_quantity = self._is_quantity(j, old, new)
        before, low = self._value(j, old, False, is_quantity)
        after, high = self._value(j, new, exact, is_quantity)
        is_number = self.schema.columns[j].is_numeric and not np.isnan(old)
        # A rounded number must not seem to lie on the other side.
        if is_number and np.sign(low - high) != np.sign(old - new):
            before, _ = self._value(j, old, True, is_quantity)
            after, _ = self._value(j, new, True, is_quantity)
        if words.unit and "{}" not in words.unit:
            is_named = new in words.labels
            if not is_named:
                after = f"{after} {words.unit}"
            if (is_named or each) and old not in words.labels and not np.isnan(old):
                before = f"{before} {words.unit}"
        return before, after

    def _is_quantity(self, j: int, old: float, new: float) -> bool:
        """Whether thousands have a mark in both values; a year has none."""
        is_large = self.schema.columns[j].is_numeric and max(abs(old), abs(new)) >= 1e4
        return is_large or bool(self._words[j].unit)

    def _value(
        self, j: int, code: float, exact: bool, is_quantity: bool
    ) -> tuple[str, float]:
        """Write a value, with a unit that has braces; and the number that is shown."""
        words, column = self._words[j], self.schema.columns[j]
        if np.isnan(code):
            return words.missing, code
        if code in words.labels:
            return words.labels[code], code
        if not column.is_numeric:
            return level_text(self.schema.value_of(j, code)), code
        digits = self._exact(j, code)
        if callable(words.number_format):
            return words.number_format(self.schema.value_of(j, code)), code
        text, shown = _number(words, self.phrases, digits, exact, is_quantity)
        return (words.unit.replace("{}", text) if "{}" in words.unit else text), shown

    def _with_unit(self, j: int, text: str) -> str:
        """Add the unit of a column to a number that stands alone."""
        unit = self._words[j].unit
        if "{}" in unit:
            return unit.replace("{}", text)
        return f"{text} {unit}" if unit else text

    def _difference(self, j: int, old: float, new: float) -> str:
        """Write by how much a number rises or falls, with the unit."""
        words = self._words[j]
        digits = abs(Decimal(self._exact(j, new)) - Decimal(self._exact(j, old)))
        if callable(words.number_format):
            words = replace(words, number_format=None)
        text, _ = _number(
            words,
            self.phrases,
            f"{digits.normalize():f}",
            exact=True,
            is_quantity=self._is_quantity(j, old, new),
        )
        return self._with_unit(j, text)

    def _exact(self, j: int, code: float) -> str:
        """Write a number as it is in the table."""
        value = self.schema.value_of(j, code)
        if not isinstance(value, float):
            return str(value)
        dtype = self.schema.columns[j].coarse_dtype or np.dtype(np.float64)
        if value and not _LEAST_PLAIN <= abs(value) < _LARGEST_PLAIN:
            return str(dtype.type(value))
        return np.format_float_positional(dtype.type(value), trim="-")


def localized(text: str, phrases: Phrases, is_quantity: bool) -> str:
    """Write a number with the marks of a language.

    Parameters
    ----------
    text : str
        The number, as Python writes it.
    phrases : Phrases
        The marks.
    is_quantity : bool
        Whether four digits have a mark between thousands; a year has none.

    Returns
    -------
    text : str

    Examples
    --------
    >>> from skpar import Phrases
    >>> from skpar.report._sentences import localized
    >>> localized("12345.5", Phrases(), False), localized("1990", Phrases(), False)
    ('12,345.5', '1990')
    >>> localized("1990", Phrases.german(), True)
    '1.990'
    """
    plain = _PLAIN_NUMBER.fullmatch(text)
    if plain is not None and len(plain[2]) >= (4 if is_quantity else 5):
        text = f"{plain[1]}{int(plain[2]):,}{plain[3] or ''}"
    return _with_marks(text, phrases)


def _number(
    words: ColumnWords, phrases: Phrases, digits: str, exact: bool, is_quantity: bool
) -> tuple[str, float]:
    """Write a number given by all of its digits, and return the number shown."""
    value = int(digits) if digits.lstrip("-").isdigit() else float(digits)
    if not isinstance(words.number_format, str):
        text = digits if exact else _few_digits(digits)
        return localized(text, phrases, is_quantity), float(text)
    before, spec, after = "", "", ""
    for literal, name, found, _ in Formatter().parse(words.number_format):
        if name is None:
            after += literal
        else:
            before, spec = literal, found or ""
    if exact:
        spec = _with_decimals(spec, digits)
    decimals = _FIXED_DECIMALS.search(spec)
    shown = float(value)
    if exact and decimals is None and _loses_digits(value, spec):
        return f"{before}{localized(digits, phrases, is_quantity)}{after}", shown
    if decimals is not None:
        shown = round(shown, int(decimals[1]) + 2 * (decimals[2] == "%"))
    text = _with_marks(format(value, spec), phrases)
    if spec.endswith("%"):
        text = phrases.units.get("%", "{}%").replace("{}", text[:-1])
    return f"{before}{text}{after}", shown


def _loses_digits(value: float, spec: str) -> bool:
    """Whether a format with significant digits shows another number."""
    if spec[-1:] not in tuple("eEgG"):
        return False
    return float(format(value, spec).replace(",", "").replace("_", "")) != value


def _with_marks(text: str, phrases: Phrases) -> str:
    """Replace the marks of a number as Python writes it."""
    marks = {",": phrases.group_mark, ".": phrases.decimal_mark}
    return "".join(marks.get(sign, sign) for sign in text)


def _with_decimals(spec: str, digits: str) -> str:
    """Give a format as many decimals as a number has."""
    found = _FIXED_DECIMALS.search(spec)
    if found is None:
        return spec
    exponent = Decimal(digits).normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    n = max(int(found[1]), -exponent - 2 * (found[2] == "%"))
    return f"{spec[: found.start()]}.{n}{found[2]}"


def _few_digits(digits: str) -> str:
    """Round a number with more than two decimals to three digits, or to a whole."""
    value = float(digits)
    if len(digits.partition(".")[2]) <= 2 and "e" not in digits:
        return digits
    return f"{value:.3g}" if abs(value) < 999.5 else f"{value:.0f}"
