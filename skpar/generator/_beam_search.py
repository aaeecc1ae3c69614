"""Beam search over single-feature moves; the classifier is not queried."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .._config import BeamSettings
from ._candidates import Candidates, ScoredCandidates, best_of_each, changed_sets
from ._move_scores import MoveScorer

# Blocks of candidates that stay in the processor's cache; no answer depends on it.
_BLOCK = 512


@dataclass(frozen=True)
class BeamSearch:
    r"""Find candidates of large objective that are probably accepted.

    Parameters
    ----------
    settings : BeamSettings
        Width, depth, multipliers, and which moves are scored exactly.
    safe_margin : float
        Margin of the surrogate from which on a row counts as accepted.

    Notes
    -----
    Every round looks at all rows that differ from a kept candidate in one feature, by
    their exact objective J and the surrogate's margin f (to first order, then exactly
    for the best ones), and keeps for each multiplier :math:`\lambda` those of largest
    :math:`J - \lambda \max(0, m - f)` with the safe margin m. A low multiplier finds
    answers of larger objective, a high one finds answers for more people. A round
    helped a person if it raised the largest of these values.
    """

    settings: BeamSettings
    safe_margin: float

    def widened(self, extra: int) -> BeamSearch:
        """Keep more candidates per person, for several options instead of one."""
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
            Number of actions of a feature to look at, the first ones; None for all.

        Returns
        -------
        found : ScoredCandidates
            All candidates that were scored exactly, in no order, with repeats.
        """
        found = ScoredCandidates.joined(
            [ScoredCandidates(some, *scorer.evaluate(some)) for some in _blocks(starts)]
        )
        return self.continue_from(scorer, found, n_actions)

    def continue_from(
        self, scorer: MoveScorer, found: ScoredCandidates, n_actions: int | None
    ) -> ScoredCandidates:
        """Search from candidates that are scored already.

        Parameters
        ----------
        scorer : MoveScorer
        found : ScoredCandidates
        n_actions : int or None
            As in `search`.

        Returns
        -------
        found : ScoredCandidates
            These candidates and all others that were scored exactly.
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
            value = found.lagrangian(multiplier, self.safe_margin)
            np.maximum.at(largest, found.who, value)
        return best

    def _moves(
        self, scorer: MoveScorer, candidates: Candidates, n_actions: int | None
    ) -> ScoredCandidates:
        """Score the best moves from some candidates exactly."""
        moves = scorer.moves(candidates, n_actions)
        objective = moves.objective
        lacking = np.maximum(0.0, self.safe_margin - moves.margin)
        size = min(self.settings.shortlist, objective.shape[1])
        chosen = np.zeros(objective.shape, dtype=bool)
        for multiplier in self.settings.multipliers:
            loss = multiplier * lacking
            loss -= objective
            best = np.argpartition(loss, size - 1, axis=1)[:, :size]
            np.put_along_axis(chosen, best, True, axis=1)
        chosen &= objective > -np.inf
        rows, place = np.nonzero(chosen)
        feature, action = moves.feature[place], moves.action[place]
        margin = scorer.margin_after(candidates, moves.hidden, rows, feature, action)
        moved = candidates.moved(rows, feature, action)
        return ScoredCandidates(moved, objective[rows, place], margin)

    def _keep(self, found: ScoredCandidates) -> ScoredCandidates:
        """Keep each person's best candidates for every multiplier."""
        sets = None
        if self.settings.one_per_changed_set:
            sets = changed_sets(found.candidates)
        kept = np.zeros(len(found), dtype=bool)
        for multiplier in self.settings.multipliers:
            value = found.lagrangian(multiplier, self.safe_margin)
            if sets is None:
                best = np.arange(len(value))
            else:
                best = best_of_each(sets, value, 1)
            who = found.who[best]
            kept[best[best_of_each(who, value[best], self.settings.width)]] = True
        return found[kept]


def _blocks(candidates: Candidates) -> list[Candidates]:
    """Cut candidates into blocks."""
    starts = range(0, len(candidates), _BLOCK)
    return [candidates[start : start + _BLOCK] for start in starts]
