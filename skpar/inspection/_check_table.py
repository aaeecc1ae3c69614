"""check_table: a look at a table, its labels and rules before the first fit."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from .._config import CheckConfig
from ..actionability import Derived, Determines
from ..classifier import check_labels, labels_of
from ..table import (
    Cells,
    Finding,
    column_names,
    compare_index,
    find_in_columns,
    is_frame,
    refuse_lazy,
)

_COLUMNS = ["column", "finding", "why", "remedy"]


def check_table(
    X: Any,
    y: Any = None,
    clf: Any = None,
    actionability: Mapping[Any, Any] | None = None,
    links: Sequence[Any] | None = None,
) -> pd.DataFrame:
    """Look for faults of a table before :class:`~skpar.PARRecourse` is fitted.

    The findings are hints: a person has to judge them. Nothing is changed.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_samples, n_features)
        The raw table.
    y : array-like of shape (n_samples,), default=None
        Labels.
    clf : fitted classifier, default=None
        The classifier to explain. Its ``predict`` gets a copy of `X`.
    actionability : dict, default=None
        Rules by column name (or position, for arrays), as for ``PARRecourse``. None
        means that rules are not checked.
    links : list, default=None
        Links between columns, as for ``PARRecourse``. A column that
        :class:`~skpar.Derived` computes needs no rule.

    Returns
    -------
    findings : DataFrame of shape (n_findings, 4)
        Empty if nothing is found. The columns are

        - ``column``: the column of `X`, "y", or None if it is not a single column
        - ``finding``: what is found
        - ``why``: why it matters
        - ``remedy``: what to do

    Raises
    ------
    ValueError
        If `X` has no rows or not two dimensions. Other faults are findings.
    TypeError
        If `X` is sparse.

    See Also
    --------
    PARRecourse.fit : Warns of columns that identify people and of a `y` with other
        row labels.

    Notes
    -----
    A column with fewer than 20 present cells is checked for constants only. These are
    the rules; their thresholds are in ``skpar/_config.py``, with reasons.

    - *identifies people*: 90% of the cells of text are distinct; 50% for e-mail
      addresses and columns with a name such as "surname". Whole numbers also need a
      name such as "customer_id", or the same eight digits or more in all cells, or far
      fewer repeats than any measurement on their range has.
    - *free text*: the median cell has at least five words, and 20% of the cells are
      distinct.
    - *numbers*, *dates stored as text*: 90% of the cells have such a form. Few whole
      numbers as text are levels.
    - *probably category codes*: whole numbers with a name such as "zip_code"; or at
      most ten values with an absent number between two frequent ones.
    - *may stand for unknown*: a number such as 999 or -1 that occurs five times or more
      and is farther from all others than these are from one another, or the only
      negative number.
    - *constant*, *one value beside missing cells*, *all cells missing*.
    - *cells that cannot be used*: ``fit`` raises an error.
    - *few accepted or denied rows*: fewer than 100 rows do not have the most frequent
      label, so one side has too few, whatever labels are favorable.

    Examples
    --------
    >>> from skpar import check_table
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(400, random_state=0)
    >>> check_table(X, y).empty
    True
    >>> X["customer"] = [f"C{row}" for row in range(400)]
    >>> X.loc[:30, "age"] = 999
    >>> check_table(X, y)[["column", "finding"]]
         column                    finding
    0       age  999 may stand for unknown
    1  customer          identifies people
    """
    refuse_lazy("X", X)
    if not len(X):
        raise ValueError("X has no rows; check_table needs some.")
    findings = [*_names_that_occur_twice(X), *find_in_columns(X)]
    if actionability is not None:
        findings += _columns_without_rule(X, actionability, links or ())
    findings += _labels(X, y, clf)
    rows = [asdict(finding) for finding in findings]
    return pd.DataFrame(rows, columns=_COLUMNS, dtype=object)


def _names_that_occur_twice(X: Any) -> list[Finding]:
    """Find names that more than one column has."""
    names = column_names(X) if is_frame(X) else []
    return [
        Finding(
            name,
            "the name occurs twice",
            f"{n} columns have this name, and fit raises an error.",
            "Rename or drop columns: X.loc[:, ~X.columns.duplicated()].",
        )
        for name, n in Counter(names).items()
        if n > 1
    ]


def _columns_without_rule(
    X: Any, actionability: Mapping[Any, Any], links: Sequence[Any]
) -> list[Finding]:
    """List all columns that may change freely, in one finding.

    Derived columns follow from others.
    """
    derived = {link.column for link in links if isinstance(link, (Derived, Determines))}
    ruled = {*actionability, *derived}
    if is_frame(X):
        free = [name for name in column_names(X) if name not in ruled]
    else:
        n_columns = np.asarray(X).shape[1]
        free = [f"x{j}" for j in range(n_columns) if not {j, f"x{j}"} & ruled]
    if not free:
        return []
    return [
        Finding(
            None,
            f"no rule for {', '.join(map(str, free))}",
            "Features without a rule may change freely.",
            'Check whether a person can change each of them; if not, add "immutable".',
        )
    ]


def _labels(X: Any, y: Any, clf: Any) -> list[Finding]:
    """Look at labels, and at the classifier's decisions."""
    findings: list[Finding] = []
    labels = predicted = None
    if y is not None:
        try:
            target = check_labels(X, y, clf, is_needed=True)
            labels = labels_of(clf, target)
        except ValueError as error:
            findings.append(_unusable_labels(error))
        difference = compare_index(X, y)
        if difference is not None:
            findings.append(_other_index(difference))
    if clf is not None:
        if labels is not None:
            findings += _unknown_labels(labels, clf)
        try:
            predicted = _as_labels(clf.predict(copy.deepcopy(X)))
        except Exception as error:  # foreign code may raise anything
            findings.append(_unable_classifier(error))
    decisive = labels if predicted is None else predicted
    if decisive is not None:
        findings += _few_rows(decisive, predicted is not None)
    return findings


def _as_labels(predicted: Any) -> np.ndarray:
    """Read what a classifier returns."""
    return np.asarray(predicted).ravel()


def _unusable_labels(error: ValueError) -> Finding:
    """Report that ``fit`` would refuse y."""
    return Finding(
        "y",
        "labels that cannot be used",
        f"fit raises an error: {error}",
        "Pass one label per row, with at least two labels and none missing.",
    )


def _other_index(difference: str) -> Finding:
    """Report that y and X have different row labels."""
    return Finding(
        "y",
        difference,
        "Labels are used by position, so people may get the label of others.",
        "Pass y.loc[X.index], or y.to_numpy() if the order is right.",
    )


def _unable_classifier(error: Exception) -> Finding:
    """Report that the classifier cannot predict the table."""
    return Finding(
        None,
        "the classifier cannot predict the rows",
        f"It raises {type(error).__name__}: {error}",
        "Pass the raw table that it was trained on; put encoding into its pipeline.",
    )


def _unknown_labels(labels: np.ndarray, clf: Any) -> list[Finding]:
    """Find labels of y that are not among the classes of the classifier."""
    classes = getattr(clf, "classes_", None)
    if classes is None:
        return []
    known = np.asarray(classes).tolist()
    unknown = [label for label in np.unique(labels).tolist() if label not in known]
    if not unknown:
        return []
    return [
        Finding(
            "y",
            f"labels that the classifier does not know: {unknown}",
            f"The classifier predicts only {known}, so y cannot be compared with it.",
            "Pass y with the labels of the classifier, or leave y out.",
        )
    ]


def _few_rows(labels: np.ndarray, are_predicted: bool) -> list[Finding]:
    """Find tables with too few accepted or denied rows.

    One of both sides lacks the most frequent label, whatever labels are favorable. So
    it has at most the rows with other labels.
    """
    missing = Cells("y", labels, np.arange(len(labels))).missing
    counts = Counter(labels[~missing].tolist())
    if not counts:
        return []
    label, n = counts.most_common(1)[0]
    n_others = len(labels) - n
    least = CheckConfig().few_rows
    if n_others >= least:
        return []
    have = "are predicted" if are_predicted else "have"
    others = "1 row has" if n_others == 1 else f"{n_others} rows have"
    return [
        Finding(
            None if are_predicted else "y",
            "few accepted or denied rows",
            f"{n} rows {have} {label!r}, and only {others} another label. "
            "Densities and percentiles of so few people are coarse.",
            f"Use more rows: at least {least} accepted and {least} denied people.",
        )
    ]
