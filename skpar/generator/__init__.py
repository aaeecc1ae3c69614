"""Proposals: the actions of each person, their scores, beam search and the network.

A row is one action per feature. An action keeps the person's value, writes a value of a
grid, or copies the value of an accepted neighbor. `MoveScorer` computes the exact
objective of all rows that differ from a row in one feature. `BeamSearch` follows the
best of these rows. `GeneratorNetwork` scores all actions in one pass. `Proposer`
combines them. Its rows keep the rules; nothing else is guaranteed.
"""

from ._action_sets import ActionSetBuilder, ActionSets
from ._beam_search import BeamSearch
from ._candidates import (
    Candidates,
    ScoredCandidates,
    ScoredMoves,
    best_of_each,
    first_of_equals,
)
from ._layers import PortableModule, linear
from ._move_scores import MoveScorer
from ._network import GeneratorNetwork, NetworkInputs, gumbel
from ._proposer import Proposals, Proposer
from ._scoring_model import ScoringModel

__all__ = [
    "ActionSetBuilder",
    "ActionSets",
    "BeamSearch",
    "Candidates",
    "GeneratorNetwork",
    "MoveScorer",
    "NetworkInputs",
    "PortableModule",
    "Proposals",
    "Proposer",
    "ScoredCandidates",
    "ScoredMoves",
    "ScoringModel",
    "best_of_each",
    "first_of_equals",
    "gumbel",
    "linear",
]
