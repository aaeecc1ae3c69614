"""Effort against plausibility, for several methods or settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sklearn.base import clone

from ..report import RecourseReport, shorten
from ._style import DARK, MARKERS, SERIES, canvas, plain

# Areas of the points for a coverage of 0 and 1.
_MIN_AREA, _MAX_AREA = 30.0, 150.0


class FrontierDisplay:
    """Mean effort against mean plausibility, for several methods or settings.

    One point per method or setting: mean effort to the right, mean plausibility
    percentile upwards, and an area that grows with coverage. A line joins the frontier:
    the points that no other dominates in effort, percentile and coverage.

    It is recommended to use :meth:`from_estimator` or :meth:`from_reports` to make a
    `FrontierDisplay`.

    Parameters
    ----------
    names : list of str
        One per method or setting.
    effort, percentile, coverage : array-like of shape (n,)
        Means over answered people, and the share of denied people who are answered.
        Efforts must be in one unit.

    Attributes
    ----------
    on_frontier : ndarray of shape (n,), dtype bool
        Whether each point lies on the frontier.
    ax_ : matplotlib Axes
        Axes with the picture.
    figure_ : matplotlib Figure
        Figure that holds them.
    points_ : list of matplotlib PathCollection
        One per method or setting.
    line_ : matplotlib Line2D
        The frontier.

    Examples
    --------
    >>> from skpar.inspection import FrontierDisplay
    >>> display = FrontierDisplay(
    ...     ["cheap", "typical", "neither"], [0.5, 1.2, 1.4], [0.2, 0.6, 0.5], [1, 1, 1]
    ... ).plot()
    >>> display.on_frontier
    array([ True,  True, False])
    """

    def __init__(
        self, names: Iterable[str], effort: Any, percentile: Any, coverage: Any
    ) -> None:
        self.names = [str(name) for name in names]
        self.effort = np.asarray(effort, dtype=np.float64)
        self.percentile = np.asarray(percentile, dtype=np.float64)
        self.coverage = np.asarray(coverage, dtype=np.float64)
        self.on_frontier = _not_dominated(self.effort, self.percentile, self.coverage)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        X_ask: Any,
        *,
        param_name: str,
        param_range: Iterable[Any],
        ax: Any = None,
    ) -> FrontierDisplay:
        """Fit an estimator with several values of a parameter, and draw the reports.

        Parameters
        ----------
        estimator : PARRecourse
            Cloned for each value.
        X : DataFrame or array-like of shape (n_samples, n_features)
            People to fit on.
        y : array-like of shape (n_samples,)
            Their labels; None where the classifier is frozen.
        X_ask : DataFrame or array-like of shape (n_people, n_features)
            People to find recourse for; accepted people do not count.
        param_name : str
            The parameter, such as ``"weight_effort"``.
        param_range : iterable
            Its values.
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a figure.

        Returns
        -------
        display : FrontierDisplay
        """
        reports = {}
        for value in param_range:
            fitted = clone(estimator).set_params(**{param_name: value}).fit(X, y)
            reports[f"{param_name}={value}"] = fitted.recourse(X_ask)
        return cls.from_reports(reports, ax=ax)

    @classmethod
    def from_reports(
        cls, reports: Mapping[str, RecourseReport], *, ax: Any = None
    ) -> FrontierDisplay:
        """Draw several reports about the same people.

        Parameters
        ----------
        reports : mapping of str to RecourseReport
            Reports by the name of the method or setting.
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a figure.

        Returns
        -------
        display : FrontierDisplay

        Raises
        ------
        ValueError
            Where the reports differ in how many people they are about.
        """
        sizes = {name: len(report) for name, report in reports.items()}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"The reports are about different people: {sizes} rows.")
        means = [_means(report) for report in reports.values()]
        effort, percentile, coverage = np.array(means).reshape(-1, 3).T
        return cls(reports, effort, percentile, coverage).plot(ax=ax)

    def plot(self, ax: Any = None) -> FrontierDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a figure.

        Returns
        -------
        self : FrontierDisplay
        """
        self.ax_ = ax = canvas(ax, 7.5, 4.6)
        self.figure_ = ax.figure
        on = np.flatnonzero(self.on_frontier)
        on = on[np.argsort(self.effort[on], kind="stable")]
        (self.line_,) = ax.plot(
            self.effort[on], self.percentile[on], color=DARK, lw=1, ls="--", zorder=1
        )
        self.points_ = [self._draw_point(k) for k in range(len(self.names))]
        ax.set_xlabel("mean effort (left asks less)")
        ax.set_ylabel("mean plausibility percentile (up is more typical)")
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        ax.margins(0.12)
        ax.grid(color="#E5E5E5")
        ax.set_axisbelow(True)
        ax.spines[["top", "right"]].set_visible(False)
        if self.names:
            ax.legend(
                loc="upper left",
                bbox_to_anchor=(1.0, 1.0),
                frameon=False,
                fontsize="small",
            )
        return self

    def _draw_point(self, k: int) -> Any:
        """Draw one method or setting."""
        coverage = self.coverage[k]
        answered = "no one asked" if np.isnan(coverage) else f"{coverage:.0%} answered"
        return self.ax_.scatter(
            self.effort[k],
            self.percentile[k],
            s=_MIN_AREA + (_MAX_AREA - _MIN_AREA) * np.nan_to_num(coverage),
            color=SERIES[k % len(SERIES)],
            marker=MARKERS[k % len(MARKERS)],
            zorder=2,
            label=plain(f"{shorten(self.names[k])} ({answered})"),
        )


def _means(report: RecourseReport) -> tuple[float, float, float]:
    """Mean effort, mean percentile and coverage of a report."""
    answered, asked = report.answered, int(report.denied.sum())
    coverage = answered.sum() / asked if asked else np.nan
    if not answered.any():
        return np.nan, np.nan, coverage
    effort, percentile = report.effort[answered], report.percentile[answered]
    return float(effort.mean()), float(percentile.mean()), float(coverage)


def _not_dominated(
    effort: np.ndarray, percentile: np.ndarray, coverage: np.ndarray
) -> np.ndarray:
    """Whether no other point is as good in all measures and better in one, (n,)."""
    cost = np.column_stack([effort, -percentile, -coverage])
    is_as_good = (cost[:, None] <= cost[None]).all(axis=-1)
    dominates = is_as_good & (cost[:, None] < cost[None]).any(axis=-1)
    return ~dominates.any(axis=0) & ~np.isnan(cost).any(axis=1)
