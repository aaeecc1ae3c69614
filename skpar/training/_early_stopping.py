"""Early stopping of the generator's training on held-out factuals."""

from __future__ import annotations

import copy

from ..generator import GeneratorNetwork
from ._losses import Loss


class EarlyStopping:
    """Keep the weights of the best epoch, and stop training without improvement.

    Parameters
    ----------
    network : GeneratorNetwork
        The network that is trained.
    min_improvement : float
        An epoch is better if its loss is smaller by more than this.
    patience : int
        Number of epochs without improvement after which training stops.
    """

    def __init__(
        self, network: GeneratorNetwork, min_improvement: float, patience: int
    ) -> None:
        self.network = network
        self.min_improvement = min_improvement
        self.patience = patience
        self._best: Loss | None = None
        self._weights = copy.deepcopy(network.state_dict())
        self._n_worse = 0

    @property
    def is_over(self) -> bool:
        """Whether training should stop."""
        return self._n_worse >= self.patience

    def update(self, loss: Loss, multiplier: float) -> None:
        """Compare an epoch with the best one.

        Parameters
        ----------
        loss : Loss
            Loss of the held-out factuals after this epoch.
        multiplier : float
            The multiplier for both losses. It changes from epoch to epoch.
        """
        best = self._best
        if best is None or loss.at(multiplier) < (
            best.at(multiplier) - self.min_improvement
        ):
            self._best, self._n_worse = loss, 0
            self._weights = copy.deepcopy(self.network.state_dict())
        else:
            self._n_worse += 1

    def restore_best(self) -> None:
        """Give the network the weights of the best epoch."""
        self.network.load_state_dict(self._weights)
