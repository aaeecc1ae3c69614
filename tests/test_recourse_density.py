"""How PARRecourse takes its densities' parameters."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone

from skpar import PARRecourse
from skpar.density import HiddenChowLiuTree

from ._loans import Accepts, quick, split_loans


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


@pytest.mark.slow
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


@pytest.mark.parametrize("as_table", [lambda X: X, lambda X: X.to_numpy()])
def test_both_densities_take_rows_of_the_user(loans, as_table):
    numbers = ["debt_share", "card_usage", "loan_amount"]
    X, asking = as_table(loans.X[numbers]), as_table(loans.asking[numbers])
    clf = Accepts(lambda X: np.asarray(X)[:, 0] < 0.3)
    par = quick().fit(X, clf=clf)
    report = par.recourse(asking)
    found = report.answered
    log_density = par.accepted_density_.score_samples(report.counterfactuals)
    np.testing.assert_allclose(log_density[found], report.log_density[found])
    accepted = clf.predict(X) == 1
    lead = par.accepted_density_.score_samples(X) - par.denied_density_.score_samples(X)
    assert lead[accepted].mean() > lead[~accepted].mean() + 1
    for density in (par.accepted_density_, par.denied_density_):
        assert density.n_iter_ >= 1
        assert np.isfinite(density.lower_bound_)
        assert len(density.tree_) == len(numbers) - 1
        assert type(density.sample(2, random_state=0)) is type(X)
        with pytest.raises(ValueError, match="feature"):
            density.score_samples(as_table(loans.X[numbers[:2]]))


def test_the_densities_cost_no_space_of_their_own(loans):
    par = quick().fit(loans.X, loans.y, loans.clf)
    assert par.accepted_density_.circuit_ is par._parts.objective.plausibility.accepted
    assert len(pickle.dumps(par.accepted_density_)) < len(pickle.dumps(par)) / 2
