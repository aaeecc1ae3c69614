"""One arena of the comparison: a table, a classifier, a split, and its people."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from _compare_settings import FREE, SETTINGS, parameters_of
from _internals import ruler_of
from _judge import Judge
from _peer_problem import Answered, PeerProblem, in_own_dtypes
from _peers import PEERS, TREES_ONLY, keeps_rules
from _quality_run import fitted, share_out
from _rival_moves import Ruler
from _rivals import Answers, long_search
from _tables import CLASSIFIERS, load_table, split_rows
from _timed import Clock, Timed

import skpar
from skpar import PARRecourse
from skpar.actionability import People
from skpar.objective._effort import gower
from skpar.table._codes import n_changed

LONG = "long-search"
FEW_NEAREST, MOST_NEAREST = 8, 1024


def nearest_accepted(ruler: Ruler, own: np.ndarray) -> Answers:
    """Move the nearest accepted people onto the rules; take the first accepted."""
    pool, project = ruler.pool, ruler.actionability.project
    answers, found = own.copy(), np.zeros(len(own), dtype=bool)
    for i in range(len(own)):
        order = np.argsort(gower(ruler.schema, own[i], pool), kind="stable")
        start, size = 0, FEW_NEAREST
        while not found[i] and start < min(MOST_NEAREST, len(pool)):
            people = People.unlimited(own[[i]])
            near = project(people, pool[order[start : start + size]][None])[0]
            yes = ruler.black_box.accepted(near)
            if yes.any():
                answers[i], found[i] = near[yes.argmax()], True
            start, size = start + size, 2 * size
    return Answers(answers, found, np.zeros(len(own), dtype=np.int64))


SEARCHES: dict[str, Callable[[Ruler, np.ndarray], Answers]] = {
    "neighbors": nearest_accepted,
    LONG: long_search,
}
# The comparison has one list of peers for all classifiers.
METHODS = (
    *SETTINGS,
    *(name + FREE for name in SETTINGS),
    *SEARCHES,
    *(name for name in PEERS if name not in TREES_ONLY),
)


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
        schema = self.default[0].schema_
        rows, possible = in_own_dtypes(schema, people, answered.rows, answered.found)
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
        rows, out = self.rows, self.options.out
        problem = PeerProblem(
            self.table, rows.known, rows.labels, rows.people, self.classifier
        )
        return problem.ask(
            method,
            self.folder,
            out / "environments",
            self.options.limit,
            asked,
            advance,
        )


def has_rules(method: str) -> bool:
    """Tell whether a method is told the rules."""
    return keeps_rules(method) if method in PEERS else not method.endswith(FREE)
