"""Shares of answers: given, accepted, feasible, needed, or accepted by refits."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing

from .._config import SearchConfig
from ..actionability import Actionability, LinkSet, People, read_limits
from ..relations import partial_changes
from ..table import TableSchema, n_changed
from ._docstrings import document_parameters
from ._inputs import MetricInputs, accepts, as_schema

# Rows given to the classifier at once, if one answer alone does not take more.
_BLOCK_ROWS = 10_000


@document_parameters
def coverage(
    factuals: Any, counterfactuals: Any, answered: Any, *, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Share of the denied people that a method answers.

    Returns
    -------
    coverage : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better.

    Notes
    -----
    With rows i, weights :math:`w_i` and :math:`a_i = 1` if row i is answered,

    .. math:: \mathrm{coverage} = \sum_i w_i a_i / \sum_i w_i .

    Examples
    --------
    >>> from skpar.metrics import coverage
    >>> coverage([[1], [2]], [[3], [4]], [True, False])
    0.5
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    values = inputs.answered.astype(float)
    return inputs.counting_everybody().summarise(values, average)


@document_parameters
def validity(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any, *,
    favorable_label: Any = None, target: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Share of the answers that the classifier accepts.

    Parameters
    ----------
    clf : fitted classifier
        It takes such tables. Only its ``predict`` is used.

    Returns
    -------
    validity : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better. NaN without answers, and for unanswered rows.

    Notes
    -----
    With :math:`a_i = 1` if row i is answered and :math:`v_i = 1` if it is answered
    and accepted,

    .. math:: \mathrm{validity} = \sum_i w_i v_i / \sum_i w_i a_i .

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import validity
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> validity([[1], [2]], [[3], [4]], [True, False], clf)
    1.0
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    accepted = inputs.counting_accepted(clf, favorable_label, target).counted
    return inputs.summarise(accepted[inputs.answered].astype(float), average)


@document_parameters
def success(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any, *,
    favorable_label: Any = None, target: Any = None, sample_weight: Any = None,
    average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Share of the denied people whose answer the classifier accepts.

    Parameters
    ----------
    clf : fitted classifier
        It takes such tables. Only its ``predict`` is used.

    Returns
    -------
    success : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better.

    Notes
    -----
    With :math:`v_i = 1` if row i is answered and accepted,

    .. math:: \mathrm{success} = \sum_i w_i v_i / \sum_i w_i ,

    which is coverage times validity.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from skpar.metrics import success
    >>> clf = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
    >>> success([[1], [2]], [[3], [4]], [True, False], clf)
    0.5
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    accepted = inputs.counting_accepted(clf, favorable_label, target).counted
    return inputs.counting_everybody().summarise(accepted.astype(float), average)


@document_parameters
def actionability(
    factuals: Any, counterfactuals: Any, answered: Any, schema: TableSchema | Any,
    actionability: Mapping[Hashable, Any] | None = None, *,
    links: Sequence[Any] | None = None, lower: Any = None, upper: Any = None,
    frozen: Any = None, sample_weight: Any = None, average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Share of the answers that keep all rules, links and personal limits.

    Every answer counts, accepted or not.

    Parameters
    ----------
    actionability : mapping, default=None
        Rules by column, as for :class:`~skpar.PARRecourse`. None leaves the rules
        that hold for all columns, see Notes.
    links : list, default=None
        Links between columns, as for :class:`~skpar.PARRecourse`.
    lower : DataFrame or ndarray, default=None
        Smallest values that the cells of each person may take, as in
        :meth:`skpar.PARRecourse.recourse`.
    upper : DataFrame or ndarray, default=None
        Largest values that the cells of each person may take.
    frozen : DataFrame or ndarray of booleans, default=None
        True for the cells of a person that must not change.

    Returns
    -------
    share : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better.

    Raises
    ------
    ValueError
        For unknown columns, and for limits that are not aligned to `factuals`.

    Notes
    -----
    A cell keeps its rules if it is the person's own or a feasible value of the column.
    These rules hold for all columns: numbers stay in the range and on the step of the
    training rows, such as whole numbers or cents, and known cells do not become
    missing. A link binds a row
    if one of its columns changes.

    Examples
    --------
    >>> from skpar import MaxChanged
    >>> from skpar.metrics import actionability
    >>> train = [[20, 100.0], [60, 0.0]]
    >>> old, new = [[30, 50.0], [30, 50.0]], [[40, 90.0], [25, 50.0]]
    >>> actionability(old, new, [True, True], train, {0: "increasing"})
    0.5
    >>> rules, links = {0: "increasing"}, [MaxChanged(1)]
    >>> actionability(old, new, [True, True], train, rules, links=links)
    0.0
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    feasible_rows = Actionability(as_schema(schema), actionability, links)
    schema, old, new = inputs.codes(feasible_rows.schema)
    rows = np.arange(len(inputs.factuals))[inputs.counted]
    limits = read_limits(schema, inputs.factuals, lower, upper, frozen, rows, old)
    feasible = feasible_rows.is_feasible(People(old, limits), new)
    return inputs.summarise(feasible.astype(float), average)


@document_parameters
def necessity(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any,
    schema: TableSchema | Any, actionability: Mapping[Hashable, Any] | None = None, *,
    links: Sequence[Any] | None = None, favorable_label: Any = None,
    target: Any = None, sample_weight: Any = None, average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Share of the accepted answers in which every change is needed.

    Every change is needed if the classifier denies the person with any smaller part of
    the changes.

    Parameters
    ----------
    actionability : mapping, default=None
        Rules by column, as for :class:`~skpar.PARRecourse`. Only those of derived
        columns matter.
    links : list, default=None
        Links between columns, as for :class:`~skpar.PARRecourse`. `schema` has only
        the relations that were found in training rows, and ``ExactlyOne`` and
        ``Determines``.

    Returns
    -------
    share : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better.

    Notes
    -----
    With the changed features C of an answer, and the row :math:`x_S` that makes only
    the changes in S, the value of an answer is

    .. math:: [f \text{ denies } x_S \text{ for all } \emptyset \ne S \subset C,
        S \ne C] .

    If C has k > 5 features, only the sets S that make or undo one or two changes are
    tried, which are k (k + 1) rows. A value of 1 is then no proof. Changes are undone
    completely: a change may be needed although a smaller one is enough.

    A group of columns in `schema`, such as one-hot columns, is one feature. Columns
    that follow from others are not in C but computed again for each S. If the answer
    has other values in them, they are in C like all other columns. Sets S with a row
    that breaks a link are left out, if the answer itself keeps all links.

    Other demands on answers are not known here. For example, a part of the changes may
    be accepted although its probability is below the `min_probability` of
    :class:`~skpar.PARRecourse`. The value is then 0.

    The definition is skpar's own.

    Examples
    --------
    The second person needs no change of the second column:

    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.metrics import necessity
    >>> X = [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]
    >>> clf = LogisticRegression().fit(X, [0, 0, 1, 1])
    >>> old, new = [[1.0, 0.0], [1.0, 0.0]], [[2.0, 0.0], [2.0, 5.0]]
    >>> necessity(old, new, [True, True], clf, X, average=None)
    array([1., 0.])
    """
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(clf, favorable_label, target)
    feasible_rows = Actionability(as_schema(schema), actionability, links)
    schema, old, new = inputs.codes(feasible_rows.schema)
    needed = np.ones(len(old), dtype=bool)
    for who in _blocks(old, new):
        parent, rows = _parts_of_answers(feasible_rows.link_set, old[who], new[who])
        if len(rows):
            parent = who[parent]
            answers = _safe_indexing(inputs.counted_answers(), parent)
            table = schema.write(answers, new[parent], rows)
            labels = inputs.counted_target()
            labels = labels if labels is None else labels[parent]
            needed[parent[accepts(clf, table, favorable_label, labels)]] = False
    return inputs.summarise(needed.astype(float), average)


def _blocks(old: np.ndarray, new: np.ndarray) -> Iterator[np.ndarray]:
    """Split answers (n, n_features) into blocks of about `_BLOCK_ROWS` parts."""
    k = n_changed(old, new)
    block = np.cumsum(k * (k + 1)) // _BLOCK_ROWS
    yield from np.split(np.arange(len(k)), np.flatnonzero(np.diff(block)) + 1)


def _parts_of_answers(
    link_set: LinkSet, old: np.ndarray, new: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Make the rows that make some, but not all, of the changes of each answer.

    Parameters
    ----------
    link_set : LinkSet
        Links of the table. Rows that break them are left out, but not those of an
        answer that breaks them too.
    old, new : ndarray of shape (n, n_features), dtype float64
        Codes of the people and of their answers.

    Returns
    -------
    parent : ndarray of shape (n_parts,), dtype int64
        The answer that each row comes from.
    rows : ndarray of shape (n_parts, n_features), dtype float64
    """
    keeps_links = link_set.holds(People.unlimited(old), new)
    follows = link_set.follows(old, new)
    everything = np.ones(old.shape[1], dtype=bool)
    acting = everything.copy()
    acting[list(link_set.derived)] = False
    some, others = np.flatnonzero(follows), np.flatnonzero(~follows)
    parent, rows = partial_changes(
        old[some], new[some], acting, SearchConfig.max_enumerated_changes
    )
    parent = some[parent]
    link_set.compute_derived(old[parent], rows)
    is_legal = link_set.holds(People.unlimited(old[parent]), rows)
    is_legal |= ~keeps_links[parent]
    is_known = ~np.isnan(rows) | np.isnan(old[parent]) | np.isnan(new[parent])
    is_legal &= is_known.all(axis=1)
    free, more = partial_changes(
        old[others], new[others], everything, SearchConfig.max_enumerated_changes
    )
    parents = np.concatenate([parent[is_legal], others[free]])
    return parents, np.concatenate([rows[is_legal], more])


@document_parameters
def robustness(
    factuals: Any, counterfactuals: Any, answered: Any, clf: Any,
    refitted: Sequence[Any], *, favorable_label: Any = None, target: Any = None,
    sample_weight: Any = None, average: str | None = "mean",
) -> float | np.ndarray:  # fmt: skip
    r"""Mean share of refitted classifiers that accept the accepted answers.

    Parameters
    ----------
    clf : fitted classifier
        The classifier that was explained. Answers that its ``predict`` denies are
        left out.
    refitted : sequence of m fitted classifiers
        The same model with other seeds, other rows or later rows.
        :func:`refit_classifiers` makes such a list.

    Returns
    -------
    share : float, or ndarray of shape (n,) and dtype float64
        In [0, 1]; greater is better.

    Raises
    ------
    ValueError
        If `refitted` is empty.

    Notes
    -----
    The mean over accepted answers of
    :math:`\frac{1}{m} \sum_k [f_k \text{ accepts } x']`. The definition is skpar's own.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.metrics import robustness
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> now = LogisticRegression().fit(X, [0, 0, 1, 1])
    >>> later = LogisticRegression().fit(X, [0, 0, 0, 1])
    >>> robustness([[0.0]] * 2, [[1.8], [9.0]], [True, True], now, [now, later])
    0.75
    """
    if not len(refitted):
        raise ValueError("refitted must hold at least one classifier.")
    inputs = MetricInputs.check(factuals, counterfactuals, answered, sample_weight)
    inputs = inputs.counting_accepted(clf, favorable_label, target)
    rows = inputs.counted_answers()
    values = np.empty((len(refitted), len(rows)))
    if len(rows):
        for k, other in enumerate(refitted):
            labels = inputs.counted_target()
            values[k] = accepts(other, rows, favorable_label, labels)
    return inputs.summarise(values.mean(axis=0), average)
