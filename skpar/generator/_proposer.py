"""Proposals for any person: what network, neighbours and exploration come up with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from .._config import FallbackStage
from ..actionability import People
from ..classifier import PlattScale
from ..density._api import one_thread
from ._beam_search import BeamSearch, ScoredCandidates, best_of_each, distinct, routes
from ._move_scores import Candidates, MoveScorer, ScoringModel
from ._network import GeneratorNetwork, NetworkInputs

_MOST = 64
_MOST_OF_A_WAY = 6
_LEAST_CHANCE = 0.02
NO_ANSWER = 5.0
_BACK = (0.5, 0.25, 0.125, 0.0625, 0.03125)
_BEYOND = (-0.5, -1.0, 2.0)
_SURE = BeamSearch(width=3, depth=1, prices=(7.0, 70.0))
_DOUBT = 0.5
_WIDTH = 28
_SHORTLIST = 200


@dataclass(frozen=True)
class Proposals:
    """Rows proposed to some people.

    Parameters
    ----------
    who : ndarray of shape (n_proposals,), dtype int64
        To whom each is proposed, in rising order.
    codes : ndarray of shape (n_proposals, n_features), dtype float64
        The rows.
    worth : ndarray of shape (n_proposals,), dtype float64
        Objective of each.
    chance : ndarray of shape (n_proposals,), dtype float64
        How likely the classifier is thought to accept it.
    """

    who: np.ndarray
    codes: np.ndarray
    worth: np.ndarray
    chance: np.ndarray


class Proposer:
    """Propose rows; nothing is promised of them but that rules are kept.

    Parameters
    ----------
    surveyor : ScoringModel
        Lays out what is within reach.
    network : GeneratorNetwork
        Scores the choices.
    noise : ndarray of shape (n_draws, n_choices, n_features), dtype float64
        Gumbel noise, the same for every person: an answer depends on its row alone.
    explorer : BeamSearch
        Goes on from what network and neighbours propose.
    belief : PlattScale
        Turns margins into chances.
    """

    def __init__(
        self,
        surveyor: ScoringModel,
        network: GeneratorNetwork,
        noise: np.ndarray,
        explorer: BeamSearch,
        belief: PlattScale,
    ) -> None:
        self.surveyor = surveyor
        self.network = network
        self.noise = noise
        self.explorer = explorer
        self.belief = belief

    def propose(self, people: People, n_options: int = 1) -> Proposals:
        """Propose rows to some people.

        Parameters
        ----------
        people : People
        n_options : int, default=1
            How many different ways are wanted; more of them are followed.

        Returns
        -------
        proposals : Proposals
        """
        with torch.no_grad(), one_thread():
            landscape = self.surveyor.scorer(people)
            starts = self.starts(landscape)
            explorer = self.explorer.widened(n_options)
            found = explorer.search(landscape, starts, landscape.n_written)
            found = self._reassured(landscape, found)
        return self._select(landscape, found, n_options)

    def generate(self, people: People) -> np.ndarray:
        """Answer by one pass of the network alone.

        Parameters
        ----------
        people : People

        Returns
        -------
        proposals : ndarray of shape (n_people, n_features), dtype float64
            The network's likeliest row for every person.
        """
        with torch.no_grad(), one_thread():
            landscape = self.surveyor.scorer(people)
            picks = self.scores(landscape).argmax(axis=1)
        return landscape.codes_at(Candidates(np.arange(len(people)), picks.T))

    def nearest_accepted(self, codes: np.ndarray, n_neighbors: int) -> np.ndarray:
        """Rows of the nearest accepted people, (n_people, n_neighbors, n_features)."""
        return self.surveyor.maker.neighborhood.nearest(codes, n_neighbors)

    def scores(self, landscape: MoveScorer) -> np.ndarray:
        """Scores of the network, shape (n_people, n_choices, n_features)."""
        return self.network(NetworkInputs.of(landscape)).numpy()

    def starts(self, landscape: MoveScorer) -> Candidates:
        """Points to explore from: draws, pairs, neighbours, the factual."""
        scores = self.scores(landscape)
        picks = [scores.argmax(axis=1)]
        picks += [(scores + draw).argmax(axis=1) for draw in self.noise]
        picks += self.surveyor.maker.pairs.picks(landscape.choices.open)
        return landscape.starts(picks)

    def propose_near(
        self, people: People, answers: np.ndarray, depth: int
    ) -> Proposals:
        """Propose rows near the answers that people have.

        Parameters
        ----------
        people : People
        answers : ndarray of shape (n_people, n_features), dtype float64
            The accepted row that each has.
        depth : int
            How many cells away to look.

        Returns
        -------
        proposals : Proposals
            Rows up to so many cells away; numbers also part of the way back or
            beyond, and a few steps of a fine grid up and down.
        """
        codes = people.codes
        back = [answers + share * (codes - answers) for share in (*_BACK, *_BEYOND)]
        fine = self.surveyor.maker.nearby(answers)
        extra = np.concatenate([np.stack([answers, *back], axis=1), fine], axis=1)
        with torch.no_grad(), one_thread():
            landscape = self.surveyor.scorer(people, extra)
            picks = np.full(codes.shape, landscape.n_written).T
            starts = Candidates(np.arange(len(codes)), picks)
            found = _close_by(codes.shape[1], depth).search(landscape, starts, None)
        return self._select(landscape, found)

    def propose_fallback(self, people: People, stage: FallbackStage) -> Proposals:
        """Propose rows that are likely accepted, to people without an answer.

        Parameters
        ----------
        people : People
        stage : FallbackStage
            How hard to look.

        Returns
        -------
        proposals : Proposals
            Rows of largest margin, and copies of further neighbours.
        """
        near = self.surveyor.maker.neighborhood.nearest(people.codes, stage.n_neighbors)
        with torch.no_grad(), one_thread():
            landscape = self.surveyor.scorer(people, near)
            starts = landscape.starts([])
            explorer = replace(_SURE, depth=stage.depth, shortlist=stage.shortlist)
            found = explorer.search(landscape, starts, landscape.n_written)
        is_copy = np.arange(len(found.worth)) < len(starts)
        first = distinct(landscape, found.points)
        found, is_copy = found[first], is_copy[first]
        is_copy[best_of_each(found.points.who, found.margin, _MOST)] = True
        kept = np.flatnonzero(is_copy)
        found = found[kept[np.argsort(found.points.who[kept], kind="stable")]]
        rows = landscape.codes_at(found.points)
        return Proposals(found.points.who, rows, found.worth, self.belief(found.margin))

    def _reassured(
        self, landscape: MoveScorer, found: ScoredCandidates
    ) -> ScoredCandidates:
        """Look for surer rows for those for whom nothing found is likely accepted."""
        who = found.points.who
        best = np.zeros(landscape.n_people)
        np.maximum.at(best, who, self.belief(found.margin))
        doubtful = best[who] < _DOUBT
        if not doubtful.any():
            return found
        surer = _SURE.continue_from(landscape, found[doubtful], landscape.n_written)
        return ScoredCandidates.joined([found[~doubtful], surer])

    def _select(
        self, landscape: MoveScorer, found: ScoredCandidates, n_options: int = 1
    ) -> Proposals:
        """Of all that was found, take what is most promising."""
        found = found[distinct(landscape, found.points)]
        if n_options > 1:
            best = best_of_each(routes(found.points), found.merit(1.0), _MOST_OF_A_WAY)
            found = found[np.sort(best)]
        chance = self.belief(found.margin)
        who = found.points.who
        best = np.full(landscape.n_people, -np.inf)
        np.maximum.at(best, who, np.where(chance > 0.5, found.worth, -np.inf))
        least = np.full(landscape.n_people, np.inf)
        np.minimum.at(least, who, found.worth)
        base = np.where(best > -np.inf, best, least) - NO_ANSWER
        merit = chance * np.maximum(found.worth - base[who], 0.0)
        merit[chance < _LEAST_CHANCE] = 0.0
        kept = best_of_each(who, merit, _MOST * n_options)
        kept = kept[merit[kept] > 0.0]
        points = found.points[kept]
        codes = landscape.codes_at(points)
        return Proposals(points.who, codes, found.worth[kept], chance[kept])


def _close_by(n_features: int, depth: int) -> BeamSearch:
    """Explore next to answers: more widely in narrow tables, at about the same cost."""
    return BeamSearch(
        width=max(2, _WIDTH // n_features),
        depth=depth,
        prices=(1.2,),
        shortlist=max(16, _SHORTLIST // n_features),
        by_route=False,
    )
