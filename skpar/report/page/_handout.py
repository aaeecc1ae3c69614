"""What the page shows of one person, in words: decision, reasons, options, rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...table import same_cells
from .._reasons import Impossible, NotFound, reason_in_words
from .._sentences import Writer, localized
from .._wording import FOUND, IMPOSSIBLE, NOT_FOUND
from ._additions import Additions
from ._person_view import PersonView, person_view
from ._svg import draw_changes

if TYPE_CHECKING:
    from .._report import RecourseReport

_MAX_NAMES = 16
_RULE_WORDS = ("immutable", "increasing", "decreasing")
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
        What to do, the strongest change first.
    consequences : tuple of str
        What follows from the actions.
    notes : tuple of str
        What is not known about the changes.
    region : tuple of (str, str) or None
        How far numbers may stray, and how this is known.
    measures : str
        Probability, effort and plausibility in one line.
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
    region: tuple[str, str] | None
    measures: str
    picture: str
    is_rare: bool


@dataclass(frozen=True)
class NearestMiss:
    """A row that was tried and is no recourse.

    Parameters
    ----------
    mark : str
        Why it is none, in few words.
    changes : tuple of str
        Its changes.
    lacks : tuple of str
        The demands that it breaks, if the classifier accepts it.
    probability : str
        Its probability of acceptance; empty if unknown.
    """

    mark: str
    changes: tuple[str, ...]
    lacks: tuple[str, ...]
    probability: str


@dataclass(frozen=True)
class Obstacles:
    """What stands in the way of a person without recourse.

    Parameters
    ----------
    facts : tuple of str
        What is known, one sentence each.
    lead : str
        What comes before the rules.
    rules : tuple of str
        Rules, in words if possible.
    advice : str
        What the person can ask for.
    """

    facts: tuple[str, ...]
    lead: str
    rules: tuple[str, ...]
    advice: str


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
    miss = _nearest_miss(finding, writer) if isinstance(finding, NotFound) else None
    is_known = isinstance(finding, (Impossible, NotFound))
    obstacles = None
    if report.status[row] in (NOT_FOUND, IMPOSSIBLE):
        obstacles = _obstacles(report, row, finding, writer)
    return Handout(
        f"person-{row}",
        additions.titles[row],
        _decision(report, row),
        _sentence(report, row, writer),
        "" if is_known else as_sentence(reason_in_words(report.reason[row], writer)),
        additions.reasons.get(row, ()),
        tuple(_cards(report, row, writer, additions)),
        miss,
        obstacles,
        tuple(_stays(report, row, writer)),
    )


def rules_in_words(
    report: RecourseReport, rules: Sequence[str], writer: Writer
) -> tuple[str, ...]:
    """Write rules in words, if they are the simplest ones; others stay as they are.

    Parameters
    ----------
    report : RecourseReport
        The report.
    rules : sequence of str
        Each with its column, as the user wrote it.
    writer : Writer
        Names and phrases.

    Returns
    -------
    texts : tuple of str
    """
    page, words = writer.page, {}
    for j, name in enumerate(report.schema.names):
        for rule in _RULE_WORDS:
            words[f"{name}: {rule!r}"] = getattr(page, rule).format(name=writer.name(j))
    return tuple(words.get(rule, rule) for rule in rules)


def percent(writer: Writer, *shares: float) -> list[str]:
    """Write shares as percentages, with as many decimals as tell them apart.

    Parameters
    ----------
    writer : Writer
        Marks and units of the language.
    *shares : float
        In [0, 1].

    Returns
    -------
    texts : list of str
    """
    phrases, texts = writer.phrases, [""]
    for decimals in range(4):
        texts = [f"{100.0 * share:.{decimals}f}" for share in shares]
        if len(set(texts)) == len(set(shares)):
            break
    unit = phrases.units.get("%", "{}%")
    return [unit.replace("{}", localized(text, phrases, False)) for text in texts]


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


def _cards(
    report: RecourseReport, row: int, writer: Writer, additions: Additions
) -> list[OptionCard]:
    """Write the options of a person."""
    view = person_view(report, row, writer)
    numbers = [k for k, one in enumerate(report.options) if one.answered[row]]
    efforts = [float(report.options[k].effort[row]) for k in numbers]
    page, cards = writer.page, []
    for place, number in enumerate(numbers):
        one = report.options[number]
        effort, others = efforts[place], efforts[:place] + efforts[place + 1 :]
        is_least = bool(others) and effort < min(others)
        heading = page.option.format(number=place + 1)
        actions, consequences = _parts(one, row, view.actions[place])
        cards.append(
            OptionCard(
                heading if len(numbers) > 1 else "",
                page.several_changes if len(actions) > 1 else page.one_change,
                actions,
                consequences,
                tuple(map(as_sentence, view.notes[place])),
                additions.regions.get((row, number)),
                _measures(one, row, writer, is_least),
                _picture(view, place),
                bool(one.training_row[row]),
            )
        )
    return cards


def _parts(
    report: RecourseReport, row: int, texts: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split changes in words into actions and what follows from them."""
    changed = ~same_cells(report.codes_before[row], report.codes_after[row])
    n = len(texts) - int(changed[list(report.context.derived)].sum())
    return texts[:n], texts[n:]


def _picture(view: PersonView, option: int) -> str:
    """Draw the changes of an option, without the measures."""
    texts = view.actions[option]
    return draw_changes(view.options[option][: len(texts)], "; ".join(texts))


def _measures(report: RecourseReport, row: int, writer: Writer, is_least: bool) -> str:
    """Write probability, least effort and plausibility in one line."""
    page, parts = writer.page, []
    before, after = report.details.probability[row].tolist()
    if not np.isnan([before, after]).any():
        texts = percent(writer, before, after)
        parts.append(page.probability.format(before=texts[0], after=texts[1]))
    if is_least:
        parts.append(page.least_effort)
    share = float(report.percentile[row])
    if not np.isnan(share):
        parts.append(page.typical.format(share=percent(writer, share)[0]))
    return as_sentence("; ".join(parts))


def _nearest_miss(finding: NotFound, writer: Writer) -> NearestMiss | None:
    """Describe the nearest miss; None if there is none."""
    if not finding.is_miss.any():
        return None
    page = writer.page
    changes = tuple(
        writer.action(j, *_rounded(finding, writer, j))
        for j in np.flatnonzero(finding.is_miss).tolist()
    )
    probability = ""
    if finding.probability is not None:
        text = percent(writer, finding.probability)[0]
        probability = page.miss_probability.format(probability=text)
    mark = page.miss_lacking if finding.lacks else page.miss_denied
    return NearestMiss(mark, changes, tuple(finding.lacks), probability)


def _rounded(finding: NotFound, writer: Writer, j: int) -> tuple[float, float]:
    """Round a change of the nearest miss, which nobody has to reach exactly."""
    before, after = float(finding.row[j]), float(finding.miss[j])
    short = float(f"{before:.3g}"), float(f"{after:.3g}")
    is_number = writer.schema.columns[j].kind == "continuous"
    return short if is_number and short[0] != short[1] else (before, after)


def _obstacles(
    report: RecourseReport, row: int, finding: Any, writer: Writer
) -> Obstacles:
    """Say what stands in the way of a person, as far as it is known."""
    phrases, facts = writer.phrases, []
    page, lead = phrases.page, ""
    rules: tuple[str, ...] = ()
    if isinstance(finding, NotFound):
        facts.append(page.rows_tried.format(n=finding.n_queries))
        # A row that breaks other demands is not held back by rules.
        lead, rules = page.binding, () if finding.lacks else finding.binding
    if isinstance(finding, Impossible):
        if not finding.can_change:
            facts.append(page.no_change_allowed)
        lead, rules = page.blocking, finding.blocking
        if not rules:
            facts.append(page.no_blocking)
    demands = getattr(finding, "demands", [])
    if demands:
        text = phrases.conjunction.join(demands)
        facts.append(page.demanded.format(demands=text))
    is_proved = report.status[row] == IMPOSSIBLE
    advice = page.ask_for_rules if is_proved else page.ask_for_more
    return Obstacles(tuple(facts), lead, rules_in_words(report, rules, writer), advice)


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


def as_sentence(text: str) -> str:
    """Begin a text with a capital letter, and end it with a period; "" stays empty."""
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}." if text else ""
