"""The denied rows on which the generator is trained."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from .._config import TrainingConfig
from ..density._api import Circuit
from ..table import TableEncoder, TableSchema


def choose_factuals(
    denied: np.ndarray,
    density: Circuit,
    encoder: TableEncoder,
    accepts: Callable[[np.ndarray], np.ndarray],
    config: TrainingConfig,
    rng: np.random.RandomState,
    complete: Callable[[np.ndarray], np.ndarray] = np.asarray,
) -> np.ndarray:
    """Select denied rows; if they are few, add rows drawn from their density.

    Parameters
    ----------
    denied : ndarray of shape (n_denied, n_features), dtype float64
        Codes of denied people.
    density : Circuit
        Their density.
    encoder : TableEncoder
        Turns tensors of the density into codes.
    accepts : callable
        The classifier. Takes codes of shape (n, n_features), returns bool of shape
        (n,).
    config : TrainingConfig
    rng : numpy.random.RandomState
    complete : callable
        Computes the columns of drawn rows that follow from others. Takes and returns
        codes of shape (n, n_features); NaN stands for an unknown value. By default, no
        column follows.

    Returns
    -------
    factuals : ndarray of shape (n_factuals, n_features), dtype float64
        Denied rows. Drawn rows are also denied. Their numbers are within the range of
        the training data, and their levels occur in it. Columns follow from others as
        in training.
    """
    # A table of many columns has fewer factuals.
    most = max(config.min_wide_factuals, config.max_factual_cells // denied.shape[1])
    enough = min(config.enough_factuals, most)
    if len(denied) >= enough:
        most = min(config.max_factuals, most)
        return denied[rng.permutation(len(denied))[:most]]
    factuals = max(config.min_factuals, (1 + config.drawn_per_denied) * len(denied))
    wanted = min(enough, factuals) - len(denied)
    generator = torch.Generator().manual_seed(int(rng.randint(2**31)))
    drawn = encoder.decode(density.sample(2 * wanted, generator))
    drawn = _within_training(encoder.schema, drawn, complete)
    drawn = drawn[~accepts(drawn)]
    return np.vstack([denied, drawn[:wanted]])


def _within_training(
    schema: TableSchema,
    drawn: np.ndarray,
    complete: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """Clip numbers to the range of training; drop rows with levels not seen there."""
    for j, column in enumerate(schema.columns):
        if column.seen is None:
            drawn[:, j] = drawn[:, j].clip(column.low, column.high)
    drawn = complete(drawn)
    drawn = drawn[~np.isnan(drawn).any(axis=1)]
    is_known = np.ones(len(drawn), dtype=bool)
    for j, column in enumerate(schema.columns):
        if column.seen is not None:
            is_known &= np.array(column.seen)[drawn[:, j].astype(np.int64)]
    return drawn[is_known]
