"""A small table, and everything that a person of it can reach, by the definitions."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd

from skpar import If, MaxChanged, Range, Rises

GRADES = ["none", "low", "middle", "high", "top"]
TOWNS = ["Bern", "Genf", "Zug"]

RULES = {
    "points": Range(-2, 2, relative=True),
    "grade": "increasing",
    "member": "increasing",
}
LINKS = [MaxChanged(2), If(Rises("grade"), Rises("points"))]


def make_clerks(n: int = 150, seed: int = 0) -> pd.DataFrame:
    """Draw people who have no number between two others."""
    rng = np.random.RandomState(seed)
    grade = pd.CategoricalDtype(GRADES, ordered=True)
    skill = rng.rand(n)
    return pd.DataFrame(
        {
            "points": np.clip(8 * skill + rng.randn(n), 0, 9).astype(int),
            "grade": pd.Categorical.from_codes(
                np.clip(4 * skill + rng.randn(n), 0, 4).astype(int), dtype=grade
            ),
            "town": rng.choice(TOWNS, n),
            "member": rng.rand(n) < 0.4,
        },
        index=[f"clerk {row}" for row in range(n)],
    )


def decide(X: pd.DataFrame) -> np.ndarray:
    """Decide by a sum; nobody of Genf gets far."""
    total = X["points"] + 2 * X["grade"].cat.codes + 2 * X["member"]
    return np.asarray(total - 4 * (X["town"] == "Genf") >= 9.5)


def reach(
    person: pd.Series, is_linked: bool = False, own: dict[str, tuple] | None = None
) -> pd.DataFrame:
    """List all other rows that a person may become.

    `own` holds what the person's own limits leave of columns: allowed new values.
    """
    grades = GRADES[GRADES.index(person["grade"]) :]
    points = range(max(0, person["points"] - 2), min(9, person["points"] + 2) + 1)
    values: dict[str, Any] = {
        "points": list(points),
        "grade": grades,
        "town": TOWNS,
        "member": [True] if person["member"] else [False, True],
    }
    for name, allowed in (own or {}).items():
        values[name] = [v for v in values[name] if v == person[name] or v in allowed]
    rows = pd.DataFrame(itertools.product(*values.values()), columns=[*values])
    changed = (rows != person[rows.columns]).sum(axis=1)
    kept = changed > 0
    if is_linked:
        rises = rows["grade"].map(GRADES.index) > GRADES.index(person["grade"])
        kept &= (changed <= 2) & (~rises | (rows["points"] > person["points"]))
    rows["grade"] = pd.Categorical(rows["grade"], GRADES, ordered=True)
    return rows[kept]
