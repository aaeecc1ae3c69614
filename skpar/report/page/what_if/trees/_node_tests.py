"""What the nodes of trees compare, in cells that a person may change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .....classifier import TreeJudge
from .._choices import Choice
from ._cuts import Thresholds, find_cuts

# Thresholds this much beyond the ends of a range are not bisected.
_ROOM = 1e-3
_LARGEST = np.finfo(np.float64).max
# Trees write larger thresholds for "every number goes left".
_HUGE = 1e100


class NotExact(Exception):
    """The model cannot be written so that it decides as the classifier does."""


@dataclass(frozen=True)
class ListedTest:
    """A comparison of a cell with listed codes.

    Attributes
    ----------
    feature : int
        The feature.
    left : int
        The codes that go left, as bits.
    """

    feature: int
    left: int

    def divided(self, reachable: Any) -> tuple[Any, Any]:
        """Divide a set of codes, as bits, into those that go left and right."""
        return reachable & self.left or None, reachable & ~self.left or None

    def passes(self, rows: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Say which rows (n, n_features) go left; `codes` are the listed ones."""
        left = np.array([bool(self.left >> k & 1) for k in range(len(codes))])
        place = np.searchsorted(codes, rows[:, self.feature])
        return np.asarray(left[place])

    def plain(self) -> list[Any]:
        """Write the feature, and the positions of the codes that go left."""
        n_codes = self.left.bit_length()
        return [self.feature, [k for k in range(n_codes) if self.left >> k & 1]]


@dataclass(frozen=True)
class CutTest:
    """A comparison of a number with a cut.

    Attributes
    ----------
    feature : int
        The feature.
    cut : float
        The largest number that goes left.
    missing_left : bool
        Whether a missing cell goes left.
    """

    feature: int
    cut: float
    missing_left: bool

    def divided(self, reachable: Any) -> tuple[Any, Any]:
        """Divide the ends of a range, and whether a cell may be missing."""
        low, high, missing = reachable
        left = low, min(high, self.cut), missing and self.missing_left
        right = max(low, np.nextafter(self.cut, np.inf)), high, missing
        right = *right[:2], missing and not self.missing_left
        return _nonempty(left), _nonempty(right)

    def passes(self, rows: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Say which rows (n, n_features) go left; a range has no listed codes."""
        cells = rows[:, self.feature]
        return np.where(np.isnan(cells), self.missing_left, cells <= self.cut)

    def plain(self) -> list[Any]:
        """Write the feature, the cut, and where a missing cell goes."""
        cut = float(np.clip(self.cut, -_LARGEST, _LARGEST))
        return [self.feature, cut, int(self.missing_left)]


NodeTest = ListedTest | CutTest


def _nonempty(ends: tuple[float, float, bool]) -> tuple[float, float, bool] | None:
    """Return None for a range that holds nothing."""
    return ends if ends[0] <= ends[1] or ends[2] else None


def start_of(choice: Choice) -> Any:
    """Write what a person may try, as tests divide it."""
    if choice.is_range:
        return choice.low, choice.high, choice.may_be_missing
    return (1 << len(choice.codes)) - 1


class NodeTests:
    """The comparisons of all nodes.

    Parameters
    ----------
    judge : TreeJudge
        The trees, and how their inputs follow columns.
    own : ndarray of shape (n_features,), dtype float64
        Codes of the person.
    choices : sequence of Choice
        What may change.

    Attributes
    ----------
    of_node : dict of int to NodeTest
        The nodes that compare what may change.
    goes_left : ndarray of shape (n_nodes,), dtype bool
        Where the own row goes.

    Raises
    ------
    NotExact
        If an input does not follow its column as expected.
    """

    def __init__(
        self, judge: TreeJudge, own: np.ndarray, choices: Sequence[Choice]
    ) -> None:
        self._model, self._trees, self._own = judge.inputs, judge.trees, own
        self._fixed = self._inputs(own[np.newaxis])[0]
        inner = np.flatnonzero(self._trees.feature >= 0)
        self.goes_left = np.zeros(len(self._trees.feature), dtype=bool)
        cells = self._fixed[self._trees.feature[inner]]
        self.goes_left[inner] = self._trees.goes_left(inner, cells)
        self.of_node: dict[int, NodeTest] = {}
        self._add_lists([one for one in choices if not one.is_range])
        self._add_cuts([one for one in choices if one.is_range])

    def _inputs(self, rows: np.ndarray) -> np.ndarray:
        """Compute the inputs of rows (n, n_features)."""
        return self._model.values(rows, self._trees.precision)

    def _add_lists(self, lists: Sequence[Choice]) -> None:
        """Read the comparisons of features with listed codes."""
        sizes = [len(one.codes) for one in lists]
        rows = np.repeat(self._own[np.newaxis], sum(sizes), axis=0)
        ends = np.cumsum(sizes).tolist()
        blocks = [slice(end - size, end) for size, end in zip(sizes, ends, strict=True)]
        for one, block in zip(lists, blocks, strict=True):
            rows[block, one.feature] = one.codes
        if lists:
            inputs = self._inputs(rows)
            for one, block in zip(lists, blocks, strict=True):
                self.of_node |= self._listed(one, inputs[block])

    def _listed(self, choice: Choice, inputs: np.ndarray) -> dict[int, NodeTest]:
        """Read the comparisons of a feature, given the inputs at all its codes."""
        same = (inputs == self._fixed) | (np.isnan(inputs) & np.isnan(self._fixed))
        found: dict[int, NodeTest] = {}
        for number in np.flatnonzero(~same.all(axis=0)).tolist():
            nodes = np.flatnonzero(self._trees.feature == number)
            bits = np.zeros(len(nodes), dtype=object)
            for place, cell in enumerate(inputs[:, number].tolist()):
                cells = np.full(len(nodes), cell)
                bits += self._trees.goes_left(nodes, cells).astype(object) << place
            for node, left in zip(nodes.tolist(), bits.tolist(), strict=True):
                found[node] = ListedTest(choice.feature, int(left))
        return found

    def _add_cuts(self, ranges: Sequence[Choice]) -> None:
        """Read the comparisons of ranges: of each column, one input after another."""
        lines = {one.feature: self._lines(one) for one in ranges}
        for k in range(max(map(len, lines.values()), default=0)):
            some = [one for one in ranges if len(lines[one.feature]) > k]
            near = [self._thresholds(one, *lines[one.feature][k]) for one in some]
            wanted = [one for one in near if len(one.values)]
            precision = self._trees.precision
            cuts = find_cuts(self._model, self._own, wanted, precision)
            if cuts is None:
                raise NotExact
            exact = {
                one.number: dict(zip(one.values.tolist(), found.tolist(), strict=True))
                for one, found in zip(wanted, cuts, strict=True)
            }
            for choice, one in zip(some, near, strict=True):
                tests = self._cut_tests(choice, one, exact.get(one.number, {}))
                self.of_node |= dict(tests)

    def _lines(self, choice: Choice) -> list[tuple[int, float, float]]:
        """List the inputs that follow a column of numbers."""
        of_column = self._model.of_column
        lines = of_column.get(choice.feature, [])
        if any(slope <= 0.0 for _, slope, _ in lines):
            raise NotExact
        return lines

    def _thresholds(
        self, choice: Choice, number: int, slope: float, shift: float
    ) -> Thresholds:
        """List the thresholds of an input that a person can cross."""
        values = np.unique(self._trees.threshold[self._trees.feature == number])
        values = values[np.abs(values) < _HUGE]
        line = Thresholds(choice.feature, number, slope, shift, values, choice.is_whole)
        room = _ROOM * (np.abs(line.near) + abs(shift / slope))
        inside = (line.near >= choice.low - room) & (line.near <= choice.high + room)
        return line._replace(values=values[inside])

    def _cut_tests(
        self, choice: Choice, line: Thresholds, exact: dict[float, float]
    ) -> Iterator[tuple[int, NodeTest]]:
        """Read the comparisons of one input that follows a range of numbers."""
        nodes = np.flatnonzero(self._trees.feature == line.number)
        missing = np.zeros(len(nodes), dtype=bool)
        if choice.may_be_missing:
            row = self._own.copy()
            row[choice.feature] = np.nan
            cell = self._inputs(row[np.newaxis])[0, line.number]
            missing = self._trees.goes_left(nodes, np.full(len(nodes), cell))
        limits = self._trees.threshold[nodes].tolist()
        for node, limit, left in zip(
            nodes.tolist(), limits, missing.tolist(), strict=True
        ):
            cut = exact.get(limit, (limit - line.shift) / line.slope)
            yield node, CutTest(choice.feature, cut, left)
