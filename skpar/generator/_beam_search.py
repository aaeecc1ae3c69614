"""Beam search over single-feature moves, without queries to the classifier."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .._config import BeamSettings
from ._candidates import (
    Candidates,
    ScoredCandidates,
    best_of_each,
    changed_sets,
    less_surcharge,
    smallest_of_rows,
)
from ._move_scores import MoveScorer

# Candidates per block: a block fits in the processor's cache. Answers do not depend on
# this number.
_BLOCK = 512


@dataclass(frozen=True)
class BeamSearch:
    r"""Find candidates that have a large objective and are probably accepted.

    Parameters
    ----------
    settings : BeamSettings
        Width, depth, multipliers, and number of moves that are scored exactly.
    safe_margin : float
        A row counts as accepted if the surrogate gives it at least this margin.
    scale : ndarray of shape (n_people,), dtype float64
        Factor on the multipliers of each person.

    Notes
    -----
    Each round scores all rows that differ from a kept candidate in one feature. Their
    objective J is exact. The surrogate's margin f is computed to first order for all of
    them, and then exactly for the best ones. For each multiplier :math:`\lambda`, the
    round keeps the rows of largest :math:`J - \lambda \max(0, m - f)`, where m is the
    safe margin. A low multiplier finds answers of larger objective. A high multiplier
    finds answers for more people. A round helps a person if it raises the largest of
    these values for any multiplier.

    Efforts above the largest one of a person have a surcharge, which is subtracted
    from J. If :math:`\lambda > 1`, it is multiplied by :math:`\lambda`: otherwise,
    margin would pay for it.
    """

    settings: BeamSettings
    safe_margin: float
    scale: np.ndarray

    def widened(self, extra: int) -> BeamSearch:
        """Return a search that keeps more candidates per person, for more options."""
        wider = replace(self.settings, width=self.settings.width + extra)
        return replace(self, settings=wider)

    def search(
        self, scorer: MoveScorer, starts: Candidates, n_actions: int | None
    ) -> ScoredCandidates:
        """Search from some candidates.

        Parameters
        ----------
        scorer : MoveScorer
        starts : Candidates
        n_actions : int or None
            Only the first `n_actions` actions of each feature are tried; None for all.

        Returns
        -------
        found : ScoredCandidates
            All candidates that were scored exactly, in no particular order, with
            duplicates.
        """
        found = ScoredCandidates.joined(
            [scorer.score(some) for some in _blocks(starts)]
        )
        return self.continue_from(scorer, found, n_actions)

    def continue_from(
        self, scorer: MoveScorer, found: ScoredCandidates, n_actions: int | None
    ) -> ScoredCandidates:
        """Search from candidates that already have scores.

        Parameters
        ----------
        scorer : MoveScorer
        found : ScoredCandidates
        n_actions : int or None
            As in `search`.

        Returns
        -------
        found : ScoredCandidates
            The given candidates, and all others that were scored exactly.
        """
        parts = [found]
        best = self._best(found, scorer.n_people)
        min_rounds = self.settings.min_rounds
        for n_rounds in range(1, 1 + self.settings.depth):
            kept = self._keep(found)
            if not len(kept):
                break
            found = ScoredCandidates.joined(
                [
                    self._moves(scorer, some, n_actions)
                    for some in _blocks(kept.candidates)
                ]
            )
            parts.append(found)
            before, best = best, np.maximum(best, self._best(found, len(best[0])))
            if min_rounds is not None and n_rounds >= min_rounds:
                helped = (best > before).any(axis=0)
                found = found[helped[found.who]]
        return ScoredCandidates.joined(parts)

    def _best(self, found: ScoredCandidates, n_people: int) -> np.ndarray:
        """Largest value (n_multipliers, n_people) of each person's candidates."""
        multipliers = self.settings.multipliers
        best = np.full((len(multipliers), n_people), -np.inf)
        for largest, multiplier in zip(best, multipliers, strict=True):
            value = self._value(found, multiplier)
            np.maximum.at(largest, found.who, value)
        return best

    def _value(self, found: ScoredCandidates, multiplier: float) -> np.ndarray:
        """Value of candidates for a multiplier."""
        price = multiplier * self.scale[found.who]
        return found.lagrangian(price, self.safe_margin)

    def _moves(
        self, scorer: MoveScorer, candidates: Candidates, n_actions: int | None
    ) -> ScoredCandidates:
        """Score the best moves from some candidates exactly."""
        moves = scorer.moves(candidates, n_actions)
        objective = moves.objective
        lacking = np.maximum(0.0, self.safe_margin - moves.margin)
        size = min(self.settings.shortlist, objective.shape[1])
        chosen = np.zeros(objective.shape, dtype=bool)
        scale = self.scale[candidates.who, np.newaxis]
        for multiplier in self.settings.multipliers:
            price = multiplier * scale
            loss = price * lacking
            loss -= less_surcharge(objective, moves.surcharge, price)
            np.put_along_axis(chosen, smallest_of_rows(loss, size), True, axis=1)
        chosen &= objective > -np.inf
        rows, place = np.nonzero(chosen)
        feature, action = moves.feature[place], moves.action[place]
        hidden = scorer.hidden_after(candidates, moves.hidden, rows, feature, action)
        moved = candidates.moved(rows, feature, action)
        margins = scorer.margins(moved, hidden)
        surcharge = None if moves.surcharge is None else moves.surcharge[rows, place]
        return ScoredCandidates(moved, objective[rows, place], *margins, surcharge)

    def _keep(self, found: ScoredCandidates) -> ScoredCandidates:
        """Keep each person's best candidates for every multiplier."""
        sets = None
        if self.settings.one_per_changed_set:
            sets = changed_sets(found.candidates)
        kept = np.zeros(len(found), dtype=bool)
        for multiplier in self.settings.multipliers:
            value = self._value(found, multiplier)
            if sets is None:
                best = np.arange(len(value))
            else:
                # In the order of candidates: no tie is broken by the order of keys.
                best = np.sort(best_of_each(sets, value, 1))
            who = found.who[best]
            kept[best[best_of_each(who, value[best], self.settings.width)]] = True
        return found[kept]


def _blocks(candidates: Candidates) -> list[Candidates]:
    """Split candidates into blocks."""
    starts = range(0, len(candidates), _BLOCK)
    return [candidates[start : start + _BLOCK] for start in starts]
