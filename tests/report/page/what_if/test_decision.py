"""JavaScript decides as the classifier does, or says how often it does."""

import dataclasses
import json
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skpar.actionability import Actionability, Demands, People
from skpar.classifier import BlackBox
from skpar.report.page.what_if import decision_payload, feasible_values
from skpar.report.page.what_if._choices import read_choices
from skpar.report.page.what_if._decision import DecisionWriter
from skpar.table import TableSchema

from ...._loans import mixed_pipeline
from ._node import needs_node, run
from ._tables import everything, raw_rows

CALLS = ["accepts", "margin"]


def writer_of(par, clf, favorable=("yes",), **changes):
    parts = DecisionWriter(
        BlackBox(clf, par.schema_, list(favorable)),
        par._known_rows.codes,
        par._parts.proposer.surrogate,
        par._actionability,
        par.search_config.what_if,
    )
    return dataclasses.replace(parts, **changes)


def case_of(writer, person, n=200):
    """The payload of a person, and feasible rows as numbers and for JavaScript."""
    schema = writer.schema
    feasible = feasible_values(writer.actionability, person, 32)
    choices = read_choices(schema, person.codes[0], feasible, 32)
    payload = writer.payload(person, choices)
    rows = writer._drawn(person, choices)[:n]
    return payload, rows


def check_decisions(writer, people, kind, n=200):
    cases, truth = [], []
    for k in range(len(people)):
        payload, rows = case_of(writer, people[[k]], n)
        assert (payload["kind"], payload["isExact"]) == (kind, True)
        cases.append((payload, raw_rows(writer.schema, rows)))
        truth.append(writer.black_box.accepted(rows))
    found = run("skparDecision", cases, CALLS)
    for (accepts, margin), expected in zip(found, truth, strict=True):
        assert accepts == expected.tolist()
        assert ((np.array(margin) >= 0) >= expected).all()
    assert 0.02 < np.mean(truth) < 0.98


MODELS = [
    ("linear", LogisticRegression(max_iter=1000)),
    ("linear", RidgeClassifier()),
    ("trees", DecisionTreeClassifier(random_state=0)),
    ("trees", RandomForestClassifier(10, random_state=0)),
    ("trees", ExtraTreesClassifier(10, max_depth=6, random_state=0)),
    ("trees", GradientBoostingClassifier(n_estimators=10, random_state=0)),
    ("trees", HistGradientBoostingClassifier(max_iter=10, random_state=0)),
]


def name_of(value):
    return value if isinstance(value, str) else type(value).__name__


@needs_node
@pytest.mark.parametrize(("kind", "model"), MODELS, ids=name_of)
def test_decisions_are_those_of_predict(par, people, table, labels, kind, model):
    clf = mixed_pipeline(model).fit(table, labels)
    check_decisions(writer_of(par, clf), people[[1]], kind)


@needs_node
@pytest.mark.slow
@pytest.mark.parametrize(("kind", "model"), MODELS, ids=name_of)
@pytest.mark.parametrize("favorable", ["yes", "no"])
def test_decisions_about_several_people(
    par, people, table, labels, kind, model, favorable
):
    clf = mixed_pipeline(model).fit(table, labels)
    check_decisions(writer_of(par, clf, [favorable]), people[:5], kind, 500)


@needs_node
@pytest.mark.slow
@pytest.mark.parametrize("package", ["lightgbm", "xgboost"])
def test_decisions_of_boosters_are_those_of_predict(
    par, people, table, labels, package
):
    module = pytest.importorskip(package)
    if package == "lightgbm":
        model = module.LGBMClassifier(verbose=-1)
    else:
        model = module.XGBClassifier()
    wanted = (labels == "yes").astype(int)
    with warnings.catch_warnings(action="ignore"):
        clf = mixed_pipeline(model).fit(table, wanted)
        check_decisions(writer_of(par, clf, [1]), people[:5], "trees", 500)


@needs_node
def test_several_classes_are_decided_as_by_predict(par, people, table):
    thirds = pd.qcut(table["age"] + table["may"], 3, labels=False).to_numpy()
    clf = mixed_pipeline(RandomForestClassifier(5, random_state=0)).fit(table, thirds)
    check_decisions(writer_of(par, clf, [0, 2]), people[[1]], "trees")


@needs_node
def test_categories_are_decided_as_by_predict(par, table, labels):
    table = table[["degree", "place", "age"]].astype(
        {"degree": "category", "place": "category"}
    )
    model = HistGradientBoostingClassifier(
        max_iter=5, categorical_features="from_dtype", random_state=0
    )
    writer = writer_of_table(par, model.fit(table, labels), table, ["yes"])
    people = People.unlimited(writer.schema.encode(table))
    check_decisions(writer, people[[1]], "trees")


def writer_of_table(par, model, table, favorable, **changes):
    """A writer for another table than that of the fit."""
    schema = TableSchema.infer(table)
    return writer_of(
        par,
        model,
        actionability=Actionability(schema),
        black_box=BlackBox(model, schema, favorable),
        known_rows=schema.encode(table)[:8],
        **changes,
    )


def numbers(dtype=np.float64, seed=0, n=300):
    """A table of numbers with missing cells, as an array."""
    rng = np.random.default_rng(seed)
    X = np.round(rng.normal(0, 3, (n, 4)), 1)
    X[:, 1] = rng.integers(-3, 4, n)
    X[rng.random(n) < 0.3, 2] = np.nan
    X[:, 3] *= 1e4
    wanted = X[:, 0] + X[:, 1] + np.nan_to_num(X[:, 2], nan=2.0) + X[:, 3] / 1e4 > 0
    return X.astype(dtype), wanted.astype(int)


@needs_node
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeClassifier(random_state=0),
        RandomForestClassifier(10, random_state=0),
        HistGradientBoostingClassifier(max_iter=10, random_state=0),
        # Two inputs follow the first column.
        make_pipeline(
            make_column_transformer(
                (StandardScaler(), [0, 1]), (MinMaxScaler(), [0, 3])
            ),
            GradientBoostingClassifier(n_estimators=10, random_state=0),
        ),
    ],
    ids=name_of,
)
def test_numbers_at_thresholds_and_missing_cells(par, model, dtype):
    X, y = numbers(dtype)
    writer = writer_of_table(par, model.fit(X, y), X, [1])
    schema = writer.schema
    codes = schema.encode(X)
    own = codes[np.isnan(codes[:, 2])][0]
    choices = read_choices(schema, own, everything(schema), 32)
    payload, _ = writer._exact(own, choices, codes)
    cuts = [test for test in payload["tests"] if test[0] != 1 and abs(test[1]) < 1e99]
    assert cuts
    rows = np.repeat(own[np.newaxis], 2 * len(cuts), axis=0)
    for k, (feature, cut, _) in enumerate(cuts):
        rows[2 * k : 2 * k + 2, feature] = cut, np.nextafter(cut, np.inf)
    if dtype == np.float32:
        # A table of this dtype holds no numbers between.
        rows = rows.astype(np.float32).astype(np.float64)
    rows = np.concatenate([codes, rows])
    raw = [[None if np.isnan(k) else k for k in row] for row in rows.tolist()]
    full = {**payload, "isExact": True, "agreement": 1.0}
    ((accepts, _),) = run("skparDecision", [(full, raw)], CALLS)
    assert accepts == writer.black_box.accepted(rows).tolist()


def test_linear_models_of_single_precision_are_estimated(par):
    X, y = numbers(np.float32)
    X = np.nan_to_num(X)
    model = LogisticRegression(max_iter=1000).fit(X, y)
    writer = writer_of_table(par, model, X, [1], surrogate=_Constant())
    person = People.unlimited(writer.schema.encode(X[:1]))
    payload, _ = case_of(writer, person)
    assert payload["kind"] == "network"


class _Constant:
    """A surrogate of four columns that accepts everybody."""

    basis = SimpleNamespace(knots=[np.array([0.0, 1.0])] * 4)
    start = np.zeros(2)

    def __init__(self):
        self.arrays = {
            "middle.weight": np.zeros((1, 1)),
            "middle.bias": np.zeros(1),
            "last.weight": np.zeros(1),
            "last.bias": np.ones(1),
        }

    def embed(self, cells):
        return np.zeros((cells.shape[1], len(cells), 2))

    def decision_function(self, codes):
        return np.ones(len(codes))


@needs_node
def test_other_classifiers_are_estimated(par, people, table, labels):
    model = FixedThresholdClassifier(par.estimator_, threshold=0.6)
    writer = writer_of(par, model.fit(table, labels))
    payload, rows = case_of(writer, people[[0]], 2000)
    assert (payload["kind"], payload["isExact"]) == ("network", False)
    raw = raw_rows(par.schema_, rows)
    ((accepts, _),) = run("skparDecision", [(payload, raw)], CALLS)
    truth = writer.black_box.accepted(rows)
    assert np.mean(accepts == truth) == payload["agreement"]
    assert 0.5 < payload["agreement"] < 1.0


def test_large_ensembles_are_estimated(par, people, table, labels):
    clf = mixed_pipeline(RandomForestClassifier(9, random_state=0)).fit(table, labels)
    payload, _ = case_of(writer_of(par, clf), people[[0]])
    assert payload["kind"] == "trees"
    size = len(json.dumps(payload)) / 1024
    config = dataclasses.replace(par.search_config.what_if, max_kibibytes=1)
    assert size > 1
    payload, _ = case_of(writer_of(par, clf, config=config), people[[0]])
    assert payload["kind"] == "network"


def test_a_model_that_was_misread_is_no_exact_one(par, people, table, labels):
    clf = mixed_pipeline(DecisionTreeClassifier(random_state=0)).fit(table, labels)
    writer = writer_of(par, clf)
    right, _ = case_of(writer, people[[0]])
    assert (right["isExact"], right["agreement"]) == (True, 1.0)
    box = writer.black_box
    box.accepted = lambda rows: BlackBox.accepted(box, rows) ^ (rows[:, 3] > 40)
    wrong, _ = case_of(writer, people[[0]])
    assert wrong["isExact"] is False
    assert 0.0 < wrong["agreement"] < 1.0


def test_the_label_that_a_person_wants_counts(par, people):
    feasible = feasible_values(par._actionability, people[[0]], 32)
    plain = decision_payload(par, people[[0]], feasible)
    assert (plain["kind"], plain["isExact"]) == ("linear", True)
    demands = Demands(np.zeros(1, np.int64), np.full(1, 0.9), np.ones(1))
    limits = dataclasses.replace(people.limits[[0]], demands=demands)
    wanting = People(people.codes[:1], limits)
    assert decision_payload(par, wanting, feasible) == plain


@needs_node
def test_several_labels_can_be_wanted(par, people, table):
    thirds = pd.qcut(table["age"] + table["may"], 3, labels=False).to_numpy()
    clf = mixed_pipeline(DecisionTreeClassifier(random_state=0)).fit(table, thirds)
    surrogate = par._parts.proposer.surrogate
    of_three = SimpleNamespace(
        schema_=par.schema_,
        search_config=par.search_config,
        _black_box=BlackBox(clf, par.schema_, [1, 2]),
        _known_rows=par._known_rows,
        _actionability=par._actionability,
        _parts=SimpleNamespace(
            acceptance_of=lambda demand: SimpleNamespace(surrogate=surrogate)
        ),
    )
    feasible = feasible_values(par._actionability, people[[1]], 32)
    choices = read_choices(par.schema_, people.codes[1], feasible, 32)
    rows = writer_of(par, clf)._drawn(people[[1]], choices)
    raw, cases = raw_rows(par.schema_, rows), []
    for target in (-1, 0, 1):
        demands = Demands(np.full(1, target), np.zeros(1), np.ones(1))
        limits = dataclasses.replace(people.limits[[1]], demands=demands)
        wanting = People(people.codes[[1]], limits)
        cases.append((decision_payload(of_three, wanting, feasible), raw))
    found = np.array(run("skparDecision", cases, ["accepts"]))[:, 0]
    labels = clf.predict(par.schema_.decode(rows))
    assert (found == [labels > 0, labels == 1, labels == 2]).all()
    assert len(set(labels)) == 3


def test_payloads_are_plain_data_without_names(par, people):
    feasible = feasible_values(par._actionability, people[[0]], 32)
    payload = decision_payload(par, people[[0]], feasible)
    text = json.dumps(payload, allow_nan=False)
    assert json.loads(text) == payload
    assert not any(f'"{name}"' in text for name in par.schema_.names)


@needs_node
def test_hostile_levels_are_only_values(par, people, table):
    place = par.schema_.names.index("place")
    payload = decision_payload(
        par, people[[0]], {place: [None, "Bern", "</script>'\"\\"]}
    )
    row = raw_rows(par.schema_, people.codes[:1])[0]
    row[place] = "</script>'\"\\"
    ((accepts, _),) = run("skparDecision", [(payload, [row])], CALLS)
    codes = people.codes[:1].copy()
    codes[0, place] = par.schema_.code_of(place, row[place])
    assert accepts == par._black_box.accepted(codes).tolist()


@needs_node
def test_other_values_are_refused_but_not_rounding_errors(par, people):
    schema = par.schema_
    age, price, job = (schema.names.index(name) for name in ("age", "price", "job"))
    feasible = {age: (20.0, 60.0), price: [3, 5], job: ["cook", "judge"]}
    payload = decision_payload(par, people[[0]], feasible)
    (row,) = raw_rows(schema, people.codes[:1])
    wrong = ((age, None, "null"), (price, 4.0, 4), (price, None, "null"), (job, 1.0, 1))
    for j, value, text in wrong:
        rows = [[*row[:j], value, *row[j + 1 :]]]
        with pytest.raises(RuntimeError, match=f"Feature {j} cannot be {text}"):
            run("skparDecision", [(payload, rows)], CALLS)
    near = [[*row[:price], value, *row[price + 1 :]] for value in (5, 5 + 1e-15 * 5)]
    ((accepts, margin),) = run("skparDecision", [(payload, near)], CALLS)
    assert accepts[0] == accepts[1]
    assert margin[0] == margin[1]
