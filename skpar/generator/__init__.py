"""Proposals: the actions of each person, their scores, beam search, the network.

For every feature a person may keep their value, write one of a grid, or copy that of an
accepted neighbor. `MoveScorer` scores all rows that differ in one feature, exactly;
`BeamSearch` follows the best of them; `GeneratorNetwork` scores all actions in one
pass. `Proposer` joins them; of its rows only the rules are guaranteed.
"""

from ._action_sets import ActionSetBuilder, ActionSets
from ._beam_search import BeamSearch
from ._candidates import (
    Candidates,
    ScoredCandidates,
    best_of_each,
    first_of_equals,
)
from ._layers import PortableModule, linear
from ._move_scores import MoveScorer, ScoredMoves
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
