"""Reasons of denials: what counts against people, apart from what they may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ...actionability import Demands
from ...classifier import split_by_demand, stage
from ...search import NeighborComparison
from ...table import round_to_tolerance, same_cells, validate_table
from .._report import RecourseReport
from .._sentences import Writer
from .._tables import refuse_other_table
from .._wording import Wording, row_labels
from ._reason_codes import ReasonCodes

_COLUMNS = {
    "row": object,
    "rank": np.int64,
    "feature": object,
    "code": object,
    "contribution": np.float64,
    "value": object,
    "typical_value": object,
    "text": object,
}

# Numbers of significant digits of a median in a sentence.
_FEWEST_DIGITS, _MOST_DIGITS = 2, 17


def reasons(
    self: Any,
    X: Any,
    *,
    max_reasons: int | None = 4,
    codes: Mapping[Any, Any] | None = None,
    wording: Wording | None = None,
) -> pd.DataFrame:
    r"""List the principal reasons of denials, in the lender's own codes.

    A reason is a feature that lowers the classifier's score of a person, compared with
    accepted people near this person. Reasons are no advice, and rules play no part: a
    feature that cannot change is a reason too. A feature in favor of the person is
    none. No recourse is searched.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_samples, n_features), or RecourseReport
        People, or a report of this estimator. In a report, the labels that single
        people want count.
    max_reasons : int or None, default=4
        Largest number of reasons of a person. None gives all.
    codes : mapping of column to code, default=None
        The lender's code or text of each feature: a string or a whole number. For
        features with an order, a mapping with the keys ``"low"`` and ``"high"`` (the
        value of the person is below the mean of the accepted neighbors, or not), and
        ``"missing"`` if cells can be missing. None takes the names of features.
    wording : Wording, default=None
        Words for columns and values, as in :meth:`RecourseReport.actions`.

    Returns
    -------
    reasons : DataFrame of shape (n_reasons, 8)
        The reasons of denied people; the strongest of a person comes first. ``row``
        (label in the index of `X`), ``rank`` (from 1), ``feature``, ``code``,
        ``contribution`` (to the score; negative), ``value`` (of the person),
        ``typical_value`` (of the accepted neighbors: the mean of numbers; of levels,
        the most frequent one other than the person's; None if missing) and ``text`` (a
        sentence, with the median of numbers). One-hot columns are one feature. Columns
        that are computed from one another (`relations_`, :class:`~skpar.Derived`,
        :class:`~skpar.Determines`) are one reason, and the cells ``feature``, ``value``
        and ``typical_value`` are tuples. They have the code of the first column that
        has one.

    Raises
    ------
    TypeError
        If `max_reasons` is no whole number, or `codes` no mapping.
    ValueError
        If `codes` has no code for a feature; the message names the feature. For rows
        that cannot be read, and for a report of a table with other columns or levels.

    See Also
    --------
    RecourseReport.actions : What people can do, which is another question.

    Notes
    -----
    Let :math:`f` be the score, :math:`x` the person and :math:`z_1, \dots, z_K` the
    accepted people nearest to :math:`x`: those of the smallest sum of squared efforts,
    in the unit of the parameter `effort`. The contribution of feature :math:`g` is the
    mean over :math:`k` of the Shapley value of :math:`g` in the game
    :math:`v_k(S) = f(x_S, z_{k,\bar S})`: the score of a row that has the cells of
    :math:`x` in the features :math:`S`, and those of :math:`z_k` in all others. So the
    contributions of a person sum to :math:`f(x) - \frac{1}{K} \sum_k f(z_k)`. If the
    score is a sum over features, :math:`f(x) = b + \sum_g f_g(x_g)`, then every Shapley
    value is the difference of two terms, and

    .. math:: \phi_g = f_g(x_g) - \frac{1}{K} \sum_{k=1}^K f_g(z_{k,g})

    For a linear score with weights :math:`w` this is
    :math:`w_g (x_g - \bar z_g)`: the weight times the distance from the mean of the
    neighbors.

    The score is the linear score of supported linear pipelines; otherwise the log-odds
    of the favorable labels, with probabilities between 0.001 and 0.999; without
    probabilities the decision function; with labels alone 1 if the classifier accepts,
    else 0, so that :math:`v(S)` is the share of accepted rows. Labels also count for a
    person with a score no lower than that of the neighbors.

    :math:`K` is 16, or less if features are many: at most 512 mixed rows are predicted
    for a person (twice if labels count as well), but always those of one neighbor.
    Shapley values are exact if all mixed rows of a neighbor fit in, and for scores
    with interactions of at most two features. Otherwise, they are means over pairs of
    random orders of the features and their reverses, with a seed of :meth:`fit`. The
    reasons of a person depend on the own row alone. If a person wants one of several
    favorable labels, the neighbors are those of the nearest 64 that get this label; if
    there are none, the nearest 16.

    A US lender that denies credit must state the specific principal reasons, and the
    official interpretation of the rule says that more than four are not likely to help
    (12 CFR 1002.9(b)(2)). This method satisfies no law by itself.

    References
    ----------
    Lundberg, Lee, "A unified approach to interpreting model predictions", NeurIPS 2017.
    Merrick, Taly, "The explanation game: Explaining machine learning models using
    Shapley values", CD-MAKE 2020.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X, y)
    >>> table = par.reasons(X[:20], max_reasons=2)
    >>> bool((table["contribution"] < 0).all())
    True
    """
    check_is_fitted(self)
    _check_max_reasons(max_reasons)
    schema = self.schema_
    labels, rows, codes_of_rows, demands = _denied_people(self, X)
    comparison = NeighborComparison.of_estimator(self)
    number = comparison.families
    families = [np.flatnonzero(number == k) for k in range(int(number.max()) + 1)]
    lister = _ReasonLister(
        Writer(schema, wording),
        families,
        ReasonCodes(schema, families, codes),
        max_reasons,
    )
    lines: list[tuple[Any, ...]] = []
    with stage("the reasons"):
        for some, box in split_by_demand(self._black_box, demands, len(rows)):
            compared = comparison.compare(box, codes_of_rows[some])
            for k, phi, near in zip(some.tolist(), *compared, strict=True):
                for reason in lister.list(codes_of_rows[k], phi, near):
                    lines.append((rows[k], labels[rows[k]], *reason))
    lines.sort(key=lambda line: line[0])  # stable: ranks stay in order
    frame = pd.DataFrame(
        [line[1:] for line in lines], columns=list(_COLUMNS), dtype=object
    )
    return frame.astype({**_COLUMNS, "row": labels.dtype})


@dataclass(frozen=True)
class _ReasonLister:
    """Lists the reasons of one person.

    Parameters
    ----------
    writer : Writer
        Names, units and values in words.
    families : list of ndarray, dtype int64
        Features of each family.
    codes : ReasonCodes
        Codes of the families.
    max_reasons : int or None
        Largest number of reasons.
    """

    writer: Writer
    families: list[np.ndarray]
    codes: ReasonCodes
    max_reasons: int | None

    def list(
        self, own: np.ndarray, contributions: np.ndarray, neighbors: np.ndarray
    ) -> list[tuple[Any, ...]]:
        """List the reasons of a person, the strongest first.

        Parameters
        ----------
        own : ndarray of shape (n_features,), dtype float64
            Codes of the person.
        contributions : ndarray of shape (n_families,), dtype float64
            Contribution of each family to the score.
        neighbors : ndarray of shape (k, n_features), dtype float64
            Codes of the accepted neighbors.

        Returns
        -------
        reasons : list of tuple
            Cells from `rank` on.
        """
        order = np.argsort(contributions, kind="stable")
        order = order[contributions[order] < 0.0][: self.max_reasons]
        mean, schema = _means(neighbors), self.writer.schema
        found = []
        for rank, family in enumerate(order.tolist(), 1):
            members = self.families[family].tolist()
            cells = [self._cells(j, own[j], neighbors[:, j]) for j in members]
            names = [schema.names[j] for j in members]
            found.append(
                (
                    rank,
                    _alone(names),
                    self.codes.of(family, own, mean),
                    contributions[family],
                    _alone([schema.value_of(j, own[j]) for j in members]),
                    _alone([value for value, _ in cells]),
                    "; ".join(text for _, text in cells),
                )
            )
        return found

    def _cells(self, j: int, own: float, others: np.ndarray) -> tuple[Any, str]:
        """Find the typical value of a feature of neighbors (k,), and write it."""
        write, schema = self.writer, self.writer.schema
        phrases = write.phrases
        if schema.columns[j].is_numeric and not np.isnan(others).all():
            mean = float(_means(others[:, None])[0])
            # A few extreme neighbors move the mean, but not the median.
            middle = float(np.nanquantile(others, 0.5, method="inverted_cdf"))
            before, _ = write.values(j, own, middle, each=True)
            fields = {"name": write.name(j), "before": before}
            if middle == own:  # A median that does not differ explains nothing.
                return mean, phrases.reason_of_level_alone.format(**fields)
            typical = write.number(j, _shortened(middle, own))
            return mean, phrases.reason_of_number.format(**fields, typical=typical)
        level, count = _most_frequent(others, own)
        before, after = write.values(j, own, level)
        n, name = len(others), write.name(j)
        if 2 * count <= n:
            text = phrases.reason_of_level_alone.format(name=name, before=before)
            return schema.value_of(j, level), text
        fields = {"name": name, "before": before, "typical": after}
        fields |= {"count": str(count), "n": str(n)}
        return schema.value_of(j, level), phrases.reason_of_level.format(**fields)


def _check_max_reasons(max_reasons: Any) -> None:
    """Raise a TypeError or ValueError unless the number of reasons can be used."""
    if max_reasons is None:
        return
    if isinstance(max_reasons, bool) or not isinstance(max_reasons, Integral):
        raise TypeError(f"max_reasons must be a whole number, got {max_reasons!r}.")
    if max_reasons < 1:
        raise ValueError(f"max_reasons must be 1 or more, got {max_reasons!r}.")


def _denied_people(
    par: Any, X: Any
) -> tuple[Any, np.ndarray, np.ndarray, Demands | None]:
    """Find denied people: labels of all rows, numbers, codes and demands of theirs."""
    if isinstance(X, RecourseReport):
        refuse_other_table(X, par.schema_)
        rows, limits = np.flatnonzero(X.denied), X.details.limits
        demands = None if limits is None else limits.demands
        demands = None if demands is None else demands.of_decision[rows]
        return row_labels(X.factuals), rows, X.codes_before[rows], demands
    X = validate_table(par, X, reset=False)
    reading = par.schema_.read(X)
    reading.refuse_unreadable()
    box = par._black_box
    with stage("the decision who is denied"):
        labels = par._known_rows.predict_with(box, reading.codes)
    rows = np.flatnonzero(~box.are_wanted(labels))
    return row_labels(X), rows, reading.codes[rows], None


def _means(codes: np.ndarray) -> np.ndarray:
    """Mean of the present cells of each column of (k, n); NaN if there is none."""
    present = ~np.isnan(codes)
    total = np.where(present, codes, 0.0).sum(axis=0)
    count = present.sum(axis=0)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return round_to_tolerance(mean)


def _most_frequent(levels: np.ndarray, own: float) -> tuple[float, int]:
    """Find the most frequent level other than the own one, and count it."""
    others = levels[~same_cells(levels, np.full(len(levels), own))]
    if not len(others):
        return own, len(levels)
    found, counts = np.unique(others, return_counts=True)
    best = int(counts.argmax())
    return float(found[best]), int(counts[best])


def _shortened(middle: float, own: float) -> float:
    """Round a median to few digits, but not to the own value or to its other side."""
    for digits in range(_FEWEST_DIGITS, _MOST_DIGITS):
        short = float(f"{middle:.{digits}g}")
        if np.isnan(own) or np.sign(short - own) == np.sign(middle - own):
            return short
    return middle


def _alone(cells: list[Any]) -> Any:
    """Take the cell of a family of one feature; make a tuple of the cells of others."""
    return cells[0] if len(cells) == 1 else tuple(cells)
