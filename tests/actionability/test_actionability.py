import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from skpar import Derived
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.actionability.rules._rules import Fill, Levels, Range
from skpar.table import TableSchema

from .._rule_cases import cases, mixed_schema, move, reachable


@pytest.mark.slow
@settings(max_examples=100)
@given(cases())
def test_projections_are_allowed_and_stay(case):
    schema, rules, factual, proposal = case
    able = Actionability(schema, rules)
    asked = proposal.copy()
    candidate = able.project(People.unlimited(factual), proposal)
    assert candidate.shape == proposal.shape and candidate.dtype == np.float64
    np.testing.assert_array_equal(proposal, asked)
    assert able.is_feasible(People.unlimited(factual), candidate).all()
    assert able.keeps_rules(People.unlimited(factual), candidate).all()
    again = able.project(People.unlimited(factual), candidate)
    assert again.tobytes() == candidate.tobytes()
    assert able.is_feasible(People.unlimited(factual), factual).all()
    flat = able.project(People.unlimited(factual), proposal[:, 0])
    np.testing.assert_array_equal(flat, candidate[:, 0])
    own = np.broadcast_to(factual[:, np.newaxis], candidate.shape)
    assert not (np.isnan(candidate) & ~np.isnan(own)).any()
    moved = (candidate != own) & ~(np.isnan(candidate) & np.isnan(own))
    free = np.broadcast_to(
        able.can_change(People.unlimited(factual))[:, np.newaxis], moved.shape
    )
    assert not (moved & ~free).any()
    stuck = ~free
    assert candidate[stuck].tobytes() == own[stuck].tobytes()
    for j, column in enumerate(schema.columns):
        cells_moved = candidate[..., j][moved[..., j]]
        assert ((cells_moved >= column.low) & (cells_moved <= column.high)).all()
        if column.kind != "continuous":
            assert (cells_moved % 1 == 0).all()


@pytest.mark.slow
@settings(max_examples=100)
@given(cases())
def test_projections_are_nearest_by_enumeration(case):
    schema, rules, factual, proposal = case
    able = Actionability(schema, rules)
    candidate = able.project(People.unlimited(factual), proposal)
    free = able.can_change(People.unlimited(factual))
    for j, column in enumerate(schema.columns):
        if column.kind == "continuous":
            continue
        for i, own in enumerate(factual[:, j]):
            codes = reachable(column, rules.get(column.name, []), own)
            assert free[i, j] == any(code != own for code in codes)
            known = [own, *codes] if not np.isnan(own) else codes
            for asked, got in zip(proposal[i, :, j], candidate[i, :, j], strict=True):
                if np.isnan(asked) or not codes:
                    want = own
                elif column.kind == "nominal":
                    want = asked if asked in codes else own
                else:
                    clear = np.clip(asked, -99, 99)
                    want = min(known, key=lambda v: (abs(clear - v), abs(v - own)))
                    if np.isnan(own):
                        assert abs(got - clear) == abs(want - clear)
                        continue
                np.testing.assert_array_equal(got, want)


@pytest.fixture(scope="module")
def people():
    return mixed_schema()


def test_ties_go_to_the_smaller_change(people):
    ages = {"age": Range(20, 80, step=10)}
    assert move(people, ages, 20.0, 45.0) == 40.0
    assert move(people, ages, 80.0, 45.0) == 50.0
    assert move(people, ages, 44.0, 42.0) == 44.0
    assert move(people, {"age": Range(10, 60)}, 70.0, 65.0) == 70.0
    assert move(people, {"grade": Levels(["a", "c", "e"])}, 0.0, 3.0) == 2.0
    assert move(people, {"grade": Levels(["a", "c", "e"])}, 4.0, 3.0) == 4.0


def test_who_is_outside_a_rule_stays_or_moves_into_it(people):
    assert move(people, {"age": Range(20, 60)}, 80.0, 79.0) == 80.0
    assert move(people, {"age": Range(20, 60)}, 80.0, 65.0) == 60.0
    assert move(people, {"age": "increasing"}, 95.0, 200.0) == 95.0
    assert move(people, {"job": Levels(["cook"])}, 0.0, 2.0) == 0.0
    assert move(people, {"job": Levels(["cook"])}, 0.0, 1.0) == 1.0


@pytest.mark.parametrize(
    ("rule", "fills"),
    [
        ([], True),
        (Range(1, 5, step=1), True),
        ("immutable", False),
        (["immutable", Fill()], True),
        (["increasing", Fill()], True),
        ([Range(0, 5, 1, relative=True), Fill()], True),
        (Fill(False), False),
        ("increasing", False),
        (Range(high=2, relative=True), False),
        (Range(step=2, relative=True), False),
    ],
)
def test_missing_cells_are_filled_unless_a_rule_compares(people, rule, fills):
    got = move(people, {"rate": rule}, np.nan, 3.2)
    stepped = any(isinstance(r, Range) for r in np.atleast_1d(np.array(rule, object)))
    assert np.isnan(got) if not fills else got == (3.0 if stepped else 3.2)
    assert move(people, {"rate": rule}, 3.0, np.nan) == 3.0


def test_actionability_pickles(people):
    able = Actionability(people, {"grade": Levels(["a", "c"]), "age": Range(step=5)})
    assert pickle.loads(pickle.dumps(able)).rules == able.rules


def test_columns_computed_from_one_another_are_a_family():
    table = pd.DataFrame(dict.fromkeys("abcdefg", [1.0, 2.0, 3.5]))
    schema = TableSchema.infer(table)
    links = [
        Derived("e", ["a", "b"], lambda X: X["a"] + X["b"]),
        Derived("f", ["e", "d"], lambda X: X["e"] * X["d"]),
    ]
    families = Actionability(schema, links=links).families
    np.testing.assert_array_equal(families, [0, 0, 1, 0, 0, 0, 2])
    assert families.dtype == np.int64
    np.testing.assert_array_equal(Actionability(schema).families, np.arange(7))
