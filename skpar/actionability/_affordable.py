"""Limits that follow from the largest effort of people, one cell at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..table import round_to_tolerance
from ._actionability import Actionability
from ._people import People

# Takes codes before and after changes; effort of each cell, of the same shape.
EffortPerFeature = Callable[[np.ndarray, np.ndarray], np.ndarray]

# The largest affordable change of a number is bracketed between two of this number of
# points, in this number of rounds, each within the bracket of the last one.
_N_POINTS = 32
_N_ROUNDS = 4


def with_affordable_cells(
    actionability: Actionability, people: People, effort: EffortPerFeature
) -> People:
    """Narrow the limits of people to cells that they can afford alone.

    Efforts are sums over features and never negative. So no row within the largest
    effort of a person has a cell that needs more alone.

    Parameters
    ----------
    actionability : Actionability
        The rules.
    people : People
    effort : callable
        Takes codes (..., n_features) before and after changes, returns the effort of
        each cell. It rises with the distance between numbers.

    Returns
    -------
    people : People
        Every row within the largest effort that was feasible is feasible. Limits of
        numbers may still permit slightly more than is affordable. People without a
        largest effort have the limits that they had.
    """
    limits = people.limits
    if limits.max_effort is None:
        return people
    most = round_to_tolerance(limits.max_effort)
    frozen, ends = limits.frozen.copy(), np.stack([people.codes, people.codes])
    for j, rule in enumerate(actionability.rules):
        own = people.codes[:, j]
        options = rule.extremes(own, limits.of_column(j))
        if not options or j in actionability.derived:
            continue
        if actionability.schema.columns[j].is_numeric:
            ends[:, :, j] = np.fmin(own, options[0]), np.fmax(own, options[-1])
        else:
            rows = np.repeat(people.codes[np.newaxis], len(options), axis=0)
            rows[:, :, j] = options
            cost = round_to_tolerance(effort(people.codes, rows)[:, :, j])
            is_affordable = (cost <= most) & (rows[:, :, j] != own)
            frozen[:, j] |= ~is_affordable.any(axis=0) & (most < np.inf)
    first, last = _affordable_ends(people.codes, ends, most, effort)
    is_numeric = [column.is_numeric for column in actionability.schema.columns]
    low = np.where(is_numeric, np.fmax(limits.low, first), limits.low)
    high = np.where(is_numeric, np.fmin(limits.high, last), limits.high)
    narrow = replace(limits, low=low, high=high, frozen=frozen)
    return replace(people, limits=narrow)


def _affordable_ends(
    own: np.ndarray, ends: np.ndarray, most: np.ndarray, effort: EffortPerFeature
) -> np.ndarray:
    """Find values next to the last affordable ones before ends (2, n, n_features).

    They need slightly too much effort. If an end is affordable, it is no limit, and the
    value is infinite. It is NaN in missing cells.
    """
    way = ends - own
    near, far = np.zeros(ends.shape), np.ones(ends.shape)
    shares = np.linspace(0.0, 1.0, _N_POINTS + 1)[1:, None, None, None]
    for _ in range(_N_ROUNDS):
        width = far - near
        cost = round_to_tolerance(effort(own, own + (near + shares * width) * way))
        is_affordable = cost <= most[:, np.newaxis]
        n_affordable = is_affordable.cumprod(axis=0).sum(axis=0)
        near = near + width * n_affordable / _N_POINTS
        far = np.minimum(far, near + width / _N_POINTS)
    unlimited = np.array([-np.inf, np.inf])[:, np.newaxis, np.newaxis]
    return np.where(far < 1.0, own + far * way, unlimited)
