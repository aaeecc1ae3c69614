"""Training of the generator: on the objective, and on answers that search found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from ..actionability import People
from ..classifier import PlattScale
from ..generator import (
    BeamSearch,
    Candidates,
    GeneratorNetwork,
    MoveScorer,
    NetworkInputs,
    ScoredCandidates,
    ScoredMoves,
    ScoringModel,
    best_of_each,
    distinct,
    gumbel,
)
from ._distillation import SurrogateDistiller

_ROUNDS = 3
_BATCH = 128
_LEARNING_RATE = 3e-3
_IMITATION = 0.4
_PAR_LOSS = 1.0
_SAFE = 2.0
_FIRST_PRICE = 2.0
_VALID = 0.97
_HASTE = 2.0
_CHECKED = 500
_VALIDATION = 0.1
_PATIENCE = 4
_BEST_ASKED = 8
_OTHERS_ASKED = 3
_NEAR = 1.5
_IMPROVED = 1e-3

_AT_FIRST = BeamSearch(width=3, depth=3, prices=(2.0,))
_LATER = BeamSearch(width=3, depth=2, prices=(1.0,))

Report = Callable[[str], None]


@dataclass(frozen=True)
class Training:
    """What came out of training.

    Parameters
    ----------
    network : GeneratorNetwork
        The generator, with the weights of its best epoch.
    loss_curve : list of float
        Mean training loss of every epoch.
    """

    network: GeneratorNetwork
    loss_curve: list[float]


class GeneratorTrainer:
    r"""Teach a generator to answer.

    Parameters
    ----------
    survey : callable
        Makes a `ScoringModel` with the stand-in as it is at the time.
    distiller : SurrogateDistiller
        Asks the classifier, and teaches the stand-in with what it says.
    rng : numpy.random.RandomState
        Source of all randomness.

    Notes
    -----
    In each of three rounds the factuals are explored (from the second round on, from
    the generator's own draws too), the classifier is asked about what is most
    promising, the stand-in learns from that, and the best accepted row of every factual
    becomes the answer to be imitated. Then the generator learns by the gradient of

    .. math::
        -0.4 \sum_j \log \pi_j(\text{answer}_j \mid x)
        \;-\; \sum_j \sum_c \pi_j(c \mid x)\, Q(x, x'_{j \to c}) , \quad
        Q = J - \lambda\,\mathrm{softplus}(2 - z) ,

    where :math:`\pi_j` is its distribution over the choices of feature j, :math:`x'`
    one draw from it, :math:`x'_{j \to c}` the same with choice c in feature j, J the
    objective (accepted likelihood up, denied likelihood down, effort, sparsity) and z
    the log-odds of being accepted that belong to the stand-in's margin. The price
    :math:`\lambda` of doubt ascends the dual of "97% of the likeliest rows are
    accepted": after every epoch the classifier is asked about those of 500 factuals
    that have an answer, and :math:`\lambda` is multiplied by
    :math:`\exp(2\,(0.97 - \text{share}))`. Q is exact for every single change, by the
    circuits' exact conditionals, and held fixed. The second sum's gradient is that of
    the expected Q, without bias: in expectation over the other features, each term is
    the expected Q as a function of one :math:`\pi_j`. Actionability is the one hard
    term: choices against the rules have probability zero. Being an outlier is not in Q;
    it counts where answers to be imitated are chosen.
    """

    def __init__(
        self,
        survey: Callable[[], ScoringModel],
        distiller: SurrogateDistiller,
        rng: np.random.RandomState,
    ) -> None:
        self.survey = survey
        self.distiller = distiller
        self.rng = rng
        self.generator = torch.Generator().manual_seed(int(rng.randint(2**31)))
        self.price = _FIRST_PRICE

    def fit(
        self, codes: np.ndarray, factuals: np.ndarray, max_iter: int, report: Report
    ) -> Training:
        """Train.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Training rows of both decisions.
        factuals : ndarray of shape (n_factuals, n_features), dtype float64
            Denied rows to answer.
        max_iter : int
            Largest number of epochs.
        report : callable
            Takes lines of progress.

        Returns
        -------
        training : Training
        """
        factuals = factuals[self.rng.permutation(len(factuals))]
        landscape = self.survey().scorer(People.unlimited(factuals))
        school = ReplayBuffer(landscape)
        network = self._first_network(codes, landscape)
        curve: list[float] = []
        best = -np.inf
        for round_ in range(_ROUNDS):
            picks = [] if round_ == 0 else self._draws(network, school)
            self._search(school, picks)
            report(
                f"round {round_ + 1}: {school.answered.mean():.0%} answered, objective "
                f"{school.mean():.3f}, stand-in right on {self.distiller.fidelity:.1%}"
            )
            school.refresh(self.survey())
            n_epochs = -(-max_iter * (round_ + 1) // _ROUNDS) - len(curve)
            self._learn(network, school, n_epochs, curve, report)
            if school.mean() < best + _IMPROVED:
                break
            best = school.mean()
        return Training(network.requires_grad_(False), curve)

    def _search(self, school: ReplayBuffer, picks: list[np.ndarray]) -> None:
        """Explore, ask about the most promising rows, and keep the best answers."""
        landscape = school.landscape
        explorer = _LATER if picks else _AT_FIRST
        found = explorer.search(landscape, landscape.starts(picks), landscape.n_written)
        found = found[distinct(landscape, found.points)]
        found = self._worth_asking(found)
        rows = landscape.codes_at(found.points)
        accepted = np.flatnonzero(self.distiller.ask(rows))
        lost = landscape.surveyor.objective.penalty(rows[accepted])
        school.learn(found.points[accepted], found.worth[accepted] - lost)

    def _worth_asking(self, found: ScoredCandidates) -> ScoredCandidates:
        """Take everybody's best candidates, and some others near the boundary."""
        who, chance = found.points.who, self.distiller.belief(found.margin)
        base = np.full(who.max() + 1, np.inf)
        np.minimum.at(base, who, found.worth)
        gain = chance * (found.worth - base[who] + 1.0)
        near = np.where(np.abs(found.margin) < _NEAR, self.rng.rand(len(who)), -1.0)
        others = best_of_each(who, near, _OTHERS_ASKED)
        best = best_of_each(who, gain, _BEST_ASKED)
        return found[np.union1d(best, others[near[others] >= 0])]

    def _first_network(
        self, codes: np.ndarray, landscape: MoveScorer
    ) -> GeneratorNetwork:
        """Draw the first weights of the generator."""
        cells = landscape.surveyor.encoder.encode(codes).numpy()
        return GeneratorNetwork(
            cells.mean(axis=0),
            cells.std(axis=0),
            landscape.n_features,
            len(landscape.surveyor.maker.grid),
            generator=self.generator,
        )

    def _draws(
        self, network: GeneratorNetwork, school: ReplayBuffer
    ) -> list[np.ndarray]:
        """Take the generator's likeliest rows, and some draws."""
        with torch.no_grad():
            scores = network(school.told)
            noise = [gumbel(tuple(scores.shape), self.generator) for _ in range(3)]
        return [scores.argmax(dim=1).numpy()] + [
            (scores + draw).argmax(dim=1).numpy() for draw in noise
        ]

    def _learn(
        self,
        network: GeneratorNetwork,
        school: ReplayBuffer,
        n_epochs: int,
        curve: list[float],
        report: Report,
    ) -> None:
        """Train for some epochs; keep the weights of the best one held out."""
        order = torch.arange(len(school))
        n_held = int(np.ceil(_VALIDATION * len(school)))
        held, learned = order[:n_held], order[n_held:]
        if not len(learned):
            learned = held
        optimizer = torch.optim.Adam(
            network.parameters(), lr=_LEARNING_RATE, fused=True
        )
        slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_epochs)
        best, state, since = None, copy.deepcopy(network.state_dict()), 0
        for _ in range(n_epochs):
            curve.append(self._epoch(network, school, optimizer, learned))
            slower.step()
            valid = self._adjust_price(network, school)
            with torch.no_grad():
                now = self._losses(network, school, held)
            report(
                f"epoch {len(curve)}: loss {curve[-1]:.4f}, held out "
                f"{now.at(self.price):.4f}, {valid:.1%} of likeliest rows accepted"
            )
            since += 1
            # Both at the price of today: it changes from epoch to epoch.
            if best is None or now.at(self.price) < best.at(self.price) - _IMPROVED:
                best, state, since = now, copy.deepcopy(network.state_dict()), 0
            if since >= _PATIENCE:
                break
        network.load_state_dict(state)

    def _adjust_price(self, network: GeneratorNetwork, school: ReplayBuffer) -> float:
        """Raise or lower the price of doubt; return the share of valid answers."""
        some = self.rng.permutation(np.flatnonzero(school.answered))[:_CHECKED]
        if not len(some):
            return 0.0
        with torch.no_grad():
            scores = network(school.told[torch.from_numpy(some)])
        likeliest = Candidates(some, scores.argmax(dim=1).numpy().T)
        accepted = self.distiller.accepts(school.landscape.codes_at(likeliest))
        valid = float(accepted.mean())
        self.price *= float(np.exp(_HASTE * (_VALID - valid)))
        return valid

    def _epoch(
        self,
        network: GeneratorNetwork,
        school: ReplayBuffer,
        optimizer: torch.optim.Optimizer,
        rows: torch.Tensor,
    ) -> float:
        """Pass over the factuals once; return the mean loss."""
        total = 0.0
        order = rows[torch.randperm(len(rows), generator=self.generator)]
        for batch in order.split(_BATCH):
            loss = self._losses(network, school, batch).at(self.price)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            total += loss.item() * len(batch)
        return total / len(rows)

    def _losses(
        self, network: GeneratorNetwork, school: ReplayBuffer, rows: torch.Tensor
    ) -> _Loss:
        """Mean loss of some factuals."""
        log_share = network(school.told[rows]).log_softmax(dim=1)
        closed = ~school.told.open[rows]
        log_share = log_share.masked_fill(closed, 0.0)
        target = school.target[rows]
        imitated = log_share.gather(1, target[:, None])[:, 0].sum(dim=1)
        share = log_share.exp().masked_fill(closed, 0.0)
        noise = gumbel(tuple(share.shape), self.generator)
        drawn = (log_share.detach() + noise).masked_fill(closed, -torch.inf)
        draws = Candidates(rows.numpy(), drawn.argmax(dim=1).numpy().T)
        moves = school.landscape.moves(draws)
        worth, doubt = school.values(draws, moves, self.distiller.belief)
        share = share[:, moves.choice, moves.feature]
        missed = -_IMITATION * school.has_target[rows] * imitated
        return _Loss(
            (missed - _PAR_LOSS * worth.expected(share)).mean(),
            _PAR_LOSS * doubt.expected(share).mean(),
        )


class _Loss(NamedTuple):
    """A loss whose second part has a price."""

    fixed: torch.Tensor
    doubt: torch.Tensor

    def at(self, price: float) -> torch.Tensor:
        """Add up."""
        return self.fixed + price * self.doubt


class _Values(NamedTuple):
    """What draws are worth (n,), and what moves to other choices change (n, m)."""

    here: torch.Tensor
    change: torch.Tensor

    @classmethod
    def of(cls, here: np.ndarray, there: np.ndarray, is_move: np.ndarray) -> _Values:
        """Compare draws (n,) with moves from them (n, m)."""
        change = np.where(is_move, there - here[:, None], 0.0)
        return cls(torch.from_numpy(here), torch.from_numpy(change))

    def expected(self, share: torch.Tensor) -> torch.Tensor:
        """Take expectations (n,) under shares of the moves (n, m)."""
        # The changes have mean 0: they carry the gradient, and the draw the value.
        return self.here + (share * self.change).sum(dim=1)


class ReplayBuffer:
    """The factuals, what the generator is told of them, and their answers so far."""

    def __init__(self, landscape: MoveScorer) -> None:
        n = landscape.n_people
        self.landscape = landscape
        self.worth = np.full(n, -np.inf)
        self.picks = np.zeros((n, landscape.n_features), dtype=np.int64)
        self.told = NetworkInputs.of(landscape)

    def __len__(self) -> int:
        """Count the factuals."""
        return len(self.worth)

    @property
    def answered(self) -> np.ndarray:
        """Who has an answer, shape (n,), dtype bool."""
        return self.worth > -np.inf

    @property
    def target(self) -> torch.Tensor:
        """Choices to imitate, shape (n, n_features)."""
        return torch.from_numpy(self.picks)

    @property
    def has_target(self) -> torch.Tensor:
        """Who has an answer to imitate, as numbers of shape (n,)."""
        return torch.from_numpy(self.answered.astype(np.float64))

    def mean(self) -> float:
        """Mean objective of the answers."""
        return float(self.worth[self.answered].mean()) if self.answered.any() else 0.0

    def learn(self, points: Candidates, worth: np.ndarray) -> None:
        """Keep each factual's best accepted row."""
        who = points.who
        better = np.flatnonzero(worth > self.worth[who])
        better = better[best_of_each(who[better], worth[better], 1)]
        self.worth[who[better]] = worth[better]
        self.picks[who[better]] = points.picks[:, better].T

    def refresh(self, surveyor: ScoringModel) -> None:
        """See everything with a new stand-in."""
        old = self.landscape
        self.landscape = MoveScorer(surveyor, old.codes, old.choices, old.neighbors)
        self.told = NetworkInputs.of(self.landscape)

    def values(
        self, draws: Candidates, moves: ScoredMoves, belief: PlattScale
    ) -> tuple[_Values, _Values]:
        """Objective of draws, and how far they are from safely accepted."""
        worth, margin = self.landscape.evaluate(draws)
        is_move = np.isfinite(moves.worth)
        here, there = _doubt(belief, margin), _doubt(belief, moves.margin)
        return (
            _Values.of(worth, moves.worth, is_move),
            _Values.of(here, there, is_move),
        )


def _doubt(belief: PlattScale, margin: np.ndarray) -> np.ndarray:
    """Measure what is missing to safe log-odds of being accepted, softly."""
    doubt: np.ndarray = np.logaddexp(0.0, _SAFE - belief.log_odds(margin))
    return doubt
