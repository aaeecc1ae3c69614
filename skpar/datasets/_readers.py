"""Readers of public tables, and their shared documentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

LoaderT = TypeVar("LoaderT", bound=Callable[..., Any])

_SECTIONS = """

Parameters
----------
path : str or Path
    A CSV file with a header that names the {n_columns} columns. Missing cells are
    empty. The target is ``{target}``: {labels_in_file}. Nothing is downloaded.
as_frame : bool, default=True
    If True, data and target are a DataFrame and a Series. If False, they are arrays.
return_X_y : bool, default=False
    If True, only ``(data, target)`` is returned.

Returns
-------
bunch : Bunch
    An object with these attributes:

    - ``data``: the features, shape (n, {n_features})
    - ``target``: shape (n,), 1 for "{favorable}"
    - ``frame``: features and target in one DataFrame; None if `as_frame` is False
    - ``feature_names`` and ``target_names``
    - ``actionability``: the recommended rules
    - ``ordinal_features``: the order of levels
    - ``DESCR``: a description of the table
    - ``filename``: the path of the file

    If `as_frame` is False, rules and orders are given by column number.

Raises
------
FileNotFoundError
    If there is no such file. The message says where the table is published.
ValueError
    If the columns, cells or labels are not those of the table.

Examples
--------
>>> from skpar.datasets import {loader}
>>> {loader}("no_such_file.csv")  # doctest: +ELLIPSIS
Traceback (most recent call last):
...
FileNotFoundError: There is no file 'no_such_file.csv'. ...
"""


@dataclass(frozen=True)
class Source:
    """Description of one public table.

    Parameters
    ----------
    title : str
        Name of the table, and the meaning of its target.
    where : str
        Where the table is published.
    numbers : tuple of str
        Names of numeric columns.
    levels : tuple of str
        Names of nominal and ordered columns.
    target : str
        Name of the target column.
    labels : tuple of (label, label)
        Values of the target in the file; the favorable value is the last.
    labels_in_file : str
        Explains the values of the target in the file.
    meanings : tuple of (str, str)
        Meanings of 0 and 1 in the returned target.
    rules : mapping of str to rule
        Recommended rules by column.
    unused : tuple of str, default=()
        Columns of the file that are not returned.
    ordinal : mapping of str to list of str, default={}
        Ordered levels by column, lowest first.
    notes : str, default=""
        Further remarks, for ``DESCR``.
    """

    title: str
    where: str
    numbers: tuple[str, ...]
    levels: tuple[str, ...]
    target: str
    labels: tuple[Any, Any]
    labels_in_file: str
    meanings: tuple[str, str]
    rules: Mapping[str, Any]
    unused: tuple[str, ...] = ()
    ordinal: Mapping[str, list[str]] = field(default_factory=dict)
    notes: str = ""

    @property
    def columns(self) -> frozenset[str]:
        """All columns of the file."""
        return frozenset((*self.numbers, *self.levels, *self.unused, self.target))

    @property
    def n_features(self) -> int:
        """Number of feature columns that are returned."""
        return len(self.numbers) + len(self.levels)


def document_loader(source: Source) -> Callable[[LoaderT], LoaderT]:
    """Make a decorator that adds the shared sections to the docstring of a loader."""

    def add_sections(loader: LoaderT) -> LoaderT:
        if loader.__doc__ is not None:  # None under python -OO
            loader.__doc__ += _SECTIONS.format(
                loader=loader.__name__,
                n_columns=len(source.columns),
                n_features=source.n_features,
                target=source.target,
                labels_in_file=source.labels_in_file,
                favorable=source.meanings[1],
            )
        return loader

    return add_sections


def load(
    source: Source, path: str | Path, as_frame: bool, return_X_y: bool
) -> Bunch | tuple[Any, Any]:
    """Read and check a table."""
    frame = _read(source, Path(path))
    target: Any = (frame.pop(source.target) == source.labels[1]).astype(np.int64)
    data: Any = frame.drop(columns=list(source.unused))
    names = data.columns.tolist()
    keys: dict[str, Any] = {name: name for name in names}
    both = None
    if as_frame:
        both = data.assign(**{source.target: target})
    else:
        data = data.to_numpy(object if source.levels else np.float64)
        target = target.to_numpy()
        keys = {name: place for place, name in enumerate(names)}
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        frame=both,
        feature_names=names,
        target_names=np.array(source.meanings),
        actionability={keys[name]: rule for name, rule in source.rules.items()},
        ordinal_features={
            keys[name]: list(levels) for name, levels in source.ordinal.items()
        },
        DESCR=_describe(source, len(frame)),
        filename=str(path),
    )


def _read(source: Source, path: Path) -> pd.DataFrame:
    """Read the file; refuse unexpected columns, cells and labels."""
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no file {str(path)!r}. skpar downloads nothing; the table is "
            f"published by {source.where}. The docstring describes the layout."
        )
    frame = pd.read_csv(path, keep_default_na=False, na_values=[""])
    found = set(map(str, frame.columns))
    missing, extra = sorted(source.columns - found), sorted(found - source.columns)
    if missing or extra:
        raise ValueError(
            f"{str(path)!r} does not have the columns of the table: missing {missing}, "
            f"unexpected {extra}."
        )
    for name in source.numbers:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            raise ValueError(
                f"Column {name!r} of {str(path)!r} must hold numbers, but it has dtype "
                f"{frame[name].dtype}. Missing cells must be empty."
            )
    _check_levels(path, frame, source.target, source.labels)
    for name, levels in source.ordinal.items():
        _check_levels(path, frame, name, levels)
    return frame


def _check_levels(path: Path, frame: pd.DataFrame, name: str, levels: Any) -> None:
    """Refuse values of a column that are not among its levels."""
    unknown = frame[name][~frame[name].isin(levels)].unique().tolist()
    if unknown:
        raise ValueError(
            f"Column {name!r} of {str(path)!r} must hold only {list(levels)}, but it "
            f"also holds {unknown[:5]}."
        )


def _describe(source: Source, n_rows: int) -> str:
    """Describe the table, its target and its rules."""
    lines = [f"{source.title}. {n_rows} rows, published by {source.where}."]
    if source.notes:
        lines.append(source.notes)
    no, yes = source.meanings
    lines.append(f"Target: {source.target}; 0 is {no}, 1 is {yes}, the favorable one.")
    lines += [f"Rule: {name}: {rule!r}" for name, rule in source.rules.items()]
    lines.append("The rules are a recommendation. They are not legal advice.")
    return "\n".join(lines)
