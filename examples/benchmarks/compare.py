"""skpar and its peers, on the same people.

Rows of a table are split three ways (classifier, methods, people), as by
``recourse_quality.py``: of the methods' rows, the denied ones and one half of the
accepted ones are known to all methods, the other half judges. The first denied people
of a split ask; where it has too few, those of more splits are pooled. All methods get
the same rows, rules and classifier, and CPU time is counted alike; a failure, a time
out and an answer that the table cannot hold count against success.

Peers are no dependencies: each runs in an environment of its own that this command
makes with pip, and reads and writes files (`_peers.py` tells how to add one). A peer
that cannot keep rules is compared with the settings of skpar that have none.

Every answer is written down at once: a command that was stopped goes on where it was,
and does nothing twice unless the code that it depends on has changed.

The tables go between two marks of a page, the figures of all methods into
``compare_methods.csv`` beside it.

    python examples/benchmarks/compare.py --data-dir DIR \
        --page examples/benchmarks/compare.md
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

from _code_state import fingerprint
from _compare_report import Line, write_csv, write_markdown, write_rounded_csv
from _compare_run import METHODS, Arena
from _compare_settings import parameters_of
from _peers import PEERS, SLOW, PeerError
from _progress import Progress
from _tables import CLASSIFIERS

TABLES = ("adult", "compas", "german_credit")
ALL_TABLES = (*TABLES, "give_me_some_credit")
CODE = (
    "_compare_run.py",
    "_internals.py",
    "_judge.py",
    "_peer*.py",
    "_quality_run.py",
    "_rival*.py",
    "_tables.py",
    "_timed.py",
    "_violations.py",
)
FIRST_MARK = "<!-- written by compare.py -->"
LAST_MARK = "<!-- end of what compare.py wrote -->"


class Comparison:
    """Run what is asked for, once, and keep it.

    Parameters
    ----------
    options : Namespace
        Of the command line.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.code = fingerprint(*CODE)
        self.failures: dict[str, str] = {}
        self.versions: dict[str, dict[str, str]] = {}
        self.arenas: dict[tuple[Any, ...], Arena] = {}
        (options.out / "judged").mkdir(parents=True, exist_ok=True)

    def lines(self) -> list[Line]:
        """Run every method on every table with every classifier."""
        lines = []
        for table, kind in self._cells():
            for method in self.options.methods:
                runs = self._runs(table, kind, method)
                lines += [Line.of(table, kind, method, runs)] if runs else []
            self.arenas.clear()
        return lines

    def ask_peers(self) -> None:
        """Let all peers answer, the quick ones first: their answers are kept."""
        for slow in (False, True):
            for table, kind in self._cells():
                for method in self.options.methods:
                    if method in PEERS and (method in SLOW) == slow:
                        self._runs(table, kind, method, judged=False)
                self.arenas.clear()

    def _cells(self) -> list[tuple[str, str]]:
        """Pair tables and classifiers."""
        return list(itertools.product(self.options.tables, self.options.classifiers))

    def _runs(
        self, table: str, kind: str, method: str, judged: bool = True
    ) -> list[dict[str, Any]]:
        """Run a method on as many splits as it takes to have people enough."""
        n = self.options.n
        wanted = min(n, self.options.n_slow) if method in SLOW else n
        runs, done = [], 0
        first = self.options.first_seed
        for seed in range(first, first + self.options.seeds):
            place = (table, kind, seed, n - done)
            try:
                run = self._once(place, wanted - done, method, judged)
            except PeerError as error:
                self.failures[f"{method}, {table} / {kind}"] = str(error)
                print(error, file=sys.stderr, flush=True)
                return []
            runs += [run] if run["n"] else []
            self.versions |= {method: run["versions"]} if run.get("versions") else {}
            done += run["n"]
            if done >= wanted:
                break
        return runs

    def _once(
        self, place: tuple[str, str, int, int], most: int, method: str, judged: bool
    ) -> dict[str, Any]:
        """Read what was done by the same code, or do it and write it down."""
        stem = "-".join(map(str, place))
        name = f"{stem}-{method}-{most}-{self.options.limit:g}.json"
        path = self.options.out / "judged" / name
        code = f"{self.code} {json.dumps(parameters_of(method))}"
        if path.exists():
            known: dict[str, Any] = json.loads(path.read_text())
            if known["code"] == code:
                return known
        if self.options.done:
            raise PeerError("not run yet")
        if place not in self.arenas:
            self.arenas[place] = Arena(self.options, *place)
        arena = self.arenas[place]
        asked = min(arena.n, most)
        done = {"n": asked, "code": code}
        if not asked:
            return done
        progress = Progress(f"{stem} {method}", asked)
        if not judged:
            arena.ask_peer(method, asked, progress.advance)
            return done
        done |= arena.measure(method, asked, progress.advance)
        progress.close()
        part = path.with_suffix(".part")
        part.write_text(json.dumps(done))
        part.replace(path)
        return done


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--tables", nargs="+", choices=ALL_TABLES, default=TABLES)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument(
        "--classifiers",
        nargs="+",
        choices=list(CLASSIFIERS),
        default=list(CLASSIFIERS),
    )
    parser.add_argument("--n", type=int, default=200, help="people; default 200")
    parser.add_argument(
        "--n-slow", type=int, default=24, help="the first of them, who ask slow peers"
    )
    parser.add_argument("--seeds", type=int, default=2, help="splits at most")
    parser.add_argument(
        "--first-seed", type=int, default=0, help="the settings were chosen on 0 and 1"
    )
    parser.add_argument(
        "--limit", type=float, default=10.0, help="CPU seconds of a peer per person"
    )
    parser.add_argument(
        "--done", action="store_true", help="run nothing, write what was done"
    )
    parser.add_argument("--page", type=Path, help="a page with the two marks")
    parser.add_argument("--out", type=Path, default=Path("build/compare"))
    return parser.parse_args()


def _command(options: argparse.Namespace) -> str:
    """Write the command line that makes the same page."""
    told = [
        *("--tables", *options.tables, "--classifiers", *options.classifiers),
        *("--n", options.n, "--n-slow", options.n_slow, "--seeds", options.seeds),
        *("--limit", f"{options.limit:g}"),
    ]
    told += ["--first-seed", options.first_seed] if options.first_seed else []
    told += ["--done"] if options.done else []
    if tuple(options.methods) != METHODS:
        told += ["--methods", *options.methods]
    return " ".join(["compare.py --data-dir DIR", *map(str, told)])


def _put_into(page: Path, text: str) -> None:
    """Put the text between the two marks of a page."""
    before, mark, rest = page.read_text().partition(FIRST_MARK)
    _, last_mark, after = rest.partition(LAST_MARK)
    if not mark or not last_mark:
        raise SystemExit(f"{page} has no {FIRST_MARK} and {LAST_MARK} to write between")
    page.write_text(f"{before}{mark}\n\n{text}\n{last_mark}{after}")


def main() -> None:
    """Run, then write and print the tables."""
    options = _options()
    warnings.filterwarnings("ignore", message=".*agree with y.*", category=UserWarning)
    comparison = Comparison(options)
    if not options.done:
        comparison.ask_peers()
    lines = comparison.lines()
    if not lines:
        raise SystemExit("Nothing was measured.")
    write_csv(lines, options.out / "compare.csv")
    page = write_markdown(
        lines, comparison.failures, comparison.versions, _command(options)
    )
    (options.out / "compare.md").write_text(page)
    if options.page:
        _put_into(options.page, page)
        write_rounded_csv(lines, options.page.with_name("compare_methods.csv"))
    print(page)


if __name__ == "__main__":
    main()
