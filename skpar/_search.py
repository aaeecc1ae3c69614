"""Search: proposals in, re-checked answers out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ._actionability import Actionability
from ._classifier import BlackBox
from ._effort import same_cells
from ._objective import Objective
from ._schema import TableSchema

_GRAIN = 1e-9
_ASKED_AT_FIRST = 4
_MORE_NEIGHBORS = 128
_POLISHING_ROUNDS = 6
_PEOPLE_AT_ONCE = 256


class Proposals(Protocol):
    """What search needs of a proposer."""

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """Propose, shape (n_samples, n_proposals, n_features)."""

    def more(self, codes: np.ndarray, n_neighbors: int) -> np.ndarray:
        """Propose further rows for those whom the first did not help."""


@dataclass(frozen=True)
class Answers:
    """What search found.

    Parameters
    ----------
    codes : ndarray of shape (n_samples, n_features), dtype float64
        The answer of each person; their own row where there is none.
    found : ndarray of shape (n_samples,), dtype bool
        Whether there is an answer.
    classifier_rows : ndarray of shape (n_samples,), dtype int64
        Rows that the classifier was asked about for each person.
    """

    codes: np.ndarray
    found: np.ndarray
    classifier_rows: np.ndarray


class Search:
    """Find for each denied person an accepted row within their reach.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    propose : callable
        Codes of people to proposals; see `Proposals`.
    actionability : Actionability
        The rules: every candidate is projected onto them.
    objective : Objective
        Orders candidates.
    black_box : BlackBox
        The user's classifier.

    Notes
    -----
    Candidates are ordered by the objective, which needs no classifier; the
    classifier is asked about the best four, then the next eight and so on, until it
    accepts one. Then single changes are taken back or halved as long as the objective
    grows and the classifier still accepts. Objectives are rounded to 1e-9 and ties go
    to the earlier candidate, so that answers do not depend on the batch.
    """

    def __init__(
        self,
        schema: TableSchema,
        propose: Proposals,
        actionability: Actionability,
        objective: Objective,
        black_box: BlackBox,
    ) -> None:
        self.schema = schema
        self.propose = propose
        self.actionability = actionability
        self.objective = objective
        self.black_box = black_box

    def __call__(self, codes: np.ndarray) -> Answers:
        """Search for some denied people.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.

        Returns
        -------
        answers : Answers
        """
        parts = [
            self._search(codes[start : start + _PEOPLE_AT_ONCE])
            for start in range(0, len(codes), _PEOPLE_AT_ONCE)
        ]
        return Answers(
            np.concatenate([codes[:0], *(part.codes for part in parts)]),
            np.concatenate([np.zeros(0, bool), *(part.found for part in parts)]),
            np.concatenate(
                [np.zeros(0, np.int64), *(part.classifier_rows for part in parts)]
            ),
        )

    def _search(self, codes: np.ndarray) -> Answers:
        """Search for a chunk of people."""
        answer = codes.copy()
        value = np.full(len(codes), -np.inf)
        asked = np.zeros(len(codes), dtype=np.int64)
        everyone = np.arange(len(codes))
        self._try(everyone, codes, self.propose(codes), answer, value, asked)
        left = np.flatnonzero(value == -np.inf)
        if len(left):
            more = self.propose.more(codes[left], _MORE_NEIGHBORS)
            self._try(left, codes, more, answer, value, asked)
        people = np.flatnonzero(value > -np.inf)
        for _ in range(_POLISHING_ROUNDS):
            if not len(people):
                break
            moves = self._moves(codes[people], answer[people])
            people = self._try(people, codes, moves, answer, value, asked)
        return Answers(answer, value > -np.inf, asked)

    def _try(
        self,
        people: np.ndarray,
        codes: np.ndarray,
        candidates: np.ndarray,
        answer: np.ndarray,
        value: np.ndarray,
        asked: np.ndarray,
    ) -> np.ndarray:
        """Take each person's best accepted candidate where it beats what they have.

        Updates `answer`, `value` and `asked` in place; returns whom it helped.
        """
        own = codes[people]
        candidates = self.actionability.project(own, candidates)
        worth = self._worth(own, answer[people], candidates)
        worth[worth <= value[people, None]] = -np.inf
        order = np.argsort(-worth, axis=1, kind="stable")
        best = np.full(len(people), -1)
        start, width = 0, _ASKED_AT_FIRST
        while start < order.shape[1]:
            block = order[:, start : start + width]
            # Twice as many each time: a call to a pipeline costs more than a row.
            start, width = start + width, 2 * width
            open_ = (best < 0)[:, None] & (
                np.take_along_axis(worth, block, axis=1) > -np.inf
            )
            if not open_.any():
                break
            who, place = np.nonzero(open_)
            accepted = np.zeros(open_.shape, dtype=bool)
            accepted[who, place] = self.black_box.accepted(
                candidates[who, block[who, place]]
            )
            asked[people] += open_.sum(axis=1)
            hit = accepted.any(axis=1)
            best[hit] = block[hit, accepted[hit].argmax(axis=1)]
        helped = np.flatnonzero(best >= 0)
        answer[people[helped]] = candidates[helped, best[helped]]
        value[people[helped]] = worth[helped, best[helped]]
        return people[helped]

    def _worth(
        self, own: np.ndarray, current: np.ndarray, candidates: np.ndarray
    ) -> np.ndarray:
        """Objective of candidates, rounded; -inf for repeats and for no change."""
        worth = np.full(candidates.shape[:2], -np.inf)
        fresh = ~_repeats(candidates)
        fresh &= ~same_cells(candidates, own[:, None]).all(axis=-1)
        fresh &= ~same_cells(candidates, current[:, None]).all(axis=-1)
        who, which = np.nonzero(fresh)
        exact = self.objective(own[who], candidates[who, which])
        worth[who, which] = np.rint(exact / _GRAIN) * _GRAIN
        return worth

    def _moves(self, own: np.ndarray, current: np.ndarray) -> np.ndarray:
        """Each single change taken back, and each change of a number halved."""
        n, n_features = own.shape
        moves = np.repeat(current[:, None], 2 * n_features, axis=1)
        for j, column in enumerate(self.schema.columns):
            moves[:, j, j] = own[:, j]
            if column.is_ordered:
                halfway = own[:, j] + (current[:, j] - own[:, j]) / 2.0
                known = ~np.isnan(halfway)
                moves[known, n_features + j, j] = halfway[known]
        return moves


def _repeats(candidates: np.ndarray) -> np.ndarray:
    """Mark the candidates of each person that stand earlier in the list too."""
    n, m, n_features = candidates.shape
    # Rows are compared by a 64-bit hash: equal rows have equal hashes, and a row
    # that a chance collision hides is one candidate fewer, never a wrong answer.
    multipliers = np.random.RandomState(0).randint(2**62, size=n_features) * 2 + 1
    bits = np.where(np.isnan(candidates), np.inf, candidates + 0.0).view(np.int64)
    mixed = bits ^ (bits >> 29)
    with np.errstate(over="ignore"):
        hashes = (mixed * multipliers).sum(axis=-1)
    order = np.argsort(hashes, axis=1, kind="stable")
    ordered = np.take_along_axis(hashes, order, axis=1)
    again = np.zeros((n, m), dtype=bool)
    again[:, 1:] = ordered[:, 1:] == ordered[:, :-1]
    repeats = np.empty_like(again)
    np.put_along_axis(repeats, order, again, axis=1)
    return repeats
