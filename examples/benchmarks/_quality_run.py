"""One run of the benchmark of quality: one table, one classifier, one split."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from _internals import ABLATIONS, NoSwitch, one_pass, ruler_of
from _judge import Judge
from _rival_moves import Ruler
from _rivals import Answers, best_of_nearest, long_search, polished_nearest
from _tables import Split, Table
from _timed import Clock, Timed

from skpar import PARRecourse

MAX_PEOPLE = 500
BEST_OF_8 = "8 nearest"
POLISHED = "8 nearest, polished"
LONG = "long search"
ONE_PASS = "one pass"
DEFAULT = "transform"


@dataclass(frozen=True)
class Rows:
    """Who serves for what in one run.

    `known` are rows of PAR: all denied people and one half of the accepted ones; the
    other half judges. `people` are denied.
    """

    known: pd.DataFrame
    labels: np.ndarray
    pool: pd.DataFrame
    judging: pd.DataFrame
    people: pd.DataFrame


def share_out(table: Table, split: Split, classifier: Any, seed: int) -> Rows:
    """Let every row serve one end: fitting or judging."""
    X, y = table.X.iloc[split.par], table.y[split.par]
    accepted = classifier.predict(X) == 1
    half = np.random.RandomState(seed).rand(len(X)) < 0.5
    known = ~accepted | half
    people = table.X.iloc[split.people]
    denied = classifier.predict(people) != 1
    return Rows(
        X[known], y[known], X[accepted & half], X[~half], people[denied][:MAX_PEOPLE]
    )


def run_split(
    table: Table, split: Split, classifier: Any, seed: int, with_ablations: bool
) -> dict[str, Any]:
    """Fit on one split, answer its denied people by every method, and measure."""
    classifier.fit(table.X.iloc[split.classifier], table.y[split.classifier])
    rows, timed = share_out(table, split, classifier, seed), Timed(classifier)
    if not len(rows.people):
        return {"n": 0, "methods": {}, "ablations": {}, "missing": {}}
    par, fit = fitted(table, rows, timed, seed)
    ruler = ruler_of(par, par.schema_.encode(rows.pool))
    judge = Judge(table, rows.known, rows.judging, classifier, ruler)
    codes = par.schema_.encode(rows.people)
    methods = {DEFAULT: {**ask(par, timed, rows, judge), "fit": fit}}
    rivals: dict[str, Callable[[Ruler, np.ndarray], Answers]] = {
        BEST_OF_8: best_of_nearest,
        POLISHED: polished_nearest,
        LONG: long_search,
        ONE_PASS: lambda ruler, codes: one_pass(par, ruler, codes),
    }
    for name, answer in rivals.items():
        with Clock(timed) as clock:
            answers = answer(ruler, codes)
        table_of_answers = par.schema_.write(rows.people, codes, answers.codes)
        figures = judge(rows.people, table_of_answers, answers.found)
        methods[name] = figures | costs(clock, answers.rows)
    done: dict[str, Any] = {"n": len(codes), "methods": methods}
    if with_ablations:
        done |= ablate(table, rows, timed, judge, seed)
    return done


def fitted(
    table: Table, rows: Rows, timed: Timed, seed: int, **parameters: Any
) -> tuple[PARRecourse, float]:
    """Fit with the defaults but for some parameters; return CPU seconds too."""
    par = PARRecourse(
        actionability=table.rules,
        ordinal_features=table.ordinal,
        random_state=seed,
        **parameters,
    )
    start = time.process_time()
    par.fit(rows.known, rows.labels, timed)
    return par, time.process_time() - start


def ask(par: PARRecourse, timed: Timed, rows: Rows, judge: Judge) -> dict[str, Any]:
    """Measure the answers of an estimator."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="No recourse was found")
        with Clock(timed) as clock:
            answers = par.transform(rows.people)
    report = par.recourse(rows.people)
    pd.testing.assert_frame_equal(answers, report.counterfactuals)
    figures = judge(rows.people, answers, report.answered)
    return figures | costs(clock, report.n_queries)


def costs(clock: Clock, rows: np.ndarray) -> dict[str, Any]:
    """Write down what the answers took; `asked` counts checks outside the search."""
    return {
        "rows": rows.tolist(),
        "asked": clock.rows,
        "seconds": clock.total,
        "own seconds": clock.own,
    }


def ablate(
    table: Table, rows: Rows, timed: Timed, judge: Judge, seed: int
) -> dict[str, Any]:
    """Fit and ask without one part at a time; the ruler stays that of the defaults."""
    measured, missing = {}, {}
    for name, ablation in ABLATIONS.items():
        switch = ablation.switch() if ablation.switch else nullcontext()
        try:
            with switch:
                par, fit = fitted(table, rows, timed, seed, **ablation.parameters)
                measured[name] = {**ask(par, timed, rows, judge), "fit": fit}
        except NoSwitch as error:
            missing[name] = str(error)
    return {"ablations": measured, "missing": missing}
