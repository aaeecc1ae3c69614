"""One arena of the comparison: a table, a classifier, a split, and its people."""

from __future__ import annotations

import hashlib
import json
import pickle
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _compare_settings import FREE, SETTINGS, parameters_of
from _internals import ruler_of
from _judge import Judge
from _peer_runtime import ABSENT, FIXED
from _peers import PEERS, code_of, keeps_rules, python_of, run_peer
from _quality_run import fitted, share_out
from _rival_moves import Ruler
from _rivals import Answers, long_search
from _tables import CLASSIFIERS, load_table, split_rows
from _timed import Clock, Timed

import skpar
from skpar import PARRecourse, Range
from skpar.objective._effort import gower
from skpar.table._codes import n_changed

LONG = "long-search"
FEW_NEAREST, MOST_NEAREST = 8, 1024


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


def nearest_accepted(ruler: Ruler, own: np.ndarray) -> Answers:
    """Move the nearest accepted people onto the rules; take the first accepted."""
    pool, project = ruler.pool, ruler.actionability.project
    answers, found = own.copy(), np.zeros(len(own), dtype=bool)
    for i in range(len(own)):
        order = np.argsort(gower(ruler.schema, own[i], pool), kind="stable")
        start, size = 0, FEW_NEAREST
        while not found[i] and start < min(MOST_NEAREST, len(pool)):
            near = project(own[[i]], pool[order[start : start + size]][None])[0]
            yes = ruler.black_box.accepted(near)
            if yes.any():
                answers[i], found[i] = near[yes.argmax()], True
            start, size = start + size, 2 * size
    return Answers(answers, found, np.zeros(len(own), dtype=np.int64))


SEARCHES: dict[str, Callable[[Ruler, np.ndarray], Answers]] = {
    "neighbors": nearest_accepted,
    LONG: long_search,
}
METHODS = (*SETTINGS, *(name + FREE for name in SETTINGS), *SEARCHES, *PEERS)


class _WithoutSeeds(pickle.Pickler):
    """Leave out sources of randomness: older NumPy cannot read them.

    A classifier that needs one to predict fails, or is caught deciding otherwise.
    """

    def reducer_override(self, obj: Any) -> Any:
        """Write None for a source of randomness, and all else as usual."""
        if isinstance(obj, (np.random.RandomState, np.random.Generator)):
            return type(None), ()
        return NotImplemented


class Arena:
    """The same split, classifier, people and rules for all methods.

    Parameters
    ----------
    options : Namespace
        Of the command line.
    name, kind : str
        Table and classifier.
    seed : int
        Of the split.
    n : int
        Denied people who ask, at most.
    """

    def __init__(self, options: Any, name: str, kind: str, seed: int, n: int) -> None:
        self.options, self.seed = options, seed
        self.stem = f"{name}-{kind}-{seed}-{n}"
        self.folder = options.out / "answers" / self.stem
        self.table = load_table(name, options.data_dir)
        split = split_rows(self.table.y, seed)
        self.classifier = CLASSIFIERS[kind](seed).fit(
            self.table.X.iloc[split.classifier], self.table.y[split.classifier]
        )
        rows = share_out(self.table, split, self.classifier, seed)
        self.rows = replace(rows, people=rows.people[:n])
        self.n = len(self.rows.people)
        self.timed = Timed(self.classifier)

    @cached_property
    def default(self) -> tuple[PARRecourse, float]:
        """The default setting, whose densities measure everybody."""
        return fitted(self.table, self.rows, self.timed, self.seed)

    @cached_property
    def ruler(self) -> Ruler:
        """Objective, effort and densities of the default setting."""
        par = self.default[0]
        return ruler_of(par, par.schema_.encode(self.rows.pool))

    @cached_property
    def judge(self) -> Judge:
        """The judge of all methods."""
        rows = self.rows
        return Judge(self.table, rows.known, rows.judging, self.classifier, self.ruler)

    def measure(
        self, method: str, asked: int, advance: Callable[[int], None]
    ) -> dict[str, Any]:
        """Let a method answer, and judge it; NaN where there is no accepted answer.

        Peers are asked by the first `asked` people; all others by everybody.
        """
        people = self.rows.people
        if method in PEERS:
            people = people[:asked]
            answered = self.ask_peer(method, asked, advance)
        elif method in SEARCHES:
            answered = self._search(SEARCHES[method])
        else:
            answered = self._setting(method)
        advance(len(people))
        rows, possible = self._in_own_dtypes(people, answered.rows, answered.found)
        found = answered.found & possible
        return {
            "n": len(people),
            **self.judge(people, rows, found),
            "impossible": int((answered.found & ~possible).sum()),
            "time outs": answered.why.count("time out"),
            "why": answered.why,
            "seconds": answered.seconds.tolist(),
            "own seconds": answered.own_seconds.tolist(),
            "rows": answered.n_queries.tolist(),
            "fit": answered.fit,
            "versions": answered.versions,
        }

    def _in_own_dtypes(
        self, people: pd.DataFrame, rows: pd.DataFrame, found: np.ndarray
    ) -> tuple[pd.DataFrame, np.ndarray]:
        """Restore dtypes; tell the rows (n,) that the table can hold.

        Unknown levels, emptied cells and broken whole numbers make a row impossible.
        """
        schema = self.default[0].schema_
        possible = np.ones(len(people), dtype=bool)
        for i in np.flatnonzero(found):
            try:
                schema.encode(rows.iloc[[i]])
            except (TypeError, ValueError):
                possible[i] = False
        kept = rows.where(pd.Series(found & possible, index=rows.index), people)
        return kept.astype(people.dtypes), possible

    def _setting(self, method: str) -> Answered:
        """Ask skpar, by one of its settings."""
        table = self.table
        if method.endswith(FREE):
            table = replace(table, rules={})
        parameters = parameters_of(method)
        if table is self.table and not parameters:
            par, fit = self.default
        else:
            par, fit = fitted(table, self.rows, self.timed, self.seed, **parameters)
        people = self.rows.people
        with Clock(self.timed) as clock, warnings.catch_warnings():
            # It warns of people without recourse; they are counted below.
            warnings.simplefilter("ignore", UserWarning)
            rows = par.transform(people)
        own, new = par.schema_.encode(people), par.schema_.encode(rows)
        found = n_changed(own, new) > 0
        versions = {"skpar": skpar.__version__}
        return self._together(rows, found, clock, fit, versions)

    def _search(self, search: Callable[[Ruler, np.ndarray], Answers]) -> Answered:
        """Ask a method that works on codes."""
        schema = self.ruler.schema
        own = schema.encode(self.rows.people)
        with Clock(self.timed) as clock:
            answers = search(self.ruler, own)
        rows = schema.write(self.rows.people, own, answers.codes)
        return self._together(rows, answers.found, clock, 0.0, {})

    def _together(
        self,
        rows: pd.DataFrame,
        found: np.ndarray,
        clock: Clock,
        fit: float,
        versions: dict[str, str],
    ) -> Answered:
        """Share evenly the cost of answers that were found together."""
        each = np.full(self.n, 1.0 / self.n)
        why = ["" if yes else "no answer" for yes in found]
        costs = (each * clock.total, each * clock.own, each * clock.rows)
        return Answered(rows, found, why, *costs, fit, versions)

    def ask_peer(
        self, method: str, asked: int, advance: Callable[[int], None]
    ) -> Answered:
        """Let the first people ask a peer; go on where a stopped run was."""
        problem = self.folder / "problem"
        self._write_problem(problem)
        code = [path.read_bytes() for path in code_of(method)]
        key = hashlib.sha256((problem / "problem.json").read_bytes() + b"".join(code))
        out = self.folder / f"{method}-{self.options.limit:g}-{key.hexdigest()[:12]}"
        out.mkdir(parents=True, exist_ok=True)
        answers, told = out / "answers.jsonl", out / "versions.json"
        if not told.exists() or len(answers.read_text().splitlines()) < asked:
            python = python_of(method, self.options.out / "environments")
            limit = self.options.limit
            run_peer(method, python, problem, out, limit, asked, advance)
        lines = answers.read_text().splitlines()[:asked]
        return self._read(
            [json.loads(line) for line in lines],
            json.loads((out / "setup.json").read_text())["fit"],
            json.loads(told.read_text()),
        )

    def _write_problem(self, folder: Path) -> None:
        """Write what peers may know."""
        folder.mkdir(parents=True, exist_ok=True)
        rows = self.rows
        rows.known.to_csv(folder / "known.csv", index=False)
        rows.people.to_csv(folder / "people.csv", index=False)
        with (folder / "classifier.pickle").open("wb") as file:
            _WithoutSeeds(file).dump(self.classifier)
        numeric = rows.known.select_dtypes("number").columns
        told = {
            "dtypes": rows.known.dtypes.astype(str).to_dict(),
            "levels": [name for name in rows.known if name not in numeric],
            "labels": rows.labels.tolist(),
            "decisions": self.classifier.predict(rows.known).tolist(),
            "permitted": [self._permitted(i) for i in range(self.n)],
            "tables": [
                hashlib.sha256((folder / name).read_bytes()).hexdigest()
                for name in ("known.csv", "people.csv")
            ],
        }
        (folder / "problem.json").write_text(json.dumps(told))

    def _permitted(self, i: int) -> dict[str, Any]:
        """Write the rules of a person as bounds, levels, or "fixed"."""
        person, known = self.rows.people.iloc[i], self.rows.known
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
        people = self.rows.people[: len(lines)]
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


def has_rules(method: str) -> bool:
    """Tell whether a method is told the rules."""
    return keeps_rules(method) if method in PEERS else not method.endswith(FREE)
