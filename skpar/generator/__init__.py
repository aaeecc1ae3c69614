"""Who proposes: the actions of each person, their scores, beam search, the network.

For every feature, keep, write a value of a grid, or copy a neighbour's. All
single-feature moves are scored exactly; beam search follows the best. The network
scores actions in one pass. `Proposer` joins them and promises nothing.
"""

from ._action_sets import ChoiceMaker
from ._beam_search import Explorer, Found, best_of_each, distinct
from ._layers import PortableModule, linear
from ._move_scores import Landscape, Moves, Points, Surveyor
from ._network import CopyNetwork, Situation, gumbel
from ._proposer import NO_ANSWER, Attempt, Proposals, Proposer

__all__ = [
    "Attempt",
    "ChoiceMaker",
    "CopyNetwork",
    "Explorer",
    "Found",
    "Landscape",
    "Moves",
    "NO_ANSWER",
    "Points",
    "PortableModule",
    "Proposals",
    "Proposer",
    "Situation",
    "Surveyor",
    "best_of_each",
    "distinct",
    "gumbel",
    "linear",
]
