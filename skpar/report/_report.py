"""The report: recourse of every row of a table."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, fields, replace
from itertools import combinations
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import _safe_indexing

from ..objective import gower
from ..table import TableReading, TableSchema, copied
from ._context import ReportContext, RowDetails
from ._groups import table_by_group
from ._measures import Measures, scatter_measures
from ._sentences import Writer
from ._tables import (
    actions,
    changes,
    counterfactuals,
    replaced_file,
    summary,
    table_of_options,
    texts,
    without_formulas,
)
from ._wording import (
    ACCEPTED,
    FOUND,
    IMPOSSIBLE,
    NOT_FOUND,
    UNREADABLE,
    Wording,
)
from .page import fragment, to_html
from .record import to_json


@dataclass(frozen=True, eq=False, repr=False)
class RecourseReport(Measures):
    """Recourse of every row of a table, with its status and measures.

    :meth:`skpar.PARRecourse.recourse` returns it. ``report[i]``, ``report[mask]`` and
    ``report[a:b]`` are the reports of some of its people.

    Parameters
    ----------
    factuals : DataFrame or ndarray of shape (n_samples, n_features)
        Copy of the rows that were given.
    counterfactuals : DataFrame or ndarray of shape (n_samples, n_features)
        The recourse of every row that has one. All other rows are the factuals.
    status : ndarray of shape (n_samples,), dtype str
        ``"accepted"``: the classifier accepts the factual. ``"found"``: there is a
        recourse, and it was checked again. ``"impossible"``: it is proved that no
        feasible row is accepted. ``"not found"``: search found none within the budget.
        ``"unreadable"``: a cell cannot be read, such as a level that is unknown from
        training. Such a row counts as neither denied nor accepted.
    reason : ndarray of shape (n_samples,), dtype object
        Why there is no recourse, in English; empty if there is one. For
        ``"not found"``: the number of rows tried, the feasible row of largest
        probability among them, and rules that bind there. For an unreadable row, the
        cells that cannot be read.
    n_changed : ndarray of shape (n_samples,), dtype float64
        Number of features changed. One-hot columns are one feature, and columns that
        follow from others do not count. This and the other measures are NaN for rows
        without recourse.
    effort : ndarray of shape (n_samples,), dtype float64
        Effort of the recourse, summed over features.
    gower_distance : ndarray of shape (n_samples,), dtype float64
        Gower distance between factual and counterfactual, in [0, 1].
    objective : ndarray of shape (n_samples,), dtype float64
        Objective of the recourse under the weights of the estimator.
    log_density : ndarray of shape (n_samples,), dtype float64
        Log-density of the counterfactual among accepted people, in nats and the units
        of the table.
    percentile : ndarray of shape (n_samples,), dtype float64
        Plausibility percentile: share of held-out accepted people who are less
        plausible, in [0, 1].
    training_row : ndarray of shape (n_samples,), dtype bool
        Whether the recourse equals a training row that fewer than five people share.
    contributions : ndarray of shape (n_samples, n_features), dtype float64
        How much each change raises the surrogate's score of acceptance. It orders the
        changes in `actions`.
    n_queries : ndarray of shape (n_samples,), dtype int64
        Number of rows that search queried the classifier about for this person.
        Proofs, reasons and the final check do not count. It is above `max_queries` if a
        proof found a row, which then was improved, or if a search beyond `max_effort`
        looked for the nearest miss.
    optimal : ndarray of shape (n_samples,), dtype bool
        Whether the recourse has the largest objective of all accepted feasible rows
        that may be answers, because all of them were tried.
    needed : ndarray of shape (n_samples,), dtype bool
        Whether every change is known to be needed: each part of the changes that may be
        a recourse was tried, and is denied. Of more than five changes, the 30 parts
        that are most likely to be accepted are tried.
    accompanying : ndarray of shape (n_samples, n_features), dtype bool
        Changes that are not needed and accompany the others: the recourse with this
        change alone undone would also be accepted. All other changes are needed, except
        unchecked ones, and columns that follow from others.
    unchecked : ndarray of shape (n_samples, n_features), dtype bool
        Changes of which it is not known whether they are needed or accompany the
        others, because the query budget was spent or ``search="none"``.
    codes_before : ndarray of shape (n_samples, n_features), dtype float64
        Factuals as codes: numbers, positions of levels, NaN for missing cells.
    codes_after : ndarray of shape (n_samples, n_features), dtype float64
        Counterfactuals as codes.
    schema : TableSchema
        Kind and values of each column.
    favorable_label : ndarray of shape (n_favorable,)
        Labels that people want.
    further : tuple of RecourseReport
        Internal: reports of the options after the first, see `options`.
    context : ReportContext
        Internal: what pages and displays show of accepted people.
    details : RowDetails
        Internal: what pages and displays show of each row.

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
    n_queries: np.ndarray
    optimal: np.ndarray
    needed: np.ndarray
    accompanying: np.ndarray
    unchecked: np.ndarray
    codes_before: np.ndarray
    codes_after: np.ndarray
    schema: TableSchema
    favorable_label: Any
    further: tuple[RecourseReport, ...] = ()
    context: ReportContext
    details: RowDetails

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.status)

    def __repr__(self) -> str:
        """Count the rows by status, because the arrays would fill the screen."""
        statuses = (ACCEPTED, FOUND, NOT_FOUND, IMPOSSIBLE, UNREADABLE)
        counts = {status: int((self.status == status).sum()) for status in statuses}
        shown = ", ".join(f"{n} {status}" for status, n in counts.items() if n)
        options = f"; {len(self.options)} options" if self.further else ""
        return f"<RecourseReport: {shown or 'no rows'}{options}>"

    def __getitem__(self, rows: Any) -> RecourseReport:
        """Take the report of some people.

        Parameters
        ----------
        rows : int, slice, or array-like of int or bool
            Numbers of the rows, or a mask of shape (n_samples,).

        Returns
        -------
        report : RecourseReport
            Report of these people, with all their options.
        """
        index = np.atleast_1d(np.arange(len(self))[_as_index(rows)])
        shared = ("schema", "favorable_label", "context", "details", "further", "_")
        taken = {
            field.name: _safe_indexing(getattr(self, field.name), index)
            for field in fields(self)
            if field.name not in shared
        }
        distinct = {id(one): one for one in self.further}
        parts = {key: one[index] for key, one in distinct.items()}
        further = tuple(parts[id(one)] for one in self.further)
        return replace(self, **taken, details=self.details[index], further=further)

    @property
    def options(self) -> tuple[RecourseReport, ...]:
        """Reports of all options: this one first, then the further ones.

        The options of a person have a falling objective. Each uses other features or
        another direction.
        """
        return (self, *self.further)

    @property
    def denied(self) -> np.ndarray:
        """Rows that the classifier denies, shape (n_samples,), dtype bool."""
        return (self.status != ACCEPTED) & ~self.unreadable

    @property
    def unreadable(self) -> np.ndarray:
        """Rows with a cell that cannot be read, shape (n_samples,), dtype bool."""
        return self.status == UNREADABLE

    @property
    def answered(self) -> np.ndarray:
        """Rows for which a recourse was found, shape (n_samples,), dtype bool."""
        return self.status == FOUND

    @property
    def diversity(self) -> np.ndarray:
        """Mean Gower distance between the options of each person.

        Shape (n_samples,), dtype float64; NaN for people with fewer than two.
        """
        total, pairs = np.zeros(len(self)), np.zeros(len(self))
        given = [one for one in self.options if one.answered.any()]
        for one, other in combinations(given, 2):
            both = one.answered & other.answered
            distance = gower(self.schema, one.codes_after, other.codes_after)
            total += np.where(both, distance, 0.0)
            pairs += both
        return np.where(pairs > 0, total / np.maximum(pairs, 1), np.nan)

    def to_frame(self, option: int | None = 0) -> pd.DataFrame:
        """Summarise every row.

        Parameters
        ----------
        option : int or None, default=0
            Number of the option. None gives all options, with a first column
            ``option``; options after the first have rows only for people who have
            them.

        Returns
        -------
        frame : DataFrame of shape (n_rows, n_columns)
            Status, measures and reason, with the index of the factuals. If
            `min_robustness` is set, ``robustness`` is the share of the refits that
            accept the recourse.
        """
        return table_of_options(self, option, summary)

    def changes(self, option: int | None = 0) -> pd.DataFrame:
        """List every change of every recourse.

        Parameters
        ----------
        option : int or None, default=0
            As in `to_frame`.

        Returns
        -------
        frame : DataFrame of shape (n_changes, 5)
            ``row`` (label in the index of the factuals), ``feature``, ``from``, ``to``
            and ``role``; None stands for a missing cell. The role is ``"needed"``,
            ``"accompanies"`` (the classifier also accepts if this change alone is
            undone), ``"follows"`` (the column follows from others) or ``"unknown"``
            (the budget was spent, or ``search="none"``). The changes of a row are in
            the order of `actions`.
        """
        return table_of_options(self, option, changes).reset_index(drop=True)

    def actions(
        self,
        wording: Wording | None = None,
        *,
        option: int | None = 0,
    ) -> Any:
        """Write every recourse in words.

        Parameters
        ----------
        wording : Wording, default=None
            Names, labels, units, formats and verbs of columns, and the phrases. None
            stands for English, and for columns and values as the table has them.
        option : int or None, default=0
            As in `to_frame`.

        Returns
        -------
        actions : list of str, or DataFrame with columns ``option`` and ``action``
            One sentence per row: the changes that the person makes, then those that
            follow from them. A group of one-hot columns is one change. The strongest
            change comes first: the one that most raises the surrogate's score of
            acceptance (`contributions`). It is said of a change that it accompanies
            the others, and of a recourse that not every part of its changes was
            checked. Rows without recourse have the reason. A DataFrame if `option` is
            None.

        Raises
        ------
        ValueError
            For an unknown column or value, or a text that cannot be used.
        """
        writer = Writer(self.schema, wording)
        table = table_of_options(self, option, lambda one: actions(one, writer))
        return table if option is None else table["action"].tolist()

    def counterfactual_frame(self, option: int | None = None) -> pd.DataFrame:
        """Return the counterfactuals of all options in one table.

        Parameters
        ----------
        option : int or None, default=None
            As in `to_frame`.

        Returns
        -------
        frame : DataFrame of shape (n_rows, n_features) or (n_rows, 1 + n_features)
            Rows of `counterfactuals`, with the index of the factuals, and a first
            column ``option`` if `option` is None.

        Raises
        ------
        ValueError
            If the table has a column ``option`` of its own.
        """
        return table_of_options(self, option, counterfactuals)

    def to_csv(
        self,
        path: Any = None,
        wording: Wording | None = None,
        *,
        changes: bool = False,
    ) -> str | None:
        """Write the summary of every row, with its actions, as a CSV file.

        Parameters
        ----------
        path : str, path or file, default=None
            File to write. None returns the text. A file is replaced only when the new
            one is complete.
        wording : Wording, default=None
            As in `actions`.
        changes : bool, default=False
            Whether to write the table of `changes` instead.

        Returns
        -------
        text : str or None
            Rows end with a carriage return and a line feed, so that cells with one of
            them are quoted. Texts that begin with ``=``, ``+``, ``-`` or ``@`` get an
            apostrophe in front, because a spreadsheet would read them as formulas:
            cells, row labels, and names of rows and columns. All other tables of a
            report, such as `changes`, have the texts of the user unchanged.
        """
        frame = self.changes() if changes else self.to_frame()
        if not changes:
            frame.insert(1, "actions", texts(self.actions(wording)))
        options: dict[str, Any] = {
            "index": not changes,
            "lineterminator": "\r\n",
            # A table may hold half a surrogate pair, which UTF-8 cannot encode.
            "errors": "backslashreplace",
        }
        frame = without_formulas(frame)
        if not isinstance(path, (str, PathLike)):
            return frame.to_csv(path, **options)
        with replaced_file(path) as written:
            frame.to_csv(written, **options)
        return None

    def by_group(self, by: Any) -> pd.DataFrame:
        """Compare coverage and costs of recourse between groups of people.

        Parameters
        ----------
        by : column or array-like of shape (n_samples,)
            A column of the factuals, or the group of each row. Numbers with more than
            10 values are cut at their quartiles; the cut belongs to the lower group.
            Missing cells are a group of their own.

        Returns
        -------
        table : DataFrame of shape (n_groups, n_columns)
            One row per group. ``n``, ``n_denied`` and ``n_answered`` count all people,
            denied people, and people with a recourse. ``coverage`` is the share of
            denied people with a recourse. ``effort``, ``percentile`` and ``n_changed``
            are means over people with a recourse. ``n_options``, if there are several
            options, is the mean number of options of a denied person. ``n_unreadable``,
            if there are such rows, counts rows that cannot be read. Columns with
            ``_low`` and ``_high`` are the ends of 95% confidence intervals (Wilson's
            for shares, Student's for means), NaN for too few people.

        Raises
        ------
        ValueError
            For an unknown column, or groups of another length.

        Notes
        -----
        A difference in effort does not prove unequal treatment, because denied people
        of different groups may differ in how far they are from being accepted. Equal
        effort does not prove equal treatment either.
        """
        return table_by_group(self, by)

    to_html = to_html
    to_json = to_json

    def _repr_html_(self) -> str | None:
        """Show the first people of the page in a notebook."""
        return fragment(self)


def _as_index(rows: Any) -> Any:
    """Turn lists and series of rows into arrays that numpy can index by."""
    if isinstance(rows, slice):
        return rows
    index = np.asarray(rows)
    return index if index.size else index.astype(np.int64)


def with_unreadable_rows(
    report: RecourseReport, table: Any, reading: TableReading
) -> RecourseReport:
    """Insert the rows that could not be read into the report of the others.

    Parameters
    ----------
    report : RecourseReport
        Report of the rows that could be read.
    table : DataFrame or ndarray of shape (n_samples, n_features)
        All rows as the user gave them.
    reading : TableReading
        What was read of them.

    Returns
    -------
    report : RecourseReport
        Of all rows. A row that could not be read is its own counterfactual.
    """
    if not reading.problems:
        return report
    read = ~reading.unreadable
    after = reading.codes.copy()
    after[read] = report.codes_after
    status = np.full(len(read), UNREADABLE, dtype=report.status.dtype)
    status[read] = report.status
    reason = reading.reasons()
    reason[read] = report.reason
    n_queries = np.zeros(len(read), dtype=report.n_queries.dtype)
    n_queries[read] = report.n_queries
    optimal, needed = np.zeros((2, len(read)), dtype=bool)
    optimal[read], needed[read] = report.optimal, report.needed
    accompanying, unchecked = np.zeros((2, *after.shape), dtype=bool)
    accompanying[read], unchecked[read] = report.accompanying, report.unchecked
    return replace(
        report,
        factuals=copied(table),
        counterfactuals=report.schema.write(table, reading.codes, after),
        status=status,
        reason=reason,
        **scatter_measures(report, read),
        n_queries=n_queries,
        optimal=optimal,
        needed=needed,
        accompanying=accompanying,
        unchecked=unchecked,
        codes_before=reading.codes,
        codes_after=after,
        details=report.details.among(read),
        further=tuple(
            with_unreadable_rows(one, table, reading) for one in report.further
        ),
    )
