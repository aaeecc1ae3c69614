"""The format of records: its name, its version, its schema, and how text is read."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

FORMAT = "skpar-record"
VERSION = 1


class RecordError(ValueError):
    """Text that is no record, or no record of a version that can be read."""


@cache
def record_schema() -> dict[str, Any]:
    """Load the JSON Schema of records.

    Returns
    -------
    schema : dict

    Examples
    --------
    >>> from skpar.report.record._format import record_schema
    >>> record_schema()["title"]
    'Record of recourse by skpar, version 1'
    """
    file = files(__package__) / f"record-{VERSION}.schema.json"
    schema: dict[str, Any] = json.loads(file.read_text(encoding="ascii"))
    return schema


def read_record(record: Any) -> dict[str, Any]:
    """Read a record as plain data. Nothing in it is executed.

    Parameters
    ----------
    record : str, bytes, path or dict
        Text of a record, or a file with one. A string that does not begin with a brace
        is a path.

    Returns
    -------
    content : dict

    Raises
    ------
    RecordError
        If it is no JSON object, a key occurs twice, or the version is unknown.
    OSError
        If the file cannot be read.
    """
    content = record
    if isinstance(record, str) and not record.lstrip().startswith("{"):
        content = Path(record).expanduser().read_bytes()
    elif isinstance(record, PathLike):
        content = Path(record).expanduser().read_bytes()
    if isinstance(content, dict):
        content = _written(content)
    if isinstance(content, (str, bytes)):
        content = _parsed(content)
    if not isinstance(content, dict):
        raise RecordError("a record is a JSON object")
    if content.get("format") != FORMAT:
        raise RecordError(f"its format is {content.get('format')!r}, not {FORMAT!r}")
    version = content.get("version")
    if type(version) is not int or version != VERSION:
        raise RecordError(
            f"its version is {version!r}, and this version of skpar reads {VERSION}"
        )
    return content


def _parsed(text: str | bytes) -> Any:
    """Parse JSON, as strictly as it was written."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except RecordError:
        raise
    except (ValueError, RecursionError) as error:
        raise RecordError(f"it is no JSON ({type(error).__name__}: {error})") from None


def _written(content: dict[str, Any]) -> str:
    """Write a dict as JSON, so that it is read as strictly as text."""
    try:
        return json.dumps(content)
    except (TypeError, ValueError, RecursionError) as error:
        raise RecordError(f"it is no JSON ({error})") from None


def _finite(text: str) -> float:
    """Read a float; a text such as 1e999 would be read as infinity."""
    number = float(text)
    return number if math.isfinite(number) else _refuse_constant(text)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a dict; two values of one key would hide one of them."""
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RecordError(f"the key {twice!r} occurs twice in one object")
    return content


def _refuse_constant(name: str) -> Any:
    """Refuse NaN and Infinity, which are no JSON."""
    raise RecordError(f"{name} is no JSON")
