"""The scoring model: one objective, its two densities, one surrogate."""

from __future__ import annotations

import pickle

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skpar.generator._candidates import Candidates

from .._people import FittedCase


def test_it_scores_rows_by_the_densities_of_its_objective():
    case = FittedCase(n=120)
    model = case.scoring_model()
    accepted, denied = model.circuits
    encoded = case.encoder.encode(case.codes[:30])
    cells = np.tile(np.arange(30), (6, 1))
    scores = [
        circuit.log_prob(circuit.tabulate(encoded), cells)
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


def test_a_pickle_has_each_density_once():
    model = FittedCase(n=120).scoring_model()
    assert "circuits" not in model.__getstate__()
    back = pickle.loads(pickle.dumps(model))
    codes = np.tile(np.arange(30), (6, 1))
    cells = model.encoder.encode(model.action_builder.neighborhood.people[:30])
    for known, circuit in zip(model.circuits, back.circuits, strict=True):
        assert_array_equal(
            circuit.log_prob(circuit.tabulate(cells), codes),
            known.log_prob(known.tabulate(cells), codes),
        )
