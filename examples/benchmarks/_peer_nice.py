"""NICE (Brughmans, Leyman, Martens): nearest instance counterfactuals, by NICEx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from _peer_runtime import Problem

PACKAGES = ("NICEx",)
REQUIREMENTS = ("NICEx==0.2.3", "numpy<2")
KEEPS_RULES = False


def prepare(problem: Problem, option: str) -> Callable[..., pd.DataFrame]:
    """Set NICE up with its defaults; `option` is what it optimizes."""
    from nice import NICE

    everybody = pd.concat([problem.X, problem.people])
    levels = {name: sorted(everybody[name].unique()) for name in problem.levels}

    def encode(table: pd.DataFrame) -> np.ndarray:
        columns = [
            table[name].map(levels[name].index) if name in levels else table[name]
            for name in table
        ]
        return np.stack(columns, axis=1).astype(np.float64)

    def decode(codes: np.ndarray) -> pd.DataFrame:
        table = pd.DataFrame(codes, columns=list(problem.X))
        for name, values in levels.items():
            table[name] = np.array(values, dtype=object)[table[name].astype(int)]
        return table

    places = {name: j for j, name in enumerate(problem.X)}
    explainer = NICE(
        lambda codes: problem.classifier.predict_proba(decode(codes)),
        encode(problem.X),
        [places[name] for name in problem.levels],
        [places[name] for name in problem.numbers],
        problem.y,
        optimization=option,
    )

    def answer(person: pd.DataFrame, permitted: dict[str, Any]) -> pd.DataFrame:
        return decode(np.atleast_2d(explainer.explain(encode(person))))

    return answer
