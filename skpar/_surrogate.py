"""A differentiable stand-in for the user's classifier, for training only."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from ._networks import Standardizer, perceptron

_HIDDEN = 64
_BATCH = 256
_LEARNING_RATE = 3e-3


class Surrogate(nn.Module):
    """A small network distilled from the classifier's decisions.

    Parameters
    ----------
    tensor : Tensor of shape (n_samples, width), dtype float64
        Training rows, for the scale of the inputs.
    generator : torch.Generator
        Draws the weights and the batches.
    """

    def __init__(self, tensor: torch.Tensor, generator: torch.Generator) -> None:
        super().__init__()
        cells = tensor.numpy()
        self.generator = generator
        self.standardizer = Standardizer(cells.mean(axis=0), cells.std(axis=0))
        sizes = [tensor.shape[1], _HIDDEN, _HIDDEN, 1]
        self.layers = perceptron(sizes, generator)
        self.optimizer = torch.optim.Adam(self.layers.parameters(), lr=_LEARNING_RATE)

    def forward(self, tensor: torch.Tensor) -> torch.Tensor:
        """Log-odds of being accepted, shape (n_samples,), for relaxed rows too."""
        logits: torch.Tensor = self.layers(self.standardizer(tensor)).squeeze(-1)
        return logits

    def distill(self, tensor: torch.Tensor, accepted: np.ndarray, epochs: int) -> None:
        """Learn decisions of the classifier.

        Parameters
        ----------
        tensor : Tensor of shape (n_samples, width), dtype float64
            Real rows.
        accepted : ndarray of shape (n_samples,), dtype bool
            What the classifier says of them.
        epochs : int
            Passes over the rows.
        """
        target = torch.from_numpy(accepted.astype(np.float64))
        for _ in range(epochs):
            order = torch.randperm(len(tensor), generator=self.generator)
            for rows in order.split(_BATCH):
                loss = nn.functional.binary_cross_entropy_with_logits(
                    self(tensor[rows]), target[rows]
                )
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()

    def fidelity(self, tensor: torch.Tensor, accepted: np.ndarray) -> float:
        """Share of rows on which the stand-in and the classifier agree."""
        with torch.no_grad():
            return float(((self(tensor) > 0).numpy() == accepted).mean())
