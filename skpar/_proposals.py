"""Proposals for any person: draws of the generator, and accepted neighbours."""

from __future__ import annotations

import numpy as np
import torch

from ._choices import ChoiceMaker
from ._encoding import TableEncoder
from ._generator import CopyNetwork
from ._threads import one_thread


class Proposer:
    """Propose rows; nothing is promised of them but that rules are kept.

    Parameters
    ----------
    encoder : TableEncoder
        Turns codes into tensors.
    maker : ChoiceMaker
        Lays out the choices of a person.
    network : CopyNetwork
        Scores the choices.
    noise : ndarray of shape (n_draws, n_choices, n_features), dtype float64
        Gumbel noise, the same for every person: an answer depends on its row alone.
    """

    def __init__(
        self,
        encoder: TableEncoder,
        maker: ChoiceMaker,
        network: CopyNetwork,
        noise: np.ndarray,
    ) -> None:
        self.encoder = encoder
        self.maker = maker
        self.network = network
        self.noise = noise

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """Propose for some people.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.

        Returns
        -------
        proposals : ndarray of shape (n_samples, n_proposals, n_features)
            The likeliest row of the generator, its draws, then every neighbour as
            far as the rules let it be copied; dtype float64.
        """
        choices, neighbors = self.maker(codes)
        n, k, n_features = neighbors.shape
        with torch.no_grad(), one_thread():
            scores = self.network(
                self.encoder.encode(codes),
                self.encoder.encode(neighbors.reshape(-1, n_features)).view(n, k, -1),
                torch.from_numpy(choices.effort),
                torch.from_numpy(choices.open),
            ).numpy()
        index = [scores.argmax(axis=1)]
        index += [(scores + draw).argmax(axis=1) for draw in self.noise]
        drawn = choices.take(np.stack(index, axis=1))
        return np.concatenate([drawn, choices.values[:, 1 : 1 + k]], axis=1)

    def more(self, codes: np.ndarray, n_neighbors: int) -> np.ndarray:
        """Propose copies of further neighbours.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features), dtype float64
        n_neighbors : int
            How many neighbours to copy.

        Returns
        -------
        proposals : ndarray of shape (n_samples, n_neighbors, n_features)
            dtype float64.
        """
        neighbors = self.maker.neighborhood.nearest(codes, n_neighbors)
        return self.maker.actionability.project(codes, neighbors)
