"""Check answers against rules and tables without any code of skpar."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from skpar import Range


def rule_violations(
    factuals: pd.DataFrame,
    answers: pd.DataFrame,
    rules: dict[str, Any],
    ordinal: dict[str, list[str]],
) -> int:
    """Count the cells that break a rule of the benchmark tables."""
    count = 0
    for name, rule in rules.items():
        old, new = factuals[name], answers[name]
        changed = ~((old == new) | (old.isna() & new.isna()))
        if rule == "immutable":
            count += int(changed.sum())
            continue
        if name in ordinal:
            rank = {level: i for i, level in enumerate(ordinal[name])}
            old, new = old.map(rank).astype(float), new.map(rank).astype(float)
        difference = (new - old)[changed].to_numpy(float)
        if rule == "increasing":
            count += int((~(difference > 0)).sum())
        elif isinstance(rule, Range) and rule.relative:
            inside = (difference >= rule.low) & (difference <= rule.high)
            count += int((~inside).sum())
        else:
            raise NotImplementedError(f"no check of {rule!r}")
    return count


def schema_violations(
    factuals: pd.DataFrame, answers: pd.DataFrame, training: pd.DataFrame
) -> int:
    """Count frames and cells that no row of the training table could show."""
    if not answers.index.equals(factuals.index):
        return len(factuals)
    if list(answers.columns) != list(factuals.columns):
        return len(factuals)
    count = int((answers.dtypes != factuals.dtypes).sum())
    for name in training:
        new, seen = answers[name], training[name]
        own = (new == factuals[name]) | (new.isna() & factuals[name].isna())
        if pd.api.types.is_numeric_dtype(seen):
            legal = new.between(seen.min(), seen.max())
            if np.all(seen.dropna() % 1 == 0):
                legal &= new % 1 == 0
        else:
            legal = new.isin(seen.dropna().unique())
        count += int((~(legal | own)).sum())
    return count
