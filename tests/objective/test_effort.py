import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.objective._effort import Effort, gower
from skpar.table import TableSchema

RNG_SEED = 3
SYMMETRIC = ["percentile", "mad", "range"]
KINDS = [*SYMMETRIC, "log_percentile"]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(RNG_SEED)
    gain = np.where(rng.random(3000) < 0.6, 0.0, rng.lognormal(8, 1, 3000))
    rate = rng.normal(size=3000)
    rate[::7] = np.nan
    return pd.DataFrame(
        {
            "age": rng.integers(18, 90, 3000),
            "gain": gain,
            "rate": rate,
            "grade": pd.Categorical(
                rng.choice(list("abc"), 3000), list("abc"), ordered=True
            ),
            "job": rng.choice(["clerk", "cook", "nurse"], 3000),
            "owner": rng.random(3000) < 0.9,
            "same": np.full(3000, 0.1),
        }
    )


@pytest.fixture(scope="module")
def schema(table):
    return TableSchema.infer(table)


@pytest.fixture(scope="module")
def codes(schema, table):
    return schema.encode(table)


def share_between(people, a, b):
    """Count people between two values, those at the ends half."""
    low, high = min(a, b), max(a, b)
    inside = np.mean((people > low) & (people < high))
    return inside + (np.mean(people == low) + np.mean(people == high)) / 2


def test_effort_is_the_share_of_people_between(schema, codes):
    effort = Effort(schema, codes)
    before, after = codes[:200], codes[200:400]
    got = effort.per_feature(before, after)
    for j, name in enumerate(schema.names[:4]):
        people = codes[~np.isnan(codes[:, j]), j]
        for i in range(len(got)):
            a, b = before[i, j], after[i, j]
            if np.isnan(a) or np.isnan(b) or a == b:
                continue
            tolerance = 1e-12 if name in ("age", "grade") else 2 / 511
            want = share_between(people, a, b)
            assert got[i, j] == pytest.approx(want, abs=tolerance)


def test_values_beside_a_heavy_one_keep_their_share():
    rng = np.random.default_rng(RNG_SEED)
    people = np.where(rng.random(5000) < 0.5, 0.5, rng.random(5000))
    schema = TableSchema.infer(pd.DataFrame({"v": people}))
    effort = Effort(schema, people[:, np.newaxis])
    values = np.unique(people)
    heavy = np.searchsorted(values, 0.5)
    for other in (heavy - 1, heavy + 1):
        got = effort.per_feature(values[[heavy]], values[[other]])[0]
        assert got == pytest.approx(share_between(people, 0.5, values[other]))


@pytest.mark.parametrize("kind", KINDS)
def test_effort_by_kind_of_change(schema, codes, kind):
    effort = Effort(schema, codes, kind)
    factual = np.array([40.0, 0.0, np.nan, 1.0, 0.0, 0.0, 0.1])
    same = effort.per_feature(factual, factual)
    np.testing.assert_array_equal(same, np.zeros(7))
    other = np.array([40.0, 0.0, 0.5, 1.0, 2.0, 1.0, 7.0])
    expected = [0, 0, 1, 0, 1, 1, 0]
    np.testing.assert_array_equal(effort.per_feature(factual, other), expected)
    np.testing.assert_array_equal(effort.per_feature(other, factual), expected)


@pytest.mark.parametrize("kind", SYMMETRIC)
def test_effort_is_a_distance_of_places(schema, codes, kind):
    effort = Effort(schema, codes, kind)
    crowd = codes[:240].reshape(10, 24, 7)
    person = codes[500:510, np.newaxis]
    got = effort.per_feature(crowd, person)
    assert got.shape == crowd.shape
    np.testing.assert_array_equal(
        got[3, 5], effort.per_feature(crowd[3, 5], person[3, 0])
    )
    places = np.abs(effort.transform(crowd) - effort.transform(person))
    numbers = [0, 1, 3, 6]
    np.testing.assert_array_equal(places[..., numbers], got[..., numbers])
    np.testing.assert_array_equal(np.isnan(effort.transform(crowd)), np.isnan(crowd))
    assert (got >= 0).all()
    order = np.argsort(crowd[..., 1], axis=None)
    assert (np.diff(effort.transform(crowd)[..., 1].ravel()[order]) >= 0).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("factor", [1000.0, 1e-3, 2.0**20])
def test_units_change_no_effort(table, schema, codes, kind, factor):
    other = table.assign(gain=table["gain"] * factor, rate=table["rate"] * factor)
    schema2 = TableSchema.infer(other)
    codes2 = schema2.encode(other)
    before = Effort(schema, codes, kind).per_feature(codes[:500], codes[500:1000])
    after = Effort(schema2, codes2, kind).per_feature(codes2[:500], codes2[500:1000])
    np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-12)


PEOPLE = st.lists(st.integers(-8, 8).map(float), min_size=2, max_size=40)


@given(PEOPLE)
def test_log_percentile_compares_the_tails_in_the_direction_of_the_change(people):
    people = np.array(people)
    schema = TableSchema.infer(pd.DataFrame({"v": people + 0.5}))
    effort = Effort(schema, people[:, np.newaxis] + 0.5, "log_percentile")
    n = len(people)
    for a in np.unique(people):
        for b in np.unique(people):
            below = [
                (np.mean(people < v) + np.mean(people == v) / 2).clip(
                    1 / (2 * n), 1 - 1 / (2 * n)
                )
                for v in (a, b)
            ]
            ratio = (1 - below[0]) / (1 - below[1]) if b > a else below[0] / below[1]
            got = effort.per_feature(np.array([a + 0.5]), np.array([b + 0.5]))[0]
            assert np.isfinite(got)
            assert got == pytest.approx(np.log(ratio), abs=1e-12)
            assert (got == 0.0) == (a == b)


@given(PEOPLE, st.lists(st.floats(-9, 9), min_size=3, max_size=3))
def test_log_percentile_adds_up_along_a_path_in_one_direction(people, path):
    people = np.array(people)[:, np.newaxis] + 0.5
    schema = TableSchema.infer(pd.DataFrame({"v": people[:, 0]}))
    effort = Effort(schema, people, "log_percentile")
    for order in (sorted(path), sorted(path)[::-1]):
        a, b, c = np.array(order)[:, np.newaxis]
        whole = effort.per_feature(a, c)
        parts = effort.per_feature(a, b), effort.per_feature(b, c)
        assert min(map(np.min, parts)) >= 0.0
        assert whole >= max(map(np.max, parts))
        np.testing.assert_allclose(whole, sum(parts), atol=1e-12)
        both = effort.per_feature(a, c) + effort.per_feature(c, a)
        places = effort.transform(a) - effort.transform(c)
        np.testing.assert_allclose(both, 2 * np.abs(places), atol=1e-12)


def test_the_way_to_the_extreme_needs_the_most_effort():
    people = np.arange(1.0, 101.0)[:, np.newaxis]
    schema = TableSchema.infer(pd.DataFrame({"v": people[:, 0]}))
    effort = Effort(schema, people, "log_percentile").per_feature
    early, late = effort(people[[39]], people[[48]]), effort(people[[89]], people[[98]])
    assert early == pytest.approx(np.log(60.5 / 51.5))
    assert late == pytest.approx(np.log(10.5 / 1.5))
    # Downwards, the same steps are easy: most people are below.
    assert effort(people[[98]], people[[89]]) == pytest.approx(np.log(98.5 / 89.5))


def test_log_percentile_is_sharp_in_the_tails_of_many_people():
    rng = np.random.default_rng(RNG_SEED)
    people = rng.lognormal(8, 1.5, 50_000)
    schema = TableSchema.infer(pd.DataFrame({"v": people}))
    effort = Effort(schema, people[:, np.newaxis], "log_percentile")
    ranked = np.sort(people)
    at = np.array([100, 25_000, 45_000, 49_900, 49_990, 49_999])
    tails = (50_000 - at - 0.5) / 50_000
    steps = effort.per_feature(ranked[at[:-1], np.newaxis], ranked[at[1:], np.newaxis])
    np.testing.assert_allclose(steps[:, 0], np.log(tails[:-1] / tails[1:]), atol=0.05)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("column", [0, 1, 3])
def test_from_the_middle_half_of_the_effort_is_left(schema, codes, kind, column):
    effort = Effort(schema, codes, kind)
    ends = np.quantile(codes[:, column], [[0.65, 0.7, 0.8], [0.7, 0.99, 0.99]])
    for start, end in (ends, ends[::-1]):
        rows = np.tile(codes[0], (3, 3, 1))
        rows[0, :, column], rows[2, :, column] = start, end
        rows[1, :, column] = effort.between(column, start, end)
        first = effort.per_feature(rows[0], rows[1])[:, column]
        second = effort.per_feature(rows[1], rows[2])[:, column]
        np.testing.assert_allclose(first, second, atol=1e-9)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40, unique=True))
def test_percentile_effort_of_distinct_people(values):
    table = pd.DataFrame({"v": np.array(values, dtype=np.float64)})
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    effort = Effort(schema, codes)
    ranked = np.sort(codes, axis=0)
    got = effort.per_feature(ranked[:-1], ranked[1:])
    np.testing.assert_allclose(got, 1 / len(values), atol=1e-12)
    wide = effort.per_feature(ranked[0] - 1, ranked[-1] + 1)
    np.testing.assert_allclose(wide, 1 - 1 / len(values), atol=1e-12)


@pytest.mark.parametrize(
    ("people", "spread"),
    [
        ([0.0, 1.0, 2.5, 3.0, 9.5], 1.5),
        ([0.0, 0.0, 0.0, 0.0, 0.0, 4.5, 8.0, 8.0], 5.375),
        ([0.0] * 9 + [10.5], 3.15),
    ],
    ids=["median absolute deviation", "interquartile range", "standard deviation"],
)
def test_mad_falls_back(people, spread):
    table = pd.DataFrame({"v": people})
    schema = TableSchema.infer(table)
    effort = Effort(schema, schema.encode(table), "mad")
    got = effort.per_feature(np.array([1.0]), np.array([-2.0]))
    assert got[0] == pytest.approx(3 / spread, rel=1e-12)


def test_effort_in_ranges_is_gower_distance_summed(schema, codes):
    effort = Effort(schema, codes, "range")
    before, after = codes[:300], codes[300:600]
    got = effort.per_feature(before, after).sum(axis=1)
    np.testing.assert_allclose(got, 7 * gower(schema, before, after), rtol=1e-12)
    beyond = np.nanmax(codes, axis=0) + 2 * np.ptp(codes[:, 0])
    far = effort.per_feature(np.nanmin(codes, axis=0), beyond)
    assert far[0] == pytest.approx(3.0)


def test_unknown_kind_is_refused(schema, codes):
    with pytest.raises(ValueError, match="'median'"):
        Effort(schema, codes, "median")


def test_gower(schema, codes):
    low = np.array([c.low for c in schema.columns])
    high = np.array([c.high for c in schema.columns])
    assert gower(schema, low, low) == 0
    assert gower(schema, low, high) == pytest.approx(6 / 7)
    assert gower(schema, low, high + [0, 1e9, 9, 0, 0, 0, 0]) == pytest.approx(6 / 7)
    half = low.copy()
    half[0] = (low[0] + high[0]) / 2
    assert gower(schema, low, half) == pytest.approx(0.5 / 7)
    hole = low.copy()
    hole[2] = np.nan
    assert gower(schema, hole, low) == gower(schema, low, hole) == pytest.approx(1 / 7)
    assert gower(schema, hole, hole) == 0
    crowd = codes[:240].reshape(10, 24, 7)
    got = gower(schema, crowd, codes[:10, np.newaxis])
    assert got.shape == (10, 24) and ((got >= 0) & (got <= 1)).all()


@given(st.integers(0, 1000))
def test_weights_multiply_the_effort_of_their_feature(seed):
    rng = np.random.RandomState(seed)
    table = pd.DataFrame({"age": rng.randint(0, 9, 20), "job": list("ab") * 10})
    schema = TableSchema.infer(table)
    codes, weights = schema.encode(table), np.array([2.5, 0.0])
    for kind in KINDS:
        plain = Effort(schema, codes, kind)
        weighed = Effort(schema, codes, kind, weights)
        np.testing.assert_allclose(
            weighed.per_feature(codes[:10], codes[10:]),
            plain.per_feature(codes[:10], codes[10:]) * weights,
        )
        np.testing.assert_array_equal(weighed.transform(codes), plain.transform(codes))


@pytest.mark.parametrize("unit", ["percentile", "log_percentile", "mad", "range"])
def test_effort_is_linear_between_its_knots(unit):
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.gamma(2.0, size=200)})
    schema = TableSchema.infer(table)
    effort = Effort(schema, schema.encode(table), unit, max_knots=30)
    own = np.array([[float(table["x"].median())]])
    knots = np.unique([*effort.knots(0), *own[0], 0.0, 20.0])
    at_knots = effort.per_feature(own, knots[:, np.newaxis])[:, 0]
    values = rng.uniform(0.0, 20.0, 300)
    found = effort.per_feature(own, values[:, np.newaxis])[:, 0]
    np.testing.assert_allclose(found, np.interp(values, knots, at_knots), atol=1e-12)
