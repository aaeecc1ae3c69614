"""Engines that share people among processes, against one process.

Run it with the engines that are installed (the extra `engines`)::

    python examples/engines/check.py joblib dask ray spark

5,000 people must get equal answers, with their index and dtypes.
"""

from __future__ import annotations

import argparse
import importlib
import pickle
import time
import warnings

import pandas as pd

from skpar import PARRecourse
from skpar.datasets import make_loans


def main() -> None:
    """Answer the people by each engine, and compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("engines", nargs="+")
    parser.add_argument("--people", type=int, default=5_000)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", "No recourse was found", UserWarning)
    X, y = make_loans(1_000, random_state=0)
    par = PARRecourse(max_iter=2, random_state=0, favorable_label=1).fit(X, y)
    print(f"pickled estimator: {len(pickle.dumps(par)) / 1e6:.2f} MB")
    people, _ = make_loans(arguments.people, random_state=1)
    people.index = pd.Index(range(7, 7 + 3 * len(people), 3))
    start = time.perf_counter()
    expected = par.transform(people)
    seconds = time.perf_counter() - start
    print(f"one process: {len(people):,} people, {seconds:.1f} s")
    for name in arguments.engines:
        start = time.perf_counter()
        answers = importlib.import_module(f"with_{name}").answer(par, people)
        seconds = time.perf_counter() - start
        pd.testing.assert_frame_equal(answers.sort_index(), expected, check_names=False)
        print(f"{name}: equal answers, index and dtypes, {seconds:.1f} s")


if __name__ == "__main__":
    main()
