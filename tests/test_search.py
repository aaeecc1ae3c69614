"""Search: whatever it finds is accepted, allowed, and no worse than proposed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar._actionability import Actionability
from skpar._search import Search, _repeats

from ._people import Workshop, is_accepted


class Box:
    """A classifier on codes that counts what it is asked."""

    def __init__(self, decide=is_accepted):
        self.decide = decide
        self.asked: list[np.ndarray] = []

    def accepted(self, codes):
        self.asked.append(codes)
        return self.decide(codes)


class Stub:
    """Proposes the same raw rows to everybody."""

    def __init__(self, first, further=None):
        self.first = first
        self.further = first if further is None else further

    def __call__(self, codes):
        return np.repeat(self.first[None], len(codes), axis=0)

    def more(self, codes, n_neighbors):
        return np.repeat(self.further[None, :n_neighbors], len(codes), axis=0)


@pytest.fixture(scope="module")
def shop():
    return Workshop(n=200)


def make_search(shop, proposer, decide=is_accepted, rules=None):
    box = Box(decide)
    actionability = Actionability(shop.schema, rules)
    return Search(shop.schema, proposer, actionability, shop.objective, box), box


@settings(max_examples=25)
@given(
    seed=st.integers(0, 1000),
    rules=st.dictionaries(
        st.sampled_from(["age", "savings", "school", "owner"]),
        st.sampled_from(["immutable", "increasing", "decreasing"]),
    ),
    slice_low=st.floats(0, 500),
)
def test_found_means_accepted_and_allowed(shop, seed, rules, slice_low):
    rng = np.random.RandomState(seed)
    codes = shop.codes[rng.permutation(len(shop.codes))]

    def thin_slice(rows):
        return (rows[:, 2] >= slice_low) & (rows[:, 2] <= slice_low + 60)

    search, _ = make_search(shop, Stub(codes[:12], codes[:40]), thin_slice, rules)
    people = codes[~thin_slice(codes)][:30]
    answers = search(people)
    found = answers.codes[answers.found]
    assert thin_slice(found).all()
    assert search.actionability.allows(people, answers.codes).all()
    np.testing.assert_array_equal(answers.codes[~answers.found], people[~answers.found])


def test_answers_are_at_least_as_good_as_every_accepted_proposal(shop):
    proposals = shop.codes[shop.accepted][:10]
    search, _ = make_search(shop, Stub(proposals))
    people = shop.denied_codes[:40]
    answers = search(people)
    assert answers.found.all()
    value = shop.objective(people, answers.codes)
    for proposal in proposals:
        other = shop.objective(people, np.repeat(proposal[None], len(people), axis=0))
        assert (value >= other - 2e-9).all()


def test_polishing_takes_needless_changes_back(shop):
    needless = shop.denied_codes[:1].copy()
    needless[0, 2] = shop.codes[:, 2].max()
    needless[0, 0] = 79
    needless[0, 4] = (needless[0, 4] + 1) % 3
    search, _ = make_search(shop, Stub(needless))
    answer = search(shop.denied_codes[:1])
    changed = ~same_cells(answer.codes, shop.denied_codes[:1])[0]
    assert answer.found.all()
    assert changed[2] and changed.sum() == 1
    assert answer.codes[0, 2] < needless[0, 2]


def test_classifier_rows_are_counted_per_person(shop):
    search, box = make_search(shop, Stub(shop.codes[:9]))
    answers = search(shop.denied_codes[:20])
    assert answers.classifier_rows.sum() == sum(map(len, box.asked))
    assert (answers.classifier_rows > 0).all()


def test_nobody_accepted_nothing_found_everything_asked_once(shop):
    few = shop.codes[:5]
    search, box = make_search(shop, Stub(few, few), lambda rows: rows[:, 0] < 0)
    answers = search(shop.denied_codes[:7])
    assert not answers.found.any()
    np.testing.assert_array_equal(answers.codes, shop.denied_codes[:7])
    asked = np.vstack(box.asked)
    assert not same_cells(asked[:, None], shop.denied_codes[None, :7]).all(-1).all(1).any()


def test_further_proposals_are_tried_only_for_those_left(shop):
    hopeless = shop.denied_codes[:3]
    search, _ = make_search(shop, Stub(hopeless, shop.codes[shop.accepted][:3]))
    assert search(shop.denied_codes[10:20]).found.all()


def test_no_people_no_answers(shop):
    search, box = make_search(shop, Stub(shop.codes[:3]))
    answers = search(shop.codes[:0])
    assert answers.codes.shape == (0, shop.codes.shape[1])
    assert len(answers.found) == len(answers.classifier_rows) == len(box.asked) == 0


def test_answers_do_not_depend_on_the_batch(shop):
    search, _ = make_search(shop, Stub(shop.codes[:30]))
    people = np.vstack([shop.denied_codes] * 6)
    together = search(people).codes
    for start in (0, 5, 90):
        part = search(people[start : start + 7]).codes
        np.testing.assert_array_equal(part, together[start : start + 7])


def test_repeats_are_marked_after_their_first(shop):
    rows = shop.codes[[0, 1, 0, 2, 1, 1]][None]
    rows = np.concatenate([rows, rows[:, ::-1]])
    assert _repeats(rows).tolist() == [
        [False, False, True, False, True, True],
        [False, True, False, False, True, True],
    ]
    with_missing = np.full((1, 2, 3), np.nan)
    assert _repeats(with_missing).tolist() == [[False, True]]
