"""Search: proposals in, re-checked answers out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ._actionability import Actionability
from ._classifier import BlackBox
from ._effort import same_cells
from ._exploration import best_of_each
from ._objective import Objective
from ._proposals import Proposals

_GRAIN = 1e-9
_PEOPLE_AT_ONCE = 2048
_ASKED_AT_FIRST = 2
_LEAST_GAIN = 0.004
_NO_ANSWER = 3.0
_SURPRISE = 1.0
_MORE_NEIGHBORS = 128
_POLISHING_ROUNDS = 2


class Propose(Protocol):
    """What search needs of a proposer."""

    def __call__(self, codes: np.ndarray) -> Proposals:
        """Propose rows to people."""

    def around(self, codes: np.ndarray, answers: np.ndarray) -> Proposals:
        """Propose rows near answers that people have."""

    def more(self, codes: np.ndarray, n_neighbors: int) -> Proposals:
        """Propose further rows to those whom the first did not help."""


@dataclass
class Answers:
    """What search found.

    Parameters
    ----------
    codes : ndarray of shape (n_samples, n_features), dtype float64
        The answer of each person; their own row where there is none.
    worth : ndarray of shape (n_samples,), dtype float64
        Objective of the answer; -inf where there is none.
    classifier_rows : ndarray of shape (n_samples,), dtype int64
        Rows that the classifier was asked about for each person.
    """

    codes: np.ndarray
    worth: np.ndarray
    classifier_rows: np.ndarray

    @classmethod
    def none(cls, codes: np.ndarray) -> Answers:
        """Nobody was asked about yet."""
        n = len(codes)
        return cls(codes.copy(), np.full(n, -np.inf), np.zeros(n, dtype=np.int64))

    @classmethod
    def joined(cls, parts: list[Answers]) -> Answers:
        """Put the answers of several groups of people together."""
        return cls(
            np.concatenate([part.codes for part in parts]),
            np.concatenate([part.worth for part in parts]),
            np.concatenate([part.classifier_rows for part in parts]),
        )

    @property
    def found(self) -> np.ndarray:
        """Whether there is an answer, shape (n_samples,), dtype bool."""
        return self.worth > -np.inf


class Search:
    r"""Find for each denied person an accepted row within their reach.

    Parameters
    ----------
    propose : callable
        Codes of people to proposals; see `Propose`.
    actionability : Actionability
        The rules: every candidate is projected onto them.
    objective : Objective
        What a candidate is worth.
    black_box : BlackBox
        The user's classifier.
    max_queries : int
        Most rows that the classifier is asked about for one person.

    Notes
    -----
    The classifier is asked first about the candidates of largest expected gain: chance
    of being accepted times what the candidate is worth above the best answer so far.
    What it says shifts the chances of the same person's other candidates: by its
    surprise, in log-odds. Nobody is asked about for less than 0.004. The answers are
    then polished: the rows around them are candidates again. Objectives are rounded to
    1e-9 and ties go to the earlier candidate, so that answers do not depend on the
    batch.
    """

    def __init__(
        self,
        propose: Propose,
        actionability: Actionability,
        objective: Objective,
        black_box: BlackBox,
        max_queries: int,
    ) -> None:
        self.propose = propose
        self.actionability = actionability
        self.objective = objective
        self.black_box = black_box
        self.max_queries = max_queries

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
        parts = [Answers.none(codes[:0])]
        for start in range(0, len(codes), _PEOPLE_AT_ONCE):
            parts.append(self._search(codes[start : start + _PEOPLE_AT_ONCE]))
        return Answers.joined(parts)

    def _search(self, codes: np.ndarray) -> Answers:
        """Search for a chunk of people."""
        answers = Answers.none(codes)
        asked: list[np.ndarray] = []
        everyone = np.arange(len(codes))
        self._try(everyone, codes, self.propose(codes), answers, asked)
        left = np.flatnonzero(~answers.found)
        if len(left):
            more = self.propose.more(codes[left], _MORE_NEIGHBORS)
            self._try(left, codes, more, answers, asked)
        people = np.flatnonzero(answers.found)
        for _ in range(_POLISHING_ROUNDS):
            if not len(people):
                break
            near = self.propose.around(codes[people], answers.codes[people])
            people = self._try(people, codes, near, answers, asked)
        return answers

    def _try(
        self,
        people: np.ndarray,
        codes: np.ndarray,
        proposals: Proposals,
        answers: Answers,
        asked: list[np.ndarray],
    ) -> np.ndarray:
        """Ask about proposals not asked about before; return whom that helped."""
        candidates = self._candidates(people, codes, proposals, answers)
        candidates.asked |= _is_repeated(candidates.key, asked)
        known = candidates.asked.copy()
        before = answers.worth.copy()
        width = _ASKED_AT_FIRST
        while len(candidates.who):
            chosen = self._most_promising(candidates, answers, width)
            if not len(chosen):
                break
            self._ask(candidates, chosen, answers)
            # More each time: a call to a pipeline costs more than a row.
            width += 1
        asked.append(candidates.key[candidates.asked & ~known])
        return people[answers.worth[people] > before[people]]

    def _candidates(
        self,
        people: np.ndarray,
        codes: np.ndarray,
        proposals: Proposals,
        answers: Answers,
    ) -> _Candidates:
        """Project proposals onto the rules; leave out what cannot help."""
        who = people[proposals.who]
        rows = self.actionability.project(codes[who], proposals.codes)
        worth = proposals.worth.copy()
        moved = np.flatnonzero(~same_cells(rows, proposals.codes).all(axis=1))
        if len(moved):
            worth[moved] = self.objective(codes[who[moved]], rows[moved])
        worth = np.rint(worth / _GRAIN) * _GRAIN
        useful = (worth > answers.worth[who]) & ~same_cells(rows, codes[who]).all(
            axis=1
        )
        share = proposals.chance.clip(1e-9, 1.0 - 1e-9)
        odds = np.log(share / (1.0 - share))
        lowest = np.full(len(codes), np.inf)
        np.minimum.at(lowest, who, worth)
        return _Candidates(
            who[useful], rows[useful], worth[useful], odds[useful], lowest - _NO_ANSWER
        )

    def _most_promising(
        self, candidates: _Candidates, answers: Answers, width: int
    ) -> np.ndarray:
        """Places of the candidates to be asked about next."""
        who = candidates.who
        base = np.maximum(answers.worth, candidates.base)[who]
        chance = 1.0 / (1.0 + np.exp(-candidates.odds))
        gain = chance * np.maximum(candidates.worth - base, 0.0)
        gain[candidates.asked] = 0.0
        least = np.where(answers.found[who], _LEAST_GAIN, 0.0)
        hopeful = np.flatnonzero(gain > least)
        best = hopeful[best_of_each(who[hopeful], gain[hopeful], width)]
        rank = np.arange(len(best)) - np.searchsorted(who[best], who[best])
        return best[rank < self.max_queries - answers.classifier_rows[who[best]]]

    def _ask(
        self, candidates: _Candidates, asked: np.ndarray, answers: Answers
    ) -> None:
        """Ask about candidates; write down answers and what they say of the others."""
        yes = self.black_box.accepted(candidates.codes[asked])
        who = candidates.who[asked]
        candidates.asked[asked] = True
        np.add.at(answers.classifier_rows, who, 1)
        chance = 1.0 / (1.0 + np.exp(-candidates.odds[asked]))
        shift = np.zeros(len(answers.worth))
        np.add.at(shift, who, _SURPRISE * (yes - chance))
        candidates.odds += shift[candidates.who]
        better = asked[yes & (candidates.worth[asked] > answers.worth[who])]
        better = better[
            best_of_each(candidates.who[better], candidates.worth[better], 1)
        ]
        helped = candidates.who[better]
        answers.codes[helped] = candidates.codes[better]
        answers.worth[helped] = candidates.worth[better]


class _Candidates:
    """Rows that the classifier may be asked about, in numpy arrays of one length.

    `odds` are log-odds of being accepted; `base` is, by person, what having no answer
    counts as; `key` tells rows apart.
    """

    def __init__(
        self,
        who: np.ndarray,
        codes: np.ndarray,
        worth: np.ndarray,
        odds: np.ndarray,
        base: np.ndarray,
    ) -> None:
        self.who = who
        self.codes = codes
        self.worth = worth
        self.odds = odds
        self.base = base
        self.key = _keys(who, codes)
        self.asked = np.zeros(len(who), dtype=bool)


def _keys(who: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Hash rows of people to 64 bits; a chance collision costs a candidate."""
    bits = np.where(np.isnan(codes), np.inf, codes).view(np.int64)
    # The bits of small whole numbers are all at the top.
    bits = bits ^ (bits >> 32) ^ (bits >> 52)
    factors = np.random.RandomState(0).randint(2**62, size=1 + codes.shape[1]) * 2 + 1
    key: np.ndarray = who * factors[0] + (bits * factors[1:]).sum(axis=1)
    return key


def _is_repeated(key: np.ndarray, earlier: list[np.ndarray]) -> np.ndarray:
    """Tell which rows stand further up, or among earlier ones."""
    repeated = np.ones(len(key), dtype=bool)
    repeated[np.unique(key, return_index=True)[1]] = False
    return repeated | np.isin(key, np.concatenate([key[:0], *earlier]))
