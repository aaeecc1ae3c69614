"""Candidate rows, stored as one chosen action per feature, and their scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..table import row_keys

# More smallest values than these, and those of fewer rows, are found by sorting.
_FEW_SMALLEST = 24
_FEW_ROWS = 4


@dataclass(frozen=True)
class Candidates:
    """Candidate rows of some people, as chosen actions.

    Parameters
    ----------
    who : ndarray of shape (n_candidates,), dtype int64
        The person of each candidate.
    chosen : ndarray of shape (n_features, n_candidates), dtype int64
        The action chosen in each feature.
    """

    who: np.ndarray
    chosen: np.ndarray

    def __len__(self) -> int:
        """Count the candidates."""
        return len(self.who)

    def __getitem__(self, rows: np.ndarray | slice) -> Candidates:
        """Select some of the candidates."""
        return Candidates(self.who[rows], self.chosen[:, rows])

    def moved(
        self, rows: np.ndarray, feature: np.ndarray, action: np.ndarray
    ) -> Candidates:
        """Select some of the candidates, and change one action of each."""
        chosen = self.chosen[:, rows]
        chosen[feature, np.arange(len(rows))] = action
        return Candidates(self.who[rows], chosen)


@dataclass(frozen=True)
class ScoredCandidates:
    """Candidates with their exact scores.

    Parameters
    ----------
    candidates : Candidates
    objective : ndarray of shape (n_candidates,), dtype float64
        Objective, without the penalty for outliers.
    margin : ndarray of shape (n_candidates,), dtype float64
        Margin of the surrogate.
    undone : ndarray of shape (n_candidates,), dtype float64
        Largest margin after a single change is undone. If it is positive, the change
        is probably not needed. -inf for rows with one change.
    surcharge : ndarray of shape (n_candidates,), dtype float64, optional
        Surcharge of efforts above the largest one of a person, in units of the
        objective; None if nobody has a limit.
    """

    candidates: Candidates
    objective: np.ndarray
    margin: np.ndarray
    undone: np.ndarray
    surcharge: np.ndarray | None = None

    @property
    def who(self) -> np.ndarray:
        """The person of each candidate, (n_candidates,), dtype int64."""
        return self.candidates.who

    def __len__(self) -> int:
        """Count the candidates."""
        return len(self.objective)

    @property
    def is_affordable(self) -> np.ndarray:
        """Whether efforts are not too large, (n_candidates,), dtype bool."""
        if self.surcharge is None:
            return np.ones(len(self), dtype=bool)
        return self.surcharge == 0.0

    @property
    def net_objective(self) -> np.ndarray:
        """Objective minus surcharge, (n_candidates,), dtype float64."""
        return less_surcharge(self.objective, self.surcharge)

    def __getitem__(self, rows: np.ndarray) -> ScoredCandidates:
        """Select some of the candidates."""
        return ScoredCandidates(
            self.candidates[rows],
            self.objective[rows],
            self.margin[rows],
            self.undone[rows],
            None if self.surcharge is None else self.surcharge[rows],
        )

    def lagrangian(
        self, multiplier: float | np.ndarray, safe_margin: float
    ) -> np.ndarray:
        """Objective minus the multiplied lack of margin, and margin that is not needed.

        The margin lacks ``max(0, safe_margin - margin)``. If a change can be undone,
        ``max(0, undone)`` is not needed. The multiplier may differ between candidates.
        A multiplier above 1 also multiplies the surcharge.
        """
        lacking = np.maximum(0.0, safe_margin - self.margin)
        lacking += np.maximum(0.0, self.undone)
        value: np.ndarray = self.objective - multiplier * lacking
        return less_surcharge(value, self.surcharge, multiplier)

    @classmethod
    def joined(cls, parts: list[ScoredCandidates]) -> ScoredCandidates:
        """Concatenate several sets of candidates."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            Candidates(
                np.concatenate([part.who for part in parts]),
                np.concatenate([part.candidates.chosen for part in parts], axis=1),
            ),
            np.concatenate([part.objective for part in parts]),
            np.concatenate([part.margin for part in parts]),
            np.concatenate([part.undone for part in parts]),
            _joined([part.surcharge for part in parts]),
        )


@dataclass(frozen=True)
class MoveColumns:
    """Columns of scored moves: their features, in ascending order, and actions.

    The moves of feature j are ``ends[j]:ends[j + 1]``.

    Parameters
    ----------
    feature, action : ndarray of shape (n_moves,), dtype int64
    ends : list of n_features + 1 int
    """

    feature: np.ndarray
    action: np.ndarray
    ends: list[int]


@dataclass(frozen=True)
class ScoredMoves:
    """Scores of all single-feature moves from some candidates, one column per move.

    Parameters
    ----------
    objective : ndarray of shape (n_candidates, n_columns), dtype float64
        Exact objective; -inf for actions that are masked or change nothing.
    margin : ndarray of shape (n_candidates, n_columns), dtype float64
        Margin of the surrogate, to first order.
    feature : ndarray of shape (n_columns,), dtype int64
        The feature of each move.
    action : ndarray of shape (n_columns,), dtype int64
        Its new action. Actions that no person has are left out.
    hidden : ndarray of shape (n_candidates, n_hidden), dtype float64
        Hidden values of the surrogate at the candidates themselves.
    objective_before, margin_before : ndarray of shape (n_candidates,), dtype float64
        Objective and margin of the candidates themselves.
    surcharge : ndarray of shape (n_candidates, n_columns), dtype float64, optional
        As in `ScoredCandidates`.
    """

    objective: np.ndarray
    margin: np.ndarray
    feature: np.ndarray
    action: np.ndarray
    hidden: np.ndarray
    objective_before: np.ndarray
    margin_before: np.ndarray
    surcharge: np.ndarray | None = None


def less_surcharge(
    value: np.ndarray,
    surcharge: np.ndarray | None,
    multiplier: float | np.ndarray = 1.0,
) -> np.ndarray:
    """Subtract surcharges from values.

    Parameters
    ----------
    value : ndarray of any shape, dtype float64
    surcharge : ndarray of the shape of value, dtype float64, or None
        None for no surcharge.
    multiplier : float or ndarray, default=1.0
        Factor on the surcharge if it is above 1.

    Returns
    -------
    less : ndarray of the shape of value, dtype float64
        `value` itself if there is no surcharge.
    """
    if surcharge is None:
        return value
    return np.asarray(value - np.maximum(1.0, multiplier) * surcharge)


def _joined(parts: list[np.ndarray | None]) -> np.ndarray | None:
    """Concatenate surcharges; None if there are none."""
    given = [part for part in parts if part is not None]
    return np.concatenate(given) if given else None


def best_of_each(group: np.ndarray, score: np.ndarray, n: int) -> np.ndarray:
    """Find the candidates of the n largest scores of each group, the best first.

    Parameters
    ----------
    group : ndarray of shape (n_candidates,), dtype int64
        The group of each candidate, such as its person.
    score : ndarray of shape (n_candidates,), dtype float64
    n : int
        Largest number of candidates per group.

    Returns
    -------
    places : ndarray, dtype int64
        Indices of the candidates.
    """
    order = np.lexsort((-score, group))
    ordered = group[order]
    rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return order[rank < n]


def smallest_of_rows(values: np.ndarray, n: int) -> np.ndarray:
    """Find the n smallest values of each row; of equal values, the first.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_columns), dtype float64
        Not changed.
    n : int
        At most `n_columns`.

    Returns
    -------
    places : ndarray of shape (n_rows, n), dtype int64
        Columns of the values, the smallest first. If fewer than n are finite, the
        last ones may be columns of any value, also twice.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.generator._candidates import smallest_of_rows
    >>> smallest_of_rows(np.array([[3.0, 1.0, 2.0, 1.0]]), 3)
    array([[1, 3, 2]])
    """
    if n > _FEW_SMALLEST or len(values) < _FEW_ROWS:
        return np.argsort(values, axis=1, kind="stable")[:, :n]
    left = values.copy()
    rows = np.arange(len(values))
    places = np.empty((len(values), n), dtype=np.int64)
    for k in range(n):
        places[:, k] = left.argmin(axis=1)
        left[rows, places[:, k]] = np.inf
    return places


def changed_sets(candidates: Candidates) -> np.ndarray:
    """Group candidates by their person and by the features that they change.

    Parameters
    ----------
    candidates : Candidates

    Returns
    -------
    key : ndarray of shape (n_candidates,), dtype int64
        Equal for candidates of the same person that change the same features. The
        order of the keys has no meaning.
    """
    is_changed = (candidates.chosen > 0).astype(np.int64)
    return row_keys(is_changed.T, owner=candidates.who)


def first_of_equals(who: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Find the distinct rows of each person; of equal rows, the first.

    Rows are compared by a 64-bit hash. A hash collision removes one candidate too many,
    but never leads to a wrong answer.

    Parameters
    ----------
    who : ndarray of shape (n_candidates,), dtype int64
        The person of each row.
    cells : ndarray of shape (n_features, n_candidates), dtype int64
        Cell numbers of each row.

    Returns
    -------
    places : ndarray, dtype int64
        Indices of the rows, in ascending order.
    """
    key = row_keys(cells.T, owner=who)
    return np.sort(np.unique(key, return_index=True)[1])
