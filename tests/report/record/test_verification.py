"""Damage, forgery, other rules and other classifiers are found and named."""

import copy
import json
import os
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from skpar import Derived, LevelPrices, MaxChanged, Range, verify
from skpar.report.record._fingerprints import digest_of

from ..._loans import Accepts, mixed_pipeline
from ._records import (
    KEY,
    answered,
    checks,
    content_of,
    debt_ratio,
    loans_case,
    position,
    relations_case,
    resealed,
)


@pytest.fixture(scope="module")
def case():
    return loans_case()


@pytest.fixture(scope="module")
def content(case):
    return content_of(case.text)


def test_an_untouched_record_passes_every_check(case):
    result = verify(
        case.text,
        case.clf,
        key=KEY,
        actionability=case.rules,
        links=case.links,
        X=case.X,
    )
    assert result.ok and result.findings == ()


def test_the_record_may_be_text_bytes_a_file_or_data(case, tmp_path):
    path = tmp_path / "record.json"
    case.report.to_json(path, key=KEY)
    for record in (path, str(path), path.read_bytes(), json.loads(case.text)):
        assert verify(record, case.clf, key=KEY).findings == ()


def test_without_a_key_the_signature_is_not_checked(case):
    result = verify(case.text, case.clf)
    assert result.ok
    assert [finding.check for finding in result.not_checked] == ["signature"]


# What a damaged file may look like. The digest finds all that is still a record.


def _cut(text):
    return text[: len(text) // 2]


def _bit(text):
    place = text.index("reason")
    return text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]


TEXTS = {
    "empty": (lambda text: "{}", "format"),
    "cut off": (_cut, "format"),
    "twice": (lambda text: text + text, "format"),
    "another format": (lambda text: text.replace("skpar-record", "report"), "format"),
    "a later version": (
        lambda text: text.replace('"version": 1', '"version": 2'),
        "format",
    ),
    "a list": (lambda text: f'{{"a": {text}}}', "format"),
    "a key twice": (lambda text: text.replace("{", '{"date": "", ', 1), "format"),
    "NaN": (
        lambda text: text.replace('"percentile": 0', '"percentile": NaN, "x": 0', 1),
        "format",
    ),
    "a bit": (_bit, "schema"),
    "digits of a number": (
        lambda text: text.replace('distance": 0.', 'distance": 0.1', 1),
        "digest",
    ),
    "date": (lambda text: text.replace('"date": "2', '"date": "1', 1), "digest"),
    "whole numbers for floats": (lambda text: text.replace(".0,", ",", 1), "digest"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_damaged_text_is_found(case, name):
    change, check = TEXTS[name]
    changed = change(case.text)
    assert changed != case.text
    assert check in checks(verify(changed, case.clf))


# What a forger may change, who computes digest and fingerprints anew.


def _status(content):
    answered(content)["status"] = "impossible"


def _accepted(content):
    one = answered(content)
    one["status"], one["options"] = "accepted", []


def _denied(content):
    next(p for p in content["people"] if p["status"] == "accepted")["status"] = (
        "not found"
    )


def _no_change(content):
    one = answered(content)
    one["options"][0]["cells"] = one["cells"]


def _listed_change(content):
    answered(content)["options"][0]["changes"][0]["to"] = "something else"


def _one_change_less(content):
    one = next(
        p for p in content["people"] for o in p["options"] if len(o["changes"]) > 1
    )
    option = next(o for o in one["options"] if len(o["changes"]) > 1)
    change = option["changes"].pop()
    j = position(content, change["feature"])
    option["cells"][j] = one["cells"][j]


def _immutable(content):
    one = answered(content)
    j = position(content, "missed_payments")
    one["options"][0]["cells"][j] = one["cells"][j] + 1


def _falls(content):
    one = answered(content)
    j = position(content, "age")
    one["options"][0]["cells"][j] = one["cells"][j] - 1


def _off_step(content):
    one = answered(content)
    one["options"][0]["cells"][position(content, "loan_amount")] = 501.0


def _own_limit(content):
    one = next(
        p
        for p in content["people"]
        if any(c["frozen"] for c in p["limits"]) and p["options"]
    )
    j = position(content, "card_usage")
    one["options"][0]["cells"][j] = 0.0 if one["cells"][j] != 0.0 else 0.5


def _tighter_rule(content):
    feature = answered(content)["options"][0]["changes"][0]["feature"]
    rules = content["rules"]["actionability"]
    rules[:] = [one for one in rules if one["column"] != feature]
    rules.append({"column": feature, "rules": ["immutable"]})


def _tighter_link(content):
    links = content["rules"]["links"]
    links.append({"type": "MaxChanged", "count": 1, "of": None})


def _budget(content):
    answered(content)["demands"]["max_effort"] = 1e-3


def _effort(content):
    answered(content)["options"][0]["effort"] = 99.0


def _percentile(content):
    content["fit"]["parameters"]["min_percentile"] = 0.9
    answered(content)["options"][0]["percentile"] = 0.1


def _probability(content):
    content["fit"]["parameters"]["min_probability"] = 0.999


def _favorable(content):
    content["classifier"]["favorable"] = [0]


def _classes(content):
    content["classifier"]["classes"] = [0, 1, 2]


def _fingerprint(content):
    content["classifier"]["fingerprint"]["sha256"] = "0" * 64


def _training(content):
    content["training"]["sha256"] = "0" * 64


def _unknown_level(content):
    answered(content)["options"][0]["cells"][position(content, "job")] = "pilot"


def _own_cell(content):
    answered(content)["cells"][position(content, "job")] = 7


def _missing_cell(content):
    answered(content)["cells"].pop()


def _rule_of_nothing(content):
    content["rules"]["links"].append({"type": "NotAbove", "column": "a", "other": "b"})


def _group_of_nothing(content):
    content["table"]["groups"].append(
        {
            "name": "g",
            "members": [0, 99],
            "off": [0, 0],
            "on": [1, 1],
            "at_most": False,
            "seen": [True, True],
        }
    )


def _unknown_rule(content):
    content["rules"]["links"].append({"type": "os.system", "count": 1})


def _unknown_part(content):
    content["code"] = "import os"


def _without_people(content):
    del content["people"]


def _region(content):
    names = [c["name"] for c in content["table"]["columns"] if c["levels"] is None]
    bounds = [{"feature": name, "low": None, "high": None} for name in names]
    answered(content)["options"][0]["region"] = {"how": "tested", "together": bounds}


FORGED = {
    "status": (_status, "status"),
    "denied person as accepted": (_accepted, "decision"),
    "accepted person as denied": (_denied, "decision"),
    "recourse without change": (_no_change, "decision"),
    "list of changes": (_listed_change, "changes"),
    "a needed change left out": (_one_change_less, "decision"),
    "immutable column": (_immutable, "feasibility"),
    "increasing column falls": (_falls, "feasibility"),
    "number off the step": (_off_step, "feasibility"),
    "frozen cell": (_own_limit, "feasibility"),
    "tighter rule": (_tighter_rule, "feasibility"),
    "tighter link": (_tighter_link, "feasibility"),
    "smaller budget": (_budget, "demands"),
    "larger effort": (_effort, "demands"),
    "percentile": (_percentile, "demands"),
    "probability": (_probability, "decision"),
    "favorable label": (_favorable, "decision"),
    "classes": (_classes, "classifier"),
    "fingerprint of the classifier": (_fingerprint, "classifier"),
    "fingerprint of the table": (_training, "training"),
    "unknown level": (_unknown_level, "cells"),
    "cell of another type": (_own_cell, "cells"),
    "a cell less": (_missing_cell, "cells"),
    "link of unknown columns": (_rule_of_nothing, "policy"),
    "group of unknown columns": (_group_of_nothing, "table"),
    "unknown link": (_unknown_rule, "schema"),
    "unknown part": (_unknown_part, "schema"),
    "no people": (_without_people, "schema"),
    "region too large": (_region, "region"),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_content_is_found_by_its_own_check(case, content, name):
    forge, check = FORGED[name]
    changed = copy.deepcopy(content)
    forge(changed)
    assert digest_of(changed) != content["digest"]
    found = checks(verify(resealed(changed), case.clf, key=KEY, X=case.X))
    assert {check, "signature"} <= found
    assert "digest" not in found


def test_a_forger_without_the_key_is_noticed(case, content):
    for key in (None, "a guess", KEY[:-1]):
        forged = resealed(content, key)
        assert verify(forged, case.clf).ok
        assert checks(verify(forged, case.clf, key=KEY)) == {"signature"}


CLASSIFIERS = {
    "fitted on fewer rows": lambda case: clone(case.clf).fit(case.X[:40], case.y[:40]),
    "another kind": lambda case: mixed_pipeline(
        DecisionTreeClassifier(max_depth=2, random_state=0)
    ).fit(case.X, case.y),
    "denies everybody": lambda case: DummyClassifier(
        strategy="constant", constant=0
    ).fit(case.X, case.y),
    "other labels": lambda case: clone(case.clf).fit(
        case.X, np.where(case.y, "yes", "no")
    ),
    "other columns": lambda case: LogisticRegression().fit(
        case.X[["age", "savings"]].fillna(0), case.y
    ),
}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_other_classifiers_are_found(case, name):
    other = CLASSIFIERS[name](case)
    found = checks(verify(case.text, other, key=KEY))
    assert "classifier" in found
    assert found <= {"classifier", "decision"}
    if name == "denies everybody":
        result = verify(case.text, other)
        lost = {(f.label, f.option) for f in result.failed if f.option is not None}
        n_options = sum(one.answered.sum() for one in case.report.options)
        assert len(lost) == n_options


def test_a_copy_of_the_classifier_is_the_same_one(case):
    assert verify(case.text, pickle.loads(pickle.dumps(case.clf))).ok


def test_no_classifier_is_an_error_of_the_caller(case):
    with pytest.raises(TypeError, match="no method predict"):
        verify(case.text, object())
    with pytest.raises(NotFittedError):
        verify(case.text, clone(case.clf))


RULES_OF_TODAY = {
    "a rule more": lambda rules: {**rules, "monthly_income": "increasing"},
    "a rule less": lambda rules: {k: v for k, v in rules.items() if k != "age"},
    "another bound": lambda rules: {
        **rules,
        "loan_amount": [Range(500, 40_000, step=500), "decreasing"],
    },
    "another word": lambda rules: {**rules, "savings": "decreasing"},
}


@pytest.mark.parametrize("name", RULES_OF_TODAY)
def test_other_rules_of_today_are_found(case, name):
    rules = RULES_OF_TODAY[name](case.rules)
    result = verify(case.text, case.clf, actionability=rules)
    assert checks(result) == {"policy"}


@pytest.mark.parametrize(
    "change", [lambda links: links[:1], lambda links: [*links, MaxChanged(2)]]
)
def test_other_links_of_today_are_found(case, change):
    result = verify(case.text, case.clf, links=change(case.links))
    assert checks(result) == {"policy"}
    (finding,) = result.failed
    assert "MaxChanged" in finding.text


def test_a_changed_rule_has_another_fingerprint(case, content):
    changed = copy.deepcopy(content)
    changed["rules"]["actionability"].pop()
    assert "policy" in checks(verify(changed, case.clf))


def test_relations_survive_and_functions_are_passed_again():
    case = relations_case()
    text = case.report.to_json()
    result = verify(text, case.clf, X=case.X)
    assert result.ok
    (finding,) = result.not_checked
    assert finding.check == "feasibility" and "debt_ratio" in finding.text
    full = verify(text, case.clf, links=case.links, actionability=case.rules, X=case.X)
    assert full.findings == ()
    assert (
        content_of(text)["table"]["groups"] and content_of(text)["table"]["determined"]
    )

    def other(table):
        return table["debt"] * 2.0

    other.__name__ = debt_ratio.__name__
    links = [Derived("ratio", ["debt", "income"], other)]
    broken = verify(text, case.clf, links=links)
    assert checks(broken) == {"feasibility"}


@pytest.mark.parametrize(
    ("column", "value"), [("job_b", 1), ("years", 5), ("ratio", 77.0)]
)
def test_broken_relations_are_found(column, value):
    case = relations_case()
    content = content_of(case.report.to_json())
    for one in content["people"]:
        for option in one["options"]:
            j = position(content, column)
            option["cells"][j] = value if option["cells"][j] != value else 0
    found = checks(verify(resealed(content), case.clf, links=case.links))
    assert found & {"feasibility", "cells"}


def test_prices_by_a_function_do_not_prevent_a_check():
    case = relations_case()
    text = case.report.to_json()
    assert '"not_stored": "price_of_change"' in text
    today = {**case.rules, "level": LevelPrices({}, default=2.0)}
    result = verify(text, case.clf, links=case.links, actionability=today)
    assert checks(result) == {"policy"}


def test_a_small_region_holds_and_a_wrong_one_is_named(case, content):
    changed = copy.deepcopy(content)
    one = answered(changed)
    j = position(changed, "age")
    age = one["options"][0]["cells"][j]
    region = {
        "how": "certified",
        "together": [{"feature": "age", "low": age, "high": age}],
    }
    one["options"][0]["region"] = region
    assert verify(resealed(changed), case.clf).ok
    region["alone"] = [{"feature": "age", "low": age + 1, "high": None}]
    (finding,) = verify(resealed(changed), case.clf).failed
    assert finding.check == "region" and "outside" in finding.text


def test_principal_reasons_have_a_place(case, content):
    changed = copy.deepcopy(content)
    answered(changed)["principal_reasons"] = [{"text": "short history", "code": "14"}]
    assert verify(resealed(changed), case.clf).ok


def test_a_classifier_without_fingerprint_is_not_checked():
    case = relations_case()
    content = content_of(case.report.to_json())
    content["classifier"]["fingerprint"]["sha256"] = None
    result = verify(resealed(content), case.clf, links=case.links)
    assert [finding.check for finding in result.not_checked] == ["classifier"]


def test_refits_are_not_checked(case):
    content = content_of(case.text)
    content["fit"]["parameters"]["min_robustness"] = 0.5
    result = verify(resealed(content), case.clf)
    assert result.ok
    assert [finding.check for finding in result.not_checked] == ["robustness"]


def test_nothing_in_a_record_is_executed(case, content, tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr(os, "system", called.append)
    monkeypatch.setattr(pickle, "loads", called.append)
    for text in (
        "__import__('os').system('x')",
        "os.system",
        "cos\nsystem\n(S'x'\ntR.",
    ):
        changed = copy.deepcopy(content)
        answered(changed)["reason"] = text
        answered(changed)["options"][0]["cells"][position(changed, "job")] = text
        changed["table"]["columns"][0]["dtype"] = {"numpy": text}
        changed["rules"]["links"].append(
            {
                "type": "Derived",
                "column": "age",
                "sources": ["savings"],
                "function": {"not_stored": text},
                "uses_old": False,
            }
        )
        assert not verify(resealed(changed), case.clf).ok
    assert called == []


@pytest.mark.parametrize("depth", [60, 5000])
def test_deep_nesting_is_a_finding(case, depth):
    text = case.text.replace(
        '"reason": ""', '"reason": ' + "[" * depth + "]" * depth, 1
    )
    assert checks(verify(text, case.clf)) & {"format", "schema"}


def test_verify_changes_no_data_of_the_caller(case):
    data = json.loads(case.text)
    before = copy.deepcopy(data)
    verify(data, case.clf, key=KEY)
    assert data == before


def test_a_classifier_without_probabilities_cannot_meet_a_demand_for_them(case):
    result = verify(case.text, Accepts(lambda table: table["age"] > 0))
    assert "demands" in checks(result)
