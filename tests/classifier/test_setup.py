"""The classifier to explain, its labels, the favorable ones, and who is accepted."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from skpar.classifier._setup import (
    check_acceptance_rate,
    check_labels,
    choose_classifier,
    choose_favorable,
    find_classes,
    fit_classifier,
    table_to_fit,
    warn_if_trained_on,
    with_seeds,
)
from skpar.table import TableSchema

from .._people import make_people

PLAIN = LogisticRegression()
FROZEN = FrozenEstimator(LogisticRegression())


@pytest.mark.parametrize(
    ("estimator", "clf", "expected"),
    [
        (None, PLAIN, (PLAIN, True)),
        (PLAIN, None, (PLAIN, False)),
        (FROZEN, None, (FROZEN, True)),
        (None, FROZEN, (FROZEN, True)),
    ],
)
def test_the_classifier_is_the_one_given(estimator, clf, expected):
    chosen = choose_classifier(estimator, clf, TableSchema(()))
    assert chosen[0] is expected[0] and chosen[1] is expected[1]


def test_two_classifiers_are_one_too_many():
    with pytest.raises(ValueError, match="Both estimator= and"):
        choose_classifier(PLAIN, PLAIN, TableSchema(()))


def test_the_default_classifier_takes_every_kind_of_column():
    X = make_people(200)
    classifier, is_fitted = choose_classifier(None, None, TableSchema.infer(X))
    assert not is_fitted
    y = X["savings"].to_numpy() > 100
    assert classifier.fit(X, y).score(X, y) > 0.9
    assert X.isna().to_numpy().any(), "the table has no missing cell to take"


@pytest.mark.parametrize("word", ["cook", "missing"])
def test_the_default_classifier_takes_text_with_na(word):
    cells = [word, "clerk", pd.NA] * 4
    X = pd.DataFrame({"job": pd.array(cells, dtype="string"), "age": range(12)})
    clf, _ = choose_classifier(None, None, TableSchema.infer(X))
    y = np.array([0, 0, 1] * 4)
    assert (clf.fit(X, y).predict(X) == y).all()


@pytest.mark.parametrize(
    ("cells", "dtype"), [([True, False, None], "boolean"), ([1, 2, None], "Int64")]
)
def test_the_default_classifier_takes_other_cells_with_na(cells, dtype):
    X = pd.DataFrame({"a": pd.array(cells * 4, dtype=dtype), "age": range(12)})
    schema = TableSchema.infer(X, categorical_features=["a"])
    clf, _ = choose_classifier(None, None, schema)
    y = np.array([0, 1, 1] * 4)
    assert clf.fit(X, y).score(X, y) > 0.6


@pytest.mark.parametrize("nameless", ["age", "job"])
def test_the_default_classifier_finds_a_column_of_polars_without_a_name(nameless):
    X = pl.DataFrame({"age": [31, 45, 52, 28] * 3, "job": ["cook", "clerk"] * 6})
    X = X.rename({nameless: ""})
    clf, _ = choose_classifier(None, None, TableSchema.infer(X))
    y = np.array([0, 1, 1, 0] * 3)
    assert (clf.fit(X, y).predict(X) == y).all()


@pytest.mark.parametrize(
    ("classes", "favorable_label", "expected"),
    [
        ([0, 1], None, [1]),
        ([-1, 1], None, [1]),
        ([False, True], None, [True]),
        ([0.0, 1.0], None, [1.0]),
        ([0, 1], 0, [0]),
        (["no", "yes"], "no", ["no"]),
        (["a", "b", "c"], ["c", "a"], ["a", "c"]),
        (["a", "b", "c"], {"b"}, ["b"]),
        ([1, 2, 3], range(2, 4), [2, 3]),
        ([1, 2, 3], np.array([3]), [3]),
        ([1, 2, 3], pd.Series([1, 3]), [1, 3]),
        (["a", "b"], np.str_("a"), ["a"]),
    ],
)
def test_favorable_labels(classes, favorable_label, expected):
    favorable = choose_favorable(np.array(classes), favorable_label)
    assert favorable.tolist() == expected


@pytest.mark.parametrize("classes", [[1, 2], ["accept", "reject"], [0, 1, 2], [-1, 0]])
def test_a_guess_is_announced(classes):
    match = f"{classes[-1]!r}, the last of"
    with pytest.warns(UserWarning, match=match):
        assert choose_favorable(np.array(classes), None) == classes[-1:]


@pytest.mark.parametrize(
    ("favorable_label", "match"),
    [
        (2, r"favorable_label=2 is not among the labels \[0, 1\]"),
        ([0, 2], "favorable_label=2 is not among"),
        ([], r"favorable_label=\[\] must name some but not all"),
        ([0, 1], r"favorable_label=\[0, 1\] must name some but not all"),
    ],
)
def test_impossible_favorable_labels(favorable_label, match):
    with pytest.raises(ValueError, match=match):
        choose_favorable(np.array([0, 1]), favorable_label)


@pytest.mark.parametrize("y", [[0, 1, 1], ["b", "a", "b"], [True, False, True]])
@pytest.mark.parametrize("container", [list, np.array, pd.Series, pd.Categorical])
def test_labels_come_in_any_container(y, container):
    checked = check_labels(np.zeros((3, 1)), container(y), PLAIN, is_needed=True)
    assert isinstance(checked, np.ndarray)
    assert checked.tolist() == y


@pytest.mark.parametrize(
    ("y", "match"),
    [
        ([1, 1, 1], "1 class only"),
        ([0, 1], "inconsistent numbers"),
        ([0.5, 1.5, 2.5], "Unknown label type: continuous"),
        ([0, 1, np.nan], "position 2"),
        (["a", None, "b"], "position 1"),
        (pd.Series([pd.NA, 0, 1], dtype="Int64"), "position 0"),
        ([[0], [1], [0, 1]], "inhomogeneous"),
    ],
)
def test_impossible_labels(y, match):
    with pytest.raises(ValueError, match=match):
        check_labels(np.zeros((3, 1)), y, PLAIN, is_needed=True)


def test_find_classes_a_classifier_that_names_none():
    class Nameless:
        pass

    class Named:
        classes_ = ("no", "yes")

    predicted = np.array([3, 3])
    assert find_classes(Named(), predicted, None).tolist() == ["no", "yes"]
    assert find_classes(Nameless(), predicted, None).tolist() == [3]
    assert find_classes(Nameless(), predicted, np.array([5, 4])).tolist() == [3, 4, 5]
    objects = np.array(["no", "yes"], dtype=object)
    assert find_classes(Nameless(), objects, np.array(["no"])).tolist() == ["no", "yes"]
    with pytest.raises(ValueError, match="such as 5, but .* such as 'no'"):
        find_classes(Nameless(), objects, np.array([5, 4]))


@pytest.fixture
def labelled():
    rng = np.random.RandomState(0)
    return rng.rand(60, 2), rng.randint(2, size=60)


def test_predictions_come_from_clones_that_have_not_seen_the_row(labelled):
    X, y = labelled
    nearest = KNeighborsClassifier(1)
    fitted, predicted = fit_classifier(nearest, X, y, 3, np.random.RandomState(0))
    assert not hasattr(nearest, "classes_")
    np.testing.assert_array_equal(fitted.predict(X), y)
    assert 0.2 < (predicted == y).mean() < 0.8


def test_a_class_with_one_row_is_predicted_without_folds(labelled):
    X, y = labelled
    y = np.where(np.arange(60) == 0, 2, y)
    nearest = KNeighborsClassifier(1)
    _, predicted = fit_classifier(nearest, X, y, 3, np.random.RandomState(0))
    np.testing.assert_array_equal(predicted, y)


def test_open_seeds_are_drawn_and_given_ones_are_kept(labelled):
    X, y = labelled

    def forests(seed):
        return Pipeline(
            [
                ("scale", StandardScaler()),
                ("forest", RandomForestClassifier(3, random_state=seed)),
            ]
        )

    def fitted_seed(seed, rng):
        fitted, _ = fit_classifier(forests(seed), X, y, 3, np.random.RandomState(rng))
        return fitted[-1].random_state

    assert fitted_seed(7, 0) == 7
    assert fitted_seed(None, 0) == fitted_seed(None, 0) != fitted_seed(None, 1)


def test_a_frozen_step_stays_fitted(labelled):
    X, y = labelled
    scaler = StandardScaler().fit(X + 5)
    pipeline = make_pipeline(FrozenEstimator(scaler), LogisticRegression())
    fitted, _ = fit_classifier(pipeline, X, y, 3, np.random.RandomState(0))
    assert fitted[0].estimator is scaler


@pytest.mark.parametrize(("value", "who"), [(True, "everybody"), (False, "nobody")])
def test_one_decision_for_all_is_refused(value, who):
    share = f"{float(value):.2f} of 8"
    with pytest.raises(
        ValueError, match=f"accepts {who}: the share accepted is {share}"
    ):
        check_acceptance_rate(np.full(8, value))
    check_acceptance_rate(np.array([True, False]))


@pytest.mark.parametrize(
    ("n_ones", "n_wrong", "warns"),
    [
        (500, 0, True),
        (500, 10, True),
        (500, 11, False),
        (950, 5, True),
        (950, 6, False),
        (999, 0, True),
        (999, 1, False),
        (1, 1, False),
    ],
)
def test_predictions_that_repeat_the_labels_are_suspected(n_ones, n_wrong, warns):
    y = (np.arange(1000) < n_ones).astype(int)
    predicted = np.where(np.arange(1000) < n_wrong, 1 - y, y)
    with warnings.catch_warnings(record=True) as record:
        warnings.simplefilter("always")
        warn_if_trained_on(predicted, y, 0.99, 0.1)
    assert len(record) == warns
    for warning in record:
        assert f"{100 - n_wrong / 10}% of the rows" in str(warning.message)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99, 0.999])
def test_a_constant_is_never_suspected(share):
    y = np.where(np.arange(1000) < 1000 * share, "yes", "no")
    warn_if_trained_on(np.full(1000, "yes"), y, 0.99, 0.1)


def test_only_random_states_that_are_none_get_a_seed():
    both = Pipeline(
        [("one", LogisticRegression(random_state=3)), ("two", RandomForestClassifier())]
    )
    seeded = with_seeds(both, np.random.RandomState(0))
    assert seeded["one"].random_state == 3
    assert isinstance(seeded["two"].random_state, int)
    assert both["two"].random_state is None
    again = with_seeds(both, np.random.RandomState(0))
    assert again["two"].random_state == seeded["two"].random_state


def test_scikit_learn_reads_the_nulls_of_pyarrow():
    levels = pa.array(["cook", None, "clerk"]).dictionary_encode()
    table = table_to_fit(pa.table({"job": levels}))
    assert pd.isna(np.asarray(table["job"])).tolist() == [False, True, False]
    for other in (pl.DataFrame({"x": [1]}), pd.DataFrame({"x": [1]}), np.zeros((1, 1))):
        assert table_to_fit(other) is other


@pytest.mark.parametrize("is_needed", [True, False])
def test_labels_in_a_lazy_frame_are_refused(is_needed):
    X, y = pd.DataFrame({"age": [20, 30]}), pl.LazyFrame({"label": [0, 1]})
    with pytest.raises(TypeError, match=r"y is a LazyFrame.*Pass y\.collect\(\)"):
        check_labels(X, y, None, is_needed=is_needed)
