"""The fitted parts that answer people."""

from __future__ import annotations

from dataclasses import dataclass

from ..generator import Proposer
from ..objective import Eligibility, Objective, RareRows
from ._infeasibility import InfeasibilityProver
from ._search import RecourseSearch


@dataclass(frozen=True)
class FittedParts:
    """What answers people; all else that ``fit`` makes is dropped.

    Parameters
    ----------
    objective : Objective
        What a row is worth.
    proposer : Proposer
        Proposes rows.
    search : RecourseSearch
        Finds answers.
    prover : InfeasibilityProver
        Proves that there is none.
    refusals : Eligibility
        Which rows must not be answers.
    rare : RareRows
        Training rows that few people share.
    """

    objective: Objective
    proposer: Proposer
    search: RecourseSearch
    prover: InfeasibilityProver
    refusals: Eligibility
    rare: RareRows
