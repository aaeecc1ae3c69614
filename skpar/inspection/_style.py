"""Colors, axes and texts that all displays share."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from ..report import printable, shorten

# The colors of Okabe and Ito: distinct for people with any color vision.
BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
PINK = "#CC79A7"
GREY = "#C4C4C4"
DARK = "#404040"
SERIES = (BLUE, ORANGE, GREEN, PINK, "#E69F00", "#56B4E9", "#000000")
_GAP_POINTS = 2.0  # Between texts that stand side by side.
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def wrapped(text: str, width: int = 28, n_lines: int = 3) -> str:
    r"""Break a text into lines, and escape dollar signs for matplotlib.

    Parameters
    ----------
    text : str
        The text; it is shortened if it is too long.
    width : int, default=28
        Largest number of characters in a line.
    n_lines : int, default=3
        Largest number of lines.

    Returns
    -------
    lines : str

    Examples
    --------
    >>> from skpar.inspection._style import wrapped
    >>> wrapped("price in $ of 1", 10)
    'price in \\$\nof 1'
    """
    max_length = n_lines * width
    lines = _lines(shorten(text, max_length), width)
    while len(lines) > n_lines:
        # Long words leave lines partly empty, so the text may need one line more.
        max_length -= 2
        lines = _lines(shorten(text, max_length), width)
    return plain("\n".join(lines) or text)


def _lines(text: str, width: int) -> list[str]:
    """Break a text; words that are longer than a line get hyphens."""
    part = rf"(\w{{{width - 1}}})(?=\w\w)"
    return textwrap.wrap(re.sub(part, r"\1- ", text), width)


def plain(text: str) -> str:
    """Replace control characters, and escape dollar signs: they mark mathematics."""
    return printable(text).replace("$", r"\$")


def canvas(ax: Any, width: float, height: float) -> Any:
    """Return the given axes, or make a new figure.

    Parameters
    ----------
    ax : matplotlib Axes or None
        Axes to draw into; None makes a new figure.
    width : float
        Width of a new figure, in inches.
    height : float
        Height of a new figure, in inches.

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            "Figures need matplotlib, which is not installed. Install skpar's extra "
            "'plot', or use RecourseReport.to_html, which draws without matplotlib."
        ) from error
    if ax is None:
        _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    return ax


def split(ax: Any, widths: list[float]) -> list[Any]:
    """Split axes into panels side by side.

    Parameters
    ----------
    ax : matplotlib Axes
        The axes to split. Their own frame is not drawn if there are several panels.
    widths : list of float
        Relative widths of the panels.

    Returns
    -------
    panels : list of matplotlib Axes
    """
    if len(widths) == 1:
        return [ax]
    ax.set_axis_off()
    grid = ax.get_subplotspec().subgridspec(1, len(widths), width_ratios=widths)
    return [ax.figure.add_subplot(cell) for cell in grid]


def hide_overlaps(figure: Any, groups: list[list[Any]]) -> None:
    """Hide texts that would cover others.

    Parameters
    ----------
    figure : matplotlib Figure
        Figure of the texts.
    groups : list of list of matplotlib Text
        Texts that may overlap, the most important of each group first.
    """
    # The places of texts are known only after a layout.
    figure.draw_without_rendering()
    for texts in groups:
        kept: list[Any] = []
        for text in texts:
            box = text.get_window_extent().padded(_GAP_POINTS)
            if any(box.overlaps(other) for other in kept):
                text.set_visible(False)
            else:
                kept.append(box)
