"""Line search: the changed numbers of answers, moved back towards the own values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._search_config import SearchConfig
from ..actionability import Actionability, People
from ..objective import Objective
from ..table import same_cells


@dataclass(frozen=True)
class LineStep:
    """Rows to try, one per person at most.

    Parameters
    ----------
    who : ndarray of shape (n_tried,), dtype int64
        The person of each row.
    column : ndarray of shape (n_tried,), dtype int64
        The number that moves back.
    rows : ndarray of shape (n_tried, n_features), dtype float64
        Codes of feasible rows.
    objective : ndarray of shape (n_tried,), dtype float64
        Their objective, without the penalty for outliers.
    """

    who: np.ndarray
    column: np.ndarray
    rows: np.ndarray
    objective: np.ndarray

    def __getitem__(self, kept: np.ndarray) -> LineStep:
        """Select some of the rows."""
        return LineStep(
            self.who[kept], self.column[kept], self.rows[kept], self.objective[kept]
        )


class LineSearch:
    """Move changed numbers back while the row stays accepted, one at a time.

    Parameters
    ----------
    people : People
    answers : ndarray of shape (n_people, n_features), dtype float64
        Codes of the answers.
    actionability : Actionability
        Rules and links.
    objective : Objective
        Gives effort and its weight.
    config : SearchConfig
        Gives the number of steps, and the smallest gain.

    Notes
    -----
    Each changed number has a bracket: the value of the answer, and a value on the way
    back that is no better answer, at first the own value. A step tries the value in the
    middle, where half of the effort is left. Either the answer moves there, or the
    value becomes the other end. The number with the most effort in its bracket comes
    first. A number is left if its bracket promises less than the smallest gain, if the
    objective does not rise in the middle, or after too many failed steps.
    """

    def __init__(
        self,
        people: People,
        answers: np.ndarray,
        actionability: Actionability,
        objective: Objective,
        config: SearchConfig,
    ) -> None:
        self.people = people
        self.actionability = actionability
        self.objective = objective
        self.least = config.min_gain * objective.scale
        self.max_failed = config.max_failed_steps
        self._other = people.codes.copy()
        ordered = actionability.is_ordered & objective.acting
        self._open = ~same_cells(people.codes, answers) & ordered
        self._open &= ~np.isnan(people.codes) & ~np.isnan(answers)
        self._failed = np.zeros(answers.shape, dtype=np.int64)

    def step(self, answers: np.ndarray, objective: np.ndarray) -> LineStep:
        """Choose a number of each person, and a row to try.

        Parameters
        ----------
        answers : ndarray of shape (n_people, n_features), dtype float64
            Codes of the answers.
        objective : ndarray of shape (n_people,), dtype float64
            Objective of the answers.

        Returns
        -------
        step : LineStep
            Nobody has a row to try if there is nothing left to move.
        """
        who, column = self._choose(answers)
        step = self._middle(answers, who, column)
        while len(who):
            is_closed = step.objective <= objective[step.who] + self.least
            self._open[step.who[is_closed], step.column[is_closed]] = False
            if not is_closed.all():
                return step[~is_closed]
            who, column = self._choose(answers)
            step = self._middle(answers, who, column)
        return step

    def learn(self, step: LineStep, has_moved: np.ndarray) -> None:
        """Narrow the brackets.

        Parameters
        ----------
        step : LineStep
            The rows that were tried.
        has_moved : ndarray of shape (n_tried,), dtype bool
            Whether the row became the answer.
        """
        failed = step[~has_moved]
        self._failed[step.who[has_moved], step.column[has_moved]] = 0
        self._failed[failed.who, failed.column] += 1
        tried = failed.rows[np.arange(len(failed.who)), failed.column]
        self._other[failed.who, failed.column] = tried
        self._open &= self._failed < self.max_failed

    def _choose(self, answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Choose the number (n,) with the most effort to save, for some people (n,)."""
        who = np.flatnonzero(self._open.any(axis=1))
        objective = self.objective
        own, per_feature = self.people.codes[who], objective.effort.per_feature
        # Prices from level to level need not be sums of the steps between.
        effort = per_feature(own, answers[who]) - per_feature(own, self._other[who])
        gain = objective.rounded(objective.change_cost(effort, np.zeros(1)))
        gain = np.where(self._open[who], gain, 0.0)
        self._open[who] &= gain > self.least
        column = np.argmax(gain, axis=1)
        kept = self._open[who].any(axis=1)
        return who[kept], column[kept]

    def _middle(
        self, answers: np.ndarray, who: np.ndarray, column: np.ndarray
    ) -> LineStep:
        """Move each number to the middle of its bracket."""
        rows, place = answers[who], np.arange(len(who))
        effort = self.objective.effort
        for j in np.unique(column):
            here = column == j
            other = self._other[who[here], j]
            rows[here, j] = effort.between(j, other, rows[here, j])
        rows = self.actionability.project(self.people[who], rows)
        tried = rows[place, column]
        value = self.objective.upper_bound(self.people.codes[who], rows)
        value = self.objective.rounded(value)
        is_old = (tried == answers[who, column]) | (tried == self._other[who, column])
        value[is_old] = -np.inf
        return LineStep(who, column, rows, value)
