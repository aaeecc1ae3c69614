"""Training of the generator on the relaxed objective."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from ._choices import ChoiceMaker
from ._encoding import TableEncoder
from ._generator import CopyNetwork
from ._objective import Objective
from ._relaxation import RelaxedChoices, gumbel, straight_through
from ._surrogate import Surrogate
from ._threads import one_thread

_MAX_ROWS = 4000
_BATCH = 128
_LEARNING_RATE = 3e-3
_VALIDITY = 4.0
_MARGIN = 1.0
_VALIDATION = 0.1
_PATIENCE = 5
_REFRESH_EVERY = 3
_FIRST_EPOCHS = 8

Accepts = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Training:
    """What came out of training.

    Parameters
    ----------
    network : CopyNetwork
        The generator, with the weights of its best epoch.
    loss_curve : list of float
        Mean training loss of every epoch.
    fidelity : float
        Share of the generator's last proposals on which the stand-in for the
        classifier agrees with it.
    """

    network: CopyNetwork
    loss_curve: list[float]
    fidelity: float


class GeneratorTrainer:
    r"""Teach a generator to answer.

    Parameters
    ----------
    encoder : TableEncoder
        Turns codes into tensors.
    maker : ChoiceMaker
        Lays out the choices of a person.
    objective : Objective
        What an answer is worth.
    accepts : callable
        The classifier: codes of shape (n, n_features) to bool of shape (n,).
    rng : numpy.random.RandomState
        Source of all randomness.

    Notes
    -----
    For every factual one choice per feature is drawn with straight-through Gumbel
    noise, which gives a row :math:`x'`, and the mean of

    .. math::
        -J(x, x') + 4\,\mathrm{softplus}(1 - f(x'))

    is lowered, :math:`J` being the relaxed objective (accepted likelihood up, denied
    likelihood down, effort, sparsity) and :math:`f` the log-odds of a differentiable
    stand-in for the classifier. Actionability is the one hard term: a choice against
    the rules has probability zero. The stand-in learns from real rows, from
    crossings of two rows, and again and again from the generator's own proposals.
    """

    def __init__(
        self,
        encoder: TableEncoder,
        maker: ChoiceMaker,
        objective: Objective,
        accepts: Accepts,
        rng: np.random.RandomState,
    ) -> None:
        self.encoder = encoder
        self.maker = maker
        self.objective = objective
        self.accepts = accepts
        self.rng = rng
        self.generator = torch.Generator().manual_seed(int(rng.randint(2**31)))

    def fit(
        self,
        codes: np.ndarray,
        factuals: np.ndarray,
        max_iter: int,
        report: Callable[[str], None],
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
            Takes one line of progress per epoch.

        Returns
        -------
        training : Training
        """
        with torch.enable_grad(), one_thread():
            return self._fit(codes, factuals, max_iter, report)

    def _fit(
        self,
        codes: np.ndarray,
        factuals: np.ndarray,
        max_iter: int,
        report: Callable[[str], None],
    ) -> Training:
        """Train, with gradients enabled."""
        self._lay_out(self._at_most(factuals, _MAX_ROWS))
        surrogate = self._first_surrogate(self._at_most(codes, 2 * _MAX_ROWS))
        network = self._first_network(codes)
        optimizer = torch.optim.Adam(network.parameters(), lr=_LEARNING_RATE)
        n_held = int(np.ceil(_VALIDATION * self._n))
        held = torch.arange(self._n) < n_held
        learned = torch.nonzero(~held if n_held < self._n else held).squeeze(1)
        held_rows = torch.nonzero(held).squeeze(1)
        best, best_state, since, curve, fidelity = np.inf, None, 0, [], np.nan
        for epoch in range(max_iter):
            if epoch % _REFRESH_EVERY == 0:
                fidelity = self._refresh(network, surrogate)
            curve.append(self._epoch(network, surrogate, optimizer, learned))
            loss = self._held_out_loss(network, surrogate, held_rows)
            report(f"epoch {epoch + 1}: loss {curve[-1]:.4f}, held out {loss:.4f}")
            since += 1
            if loss < best - 1e-3:
                best, since = loss, 0
                best_state = copy.deepcopy(network.state_dict())
            if since >= _PATIENCE:
                break
        if best_state is not None:
            network.load_state_dict(best_state)
        return Training(network.requires_grad_(False), curve, fidelity)

    def _at_most(self, codes: np.ndarray, n_rows: int) -> np.ndarray:
        """Draw rows where there are too many."""
        if len(codes) <= n_rows:
            return codes[self.rng.permutation(len(codes))]
        return codes[self.rng.choice(len(codes), n_rows, replace=False)]

    def _lay_out(self, factuals: np.ndarray) -> None:
        """Compute once what every epoch needs of the factuals."""
        self._choices, neighbors = self.maker(factuals)
        n, k, n_features = neighbors.shape
        self._n = n
        self._relaxed = RelaxedChoices(self.encoder, self._choices)
        self._person = self.encoder.encode(factuals)
        flat = self.encoder.encode(neighbors.reshape(-1, n_features))
        self._neighbors = flat.view(n, k, -1)

    def _first_surrogate(self, codes: np.ndarray) -> Surrogate:
        """Distil the classifier on real rows and on crossings of two rows."""
        mates = codes[self.rng.permutation(len(codes))]
        crossed = np.where(self.rng.rand(*codes.shape) < 0.5, codes, mates)
        self._seen = np.vstack([codes, crossed])
        self._decided = self.accepts(self._seen)
        tensor = self.encoder.encode(self._seen)
        surrogate = Surrogate(tensor, self.generator)
        surrogate.distill(tensor, self._decided, _FIRST_EPOCHS)
        return surrogate

    def _first_network(self, codes: np.ndarray) -> CopyNetwork:
        """Draw the first weights of the generator."""
        cells = self.encoder.encode(codes).numpy()
        return CopyNetwork(
            cells.mean(axis=0),
            cells.std(axis=0),
            self.encoder.n_features,
            len(self.maker.grid),
            generator=self.generator,
        )

    def _scores(self, network: CopyNetwork, rows: torch.Tensor) -> torch.Tensor:
        """Score the choices of some factuals."""
        return network(
            self._person[rows],
            self._neighbors[rows],
            self._relaxed.effort[rows],
            self._relaxed.open[rows],
        )

    def _losses(
        self, network: CopyNetwork, surrogate: Surrogate, rows: torch.Tensor
    ) -> torch.Tensor:
        """Loss of one draw for each of some factuals."""
        scores = self._scores(network, rows)
        noise = gumbel(tuple(scores.shape), self.generator)
        tensor, effort, changed = self._relaxed.mix(
            rows, straight_through(scores, noise)
        )
        worth = self.objective.relaxed(tensor, effort, changed)
        invalid = nn.functional.softplus(_MARGIN - surrogate(tensor))
        return _VALIDITY * invalid - worth

    def _epoch(
        self,
        network: CopyNetwork,
        surrogate: Surrogate,
        optimizer: torch.optim.Optimizer,
        rows: torch.Tensor,
    ) -> float:
        """Pass over the factuals once; return the mean loss."""
        total = 0.0
        order = rows[torch.randperm(len(rows), generator=self.generator)]
        for batch in order.split(_BATCH):
            loss = self._losses(network, surrogate, batch).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            total += loss.item() * len(batch)
        return total / len(rows)

    def _held_out_loss(
        self, network: CopyNetwork, surrogate: Surrogate, rows: torch.Tensor
    ) -> float:
        """Mean loss on factuals that were not learned from."""
        with torch.no_grad():
            return float(self._losses(network, surrogate, rows).mean())

    def _refresh(self, network: CopyNetwork, surrogate: Surrogate) -> float:
        """Let the stand-in learn from proposals; return its fidelity before."""
        rows = torch.from_numpy(self.rng.permutation(self._n)[: _MAX_ROWS // 4])
        with torch.no_grad():
            scores = self._scores(network, rows)
            index = (scores + gumbel(tuple(scores.shape), self.generator)).argmax(1)
        proposals = self._choices[rows.numpy()].take(index.numpy()[:, None])[:, 0]
        decided = self.accepts(proposals)
        fidelity = surrogate.fidelity(self.encoder.encode(proposals), decided)
        self._seen = np.vstack([self._seen, proposals])
        self._decided = np.concatenate([self._decided, decided])
        recent = np.arange(len(self._seen))[-2 * _MAX_ROWS :]
        tensor = self.encoder.encode(self._seen[recent])
        surrogate.distill(tensor, self._decided[recent], 1)
        return fidelity
