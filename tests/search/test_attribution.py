"""A contribution is what is lost when one change is taken back."""

import numpy as np

from skpar.search._attribution import contributions


def test_each_change_is_taken_back_alone():
    rng = np.random.RandomState(0)
    own, new = rng.randn(6, 3), rng.randn(6, 3)
    new[rng.rand(6, 3) < 0.4] = np.nan
    own[np.isnan(new)] = np.nan
    asked = []

    def score(codes):
        asked.append(len(codes))
        return np.nan_to_num(codes) @ [1.0, 2.0, 0.5] + np.nan_to_num(codes[:, 0]) ** 2

    got = contributions(score, own, new)
    for i in range(6):
        for j in range(3):
            row = new[i].copy()
            row[j] = own[i, j]
            lost = score(new[[i]])[0] - score(row[None])[0]
            np.testing.assert_allclose(got[i, j], lost, atol=1e-12)
    assert asked[0] == 6 + (~np.isnan(new)).sum()


def test_nothing_changed_asks_nothing():
    def score(codes):
        raise AssertionError("not to be asked")

    same = np.array([[1.0, np.nan]])
    np.testing.assert_array_equal(contributions(score, same, same), [[0, 0]])
