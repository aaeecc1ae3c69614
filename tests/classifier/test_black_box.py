import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skpar.classifier._black_box import BlackBox
from skpar.classifier._decisions import consistent_labels
from skpar.classifier._predictions import stage
from skpar.table import TableSchema

RNG = np.random.RandomState(0)
NUMBERS = pd.DataFrame(
    {
        "income": RNG.randint(10, 60, 60),
        "debt": RNG.exponential(5.0, 60).round(2),
        "owner": RNG.rand(60) < 0.5,
    }
)
Y = np.where(NUMBERS["income"] - 2 * NUMBERS["debt"] > 25, "yes", "no")
Y3 = np.where(NUMBERS["debt"] > 9, "never", Y)
MIXED = NUMBERS.assign(job=RNG.choice(["cook", "clerk", "smith"], 60))


class OnlyPredict:
    """A rule that knows neither scikit-learn nor its attributes."""

    def __init__(self, label="yes"):
        self.label = label
        self.calls = []

    def predict(self, X):
        self.calls.append(X)
        return [self.label] * len(X)


class Recorder(ClassifierMixin, BaseEstimator):
    """A scikit-learn classifier that keeps the last table it was given."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.n_features_in_ = X.shape[1]
        if hasattr(X, "columns"):
            self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        return self

    def predict(self, X):
        self.seen_ = X
        return np.repeat(self.classes_[:1], len(X))


def one_hot(*columns):
    encode = OneHotEncoder(sparse_output=False)
    return make_column_transformer((encode, list(columns)), remainder="passthrough")


def black_box(classifier, table, favorable=("yes",)):
    return BlackBox(classifier, TableSchema.infer(table), list(favorable))


def quietly(function, *args):
    """Call where the slightest warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return function(*args)


TREE = DecisionTreeClassifier(max_depth=2, random_state=0)
SCALED_SVC = make_pipeline(StandardScaler(), SVC(random_state=0))
ON_NUMBERS = [
    LogisticRegression(max_iter=1000),
    TREE,
    make_pipeline(StandardScaler(), LogisticRegression()),
    HistGradientBoostingClassifier(max_iter=2, random_state=0),
    SCALED_SVC,
    FixedThresholdClassifier(TREE, threshold=0.2),
    GridSearchCV(TREE, {"min_samples_leaf": [1]}, cv=2),
    CalibratedClassifierCV(TREE, cv=2),
]


@pytest.mark.parametrize("classifier", ON_NUMBERS, ids=lambda c: type(c).__name__)
@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize("schema_of_array", [False, True])
def test_numbers_are_predicted_in_the_container_of_the_classifier(
    classifier, as_array, schema_of_array
):
    trained_on = NUMBERS.to_numpy(float) if as_array else NUMBERS
    classifier = clone(classifier).fit(trained_on, Y)
    table = NUMBERS.to_numpy(float) if schema_of_array else NUMBERS
    box = black_box(classifier, table)
    codes = box.schema.encode(table)
    quietly(box.check, codes)
    wanted = classifier.predict(trained_on)
    assert quietly(box.predict, codes).tolist() == wanted.tolist()
    assert quietly(box.accepted, codes).tolist() == (wanted == "yes").tolist()
    assert quietly(box.accepts_table, table).tolist() == (wanted == "yes").tolist()


@pytest.mark.parametrize(
    ("trained_on", "schema_of"),
    [
        (NUMBERS, NUMBERS),
        (MIXED, MIXED),
        (NUMBERS.to_numpy(float), NUMBERS),
        (NUMBERS, NUMBERS.to_numpy(float)),
        (NUMBERS.to_numpy(float), NUMBERS.to_numpy(float)),
        (NUMBERS.to_numpy(np.float32), NUMBERS.to_numpy(np.float32)),
    ],
)
def test_the_classifier_sees_exactly_what_it_was_trained_on(trained_on, schema_of):
    classifier = Recorder().fit(trained_on, Y)
    box = black_box(classifier, schema_of)
    box.predict(box.schema.encode(schema_of))
    seen = classifier.seen_
    assert type(seen) is type(trained_on)
    np.testing.assert_array_equal(np.asarray(seen), np.asarray(trained_on))
    if isinstance(schema_of, pd.DataFrame) and isinstance(seen, pd.DataFrame):
        pd.testing.assert_frame_equal(seen, trained_on)
    elif isinstance(seen, pd.DataFrame):
        assert list(seen) == list(trained_on)


def test_a_classifier_without_attributes_gets_the_container_of_fit():
    for table in (NUMBERS, NUMBERS.to_numpy(float)):
        classifier = OnlyPredict()
        box = black_box(classifier, table)
        codes = box.schema.encode(table)
        box.check(codes)
        assert box.accepted(codes).all()
        assert [len(rows) for rows in classifier.calls] == [1, 60]
        assert all(type(rows) is type(table) for rows in classifier.calls)
        assert box.score(codes) is None


def test_nullable_numbers_reach_an_array_classifier_as_floats():
    table = pd.DataFrame({"a": pd.array([1, None, 3], "Int64"), "b": [1, 2, 3]})
    array = table.to_numpy(float, na_value=np.nan)
    classifier = Recorder().fit(array, [0, 1, 1])
    box = black_box(classifier, table, [1])
    box.predict(box.schema.encode(table))
    np.testing.assert_array_equal(classifier.seen_, array)


@pytest.mark.parametrize("dtype", ["str", object, "string", "category"])
def test_pipelines_on_strings(dtype):
    table = MIXED.astype({"job": dtype})
    classifier = make_pipeline(
        one_hot("job"), RandomForestClassifier(5, random_state=0)
    )
    classifier.fit(table, Y)
    box = black_box(classifier, table)
    codes = box.schema.encode(table)
    quietly(box.check, codes)
    wanted = classifier.predict(table) == "yes"
    assert 0 < wanted.sum() < len(wanted)
    assert quietly(box.accepted, codes).tolist() == wanted.tolist()
    assert quietly(box.accepts_table, table).tolist() == wanted.tolist()
    probability = classifier.predict_proba(table)[:, 1]
    np.testing.assert_allclose(quietly(box.score, codes), probability)


def test_gradient_boosting_on_category_columns():
    table = MIXED.astype({"job": pd.CategoricalDtype(["smith", "cook", "clerk", "x"])})
    labels = np.where(table["job"] == "cook", "yes", "no")
    classifier = HistGradientBoostingClassifier(
        max_iter=3,
        learning_rate=1.0,
        min_samples_leaf=2,
        categorical_features="from_dtype",
        random_state=0,
    ).fit(table, labels)
    box = black_box(classifier, table)
    codes = box.schema.encode(table)
    quietly(box.check, codes)
    assert quietly(box.accepted, codes).tolist() == (labels == "yes").tolist()
    rows = codes[::-1][:7]
    assert box.accepted(rows).tolist() == (labels[::-1][:7] == "yes").tolist()


def test_a_pipeline_that_selects_by_name_without_attributes_gets_a_frame():
    class Chooser(TransformerMixin, BaseEstimator):
        def fit(self, X, y=None):
            return self

        def transform(self, X):
            return X[["debt"]]

    classifier = make_pipeline(Chooser(), clone(TREE)).fit(NUMBERS, Y)
    assert not hasattr(classifier, "n_features_in_")
    box = black_box(classifier, NUMBERS)
    codes = box.schema.encode(NUMBERS)
    quietly(box.check, codes)
    assert (box.predict(codes) == classifier.predict(NUMBERS)).all()


@pytest.mark.parametrize(
    "favorable", [["yes"], ["no"], ["never"], ["yes", "never"], ["no", "yes"]]
)
@pytest.mark.parametrize(
    "classifier",
    [RandomForestClassifier(5, random_state=0), RidgeClassifier(), SCALED_SVC],
    ids=lambda classifier: type(classifier).__name__,
)
def test_several_classes_and_sets_of_favorable_labels(classifier, favorable):
    classifier = clone(classifier).fit(NUMBERS, Y3)
    box = black_box(classifier, NUMBERS, favorable)
    codes = box.schema.encode(NUMBERS)
    wanted = np.isin(classifier.predict(NUMBERS), favorable)
    assert 0 < wanted.sum() < len(wanted)
    assert box.accepted(codes).tolist() == wanted.tolist()
    score = box.score(codes)
    assert score.shape == (60,) and score.dtype == np.float64
    if not hasattr(classifier, "predict_proba"):
        assert ((score > 0) == wanted).all()
    columns = np.isin(classifier.classes_, favorable)
    if hasattr(classifier, "predict_proba"):
        probabilities = classifier.predict_proba(NUMBERS)
        np.testing.assert_array_equal(score, probabilities[:, columns].sum(axis=1))


@pytest.mark.parametrize("favorable", ["yes", "no"])
@pytest.mark.parametrize(
    "classifier",
    [RidgeClassifier(), SCALED_SVC, FixedThresholdClassifier(SCALED_SVC)],
    ids=["ridge", "svc", "threshold"],
)
def test_binary_decision_functions_grow_towards_the_favorable_label(
    classifier, favorable
):
    classifier = clone(classifier).fit(NUMBERS, Y)
    assert not hasattr(classifier, "predict_proba")
    box = black_box(classifier, NUMBERS, [favorable])
    codes = box.schema.encode(NUMBERS)
    score = box.score(codes)
    accepted = box.accepted(codes)
    assert 0 < accepted.sum() < len(accepted)
    assert ((score > 0) == accepted).all()


def with_probabilities(compute):
    """Fit a logistic regression with other probabilities, behind a black box."""

    class Odd(LogisticRegression):
        def predict_proba(self, X):
            return compute(super().predict_proba(X))

    box = black_box(Odd(max_iter=1000).fit(NUMBERS, Y), NUMBERS)
    return box, box.schema.encode(NUMBERS)


@pytest.mark.parametrize("error", [AttributeError, NotImplementedError])
def test_probabilities_that_only_seem_to_be_there_count_as_absent(error):
    def absent(probabilities):
        raise error("no probabilities")

    box, codes = with_probabilities(absent)
    box.choose_scores(codes)
    values = box.classifier.decision_function(NUMBERS)
    np.testing.assert_array_equal(box.score(codes), values)


def fail(probabilities):
    raise ZeroDivisionError("no luck")


FAULTS = {
    r"\(it raises ZeroDivisionError: no luck\)": fail,
    r"shape \(60, 3\) for 60 rows and 2 classes": lambda p: np.tile(p[:, :1], 3),
    "missing or infinite values": lambda p: np.where(p > 0.9, np.nan, p),
    r"outside of \[0, 1\]": lambda p: p * 100,
    "could not convert": lambda p: p.astype(str).astype(object) + "?",
}


@pytest.mark.parametrize("match", FAULTS)
def test_unusable_probabilities_are_done_without(match):
    box, codes = with_probabilities(FAULTS[match])
    with pytest.warns(UserWarning, match=f"without its predict_proba .*{match}"):
        box.choose_scores(codes)
    values = box.classifier.decision_function(NUMBERS)
    np.testing.assert_array_equal(box.score(codes), values)


@pytest.mark.parametrize("match", FAULTS)
def test_unusable_probabilities_are_refused_if_they_are_needed(match):
    box, codes = with_probabilities(FAULTS[match])
    box = box.with_favorable(["yes"], min_probability=0.5)
    with pytest.raises(ValueError, match=f"min_probability needs .*{match}"):
        box.choose_scores(codes)


@pytest.mark.parametrize("take", [lambda p: p[:, 1], lambda p: p[:, 1:]])
def test_a_single_column_of_probabilities_belongs_to_the_second_class(take):
    box, codes = with_probabilities(take)
    box.choose_scores(codes)
    expected = LogisticRegression(max_iter=1000).fit(NUMBERS, Y).predict_proba(NUMBERS)
    np.testing.assert_array_equal(box.score(codes), expected[:, 1])
    denied = box.with_favorable(["no"])
    np.testing.assert_allclose(denied.score(codes), expected[:, 0])


def test_probabilities_that_fail_later_cost_a_warning():
    box, codes = with_probabilities(lambda p: p if len(p) > 50 else p[:, [0, 0, 1]])
    box.choose_scores(codes)
    with pytest.warns(UserWarning, match="gives no scores of 3 rows"):
        assert box.score(codes[:3]) is None
    demanding = box.with_favorable(["yes"], min_probability=0.5)
    with pytest.raises(ValueError, match="min_probability needs them"):
        demanding.score(codes[:3])


def test_decisions_by_pairs_of_classes_are_no_score():
    y4 = np.where(NUMBERS["income"] < 20, "poor", Y3)
    classifier = SVC(decision_function_shape="ovo", random_state=0).fit(NUMBERS, y4)
    box = black_box(classifier, NUMBERS)
    codes = box.schema.encode(NUMBERS)
    with pytest.warns(UserWarning, match="without its decision_function"):
        box.choose_scores(codes)
    assert box.score(codes) is None


class Relative:
    """Compares with the mean of the batch."""

    def predict(self, X):
        return np.where(X["income"] > X["income"].mean(), "yes", "no")


class FirstIsPoor:
    """Denies the first row of every batch."""

    def predict(self, X):
        labels = np.where(X["income"] > 30, "yes", "no")
        labels[0] = "no"
        return labels


class Moody:
    """Says something else each time."""

    def __init__(self):
        self.calls = 0

    def predict(self, X):
        self.calls += 1
        return np.array(["yes", "no"] * len(X))[self.calls % 2 :][: len(X)]


@pytest.mark.parametrize(
    ("classifier", "match"),
    [
        (Relative(), "alone"),
        (FirstIsPoor(), "reverse order"),
        (Moody(), "predicts the same rows again"),
    ],
)
def test_predictions_depend_on_their_own_row_only(classifier, match):
    box = black_box(classifier, NUMBERS)
    with pytest.raises(ValueError, match=match):
        consistent_labels(box, box.schema.encode(NUMBERS))


def test_a_consistent_classifier_passes():
    box = black_box(clone(TREE).fit(NUMBERS, Y), NUMBERS)
    consistent_labels(box, box.schema.encode(NUMBERS))
    consistent_labels(box, box.schema.encode(NUMBERS)[:1])


def test_a_failure_on_dtypes_of_training_is_raised_at_once():
    class Broken(OnlyPredict):
        def predict(self, X):
            super().predict(X)
            raise OSError("no connection")

    classifier = Broken()
    box = BlackBox(classifier, TableSchema.infer(MIXED), np.array(["yes"]))
    with pytest.raises(OSError, match="no connection"):
        box.accepts_table(MIXED)
    assert len(classifier.calls) == 1
    other = MIXED.astype({"owner": "boolean"})
    with pytest.raises(OSError, match="no connection"):
        box.accepts_table(other)
    assert classifier.calls[-1]["owner"].dtype == MIXED["owner"].dtype


def test_errors_of_the_classifier_name_stage_and_rows():
    class Fragile:
        def predict(self, X):
            raise RuntimeError("lost the connection")

    box = black_box(Fragile(), NUMBERS)
    with pytest.raises(RuntimeError, match="lost the connection") as caught:
        with stage("the final check"):
            box.accepted(box.schema.encode(NUMBERS))
    note = "skpar: the classifier failed on 60 rows, in the final check."
    assert caught.value.__notes__ == [note]


def test_the_classifier_may_write_into_its_input():
    class Writes:
        def predict(self, X):
            X["income"] = 0.0
            X["more"] = 1.0
            X.iloc[:] = X.iloc[::-1].to_numpy()
            return np.array(["yes"] * len(X))

    table = NUMBERS.copy()
    box = black_box(Writes(), table)
    assert box.accepts_table(table).all()
    assert box.accepted(box.schema.encode(table)).all()
    pd.testing.assert_frame_equal(table, NUMBERS)


def test_no_rows_never_reach_the_classifier():
    classifier = OnlyPredict()
    classifier.classes_ = np.array(["no", "yes"])
    box = black_box(classifier, NUMBERS)
    none = np.empty((0, 3))
    assert box.predict(none).shape == (0,)
    assert box.accepted(none).shape == (0,) and box.accepted(none).dtype == bool
    assert box.score(none) is None
    assert classifier.calls == []
    tree = black_box(clone(TREE).fit(NUMBERS, Y), NUMBERS)
    assert tree.score(none).shape == (0,)


def test_favorable_labels_may_come_later():
    classifier = clone(TREE).fit(NUMBERS, Y)
    box = BlackBox(classifier, TableSchema.infer(NUMBERS))
    codes = box.schema.encode(NUMBERS)
    labels = box.predict(codes)
    assert (box.with_favorable(["no"]).accepted(codes) == (labels == "no")).all()
    assert (box.with_favorable(["yes"]).accepted(codes) == (labels == "yes")).all()


def test_a_single_column_of_labels_is_accepted():
    class Column(OnlyPredict):
        def predict(self, X):
            return np.array([["yes"]] * len(X))

    box = black_box(Column(), NUMBERS)
    assert box.accepted(box.schema.encode(NUMBERS)).tolist() == [True] * 60


@pytest.mark.parametrize(
    "classifier",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        GridSearchCV(LogisticRegression(), {}),
        FrozenEstimator(LogisticRegression()),
        FixedThresholdClassifier(LogisticRegression()),
        StackingClassifier([("tree", TREE)]),
    ],
    ids=lambda classifier: type(classifier).__name__,
)
def test_an_unfitted_classifier_is_reported_as_such(classifier):
    box = black_box(classifier, NUMBERS)
    name = type(classifier).__name__
    with pytest.raises(NotFittedError, match=f"a {name}, is not fitted") as caught:
        box.check(box.schema.encode(NUMBERS))
    assert isinstance(caught.value.__cause__, NotFittedError)


@pytest.mark.parametrize(
    ("classifier", "match"),
    [
        (object(), "a object, has no method predict"),
        (StandardScaler().fit(NUMBERS), "a StandardScaler, has no method predict"),
        (len, "has no method predict"),
        (LogisticRegression, "is the class LogisticRegression; pass a fitted object"),
    ],
)
def test_what_does_not_predict_is_a_type_error(classifier, match):
    box = black_box(classifier, NUMBERS)
    with pytest.raises(TypeError, match=match):
        box.check(box.schema.encode(NUMBERS))


def test_a_classifier_of_other_columns_is_refused_with_its_own_message():
    codes = TableSchema.infer(NUMBERS).encode(NUMBERS)
    for trained_on in (NUMBERS[["debt", "income"]], NUMBERS.to_numpy(float)[:, :2]):
        classifier = LogisticRegression(max_iter=1000).fit(trained_on, Y)
        for table in (NUMBERS, NUMBERS.to_numpy(float)):
            with pytest.raises(ValueError, match="cannot predict a row") as caught:
                black_box(classifier, table).check(codes)
            assert str(caught.value.__cause__) in str(caught.value)


def test_a_classifier_that_cannot_take_strings_is_refused():
    classifier = LogisticRegression(max_iter=1000).fit(NUMBERS.to_numpy(float), Y)
    box = black_box(classifier, MIXED)
    with pytest.raises(ValueError, match="put preprocessing inside a Pipeline"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            box.check(box.schema.encode(MIXED))


@pytest.mark.parametrize(
    "labels", ["yes", ["yes", "no"], [["yes", "no"]], np.empty((0,))]
)
def test_labels_of_a_wrong_shape_are_refused(labels):
    class Odd:
        def predict(self, X):
            return labels

    box = black_box(Odd(), NUMBERS)
    codes = box.schema.encode(NUMBERS)
    with pytest.raises(ValueError, match="a Odd, predicts an array of shape .* 1 rows"):
        box.check(codes)
    with pytest.raises(ValueError, match="60 rows; it must return one label per row"):
        box.accepted(codes)
