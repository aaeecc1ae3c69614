"""One split of a cell of the panel: its people, judges and methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _panel_keep import CELL, JUDGES, SKPAR, Keep
from _panel_measures import Panel
from _panel_rivals import Answered, Rivals
from _peer_problem import PeerProblem, in_own_dtypes
from _peers import HERE, TREES_ONLY, PeerError, code_of
from _progress import Progress
from _tables import CLASSIFIERS, Table, split_rows
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from skpar import PARRecourse, TableSchema

JUDGING_SHARE = 3
LIMIT = 10.0  # CPU seconds of a peer per person
PEERS = {
    "NICE sparsity": "nice-sparsity",
    "NICE proximity": "nice-proximity",
    "DiCE random": "dice-random",
    "treecf": "treecf",
}
SIMPLE = {
    "best of 8 nearest": Rivals.best_of_nearest,
    "copy and polish": Rivals.copy_and_polish,
}


@dataclass(frozen=True)
class Place:
    """Which cell, split, half and number of people."""

    table: str
    classifier: str
    half: int
    seed: int
    n_people: int

    def __str__(self) -> str:
        """Name the files of a cell."""
        parts = (self.table, self.classifier, self.half, self.seed, self.n_people)
        return "-".join(map(str, parts))


class Cell:
    """One split of a cell.

    Parameters
    ----------
    table : Table
        Rows, labels and rules.
    place : Place
        Which split, and at most how many people.
    folder : Path
        Folder for all that is kept.
    """

    def __init__(self, table: Table, place: Place, folder: Path) -> None:
        self.table, self.place, self.folder = table, place, folder
        self.keep = Keep(folder / "results")
        split = split_rows(table.y, place.seed)
        self.training = (table.X.iloc[split.classifier], table.y[split.classifier])
        n_judging = len(split.par) // JUDGING_SHARE
        self.judging, self.known = split.par[:n_judging], split.par[n_judging:]
        people = table.X.iloc[split.people]
        people = people[self.clf.predict(people) != 1]
        schema = TableSchema.infer(self.X, ordinal_features=table.ordinal or None)
        # A level that no method knows is nobody's fault.
        people = people[~schema.read(people).unreadable]
        self.people = people[place.half :: 2][: place.n_people]

    @property
    def X(self) -> pd.DataFrame:
        """Rows that methods may use."""
        return self.table.X.iloc[self.known]

    @cached_property
    def clf(self) -> Any:
        """The classifier that is explained."""
        kind, seed = self.place.classifier, self.place.seed
        return self.keep(
            f"classifier-{self.place.table}-{kind}-{seed}",
            CELL,
            lambda: CLASSIFIERS[kind](seed).fit(*self.training),
        )

    @cached_property
    def panel(self) -> Panel:
        """The judges."""
        rows, labels = self.table.X.iloc[self.judging], self.table.y[self.judging]
        panel: Panel = self.keep(
            f"judges-{self.place.table}-{self.place.classifier}-{self.place.seed}",
            JUDGES,
            lambda: Panel(self.X, rows, labels, self.training, self.clf),
        )
        return panel

    @cached_property
    def rivals(self) -> Rivals:
        """Rivals; a fitted estimator reads tables and rules for them."""
        return Rivals(self.fitted({}), self.X, self.clf)

    def fitted(self, setting: dict[str, Any]) -> PARRecourse:
        """Fit skpar."""
        return PARRecourse(
            actionability=self.table.rules,
            ordinal_features=self.table.ordinal,
            random_state=0,
            **setting,
        ).fit(self.X, clf=self.clf)

    def values(
        self, settings: dict[str, dict[str, Any]], with_peers: bool
    ) -> dict[str, pd.DataFrame]:
        """Measure all methods, skpar with these settings.

        Parameters
        ----------
        settings : dict of str to dict
            Parameters of skpar by the name of the setting.
        with_peers : bool
            Whether other packages are measured too.

        Returns
        -------
        values : dict of str to DataFrame
            Measures of each method, one row per person.
        """
        values = {}
        for name, setting in settings.items():
            make = partial(self._of_skpar, setting)
            values[f"skpar {name}"] = self._measured(
                "skpar", SKPAR, make, repr(sorted(setting.items()))
            )
        for name, answer in SIMPLE.items():
            files = (*CELL, HERE / "_panel_rivals.py")
            make = partial(lambda one: one(self.rivals, self.people), answer)
            values[name] = self._measured(name, files, make)
        for name, peer in PEERS.items() if with_peers else ():
            if peer in TREES_ONLY and not self._has_trees():
                continue
            files = (
                *CELL,
                HERE / "_panel_rivals.py",
                HERE / "_peer_problem.py",
                *code_of(peer),
            )
            try:
                make = partial(self._of_peer, peer)
                values[name] = self._measured(name, files, make)
            except PeerError as error:
                print(error, flush=True)
        return values

    def _measured(
        self,
        name: str,
        files: tuple[Path, ...],
        answer: Callable[[], Answered],
        *settings: str,
    ) -> pd.DataFrame:
        """Measure the answers of a method, both kept."""

        def measure() -> pd.DataFrame:
            rows, found = self.keep(
                f"answers-{self.place}-{name}", files, answer, *settings
            )
            return self.panel(self.people, rows, found)

        values: pd.DataFrame = self.keep(
            f"values-{self.place}-{name}", (*files, *JUDGES), measure, *settings
        )
        return values

    def _has_trees(self) -> bool:
        """Check whether the classifier is an ensemble of trees."""
        return isinstance(
            self.clf[-1], (RandomForestClassifier, HistGradientBoostingClassifier)
        )

    def _of_skpar(self, setting: dict[str, Any]) -> Answered:
        """Answer with one setting of skpar."""
        par = self.fitted(setting)
        report = par.recourse(self.people)
        return report.counterfactuals, report.answered

    def _of_peer(self, peer: str) -> Answered:
        """Answer with a peer, and move its answers onto the rules."""
        n = len(self.people)
        progress = Progress(f"{self.place} {peer}", n)
        answered = PeerProblem(
            self.table, self.X, self.table.y[self.known], self.people, self.clf
        ).ask(
            peer,
            self.folder / "answers" / str(self.place),
            self.folder / "environments",
            LIMIT,
            n,
            progress.advance,
        )
        progress.close()
        rows, possible = in_own_dtypes(
            self.rivals.schema, self.people, answered.rows, answered.found
        )
        found = np.asarray(answered.found & possible)
        return self.rivals.on_the_rules(self.people, (rows, found))
