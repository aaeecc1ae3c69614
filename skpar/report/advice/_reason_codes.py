"""Reason codes: the words of a lender for the features that count against people."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from ...table import TableSchema

LOW, HIGH, MISSING = "low", "high", "missing"


class ReasonCodes:
    """Codes of a lender, by feature, or by feature and direction.

    Parameters
    ----------
    schema : TableSchema
        What each feature is.
    families : sequence of ndarray, dtype int64
        Features of each family. A family has the code of its first feature with one.
    codes : mapping of column to code, or None
        A code is a string, a whole number, or a mapping with the keys ``"low"``,
        ``"high"`` and ``"missing"``. None means that the names of features are codes.

    Raises
    ------
    TypeError
        If `codes` is no mapping.
    ValueError
        For unknown columns, for families without a code, and for codes that are none.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.report.advice._reason_codes import ReasonCodes
    >>> from skpar.table import TableSchema
    >>> schema = TableSchema.infer(pd.DataFrame({"job": ["a", "b"], "income": [1, 9]}))
    >>> codes = {"job": "R01", "income": {"low": "R02", "high": "R03"}}
    >>> codes = ReasonCodes(schema, [[0], [1]], codes)
    >>> codes.of(1, own=[0.0, 4.0], typical=[0.0, 7.0])
    'R02'
    """

    def __init__(
        self,
        schema: TableSchema,
        families: Sequence[Any],
        codes: Mapping[Hashable, Any] | None,
    ) -> None:
        self._names: dict[int, Any] = dict(enumerate(schema.names))
        self._codes: dict[int, Any] = {}
        self._families = [[int(j) for j in family] for family in families]
        if codes is None:
            return
        if not isinstance(codes, Mapping):
            raise TypeError(f"codes must be a mapping of columns to codes: {codes!r}.")
        for key, code in codes.items():
            j = _position(schema, key)
            if j in self._codes:
                name = self._names[j]
                raise ValueError(f"codes has two codes for the feature {name!r}.")
            _check(schema, j, code)
            self._codes[j] = code
        without = [
            " or ".join(repr(self._names[j]) for j in family)
            for family in self._families
            if not self._codes.keys() & set(family)
        ]
        if without:
            raise ValueError(f"codes has no code for {', '.join(without)}. Add one.")

    def of(self, family: int, own: Any, typical: Any) -> Any:
        """Choose the code of a family.

        Parameters
        ----------
        family : int
            Number of the family.
        own : ndarray of shape (n_features,), dtype float64
            Codes of the person.
        typical : ndarray of shape (n_features,), dtype float64
            Mean codes of the people with whom the person was compared.

        Returns
        -------
        code : str or int
            Without codes, the names of the features with commas.
        """
        members = self._families[family]
        if not self._codes:
            return ", ".join(str(self._names[j]) for j in members)
        j = next(j for j in members if j in self._codes)
        code = self._codes[j]
        if not isinstance(code, Mapping):
            return code
        if np.isnan(own[j]):
            return code[MISSING]
        return code[LOW if own[j] < typical[j] else HIGH]


def _position(schema: TableSchema, key: Hashable) -> int:
    """Find the feature of a key of `codes`."""
    try:
        return schema.position(key)
    except ValueError as error:
        raise ValueError(f"codes: {error}") from None


def _check(schema: TableSchema, j: int, code: Any) -> None:
    """Raise a ValueError unless a code can be used for a feature."""
    column = schema.columns[j]
    if not isinstance(code, Mapping):
        _check_text(column.name, code)
        return
    if not column.is_ordered:
        raise ValueError(
            f"codes: {column.name!r} has no order, so its code cannot depend on "
            f"low or high; got {code!r}. Give one code."
        )
    needed = {LOW, HIGH, MISSING} if column.may_be_missing else {LOW, HIGH}
    if not needed <= set(code) <= {LOW, HIGH, MISSING}:
        raise ValueError(
            f"codes: {column.name!r} needs a code for each of {sorted(needed)}; "
            f"got {code!r}."
        )
    for text in code.values():
        _check_text(column.name, text)


def _check_text(name: Any, code: Any) -> None:
    """Raise a ValueError unless a code is a string or a whole number."""
    if isinstance(code, bool) or not isinstance(code, (str, int)):
        raise ValueError(
            f"codes: the code of {name!r} must be a string or a whole number, got "
            f"{code!r}."
        )
