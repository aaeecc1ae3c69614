"""Judges: which cells of a grid hold accepted rows only, and how this is known."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..linear import LinearScore
from ._axes import Axis, Cells
from ._inputs import ModelInputs
from ._trees import FreeInput, Trees

# Of a score that was computed in another order, as a share of its largest terms.
_DOUBLE_ERROR, _SINGLE_ERROR = 1e-9, 1e-4
# Shares of the way from the edge to the value at which cuts are made.
_NEAR_EDGE = np.array([1e-7, 1e-4, 1e-2])


class Judge(ABC):
    """Says which cells around a row hold accepted rows only."""

    is_certain = True
    """Whether it holds for every value in a cell, not only for values tried."""

    @abstractmethod
    def cells(self, row: np.ndarray, axes: Sequence[Axis]) -> list[Cells]:
        """Cut the axes into cells.

        Parameters
        ----------
        row : ndarray of shape (n_features,), dtype float64
            Codes of an accepted row.
        axes : sequence of Axis
            Its numbers that may stray.

        Returns
        -------
        cells : list of Cells
            For each axis. One cell has the value of the row alone, if possible.
        """

    @abstractmethod
    def permitted(
        self, row: np.ndarray, axes: Sequence[Axis], cells: Sequence[Cells]
    ) -> np.ndarray:
        """Check the cells of a grid.

        Parameters
        ----------
        row : ndarray of shape (n_features,), dtype float64
        axes : sequence of Axis
        cells : sequence of Cells

        Returns
        -------
        permitted : ndarray of shape (n_cells of each axis), dtype bool
            True only if all rows of a cell are accepted.
        """


@dataclass(frozen=True)
class LinearJudge(Judge):
    """Bounds a linear score over cells: it is smallest at an end of each axis.

    Parameters
    ----------
    score : LinearScore
        Rows with a positive score are accepted.
    is_double : bool
        Whether the classifier computes in double precision.
    n_values : int
        Number of values of an axis to try.
    """

    score: LinearScore
    is_double: bool
    n_values: int

    def cells(self, row: np.ndarray, axes: Sequence[Axis]) -> list[Cells]:
        """Cut the axes at even values, and where the score is 0."""
        score, total = self.score, float(self._bound(row).sum())
        cut = []
        for axis in axes:
            values = axis.spread(self.n_values)
            ends = np.array([0.0, 1.0])
            parts = score.contribution(axis.column, ends)
            slope = float(parts[1] - parts[0])
            if slope:
                edge = axis.value - np.sign(slope) * total / abs(slope)
                near = axis.feasible(edge + (axis.value - edge) * _NEAR_EDGE)
                values = np.union1d(values, near)
            cut.append(Cells.of_points(values))
        return cut

    def permitted(
        self, row: np.ndarray, axes: Sequence[Axis], cells: Sequence[Cells]
    ) -> np.ndarray:
        """Compare the smallest score of each cell with the rounding error."""
        fixed = np.ones(len(row), dtype=bool)
        fixed[[axis.column for axis in axes]] = False
        terms = self.score.contributions(row[np.newaxis])[0][fixed]
        bound = np.array(float(terms.sum()) + self.score.intercept)
        size = float(np.abs(terms).sum()) + abs(self.score.intercept)
        for k, (axis, one) in enumerate(zip(axes, cells, strict=True)):
            ends = self.score.contribution(axis.column, np.stack([one.low, one.high]))
            least = ends.min(axis=0)
            size += float(np.abs(ends).max())
            shape = [1] * len(axes)
            shape[k] = len(one)
            bound = bound + least.reshape(shape)
        error = (_DOUBLE_ERROR if self.is_double else _SINGLE_ERROR) * size
        return np.asarray(bound > error)

    def _bound(self, row: np.ndarray) -> np.ndarray:
        """List the terms of the score of a row, the intercept last."""
        terms = self.score.contributions(row[np.newaxis])[0]
        return np.append(terms, self.score.intercept)


@dataclass(frozen=True)
class TreeJudge(Judge):
    """Bounds the lead of a class over all others, tree by tree.

    Parameters
    ----------
    inputs : ModelInputs
        What the trees get.
    trees : Trees
        With the intercept.
    wanted : ndarray of shape (n_classes,), dtype bool
        Classes that are favorable.
    """

    inputs: ModelInputs
    trees: Trees
    wanted: np.ndarray

    def cells(self, row: np.ndarray, axes: Sequence[Axis]) -> list[Cells]:
        """Cut each axis at the thresholds that matter for this row."""
        ends = [
            Cells(np.array([axis.low, axis.high]), np.zeros(1, int), np.ones(1, int))
            for axis in axes
        ]
        fixed, free = self._inputs_in(row, axes, ends)
        compared = self.trees.leaves(fixed, free).compared
        nodes = self.trees.feature[compared], self.trees.threshold[compared]
        candidates = [self._candidates(axis, *nodes) for axis in axes]
        points = list(map(Cells.of_points, candidates))
        _, free = self._inputs_in(row, axes, points)
        cut = []
        for k, (axis, values) in enumerate(zip(axes, candidates, strict=True)):
            crossings = np.zeros(len(values), dtype=np.int64)
            for number, one in free.items():
                if one.axis == k:
                    own = np.unique(nodes[1][nodes[0] == number])
                    gaps = one.crossed(own)
                    np.add.at(crossings, gaps[gaps >= 0], 1)
            is_clean = (crossings[:-1] <= 1) | axis.has_gap_after(values)
            cut.append(Cells.of_gaps(values, is_clean))
        return cut

    def permitted(
        self, row: np.ndarray, axes: Sequence[Axis], cells: Sequence[Cells]
    ) -> np.ndarray:
        """Bound the lead in each cell, and compare it with the rounding error."""
        fixed, free = self._inputs_in(row, axes, cells)
        leaves = self.trees.leaves(fixed, free)
        winner = self._winner(row)
        shape = tuple(map(len, cells))
        permitted = np.ones(shape, dtype=bool)
        error = self.trees.rounding_error(leaves.node)
        value, intercept = self.trees.value[leaves.node], self.trees.intercept
        for rival in np.flatnonzero(~self.wanted).tolist():
            lead = (value[:, winner] - value[:, rival]) / self.trees.divisor
            bound = leaves.lower_bound(lead, shape)
            permitted &= bound + intercept[winner] - intercept[rival] > 2 * error
        return permitted

    def _winner(self, row: np.ndarray) -> int:
        """Find the favorable class with the largest score at a row."""
        inputs = self.inputs.values(row[np.newaxis], self.trees.precision)
        scores = self.trees.scores(inputs)[0]
        return int(np.argmax(np.where(self.wanted, scores, -np.inf)))

    def _candidates(
        self, axis: Axis, feature: np.ndarray, threshold: np.ndarray
    ) -> np.ndarray:
        """List values of an axis just below, at and above all thresholds."""
        found, followers = [], self.inputs.of_column
        for number, slope, shift in followers.get(axis.column, ()):
            cuts = np.unique(threshold[feature == number])
            near = (cuts - shift) / slope
            error = 4 * np.finfo(self.trees.precision).eps
            apart = error * (np.abs(near) + abs(shift / slope))
            found += [near - apart, near, near + apart]
        return axis.feasible(np.concatenate(found) if found else np.empty(0))

    def _inputs_in(
        self, row: np.ndarray, axes: Sequence[Axis], cells: Sequence[Cells]
    ) -> tuple[np.ndarray, dict[int, FreeInput]]:
        """Compute the fixed inputs, and the others at all candidates."""
        sizes = [len(one.candidates) for one in cells]
        rows = np.repeat(row[np.newaxis], 1 + sum(sizes), axis=0)
        starts = 1 + np.cumsum([0, *sizes[:-1]])
        for axis, one, start in zip(axes, cells, starts.tolist(), strict=True):
            stop = start + len(one.candidates)
            rows[start:stop, axis.column] = one.candidates
        inputs = self.inputs.values(rows, self.trees.precision)
        free, followers = {}, self.inputs.of_column
        for k, (axis, start) in enumerate(zip(axes, starts.tolist(), strict=True)):
            block = inputs[start : start + sizes[k]]
            for number, slope, _ in followers.get(axis.column, ()):
                free[number] = FreeInput(k, block[:, number], slope > 0, cells[k])
        return inputs[0], free


@dataclass(frozen=True)
class ProbeJudge(Judge):
    """Queries a classifier with the rows of a grid.

    Parameters
    ----------
    accepts : callable
        Says which rows (n, n_features) are accepted, (n,).
    n_values : int
        Number of values of an axis to try.
    """

    accepts: Callable[[np.ndarray], np.ndarray]
    n_values: int
    is_certain = False

    def cells(self, row: np.ndarray, axes: Sequence[Axis]) -> list[Cells]:
        """Cut the axes at even values."""
        return [Cells.of_points(axis.spread(self.n_values)) for axis in axes]

    def permitted(
        self, row: np.ndarray, axes: Sequence[Axis], cells: Sequence[Cells]
    ) -> np.ndarray:
        """Query one row per cell: the one farthest from the value."""
        shape = tuple(map(len, cells))
        rows = np.broadcast_to(row, (*shape, len(row))).copy()
        for k, (axis, one) in enumerate(zip(axes, cells, strict=True)):
            outer = np.where(one.high <= axis.value, one.low, one.high)
            along = [1] * len(axes)
            along[k] = len(one)
            rows[..., axis.column] = outer.reshape(along)
        flat = rows.reshape(-1, len(row))
        return np.asarray(self.accepts(flat)).reshape(shape)
