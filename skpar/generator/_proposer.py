"""Proposals from the network, neighbors and beam search."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np
import torch

from .._config import BeamSettings, FallbackStage, SearchConfig
from ..actionability import People
from ..classifier import AcceptanceModel, PlattScale, ProbabilityScale, Surrogate
from ..density._api import one_thread
from ..table import round_to_tolerance
from ._action_sets import ActionSetBuilder
from ._beam_search import BeamSearch
from ._candidates import (
    Candidates,
    ScoredCandidates,
    best_of_each,
    changed_sets,
    first_of_equals,
    less_surcharge,
)
from ._move_scores import MoveScorer
from ._network import GeneratorNetwork, NetworkInputs, score_actions
from ._scoring_model import ScoringModel


@dataclass(frozen=True)
class Proposals:
    """Rows proposed for some people.

    Parameters
    ----------
    who : ndarray of shape (n_proposals,), dtype int64
        The person of each row, in ascending order.
    codes : ndarray of shape (n_proposals, n_features), dtype float64
        The rows.
    objective : ndarray of shape (n_proposals,), dtype float64
        Objective of each row, without the penalty for outliers.
    chance : ndarray of shape (n_proposals,), dtype float64
        Estimated probability that the classifier accepts the row.
    chance_undone : ndarray of shape (n_proposals,), dtype float64
        Estimated probability that the classifier accepts the row after one change is
        undone, for the change with the largest probability.
    """

    who: np.ndarray
    codes: np.ndarray
    objective: np.ndarray
    chance: np.ndarray
    chance_undone: np.ndarray


class Proposer:
    """Propose rows that keep the rules; nothing else is guaranteed.

    Parameters
    ----------
    scoring_model : ScoringModel
        Builds and scores the actions of people.
    network : GeneratorNetwork
        Scores actions in one pass.
    noise : ndarray of shape (n_draws, n_actions, n_features), dtype float64
        Gumbel noise. It is the same for every person, so that an answer depends only
        on the person's row.
    calibration : PlattScale
        Turns margins of the surrogate into probabilities.
    config : SearchConfig
    scale : ProbabilityScale, optional
        Converts probabilities of the classifier to margins of the surrogate.
    """

    def __init__(
        self,
        scoring_model: ScoringModel,
        network: GeneratorNetwork,
        noise: np.ndarray,
        calibration: PlattScale,
        config: SearchConfig,
        scale: ProbabilityScale | None = None,
    ) -> None:
        self.scoring_model = scoring_model
        self.network = network
        self.noise = noise
        self.calibration = calibration
        self.config = config
        self.scale = scale

    @property
    def acceptance(self) -> AcceptanceModel:
        """What estimates the probability of acceptance."""
        return AcceptanceModel(self.surrogate, self.calibration, self.scale)

    def with_acceptance(self, model: AcceptanceModel) -> Proposer:
        """Make a proposer for people who demand something else of the classifier."""
        other = copy.copy(self)
        other.scoring_model = self.scoring_model.with_surrogate(model.surrogate)
        other.calibration, other.scale = model.calibration, model.scale
        return other

    @property
    def action_builder(self) -> ActionSetBuilder:
        """The builder of people's actions."""
        return self.scoring_model.action_builder

    @property
    def no_answer_loss(self) -> float:
        """What having no answer costs, in units of the objective."""
        objective = self.scoring_model.objective
        return objective.loss_without_answer(self.config.no_answer_loss)

    @property
    def surrogate(self) -> Surrogate:
        """The surrogate of the classifier."""
        return self.scoring_model.surrogate

    def nearest_accepted(self, codes: np.ndarray, k: int) -> np.ndarray:
        """Find the k nearest accepted people of rows, (n_people, k, n_features)."""
        return self.action_builder.nearest_accepted(codes, k)

    def estimated_chance(self, codes: np.ndarray) -> np.ndarray:
        """Estimate the probability that the classifier accepts rows.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_features), dtype float64

        Returns
        -------
        chance : ndarray of shape (n_rows,), dtype float64
        """
        margin = round_to_tolerance(self.surrogate.decision_function(codes))
        return self.calibration.probability(margin)

    def propose(self, people: People, n_options: int = 1) -> Proposals:
        """Propose rows for some people.

        Parameters
        ----------
        people : People
        n_options : int, default=1
            Number of options wanted. More options keep more candidates.

        Returns
        -------
        proposals : Proposals
        """
        extra = self.config.width_per_option * (n_options - 1)
        with torch.no_grad(), one_thread():
            scorer = MoveScorer.of(self.scoring_model, people)
            beam = self._beam(self.config.proposal_beam, len(people)).widened(extra)
            found = beam.search(scorer, self.starts(scorer), scorer.first_copy)
            found = self._with_safer(scorer, found)
            found = self._with_dear(scorer, found)
        return self._select(scorer, found, n_options)

    def generate(self, people: People) -> np.ndarray:
        """Propose one row per person with a single pass of the network.

        Parameters
        ----------
        people : People

        Returns
        -------
        proposals : ndarray of shape (n_people, n_features), dtype float64
            The network's most probable row for every person.
        """
        with torch.no_grad(), one_thread():
            scorer = MoveScorer.of(self.scoring_model, people)
            chosen = self.scores(scorer).argmax(axis=1)
        return scorer.codes_at(Candidates(np.arange(len(people)), chosen.T))

    def draw(self, people: People) -> Proposals:
        """Propose rows with a single pass of the network, without a search.

        Parameters
        ----------
        people : People

        Returns
        -------
        proposals : Proposals
            The most probable row of every person, and draws of the network; equal rows
            come once. `chance_undone` is 0.
        """
        with torch.no_grad(), one_thread():
            scorer = MoveScorer.of(self.scoring_model, people)
            chosen = np.stack(self._chosen(self.scores(scorer)), axis=1)
            n, n_draws, n_features = chosen.shape
            who = np.repeat(np.arange(n), n_draws)
            drawn = Candidates(who, chosen.reshape(-1, n_features).T)
            drawn = drawn[first_of_equals(who, scorer.cells(drawn))]
            objective, margin = scorer.evaluate(drawn)
        chance = self.calibration.probability(margin)
        rows, never = scorer.codes_at(drawn), np.zeros(len(chance))
        return Proposals(drawn.who, rows, objective, chance, never)

    def scores(self, scorer: MoveScorer) -> np.ndarray:
        """Round scores of the network, shape (n_people, n_actions, n_features)."""
        inputs = NetworkInputs.of(scorer, self.network.input_bound)
        return round_to_tolerance(score_actions(self.network, inputs))

    def starts(self, scorer: MoveScorer) -> Candidates:
        """List the starts: draws of the network, pairs, copies and factuals."""
        chosen = self._chosen(self.scores(scorer))
        pairs = self.action_builder.pairs
        return scorer.starts(chosen + pairs.actions(scorer.is_open))

    def _chosen(self, scores: np.ndarray) -> list[np.ndarray]:
        """List the most probable actions (n_people, n_features), and draws."""
        chosen = [scores.argmax(axis=1)]
        return chosen + [(scores + draw).argmax(axis=1) for draw in self.noise]

    def propose_near(
        self, people: People, answers: np.ndarray, depth: int
    ) -> Proposals:
        """Propose rows near the answers of people.

        Parameters
        ----------
        people : People
        answers : ndarray of shape (n_people, n_features), dtype float64
            The accepted row of each person.
        depth : int
            Largest number of features in which rows differ from the answer.

        Returns
        -------
        proposals : Proposals
            Rows near the answers. Numbers also take values part of the way back to the
            own value, values beyond the answer or the own value, and values a few steps
            up and down a fine grid.
        """
        codes, config = people.codes, self.config
        shares = (*config.polishing_shares, *config.overshooting_shares)
        back = [answers + share * (codes - answers) for share in shares]
        fine = self.action_builder.nearby_values(answers)
        others = np.concatenate([np.stack([answers, *back], axis=1), fine], axis=1)
        with torch.no_grad(), one_thread():
            scorer = MoveScorer.of(self.scoring_model, people, others)
            # The first row to copy is the answer. The search starts from it.
            chosen = np.full(codes.shape, scorer.first_copy).T
            starts = Candidates(np.arange(len(people)), chosen)
            beam = self._beam(_polishing(config, codes.shape[1], depth), len(codes))
            found = beam.search(scorer, starts, None)
        return self._select(scorer, found)

    def propose_fallback(self, people: People, stage: FallbackStage) -> Proposals:
        """Propose rows that are likely to be accepted, for people without an answer.

        Parameters
        ----------
        people : People
        stage : FallbackStage
            Effort of the search.

        Returns
        -------
        proposals : Proposals
            Rows of largest margin, and copies of more neighbors.
        """
        near = self.nearest_accepted(people.codes, stage.n_neighbors)
        settings = replace(
            self.config.safer_beam, depth=stage.depth, shortlist=stage.shortlist
        )
        with torch.no_grad(), one_thread():
            scorer = MoveScorer.of(self.scoring_model, people, near)
            starts = scorer.starts([])
            beam = self._beam(settings, len(people))
            found = beam.search(scorer, starts, scorer.first_copy)
        is_copy = np.arange(len(found)) < len(starts)
        first = first_of_equals(found.who, scorer.cells(found.candidates))
        found, is_copy = found[first], is_copy[first]
        safety = less_surcharge(found.margin, found.surcharge)
        safest = best_of_each(found.who, safety, self.config.max_candidates)
        is_copy[safest] = True
        kept = np.flatnonzero(is_copy)
        found = found[kept[np.argsort(found.who[kept], kind="stable")]]
        return self._proposals(scorer, found)

    def _beam(self, settings: BeamSettings, n_people: int) -> BeamSearch:
        """Make a beam search with equal multipliers for all people."""
        objective = self.scoring_model.objective
        scale = np.full(n_people, objective.scale)
        return BeamSearch(settings, self.config.safe_margin, scale)

    def _proposals(self, scorer: MoveScorer, found: ScoredCandidates) -> Proposals:
        """Convert candidates to proposals."""
        rows = scorer.codes_at(found.candidates)
        chance = self.calibration.probability(found.margin)
        undone = self.calibration.probability(found.undone)
        return Proposals(found.who, rows, found.objective, chance, undone)

    def _with_safer(
        self, scorer: MoveScorer, found: ScoredCandidates
    ) -> ScoredCandidates:
        """Add safer candidates for people without a probably accepted one."""
        who = found.who
        best = np.zeros(scorer.n_people)
        chance = self.calibration.probability(found.margin)
        np.maximum.at(best, who, np.where(found.is_affordable, chance, 0.0))
        doubtful = best[who] < self.config.probable_chance
        if not doubtful.any():
            return found
        beam = self._beam(self.config.safer_beam, scorer.n_people)
        safer = beam.continue_from(scorer, found[doubtful], scorer.first_copy)
        return ScoredCandidates.joined([found[~doubtful], safer])

    def _with_dear(
        self, scorer: MoveScorer, found: ScoredCandidates
    ) -> ScoredCandidates:
        """Add candidates for people who pay much for a unit of margin."""
        objective = self.scoring_model.objective
        price = self._price_of_margin(scorer, found)
        dear = price > self.config.dear_margin * objective.scale
        some = dear[found.who]
        if not some.any():
            return found
        beam = BeamSearch(self.config.dear_beam, self.config.safe_margin, price)
        added = beam.continue_from(scorer, found[some], scorer.first_copy)
        return ScoredCandidates.joined([found[~some], added])

    def _price_of_margin(
        self, scorer: MoveScorer, found: ScoredCandidates
    ) -> np.ndarray:
        """Objective that the best safe candidate of each person pays per margin.

        It is 0 for people without a safe candidate, and the slope from the own row to
        the best safe candidate for the others.
        """
        safe = self.config.safe_margin
        best = np.full(scorer.n_people, -np.inf)
        is_safe = (found.margin >= safe) & found.is_affordable
        np.maximum.at(best, found.who[is_safe], found.objective[is_safe])
        is_own = ~found.candidates.chosen.any(axis=0)
        own = np.full((2, scorer.n_people), np.nan)
        own[:, found.who[is_own]] = found.objective[is_own], found.margin[is_own]
        with np.errstate(invalid="ignore", divide="ignore"):
            price = (own[0] - best) / (safe - own[1])
        usable = (best > -np.inf) & (own[1] < safe)
        return np.where(usable, np.maximum(price, 0.0), 0.0)

    def _select(
        self, scorer: MoveScorer, found: ScoredCandidates, n_options: int = 1
    ) -> Proposals:
        """Select the candidates of largest expected improvement."""
        config = self.config
        found = found[first_of_equals(found.who, scorer.cells(found.candidates))]
        if n_options > 1:
            objective = self.scoring_model.objective
            price = config.option_multiplier * objective.scale
            value = found.lagrangian(price, config.safe_margin)
            sets = changed_sets(found.candidates)
            found = found[
                np.sort(best_of_each(sets, value, config.max_per_changed_set))
            ]
        chance, who = self.calibration.probability(found.margin), found.who
        best = np.full(scorer.n_people, -np.inf)
        is_probable = (chance > config.probable_chance) & found.is_affordable
        net = found.net_objective
        np.maximum.at(best, who, np.where(is_probable, net, -np.inf))
        lowest = np.full(scorer.n_people, np.inf)
        np.minimum.at(lowest, who, net)
        base = np.where(best > -np.inf, best, lowest) - self.no_answer_loss
        expected = chance * np.maximum(net - base[who], 0.0)
        expected *= 1.0 - self.calibration.probability(found.undone)
        expected[chance < config.min_candidate_chance] = 0.0
        kept = best_of_each(who, expected, config.max_candidates * n_options)
        return self._proposals(scorer, found[kept[expected[kept] > 0.0]])


def _polishing(config: SearchConfig, n_features: int, depth: int) -> BeamSettings:
    """Beam settings for polishing: fewer columns get a wider beam at similar cost."""
    return BeamSettings(
        width=max(config.min_polishing_width, config.polishing_width // n_features),
        depth=depth,
        multipliers=(config.polishing_multiplier,),
        shortlist=max(
            config.min_polishing_shortlist, config.polishing_shortlist // n_features
        ),
        one_per_changed_set=False,
    )
