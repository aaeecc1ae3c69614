"""What stands in the way of a person without recourse, and what came nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...search import Broken, Demanded
from .._reasons import Impossible, NotFound
from .._sentences import Writer, localized
from .._wording import IMPOSSIBLE
from ._rule_words import rules_in_words

if TYPE_CHECKING:
    from .._report import RecourseReport

# Demands on shares, which are written as percentages.
_SHARES = ("min_probability", "max_probability", "min_robustness")
_MAX_DECIMALS = 7


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
    """

    mark: str
    changes: tuple[str, ...]
    lacks: tuple[str, ...]


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
    needs_effort : bool
        Whether there is a largest effort.
    """

    facts: tuple[str, ...]
    lead: str
    rules: tuple[str, ...]
    advice: str
    needs_effort: bool


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
    texts = [""]
    for decimals in range(_MAX_DECIMALS):
        texts = [f"{100.0 * share:.{decimals}f}" for share in shares]
        ends = {f"{0:.{decimals}f}", f"{100:.{decimals}f}"} & set(texts)
        is_inside = all(0.0 < share < 1.0 for share in shares)
        if len(set(texts)) == len(set(shares)) and not (ends and is_inside):
            break
    return [_percentage(text, writer) for text in texts]


def _percentage(number: str, writer: Writer) -> str:
    """Write a number of per cent with the marks and the unit of the language."""
    phrases = writer.phrases
    unit = phrases.units.get("%", "{}%")
    return unit.replace("{}", localized(number, phrases, False))


def nearest_miss(finding: NotFound, writer: Writer) -> NearestMiss | None:
    """Describe the nearest miss; None if there is none.

    Parameters
    ----------
    finding : NotFound
        What was tried.
    writer : Writer
        Names, values and phrases.

    Returns
    -------
    miss : NearestMiss or None
    """
    if not finding.is_miss.any():
        return None
    page = writer.page
    changes = tuple(
        writer.action(j, *_shown(finding, writer, j))
        for j in np.flatnonzero(finding.is_miss).tolist()
    )
    mark = page.miss_lacking if finding.lacks else page.miss_denied
    lacks = tuple(lack_in_words(one, writer) for one in finding.lacks)
    return NearestMiss(mark, changes, lacks)


def lack_in_words(lack: Broken, writer: Writer) -> str:
    """Write how a row breaks a demand.

    Parameters
    ----------
    lack : Broken
        The demand, and the measure of the row.
    writer : Writer
        Phrases of the language.

    Returns
    -------
    text : str
    """
    template: str = getattr(writer.page, f"lacks_{lack.name}")
    if lack.value is None:
        return template.format(bound=lack.bound)
    value, bound = _measured(lack.name, [lack.value, lack.bound], writer)
    return template.format(value=value, bound=bound)


def _demand_in_words(demand: Demanded, writer: Writer) -> str:
    """Write what recourse needs."""
    template: str = getattr(writer.page, f"needs_{demand.name}")
    if demand.name == "target":
        return template.format(bound=demand.bound)
    (bound,) = _measured(demand.name, [demand.bound], writer)
    return template.format(bound=bound)


def _measured(name: str, numbers: list[float], writer: Writer) -> list[str]:
    """Write measures of a demand: shares as percentages, others with few digits."""
    if name in _SHARES:
        return _shares(numbers, writer)
    texts = [f"{number:.3g}" for number in numbers]
    if len(set(texts)) < len(set(numbers)):
        texts = [f"{number:.6g}" for number in numbers]
    return [localized(text, writer.phrases, False) for text in texts]


def _shares(shares: list[float], writer: Writer) -> list[str]:
    """Write shares as percentages; the last one, a bound, has all of its digits."""
    *values, bound = shares
    exact = f"{100.0 * bound:.10g}"
    decimals = len(exact.partition(".")[2])
    texts = [f"{100.0 * value:.{decimals}f}" for value in values]
    if exact in texts:
        texts = [f"{100.0 * value:.6g}" for value in values]
    return [_percentage(text, writer) for text in (*texts, exact)]


def _shown(finding: NotFound, writer: Writer, j: int) -> tuple[float, float]:
    """Round a change of a denied miss, which nobody has to reach exactly."""
    before, after = float(finding.row[j]), float(finding.miss[j])
    if finding.lacks:
        return before, after
    short = float(f"{before:.3g}"), float(f"{after:.3g}")
    is_number = writer.schema.columns[j].kind == "continuous"
    return short if is_number and short[0] != short[1] else (before, after)


def obstacles_of(
    report: RecourseReport, row: int, finding: Any, writer: Writer
) -> Obstacles:
    """Say what stands in the way of a person, as far as it is known.

    Parameters
    ----------
    report : RecourseReport
        The report.
    row : int
        Position of the person.
    finding : object
        What is known.
    writer : Writer
        Names, values and phrases.

    Returns
    -------
    obstacles : Obstacles
    """
    phrases, facts = writer.phrases, []
    page, lead = phrases.page, ""
    rules: tuple[str, ...] = ()
    if isinstance(finding, NotFound):
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
        texts = [_demand_in_words(one, writer) for one in demands]
        facts.append(page.demanded.format(demands=phrases.conjunction.join(texts)))
    # A longer search helps neither against a proof nor against a demand.
    is_sure = report.status[row] == IMPOSSIBLE or bool(getattr(finding, "lacks", []))
    advice = page.ask_for_rules if is_sure else page.ask_for_more
    said = rules_in_words(report, rules, writer)
    needs_effort = any(one.name == "max_effort" for one in demands)
    return Obstacles(tuple(facts), lead, said, advice, needs_effort)


def as_sentence(text: str) -> str:
    """Begin a text with a capital letter, and end it with a period; "" stays empty."""
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}." if text else ""
