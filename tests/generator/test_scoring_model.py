"""The scoring model: one objective, its two densities, one surrogate."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from skpar.generator._candidates import Candidates

from .._people import FittedCase


def test_it_scores_rows_by_the_densities_of_its_objective():
    case = FittedCase(n=120)
    model = case.scoring_model()
    accepted, denied = model.circuits
    cells = np.tile(np.arange(30), (6, 1))
    scores = [
        circuit.log_prob(circuit.tabulate(case.codes[:30]), cells)
        for circuit in (accepted, denied)
    ]
    assert_allclose(scores, case.plausibility.log_densities(case.codes[:30]))


def test_another_surrogate_changes_margins_alone():
    case = FittedCase(n=120)
    codes = case.denied_codes[:10]
    one, other = (
        case.scorer(codes, surrogate=case.surrogate(is_plain)).evaluate(
            Candidates(np.arange(10), np.zeros((6, 10), dtype=np.int64))
        )
        for is_plain in (False, True)
    )
    assert_allclose(one[0], other[0])
    assert not np.isclose(one[1], other[1]).any()
