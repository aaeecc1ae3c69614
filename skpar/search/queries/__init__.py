"""Queries to the classifier: which rows, in which order, and what they show.

`QueryScheduler` queries the candidates of largest expected improvement. An accepted row
becomes an answer as soon as all of its partial changes (`PartialRows`) are denied.
`QueryState` holds what is known about some people during one search. At its end,
`find_accompanying` finds changes of answers that are not needed.
"""

from ._accepted import AcceptedRows
from ._candidates import QueryCandidates, batch_size
from ._misses import NearMisses, Score
from ._partial_rows import PartialRows
from ._result import SearchResult
from ._scheduler import QueryScheduler
from ._state import QueryState, Surcharge, no_surcharge
from ._undone import find_accompanying

__all__ = [
    "AcceptedRows",
    "NearMisses",
    "PartialRows",
    "QueryCandidates",
    "QueryScheduler",
    "QueryState",
    "Score",
    "SearchResult",
    "batch_size",
    "Surcharge",
    "find_accompanying",
    "no_surcharge",
]
