"""Each rule that is named blocks recourse on its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from skpar import NotAbove, Range
from skpar._config import SearchConfig
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.actionability._limits import Limits
from skpar.search._infeasibility import InfeasibilityProver
from skpar.search.reasons._blocking_rules import NeighborTrial, blocking_rules
from skpar.table import TableSchema

from ..._rule_cases import few_changes_of


@pytest.fixture(scope="module")
def loans():
    table = pd.DataFrame({"income": [0.0, 9.5], "debt": [0.0, 9.5], "age": [20, 60]})
    return TableSchema.infer(table)


def test_the_rules_that_block_recourse_are_named(loans):
    def accepts(codes):
        return (codes[:, 0] >= 8) & (codes[:, 2] >= 40)

    grid = Range(step=0.5)
    rules = {"income": [grid, "decreasing"], "debt": "immutable", "age": "increasing"}
    able = Actionability(loans, rules, [NotAbove("income", "age")])
    codes = np.array([[9.0, 3.0, 30.0], [5.0, 3.0, 50.0], [8.0, 3.0, 35.0]])
    high, frozen = np.full((3, 3), np.inf), np.zeros((3, 3), dtype=bool)
    high[:, 2] = 39
    frozen[2, 1] = True
    people = People(codes, Limits(np.full((3, 3), -np.inf), high, frozen))
    prover = InfeasibilityProver(accepts, None, SearchConfig(max_enumerated_rows=10**5))

    def is_possible(able, people):
        return prover.prove(able, people, few_changes_of).possible

    assert prover.prove(able, people, few_changes_of).impossible.all()
    blocking = blocking_rules(able, people, is_possible)
    assert blocking == [
        ("age: own limits",),
        ("income: 'decreasing'",),
        ("age: own limits",),
    ]
    assert blocking_rules(able, People.unlimited(codes[1:2]), is_possible) == [
        ("income: 'decreasing'",)
    ]


class FewNeighbors:
    """A proposer that knows three accepted people."""

    rows = np.array([[9.0, 1.0, 50.0], [8.5, 2.0, 45.0], [9.5, 0.0, 55.0]])

    def nearest_accepted(self, codes, n_neighbors):
        return np.tile(self.rows[:n_neighbors], (len(codes), 1, 1))


def test_neighbors_are_tried_where_the_rules_allow(loans):
    def accepts(codes):
        return codes[:, 0] >= 8

    trial = NeighborTrial(FewNeighbors(), accepts, n_neighbors=2)
    people = People.unlimited(np.array([[5.0, 3.0, 30.0], [2.0, 3.0, 40.0]]))
    free = Actionability(loans, {"debt": "immutable"})
    assert trial.is_possible(free, people).tolist() == [True, True]
    some = Actionability(loans, {"income": Range(0, 3, relative=True)})
    assert trial.is_possible(some, people).tolist() == [True, False]
    fixed = Actionability(loans, {"income": "immutable"})
    assert trial.is_possible(fixed, people).tolist() == [False, False]
    assert trial.is_possible(free, people[:0]).tolist() == []


def test_a_row_that_does_not_change_is_no_recourse(loans):
    trial = NeighborTrial(FewNeighbors(), lambda codes: codes[:, 0] < 99, 3)
    still = dict.fromkeys(["income", "debt", "age"], "immutable")
    people = People.unlimited(np.array([[5.0, 3.0, 30.0]]))
    assert not trial.is_possible(Actionability(loans, still), people)[0]


def test_a_rule_without_which_nothing_is_feasible_is_no_blocking_rule():
    """Without its step, the bounds of the user permit no value on the learned step."""
    schema = TableSchema.infer(pd.DataFrame({"amount": 500 * np.arange(40)}))
    able = Actionability(schema, {"amount": [Range(510, 900), Range(step=50)]})
    names = [name for name, _ in able.relaxations()]
    assert names == ["amount: Range(510, 900)"]
