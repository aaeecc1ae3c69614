"""Runs of several seeds, pooled: what every method did for every person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from _judge import VALUES
from _quality_run import BEST_OF_8, DEFAULT, LONG, ONE_PASS, POLISHED

METHODS = (BEST_OF_8, POLISHED, LONG, ONE_PASS, DEFAULT)
REFERENCE = "reference"


@dataclass(frozen=True)
class Pooled:
    """One method on the people of all seeds.

    `values` are arrays (n,) by name, NaN where a person has no accepted answer; costs
    are sums over all people, NaN where they mean nothing.
    """

    found: np.ndarray
    valid: np.ndarray
    values: dict[str, np.ndarray]
    rows: np.ndarray
    violations: int
    seconds: float
    own_seconds: float
    fit: float

    @property
    def answered(self) -> np.ndarray:
        """People (n,) with an accepted answer."""
        return self.found & self.valid

    def mean(self, name: str) -> float:
        """Mean over answered people."""
        return float(np.nanmean(self.values[name])) if self.answered.any() else np.nan

    def median(self, name: str) -> float:
        """Median over answered people."""
        return float(np.nanmedian(self.values[name])) if self.answered.any() else np.nan

    def share(self, mask: np.ndarray) -> float:
        """Share of all people."""
        return float(mask.mean())

    def validity(self) -> float:
        """Share of the answers that the classifier accepts."""
        return float(self.valid[self.found].mean()) if self.found.any() else np.nan


def pool(runs: list[dict[str, Any]], kind: str, name: str) -> Pooled:
    """Pool one method over runs; `kind` is "methods" or "ablations"."""
    parts = [run[kind][name] for run in runs]

    def joined(key: str) -> np.ndarray:
        return np.concatenate([np.asarray(part[key]) for part in parts])

    found, valid = joined("found").astype(bool), joined("valid").astype(bool)
    values = {
        key: np.where(found & valid, joined(key).astype(float), np.nan)
        for key in VALUES
    }
    return Pooled(
        found,
        valid,
        values,
        joined("rows"),
        sum(part["violations"] for part in parts),
        sum(part["seconds"] for part in parts),
        sum(part["own seconds"] for part in parts),
        float(np.mean([part.get("fit", np.nan) for part in parts])),
    )


def reference(methods: list[Pooled]) -> Pooled:
    """Take the best answer of all methods for every person."""
    objective = np.stack([method.values["objective"] for method in methods])
    objective = np.where(np.isnan(objective), -np.inf, objective)
    best = (objective.argmax(axis=0), np.arange(objective.shape[1]))
    answered = objective[best] > -np.inf
    values = {
        key: np.stack([method.values[key] for method in methods])[best]
        for key in VALUES
    }
    nan = np.full(len(answered), np.nan)
    return Pooled(answered, answered, values, nan, 0, np.nan, np.nan, np.nan)


def paired(one: Pooled, other: Pooled, name: str) -> tuple[float, float]:
    """Mean difference on people whom both answer, and its standard error."""
    difference = one.values[name] - other.values[name]
    difference = difference[~np.isnan(difference)]
    if len(difference) < 2:
        return np.nan, np.nan
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    return float(difference.mean()), float(error)


@dataclass(frozen=True)
class Cell:
    """One table and one classifier: all methods, the reference, ablations."""

    table: str
    classifier: str
    methods: dict[str, Pooled]
    ablations: dict[str, Pooled]
    ablated: Pooled | None
    missing: dict[str, str]

    @classmethod
    def of(cls, table: str, classifier: str, runs: list[dict[str, Any]]) -> Cell | None:
        """Pool runs; None where nobody is denied. Ablations have runs of their own."""
        runs = [run for run in runs if run["n"]]
        if not runs:
            return None
        methods = {name: pool(runs, "methods", name) for name in METHODS}
        methods[REFERENCE] = reference(list(methods.values()))
        ablated = [run for run in runs if run.get("ablations")]
        names = ablated[0]["ablations"] if ablated else {}
        return cls(
            table,
            classifier,
            methods,
            {name: pool(ablated, "ablations", name) for name in names},
            pool(ablated, "methods", DEFAULT) if ablated else None,
            ablated[0]["missing"] if ablated else {},
        )

    @property
    def name(self) -> str:
        """Table and classifier."""
        return f"{self.table} / {self.classifier}"
