"""Coverage, validity and success."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.metrics import coverage, success, validity

from .._loans import Accepts

POSITIVE = Accepts(lambda table: np.ravel(table) > 0)
ROWS = st.lists(
    st.tuples(st.sampled_from([-1, 1]), st.booleans(), st.integers(1, 5)),
    min_size=1,
    max_size=8,
)


def test_a_case_by_hand():
    new = np.array([[1], [-1], [1], [1], [-1]])
    answered = np.array([True, True, True, False, False])
    tables = (np.zeros((5, 1)), new, answered)
    assert coverage(*tables) == 0.6
    assert validity(*tables, POSITIVE, favorable_label=1) == pytest.approx(2 / 3)
    assert success(*tables, POSITIVE, favorable_label=1) == 0.4
    np.testing.assert_array_equal(
        validity(*tables, POSITIVE, favorable_label=1, average=None),
        [1, 0, 1, np.nan, np.nan],
    )


@given(ROWS)
def test_success_is_coverage_times_validity(rows):
    new, answered, weight = map(np.array, zip(*rows, strict=True))
    tables = (np.zeros((len(new), 1)), new[:, None], answered)
    options = {"favorable_label": 1, "sample_weight": weight}
    product = coverage(*tables, sample_weight=weight) * validity(
        *tables, POSITIVE, **options
    )
    found = success(*tables, POSITIVE, **options)
    assert found == pytest.approx(product if answered.any() else 0.0)


def test_predict_decides_and_not_probability():
    class Undecided:
        classes_ = np.array([0, 1])

        def predict(self, table):
            return np.ones(len(table), dtype=int)

        def predict_proba(self, table):
            return np.tile([0.9, 0.1], (len(table), 1))

    assert validity([[0]], [[0]], [True], Undecided()) == 1.0


def test_a_target_counts_instead_of_the_favorable_labels():
    clf = Accepts(lambda table: np.ravel(table))
    clf.predict = lambda table: np.array(["no", "fair", "good"])[np.ravel(table)]
    new = np.array([[1], [2], [1], [0], [2]])
    answered = np.array([True, True, True, True, False])
    tables = (np.zeros((5, 1)), new, answered, clf)
    favorable = {"favorable_label": ["fair", "good"]}
    target = ["good", "good", None, "fair", "good"]
    assert validity(*tables, **favorable) == 0.75
    assert validity(*tables, **favorable, target=target) == 0.5
    assert success(*tables, **favorable, target=np.array(target)) == 0.4
    np.testing.assert_array_equal(
        validity(*tables, **favorable, target=target, average=None),
        [0, 1, 1, 0, np.nan],
    )
    assert validity(*tables, **favorable, target="fair") == 0.5
    with pytest.raises(ValueError, match="there are 5 people"):
        validity(*tables, **favorable, target=["good"] * 4)
