"""Fingerprints: hashes of records, tables and the decisions of a classifier."""

from __future__ import annotations

import hashlib
import hmac
import json
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..._config import RecordConfig
from ...classifier import BlackBox
from ...relations import determined_of
from ...table import Column, TableSchema, as_python
from .plain import plain_value

SEALS = ("digest", "signature")
"""Parts of a record that are computed from all others."""


def canonical(content: Any) -> bytes:
    r"""Write plain data as JSON in one way only.

    Parameters
    ----------
    content : object
        Plain data.

    Returns
    -------
    text : bytes
        Keys are sorted, nothing is indented, and all characters are ASCII. Numbers are
        the shortest text that Python reads as the same number.

    Examples
    --------
    >>> from skpar.report.record._fingerprints import canonical
    >>> canonical({"b": 1.0, "a": "é"})
    b'{"a":"\\u00e9","b":1.0}'
    """
    text = json.dumps(
        content,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
        allow_nan=False,
    )
    return text.encode("ascii")


def sha256(content: Any) -> str:
    """Hash plain data: SHA-256 of its canonical text, in hexadecimal digits."""
    return hashlib.sha256(canonical(content)).hexdigest()


def digest_of(record: Mapping[str, Any]) -> str:
    """Hash a record without its digest and signature."""
    return sha256(_unsealed(record))


def signature_of(record: Mapping[str, Any], key: bytes | str) -> str:
    """Sign a record: HMAC with SHA-256 of what `digest_of` hashes.

    Parameters
    ----------
    record : mapping
        Plain data.
    key : bytes or str
        Secret key; a string is encoded in UTF-8.

    Returns
    -------
    signature : str
        In hexadecimal digits.

    Raises
    ------
    TypeError
        If the key is neither bytes nor a string.
    ValueError
        If it is empty.
    """
    if not isinstance(key, (bytes, str)):
        raise TypeError(f"key must be bytes or a string, not {type(key).__name__}.")
    if not key:
        raise ValueError("key is empty. Use a secret of 32 random bytes.")
    secret = key.encode("utf-8") if isinstance(key, str) else key
    return hmac.new(secret, canonical(_unsealed(record)), hashlib.sha256).hexdigest()


def are_equal(one: str, other: str) -> bool:
    """Compare two hashes in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def table_hash(codes: np.ndarray) -> str:
    """Hash the rows of a table, in their order.

    Parameters
    ----------
    codes : ndarray of shape (n, n_features), dtype float64
        The rows.

    Returns
    -------
    hash : str
        SHA-256 of the shape and the codes as little-endian float64.
    """
    cells = np.where(np.isnan(codes), np.nan, codes) + 0.0  # one NaN, and one zero
    start = canonical(list(codes.shape))
    return hashlib.sha256(start + cells.astype("<f8").tobytes()).hexdigest()


def classifier_hash(box: BlackBox, n_rows: int, seed: int) -> str | None:
    """Hash the labels that a classifier predicts for drawn rows.

    Parameters
    ----------
    box : BlackBox
        The classifier.
    n_rows : int
        Number of rows.
    seed : int
        Seed of the rows.

    Returns
    -------
    hash : str or None
        None if the classifier fails on the rows, or if a label is no plain value.
    """
    rows = draw_rows(box.schema, n_rows, seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of foreign code, about drawn rows
            labels = box.predict(rows)
        return sha256([plain_value(as_python(label)) for label in labels])
    except Exception:  # foreign code may raise anything on rows of nobody
        return None


def draw_rows(schema: TableSchema, n_rows: int, seed: int) -> np.ndarray:
    """Draw rows, every column independent of the others.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    n_rows : int
        Number of rows.
    seed : int
        The same seed gives the same rows, in every version of numpy.

    Returns
    -------
    rows : ndarray of shape (n_rows, n_features), dtype float64
        Codes: numbers in the range and on the step of training, and seen levels. Most
        numbers are near one of the ends, because the people of a column with outliers
        are there. A tenth of the cells is missing in columns that may have missing
        cells. Columns with a known formula follow from the others.
    """
    uniform = np.random.RandomState(seed).random_sample
    rows = np.empty((n_rows, schema.n_features))
    for j, column in enumerate(schema.columns):
        places, shapes, misses = uniform((3, n_rows))
        rows[:, j] = _cells(column, places, shapes)
        if column.may_be_missing:
            rows[misses < RecordConfig.missing_share, j] = np.nan
    for one in determined_of(schema):
        values = one.compute(rows)
        rows[:, one.column] = np.where(np.isnan(values), rows[:, one.column], values)
    return rows


def _cells(column: Column, places: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Choose a value of one column for each place in [0, 1); all are (n_rows,)."""
    if column.levels is not None:
        seen = column.seen or (True,) * len(column.levels)
        known = np.flatnonzero(seen).astype(np.float64)
    elif column.few_values is not None:
        known = np.array(column.few_values)
    else:
        places = _near_ends(places, shapes)
        values = column.low * (1.0 - places) + column.high * places
        if column.step:
            values = np.rint(values / column.step) * column.step
        values = np.clip(values, column.low, column.high)
        return np.rint(values) if column.kind == "integer" else values
    return known[(places * len(known)).astype(np.intp)]


def _near_ends(places: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Move four fifths of uniform places towards 0 or 1, some of them very near."""
    near = [places]
    for start in (places, 1.0 - places):
        fourth = (start * start) * (start * start)  # powers may differ between machines
        sixteenth = (fourth * fourth) * (fourth * fourth)
        near += [fourth, sixteenth] if start is places else [1 - fourth, 1 - sixteenth]
    return np.choose((shapes * len(near)).astype(np.intp), near)


def _unsealed(record: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out digest and signature."""
    return {name: part for name, part in record.items() if name not in SEALS}
