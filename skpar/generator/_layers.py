"""Layers of both networks: seeded, and pickled as numpy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from ..table import without_loss


class _Linear(nn.Linear):
    """A linear layer with weights that are not initialized.

    `torch.nn.utils.skip_init` makes the same, but imports a library of symbolic
    mathematics, which takes half a second.
    """

    def reset_parameters(self) -> None:
        """Draw nothing."""


def linear(n_in: int, n_out: int, generator: torch.Generator | None) -> nn.Linear:
    """Make a linear float64 layer; only `generator` draws its weights.

    Without a generator, the weights are not initialized and have to be loaded.
    """
    layer = _Linear(n_in, n_out, dtype=torch.float64, device="cpu")
    if generator is not None:
        nn.init.xavier_uniform_(layer.weight, generator=generator)
        nn.init.zeros_(layer.bias)
    return layer


def perceptron(sizes: list[int], generator: torch.Generator | None) -> nn.Sequential:
    """Stack linear layers of the given sizes, with SiLU between them."""
    layers: list[nn.Module] = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [linear(n_in, n_out, generator), nn.SiLU()]
    return nn.Sequential(*layers[:-1])


class Standardizer(nn.Module):
    """Centre and scale every tensor cell, and squash it into (-bound, bound).

    Parameters
    ----------
    centre : ndarray of shape (width,), dtype float64
        Mean of every cell.
    spread : ndarray of shape (width,), dtype float64
        Standard deviation of every cell; 0 counts as 1.
    bound : float
        Bound of the absolute value of the results.
    """

    centre: torch.Tensor
    spread: torch.Tensor

    def __init__(self, centre: np.ndarray, spread: np.ndarray, bound: float) -> None:
        super().__init__()
        self.bound = bound
        # These are copies, because memory-mapped arrays of joblib may be read-only.
        self.register_buffer("centre", torch.tensor(centre, device="cpu"))
        self.register_buffer(
            "spread", torch.tensor(np.where(spread > 0, spread, 1), device="cpu")
        )

    def forward(self, tensor: torch.Tensor) -> torch.Tensor:
        """Standardize rows of shape (..., width)."""
        standard = (tensor - self.centre) / self.spread
        return self.bound * torch.tanh(standard / self.bound)


class PortableModule(nn.Module):
    """A module that is pickled and copied as its arguments and numpy arrays.

    Subclasses take `generator`; None leaves the weights uninitialized. They pass all
    other arguments, numpy arrays or plain values, to this constructor.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.arguments = arguments

    def __getstate__(self) -> dict[str, Any]:
        """Arguments and weights, as numpy arrays; most were learned in float32."""
        weights = {
            key: without_loss(value.numpy()) for key, value in self.state_dict().items()
        }
        return {"arguments": self.arguments, "weights": weights}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Build the module again and load the weights."""
        self.__init__(**state["arguments"], generator=None)  # type: ignore[misc]
        weights = {
            key: torch.from_numpy(np.array(value))
            for key, value in state["weights"].items()
        }
        self.load_state_dict(weights)
