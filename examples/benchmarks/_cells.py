"""Cells of the benchmarks: a table, a classifier, a fitted PARRecourse, its people."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from _tables import CLASSIFIERS, Table, load_table, split_rows

from skpar import PARRecourse

TABLES = ("german_credit", "compas", "give_me_some_credit", "adult")
MAX_SPLITS = 5


@dataclass(frozen=True)
class Cell:
    """Denied people of one split, and what was fitted on its other rows."""

    par: PARRecourse
    clf: Any
    known: pd.DataFrame
    people: pd.DataFrame


def fit_cell(
    table: Table, name: str, seed: int, n_people: int, **parameters: Any
) -> Cell:
    """Fit a classifier and PARRecourse on a split; take its first denied people."""
    split = split_rows(table.y, seed)
    clf = CLASSIFIERS[name](seed)
    clf.fit(table.X.iloc[split.classifier], table.y[split.classifier])
    people = table.X.iloc[split.people]
    people = people[clf.predict(people) != 1][:n_people]
    par = PARRecourse(
        actionability=table.rules,
        ordinal_features=table.ordinal or None,
        random_state=0,
        **parameters,
    )
    known = table.X.iloc[split.par]
    return Cell(par.fit(known, clf=clf), clf, known, people)


def fit_cells(
    table: Table, name: str, n_people: int, **parameters: Any
) -> Iterator[Cell]:
    """Fit on one split after the other, until there are enough people."""
    left = n_people
    for seed in range(MAX_SPLITS):
        if left:
            cell = fit_cell(table, name, seed, left, **parameters)
            left -= len(cell.people)
            yield cell


def parse_cells(
    description: str | None, names: tuple[str, ...], n_people: int
) -> tuple[argparse.Namespace, Iterator[tuple[str, Table, str]]]:
    """Read options; give the options, and each table with each classifier."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--tables", nargs="+", default=TABLES, choices=TABLES)
    parser.add_argument("--classifiers", nargs="+", default=names, choices=CLASSIFIERS)
    parser.add_argument("--people", type=int, default=n_people)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")

    def cells() -> Iterator[tuple[str, Table, str]]:
        for name in options.tables:
            table = load_table(name, options.data_dir)
            for classifier in options.classifiers:
                yield name, table, classifier

    return options, cells()
