"""Values, schemas, rules and links as plain data of JSON, and back.

`find_faults` checks such data by a JSON Schema.
"""

from ._json_schema import find_faults
from ._rules import NotStored, plain_rules, rules_of
from ._schemas import plain_determined, plain_schema, schema_of
from ._values import (
    Unwritten,
    named,
    plain_unreadable,
    plain_value,
    shown,
    value_of,
)

__all__ = [
    "NotStored",
    "Unwritten",
    "find_faults",
    "named",
    "plain_determined",
    "plain_rules",
    "plain_schema",
    "plain_unreadable",
    "plain_value",
    "rules_of",
    "schema_of",
    "shown",
    "value_of",
]
