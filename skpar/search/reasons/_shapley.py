"""Shapley values: what each group of features contributes to the score of a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import factorial

import numpy as np

from ...table import round_to_tolerance, same_cells
from ._attribution import mixed_rows

_PEOPLE_PER_CALL = 32


@dataclass(frozen=True, eq=False)
class _Game:
    """One person and one other: whose groups are taken, and how scores are weighted.

    Parameters
    ----------
    players : ndarray of shape (m,), dtype int64
        Groups in which both differ.
    coalitions : ndarray of shape (n_rows, m), dtype bool
        Players with the cells of the person, in each mixed row.
    weights : ndarray of shape (m, 2 + n_rows), dtype float64
        Weights of the scores of the other, of the person, and of the mixed rows.
    """

    players: np.ndarray
    coalitions: np.ndarray
    weights: np.ndarray


def shapley_contributions(
    score: Callable[[np.ndarray], np.ndarray],
    own: np.ndarray,
    others: Sequence[np.ndarray],
    group: np.ndarray,
    max_rows: int,
    seed: int,
) -> np.ndarray:
    r"""Compute what each group of features contributes to the score of people.

    Parameters
    ----------
    score : callable
        Takes codes (n, d), returns scores (n,). It is called once for 32 people.
    own : ndarray of shape (n_people, n_features), dtype float64
        Codes of people.
    others : sequence of ndarray of shape (k, n_features), dtype float64
        For each person, the rows to compare with, as `affordable` leaves them.
    group : ndarray of shape (n_features,), dtype int64
        Group of each feature, numbered from 0.
    max_rows : int
        Largest number of mixed rows for one person.
    seed : int
        Seed of the sampled orders. They are the same for everybody.

    Returns
    -------
    contributions : ndarray of shape (n_people, n_groups), dtype float64
        Rounded to the tolerance. A row sums to the score of the person minus the mean
        score of `others`.

    Notes
    -----
    Let :math:`x` be the person, :math:`z` one of the `others`, and
    :math:`v_z(S) = f(x_S, z_{\bar S})` the score of the row with the cells of
    :math:`x` in the groups :math:`S`, and the cells of :math:`z` elsewhere. Groups in
    which both agree contribute 0. If the groups are taken over from :math:`x` one by
    one in the order :math:`\pi`, the contribution of :math:`g` is the rise of the score
    when :math:`g` is taken over. The Shapley value is its mean over all :math:`m!`
    orders of the :math:`m` other groups:

    .. math:: \phi_g = \sum_{S \not\ni g} \frac{|S|!\,(m - |S| - 1)!}{m!}
              \left(v_z(S \cup g) - v_z(S)\right)

    The result is the mean of :math:`\phi_g` over `others`. If the score is a sum over
    groups, :math:`f = b + \sum_g f_g`, every order gives :math:`f_g(x_g) - f_g(z_g)`.

    All :math:`2^m - 2` mixed rows are scored if they are affordable. Otherwise, some
    orders are drawn, each together with its reverse. This is exact for scores with
    interactions of at most two groups: the interaction of :math:`g` and :math:`h` goes
    to :math:`g` in one order and to :math:`h` in the other one, so that each gets one
    half, as in the Shapley value.

    References
    ----------
    Lundberg, Lee, "A unified approach to interpreting model predictions", NeurIPS 2017.
    Janzing, Minorics, Bloebaum, "Feature relevance quantification in explainable AI: a
    causal problem", AISTATS 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.search.reasons._shapley import shapley_contributions
    >>> own, others = np.array([[1.0, 2.0]]), [np.array([[3.0, 3.0], [5.0, 3.0]])]
    >>> group = np.arange(2)
    >>> shapley_contributions(lambda X: X @ [1.0, 4.0], own, others, group, 8, seed=0)
    array([[-3., -4.]])
    >>> shapley_contributions(lambda X: X.prod(axis=1), own, others, group, 8, seed=0)
    array([[-7.5, -2.5]])
    """
    contributions = np.zeros((len(own), int(group.max(initial=-1)) + 1))
    for start in range(0, len(own), _PEOPLE_PER_CALL):
        stop = min(start + _PEOPLE_PER_CALL, len(own))
        games = [
            _make_games(own[k], others[k], group, max_rows, seed)
            for k in range(start, stop)
        ]
        rows = [own[start:stop]]
        for person, some in enumerate(games, start):
            for game, other in zip(some, others[person], strict=True):
                rows += [other[None], _rows_of(game, own[person], other, group)]
        values = score(np.concatenate(rows))
        place = stop - start
        for person, some in enumerate(games, start):
            for game in some:
                end = place + 1 + len(game.coalitions)
                v = np.insert(values[place:end], 1, values[person - start])
                contributions[person, game.players] += game.weights @ v / len(some)
                place = end
    return round_to_tolerance(contributions)


def affordable(
    own: np.ndarray, others: np.ndarray, group: np.ndarray, max_rows: int
) -> np.ndarray:
    """Take the first rows that can be compared with a person, each in two orders.

    Parameters
    ----------
    own : ndarray of shape (n_features,), dtype float64
        Codes of the person.
    others : ndarray of shape (k, n_features), dtype float64
        Rows, the most important first.
    group : ndarray of shape (n_features,), dtype int64
        Group of each feature.
    max_rows : int
        Largest number of mixed rows.

    Returns
    -------
    others : ndarray of shape (n_taken, n_features), dtype float64
        At least the first one.
    """
    costs = [_cost(len(_players(own, other, group))) for other in others]
    n_taken = int(np.searchsorted(np.cumsum(costs), max_rows, side="right"))
    return others[: max(n_taken, 1)]


def _players(own: np.ndarray, other: np.ndarray, group: np.ndarray) -> np.ndarray:
    """List the groups in which two rows differ, ascending."""
    return np.unique(group[~same_cells(own, other)])


def _cost(n_players: int) -> int:
    """Count the mixed rows of an order and its reverse."""
    return 2 * max(n_players - 1, 0)


def _n_pairs(n_players: int, n_rows: int) -> int:
    """Count the pairs of orders; 0 if all coalitions are affordable."""
    if n_players <= 1 or 2**n_players - 2 <= n_rows:
        return 0
    return max(n_rows // _cost(n_players), 1)


def _make_games(
    own: np.ndarray, others: np.ndarray, group: np.ndarray, max_rows: int, seed: int
) -> list[_Game]:
    """Make the games of one person (n_features,), one for each of the others."""
    players = [_players(own, other, group) for other in others]
    costs = [_cost(len(one)) for one in players]
    spare = max(max_rows - sum(costs), 0) // max(len(others), 1)
    n_groups = int(group.max(initial=-1)) + 1
    games = []
    for number, (who, cost) in enumerate(zip(players, costs, strict=True)):
        n_pairs = _n_pairs(len(who), cost + spare)
        if not n_pairs:
            games.append(_Game(who, *_all_coalitions(len(who))))
            continue
        # The seed is that of the number, so that nothing depends on other people.
        rng = np.random.RandomState([seed, number])
        orders = rng.random_sample((n_pairs, n_groups))[:, who].argsort(axis=1)
        orders = np.concatenate([orders, orders[:, ::-1]])
        games.append(_Game(who, *_prefixes(orders)))
    return games


@cache
def _all_coalitions(m: int) -> tuple[np.ndarray, np.ndarray]:
    """List all coalitions of m players but the empty and the full one, with weights."""
    numbers = np.arange(2**m)
    inside = (numbers[:, None] >> np.arange(m)) & 1 == 1
    size = inside.sum(axis=1)
    # Weights of a coalition for its own players, and for the players outside.
    joined = [factorial(k - 1) * factorial(m - k) if k else 0 for k in range(m + 1)]
    left = [factorial(k) * factorial(m - k - 1) if k < m else 0 for k in range(m + 1)]
    weights = np.where(
        inside, np.array(joined)[size, None], -np.array(left)[size, None]
    )
    order = np.concatenate([numbers[:1], numbers[-1:], numbers[1:-1]])
    return inside[numbers[1:-1]], (weights / factorial(m))[order].T


def _prefixes(orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """List the beginnings of orders (n_orders, m) as coalitions, with weights."""
    n_orders, m = orders.shape
    rank = orders.argsort(axis=1)
    coalitions = rank[:, None, :] < np.arange(1, m)[:, None]
    # Columns of the scores before the first player, after the last, and in between.
    place = 2 + np.arange(n_orders * (m - 1)).reshape(n_orders, m - 1)
    ends = np.zeros((n_orders, 1), dtype=np.int64)
    place = np.concatenate([ends, place, ends + 1], axis=1)
    weights = np.zeros((m, 2 + n_orders * (m - 1)))
    player = np.broadcast_to(np.arange(m), rank.shape)
    steps = np.take_along_axis(place, rank, axis=1)
    np.add.at(weights, (player, np.take_along_axis(place, rank + 1, axis=1)), 1.0)
    np.add.at(weights, (player, steps), -1.0)
    return coalitions.reshape(-1, m), weights / n_orders


def _rows_of(
    game: _Game, own: np.ndarray, other: np.ndarray, group: np.ndarray
) -> np.ndarray:
    """Mix the cells of a person and of another row, (n_coalitions, n_features)."""
    takes = np.zeros((len(game.coalitions), int(group.max(initial=-1)) + 1), dtype=bool)
    takes[:, game.players] = game.coalitions
    return mixed_rows(other, own, takes[:, group])
