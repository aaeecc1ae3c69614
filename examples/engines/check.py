"""Engines that share people among processes, against one process.

Run it with the engines that are installed (the extra `engines`)::

    python examples/engines/check.py joblib dask ray spark

5,000 people must get equal answers, with their index and dtypes. With `--only-engines`,
nothing is compared, and only wall time and memory are shown::

    python examples/engines/check.py joblib --people 1000000 --only-engines
"""

from __future__ import annotations

import argparse
import importlib
import pickle
import resource
import time
import warnings
from collections.abc import Callable
from functools import partial

import pandas as pd

from skpar import PARRecourse
from skpar.datasets import make_loans


def main() -> None:
    """Answer the people by each engine, and compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("engines", nargs="+")
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--only-engines", action="store_true")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", "No recourse was found", UserWarning)
    X, y = make_loans(1_000, random_state=0)
    par = PARRecourse(max_iter=2, random_state=0, favorable_label=1).fit(X, y)
    print(f"pickled estimator: {len(pickle.dumps(par)) / 1e6:.2f} MB")
    people, _ = make_loans(arguments.people, random_state=1)
    people.index = pd.Index(range(7, 7 + 3 * len(people), 3))
    expected = None
    if not arguments.only_engines:
        expected, said = timed(par.transform, people)
        print(f"one process: {len(people):,} people, {said}")
    for name in arguments.engines:
        answer = partial(importlib.import_module(f"with_{name}").answer, par)
        answers, said = timed(answer, people)
        print(f"{name}: {len(answers):,} people, {said}")
        if expected is not None:
            answers = answers.sort_index()
            pd.testing.assert_frame_equal(answers, expected, check_names=False)
            print(f"{name}: equal answers, index and dtypes")


def timed(
    answer: Callable[[pd.DataFrame], pd.DataFrame], people: pd.DataFrame
) -> tuple[pd.DataFrame, str]:
    """Answer people; say what it took, in wall time and memory."""
    start = time.perf_counter()
    answers = answer(people)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return answers, f"{seconds:.1f} s, peak of this process {peak:.0f} MiB"


if __name__ == "__main__":
    main()
