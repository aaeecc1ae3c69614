"""The numbers that a circuit learns."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Factors(NamedTuple):
    """Everything that learning changes.

    The same layout holds probabilities, where every distribution sums to 1 and is
    positive but for the padding of the kernels, and counts.

    Parameters
    ----------
    prior : Tensor of shape (n_states,), dtype float64
        Probability of each state of the root.
    transition : Tensor of shape (n_columns, n_states, n_states), dtype float64
        ``transition[j, a, b]`` is the probability of state b in column j given state a
        in its parent. The root's entry is not used.
    weights : Tensor of shape (n_numeric, n_states, n_kernels), dtype float64
        Kernel weights of the numeric columns.
    levels : Tensor of shape (n_states, n_levels), dtype float64
        Tables of the other columns, side by side, and behind them the chances of being
        missing and present of every column whose cells may be missing.
    """

    prior: Tensor
    transition: Tensor
    weights: Tensor
    levels: Tensor
