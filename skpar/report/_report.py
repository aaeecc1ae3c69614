"""The report: recourse for every row of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..classifier import refit_acceptance
from ..objective import gower
from ..table import TableSchema
from ._context import ReportContext, RowDetails
from ._groups import table_by_group
from ._html import fragment, page
from ._measures import FLAGS, NUMBERS, Measures, changed_features
from ._wording import (
    ACCEPTED,
    FOUND,
    IMPOSSIBLE,
    NOT_FOUND,
    Wording,
    escape_formula,
    row_labels,
)


@dataclass(frozen=True, eq=False, repr=False)
class RecourseReport(Measures):
    """Recourse for every row of a table, with its status and measures.

    Returned by :meth:`skpar.PARRecourse.recourse`; not made by hand.

    Parameters
    ----------
    factuals : DataFrame or ndarray of shape (n_samples, n_features)
        The rows as they were given.
    counterfactuals : DataFrame or ndarray of shape (n_samples, n_features)
        The recourse of every row that has one; the factual elsewhere.
    status : ndarray of shape (n_samples,), dtype str
        ``"accepted"`` for rows that the classifier accepts as they are, ``"found"``
        for a recourse that was re-checked, ``"impossible"`` where it is proved that
        no row within reach is accepted, ``"not found"`` otherwise: nothing was found
        within the budget.
    reason : ndarray of shape (n_samples,), dtype object
        Why there is no recourse; empty where there is one.
    n_changed : ndarray of shape (n_samples,), dtype float64
        Number of features changed; NaN where there is no recourse, here and below.
    effort : ndarray of shape (n_samples,), dtype float64
        Effort of the recourse, summed over features.
    gower : ndarray of shape (n_samples,), dtype float64
        Gower distance between factual and counterfactual, in [0, 1].
    objective : ndarray of shape (n_samples,), dtype float64
        Objective of the recourse under the weights of the estimator.
    log_density : ndarray of shape (n_samples,), dtype float64
        Log-density of the counterfactual among accepted people, in nats, numbers
        being measured in their own units.
    percentile : ndarray of shape (n_samples,), dtype float64
        Share of held-out accepted people who are less plausible, in [0, 1].
    training_row : ndarray of shape (n_samples,), dtype bool
        Whether the recourse is, cell by cell, a training row that fewer than five
        people share.
    contributions : ndarray of shape (n_samples, n_features), dtype float64
        How much each change adds to being accepted; it orders the changes.
    classifier_rows : ndarray of shape (n_samples,), dtype int64
        Rows that search queried the classifier about, for each person; proofs, reasons
        and the final check are not counted.
    optimal : ndarray of shape (n_samples,), dtype bool
        Whether it is certain that no accepted row within reach has a larger
        objective, because all of them were tried.
    codes_before, codes_after : ndarray of shape (n_samples, n_features)
        Factuals and counterfactuals as codes (numbers as they are, level numbers, NaN
        for a missing cell), dtype float64.
    options : tuple of RecourseReport
        This report and, where more than one option was asked for, those of the
        further options: each another way, by other features or in another
        direction, in falling order of the objective. Empty where one was asked for.
    schema, favorable, context, details : object
        Internal: what displays, pages and refits need besides.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> report = PARRecourse(max_iter=2, random_state=0).fit(X, y).recourse(X[:20])
    >>> report.to_frame().columns.tolist()[:3]
    ['status', 'n_changed', 'effort']
    >>> report
    <RecourseReport: 9 accepted, 11 found>
    """

    factuals: Any
    counterfactuals: Any
    status: np.ndarray
    reason: np.ndarray
    _: KW_ONLY
    classifier_rows: np.ndarray
    optimal: np.ndarray
    codes_before: np.ndarray
    codes_after: np.ndarray
    options: tuple[RecourseReport, ...] = ()
    schema: TableSchema
    favorable: Any
    context: ReportContext
    details: RowDetails

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.status)

    def __repr__(self) -> str:
        """Count the rows by status: the arrays of a batch would fill screens."""
        statuses = (ACCEPTED, FOUND, NOT_FOUND, IMPOSSIBLE)
        counts = {status: int((self.status == status).sum()) for status in statuses}
        shown = ", ".join(f"{n} {status}" for status, n in counts.items() if n)
        options = f"; {len(self.options)} options" if self.options else ""
        return f"<RecourseReport: {shown or 'no rows'}{options}>"

    @property
    def asked(self) -> np.ndarray:
        """Rows that the classifier denies, shape (n_samples,), dtype bool."""
        return self.status != ACCEPTED

    @property
    def answered(self) -> np.ndarray:
        """Rows for which a recourse was found, shape (n_samples,), dtype bool."""
        return self.status == FOUND

    @property
    def diversity(self) -> np.ndarray:
        """Mean Gower distance between the options of each person.

        Shape (n_samples,), dtype float64; NaN where there are fewer than two.
        """
        total, pairs = np.zeros(len(self)), np.zeros(len(self))
        for one, other in combinations(self.options, 2):
            both = one.answered & other.answered
            distance = gower(self.schema, one.codes_after, other.codes_after)
            total += np.where(both, distance, 0.0)
            pairs += both
        return np.where(pairs > 0, total / np.maximum(pairs, 1), np.nan)

    def to_frame(self) -> pd.DataFrame:
        """Summarise every row.

        Returns
        -------
        frame : DataFrame of shape (n_samples, n_columns)
            Status, measures and reason, under the index of the factuals.
        """
        index = self.factuals.index if hasattr(self.factuals, "index") else None
        numbers = {
            name: pd.array(getattr(self, name), dtype=dtype)
            for name, dtype in NUMBERS.items()
        }
        flags = {name: getattr(self, name) for name in FLAGS}
        columns = {
            "status": self.status,
            **numbers,
            "classifier_rows": self.classifier_rows,
            "optimal": self.optimal,
            **flags,
            "reason": self.reason,
        }
        return pd.DataFrame(columns, index=index)

    def changes(self) -> pd.DataFrame:
        """List every change of every recourse.

        Returns
        -------
        frame : DataFrame of shape (n_changes, 4)
            ``row`` (label in the index of the factuals), ``feature``, ``from`` and
            ``to``; None stands for a missing cell. The changes of a row are in the
            order of `actions`.
        """
        labels, schema = row_labels(self.factuals), self.schema
        lines = [
            (
                labels[row],
                schema.columns[j].name,
                schema.value_of(j, self.codes_before[row, j]),
                schema.value_of(j, self.codes_after[row, j]),
            )
            for row in np.flatnonzero(self.answered)
            for j in self._changed_features(row)
        ]
        names = ["row", "feature", "from", "to"]
        # Without a dtype pandas would turn whole numbers into floats, and None too.
        frame = pd.DataFrame(lines, columns=names, dtype=object)
        return frame.astype({"row": labels.dtype})

    def actions(
        self,
        names: Mapping[Any, str] | None = None,
        units: Mapping[Any, str] | None = None,
    ) -> list[str]:
        """Write every recourse in words.

        Parameters
        ----------
        names : mapping of column to str, default=None
            Names of columns for readers; others go by their labels.
        units : mapping of column to str, default=None
            Text behind the new value (``"months"``), or around both values if the unit
            has a ``{}`` (``"${}"``).

        Returns
        -------
        actions : list of str
            One sentence per row, the change that contributes most to being accepted
            first; the reason for a row without recourse.

        Raises
        ------
        ValueError
            For an unknown column, or a name or unit that is no string.
        """
        wording = Wording(self.schema, names, units)
        return [self._sentence(row, wording) for row in range(len(self))]

    def to_csv(
        self,
        path: Any = None,
        names: Mapping[Any, str] | None = None,
        units: Mapping[Any, str] | None = None,
    ) -> str | None:
        """Write the summary of every row, with its actions, as comma-separated text.

        Parameters
        ----------
        path : str, path or file, default=None
            Where to write; None returns the text.
        names, units : mapping of column to str, default=None
            As in `actions`.

        Returns
        -------
        text : str or None
            Texts that a spreadsheet would read as formulas, because they begin with
            ``=``, ``+``, ``-`` or ``@``, have an apostrophe in front.
        """
        frame = self.to_frame()
        frame.insert(1, "actions", self.actions(names, units))
        for name in ("status", "actions", "reason"):
            frame[name] = frame[name].map(escape_formula)
        frame.index = pd.Index([escape_formula(label) for label in frame.index])
        return frame.to_csv(path)

    def robustness(
        self,
        X: Any,
        y: Any,
        estimator: Any,
        n_refits: int = 10,
        random_state: Any = None,
    ) -> np.ndarray:
        """Share of classifiers, fitted on other samples, that accept each recourse.

        Parameters
        ----------
        X : DataFrame or ndarray of shape (n_people, n_features)
            People to fit classifiers on.
        y : array-like of shape (n_people,)
            Their labels.
        estimator : classifier
            Cloned and fitted on bootstrap samples of `X` and `y`.
        n_refits : int, default=10
            Number of classifiers.
        random_state : int, RandomState instance or None, default=None
            Seed of the samples.

        Returns
        -------
        share : ndarray of shape (n_samples,), dtype float64
            Share of the classifiers that accept the recourse; NaN where there is
            none.

        Raises
        ------
        ValueError
            For a frozen estimator, which is never fitted again, and for labels of
            which one is too rare to be drawn.
        """
        share = np.full(len(self), np.nan)
        if self.answered.any():
            rows = self.counterfactuals[self.answered]
            share[self.answered] = refit_acceptance(
                X, y, rows, estimator, self.favorable, n_refits, random_state
            )
        return share

    def by_group(self, by: Any) -> pd.DataFrame:
        """Compare coverage and costs of recourse between groups of people.

        Parameters
        ----------
        by : column or array-like of shape (n_samples,)
            A column of the factuals, or the group of each row, which the table need
            not hold. Numbers with more than 10 values are cut at their quartiles, the
            cut itself being in the lower group; missing cells make a group of their
            own.

        Returns
        -------
        table : DataFrame of shape (n_groups, 15), or 18 with options
            One row per group: ``n`` people, of whom ``n_asked`` are denied and
            ``n_answered`` have a recourse; ``coverage``, the share of the denied who
            have one; and the means over the latter of ``effort``, ``percentile`` and
            ``n_changed``. Where several options were asked for, ``n_options`` is the
            mean number found for those who are denied. Each with the ends ``_low`` and
            ``_high`` of its 95% confidence interval (Wilson's for shares, Student's for
            means), NaN where there are too few people.

        Raises
        ------
        ValueError
            For an unknown column, or groups of another length.

        Notes
        -----
        Groups differ in whom the classifier denies and in how far these are from
        being accepted, so a difference in effort is no proof of unequal treatment,
        nor is its absence a proof of equal treatment.
        """
        return table_by_group(self, by)

    def to_html(
        self,
        path: Any = None,
        names: Mapping[Any, str] | None = None,
        units: Mapping[Any, str] | None = None,
    ) -> str | None:
        """Write an HTML page: decisions, changes, pictures, guarantees and limits.

        Parameters
        ----------
        path : str or path, default=None
            File to write, in UTF-8; None returns the text.
        names, units : mapping of column to str, default=None
            As in `actions`.

        Returns
        -------
        text : str or None
            One file that needs no network, no script and no other file. Texts of the
            table are escaped. Only the first 50 people have pictures.
        """
        text = page(self, Wording(self.schema, names, units))
        if path is None:
            return text
        # Half a surrogate pair, which a table may hold, has no place in UTF-8.
        Path(path).write_text(text, encoding="utf-8", errors="xmlcharrefreplace")
        return None

    def _repr_html_(self) -> str:
        """First people of the page, for a notebook."""
        return fragment(self, Wording(self.schema))

    def _sentence(self, row: int, wording: Wording) -> str:
        """Write the recourse of a row, or why there is none."""
        if self.status[row] == ACCEPTED:
            return "already accepted"
        if self.status[row] != FOUND:
            return f"{self.status[row]}: {self.reason[row]}"
        before, after = self.codes_before[row], self.codes_after[row]
        changed = self._changed_features(row)
        return "; ".join(wording.action(j, before[j], after[j]) for j in changed)

    def _changed_features(self, row: Any) -> np.ndarray:
        """Columns that the recourse of a row changes, the most helpful first."""
        return changed_features(
            self.codes_before[row], self.codes_after[row], self.contributions[row]
        )
