from dataclasses import replace

import numpy as np
import pytest

from skpar.report.page.what_if._controls import _round_numbers

from ._controls import CONFIG, WORDING, Case, is_allowed, run, table, with_function
from ._node import needs_node

PEOPLE = (0, 1, 2, 3)


@pytest.fixture(scope="module")
def case():
    made = Case.of_table(table(), wording=WORDING)
    # The table has all kinds of relations, and the page must compute them.
    assert {made.schema.names[j] for j in made.able.derived} >= {"mean", "years"}
    assert any(name.startswith("town") for name in made.schema.names)
    return made


def missing_and_present(case):
    rates = case.codes[:, case.schema.names.index("rate")]
    return int(np.flatnonzero(np.isnan(rates))[0]), int(np.flatnonzero(rates > 0)[0])


def test_every_offered_value_keeps_the_rules(case):
    for row in (*PEOPLE, *missing_and_present(case)):
        person = case.person(row)
        for j, one in enumerate(case.payload(person)["features"]):
            rows = np.repeat(person.codes, len(one["values"]), axis=0)
            rows[:, j] = case.encode([[*case.plain(person.codes)[0]]] * len(rows))[:, j]
            for k, value in enumerate(one["values"]):
                code = case.schema.columns[j].code_of(value) if value is not None else 0
                rows[k, j] = np.nan if value is None else code
            if one["role"] == "free":
                people = person[np.zeros(len(rows), int)]
                assert case.able.keeps_rules(people, rows)[:, j].all()
                assert len(one["values"]) == len(set(map(str, one["values"]))) > 1
                assert one["own"] in one["values"]
                efforts = case.effort.per_feature(person.codes, rows)[:, j]
                assert one["efforts"] == pytest.approx(efforts, rel=1e-8)
            elif one["role"] == "fixed":
                assert one["values"] == [one["own"]]


def test_sliders_have_few_round_positions(case):
    person = case.person(0)
    features = {one["name"]: one for one in case.payload(person)["features"]}
    values = np.array(features["income"]["values"])
    own = features["income"]["own"]
    assert 5 < len(values) <= CONFIG.n_positions + 3
    inner = values[1:-1]
    assert (np.isin(inner, own) | (inner % 50 == 0)).all()


def test_fixed_features_say_why(case):
    person = case.person(0)
    frozen = np.array([[name == "may" for name in case.schema.names]])
    features = {
        one["name"]: one for one in case.payload(person.with_frozen(frozen))["features"]
    }
    assert features["fixed"]["why"] == "rule"
    assert features["may"]["why"] == "kept"
    assert features["mean"]["role"] == "follows"
    assert features["the loan"]["role"] == "free"


def test_what_a_function_computes_stays_fixed():
    case = with_function()
    payload = case.payload(case.person(0))
    roles = {one["name"]: one["role"] for one in payload["features"]}
    assert roles["may"] == roles["twice"] == "fixed"
    assert roles["june"] == roles["age"] == "free"
    why = {one["name"]: one.get("why") for one in payload["features"]}
    assert why["may"] == why["twice"] == "tied"
    assert not payload["following"] and not payload["links"]


def proposals(case, payload, person, rng, n):
    """Rows with some cells drawn, feasible or not."""
    rows = np.repeat(person.codes, n, axis=0)
    for j, one in enumerate(payload["features"]):
        moved = rng.uniform(size=n) < 0.15
        others = case.codes[rng.integers(0, len(case.codes), n), j]
        column = case.schema.columns[j]
        offered = [column.code_of(v) for v in one["values"] if v is not None]
        offered = offered if one["role"] == "free" else others
        drawn = np.where(rng.uniform(size=n) < 0.8, rng.choice(offered, n), others)
        rows[moved, j] = drawn[moved]
    return rows


@needs_node
def test_the_script_allows_what_python_allows(case):
    rng = np.random.default_rng(0)
    n_allowed = n_refused = 0
    for row in (*PEOPLE, *missing_and_present(case)):
        person = case.person(row)
        payload = case.payload(person)
        rows = proposals(case, payload, person, rng, 150)
        answers = run(payload, case.plain(rows))
        done = case.encode([one.row for one in answers])
        people = person[np.zeros(len(rows), int)]
        expected = rows.copy()
        case.able.link_set.compute_derived(people.codes, expected)
        np.testing.assert_array_equal(done, expected)
        feasible = case.able.is_feasible(people, done)
        assert [is_allowed(one) for one in answers] == feasible.tolist()
        effort = case.effort.per_feature(people.codes, done).sum(axis=1)
        seen = np.array([one.effort for one in answers], dtype=float)
        # Between two bends, efforts of numbers that are not listed are interpolated.
        assert np.abs(seen - effort)[feasible].max(initial=0) < 0.1
        n_allowed += feasible.sum()
        n_refused += (~feasible).sum()
    assert n_allowed > 100 and n_refused > 100


@needs_node
def test_the_script_allows_every_feasible_row(case):
    rng = np.random.default_rng(1)
    for row in PEOPLE:
        person = case.person(row)
        people = person[np.zeros(100, int)]
        others = case.codes[rng.integers(0, len(case.codes), 100)]
        feasible = case.able.project(people, others)
        payload = case.payload(person)
        answers = run(payload, case.plain(feasible))
        assert all(map(is_allowed, answers))
        done = case.encode([one.row for one in answers])
        assert case.able.is_feasible(people, done).all()


@needs_node
def test_the_script_writes_changes_in_words(case):
    person = case.person(missing_and_present(case)[1])
    payload = case.payload(person)
    names = case.schema.names
    row = case.plain(person.codes)[0]
    assert run(payload, [row])[0].sentences == []
    other = list(row)
    other[names.index("may")] += 2
    loan = payload["features"][names.index("loan")]
    other[names.index("loan")] = value = loan["values"][0]
    (answer,) = run(payload, [other])
    before, after = person.codes[0], case.encode([answer.row])[0]
    expected = case.writer.action(names.index("loan"), before[1], value)
    assert expected in answer.sentences and "$500" in expected
    assert any(text.startswith("mean then becomes") for text in answer.sentences[2:])
    assert len(answer.sentences) == (before != after)[~np.isnan(before)].sum()
    # A number between the positions of its slider.
    typed = list(row)
    typed[names.index("loan")] = value = loan["lattice"]["high"] - 250
    assert value not in loan["values"]
    (answer,) = run(payload, [typed])
    assert answer.sentences[0].startswith("the loan: $")


@needs_node
def test_numbers_typed_are_taken_as_they_are_meant(case):
    person = case.person(missing_and_present(case)[1])
    payload = case.payload(person)
    names, row = case.schema.names, case.plain(person.codes)[0]
    j = names.index("rate")
    lattice = payload["features"][j]["lattice"]
    own = row[j]
    asked = [own + 0.1 * k for k in (-4, -2, 3, 7)] + [own + 0.05, own + 0.8]
    rows = [[*row[:j], value, *row[j + 1 :]] for value in asked]
    cells = [one.cells[j] for one in run(payload, rows)]
    inside = [lattice["low"] - 1e-9 <= v <= lattice["high"] + 1e-9 for v in asked]
    for value, cell, is_inside in zip(asked[:4], cells[:4], inside, strict=False):
        if is_inside:
            assert cell == round(value, 1)
        else:
            assert cell == "refused"
    assert cells[4:] == ["refused", "refused"]


@needs_node
def test_efforts_are_exact_if_the_person_has_a_largest_one(case):
    rng = np.random.default_rng(2)
    person = case.person(PEOPLE[0])
    limits = replace(person.limits, max_effort=np.array([2.0]))
    person = replace(person, limits=limits)
    people = person[np.zeros(200, int)]
    others = case.codes[rng.integers(0, len(case.codes), 200)]
    others = others + rng.uniform(0, 0.4, others.shape)
    feasible = case.able.project(people, others)
    answers = run(case.payload(person), case.plain(feasible))
    effort = case.effort.per_feature(people.codes, feasible).sum(axis=1)
    np.testing.assert_allclose([one.effort for one in answers], effort, atol=1e-6)


def test_positions_have_no_digits_of_rounding_errors():
    numbers = _round_numbers(0.0, 1.0, 90)
    assert len(numbers) > 50
    assert all(len(repr(one)) < 6 for one in numbers.tolist())
