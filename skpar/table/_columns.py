"""One column of a table: its kind and levels, and the coding of its cells."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from ._cells import EXACT_LIMIT, Cells, family_of

_SHOWN_LEVELS = 10


@dataclass(frozen=True)
class Column:
    """What is known about a column since training.

    Parameters
    ----------
    name : Hashable
        Label of the column; "x0", "x1", ... for the columns of an ndarray.
    kind : {"continuous", "integer", "ordinal", "nominal", "binary"}
        How the column may move. Floats whose training values are all whole numbers are
        integers too, because counts become floats where cells are missing: they move
        to whole numbers only, though a person's own value may be another.
    levels : tuple or None
        The Python values of a column with levels, where position is code. None for
        continuous and integer columns.
    low, high : float
        Smallest and largest code of training; 0 and L - 1 for L levels.
    may_be_missing : bool
        Whether a training cell was missing.
    dtype : numpy dtype or pandas ExtensionDtype
        The training dtype, which `build` restores.
    seen : tuple of bool or None
        Which levels a training row had; the others are legal for a person, but nothing
        is known of them and nobody is sent there. Levels that the user listed in order
        are all True.
    missing_value : Any
        What `build` writes for a missing cell.

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

    @property
    def is_numeric(self) -> bool:
        """Whether codes are numbers in their own unit, not level numbers."""
        return self.levels is None

    @property
    def storage_dtype(self) -> np.dtype[Any] | None:
        """Numpy dtype that holds the cells, if any: categories of pandas have none."""
        dtype = getattr(self.dtype, "numpy_dtype", self.dtype)
        return dtype if isinstance(dtype, np.dtype) else None

    @property
    def is_double_precision(self) -> bool:
        """Whether cells keep every digit of a float64: False for narrower floats."""
        dtype = self.storage_dtype
        return dtype is None or dtype.kind != "f" or dtype.itemsize >= 8

    @property
    def is_ordered(self) -> bool:
        """Whether a larger code means more (False < True for booleans)."""
        return self.kind != "nominal"

    @property
    def family(self) -> str | None:
        """What present cells are: "bool", "number" or "string"."""
        return "number" if self.levels is None else family_of(self.levels[0])

    def read(self, cells: Cells) -> npt.NDArray[np.float64]:
        """Turn cells into codes, by value and not by dtype.

        Parameters
        ----------
        cells : Cells of n cells
            They may have another dtype than in training where every value is legal.

        Returns
        -------
        codes : ndarray of shape (n,) and dtype float64
            NaN where missing.
        """
        missing = cells.missing
        if missing.all():
            codes = np.full(len(missing), np.nan)
        else:
            self._check_family(cells)
            codes = self._numbers(cells) if self.is_numeric else self._places(cells)
        if missing.any() and not self.may_be_missing:
            problem = "the cell is missing, but no training cell was; fill it in"
            raise cells.error(problem, missing)
        return codes

    def _check_family(self, cells: Cells) -> None:
        """Refuse strings for numbers and numbers for strings."""
        if (cells.family == "string") != (self.family == "string"):
            row = int(np.argmin(cells.missing))
            raise cells.error(
                f"{cells.value(row)!r} is a {cells.family}, but training cells were "
                f"{self.family}s ({self.kind}, dtype {self.dtype})",
                row,
            )

    @property
    def _must_be_whole(self) -> bool:
        """Whether no other numbers fit; a person may have 2.5 in a column of floats."""
        return self.kind == "integer" and not types.is_float_dtype(self.dtype)

    def _numbers(self, cells: Cells) -> npt.NDArray[np.float64]:
        """Read the cells of a continuous or integer column."""
        codes = cells.numbers()
        low, high = self._bounds
        with np.errstate(invalid="ignore"):
            beyond = (codes < low) | (codes > high)
            broken = (codes != np.rint(codes)) & ~cells.missing
        if beyond.any():
            row = int(np.argmax(beyond))
            raise cells.error(
                f"{cells.value(row)!r} is beyond what the training column could hold, "
                f"{low:g} to {high:g} ({self.kind}, dtype {self.dtype})",
                row,
            )
        if self._must_be_whole and broken.any():
            row = int(np.argmax(broken))
            raise cells.error(
                f"{cells.value(row)!r} is not whole, but the training column could "
                f"hold whole numbers only (dtype {self.dtype})",
                row,
            )
        return codes

    def _places(self, cells: Cells) -> npt.NDArray[np.float64]:
        """Read the cells of a column with levels."""
        positions, values = cells.distinct()
        places = [self._place.get(value, -1) for value in values]
        codes = np.array([*places, np.nan], dtype=np.float64)[positions]
        unknown = codes < 0
        if unknown.any():
            row = int(np.argmax(unknown))
            raise cells.error(
                f"{values[positions[row]]!r} is not a level known from training; known "
                f"levels are {self.describe_levels()}. If it is legal, train on a "
                "category that lists it",
                row,
            )
        return codes

    def describe_levels(self) -> str:
        """List the levels, the first ten at most."""
        known = [repr(level) for level in self._place]
        more = len(known) - _SHOWN_LEVELS
        shown = ", ".join(known[:_SHOWN_LEVELS])
        return f"{shown} and {more} more" if more > 0 else shown

    def build(self, codes: npt.NDArray[np.float64]) -> Any:
        """Turn codes into cells of the training dtype.

        Parameters
        ----------
        codes : ndarray of shape (n,) and dtype float64
            Level numbers must be whole; codes of columns whose dtype holds whole
            numbers only are rounded here.

        Returns
        -------
        cells : ndarray or pandas ExtensionArray of shape (n,)
            Owns its memory.
        """
        missing = np.isnan(codes)
        if missing.any() and not self.may_be_missing:
            raise ValueError(f"Column {self.name!r} has no missing cells to give.")
        if self.levels is not None:
            return self._stock.take(
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

    def holds(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Whether the training dtype can hold codes.

        Parameters
        ----------
        codes : ndarray of shape (n,) and dtype float64
            Numbers, or level numbers; not missing.

        Returns
        -------
        fits : ndarray of shape (n,) and dtype bool
            False for levels that training did not have.
        """
        if self.seen is not None:
            return np.array(self.seen)[codes.astype(np.intp)]
        if self.levels is not None:
            return np.ones(len(codes), dtype=bool)
        low, high = self._bounds
        return (codes >= low) & (codes <= high)

    def value_of(self, code: float) -> Any:
        """Python value of a code: int, float, level, or None for NaN."""
        if np.isnan(code):
            return None
        if self.levels is not None:
            return self.levels[int(code)]
        if self._must_be_whole or (self.kind == "integer" and code % 1 == 0):
            return int(np.rint(code))
        return float(code)

    def code_of(self, value: Any) -> float:
        """Code of a level or number; anything else is a ValueError."""
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
    def _stock(self) -> Any:
        """The levels, then the missing value if there is one, in the training dtype."""
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
        """Numbers that the training dtype can hold and float64 holds exactly."""
        dtype = self.storage_dtype
        whole = EXACT_LIMIT - 1 if self.kind == "integer" else np.inf
        if dtype is not None and dtype.kind in "iu":
            limits = np.iinfo(dtype)
            return max(-whole, float(limits.min)), min(whole, float(limits.max))
        if dtype is not None and dtype.kind == "f":
            largest = float(np.finfo(dtype).max)
            return max(-whole, -largest), min(whole, largest)
        return -whole, whole
