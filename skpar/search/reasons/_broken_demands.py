"""Demands on recourse, besides rules: their words, and which of them rows break."""

from __future__ import annotations

import numpy as np

from ...actionability import People
from ...classifier import BlackBox, split_by_demand
from ...objective import Eligibility

_RARE = "equal to a training row that fewer than five people share"
_UNLIKELY = "percentile below min_percentile"


def demands_in_words(black_box: BlackBox) -> list[str]:
    """Name what recourse needs besides that the classifier accepts it.

    Parameters
    ----------
    black_box : BlackBox
        The user's classifier, with its demands.

    Returns
    -------
    demands : list of str
        Such as ``"min_probability=0.7"``.
    """
    low, high = black_box.min_probability, black_box.max_probability
    refits = black_box.refits
    demands = [_target(black_box)] if black_box.has_target else []
    if low is not None:
        demands.append(f"min_probability={low:.6g}")
    if high < 1.0:
        demands.append(f"max_probability={high:.6g}")
    if refits is not None:
        demands.append(f"min_robustness={refits.min_robustness:.6g}")
    return demands


def broken_demands(
    black_box: BlackBox,
    eligibility: Eligibility,
    people: People,
    rows: np.ndarray,
    accepted: np.ndarray,
) -> list[list[str]]:
    """Say which demands on recourse rows break, besides being feasible.

    Parameters
    ----------
    black_box : BlackBox
        The user's classifier, with the demands that everybody has.
    eligibility : Eligibility
        Says which rows may be answers.
    people : People
        The person of each row, with limits and demands.
    rows : ndarray of shape (n_rows, n_features), dtype float64
        Codes of rows.
    accepted : ndarray of shape (n_rows,), dtype bool
        Whether the classifier predicts a label that the person wants.

    Returns
    -------
    broken : list of list of str
        What each row breaks, in words.
    """
    broken = broken_decisions(black_box, people, rows, accepted)
    is_rare = np.zeros(len(rows), dtype=bool)
    if eligibility.rare_rows is not None:
        is_rare = eligibility.rare_rows.contains(rows)
    for row in np.flatnonzero(~eligibility.is_likely_enough(rows)):
        broken[row].append(_UNLIKELY)
    for row in np.flatnonzero(is_rare):
        broken[row].append(_RARE)
    most = people.limits.max_effort
    if most is not None and eligibility.effort is not None:
        effort = eligibility.effort.per_feature(people.codes, rows).sum(axis=-1)
        for row in np.flatnonzero(eligibility.excess(people.codes, rows, most)):
            text = f"effort {effort[row]:.6g} above max_effort={most[row]:.6g}"
            broken[row].append(text)
    return broken


def broken_decisions(
    black_box: BlackBox, people: People, rows: np.ndarray, accepted: np.ndarray
) -> list[list[str]]:
    """Say which demands on decisions of the classifier and of refits rows break.

    The arguments and the result are those of `broken_demands`.
    """
    broken: list[list[str]] = [[] for _ in rows]
    demands = people.limits.demands
    for some, box in split_by_demand(black_box, demands, len(rows)):
        text = "the classifier denies it"
        if box.has_target:
            text = f"the classifier does not predict {_target(box)}"
        for row in some[~accepted[some]]:
            broken[row].append(text)
        kept = some[accepted[some]]
        for row, texts in zip(kept, _of_accepted(box, rows[kept]), strict=True):
            broken[row] += texts
    return broken


def _target(black_box: BlackBox) -> str:
    """Write the label that a person wants."""
    assert black_box.favorable is not None
    return f"target={black_box.favorable.tolist()[0]!r}"


def _of_accepted(box: BlackBox, rows: np.ndarray) -> list[list[str]]:
    """Say what rows that the classifier accepts break."""
    broken: list[list[str]] = [[] for _ in rows]
    if not len(rows):
        return broken
    if box.needs_probability:
        low, high, score = box.min_probability, box.max_probability, box.score(rows)
        assert score is not None
        for row in np.flatnonzero(score < (low or 0.0)):
            text = f"probability {score[row]:.6g} below min_probability={low:.6g}"
            broken[row].append(text)
        for row in np.flatnonzero(score > high):
            text = f"probability {score[row]:.6g} above max_probability={high:.6g}"
            broken[row].append(text)
    if box.refits is not None:
        least, share = box.refits.min_robustness, box.refits.share(rows)
        for row in np.flatnonzero(~box.refits.accepted(rows)):
            text = f"share of refits {share[row]:.6g} below min_robustness={least:.6g}"
            broken[row].append(text)
    return broken
