"""Rules of the columns of a group become rules of the group."""

import numpy as np
import pandas as pd
import pytest

from skpar import Fill, Levels, Transitions, Weight
from skpar.actionability.rules._feasible_values import Bounds
from skpar.actionability.rules._feature_rules import read_feature_rules, written_rules
from skpar.relations import ColumnGroup, group_columns
from skpar.table import TableSchema


@pytest.fixture
def features():
    table = pd.DataFrame({"age": [20, 30, 40, 41]})
    table = table.join(pd.get_dummies(pd.Series(list("abca")), prefix="job"))
    schema = TableSchema.infer(table)
    group = ColumnGroup.of_columns(schema, [1, 2, 3])
    return group_columns(schema, [group], schema.encode(table))


def reachable(features, rules, own):
    rule = read_feature_rules(features, rules)[1]
    return rule.alternatives(own, Bounds(), 10).tolist()


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, {0.0: [1, 2], 1.0: [0, 2]}),
        ({"job_a": "immutable"}, {0.0: [], 1.0: [2]}),
        ({"job_a": "increasing"}, {0.0: [], 1.0: [0, 2]}),
        ({"job_a": "decreasing"}, {0.0: [1, 2], 1.0: [2]}),
        ({"job_a": Levels([False])}, {0.0: [1, 2], 1.0: [2]}),
        ({"job": "immutable"}, {0.0: [], 1.0: []}),
        ({"job": Levels(["a", "b"])}, {0.0: [1], 1.0: [0]}),
        ({"job": Levels(["a", "b"]), "job_a": "decreasing"}, {0.0: [1], 1.0: []}),
    ],
)
def test_rules_of_columns_and_of_the_group_hold_together(features, rules, expected):
    for own, levels in expected.items():
        assert reachable(features, rules, own) == levels


def test_other_columns_keep_their_rules(features):
    rules = read_feature_rules(features, {"age": "increasing", "job_b": "immutable"})
    own = np.array([30.0])
    assert rules[0].nearest(own, np.array([20.0])).tolist() == [30.0]
    assert rules[0].nearest(own, np.array([35.0])).tolist() == [35.0]


def test_weights_multiply(features):
    rules = {"job": Weight(2), "job_a": Weight(3), "job_b": Weight(0.5)}
    assert read_feature_rules(features, rules)[1].weight == 6.0


def test_nothing_to_turn_on_makes_a_group_immutable(features):
    rules = dict.fromkeys(["job_a", "job_b", "job_c"], "immutable")
    assert read_feature_rules(features, rules)[1].immutable


def test_unknown_names_are_refused(features):
    with pytest.raises(ValueError, match="jobs"):
        read_feature_rules(features, {"jobs": "immutable"})
    with pytest.raises(TypeError, match="must map columns to rules"):
        read_feature_rules(features, ["immutable"])


def test_written_rules_come_in_the_order_of_the_table(features):
    rules = {"job": "immutable", "job_b": Weight(2), "age": ["increasing", Weight(3)]}
    written = written_rules(features, rules)
    assert list(written) == ["age", "job_b", "job"]
    assert written["age"] == ("increasing", Weight(3))
    assert written_rules(features, None) == {}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Weight(2), [0, 1, 2]),
        (Levels(["a", "b"]), [0, 1]),
        (Transitions({"a": ["b"]}), []),
        ([Transitions({"a": ["b"]}), Fill(True)], [0, 1, 2]),
        (Fill(False), []),
    ],
)
def test_rules_of_the_group_hold_for_broken_patterns(features, rule, expected):
    group = features.columns[1].group
    for pattern in ([0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]):
        own = float(group.compress(np.array(pattern)))
        assert reachable(features, {"job": rule}, own) == expected
