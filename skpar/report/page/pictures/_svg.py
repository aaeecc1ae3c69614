"""Pictures as inline SVG: no library, no script, no network."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from html import escape

import numpy as np

from ..._wording import shorten
from ._person_view import ScaleView, tick_side
from ._population_view import FeatureSummary

# Lengths in units of the picture.
_PICTURE_WIDTH = 400
_MARGIN = 10  # a dot at an end of the scale stays within the picture
_SCALE_HEIGHT = 57  # of one scale with its name, bars and labels
_BAR_HEIGHT = 14  # of the highest bar of a histogram
_DOT_RADIUS = 5.5
_SUMMARY_WIDTH = 120
_SUMMARY_HEIGHT = 14

# Numbers of characters; a line holds a name and a change.
_MAX_LINE = 54
_MAX_NAME = 28
_MAX_END_LABEL = 20
_LETTER_WIDTH = 0.018  # as a share of the scale


def printable(text: object) -> str:
    r"""Replace control characters and half surrogate pairs.

    Parameters
    ----------
    text : object
        Any value of the user's table.

    Returns
    -------
    shown : str
        Spaces of any width stay.

    Examples
    --------
    >>> from skpar.report.page.pictures._svg import printable
    >>> printable("a\x00b") == "a\ufffdb"
    True
    """
    return "".join(
        character
        if character.isprintable()
        or character in "\n\t"
        or unicodedata.category(character) == "Zs"
        else "\ufffd"
        for character in str(text)
    )


def safe(text: object) -> str:
    """Escape a text for HTML, inside and outside of attributes.

    Parameters
    ----------
    text : object
        Any value of the user's table.

    Returns
    -------
    escaped : str
        Control characters are replaced, too.

    Examples
    --------
    >>> from skpar.report.page.pictures._svg import safe
    >>> safe('<script>"&')
    '&lt;script&gt;&quot;&amp;'
    """
    return escape(printable(text), quote=True)


def draw_changes(scales: Sequence[ScaleView], label: str) -> str:
    """Draw changes of one person.

    Parameters
    ----------
    scales : sequence of ScaleView
        The changes.
    label : str
        The changes in words, for screen readers.

    Returns
    -------
    svg : str
        Each change on its own scale, before the histogram of accepted people.
    """
    drawn = [_draw_scale(line, scale) for line, scale in enumerate(scales)]
    return (
        f'<svg viewBox="0 0 {_PICTURE_WIDTH} {len(scales) * _SCALE_HEIGHT}" '
        f'role="img" aria-label="{safe(label)}">{"".join(drawn)}</svg>'
    )


def draw_summary(summary: FeatureSummary) -> str:
    """Draw how many people change a feature.

    Parameters
    ----------
    summary : FeatureSummary
        The feature.

    Returns
    -------
    svg : str
        A bar as long as the share of people who change it, with a color for each kind
        of change. Screen readers skip it, because the words are beside it.
    """
    left, parts = 0.0, []
    for number, share in enumerate(summary.kind_shares.tolist()):
        width = share * _SUMMARY_WIDTH
        if share:
            parts.append(
                f'<rect class="w{number}" x="{left:.1f}" y="0" width="{width:.1f}" '
                f'height="{_SUMMARY_HEIGHT}"/>'
            )
        left += width
    return (
        f'<svg viewBox="0 0 {_SUMMARY_WIDTH} {_SUMMARY_HEIGHT}" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def _draw_scale(line: int, scale: ScaleView) -> str:
    """Draw one scale: name, change, bars, axis, ring (before), arrow, dot (after)."""
    top = line * _SCALE_HEIGHT
    y, right = top + 33, _PICTURE_WIDTH - _MARGIN
    name = shorten(scale.name, max(_MAX_NAME, _MAX_LINE - len(scale.text)))
    room = max(_MAX_LINE - len(name), _MAX_NAME)
    parts = [
        _text(_MARGIN, top + 12, scale.name, "n", len(name)),
        _text(right, top + 12, scale.text, "t right", room),
    ]
    for start, end, share in scale.bars:
        height = _BAR_HEIGHT * share
        parts.append(
            f'<rect class="b" x="{_x(start):.1f}" y="{y - height:.1f}" '
            f'width="{_x(end) - _x(start):.1f}" height="{height:.1f}"/>'
        )
    parts.append(f'<path class="s" d="M{_MARGIN} {y}H{right}"/>')
    parts += [
        _text(_x(place), y + 16, text, f"e {tick_side(place)}", _MAX_END_LABEL)
        for place, text in scale.ticks or _own_ticks(scale)
    ]
    after = _x(scale.after)
    if scale.beyond is not None:
        first, last = map(_x, scale.beyond)
        parts.append(f'<path class="g" d="M{first:.1f} {y}H{last:.1f}"/>')
    if not np.isnan(scale.before):
        before = _x(scale.before)
        parts.append(f'<path class="m" d="M{before:.1f} {y}H{after:.1f}"/>')
        parts.append(_circle("o", before, y))
    parts.append(_circle("d", after, y))
    return "".join(parts)


def _own_ticks(scale: ScaleView) -> tuple[tuple[float, str], ...]:
    """Write both values below a scale without ticks, if there is room."""
    after = (scale.after, scale.after_text)
    texts = (scale.before_text, scale.after_text)
    n_letters = sum(min(len(text), _MAX_END_LABEL) for text in texts)
    has_room = abs(scale.after - scale.before) > n_letters * _LETTER_WIDTH / 2
    return ((scale.before, scale.before_text), after) if has_room else (after,)


def _circle(kind: str, x: float, y: int) -> str:
    """Draw a ring or a dot."""
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y}" r="{_DOT_RADIUS}"/>'


def _text(x: float, y: int, text: str, kind: str, max_length: int) -> str:
    """Write a text; one that is too long is cut, and whole in its title."""
    shown, title = text, ""
    if len(text) > max_length:
        shown = shorten(text, max_length)
        title = f"<title>{safe(text)}</title>"
    return f'<text class="{kind}" x="{x:.1f}" y="{y}">{safe(shown)}{title}</text>'


def _x(share: float) -> float:
    """Place a share on the scale."""
    return _MARGIN + float(share) * (_PICTURE_WIDTH - 2 * _MARGIN)
