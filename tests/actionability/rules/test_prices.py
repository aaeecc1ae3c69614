import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from skpar import LevelPrices, PARRecourse, Price, RareLevels, TableSchema, Weight
from skpar.actionability import Actionability
from skpar.actionability.rules import price_of, price_table

TABLE = pd.DataFrame(
    {
        "income": [1000.0, 2000.5, 1500.0],
        "home": ["own", None, "rent"],
        "owner": [True, False, True],
    }
)
SCHEMA = TableSchema.infer(TABLE)
HOME, OWNER = SCHEMA.columns[1:]


def by_letter(old, new):
    return 7 if old is None else len(old) * 10 + len(new)


def test_repr_shows_what_was_given():
    assert repr(Price(np.float64(2))) == "Price(up=2.0)"
    assert repr(Price(1, 0, fill=3)) == "Price(up=1, down=0, fill=3)"
    prices = LevelPrices({("rent", "own"): np.float64(3), ("b", "a"): 1}, default=2)
    assert (
        repr(prices) == "LevelPrices({('b', 'a'): 1, ('rent', 'own'): 3.0}, default=2)"
    )
    assert repr(RareLevels()) == "RareLevels()"


def test_rules_are_values():
    one = LevelPrices({("rent", "own"): 3, (np.nan, "own"): 1})
    same = LevelPrices({(None, "own"): 1, ("rent", "own"): 3})
    assert one == same and hash(one) == hash(same)
    assert one != LevelPrices({("rent", "own"): 3})
    for rule in (one, LevelPrices(by_letter), Price(1), RareLevels()):
        assert pickle.loads(pickle.dumps(rule)) == rule
        par = clone(PARRecourse(actionability={"a": [rule]}))
        assert par.actionability == {"a": [rule]}


def test_the_table_of_prices():
    nan = np.nan
    rule = LevelPrices({("rent", "own"): 3, (None, "own"): 1})
    expected = [[0, nan], [3, 0], [1, nan]]
    np.testing.assert_array_equal(price_table(HOME, rule), expected)
    filled = LevelPrices({("rent", "own"): 3, (None, "own"): 1}, default=0.5)
    np.testing.assert_array_equal(
        price_table(HOME, filled), [[0, 0.5], [3, 0], [1, 0.5]]
    )


def test_a_function_gets_all_pairs_and_none_if_cells_are_missing():
    got = price_table(HOME, LevelPrices(by_letter))
    np.testing.assert_array_equal(got, [[0, 34], [43, 0], [7, 7]])
    pairs = []
    price_table(OWNER, LevelPrices(lambda old, new: pairs.append((old, new)) or 1))
    assert pairs == [(False, True), (True, False)]


def test_price_of_finds_the_price():
    assert price_of(("increasing", Price(2))) == Price(2)
    assert price_of((Weight(2),)) is None


@pytest.mark.parametrize("rule", [Price(1), LevelPrices({}), RareLevels()])
def test_a_price_restricts_nothing(rule):
    name = "income" if isinstance(rule, Price) else "home"
    priced = Actionability(SCHEMA, {name: rule}).rules
    plain = Actionability(SCHEMA).rules
    position = SCHEMA.position(name)
    own, proposal = SCHEMA.encode(TABLE)[:, position], np.array([0.0, 1.0, 0.0])
    np.testing.assert_array_equal(
        priced[position].nearest(own, proposal), plain[position].nearest(own, proposal)
    )
    assert not list(Actionability(SCHEMA, {name: rule}).relaxations())
    fixed = Actionability(SCHEMA, {name: ["immutable", rule]})
    assert [dropped for dropped, _ in fixed.relaxations()] == [f"{name}: 'immutable'"]
    assert fixed.prices[position] == rule


REFUSED = {
    "unknown old level": (
        {"home": LevelPrices({("hut", "own"): 1})},
        "column 'home'.*no level 'hut'; known levels are",
    ),
    "unknown new level": (
        {"home": LevelPrices({("own", "hut"): 1})},
        "column 'home'.*no level 'hut'",
    ),
    "missing as new level": (
        {"home": LevelPrices({("own", None): 1})},
        "column 'home'.*no level None",
    ),
    "same level": (
        {"home": LevelPrices({("own", "own"): 0})},
        "column 'home'.*keeping the level 'own' is free; remove the pair",
    ),
    "negative": (
        {"home": LevelPrices({("own", "rent"): -1})},
        "column 'home'.*price from 'own' to 'rent' must be finite and not negative",
    ),
    "of a function": (
        {"home": LevelPrices(lambda old, new: np.inf)},
        "column 'home'.*price from 'own' to 'rent' must be finite",
    ),
    "no number": (
        {"home": LevelPrices({("own", "rent"): "much"})},
        "column 'home'.*price from 'own' to 'rent' must be a number, got 'much'",
    ),
    "default": (
        {"home": LevelPrices({}, default=-2)},
        "column 'home'.*default must be finite and not negative, got -2",
    ),
    "levels of numbers": (
        {"income": LevelPrices({})},
        "column 'income'.*LevelPrices is for columns with levels",
    ),
    "rare numbers": (
        {"income": RareLevels()},
        "column 'income'.*RareLevels is for columns with levels",
    ),
    "price of levels": (
        {"home": Price(1)},
        "column 'home'.*Price is for numbers.*use LevelPrices",
    ),
    "two prices": (
        {"home": [RareLevels(), LevelPrices({})]},
        "column 'home'.*only one rule of a column may set prices",
    ),
    "up is missing": ({"income": Price(None)}, "column 'income'.*up must be a number"),
    "infinite down": (
        {"income": Price(1, np.inf)},
        "column 'income'.*down must be finite and not negative",
    ),
    "negative fill": ({"income": Price(1, fill=-1)}, "column 'income'.*fill must be"),
}


@pytest.mark.parametrize(("rules", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(rules, message):
    with pytest.raises(ValueError, match=message):
        Actionability(SCHEMA, rules)


@pytest.mark.parametrize(
    ("prices", "message"),
    [
        ([("own", "rent")], "takes a dict of"),
        ({"own": 3.0}, r"takes a pair \(old, new\).*'own'"),
        ({("own", "rent", "own"): 3.0}, "takes a pair"),
    ],
)
def test_malformed_tables_are_refused_at_once(prices, message):
    with pytest.raises(TypeError, match=message):
        LevelPrices(prices)
