"""The model that scores a row: objective, both densities, and surrogate."""

from __future__ import annotations

from dataclasses import dataclass, field

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

    def __post_init__(self) -> None:
        """Prepare both densities for many rows with few distinct cells."""
        plausibility = self.objective.plausibility
        object.__setattr__(self, "circuits", plausibility.circuits)
