"""Documentation of the parameters that metrics share."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

MetricT = TypeVar("MetricT", bound=Callable[..., Any])

SHARED_PARAMETERS = """
factuals : DataFrame or array-like of shape (n, d)
    Rows of the denied people.
counterfactuals : DataFrame or array-like of shape (n, d)
    The answers of a method, row by row. A row may hold anything if it is unanswered.
answered : array-like of shape (n,), dtype bool
    Whether there is an answer. A missing cell cannot mark a failure, because it is
    legal data.
clf : fitted classifier
    It takes such tables. Answers that its ``predict`` denies are left out.
schema : TableSchema or table
    The kind and the values of each column: ``schema_`` of a fitted
    :class:`~skpar.PARRecourse`, or a table of training rows.
density : fitted density estimator
    Density of accepted people, for example ``accepted_density_`` of a fitted
    :class:`~skpar.PARRecourse`. It needs a method ``score_samples``.
n_neighbors : int, default=5
    Number of nearest rows; all rows if there are fewer.
favorable_label : label or collection of labels, default=None
    Labels that people want. None takes the last of ``clf.classes_``, silently for
    {0, 1}, {-1, 1} and {False, True} only.
target : label or array-like of shape (n,), default=None
    Label that each person wants, as in :meth:`skpar.PARRecourse.recourse`. It counts
    instead of the favorable labels, unless it is missing.
sample_weight : array-like of shape (n,), default=None
    Weights of the rows.
average : {"mean", None}, default="mean"
    None returns the value of every row, and NaN for rows that are left out.
"""

_SECTION = re.compile(r"^\w[\w ]*\n-+\n", re.MULTILINE)
_ENTRY = re.compile(r"^(?=\w+ : )", re.MULTILINE)
_HEADER = "Parameters\n----------\n"


def document_parameters(metric: MetricT) -> MetricT:
    """Complete the parameters in the docstring of a metric.

    A metric documents those parameters that are its own, or mean something special to
    it. The others are taken from `SHARED_PARAMETERS`; all come in the order of the
    signature.

    Parameters
    ----------
    metric : callable
        With a numpydoc docstring that has a section after its parameters.

    Returns
    -------
    metric : callable
        The same function.
    """
    if metric.__doc__ is None:  # python -OO
        return metric
    text = inspect.cleandoc(metric.__doc__) + "\n"
    start = _first_section(text)
    own = ""
    if text.startswith(_HEADER, start):
        after = start + len(_HEADER)
        end = after + _first_section(text[after:])
        own, text = text[after:end], text[:start] + text[end:]
    entries = _entries(SHARED_PARAMETERS) | _entries(own)
    names = inspect.signature(metric).parameters
    parameters = "".join(entries[name] for name in names)
    metric.__doc__ = f"{text[:start]}{_HEADER}{parameters}\n{text[start:]}"
    return metric


def _first_section(text: str) -> int:
    """Find where the first section begins."""
    section = _SECTION.search(text)
    return section.start() if section else len(text)


def _entries(text: str) -> dict[str, str]:
    """Split a section of parameters into {name: entry}."""
    entries = _ENTRY.split(text)[1:]
    return {entry.partition(" : ")[0]: entry.rstrip() + "\n" for entry in entries}
