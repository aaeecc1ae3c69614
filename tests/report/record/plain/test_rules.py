"""Rules and links come back as equal objects; functions and strangers do not."""

import json

import numpy as np
import pytest

from skpar import (
    Derived,
    Determines,
    ExactlyOne,
    Falls,
    Fill,
    If,
    LevelPrices,
    Levels,
    Linear,
    MaxChanged,
    NotAbove,
    Price,
    Range,
    RareLevels,
    Rises,
    Transitions,
    Weight,
)
from skpar.report.record._format import record_schema
from skpar.report.record.plain import NotStored
from skpar.report.record.plain._json_schema import find_faults
from skpar.report.record.plain._rules import plain_rules, rules_of

RULES = [
    "immutable",
    "increasing",
    "decreasing",
    Range(0.1, 60, step=np.float32(0.5)),
    Range(high=-0.0, relative=True),
    Levels(["a", "b"], ordered=True),
    Levels([1, 2.5, True, ("x", 1)]),
    Transitions({"a": ["b", "c"], None: [], 3: [4]}),
    Fill(False),
    Weight(2),
    Price(up=25, down=0.1),
    LevelPrices({("rent", "own"): 3.0, (None, "rent"): np.int64(1)}, default=0.5),
    LevelPrices({}),
    RareLevels(),
]
LINKS = [
    If(Rises("school"), Falls("age", by=2.5)),
    NotAbove(0, 1),
    Linear({"rent": 12, ("a", "b"): -0.4}, high=0),
    MaxChanged(3),
    MaxChanged(1, of=["job", "age"]),
    ExactlyOne(["a", "b"], at_most=True),
    Determines("a", "b"),
]


def ratio(table):
    return table["a"]


def there_and_back(rules, links=()):
    plain = json.loads(json.dumps(plain_rules(rules, links), allow_nan=False))
    return rules_of(plain)


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_rules_come_back_equal(rule):
    rules, links = there_and_back({("a", 1): (rule, "immutable")})
    assert rules == {("a", 1): [rule, "immutable"]} and links == []
    assert repr(rules["a", 1][0]) == repr(rule)


@pytest.mark.parametrize("link", LINKS, ids=repr)
def test_links_come_back_equal(link):
    rules, (other,) = there_and_back({}, [link])
    assert rules == {} and other == link and repr(other) == repr(link)


@pytest.mark.parametrize("one", [*RULES, *LINKS, Derived("a", ["b"], ratio)], ids=repr)
def test_the_published_schema_has_every_rule_and_link(one):
    name = "rule" if one in RULES else "link"
    plain = plain_rules({"x": [one]}, []) if one in RULES else plain_rules({}, [one])
    part = plain["actionability"][0]["rules"][0] if one in RULES else plain["links"][0]
    schema = {"$ref": f"#/$defs/{name}", "$defs": record_schema()["$defs"]}
    assert find_faults(json.loads(json.dumps(part)), schema) == []
    if isinstance(part, dict):
        assert find_faults({**part, "more": 1}, schema)
        assert find_faults({**part, "type": "other"}, schema)


def test_functions_are_named_and_not_stored():
    links = [Derived("a", ["b", "c"], ratio, uses_old=True)]
    rules, (link,) = there_and_back({"a": [LevelPrices(lambda old, new: 1.0)]}, links)
    assert link.function == NotStored("ratio") and link.uses_old
    assert repr(link) == repr(links[0])
    assert np.isnan(link.function(np.zeros((3, 2)), np.zeros((3, 2)))).all()
    assert rules["a"][0].prices == NotStored("<lambda>")


class MyRange(Range):
    """A class of the user, with code of its own."""


@pytest.mark.parametrize(
    "rule", [MyRange(0, 1), Range(low=1j), Levels([b"a"]), object(), "up"]
)
def test_what_cannot_be_written_is_named(rule):
    with pytest.raises(ValueError, match="actionability of column 'age'"):
        plain_rules({"age": [rule]}, [])


def test_a_link_that_cannot_be_written_is_named():
    with pytest.raises(ValueError, match="links, NotAbove"):
        plain_rules({}, [NotAbove(frozenset(), "a")])


@pytest.mark.parametrize(
    "plain",
    [
        {"type": "NotAbove", "column": "a"},
        {"type": "NotAbove", "column": "a", "other": "b", "more": 1},
        {"type": "Range", "low": 0, "high": 1, "step": None, "relative": False},
        {"type": "NotStored", "name": "os.system"},
        {"type": "If", "change": {"type": "Rises", "column": "a"}, "then": None},
        "immutable",
        None,
    ],
)
def test_forged_links_are_refused(plain):
    with pytest.raises((ValueError, TypeError)):
        rules_of({"actionability": [], "links": [plain]})


def test_forged_rules_are_refused():
    for plain in ("os.system", {"type": "If"}, [1]):
        with pytest.raises(ValueError):
            rules_of(
                {"actionability": [{"column": "a", "rules": [plain]}], "links": []}
            )
