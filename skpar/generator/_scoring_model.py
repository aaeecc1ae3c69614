"""The model that scores a row: objective, both densities, and surrogate."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..actionability import People
from ..classifier import Surrogate
from ..density._api import TabulatedCircuit
from ..objective import Objective
from ..table import TableEncoder
from ._action_sets import ActionSetBuilder, ActionSets, Surcharges


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
    """

    encoder: TableEncoder
    action_builder: ActionSetBuilder
    objective: Objective
    surrogate: Surrogate
    only_needed: bool = True

    @property
    def circuits(self) -> tuple[TabulatedCircuit, TabulatedCircuit]:
        """Densities of accepted and of denied people."""
        plausibility = self.objective.plausibility
        return plausibility.circuits

    def surcharges(self, people: People, actions: ActionSets) -> Surcharges | None:
        """Make the surcharges of people; None if nobody has a largest effort."""
        most = people.limits.max_effort
        return (
            most if most is None else Surcharges(self.objective, actions.effort, most)
        )

    def with_surrogate(self, surrogate: Surrogate) -> ScoringModel:
        """Copy the model with another surrogate."""
        return replace(self, surrogate=surrogate)
