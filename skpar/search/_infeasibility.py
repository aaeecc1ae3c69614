"""Proof that a person can reach no accepted row, and what would open the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..actionability import Actionability, People
from ..classifier import LinearScore
from ..table import n_changed, same_cells
from ._enumeration import feasible_rows

_MARGIN = 1e-9
_COARSE_MARGIN = 1e-4

Accepts = Callable[[np.ndarray], np.ndarray]
Evaluate = Callable[[np.ndarray, np.ndarray], np.ndarray]
Attempt = Callable[[Actionability, People], np.ndarray]


@dataclass(frozen=True)
class Proofs:
    """What is certain about some people.

    Parameters
    ----------
    impossible : ndarray of shape (n_samples,), dtype bool
        Whether it is proved that no row within reach is accepted.
    witness : ndarray of shape (n_samples, n_features), dtype float64
        A row within reach that the classifier accepts; the own one where none is
        known.
    possible : ndarray of shape (n_samples,), dtype bool
        Whether `witness` is one. Where neither this nor `impossible`, nothing is
        known.
    is_best : ndarray of shape (n_samples,), dtype bool
        Whether `witness` is worth the most of all accepted rows within reach.
    """

    impossible: np.ndarray
    witness: np.ndarray
    possible: np.ndarray
    is_best: np.ndarray


class InfeasibilityProver:
    r"""Prove that there is no recourse, or show that there is one.

    Parameters
    ----------
    accepts : callable
        Codes to whether the classifier accepts them, (n, d) to (n,).
    linear : LinearScore or None
        The classifier taken apart, where it is linear.
    most : int, default=2000
        Size of the largest reachable set that is tried row by row.

    Notes
    -----
    Two proofs are known. Where a person reaches at most `most` rows, links included,
    the classifier is asked about each; the accepted row that is worth the most is the
    witness. Where it is linear, the score
    :math:`b + \sum_j f_j(x_j)` of every reachable row is at most

    .. math:: b + \sum_j \max_{v \in A_j} f_j(v)

    with :math:`A_j` what rules and limits permit in column `j`: its ends for a line,
    its levels for a table. Links only narrow this. If the bound is below 0 by more
    than rounding (1e-9 of the sizes of its terms, 1e-4 where the table is float32),
    no reachable row is accepted. If it is not, the row that attains it is tried.
    """

    def __init__(
        self, accepts: Accepts, linear: LinearScore | None = None, most: int = 2000
    ) -> None:
        self.accepts = accepts
        self.linear = linear
        self.most = most

    def prove(
        self,
        actionability: Actionability,
        people: People,
        evaluate: Evaluate | None = None,
    ) -> Proofs:
        """Settle what can be settled.

        Parameters
        ----------
        actionability : Actionability
            Rules and links.
        people : People
            Denied people.
        evaluate : callable, default=None
            Codes of people and of a row for each, both (n, d), to the objective of the
            rows, (n,); -inf where a row must not be an answer. None prefers few
            changes.

        Returns
        -------
        proofs : Proofs
        """
        evaluate = _fewest_changes if evaluate is None else evaluate
        codes = people.codes
        impossible = np.zeros(len(codes), dtype=bool)
        possible, is_best = impossible.copy(), impossible.copy()
        witness = codes.copy()
        if self.linear is not None and len(codes):
            bound, margin, best = linear_bound(self.linear, actionability, people)
            # These people are denied: where the sum says otherwise, it is not trusted.
            own = self.linear.intercept + self.linear.parts(codes).sum(axis=1)
            impossible = (bound < -margin) & (own <= margin)
            best = actionability.project(people, best)
            possible = self._reached(codes, best) & ~impossible
            possible[possible] = evaluate(codes[possible], best[possible]) > -np.inf
            witness[possible] = best[possible]
        for row in np.flatnonzero(~(impossible | possible)):
            rows = feasible_rows(actionability, people[[row]], self.most)
            if rows is None:
                continue
            answers = rows[1:][self._reached(rows[:1], rows[1:])]
            impossible[row] = not len(answers)
            if len(answers):
                values = evaluate(np.broadcast_to(codes[row], answers.shape), answers)
                possible[row] = is_best[row] = values.max() > -np.inf
                witness[row] = answers[np.argmax(values)]
        return Proofs(impossible, witness, possible, is_best)

    def finds(self, actionability: Actionability, people: People) -> np.ndarray:
        """Tell for whom an accepted feasible row is known, (n_people,), dtype bool."""
        return self.prove(actionability, people).possible

    def _reached(self, own: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Tell the rows that are a change and accepted."""
        moved = ~same_cells(own, rows).all(axis=-1)
        accepted = np.zeros(len(rows), dtype=bool)
        if moved.any():
            accepted[moved] = self.accepts(rows[moved])
        return accepted


def _fewest_changes(own: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Count changes, negated."""
    return -np.asarray(n_changed(own, rows), dtype=float)


def linear_bound(
    linear: LinearScore, actionability: Actionability, people: People
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bound the score of every feasible row of each person.

    Parameters
    ----------
    linear : LinearScore
        The classifier.
    actionability : Actionability
        Rules; links are left out, which can only raise the bound.
    people : People

    Returns
    -------
    bound : ndarray of shape (n_people,), dtype float64
        No feasible row has a larger score, but for rounding.
    margin : ndarray of shape (n_people,), dtype float64
        More than what rounding can do.
    best : ndarray of shape (n_people, n_features), dtype float64
        The row that attains the bound; it keeps rules and limits, maybe not links.
    """
    best = people.codes.copy()
    for j, rule in enumerate(actionability.rules):
        own = people.codes[:, j]
        options = [own, *rule.extremes(own, people.limits.of_column(j))]
        parts = np.stack([linear.part(j, option) for option in options])
        # An option that is not feasible is NaN, and so may be a missing own cell
        # for which the classifier has no value; neither is ever the best.
        ruled_out = np.isnan(np.stack(options)) | np.isnan(parts)
        ruled_out[0] = False
        chosen = np.argmax(np.where(ruled_out, -np.inf, parts), axis=0)
        best[:, j] = np.stack(options)[chosen, np.arange(len(people))]
    parts = linear.parts(best)
    size = np.abs(parts).sum(axis=1) + abs(linear.intercept) + 1.0
    margin = _MARGIN if _is_precise(actionability) else _COARSE_MARGIN
    return linear.intercept + parts.sum(axis=1), margin * size, best


def _is_precise(actionability: Actionability) -> bool:
    """Tell whether classifiers compute with all of float64."""
    dtypes = [
        getattr(column.dtype, "numpy_dtype", column.dtype)
        for column in actionability.schema.columns
    ]
    return not any(
        isinstance(dtype, np.dtype) and dtype.kind == "f" and dtype.itemsize < 8
        for dtype in dtypes
    )


def opening_rules(
    actionability: Actionability, people: People, attempt: Attempt
) -> list[tuple[str, ...]]:
    """Find the rules, links and limits each of which alone prevents recourse.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    people : People
        People for whom recourse is impossible.
    attempt : callable
        Rules and links, and people, to whether an accepted feasible row was found,
        (n_people,), dtype bool: `InfeasibilityProver.finds`, or a search.

    Returns
    -------
    opening : list of tuple of str
        For each person the rules of which one, if dropped alone, would give
        recourse. A rule that is not named may give it too, where `attempt`
        misses rows.
    """
    opening: list[tuple[str, ...]] = [() for _ in people.codes]
    relaxed = [(name, rest, people) for name, rest in actionability.relaxations()]
    for j in people.limits.restricted_columns.tolist():
        name = f"{actionability.schema.names[j]}: own limits"
        freer = People(people.codes, people.limits.without_column(j))
        relaxed.append((name, actionability, freer))
    for name, rest, some in relaxed:
        for row in np.flatnonzero(attempt(rest, some)):
            opening[row] += (name,)
    return opening
