"""Whether one-hot tables and columns that state the same twice give possible people.

Tables are one-hot encoded by `pandas.get_dummies` in four ways, and passed as they are,
without any link. An answer is impossible if a column of the raw table has two levels
on, or no level on although it has no missing cells. *emptied* counts answers in which a
column with missing cells loses its level. adult with both education columns has torn
pairs if `education-num` is not that of `education`. The share of people with an answer
is compared with that of the raw table, with the same rules: features that are immutable
stay so.

    python examples/benchmarks/impossible_people.py --data-dir DIR
"""

from __future__ import annotations

import argparse
import os
import warnings
from pathlib import Path

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _tables import CLASSIFIERS, load_table, split_rows
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpar import PARRecourse

KINDS = ("bool", "int", "drop_first", "standardised")
NAMES = ("LogisticRegression", "HistGradientBoosting")
N_PEOPLE = 500
MAX_SPLITS = 10
MAX_ROWS = 4_000
EPOCHS = 5


def encode(X: pd.DataFrame, kind: str) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """One-hot encode a table; also return the columns of each raw column."""
    levels = X.select_dtypes(exclude="number").columns.tolist()
    table = pd.get_dummies(X, columns=levels, drop_first=kind == "drop_first")
    groups = {
        name: [c for c in table if str(c).startswith(f"{name}_")] for name in levels
    }
    dummies = [column for columns in groups.values() for column in columns]
    if kind != "bool":
        table[dummies] = table[dummies].astype(int)
    if kind == "standardised":
        table[dummies] = (table[dummies] - table[dummies].mean()) / table[dummies].std()
    return table, groups


def count_impossible(
    people: pd.DataFrame,
    after: pd.DataFrame,
    groups: dict[str, list[str]],
    least: dict[str, int],
    highest: pd.Series,
) -> tuple[int, int]:
    """Count rows with too many or too few columns on, and rows that lose a level."""
    impossible, emptied = np.zeros((2, len(after)), dtype=bool)
    for name, columns in groups.items():
        own, n_on = (
            (rows[columns].astype(float) == highest[columns]).sum(axis=1).to_numpy()
            for rows in (people, after)
        )
        impossible |= (n_on > 1) | (n_on < least[name])
        emptied |= (own == 1) & (n_on == 0)
    return int(impossible.sum()), int(emptied.sum())


def model_of(name: str, seed: int, is_encoded: bool) -> object:
    """Make a classifier; an encoded table has numbers only."""
    pipeline = CLASSIFIERS[name](seed)
    if not is_encoded:
        return pipeline
    return make_pipeline(StandardScaler(), clone(pipeline[-1]))


def immutable(rules: dict, groups: dict[str, list[str]]) -> dict[str, str]:
    """Features that are immutable, by the columns of an encoded table."""
    fixed = [name for name, rule in rules.items() if rule == "immutable"]
    names = [column for name in fixed for column in groups.get(name, [name])]
    return dict.fromkeys(names, "immutable")


def measure(name: str, folder: Path, classifier: str, kind: str) -> str:
    """Answer denied people of one table; pool splits if they are few."""
    table = load_table(name, folder)
    X, groups = table.X, {}
    if kind != "raw":
        X, groups = encode(table.X, kind)
    rules = immutable(table.rules, groups)
    least = {
        group: int(kind != "drop_first" and not table.X[group].isna().any())
        for group in groups
    }
    highest = X[[c for columns in groups.values() for c in columns]].max().astype(float)
    n_people = n_found = n_impossible = n_emptied = n_groups = n_splits = 0
    while n_people < N_PEOPLE and n_splits < MAX_SPLITS:
        split = split_rows(table.y, n_splits)
        clf = model_of(classifier, n_splits, kind != "raw")
        clf.fit(X.iloc[split.classifier], table.y[split.classifier])
        rows = split.par[:MAX_ROWS]
        par = PARRecourse(actionability=rules, max_iter=EPOCHS, random_state=n_splits)
        par.fit(X.iloc[rows], table.y[rows], clf)
        people = X.iloc[split.people]
        people = people[clf.predict(people) != 1][: N_PEOPLE - n_people]
        report = par.recourse(people)
        answers = report.counterfactuals
        counts = count_impossible(people, answers, groups, least, highest)
        n_impossible, n_emptied = n_impossible + counts[0], n_emptied + counts[1]
        n_people, n_found = n_people + len(people), n_found + report.answered.sum()
        n_groups, n_splits = len(par.relations_), n_splits + 1
    counted = (n_people, n_splits, n_groups, n_impossible, n_emptied)
    cells = [name, classifier, kind, *counted]
    return "| " + " | ".join([*map(str, cells), f"{n_found / n_people:.3f}"]) + " |"


def measure_torn(folder: Path, classifier: str) -> str:
    """Answer denied people of adult with both education columns."""
    table = load_table("adult", folder)
    years = pd.read_csv(folder / "adult.csv")
    years = dict(zip(years["education"], years["education-num"], strict=True))
    X = table.X.assign(**{"education-num": table.X["education"].map(years)})
    split = split_rows(table.y, 0)
    clf = CLASSIFIERS[classifier](0)
    clf.fit(X.iloc[split.classifier], table.y[split.classifier])
    rows = split.par[:MAX_ROWS]
    par = PARRecourse(max_iter=EPOCHS, random_state=0).fit(X.iloc[rows], clf=clf)
    people = X.iloc[split.people]
    people = people[clf.predict(people) != 1][:N_PEOPLE]
    report = par.recourse(people)
    new = report.counterfactuals
    torn = int((new["education"].map(years) != new["education-num"]).sum())
    moved = int((new["education"] != people["education"]).sum())
    cells = ["adult, both education columns", classifier, len(people), moved, torn]
    return f"| {' | '.join(map(str, cells))} | {report.answered.mean():.3f} |"


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--tables", nargs="+", default=["german_credit", "adult"])
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    print(
        "| table | classifier | kind | people | splits | relations | impossible "
        "| emptied | found |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in options.tables:
        for classifier in NAMES:
            for kind in ("raw", *KINDS):
                print(measure(name, options.data_dir, classifier, kind), flush=True)
    if "adult" in options.tables:
        print("\n| table | classifier | people | education moves | torn | found |")
        print("| --- | --- | --- | --- | --- | --- |")
        for classifier in NAMES:
            print(measure_torn(options.data_dir, classifier), flush=True)


if __name__ == "__main__":
    main()
