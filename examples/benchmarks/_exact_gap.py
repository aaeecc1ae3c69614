"""How far answers are from the optimum, where the optimum can be found.

On german_credit with eight named actionable columns, everything else immutable, every
person can reach 50,000 to 200,000 rows. The optimum is found by enumeration: all of
them are bounded from above by what their changes cost, and the densities and the
classifier are asked, the best first, about those only that might still win.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from _internals import ruler_of
from _quality_run import fitted, share_out
from _rival_moves import Ruler
from _rivals import best_of_nearest
from _tables import Split, Table
from _timed import Timed

from skpar import Range
from skpar.actionability import People
from skpar.table._codes import same_cells

EXACT_TABLE = "german_credit"
MAX_PEOPLE = 100
MAX_SEEDS = 5
FREE = (
    "Status of existing checking account",
    "Savings account/bonds",
    "Present employment since",
    "Installment rate in percentage of disposable income",
    "Other debtors / guarantors",
    "Other installment plans",
    "Housing",
)
RULES = {"Duration": Range(6, 48, step=6)}
FEWEST, MOST = 50_000, 200_000
AT_ONCE = 8192


def narrowed(table: Table) -> Table:
    """Let only the named columns change."""
    rules: dict[str, Any] = {
        str(name): "immutable" for name in table.X if name not in FREE
    }
    return replace(table, rules=rules | RULES)


def reachable(ruler: Ruler, own: np.ndarray) -> np.ndarray:
    """All rows (m, d) that one person (d,) can reach, their own included."""
    choices = []
    for j, column in enumerate(ruler.schema.columns):
        proposals = np.arange(column.low, column.high + 1)
        rows = np.repeat(own[None], len(proposals), axis=0)
        rows[:, j] = proposals
        moved = ruler.actionability.project(People.unlimited(own[None]), rows[None])[
            0, :, j
        ]
        choices.append(np.unique(np.append(moved, own[j])))
    sizes = [len(values) for values in choices]
    if not FEWEST <= np.prod(sizes) <= MOST:
        raise ValueError(f"{np.prod(sizes)} rows can be reached")
    index = np.indices(sizes).reshape(len(sizes), -1)
    pairs = zip(choices, index, strict=True)
    return np.column_stack([values[i] for values, i in pairs])


def optimum(ruler: Ruler, own: np.ndarray, floor: float) -> tuple[float, int]:
    """Worth of the best accepted row, if above `floor`, and the size of the set."""
    rows = reachable(ruler, own)
    bound = ruler.upper_bound() - ruler.change_cost(own[None], rows).sum(axis=1)
    bound[same_cells(rows, own[None]).all(axis=1)] = -np.inf
    order, best = np.argsort(-bound, kind="stable"), floor
    for start in range(0, len(rows), AT_ONCE):
        block = order[start : start + AT_ONCE]
        block = block[bound[block] > best]
        if not len(block):
            break
        best = _best_of(ruler, own, rows[block], best)
    return best, len(rows)


def _best_of(ruler: Ruler, own: np.ndarray, rows: np.ndarray, best: float) -> float:
    """Ask about the rows (m, d) of larger objective, until one is accepted."""
    objective = ruler.evaluate(np.broadcast_to(own, rows.shape), rows)
    order = np.argsort(-objective, kind="stable")
    order = order[objective[order] > best]
    start, width = 0, 64
    while start < len(order):
        block = order[start : start + width]
        yes = ruler.black_box.accepted(rows[block])
        if yes.any():
            return float(objective[block[yes.argmax()]])
        start, width = start + width, 2 * width
    return best


def run_exact(
    table: Table, split: Split, classifier: Any, seed: int, max_people: int
) -> dict[str, Any]:
    """Answer the denied people of one split, and find their optima."""
    table = narrowed(table)
    classifier.fit(table.X.iloc[split.classifier], table.y[split.classifier])
    rows, timed = share_out(table, split, classifier, seed), Timed(classifier)
    par, _ = fitted(table, rows, timed, seed)
    ruler = ruler_of(par, par.schema_.encode(rows.pool))
    people = rows.people[:max_people]
    codes, report = par.schema_.encode(people), par.recourse(people)
    default = report.objective
    near = best_of_nearest(ruler, codes)
    nearest = np.where(near.found, ruler.evaluate(codes, near.codes), np.nan)
    known = np.fmax(np.fmax(default, nearest), -np.inf)
    found = [optimum(ruler, *pair) for pair in zip(codes, known, strict=True)]
    return {
        "default": default.tolist(),
        "nearest": nearest.tolist(),
        "optimum": [best for best, _ in found],
        "sizes": [size for _, size in found],
    }
