"""The final check passes only answers that hold in the user's own table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.classifier import Refits
from skpar.classifier._black_box import BlackBox
from skpar.objective import Eligibility
from skpar.search._final_check import FinalCheck
from skpar.search.queries import SearchResult
from skpar.table import TableSchema


@pytest.fixture
def table():
    return pd.DataFrame(
        {"savings": [10, 20, 30, 90], "age": [20, 30, 40, 50]},
        index=["ann", "bob", "cy", "di"],
    )


class Saver:
    """Accepts savings of 50 and more."""

    def predict(self, X):
        return (X["savings"] >= 50).to_numpy().astype(int)


def make_check(table, eligible=lambda codes: codes[:, 0] < 1000):
    schema = TableSchema.infer(table)
    box = BlackBox(Saver(), schema).with_favorable(np.array([1]))
    able = Actionability(schema, {"age": "immutable"})
    eligibility = Eligibility(None, -np.inf, None)
    eligibility.is_eligible = eligible
    return FinalCheck(schema, able, box, eligibility)


def result_of(codes, found):
    result = SearchResult.none(np.array(codes, dtype=float))
    result.objective[found] = 0.0
    return result


def check(table, codes, found=(True, True, True), **options):
    final = make_check(table, **options)
    people = People.unlimited(final.schema.encode(table))
    people = People(people.codes, people.limits, table)
    checked = final.check(people, np.arange(3), result_of(codes, np.array(found)))
    np.testing.assert_array_equal(checked.codes, final.schema.encode(checked.table))
    return checked


def test_answers_that_pass_are_written_into_the_table(table):
    checked = check(table, [[60, 20], [70, 30], [80, 40]])
    assert checked.passed.tolist() == [True, True, True, False]
    assert not checked.failed.any()
    assert checked.table["savings"].tolist() == [60, 70, 80, 90]
    assert checked.table.index.tolist() == table.index.tolist()
    assert table["savings"].tolist() == [10, 20, 30, 90]


@pytest.mark.parametrize("wrong", [[40, 30], [60, 31], [60.5, 29]])
def test_rows_that_are_denied_or_infeasible_fail_and_come_back_unchanged(table, wrong):
    checked = check(table, [[60, 20], wrong, [80, 40]])
    assert checked.passed.tolist() == [True, False, True, False]
    assert checked.failed.tolist() == [False, True, False, False]
    pd.testing.assert_frame_equal(checked.table.loc[["bob"]], table.loc[["bob"]])


def test_rows_that_are_not_eligible_fail(table):
    codes = [[60, 20], [70, 30], [80, 40]]
    checked = check(table, codes, eligible=lambda codes: codes[:, 0] != 70)
    assert checked.failed.tolist() == [False, True, False, False]
    assert checked.table["savings"].tolist() == [60, 20, 80, 90]


def test_people_without_an_answer_neither_pass_nor_fail(table):
    checked = check(table, [[60, 20], [20, 30], [30, 40]], (True, False, False))
    assert checked.passed.tolist() == [True, False, False, False]
    assert not checked.failed.any()
    none = check(table, table.iloc[:3], (False, False, False))
    assert not (none.passed | none.failed).any()
    pd.testing.assert_frame_equal(none.table, table)


def test_an_answer_that_changes_nothing_fails(table):
    rich = table.assign(savings=[60, 20, 30, 90])
    checked = check(rich, [[60, 20], [70, 30], [80, 40]])
    assert checked.failed.tolist() == [True, False, False, False]


def test_decisions_that_changed_since_the_search_are_reported(table):
    """Bob's answer is denied now; cy had none, and is accepted now."""
    rich = table.assign(savings=[10, 20, 60, 90])
    checked = check(rich, [[70, 20], [40, 30], [60, 40]], (True, True, False))
    assert checked.contradicted.tolist() == [False, True, True, False]


class Strict(Saver):
    """Accepts savings of 65 and more."""

    def predict(self, X):
        return (X["savings"] >= 65).to_numpy().astype(int)


def test_answers_that_too_few_refits_accept_fail(table):
    final = make_check(table)
    box = final.black_box
    members = (box.member(Saver()), box.member(Strict()))
    box = box.with_refits(Refits(members, 0.9))
    final = FinalCheck(final.schema, final.actionability, box, final.eligibility)
    people = People.unlimited(final.schema.encode(table))
    people = People(people.codes, people.limits, table)
    rows = np.array([[60.0, 20], [70, 30], [80, 40]])
    checked = final.check(people, np.arange(3), result_of(rows, np.ones(3, bool)))
    assert checked.failed.tolist() == [True, False, False, False]
    assert not checked.contradicted.any()
