"""The checker knows the words of the published schema, and each one bites."""

import pytest

from skpar.report.record._format import record_schema
from skpar.report.record.plain._json_schema import find_faults

CASES = [
    ({"type": "integer"}, [1, -3], [1.0, True, "1", None]),
    ({"type": "number"}, [1, 1.5], [True, "1", []]),
    ({"type": "boolean"}, [True, False], [0, 1, "true"]),
    ({"type": ["string", "null"]}, ["", None], [0, [], {}]),
    ({"type": "array", "items": {"type": "string"}}, [[], ["a"]], [{}, [1], ["a", 1]]),
    ({"const": 1}, [1], [True, 1.0, 2, "1"]),
    ({"enum": ["a", "b"]}, ["a"], ["c", ["a"]]),
    ({"minItems": 1, "maxItems": 2}, [[1], [1, 2], "x"], [[], [1, 2, 3]]),
    ({"minimum": 0, "maximum": 1}, [0, 1, 0.5, "x", True], [-0.1, 1.1]),
    ({"pattern": "^[0-9a-f]+$"}, ["a0", 7], ["x", ""]),
    (
        {"anyOf": [{"type": "null"}, {"minimum": 3, "type": "integer"}]},
        [None, 3],
        [2, "a"],
    ),
    (
        {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "integer"}},
            "additionalProperties": False,
        },
        [{"a": 1}],
        [{}, {"a": "x"}, {"a": 1, "b": 2}, []],
    ),
    ({"additionalProperties": {"type": "string"}}, [{"a": "x"}, 3], [{"a": 1}]),
    ({"additionalProperties": True}, [{"a": 1}], []),
    (
        {
            "$ref": "#/$defs/tree",
            "$defs": {"tree": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
        },
        [[], [[], [[]]]],
        [[1], [[], [[2]]]],
    ),
]


@pytest.mark.parametrize(("schema", "good", "bad"), CASES)
def test_every_word_accepts_and_refuses(schema, good, bad):
    for content in good:
        assert find_faults(content, schema) == []
    for content in bad:
        assert len(find_faults(content, schema)) >= 1


def test_a_fault_names_its_place():
    schema = {"properties": {"a": {"items": {"required": ["b"]}}}}
    assert find_faults({"a": [{"b": 1}, {}]}, schema) == ["a[1]: 'b' is missing"]


def test_faults_are_limited():
    schema = {"items": {"type": "string"}}
    assert len(find_faults([0] * 100, schema)) == 10
    assert len(find_faults([0] * 100, schema, max_faults=3)) == 3


def test_unknown_words_are_refused():
    with pytest.raises(ValueError, match="'oneOf'"):
        find_faults(1, {"oneOf": []})


def words(schema, known):
    """Go through all schemas within a schema."""
    for word, inner in schema.items():
        known.add(word)
        if word in ("properties", "$defs"):
            for part in inner.values():
                words(part, known)
        elif word == "anyOf":
            for part in inner:
                words(part, known)
        elif isinstance(inner, dict) and word in ("items", "additionalProperties"):
            words(inner, known)
    return known


def test_the_checker_knows_all_words_of_the_published_schema():
    schema = record_schema()
    silent = {"$schema", "$id", "$defs", "title", "description"}
    checked = {word for one, *_ in CASES for word in words(one, set())}
    assert words(schema, set()) <= checked | silent


def test_objects_of_the_published_schema_are_closed():
    schema = record_schema()
    objects = [schema, *schema["$defs"].values()]
    named = [one for one in objects if "properties" in one]
    assert len(named) > 10
    assert all(one["additionalProperties"] is False for one in named)
