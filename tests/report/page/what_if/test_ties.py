import numpy as np
import pandas as pd
import pytest

from skpar import Derived, Determines, Falls, If, Linear, MaxChanged, NotAbove, Rises
from skpar.actionability import Actionability
from skpar.relations import (
    ExtremeFormula,
    LinearFormula,
    LookedUp,
    ProductFormula,
    with_determined,
)
from skpar.report import Phrases
from skpar.report.page.what_if._ties import (
    locked_features,
    plain_constraints,
    plain_following,
)
from skpar.report.page.what_if._words import Words
from skpar.table import TableSchema

from ._controls import Case, double, run, table, with_function
from ._node import needs_node


@pytest.fixture(scope="module")
def case():
    return Case.of_table(table())


def test_a_function_locks_its_column_and_all_sources():
    case = with_function()
    names = case.schema.names
    assert {names[j] for j in locked_features(case.able)} == {"may", "twice"}


def test_nothing_is_locked_without_functions(case):
    assert locked_features(case.able) == set()
    columns = [one["column"] for one in plain_following(case.able)]
    assert sorted(columns) == sorted(case.able.derived)


def test_what_follows_from_locked_columns_is_locked():
    X = table()[["may", "june", "age"]]
    X["twice"] = 2.0 * X["may"]
    X["level"] = X["may"] // 10
    links = [Derived("twice", ["may"], double), Determines("may", "level")]
    case = Case.of_table(X, {}, links)
    names = case.schema.names
    locked = {names[j] for j in locked_features(case.able)}
    assert locked == {"may", "twice", "level"}
    assert plain_following(case.able) == []


def test_links_are_said_in_words():
    X = table()[["age", "loan", "income", "rest", "grade"]]
    links = [
        If(Rises("grade"), Rises("age", by=2)),
        If(Falls("loan"), Falls("rest")),
        NotAbove("rest", "loan"),
        Linear({"loan": 1, "income": -4}, high=2000),
        Linear({"loan": 1, "rest": 1}, low=0, high=90000),
        Linear({"income": 1, "rest": 1}, low=0),
        MaxChanged(3),
        MaxChanged(1, of=["loan", "rest"]),
    ]
    case = Case.of_table(X, {}, links)
    words = Words(Phrases())
    given = plain_constraints(case.able, case.person(0), case.writer, words)
    times = "\N{MULTIPLICATION SIGN}"
    assert sorted(one["text"] for one in given) == sorted(
        [
            "If grade rises, it must also be true that age rises by at least 2.",
            "If loan falls, it must also be true that rest falls.",
            "rest must not be above loan.",
            f"1 {times} loan \N{MINUS SIGN} 4 {times} income must be at most 2000.",
            f"1 {times} loan + 1 {times} rest must be between 0 and 90000.",
            f"1 {times} income + 1 {times} rest must be at least 0.",
            "At most 3 features may change.",
            "At most 1 of these may change: loan, rest.",
        ]
    )


def relations():
    """One relation of each kind, with what they are computed from."""
    single = {"column": 5, "sources": (0, 1)}
    return [
        LinearFormula(2, (0, 1), coefficients=(0.3, 0.7), intercept=-1.5),
        ProductFormula(3, (0, 1), factor=1.1),
        ProductFormula(4, (0, 1), step=0.05, half_up=True, is_ratio=True),
        LinearFormula(**single, coefficients=(1.0, -1.0)),
        ExtremeFormula(6, (0, 1, 2)),
        ExtremeFormula(7, (0, 1), step=2.0, is_max=False),
        LookedUp(9, (8,), known=(0.0, 1.0, 2.0, 4.0), values=(1.0, 0.0, 0.0, 0.0)),
        LookedUp(
            10, (0,), known=(5.0, 40.0, 70.0), values=(2.0, 2.0, 1.0), is_ordered=True
        ),
    ]


@needs_node
def test_following_columns_are_computed_to_the_last_bit():
    rng = np.random.default_rng(0)
    a, b = np.round(rng.uniform(1, 90, 300), 2), np.round(rng.uniform(0, 9, 300), 1)
    X = pd.DataFrame({"a": a, "b": b, "sum": a, "product": a, "ratio": a})
    X["single"] = (a - b).astype(np.float32)
    X["most"], X["least"] = a, np.rint(a).astype(int)
    X["code"] = rng.choice(list("vwxyz"), 300)
    X["name"], X["rank"] = rng.choice(["p", "q"], 300), np.rint(b).astype(int)
    schema = with_determined(TableSchema.infer(X), relations())
    able = Actionability(schema)
    case = Case(able, schema.encode(X))
    kinds = {one["kind"] for one in plain_following(able)}
    assert kinds == {"sum", "product", "ratio", "largest", "smallest", "table"}
    person = case.person(0)
    rows = np.repeat(person.codes, 300, axis=0)
    for j in (0, 1, 8):
        other = rng.permutation(case.codes[:, j])
        rows[:, j] = np.where(rng.uniform(size=300) < 0.7, other, rows[:, j])
    rows[:3, 1], rows[3, 0], rows[4, 0] = [0.0, np.nan, 0.0], np.nan, 30.0
    expected = rows.copy()
    able.link_set.compute_derived(person.codes, expected)
    done = case.encode([one.row for one in run(case.payload(person), case.plain(rows))])
    np.testing.assert_array_equal(done, expected)
    assert np.isnan(expected).any(axis=0).sum() >= 4
