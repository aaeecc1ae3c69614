"""PopulationDisplay: the recourse of many people, by feature and by group."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..report import (
    CHANGE_KINDS,
    FeatureSummary,
    RecourseReport,
    Wording,
    Writer,
    changes_by_group,
    feature_summaries,
    group_names,
    shorten,
)
from ._style import (
    BLUE,
    DARK,
    GREEN,
    MARKERS,
    ORANGE,
    PINK,
    canvas,
    plain,
    split,
    wrapped,
)

_COLORS = dict(zip(CHANGE_KINDS, (BLUE, ORANGE, GREEN, PINK), strict=True))
_LINE_INCHES = 0.32
_PANEL_WIDTHS = [5.0, 2.2, 2.2]
_MAX_GROUPS_ON_BARS = 6
_LETTER_SHARE = 0.0125  # Width of a small letter as a share of the bars' panel.


class PopulationDisplay:
    """Recourse of many people: which features change, how much, and in which groups.

    Each feature that changes for at least one person has a bar. The length of the bar
    is the share of people who change the feature. Colors show the kinds of change. The
    typical change is written beside the bar. With groups, marks on each bar show the
    share in each group. Two more panels then compare coverage and effort between
    groups, with 95% confidence intervals.

    It is recommended to use :meth:`from_estimator` or :meth:`from_report` to make a
    `PopulationDisplay`.

    Parameters
    ----------
    movements : tuple of FeatureSummary
        Summary of the changes of each feature.
    n_answered : int
        Number of people with recourse.
    groups : DataFrame or None
        Table of :meth:`skpar.RecourseReport.by_group`; None without groups.
    group_shares : DataFrame of shape (n_features, n_groups) or None
        For each group, the share of people with recourse who change each feature; None
        without groups.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes that were given or made.
    axes_ : list of matplotlib Axes
        The panels: features, and with groups also coverage and effort.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    bars_ : dict of str to matplotlib BarContainer
        Bars of the features, by kind of change.

    See Also
    --------
    RecourseDisplay : One person.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> from skpar.inspection import PopulationDisplay
    >>> X, y = make_loans(300, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X, y)
    >>> display = PopulationDisplay.from_estimator(par, X, by="job")
    >>> len(display.axes_)
    3
    """

    def __init__(
        self,
        movements: tuple[FeatureSummary, ...],
        n_answered: int,
        groups: pd.DataFrame | None = None,
        group_shares: pd.DataFrame | None = None,
    ) -> None:
        self.movements = movements
        self.n_answered = n_answered
        self.groups = groups
        self.group_shares = group_shares

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        by: Any = None,
        wording: Wording | None = None,
        ax: Any = None,
    ) -> PopulationDisplay:
        """Find recourse for many people, and draw the report.

        Parameters
        ----------
        estimator : PARRecourse
            Fitted estimator.
        X : DataFrame or array-like of shape (n_samples, n_features)
            People to find recourse for. Accepted people are ignored.
        by : column or array-like of shape (n_samples,), default=None
            Groups, as in :meth:`skpar.RecourseReport.by_group`.
        wording : Wording, default=None
            Words for columns and values. None stands for those of the table.
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a new figure.

        Returns
        -------
        display : PopulationDisplay
        """
        return cls.from_report(estimator.recourse(X), by=by, wording=wording, ax=ax)

    @classmethod
    def from_report(
        cls,
        report: RecourseReport,
        *,
        by: Any = None,
        wording: Wording | None = None,
        ax: Any = None,
    ) -> PopulationDisplay:
        """Draw a report.

        Parameters
        ----------
        report : RecourseReport
            Report of :meth:`skpar.PARRecourse.recourse`.
        by : column or array-like of shape (n_samples,), default=None
            Groups, as in :meth:`skpar.RecourseReport.by_group`.
        wording : Wording, default=None
            Words for columns and values. None stands for those of the table.
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a new figure.

        Returns
        -------
        display : PopulationDisplay
        """
        schema, writer = report.schema, Writer(report.schema, wording)
        summaries = feature_summaries(report, writer)
        n_answered = int(report.answered.sum())
        if by is None:
            return cls(summaries, n_answered).plot(ax=ax)
        shares = changes_by_group(report, by, summaries)
        groups = report.by_group(by)
        names, name = group_names(groups.index, writer), groups.index.name
        groups = groups.set_axis(pd.Index(names, name=name))
        shares = shares.set_axis(names, axis="columns")
        if name in schema.names:
            groups = groups.rename_axis(writer.name(schema.names.index(name)))
        return cls(summaries, n_answered, groups, shares).plot(ax=ax)

    def plot(self, ax: Any = None) -> PopulationDisplay:
        """Draw the plot.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a new figure. With groups, the axes are split
            into panels.

        Returns
        -------
        self : PopulationDisplay
        """
        n_groups = 0 if self.groups is None else len(self.groups)
        lines = max(len(self.movements), n_groups, 3)
        width = 8.0 if self.groups is None else 13.0
        self.ax_ = canvas(ax, width, 2.0 + _LINE_INCHES * lines)
        self.figure_ = self.ax_.figure
        self.axes_ = split(self.ax_, _PANEL_WIDTHS if n_groups else _PANEL_WIDTHS[:1])
        self._draw_features(self.axes_[0])
        if self.groups is not None:
            name = self._by.removesuffix(": ")
            by = f" by {name}" if name else ""
            self._draw_groups(self.axes_[1], "coverage", f"Coverage{by}", BLUE)
            self._draw_groups(self.axes_[2], "effort", f"Mean effort{by}", ORANGE)
        return self

    @property
    def _by(self) -> str:
        """Name of the column of groups, before a group; empty if it has no name."""
        index = pd.Index([]) if self.groups is None else self.groups.index
        return "" if index.name is None else f"{index.name}: "

    def _draw_features(self, ax: Any) -> None:
        """Draw a bar for each feature."""
        lines = np.arange(len(self.movements))
        kinds = np.array([summary.kind_shares for summary in self.movements])
        left = np.zeros(len(lines))
        self.bars_ = {}
        kinds = kinds.reshape(-1, len(CHANGE_KINDS))
        for kind, shares in zip(CHANGE_KINDS, kinds.T, strict=True):
            if shares.any():
                color = _COLORS[kind]
                self.bars_[kind] = ax.barh(
                    lines, shares, left=left, color=color, height=0.7, label=kind
                )
            left += shares
        self._mark_groups(ax, lines)
        labels = [wrapped(summary.name, 30) for summary in self.movements]
        ax.set_yticks(lines, labels, size="small")
        ax.set_ylim(max(len(lines), 1) - 0.4, -0.6)
        widest = self._widest()
        texts = [shorten(summary.typical_change, 44) for summary in self.movements]
        for line, text in enumerate(texts):
            start = 1.05 * widest
            style = {"va": "center", "size": "small", "color": DARK}
            ax.text(start, line, plain(text), **style)
        # This leaves room on the right for the typical changes.
        room = _LETTER_SHARE * max(map(len, texts), default=0)
        ax.set_xlim(0, 1.06 * widest / (1.0 - room))
        ax.set_xticks([tick for tick in ax.get_xticks() if tick <= widest])
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        ax.set_xlabel(f"share of the {self.n_answered} people with recourse")
        ax.set_title("What changes", loc="left")
        ax.spines[["top", "right"]].set_visible(False)
        if self.bars_:
            ax.legend(
                loc="upper center",
                bbox_to_anchor=(0.5, 0.0),
                # In units of the font size: below the ticks and the axis label.
                borderaxespad=5.0,
                ncols=4,
                frameon=False,
                fontsize="small",
            )

    def _widest(self) -> float:
        """Compute the largest share that is drawn."""
        shares = [0.1, *(summary.share for summary in self.movements)]
        marks = self._marks.to_numpy()
        return max(*shares, float(np.nanmax(marks, initial=0.0)))

    @property
    def _marks(self) -> pd.DataFrame:
        """Shares of groups to mark on the bars; empty if there are too many groups."""
        shares = self.group_shares
        if shares is None or shares.shape[1] > _MAX_GROUPS_ON_BARS:
            return pd.DataFrame()
        return shares

    def _mark_groups(self, ax: Any, lines: np.ndarray) -> None:
        """Mark the share in each group on each bar."""
        for marker, (group, shares) in zip(MARKERS, self._marks.items(), strict=False):
            ax.scatter(
                shares,
                lines,
                marker=marker,
                s=34,
                facecolors="white",
                edgecolors="black",
                linewidths=1.0,
                zorder=3,
                clip_on=False,
                label=plain(shorten(f"{self._by}{group}", 26)),
            )

    def _draw_groups(self, ax: Any, measure: str, title: str, color: str) -> None:
        """Draw a measure of each group with its confidence interval."""
        groups = self.groups
        assert groups is not None
        lines = np.arange(len(groups))
        values, low, high = (
            groups[name].to_numpy(float)
            for name in (measure, f"{measure}_low", f"{measure}_high")
        )
        ax.hlines(lines, low, high, color=DARK, lw=2)
        ax.plot(values, lines, "o", color=color, ms=7)
        if measure == "coverage":
            names = [plain(shorten(str(group), 26)) for group in groups.index]
            sizes = zip(names, groups["n_denied"], strict=True)
            labels = [f"{name}\nn={n}" for name, n in sizes]
        else:
            # The panel to the left has the same lines and shows their names.
            labels = [f"n={n}" for n in groups["n_answered"]]
        ax.set_yticks(lines, labels)
        ax.tick_params(axis="y", labelsize="small")
        ax.set_ylim(len(lines) - 0.4, -0.6)
        ax.set_title(wrapped(title, 22), loc="left")
        ax.set_xlabel("95% confidence interval")
        if measure == "coverage":
            ax.set_xlim(-0.03, 1.03)
            ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        else:
            ax.set_xlim(left=0)
        ax.grid(axis="x", color="#E5E5E5")
        ax.set_axisbelow(True)
        ax.spines[["top", "right"]].set_visible(False)
