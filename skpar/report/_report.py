"""The report: what was asked, what was found, and what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..classifier import choose_favorable, share_of_refits
from ..objective import gower
from ..table import TableSchema
from ._background import Background
from ._groups import table_by_group
from ._html import fragment, page
from ._wording import Wording, neutral

ACCEPTED = "accepted"
FOUND = "found"
NOT_FOUND = "not found"
IMPOSSIBLE = "impossible"


@dataclass(frozen=True, eq=False, repr=False)
class RecourseReport:
    """Recourse for every row of a table, with its status and what it takes.

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
    effort : ndarray of shape (n_samples,), dtype float64
        Effort of the recourse, summed over features; NaN where there is none, here
        and below.
    gower : ndarray of shape (n_samples,), dtype float64
        Gower distance between factual and counterfactual, in [0, 1].
    n_changed : ndarray of shape (n_samples,), dtype float64
        Number of features changed.
    objective : ndarray of shape (n_samples,), dtype float64
        What the recourse is worth under the weights of the estimator.
    log_density : ndarray of shape (n_samples,), dtype float64
        Log-density of the counterfactual among accepted people, in nats, numbers
        being measured in their own units.
    percentile : ndarray of shape (n_samples,), dtype float64
        Share of held-out accepted people who are less plausible, in [0, 1].
    classifier_rows : ndarray of shape (n_samples,), dtype int64
        Rows that the classifier was asked about for each person.
    optimal : ndarray of shape (n_samples,), dtype bool
        Whether it is certain that no accepted row within reach has a larger
        objective, because all of them were tried.
    training_row : ndarray of shape (n_samples,), dtype bool
        Whether the recourse is, cell by cell, a training row that fewer than five
        people share.
    codes_before, codes_after : ndarray of shape (n_samples, n_features)
        Factuals and counterfactuals as codes (numbers as they are, level numbers, NaN
        for a missing cell), dtype float64.
    options : tuple of RecourseReport
        This report and, where more than one option was asked for, those of the
        further options: each another way, by other features or in another
        direction, in falling order of the objective. Empty where one was asked for.

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
    effort: np.ndarray
    gower: np.ndarray
    n_changed: np.ndarray
    objective: np.ndarray
    log_density: np.ndarray
    percentile: np.ndarray
    classifier_rows: np.ndarray
    optimal: np.ndarray
    training_row: np.ndarray
    codes_before: np.ndarray
    codes_after: np.ndarray
    _schema: TableSchema
    options: tuple[RecourseReport, ...] = ()
    _contributions: np.ndarray | None = None
    _favorable: Any = None
    _background: Background | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.status)

    def __repr__(self) -> str:
        """Count the rows by status: the arrays of a batch would fill screens."""
        statuses = (ACCEPTED, FOUND, NOT_FOUND, IMPOSSIBLE)
        counts = {status: int((self.status == status).sum()) for status in statuses}
        told = ", ".join(f"{n} {status}" for status, n in counts.items() if n)
        ways = f"; {len(self.options)} options" if self.options else ""
        return f"<RecourseReport: {told or 'no rows'}{ways}>"

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
            far = gower(self._schema, one.codes_after, other.codes_after)
            total += np.where(both, far, 0.0)
            pairs += both
        return np.where(pairs > 0, total / np.maximum(pairs, 1), np.nan)

    def to_frame(self) -> pd.DataFrame:
        """Summarise every row.

        Returns
        -------
        frame : DataFrame of shape (n_samples, 11)
            Status, numbers and reason, under the index of the factuals.
        """
        index = self.factuals.index if hasattr(self.factuals, "index") else None
        return pd.DataFrame(
            {
                "status": self.status,
                "n_changed": pd.array(self.n_changed, dtype="Int64"),
                "effort": self.effort,
                "gower": self.gower,
                "objective": self.objective,
                "log_density": self.log_density,
                "percentile": self.percentile,
                "classifier_rows": self.classifier_rows,
                "optimal": self.optimal,
                "training_row": self.training_row,
                "reason": self.reason,
            },
            index=index,
        )

    def changes(self) -> pd.DataFrame:
        """List every change of every recourse.

        Returns
        -------
        frame : DataFrame of shape (n_changes, 4)
            ``row`` (label in the index of the factuals), ``feature``, ``from`` and
            ``to``; None stands for a missing cell. The changes of a row are in the
            order of `actions`.
        """
        labels = getattr(self.factuals, "index", np.arange(len(self)))
        lines = [
            (
                labels[row],
                self._schema.columns[j].name,
                self._schema.value_of(j, self.codes_before[row, j]),
                self._schema.value_of(j, self.codes_after[row, j]),
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
        """Say every recourse in words.

        Parameters
        ----------
        names : mapping of column to str, default=None
            What to call columns; others go by their labels.
        units : mapping of column to str, default=None
            What to write behind the new value (``"months"``), or around both values
            where the unit has a ``{}`` (``"${}"``).

        Returns
        -------
        actions : list of str
            One sentence per row, the change that contributes most to being accepted
            first; for a row without recourse, why.

        Raises
        ------
        ValueError
            For a column that there is not, or a name or unit that is no string.
        """
        words = Wording(self._schema, names, units)
        return [self._sentence(row, words) for row in range(len(self))]

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
            frame[name] = frame[name].map(neutral)
        frame.index = pd.Index([neutral(label) for label in frame.index])
        return frame.to_csv(path)

    def robustness(
        self,
        X: Any,
        y: Any,
        estimator: Any,
        n_refits: int = 10,
        random_state: Any = None,
    ) -> np.ndarray:
        """Tell how many classifiers, fitted on other samples, accept each recourse.

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
            favorable = self._favorable
            if favorable is None:
                favorable = choose_favorable(np.unique(y), None)
            rows = self.counterfactuals[self.answered]
            share[self.answered] = share_of_refits(
                X, y, rows, estimator, favorable, n_refits, random_state
            )
        return share

    def by_group(self, by: Any) -> pd.DataFrame:
        """Compare groups of people: who gets no recourse, and who pays more.

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
            For a column that there is not, or groups of another length.

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
        """Write a page for people: decisions, changes, pictures, promises and limits.

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
        text = page(self, Wording(self._schema, names, units))
        if path is None:
            return text
        # Half a surrogate pair, which a table may hold, has no place in UTF-8.
        Path(path).write_text(text, encoding="utf-8", errors="xmlcharrefreplace")
        return None

    def _repr_html_(self) -> str:
        """Show the first people in a notebook."""
        return fragment(self, Wording(self._schema))

    def _sentence(self, row: int, words: Wording) -> str:
        """Say the recourse of a row, or why there is none."""
        if self.status[row] == ACCEPTED:
            return "already accepted"
        if self.status[row] != FOUND:
            return f"{self.status[row]}: {self.reason[row]}"
        old, new = self.codes_before[row], self.codes_after[row]
        changed = self._changed_features(row)
        return "; ".join(words.action(j, old[j], new[j]) for j in changed)

    def _changed_features(self, row: Any) -> np.ndarray:
        """Columns in which the recourse of a row differs, what helps most first."""
        old, new = self.codes_before[row], self.codes_after[row]
        changed = np.flatnonzero(~((old == new) | (np.isnan(old) & np.isnan(new))))
        if self._contributions is None:
            return changed
        helps = self._contributions[row, changed]
        return changed[np.argsort(-helps, kind="stable")]
