"""Rules that make no sense are refused, and all others merged."""

import numpy as np
import pandas as pd
import pytest

from skpar import (
    Fill,
    Levels,
    Range,
    Transitions,
    Weight,
)
from skpar.actionability import Actionability, People
from skpar.table import TableSchema


@pytest.fixture(scope="module")
def schema():
    table = pd.DataFrame(
        {
            "age": [20, 30, 70],
            "income": [0.5, 10.25, 99.5],
            "school": pd.Categorical(["low", "high", "mid"], ["low", "mid", "high"]),
            "job": ["clerk", "cook", "nurse"],
            "owner": [True, False, True],
        }
    )
    return TableSchema.infer(table, ordinal_features={"school": ["low", "mid", "high"]})


BROKEN = {
    "unknown column": ({"agee": "immutable"}, "'immutable'.*'agee'.*age"),
    "unknown word": ({"age": "imutable"}, "'age', 'imutable'.*mean 'immutable'"),
    "direction on nominal": ({"job": "increasing"}, "'job', 'increasing'.*Levels"),
    "range on nominal": ({"job": Range(0, 1)}, r"'job', Range\(0, 1\).*Levels"),
    "range on ordinal": ({"school": Range(0, 1)}, r"'school', Range.*Levels"),
    "range on boolean": ({"owner": Range(0, 1)}, r"'owner', Range.*Levels"),
    "levels on numbers": ({"age": Levels([20])}, r"'age', Levels\(\[20\]\).*Range"),
    "transitions of numbers": (
        {"age": Transitions({1: [2]})},
        "'age', Transitions.*relative",
    ),
    "unknown transition": (
        {"job": Transitions({"cook": ["nurs"]})},
        "'job'.*'nurs'.*'nurse'",
    ),
    "empty transitions": ({"job": Transitions({})}, "'job', Transitions.*no change"),
    "transitions to oneself": (
        {"job": Transitions({"cook": ["cook"]})},
        "'job', Transitions.*no change",
    ),
    "order twice": (
        {"job": [Levels(["cook"], True), Levels(["clerk", "cook"], True)]},
        "'job'.*only one rule of a column may order",
    ),
    "order of an ordinal": (
        {"school": Levels(["low"], ordered=True)},
        "'school', Levels.*order already",
    ),
    "level twice in an order": (
        {"job": Levels(["cook", "cook"], ordered=True)},
        "'job', Levels.*twice",
    ),
    "order that leaves nothing": (
        {"job": ["increasing", Levels(["cook"], ordered=True)]},
        "'job', 'increasing', Levels.*no change",
    ),
    "negative weight": ({"age": Weight(-1)}, r"'age', Weight\(-1\).*negative"),
    "infinite weight": ({"age": Weight(np.inf)}, "'age'.*weight must be finite"),
    "two weights": ({"age": [Weight(1), Weight(2)]}, "'age'.*only one Weight"),
    "two fills": ({"age": [Fill(), Fill(False)]}, "'age'.*only one Fill"),
    "no levels": ({"job": Levels([])}, r"'job', Levels\(\[\]\).*immutable"),
    "unknown level": ({"job": Levels(["cok"])}, "'job'.*'cok'.*'cook'"),
    "low above high": ({"age": Range(60, 30)}, r"'age', Range\(60, 30\).*low"),
    "no step": ({"age": Range(step=0)}, r"'age', Range\(step=0\).*above 0"),
    "step below 0": ({"income": Range(step=-0.5)}, r"'income', Range.*above 0"),
    "nan": ({"age": Range(low=np.nan)}, r"'age', Range.*low must be finite"),
    "infinity": ({"income": Range(high=np.inf)}, r"'income'.*high must be finite"),
    "infinite step": ({"income": Range(step=np.inf)}, r"'income'.*step must be finite"),
    "both directions": (
        {"age": ["increasing", "decreasing"]},
        "'age', 'increasing', 'decreasing'.*no change",
    ),
    "both directions of levels": (
        {"school": ["increasing", "decreasing"]},
        "'school', 'increasing', 'decreasing'.*no change",
    ),
    "direction against range": (
        {"income": ["increasing", Range(high=-1, relative=True)]},
        "'income', 'increasing', Range.*exclude",
    ),
    "immutable and more": (
        {"age": ["immutable", "increasing"]},
        "'age', 'immutable', 'increasing'.*only be combined with",
    ),
    "ranges apart": (
        {"age": [Range(20, 30), Range(40, 50)]},
        r"'age', Range\(20, 30\), Range\(40, 50\).*exclude",
    ),
    "changes apart": (
        {"income": [Range(1, 2, relative=True), Range(3, 4, relative=True)]},
        "'income'.*exclude",
    ),
    "levels apart": (
        {"job": [Levels(["cook"]), Levels(["clerk"])]},
        r"'job', Levels\(\['cook'\]\), Levels\(\['clerk'\]\).*no level",
    ),
    "beyond training": ({"age": Range(80, 90)}, r"'age', Range.*20 to 70, are outside"),
    "below training": ({"income": Range(high=0.25)}, "0.5 to 99.5, are outside"),
    "no whole number": ({"age": Range(20.2, 20.8)}, "'age'.*no whole number"),
    "no whole number near steps": (
        {"age": [Range(20.2, 20.8), Range(step=1, relative=True)]},
        "'age'.*no whole number",
    ),
    "grid beyond training": (
        {"income": Range(0, 200, step=150)},
        "'income'.*no value .* 0.5 to 99.5",
    ),
    "no whole change": ({"age": Range(0.2, 0.8, relative=True)}, "'age'.*no change"),
    "no change on grid": (
        {"income": Range(1, 2, step=5, relative=True)},
        "'income'.*no change",
    ),
    "broken step of integers": ({"age": Range(step=0.5)}, "'age'.*whole"),
    "two steps": (
        {"age": [Range(step=5), Range(step=1, relative=True)]},
        "'age'.*only one",
    ),
    "step too fine": ({"income": Range(step=1e-12)}, "'income'.*too fine"),
}


@pytest.mark.parametrize(("rules", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_rules_are_refused(schema, rules, message):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        Actionability(schema, rules)


@pytest.mark.parametrize(
    "rule",
    [
        None,
        3,
        {"low": 1},
        [Range(0, 1), 5],
        Range("1", 2),
        Range(0, 5, True),
        Fill(3),
        Weight("2"),
    ],
)
def test_wrong_types_are_refused(schema, rule):
    with pytest.raises(TypeError, match="'age'"):
        Actionability(schema, {"age": rule})


def test_rules_must_be_a_mapping(schema):
    with pytest.raises(TypeError, match="map columns to rules"):
        Actionability(schema, ["age"])


def test_one_column_is_named_once():
    schema = TableSchema.infer(np.array([[1.0], [2.0]]))
    Actionability(schema, {0: "increasing"})
    Actionability(schema, {"x0": "increasing"})
    with pytest.raises(ValueError, match="'x0' twice, as 'x0' and as 0"):
        Actionability(schema, {"x0": "increasing", 0: "decreasing"})


def test_good_rules_are_kept_as_written(schema):
    rules = {
        "age": ["increasing", Range(high=65), Range(0, 5, relative=True)],
        "income": Range(0, 90, step=0.1),
        "school": "increasing",
        "job": Levels(["cook", "nurse"]),
        "owner": ("immutable",),
    }
    able = Actionability(schema, rules)
    written = [rule.written for rule in able.rules]
    assert written == [
        tuple(rules["age"]),
        (rules["income"],),
        ("increasing",),
        (rules["job"],),
        ("immutable",),
    ]
    assert Actionability(schema, {"age": []}).rules == Actionability(schema).rules


def test_levels_that_training_lacked_are_not_permitted():
    table = pd.DataFrame({"job": pd.Categorical(["a", "b"], ["a", "b", "c"])})
    schema = TableSchema.infer(table)
    with pytest.raises(ValueError, match="'job', Levels.*no level seen in training"):
        Actionability(schema, {"job": Levels(["c"])})
    able = Actionability(schema, {"job": Levels(["b", "c"])})
    assert able.project(People.unlimited(np.array([[0.0]])), np.array([[2.0]])) == 0.0


def test_bounds_between_learned_values_are_refused():
    table = pd.DataFrame({"amount": 500 * np.arange(40), "code": [0, 1, 666, 1] * 10})
    schema = TableSchema.infer(table)
    said = r"no multiple of 500 \(Range\(step=\.\.\.\) allows others\) in the range"
    with pytest.raises(ValueError, match=f"column 'amount', Range.*{said}"):
        Actionability(schema, {"amount": Range(510, 900)})
    with pytest.raises(ValueError, match="no value seen in training .*allows others"):
        Actionability(schema, {"code": Range(2, 600)})
    assert Actionability(schema, {"code": Range(2, 600, step=1)}).rules[1].step == 1.0
