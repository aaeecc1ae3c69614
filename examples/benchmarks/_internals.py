"""The only place where the benchmark of quality reaches into skpar.

Ablations switch parts of skpar off while an estimator is fitted and asked. Where skpar
has no such switch (yet), entering the context raises `NoSwitch` and the ablation is
left out of the table, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
from _rival_moves import Ruler, distinct_rows
from _rivals import Answers

from skpar import PARRecourse
from skpar.actionability import People
from skpar.actionability._limits import Limits
from skpar.generator import _proposer as _proposals
from skpar.generator._action_sets import ActionSetBuilder, ActionSets
from skpar.generator._beam_search import BeamSearch
from skpar.generator._proposer import Proposer
from skpar.search import _search
from skpar.training import _fitting
from skpar.training import _generator_training as _training


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
    rows = ruler.actionability.project(
        People.unlimited(codes), par._parts.proposer.generate(codes)
    )
    everyone = np.ones(len(codes), dtype=bool)
    return Answers(rows, everyone, np.zeros(len(codes), dtype=np.int64))


@contextmanager
def constant(module: ModuleType, name: str, value: Any) -> Iterator[None]:
    """Give a constant of a module another value."""
    if not hasattr(module, name):
        raise NoSwitch(f"{module.__name__} has no {name}")
    with patch.object(module, name, value):
        yield


@contextmanager
def blind_to_neighbors() -> Iterator[None]:
    """Show the person again in place of every neighbour: nothing can be copied.

    Only those left without an answer still get neighbours' rows tried.
    """
    original = ActionSetBuilder.__call__

    def blind(
        self: ActionSetBuilder,
        codes: np.ndarray,
        others: np.ndarray | None = None,
        limits: Limits | None = None,
    ) -> tuple[ActionSets, np.ndarray]:
        if others is None:
            others = np.repeat(codes[:, None], self.n_neighbors, axis=1)
        return original(self, codes, others, limits)

    with patch.object(ActionSetBuilder, "__call__", blind):
        yield


@contextmanager
def without_generator() -> Iterator[None]:
    """Explore from neighbours and from the factual alone."""
    with patch.object(Proposer, "starts", lambda self, scorer: scorer.starts([])):
        yield


@contextmanager
def without_polishing() -> Iterator[None]:
    """Take what network and neighbours propose, and nothing else."""
    with (
        constant(_fitting, "_EXPLORER", BeamSearch(1, 0, (1.0,))),
        constant(_proposals, "_DOUBT", 0.0),
        constant(_search, "_POLISHING_DEPTHS", ()),
    ):
        yield


ABLATIONS: dict[str, Ablation] = {
    "no denied term": Ablation(parameters={"weight_denied": 0.0}),
    "no neighbourhood": Ablation(switch=blind_to_neighbors),
    "no imitation": Ablation(switch=lambda: constant(_training, "_IMITATION", 0.0)),
    "no PAR loss": Ablation(switch=lambda: constant(_training, "_PAR_LOSS", 0.0)),
    "no generator": Ablation(switch=without_generator),
    "no polishing": Ablation(switch=without_polishing),
}
