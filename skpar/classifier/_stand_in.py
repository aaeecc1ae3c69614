"""The fitted surrogate in plain numpy, which search asks cell by cell."""

from __future__ import annotations

import numpy as np

from ._surrogate import Basis, Surrogate


class StandIn:
    """The fitted surrogate, in plain numpy, on tabulated cells.

    Parameters
    ----------
    basis : Basis
        Weights of cells.
    surrogate : Surrogate
        The network.
    """

    def __init__(self, basis: Basis, surrogate: Surrogate) -> None:
        self.basis = basis
        arrays = {
            name: value.numpy().copy() for name, value in surrogate.state_dict().items()
        }
        self._embedding = np.ascontiguousarray(arrays["embed.weight"].T)
        self.start = arrays["embed.bias"]
        self._inner = np.ascontiguousarray(arrays["middle.weight"].T)
        self._inner_bias = arrays["middle.bias"]
        self._outer = arrays["last.weight"][0]
        self._outer_bias = float(arrays["last.bias"][0])

    def embed(self, j: int, cells: np.ndarray) -> np.ndarray:
        """Hidden values that cells (n,) of column j add: (n, 65)."""
        first, last = self.basis.bounds[j : j + 2]
        return self.basis.expand(j, cells) @ self._embedding[first:last]

    def margin(self, hidden: np.ndarray) -> np.ndarray:
        """Margin of rows by the sum of their hidden values (n, 65)."""
        bent = np.maximum(hidden[:, :-1], 0.0) @ self._inner + self._inner_bias
        np.maximum(bent, 0.0, out=bent)
        margin: np.ndarray = hidden[:, -1] + bent @ self._outer + self._outer_bias
        return margin

    def slope(self, hidden: np.ndarray) -> np.ndarray:
        """Gradient (n, 65) of the margin by hidden values (n, 65)."""
        bent = np.maximum(hidden[:, :-1], 0.0) @ self._inner + self._inner_bias
        inner = ((bent > 0) * self._outer) @ self._inner.T
        slope = np.ones(hidden.shape)
        slope[:, :-1] = inner * (hidden[:, :-1] > 0)
        return slope

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """Margin of rows, codes (n, n_features)."""
        hidden = self.start + sum(
            self.embed(j, codes[:, j]) for j in range(codes.shape[1])
        )
        return self.margin(hidden)
