"""Who proposes: the actions of each person, their scores, beam search, the network.

For every feature, keep, write a value of a grid, or copy a neighbour's. All
single-feature moves are scored exactly; beam search follows the best. The network
scores actions in one pass. `Proposer` joins them and promises nothing.
"""

from ._action_sets import ActionSetBuilder
from ._beam_search import BeamSearch, ScoredCandidates, best_of_each, distinct
from ._layers import PortableModule, linear
from ._move_scores import Candidates, MoveScorer, ScoredMoves, ScoringModel
from ._network import GeneratorNetwork, NetworkInputs, gumbel
from ._proposer import NO_ANSWER, Proposals, Proposer

__all__ = [
    "ActionSetBuilder",
    "BeamSearch",
    "Candidates",
    "GeneratorNetwork",
    "MoveScorer",
    "NO_ANSWER",
    "NetworkInputs",
    "PortableModule",
    "Proposals",
    "Proposer",
    "ScoredCandidates",
    "ScoredMoves",
    "ScoringModel",
    "best_of_each",
    "distinct",
    "gumbel",
    "linear",
]
