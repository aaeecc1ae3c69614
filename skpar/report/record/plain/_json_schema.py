"""A small checker of JSON Schema: the part of the language that records need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}
# Words that say something to readers and demand nothing.
_SILENT = {"$schema", "$id", "$defs", "title", "description"}


def find_faults(
    content: Any, schema: Mapping[str, Any], max_faults: int = 10
) -> list[str]:
    """Compare JSON with a schema.

    Parameters
    ----------
    content : object
        JSON, as Python objects.
    schema : mapping
        JSON Schema with these words: ``$ref`` (within the schema), ``type``, ``const``,
        ``enum``, ``anyOf``, ``properties``, ``required``, ``additionalProperties``,
        ``items``, ``minItems``, ``maxItems``,
        ``minimum``, ``maximum`` and ``pattern``.
    max_faults : int, default=10
        Largest number of faults to list.

    Returns
    -------
    faults : list of str
        Place and fault; empty if the content has this schema.

    Raises
    ------
    ValueError
        If the schema has another word.

    Examples
    --------
    >>> from skpar.report.record.plain._json_schema import find_faults
    >>> schema = {"type": "object", "properties": {"age": {"type": "integer"}}}
    >>> find_faults({"age": "old"}, schema)
    ["age: 'old' is no integer"]
    """
    faults = []
    for fault in _Checker(schema).faults(content, schema, ""):
        faults.append(fault)
        if len(faults) == max_faults:
            break
    return faults


class _Checker:
    """Checks JSON by one schema.

    Parameters
    ----------
    root : mapping
        The schema; references lead into it.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root

    def faults(self, content: Any, schema: Any, place: str) -> Iterator[str]:
        """Find the faults of a part of the content."""
        for word, wanted in schema.items():
            if word in _SILENT:
                continue
            check = getattr(self, f"_{word.lstrip('$')}", None)
            if check is None:
                raise ValueError(f"The checker does not know the word {word!r}.")
            yield from check(content, wanted, place, schema)

    def _ref(self, content: Any, wanted: str, place: str, _: Any) -> Iterator[str]:
        part: Any = self.root
        for name in wanted.removeprefix("#/").split("/"):
            part = part[name]
        yield from self.faults(content, part, place)

    def _type(self, content: Any, wanted: Any, place: str, _: Any) -> Iterator[str]:
        names = [wanted] if isinstance(wanted, str) else wanted
        kinds = tuple(kind for name in names for kind in _TYPES[name])
        is_flag = isinstance(content, bool) and bool not in kinds  # True is an int
        if is_flag or not isinstance(content, kinds):
            yield _fault(place, content, f"is no {' or '.join(names)}")

    def _const(self, content: Any, wanted: Any, place: str, _: Any) -> Iterator[str]:
        if type(content) is not type(wanted) or content != wanted:
            yield _fault(place, content, f"is not {wanted!r}")

    def _enum(self, content: Any, wanted: Any, place: str, _: Any) -> Iterator[str]:
        if content not in wanted:
            yield _fault(place, content, f"is none of {wanted}")

    def _anyOf(self, content: Any, wanted: Any, place: str, _: Any) -> Iterator[str]:
        for one in wanted:
            if next(self.faults(content, one, place), None) is None:
                return
        yield _fault(place, content, "has none of the forms that are possible here")

    def _properties(
        self, content: Any, wanted: Any, place: str, _: Any
    ) -> Iterator[str]:
        if isinstance(content, dict):
            for name in wanted.keys() & content.keys():
                inside = f"{place}.{name}" if place else name
                yield from self.faults(content[name], wanted[name], inside)

    def _required(self, content: Any, wanted: Any, place: str, _: Any) -> Iterator[str]:
        if isinstance(content, dict):
            for name in wanted:
                if name not in content:
                    yield f"{place or 'record'}: {name!r} is missing"

    def _additionalProperties(
        self, content: Any, wanted: Any, place: str, schema: Any
    ) -> Iterator[str]:
        if isinstance(content, dict):
            for name in content.keys() - schema.get("properties", {}).keys():
                if wanted is False:
                    yield f"{place or 'record'}: {name!r} is unknown"
                elif wanted is not True:
                    inside = f"{place}.{name}" if place else name
                    yield from self.faults(content[name], wanted, inside)

    def _items(self, content: Any, wanted: Any, place: str, _: Any) -> Iterator[str]:
        if isinstance(content, list):
            for k, one in enumerate(content):
                yield from self.faults(one, wanted, f"{place}[{k}]")

    def _minItems(self, content: Any, wanted: int, place: str, _: Any) -> Iterator[str]:
        if isinstance(content, list) and len(content) < wanted:
            yield f"{place}: fewer than {wanted} entries"

    def _maxItems(self, content: Any, wanted: int, place: str, _: Any) -> Iterator[str]:
        if isinstance(content, list) and len(content) > wanted:
            yield f"{place}: more than {wanted} entries"

    def _minimum(
        self, content: Any, wanted: float, place: str, _: Any
    ) -> Iterator[str]:
        if _is_number(content) and content < wanted:
            yield _fault(place, content, f"is below {wanted}")

    def _maximum(
        self, content: Any, wanted: float, place: str, _: Any
    ) -> Iterator[str]:
        if _is_number(content) and content > wanted:
            yield _fault(place, content, f"is above {wanted}")

    def _pattern(self, content: Any, wanted: str, place: str, _: Any) -> Iterator[str]:
        if isinstance(content, str) and not re.search(wanted, content):
            yield _fault(place, content, f"does not match {wanted}")


def _is_number(content: Any) -> bool:
    """Whether JSON is a number."""
    return isinstance(content, (int, float)) and not isinstance(content, bool)


def _fault(place: str, content: Any, text: str) -> str:
    """Write one fault."""
    return f"{place or 'record'}: {repr(content)[:60]} {text}"
