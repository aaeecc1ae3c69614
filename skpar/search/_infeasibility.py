"""Proof that a person can reach no accepted row, and what would open the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..actionability import Actionability, FeasibleLevels, Limits, bounds_of
from ..classifier import LinearScore
from ..table import n_changed, same_cells
from ._enumeration import reachable

_MARGIN = 1e-9
_COARSE_MARGIN = 1e-4

Accepts = Callable[[np.ndarray], np.ndarray]
Worth = Callable[[np.ndarray, np.ndarray], np.ndarray]
FallbackStage = Callable[[Actionability, np.ndarray, Limits | None], np.ndarray]


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

    def __call__(
        self,
        actionability: Actionability,
        codes: np.ndarray,
        limits: Limits | None = None,
        worth: Worth | None = None,
    ) -> Proofs:
        """Settle what can be settled.

        Parameters
        ----------
        actionability : Actionability
            Rules and links.
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Denied people.
        limits : Limits, optional
            Their limits.
        worth : callable, default=None
            People and rows, both (n, d), to what each row is worth to its person, (n,);
            -inf where it must not be an answer. None prefers few changes.

        Returns
        -------
        proofs : Proofs
        """
        worth = _fewest_changes if worth is None else worth
        impossible = np.zeros(len(codes), dtype=bool)
        possible, is_best = impossible.copy(), impossible.copy()
        witness = codes.copy()
        if self.linear is not None and len(codes):
            bound, margin, best = linear_bound(
                self.linear, actionability, codes, limits
            )
            # These people are denied: where the sum says otherwise, it is not trusted.
            own = self.linear.intercept + self.linear.parts(codes).sum(axis=1)
            impossible = (bound < -margin) & (own <= margin)
            best = actionability.project(codes, best, limits)
            possible = self._reached(codes, best) & ~impossible
            possible[possible] = worth(codes[possible], best[possible]) > -np.inf
            witness[possible] = best[possible]
        for row in np.flatnonzero(~(impossible | possible)):
            alone = None if limits is None else limits[row]
            rows = reachable(actionability, codes[row], alone, self.most)
            if rows is None:
                continue
            answers = rows[1:][self._reached(rows[:1], rows[1:])]
            impossible[row] = not len(answers)
            if len(answers):
                own = np.broadcast_to(codes[row], answers.shape)
                values = worth(own, answers)
                possible[row] = is_best[row] = values.max() > -np.inf
                witness[row] = answers[np.argmax(values)]
        return Proofs(impossible, witness, possible, is_best)

    def finds(
        self,
        actionability: Actionability,
        codes: np.ndarray,
        limits: Limits | None = None,
    ) -> np.ndarray:
        """Tell for whom an accepted row within reach is known, (n_samples,), bool."""
        return self(actionability, codes, limits).possible

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
    linear: LinearScore,
    actionability: Actionability,
    codes: np.ndarray,
    limits: Limits | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bound the score of every row within reach of each person.

    Parameters
    ----------
    linear : LinearScore
        The classifier.
    actionability : Actionability
        Rules; links are left out, which can only raise the bound.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        People.
    limits : Limits, optional
        Their limits.

    Returns
    -------
    bound : ndarray of shape (n_samples,), dtype float64
        No row within reach has a larger score, but for rounding.
    margin : ndarray of shape (n_samples,), dtype float64
        More than what rounding can do.
    best : ndarray of shape (n_samples, n_features), dtype float64
        The row that attains the bound; it keeps rules and limits, maybe not links.
    """
    best = codes.copy()
    for j in range(codes.shape[1]):
        own = codes[:, j]
        options = _options(actionability, j, own, bounds_of(limits, j))
        parts = np.stack([linear.part(j, option) for option in options])
        # An option that is not permitted is NaN, and so may be a missing own cell
        # for which the classifier has no value; neither is ever the best.
        ruled_out = np.isnan(np.stack(options)) | np.isnan(parts)
        ruled_out[0] = False
        chosen = np.argmax(np.where(ruled_out, -np.inf, parts), axis=0)
        best[:, j] = np.stack(options)[chosen, np.arange(len(codes))]
    parts = linear.parts(best)
    size = np.abs(parts).sum(axis=1) + abs(linear.intercept) + 1.0
    margin = _MARGIN if _is_precise(actionability) else _COARSE_MARGIN
    return linear.intercept + parts.sum(axis=1), margin * size, best


def _options(
    actionability: Actionability, j: int, own: np.ndarray, bounds: tuple
) -> list[np.ndarray]:
    """List values among which the best of a column is, the own ones first."""
    rule, (low, high) = actionability.rules[j], bounds
    if rule.immutable:
        return [own]
    if isinstance(rule, FeasibleLevels):
        levels = np.arange(float(len(rule.moves[0])))
        targets = [
            rule.nearest(own, np.full(own.shape, level), low, high) for level in levels
        ]
        return [own, *targets]
    first, last = rule.ends(own, low, high)
    none = ~(first <= last)
    return [own, np.where(none, np.nan, first), np.where(none, np.nan, last)]


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
    actionability: Actionability,
    codes: np.ndarray,
    attempt: FallbackStage,
    limits: Limits | None = None,
) -> list[tuple[str, ...]]:
    """Find the rules, links and limits each of which bars the way by itself.

    Parameters
    ----------
    actionability : Actionability
        Rules and links.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        People for whom recourse is impossible.
    attempt : callable
        Rules and links, codes and limits to whether an accepted row within reach
        was found, (n_samples,), dtype bool: `InfeasibilityProver.finds`, or a search.
    limits : Limits, optional
        Limits of these people.

    Returns
    -------
    opening : list of tuple of str
        For each person the rules of which one, if dropped alone, would give
        recourse. A rule that is not named may open the way too, where `attempt`
        misses rows.
    """
    opening: list[tuple[str, ...]] = [() for _ in codes]
    ways = [(name, rest, limits) for name, rest in actionability.relaxations()]
    if limits is not None:
        for j, column in enumerate(actionability.schema.columns):
            looser = Limits(limits.low.copy(), limits.high.copy())
            looser.low[:, j], looser.high[:, j] = -np.inf, np.inf
            if not np.array_equal(looser.low, limits.low, equal_nan=True) or (
                not np.array_equal(looser.high, limits.high)
            ):
                ways.append((f"{column.name}: own limits", actionability, looser))
    for name, rest, own in ways:
        for row in np.flatnonzero(attempt(rest, codes, own)):
            opening[row] += (name,)
    return opening
