"""Search: whatever it finds is accepted, allowed, and worth what is said of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar import Range
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.generator._proposer import Proposals
from skpar.search import _search
from skpar.search._search import RecourseSearch
from skpar.table._codes import same_cells

from .._people import Workshop, is_accepted


class Box:
    """A classifier on codes that remembers what it was asked and what it said."""

    def __init__(self, decide=is_accepted):
        self.decide = decide
        self.asked: list[np.ndarray] = []
        self.said: list[np.ndarray] = []

    def accepted(self, codes):
        self.asked.append(codes.copy())
        self.said.append(np.asarray(self.decide(codes)))
        return self.said[-1]

    @property
    def n_rows(self):
        return sum(map(len, self.asked))


class Stub:
    """Proposes the same raw rows to everybody, and the way back from an answer.

    The worth that it tells is that of the raw rows, before any rule is applied.
    """

    def __init__(self, objective, first, further=None, chance=0.5):
        self.objective = objective
        self.first = first
        self.further = first if further is None else further
        self.chance = chance
        self.calls: list[tuple[str, np.ndarray]] = []

    def __call__(self, codes, limits=None, n_options=1):
        self.calls.append(("first", codes))
        return self._tell(codes, np.repeat(self.first[None], len(codes), axis=0))

    def more(self, codes, attempt, limits=None):
        self.calls.append(("more", codes))
        rows = self.further[: attempt.n_neighbors]
        return self._tell(codes, np.repeat(rows[None], len(codes), axis=0))

    def around(self, codes, answers, depth, limits=None):
        """Take each change back, one by one."""
        self.calls.append(("around", codes))
        rows = np.repeat(answers[:, None], codes.shape[1], axis=1)
        for j in range(codes.shape[1]):
            rows[:, j, j] = codes[:, j]
        return self._tell(codes, rows)

    def _tell(self, codes, rows):
        who = np.repeat(np.arange(len(codes)), rows.shape[1])
        rows = rows.reshape(len(who), codes.shape[1])
        worth = self.objective.promise(codes[who], rows)
        chance = self.chance
        if callable(chance):
            chance = np.where(chance(rows), 0.99, 0.01)
        return Proposals(who, rows, worth, np.broadcast_to(chance, len(who)))


@pytest.fixture(scope="module")
def shop():
    return Workshop(n=200)


def make_search(shop, first, further=None, decide=is_accepted, rules=None, **options):
    chance = options.pop("chance", 0.5)
    stub = Stub(shop.objective, first, further, chance)
    box = Box(decide)
    actionability = Actionability(shop.schema, rules)
    max_queries = options.pop("max_queries", 2000)
    return (
        RecourseSearch(stub, actionability, shop.objective, box.accepted, max_queries),
        box,
        stub,
    )


def keys(rows):
    return [tuple(row) for row in np.nan_to_num(rows, nan=-1.0).tolist()]


RULES = st.dictionaries(
    st.sampled_from(["age", "savings", "school", "owner"]),
    st.sampled_from(["immutable", "increasing", "decreasing"]),
) | st.just({"savings": Range(step=37.5, relative=True)})


@settings(max_examples=40)
@given(
    seed=st.integers(0, 1000),
    rules=RULES,
    low=st.floats(0, 500),
    width=st.sampled_from([5.0, 60.0]),
    max_queries=st.integers(1, 30),
)
def test_found_means_accepted_and_allowed_and_worth_what_is_said(
    shop, seed, rules, low, width, max_queries
):
    rng = np.random.RandomState(seed)
    codes = shop.codes[rng.permutation(len(shop.codes))]

    def thin_slice(rows):
        return (rows[:, 2] >= low) & (rows[:, 2] <= low + width)

    search, box, _ = make_search(
        shop, codes[:12], codes[:40], thin_slice, rules, max_queries=max_queries
    )
    people = codes[~thin_slice(codes)][:30]
    answers = search(people)
    found = answers.found
    assert thin_slice(answers.codes[found]).all()
    assert search.actionability.is_feasible(
        People.unlimited(people), answers.codes
    ).all()
    worth = shop.objective(people[found], answers.codes[found])
    np.testing.assert_allclose(answers.worth[found], worth, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(answers.codes[~found], people[~found])
    assert (answers.worth[~found] == -np.inf).all()
    assert answers.classifier_rows.max() <= max_queries
    assert answers.classifier_rows.sum() == box.n_rows


@settings(max_examples=15)
@given(seed=st.integers(0, 1000))
def test_found_was_accepted_when_it_was_asked(shop, seed):
    """Even by a classifier that makes up its mind anew each time."""
    rng = np.random.RandomState(seed)
    search, box, _ = make_search(
        shop, shop.codes[:15], decide=lambda rows: rng.rand(len(rows)) < 0.3
    )
    answers = search(shop.denied_codes[:10])
    said = [
        key
        for rows, yes in zip(box.asked, box.said, strict=True)
        for key in keys(rows[yes])
    ]
    assert answers.found.any()
    assert set(keys(answers.codes[answers.found])) <= set(said)


def test_answers_are_as_good_as_every_accepted_proposal(shop):
    proposals = shop.codes[:30]
    search, _, _ = make_search(shop, proposals, chance=is_accepted)
    people = shop.denied_codes[:40]
    answers = search(people)
    assert answers.found.all()
    for proposal in proposals[is_accepted(proposals)]:
        other = shop.objective(people, np.repeat(proposal[None], len(people), axis=0))
        # Nobody is asked about for less than a hundredth.
        assert (answers.worth >= other - 0.01).all()


def test_the_most_promising_is_asked_about_first(shop):
    person = shop.denied_codes[:1]
    proposals = shop.codes[shop.accepted][:20]
    search, box, _ = make_search(shop, proposals, decide=lambda r: r[:, 0] < 0)
    search(person)
    worth = shop.objective.promise(np.repeat(person, 20, axis=0), proposals)
    assert keys(proposals[[worth.argmax()]])[0] in keys(box.asked[0])
    asked = np.vstack(box.asked)
    value = shop.objective.promise(np.repeat(person, len(asked), axis=0), asked)
    assert value[0] == value.max()
    # The same rows, but the best one is thought to be hopeless.
    hopeless = keys(proposals[[worth.argmax()]])
    search, box, _ = make_search(
        shop,
        proposals,
        decide=lambda r: r[:, 0] < 0,
        chance=lambda rows: np.array([key not in hopeless for key in keys(rows)]),
    )
    search(person)
    assert hopeless[0] not in keys(box.asked[0])


def test_a_proposal_that_rules_move_is_valued_where_it_lands(shop):
    people = shop.denied_codes[:10]
    proposal = shop.codes[shop.accepted][:1].copy()
    proposal[0, 0] = 1000.5  # age is a whole number and ends far below
    proposal[0, 2] = 5000.3
    rules = {"savings": Range(step=50)}
    search, _, stub = make_search(
        shop, proposal, decide=lambda rows: rows[:, 2] >= 500, rules=rules
    )
    raw = stub(people).worth
    answers = search(people)
    assert answers.found.all()
    savings = answers.codes[:, 2]
    assert ((savings % 50 == 0) | (savings == people[:, 2])).all()
    assert (savings != people[:, 2]).any()
    np.testing.assert_allclose(
        answers.worth, shop.objective(people, answers.codes), rtol=0, atol=1e-9
    )
    assert (np.abs(answers.worth - raw) > 1e-3).all()


def test_polishing_takes_needless_changes_back(shop):
    person = shop.denied_codes[:1]
    needless = person.copy()
    needless[0, 2] = shop.codes[:, 2].max()
    needless[0, 4] = (needless[0, 4] + 1) % 3
    search, _, stub = make_search(shop, needless)
    answers = search(person)
    changed = ~same_cells(answers.codes, person)[0]
    assert answers.found.all()
    assert changed.tolist() == [False, False, True, False, False, False]
    assert answers.worth[0] > shop.objective(person, needless)[0]
    assert 1 <= [name for name, _ in stub.calls].count("around") <= 3


def test_classifier_rows_are_counted_per_person(shop):
    search, box, _ = make_search(shop, shop.codes[:9])
    people = shop.denied_codes[:20]
    answers = search(people)
    assert answers.classifier_rows.sum() == box.n_rows
    for person in (0, 7, 19):
        box.asked.clear()
        search(people[[person]])
        assert answers.classifier_rows[person] == box.n_rows > 0


@pytest.mark.parametrize("max_queries", [1, 2, 3, 7])
def test_nobody_is_asked_about_more_often_than_allowed(shop, max_queries):
    search, box, _ = make_search(
        shop,
        shop.codes[:40],
        decide=lambda rows: rows[:, 0] < 0,
        max_queries=max_queries,
    )
    answers = search(shop.denied_codes[:20])
    assert (answers.classifier_rows == max_queries).all()
    assert box.n_rows == 20 * max_queries


def test_nobody_accepted_nothing_found_everything_asked_once(shop):
    candidates = shop.codes[:25]
    further = np.vstack([candidates, shop.codes[20:40], candidates])
    search, box, _ = make_search(shop, candidates, further, lambda r: r[:, 0] < 0)
    people = shop.denied_codes[:7]
    answers = search(people)
    assert not answers.found.any()
    np.testing.assert_array_equal(answers.codes, people)
    for person in people:
        box.asked.clear()
        search(person[None])
        asked = keys(np.vstack(box.asked))
        assert len(set(asked)) == len(asked)
        # All but the person's own row, for there is nothing to lose.
        everyone = np.repeat(person[None], 40, axis=0)
        reach = search.actionability.project(
            People.unlimited(everyone), shop.codes[:40]
        )
        assert set(asked) == set(keys(reach)) - set(keys(person[None]))


def test_nothing_is_asked_about_twice_while_polishing(shop):
    people = shop.denied_codes[:30]
    search, box, stub = make_search(shop, np.vstack([shop.codes[:30]] * 2))
    for person in people:
        box.asked.clear()
        search(person[None])
        asked = keys(np.vstack(box.asked))
        assert len(set(asked)) == len(asked)
        assert keys(person[None])[0] not in asked
    assert "around" in [name for name, _ in stub.calls]


def test_further_proposals_are_tried_only_for_those_left(shop):
    people = shop.denied_codes[:20]
    answer = shop.codes[shop.accepted][:1].copy()
    answer[0, 2] = 5000.0
    search, _, stub = make_search(shop, answer)
    assert search(people).found.all()
    assert "more" not in [name for name, _ in stub.calls]
    search, _, stub = make_search(
        shop,
        answer,
        decide=lambda rows: (rows[:, 2] >= 500) & (rows[:, 0] > 40),
        rules={"age": "immutable"},
    )
    found = search(people).found
    np.testing.assert_array_equal(found, people[:, 0] > 40)
    some, all_there_is = [codes for name, codes in stub.calls if name == "more"]
    np.testing.assert_array_equal(some, people[~found])
    np.testing.assert_array_equal(all_there_is, people[~found])


def test_many_neighbors_are_tried_only_where_few_do_not_help(shop):
    answer = shop.codes[shop.accepted][:1].copy()
    answer[0, 2] = 5000.0
    people = shop.denied_codes[:20]
    wrong = np.repeat(people[:1], 40, axis=0)
    search, _, stub = make_search(shop, people[:1], np.concatenate([wrong, answer]))
    assert search(people).found.all()
    assert [name for name, _ in stub.calls].count("more") == 2
    search, _, stub = make_search(shop, people[:1], np.concatenate([answer, wrong]))
    assert search(people).found.all()
    assert [name for name, _ in stub.calls].count("more") == 1


def test_further_proposals_help(shop):
    search, _, _ = make_search(
        shop, shop.denied_codes[:3], shop.codes[shop.accepted][:3]
    )
    assert search(shop.denied_codes[10:20]).found.all()


def test_no_people_no_answers(shop):
    search, box, _ = make_search(shop, shop.codes[:3])
    answers = search(shop.codes[:0])
    assert answers.codes.shape == (0, shop.codes.shape[1])
    assert len(answers.found) == len(answers.classifier_rows) == len(box.asked) == 0


def test_nothing_proposed_nothing_found(shop):
    search, box, _ = make_search(shop, shop.codes[:0])
    answers = search(shop.denied_codes[:4])
    assert not answers.found.any() and box.n_rows == 0


@pytest.mark.parametrize("chunk", [1, 7, 50])
def test_answers_do_not_depend_on_the_batch(shop, monkeypatch, chunk):
    people = shop.denied_codes[:50]

    def answer(rows):
        return make_search(shop, shop.codes[:30])[0](rows)

    together = answer(people)
    backwards = answer(people[::-1])
    monkeypatch.setattr(_search, "_MOST_PEOPLE", chunk)
    parts = answer(people)
    for field in ("codes", "worth", "classifier_rows"):
        whole = getattr(together, field)
        np.testing.assert_array_equal(getattr(parts, field), whole)
        np.testing.assert_array_equal(getattr(backwards, field)[::-1], whole)
