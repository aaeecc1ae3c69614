import copy
import pickle

import numpy as np
import pytest

from skpar.actionability.rules._rules import Fill, Levels, Range, Transitions, Weight


def test_repr_shows_what_was_given():
    assert repr(Range(10, 60, step=5)) == "Range(10, 60, step=5)"
    assert repr(Range(low=10)) == "Range(low=10)"
    assert repr(Range(high=1.5)) == "Range(high=1.5)"
    assert (
        repr(Range(0, np.float64(5), relative=True)) == "Range(0, 5.0, relative=True)"
    )
    assert repr(Range()) == "Range()"
    assert repr(Levels(np.array(["a", "b"]))) == "Levels(['a', 'b'])"
    assert repr(Levels(["a"], ordered=True)) == "Levels(['a'], ordered=True)"
    assert repr(Transitions({"b": ["a"], "a": []})) == (
        "Transitions({'a': [], 'b': ['a']})"
    )
    assert repr(Fill(False)) == "Fill(False)"
    assert repr(Weight(np.float64(2))) == "Weight(2.0)"


def test_transitions_are_equal_whatever_their_order():
    one = Transitions({"b": ["a"], "a": ["b"]})
    other = Transitions({"a": ["b"], "b": ["a"]})
    assert one == other and hash(one) == hash(other)
    assert one != Transitions({"a": ["b"]})


@pytest.mark.parametrize(
    "rule",
    [
        Range(1, 2, step=0.5),
        Levels(["a", "b"]),
        Levels(["a", "b"], ordered=True),
        Transitions({"a": ["b"]}),
        Fill(),
        Weight(3),
    ],
)
def test_rules_are_values(rule):
    same = pickle.loads(pickle.dumps(rule))
    assert same == rule and hash(same) == hash(rule) and repr(same) == repr(rule)
    assert copy.deepcopy(rule) == rule
    assert rule != Range(1, 2) and rule != Levels(["b"])
    assert rule in {rule: 1}
    with pytest.raises(AttributeError):
        rule.anything = 3


def test_levels_refuses_a_bare_string():
    with pytest.raises(TypeError, match=r"Levels\(\['own'\]\)"):
        Levels("own")


@pytest.mark.parametrize("moves", [["a"], {"a": "b"}])
def test_transitions_take_a_dict_of_lists(moves):
    with pytest.raises(TypeError, match="Transitions takes a"):
        Transitions(moves)
