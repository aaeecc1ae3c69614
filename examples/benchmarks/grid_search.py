"""A grid search over weights: what it costs, and whether every score is a number.

On German credit, a random forest behind one-hot encoding is trained on rows of its own
and frozen; six settings of the weights are compared in three folds of the other rows,
by two workers. CPU seconds are those of this process and of the workers together.

    python examples/benchmarks/grid_search.py --data-dir DIR
"""

from __future__ import annotations

import argparse
import os
import resource
from pathlib import Path

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _tables import CLASSIFIERS, load_table, split_rows
from joblib.externals.loky import get_reusable_executor
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from skpar import PARRecourse
from skpar.metrics import recourse_scorers

BAR = 180.0
GRID = {"weight_effort": [0.5, 1.0, 2.0], "weight_sparsity": [0.1, 0.3]}
N_FOLDS = 3
SHOWN = ("recourse_score", "success", "percentile", "neg_effort", "neg_cpu_seconds")


def search(folder: Path) -> GridSearchCV:
    """Search, refit by ``recourse_score``."""
    table = load_table("german_credit", folder)
    split = split_rows(table.y, 0)
    forest = CLASSIFIERS["RandomForest"](0)
    forest.fit(table.X.iloc[split.classifier], table.y[split.classifier])
    rows = np.concatenate([split.par, split.people])
    return GridSearchCV(
        PARRecourse(FrozenEstimator(forest), actionability=table.rules, random_state=0),
        GRID,
        scoring=recourse_scorers,
        refit="recourse_score",
        cv=StratifiedKFold(N_FOLDS, shuffle=True, random_state=0),
        n_jobs=2,
    ).fit(table.X.iloc[rows], table.y[rows])


def cpu_seconds() -> float:
    """CPU seconds of this process and of the workers, who are sent home first."""
    get_reusable_executor().shutdown(wait=True)
    used = [resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN]
    spent = [resource.getrusage(who) for who in used]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def main() -> None:
    """Search, and compare with the bars."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True)
    found = search(parser.parse_args().data_dir)
    seconds = cpu_seconds()
    results = pd.DataFrame(found.cv_results_)
    shown = [f"param_{name}" for name in GRID]
    shown += [f"mean_test_{name}" for name in SHOWN]
    print(results[shown].to_string())
    scores = results.filter(like="_test_").drop(columns=results.filter(like="rank_"))
    missing = scores.columns[scores.isna().any()].tolist()
    print(f"best: {found.best_params_}")
    print(f"scores that are NaN: {missing or 'none'}")
    verdict = "pass" if seconds <= BAR and not missing else "FAIL"
    print(f"{seconds:.0f} CPU seconds, at most {BAR:.0f} wanted: {verdict}")


if __name__ == "__main__":
    main()
