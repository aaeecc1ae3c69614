"""What runs inside the environment of a peer: it reads a problem, and writes answers.

Nothing here knows skpar, and nothing needs more than pandas and scikit-learn:
the peers need releases of NumPy and pandas that skpar does not run with. A problem is a
folder with ``known.csv``, ``people.csv``, ``problem.json`` and ``classifier.pickle``;
the answers are one line of JSON per person, written at once, so that a run that was
stopped goes on where it was.

    python _peer_runtime.py MODULE OPTION PROBLEM ANSWERS LIMIT MOST
"""

from __future__ import annotations

import importlib
import json
import pickle
import random
import signal
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _timed import Clock, Timed

ABSENT = "(missing)"
FIXED = "fixed"


class TimeUp(BaseException):
    """The CPU time of a person is spent; libraries that catch errors let it pass."""


@dataclass(frozen=True)
class Problem:
    """What a peer may know.

    `X` are known rows (missing levels as a level of their own), `y` their labels in
    {0, 1}; `numbers` and `levels` are names of columns. `classifier` takes such frames.
    """

    X: pd.DataFrame
    y: np.ndarray
    people: pd.DataFrame
    permitted: list[dict[str, Any]]
    numbers: list[str]
    levels: list[str]
    classifier: Any

    @classmethod
    def read(cls, folder: Path) -> Problem:
        """Read the folder; see that the classifier decides here as it did there."""
        told = json.loads((folder / "problem.json").read_text())
        known, people = (
            _read_rows(folder / name, told["levels"])
            for name in ("known.csv", "people.csv")
        )
        dtypes = told["dtypes"]
        classifier = pickle.loads((folder / "classifier.pickle").read_bytes())
        asked = InOwnDtypes(classifier, dtypes, told["levels"])
        if asked.predict(known).tolist() != told["decisions"]:
            raise RuntimeError("The classifier decides otherwise in this environment.")
        numbers = [name for name in known if name not in told["levels"]]
        return cls(
            known,
            np.array(told["labels"]),
            people,
            told["permitted"],
            numbers,
            told["levels"],
            Timed(asked),
        )


class InOwnDtypes:
    """A classifier that is asked about frames of any dtype."""

    def __init__(
        self, classifier: Any, dtypes: dict[str, str], levels: list[str]
    ) -> None:
        self.classifier, self.dtypes, self.levels = classifier, dtypes, levels
        self.classes_ = classifier.classes_

    def predict(self, table: pd.DataFrame) -> np.ndarray:
        """Predict labels (n,)."""
        return np.asarray(self.classifier.predict(self.own(table)))

    def predict_proba(self, table: pd.DataFrame) -> np.ndarray:
        """Predict probabilities (n, 2)."""
        return np.asarray(self.classifier.predict_proba(self.own(table)))

    def own(self, table: pd.DataFrame) -> pd.DataFrame:
        """Write a frame as the classifier knows it; own units stay unrounded."""
        columns = {}
        for name in self.dtypes:
            cells = table[name].to_numpy()
            if name in self.levels:
                cells = cells.astype(object)
                cells[cells == ABSENT] = np.nan
                columns[name] = cells
            else:
                columns[name] = pd.to_numeric(cells)
        return pd.DataFrame(columns, index=table.index)


def _read_rows(path: Path, levels: list[str]) -> pd.DataFrame:
    """Read rows, the missing levels as a level."""
    rows = pd.read_csv(
        path,
        dtype=dict.fromkeys(levels, object),
        keep_default_na=False,
        na_values=[""],
        float_precision="round_trip",
    )
    rows[levels] = rows[levels].fillna(ABSENT)
    return rows


def answer_all(
    problem: Problem,
    prepare: Callable[[Problem, str], Callable[..., pd.DataFrame | None]],
    option: str,
    out: Path,
    limit: float,
    most: int,
) -> None:
    """Answer those of the first `most` people who have no line yet."""
    lines = out / "answers.jsonl"
    done, people = _whole_lines(lines), min(most, len(problem.people))
    if done >= people:
        return
    start = time.process_time()
    answer = prepare(problem, option)
    _write(out / "setup.json", {"fit": time.process_time() - start})
    signal.signal(signal.SIGPROF, _stop)
    with lines.open("a") as file:
        for i in range(done, people):
            random.seed(i)
            np.random.seed(i)
            told = _answer_one(problem, answer, i, limit)
            file.write(json.dumps(told) + "\n")
            file.flush()
            print(f"@answered {i + 1}", file=sys.__stdout__, flush=True)


def _whole_lines(path: Path) -> int:
    """Count the lines of a file; cut off one that was not written to its end."""
    if not path.exists():
        return 0
    whole, _, rest = path.read_text().rpartition("\n")
    if rest:
        path.write_text(f"{whole}\n" if whole else "")
    return len(whole.splitlines())


def _stop(*_: object) -> None:
    """Stop a person's search."""
    raise TimeUp


def _answer_one(problem: Problem, answer: Any, i: int, limit: float) -> dict[str, Any]:
    """Answer one person; say why not where that fails."""
    person, row, why = problem.people.iloc[[i]], None, ""
    with Clock(problem.classifier) as clock:
        signal.setitimer(signal.ITIMER_PROF, limit)
        try:
            found = answer(person.copy(), problem.permitted[i])
            if found is None or not len(found):
                why = "no answer"
            else:
                row = {name: _plain(found[name].iloc[0]) for name in person}
        except TimeUp:
            why = "time out"
        except Exception as error:
            why = f"{type(error).__name__}: {str(error)[:200]}"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    return {
        "row": row,
        "why": why,
        "seconds": clock.total,
        "own seconds": clock.own,
        "rows": clock.rows,
    }


def _plain(value: Any) -> Any:
    """Turn a cell into what JSON holds exactly; a missing one into None."""
    value = value.item() if hasattr(value, "item") else value
    return None if value is None or value != value else value


def _write(path: Path, told: dict[str, Any]) -> None:
    """Write JSON in one go."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(told))
    part.replace(path)


def main() -> None:
    """Answer the people of a problem."""
    module, option, folder, out, limit, most = sys.argv[1:]
    warnings.simplefilter("ignore")
    peer = importlib.import_module(module)
    problem = Problem.read(Path(folder))
    answer_all(problem, peer.prepare, option, Path(out), float(limit), int(most))
    names = ("numpy", "pandas", "scikit-learn", *peer.PACKAGES)
    _write(Path(out) / "versions.json", {name: version(name) for name in names})


if __name__ == "__main__":
    main()
