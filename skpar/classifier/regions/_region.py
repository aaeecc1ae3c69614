"""Regions: intervals and a box around an accepted row in which rows stay accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..._search_config import RegionConfig
from ._axes import Axis, Cells, coarse_cells
from ._box_search import largest_box
from ._drawing import Accepts, draw_rows, shrunk_box
from ._judges import Judge, ProbeJudge


@dataclass(frozen=True)
class Region:
    """How far the numbers of an accepted row may stray.

    Attributes
    ----------
    single : ndarray of shape (n_axes, 2), dtype float64
        Smallest and largest value of each number with all others at their values.
    box : ndarray of shape (n_axes, 2), dtype float64
        Smallest and largest value of each number if all stray together.
    is_certified : bool
        Whether it holds for all values inside, not only for the rows drawn.
    """

    single: np.ndarray
    box: np.ndarray
    is_certified: bool


class RegionFinder:
    """Find the region of accepted rows.

    Parameters
    ----------
    judge : Judge or None
        Certifies cells; None if nothing does.
    accepts : callable
        Says which rows (n, n_features) are accepted, (n,).
    config : RegionConfig
        How thoroughly regions are searched.
    n_tested : int
        Number of rows that are drawn in every region.
    """

    def __init__(
        self,
        judge: Judge | None,
        accepts: Accepts,
        config: RegionConfig,
        n_tested: int,
    ) -> None:
        self.judge = judge
        self.accepts = accepts
        self.config = config
        self.n_tested = n_tested

    def find(
        self, row: np.ndarray, axes: Sequence[Axis], rng: np.random.Generator
    ) -> Region:
        """Find the region of a row.

        Parameters
        ----------
        row : ndarray of shape (n_features,), dtype float64
            Codes of an accepted row.
        axes : sequence of Axis
            Its numbers that may stray, at least one.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        region : Region
            Certified if the judge can bound the row itself, and none of the rows drawn
            inside is refused. Else tested.
        """
        if self.judge is not None:
            region = self._grown(self.judge, row, axes)
            if region is not None and self._holds(region, row, axes, rng):
                return region
        return self._tested(row, axes, rng)

    def _grown(
        self, judge: Judge, row: np.ndarray, axes: Sequence[Axis]
    ) -> Region | None:
        """Grow the intervals, and the box within them; None if the row fails."""
        own = np.array([[axis.value, axis.value] for axis in axes])
        single, box = own.copy(), own.copy()
        for k, axis in enumerate(axes):
            found = self._interval(judge, row, axis)
            if found is None:
                return None
            single[k] = found
        narrow = [axis.within(*single[k]) for k, axis in enumerate(axes)]
        widths = [
            float(np.diff(axis.share(single[k]))[0]) for k, axis in enumerate(axes)
        ]
        moving = np.flatnonzero(single[:, 0] < single[:, 1])
        order = sorted(moving.tolist(), key=lambda k: -widths[k])
        chosen = sorted(order[: self.config.max_axes])
        if len(chosen) == 1:
            box[chosen] = single[chosen]
        elif chosen:
            box[chosen] = self._box(judge, row, [narrow[k] for k in chosen])
        rounded = [self._rounded(axis, single[k]) for k, axis in enumerate(axes)]
        inner = [self._rounded(axis, box[k]) for k, axis in enumerate(axes)]
        return Region(np.array(rounded), np.array(inner), judge.is_certain)

    def _interval(
        self, judge: Judge, row: np.ndarray, axis: Axis
    ) -> tuple[float, float] | None:
        """Find how far one number may stray."""
        most = self.config.max_cells if judge.is_certain else self.config.n_probes
        cells = coarse_cells([axis], judge.cells(row, [axis]), most)
        found = self._largest(judge, row, [axis], cells)
        return None if found is None else (float(found[0, 0]), float(found[0, 1]))

    def _box(self, judge: Judge, row: np.ndarray, axes: Sequence[Axis]) -> np.ndarray:
        """Find the box (n_axes, 2) within the intervals, coarsely; then push faces."""
        most = self.config.max_cells if judge.is_certain else self.config.n_probes
        fine = judge.cells(row, axes)
        cells = coarse_cells(axes, fine, most)
        found = self._largest(judge, row, axes, cells)
        if found is None:
            return np.array([[axis.value, axis.value] for axis in axes])
        if judge.is_certain:
            for k in range(len(axes)):
                found = self._pushed(judge, row, axes, fine, found, k)
        return found

    def _pushed(
        self,
        judge: Judge,
        row: np.ndarray,
        axes: Sequence[Axis],
        fine: Sequence[Cells],
        box: np.ndarray,
        k: int,
    ) -> np.ndarray:
        """Push both faces of one axis outwards, while the others stay."""
        cells = [
            Cells(box[other], np.zeros(1, np.int64), np.ones(1, np.int64))
            for other in range(len(axes))
        ]
        cells[k] = fine[k]
        pushed = self._largest(judge, row, axes, cells)
        if pushed is None or not (
            pushed[k, 0] <= box[k, 0] and pushed[k, 1] >= box[k, 1]
        ):
            return box
        return pushed

    def _largest(
        self,
        judge: Judge,
        row: np.ndarray,
        axes: Sequence[Axis],
        cells: Sequence[Cells],
    ) -> np.ndarray | None:
        """Find the ends (n_axes, 2) of the largest box of permitted cells."""
        permitted = judge.permitted(row, axes, cells)
        order = np.argsort([len(one) for one in cells], kind="stable").tolist()
        box = largest_box(
            permitted.transpose(order),
            [cells[k].place(axes[k].value) for k in order],
            [axes[k].share(cells[k].low) for k in order],
            [axes[k].share(cells[k].high) for k in order],
            self.config.side_floor,
        )
        if box is None:
            return None
        ends = np.empty((len(axes), 2))
        for k, (first, last) in zip(order, box, strict=True):
            ends[k] = cells[k].low[first], cells[k].high[last]
        return ends

    def _rounded(self, axis: Axis, ends: np.ndarray) -> np.ndarray:
        """Round ends that are dense to few digits, towards the value."""
        return np.array(
            [
                end if end in (axis.low, axis.high) else _shorter(axis, float(end))
                for end in ends.tolist()
            ]
        )

    def _holds(
        self,
        region: Region,
        row: np.ndarray,
        axes: Sequence[Axis],
        rng: np.random.Generator,
    ) -> bool:
        """Draw rows in a region, and check that none is refused."""
        n = self.n_tested
        rows = [draw_rows(row, axes, region.box, n, rng)]
        for k, axis in enumerate(axes):
            rows.append(draw_rows(row, [axis], region.single[[k]], n, rng))
        return bool(self.accepts(np.concatenate(rows)).all())

    def _tested(
        self, row: np.ndarray, axes: Sequence[Axis], rng: np.random.Generator
    ) -> Region:
        """Grow a region by queries, and shrink it until no drawn row is refused."""
        config = self.config
        own = np.array([[axis.value, axis.value] for axis in axes])
        judge = ProbeJudge(self.accepts, config.n_values)
        grown = self._grown(judge, row, axes) or Region(own, own, False)
        rest = (self.n_tested, rng, config)
        single = [
            shrunk_box(self.accepts, row, [axis], grown.single[[k]], *rest)[0]
            for k, axis in enumerate(axes)
        ]
        ends = np.array(single)
        start = np.stack(
            [
                np.maximum(grown.box[:, 0], ends[:, 0]),
                np.minimum(grown.box[:, 1], ends[:, 1]),
            ],
            axis=1,
        )
        box = shrunk_box(self.accepts, row, axes, start, *rest)
        return Region(ends, box, False)


def _shorter(axis: Axis, end: float) -> float:
    """Round an end towards the value by at most 1% of the way, if that is feasible."""
    room = abs(axis.value - end)
    if not room > 0.0:
        return end
    digits = -int(np.floor(np.log10(room / 100.0)))
    unit = 10.0**-digits
    up = end < axis.value
    near = (np.ceil if up else np.floor)(end / unit) * unit
    near = float(np.round(near, digits)) + 0.0
    feasible = near in axis.around(np.array([near]))[0]
    inside = end <= near <= axis.value if up else axis.value <= near <= end
    return near if feasible and inside else end
