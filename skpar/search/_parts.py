"""The fitted parts that answer people."""

from __future__ import annotations

from dataclasses import dataclass

from ..generator import Proposer
from ..objective import Objective, RareRows, Refusals
from ._infeasibility import Prover
from ._search import Search


@dataclass(frozen=True)
class Parts:
    """What answers people; all else that ``fit`` makes is dropped.

    Parameters
    ----------
    objective : Objective
        What a row is worth.
    proposer : Proposer
        Proposes rows.
    search : Search
        Finds answers.
    prover : Prover
        Proves that there is none.
    refusals : Refusals
        Which rows must not be answers.
    rare : RareRows
        Training rows that few people share.
    """

    objective: Objective
    proposer: Proposer
    search: Search
    prover: Prover
    refusals: Refusals
    rare: RareRows
