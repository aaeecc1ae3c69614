"""What the page shows of many people: counts, changes, a table, rows without answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .._reasons import reason_in_words
from .._sentences import Writer, localized
from .._tables import person_actions, person_notes
from .._wording import FOUND, IMPOSSIBLE
from ._additions import Additions
from ._handout import Handout, make_handout
from ._obstacles import percent
from .pictures import FeatureSummary, draw_summary, feature_summaries

if TYPE_CHECKING:
    from .._report import RecourseReport


@dataclass(frozen=True)
class SummaryLine:
    """How often one feature changes.

    Parameters
    ----------
    name : str
        The feature.
    picture : str
        A bar as SVG.
    share : str
        Share of the people who change it.
    kinds : str
        How they change it.
    typical : str
        The median change, or the most frequent one.
    """

    name: str
    picture: str
    share: str
    kinds: str
    typical: str


@dataclass(frozen=True)
class TableLine:
    """One denied person.

    Parameters
    ----------
    label : str
        The case.
    status : str
        Whether there is a recourse.
    changes : str
        Its changes, or why there is none.
    measures : tuple of str
        Number of features, effort and percentile; empty texts without a recourse.
    """

    label: str
    status: str
    changes: str
    measures: tuple[str, str, str]


@dataclass(frozen=True)
class Overview:
    """The page of many people.

    Parameters
    ----------
    counts : tuple of str
        How many people are accepted, and have a recourse.
    summaries : tuple of SummaryLine
        The features that change.
    lines : tuple of TableLine
        Denied people.
    n_left : int
        Number of denied people who are not in the table.
    people : tuple of Handout
        The pages of the first denied people.
    n_denied : int
        Number of denied people.
    unreadable : tuple of (str, str)
        Case and reason of rows that cannot be read.
    n_unreadable : int
        Number of such rows.
    """

    counts: tuple[str, ...]
    summaries: tuple[SummaryLine, ...]
    lines: tuple[TableLine, ...]
    n_left: int
    people: tuple[Handout, ...]
    n_denied: int
    unreadable: tuple[tuple[str, str], ...]
    n_unreadable: int


def make_overview(
    report: RecourseReport,
    writer: Writer,
    additions: Additions,
    max_people: int,
    max_lines: int | None = None,
) -> Overview:
    """Collect what the page shows of many people.

    Parameters
    ----------
    report : RecourseReport
        The report.
    writer : Writer
        Names, values and phrases.
    additions : Additions
        What the user adds.
    max_people : int
        Largest number of people with a page of their own.
    max_lines : int, default=None
        Largest number of people in the table; None for all.

    Returns
    -------
    overview : Overview
    """
    denied = np.flatnonzero(report.denied).tolist()
    unreadable = np.flatnonzero(report.unreadable).tolist()
    lines = [_line(report, row, writer, additions) for row in denied[:max_lines]]
    return Overview(
        _counts(report, writer),
        tuple(_summary(one, writer) for one in feature_summaries(report, writer)),
        tuple(lines),
        len(denied) - len(lines),
        tuple(
            make_handout(report, row, writer, additions) for row in denied[:max_people]
        ),
        len(denied),
        tuple(
            (additions.labels[row], str(report.reason[row]))
            for row in unreadable[:max_people]
        ),
        len(unreadable),
    )


def _counts(report: RecourseReport, writer: Writer) -> tuple[str, ...]:
    """Count decisions and answers in sentences."""
    page, n = writer.page, len(report)
    n_denied, n_unreadable = int(report.denied.sum()), int(report.unreadable.sum())
    texts = [page.n_accepted.format(n=n - n_denied - n_unreadable, of=n)]
    if n_denied:
        texts.append(page.n_found.format(n=int(report.answered.sum()), of=n_denied))
    n_impossible = int((report.status == IMPOSSIBLE).sum())
    if n_impossible:
        texts.append(page.n_impossible.format(n=n_impossible))
    if n_unreadable:
        texts.append(page.n_unreadable.format(n=n_unreadable))
    return tuple(texts)


def _summary(summary: FeatureSummary, writer: Writer) -> SummaryLine:
    """Write how often a feature changes, and how."""
    page = writer.page
    words = (page.raised, page.lowered, page.switched, page.filled)
    kinds = [
        f"{word} {percent(writer, float(share))[0]}"
        for word, share in zip(words, summary.kind_shares, strict=True)
        if share
    ]
    return SummaryLine(
        summary.name,
        draw_summary(summary),
        percent(writer, summary.share)[0],
        ", ".join(kinds),
        summary.typical_change,
    )


def _line(
    report: RecourseReport, row: int, writer: Writer, additions: Additions
) -> TableLine:
    """Write one line of the table."""
    phrases, status, label = writer.phrases, report.status[row], additions.labels[row]
    if status != FOUND:
        said = getattr(phrases, status.replace(" ", "_"))
        reason = reason_in_words(report.reason[row], writer)
        return TableLine(label, said, reason, ("", "", ""))
    texts = [*person_actions(report, row, writer), *person_notes(report, row, writer)]
    effort = localized(f"{float(report.effort[row]):.2f}", phrases, False)
    measures = (
        f"{report.n_changed[row]:.0f}",
        effort,
        percent(writer, float(report.percentile[row]))[0],
    )
    return TableLine(label, phrases.page.status_found, "; ".join(texts), measures)
