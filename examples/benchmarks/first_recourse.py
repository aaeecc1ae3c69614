"""First recourse on real tables: validity, rules, coverage, cost.

Every line is one table and one classifier; below each line of skpar stands the
trivial rival: the best valid one of the 8 nearest accepted people, after projection
onto the rules. The rows of a table are split three ways (classifier, PAR, people);
all denied people ask, at most 300; where a split has fewer than 150, the splits of
five seeds are pooled.

Times are CPU seconds on one thread, those of the classifier included.

    python examples/benchmarks/first_recourse.py --data-dir DIR
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from pathlib import Path
from typing import Any

# One thread, before anything starts more: on a shared machine the waiting of several
# would be counted as CPU time.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from _tables import CLASSIFIERS, THRESHOLDED, Split, Table, load_table, split_rows
from _violations import rule_violations, schema_violations

from skpar import PARRecourse
from skpar.actionability import People
from skpar.objective._effort import gower
from skpar.table._codes import n_changed

TABLES = ("adult", "german_credit", "compas", "give_me_some_credit")
MAX_PEOPLE = 300
ENOUGH_PEOPLE = 150
SEEDS = 5
HEADER = (
    f"{'table':<20}{'classifier':<22}{'method':<7}{'n':>5}{'cover':>7}{'valid':>7}"
    f"{'rules':>6}{'schema':>7}{'chang':>6}{'effort':>7}{'gower':>7}{'pctl':>6}"
    f"{'fit s':>7}{'ms/row':>7}{'rows':>6}{'object':>8}"
)


def nearest_accepted(
    par: PARRecourse, codes: np.ndarray, pool: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Answer by the best valid one of the 8 nearest accepted rows, projected."""
    parts, box = par._parts, par._black_box
    answers, found = codes.copy(), np.zeros(len(codes), dtype=bool)
    for i, own in enumerate(codes):
        owns = np.repeat(own[None], len(pool), axis=0)
        near = np.argsort(gower(par.schema_, owns, pool), kind="stable")[:8]
        candidates = par._actionability.project(
            People.unlimited(own[None]), pool[None, near]
        )[0]
        owns = np.repeat(own[None], len(candidates), axis=0)
        value = parts.objective.evaluate(owns, candidates)
        value[~box.accepted(candidates)] = -np.inf
        if value.max() > -np.inf:
            answers[i], found[i] = candidates[value.argmax()], True
    return answers, found


def figures(
    par: PARRecourse,
    table: Table,
    factuals: pd.DataFrame,
    answers: pd.DataFrame,
    found: np.ndarray,
    training: pd.DataFrame,
) -> dict[str, Any]:
    """Measure the answers of one method for one split; arrays are per answer."""
    old, new = factuals[found], answers[found]
    codes, codes_new = par.schema_.encode(factuals), par.schema_.encode(answers)
    codes, codes_new = codes[found], codes_new[found]
    plausibility = par._parts.objective.plausibility
    log_density = plausibility.log_densities(codes_new)[0]
    valid = np.isin(par.estimator_.predict(new), par.favorable_label_)
    return {
        "n": len(found),
        "found": int(found.sum()),
        "valid": valid,
        "rules": rule_violations(old, new, table.rules, table.ordinal),
        "schema": schema_violations(old, new, training),
        "changed": n_changed(codes, codes_new),
        "effort": par._parts.objective.effort.per_feature(codes, codes_new).sum(-1),
        "gower": gower(par.schema_, codes, codes_new),
        "percentile": plausibility.percentile(log_density),
        "objective": par._parts.objective.evaluate(codes, codes_new),
    }


def run_split(
    table: Table, split: Split, classifier: Any, seed: int
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Fit on one split and answer its denied people, if any, by both methods."""
    X, y = table.X, table.y
    classifier.fit(X.iloc[split.classifier], y[split.classifier])
    training = X.iloc[split.par]
    par = PARRecourse(
        actionability=table.rules, ordinal_features=table.ordinal, random_state=seed
    )
    start = time.process_time()
    par.fit(training, y[split.par], classifier)
    fit_seconds = time.process_time() - start
    people = X.iloc[split.people]
    people = people[classifier.predict(people) != 1][:MAX_PEOPLE]
    if not len(people):
        return None
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="No recourse was found")
        answers = par.transform(people)
    seconds = time.process_time() - start
    report = par.recourse(people)
    pd.testing.assert_frame_equal(answers, report.counterfactuals)
    ours = figures(par, table, people, answers, report.answered, training)
    ours |= {"fit": fit_seconds, "seconds": seconds}
    ours["rows"] = report.n_queries
    codes = par.schema_.encode(training)
    pool = codes[par._black_box.accepted(codes)]
    own = par.schema_.encode(people)
    near, found = nearest_accepted(par, own, pool)
    near_table = par.schema_.write(people, own, near)
    rival = figures(par, table, people, near_table, found, training)
    rival |= {"fit": 0.0, "seconds": np.nan, "rows": np.full(len(own), 8)}
    return ours, rival


def line(table: str, classifier: str, method: str, runs: list[dict[str, Any]]) -> str:
    """Pool the runs of all seeds in one line."""

    def pooled(key: str) -> np.ndarray:
        return np.concatenate([run[key] for run in runs])

    n, found = (sum(run[key] for run in runs) for key in ("n", "found"))
    rules, schema = (sum(run[key] for run in runs) for key in ("rules", "schema"))
    seconds = sum(run["seconds"] for run in runs)
    fit = np.mean([run["fit"] for run in runs])
    return (
        f"{table:<20}{classifier:<22}{method:<7}{n:>5}{found / n:>7.3f}"
        f"{pooled('valid').mean():>7.3f}{rules:>6}{schema:>7}"
        f"{pooled('changed').mean():>6.2f}{pooled('effort').mean():>7.3f}"
        f"{pooled('gower').mean():>7.3f}{np.median(pooled('percentile')):>6.2f}"
        f"{fit:>7.1f}{1000 * seconds / n:>7.2f}{pooled('rows').mean():>6.1f}"
        f"{pooled('objective').mean():>8.3f}"
    )


def run_pair(name: str, table: Table, kind: str, make: Any) -> list[str]:
    """Run one table with one classifier; return both lines."""
    ours, rivals = [], []
    for seed in range(SEEDS):
        split = split_rows(table.y, seed)
        run = run_split(table, split, make(seed), seed)
        if run is not None:
            ours.append(run[0])
            rivals.append(run[1])
        if seed == 0 and run is not None and run[0]["n"] >= ENOUGH_PEOPLE:
            break
    return [line(name, kind, "skpar", ours), line(name, kind, "8 near", rivals)]


def main() -> None:
    """Run all pairs, or those asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--tables", nargs="+", default=TABLES, choices=TABLES)
    parser.add_argument("--classifiers", nargs="+", default=list(CLASSIFIERS))
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message=".*probability.*", category=FutureWarning)
    print(HEADER, flush=True)
    for name in options.tables:
        table = load_table(name, options.data_dir)
        kinds = {kind: CLASSIFIERS[kind] for kind in options.classifiers}
        if name == "german_credit":
            kinds |= THRESHOLDED
        for kind, make in kinds.items():
            for text in run_pair(name, table, kind, make):
                print(text, flush=True)


if __name__ == "__main__":
    main()
