"""The only place where the benchmark of quality reaches into skpar.

Ablations switch parts of skpar off while an estimator is fitted and asked. Where skpar
has no such switch (yet), entering the context raises `NoSwitch` and the ablation is
left out of the table, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any
from unittest.mock import patch

import numpy as np
from _rival_moves import Ruler, distinct_rows
from _rivals import Answers

from skpar import PARRecourse
from skpar._config import BeamSettings
from skpar.actionability import People
from skpar.generator._action_sets import ActionSetBuilder, ActionSets
from skpar.generator._proposer import Proposer


class NoSwitch(Exception):
    """There is nothing in skpar that the ablation could switch off."""


@dataclass(frozen=True)
class Ablation:
    """Parameters of the estimator, and what to switch off around its use."""

    parameters: dict[str, Any] = field(default_factory=dict)
    switch: Callable[[], AbstractContextManager[None]] | None = None


def ruler_of(par: PARRecourse, pool: np.ndarray) -> Ruler:
    """Take the common ruler from a fitted estimator; `pool` (n, d) is accepted."""
    return Ruler(
        par.schema_,
        par._actionability,
        par._parts.objective,
        par._black_box,
        distinct_rows(pool),
    )


def one_pass(par: PARRecourse, ruler: Ruler, codes: np.ndarray) -> Answers:
    """Let the generator answer alone: its likeliest row (n, d), moved onto the rules.

    The classifier is asked about it by the benchmark only; all count as answers.
    """
    people = People.unlimited(codes)
    rows = ruler.actionability.project(people, par._parts.proposer.generate(people))
    everyone = np.ones(len(codes), dtype=bool)
    return Answers(rows, everyone, np.zeros(len(codes), dtype=np.int64))


@contextmanager
def config(name: str, **values: Any) -> Iterator[None]:
    """Give constants of a config of the estimator, by its name, other values."""
    usual = getattr(PARRecourse, name)
    known = {constant.name for constant in fields(usual)}
    if not known.issuperset(values):
        raise NoSwitch(f"{name} has no {' or '.join(sorted(set(values) - known))}")
    with patch.object(PARRecourse, name, replace(usual, **values)):
        yield


@contextmanager
def blind_to_neighbors() -> Iterator[None]:
    """Show the person again in place of every neighbour: nothing can be copied.

    Only those left without an answer still get neighbours' rows tried.
    """
    original = ActionSetBuilder.build

    def blind(
        self: ActionSetBuilder, people: People, others: np.ndarray | None = None
    ) -> tuple[ActionSets, np.ndarray]:
        if others is None:
            others = np.repeat(people.codes[:, None], self.n_neighbors, axis=1)
        return original(self, people, others)

    with patch.object(ActionSetBuilder, "build", blind):
        yield


@contextmanager
def without_generator() -> Iterator[None]:
    """Explore from neighbours and from the factual alone."""
    with patch.object(Proposer, "starts", lambda self, scorer: scorer.starts([])):
        yield


def without_polishing() -> AbstractContextManager[None]:
    """Take what network and neighbours propose, and nothing else."""
    return config(
        "search_config",
        proposal_beam=BeamSettings(1, 0, (1.0,)),
        probable_chance=0.0,
        polishing_depths=(),
    )


ABLATIONS: dict[str, Ablation] = {
    "no denied term": Ablation(parameters={"weight_denied": 0.0}),
    "no neighbourhood": Ablation(switch=blind_to_neighbors),
    "no imitation": Ablation(
        switch=lambda: config("training_config", imitation_weight=0.0)
    ),
    "no PAR loss": Ablation(switch=lambda: config("training_config", par_weight=0.0)),
    "no generator": Ablation(switch=without_generator),
    "no polishing": Ablation(switch=without_polishing),
}
