"""Relations between columns as plain data, for the density of a page."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ....density._api import RelationFactor
from ....relations import Determined
from ....table import TableSchema
from ...record.plain import plain_determined
from ._choices import Choice

# As formulas round: coarser than any step of a table.
_FINEST_STEPS = 1_000_000


def plain_relations(
    factor: RelationFactor | None,
    schema: TableSchema,
    own: np.ndarray,
    choices: Sequence[Choice],
) -> tuple[list[dict[str, Any]], float]:
    """Write the determined columns of a density as plain data.

    Parameters
    ----------
    factor : RelationFactor or None
        The factor of the density; None if there are no relations.
    schema : TableSchema
        What each feature is.
    own : ndarray of shape (n_features,), dtype float64
        Codes of the person.
    choices : sequence of Choice
        What may change.

    Returns
    -------
    relations : list of dict
        Those that a change can keep or break.
    constant : float
        Log-factor of the others, in nats.
    """
    if factor is None:
        return [], 0.0
    by_feature = {one.feature: one for one in choices}
    written = []
    row = own[np.newaxis]
    constant = float(factor.log_factor(row)[0] - factor.log_patterns(row).sum())
    for one in factor.determined:
        if by_feature.keys() & {one.column, *one.sources}:
            constant -= float(factor.log_relation(one, row)[0])
            choice = by_feature.get(one.column)
            written.append(_plain_relation(factor, one, own, choice))
    return written, constant


def _plain_relation(
    factor: RelationFactor, one: Determined, own: np.ndarray, choice: Choice | None
) -> dict[str, Any]:
    """Write one relation, and the distribution of its column on its own."""
    plain = plain_determined(one)
    step = plain.get("step")
    if step is not None:
        fraction = Fraction(step).limit_denominator(_FINEST_STEPS)
        plain["fraction"] = [fraction.numerator, fraction.denominator]
    marginal = factor.marginals[one.column]
    codes = own[[one.column]] if choice is None else choice.codes
    log_density = marginal.log_density(codes)
    plain["alone"] = {
        "codes": [None if np.isnan(code) else code for code in codes.tolist()],
        "logDensity": [max(value, -1e300) for value in log_density.tolist()],
    }
    if choice is not None and choice.is_range:
        plain["alone"] |= {
            "typical": marginal.typical,
            "spread": marginal.spread,
            "logPresent": marginal.log_present,
        }
    return {**plain, "logKept": factor.log_kept, "logBroken": factor.log_broken}
