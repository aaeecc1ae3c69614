"""Groups: two-valued columns that exclude each other, such as one-hot columns."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

from ..table import Column, TableSchema

NONE_ON = "none of these"
SEPARATORS = "_-=.:/ "
_LARGEST_CODE = 2**53


@dataclass(frozen=True)
class ColumnGroup:
    """Two-valued columns of which exactly one, or at most one, is on.

    A group is one feature with one level per column. The code of a level is the
    position of the column that is on. If the group allows it, one more level says that
    none is on. Other patterns, such as two columns on, are *broken*. Their codes are
    larger, and every pattern has its own.

    Parameters
    ----------
    members : tuple of int
        Positions of the columns in the table, ascending.
    off : tuple of float
        Code of each column that is off.
    on : tuple of float
        Code of each column that is on.
    at_most : bool
        Whether all columns may be off.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.relations import ColumnGroup
    >>> group = ColumnGroup((0, 1, 2), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    >>> group.compress(np.array([[0.0, 1.0, 0.0], [1.0, 1.0, 0.0]]))
    array([1., 4.])
    >>> group.expand(np.array([1.0, 4.0]))
    array([[0., 1., 0.],
           [1., 1., 0.]])
    """

    members: tuple[int, ...]
    off: tuple[float, ...]
    on: tuple[float, ...]
    at_most: bool = False

    @classmethod
    def of_columns(
        cls,
        schema: TableSchema,
        members: Sequence[int],
        at_most: bool = False,
        codes: npt.NDArray[np.float64] | None = None,
    ) -> ColumnGroup:
        """Make a group of columns; the larger of the two values means on.

        Parameters
        ----------
        schema : TableSchema
            Columns of the table.
        members : sequence of int
            Positions of two or more columns with two values each.
        at_most : bool, default=False
            Whether all columns may be off.
        codes : ndarray of shape (n, n_columns), dtype float64, optional
            Training rows, codes of the table. The schema knows the two values of a
            standardised column up to rounding errors only.

        Returns
        -------
        group : ColumnGroup
        """
        places = tuple(sorted(members))
        columns = [schema.columns[j] for j in places]
        ends = np.array([[c.low for c in columns], [c.high for c in columns]])
        if codes is not None:
            cells = codes[:, places]
            ends = np.array([cells.min(axis=0), cells.max(axis=0)])
        off, on = (tuple(end) for end in ends.tolist())
        return cls(places, off, on, at_most)

    @property
    def n_levels(self) -> int:
        """Number of levels; codes from this number on are broken patterns."""
        return len(self.members) + self.at_most

    def compress(self, cells: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Turn the cells of the columns into one code.

        Parameters
        ----------
        cells : ndarray of shape (..., n_members), dtype float64
            Codes of the columns.

        Returns
        -------
        codes : ndarray of shape (...), dtype float64
            NaN if a cell is neither on nor off, and for patterns with so many columns
            on that a float64 cannot hold their code.
        """
        is_on = cells == np.array(self.on)
        valid = (is_on | (cells == np.array(self.off))).all(axis=-1)
        n_on = is_on.sum(axis=-1)
        codes = np.where(n_on == 1, is_on.argmax(axis=-1), np.nan)
        if self.at_most:
            codes = np.where(n_on == 0, float(len(self.members)), codes)
        codes = np.where(valid, codes, np.nan)
        for place in map(tuple, np.argwhere(valid & np.isnan(codes))):
            codes[place] = self._broken_code(np.flatnonzero(is_on[place]).tolist())
        return codes

    def expand(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Turn codes into the cells of the columns.

        Parameters
        ----------
        codes : ndarray of shape (...), dtype float64
            Codes, none missing.

        Returns
        -------
        cells : ndarray of shape (..., n_members), dtype float64
        """
        is_on = codes[..., np.newaxis] == np.arange(len(self.members))
        for place in map(tuple, np.argwhere(self.is_broken(codes))):
            is_on[place] = False
            is_on[place][self.columns_on(float(codes[place]))] = True
        return np.where(is_on, np.array(self.on), np.array(self.off))

    def is_broken(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Check which codes are patterns that the group does not allow."""
        return np.asarray(codes >= self.n_levels)

    def columns_on(self, code: float) -> list[int]:
        """List the positions within the group of the columns that are on.

        Parameters
        ----------
        code : float
            A level or a broken pattern.

        Returns
        -------
        positions : list of int
            In ascending order.
        """
        if code < len(self.members):
            return [int(code)]
        if code < self.n_levels:
            return []
        return _subset(int(code) - self.n_levels, len(self.members), self.at_most)

    def _broken_code(self, positions: list[int]) -> float:
        """Code of a broken pattern."""
        code = self.n_levels + _rank(positions, len(self.members), self.at_most)
        return float(code) if code < _LARGEST_CODE else math.nan


def _sizes(n: int, skips_empty: bool) -> list[int]:
    """Sizes of the sets of columns that are on in broken patterns, in order."""
    return [
        size for size in range(n + 1) if size > 1 or (size == 0 and not skips_empty)
    ]


def _rank(positions: list[int], n: int, skips_empty: bool) -> int:
    """Compute the rank of a broken pattern: by size, then in colexicographic order."""
    smaller = (s for s in _sizes(n, skips_empty) if s < len(positions))
    rank = sum(math.comb(n, size) for size in smaller)
    return rank + sum(math.comb(p, i) for i, p in enumerate(positions, start=1))


def _subset(rank: int, n: int, skips_empty: bool) -> list[int]:
    """Find the broken pattern of a number; the inverse of `_rank`."""
    sizes = iter(_sizes(n, skips_empty))
    size = next(sizes)
    while rank >= math.comb(n, size):
        rank -= math.comb(n, size)
        size = next(sizes)
    positions = []
    for i in range(size, 0, -1):
        position = next(p for p in count(i - 1) if math.comb(p + 1, i) > rank)
        rank -= math.comb(position, i)
        positions.append(position)
    return positions[::-1]


@dataclass(frozen=True)
class GroupColumn(Column):
    """The feature of a group: a nominal column with one level per table column.

    Parameters
    ----------
    group : ColumnGroup
        The columns.
    """

    group: ColumnGroup = ColumnGroup((), (), ())

    def value_of(self, code: float) -> str | None:
        """Name the level of a code; for a broken pattern, all columns that are on."""
        assert self.levels is not None
        if np.isnan(code):
            return None
        on = [str(self.levels[place]) for place in self.group.columns_on(code)]
        return " + ".join(on) or NONE_ON

    @classmethod
    def of_group(
        cls,
        schema: TableSchema,
        group: ColumnGroup,
        seen: tuple[bool, ...],
        taken: Collection[Hashable] = (),
    ) -> GroupColumn:
        """Describe the feature of a group.

        Parameters
        ----------
        schema : TableSchema
            Columns of the table.
        group : ColumnGroup
            The group.
        seen : tuple of bool
            Whether each level occurs in a training row.
        taken : collection of label
            Names that the feature must not have. It is then named by all columns.

        Returns
        -------
        column : GroupColumn
        """
        names = [str(schema.names[j]) for j in group.members]
        name, levels = _name_and_levels(names)
        if name in taken:
            name, levels = " / ".join(names), names
        all_levels = (*levels, *([NONE_ON] if group.at_most else []))
        high = float(len(all_levels) - 1)
        dtype = np.dtype(object)
        return cls(
            name, "nominal", all_levels, 0.0, high, False, dtype, seen, group=group
        )


def names_taken(
    schema: TableSchema, groups: Sequence[ColumnGroup]
) -> frozenset[Hashable]:
    """Names that no group can have: those of columns, and those of several groups."""
    names = [str(name) for name in schema.names]
    short = Counter(
        _name_and_levels([names[j] for j in group.members])[0] for group in groups
    )
    return frozenset({*schema.names, *(name for name, n in short.items() if n > 1)})


def _name_and_levels(names: list[str]) -> tuple[str, list[str]]:
    """Name a group and its levels: "job" with "cook" for "job_cook" and so on."""
    prefix = os.path.commonprefix(names)
    while prefix and (prefix[-1] not in SEPARATORS or prefix in names):
        prefix = prefix[:-1]
    name = prefix.rstrip(SEPARATORS)
    if not name:
        return " / ".join(names), names
    return name, [one[len(prefix) :] for one in names]
