"""Problems for peers, written into folders, and the answers of peers."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _peer_runtime import ABSENT, FIXED
from _peers import code_of, python_of, run_peer
from _tables import Table

from skpar import Range


@dataclass(frozen=True)
class Answered:
    """What a method gave n people: rows where `found`, why not, costs per person."""

    rows: pd.DataFrame
    found: np.ndarray
    why: list[str]
    seconds: np.ndarray
    own_seconds: np.ndarray
    n_queries: np.ndarray
    fit: float
    versions: dict[str, str]


class _WithoutSeeds(pickle.Pickler):
    """Leave out sources of randomness: older NumPy cannot read them.

    A classifier that needs one to predict fails, or is caught deciding otherwise.
    """

    def reducer_override(self, obj: Any) -> Any:
        """Write None for a source of randomness, and all else as usual."""
        if isinstance(obj, (np.random.RandomState, np.random.Generator)):
            return type(None), ()
        return NotImplemented


@dataclass(frozen=True)
class PeerProblem:
    """Rows, people, rules and classifier that peers get.

    Parameters
    ----------
    table : Table
        Its rules.
    known : DataFrame
        Rows that a peer may use.
    labels : ndarray of shape (n_known,)
        Their labels in {0, 1}.
    people : DataFrame
        Denied people.
    classifier : fitted classifier
    """

    table: Table
    known: pd.DataFrame
    labels: np.ndarray
    people: pd.DataFrame
    classifier: Any

    def ask(
        self,
        method: str,
        folder: Path,
        environments: Path,
        limit: float,
        asked: int,
        advance: Callable[[int], None],
    ) -> Answered:
        """Let the first people ask a peer; go on where a stopped run was.

        Parameters
        ----------
        method : str
            Name of the peer.
        folder : Path
            Folder for the problem and the answers.
        environments : Path
            Folder for the environments of peers.
        limit : float
            CPU seconds per person.
        asked : int
            Number of people who ask.
        advance : callable
            Gets the number of people with an answer.

        Returns
        -------
        answered : Answered
        """
        problem = folder / "problem"
        self._write(problem)
        code = [path.read_bytes() for path in code_of(method)]
        key = hashlib.sha256((problem / "problem.json").read_bytes() + b"".join(code))
        out = folder / f"{method}-{limit:g}-{key.hexdigest()[:12]}"
        out.mkdir(parents=True, exist_ok=True)
        answers, told = out / "answers.jsonl", out / "versions.json"
        if not told.exists() or len(answers.read_text().splitlines()) < asked:
            python = python_of(method, environments)
            run_peer(method, python, problem, out, limit, asked, advance)
        lines = answers.read_text().splitlines()[:asked]
        return self._read(
            [json.loads(line) for line in lines],
            json.loads((out / "setup.json").read_text())["fit"],
            json.loads(told.read_text()),
        )

    def _write(self, folder: Path) -> None:
        """Write what peers may know."""
        folder.mkdir(parents=True, exist_ok=True)
        self.known.to_csv(folder / "known.csv", index=False)
        self.people.to_csv(folder / "people.csv", index=False)
        with (folder / "classifier.pickle").open("wb") as file:
            _WithoutSeeds(file).dump(self.classifier)
        numeric = self.known.select_dtypes("number").columns
        told = {
            "dtypes": self.known.dtypes.astype(str).to_dict(),
            "levels": [name for name in self.known if name not in numeric],
            "labels": self.labels.tolist(),
            "decisions": self.classifier.predict(self.known).tolist(),
            "permitted": [self._permitted(i) for i in range(len(self.people))],
            "tables": [
                hashlib.sha256((folder / name).read_bytes()).hexdigest()
                for name in ("known.csv", "people.csv")
            ],
        }
        (folder / "problem.json").write_text(json.dumps(told))

    def _permitted(self, i: int) -> dict[str, Any]:
        """Write the rules of a person as bounds, levels, or "fixed"."""
        person, known = self.people.iloc[i], self.known
        told: dict[str, Any] = {}
        for name, rule in self.table.rules.items():
            if rule == "immutable":
                told[name] = FIXED
            elif name in self.table.ordinal:
                order = self.table.ordinal[name]
                seen = set(known[name])
                later = order[order.index(person[name]) :]
                told[name] = [level for level in later if level in seen]
            else:
                change = rule if isinstance(rule, Range) else Range(0, None)
                if rule != "increasing" and not change.relative:
                    raise NotImplementedError(f"no way to tell peers of {rule!r}")
                own, high = float(person[name]), float(known[name].max())
                most = np.inf if change.high is None else own + change.high
                told[name] = [own + (change.low or 0), min(most, high)]
                if told[name][0] >= told[name][1]:
                    told[name] = FIXED
            if isinstance(told[name], list) and len(told[name]) < 2:
                told[name] = FIXED
        return told

    def _read(
        self, lines: list[dict[str, Any]], fit: float, versions: dict[str, str]
    ) -> Answered:
        """Gather the lines of a peer."""
        people = self.people[: len(lines)]
        found = np.array([line["row"] is not None for line in lines])
        rows = people.astype(object)
        for i in np.flatnonzero(found):
            cells = pd.Series(lines[i]["row"], dtype=object)[list(people)]
            rows.iloc[i] = cells.where(cells != ABSENT, None)
        costs = [
            np.array([line[name] for line in lines], dtype=float)
            for name in ("seconds", "own seconds", "rows")
        ]
        why = [line["why"] for line in lines]
        return Answered(rows.infer_objects(), found, why, *costs, fit, versions)


def in_own_dtypes(
    schema: Any, people: pd.DataFrame, rows: pd.DataFrame, found: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Restore dtypes; tell the rows (n,) that the table can hold.

    Unknown levels, emptied cells and broken whole numbers make a row impossible.
    """
    possible = np.ones(len(people), dtype=bool)
    for i in np.flatnonzero(found):
        try:
            schema.encode(rows.iloc[[i]])
        except (TypeError, ValueError):
            possible[i] = False
    kept = rows.where(pd.Series(found & possible, index=rows.index), people)
    return kept.astype(people.dtypes), possible
