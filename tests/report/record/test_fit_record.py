"""What a record says about the fit, and fits that no record can hold."""

import datetime
import importlib.metadata
import json
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import skpar
from skpar import Range
from skpar.report import FitRecord
from skpar.report.record._fingerprints import table_hash

from ..._loans import Accepts, quick
from ._records import loans_case, relations_case


@pytest.fixture(scope="module")
def case():
    return loans_case()


@pytest.fixture(scope="module")
def content(case):
    return case.report.context.fit.content


def test_versions_are_those_that_are_installed(content):
    software = content["software"]
    assert software["skpar"] == skpar.__version__
    for name in ("numpy", "pandas", "scikit-learn", "torch"):
        assert software[name] == importlib.metadata.version(name)


def test_seed_date_and_parameters(case, content):
    fit = content["fit"]
    assert fit["seed"] == case.par.random_state == 0
    age = datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(
        fit["date"]
    )
    assert datetime.timedelta(0) <= age < datetime.timedelta(hours=1)
    given = case.par.get_params(deep=False)
    assert {name: given[name] for name in fit["parameters"]} == fit["parameters"]
    assert {"weight_effort", "min_probability", "only_needed"} <= fit[
        "parameters"
    ].keys()


def test_classifier_and_training_table(case, content):
    classifier = content["classifier"]
    assert classifier["type"] == "sklearn.pipeline.Pipeline"
    assert classifier["classes"] == [0, 1] and classifier["favorable"] == [1]
    assert len(classifier["fingerprint"]["sha256"]) == 64
    codes = case.par.schema_.encode(case.X)
    assert content["training"] == {"n_rows": len(codes), "sha256": table_hash(codes)}


def test_relations_are_in_words():
    case = relations_case()
    rules = case.report.context.fit.content["rules"]
    assert rules["relations"] == [repr(link) for link in case.par.relations_]


def test_a_record_holds_plain_data_only(content):
    assert json.loads(json.dumps(content, allow_nan=False)) == content


class Weird:
    """A rule in a class of its own."""


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"weight_effort": 1j}, "parameter weight_effort"),
        ({"n_neighbors": Weird()}, "parameter n_neighbors.*Weird"),
    ],
)
def test_what_cannot_be_written_is_a_problem_and_no_error(case, change, match):
    par = quick()
    par.__dict__.update({**vars(case.par), **change})
    record = FitRecord.of_fit(par, np.zeros((1, 1)))
    assert not record.content
    report = replace(case.report, context=replace(case.report.context, fit=record))
    with pytest.raises(ValueError, match=f"cannot be written as a record. {match}"):
        report.to_json()


def test_no_integer_seed_is_none(case):
    par = quick()
    par.__dict__.update(vars(case.par), random_state=np.random.RandomState(0))
    assert FitRecord.of_fit(par, np.zeros((1, 1))).content["fit"]["seed"] is None
    par.random_state = np.int64(7)
    assert FitRecord.of_fit(par, np.zeros((1, 1))).content["fit"]["seed"] == 7


class MyRange(Range):
    """A rule of the user that a record cannot name."""


def test_a_fit_with_a_rule_of_the_user_answers_and_has_no_record():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(90, 2)).round(2), columns=["a", "b"])
    clf = Accepts(lambda table: table["a"] + table["b"] > 0.4)
    par = quick(favorable_label=1, actionability={"a": MyRange(high=1.5)})
    report = par.fit(X, clf=clf).recourse(X[:8])
    assert report.answered.any()
    with pytest.raises(ValueError, match="actionability of column 'a'.*MyRange"):
        report.to_json()


def test_reports_can_be_pickled_with_functions_that_cannot(case):
    fit = pickle.loads(pickle.dumps(case.report)).context.fit
    assert fit.content == case.report.context.fit.content
