"""Which models skpar was run with, and how it did: the table of the page *Models*.

Every model is trained on 800 invented loans, PARRecourse is fitted on 800 others, and
up to 100 people of a third table who are denied get recourse. Without any code of
skpar, each answer is checked by the model's own ``predict``, by the rules, and by the
values of the training table. The other libraries are installed with

    pip install lightgbm xgboost catboost imbalanced-learn skorch skrub

and the table is printed as markdown by

    python examples/benchmarks/models.py [--only WORD]
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
import warnings
from typing import Any

# One thread, before anything starts more: on a shared machine the waiting of several
# would be counted as CPU time.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from _models import Model, all_models, version_of
from _timed import Clock, Timed
from _violations import rule_violations, schema_violations

from skpar import PARRecourse, Range
from skpar.classifier import certifying_judge
from skpar.datasets import make_loans

N_ROWS = 800
MAX_PEOPLE = 100
EDUCATION = ["primary", "secondary", "bachelor", "master"]
RULES = {
    "age": "immutable",
    "missed_payments": "immutable",
    "education": "increasing",
    "savings": "increasing",
    "loan_months": Range(-24, 24, relative=True),
}
COLUMNS = (
    "library",
    "model",
    "fit s",
    "recourse",
    "wrong",
    "read as",
    "calls",
    "rows",
    "ms",
)


READ_AS = {"LinearJudge": "sum", "TreeJudge": "trees", "NoneType": ""}


def measure(model: Model, X: pd.DataFrame, y: np.ndarray) -> dict[str, Any]:
    """Fit a model and PARRecourse, answer people, check the answers."""
    if model.native:
        words = X.select_dtypes("str").columns
        X = X.astype(dict.fromkeys(words, "category"))
    known, people = X[N_ROWS : 2 * N_ROWS], X[2 * N_ROWS :]
    clf = model.make()
    clf.fit(X[:N_ROWS], y[:N_ROWS])
    par = PARRecourse(
        actionability=RULES, ordinal_features={"education": EDUCATION}, random_state=0
    )
    start = time.process_time()
    par.fit(known, clf=clf)
    seconds = time.process_time() - start
    denied = np.ravel(clf.predict(people)) != 1
    people = people[denied][:MAX_PEOPLE]
    box = par._black_box
    read = certifying_judge(box, par.schema_.encode(people[:16]), n_values=2)
    box.classifier = Timed(clf)
    with Clock(box.classifier) as clock:
        report = par.recourse(people)
    old, new = people[report.answered], report.counterfactuals[report.answered]
    return {
        "fit s": f"{seconds:.1f}",
        "recourse": f"{len(new)}/{len(people)}",
        "wrong": violations(clf, old, new, known),
        "read as": READ_AS[type(read).__name__],
        "calls": f"{clock.calls}",
        "rows": f"{clock.rows / len(people):.1f}",
        "ms": f"{1000 * clock.total / len(people):.1f}",
    }


def violations(
    clf: Any, old: pd.DataFrame, new: pd.DataFrame, known: pd.DataFrame
) -> int:
    """Count answers that are denied, and cells that break a rule or the table."""
    if not len(new):
        return 0
    count = int((np.ravel(clf.predict(new)) != 1).sum())
    count += rule_violations(old, new, RULES, {"education": EDUCATION})
    return count + schema_violations(old, new, known)


def tried(model: Model, X: pd.DataFrame, y: np.ndarray) -> dict[str, Any]:
    """Measure a model; an error is part of the table, warnings are printed."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            figures = measure(model, X, y)
        except Exception as error:
            figures = {"fit s": f"{type(error).__name__}: {str(error)[:200]}"}
    for text in sorted({str(warning.message) for warning in caught}):
        print(f"{model.name}: {text[:300]}", file=sys.stderr)
    return figures


def main() -> None:
    """Print one line for each model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="models whose line has this word")
    word = parser.parse_args().only
    X, y = make_loans(3 * N_ROWS, random_state=0)
    libraries = set()
    print("| " + " | ".join(COLUMNS) + " |\n|" + " --- |" * len(COLUMNS), flush=True)
    for model in all_models():
        name = model.name + (", own categories" if model.native else "")
        line = {"library": model.library, "model": f"`{name}`"}
        if word in f"{model.library} {name}":
            libraries.add(model.library)
            line |= tried(model, X, y)
            cells = [str(line.get(column, "")) for column in COLUMNS]
            print("| " + " | ".join(cells) + " |", flush=True)
    libraries |= {"numpy", "pandas", "torch"}
    names = [f"{name} {version_of(name)}" for name in sorted(libraries)]
    print(f"\nPython {platform.python_version()}, {', '.join(names)}")


if __name__ == "__main__":
    main()
