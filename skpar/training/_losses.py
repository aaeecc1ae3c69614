"""The loss of the generator: imitation, expected objective and expected violation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch

from .._config import TrainingConfig
from ..classifier import PlattScale
from ..generator import (
    Candidates,
    GeneratorNetwork,
    MoveScorer,
    ScoredMoves,
    gumbel,
)
from ._replay_buffer import ReplayBuffer


class Loss(NamedTuple):
    """A loss with a constraint.

    Parameters
    ----------
    fixed : Tensor of shape ()
        Imitation and expected objective.
    violation : Tensor of shape ()
        Expected violation of validity, before it is multiplied by the multiplier.
    """

    fixed: torch.Tensor
    violation: torch.Tensor

    def at(self, multiplier: float) -> torch.Tensor:
        """Compute the Lagrangian at a multiplier."""
        return self.fixed + multiplier * self.violation


class DrawValues(NamedTuple):
    """Values of draws, and their changes by single-feature moves.

    Parameters
    ----------
    here : Tensor of shape (n,)
        Value of each draw.
    change : Tensor of shape (n, n_moves)
        Change of the value by each move; 0 if there is no such move.
    """

    here: torch.Tensor
    change: torch.Tensor

    @classmethod
    def of(cls, here: np.ndarray, there: np.ndarray, is_move: np.ndarray) -> DrawValues:
        """Compare draws (n,) with moves from them (n, n_moves)."""
        change = np.where(is_move, there - here[:, None], 0.0)
        return cls(torch.from_numpy(here), torch.from_numpy(change))

    def expected(self, share: torch.Tensor) -> torch.Tensor:
        """Take expectations (n,) under the probabilities of the moves (n, n_moves)."""
        # The sum has mean 0 over draws. It adds the gradient; the draw gives the value.
        return self.here + (share * self.change.to(share.dtype)).sum(dim=1)


def violation(
    calibration: PlattScale, margin: np.ndarray, safe_log_odds: float
) -> np.ndarray:
    """Compute a smooth distance of rows from safe acceptance.

    Parameters
    ----------
    calibration : PlattScale
        Turns margins into log-odds of acceptance.
    margin : ndarray, dtype float64
        Margins of the surrogate.
    safe_log_odds : float
        A row is safe if it has at least these log-odds.

    Returns
    -------
    violation : ndarray of the shape of `margin`, dtype float64
        Softplus of `safe_log_odds` minus the log-odds of the row.
    """
    lacking: np.ndarray = safe_log_odds - calibration.log_odds(margin)
    soft: np.ndarray = np.logaddexp(0.0, lacking)
    return soft


def values_of_draws(
    scorer: MoveScorer,
    draws: Candidates,
    moves: ScoredMoves,
    calibration: PlattScale,
    safe_log_odds: float,
) -> tuple[DrawValues, DrawValues]:
    """Compute objective and violation of draws, and their changes by single moves.

    Parameters
    ----------
    scorer : MoveScorer
    draws : Candidates
    moves : ScoredMoves
        All single-feature moves from the draws.
    calibration : PlattScale
    safe_log_odds : float

    Returns
    -------
    objective : DrawValues
    violation : DrawValues
    """
    objective, margin = scorer.evaluate(draws)
    is_move = np.isfinite(moves.objective)
    here = violation(calibration, margin, safe_log_odds)
    there = violation(calibration, moves.margin, safe_log_odds)
    return (
        DrawValues.of(objective, moves.objective, is_move),
        DrawValues.of(here, there, is_move),
    )


class ScoredDraws(NamedTuple):
    """One draw from the network for each of some factuals, and its values.

    Parameters
    ----------
    rows : Tensor of shape (n,), dtype int64
        The factuals.
    objective : DrawValues
        Objective of the draws, and its changes by single-feature moves.
    violation : DrawValues
        The same for the violation of validity.
    action : ndarray of shape (n_moves,), dtype int64
        Action of every move.
    feature : ndarray of shape (n_moves,), dtype int64
        Feature of every move.
    """

    rows: torch.Tensor
    objective: DrawValues
    violation: DrawValues
    action: np.ndarray
    feature: np.ndarray

    def batches(self, n_rows: int) -> Iterator[ScoredDraws]:
        """Split into batches of at most `n_rows` factuals."""
        columns = self.rows, *self.objective, *self.violation
        for rows, *values in zip(*(one.split(n_rows) for one in columns), strict=True):
            objective, violated = DrawValues(*values[:2]), DrawValues(*values[2:])
            yield ScoredDraws(rows, objective, violated, self.action, self.feature)


def draw_rows(
    network: GeneratorNetwork,
    buffer: ReplayBuffer,
    rows: torch.Tensor,
    calibration: PlattScale,
    safe_log_odds: float,
    generator: torch.Generator,
) -> ScoredDraws:
    """Draw a row for each of some factuals, and score it and its moves.

    Parameters
    ----------
    network : GeneratorNetwork
    buffer : ReplayBuffer
    rows : Tensor of shape (n,), dtype int64
        The factuals.
    calibration : PlattScale
    safe_log_odds : float
    generator : torch.Generator
        Draws one row for each factual.

    Returns
    -------
    draws : ScoredDraws
    """
    with torch.no_grad():
        scores = network(buffer.inputs[rows])  # -inf for masked actions
    chosen = (scores + gumbel(tuple(scores.shape), generator)).argmax(dim=1)
    draws = Candidates(rows.numpy(), chosen.numpy().T)
    moves = buffer.scorer.moves(draws)
    values = values_of_draws(buffer.scorer, draws, moves, calibration, safe_log_odds)
    return ScoredDraws(rows, *values, moves.action, moves.feature)


def loss_of(
    network: GeneratorNetwork,
    buffer: ReplayBuffer,
    draws: ScoredDraws,
    config: TrainingConfig,
) -> Loss:
    """Compute the mean loss of some factuals.

    Parameters
    ----------
    network : GeneratorNetwork
    buffer : ReplayBuffer
    draws : ScoredDraws
        The factuals, with a draw for each.
    config : TrainingConfig

    Returns
    -------
    loss : Loss
    """
    rows = draws.rows
    masked = ~buffer.inputs.open[rows]
    log_share = network(buffer.inputs[rows]).log_softmax(dim=1)
    log_share = log_share.masked_fill(masked, 0.0)
    imitated = log_share.gather(1, buffer.target[rows][:, None])[:, 0].sum(dim=1)
    share = log_share.exp().masked_fill(masked, 0.0)
    share = share[:, draws.action, draws.feature]
    missed = -config.imitation_weight * buffer.has_target[rows] * imitated
    return Loss(
        (missed - config.par_weight * draws.objective.expected(share)).mean(),
        config.par_weight * draws.violation.expected(share).mean(),
    )
