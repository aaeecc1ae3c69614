"""treecf (Wlazło): counterfactuals of tree ensembles, by treecf.

It reads the trees of a forest or of boosting, so it works on the columns that the
pipeline hands to them: numbers, and one column per level.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from _peer_runtime import ABSENT, FIXED, Problem

PACKAGES = ("treecf",)
REQUIREMENTS = ("treecf==0.3.2", "pandas>=2")
KEEPS_RULES = True
# A forest accepts above one half, boosting above log-odds of 0.
_MARGIN = 1e-9
_THRESHOLDS = {"RandomForestClassifier": 0.5, "HistGradientBoostingClassifier": 0.0}


class _Columns:
    """Columns of the trees: numbers first, then levels one-hot."""

    def __init__(self, problem: Problem, coding: Any) -> None:
        (_, _, numbers), (_, encoder, names) = coding.transformers_[:2]
        self.numbers = {name: f"f{j}" for j, name in enumerate(numbers)}
        whole = problem.X[list(numbers)].apply(lambda cells: (cells % 1 == 0).all())
        self.whole = [name for name in numbers if whole[name]]
        self.policy = {self.numbers[name]: "integer" for name in self.whole}
        self.levels: dict[str, dict[str, str]] = {}
        at = len(self.numbers)
        # Without such columns, the encoder is not fitted.
        categories = encoder.categories_ if len(names) else []
        for name, levels in zip(names, categories, strict=True):
            keys = [ABSENT if level != level else level for level in levels]
            self.levels[name] = {key: f"f{at + j}" for j, key in enumerate(keys)}
            at += len(keys)

    def constraints(self, person: pd.Series, permitted: dict[str, Any]) -> list[Any]:
        """Write the rules of a person."""
        from treecf import Freeze, OneHot, Range

        told: list[Any] = []
        for name, column in self.numbers.items():
            rule = permitted.get(name)
            if rule == FIXED:
                told.append(Freeze(column))
            elif rule is not None:
                told.append(Range(column, *map(float, rule)))
        for name, columns in self.levels.items():
            rule = permitted.get(name, [key for key in columns if key != ABSENT])
            if rule == FIXED or len(columns) < 2:
                told += [Freeze(column) for column in columns.values()]
                continue
            told.append(OneHot(tuple(columns.values())))
            kept = {*rule, person[name]}
            told += [
                Range(c, 0.0, 0.0) for key, c in columns.items() if key not in kept
            ]
        return told

    def answer(self, person: pd.DataFrame, changes: dict[str, Any]) -> pd.DataFrame:
        """Make the changes of a counterfactual."""
        row = person.astype(object)
        for name, column in self.numbers.items():
            if column in changes:
                row[name] = changes[column][1]
        for name, columns in self.levels.items():
            for key, column in columns.items():
                if column in changes and changes[column][1] == 1.0:
                    row[name] = key
        return row

    def rounded(
        self, person: pd.DataFrame, row: pd.DataFrame, classifier: Any
    ) -> pd.DataFrame:
        """Round what treecf could not: up or down, as the classifier accepts it.

        Between two thresholds there may be no whole number. Then treecf keeps the
        fraction. Away from the person's value comes first.
        """
        own, new = (table[self.whole].to_numpy(np.float64) for table in (person, row))
        if (new % 1 == 0).all():
            return row
        tried = row.copy()
        for is_up in (new > own, new < own):
            tried[self.whole] = np.where(is_up, np.ceil(new), np.floor(new))
            if classifier.predict(tried)[0] == 1:
                break
        return tried


def prepare(problem: Problem, option: str) -> Callable[..., pd.DataFrame | None]:
    """Set treecf up with its defaults; `option` is its backend."""
    from treecf import Counterfactual, Explainer, Target

    asked = problem.classifier.classifier
    coding, trees = asked.classifier[:-1], asked.classifier[-1]
    columns = _Columns(problem, coding[0])
    background = np.asarray(coding.transform(asked.own(problem.X)), dtype=np.float64)
    every = Explainer(trees, background=background)
    target = Target.raw(op=">=", value=_THRESHOLDS[type(trees).__name__] + _MARGIN)

    def answer(person: pd.DataFrame, permitted: dict[str, Any]) -> pd.DataFrame | None:
        explainer = Explainer(
            every.ir,
            background=background,
            normalizers=every.sigma,
            constraints=columns.constraints(person.iloc[0], permitted),
            value_policy=columns.policy,
        )
        x = np.asarray(coding.transform(asked.own(person)), dtype=np.float64)[0]
        found = explainer.explain(x, target, backend=option, seed=0)
        if not isinstance(found, Counterfactual):
            return None
        row = columns.answer(person, found.changes)
        return columns.rounded(person, row, problem.classifier)

    return answer
