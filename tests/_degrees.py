"""A table with relations: a degree gives the years at school, and jobs are one-hot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from skpar.relations import ColumnGroup, FeatureSchema, LookedUp, group_columns
from skpar.table import TableEncoder, TableSchema

DEGREES = ("none", "school", "BA", "MA")
YEARS = (8, 12, 15, 17)
JOBS = ("cook", "clerk", "judge")


def make_degrees(n: int, seed: int = 0) -> pd.DataFrame:
    """Rows that keep both relations; all other columns depend on one another."""
    rng = np.random.RandomState(seed)
    degree = rng.randint(0, 4, n)
    degree[:4] = range(4)
    job = np.where(rng.uniform(size=n) < 0.6, degree.clip(max=2), rng.randint(0, 3, n))
    job[:3] = range(3)
    jobs = {f"job_{name}": job == j for j, name in enumerate(JOBS)}
    age = 20 + 8 * degree + rng.randint(0, 10, n)
    names, years = np.array(DEGREES)[degree], np.array(YEARS)[degree]
    return pd.DataFrame({"degree": names, "years": years, **jobs, "age": age})


@dataclass
class Degrees:
    """The table, its relations, and the codes of its features."""

    table: pd.DataFrame
    features: FeatureSchema
    codes: np.ndarray
    encoder: TableEncoder
    years: LookedUp

    @classmethod
    def make(cls, n: int = 200, seed: int = 0) -> Degrees:
        """Features: degree, years, job (a group), age."""
        table = make_degrees(n, seed)
        schema = TableSchema.infer(table)
        group = ColumnGroup.of_columns(schema, [2, 3, 4])
        features = group_columns(schema, [group], schema.encode(table))
        assert isinstance(features, FeatureSchema)
        codes = features.encode(table)
        known, first = np.unique(codes[:, 0], return_index=True)
        values = tuple(codes[first, 1].tolist())
        years = LookedUp(1, (0,), known=tuple(known.tolist()), values=values)
        return cls(table, features, codes, TableEncoder(features, codes), years)

    def torn(self) -> np.ndarray:
        """Rows with the years of another degree."""
        codes = self.codes.copy()
        codes[:, 1] = np.where(codes[:, 1] == 8, 17, 8)
        return codes

    def broken(self, code: float) -> np.ndarray:
        """Rows with a pattern that the group of jobs does not allow; 3 or more."""
        codes = self.codes.copy()
        codes[:, 2] = code
        return codes
