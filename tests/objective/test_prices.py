import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar import LevelPrices, Price, RareLevels, TableSchema
from skpar.objective import Effort

LEVELS = ["family", "own", "rent"]
TABLE = pd.DataFrame(
    {
        "income": [1000.0, 2000.0, np.nan, 5000.0, 3000.0, 3000.0, 2500.0, 1000.0],
        "housing": ["own", "rent", "rent", "rent", "rent", "family", None, "own"],
        "school": pd.Categorical(list("abcabcab"), list("abc"), ordered=True),
        "owner": [True, False] * 4,
    }
)
SCHEMA = TableSchema.infer(TABLE)
CODES = SCHEMA.encode(TABLE)
AMOUNT = st.floats(0, 1e6)


def effort_of(prices, unit="price", weights=None):
    rules = [prices.get(name) for name in SCHEMA.names]
    return Effort(SCHEMA, CODES, unit, weights, prices=rules)


@given(AMOUNT, AMOUNT, AMOUNT, st.floats(0, 9e3), st.floats(0, 9e3))
def test_a_number_costs_its_price_per_unit(up, down, fill, before, after):
    effort = effort_of({"income": Price(up, down, fill)})
    old, new = CODES[:2].copy(), CODES[:2].copy()
    old[:, 0], new[:, 0] = [before, np.nan], after
    change = after - before
    price = up * change if change > 0 else down * -change
    got = effort.per_feature(old, new)
    np.testing.assert_allclose(got, [[price, 0, 0, 0], [fill, 0, 0, 0]], rtol=1e-12)
    assert (effort.per_feature(old, old) == 0).all()


def test_one_price_is_for_both_directions_and_a_filled_cell_costs_the_widest():
    effort = effort_of({"income": Price(3)})
    old = np.array([[1000.0], [5000.0], [np.nan]]) + np.zeros((1, 4))
    new = np.array([[1010.0], [4000.0], [2000.0]]) + np.zeros((1, 4))
    assert effort.per_feature(old, new)[:, 0].tolist() == [30, 3000, 3 * 4000]


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([None, *LEVELS]), st.sampled_from(LEVELS)).filter(
            lambda pair: pair[0] != pair[1]
        ),
        AMOUNT,
    ),
    st.none() | AMOUNT,
    st.sampled_from(["price", "percentile", "log_percentile"]),
)
def test_levels_cost_what_the_table_says(prices, default, unit):
    effort = effort_of({"housing": LevelPrices(prices, default)}, unit)
    looked_up = effort_of(
        {"housing": LevelPrices(lambda old, new: prices.get((old, new), 7.0))}, unit
    )
    usual = max(prices.values(), default=0.0) if unit == "price" else 1.0
    usual = usual if default is None else default
    rows = np.tile(CODES[0], (2, 1, 1))
    for place, old in enumerate([*LEVELS, None]):
        for code, new in enumerate(LEVELS):
            rows[0, 0, 1] = np.nan if old is None else place
            rows[1, 0, 1] = code
            got = effort.per_feature(*rows)[0, 1]
            assert got == (0.0 if old == new else prices.get((old, new), usual))
            got = looked_up.per_feature(*rows)[0, 1]
            assert got == (0.0 if old == new else prices.get((old, new), 7.0))


def test_rare_levels_need_more_effort():
    effort = effort_of({"housing": RareLevels()}, "percentile")
    old, new = np.tile(CODES[0], (4, 1)), np.tile(CODES[0], (4, 1))
    old[:, 1], new[:, 1] = [0, 1, 1, np.nan], [2, 0, 1, 1]
    # Of seven known homes, four are rented, two owned, and one is the family's.
    want = [1.0, 1.0 + np.log(4), 0.0, 1.0 + np.log(2)]
    np.testing.assert_allclose(effort.per_feature(old, new)[:, 1], want)


def test_prices_of_ordered_levels_replace_the_unit():
    prices = {("a", "b"): 5.0, ("a", "c"): 2.0}
    effort = effort_of({"school": LevelPrices(prices)}, "mad")
    old, new = np.tile(CODES[0], (3, 1)), np.tile(CODES[0], (3, 1))
    old[:, 2], new[:, 2] = [0, 0, 1], [1, 2, 0]
    assert effort.per_feature(old, new)[:, 2].tolist() == [5, 2, 1]
    plain = effort_of({}, "mad")
    np.testing.assert_array_equal(effort.transform(CODES), plain.transform(CODES))
    assert effort.typical == plain.typical


def test_without_a_price_nothing_costs_in_money_and_all_in_other_units():
    prices = {"owner": LevelPrices({}, default=300)}
    old, new = CODES[[0]], CODES[[1]]
    assert effort_of(prices).per_feature(old, new).tolist() == [[0, 0, 0, 300]]
    other = effort_of(prices, "percentile").per_feature(old, new)[0]
    usual = effort_of({}, "percentile").per_feature(old, new)[0]
    assert other.tolist() == [*usual[:3], 300]


def test_a_weight_multiplies_prices():
    rule = {"housing": LevelPrices({}, default=2.0)}
    effort = effort_of(rule, "percentile", np.array([1.0, 3.0, 1.0, 1.0]))
    got = effort.per_feature(CODES[[0]], CODES[[1]])[0, 1]
    assert got == 6.0


@pytest.mark.parametrize("factor", [1.0, 100.0])
def test_the_usual_price_is_the_scale_of_money(factor):
    effort = effort_of({"income": Price(factor), "owner": LevelPrices({}, 3 * factor)})
    far = np.nanmean(np.abs(CODES[:, 0] - np.roll(CODES[:, 0], 4)))
    # Half of the people differ by 4 places from nobody in `owner`: its mean is 0.
    assert effort.scale == effort.typical == pytest.approx(factor * far)
    assert effort_of({"owner": LevelPrices({}, 0.0)}).scale == 1.0
    assert effort_of({}, "log_percentile").scale == 1.0


@pytest.mark.parametrize("codes", [-1.0, 3.0, 7.0])
def test_a_cell_of_a_group_without_a_level_costs_like_a_missing_one(codes):
    effort = effort_of({"housing": LevelPrices({(None, "own"): 4.0}, 9.0)})
    old, new = CODES[[0]].copy(), CODES[[0]]
    old[0, 1] = codes
    assert effort.per_feature(old, new)[0, 1] == 4.0
