"""An estimator gets its fitted attributes, of a first or of a new classifier."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.callback import with_callbacks

from skpar.training import fit_estimator, with_new_classifier

from .._loans import quick, split_loans


@pytest.fixture(scope="module")
def loans():
    return split_loans(100)


def test_fitting_sets_the_attributes_that_the_docstring_promises(loans):
    par = quick()
    with_callbacks(fit_estimator)(par, loans.X, loans.y, loans.clf)
    for name in ("estimator_", "classes_", "favorable_label_", "schema_", "refits_"):
        assert name in vars(par) and name in type(par).__doc__
    assert par.estimator_ is loans.clf and par.n_iter_ == len(par.loss_curve_)
    same = quick().fit(loans.X, loans.y, loans.clf)
    assert set(vars(same)) == set(vars(par))


def test_a_new_classifier_that_is_the_old_one_changes_little(loans):
    par = quick().fit(loans.X, loans.y, loans.clf)
    before = dict(vars(par))
    new = with_new_classifier(par, loans.clf, loans.X, loans.y)
    assert vars(par) == before and set(vars(new)) == set(before)
    people = loans.asking[loans.clf.predict(loans.asking) == 0]
    one, two = par.recourse(people), new.recourse(people)
    both = one.answered & two.answered
    assert both.sum() >= 0.95 * one.answered.sum()
    difference = one.objective[both] - two.objective[both]
    assert abs(difference.mean()) < 0.3
    same = (one.codes_after == two.codes_after).all(axis=1) & both
    np.testing.assert_array_equal(one.percentile[same], two.percentile[same])


def test_a_table_of_other_columns_is_refused(loans):
    par = quick().fit(loans.X, loans.y, loans.clf)
    with pytest.raises(ValueError, match="feature names"):
        with_new_classifier(par, loans.clf, loans.X.drop(columns="age"), loans.y)
