"""The record of a report: all that the report says, in the published schema."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from skpar import verify
from skpar.report.record._fingerprints import digest_of, signature_of
from skpar.report.record._format import record_schema
from skpar.report.record.plain import value_of
from skpar.report.record.plain._json_schema import find_faults

from ..._loans import Accepts, quick
from ..._reports import make_report
from ._records import KEY, content_of, loans_case, relations_case

MEASURES = [
    "n_changed",
    "effort",
    "gower_distance",
    "objective",
    "log_density",
    "percentile",
    "training_row",
    "optimal",
    "needed",
]


@pytest.fixture(scope="module")
def case():
    return loans_case()


@pytest.fixture(scope="module")
def content(case):
    return content_of(case.text)


def test_records_have_the_published_schema(content):
    assert find_faults(content, record_schema()) == []
    related = content_of(relations_case().report.to_json())
    assert find_faults(related, record_schema()) == []


def test_digest_and_signature(case, content):
    assert content["digest"] == digest_of(content)
    assert content["signature"] == signature_of(content, KEY)
    assert "signature" not in content_of(case.report.to_json())


def test_people_are_those_of_the_report(case, content):
    report, people = case.report, content["people"]
    assert [one["label"] for one in people] == report.factuals.index.tolist()
    assert [one["status"] for one in people] == report.status.tolist()
    assert [one["reason"] for one in people] == report.reason.tolist()
    assert [one["n_queries"] for one in people] == report.n_queries.tolist()


def test_cells_are_exactly_those_of_the_tables(case, content):
    for row, one in enumerate(content["people"]):
        tables = [case.report.factuals]
        tables += [o.counterfactuals for o in case.report.options if o.answered[row]]
        cells = [one["cells"], *(option["cells"] for option in one["options"])]
        for table, written in zip(tables, cells, strict=True):
            own = table.iloc[row].tolist()
            for cell, text in zip(own, written, strict=True):
                value = value_of(text)
                assert value == cell or (pd.isna(value) and pd.isna(cell))


def test_measures_are_exactly_those_of_the_report(case, content):
    for row, one in enumerate(content["people"]):
        options = [o for o in case.report.options if o.answered[row]]
        for report, option in zip(options, one["options"], strict=True):
            for name in MEASURES:
                assert option[name] == getattr(report, name)[row]
            assert option["probability"] == report.details.probability[row, 1]


def test_changes_are_those_of_the_report(case, content):
    for number, _ in enumerate(case.report.options):
        table = case.report.changes(option=number)
        written = [
            [
                one["label"],
                change["feature"],
                change["from"],
                change["to"],
                change["role"],
            ]
            for one in content["people"]
            if len(one["options"]) > number
            for change in one["options"][number]["changes"]
        ]
        assert written == table.to_numpy(dtype=object).tolist()


def test_limits_and_demands_are_those_of_the_request(case, content):
    labels = case.asking.index
    for label, one in zip(labels, content["people"], strict=True):
        limits = {limit["feature"]: limit for limit in one["limits"]}
        assert limits["monthly_income"]["high"] == 9000.0
        assert limits["monthly_income"]["low"] is None
        frozen = case.limits["frozen"].loc[label, "card_usage"]
        assert limits.get("card_usage", {"frozen": False})["frozen"] == frozen
        assert one["demands"]["max_effort"] == 4.0


def test_the_record_of_one_person(case):
    row = int(np.flatnonzero(case.report.answered)[0])
    one = content_of(case.report[row].to_json())
    assert one["people"] == [content_of(case.text)["people"][row]]


def test_a_file_is_replaced_as_a_whole(case, tmp_path):
    path = tmp_path / "record.json"
    path.write_text("old")
    assert case.report.to_json(path, key=KEY) is None
    assert content_of(path.read_text())["people"] == content_of(case.text)["people"]
    assert list(tmp_path.iterdir()) == [path]


def test_the_text_is_ascii(case):
    report = replace(
        case.report, reason=np.array(["\ud800é"] * len(case.report), object)
    )
    text = report.to_json()
    assert text.isascii()
    assert json.loads(text)["people"][0]["reason"] == "\ud800é"


def test_a_report_without_a_fit_cannot_be_written():
    table = pd.DataFrame({"a": [1.0, 2.0]})
    report = make_report(table, table + 1, ["found", "found"])
    with pytest.raises(ValueError, match="does not come from a fitted PARRecourse"):
        report.to_json()


def test_a_label_that_cannot_be_written_names_its_row(case):
    factuals = case.report.factuals.copy()
    index = factuals.index.astype(object).tolist()
    factuals.index = pd.Index([*index[:3], frozenset("a"), *index[4:]])
    with pytest.raises(ValueError, match="label of row 3.*frozenset"):
        replace(case.report, factuals=factuals).to_json()


def test_a_cell_that_cannot_be_written_names_its_column(case):
    factuals = case.report.factuals.astype({"job": object})
    factuals.iloc[0, factuals.columns.get_loc("job")] = b"cook"
    with pytest.raises(ValueError, match="column 'job'.*bytes"):
        replace(case.report, factuals=factuals).to_json()


@pytest.fixture(scope="module")
def odd():
    """A table with missing cells of every sort, levels of a target, other labels."""
    rng, n = np.random.default_rng(0), 90
    X = pd.DataFrame(
        {
            "a": pd.array(rng.integers(0, 50, n), dtype="Int64"),
            "b": pd.array(rng.random(n) < 0.5, dtype="boolean"),
            "c": pd.Categorical(rng.choice([3, 1, 2], n), [3, 1, 2, 9], ordered=True),
            "d": np.where(rng.random(n) < 0.2, None, rng.choice(["r", "t"], n)),
            "e": rng.normal(size=n).astype(np.float32),
        }
    )
    X.iloc[0, 0], X.iloc[1, 1] = pd.NA, pd.NA
    X.index = pd.date_range("2026-01-01", periods=n, tz="UTC")
    score = lambda table: table["a"].astype(float).fillna(0) / 25 + table["e"]  # noqa: E731
    clf = Accepts(lambda table: score(table) > 2)
    return quick(favorable_label=1).fit(X, clf=clf), X, clf


def test_missing_cells_dates_and_unreadable_rows(odd):
    par, X, clf = odd
    asking = X[:12].astype({"d": object})
    asking.iloc[3, 3] = b"bytes"
    lower = pd.DataFrame({"c": [1] * 12}, index=asking.index)
    report = par.recourse(asking, lower=lower, max_effort=3.0)
    content = content_of(report.to_json())
    assert find_faults(content, record_schema()) == []
    people = content["people"]
    assert people[0]["cells"][0] == {"missing": "NA"}
    assert people[3]["status"] == "unreadable"
    assert people[3]["cells"][3] == {"text": "b'bytes'"}
    assert people[3]["limits"] == [] and people[3]["options"] == []
    assert value_of(people[0]["label"]) == asking.index[0]
    assert people[0]["limits"][0]["low"] == 1.0  # the code of level 1
    assert verify(content, clf, X=X).findings == ()
