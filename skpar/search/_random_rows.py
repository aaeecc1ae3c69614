"""Random feasible rows, improved by the surrogate, for people without an answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._search_config import RandomStage
from ..actionability import Actionability, People
from ..generator import Proposals, Proposer, best_of_each
from ..objective import Objective
from ..table import round_to_tolerance, row_keys, same_cells

# Number of people per block. Proposals do not depend on it.
_BLOCK = 16


@dataclass(frozen=True)
class _Pool:
    """Distinct feasible rows of some people: person, codes, margin and rank of each.

    The rank is the margin, less a surcharge for efforts above the largest one.
    """

    who: np.ndarray
    codes: np.ndarray
    margin: np.ndarray
    rank: np.ndarray

    def __getitem__(self, places: np.ndarray) -> _Pool:
        """Select some of the rows."""
        rest = self.codes[places], self.margin[places], self.rank[places]
        return _Pool(self.who[places], *rest)

    def best(self, n: int) -> _Pool:
        """Keep the n rows of largest rank of each person, the best first."""
        return self[best_of_each(self.who, self.rank, n)]


class RandomRows:
    """Propose random feasible rows that the surrogate probably accepts.

    Parameters
    ----------
    proposer : Proposer
        Gives neighbors, surrogate and calibration.
    actionability : Actionability
        Rules and links. All rows are projected onto them before they are scored.
    objective : Objective
        Objective of rows.
    stage : RandomStage
        Number of rows and generations.
    seed : int
        Seed of the draws. They are the same for every person, so that proposals depend
        only on the person's row.

    Notes
    -----
    The beam search scores rows before links are repaired and derived columns are
    computed. With many links, few of its rows are feasible, and their margin changes.
    Here, every row is projected first and scored then. The first rows change random
    features, to random values between the ends of the feasible range or to those of an
    accepted neighbor. In every further generation, the rows of largest margin are
    mixed, and some of their cells are drawn again. Efforts above the largest one of a
    person lower the margin in this choice.
    """

    def __init__(
        self,
        proposer: Proposer,
        actionability: Actionability,
        objective: Objective,
        stage: RandomStage,
        seed: int,
    ) -> None:
        self.proposer = proposer
        self.surrogate = proposer.surrogate
        self.calibration = proposer.calibration
        self.actionability = actionability
        self.objective = objective
        self.stage = stage
        self.seed = seed

    def of_proposer(self, proposer: Proposer) -> RandomRows:
        """Make the same for a proposer with another surrogate."""
        rest = self.actionability, self.objective, self.stage, self.seed
        return RandomRows(proposer, *rest)

    def propose(self, people: People) -> Proposals:
        """Propose rows for some people.

        Parameters
        ----------
        people : People

        Returns
        -------
        proposals : Proposals
            Feasible rows that differ from the own row.
        """
        pools = [
            self._of_block(people[start : start + _BLOCK], start)
            for start in range(0, len(people), _BLOCK)
        ]
        who = np.concatenate([pool.who for pool in pools])
        codes = np.concatenate([pool.codes for pool in pools])
        margin = np.concatenate([pool.margin for pool in pools])
        value = self.objective.upper_bound(people.codes[who], codes)
        chance = self.calibration.probability(margin)
        return Proposals(who, codes, value, chance, np.zeros(len(who)))

    def _of_block(self, people: People, first: int) -> _Pool:
        """Search for rows of large margin; `first` is the first person's number."""
        draws = _Draws(self.seed, self.stage, self.actionability, people)
        near = self.proposer.nearest_accepted(people.codes, self.stage.n_neighbors)
        pool = self._scored(people, draws.first_rows(near))
        for _ in range(self.stage.n_generations):
            new = self._scored(people, draws.next_rows(pool.best(self.stage.n_parents)))
            pool = _joined(pool, new)
        own = people.codes[pool.who]
        is_changed = (~same_cells(pool.codes, own))[:, self.objective.acting]
        sets = row_keys(is_changed.astype(np.int64), owner=pool.who)
        pool = pool[np.sort(best_of_each(sets, pool.rank, self.stage.max_per_set))]
        pool = pool.best(self.stage.max_candidates)
        return _Pool(pool.who + first, pool.codes, pool.margin, pool.rank)

    def _scored(self, people: People, proposals: np.ndarray) -> _Pool:
        """Project proposals (n_people, n_rows, n_features); keep rows that moved."""
        rows = self.actionability.project(people, proposals)
        moved = ~same_cells(rows, people.codes[:, None]).all(axis=2)
        who, place = np.nonzero(moved)
        codes = rows[who, place]
        first = np.sort(np.unique(row_keys(codes, owner=who), return_index=True)[1])
        who, codes = who[first], codes[first]
        margin = round_to_tolerance(self.surrogate.decision_function(codes))
        return _Pool(who, codes, margin, self._rank(people[who], codes, margin))

    def _rank(
        self, owners: People, codes: np.ndarray, margin: np.ndarray
    ) -> np.ndarray:
        """Subtract the surcharge of efforts above the largest one from margins."""
        most = owners.limits.max_effort
        if most is None:
            return margin
        objective = self.objective
        excess = objective.effort.above(owners.codes, codes, most)
        return margin - objective.surcharge(excess)


def _joined(one: _Pool, other: _Pool) -> _Pool:
    """Put two pools together, without equal rows, in the order of people."""
    who = np.concatenate([one.who, other.who])
    codes = np.concatenate([one.codes, other.codes])
    margin = np.concatenate([one.margin, other.margin])
    rank = np.concatenate([one.rank, other.rank])
    first = np.sort(np.unique(row_keys(codes, owner=who), return_index=True)[1])
    first = first[np.argsort(who[first], kind="stable")]
    return _Pool(who[first], codes[first], margin[first], rank[first])


class _Draws:
    """Random proposals for some people; the draws are the same for every person."""

    def __init__(
        self,
        seed: int,
        stage: RandomStage,
        actionability: Actionability,
        people: People,
    ) -> None:
        self.rng = np.random.RandomState(seed)
        self.stage = stage
        self.own = people.codes
        self.shape = (stage.n_rows, people.codes.shape[1])
        self.is_numeric = [c.is_numeric for c in actionability.schema.columns]
        self.n_free = actionability.can_change(people).sum(axis=1).clip(1)
        self.options = [
            rule.extremes(people.codes[:, j], people.limits.of_column(j))
            for j, rule in enumerate(actionability.rules)
        ]

    def first_rows(self, near: np.ndarray) -> np.ndarray:
        """Change random features of the own rows, (n_people, n_rows, n_features)."""
        n_rows = self.shape[0]
        share = self.rng.uniform(0.0, 1.0, (n_rows, 1))
        is_drawn = self.rng.uniform(size=self.shape) < share
        copied = near[:, self.rng.randint(near.shape[1], size=n_rows)]
        is_copied = self.rng.uniform(size=self.shape) < self.stage.copied_share
        new = np.where(is_copied, copied, self._values())
        return np.where(is_drawn, new, self.own[:, None])

    def next_rows(self, parents: _Pool) -> np.ndarray:
        """Mix the best rows of each person, and draw some of their cells again."""
        one, other = (self._parents(parents) for _ in range(2))
        is_mixed = self.rng.uniform(size=self.shape) < self.stage.mixed_share
        rows = np.where(is_mixed, other, one)
        few = self.stage.n_redrawn / self.n_free[:, None, None]
        chance = self.rng.uniform(size=self.shape)
        rows = np.where(chance < few, self._values(), rows)
        back = self.rng.uniform(size=self.shape)
        return np.where(back < few / 2, self.own[:, None], rows)

    def _parents(self, parents: _Pool) -> np.ndarray:
        """Draw a parent for each new row; people without parents keep their own row."""
        draw = self.rng.uniform(size=self.shape[0]) ** 2
        start = np.searchsorted(parents.who, np.arange(len(self.own)))
        stop = np.searchsorted(parents.who, np.arange(len(self.own)), side="right")
        count = (stop - start)[:, None]
        rows = np.repeat(self.own[:, None], self.shape[0], axis=1)
        some = np.flatnonzero(count[:, 0] > 0)
        place = start[some, None] + (draw * count[some]).astype(np.int64)
        rows[some] = parents.codes[place]
        return rows

    def _values(self) -> np.ndarray:
        """Draw a feasible value of each cell, (n_people, n_rows, n_features)."""
        draw = self.rng.uniform(size=self.shape)
        values = np.full((len(self.own), *self.shape), np.nan)
        beyond = self.stage.beyond_ends
        for j, options in enumerate(self.options):
            if not len(options):
                continue
            if self.is_numeric[j]:
                share = ((1 + 2 * beyond) * draw[:, j] - beyond).clip(0.0, 1.0)
                low, high = options[0][:, None], options[-1][:, None]
                values[:, :, j] = low + share * (high - low)
            else:
                place = (draw[:, j] * len(options)).astype(np.int64)
                values[:, :, j] = np.stack(options)[place].T
        return values
