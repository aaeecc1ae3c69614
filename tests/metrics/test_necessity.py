"""The share of answers in which every change is needed."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar import Derived, ExactlyOne, NotAbove, Range
from skpar.metrics import _validity, make_recourse_scorer, necessity, recourse_scorers
from skpar.relations import ColumnGroup, LookedUp, group_columns, with_determined
from skpar.table import TableSchema

from .._loans import Accepts, quick, split_loans

SEEDS = st.integers(0, 2**32 - 1)
JOBS = ["job_cook", "job_clerk", "job_smith"]
# Columns that change together, by feature.
FEATURES = (["age"], JOBS, ["school", "years"], ["owner"])


def proper_subsets(things):
    return chain.from_iterable(
        combinations(things, size) for size in range(1, len(things))
    )


def lottery(seed, share=0.2):
    """A classifier that draws its decision on each row, always the same one."""

    def accepts(table):
        rows = np.asarray(table, dtype=float)
        return [
            np.random.default_rng([seed, *map(int, row)]).random() < share
            for row in rows
        ]

    return Accepts(accepts)


def compute(old, new, clf, schema, *more, average=None, **options):
    answered = np.ones(len(old), dtype=bool)
    return necessity(
        old, new, answered, clf, schema, *more,
        favorable_label=1, average=average, **options,
    )  # fmt: skip


def no_part_is_accepted(clf, own, new, features):
    """Try all parts of the changes of a row by a plain loop; NaN if it is denied."""
    if not clf.predict(new.to_frame().T)[0]:
        return np.nan
    changed = [names for names in features if (own[names] != new[names]).any()]
    for chosen in proper_subsets(changed):
        part = own.copy()
        for names in chosen:
            part[names] = new[names]
        if clf.predict(part.to_frame().T)[0]:
            return 0.0
    return 1.0


def expected_of(clf, old, new, features):
    pairs = zip(old.iterrows(), new.iterrows(), strict=True)
    return [
        no_part_is_accepted(clf, own, row, features) for (_, own), (_, row) in pairs
    ]


@given(SEEDS)
def test_it_is_what_a_loop_over_all_parts_finds(seed):
    rng = np.random.default_rng(seed)
    old, new = (pd.DataFrame(rng.integers(0, 3, (8, 5))) for _ in range(2))
    clf = lottery(seed % 1000)
    schema = TableSchema.infer(pd.DataFrame([[0] * 5, [1] * 5, [2] * 5]))
    expected = expected_of(clf, old, new, [[j] for j in range(5)])
    np.testing.assert_array_equal(compute(old, new, clf, schema), expected)


def people(rng, n):
    school = rng.integers(0, 4, n)
    jobs = np.eye(3, dtype=int)[rng.integers(0, 3, n)]
    table = pd.DataFrame({"age": rng.integers(20, 24, n)})
    table[JOBS] = jobs
    return table.assign(
        school=school, years=4 * school + 5, owner=rng.integers(0, 2, n)
    )


def features_of(table):
    schema = TableSchema.infer(table)
    group = ColumnGroup.of_columns(schema, [schema.position(name) for name in JOBS])
    features = group_columns(schema, [group], schema.encode(table))
    source, column = features.position("school"), features.position("years")
    values = (5.0, 9.0, 13.0, 17.0)
    return with_determined(
        features, [LookedUp(column, (source,), (0.0, 1.0, 2.0, 3.0), values)]
    )


@given(SEEDS)
def test_columns_that_belong_together_change_together(seed):
    rng = np.random.default_rng(seed)
    old, new = people(rng, 8), people(rng, 8)
    schema = features_of(people(np.random.default_rng(0), 100))
    drawn = lottery(seed % 1000)

    class Strict(Accepts):
        def predict(self, table):
            assert (table[JOBS].sum(axis=1) == 1).all()
            assert (table["years"] == 4 * table["school"] + 5).all()
            return super().predict(table)

    expected = expected_of(drawn, old, new, FEATURES)
    found = compute(old, new, Strict(drawn.rule), schema)
    np.testing.assert_array_equal(found, expected)


def test_a_group_that_a_link_names_is_one_change():
    table = people(np.random.default_rng(0), 100)[JOBS]
    old, new = table[table["job_cook"] == 1][:1], table[table["job_smith"] == 1][:1]
    clf = Accepts(lambda rows: rows["job_smith"] == 1)
    assert compute(old, new, clf, table) == [0.0]
    assert compute(old, new, clf, table, links=[ExactlyOne(JOBS)]) == [1.0]


def test_an_answer_that_breaks_a_relation_is_not_held_to_it():
    table = people(np.random.default_rng(0), 100)
    old = table[:1].assign(age=20, school=0, years=5)
    new = old.assign(age=21, years=9)
    clf = Accepts(lambda rows: rows["years"] > 5)
    assert compute(old, new, clf, features_of(table)) == [0.0]
    assert compute(old, old.assign(years=9), clf, features_of(table)) == [1.0]


TRAIN = pd.DataFrame(
    {"loan": [0.0, 100.0], "price": [0.0, 200.0], "rest": [0.0, 200.0]}
)
REST = Derived("rest", ["price", "loan"], lambda table: table["price"] - table["loan"])
OLD = pd.DataFrame({"loan": [50.0], "price": [60.0], "rest": [10.0]})


def test_columns_that_a_link_derives_are_computed_again():
    new = OLD.assign(loan=40.0, price=70.0, rest=30.0)
    clf = Accepts(lambda rows: rows["rest"] >= 20)
    seen = []
    watching = Accepts(lambda rows: seen.append(rows) or clf.rule(rows))
    assert compute(OLD, new, watching, TRAIN, links=[REST]) == [0.0]
    rows = pd.concat(seen)
    assert (rows["rest"] == rows["price"] - rows["loan"]).all()
    assert len(rows) == 3
    # The rest that the rules demand is reached by both changes together.
    rules = {"rest": Range(25, 100)}
    assert compute(OLD, new, clf, TRAIN, rules, links=[REST]) == [1.0]


def test_effects_on_the_own_value_are_computed_again():
    def lowered(new, old):
        return old["rest"] + old["loan"] - new["loan"]

    link = Derived("rest", ["loan"], lowered, uses_old=True)
    new = OLD.assign(loan=40.0, price=70.0, rest=20.0)
    seen = []
    clf = Accepts(lambda rows: seen.append(rows) or rows["rest"] >= 20)
    assert compute(OLD, new, clf, TRAIN, links=[link]) == [0.0]
    rows = pd.concat(seen)
    assert (rows["rest"] == 60.0 - rows["loan"]).all()
    clf = Accepts(lambda rows: rows["rest"] + rows["price"] >= 90)
    assert compute(OLD, new, clf, TRAIN, links=[link]) == [1.0]


def test_parts_that_break_links_do_not_count():
    old = OLD[["loan", "price"]]
    new = old.assign(loan=80.0, price=90.0)
    clf = Accepts(lambda rows: rows["loan"] >= 80)
    train, links = TRAIN[["loan", "price"]], [NotAbove("loan", "price")]
    assert compute(old, new, clf, train) == [0.0]
    assert compute(old, new, clf, train, links=links) == [1.0]
    broken = old.assign(loan=80.0, price=70.0)
    assert compute(old, broken, clf, train, links=links) == [0.0]


@pytest.mark.parametrize("more", [[], [NotAbove("a", "d")]])
def test_an_unknown_derived_value_makes_no_row(more):
    # The answer breaks the second link, so this link does not bind its parts.
    table = pd.DataFrame([[0.0] * 4, [1.0] * 4], columns=list("abcd"))
    within = Derived("c", ["a", "b"], lambda t: t["a"].where(t["a"] <= t["b"]))
    old, new = table[:1], table[1:].assign(d=0.0)

    def accepts(rows):
        assert rows.notna().all(axis=None)
        return rows["a"] > 0

    found = compute(old, new, Accepts(accepts), table, links=[within, *more])
    assert found == [1.0]


@pytest.mark.parametrize(("size", "expected"), [(1, 0), (2, 0), (3, 1), (5, 0), (6, 0)])
def test_many_changes_are_tried_one_and_two_at_a_time(size, expected):
    clf = Accepts(lambda rows: np.isin(rows.sum(axis=1), [size, 7]))
    train = np.array([[0.0] * 7, [1.0] * 7])
    assert compute(train[:1], train[1:], clf, train) == [expected]


def test_only_accepted_answers_count():
    old, new = np.zeros((4, 2)), np.array([[1.0, 0], [1, 1], [0, 1], [1, 0]])
    answered = np.array([True, True, True, False])
    clf = Accepts(lambda rows: rows[:, 0] > 0)
    train = [[0.0, 0.0], [1.0, 1.0]]
    given = (old, new, answered, clf, train)
    values = necessity(*given, favorable_label=1, average=None)
    np.testing.assert_array_equal(values, [1, 0, np.nan, np.nan])
    assert necessity(*given, favorable_label=1) == 0.5
    weight = [3, 1, 5, 5]
    assert necessity(*given, favorable_label=1, sample_weight=weight) == 0.75


def test_rows_come_in_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    old, new = (rng.integers(0, 3, (60, 5)) for _ in range(2))
    drawn, sizes = lottery(3, share=0.5), []
    clf = Accepts(lambda rows: sizes.append(len(rows)) or drawn.rule(rows))
    train = [[0] * 5, [1] * 5, [2] * 5]
    at_once = compute(old, new, clf, train)
    monkeypatch.setattr(_validity, "_BLOCK_ROWS", 50)
    sizes.clear()
    np.testing.assert_array_equal(compute(old, new, clf, train), at_once)
    assert len(sizes) > 5
    assert max(sizes[1:]) <= 80


def test_the_scorer_knows_rules_and_links():
    loans = split_loans(150)
    links = [NotAbove("savings", "loan_amount")]
    par = quick(links=links).fit(loans.X, loans.y, loans.clf)
    report = par.recourse(loans.asking)
    denied = report[report.denied]
    own = make_recourse_scorer(necessity)(par, loans.asking)
    assert own == recourse_scorers["necessity"](par, loans.asking)
    expected = necessity(
        denied.factuals,
        denied.counterfactuals,
        denied.answered,
        loans.clf,
        par.schema_,
        links=links,
    )
    assert own == expected
