"""Proof that no feasible row of a person is accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .._config import SearchConfig
from ..actionability import Actionability, People
from ..classifier import LinearScore
from ..table import same_cells
from ._enumeration import feasible_rows
from .queries import AcceptedRows

_MARGIN = 1e-9
_COARSE_MARGIN = 1e-4
# Rows that are compared at once. Answers do not depend on it.
_BLOCK = 64

Accepts = Callable[[np.ndarray], np.ndarray]
Evaluate = Callable[[People, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Proofs:
    """Proofs about some people.

    Parameters
    ----------
    impossible : ndarray of shape (n_people,), dtype bool
        Whether it is proved that no feasible row is accepted.
    witness : ndarray of shape (n_people, n_features), dtype float64
        A feasible row that the classifier accepts; the own row if none is known. It is
        a near miss if it must not be an answer, such as one of too much effort.
    possible : ndarray of shape (n_people,), dtype bool
        Whether `witness` is an accepted feasible row. If `possible` and `impossible`
        are both False, nothing is known.
    is_optimal : ndarray of shape (n_people,), dtype bool
        Whether `witness` has the largest objective of all accepted feasible rows.
    """

    impossible: np.ndarray
    witness: np.ndarray
    possible: np.ndarray
    is_optimal: np.ndarray


class InfeasibilityProver:
    r"""Prove that there is no recourse, or find an accepted row.

    Parameters
    ----------
    accepts : callable
        Takes codes (n, d). Returns whether the classifier accepts them, (n,).
    linear : LinearScore or None
        The terms of the classifier if it is linear, else None.
    config : SearchConfig
        Gives the size of the largest feasible set that is searched exhaustively.
    acting : ndarray of shape (n_features,), dtype bool, or None
        Features that a person changes directly. The changes of a witness are then all
        needed, if its feasible set is searched exhaustively. None if they need not be.

    Notes
    -----
    There are two proofs.

    The first proof is exhaustive. If the feasible set of a person, after links, is
    small, all of its rows are queried. The accepted row of largest objective is the
    witness.

    The second proof is a bound for linear classifiers. The score
    :math:`b + \sum_j f_j(x_j)` of every feasible row is at most

    .. math:: b + \sum_j \max_{v \in A_j} f_j(v) ,

    where :math:`A_j` are the values of column `j` that rules and limits allow. If
    :math:`f_j` is a line, the ends of :math:`A_j` are compared; if it is a table, its
    levels are. Links can only reduce the maximum. If the bound is below 0 by more than
    rounding (1e-9 of the sizes of its terms, 1e-4 if the table is float32), no feasible
    row is accepted. Otherwise the row that attains the bound is queried.
    """

    def __init__(
        self,
        accepts: Accepts,
        linear: LinearScore | None,
        config: SearchConfig,
        acting: np.ndarray | None = None,
    ) -> None:
        self.accepts = accepts
        self.linear = linear
        self.config = config
        self.acting = acting

    def of_classifier(self, accepts: Accepts) -> InfeasibilityProver:
        """Make a prover for another demand on the same classifier.

        Parameters
        ----------
        accepts : callable
            Accepts no row that the classifier denies.

        Returns
        -------
        prover : InfeasibilityProver
        """
        return InfeasibilityProver(accepts, self.linear, self.config, self.acting)

    def prove(
        self, actionability: Actionability, people: People, evaluate: Evaluate
    ) -> Proofs:
        """Prove infeasibility, or find accepted rows, for as many people as possible.

        Parameters
        ----------
        actionability : Actionability
            Rules and links.
        people : People
            Denied people.
        evaluate : callable
            Takes people, and codes (n, d) of one row for each of them. Returns the
            objective of the rows, (n,); -inf if a row must not be an answer.

        Returns
        -------
        proofs : Proofs
        """
        proofs = self._prove_by_bound(actionability, people, evaluate)
        for row in np.flatnonzero(~(proofs.impossible | proofs.possible)):
            rows = feasible_rows(
                actionability,
                people[[row]],
                self.config.max_enumerated_rows,
                self.config.max_partial_rows,
            )
            if rows is None:
                continue
            answers = rows[1:][self._is_recourse(rows[:1], rows[1:])]
            proofs.impossible[row] = not len(answers)
            if len(answers):
                own = np.broadcast_to(people.codes[row], answers.shape)
                values = evaluate(people[np.full(len(answers), row)], answers)
                proofs.possible[row] = values.max() > -np.inf
                proofs.is_optimal[row] = proofs.possible[row]
                proofs.witness[row] = self._best(own, answers, values)
        return proofs

    def _best(
        self, own: np.ndarray, answers: np.ndarray, values: np.ndarray
    ) -> np.ndarray:
        """Find the accepted row of largest objective whose changes are all needed.

        If none may be an answer, it is the row with the fewest changes.
        """
        order = np.argsort(-values, kind="stable")
        if np.isneginf(values[order[0]]):
            return answers[np.argmin((~same_cells(own, answers)).sum(axis=1))]
        if self.acting is None:
            return answers[order[0]]
        legal = order[values[order] > -np.inf]
        rows = AcceptedRows(own[:1], self.acting)
        rows.add_earlier(np.zeros(len(legal), dtype=np.int64), answers[legal])
        parts = np.arange(len(legal))
        for start in range(0, len(legal), _BLOCK):
            some = parts[start : start + _BLOCK]
            contain = rows.contain(rows.who[some], rows.codes[some], parts)
            if not contain.all():
                return answers[legal[some[np.argmin(contain)]]]
        raise AssertionError("a smallest set of changes contains no other")

    def _prove_by_bound(
        self, actionability: Actionability, people: People, evaluate: Evaluate
    ) -> Proofs:
        """Prove by the bound of a linear classifier; others give no proof."""
        codes = people.codes
        unknown = np.zeros(len(codes), dtype=bool)
        proofs = Proofs(unknown, codes.copy(), unknown.copy(), unknown.copy())
        if self.linear is None or not len(codes):
            return proofs
        bound, margin, best = linear_bound(self.linear, actionability, people)
        # The people are denied. A score that contradicts this is not trusted.
        own = self.linear.decision_function(codes)
        impossible = (bound < -margin) & (own <= margin)
        best = actionability.project(people, best)
        possible = self._is_recourse(codes, best) & ~impossible
        proofs.witness[possible] = best[possible]
        possible[possible] = evaluate(people[possible], best[possible]) > -np.inf
        proofs.impossible[:], proofs.possible[:] = impossible, possible
        return proofs

    def _is_recourse(self, own: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Find rows that differ from the own row and are accepted."""
        moved = ~same_cells(own, rows).all(axis=-1)
        accepted = np.zeros(len(rows), dtype=bool)
        if moved.any():
            accepted[moved] = self.accepts(rows[moved])
        return accepted


def linear_bound(
    linear: LinearScore, actionability: Actionability, people: People
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bound the score of every feasible row of each person.

    Parameters
    ----------
    linear : LinearScore
        The classifier.
    actionability : Actionability
        The rules. Links are ignored, which can only raise the bound.
    people : People

    Returns
    -------
    bound : ndarray of shape (n_people,), dtype float64
        No feasible row has a larger score, up to rounding.
    margin : ndarray of shape (n_people,), dtype float64
        Upper bound of the rounding error.
    best : ndarray of shape (n_people, n_features), dtype float64
        The row that attains the bound. It keeps rules and limits, and may break links.
    """
    best = people.codes.copy()
    for j, rule in enumerate(actionability.rules):
        own = people.codes[:, j]
        options = [own, *rule.extremes(own, people.limits.of_column(j))]
        parts = np.stack([linear.contribution(j, option) for option in options])
        # An option that is not feasible is NaN and is ruled out. The own value is never
        # ruled out. If it is missing and the classifier has no value for it, the bound
        # is NaN and proves nothing.
        ruled_out = np.isnan(np.stack(options)) | np.isnan(parts)
        ruled_out[0] = False
        chosen = np.argmax(np.where(ruled_out, -np.inf, parts), axis=0)
        best[:, j] = np.stack(options)[chosen, np.arange(len(people))]
    parts = linear.contributions(best)
    size = np.abs(parts).sum(axis=1) + abs(linear.intercept) + 1.0
    # Classifiers compute with the precision of their input.
    is_double = actionability.schema.is_double_precision
    margin = _MARGIN if is_double else _COARSE_MARGIN
    return linear.intercept + parts.sum(axis=1), margin * size, best
