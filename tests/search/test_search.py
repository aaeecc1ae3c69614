"""Search: answers are accepted and feasible, and their objective is right."""

from __future__ import annotations

import dataclasses
from itertools import chain, combinations
from types import SimpleNamespace

import numpy as np
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st

from skpar import Range
from skpar._config import SearchConfig
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.classifier import PlattScale
from skpar.generator._proposer import Proposals
from skpar.objective._objective import Objective, Weights
from skpar.search._alternatives import is_alternative
from skpar.search._enumeration import feasible_rows
from skpar.search._search import RecourseSearch
from skpar.search.queries import SearchResult
from skpar.table._codes import row_keys, same_cells

from .._configs import SEARCH
from .._people import FittedCase, is_accepted
from .._rule_cases import all_eligible


class Box:
    """A classifier on codes that stores its queries and its answers."""

    def __init__(self, decide=is_accepted):
        self.decide = decide
        self.queries: list[np.ndarray] = []
        self.answers: list[np.ndarray] = []

    def accepts(self, codes):
        self.queries.append(codes.copy())
        self.answers.append(np.asarray(self.decide(codes)))
        return self.answers[-1]

    @property
    def n_rows(self):
        return sum(map(len, self.queries))


class StubProposer:
    """Propose the same raw rows to all people; near an answer, undo single changes.

    The objective is that of the raw rows, before any rule is applied. The surrogate
    knows nothing.
    """

    surrogate = SimpleNamespace(decision_function=lambda rows: np.zeros(len(rows)))
    calibration = PlattScale(1.0, 0.0)

    def __init__(self, objective, first, further=None, chance=0.5):
        self.objective = objective
        self.first = first
        self.further = first if further is None else further
        self.chance = chance
        self.calls: list[tuple[str, np.ndarray]] = []

    def propose(self, people, n_options=1):
        self.calls.append(("propose", people.codes))
        return self._proposals(people.codes, np.tile(self.first, (len(people), 1, 1)))

    def propose_fallback(self, people, stage):
        self.calls.append(("propose_fallback", people.codes))
        rows = self.further[: stage.n_neighbors]
        return self._proposals(people.codes, np.tile(rows, (len(people), 1, 1)))

    def propose_near(self, people, answers, depth):
        """Undo each change, one by one."""
        self.calls.append(("propose_near", people.codes))
        codes = people.codes
        rows = np.repeat(answers[:, None], codes.shape[1], axis=1)
        for j in range(codes.shape[1]):
            rows[:, j, j] = codes[:, j]
        return self._proposals(codes, rows)

    def people_of(self, name):
        """Codes of the people in every call of a method."""
        return [codes for called, codes in self.calls if called == name]

    def estimated_chance(self, rows):
        """Estimate what `chance` says of all rows."""
        chance = self.chance
        if callable(chance):
            chance = np.where(chance(rows), 0.99, 0.01)
        return np.broadcast_to(chance, len(rows))

    def _proposals(self, codes, rows):
        who = np.repeat(np.arange(len(codes)), rows.shape[1])
        rows = rows.reshape(len(who), codes.shape[1])
        value = self.objective.upper_bound(codes[who], rows)
        chance = self.estimated_chance(rows)
        return Proposals(who, rows, value, chance, np.zeros(len(who)))


@pytest.fixture(scope="module")
def case():
    return FittedCase(n=200)


def make_search(case, first, further=None, decide=is_accepted, rules=None, **options):
    chance = options.pop("chance", 0.5)
    stub = StubProposer(case.objective, first, further, chance)
    box = Box(decide)
    actionability = Actionability(case.schema, rules)
    max_queries = options.pop("max_queries", 2000)
    search = RecourseSearch(
        stub,
        actionability,
        case.objective,
        box.accepts,
        max_queries,
        SearchConfig(),
        all_eligible(),
        **options,
    )
    return search, box, stub


def find(search, codes, taken=()):
    """Search for people who have no limits of their own."""
    return search.find(People.unlimited(codes), taken)


def accepted_parts(able, own, row, decide):
    """List the accepted feasible rows that make part of the changes of a row."""
    changed = np.flatnonzero(~same_cells(own, row)).tolist()
    chosen = chain.from_iterable(
        combinations(changed, size) for size in range(1, len(changed))
    )
    parts = np.array([np.where(np.isin(range(len(own)), c), row, own) for c in chosen])
    parts = parts.reshape(-1, len(own))
    people = People.unlimited(np.repeat(own[None], len(parts), axis=0))
    return parts[able.is_feasible(people, parts) & np.asarray(decide(parts), bool)]


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
    only_needed=st.booleans(),
)
def test_answers_are_accepted_feasible_and_have_the_objective_reported(
    case, seed, rules, low, width, max_queries, only_needed
):
    rng = np.random.RandomState(seed)
    codes = case.codes[rng.permutation(len(case.codes))]

    def thin_slice(rows):
        return (rows[:, 2] >= low) & (rows[:, 2] <= low + width)

    parts = (case, codes[:12], codes[:40], thin_slice, rules)
    options = {"max_queries": max_queries, "only_needed": only_needed}
    search, box, _ = make_search(*parts, **options)
    people = codes[~thin_slice(codes)][:30]
    answers = find(search, people)
    found = answers.found
    assert thin_slice(answers.codes[found]).all()
    assert search.actionability.is_feasible(
        People.unlimited(people), answers.codes
    ).all()
    value = case.objective.evaluate(people[found], answers.codes[found])
    np.testing.assert_allclose(answers.objective[found], value, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(answers.codes[~found], people[~found])
    assert (answers.objective[~found] == -np.inf).all()
    assert answers.n_queries.max() <= max_queries
    assert answers.n_queries.sum() == box.n_rows
    again, box, _ = make_search(*parts, **options)
    reported = again.find(People.unlimited(people), is_reported=True)
    for name in ("codes", "objective", "exhausted", "needed", "nearest_miss"):
        np.testing.assert_array_equal(getattr(reported, name), getattr(answers, name))
    assert reported.n_queries.max() <= max_queries
    assert reported.n_queries.sum() == box.n_rows
    has_more = reported.n_queries != answers.n_queries
    assert not (has_more & (answers.needed | ~found)).any()
    unknown = reported.unchecked[found].any(axis=1)
    assert (reported.n_queries[found][unknown] == max_queries).all()
    if not only_needed:
        assert not answers.needed.any()
        return
    np.testing.assert_array_equal(reported.n_queries, answers.n_queries)
    assert (answers.needed | (answers.n_queries == max_queries))[found].all()
    able = search.actionability
    for place in np.flatnonzero(answers.needed):
        own, row = people[place], answers.codes[place]
        assert not len(accepted_parts(able, own, row, thin_slice))


@pytest.mark.parametrize(("accepts", "skipped"), [(False, "fallback"), (True, "near")])
def test_nothing_is_proposed_for_people_whose_queries_are_spent(case, accepts, skipped):
    people, proposals = case.denied_codes[:20], case.codes[case.accepted][:40]
    for max_queries, is_spent in ((1, True), (2000, False)):
        search, _, stub = make_search(
            case,
            proposals,
            decide=lambda rows: np.full(len(rows), accepts),
            max_queries=max_queries,
            only_needed=False,
        )
        result = find(search, people)
        assert result.found.all() if accepts else not result.found.any()
        assert (result.n_queries == max_queries).all() == is_spent
        assert (stub.people_of(f"propose_{skipped}") == []) == is_spent


@settings(max_examples=15)
@given(seed=st.integers(0, 1000))
def test_answers_were_accepted_when_they_were_queried(case, seed):
    """This holds even if the classifier decides at random."""
    rng = np.random.RandomState(seed)
    search, box, _ = make_search(
        case, case.codes[:15], decide=lambda rows: rng.rand(len(rows)) < 0.3
    )
    answers = find(search, case.denied_codes[:10])
    accepted = [
        key
        for rows, is_yes in zip(box.queries, box.answers, strict=True)
        for key in keys(rows[is_yes])
    ]
    assert answers.found.any()
    assert set(keys(answers.codes[answers.found])) <= set(accepted)


def test_answers_are_as_good_as_every_accepted_proposal(case):
    proposals = case.codes[:30]
    search, _, _ = make_search(case, proposals, chance=is_accepted, only_needed=False)
    people = case.denied_codes[:40]
    answers = find(search, people)
    assert answers.found.all()
    for proposal in proposals[is_accepted(proposals)]:
        other = case.objective.evaluate(
            people, np.repeat(proposal[None], len(people), axis=0)
        )
        # Smaller improvements do not justify a query.
        assert (answers.objective >= other - 0.01).all()


def test_answers_are_as_good_as_every_proposal_whose_changes_are_needed(case):
    proposals = case.codes[:30]
    rules = dict.fromkeys(["age", "income", "job", "owner"], "immutable")
    search, _, _ = make_search(case, proposals, chance=is_accepted, rules=rules)
    able, people = search.actionability, case.denied_codes[:40]
    answers = find(search, people)
    assert answers.needed.any()
    np.testing.assert_array_equal(answers.needed, answers.found)
    kinds = {True: 0, False: 0}
    for i, own in enumerate(people):
        owner = np.repeat(own[None], len(proposals), axis=0)
        rows = able.project(People.unlimited(owner), proposals)
        value = case.objective.evaluate(owner, rows)
        accepted = (rows[is_accepted(rows)], value[is_accepted(rows)])
        for row, other in zip(*accepted, strict=True):
            is_needed = not len(accepted_parts(able, own, row, is_accepted))
            kinds[is_needed] += 1
            assert not is_needed or answers.objective[i] >= other - 0.01
    assert min(kinds.values()) > 20


def test_the_largest_expected_improvement_is_queried_first(case):
    person = case.denied_codes[:1]
    proposals = case.codes[case.accepted][:20]
    search, box, _ = make_search(case, proposals, decide=lambda r: r[:, 0] < 0)
    find(search, person)
    value = case.objective.upper_bound(np.repeat(person, 20, axis=0), proposals)
    assert keys(proposals[[value.argmax()]])[0] in keys(box.queries[0])
    queried = np.vstack(box.queries)
    value = case.objective.upper_bound(np.repeat(person, len(queried), axis=0), queried)
    assert value[0] == value.max()
    # The same rows, but the best one is unlikely to be accepted.
    unlikely = keys(proposals[[value.argmax()]])
    search, box, _ = make_search(
        case,
        proposals,
        decide=lambda r: r[:, 0] < 0,
        chance=lambda rows: np.array([key not in unlikely for key in keys(rows)]),
    )
    find(search, person)
    assert unlikely[0] not in keys(box.queries[0])


def test_a_projected_proposal_has_the_objective_of_its_projection(case):
    people = case.denied_codes[:10]
    proposal = case.codes[case.accepted][:1].copy()
    proposal[0, 0] = 1000.5  # age is a whole number and ends far below
    proposal[0, 2] = 5000.3
    rules = {"savings": Range(step=50)}
    search, _, stub = make_search(
        case, proposal, decide=lambda rows: rows[:, 2] >= 500, rules=rules
    )
    raw = stub.propose(People.unlimited(people)).objective
    answers = find(search, people)
    assert answers.found.all()
    savings = answers.codes[:, 2]
    assert ((savings % 50 == 0) | (savings == people[:, 2])).all()
    assert (savings != people[:, 2]).any()
    np.testing.assert_allclose(
        answers.objective,
        case.objective.evaluate(people, answers.codes),
        rtol=0,
        atol=1e-9,
    )
    assert (np.abs(answers.objective - raw) > 1e-3).all()


def test_a_projected_proposal_has_the_chance_of_its_projection(case):
    people = case.denied_codes[:10]
    proposal = case.codes[case.accepted][:1].copy()
    proposal[0, 2] = 5000.3

    def is_on_grid(rows):
        return rows[:, 2] % 50 == 0

    options = {"decide": lambda rows: rows[:, 2] >= 500, "chance": is_on_grid}
    rules = {"savings": Range(step=50)}
    search, _, stub = make_search(case, proposal, rules=rules, **options)
    search.config = dataclasses.replace(SEARCH, min_chance=0.5, fallback_stages=())
    assert (stub.propose(People.unlimited(people)).chance < 0.5).all()
    assert find(search, people).found.all()


class StubRandomRows:
    """Propose the same rows to all people."""

    def __init__(self, stub, rows):
        self.stub = stub
        self.rows = rows
        self.codes: list[np.ndarray] = []

    def propose(self, people):
        self.codes.append(people.codes)
        rows = np.tile(self.rows, (len(people), 1, 1))
        return self.stub._proposals(people.codes, rows)


def numbered(row, n, first):
    """Copies of a row with other savings, which need no accepted neighbor."""
    rows = np.tile(row, (n, 1))
    rows[:, 2] = first + np.arange(n)
    return rows


def random_search(case, max_queries=20):
    """Random rows are accepted; the fallback alone could use up the budget."""
    person = case.denied_codes[0]
    denied = numbered(person, 30, 300)
    search, box, stub = make_search(
        case,
        denied[:1],
        denied,
        decide=lambda rows: rows[:, 2] >= 600,
        max_queries=max_queries,
    )
    search.random_rows = StubRandomRows(stub, numbered(person, 3, 600))
    return search, box


def test_random_rows_are_for_people_whom_the_fallback_does_not_help(case):
    search, _ = random_search(case)
    people = case.denied_codes[:6]
    answers = find(search, people)
    assert answers.found.all()
    assert (answers.codes[:, 2] >= 600).all()
    np.testing.assert_array_equal(search.random_rows.codes[0], people)
    search.queries.accepts = lambda rows: rows[:, 2] >= 300
    search.random_rows.codes.clear()
    assert find(search, people).found.all()
    assert not search.random_rows.codes


def test_the_fallback_leaves_a_share_of_the_budget_for_random_rows(case):
    search, box = random_search(case)
    search.random_rows.rows = search.random_rows.rows[:0]
    result = find(search, case.denied_codes[:1])
    share = SEARCH.random_stage.reserved_share
    assert result.n_queries[0] == box.n_rows == 20 - int(20 * share) < 20
    search, box = random_search(case)
    search.random_rows = None
    assert find(search, case.denied_codes[:1]).n_queries[0] == box.n_rows == 20


def test_an_option_is_searched_without_random_rows(case):
    search, _ = random_search(case)
    people = case.denied_codes[:3]
    taken = people.copy()
    taken[:, 2] = 700
    find(search, people, (taken,))
    assert not search.random_rows.codes


def test_the_nearest_miss_is_the_denied_row_of_largest_score(case):
    people = case.denied_codes[:4]
    search, box = random_search(case)
    search.random_rows = None
    search.score = lambda rows: rows[:, 2]
    search.config = dataclasses.replace(SEARCH, n_scored_misses=1000)
    result = find(search, people)
    assert not result.found.any()
    rows = np.concatenate(box.queries)
    for own, miss in zip(people, result.nearest_miss, strict=True):
        assert tuple(np.nan_to_num(miss, nan=-1)) in keys(rows)
        assert miss[2] > own[2]
    assert result.nearest_miss[0, 2] == rows[:, 2].max()
    with_rows, _ = random_search(case)
    found = find(with_rows, people)
    assert found.found.all()
    np.testing.assert_array_equal(found.nearest_miss, people)


def test_polishing_takes_needless_changes_back(case):
    person = case.denied_codes[:1]
    needless = person.copy()
    needless[0, 2] = case.codes[:, 2].max()
    needless[0, 4] = (needless[0, 4] + 1) % 3
    search, _, stub = make_search(case, needless)
    answers = find(search, person)
    changed = ~same_cells(answers.codes, person)[0]
    assert answers.found.all()
    assert changed.tolist() == [False, False, True, False, False, False]
    assert answers.objective[0] > case.objective.evaluate(person, needless)[0]


def test_classifier_rows_are_counted_per_person(case):
    search, box, _ = make_search(case, case.codes[:9])
    people = case.denied_codes[:20]
    answers = find(search, people)
    assert answers.n_queries.sum() == box.n_rows
    for person in (0, 7, 19):
        box.queries.clear()
        find(search, people[[person]])
        assert answers.n_queries[person] == box.n_rows > 0


@pytest.mark.parametrize("max_queries", [1, 2, 3, 7])
def test_the_budget_of_queries_is_kept(case, max_queries):
    search, box, _ = make_search(
        case,
        case.codes[:40],
        decide=lambda rows: rows[:, 0] < 0,
        max_queries=max_queries,
    )
    answers = find(search, case.denied_codes[:20])
    assert (answers.n_queries == max_queries).all()
    assert box.n_rows == 20 * max_queries


def test_if_no_row_is_accepted_every_row_is_queried_once(case):
    candidates = case.codes[:25]
    further = np.vstack([candidates, case.codes[20:40], candidates])
    search, box, _ = make_search(case, candidates, further, lambda r: r[:, 0] < 0)
    people = case.denied_codes[:7]
    answers = find(search, people)
    assert not answers.found.any()
    np.testing.assert_array_equal(answers.codes, people)
    for person in people:
        box.queries.clear()
        find(search, person[None])
        queried = keys(np.vstack(box.queries))
        assert len(set(queried)) == len(queried)
        # All rows but the person's own: without an answer, each row is an improvement.
        everyone = np.repeat(person[None], 40, axis=0)
        reach = search.actionability.project(
            People.unlimited(everyone), case.codes[:40]
        )
        assert set(queried) == set(keys(reach)) - set(keys(person[None]))


def test_no_row_is_queried_twice_while_polishing(case):
    people = case.denied_codes[:30]
    search, box, stub = make_search(case, np.vstack([case.codes[:30]] * 2))
    for person in people:
        box.queries.clear()
        find(search, person[None])
        queried = keys(np.vstack(box.queries))
        assert len(set(queried)) == len(queried)
        assert keys(person[None])[0] not in queried
    assert stub.people_of("propose_near")


def test_fallback_proposals_are_for_people_without_an_answer(case):
    people = case.denied_codes[:20]
    answer = case.codes[case.accepted][:1].copy()
    answer[0, 2] = 5000.0
    search, _, stub = make_search(case, answer)
    assert find(search, people).found.all()
    assert not stub.people_of("propose_fallback")
    search, _, stub = make_search(
        case,
        answer,
        decide=lambda rows: (rows[:, 2] >= 500) & (rows[:, 0] > 40),
        rules={"age": "immutable"},
    )
    found = find(search, people).found
    np.testing.assert_array_equal(found, people[:, 0] > 40)
    for codes in stub.people_of("propose_fallback"):
        np.testing.assert_array_equal(codes, people[~found])


def test_many_neighbors_are_tried_only_if_few_do_not_help(case):
    answer = case.codes[case.accepted][:1].copy()
    answer[0, 2] = 5000.0
    people = case.denied_codes[:20]
    wrong = np.repeat(people[:1], 40, axis=0)
    search, _, stub = make_search(case, people[:1], np.concatenate([wrong, answer]))
    assert find(search, people).found.all()
    few, many = map(len, stub.people_of("propose_fallback"))
    assert few == many == 20
    search, _, stub = make_search(case, people[:1], np.concatenate([answer, wrong]))
    assert find(search, people).found.all()
    assert [len(codes) for codes in stub.people_of("propose_fallback")] == [20]


def test_fallback_proposals_find_answers(case):
    search, _, _ = make_search(
        case, case.denied_codes[:3], case.codes[case.accepted][:3]
    )
    assert find(search, case.denied_codes[10:20]).found.all()


def test_without_people_there_are_no_answers(case):
    search, box, _ = make_search(case, case.codes[:3])
    answers = find(search, case.codes[:0])
    assert answers.codes.shape == (0, case.codes.shape[1])
    assert len(answers.found) == len(answers.n_queries) == len(box.queries) == 0


def test_without_proposals_nothing_is_found(case):
    search, box, _ = make_search(case, case.codes[:0])
    answers = find(search, case.denied_codes[:4])
    assert not answers.found.any() and box.n_rows == 0


def test_answers_do_not_depend_on_the_batch(case):
    people = case.denied_codes[:50]

    def answer(rows):
        return find(make_search(case, case.codes[:30])[0], rows)

    together = answer(people)
    backwards = answer(people[::-1])
    one_by_one = SearchResult.joined([answer(people[[k]]) for k in range(50)])
    with sklearn.config_context(working_memory=1):  # a megabyte: several batches
        in_batches = answer(people)
    for field in ("codes", "objective", "n_queries"):
        whole = getattr(together, field)
        np.testing.assert_array_equal(getattr(one_by_one, field), whole)
        np.testing.assert_array_equal(getattr(in_batches, field), whole)
        np.testing.assert_array_equal(getattr(backwards, field)[::-1], whole)


def test_an_alternative_is_found_with_features_frozen(case):
    """The only proposal is the answer taken; undoing its changes gives others."""
    both = case.denied_codes[:1].copy()
    both[0, 2] = both[0, 1] = 5000.0
    search, _, _ = make_search(case, both)
    people = People.unlimited(case.denied_codes[:20])
    taken = search.find(people)
    assert taken.found.all()
    other = search.find_alternative(people, (taken.codes,))
    assert other.found.any()
    assert not other.exhausted.any()
    found = other.found
    assert is_accepted(other.codes[found]).all()
    assert is_alternative(
        search.actionability,
        case.effort,
        people.codes[found],
        taken.codes[found],
        other.codes[found],
    ).all()


class AnyOutliers:
    """Outlier scores that have nothing to do with the other terms."""

    def score(self, codes):
        return np.asarray((row_keys(codes) >> 8) % 97) / 96


WEIGHT = st.sampled_from([0.0, 0.3, 1.0, 40.0, 1000.0])


@pytest.mark.parametrize("outlier", [0.0, 2.0, 40.0, 1000.0])
@settings(max_examples=12)
@given(
    others=st.tuples(WEIGHT, WEIGHT, WEIGHT, WEIGHT),
    rarity=st.integers(2, 20),
    only_needed=st.booleans(),
)
def test_the_optimum_is_that_of_a_list_for_all_weights(
    case, outlier, others, rarity, only_needed
):
    weights = Weights(*others, outlier)
    objective = Objective(
        case.plausibility, case.effort, weights, AnyOutliers(), SEARCH
    )
    fixed = dict.fromkeys(["age", "income", "savings"], "immutable")
    able = Actionability(case.schema, fixed)

    def accepts(rows):
        return np.asarray((row_keys(rows) >> 4) % rarity == 0)

    search = RecourseSearch(
        StubProposer(objective, case.codes[:4]),
        able,
        objective,
        accepts,
        200,
        SEARCH,
        all_eligible(),
        only_needed,
    )
    people = case.denied_codes[:12]
    result = find(search, people)
    assert result.exhausted.all()
    np.testing.assert_array_equal(result.needed, result.found & only_needed)
    for i, own in enumerate(people):
        listed = feasible_rows(able, People.unlimited(people[[i]]), 200, 10_000)[1:]
        listed = listed[accepts(listed)]
        assert result.found[i] == (len(listed) > 0)
        if only_needed:
            is_needed = [
                not len(accepted_parts(able, own, row, accepts)) for row in listed
            ]
            listed = listed[np.array(is_needed, dtype=bool)]
            assert result.found[i] == (len(listed) > 0)
        if len(listed):
            best = objective.evaluate(np.tile(own, (len(listed), 1)), listed).max()
            assert result.objective[i] == pytest.approx(best, rel=1e-9, abs=1e-6)
