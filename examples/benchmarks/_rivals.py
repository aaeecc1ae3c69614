"""Rivals that know nothing of skpar's generator and of its search.

They share its ruler only: the rules, the objective and the classifier. Every rival
starts from the nearest accepted people, moved onto the rules, and every answer was
accepted by the classifier. Near is what asks little effort.

* `best_of_nearest`: the best of the 8 nearest.
* `polished_nearest`: the same, polished with at most 26 classifier rows per person.
* `long_search`: the best 16 of 64 (of up to 1024 where none of these is accepted), each
  polished for at most 40 rounds, then again from 16 mixtures of what that gave.

Polishing replaces the value of one feature: by the person's own, by one part of the
way back to it, by that of any of the neighbours, by any value of a grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from _rival_moves import Candidates, Polisher, Ruler, first_of_equal_rows

from skpar.actionability import People
from skpar.table._codes import same_cells

N_NEAREST = 8
BUDGET = 26
N_LONG = 64
N_LONGEST = 1024
ROUNDS = 40
STARTS = 16
MIXTURES = 16
PEOPLE_AT_ONCE = 100


@dataclass(frozen=True)
class Answers:
    """Answers (n, d), whether there is one (n,), classifier rows spent (n,)."""

    codes: np.ndarray
    found: np.ndarray
    rows: np.ndarray


def nearest(ruler: Ruler, codes: np.ndarray, k: int) -> np.ndarray:
    """Find the k accepted people (n, k, d) that ask the least effort, in order."""
    effort, pool = ruler.objective.effort, ruler.pool
    found = []
    for own in np.array_split(codes, max(1, len(codes) // PEOPLE_AT_ONCE)):
        distance = effort.per_feature(own[:, None], pool[None]).sum(axis=-1)
        order = np.argsort(distance.round(9), axis=1, kind="stable")
        found.append(pool[order[:, :k]])
    return np.concatenate(found)


def copies(ruler: Ruler, codes: np.ndarray, near: np.ndarray) -> Candidates:
    """Neighbours (n, k, d) moved onto the rules, equal ones once."""
    rows = ruler.actionability.project(People.unlimited(codes), near)
    who, which = np.nonzero(~same_cells(rows, codes[:, None]).all(axis=-1))
    kept = first_of_equal_rows(who, rows[who, which])
    who, rows = who[kept], rows[who[kept], which[kept]]
    return Candidates.ordered(len(codes), who, rows, ruler.evaluate(codes[who], rows))


def best_of_nearest(ruler: Ruler, codes: np.ndarray) -> Answers:
    """Answer by the best accepted one of the 8 nearest accepted people."""
    candidates = copies(ruler, codes, nearest(ruler, codes, N_NEAREST))
    answers, found = codes.copy(), np.zeros(len(codes), dtype=bool)
    yes = np.zeros(len(candidates.search), dtype=bool)
    rows = np.zeros(len(codes), dtype=np.int64)
    for rank in range(N_NEAREST):
        place = candidates.bounds()[:-1] + rank
        ask = np.flatnonzero((place < candidates.bounds()[1:]) & ~found)
        yes[place[ask]] = ruler.black_box.accepted(candidates.codes[place[ask]])
        rows[ask] += 1
        hit = ask[yes[place[ask]]]
        answers[hit], found[hit] = candidates.codes[place[hit]], True
    return Answers(answers, found, rows)


def polished_nearest(ruler: Ruler, codes: np.ndarray, budget: int = BUDGET) -> Answers:
    """Polish the best of 8, asking the classifier about one row at a time."""
    start = best_of_nearest(ruler, codes)
    near = nearest(ruler, codes, N_NEAREST)
    polisher, current, rows = Polisher(ruler), start.codes.copy(), start.rows.copy()
    value = ruler.evaluate(codes, current)
    queue = np.zeros((0, codes.shape[1]))
    queues, objectives = [queue] * len(codes), [np.zeros(0)] * len(codes)
    place = np.zeros(len(codes), dtype=np.int64)
    moved = np.flatnonzero(start.found)
    while True:
        found = polisher.moves(codes[moved], current[moved], value[moved], near[moved])
        ends = found.bounds()
        for i, person in enumerate(moved):
            queues[person] = found.codes[ends[i] : ends[i + 1]]
            objectives[person] = found.objective[ends[i] : ends[i + 1]]
        place[moved] = 0
        left = np.array([len(queue) for queue in queues]) > place
        ask = np.flatnonzero(left & (rows < budget))
        if not len(ask):
            return Answers(current, start.found, rows)
        candidates = np.stack([queues[i][place[i]] for i in ask])
        yes = ruler.black_box.accepted(candidates)
        rows[ask] += 1
        moved = ask[yes]
        current[moved] = candidates[yes]
        value[moved] = [objectives[i][place[i]] for i in moved]
        place[ask[~yes]] += 1


def long_search(ruler: Ruler, codes: np.ndarray) -> Answers:
    """Search long: many neighbours, many rounds, several starts, mixtures of ends."""
    parts = [
        _LongSearch(ruler, own)()
        for own in np.array_split(codes, max(1, len(codes) // PEOPLE_AT_ONCE))
    ]
    return Answers(
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.found for part in parts]),
        np.concatenate([part.rows for part in parts]),
    )


class _LongSearch:
    """The long search of some people (n, d)."""

    def __init__(self, ruler: Ruler, codes: np.ndarray) -> None:
        self.ruler, self.codes = ruler, codes
        self.polisher = Polisher(ruler)
        self.near = nearest(ruler, codes, N_LONG)
        self.rows = np.zeros(len(codes), dtype=np.int64)

    def __call__(self) -> Answers:
        """Search."""
        answers, value = self.codes.copy(), np.full(len(self.codes), -np.inf)
        who, current, objective = self._polish(*self._starts())
        self._keep(answers, value, who, current, objective)
        who, current, objective = self._polish(*self._mixtures(who, current))
        self._keep(answers, value, who, current, objective)
        return Answers(answers, value > -np.inf, self.rows)

    def _keep(
        self,
        answers: np.ndarray,
        value: np.ndarray,
        who: np.ndarray,
        current: np.ndarray,
        objective: np.ndarray,
    ) -> None:
        """Write down what is better than what a person has."""
        for person, codes, found in zip(who, current, objective, strict=True):
            if found > value[person]:
                answers[person], value[person] = codes, found

    def _pick(
        self, people: np.ndarray, candidates: Candidates, wanted: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Take the best accepted candidates of each of some people."""
        place, asked = candidates.accepted(self.ruler.black_box, wanted)
        self.rows[people] += asked
        who = people[candidates.search[place]]
        return who, candidates.codes[place], candidates.objective[place]

    def _starts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Start from accepted neighbours; look further where there are none."""
        left, near, parts = np.arange(len(self.codes)), self.near, []
        while True:
            candidates = copies(self.ruler, self.codes[left], near)
            parts.append(self._pick(left, candidates, STARTS))
            left = np.setdiff1d(left, parts[-1][0])
            k = 4 * near.shape[1]
            if not len(left) or near.shape[1] == len(self.ruler.pool) or k > N_LONGEST:
                break
            near = nearest(self.ruler, self.codes[left], k)
        who, current, objective = map(np.concatenate, zip(*parts, strict=True))
        return who, current, objective

    def _mixtures(
        self, who: np.ndarray, ends: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Start again from ends of which every feature comes from either of two."""
        rng = np.random.RandomState(0)
        search, mixed = [], []
        for person in np.unique(who):
            own = ends[who == person]
            pairs = rng.randint(len(own), size=(2, MIXTURES))
            coin = rng.rand(MIXTURES, own.shape[1]) < 0.5
            search.append(np.full(MIXTURES, person))
            mixed.append(np.where(coin, own[pairs[0]], own[pairs[1]]))
        if not search:
            return who, ends, np.zeros(len(who))
        people, codes = np.concatenate(search), np.concatenate(mixed)
        objective = self.ruler.evaluate(self.codes[people], codes)
        candidates = Candidates.ordered(len(self.codes), people, codes, objective)
        return self._pick(np.arange(len(self.codes)), candidates, MIXTURES)

    def _polish(
        self, who: np.ndarray, current: np.ndarray, objective: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Take the best accepted move of every search until there is none."""
        current, objective = current.copy(), objective.copy()
        active = np.arange(len(who))
        for _ in range(ROUNDS):
            if not len(active):
                break
            person = who[active]
            moves = self.polisher.moves(
                self.codes[person],
                current[active],
                objective[active],
                self.near[person],
            )
            place, asked = moves.accepted(self.ruler.black_box, 1)
            np.add.at(self.rows, person, asked)
            active = active[moves.search[place]]
            current[active], objective[active] = (
                moves.codes[place],
                moves.objective[place],
            )
            active = active[first_of_equal_rows(who[active], current[active])]
        return who, current, objective
