"""How PARRecourse takes its densities' parameters."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from skpar import PARRecourse
from skpar.density import HiddenChowLiuTree

from ._loans import quick, split_loans


@pytest.fixture(scope="module")
def loans():
    return split_loans(150)


def states_of(par):
    plausibility = par._parts.objective.plausibility
    densities = (plausibility.accepted, plausibility.denied)
    return [len(density.parameters.prior) for density in densities]


def test_the_density_says_how_both_are_fitted(loans):
    density = HiddenChowLiuTree(n_states=3, max_iter=2)
    par = quick(density=density, random_state=0).fit(loans.X, loans.y, loans.clf)
    assert states_of(par) == [3, 3]
    assert not hasattr(density, "circuit_")
    nested = clone(par).set_params(density__n_states=2)
    assert density.n_states == 3
    assert states_of(nested.fit(loans.X, loans.y, loans.clf)) == [2, 2]


def test_none_is_the_default_density(loans):
    default, given = (
        quick(density=density, random_state=0).fit(loans.X, loans.y, loans.clf)
        for density in (None, HiddenChowLiuTree(random_state=5))
    )
    np.testing.assert_array_equal(
        default.recourse(loans.asking).log_density,
        given.recourse(loans.asking).log_density,
    )


@pytest.mark.parametrize(
    ("density", "match"),
    [
        ("circuit", "'density' parameter of PARRecourse"),
        (HiddenChowLiuTree(n_states=0), "'n_states' parameter of HiddenChowLiuTree"),
        (HiddenChowLiuTree(ordinal_features={}), "ordinal_features of density has no"),
    ],
)
def test_a_density_that_cannot_be_used_is_refused(loans, density, match):
    with pytest.raises(ValueError, match=match):
        PARRecourse(density=density).fit(loans.X, loans.y, loans.clf)
