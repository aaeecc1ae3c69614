"""Random rows: feasible, the same in every batch, and better in every generation."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from skpar import Derived, Falls, If, NotAbove, Range, Rises
from skpar._search_config import RandomStage
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.classifier import PlattScale
from skpar.search._random_rows import RandomRows
from skpar.table import TableSchema, same_cells

STAGE = RandomStage(n_rows=64, n_generations=3, max_candidates=40)
RULES = {
    "income": Range(0, 400, step=50, relative=True),
    "debt": Range(-300, 0, step=25, relative=True),
    "savings": Range(-2000, 0, step=500, relative=True),
    "town": "immutable",
}


def ratio(table):
    return np.round(table["debt"] / table["income"], 3)


LINKS = [
    Derived("ratio", ["debt", "income"], ratio),
    NotAbove("debt", "income"),
    If(Falls("debt", by=100), Falls("savings", by=500)),
    If(Rises("income"), Falls("savings")),
]


def draw_people(n, seed=0):
    rng = np.random.default_rng(seed)
    income = 50.0 * rng.integers(20, 80, n)
    table = pd.DataFrame(
        {
            "income": income,
            "debt": 25 * np.round(income * rng.uniform(0.2, 0.9, n) / 25),
            "savings": 500.0 * rng.integers(0, 12, n),
            "contract": rng.choice(["none", "short", "long"], n),
            "town": rng.choice(["Bern", "Basel"], n),
        }
    )
    return table.assign(ratio=ratio)


class StubProposer:
    """Knows the first rows as neighbors; the margin falls with the ratio."""

    calibration = PlattScale(1.0, 0.0)

    def __init__(self, codes):
        self.codes = codes
        self.surrogate = SimpleNamespace(decision_function=self.margin)

    def margin(self, rows):
        return 10 * (0.4 - rows[:, 5]) + (rows[:, 3] == 0)

    def nearest_accepted(self, codes, k):
        return np.tile(self.codes[:k], (len(codes), 1, 1))


class StubObjective:
    """Minus the number of changed cells; the ratio follows from others."""

    acting = np.array([True, True, True, True, True, False])

    def upper_bound(self, own, rows):
        return -1.0 * (~same_cells(own, rows)).sum(axis=1)


@pytest.fixture(scope="module")
def case():
    table = draw_people(60)
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    able = Actionability(schema, RULES, LINKS)
    return SimpleNamespace(codes=codes, able=able, proposer=StubProposer(codes))


def random_rows(case, stage=STAGE, seed=0, able=None):
    able = able or case.able
    return RandomRows(case.proposer, able, StubObjective(), stage, seed)


def test_rows_are_feasible_and_differ_from_the_own_row(case):
    people = People.unlimited(case.codes)
    found = random_rows(case).propose(people)
    owners = people[found.who]
    assert (np.diff(found.who) >= 0).all()
    assert set(found.who) == set(range(60))
    assert np.bincount(found.who).max() <= STAGE.max_candidates
    assert case.able.is_feasible(owners, found.codes).all()
    assert not same_cells(found.codes, owners.codes).all(axis=1).any()
    keyed = np.column_stack([found.who, found.codes])
    assert len(np.unique(keyed, axis=0)) == len(keyed)


def test_objective_and_chance_are_those_of_the_feasible_row(case):
    found = random_rows(case).propose(People.unlimited(case.codes))
    margin = case.proposer.margin(found.codes)
    np.testing.assert_allclose(found.chance, 1 / (1 + np.exp(-margin)), atol=1e-6)
    own = case.codes[found.who]
    np.testing.assert_array_equal(
        found.objective, StubObjective().upper_bound(own, found.codes)
    )


def test_rows_depend_on_the_own_row_alone(case):
    together = random_rows(case).propose(People.unlimited(case.codes))
    for person in (0, 17, 59):
        alone = random_rows(case).propose(People.unlimited(case.codes[[person]]))
        mine = together.who == person
        np.testing.assert_array_equal(alone.codes, together.codes[mine])
        np.testing.assert_array_equal(alone.chance, together.chance[mine])


def test_another_seed_draws_other_rows(case):
    people = People.unlimited(case.codes)
    one, same, other = (random_rows(case, seed=k).propose(people) for k in (0, 0, 1))
    np.testing.assert_array_equal(one.codes, same.codes)
    assert not np.array_equal(one.codes, other.codes)


def test_generations_reach_the_best_feasible_row(case):
    # The best row has the smallest ratio that rules, links and savings allow.
    people = People.unlimited(case.codes)
    able = case.able
    income, debt, savings = np.meshgrid(
        np.arange(0, 401, 50), np.arange(-300, 1, 25), np.arange(-2000, 1, 500)
    )
    shifts = np.column_stack([income.ravel(), debt.ravel(), savings.ravel()])
    best = np.empty(len(people))
    for i, own in enumerate(case.codes):
        rows = np.tile(own, (len(shifts), 1))
        rows[:, :3] += shifts
        rows[:, 3] = 0
        rows = able.project(people[[i]], rows[None])[0]
        best[i] = case.proposer.margin(rows).max()
    first, reached = np.full((2, len(people)), -np.inf)
    without = dataclasses.replace(RandomStage(), n_generations=0)
    for stage, largest in ((without, first), (RandomStage(), reached)):
        found = random_rows(case, stage).propose(people)
        np.maximum.at(largest, found.who, case.proposer.margin(found.codes))
    assert (reached >= best - 1e-9).mean() >= 0.95
    assert (reached >= first - 1e-9).all()
    assert (reached > first + 1e-9).any()


def test_people_who_cannot_change_have_no_rows(case):
    people = People.unlimited(case.codes)
    frozen = np.zeros(case.codes.shape, dtype=bool)
    frozen[3] = True
    found = random_rows(case).propose(people.with_frozen(frozen))
    assert set(found.who) == set(range(60)) - {3}
    nobody = random_rows(case).propose(people.with_frozen(np.ones_like(frozen)))
    assert len(nobody.who) == 0
    assert nobody.codes.shape == (0, 6)
