"""Rules in words, for those who did not write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...actionability import Fill, Levels, Range, Transitions
from ...search import OWN_LIMITS
from .._sentences import Writer, localized
from .._wording import level_text

if TYPE_CHECKING:
    from .._report import RecourseReport

_WORDS = ("immutable", "increasing", "decreasing")


def rules_in_words(
    report: RecourseReport, rules: Sequence[str], writer: Writer
) -> tuple[str, ...]:
    """Write single rules in words; links and costs stay as they are.

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
    names, context, page = report.schema.names, report.context, writer.page
    words, written = {}, context.written
    for j, name in enumerate(names):
        own = page.own_limits.format(name=writer.name(j))
        words[f"{name}: {OWN_LIMITS}"] = own
        for rule in written.get(name, ()):
            words[f"{name}: {rule!r}"] = _in_words(j, rule, writer)
    return tuple(words.get(rule, rule) for rule in rules)


def all_rules_in_words(report: RecourseReport, writer: Writer) -> tuple[str, ...]:
    """Write all rules that recourse keeps, and the links as they are.

    Parameters
    ----------
    report : RecourseReport
        The report.
    writer : Writer
        Names and phrases.

    Returns
    -------
    texts : tuple of str
    """
    context = report.context
    rules = [
        f"{name}: {rule!r}" for name, some in context.written.items() for rule in some
    ]
    return rules_in_words(report, [*rules, *context.links], writer)


def _in_words(j: int, rule: Any, writer: Writer) -> str:
    """Write a rule of a feature."""
    page, name = writer.page, writer.name(j)
    if writer.schema.columns[j].kind == "binary" and rule in _WORDS[1:]:
        level = writer.rounded(j, float(rule == "increasing"))
        return page.can_become.format(name=name, levels=level)
    if isinstance(rule, str) and rule in _WORDS:
        return str(getattr(page, rule)).format(name=name)
    if isinstance(rule, Fill):
        return (page.can_fill if rule.allowed else page.cannot_fill).format(name=name)
    if rule in (Levels([]), Transitions({})):
        return page.immutable.format(name=name)
    if isinstance(rule, Levels):
        levels = _listed([_level(j, one, writer) for one in rule.levels], writer)
        return page.can_become.format(name=name, levels=levels)
    if isinstance(rule, Transitions):
        moves = []
        for level, targets in rule.pairs:
            if not targets:
                continue
            levels = _listed([_level(j, one, writer) for one in targets], writer)
            moves.append(
                page.can_move.format(before=_level(j, level, writer), levels=levels)
            )
        return page.can_only_move.format(name=name, moves="; ".join(moves))
    if isinstance(rule, Range):
        return _range_in_words(j, rule, writer)
    return f"{name}: {rule!r}"


def _range_in_words(j: int, rule: Range, writer: Writer) -> str:
    """Write the bounds of a number or of its change, and the steps."""
    page, name = writer.page, writer.name(j)
    text = _change_in_words(j, rule, writer) if rule.relative else ""
    if not rule.relative and (rule.low, rule.high) != (None, None):
        text = _bounds_in_words(j, rule, writer)
    if rule.step is None:
        return text or f"{name}: {rule!r}"
    steps = page.steps.format(step=writer.plain(j, float(rule.step)))
    return f"{text or name}, {steps}"


def _bounds_in_words(j: int, rule: Range, writer: Writer) -> str:
    """Write the bounds of a number; whole numbers have whole bounds."""
    phrases, name = writer.phrases, writer.name(j)
    low, high = rule.low, rule.high
    if writer.schema.columns[j].kind == "integer":
        low = None if low is None else np.ceil(low)
        high = None if high is None else np.floor(high)
    is_one = low is None or high is None
    least = "" if low is None else writer.bound(j, float(low), has_unit=is_one)
    most = "" if high is None else writer.bound(j, float(high))
    if not least:
        return phrases.region_below.format(name=name, high=most)
    if not most:
        return phrases.region_above.format(name=name, low=least)
    return phrases.region_between.format(name=name, low=least, high=most)


def _change_in_words(j: int, rule: Range, writer: Writer) -> str:
    """Write the bounds of the change of a number."""
    page, name = writer.page, writer.name(j)
    low, high = (
        None if end is None else _amount(j, end, writer)
        for end in (rule.low, rule.high)
    )
    if low is None and high is None:
        return ""
    if (rule.low or 0.0) > 0.0 or (rule.high or 0.0) < 0.0:
        return f"{name}: {rule!r}"  # a change that must be made
    if rule.low == 0:
        can_rise = page.increasing if high is None else page.can_rise
        return can_rise.format(name=name, high=high)
    if rule.high == 0:
        can_fall = page.decreasing if low is None else page.can_fall
        return can_fall.format(name=name, low=low)
    if low is not None and high is not None:
        return page.can_change_between.format(name=name, low=low, high=high)
    if low is not None:
        return page.can_change_from.format(name=name, low=low)
    return page.can_change_to.format(name=name, high=high)


def _amount(j: int, amount: float, writer: Writer) -> str:
    """Write the size of a change; those of percentages are percentage points."""
    size, page = abs(float(amount)), writer.page
    _, factor = writer.pattern(j)
    if factor == 1.0:
        return writer.plain(j, size)
    text = localized(f"{factor * size:.12g}", writer.phrases, False)
    return page.points.format(n=text)


def _level(j: int, level: Any, writer: Writer) -> str:
    """Write a level; one that the training table does not have stays as it is."""
    try:
        code = writer.schema.code_of(j, level)
    except ValueError:
        return level_text(level)
    return writer.rounded(j, code)


def _listed(texts: list[str], writer: Writer) -> str:
    """Join alternatives."""
    *first, last = texts or [writer.phrases.none]
    return f"{', '.join(first)}{writer.phrases.alternative}{last}" if first else last
