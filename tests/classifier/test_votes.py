"""A share of refits accepts a row, and few of them are queried to find out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from skpar.classifier._votes import Refits


class Member:
    """Accepts the rows marked in its column of votes; counts rows."""

    classifier = None

    def __init__(self, column):
        self.column, self.n_rows = column, 0

    def accepted(self, codes):
        self.n_rows += len(codes)
        return codes[:, self.column] > 0

    def score(self, codes):
        return None


def refits_of(n, share):
    return Refits(tuple(Member(k) for k in range(n)), share)


@given(arrays(bool, (20, 7)), st.floats(0.01, 1.0))
def test_a_row_is_accepted_if_the_share_is_large_enough(votes, least):
    refits = refits_of(7, least)
    codes = votes.astype(float)
    share = refits.share(codes)
    np.testing.assert_allclose(share, votes.mean(axis=1))
    assert_array_equal(refits.accepted(codes), share >= least - 1e-9)
    alone = [refits.accepted(codes[[i]])[0] for i in range(len(codes))]
    assert_array_equal(refits.accepted(codes), alone)


@pytest.mark.parametrize(
    ("n", "share", "needed"),
    [
        (10, 0.7, 7),
        (10, 0.9, 9),
        (10, 0.91, 10),
        (5, 1.0, 5),
        (5, 0.01, 1),
        (1, 0.5, 1),
    ],
)
def test_a_share_of_tenths_is_not_rounded_up(n, share, needed):
    assert refits_of(n, share).n_needed == needed


def test_refits_are_queried_until_the_row_is_decided():
    refits = refits_of(10, 0.9)
    assert not refits.accepted(np.zeros((4, 10))).any()
    assert [member.n_rows for member in refits.members] == [4, 4] + 8 * [0]
    refits = refits_of(10, 0.9)
    assert refits.accepted(np.ones((4, 10))).all()
    assert [member.n_rows for member in refits.members] == 9 * [4] + [0]
