"""Demands on recourse, besides rules: which there are, and which of them rows break."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...actionability import People
from ...classifier import BlackBox, split_by_demand
from ...objective import Eligibility

# What rows break, in the default words.
_BROKEN = {
    "denied": "the classifier denies it",
    "target": "the classifier does not predict target={bound!r}",
    "min_probability": "probability {value:.6g} below min_probability={bound:.6g}",
    "max_probability": "probability {value:.6g} above max_probability={bound:.6g}",
    "min_robustness": "share of refits {value:.6g} below min_robustness={bound:.6g}",
    "min_percentile": "percentile below min_percentile",
    "allow_training_rows": (
        "equal to a training row that fewer than five people share"
    ),
    "max_effort": "effort {value:.6g} above max_effort={bound:.6g}",
}
_DEMANDED = {
    "target": "target={bound!r}",
    "max_effort": "an effort of at most max_effort={bound:.6g}",
}


@dataclass(frozen=True)
class Demanded:
    """What recourse needs besides that the classifier accepts it; `str` writes it.

    Parameters
    ----------
    name : str
        The parameter, such as ``"min_probability"``.
    bound : object
        Its value.
    """

    name: str
    bound: Any

    def __str__(self) -> str:
        """Write it in the default words."""
        usual = "{name}={bound:.6g}"
        text = _DEMANDED.get(self.name, usual)
        return text.format(name=self.name, bound=self.bound)


@dataclass(frozen=True)
class Broken:
    """A demand that a row breaks; `str` writes it.

    Parameters
    ----------
    name : str
        ``"denied"`` if the classifier denies the row; otherwise the parameter, such as
        ``"min_probability"``.
    bound : object, default=None
        Its value; None if it is no matter of words.
    value : float, default=None
        The measure of the row; None if it is no matter of words.
    """

    name: str
    bound: Any = None
    value: float | None = None

    def __str__(self) -> str:
        """Write it in the default words."""
        return _BROKEN[self.name].format(bound=self.bound, value=self.value)


def demands_of(black_box: BlackBox) -> list[Demanded]:
    """List what recourse needs besides that the classifier accepts it.

    Parameters
    ----------
    black_box : BlackBox
        The user's classifier, with its demands.

    Returns
    -------
    demands : list of Demanded
    """
    low, high = black_box.min_probability, black_box.max_probability
    refits = black_box.refits
    demands = [Demanded("target", _target(black_box))] if black_box.has_target else []
    if low is not None:
        demands.append(Demanded("min_probability", low))
    if high < 1.0:
        demands.append(Demanded("max_probability", high))
    if refits is not None:
        demands.append(Demanded("min_robustness", refits.min_robustness))
    return demands


def broken_demands(
    black_box: BlackBox,
    eligibility: Eligibility,
    people: People,
    rows: np.ndarray,
    accepted: np.ndarray,
) -> list[list[Broken]]:
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
    broken : list of list of Broken
        What each row breaks.
    """
    broken = broken_decisions(black_box, people, rows, accepted)
    is_rare = np.zeros(len(rows), dtype=bool)
    if eligibility.rare_rows is not None:
        is_rare = eligibility.rare_rows.contains(rows)
    for row in np.flatnonzero(~eligibility.is_likely_enough(rows)):
        broken[row].append(Broken("min_percentile"))
    for row in np.flatnonzero(is_rare):
        broken[row].append(Broken("allow_training_rows"))
    most = people.limits.max_effort
    if most is not None and eligibility.effort is not None:
        effort = eligibility.effort.per_feature(people.codes, rows).sum(axis=-1)
        for row in np.flatnonzero(eligibility.excess(people.codes, rows, most)):
            one = Broken("max_effort", float(most[row]), float(effort[row]))
            broken[row].append(one)
    return broken


def broken_decisions(
    black_box: BlackBox, people: People, rows: np.ndarray, accepted: np.ndarray
) -> list[list[Broken]]:
    """Say which demands on decisions of the classifier and of refits rows break.

    The arguments and the result are those of `broken_demands`.
    """
    broken: list[list[Broken]] = [[] for _ in rows]
    demands = people.limits.demands
    for some, box in split_by_demand(black_box, demands, len(rows)):
        one = Broken("target", _target(box)) if box.has_target else Broken("denied")
        for row in some[~accepted[some]]:
            broken[row].append(one)
        kept = some[accepted[some]]
        for row, found in zip(kept, _of_accepted(box, rows[kept]), strict=True):
            broken[row] += found
    return broken


def _target(black_box: BlackBox) -> Any:
    """Return the label that a person wants."""
    assert black_box.favorable is not None
    return black_box.favorable.tolist()[0]


def _of_accepted(box: BlackBox, rows: np.ndarray) -> list[list[Broken]]:
    """Say what rows that the classifier accepts break."""
    broken: list[list[Broken]] = [[] for _ in rows]
    if not len(rows):
        return broken
    if box.needs_probability:
        low, high, score = box.min_probability, box.max_probability, box.score(rows)
        assert score is not None
        for row in np.flatnonzero(score < (low or 0.0)):
            broken[row].append(Broken("min_probability", low, float(score[row])))
        for row in np.flatnonzero(score > high):
            broken[row].append(Broken("max_probability", high, float(score[row])))
    if box.refits is not None:
        least, share = box.refits.min_robustness, box.refits.share(rows)
        for row in np.flatnonzero(~box.refits.accepted(rows)):
            one = Broken("min_robustness", least, float(share[row]))
            broken[row].append(one)
    return broken
