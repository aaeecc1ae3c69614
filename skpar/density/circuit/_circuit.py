"""The circuit: one latent state per column, connected by a tree."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ...table import ColumnCells
from ._leaves import Leaves
from ._message_passing import draw_states, log_density, log_matmul
from ._tree import Tree


class CircuitParameters(NamedTuple):
    """Parameters of a circuit.

    The same layout is used for probabilities and for expected counts. As probabilities,
    each distribution sums to 1 and is positive, except for the padding of the kernels.

    Parameters
    ----------
    prior : Tensor of shape (n_states,), dtype float64
        Probability of each state of the root.
    transition : Tensor of shape (n_columns, n_states, n_states), dtype float64
        ``transition[j, a, b]`` is the probability of state b in column j given state a
        in its parent. The entry of the root is not used.
    weights : Tensor of shape (n_numeric, n_states, n_kernels), dtype float64
        Kernel weights of the numeric columns.
    levels : Tensor of shape (n_states, n_levels), dtype float64
        Tables of the other columns, side by side. After them, for each column with
        possibly missing cells, the probabilities of being missing and of being present.
    """

    prior: Tensor
    transition: Tensor
    weights: Tensor
    levels: Tensor


class Circuit:
    r"""Hidden Chow-Liu tree over encoded rows, in torch and differentiable.

    It is ``circuit_`` of a fitted :class:`~skpar.density.HiddenChowLiuTree`. Use it for
    gradients, and for densities of rows of which some cells are unknown.

    Each column j has a latent state :math:`h_j`, and the states form a tree:

    .. math:: p(x) = \sum_h p(h_{root}) \prod_j p(h_j | h_{parent(j)}) f_j(x_j | h_j)

    The sum over all states is exact and costs one matrix product per column. If a
    column has missing cells in training, "missing" is one more value of its cells, with
    one probability per state. A cell marked as `absent` is different: it is unknown,
    and the density is summed over all its values, including "missing".

    Parameters
    ----------
    tree : Tree
        Tree over the columns. The circuit ignores the cells of columns outside of it.
    leaves : Leaves
        Kernel dictionary and layout of the tensor.
    parameters : CircuitParameters
        Probabilities.

    Notes
    -----
    The state consists only of numpy arrays, so circuits can be pickled and copied. The
    result for a row does not depend on the other rows of the batch, up to 1e-12.

    Examples
    --------
    >>> import pandas as pd, torch
    >>> from skpar.density import HiddenChowLiuTree
    >>> table = pd.DataFrame({"owns": [True, True, False, False] * 50})
    >>> density = HiddenChowLiuTree(random_state=0).fit(table)
    >>> circuit = density.circuit_
    >>> rows = density.encoder_.encode(density.schema_.encode(table))
    >>> circuit.log_prob(rows[:2]).exp().round(decimals=2).tolist()
    [0.5, 0.5]
    >>> circuit.sample(3, torch.Generator().manual_seed(0)).shape
    torch.Size([3, 2])
    """

    def __init__(
        self, tree: Tree, leaves: Leaves, parameters: CircuitParameters
    ) -> None:
        self.tree = tree
        self.leaves = leaves
        self._arrays = tuple(part.detach().numpy().copy() for part in parameters)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without the padding of the kernels, which is 0."""
        prior, transition, weights, levels = self._arrays
        kernels = self.leaves.kernels
        used = kernels.used
        packed = [row[:, some] for row, some in zip(weights, used, strict=True)]
        return {**vars(self), "_arrays": (prior, transition, packed, levels)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Pad the kernels again."""
        vars(self).update(state)
        prior, transition, packed, levels = state["_arrays"]
        kernels = self.leaves.kernels
        used = kernels.used
        weights = np.zeros((len(used), len(prior), used.shape[1]))
        for row, some, known in zip(weights, used, packed, strict=True):
            row[:, some] = known
        self._arrays = (prior, transition, weights, levels)

    @property
    def parameters(self) -> CircuitParameters:
        """Probabilities as tensors, copied from the circuit's arrays."""
        return CircuitParameters(
            *(torch.tensor(array, device="cpu") for array in self._arrays)
        )

    def log_prob(self, tensor: Tensor, absent: Tensor | None = None) -> Tensor:
        """Compute the log-density of encoded rows.

        The result is differentiable with respect to `tensor`, including relaxed one-hot
        blocks and relaxed missing indicators. The number of a level, in a column of
        more than 64 levels, has no gradient.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Rows of the encoder that the circuit was fitted with.
        absent : Tensor of shape (n_rows, n_columns), dtype bool, optional
            Cells to sum over. Their contents in `tensor` are ignored.

        Returns
        -------
        Tensor of shape (n_rows,), dtype float64
            In nats. Numbers contribute a density per unit of z = code / scale; levels
            and missing cells contribute a probability mass.
        """
        prior, transition, weights, levels = self.parameters
        log_leaves = self.leaves.log_likelihood(tensor, weights, levels)
        if absent is not None:
            pairs = zip(log_leaves, absent.unbind(dim=1), strict=True)
            log_leaves = [known.masked_fill(unknown, 0.0) for known, unknown in pairs]
        return log_density(self.tree, log_leaves, prior, transition)

    def marginal_log_prob(self, column: int, cells: ColumnCells) -> Tensor:
        r"""Compute the log-density of single cells of one column.

        Parameters
        ----------
        column : int
            Column of the cells.
        cells : ColumnCells
            Cells of the column, from the encoder that the circuit was fitted with.

        Returns
        -------
        Tensor of shape (n_cells,), dtype float64
            In nats: the result of `log_prob` if all other cells are absent; 0 for a
            column outside of the circuit.

        Notes
        -----
        If all other cells are unknown, a state of column j has the probability
        :math:`p_j = p_i T_j`, which one pass down the tree gives for all columns (i is
        the parent of j). The density is :math:`\sum_h p_j(h) f_j(x_j | h)`. So the time
        does not depend on the number of columns.
        """
        prior, transition, weights, levels = self.parameters
        log_leaf = self.leaves.of_column(column, cells, weights, levels).log()
        share = prior
        for step in self.tree.path_to(column):
            share = share @ transition[step]
        return log_matmul(share, log_leaf)

    def sample(self, n_rows: int, generator: torch.Generator) -> Tensor:
        """Draw random rows from the exact density.

        Parameters
        ----------
        n_rows : int
            Number of rows.
        generator : torch.Generator
            Source of randomness.

        Returns
        -------
        Tensor of shape (n_rows, width), dtype float64
            Encoded rows. Every cell has a value; none is missing. Cells of integer
            columns are not rounded; `decode` of the encoder rounds them. Cells of
            columns outside of the tree are 0.
        """
        prior, transition, weights, levels = self.parameters
        states = draw_states(self.tree, n_rows, prior, transition, generator)
        return self.leaves.sample(states, weights, levels, generator)
