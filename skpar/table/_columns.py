"""One column of a table: its kind, its levels and the encoding of its cells."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from ._cells import EXACT_LIMIT, Cells, Problems, as_python, family_of
from .frames import dtype_of, is_other_frame, plain_dtype

_SHOWN_LEVELS = 10
# Codes do not depend on this number: larger tables are read column by column.
_FEW_ROWS = 16
# Types of cells that are read, by the type of training cells: 1 and 0 are booleans.
_READ_AS = {
    "bool": frozenset({"bool", "number"}),
    "number": frozenset({"number"}),
    "string": frozenset({"string"}),
}


@dataclass(frozen=True)
class Column:
    """Properties of one column, inferred from its training cells.

    Parameters
    ----------
    name : Hashable
        Label of the column; "x0", "x1", ... for the columns of an ndarray.
    kind : {"continuous", "integer", "ordinal", "nominal", "binary"}
        Which new values the column can take. A float column is also "integer" if all
        its training values are whole, because counts become floats if cells are
        missing. Such a column changes to whole numbers only, but the original value of
        a person may be any number.
    levels : tuple or None
        Python values of a column with levels. The code of a level is its position.
        None for continuous and integer columns.
    low : float
        Smallest code in training; 0 for a column with levels.
    high : float
        Largest code in training; L - 1 for a column with L levels.
    may_be_missing : bool
        Whether a training cell was missing.
    dtype : numpy dtype or pandas ExtensionDtype
        The training dtype, which `build` restores.
    seen : tuple of bool or None
        Whether each level occurs in a training row. A person may have an unseen level,
        but nothing is known about it, and recourse never changes a cell to it. All True
        if the user listed the levels in order.
    missing_value : Any
        Value that `build` writes for a missing cell.
    step : float or None
        Changes lead to multiples of `step` only, such as 0.01 or 500. It is a whole
        number, at least 1, for an integer column. None if the training values show no
        step, and for a column with levels.
    few_values : tuple of float or None
        All values seen in training, in ascending order, if changes lead to these only.
        None if there may be others.

    See Also
    --------
    learn_grid : How `step` and `few_values` are learned.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.table._cells import Cells
    >>> from skpar.table._inference import infer_column
    >>> cells = Cells("job", np.array(["cook", "clerk"], dtype=object), np.arange(2))
    >>> column = infer_column(cells)
    >>> column.kind, column.levels, column.read(cells)
    ('nominal', ('clerk', 'cook'), array([1., 0.]))
    """

    name: Hashable
    kind: str
    levels: tuple[Any, ...] | None
    low: float
    high: float
    may_be_missing: bool
    dtype: Any
    seen: tuple[bool, ...] | None = None
    missing_value: Any = field(default=np.nan, compare=False)
    step: float | None = None
    few_values: tuple[float, ...] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Return the parameters, with a dtype of pandas as plain values."""
        state = {one.name: getattr(self, one.name) for one in fields(self)}
        if self.missing_value is pd.NA:
            del state["missing_value"]
        return {**state, "dtype": plain_dtype(self.dtype)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make the dtype again, and NA if there is no other missing value."""
        dtype = dtype_of(state["dtype"])
        vars(self).update({"missing_value": pd.NA, **state, "dtype": dtype})

    @property
    def is_numeric(self) -> bool:
        """Whether codes are numbers in the unit of the column, not level numbers."""
        return self.levels is None

    @property
    def storage_dtype(self) -> np.dtype[Any] | None:
        """Numpy dtype of the cells; None if there is none, as for pandas categories."""
        dtype = getattr(self.dtype, "numpy_dtype", self.dtype)
        return dtype if isinstance(dtype, np.dtype) else None

    @property
    def is_double_precision(self) -> bool:
        """Whether cells store all digits of a float64; False for narrower floats."""
        dtype = self.storage_dtype
        return dtype is None or dtype.kind != "f" or dtype.itemsize >= 8

    @property
    def coarse_dtype(self) -> np.dtype[Any] | None:
        """Numpy dtype of the cells if it is less precise than float64, else None."""
        return None if self.is_double_precision else self.storage_dtype

    def without_grid(self) -> Column:
        """Make a copy of a column of numbers that takes all (whole) numbers."""
        step = 1.0 if self.kind == "integer" else None
        return replace(self, step=step, few_values=None)

    def without_mask(self) -> Column:
        """Make a copy with floats for whole numbers that are masked, such as Int64."""
        if self.levels is not None or not types.is_extension_array_dtype(self.dtype):
            return self
        return replace(self, dtype=np.dtype(np.float64), missing_value=np.nan)

    @property
    def is_ordered(self) -> bool:
        """Whether a larger code means more (False < True for booleans)."""
        return self.kind != "nominal"

    @property
    def family(self) -> str | None:
        """Type of the present cells: "bool", "number" or "string"."""
        return "number" if self.levels is None else family_of(self.levels[0])

    def read(self, cells: Cells) -> npt.NDArray[np.float64]:
        """Convert cells to codes.

        Parameters
        ----------
        cells : Cells of n cells
            Their dtype may differ from training if all values are legal.

        Returns
        -------
        codes : ndarray of shape (n,) and dtype float64
            NaN where missing.
        """
        codes, problems = self.inspect(cells)
        cells.refuse(problems)
        return codes

    def inspect(self, cells: Cells) -> tuple[npt.NDArray[np.float64], Problems]:
        """Convert the cells that can be read, and say what is wrong with the others.

        Parameters
        ----------
        cells : Cells of n cells
            Their dtype may differ from training.

        Returns
        -------
        codes : ndarray of shape (n,) and dtype float64
            NaN for cells that are missing or cannot be read.
        problems : dict of int to str
            What is wrong with each cell that cannot be read, by its position.

        Raises
        ------
        ValueError
            If the dtype is unsupported, or holds only values of another type.
        """
        missing = cells.missing
        codes, problems = np.full(len(missing), np.nan), {}
        if not missing.all():
            foreign = self._foreign(cells)
            problems = {row: self._other_type(cells, row) for row in _rows(foreign)}
            read = self._numbers if self.is_numeric else self._places
            codes, others = read(cells.without(foreign))
            problems |= others
        if not self.may_be_missing:
            text = "the cell is missing, but no training cell was missing; fill it"
            problems |= dict.fromkeys(_rows(missing), text)
        return codes, problems

    def plain_code(self, value: Any) -> float | None:
        """Convert one cell of the usual type; None for all that need a closer look.

        Parameters
        ----------
        value : object
            A cell, as Python object.

        Returns
        -------
        code : float or None
            As `inspect` reads the cell. None if it is of another type or has a problem.
        """
        kind = type(value)
        if kind is float and value != value:
            return value if self.may_be_missing else None
        if kind not in self._plain_types:
            return None
        if self.levels is not None:
            place = self._place.get(value)
            return None if place is None else float(place)
        low, high = self._bounds
        if not low <= value <= high or not -EXACT_LIMIT < value < EXACT_LIMIT:
            return None
        if self._must_be_whole and value % 1:
            return None
        return float(value)

    @cached_property
    def _plain_types(self) -> frozenset[type]:
        """Types of Python objects that `plain_code` reads."""
        plain: dict[str | None, set[type]] = {
            "bool": {bool},
            "string": {str},
            "number": {int, float},
        }
        return frozenset(plain.get(self.family, ()))

    def _foreign(self, cells: Cells) -> npt.NDArray[np.bool_]:
        """Mark cells of another type; refuse a dtype of another type altogether."""
        foreign = cells.foreign(_READ_AS[self.family or "number"])
        if foreign.any() and cells.has_one_type:
            row = int(np.argmax(foreign))
            raise cells.error(self._other_type(cells, row), row)
        return foreign

    def _other_type(self, cells: Cells, row: int) -> str:
        """Say that a cell is of another type than training cells."""
        value = cells.value(row)
        family = family_of(value) or type(value).__name__
        return (
            f"{value!r} is a {family}, but training cells were {self.family}s "
            f"({self.kind}, dtype {self.dtype})"
        )

    @cached_property
    def _must_be_whole(self) -> bool:
        """Whether cells must be whole; a person may have 2.5 in a column of floats."""
        return self.kind == "integer" and not types.is_float_dtype(self.dtype)

    def _numbers(self, cells: Cells) -> tuple[npt.NDArray[np.float64], Problems]:
        """Read the cells of a continuous or integer column."""
        codes, problems = cells.finite_numbers()
        low, high = self._bounds
        beyond = (codes < low) | (codes > high)
        for row in _rows(beyond):
            problems[row] = (
                f"{cells.value(row)!r} is beyond the range that the training column "
                f"can hold, {low:g} to {high:g} ({self.kind}, dtype {self.dtype})"
            )
        codes[beyond] = np.nan
        if self._must_be_whole:
            broken = codes != np.rint(codes)
            broken &= ~np.isnan(codes)
            for row in _rows(broken):
                problems[row] = (
                    f"{cells.value(row)!r} is not a whole number, but the training "
                    f"column can hold only whole numbers (dtype {self.dtype})"
                )
            codes[broken] = np.nan
        return codes, problems

    def _places(self, cells: Cells) -> tuple[npt.NDArray[np.float64], Problems]:
        """Read the cells of a column with levels."""
        positions, values = cells.distinct()
        places = [self._place.get(value, -1) for value in values]
        codes = np.array([*places, np.nan], dtype=np.float64)[positions]
        unknown = codes < 0
        codes[unknown] = np.nan
        problems = {
            row: f"{values[positions[row]]!r} is not a level known from training; "
            f"known levels are {self.describe_levels()}; if the level is legal, train "
            "with a categorical dtype that lists it"
            for row in _rows(unknown)
        }
        return codes, problems

    def describe_levels(self) -> str:
        """Return the levels as text, at most the first ten."""
        known = [repr(level) for level in self._place]
        more = len(known) - _SHOWN_LEVELS
        shown = ", ".join(known[:_SHOWN_LEVELS])
        return f"{shown} and {more} more" if more > 0 else shown

    def build(self, codes: npt.NDArray[np.float64]) -> Any:
        """Convert codes to cells of the training dtype.

        Parameters
        ----------
        codes : ndarray of shape (n,) and dtype float64
            Level numbers must be whole. Other codes are rounded if the dtype of the
            column can hold only whole numbers.

        Returns
        -------
        cells : ndarray or pandas ExtensionArray of shape (n,)
            A new array that owns its memory.
        """
        missing = np.isnan(codes)
        if missing.any() and not self.may_be_missing:
            raise ValueError(f"Column {self.name!r} cannot have missing cells.")
        if self.levels is not None:
            return self.stock.take(
                np.where(missing, len(self.levels), codes).astype(np.intp)
            )
        values = np.rint(codes) if self._must_be_whole else codes
        if types.is_extension_array_dtype(self.dtype):
            return pd.array(values, dtype=self.dtype)
        if not types.is_object_dtype(self.dtype):
            return values.astype(self.dtype)
        cells = np.empty(len(values), dtype=object)
        number = int if self.kind == "integer" else float
        cells[~missing] = values[~missing].astype(number)
        cells[missing] = self.missing_value
        return cells

    def part(self, codes: npt.NDArray[np.float64]) -> tuple[Hashable, Any, Any]:
        """Convert codes to a column of a frame of any library.

        Parameters
        ----------
        codes : ndarray of shape (n,) and dtype float64
            As for `build`.

        Returns
        -------
        part : (Hashable, sequence, ndarray or None)
            The name of the column; its cells, or its levels; and if these are levels,
            the position of each cell's level, shape (n,) and dtype int64.
        """
        if self.levels is None:
            return self.name, self.build(codes), None
        places = np.where(np.isnan(codes), len(self.levels), codes)
        return self.name, self.levels, places.astype(np.intp)

    def holds(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Check for each code whether the training dtype can hold its value.

        Parameters
        ----------
        codes : ndarray of shape (n,) and dtype float64
            Numbers or level numbers, none missing.

        Returns
        -------
        fits : ndarray of shape (n,) and dtype bool
            Also False for levels that did not occur in training.
        """
        if self.seen is not None:
            return np.array(self.seen)[codes.astype(np.intp)]
        if self.levels is not None:
            return np.ones(len(codes), dtype=bool)
        low, high = self._bounds
        return (codes >= low) & (codes <= high)

    def value_of(self, code: float) -> Any:
        """Convert a code to its Python value: int, float, level, or None for NaN."""
        if np.isnan(code):
            return None
        if self.levels is not None:
            return self.levels[int(code)]
        if self._must_be_whole or (self.kind == "integer" and code % 1 == 0):
            return int(np.rint(code))
        return float(code)

    def code_of(self, value: Any) -> float:
        """Convert a level or number to its code; raise a ValueError otherwise."""
        if self.levels is not None:
            try:
                return float(self._place[value])
            except (KeyError, TypeError):
                raise ValueError(
                    f"Column {self.name!r} has no level {value!r}; known levels are "
                    f"{self.describe_levels()}."
                ) from None
        if family_of(value) != "number" or not np.isfinite(value):
            raise ValueError(
                f"Column {self.name!r} is {self.kind}, and {value!r} is not a finite "
                "number."
            )
        return float(value)

    @cached_property
    def _place(self) -> dict[Any, int]:
        """Code of each level."""
        assert self.levels is not None
        return {level: place for place, level in enumerate(self.levels)}

    @cached_property
    def stock(self) -> Any:
        """Levels, then the missing value if there is one, in the training dtype."""
        assert self.levels is not None
        missing = [self.missing_value] if self.may_be_missing else []
        values = [*self.levels, *missing]
        if types.is_extension_array_dtype(self.dtype):
            return pd.array(values, dtype=self.dtype)
        stock = np.empty(len(values), dtype=self.dtype)
        stock[:] = values
        return stock

    @cached_property
    def _bounds(self) -> tuple[float, float]:
        """Smallest and largest number that training dtype and float64 can both hold."""
        dtype = self.storage_dtype
        whole = EXACT_LIMIT - 1 if self.kind == "integer" else np.inf
        if dtype is not None and dtype.kind in "iu":
            limits = np.iinfo(dtype)
            return max(-whole, float(limits.min)), min(whole, float(limits.max))
        if dtype is not None and dtype.kind == "f":
            largest = float(np.finfo(dtype).max)
            return max(-whole, -largest), min(whole, largest)
        return -whole, whole


def _rows(mask: npt.NDArray[np.bool_]) -> list[int]:
    """Positions of the rows that a mask marks."""
    return np.flatnonzero(mask).tolist()


def read_few(columns: Sequence[Column], table: Any) -> npt.NDArray[np.float64] | None:
    """Read a table of few rows cell by cell, without the fixed costs of a column.

    Parameters
    ----------
    columns : sequence of Column
        The columns of the table.
    table : DataFrame or ndarray of shape (n, d)

    Returns
    -------
    codes : ndarray of shape (n, d) and dtype float64, or None
        None if there are more rows, or if a cell or dtype needs a closer look.
    """
    if not 0 < len(table) <= _FEW_ROWS or is_other_frame(table):
        return None
    if isinstance(table, pd.DataFrame):
        if not all(map(_is_plain, set(table.dtypes.tolist()))):
            return None
        cells = _python_cells(table)
    else:
        if not _is_plain(table.dtype):
            return None
        cells = table.tolist()
    codes = [
        [column.plain_code(value) for column, value in zip(columns, row, strict=True)]
        for row in cells
    ]
    if any(None in row for row in codes):
        return None
    return np.array(codes, dtype=np.float64)


def _python_cells(table: pd.DataFrame) -> list[list[Any]]:
    """Cells of a frame as Python objects, row by row."""
    if len(table) > 1:
        return table.to_numpy(dtype=object).tolist()
    return [[as_python(table.iat[0, j]) for j in range(table.shape[1])]]


def _is_plain(dtype: Any) -> bool:
    """Whether objects show all about the cells of a dtype."""
    if isinstance(dtype, np.dtype):
        return dtype.kind in "biuO" or (dtype.kind == "f" and dtype.itemsize <= 8)
    return isinstance(dtype, (pd.StringDtype, pd.CategoricalDtype))


def find_column(names: Sequence[Hashable], key: Hashable, *, by_number: bool) -> int:
    """Find a column by name, or by position if `by_number`."""
    if key in names:
        return names.index(key)
    if by_number and isinstance(key, (int, np.integer)) and not isinstance(key, bool):
        if 0 <= key < len(names):
            return int(key)
        last = len(names) - 1
        raise ValueError(f"There is no column {key}; columns are 0 to {last}.")
    close = difflib.get_close_matches(str(key), [str(name) for name in names])
    known = f"columns are {list(names)}"
    hint = f"did you mean {' or '.join(close)}?" if close else f"{known}."
    raise ValueError(f"Unknown column {key!r}; {hint}")
