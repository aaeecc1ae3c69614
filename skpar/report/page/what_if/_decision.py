"""The decision of a classifier as plain data, for the values that one person may try.

`decision.js` decides with it as the classifier does, or estimates what it decides.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...._search_config import WhatIfConfig
from ....actionability import ANY_LABEL, Actionability, Demand, People
from ....classifier import (
    BlackBox,
    LinearJudge,
    LinearScore,
    Surrogate,
    TreeJudge,
    certifying_judge,
)
from ....table import TableSchema, row_keys
from ._choices import Choice, Feasible, read_choices
from ._network import plain_network
from .trees import NotExact, PrunedTrees, TooLarge

_BYTES_PER_KIBIBYTE = 1024
# Of the entries of trees, which are small whole numbers and a comma.
_BYTES_PER_ENTRY = 2
_PARAMETER_DIGITS = 7


def decision_payload(self: Any, person: People, feasible: Feasible) -> dict[str, Any]:
    """Write what the classifier decides as plain data, for one person.

    Parameters
    ----------
    self : PARRecourse
        A fitted estimator.
    person : People
        One person, with limits. The label that the person wants counts; demands on its
        probability and on refits do not.
    feasible : dict of int to tuple or list
        What may change, by position of the feature, as `feasible_values` returns it.

    Returns
    -------
    payload : dict
        For the function ``skparDecision`` of ``decision.js``: the ``kind`` of model
        (``"linear"``, ``"trees"`` or ``"network"``), ``isExact``, and ``agreement``,
        the share of feasible rows on which the model decides as ``predict``.

    Raises
    ------
    ValueError
        If a level is a whole number that JavaScript does not have.

    Notes
    -----
    Linear pipelines and tree ensembles are exact. Cells that the person cannot change
    are folded into constants, and branches that they decide are cut. So the data hold
    no more of the classifier than the page needs. For all other classifiers, and where
    an ensemble would be too large, the surrogate estimates the decision.
    """
    config = self.search_config.what_if
    choices = read_choices(self.schema_, person.codes[0], feasible, config.max_listed)
    demands = person.limits.demands
    target = ANY_LABEL if demands is None else int(demands.target[0])
    box = self._black_box.of_demand(Demand(target))
    writer = DecisionWriter(
        box.member(box.classifier),
        self._known_rows.codes,
        self._parts.acceptance_of(Demand(target)).surrogate,
        self._actionability,
        config,
    )
    return writer.payload(person, choices)


@dataclass(frozen=True)
class DecisionWriter:
    """Writes the decisions about the rows that one person may try.

    Parameters
    ----------
    black_box : BlackBox
        The classifier, without demands.
    known_rows : ndarray of shape (n_rows, n_features), dtype float64
        Some training rows, on which parsed models are compared.
    surrogate : Surrogate
        Estimates decisions.
    actionability : Actionability
        Rules and links; compared rows keep them.
    config : WhatIfConfig
        Sizes.
    """

    black_box: BlackBox
    known_rows: np.ndarray
    surrogate: Surrogate
    actionability: Actionability
    config: WhatIfConfig

    @property
    def schema(self) -> TableSchema:
        """What each feature is."""
        return self.actionability.schema

    def payload(self, person: People, choices: Sequence[Choice]) -> dict[str, Any]:
        """Write the exact model if there is one and it is small; else the surrogate."""
        own = person.codes[0]
        rows = self._drawn(person, choices)
        accepted = self.black_box.accepted(rows)
        try:
            plain, decided = self._exact(own, choices, rows)
            is_exact = bool((decided == accepted).all())
        except (NotExact, TooLarge):
            parts = self.surrogate, self.schema, own, choices
            plain = {"kind": "network", **plain_network(*parts, _PARAMETER_DIGITS)}
            decided = self.surrogate.decision_function(rows) > 0.0
            is_exact = False
        agreement = float((decided == accepted).mean())
        return {**plain, "isExact": is_exact, "agreement": agreement}

    def _exact(
        self, own: np.ndarray, choices: Sequence[Choice], rows: np.ndarray
    ) -> tuple[dict[str, Any], np.ndarray]:
        """Write the classifier itself, and decide rows with what is written."""
        judge = certifying_judge(self.black_box, self.known_rows, 2)
        if isinstance(judge, LinearJudge) and judge.is_double:
            plain = self._linear(judge.score, own, choices)
            score = judge.score.decision_function(rows)
            return plain, (score >= 0.0) if plain["acceptsZero"] else (score > 0.0)
        if not isinstance(judge, TreeJudge):
            raise NotExact
        most = self.config.max_kibibytes * _BYTES_PER_KIBIBYTE
        trees = PrunedTrees(judge, own, choices, most // _BYTES_PER_ENTRY)
        plain = {
            "kind": "trees",
            "features": self._plain_choices(choices),
            "wanted": judge.wanted.tolist(),
            **trees.plain(),
        }
        if len(json.dumps(plain)) > most:
            raise TooLarge
        return plain, judge.wanted[trees.winners(rows, choices)]

    def _plain_choices(self, choices: Sequence[Choice]) -> list[dict[str, Any]]:
        """Write what may change."""
        return [one.plain(self.schema.columns[one.feature]) for one in choices]

    def _linear(
        self, score: LinearScore, own: np.ndarray, choices: Sequence[Choice]
    ) -> dict[str, Any]:
        """Write a sum over columns."""
        free = [one.feature for one in choices]
        stays = np.delete(score.contributions(own[np.newaxis])[0], free)
        terms = []
        for one, plain in zip(choices, self._plain_choices(choices), strict=True):
            listed = score.contribution(one.feature, one.codes).tolist()
            term = {**plain, "terms": listed}
            if one.is_range:
                unit = score.contribution(one.feature, np.ones(1))
                term["slope"] = float(unit[0])
            terms.append(term)
        numbers = [*stays.tolist(), *(k for term in terms for k in term["terms"])]
        if not np.isfinite(numbers).all():
            raise NotExact
        classifier = self.black_box.classifier
        first = np.asarray(classifier.classes_)[:1]
        return {
            "kind": "linear",
            "start": score.intercept + float(stays.sum()),
            "terms": terms,
            # A score of 0 gets the first of the two classes.
            "acceptsZero": bool(self.black_box.are_wanted(first)[0]),
        }

    def _drawn(self, person: People, choices: Sequence[Choice]) -> np.ndarray:
        """Draw feasible rows of a person, (n_compared, n_features)."""
        n_rows, own = self.config.n_compared, person.codes[0]
        seed = row_keys(person.codes[:1]).view(np.uint64)
        rng = np.random.default_rng(seed)
        rows = np.repeat(own[np.newaxis], n_rows, axis=0)
        share = rng.uniform(0.0, 1.0, n_rows)
        for one in choices:
            drawn = one.drawn(n_rows, rng)
            is_changed = (rng.uniform(size=n_rows) < share) & np.isfinite(drawn)
            rows[is_changed, one.feature] = drawn[is_changed]
        people = person[np.zeros(n_rows, dtype=np.int64)]
        return np.asarray(self.actionability.project(people, rows))
