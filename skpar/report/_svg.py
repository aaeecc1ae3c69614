"""Pictures as inline SVG: no library, no script, no network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from ._population import WAYS, Movement
from ._portrait import Portrait, Track
from ._wording import shorten

_LINE = 46
_LEFT = 210
_SCALE = 300
_WIDTH = 760
_BAR_LINE = 24
_LONGEST = 34
_LONGEST_NAME = 29


def safe(text: object) -> str:
    """Escape a text for HTML, inside and outside of attributes.

    Parameters
    ----------
    text : object
        Of the user's table, whatever it holds.

    Returns
    -------
    escaped : str
        Control characters are replaced, too.

    Examples
    --------
    >>> from skpar.report._svg import safe
    >>> safe('<script>"&')
    '&lt;script&gt;&quot;&amp;'
    """
    shown = "".join(
        character if character.isprintable() or character in "\n\t" else "\ufffd"
        for character in str(text)
    )
    return escape(shown, quote=True)


def draw_option(portrait: Portrait, option: int) -> str:
    """Draw an option of one person.

    Parameters
    ----------
    portrait : Portrait
        What is drawn.
    option : int
        Which of the options.

    Returns
    -------
    svg : str
        Each change on its own scale, before the spread of accepted people.
    """
    tracks = portrait.options[option]
    lines = [_draw_track(place, track) for place, track in enumerate(tracks)]
    title = "; ".join(f"{track.name}: {track.text}" for track in tracks)
    return _picture(len(tracks) * _LINE + 8, title, lines)


def draw_movements(movements: Sequence[Movement]) -> str:
    """Draw how many people change each feature.

    Parameters
    ----------
    movements : sequence of Movement
        What changes.

    Returns
    -------
    svg : str
        One bar per feature, as long as the share of people who change it.
    """
    lines = [_draw_movement(place, move) for place, move in enumerate(movements)]
    title = "; ".join(f"{move.name}: {move.share:.0%}" for move in movements)
    return _picture(len(movements) * _BAR_LINE + 8, title, lines)


def _picture(height: int, title: str, lines: Sequence[str]) -> str:
    """Put lines into a picture with a title that can be read out."""
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{safe(title)}">{"".join(lines)}</svg>'
    )


def _draw_track(place: int, track: Track) -> str:
    """Draw one line: bars of accepted people, scale, ring, arrow and dot."""
    y = place * _LINE + 26
    after = _x(track.after)
    parts = [_text(_LEFT - 12, y + 4, track.name, "n", _LONGEST_NAME)]
    for start, end, height in track.bars:
        parts.append(
            f'<rect class="b" x="{_x(start):.1f}" y="{y - 20 * height:.1f}" '
            f'width="{(end - start) * _SCALE:.1f}" height="{20 * height:.1f}"/>'
        )
    parts.append(f'<path class="s" d="M{_LEFT} {y}H{_LEFT + _SCALE}"/>')
    parts.append(_text(_LEFT, y + 16, track.ends[0], "e", 16))
    parts.append(_text(_LEFT + _SCALE, y + 16, track.ends[1], "e r", 16))
    if not np.isnan(track.before):
        before = _x(track.before)
        parts.append(f'<path class="m" d="M{before:.1f} {y}H{after:.1f}"/>')
        parts.append(f'<circle class="o" cx="{before:.1f}" cy="{y}" r="5.5"/>')
    parts.append(f'<circle class="d" cx="{after:.1f}" cy="{y}" r="5.5"/>')
    parts.append(_text(_LEFT + _SCALE + 16, y + 4, track.text, "t"))
    return "".join(parts)


def _draw_movement(place: int, movement: Movement) -> str:
    """Draw one bar, in a colour per way."""
    y, left = place * _BAR_LINE + 4, float(_LEFT)
    parts = [_text(_LEFT - 12, y + 13, movement.name, "n", _LONGEST_NAME)]
    for number, (way, share) in enumerate(zip(WAYS, movement.ways, strict=True)):
        if share:
            parts.append(
                f'<rect class="w{number}" x="{left:.1f}" y="{y}" '
                f'width="{share * _SCALE:.1f}" height="17">'
                f"<title>{way}: {share:.0%}</title></rect>"
            )
        left += share * _SCALE
    said = f"{movement.share:.0%}, {movement.typical}"
    parts.append(_text(left + 8, y + 13, said, "t"))
    return "".join(parts)


def _text(x: float, y: float, text: str, kind: str, longest: int = _LONGEST) -> str:
    """Write a text, cut where it is too long, with the whole of it as its title."""
    shown, title = text, ""
    if len(text) > longest:
        shown = shorten(text, longest)
        title = f"<title>{safe(text)}</title>"
    return f'<text class="{kind}" x="{x:.1f}" y="{y}">{safe(shown)}{title}</text>'


def _x(share: float) -> float:
    """Place a share on the scale."""
    return _LEFT + float(share) * _SCALE
