"""Mid-ranks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import percentileofscore

from skpar.objective._ranks import mid_rank

FEW = st.lists(st.integers(-3, 3), min_size=1, max_size=9)


@given(FEW, FEW)
def test_ranks_are_those_of_scipy(reference, values):
    found = mid_rank(np.sort(np.array(reference, float)), np.array(values, float))
    expected = percentileofscore(reference, values, kind="mean")
    np.testing.assert_allclose(found, np.asarray(expected) / 100)
