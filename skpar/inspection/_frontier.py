"""FrontierDisplay: effort against plausibility, for several methods or settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sklearn.base import clone

from ..report import RecourseReport, shorten
from ._style import DARK, MARKERS, SERIES, canvas, plain

# Area of a point with coverage 0 and 1, in square points.
_MIN_AREA, _MAX_AREA = 30.0, 150.0


class FrontierDisplay:
    """Mean effort against mean plausibility, for several methods or settings.

    Each point is one method or setting. The x-axis shows the mean effort, the y-axis
    the mean plausibility percentile. The area of a point grows with coverage. A line
    connects the frontier: the points that no other point dominates in effort,
    percentile and coverage.

    It is recommended to use :meth:`from_estimator` or :meth:`from_reports` to make a
    `FrontierDisplay`.

    Parameters
    ----------
    names : list of str
        Names of the methods or settings.
    effort : array-like of shape (n,)
        Mean effort over people with recourse. All efforts must be in the same unit.
    percentile : array-like of shape (n,)
        Mean plausibility percentile over people with recourse, in [0, 1].
    coverage : array-like of shape (n,)
        Share of denied people with recourse.

    Attributes
    ----------
    on_frontier : ndarray of shape (n,), dtype bool
        Whether each point is on the frontier.
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure that contains the axes.
    points_ : list of matplotlib PathCollection
        The points, one per method or setting.
    line_ : matplotlib Line2D
        The line of the frontier.

    See Also
    --------
    RecourseDisplay : One person.
    PopulationDisplay : Many people.

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
        """Fit an estimator for several values of a parameter, and draw the reports.

        Parameters
        ----------
        estimator : PARRecourse
            The estimator; a clone is fitted for each value.
        X : DataFrame or array-like of shape (n_samples, n_features)
            People to fit on.
        y : array-like of shape (n_samples,)
            Labels of the people; None if the classifier is frozen.
        X_ask : DataFrame or array-like of shape (n_people, n_features)
            People to find recourse for. Accepted people are ignored.
        param_name : str
            Name of the parameter, such as ``"weight_effort"``.
        param_range : iterable
            Values of the parameter.
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a new figure.

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
        """Draw several reports on the same people.

        Parameters
        ----------
        reports : mapping of str to RecourseReport
            Maps the name of each method or setting to its report.
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a new figure.

        Returns
        -------
        display : FrontierDisplay

        Raises
        ------
        ValueError
            If the reports have different numbers of rows.
        """
        sizes = {name: len(report) for name, report in reports.items()}
        if len(set(sizes.values())) > 1:
            raise ValueError(
                "The reports must be on the same people, but their numbers of rows "
                f"differ: {sizes}."
            )
        means = [_means(report) for report in reports.values()]
        effort, percentile, coverage = np.array(means).reshape(-1, 3).T
        return cls(reports, effort, percentile, coverage).plot(ax=ax)

    def plot(self, ax: Any = None) -> FrontierDisplay:
        """Draw the plot.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw into; None makes a new figure.

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
        ax.set_xlabel("mean effort (lower is easier)")
        ax.set_ylabel("mean plausibility percentile (higher is more typical)")
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
        answered = "nobody denied" if np.isnan(coverage) else f"{coverage:.0%} coverage"
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
    """Compute mean effort, mean percentile and coverage of a report."""
    answered, n_denied = report.answered, int(report.denied.sum())
    coverage = answered.sum() / n_denied if n_denied else np.nan
    if not answered.any():
        return np.nan, np.nan, coverage
    effort, percentile = report.effort[answered], report.percentile[answered]
    return float(effort.mean()), float(percentile.mean()), float(coverage)


def _not_dominated(
    effort: np.ndarray, percentile: np.ndarray, coverage: np.ndarray
) -> np.ndarray:
    """Check that no other point is as good in all measures and better in one, (n,)."""
    cost = np.column_stack([effort, -percentile, -coverage])
    is_as_good = (cost[:, None] <= cost[None]).all(axis=-1)
    dominates = is_as_good & (cost[:, None] < cost[None]).any(axis=-1)
    return ~dominates.any(axis=0) & ~np.isnan(cost).any(axis=1)
