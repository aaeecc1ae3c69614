"""Links as the user writes them, and what is wrong with some."""

import pickle

import numpy as np
import pytest

from skpar import (
    Derived,
    Falls,
    If,
    Linear,
    MaxChanged,
    NotAbove,
    Rises,
)


def ratio(table):
    return table["debt"] / table["income"]


def as_it_is(table):
    return table.iloc[:, 0]


LINKS = {
    "If(Rises('education'), Rises('age', by=2))": If(
        Rises("education"), Rises("age", by=2)
    ),
    "If(Falls('a', by=0.5), Rises('b'))": If(Falls("a", by=0.5), Rises("b")),
    "NotAbove('a', 'b')": NotAbove("a", "b"),
    "Linear({'a': 12, 'b': -0.5}, high=0)": Linear(
        {"a": 12, "b": np.float64(-0.5)}, high=0
    ),
    "Linear({'a': 1}, low=1, high=2)": Linear({"a": 1}, 1, 2),
    "Derived('r', ['a', 'b'], ratio)": Derived("r", ["a", "b"], ratio),
    "Derived('r', ['a', 'b'], ratio, uses_old=True)": Derived(
        "r", ["a", "b"], ratio, uses_old=True
    ),
    "MaxChanged(3)": MaxChanged(3),
    "MaxChanged(1, of=['a', 'b'])": MaxChanged(1, of=["a", "b"]),
}


@pytest.mark.parametrize(("shown", "link"), LINKS.items(), ids=LINKS)
def test_links_are_values(shown, link):
    assert repr(link) == shown
    same = pickle.loads(pickle.dumps(link))
    assert same == link and hash(same) == hash(link)
    assert all(link != other for text, other in LINKS.items() if text != shown)
    with pytest.raises(AttributeError):
        link.count = 7


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Derived("r", "ab", ratio), r"write \['ab'\]"),
        (lambda: MaxChanged(1, of="ab"), r"write \['ab'\]"),
        (lambda: Linear(["a"]), "dict of column to weight"),
    ],
)
def test_links_refuse_bare_strings_and_lists(make, message):
    with pytest.raises(TypeError, match=message):
        make()
