"""The only place where the benchmark of quality reaches into skpar.

Ablations switch parts of skpar off while an estimator is fitted and asked. Where skpar
has no such switch (yet), entering the context raises `NoSwitch` and the ablation is
left out of the table, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
from _rival_moves import Ruler, distinct_rows
from _rivals import Answers

from skpar import PARRecourse, _search, _training
from skpar._choices import ChoiceMaker, Choices


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
    proposer = par._parts.proposer
    alone = type(proposer)(
        proposer.encoder, proposer.maker, proposer.network, proposer.noise[:0]
    )
    rows = ruler.actionability.project(codes, alone(codes)[:, 0])
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
    """Show the network the person again for every neighbour, and let it copy none.

    The search still gets the neighbours' rows among its proposals.
    """
    original = ChoiceMaker.__call__

    def blind(self: ChoiceMaker, codes: np.ndarray) -> tuple[Choices, np.ndarray]:
        choices, neighbors = original(self, codes)
        is_open = choices.open.copy()
        is_open[:, 1 : 1 + neighbors.shape[1]] = False
        again = np.broadcast_to(codes[:, None], neighbors.shape).copy()
        return replace(choices, open=is_open), again

    with patch.object(ChoiceMaker, "__call__", blind):
        yield


ABLATIONS: dict[str, Ablation] = {
    "no denied term": Ablation(parameters={"weight_denied": 0.0}),
    "no neighbourhood": Ablation(switch=blind_to_neighbors),
    "no imitation": Ablation(switch=lambda: constant(_training, "_IMITATION", 0.0)),
    "no PAR loss": Ablation(switch=lambda: constant(_training, "_PAR_LOSS", 0.0)),
    "no polishing": Ablation(switch=lambda: constant(_search, "_POLISHING_ROUNDS", 0)),
}
