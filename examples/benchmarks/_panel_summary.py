"""Tables of the panel: the measures of a cell, and how a setting does in all cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from _panel_measures import FAMILIES, MEASURES, rank

N_BOOTSTRAP = 2_000
# With fewer people who have answers of both methods, a column is not compared.
MIN_COMMON = 10


@dataclass(frozen=True)
class Verdict:
    """How one method does in one cell.

    `behind` is the 95% interval of the difference in mean rank to the best method,
    `behind_third` that to the method in third place; `worst` names the columns in
    which the method is significantly the worst.
    """

    where: str
    method: str
    place: int
    n_methods: int
    behind: tuple[float, float]
    behind_third: tuple[float, float]
    worst: list[str]

    @property
    def is_first_or_within(self) -> bool:
        """Check whether it is first, or its interval reaches 0."""
        return self.place == 1 or self.behind[0] <= 0

    @property
    def is_below_third(self) -> bool:
        """Check whether it is significantly below the third place."""
        return self.place > 3 and self.behind_third[0] > 0


def interval(difference: np.ndarray) -> tuple[float, float]:
    """Bootstrap the mean of paired differences (n,): 95% interval."""
    rng = np.random.default_rng(0)
    picks = rng.integers(0, len(difference), (N_BOOTSTRAP, len(difference)))
    low, high = np.quantile(difference[picks].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def show(where: str, values: dict[str, pd.DataFrame]) -> None:
    """Print the mean measures and the ranks of one cell."""
    ranks = rank(values)
    overall = ranks["all"]
    best = overall.mean().idxmin()
    print(f"\n{where}, {len(overall)} people")
    columns = [*MEASURES, *(f"rank: {family}" for family in FAMILIES), "rank", "behind"]
    lines = {}
    for method, measured in values.items():
        low, high = interval((overall[method] - overall[best]).to_numpy())
        lines[method] = [
            *measured.mean().round(3),
            *(round(ranks[family, method].mean(), 2) for family in FAMILIES),
            round(overall[method].mean(), 3),
            f"{low:.2f} to {high:.2f}",
        ]
    table = pd.DataFrame.from_dict(lines, orient="index", columns=columns)
    print(table.sort_values("rank").T.to_string(), flush=True)


def judge(where: str, values: dict[str, pd.DataFrame], method: str) -> Verdict:
    """Compare one method with the others of a cell."""
    overall = rank(values)["all"]
    order = overall.mean().sort_values(kind="stable").index
    own = overall[method]
    return Verdict(
        where,
        method,
        int(order.get_loc(method)) + 1,
        len(order),
        interval((own - overall[order[0]]).to_numpy()),
        interval((own - overall[order[min(2, len(order) - 1)]]).to_numpy()),
        [name for name in MEASURES if _is_worst(values, method, name)],
    )


def _is_worst(values: dict[str, pd.DataFrame], method: str, column: str) -> bool:
    """Check whether a method is significantly worse than every other in a column."""
    sign = -1 if MEASURES[column][1] else 1
    compared = 0
    for other, measured in values.items():
        if other == method:
            continue
        difference = sign * (values[method][column] - measured[column]).dropna()
        if len(difference) < MIN_COMMON:
            continue
        compared += 1
        if interval(difference.to_numpy())[0] <= 0:
            return False
    return compared > 0


def summarize(cells: dict[str, dict[str, pd.DataFrame]], methods: list[str]) -> None:
    """Print mean ranks in all cells, and how some methods do."""
    ranks = {where: rank(values)["all"].mean() for where, values in cells.items()}
    print("\nmean rank")
    print(pd.DataFrame(ranks).T.round(2).to_string(na_rep="", float_format="%.2f"))
    for method in methods:
        verdicts = [judge(where, values, method) for where, values in cells.items()]
        lines = {
            one.where: {
                "place": f"{one.place} of {one.n_methods}",
                "first or within": "yes" if one.is_first_or_within else "no",
                "behind the best": "{:.2f} to {:.2f}".format(*one.behind),
                "below third": "yes" if one.is_below_third else "no",
                "worst in": ", ".join(one.worst) or "-",
            }
            for one in verdicts
        }
        print(f"\n{method}")
        print(pd.DataFrame(lines).T.to_string())
        count = sum(one.is_first_or_within for one in verdicts)
        print(f"first or within the interval: {count} of {len(verdicts)} cells")
        below = sum(one.is_below_third for one in verdicts)
        print(f"significantly below third: {below}")
        worst = sum(bool(one.worst) for one in verdicts)
        print(f"cells with a column in which it is the worst: {worst}", flush=True)
