"""Plans: the changes of a recourse, one step after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ...actionability import Actionability, People, Step, StepOrder
from ...classifier import BlackBox, stage
from ...table import same_cells
from .._context import probabilities_of
from .._report import RecourseReport
from .._sentences import Writer
from .._tables import refuse_other_table, table_of_options
from .._wording import Wording, row_labels

_COLUMNS = {
    "row": object,
    "step": np.int64,
    "feature": object,
    "before": object,
    "after": object,
    "effort": np.float64,
    "probability": np.float64,
    "accepted": bool,
    "text": object,
}


def plan(
    self: Any,
    report: RecourseReport,
    wording: Wording | None = None,
    *,
    option: int | None = 0,
) -> pd.DataFrame:
    """Order the changes of every recourse, one step after the other.

    After each step, the row keeps all rules, links and limits. If there is a choice,
    the cheapest step comes first. A step changes one feature, and columns that follow
    from it change with it. If a link forces several changes at once, they are one step.

    Parameters
    ----------
    report : RecourseReport
        A report of this estimator. It may have been saved and loaded.
    wording : Wording, default=None
        Words for columns and values, as in :meth:`RecourseReport.actions`.
    option : int or None, default=0
        Number of the option. None gives the plans of all options.

    Returns
    -------
    plan : DataFrame of shape (n_changes, 10)
        One row per change, in the order of the steps: ``row`` (label in the index of
        the factuals), ``option``, ``step`` (from 1), ``feature``, ``before`` and
        ``after`` (values before and after the step), ``effort`` (of this change; 0 for
        a column that follows), ``probability`` (of the wanted labels after the
        step; NaN if the classifier has no probabilities), ``accepted`` (whether the
        classifier accepts the row after the step) and ``text`` (the change in words).
        People without recourse have no rows.

    Raises
    ------
    TypeError
        If `report` is no report.
    ValueError
        If the report belongs to a table with other columns or levels.

    See Also
    --------
    RecourseReport.changes : The changes without an order.

    Notes
    -----
    Of up to eight changes, the order is the best of all: as few pairs of changes as
    possible share a step, then the first step is the cheapest, then the second, and so
    on. Of more changes, the first steps are chosen one by one, each the cheapest that
    is feasible, until eight are left.

    If all changes are needed, the classifier mostly accepts after the last step only.
    It may accept earlier if a recourse must meet more demands, such as
    `min_probability`, or with ``only_needed=False``. The classifier is queried again,
    so the plan shows its present decisions.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X, y)
    >>> report = par.recourse(X[:20])
    >>> steps = par.plan(report)
    >>> bool(steps.groupby("row")["accepted"].last().all())
    True
    """
    check_is_fitted(self)
    if not isinstance(report, RecourseReport):
        raise TypeError(f"plan takes a report of recourse(X), not {report!r}.")
    refuse_other_table(report, self.schema_)
    config = self.search_config
    order = StepOrder(
        self._actionability, config.max_ordered_changes, config.max_joint_changes
    )
    planner = _Planner(
        self._actionability,
        self._black_box,
        order,
        Writer(self.schema_, wording),
    )
    table = table_of_options(report, option, planner.table).reset_index(drop=True)
    numbers = table.pop("option") if option is None else option
    table.insert(1, "option", numbers)
    return table.astype({"option": np.int64})


@dataclass(frozen=True)
class _Planner:
    """Writes the plans of one option."""

    actionability: Actionability
    black_box: BlackBox
    order: StepOrder
    writer: Writer

    @stage("the plan")
    def table(self, report: RecourseReport) -> tuple[pd.DataFrame, np.ndarray]:
        """List the steps of one option, and the position of each person in them."""
        details = report.details
        people = People.unlimited(report.codes_before)
        if details.limits is not None:
            people = People(report.codes_before, details.limits)
        steps = [
            (row, number, step)
            for row in np.flatnonzero(report.answered).tolist()
            for number, step in enumerate(
                self.order.steps(
                    people[[row]], report.codes_after[row], details.feature_effort[row]
                )
            )
        ]
        rows = np.array([step.row for *_, step in steps])
        rows = rows.reshape(len(steps), report.codes_before.shape[1])
        demands = people.limits.demands
        if demands is not None:
            demands = demands[np.array([row for row, *_ in steps], dtype=np.int64)]
        labels_of_steps = self.black_box.predict(rows)
        accepted = self.black_box.are_wanted(labels_of_steps, demands)
        probability = probabilities_of(self.black_box, rows, demands)
        labels = row_labels(report.factuals)
        lines: list[tuple[Any, ...]] = []
        owners: list[int] = []
        for k, (row, number, step) in enumerate(steps):
            before = rows[k - 1] if number else report.codes_before[row]
            effort = details.feature_effort[row]
            decision = (probability[k], accepted[k])
            for change in self._changes(before, step, effort, decision):
                lines.append((labels[row], number + 1, *change))
                owners.append(row)
        frame = pd.DataFrame(lines, columns=list(_COLUMNS), dtype=object)
        return frame.astype({**_COLUMNS, "row": labels.dtype}), np.array(owners, int)

    def _changes(
        self,
        before: np.ndarray,
        step: Step,
        effort: np.ndarray,
        decision: tuple[float, bool],
    ) -> list[tuple[Any, ...]]:
        """List the changes of one step, from `feature` on: actions, then results."""
        schema, write = self.writer.schema, self.writer
        changed = np.flatnonzero(~same_cells(before, step.row)).tolist()
        follows = [j for j in changed if j in self.actionability.derived]
        return [
            (
                schema.columns[j].name,
                schema.value_of(j, before[j]),
                schema.value_of(j, step.row[j]),
                0.0 if j in follows else effort[j],
                *decision,
                (write.consequence if j in follows else write.action)(
                    j, float(before[j]), float(step.row[j])
                ),
            )
            for j in [*step.features, *follows]
        ]
