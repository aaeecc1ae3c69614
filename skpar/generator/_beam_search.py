"""Exploration: good candidates for everybody, found without asking the classifier."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..table import row_keys
from ._move_scores import Candidates, MoveScorer

_SAFE_MARGIN = 0.1
_POINTS_AT_ONCE = 512
_PER_OPTION = 8


@dataclass(frozen=True)
class ScoredCandidates:
    """Points that were judged.

    Parameters
    ----------
    points : Candidates
    worth : ndarray of shape (n_points,), dtype float64
        Objective.
    margin : ndarray of shape (n_points,), dtype float64
        Margin of the stand-in.
    """

    points: Candidates
    worth: np.ndarray
    margin: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> ScoredCandidates:
        """Take some of the points."""
        return ScoredCandidates(self.points[rows], self.worth[rows], self.margin[rows])

    def merit(self, price: float) -> np.ndarray:
        """Worth, less a price for what is missing to a safe margin."""
        return self.worth - price * np.maximum(0.0, _SAFE_MARGIN - self.margin)

    @classmethod
    def joined(cls, parts: list[ScoredCandidates]) -> ScoredCandidates:
        """Put several together."""
        return cls(
            Candidates(
                np.concatenate([part.points.who for part in parts]),
                np.concatenate([part.points.picks for part in parts], axis=1),
            ),
            np.concatenate([part.worth for part in parts]),
            np.concatenate([part.margin for part in parts]),
        )


@dataclass(frozen=True)
class BeamSearch:
    r"""Beam search on landscapes.

    Parameters
    ----------
    width : int
        Points kept per person and price from round to round.
    depth : int
        Most rounds.
    prices : tuple of float
        What a missing unit of margin costs, in units of the objective. A low price
        finds answers that are worth more, a high one finds answers to everybody.
    shortlist : int, default=8
        Moves from a point that are judged exactly, per price.
    by_route : bool, default=True
        Whether only the best of the points that change the same features is kept:
        other features rather than other values.
    at_least : int or None, default=None
        Rounds for everybody; the others are for those whom the last one helped. None
        for all of them.

    Notes
    -----
    Every round looks at all rows that differ from a kept point in one feature, by their
    exact objective J and the stand-in's margin f (to first order, then exactly for the
    most promising ones), and keeps for each price :math:`\lambda` those of largest
    :math:`J - \lambda \max(0, 0.1 - f)`. A round helped if it raised the largest of
    these.
    """

    width: int
    depth: int
    prices: tuple[float, ...]
    shortlist: int = 8
    by_route: bool = True
    at_least: int | None = None

    def widened(self, n_options: int) -> BeamSearch:
        """Keep more points, for several ways instead of one."""
        return replace(self, width=self.width + _PER_OPTION * (n_options - 1))

    def search(
        self, landscape: MoveScorer, starts: Candidates, n_choices: int | None
    ) -> ScoredCandidates:
        """Explore from some points.

        Parameters
        ----------
        landscape : MoveScorer
        starts : Candidates
        n_choices : int or None
            How many choices of a feature to look at, the first ones; None for all.

        Returns
        -------
        found : ScoredCandidates
            Everything that was judged exactly, in no order, with repeats.
        """
        found = ScoredCandidates.joined(
            [
                ScoredCandidates(some, *landscape.evaluate(some))
                for some in _blocks(starts)
            ]
        )
        return self.continue_from(landscape, found, n_choices)

    def continue_from(
        self, landscape: MoveScorer, found: ScoredCandidates, n_choices: int | None
    ) -> ScoredCandidates:
        """Explore from points that were judged already.

        Parameters
        ----------
        landscape : MoveScorer
        found : ScoredCandidates
        n_choices : int or None
            As in `search`.

        Returns
        -------
        found : ScoredCandidates
            These points and all others that were judged exactly.
        """
        parts = [found]
        best = self._best(found, landscape.n_people)
        for n_rounds in range(1, 1 + self.depth):
            kept = self._keep(found)
            if not len(kept.points):
                break
            found = ScoredCandidates.joined(
                [
                    self._moves(landscape, some, n_choices)
                    for some in _blocks(kept.points)
                ]
            )
            parts.append(found)
            before, best = best, np.maximum(best, self._best(found, len(best[0])))
            if self.at_least is not None and n_rounds >= self.at_least:
                helped = (best > before).any(axis=0)
                found = found[helped[found.points.who]]
        return ScoredCandidates.joined(parts)

    def _best(self, found: ScoredCandidates, n_people: int) -> np.ndarray:
        """Largest merit (n_prices, n_people) of what each person has."""
        best = np.full((len(self.prices), n_people), -np.inf)
        for largest, price in zip(best, self.prices, strict=True):
            np.maximum.at(largest, found.points.who, found.merit(price))
        return best

    def _moves(
        self, landscape: MoveScorer, points: Candidates, n_choices: int | None
    ) -> ScoredCandidates:
        """Judge the most promising moves from some points."""
        moves = landscape.moves(points, n_choices)
        worth = moves.worth
        lacking = np.maximum(0.0, _SAFE_MARGIN - moves.margin)
        size = min(self.shortlist, worth.shape[1])
        picked = np.zeros(worth.shape, dtype=bool)
        for price in self.prices:
            demerit = price * lacking
            demerit -= worth
            best = np.argpartition(demerit, size - 1, axis=1)[:, :size]
            np.put_along_axis(picked, best, True, axis=1)
        picked &= worth > -np.inf
        rows, place = np.nonzero(picked)
        feature, to = moves.feature[place], moves.choice[place]
        margin = landscape.margin_after(points, moves.hidden, rows, feature, to)
        return ScoredCandidates(
            points.moved(rows, feature, to), worth[rows, place], margin
        )

    def _keep(self, found: ScoredCandidates) -> ScoredCandidates:
        """Keep each person's best points for every price."""
        route = routes(found.points) if self.by_route else None
        kept = np.zeros(len(found.worth), dtype=bool)
        for price in self.prices:
            merit = found.merit(price)
            if route is None:
                best = np.arange(len(merit))
            else:
                best = best_of_each(route, merit, 1)
            who = found.points.who[best]
            kept[best[best_of_each(who, merit[best], self.width)]] = True
        return found[kept]


def _blocks(points: Candidates) -> list[Candidates]:
    """Cut points into blocks that stay in the processor's cache."""
    starts = range(0, len(points), _POINTS_AT_ONCE)
    return [points[start : start + _POINTS_AT_ONCE] for start in starts]


def best_of_each(who: np.ndarray, merit: np.ndarray, n: int) -> np.ndarray:
    """Places of the n largest merits of each person, the best first.

    Parameters
    ----------
    who : ndarray of shape (n_points,), dtype int64
    merit : ndarray of shape (n_points,), dtype float64
    n : int

    Returns
    -------
    places : ndarray, dtype int64
    """
    order = np.lexsort((-merit, who))
    ordered = who[order]
    rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return order[rank < n]


def routes(points: Candidates) -> np.ndarray:
    """Give equal numbers to points of one person that change the same features."""
    changed = points.picks > 0
    # Not `row_keys`: the order of these numbers decides between sets of equal merit.
    factors = np.random.RandomState(0).randint(2**62, size=len(changed) + 1) * 2 + 1
    with np.errstate(over="ignore"):
        key = points.who * factors[-1]
        for factor, is_changed in zip(factors, changed, strict=False):
            key += factor * is_changed
    return key


def distinct(landscape: MoveScorer, points: Candidates) -> np.ndarray:
    """Places of the first of equal rows of each person."""
    # Rows are compared by a 64-bit hash: a row that a chance collision hides is one
    # candidate fewer, never a wrong answer.
    key = row_keys(landscape.cells(points).T, owner=points.who)
    return np.sort(np.unique(key, return_index=True)[1])
