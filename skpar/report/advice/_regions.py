"""The table of regions of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ..._search_config import RegionConfig
from ...actionability import People
from ...classifier import (
    Axis,
    BlackBox,
    Region,
    RegionFinder,
    certifying_judge,
    split_by_demand,
    stage,
)
from ...objective import Eligibility
from ...table import row_keys
from .._report import RecourseReport
from .._sentences import Writer
from .._tables import people_of, refuse_other_table, table_of_options
from .._wording import Wording, rounded_inwards, row_labels
from ._straying import Straying

CERTIFIED, TESTED, FIXED = "certified", "tested", "fixed"
_COLUMNS = {
    "row": object,
    "feature": object,
    "value": np.float64,
    "low": np.float64,
    "high": np.float64,
    "box_low": np.float64,
    "box_high": np.float64,
    "box_least": np.float64,
    "box_most": np.float64,
    "enough": np.float64,
    "evidence": object,
    "n_tested": np.int64,
    "text": object,
}


def regions(
    self: Any,
    report: RecourseReport,
    wording: Wording | None = None,
    *,
    n_tested: int = 1000,
    option: int | None = 0,
) -> pd.DataFrame:
    """Find how far the changed numbers of every recourse may stray.

    A recourse says "lower the debt share to 0.04". Its region says that 0.05 is enough.
    Each changed number has an interval, with all other columns at their values. A box
    says how far all changed numbers may stray together. The classifier accepts every
    row inside, and rules, links and limits hold there.

    Parameters
    ----------
    report : RecourseReport
        A report of this estimator. It may have been saved and loaded.
    wording : Wording, default=None
        Words for columns and values, as in :meth:`RecourseReport.actions`.
    n_tested : int, default=1000
        Number of rows that are drawn inside every interval and every box, and that the
        classifier must accept.
    option : int or None, default=0
        Number of the option. None gives the regions of all options.

    Returns
    -------
    regions : DataFrame of shape (n_numbers, 14)
        One row per changed number: ``row`` (label in the index of the factuals),
        ``option``, ``feature``, ``value`` (the recourse), ``low`` and ``high`` (ends of
        the interval), ``box_low`` and ``box_high`` (ends of the box), ``box_least`` and
        ``box_most`` (smallest and largest value in the box), ``enough`` (the value in
        the box that is nearest to the person's own; ``value`` if the cell is missing),
        ``evidence``, ``n_tested`` (rows drawn in the box) and ``text`` (the box in
        words). An end is infinite if
        the number may move as far as the person can move it; the values in the box are
        always finite. The values that are enough are short numbers if possible. They
        are a recourse together: the classifier accepted that row. People without
        recourse and changes without numbers have no rows.

        The evidence is ``"certified"`` if the decision was proved for every value
        inside, from the fitted model; ``"tested"`` if no row drawn inside was refused;
        and ``"fixed"`` if the number must keep its value, because it takes part in a
        link or relation (``text`` says with which columns), or because no other value
        is feasible.

    Raises
    ------
    TypeError
        If `report` is no report.
    ValueError
        If the report belongs to a table with other columns or levels, or `n_tested` is
        no positive whole number.

    See Also
    --------
    RecourseReport.changes : The changes themselves.

    Notes
    -----
    Certified are linear classifiers and tree ensembles of scikit-learn, LightGBM and
    XGBoost, alone or behind a pipeline of encoders, imputers and scalers, if acceptance
    is all that is demanded. With `min_probability`, `max_probability` or
    `min_robustness`, and for all other classifiers, regions are tested. Then every row
    drawn meets these demands, and some row inside may not.

    The box has the largest geometric mean of sides that a search on a grid finds. The
    length of a side is the share of training rows between its ends. Of more than six
    changed numbers, those with short intervals keep their values.

    `max_effort` and `min_percentile` are demands on the recourse itself: rows in its
    region may need more effort or be less plausible. Whole numbers, and numbers with a
    step, take feasible values only.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X, y)
    >>> report = par.recourse(X[:20])
    >>> regions = par.regions(report, n_tested=100)
    >>> bool((regions["low"] <= regions["box_low"]).all())
    True
    """
    check_is_fitted(self)
    if not isinstance(report, RecourseReport):
        raise TypeError(f"regions takes a report of recourse(X), not {report!r}.")
    is_number = isinstance(n_tested, Integral) and not isinstance(n_tested, bool)
    if not is_number or n_tested < 1:
        raise ValueError(f"n_tested must be a positive whole number, got {n_tested!r}.")
    refuse_other_table(report, self.schema_)
    parts = self._parts
    objective = parts.objective
    surveyor = Surveyor(
        Straying(self._actionability, objective.effort),
        self._black_box,
        parts.eligibility,
        self._known_rows.codes,
        self.search_config.region,
        int(n_tested),
        Writer(self.schema_, wording),
    )
    table = table_of_options(report, option, surveyor.table).reset_index(drop=True)
    numbers = table.pop("option") if option is None else option
    table.insert(1, "option", numbers)
    return table.astype({"option": np.int64})


@dataclass(frozen=True, eq=False)
class Survey:
    """What is found about one person.

    Parameters
    ----------
    axes : tuple of Axis
        The changed numbers that may stray.
    region : Region or None
        How far; None if none may stray.
    enough : ndarray of shape (n_axes,), dtype float64
        Values in the box that are enough, nearest to the person's own.
    """

    axes: tuple[Axis, ...]
    region: Region | None
    enough: np.ndarray

    def place(self, j: int) -> int | None:
        """Find the axis of a column; None if it may not stray."""
        places = [k for k, axis in enumerate(self.axes) if axis.column == j]
        return places[0] if places else None


@dataclass(frozen=True)
class Surveyor:
    """Finds the regions of one option.

    Parameters
    ----------
    straying : Straying
        Which numbers may stray.
    black_box : BlackBox
        The classifier.
    eligibility : Eligibility
        Which rows may be answers.
    known_rows : ndarray of shape (n_rows, n_features), dtype float64
        Some training rows, on which parsed models are compared.
    config : RegionConfig
        How thoroughly regions are searched.
    n_tested : int
        Number of rows to draw in every region.
    writer : Writer
        Names and values in words.
    """

    straying: Straying
    black_box: BlackBox
    eligibility: Eligibility
    known_rows: np.ndarray
    config: RegionConfig
    n_tested: int
    writer: Writer

    @stage("the regions")
    def table(self, report: RecourseReport) -> tuple[pd.DataFrame, np.ndarray]:
        """List the regions of one option, and the position of each person in them."""
        labels = row_labels(report.factuals)
        lines: list[tuple[Any, ...]] = []
        owners: list[int] = []
        for row, survey in self.find(report).items():
            before, after = report.codes_before[row], report.codes_after[row]
            for j in self.straying.changed(before, after):
                line = self._line(j, float(after[j]), survey)
                lines.append((labels[row], *line))
                owners.append(row)
        frame = pd.DataFrame(lines, columns=list(_COLUMNS), dtype=object)
        return frame.astype({**_COLUMNS, "row": labels.dtype}), np.array(owners, int)

    def find(self, report: RecourseReport) -> dict[int, Survey]:
        """Find the region of each answered person of one option.

        Parameters
        ----------
        report : RecourseReport

        Returns
        -------
        found : dict of int to Survey
            By position of the person.
        """
        people = people_of(report)
        found: dict[int, Survey] = {}
        groups = split_by_demand(self.black_box, people.limits.demands, len(people))
        for some, box in groups:
            judge = certifying_judge(box, self.known_rows, self.config.n_values)
            finder = RegionFinder(judge, box.meets_demands, self.config, self.n_tested)
            for row in some[report.answered[some]].tolist():
                after = report.codes_after[row]
                axes = self.straying.axes(people[[row]], after)
                # The draws of a person do not depend on the others in the report.
                seed = row_keys(np.stack([people.codes[row], after])).view(np.uint64)
                rng = np.random.default_rng(seed)
                survey = Survey((), None, np.empty(0))
                if axes:
                    region = finder.find(after, axes, rng)
                    enough = self._enough(people[[row]], after, axes, region, box)
                    survey = Survey(tuple(axes), region, enough)
                found[row] = survey
        return dict(sorted(found.items()))

    def _line(
        self,
        j: int,
        value: float,
        survey: Survey,
    ) -> tuple[Any, ...]:
        """Describe the region of one number, from `feature` on."""
        writer = self.writer
        name = writer.schema.columns[j].name
        region, k = survey.region, survey.place(j)
        if region is None or k is None:
            text = self._fixed(j, value)
            return name, *[value] * 8, FIXED, 0, text
        axis = survey.axes[k]
        single = _open_ends(axis, region.single[k])
        box = _open_ends(axis, region.box[k])
        evidence = CERTIFIED if region.is_certified else TESTED
        text = writer.interval(j, *box)
        values = (*single, *box, *region.box[k].tolist(), float(survey.enough[k]))
        return name, value, *values, evidence, self.n_tested, text

    def _enough(
        self,
        person: People,
        after: np.ndarray,
        axes: Sequence[Axis],
        region: Region,
        box: BlackBox,
    ) -> np.ndarray:
        """Find the values (n_axes,) in the box that are nearest to a person's own."""
        columns = [axis.column for axis in axes]
        own, row = person.codes[0, columns], after.copy()
        for is_short in (True, False):
            row[columns] = [
                _near_end(axis, float(own[k]), region.box[k], is_short)
                for k, axis in enumerate(axes)
            ]
            if self._is_recourse(person, row[None], box):
                return row[columns]
        return after[columns]

    def _is_recourse(self, person: People, row: np.ndarray, box: BlackBox) -> bool:
        """Whether a row (1, n_features) may be advised."""
        most, able = person.limits.max_effort, self.straying.actionability
        allowed = able.is_feasible(person, row)
        allowed &= self.eligibility.is_eligible(row)
        allowed &= self.eligibility.excess(person.codes, row, most) == 0.0
        return bool(allowed.all() and box.meets_demands(row).all())

    def _fixed(self, j: int, value: float) -> str:
        """Write that a number keeps its value, and why."""
        writer, straying = self.writer, self.straying
        phrases = writer.phrases
        ties = (
            (straying.determines, phrases.region_of_source),
            (straying.tied, phrases.region_of_linked),
        )
        for others, phrase in ties:
            names = [writer.name(other) for other in others.get(j, ())]
            if names:
                return phrase.format(
                    name=writer.name(j),
                    value=writer.values(j, value, value)[1],
                    others=phrases.conjunction.join(names),
                )
        return writer.interval(j, value, value)


def _near_end(axis: Axis, own: float, ends: np.ndarray, is_short: bool) -> float:
    """Find the value in an interval that is nearest to the own one, maybe rounded."""
    low, high = ends.tolist()
    near = float(np.clip(own, low, high))
    if np.isnan(own) or near == own:
        return axis.value
    if is_short:
        first, last = sorted([near, axis.value])
        rounded = rounded_inwards(axis.value, first, last)
        below, above = axis.around(np.array(rounded))
        # The feasible value next to the rounded one, towards the recourse.
        near = float(below[1] if near > axis.value else above[0])
    return near


def _open_ends(axis: Axis, ends: np.ndarray) -> tuple[float, float]:
    """Make ends infinite that the person cannot move beyond."""
    low, high = ends.tolist()
    return (
        -np.inf if low <= axis.low else low,
        np.inf if high >= axis.high else high,
    )
