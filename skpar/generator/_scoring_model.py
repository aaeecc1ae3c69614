"""The model that scores a row: objective, both densities, and surrogate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..classifier import Surrogate
from ..density._api import TabulatedCircuit
from ..objective import Objective
from ..table import TableEncoder
from ._action_sets import ActionSetBuilder


@dataclass(frozen=True)
class ScoringModel:
    """The fitted parts that build and score the actions of people.

    Parameters
    ----------
    encoder : TableEncoder
        Turns codes into tensors.
    action_builder : ActionSetBuilder
        Builds the actions of people.
    objective : Objective
        The objective of a row.
    surrogate : Surrogate
        Estimates whether the classifier accepts a row.
    only_needed : bool, default=True
        Whether all changes must be needed. If so, rows are also scored with one change
        undone.

    Attributes
    ----------
    circuits : tuple of (TabulatedCircuit, TabulatedCircuit)
        Densities of accepted and of denied people.
    """

    encoder: TableEncoder
    action_builder: ActionSetBuilder
    objective: Objective
    surrogate: Surrogate
    only_needed: bool = True
    circuits: tuple[TabulatedCircuit, TabulatedCircuit] = field(init=False)

    def __getstate__(self) -> dict[str, Any]:
        """Return all but the prepared densities; the objective has the densities."""
        return {name: part for name, part in vars(self).items() if name != "circuits"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Prepare the densities again."""
        vars(self).update(state)
        self.__post_init__()

    def __post_init__(self) -> None:
        """Prepare both densities for many rows with few distinct cells."""
        plausibility = self.objective.plausibility
        circuits = (
            TabulatedCircuit(plausibility.accepted),
            TabulatedCircuit(plausibility.denied),
        )
        object.__setattr__(self, "circuits", circuits)
