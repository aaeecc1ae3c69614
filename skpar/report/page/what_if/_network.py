"""The surrogate as plain data, for the values that one person may try."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ....classifier import Surrogate
from ....table import TableSchema
from ._choices import Choice, free_rows, rounded


def plain_network(
    surrogate: Surrogate,
    schema: TableSchema,
    own: np.ndarray,
    choices: Sequence[Choice],
    digits: int,
) -> dict[str, Any]:
    """Write a surrogate as plain data; cells that stay are added to its start.

    Parameters
    ----------
    surrogate : Surrogate
        A network in which the hidden values of a row are a sum over cells.
    schema : TableSchema
        What each feature is.
    own : ndarray of shape (n_features,), dtype float64
        Codes of the person.
    choices : sequence of Choice
        What may change.
    digits : int
        Significant digits of parameters.

    Returns
    -------
    network : dict
        Positive margins are estimated to be accepted.
    """
    arrays = surrogate.arrays
    free = [one.feature for one in choices]
    stays = np.delete(surrogate.embed(own[np.newaxis])[:, 0], free, axis=0)
    hidden = surrogate.embed(free_rows(own, choices))
    cells = []
    for one in choices:
        listed = hidden[one.feature, : len(one.codes)]
        cell = {
            **one.plain(schema.columns[one.feature]),
            "hidden": rounded(listed, digits),
        }
        if one.is_range:
            knots = _knots(surrogate, one)
            rows = np.repeat(own[np.newaxis], len(knots), axis=0)
            rows[:, one.feature] = knots
            embedded = surrogate.embed(rows)[one.feature]
            cell |= {"knots": knots.tolist(), "atKnots": rounded(embedded, digits)}
        cells.append(cell)
    return {
        "start": rounded(surrogate.start + stays.sum(axis=0), digits),
        "cells": cells,
        "inner": rounded(arrays["middle.weight"].T, digits),
        "innerBias": rounded(arrays["middle.bias"], digits),
        "outer": rounded(arrays["last.weight"], digits),
        "outerBias": float(arrays["last.bias"][0]),
    }


def _knots(surrogate: Surrogate, choice: Choice) -> np.ndarray:
    """List the knots of a range: those inside it, and one beyond each end."""
    knots = surrogate.basis.knots[choice.feature]
    if knots is None or not len(knots):
        return np.zeros(1)
    first = max(int(np.searchsorted(knots, choice.low, side="right")) - 1, 0)
    last = int(np.searchsorted(knots, choice.high, side="left"))
    return np.asarray(knots[first : last + 1])
