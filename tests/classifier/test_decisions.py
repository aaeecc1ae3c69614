"""Whom a classifier accepts: given fitted, or fitted here."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skpar._config import TrainingConfig
from skpar.classifier._decisions import KnownRows, decide
from skpar.table import TableSchema

CONFIG = TrainingConfig()
X = pd.DataFrame({"a": np.random.RandomState(0).randn(200)})
Y = np.where(X["a"] + np.random.RandomState(1).randn(200) > 0, "yes", "no")
SCHEMA = TableSchema.infer(X)
CODES = SCHEMA.encode(X)


def decisions(classifier, is_fitted, y=Y, favorable="yes", min_probability=None):
    return decide(
        classifier,
        is_fitted,
        X,
        y,
        CODES,
        SCHEMA,
        favorable,
        min_probability,
        CONFIG,
        np.random.RandomState(0),
    )


def test_a_fitted_classifier_decides_by_its_predict():
    clf = LogisticRegression().fit(X, Y)
    found = decisions(clf, True, y=None)
    assert found.classifier is clf
    np.testing.assert_array_equal(found.accepted, clf.predict(X) == "yes")
    assert found.classes.tolist() == ["no", "yes"]
    assert found.black_box.favorable.tolist() == ["yes"]
    other = decisions(clf, True, favorable="no")
    np.testing.assert_array_equal(other.accepted, ~found.accepted)


def test_a_classifier_that_is_fitted_here_decides_out_of_fold():
    nearest = KNeighborsClassifier(1)
    found = decisions(nearest, False)
    assert not hasattr(nearest, "classes_")
    known = found.classifier.predict(X) == Y
    assert known.all()
    assert 0.5 < ((found.accepted == (Y == "yes")).mean()) < 0.9


def test_a_classifier_that_knows_the_rows_is_suspicious():
    memory = KNeighborsClassifier(1).fit(X, Y)
    with pytest.warns(UserWarning, match="agree with y on 100.0%"):
        decisions(memory, True)


def test_what_cannot_be_explained_is_refused():
    clf = LogisticRegression().fit(X, Y)
    with pytest.raises(ValueError, match="favorable_label='maybe'"):
        decisions(clf, True, favorable="maybe")
    rich = LogisticRegression().fit(X + 100, np.where(X["a"] > 0, "yes", "no"))
    with pytest.raises(ValueError, match="accepts (everybody|nobody)"):
        decisions(rich, True, y=None)

    class Plain:
        """Predicts labels only."""

        def predict(self, table):
            return np.where(table["a"] > 0, "yes", "no")

    with pytest.raises(ValueError, match="min_probability needs"):
        decisions(Plain(), True, min_probability=0.6)


def test_nulls_that_a_classifier_takes_for_levels_are_noticed():
    jobs = pa.array(["cook", None, "clerk", "driver"] * 50)
    labels = np.array(["yes", "no", "no", "yes"] * 50)
    clf = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
    clf.fit(pa.table({"job": jobs}), labels)
    table = pa.table({"job": jobs.dictionary_encode()})
    schema = TableSchema.infer(table)
    codes, rng = schema.encode(table), np.random.RandomState(0)
    with pytest.warns(UserWarning, match="takes nulls in the columns"):
        decide(clf, True, table, None, codes, schema, "yes", None, CONFIG, rng)


def test_labels_that_change_on_known_rows_are_noticed():
    clf = LogisticRegression().fit(X, Y)
    found = decisions(clf, True, y=None)
    known = found.known_rows
    assert 0 < len(known.codes) <= CONFIG.n_consistency_rows
    np.testing.assert_array_equal(known.labels, clf.predict(SCHEMA.decode(known.codes)))
    known.warn_of_changes(found.black_box.predict(known.codes))
    clf.fit(X, np.where(X["a"] > 1, "yes", "no"))
    changed = (clf.predict(SCHEMA.decode(known.codes)) != known.labels).sum()
    assert changed > 0
    text = f"for {changed} of {len(known.codes)} stored training rows"
    with pytest.warns(UserWarning, match=text):
        known.warn_of_changes(found.black_box.predict(known.codes))


def test_calls_for_single_people_go_through_all_known_rows():
    codes = np.arange(20.0).reshape(10, 2)
    known = KnownRows(codes, np.arange(10), per_person=3)
    people = np.random.RandomState(0).randn(100, 2)
    seen = set()
    for k in range(100):
        some = known.some(people[[k]])
        assert len(some.codes) == 3
        np.testing.assert_array_equal(codes[some.labels], some.codes)
        np.testing.assert_array_equal(known.some(people[[k]]).labels, some.labels)
        seen |= set(some.labels.tolist())
    assert seen == set(range(10))


@pytest.mark.parametrize(("n_people", "n_rows"), [(0, 0), (1, 3), (3, 9), (50, 10)])
def test_more_people_bring_more_known_rows(n_people, n_rows):
    known = KnownRows(np.arange(20.0).reshape(10, 2), np.arange(10), per_person=3)
    some = known.some(np.ones((n_people, 2)))
    assert len(set(some.labels.tolist())) == len(some.codes) == n_rows
