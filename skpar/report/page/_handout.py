"""What the page shows of one person, in words: decision, reasons, options, rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...actionability import Range
from ...table import same_cells
from .._page_phrases import PagePhrases
from .._reasons import AcceptedLacking, Impossible, NotFound, reason_in_words
from .._sentences import Writer
from .._wording import FOUND, IMPOSSIBLE, NOT_FOUND
from ._additions import Additions, OptionRegion
from ._enough import StrayingChange
from ._obstacles import (
    NearestMiss,
    Obstacles,
    as_sentence,
    lack_in_words,
    nearest_miss,
    obstacles_of,
    percent,
)
from .pictures import ScaleView, draw_changes, person_view

if TYPE_CHECKING:
    from .._report import RecourseReport

_MAX_NAMES = 16
_ACCEPTED, _DENIED, _UNDECIDED = "accepted", "denied", "undecided"


@dataclass(frozen=True)
class OptionCard:
    """One option of a person, in words.

    Parameters
    ----------
    heading : str
        Its number; empty if there is one option.
    lead : str
        What comes before the actions.
    actions : tuple of str
        What is enough to do, the strongest change first.
    consequences : tuple of str
        What follows from the actions.
    notes : tuple of str
        What is not known about the changes.
    region : str
        How it is known what else is enough; empty if nothing is.
    found : str
        The values of the recourse, where less is enough.
    measures : str
        Score and plausibility in one line.
    picture : str
        The changes as SVG.
    is_rare : bool
        Whether the changed row is a rare training row.
    """

    heading: str
    lead: str
    actions: tuple[str, ...]
    consequences: tuple[str, ...]
    notes: tuple[str, ...]
    region: str
    found: str
    measures: str
    picture: str
    is_rare: bool


@dataclass(frozen=True)
class Handout:
    """The page of one person.

    Parameters
    ----------
    key : str
        Begin of the identifiers of its sections.
    title : str
        Name of the case.
    decision : str
        ``"accepted"``, ``"denied"`` or ``"undecided"``.
    sentence : str
        Decision and answer in words.
    reason : str
        Why there is no recourse, if nothing more is known.
    reasons : tuple of (str, str)
        Code and text of the reasons of the denial.
    cards : tuple of OptionCard
        The options.
    miss : NearestMiss or None
        The nearest miss, if nothing was found.
    obstacles : Obstacles or None
        What stands in the way, if there is no option.
    stays : tuple of str
        What stays as it is.
    """

    key: str
    title: str
    decision: str
    sentence: str
    reason: str
    reasons: tuple[tuple[str, str], ...]
    cards: tuple[OptionCard, ...]
    miss: NearestMiss | None
    obstacles: Obstacles | None
    stays: tuple[str, ...]


def make_handout(
    report: RecourseReport, row: int, writer: Writer, additions: Additions
) -> Handout:
    """Collect what the page shows of one person.

    Parameters
    ----------
    report : RecourseReport
        The report.
    row : int
        Position of the person.
    writer : Writer
        Names, values and phrases.
    additions : Additions
        What the user adds.

    Returns
    -------
    handout : Handout
    """
    finding = getattr(report.reason[row], "finding", None)
    miss = nearest_miss(finding, writer) if isinstance(finding, NotFound) else None
    obstacles = None
    if report.status[row] in (NOT_FOUND, IMPOSSIBLE):
        obstacles = obstacles_of(report, row, finding, writer)
    return Handout(
        f"person-{row}",
        additions.titles[row],
        _decision(report, row),
        _sentence(report, row, writer),
        _reason(report.reason[row], finding, writer),
        additions.reasons.get(row, ()),
        tuple(_cards(report, row, writer, additions)),
        miss,
        obstacles,
        tuple(_stays(report, row, writer)),
    )


def _decision(report: RecourseReport, row: int) -> str:
    """Name the decision on a person."""
    if report.unreadable[row]:
        return _UNDECIDED
    return _DENIED if report.denied[row] else _ACCEPTED


def _sentence(report: RecourseReport, row: int, writer: Writer) -> str:
    """Write the decision, and whether there is an option."""
    page = writer.page
    if report.unreadable[row]:
        return page.undecided
    if not report.denied[row]:
        is_enough = not report.reason[row]
        return f"{page.accepted} {page.no_change_needed if is_enough else ''}".rstrip()
    n = sum(bool(one.answered[row]) for one in report.options)
    said = page.several_options.format(n=n) if n > 1 else page.one_option
    if report.status[row] != FOUND:
        is_proved = report.status[row] == IMPOSSIBLE
        said = page.proved_impossible if is_proved else page.nothing_found
    return f"{page.denied} {said}"


def _reason(reason: str, finding: Any, writer: Writer) -> str:
    """Write the reason why there is no recourse, unless obstacles say it."""
    if isinstance(finding, (Impossible, NotFound)):
        return ""
    if isinstance(finding, AcceptedLacking):
        page = writer.page
        texts = [lack_in_words(lack, writer) for lack in finding.lacks]
        return as_sentence(page.accepted_lacks.format(lacks="; ".join(texts)))
    return as_sentence(reason_in_words(reason, writer))


def _cards(
    report: RecourseReport, row: int, writer: Writer, additions: Additions
) -> list[OptionCard]:
    """Write the options of a person."""
    view = person_view(report, row, writer)
    numbers = [k for k, one in enumerate(report.options) if one.answered[row]]
    page, cards = writer.page, []
    for place, number in enumerate(numbers):
        one = report.options[number]
        region = additions.regions.get((row, number), OptionRegion())
        if one.accompanying[row].any():
            region = OptionRegion()  # roles are those of the values that were found
        texts = list(view.actions[place])
        scales = list(view.options[place][: len(texts)])
        found = []
        for k, change in enumerate(_straying(one, row, scales, region)):
            if change is not None:
                texts[k] = change.action(texts[k], writer)
                scales[k] = change.scale(scales[k], writer)
                found.append(change.found(writer))
        actions, consequences = _parts(one, row, texts)
        heading = page.option.format(number=place + 1)
        cards.append(
            OptionCard(
                heading if len(numbers) > 1 else "",
                page.several_changes if len(actions) > 1 else page.one_change,
                actions,
                consequences,
                tuple(map(as_sentence, view.notes[place])),
                _known_how(region, page),
                _found(found, page),
                _measures(one, row, writer),
                draw_changes(scales, "; ".join(texts)),
                bool(one.training_row[row]),
            )
        )
    return cards


def _parts(
    report: RecourseReport, row: int, texts: list[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split changes in words into actions and what follows from them."""
    changed = ~same_cells(report.codes_before[row], report.codes_after[row])
    n = len(texts) - int(changed[list(report.context.derived)].sum())
    return tuple(texts[:n]), tuple(texts[n:])


def _straying(
    report: RecourseReport, row: int, scales: Sequence[ScaleView], region: OptionRegion
) -> list[StrayingChange | None]:
    """Collect the changes that may stray, in the order of the changes."""
    before, after = report.codes_before[row], report.codes_after[row]
    context, names = report.context, report.schema.names
    found: list[StrayingChange | None] = []
    for j in (scale.column for scale in scales):
        number = region.numbers.get(j)
        if number is None:
            found.append(None)
            continue
        rules = context.written.get(names[j], ())
        steps = [rule.step for rule in rules if isinstance(rule, Range) and rule.step]
        step = float(steps[0]) if steps else None
        old, new = float(before[j]), float(after[j])
        found.append(StrayingChange(j, old, new, number, step))
    return found


def _known_how(region: OptionRegion, page: PagePhrases) -> str:
    """Write how it is known that other values are enough."""
    if not region.numbers:
        return ""
    is_one = len(region.numbers) == 1
    if region.n_tested:
        tested = page.value_tested if is_one else page.values_tested
        return tested.format(n=region.n_tested)
    return page.value_proved if is_one else page.values_proved


def _found(values: list[str], page: PagePhrases) -> str:
    """Write the values of the recourse, where less is enough."""
    some = [value for value in values if value]
    return page.found.format(values="; ".join(some)) if some else ""


def _measures(report: RecourseReport, row: int, writer: Writer) -> str:
    """Write the score and the plausibility in one line."""
    page, parts = writer.page, []
    before, after = report.details.probability[row].tolist()
    if not np.isnan([before, after]).any():
        texts = percent(writer, before, after)
        parts.append(page.score.format(before=texts[0], after=texts[1]))
    share = float(report.percentile[row])
    if not np.isnan(share):
        parts.append(page.typical.format(share=percent(writer, share)[0]))
    return as_sentence("; ".join(parts))


def _stays(report: RecourseReport, row: int, writer: Writer) -> list[str]:
    """Say what the rules fix, and what no option changes."""
    if not report.denied[row]:
        return []
    found = [one for one in report.options if one.answered[row]]
    changed = np.zeros(len(report.schema.columns), dtype=bool)
    for one in found:
        changed |= ~same_cells(one.codes_before[row], one.codes_after[row])
    fixed, limits = np.zeros_like(changed), report.details.limits
    fixed[list(report.context.immutable)] = True
    if limits is not None:
        fixed |= limits.frozen[row]
    page, lines = writer.page, []
    free = ~changed & ~fixed & bool(found)
    for text, chosen in (
        (page.stays_fixed, fixed & ~changed),
        (page.stays_free, free),
    ):
        names = [writer.name(j) for j in np.flatnonzero(chosen).tolist()]
        if names:
            lines.append(text.format(names=_listed(names, page.and_more)))
    return lines


def _listed(names: list[str], and_more: str) -> str:
    """Join names; a long list is cut."""
    n_more = len(names) - _MAX_NAMES
    if n_more <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:_MAX_NAMES])} {and_more.format(n=n_more)}"
