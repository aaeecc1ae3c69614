"""Relations between columns: false claims, missed relations, time, public tables.

- false claims: tables of 40 independent columns, a third of them bootstrapped;
- missed relations: tables of 303 columns, with one relation of each kind;
- CPU seconds on 303 columns, on one thread;
- with --data-dir, what is claimed on the public tables, as they are and one-hot
  encoded.

    python examples/benchmarks/relations.py --data-dir DIR
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path

# Read when numpy is loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _relation_tables import PLANTED, independent_table, planted_table
from _tables import load_table

from skpar.datasets import make_loans
from skpar.relations import (
    RelationConfig,
    find_determined,
    find_groups,
    find_unknown,
    group_columns,
)
from skpar.table import TableSchema

CONFIG = RelationConfig()
SIZES = (200, 500, 2000, 20_000)
# Number of tables per size, for false claims and for missed relations.
N_INDEPENDENT = (400, 400, 200, 20)
N_PLANTED = (20, 40, 20, 4)
WIDE = 303
TABLES = ("compas", "give_me_some_credit", "german_credit", "adult")


@dataclass(frozen=True)
class Claims:
    """What was found in a table.

    Groups are sets of names. Determined columns have texts and sets of names: the
    column and its sources. So have relations of an unknown formula.
    """

    groups: list[set[str]]
    members: dict[str, set[str]]
    texts: list[str]
    unknown: list[set[str]]
    seconds: float


def find_relations(table: pd.DataFrame) -> Claims:
    """Find all relations, and measure the CPU seconds."""
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    start = time.process_time()
    groups = find_groups(schema, codes, CONFIG)
    features = group_columns(schema, groups, codes)
    if groups:
        codes = features.compress(codes)
    determined = find_determined(features, codes, CONFIG)
    known = [one.column for one in determined]
    unknown = find_unknown(features, codes, CONFIG, known)
    seconds = time.process_time() - start
    names = [str(name) for name in features.names]
    return Claims(
        groups=[{str(schema.names[j]) for j in group.members} for group in groups],
        members={
            names[one.column]: {names[j] for j in (one.column, *one.sources)}
            for one in determined
        },
        texts=[one.describe(names) for one in determined],
        unknown=[{names[j] for j in (y, *pair)} for y, pair in unknown],
        seconds=seconds,
    )


def print_false_claims() -> None:
    """Count claims on independent columns."""
    print("| rows | tables | tables with a claim |\n| --- | --- | --- |")
    for n, n_tables in zip(SIZES, N_INDEPENDENT, strict=True):
        n_false = 0
        for seed in range(n_tables):
            rng = np.random.default_rng([n, seed])
            table = independent_table(n, 40, rng)
            if seed % 3 == 0:
                table = table.iloc[rng.integers(n, size=n)]
            claims = find_relations(table)
            if claims.groups or claims.texts or claims.unknown:
                n_false += 1
                print(f"{n} rows, table {seed}: {claims}")
        print(f"| {n:,} | {n_tables} | {n_false} |", flush=True)


def missed_kinds(claims: Claims, n: int) -> tuple[set[str], list[str]]:
    """Name the planted kinds that were not found, and list what else was claimed."""
    missed, children = set(), set()
    for kind, plant in PLANTED.items():
        names = set(plant(n, np.random.default_rng(0)))
        child = next((name for name in names if "child" in name), None)
        if kind == "equal flags" and child not in claims.members:
            child = "q flag"  # The first of equal columns is the source.
        children.add(child)
        claimed = [*claims.groups, *claims.unknown]
        if names not in (claimed if child is None else [claims.members.get(child)]):
            missed.add(kind)
    others = claims.members.keys() - children
    texts = [text for text in claims.texts if text.split(" = ")[0] in others]
    texts += [f"unknown: {names}" for names in claims.unknown if "u rate" not in names]
    return missed, texts


def print_missed() -> None:
    """Count missed relations, and the CPU seconds."""
    rows: dict[str, list[str]] = {kind: [] for kind in PLANTED}
    seconds, others = [], []
    for n, n_tables in zip(SIZES, N_PLANTED, strict=True):
        counts, spent = dict.fromkeys(PLANTED, 0), []
        for seed in range(n_tables):
            table = planted_table(n, WIDE, np.random.default_rng([n, seed]))
            claims = find_relations(table)
            spent.append(claims.seconds)
            missed, beside = missed_kinds(claims, n)
            for kind in missed:
                counts[kind] += 1
            others += [f"{n} rows, table {seed}: {text}" for text in beside]
        seconds.append(np.max(spent))
        for kind in PLANTED:
            rows[kind].append(f"{counts[kind]} of {n_tables}")
    print("| missed | " + " | ".join(f"{n:,} rows" for n in SIZES) + " |")
    print("| --- |" + " --- |" * len(SIZES))
    for kind, cells in rows.items():
        print(f"| {kind} | {' | '.join(cells)} |")
    print(f"| CPU seconds, slowest | {' | '.join(f'{s:.1f}' for s in seconds)} |")
    print("\n".join(others), flush=True)


def one_hot(table: pd.DataFrame, drop_first: bool, dtype: str) -> pd.DataFrame:
    """One-hot encode a table; "standardised" also scales all columns."""
    coded = pd.get_dummies(
        table, drop_first=drop_first, dtype=bool if dtype == "bool" else int
    )
    return (coded - coded.mean()) / coded.std() if dtype == "standardised" else coded


def print_public_tables(folder: Path) -> None:
    """Print what is claimed on public tables."""
    tables = {name: load_table(name, folder).X for name in TABLES}
    tables["make_loans"] = make_loans(5000, random_state=0)[0]
    tables["adult, all columns of the file"] = pd.read_csv(folder / "adult.csv")
    for name, table in tables.items():
        claims = find_relations(table)
        print(
            f"{name}: {claims.groups or 'no group'}, {claims.texts or 'nothing'}, "
            f"{claims.unknown or 'nothing unknown'}"
        )
    for name in ("german_credit", "adult"):
        for drop_first in (False, True):
            for dtype in ("bool", "int", "standardised"):
                table = tables[name]
                coded = one_hot(table, drop_first, dtype)
                claims = find_relations(coded)
                made = [
                    {column for column in coded if column.startswith(f"{feature}_")}
                    for feature in table
                ]
                made = [columns for columns in made if len(columns) > 1]
                n_right = sum(columns in claims.groups for columns in made)
                print(
                    f"{name}, {dtype}, drop_first={drop_first}: {n_right} of "
                    f"{len(made)} groups, {len(claims.groups) - n_right} others, "
                    f"{claims.texts or 'nothing'} determined, "
                    f"{claims.unknown or 'nothing'} unknown, {claims.seconds:.2f} s"
                )


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path)
    options = parser.parse_args()
    if options.data_dir is not None:
        print_public_tables(options.data_dir)
    print_missed()
    print_false_claims()


if __name__ == "__main__":
    main()
