"""Finding groups: two-valued columns of which exactly one, or at most one, is on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...table import Column, TableSchema, row_keys
from .._config import RelationConfig
from .._groups import SEPARATORS, ColumnGroup
from ._evidence import log_arrangements, log_choose


def find_groups(
    schema: TableSchema, codes: npt.NDArray[np.float64], config: RelationConfig
) -> tuple[ColumnGroup, ...]:
    r"""Find the groups of a table.

    Parameters
    ----------
    schema : TableSchema
        Columns of the table.
    codes : ndarray of shape (n, n_columns), dtype float64
        Training rows.
    config : RelationConfig
        Constants.

    Returns
    -------
    groups : tuple of ColumnGroup
        Without common columns, by first member. Of equal columns, at most one is a
        member, because the others are on in the same rows.

    Notes
    -----
    **Evidence.** Let :math:`n` be the number of different rows, and let :math:`n_j` of
    them have the column :math:`j` on. If the columns of a group were independent, all
    choices of :math:`n_j` rows for each column would be equally probable. The share of
    choices in which no row has two columns on is

    .. math:: \frac{n!}{n_0! \prod_j n_j!} \Big/ \prod_j \binom{n}{n_j},
        \quad n_0 = n - \sum_j n_j.

    Its negative logarithm is the evidence for the group. It must be at least
    :math:`\log(1 / a) + m \log k` for :math:`m` of :math:`k` two-valued columns,
    because there are at most :math:`k^m` such groups. Here :math:`a` is the level of
    false alarms. The evidence for two rare columns that never met is small.

    **Exactly one.** If moreover :math:`\sum_j n_j = n`, exactly one column is on in
    every row. Such groups are exact covers of the rows. They are found by a search in
    depth: take a row without a column, try each column that is on there and excludes
    those chosen, and turn back if the columns left cannot cover all rows.

    **At most one.** A column joins if it excludes all members, and if it were
    improbable that it never met them: with :math:`r` rows where a member is on, the
    probability is :math:`\binom{n - r}{n_j} / \binom{n}{n_j}`, which must be at most
    the level of false members, divided by :math:`k`.

    **Names.** Columns with a common beginning, such as ``job_cook`` and ``job_clerk``,
    are tried first, and then only one hypothesis per beginning is tested. So a rare
    level of a dropped-first coding stays with its group. If several groups of the table
    have such names, the table is one-hot encoded, and columns with names in this style
    that never met are a group too, even if they are rare. This is not done if there
    are columns in this style that meet. No name makes up for a row with two columns on.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.relations import RelationConfig, find_groups
    >>> from skpar.table import TableSchema
    >>> rng = np.random.default_rng(0)
    >>> table = pd.get_dummies(pd.DataFrame({"job": rng.choice(list("abc"), 300)}))
    >>> table["income"] = rng.normal(size=300)
    >>> schema = TableSchema.infer(table)
    >>> find_groups(schema, schema.encode(table), RelationConfig())[0].members
    (0, 1, 2)
    """
    first_rows = np.unique(row_keys(codes), return_index=True)[1]
    distinct = codes[np.sort(first_rows)]
    places = [
        j for j, column in enumerate(schema.columns) if _is_two_valued(column, codes, j)
    ]
    is_on = distinct[:, places] == codes[:, places].max(axis=0)
    if len(places) < 2:
        return ()
    names = [str(schema.names[j]) for j in places]
    finder = _GroupFinder(is_on, names, config)
    groups = [
        ColumnGroup.of_columns(schema, [places[j] for j in members], at_most, codes)
        for members, at_most in finder.find()
    ]
    return tuple(sorted(groups, key=lambda group: group.members))


def _is_two_valued(column: Column, codes: npt.NDArray[np.float64], j: int) -> bool:
    """Check whether a column has two values in training rows, off and on."""
    if column.may_be_missing:
        return False
    if column.levels is not None:
        if len(column.levels) != 2 or column.family not in ("bool", "number"):
            return False
        if not column.levels[0] < column.levels[1]:
            return False
    cells = codes[:, j]
    low, high = cells.min(), cells.max()
    return bool(low < high and ((cells == low) | (cells == high)).all())


@dataclass
class _GroupFinder:
    """Search among two-valued columns.

    Parameters
    ----------
    is_on : ndarray of shape (n, k), dtype bool
        Different rows.
    names : list of str
        Names of the columns.
    config : RelationConfig
        Constants.
    """

    is_on: npt.NDArray[np.bool_]
    names: list[str]
    config: RelationConfig

    def __post_init__(self) -> None:
        """Count how often each column is on, and which columns never meet."""
        cells = self.is_on.astype(np.float32)
        self.excludes = (cells.T @ cells) == 0
        self.counts = self.is_on.sum(axis=0)
        self.n, self.k = self.is_on.shape
        self.packed = np.ascontiguousarray(np.packbits(self.is_on, axis=0).T)
        self.rows_on = [rows.tobytes() for rows in self.packed]
        self.all_rows = np.packbits(np.ones(self.n, dtype=bool))
        self.free = np.ones(self.k, dtype=bool)
        self.found: list[list[int]] = []

    def find(self) -> Iterator[tuple[list[int], bool]]:
        """Find groups as lists of columns, and whether all may be off."""
        families = _families(self.names)
        for searched in (
            self._families(families, at_most=False),
            self._covers(),
            self._families(families, at_most=True),
            self._alike(families),
            self._cliques(),
        ):
            for members, at_most in searched:
                self.free[members] = False
                self.found.append(members)
                yield members, at_most

    def _evidence(self, members: Sequence[int]) -> float:
        """Evidence that the columns exclude each other."""
        counts = self.counts[list(members)]
        orders = log_arrangements([*counts, self.n - counts.sum()])
        return float(log_choose(self.n, counts).sum() - orders)

    def _is_evident(self, members: Sequence[int]) -> bool:
        """Check whether a group of a search over all columns is no accident."""
        needed = len(members) * np.log(self.k) - np.log(self.config.false_alarm)
        return self._evidence(members) >= needed

    def _families(
        self, families: list[list[int]], at_most: bool
    ) -> Iterator[tuple[list[int], bool]]:
        """Find groups of columns with a common beginning of their names."""
        needed = np.log(max(len(families), 1) / self.config.false_alarm)
        for family in families:
            first = {self.rows_on[j]: j for j in reversed(family) if self.free[j]}
            members = sorted(first.values())
            total = self.counts[members].sum()
            if len(members) < 2 or not (total < self.n if at_most else total == self.n):
                continue
            if self._never_meet(members) and self._evidence(members) >= needed:
                yield members, at_most

    def _never_meet(self, members: list[int]) -> bool:
        """Check whether all columns exclude each other."""
        excludes = self.excludes[members][:, members]
        return bool((excludes | np.eye(len(members), dtype=bool)).all())

    def _alike(self, families: list[list[int]]) -> Iterator[tuple[list[int], bool]]:
        """Find rare columns with names as those of the groups found so far."""
        ends = [self._beginning(members)[-1:] for members in self.found]
        for sign in sorted({end for end in ends if end}):
            if ends.count(sign) < self.config.min_alike:
                continue
            same = [f for f in families if self._beginning(f)[-1:] == sign]
            left = [family for family in same if self.free[family].all()]
            if all(map(self._never_meet, left)):
                for members in left:
                    if self.free[members].all():
                        yield members, bool(self.counts[members].sum() < self.n)

    def _beginning(self, members: Sequence[int]) -> str:
        """Find the common beginning of the names of columns."""
        names = [self.names[j] for j in members]
        return min((_common_beginning(names[0], n) for n in names[1:]), key=len)

    def _covers(self) -> Iterator[tuple[list[int], bool]]:
        """Find exact covers. Rare columns come first, as the finest split of rows."""
        steps = self.config.max_cover_steps
        for seed in np.argsort(self.counts, kind="stable").tolist():
            if self.free[seed] and steps > 0:
                cover, used = self._cover(seed, min(steps, self.config.max_seed_steps))
                steps -= used
                if cover and self._is_evident(cover):
                    yield sorted(cover), False

    def _cover(self, seed: int, max_steps: int) -> tuple[list[int], int]:
        """Find an exact cover with a column, empty if none; and count the steps."""
        stack = [([seed], self.excludes[seed] & self.free, self.packed[seed])]
        steps = 0
        while stack and steps < max_steps:
            steps += 1
            chosen, allowed, covered = stack.pop()
            left = self.all_rows & ~covered
            if not left.any():
                return chosen, steps
            union = np.bitwise_or.reduce(self.packed[allowed], axis=0, initial=0)
            if (left & ~union).any():
                continue
            row = int(np.argmax(np.unpackbits(left)))
            options = np.flatnonzero(allowed & self.is_on[row]).tolist()
            # The last one of the stack is tried first.
            for j in sorted(options, key=lambda j: self._distance(seed, j))[::-1]:
                rest = allowed & self.excludes[j]
                stack.append(([*chosen, j], rest, covered | self.packed[j]))
        return [], steps

    def _distance(self, seed: int, j: int) -> tuple[int, int]:
        """Order columns by the beginning of their names, then by their place."""
        common = len(_common_beginning(self.names[seed], self.names[j]))
        return -common, abs(seed - j)

    def _cliques(self) -> Iterator[tuple[list[int], bool]]:
        """Find columns of which at most one is on. Frequent columns come first."""
        needed = np.log(self.k / self.config.false_member)
        for seed in np.argsort(-self.counts, kind="stable").tolist():
            if not self.free[seed]:
                continue
            members, n_on = [seed], int(self.counts[seed])
            allowed = self.excludes[seed] & self.free
            never = log_choose(self.n, self.counts)
            while allowed.any():
                meets = never - log_choose(self.n - n_on, self.counts)
                options = np.flatnonzero(allowed & (meets >= needed)).tolist()
                if not options:
                    break
                best = min(options, key=lambda j: self._distance(seed, j))
                members.append(best)
                n_on += int(self.counts[best])
                allowed &= self.excludes[best]
            if len(members) > 1 and self._is_evident(members):
                yield sorted(members), n_on < self.n


def _common_beginning(one: str, two: str) -> str:
    """Find the common beginning of two names, up to its last separator."""
    length = 0
    for place, (a, b) in enumerate(zip(one, two, strict=False), start=1):
        if a != b:
            break
        if a in SEPARATORS:
            length = place
    return one[:length]


def _families(names: list[str]) -> list[list[int]]:
    """Columns by the beginnings of their names, the largest families first."""
    families: dict[str, list[int]] = {}
    for j, name in enumerate(names):
        for place, sign in enumerate(name, start=1):
            if sign in SEPARATORS and place < len(name):
                families.setdefault(name[:place], []).append(j)
    unique = {tuple(family): None for family in families.values() if len(family) > 1}
    return [list(family) for family in sorted(unique, key=lambda f: (-len(f), f))]
