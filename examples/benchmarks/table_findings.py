"""What check_table finds in the four public tables, and what fit warns of.

Every finding is a line: table, column, what is found and why it matters. A person has
to judge them. Then the warnings of a short fit on 600 rows, with the rules of all
benchmarks.

    python examples/benchmarks/table_findings.py --data-dir DIR
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

from _tables import Table, load_table

from skpar import PARRecourse, check_table

TABLES = ("adult", "german_credit", "compas", "give_me_some_credit")
FITTED_ROWS = 600


def warnings_of_fit(table: Table) -> list[str]:
    """Fit some of the rows, and collect the warnings."""
    X = table.X.sample(FITTED_ROWS, random_state=0)
    y = table.y[X.index]
    par = PARRecourse(
        actionability=table.rules,
        ordinal_features=table.ordinal,
        max_iter=1,
        random_state=0,
    )
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        par.fit(X, y)
    return [str(warning.message) for warning in seen]


def main() -> None:
    """Print all findings and warnings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    folder = parser.parse_args().data_dir
    for name in TABLES:
        table = load_table(name, folder)
        findings = check_table(table.X, table.y, actionability=table.rules)
        for row in findings.itertuples():
            print(f"{name}: {row.column}: {row.finding}. {row.why}")
        warned = warnings_of_fit(table)
        print(f"{name}: {len(warned)} warnings of fit", *warned, sep="\n    ")


if __name__ == "__main__":
    main()
