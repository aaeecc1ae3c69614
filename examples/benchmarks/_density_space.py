"""Rows of a benchmark table as every density takes them: codes in one common space."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from _tables import Table
from torch import Tensor

from skpar._config import TrainingConfig
from skpar.density.circuit._leaves import Leaves
from skpar.table._encoder import TableEncoder
from skpar.table._schema import TableSchema

CHUNK = 4096
MANY_VALUES = 20

Score = Callable[[np.ndarray], np.ndarray]
"""Log-density in nats (n,) of codes (n, d)."""


@dataclass(frozen=True)
class FeatureSpace:
    """Columns of a table and the units in which all its densities are stated.

    Both are taken from the whole table, so that a rare level is legal in every split;
    nothing else of the rows held out is looked at.
    """

    schema: TableSchema
    encoder: TableEncoder

    @classmethod
    def of(cls, table: Table) -> tuple[FeatureSpace, np.ndarray]:
        """Space of a table, and its codes (n, d)."""
        orders: dict[Hashable, Sequence[str]] = dict(table.ordinal.items())
        schema = TableSchema.infer(table.X, ordinal_features=orders)
        codes = schema.encode(table.X)
        return cls(schema, TableEncoder(schema, codes)), codes

    def rows(self, codes: np.ndarray) -> Tensor:
        """Encode codes (n, d) as tensors (n, width)."""
        return self.encoder.encode(codes)

    def continuous(self, codes: np.ndarray) -> np.ndarray:
        """Find the columns of numbers with more than twenty values."""
        wanted = [
            len(np.unique(codes[~np.isnan(codes[:, j]), j])) > MANY_VALUES
            for j in self.encoder.numeric
        ]
        return self.encoder.numeric[wanted]

    def part(self, columns: np.ndarray, codes: np.ndarray) -> FeatureSpace:
        """Space of some columns; the same units as before."""
        schema = TableSchema(tuple(self.schema.columns[j] for j in columns))
        return FeatureSpace(schema, TableEncoder(schema, codes[:, columns]))

    def floors(self, codes: np.ndarray) -> np.ndarray:
        """Narrowest kernel (n_numeric,) that our leaves have on these rows, in z."""
        kernels = Leaves(
            self.encoder, self.rows(codes).numpy(), TrainingConfig()
        ).kernels
        floors: np.ndarray = np.where(
            kernels.used, np.minimum(kernels.left, kernels.right), np.inf
        ).min(axis=1)
        return floors

    def score(self, log_density: Callable[[Tensor], Tensor]) -> Score:
        """Turn a log-density of tensors into one of codes, chunk by chunk."""

        def score(codes: np.ndarray) -> np.ndarray:
            with torch.no_grad():
                chunks = self.rows(codes).split(CHUNK)
                return torch.cat([log_density(chunk) for chunk in chunks]).numpy()

        return score
