"""Look for broken promises in random cases: ``python -m tests.fuzz --cases 100``."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial

# Threads cost more than they save on small tables. Read when numpy and torch load.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

from ._running import Outcome, run_seed  # noqa: E402
from ._session import Violation  # noqa: E402


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "--first-seed", type=int, default=0, help="seed of the first case"
    )
    parser.add_argument("--cases", type=int, default=100, help="number of cases")
    parser.add_argument("--jobs", type=int, default=1, help="number of processes")
    parser.add_argument(
        "--without-checks",
        action="store_true",
        help="switch the engine's own checks off: violations must then be found",
    )
    parser.add_argument(
        "--skip", action="append", default=[], metavar="KIND", help="kind to leave out"
    )
    parser.add_argument("--show", action="store_true", help="show what was drawn")
    return parser.parse_args()


def outcomes(arguments: argparse.Namespace) -> Iterator[Outcome]:
    """Run all cases, in order."""
    first = arguments.first_seed
    seeds = range(first, first + arguments.cases)
    run = partial(run_seed, has_checks=not arguments.without_checks)
    if arguments.jobs == 1:
        yield from map(run, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(arguments.jobs) as pool:
        yield from pool.imap(run, seeds)


def show(outcome: Outcome, left: list[Violation], switch: str) -> None:
    """Print the first violation of a case, and the command that repeats it."""
    first = left[0]
    more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
    print(
        f"seed {outcome.seed} ({outcome.title}): {first.kind}: "
        f"{' '.join(first.text.split())}{more}. Repeat: python -m tests.fuzz "
        f"--first-seed {outcome.seed} --cases 1 --show{switch}"
    )


def main() -> int:
    """Print the violations of every case, and a summary; 1 if there are any."""
    arguments = read_arguments()
    start, switch = time.time(), " --without-checks" * arguments.without_checks
    kinds: Counter[str] = Counter()
    n_denied = n_found = n_broken = 0
    seconds = 0.0
    for outcome in outcomes(arguments):
        left = [v for v in outcome.violations if v.kind not in arguments.skip]
        n_denied, n_found = n_denied + outcome.n_denied, n_found + outcome.n_found
        seconds += outcome.seconds
        kinds.update({violation.kind for violation in left})
        n_broken += bool(left)
        if left:
            show(outcome, left, switch)
        if arguments.show:
            print(outcome.description)
            print("\n".join(f"  ! {v.kind}: {v.text}" for v in left[1:]))
        sys.stdout.flush()
    for kind, count in kinds.most_common():
        print(f"  {kind}: {count} cases")
    print(
        f"{arguments.cases} fitted cases, {n_denied} denied people, {n_found} "
        f"answered: {n_broken} cases with violations ({seconds:.0f} s CPU, "
        f"{time.time() - start:.0f} s)"
    )
    return 1 if n_broken else 0


if __name__ == "__main__":
    sys.exit(main())
