"""What nodes compare, and how a test divides what can be reached."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skpar.classifier import BlackBox, certifying_judge
from skpar.report.page.what_if._choices import Choice
from skpar.report.page.what_if.trees._node_tests import (
    CutTest,
    ListedTest,
    NodeTests,
    start_of,
)
from skpar.table import TableSchema

AGES = [20.5, 30.5, 40.5, 50.5]
TABLE = pd.DataFrame(
    [(age, job) for age in AGES for job in "abc" for _ in range(3)],
    columns=["age", "job"],
)


@pytest.fixture(scope="module")
def judge():
    columns = make_column_transformer(
        (OneHotEncoder(sparse_output=False), ["job"]), remainder="passthrough"
    )
    wanted = ((TABLE["age"] > 35) ^ (TABLE["job"] == "b")).to_numpy()
    clf = make_pipeline(columns, DecisionTreeClassifier()).fit(TABLE, wanted)
    schema = TableSchema.infer(TABLE)
    box = BlackBox(clf, schema, [True])
    return certifying_judge(box, schema.encode(TABLE), 2)


def test_listed_codes_are_divided_into_two_sets():
    test = ListedTest(3, 0b0101)
    assert test.divided(0b1101) == (0b0101, 0b1000)
    assert test.divided(0b0100) == (0b0100, None)
    assert test.divided(0b1010) == (None, 0b1010)
    assert test.plain() == [3, [0, 2]]
    rows = np.array([[0.0, 0.0, 0.0, 7.0], [0.0, 0.0, 0.0, np.nan]])
    assert test.passes(rows, np.array([7.0, 8.0, np.nan])).all()


def test_ranges_are_divided_at_the_cut():
    test = CutTest(1, 5.0, True)
    above = np.nextafter(5.0, np.inf)
    assert test.divided((0.0, 9.0, False)) == ((0.0, 5.0, False), (above, 9.0, False))
    assert test.divided((0.0, 5.0, False)) == ((0.0, 5.0, False), None)
    assert test.divided((6.0, 9.0, False)) == (None, (6.0, 9.0, False))
    left, _ = test.divided((6.0, 9.0, True))
    assert left == (6.0, 5.0, True)  # a missing cell only
    rows = np.array([[0.0, 5.0], [0.0, above], [0.0, np.nan]])
    assert test.passes(rows, np.empty(0)).tolist() == [True, False, True]
    assert CutTest(1, np.inf, False).plain() == [1, np.finfo(float).max, 0]


def test_choices_begin_with_all_they_hold():
    assert start_of(Choice(0, np.array([np.nan]), 1.0, 2.0)) == (1.0, 2.0, True)
    assert start_of(Choice(0, np.array([3.0, 4.0, 9.0]))) == 0b111


def test_nodes_compare_what_may_change(judge):
    own = np.array([20.5, 0.0])
    free = [Choice(0, np.empty(0), 0.0, 99.0), Choice(1, np.array([0.0, 1.0]))]
    kinds = [
        {type(one) for one in NodeTests(judge, own, choices).of_node.values()}
        for choices in ([], free[:1], free[1:], free)
    ]
    assert kinds == [set(), {CutTest}, {ListedTest}, {CutTest, ListedTest}]
    cuts = {
        round(one.cut, 3)
        for one in NodeTests(judge, own, free[:1]).of_node.values()
        if isinstance(one, CutTest)
    }
    assert cuts == {35.5}
