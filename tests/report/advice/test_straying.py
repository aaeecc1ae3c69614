"""Which numbers may stray, and how far rules and limits let them."""

import numpy as np
import pandas as pd
import pytest

from skpar import Derived, Linear, MaxChanged, Range
from skpar.actionability import Actionability, Limits, People
from skpar.objective import Effort
from skpar.report.advice._straying import Straying
from skpar.table import TableSchema

TABLE = pd.DataFrame(
    {
        "age": [20, 30, 40, 60],
        "debt": [0.1, 0.5, 0.7, 1.3],
        "savings": [10.25, 300.5, 70.75, 0.5],
        "job": list("abab"),
        "one": [1.5, 2.5, 3.5, 4.5],
        "two": [4.5, 3.5, 1.5, 2.5],
    }
)
RULES = {
    "age": Range(-5, 10, relative=True),
    "debt": "decreasing",
    "savings": [Range(0, 250, step=50), "increasing"],
}
LINKS = [Linear({"one": 1, "two": 1}, high=8), MaxChanged(5)]


@pytest.fixture(scope="module")
def straying():
    schema = TableSchema.infer(TABLE)
    able = Actionability(schema, RULES, LINKS)
    return Straying(able, Effort(schema, schema.encode(TABLE), "mad"))


OWN = np.array([40.0, 0.7, 70.75, 0.0, 2.5, 3.5])


def axes_of(straying, row, **limits):
    limits = {"low": -np.inf, "high": np.inf, "frozen": False} | limits
    shape = (1, len(OWN))
    made = [np.broadcast_to(limits[key], shape) for key in ("low", "high", "frozen")]
    found = straying.axes(People(OWN[np.newaxis], Limits(*made)), np.array(row))
    return {axis.column: axis for axis in found}


def test_only_changed_numbers_outside_of_links_stray(straying):
    row = [38.0, 0.5, 100.0, 1.0, 1.5, 3.5]
    assert straying.changed(OWN, np.array(row)) == [0, 1, 2, 4]
    assert list(axes_of(straying, row)) == [0, 1, 2]
    assert axes_of(straying, OWN) == {}


def test_rules_and_limits_end_the_axes(straying):
    row = [38.0, 0.5, 100.0, 0.0, 2.5, 3.5]
    ends = {j: (one.low, one.high) for j, one in axes_of(straying, row).items()}
    assert ends == {0: (35.0, 50.0), 1: (0.1, 0.7), 2: (100.0, 250.0)}
    low = np.array([36.0, 0.2, 0.0, 0.0, 0.0, 0.0])
    high = np.array([45.0, 0.6, 150.0, 9.0, 9.0, 9.0])
    axes = axes_of(straying, row, low=low, high=high)
    ends = {j: (one.low, one.high) for j, one in axes.items()}
    assert ends == {0: (36.0, 45.0), 1: (0.2, 0.6), 2: (100.0, 150.0)}
    below, above = axes[2].around(np.array([120.0]))
    assert (below.item(), above.item()) == (100.0, 150.0)


def test_a_number_that_cannot_move_does_not_stray(straying):
    row = [38.0, 0.1, 250.0, 0.0, 2.5, 3.5]
    low = np.array([-np.inf, 0.1, 250.0, 0.0, 0.0, 0.0])
    high = np.array([np.inf, 0.1, np.inf, 9.0, 9.0, 9.0])
    assert list(axes_of(straying, row, low=low, high=high)) == [0]


def test_shares_are_those_of_people_in_every_unit(straying):
    axis = axes_of(straying, [38.0, 0.5, 100.0, 0.0, 2.5, 3.5])[0]
    np.testing.assert_allclose(axis.share(np.array([20.0, 40.0])), [0.125, 0.625])


def test_it_knows_what_a_number_ties():
    table = TABLE.assign(sum=TABLE["one"] + TABLE["two"])
    schema = TableSchema.infer(table)
    links = [*LINKS, Derived("sum", ["one", "two"], lambda X: X["one"] + X["two"])]
    able = Actionability(schema, None, links)
    straying = Straying(able, Effort(schema, schema.encode(table), "mad"))
    assert straying.determines == {4: [6], 5: [6], 6: []}
    assert straying.tied == {4: [5], 5: [4], 6: []}
    assert straying.linked == {4, 5, 6}
