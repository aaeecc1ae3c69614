"""Colours, axes and texts of all displays."""

from __future__ import annotations

import textwrap
from typing import Any

from ..report import shorten

# Okabe and Ito's colours, distinct for people with any colour vision.
BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
PINK = "#CC79A7"
GREY = "#C4C4C4"
DARK = "#404040"
SERIES = (BLUE, ORANGE, GREEN, PINK, "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def wrapped(text: str, width: int = 28) -> str:
    r"""Break a name into two lines at most, without mathematics of matplotlib.

    Parameters
    ----------
    text : str
    width : int, default=28
        Number of characters in a line.

    Returns
    -------
    lines : str

    Examples
    --------
    >>> from skpar.inspection._style import wrapped
    >>> wrapped("price in $ of 1", 10)
    'price in \\$\nof 1'
    """
    max_length = 2 * width - 4
    lines = textwrap.wrap(shorten(text, max_length), width)
    while len(lines) > 2:
        # Long words leave room at the ends of lines.
        max_length -= 2
        lines = textwrap.wrap(shorten(text, max_length), width)
    return plain("\n".join(lines) or text)


def plain(text: str) -> str:
    """Keep matplotlib from reading dollar signs as mathematics."""
    return text.replace("$", r"\$")


def canvas(ax: Any, width: float, height: float) -> Any:
    """Use the given axes, or make a figure.

    Parameters
    ----------
    ax : matplotlib Axes or None
        Axes to draw into; None makes a figure.
    width, height : float
        Size of that figure, in inches.

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
            "Figures need matplotlib, which is not installed: install skpar's extra "
            "'plot'. RecourseReport.to_html draws without it."
        ) from error
    if ax is None:
        _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    return ax


def split(ax: Any, widths: list[float]) -> list[Any]:
    """Divide axes into panels side by side.

    Parameters
    ----------
    ax : matplotlib Axes
        Its place is taken; its own frame is not drawn.
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
