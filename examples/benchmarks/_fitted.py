"""A fitted estimator, its classifier and denied people, to be timed.

Only public names of skpar are used, so that other checkouts can be measured too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from _tables import CLASSIFIERS, Table, split_rows
from _timed import Clock, Timed

from skpar import PARRecourse

REPEATS = 3


@dataclass(frozen=True)
class Fitted:
    """An estimator, what it took to fit it, and denied people."""

    par: PARRecourse
    timed: Timed
    seconds: float
    people: pd.DataFrame

    def per_row(self, n_rows: int, repeats: int = REPEATS) -> tuple[float, ...]:
        """CPU milliseconds per row, own and in all, and rows asked per person."""
        clocks, people = [], self.people[:n_rows]
        for _ in range(repeats):
            with Clock(self.timed) as clock:
                self.par.transform(people)
            clocks.append((clock.own, clock.total, clock.rows))
        own, total, rows = np.median(clocks, axis=0) / len(people)
        return 1000 * own, 1000 * total, rows


def fit_table(table: Table, kind: str) -> Fitted:
    """Fit on the first split; the people are those of its test rows."""
    split = split_rows(table.y, 0)
    classifier = CLASSIFIERS[kind](0)
    classifier.fit(table.X.iloc[split.classifier], table.y[split.classifier])
    timed = Timed(classifier)
    par = PARRecourse(
        actionability=table.rules, ordinal_features=table.ordinal, random_state=0
    )
    start = time.process_time()
    par.fit(table.X.iloc[split.par], table.y[split.par], timed)
    seconds = time.process_time() - start
    people = table.X.iloc[split.people]
    return Fitted(par, timed, seconds, people[classifier.predict(people) != 1])
