"""The surrogate as a network that learns from the classifier's decisions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from ..._config import TrainingConfig
from ..._progress import Task
from ...classifier import SparseWeights, SplineBasis, Surrogate
from .._adam import Adam, RowAdam, one_cycle

# Single precision halves the time of a step and the memory of the rows.
DTYPE = np.float32


class Activations(NamedTuple):
    """Values of the layers for some rows.

    Parameters
    ----------
    inner : ndarray of shape (n_samples, hidden), dtype float32
        First hidden layer.
    bent : ndarray of shape (n_samples, narrow), dtype float32
        Second hidden layer.
    margin : ndarray of shape (n_samples,), dtype float32
        Margin of the rows.
    """

    inner: np.ndarray
    bent: np.ndarray
    margin: np.ndarray


class SurrogateNetwork:
    r"""A small network that learns margins of acceptance.

    Parameters
    ----------
    width : int
        Number of weights per row, in the order of `SplineBasis`.
    hidden : int
        Width of the first hidden layer.
    narrow : int
        Width of the second hidden layer.
    rng : numpy.random.RandomState
        Draws the first parameters, and shuffles the rows.

    Attributes
    ----------
    arrays : dict of str to ndarray, dtype float32
        Parameters by name; see `Surrogate`.

    Notes
    -----
    Let :math:`\phi_j` be the weights of cell j. The embedding
    :math:`e = b + \sum_j E_j \phi_j(x_j)` has one plain sum :math:`e_0` and `hidden`
    hidden values :math:`e_{1:}`. The margin is

    .. math:: f(x) = e_0 + w^\top\,\mathrm{relu}(V\,\mathrm{relu}(e_{1:}) + v) + c .

    The plain sum alone is a logistic regression. The rest adds interactions. Because
    cells enter by a sum, replacing one cell costs a single addition.

    A cell has one or two weights other than 0, so :math:`E_j` is a table in which cells
    are looked up. The gradient is written out here: a training step takes a fifth of
    the time that it takes with dense rows and torch, mostly the time of its dispatch.
    """

    def __init__(
        self, width: int, hidden: int, narrow: int, rng: np.random.RandomState
    ) -> None:
        shapes = {
            "embed.weight": (width, hidden + 1),
            "embed.bias": (hidden + 1,),
            "middle.weight": (hidden, narrow),
            "middle.bias": (narrow,),
            "last.weight": (narrow,),
            "last.bias": (1,),
        }
        sizes = [int(np.prod(shape)) for shape in shapes.values()]
        ends = np.cumsum(sizes)
        # All parameters lie in one array, so that a step of Adam is a few operations.
        self._flat = np.zeros(ends[-1], DTYPE)
        self._gradient = np.zeros(ends[-1], DTYPE)
        self.arrays, self._slopes = (
            {
                name: part.reshape(shape)
                for part, (name, shape) in zip(
                    np.split(flat, ends[:-1]), shapes.items(), strict=True
                )
            }
            for flat in (self._flat, self._gradient)
        )
        self._rng = rng
        for name in ("embed.weight", "middle.weight", "last.weight"):
            _draw_uniform(self.arrays[name], rng)

    def margin(self, rows: SparseWeights) -> np.ndarray:
        """Compute the margins of rows.

        Parameters
        ----------
        rows : SparseWeights
            Weights of n_samples rows.

        Returns
        -------
        margin : ndarray of shape (n_samples,), dtype float64
            Positive if the surrogate expects acceptance.
        """
        return self._activations(self._matrix(rows)).margin.astype(np.float64)

    def frozen(self, basis: SplineBasis) -> Surrogate:
        """Copy the current surrogate.

        Parameters
        ----------
        basis : SplineBasis
            Expands cells into weights.

        Returns
        -------
        surrogate : Surrogate
            In double precision.
        """
        arrays = self.arrays.items()
        return Surrogate(
            basis, {name: value.astype(np.float64) for name, value in arrays}
        )

    def distill(
        self,
        rows: SparseWeights,
        margin: np.ndarray,
        epochs: int,
        config: TrainingConfig,
        task: Task,
        name: str = "epoch",
    ) -> None:
        """Learn the margins of rows.

        Parameters
        ----------
        rows : SparseWeights
            Weights of n_samples rows.
        margin : ndarray of shape (n_samples,), dtype float64
            Targets from `MarginScale`.
        epochs : int
            Passes over the rows. The learning rate rises and falls once during all of
            them.
        config : TrainingConfig
            Batch size, learning rate and loss.
        task : Task
            Has a step for each epoch.
        name : str, default="epoch"
            Name of these steps.
        """
        n_batches = -(-rows.n_rows // config.surrogate_batch)
        n_steps, n_done, target = epochs * n_batches, 0, margin.astype(DTYPE)
        embedding, n_rare = self.arrays["embed.weight"], 0
        rare = None
        if self._has_rare_cells(rows, config):
            rare, n_rare = RowAdam(embedding), embedding.size
        # The embedding comes first.
        optimizer, gradient = Adam(self._flat[n_rare:]), self._gradient[n_rare:]
        for _ in range(epochs):
            with task.step(name):
                order = self._rng.permutation(rows.n_rows)
                for batch in np.array_split(order, n_batches):
                    some = rows.take(batch)
                    above = self._backward(some, target[batch], config.margin_loss_beta)
                    n_done += 1
                    share = one_cycle(n_done / n_steps, config.surrogate_warm_up)
                    rate = config.surrogate_learning_rate * share
                    if rare is None:
                        slopes = self._slopes["embed.weight"]
                        slopes[:] = self._matrix(some).T @ above
                    else:
                        places, own = some.compact(len(embedding))
                        rare.step(places, own.matrix(len(places)).T @ above, rate)
                    optimizer.step(gradient, rate)
            if task.is_stopped:
                break

    def _has_rare_cells(self, rows: SparseWeights, config: TrainingConfig) -> bool:
        """Whether a batch has few of very many cells."""
        width = len(self.arrays["embed.weight"])
        if width <= config.max_dense_embedding:
            return False
        places, _ = rows.take(np.arange(config.surrogate_batch) % rows.n_rows).compact(
            width
        )
        return len(places) < config.rare_cells_share * width

    def _matrix(self, rows: SparseWeights) -> csr_array:
        """Make a sparse matrix of shape (n_samples, width)."""
        return rows.matrix(len(self.arrays["embed.weight"]))

    def _activations(self, weights: csr_array) -> Activations:
        """Compute the values of all layers."""
        own = self.arrays
        embedded = weights @ own["embed.weight"]
        embedded += own["embed.bias"]
        inner = np.maximum(embedded[:, :-1], 0.0)
        bent = inner @ own["middle.weight"]
        bent += own["middle.bias"]
        np.maximum(bent, 0.0, out=bent)
        margin = embedded[:, -1] + bent @ own["last.weight"] + own["last.bias"]
        return Activations(inner, bent, margin)

    def _backward(
        self, rows: SparseWeights, target: np.ndarray, beta: float
    ) -> np.ndarray:
        """Compute the gradient of the loss of some rows, without that of the embedding.

        Returns the gradient (n_samples, hidden + 1) at the embedded rows.
        """
        weights, own, slopes = self._matrix(rows), self.arrays, self._slopes
        inner, bent, margin = self._activations(weights)
        # The derivative of the smooth L1 loss. Rows near the decision boundary matter
        # most.
        off = ((margin - target) / beta).clip(-1.0, 1.0)
        off /= (1.0 + np.abs(target)) * len(target)
        below = (bent > 0.0) * own["last.weight"]
        below *= off[:, None]
        wide = np.empty((len(off), inner.shape[1] + 1), DTYPE)
        np.multiply(below @ own["middle.weight"].T, inner > 0.0, out=wide[:, :-1])
        wide[:, -1] = off
        slopes["last.weight"][:] = off @ bent
        slopes["last.bias"][:] = off.sum()
        slopes["middle.weight"][:] = inner.T @ below
        slopes["middle.bias"][:] = below.sum(axis=0)
        slopes["embed.bias"][:] = wide.sum(axis=0)
        return wide


def _draw_uniform(weight: np.ndarray, rng: np.random.RandomState) -> None:
    """Draw the first weights of a layer: uniform, with the variance 2 / (in + out)."""
    n_out = weight.shape[1] if weight.ndim == 2 else 1
    bound = np.sqrt(6.0 / (len(weight) + n_out))
    weight[:] = rng.uniform(-bound, bound, weight.shape)
