"""DiCE (Mothilal, Sharma, Tan): diverse counterfactuals, one each, by dice-ml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from _peer_runtime import FIXED, Problem

PACKAGES = ("dice-ml",)
REQUIREMENTS = ("dice-ml==0.12",)
KEEPS_RULES = True
_OUTCOME = "outcome of the benchmark"


def prepare(problem: Problem, option: str) -> Callable[..., pd.DataFrame | None]:
    """Set DiCE up with its defaults; `option` is its method."""
    import dice_ml

    rows = problem.X.assign(**{_OUTCOME: problem.y})
    data = dice_ml.Data(
        dataframe=rows, continuous_features=problem.numbers, outcome_name=_OUTCOME
    )
    model = dice_ml.Model(model=problem.classifier, backend="sklearn")
    explainer = dice_ml.Dice(data, model, method=option)
    seeded = {"random_seed": 0} if option == "random" else {}

    def answer(person: pd.DataFrame, permitted: dict[str, Any]) -> pd.DataFrame | None:
        found = explainer.generate_counterfactuals(
            person,
            total_CFs=1,
            desired_class=1,
            features_to_vary=[n for n in person if permitted.get(n) != FIXED],
            permitted_range={n: v for n, v in permitted.items() if v != FIXED} or None,
            **seeded,
        )
        return found.cf_examples_list[0].final_cfs_df

    return answer
