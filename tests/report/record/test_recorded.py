"""People of a record come back with the codes, limits and demands of the report."""

import numpy as np
import pytest

from skpar.report.record._recorded import read_people

from ._records import answered, content_of, loans_case, position, relations_case


@pytest.fixture(scope="module")
def case():
    return loans_case()


def read(case, content):
    return read_people(content, case.par.schema_, case.par.favorable_label_.tolist())


def test_codes_come_back_bit_by_bit(case):
    recorded = read(case, content_of(case.text))
    np.testing.assert_array_equal(recorded.people.codes, case.report.codes_before)
    assert recorded.problems == []
    for k, row in enumerate(recorded.rows):
        one = case.report.options[recorded.number[k]]
        np.testing.assert_array_equal(row, one.codes_after[recorded.owner[k]])
    n_options = sum(one.answered.sum() for one in case.report.options)
    assert len(recorded.rows) == n_options > 0


def test_groups_come_back_as_features():
    case = relations_case()
    recorded = read(case, content_of(case.report.to_json()))
    np.testing.assert_array_equal(recorded.people.codes, case.report.codes_before)


def test_limits_come_back(case):
    recorded = read(case, content_of(case.text))
    limits, given = recorded.people.limits, case.report.details.limits
    for name in ("low", "high", "frozen", "max_effort"):
        np.testing.assert_array_equal(getattr(limits, name), getattr(given, name))


def test_limits_of_groups_come_back():
    case = relations_case()
    frozen = np.zeros((10, case.X.shape[1]), dtype=bool)
    frozen[::2, 0] = True
    report = case.par.recourse(case.X[:10], frozen=frozen)
    recorded = read(case, content_of(report.to_json()))
    limits, given = recorded.people.limits, report.details.limits
    assert given.closed
    for j, closed in given.closed.items():
        np.testing.assert_array_equal(limits.closed[j], closed)
    np.testing.assert_array_equal(limits.frozen, given.frozen)


def test_places_name_person_and_option(case):
    recorded = read(case, content_of(case.text))
    label, number = recorded.place(0)
    assert label in case.asking.index and number == 0
    assert recorded.option(0)["changes"]


def test_cells_that_cannot_be_read_are_left_out_and_named(case):
    content = content_of(case.text)
    j = position(content, "job")
    content["people"][0]["cells"][j] = "pilot"
    content["people"][1]["cells"].append(0)
    one = answered({"people": content["people"][2:]})
    one["options"][0]["cells"][j] = 3
    recorded = read(case, content)
    assert len(recorded.people) == len(content["people"]) - 2
    texts = {(label, option): text for label, option, text in recorded.problems}
    first, second = (content["people"][k]["label"] for k in (0, 1))
    assert "'pilot'" in texts[first, None]
    assert "cells instead of" in texts[second, None]
    assert "'job'" in texts[one["label"], 0]


def test_a_record_of_nobody():
    case = loans_case()
    recorded = read(case, {"people": []})
    assert len(recorded.people) == len(recorded.rows) == 0
    assert recorded.people.limits.is_empty


def test_targets_come_back_as_positions(case):
    content = content_of(case.text)
    content["people"] = content["people"][:2]
    demands = {"target": 1, "min_probability": 0.7, "max_probability": 0.9}
    content["people"][0]["demands"] = {**demands, "max_effort": None}
    content["people"][1]["demands"] = None
    limits = read(case, content).people.limits
    assert limits.max_effort is None
    assert limits.demands.target.tolist() == [0, -1]
    assert limits.demands.min_probability.tolist() == [0.7, 0.0]
    assert limits.demands.max_probability.tolist() == [0.9, 1.0]
