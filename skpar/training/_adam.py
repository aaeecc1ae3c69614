"""Adam on one array of parameters, and the schedule of its learning rate."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn


class Adam:
    r"""Adam [1]_, for parameters that are stored in one flat array.

    Parameters
    ----------
    parameters : ndarray of shape (n_parameters,), float dtype
        Changed in place by every step.
    decay : float, default=0.9
        Decay of the mean of the gradients.
    square_decay : float, default=0.999
        Decay of the mean of their squares.

    Notes
    -----
    After step t, with the means :math:`m` of the gradients and :math:`v` of their
    squares, the step is

    .. math::
        -\eta \, \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon} .

    `torch.optim.Adam` does the same, but its first use in a process imports the
    compiler of torch, which takes a second.

    References
    ----------
    .. [1] Kingma, D. P. and Ba, J. (2015). Adam: A Method for Stochastic Optimization.
       International Conference on Learning Representations.
       https://arxiv.org/abs/1412.6980

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.training._adam import Adam
    >>> parameters = np.array([1.0, -1.0])
    >>> Adam(parameters).step(np.array([0.5, -2.0]), rate=0.1)
    >>> parameters.round(6)
    array([ 0.9, -0.9])
    """

    def __init__(
        self, parameters: np.ndarray, decay: float = 0.9, square_decay: float = 0.999
    ) -> None:
        self.parameters = parameters
        self.decay, self.square_decay = decay, square_decay
        self._mean = np.zeros_like(parameters)
        self._square = np.zeros_like(parameters)
        self._scratch = np.empty_like(parameters)
        self._n_steps = 0

    def step(self, gradient: np.ndarray, rate: float) -> None:
        """Change the parameters by one step.

        Parameters
        ----------
        gradient : ndarray of shape (n_parameters,), float dtype
            Gradient of the loss at the parameters.
        rate : float
            Learning rate.
        """
        self._n_steps += 1
        mean, square, scratch = self._mean, self._square, self._scratch
        mean *= self.decay
        np.multiply(gradient, 1.0 - self.decay, out=scratch)
        mean += scratch
        square *= self.square_decay
        np.multiply(gradient, gradient, out=scratch)
        scratch *= 1.0 - self.square_decay
        square += scratch
        np.sqrt(square, out=scratch)
        # The factor moves both corrections of the bias out of the arrays.
        correction = math.sqrt(1.0 - self.square_decay**self._n_steps)
        scratch += 1e-8 * correction
        np.divide(mean, scratch, out=scratch)
        scratch *= rate * correction / (1.0 - self.decay**self._n_steps)
        self.parameters -= scratch


class RowAdam:
    """Adam for an array of which each gradient has few rows other than 0.

    Parameters
    ----------
    parameters : ndarray of shape (n_rows, n_columns), float dtype
        Changed in place by every step.
    decay : float, default=0.9
        Decay of the mean of the gradients.
    square_decay : float, default=0.999
        Decay of the mean of their squares.

    Notes
    -----
    A step changes only the rows that have a gradient. The means of the other rows do
    not decay, and the other rows do not move. A step takes a time that does not depend
    on the number of rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.training._adam import RowAdam
    >>> parameters = np.array([[1.0], [2.0], [-1.0]])
    >>> RowAdam(parameters).step(np.array([0, 2]), np.array([[0.5], [-2.0]]), rate=0.1)
    >>> parameters.round(6)
    array([[ 0.9],
           [ 2. ],
           [-0.9]])
    """

    def __init__(
        self, parameters: np.ndarray, decay: float = 0.9, square_decay: float = 0.999
    ) -> None:
        self.parameters = parameters
        self.decay, self.square_decay = decay, square_decay
        self._mean = np.zeros_like(parameters)
        self._square = np.zeros_like(parameters)
        self._n_steps = 0

    def step(self, rows: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        """Change some rows by one step.

        Parameters
        ----------
        rows : ndarray of shape (n,), dtype int64
            Different rows.
        gradient : ndarray of shape (n, n_columns), float dtype
            Gradient of the loss at these rows.
        rate : float
            Learning rate.
        """
        self._n_steps += 1
        mean, square = self._mean.take(rows, axis=0), self._square.take(rows, axis=0)
        mean *= self.decay
        mean += (1.0 - self.decay) * gradient
        square *= self.square_decay
        square += (1.0 - self.square_decay) * (gradient * gradient)
        self._mean[rows], self._square[rows] = mean, square
        correction = math.sqrt(1.0 - self.square_decay**self._n_steps)
        mean /= np.sqrt(square) + 1e-8 * correction
        mean *= rate * correction / (1.0 - self.decay**self._n_steps)
        self.parameters[rows] -= mean


class NetworkOptimizer:
    """Adam for a network, with a largest norm of the gradient.

    Parameters
    ----------
    network : Module
        All parameters have one dtype. They are moved into one array, so that a step
        of Adam is a few operations on it.
    max_norm : float
        A gradient of a larger norm is scaled to this norm.
    """

    def __init__(self, network: nn.Module, max_norm: float) -> None:
        self.max_norm = max_norm
        parts = list(network.parameters())
        flat = np.concatenate([part.detach().numpy().ravel() for part in parts])
        self._gradient = np.zeros_like(flat)
        self._adam = Adam(flat)
        ends = np.cumsum([part.numel() for part in parts])[:-1]
        places = (np.split(array, ends) for array in (flat, self._gradient))
        for part, values, slopes in zip(parts, *places, strict=True):
            part.data = torch.from_numpy(values).view_as(part)
            part.grad = torch.from_numpy(slopes).view_as(part)

    def step(self, loss: torch.Tensor, rate: float) -> None:
        """Change the parameters by one step.

        Parameters
        ----------
        loss : Tensor of shape ()
            Computed by the network.
        rate : float
            Learning rate.
        """
        self._gradient.fill(0.0)
        loss.backward()
        norm = float(np.linalg.norm(self._gradient))
        if norm > self.max_norm:
            self._gradient *= self.max_norm / norm
        self._adam.step(self._gradient, rate)


def one_cycle(done: float, warm_up: float) -> float:
    """Compute the learning rate as a share of its peak: up and down once [1]_.

    Parameters
    ----------
    done : float
        Share of the steps that are done, from 0 to 1.
    warm_up : float
        Share of the steps in which the rate rises; it rises and falls as a cosine.

    Returns
    -------
    share : float
        1 at the peak; 0 at the end.

    References
    ----------
    .. [1] Smith, L. N. and Topin, N. (2018). Super-Convergence: Very Fast Training of
       Neural Networks Using Large Learning Rates. https://arxiv.org/abs/1708.07120

    Examples
    --------
    >>> from skpar.training._adam import one_cycle
    >>> [round(one_cycle(done, 0.5), 2) for done in (0.0, 0.25, 0.5, 0.75, 1.0)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    if done < warm_up:
        return 0.5 - 0.5 * math.cos(math.pi * done / warm_up)
    return 0.5 + 0.5 * math.cos(math.pi * (done - warm_up) / (1.0 - warm_up))
