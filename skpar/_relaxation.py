"""Choices as relaxed rows: sampled in the forward pass, smooth in the backward."""

from __future__ import annotations

import numpy as np
import torch

from ._choices import Choices
from ._encoding import TableEncoder


def gumbel(shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    """Draw standard Gumbel noise: adding it to log-odds makes argmax a draw."""
    uniform = torch.rand(shape, generator=generator, dtype=torch.float64)
    tiny = torch.finfo(torch.float64).tiny
    return -torch.log(-torch.log(uniform.clamp(min=tiny)))


def straight_through(scores: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """Draw one choice per feature, with the gradient of the softmax.

    Parameters
    ----------
    scores : Tensor of shape (n_samples, n_choices, n_features), dtype float64
        Log-odds, -inf for what may not be chosen.
    noise : Tensor of the same shape
        Standard Gumbel noise.

    Returns
    -------
    chosen : Tensor of the same shape
        1 for the choice drawn and 0 for the others.
    """
    soft = (scores + noise).softmax(dim=1)
    hard = torch.zeros_like(soft).scatter_(1, soft.argmax(dim=1, keepdim=True), 1.0)
    return hard + soft - soft.detach()


class RelaxedChoices:
    """Choices laid out for mixing them into relaxed rows.

    Parameters
    ----------
    encoder : TableEncoder
        The layout of a row.
    choices : Choices
        The choices of some people.
    """

    def __init__(self, encoder: TableEncoder, choices: Choices) -> None:
        n, n_choices, _ = choices.values.shape
        absent = np.isnan(choices.values)
        cells = np.empty(choices.values.shape, dtype=np.int64)
        amounts = np.where(absent, 0.0, 1.0)
        for j, block in enumerate(encoder.slices):
            values = np.where(absent[..., j], 0.0, choices.values[..., j])
            if encoder.schema.columns[j].levels is None:
                cells[..., j] = block.start
                amounts[..., j] = values / encoder.scale[j]
            else:
                cells[..., j] = block.start + values.astype(np.int64)
        self._width = encoder.width
        self._with_indicator = np.flatnonzero(encoder.missing >= 0)
        self._indicators = torch.from_numpy(encoder.missing[self._with_indicator])
        self._cells = torch.from_numpy(cells)
        self._amounts = torch.from_numpy(amounts)
        self._absent = torch.from_numpy(absent[..., self._with_indicator] * 1.0)
        self.effort = torch.from_numpy(choices.effort)
        self.open = torch.from_numpy(choices.open)

    def mix(
        self, rows: torch.Tensor, chosen: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Mix the choices of some people.

        Parameters
        ----------
        rows : Tensor of shape (n_rows,), dtype int64
            Which people.
        chosen : Tensor of shape (n_rows, n_choices, n_features), dtype float64
            Weight of every choice, summing to one over choices.

        Returns
        -------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Relaxed rows.
        effort, changed : Tensor of shape (n_rows,), dtype float64
            Expected effort and expected number of features changed.
        """
        n = len(rows)
        parts = (chosen * self._amounts[rows]).reshape(n, -1)
        tensor = torch.zeros(n, self._width, dtype=torch.float64)
        tensor = tensor.scatter_add(1, self._cells[rows].reshape(n, -1), parts)
        absent = (chosen[..., self._with_indicator] * self._absent[rows]).sum(dim=1)
        tensor = tensor.index_add(1, self._indicators, absent)
        effort = (chosen * self.effort[rows]).sum(dim=(1, 2))
        changed = (1.0 - chosen[:, 0]).sum(dim=1)
        return tensor, effort, changed
