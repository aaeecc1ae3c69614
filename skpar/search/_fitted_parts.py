"""The fitted parts that find recourse."""

from __future__ import annotations

from dataclasses import dataclass

from ..generator import Proposer
from ..objective import Eligibility, Objective, RareRows
from ._infeasibility import InfeasibilityProver
from ._search import RecourseSearch


@dataclass(frozen=True)
class FittedParts:
    """The fitted parts that find recourse; ``fit`` drops all other parts.

    Parameters
    ----------
    objective : Objective
        Objective of rows.
    proposer : Proposer
        Proposes rows.
    search : RecourseSearch
        Finds answers.
    prover : InfeasibilityProver
        Proves that there is no answer.
    eligibility : Eligibility
        Says which rows may be answers.
    rare_rows : RareRows
        Training rows that few people share.
    """

    objective: Objective
    proposer: Proposer
    search: RecourseSearch
    prover: InfeasibilityProver
    eligibility: Eligibility
    rare_rows: RareRows
