"""Answers of search keep rules, links and limits, for any classifier.

Proposer and objective are stubs, so nothing is trained: projection, search, proof and
verification are tested, against lists made by hand where these are short.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skpar._config import SearchConfig
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.classifier import PlattScale
from skpar.classifier.linear._linear import LinearScore
from skpar.generator._proposer import Proposals
from skpar.objective._objective import Weights
from skpar.search._infeasibility import InfeasibilityProver
from skpar.search._search import RecourseSearch
from skpar.table import same_cells

from ._rule_cases import (
    all_eligible,
    cases,
    differs,
    few_changes_of,
    fewest_changes,
    keeps_link,
    links_for,
    listed,
    needed_rows,
)

CONFIG = SearchConfig(max_enumerated_rows=2000)


class StubProposer:
    """Proposes the same rows to everybody, and the way back from an answer."""

    surrogate = SimpleNamespace(decision_function=lambda rows: np.zeros(len(rows)))
    calibration = PlattScale(1.0, 0.0)

    def __init__(self, rows):
        self.rows = rows

    def propose(self, people, n_options=1):
        return self.proposals(people.codes, np.tile(self.rows, (len(people), 1, 1)))

    def propose_near(self, people, answers, depth):
        codes = people.codes
        back = np.repeat(answers[:, None], codes.shape[1], axis=1)
        for j in range(codes.shape[1]):
            back[:, j, j] = codes[:, j]
        return self.proposals(codes, back)

    def propose_fallback(self, people, stage):
        return self.propose(people)

    def proposals(self, codes, rows):
        who = np.repeat(np.arange(len(codes)), rows.shape[1])
        rows = rows.reshape(-1, codes.shape[1])
        value = fewest_changes(codes[who], rows)
        chance = self.estimated_chance(rows)
        return Proposals(who, rows, value, chance, 0.0 * chance)

    def estimated_chance(self, rows):
        """Know nothing of the classifier."""
        return np.full(len(rows), 0.5)


class FewestChanges:
    """An objective that counts changes."""

    scale = 1.0
    weights = Weights(plausibility=0.0, denied=0.0, effort=0.0, sparsity=1.0)
    effort = SimpleNamespace(per_feature=lambda own, rows: np.zeros(rows.shape))

    def __init__(self, derived, n_features):
        self.acting = np.isin(range(n_features), derived, invert=True)

    @staticmethod
    def upper_bound(own, rows):
        """Prefer few changes."""
        return fewest_changes(own, rows)

    @staticmethod
    def outlier_penalty(rows):
        """Treat no row as an outlier."""
        return np.zeros(len(rows))

    @staticmethod
    def rounded(values):
        """Keep whole numbers."""
        return values

    @staticmethod
    def count_changes(own, rows):
        """Count all changes, of derived columns too."""
        return -fewest_changes(own, rows)

    @staticmethod
    def change_cost(effort, changed):
        """Charge changes alone."""
        return effort + changed

    @staticmethod
    def loss_without_answer(least):
        """Charge no more than the least loss."""
        return least


@st.composite
def classifiers(draw, schema, rows):
    """A linear classifier, a tree, or one that accepts a thin slice only."""
    kind = draw(st.sampled_from(["linear", "tree", "slice"]))
    number = st.integers(-3, 3).map(float)
    if kind == "linear":
        tables = tuple(
            None if c.is_numeric else np.array([draw(number) for _ in c.levels])
            for c in schema.columns
        )
        slopes = np.array([draw(number) for _ in schema.columns])
        missing = np.array([draw(number) for _ in schema.columns])
        score = LinearScore(draw(st.integers(-9, 2)) + 0.5, slopes, missing, tables)
        return score, lambda codes: score.decision_function(codes) > 0
    row = rows[draw(st.integers(0, len(rows) - 1))]
    columns = draw(
        st.lists(st.integers(0, len(row) - 1), min_size=1, max_size=2, unique=True)
    )
    if kind == "slice":
        return None, lambda codes: np.all(
            [codes[:, j] == row[j] for j in columns], axis=0
        )
    signs = [draw(st.sampled_from([-1, 1])) for _ in columns]
    return None, lambda codes: np.all(
        [s * codes[:, j] >= s * row[j] for j, s in zip(columns, signs, strict=True)],
        axis=0,
    )


def drive(data):
    """Search and prove in one drawn case, and check all that comes back."""
    schema, rules, people, proposal = data.draw(cases(most=4))
    links = data.draw(links_for(schema, rules))
    rows = proposal.reshape(-1, proposal.shape[-1])
    rows = np.where(np.isfinite(rows), rows, 0.0)
    score, accepts = data.draw(classifiers(schema, rows))
    people = people[~accepts(people)]
    assume(len(people))
    able = Actionability(schema, rules, links)
    objective = FewestChanges(able.derived, people.shape[1])
    search = RecourseSearch(
        StubProposer(rows), able, objective, accepts, 100, CONFIG, all_eligible()
    )
    asking = People.unlimited(people)
    answers = search.find(asking)
    proofs = InfeasibilityProver(accepts, score, CONFIG, objective.acting).prove(
        able, asking, few_changes_of
    )
    found = answers.found | proofs.possible
    codes = np.where(answers.found[:, None], answers.codes, proofs.witness)
    assert not (found & proofs.impossible).any()
    assert accepts(codes[found]).all()
    assert able.is_feasible(asking, codes).all()
    for i, own in enumerate(people):
        for j, column in enumerate(schema.columns):
            if differs(own[j], codes[i, j]):
                assert column.low <= codes[i, j] <= column.high
                assert column.kind == "continuous" or codes[i, j] % 1 == 0
        for link in links:
            assert keeps_link(link, own, codes[i], schema, rules, slack=1e-9)
        within = listed(schema, rules, links, own)
        if within is not None:
            assert found[i] == accepts(within).any()
            assert proofs.impossible[i] == (not found[i])
            needed = needed_rows(own, within[accepts(within)], able.derived)
            if answers.needed[i]:
                assert same_cells(needed, codes[i]).all(axis=1).any()
            if answers.exhausted[i] and found[i]:
                fewest = fewest_changes(np.tile(own, (len(needed), 1)), needed)
                assert answers.objective[i] == fewest.max()
            assert (
                not found[i]
                or (within == codes[i]).all(axis=1).any()
                or np.isnan(codes[i]).any()
            )


@pytest.mark.slow
@settings(max_examples=100)
@given(data=st.data())
def test_answers_keep_everything_and_statuses_are_true(data):
    drive(data)


@pytest.mark.slow
@settings(max_examples=2000)
@given(data=st.data())
def test_answers_keep_everything_in_two_thousand_cases(data):
    drive(data)
