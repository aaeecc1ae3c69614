"""Rows that break a relation: what the density makes of them, and of regular rows.

Three tables state something twice: adult with both education columns (the second as
numbers, and as levels), and adult and german_credit one-hot encoded. Each label class
has three densities: "plain" takes the columns as they are, "relations" has the groups
and the determined columns that are found in the whole table, "raw" has the table that
states nothing twice. A determined number contributes a probability to "relations" but a
density per z to "plain", so these two have no common unit for adult with education-num
as numbers.

One fifth of the rows is held out; log-densities are means over it, in nats per z. One
half of it is the reference of percentiles, the other half is torn: `torn` takes the
education-num of another row with another value, `none on` switches one group off (of
those in which one column is always on), `two on` switches a second column of one group
on.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from _density_bars import Bar
from _density_records import LABELS
from _density_scores import mid_ranks
from _density_space import FeatureSpace, Score
from _tables import load_table
from sklearn.model_selection import train_test_split

from skpar._config import TrainingConfig
from skpar.density._api import RelationFactor, fit_circuit
from skpar.relations import (
    Determined,
    RelationConfig,
    find_determined,
    find_groups,
    group_columns,
)
from skpar.table import TableEncoder, TableSchema

TABLES = ("adult", "german_credit")
LOW = 0.02
SHARE = 0.95
HELD_OUT = 0.2
CONFIG = TrainingConfig()
Space = tuple[FeatureSpace, np.ndarray, tuple[Determined, ...]]


@dataclass
class Case:
    """A table that states something twice, and its relations."""

    name: str
    table: pd.DataFrame
    raw: pd.DataFrame
    y: np.ndarray
    groups: dict[str, list[int]] = field(default_factory=dict)
    levels: Sequence[str] = ()

    def spaces(self) -> dict[str, Space]:
        """Columns, codes and determined columns of the three densities."""
        schema = TableSchema.infer(
            self.table, categorical_features=list(self.levels) or None
        )
        codes, config = schema.encode(self.table), RelationConfig()
        groups = find_groups(schema, codes, config)
        features = group_columns(schema, groups, codes)
        grouped = features.encode(self.table)
        determined = find_determined(features, grouped, config)
        raw = TableSchema.infer(self.raw)
        return {
            "plain": space_of(schema, codes),
            "relations": space_of(features, grouped, determined),
            "raw": space_of(raw, raw.encode(self.raw)),
        }

    def torn(
        self, rows: np.ndarray, rng: np.random.RandomState
    ) -> dict[str, pd.DataFrame]:
        """Torn rows of the table, by kind."""
        table = self.table.iloc[rows].copy()
        if not self.groups:
            own, others = table["education-num"].to_numpy(), self.table["education-num"]
            new = rng.choice(others, len(rows))
            while (new == own).any():
                new = np.where(new == own, rng.choice(others, len(rows)), new)
            return {"torn": table.assign(**{"education-num": new})}
        cells = {kind: table.to_numpy() for kind in ("none on", "two on")}
        kept = np.ones(len(rows), dtype=bool)
        groups = list(self.groups.values())
        exact = [g for g in groups if (self.table.iloc[:, g].sum(axis=1) == 1).all()]
        for row in range(len(rows)):
            cells["none on"][row, exact[rng.randint(len(exact))]] = False
            group = np.array(groups[rng.randint(len(groups))])
            off = group[~cells["two on"][row, group].astype(bool)]
            kept[row] = len(off) < len(group)
            cells["two on"][row, rng.choice(off)] = True
        cells["two on"] = cells["two on"][kept]
        return {
            kind: pd.DataFrame(values, columns=table.columns).astype(table.dtypes)
            for kind, values in cells.items()
        }


def space_of(
    schema: TableSchema, codes: np.ndarray, determined: tuple[Determined, ...] = ()
) -> Space:
    """Space of a schema, with codes and determined columns."""
    return FeatureSpace(schema, TableEncoder(schema, codes)), codes, determined


def make_cases(name: str, folder: Path) -> list[Case]:
    """Tables of one data set that state something twice."""
    known = load_table(name, folder)
    X = known.X
    dummies = pd.get_dummies(X)
    groups = {
        str(column): [
            place
            for place, dummy in enumerate(dummies)
            if str(dummy).startswith(f"{column}_")
        ]
        for column in X.columns.difference(dummies.columns, sort=False)
    }
    cases = [Case(f"{name}, one-hot", dummies, X, known.y, groups)]
    if name == "adult":
        years = pd.read_csv(folder / "adult.csv")["education-num"].to_numpy()
        both = X.assign(**{"education-num": years})
        cases += [
            Case("adult, education-num", both, X, known.y),
            Case("adult, its levels", both, X, known.y, levels=("education-num",)),
        ]
    return cases


def fit(
    space: FeatureSpace, determined: tuple[Determined, ...], codes: np.ndarray
) -> tuple[Score, float]:
    """Fit a density to codes (n, d); also return the CPU seconds."""
    start = time.process_time()
    learned = fit_circuit(
        space.encoder,
        space.rows(codes),
        config=CONFIG,
        random_state=np.random.RandomState(0),
        determined=determined,
    )
    factor = RelationFactor(space.schema, determined, codes, CONFIG)
    seconds = time.process_time() - start
    score = space.score(learned.circuit.log_prob)
    return partial(_score, score, factor), seconds


def _score(score: Score, factor: RelationFactor, codes: np.ndarray) -> np.ndarray:
    """Log-density (n,) of a circuit and its factor."""
    return score(codes) + factor.log_factor(codes)


def run_relations(name: str, folder: Path) -> list[Bar]:
    """Measure the densities of torn and of regular rows of one data set."""
    if name not in TABLES:
        return []
    cases = make_cases(name, folder)
    return [bar for case in cases for label in (0, 1) for bar in run_case(case, label)]


def run_case(case: Case, label: int) -> list[Bar]:
    """Measure one class of one table."""
    rng = np.random.RandomState(0)
    rows = np.flatnonzero(case.y == label)
    train, held = train_test_split(rows, test_size=HELD_OUT, random_state=0)
    reference, scored = np.array_split(held, 2)
    torn = case.torn(scored, rng)
    where = f"{case.name}, {LABELS[label]}"
    found: dict[str, np.ndarray] = {}
    low: dict[tuple[str, str], float] = {}
    for method, (space, codes, determined) in case.spaces().items():
        score, seconds = fit(space, determined, codes[train])
        found[method] = score(codes[held])
        line = f"{where:<34}{method:>10}{found[method].mean():>9.3f}{seconds:>7.1f} s"
        if method != "raw":
            known = score(codes[reference])
            for kind, table in torn.items():
                ranks = mid_ranks(known, score(space.schema.encode(table)))
                low[method, kind] = float((ranks <= LOW).mean())
                line += f"   {kind} {low[method, kind]:.3f} (n={len(table)})"
        print(line, flush=True)
    bars = [
        Bar(
            f"{where}: {kind}, percentile <= {LOW} in >= {SHARE}",
            f"{low['relations', kind]:.3f}, plain {low['plain', kind]:.3f}",
            low["relations", kind] >= SHARE,
        )
        for kind in torn
    ]
    for rival in ("plain", "raw"):
        if rival == "raw" or case.groups or case.levels:
            gain = found["relations"] - found[rival]
            error = gain.std() / np.sqrt(len(gain))
            bars.append(
                Bar(
                    f"{where}: log-density not below {rival}",
                    f"{gain.mean():+.3f} +- {error:.3f}",
                    bool(gain.mean() >= -2 * error - 1e-6),
                )
            )
    return bars
