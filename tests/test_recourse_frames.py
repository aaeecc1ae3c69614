"""Recourse of people in frames of polars and pyarrow is that of pandas."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skpar import Derived, PARRecourse, check_table, metrics, verify
from skpar.table import kind_of, to_kind

from ._frames import DTYPES, KINDS, as_polars, cells_of, frames, people

PEOPLE = people()
FRAMES = frames(PEOPLE)
LABELS = [
    int(a / 1000 - (b or 0) / 900 > 2.0)
    for a, b in zip(PEOPLE["income"], PEOPLE["debt"], strict=True)
]
ASKING = slice(0, 50)
SMALL = {"max_iter": 1, "max_queries": 30, "random_state": 0}
RULES = {"age": "immutable", "children": "immutable", "grade": "increasing"}


def some(kind):
    """The people who ask."""
    frame = FRAMES[kind]
    return frame[ASKING] if kind != "pyarrow" else frame.slice(0, 50)


FITTED_TO = {"polars": "polars", "pyarrow": "pandas"}


class Rule:
    """Accepts by a formula that every kind of frame computes."""

    classes_ = np.array([0, 1])

    def __init__(self):
        self.kinds = set()

    def predict(self, T):
        self.kinds.add(kind_of(T))
        income, debt = (np.asarray(T[name], dtype=float) for name in ("income", "debt"))
        return (income / 1000 - np.nan_to_num(debt) / 900 > 2.0).astype(int)


@pytest.fixture(scope="module")
def fitted():
    """An estimator for each kind of frame, with the default classifier."""
    labels = {"polars": pl.Series(LABELS), "pyarrow": pa.chunked_array([LABELS])}
    return {
        kind: PARRecourse(actionability=RULES, **SMALL).fit(
            frame, labels.get(kind, LABELS)
        )
        for kind, frame in FRAMES.items()
    }


@pytest.fixture(scope="module")
def reports(fitted):
    return {kind: par.recourse(some(kind), n_options=2) for kind, par in fitted.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_those_of_pandas_bit_for_bit(reports, kind):
    one, other = reports["pandas"], reports[kind]
    assert one.answered.sum() > 10
    for a, b in zip(one.options, other.options, strict=True):
        np.testing.assert_array_equal(a.codes_after, b.codes_after)
        np.testing.assert_array_equal(a.contributions, b.contributions)
        pd.testing.assert_frame_equal(a.to_frame().reset_index(drop=True), b.to_frame())
    assert one.actions() == other.actions()
    pd.testing.assert_frame_equal(one.by_group("grade"), other.by_group("grade"))
    assert other.to_json() and other.to_html()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_kind_comes_out_with_its_schema(fitted, reports, kind):
    asking, report = some(kind), reports[kind]
    for table in (
        report.factuals,
        report.counterfactuals,
        fitted[kind].transform(asking),
    ):
        assert kind_of(table) == kind and table.schema == asking.schema
    assert cells_of(report.factuals) == cells_of(asking)
    before, after = cells_of(asking), cells_of(report.counterfactuals)
    kept = report.codes_before == report.codes_after
    kept |= np.isnan(report.codes_before) & np.isnan(report.codes_after)
    for j, name in enumerate(before):
        for row in np.flatnonzero(kept[:, j]):
            assert before[name][row] == after[name][row]
    assert kind_of(report[report.answered].counterfactuals) == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_recourse_is_accepted_by_the_classifier_of_the_user(reports, fitted, kind):
    report, clf = reports[kind], fitted[kind].estimator_
    # What skpar fits to a table of pyarrow gets pandas.
    answers = to_kind(report[report.answered].counterfactuals, FITTED_TO[kind])
    assert (clf.predict(answers) == 1).all()
    every = np.ones(len(answers), dtype=bool)
    assert metrics.validity(answers, answers, every, clf) == 1.0


def metric_inputs(report):
    return report.factuals, report.counterfactuals, report.answered


@pytest.mark.parametrize("kind", KINDS)
def test_records_are_verified(reports, fitted, kind):
    record = reports[kind].to_json()
    assert verify(record, fitted[kind].estimator_).ok


@pytest.mark.parametrize("kind", KINDS)
def test_metrics_are_those_of_pandas(reports, fitted, kind):
    for metric in (metrics.gower_distance, metrics.n_changed, metrics.actionability):
        more, rules = (Rule(),), ()
        if metric is metrics.actionability:
            more, rules = (), (RULES,)
        values = [
            metric(*metric_inputs(reports[k]), *more, fitted[k].schema_, *rules)
            for k in ("pandas", kind)
        ]
        assert values[0] == values[1]


@pytest.mark.parametrize("asking", ["pandas", *KINDS])
@pytest.mark.parametrize("kind", ["pandas", *KINDS])
def test_people_may_come_in_another_kind_than_in_fit(fitted, reports, kind, asking):
    answers = fitted[kind].transform(some(asking))
    assert kind_of(answers) == asking
    codes = fitted[kind].schema_.encode(answers)
    np.testing.assert_array_equal(codes, reports["pandas"].codes_after)


@pytest.mark.parametrize("kind", KINDS)
def test_limits_may_be_frames(fitted, kind):
    n = 50
    columns = {
        "income": [None if i % 2 else 5000.0 for i in range(n)],
        "debt": [100.0] * n,
    }
    frozen = {"job": [i % 3 == 0 for i in range(n)]}
    efforts = [None if i % 4 else 0.5 for i in range(n)]
    make = {
        "pandas": (pd.DataFrame, pd.Series),
        "polars": (pl.DataFrame, pl.Series),
        "pyarrow": (pa.table, pa.chunked_array),
    }
    answers = {}
    for one in ("pandas", kind):
        frame, series = make[one]
        effort = series([efforts]) if one == "pyarrow" else series(efforts)
        answers[one] = fitted[one].recourse(
            some(one), upper=frame(columns), frozen=frame(frozen), max_effort=effort
        )
    np.testing.assert_array_equal(
        answers["pandas"].codes_after, answers[kind].codes_after
    )
    judged = fitted[kind].assess(
        some(kind), answers[kind].counterfactuals, upper=make[kind][0](columns)
    )
    assert judged["recourse"].equals(
        pd.Series(answers[kind].answered, judged.index, name="recourse")
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_may_be_set(fitted, kind):
    par = fitted[kind]
    try:
        for wanted in ("pandas", "polars"):
            par.set_output(transform=wanted)
            table = par.transform(some(kind))
            assert kind_of(table) == wanted
            codes = par.schema_.encode(table)
            par.set_output(transform="default")
            np.testing.assert_array_equal(
                codes, par.schema_.encode(par.transform(some(kind)))
            )
            if wanted == "polars":
                names = [n for n in DTYPES if n != "grade" or kind == "polars"]
                assert [table.schema[n] for n in names] == [DTYPES[n] for n in names]
    finally:
        par.set_output(transform="default")


@pytest.mark.parametrize("kind", ["pandas", *KINDS])
def test_the_classifier_gets_the_kind_of_fit(kind):
    clf = Rule()
    PARRecourse(**SMALL).fit(FRAMES[kind], clf=clf).transform(some(kind))
    assert clf.kinds == {kind}


class OfPandas(Rule):
    def predict(self, T):
        return super().predict(T.loc[:, ["income", "debt"]])


class OfPolars(Rule):
    def predict(self, T):
        return super().predict(T.with_columns(pl.col("debt").fill_null(0.0)))


class OfArrow(Rule):
    def predict(self, T):
        return super().predict(
            pa.table({n: pc.fill_null(T.column(n), 0.0) for n in T.column_names[1:3]})
        )


@pytest.fixture(scope="module")
def expected():
    """Answers to a rule that reads every kind."""
    par = PARRecourse(**SMALL).fit(FRAMES["pandas"], clf=Rule())
    return par.recourse(some("pandas")).codes_after


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("pandas", OfPolars), ("polars", OfPandas), ("polars", OfArrow)],
)
def test_a_classifier_that_needs_another_kind_gets_it(expected, kind, rule):
    par = PARRecourse(**SMALL).fit(FRAMES[kind], clf=rule())
    answers = par.recourse(some(kind))
    assert kind_of(answers.counterfactuals) == kind
    np.testing.assert_array_equal(answers.codes_after, expected)


class Broken(Rule):
    def predict(self, T):
        raise RuntimeError(f"no {kind_of(T)} today")


def test_a_classifier_that_fails_on_all_kinds_is_an_error_of_the_first():
    with pytest.raises(ValueError, match="cannot predict.*no polars today"):
        PARRecourse(**SMALL).fit(FRAMES["polars"], clf=Broken())


@pytest.mark.parametrize("kind", KINDS)
def test_a_pipeline_that_was_trained_on_pandas_is_explained(kind):
    pipeline = make_pipeline(
        make_column_transformer(
            (StandardScaler(), ["age", "income"]),
            (OneHotEncoder(sparse_output=False), ["town", "owner"]),
        ),
        LogisticRegression(),
    ).fit(FRAMES["pandas"], LABELS)
    answers = [
        PARRecourse(**SMALL).fit(FRAMES[one], clf=pipeline).recourse(some(one))
        for one in ("pandas", kind)
    ]
    np.testing.assert_array_equal(answers[0].codes_after, answers[1].codes_after)


def test_functions_of_links_get_the_kind_of_fit():
    kinds = set()

    def rest(T):
        kinds.add(kind_of(T))
        return np.asarray(T["income"]) - 100.0

    frame = FRAMES["polars"].with_columns(rest=pl.col("income") - 100.0)
    links = [Derived("rest", ["income"], rest)]
    par = PARRecourse(links=links, keep_relations=False, **SMALL)
    answers = par.fit(frame, clf=Rule()).transform(frame[ASKING])
    assert kinds == {"polars"}
    assert (answers["rest"] == answers["income"] - 100.0).all()


def test_groups_of_columns_are_kept_in_every_kind():
    columns = {**{n: PEOPLE[n] for n in ("age", "income", "debt")}}
    columns |= {
        f"town_{t}": [int(x == t) for x in PEOPLE["town"]] for t in ("Bern", "Ulm")
    }
    codes = []
    for make in (pd.DataFrame, pl.DataFrame):
        table = make(columns)
        par = PARRecourse(**SMALL).fit(table, clf=Rule())
        assert par.relations_
        cf = par.transform(table)
        assert kind_of(cf) == kind_of(table)
        codes.append(par.schema_.encode(cf))
    np.testing.assert_array_equal(codes[0], codes[1])


def test_a_row_that_cannot_be_read_spares_the_others(fitted):
    rows = [*PEOPLE["job"][:50]]
    rows[3] = "pirate"
    people = as_polars({**{n: c[:50] for n, c in PEOPLE.items()}, "job": rows})
    report = fitted["polars"].recourse(people)
    assert np.flatnonzero(report.unreadable).tolist() == [3]
    assert report.counterfactuals.schema == people.schema
    assert report.counterfactuals["job"][3] == "pirate"
    assert "'pirate' is not a level known" in report.reason[3]


@pytest.mark.parametrize("method", ["fit", "transform", "recourse", "reasons"])
def test_a_lazy_frame_is_refused(fitted, method):
    lazy = FRAMES["polars"].lazy()
    rest = (LABELS,) if method == "fit" else ()
    par = PARRecourse(**SMALL) if method == "fit" else fitted["polars"]
    with pytest.raises(TypeError, match=r"LazyFrame.*\.collect\(\)"):
        getattr(par, method)(lazy, *rest)


def test_lazy_limits_proposals_and_tables_are_refused(fitted, reports):
    par, report, asking = fitted["polars"], reports["polars"], some("polars")
    for call in (
        lambda: par.recourse(asking, upper=asking.lazy()),
        lambda: par.assess(asking, asking.lazy()),
        lambda: check_table(asking.lazy()),
        lambda: metrics.coverage(asking.lazy(), asking, report.answered),
        lambda: par.accepted_density_.score_samples(asking.lazy()),
    ):
        with pytest.raises(TypeError, match=r"LazyFrame.*\.collect\(\)"):
            call()


@pytest.mark.parametrize("kind", KINDS)
def test_a_look_at_a_table_finds_the_same(kind):
    looks = [
        check_table(FRAMES[one], LABELS, actionability=RULES, clf=Rule())
        for one in ("pandas", kind)
    ]
    pd.testing.assert_frame_equal(*looks)


@pytest.mark.parametrize("kind", KINDS)
def test_densities_read_every_kind(fitted, kind):
    values = [
        fitted[one].accepted_density_.score_samples(some(one))
        for one in ("pandas", kind)
    ]
    np.testing.assert_array_equal(*values)


def doubled(table):
    """Double a column in any library."""
    if isinstance(table, pa.Table):
        return pc.multiply(table["a"], 2.0)
    return table["a"] * 2.0


@pytest.mark.parametrize("kind", ["polars", "polars frame", "pyarrow"])
def test_functions_of_derived_columns_may_return_columns_of_their_library(kind):
    rng = np.random.RandomState(0)
    a = rng.normal(size=200)
    frame = pl.DataFrame({"a": a, "b": rng.randint(0, 5, 200), "c": 2.0 * a})
    function = doubled
    if kind == "polars frame":

        def function(table):
            return table.select(pl.col("a") * 2.0)

    given = frame.to_arrow() if kind == "pyarrow" else frame
    par = PARRecourse(links=[Derived("c", ["a"], function)], **SMALL).fit(
        given, (a > 0.5).astype(int)
    )
    new = pl.DataFrame(par.transform(given[:40] if kind != "pyarrow" else given))
    np.testing.assert_array_equal(new["c"], 2.0 * new["a"].to_numpy())
    assert (new["a"] != frame["a"][: len(new)]).any()


def test_flags_with_nulls_may_have_another_dtype_than_in_training():
    rng = np.random.RandomState(0)
    a = rng.normal(size=300)
    flags = [[True, False, None][i % 3] for i in range(300)]
    frame = pl.DataFrame({"a": a, "h": flags})
    par = PARRecourse(**SMALL).fit(frame.to_arrow(), (a > 0.5).astype(int))
    other = frame.to_pandas()[:9].astype({"h": "boolean"})
    same = par.recourse(frame[:9].to_arrow())
    assert par.recourse(other).answered.tolist() == same.answered.tolist()
    par = PARRecourse(**SMALL).fit(frame, (a > 0.5).astype(int))
    alone = par.recourse(pl.DataFrame({"a": [0.1], "h": [None]}))
    assert alone.answered.all()


def test_a_record_batch_is_refused():
    batch = pa.RecordBatch.from_pydict({"a": [1.0, 2.0], "b": [0, 1]})
    with pytest.raises(TypeError, match=r"RecordBatch. Pass pyarrow.Table.from_bat"):
        PARRecourse(**SMALL).fit(batch, [0, 1])
