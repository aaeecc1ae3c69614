"""Pictures as inline SVG: no library, no script, no network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from .._wording import shorten
from ._person_view import PersonView, ScaleView, tick_side
from ._population_view import CHANGE_KINDS, FeatureSummary

# Lengths in units of the picture.
_PICTURE_WIDTH = 760
_PICTURE_MARGIN = 8
_SCALE_LEFT = 210
_SCALE_WIDTH = 300
_SCALE_HEIGHT = 46  # of one scale with its bars and labels
_BAR_HEIGHT = 20  # of the highest bar of a histogram
_DOT_RADIUS = 5.5
_SUMMARY_HEIGHT = 24  # of one feature of many people

# Numbers of characters.
_MAX_TEXT = 34
_MAX_NAME = 29
_MAX_END_LABEL = 16


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
    >>> from skpar.report.page._svg import safe
    >>> safe('<script>"&')
    '&lt;script&gt;&quot;&amp;'
    """
    shown = "".join(
        character if character.isprintable() or character in "\n\t" else "\ufffd"
        for character in str(text)
    )
    return escape(shown, quote=True)


def draw_option(view: PersonView, option: int) -> str:
    """Draw an option of one person.

    Parameters
    ----------
    view : PersonView
        The person.
    option : int
        Number of the option.

    Returns
    -------
    svg : str
        Each change on its own scale, before the histogram of accepted people.
    """
    scales = view.options[option]
    drawn = [_draw_scale(line, scale) for line, scale in enumerate(scales)]
    title = "; ".join(f"{scale.name}: {scale.text}" for scale in scales)
    return _picture(len(scales) * _SCALE_HEIGHT, title, drawn)


def draw_summaries(summaries: Sequence[FeatureSummary]) -> str:
    """Draw how many people change each feature.

    Parameters
    ----------
    summaries : sequence of FeatureSummary
        The features.

    Returns
    -------
    svg : str
        One bar per feature, as long as the share of people who change it.
    """
    drawn = [_draw_summary(line, summary) for line, summary in enumerate(summaries)]
    title = "; ".join(f"{summary.name}: {summary.share:.0%}" for summary in summaries)
    return _picture(len(summaries) * _SUMMARY_HEIGHT, title, drawn)


def _picture(height: int, title: str, parts: Sequence[str]) -> str:
    """Make a picture with a title for screen readers."""
    return (
        f'<svg viewBox="0 0 {_PICTURE_WIDTH} {height + _PICTURE_MARGIN}" role="img" '
        f'aria-label="{safe(title)}">{"".join(parts)}</svg>'
    )


def _draw_scale(line: int, scale: ScaleView) -> str:
    """Draw one scale: bars, axis, ring (before), arrow and dot (after)."""
    y, right = line * _SCALE_HEIGHT + 26, _SCALE_LEFT + _SCALE_WIDTH
    parts = [_name(y + 4, scale.name)]
    for start, end, share in scale.bars:
        height = _BAR_HEIGHT * share
        parts.append(
            f'<rect class="b" x="{_x(start):.1f}" y="{y - height:.1f}" '
            f'width="{(end - start) * _SCALE_WIDTH:.1f}" height="{height:.1f}"/>'
        )
    parts += [
        f'<path class="s" d="M{_SCALE_LEFT} {y}H{right}"/>',
        *(
            _text(_x(place), y + 16, text, f"e {tick_side(place)}", _MAX_END_LABEL)
            for place, text in scale.ticks
        ),
    ]
    after = _x(scale.after)
    if not np.isnan(scale.before):
        before = _x(scale.before)
        parts.append(f'<path class="m" d="M{before:.1f} {y}H{after:.1f}"/>')
        parts.append(_circle("o", before, y))
    parts += [_circle("d", after, y), _text(right + 16, y + 4, scale.text, "t")]
    return "".join(parts)


def _draw_summary(line: int, summary: FeatureSummary) -> str:
    """Draw the bar of one feature, with a colour per kind of change."""
    y, left = line * _SUMMARY_HEIGHT + 4, float(_SCALE_LEFT)
    parts = [_name(y + 13, summary.name)]
    kinds = zip(CHANGE_KINDS, summary.kind_shares, strict=True)
    for number, (kind, share) in enumerate(kinds):
        if share:
            parts.append(
                f'<rect class="w{number}" x="{left:.1f}" y="{y}" '
                f'width="{share * _SCALE_WIDTH:.1f}" height="17">'
                f"<title>{kind}: {share:.0%}</title></rect>"
            )
        left += share * _SCALE_WIDTH
    text = f"{summary.share:.0%}, {summary.typical_change}"
    parts.append(_text(left + 8, y + 13, text, "t"))
    return "".join(parts)


def _name(y: int, name: str) -> str:
    """Write the name of a line to the left of its scale."""
    return _text(_SCALE_LEFT - 12, y, name, "n", _MAX_NAME)


def _circle(kind: str, x: float, y: int) -> str:
    """Draw a ring or a dot."""
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y}" r="{_DOT_RADIUS}"/>'


def _text(x: float, y: int, text: str, kind: str, max_length: int = _MAX_TEXT) -> str:
    """Write a text; one that is too long is cut, and whole in its title."""
    shown, title = text, ""
    if len(text) > max_length:
        shown = shorten(text, max_length)
        title = f"<title>{safe(text)}</title>"
    return f'<text class="{kind}" x="{x:.1f}" y="{y}">{safe(shown)}{title}</text>'


def _x(share: float) -> float:
    """Place a share on the scale."""
    return _SCALE_LEFT + float(share) * _SCALE_WIDTH
