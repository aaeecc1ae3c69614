"""A contribution is the loss of score if one change is undone."""

import numpy as np

from skpar.search.reasons._attribution import attribute_changes


def test_each_change_is_taken_back_alone():
    rng = np.random.RandomState(0)
    own, new = rng.randn(6, 3), rng.randn(6, 3)
    new[rng.rand(6, 3) < 0.4] = np.nan
    own[np.isnan(new)] = np.nan
    n_scored = []

    def score(codes):
        n_scored.append(len(codes))
        return np.nan_to_num(codes) @ [1.0, 2.0, 0.5] + np.nan_to_num(codes[:, 0]) ** 2

    got = attribute_changes(score, own, new)
    assert len(n_scored) == 1, "a call to a pipeline costs more than a row"
    for i in range(6):
        for j in range(3):
            row = new[i].copy()
            row[j] = own[i, j]
            lost = score(new[[i]])[0] - score(row[None])[0]
            np.testing.assert_allclose(got[i, j], lost, atol=1e-12)


def test_without_a_change_nothing_is_scored():
    def score(codes):
        raise AssertionError("not to be scored")

    same = np.array([[1.0, np.nan]])
    np.testing.assert_array_equal(attribute_changes(score, same, same), [[0, 0]])
