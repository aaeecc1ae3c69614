import re

import numpy as np
import pandas as pd
import pytest

from skpar import Derived, LevelPrices, Levels, Price, RareLevels, Transitions, Weight
from skpar.actionability import Actionability
from skpar.actionability._money import check_prices
from skpar.table import TableSchema

TABLE = pd.DataFrame(
    {
        "income": [1000.0, 2000.5, 1500.0],
        "home": ["own", "family", "rent"],
        "taxes": [100.0, 200.0, 150.5],
    }
)
PRICED = {
    "income": ["increasing", Price(2)],
    "home": LevelPrices({}, default=5),
    "taxes": "immutable",
}
TAXES = Derived("taxes", ["income"], lambda table: table["income"] / 10)


def check(rules, effort="price", links=None):
    able = Actionability(TableSchema.infer(TABLE), rules, links)
    check_prices(able.schema, able.rules, able.derived, effort)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"taxes": Price(1, 0)},
        {"taxes": ["immutable", Price(1)]},
        {"home": "immutable"},
        {"home": [LevelPrices({("rent", "own"): 3}), Transitions({"rent": ["own"]})]},
        {
            "home": [
                LevelPrices({("rent", "own"): 3, ("family", "own"): 2}),
                Levels(["own"]),
            ]
        },
    ],
)
def test_priced_tables_are_taken(more):
    check({**PRICED, **more})


def test_other_units_take_prices_of_levels():
    for rule in (LevelPrices({("rent", "own"): 3}), RareLevels()):
        check({"home": rule, "income": Weight(2)}, "log_percentile")


def test_derived_columns_need_no_price():
    rules = {name: rule for name, rule in PRICED.items() if name != "taxes"}
    check(rules, links=[TAXES])
    with pytest.raises(ValueError, match="'taxes': its value follows from other"):
        check({**rules, "taxes": Price(1)}, links=[TAXES])


REFUSED = {
    "unpriced": (
        {"income": "increasing"},
        "effort='price' needs a price of every column that can change, but 'income'",
    ),
    "weight": ({"home": [PRICED["home"], Weight(2)]}, "'home': Weight(2) is no amount"),
    "rare": ({"home": RareLevels()}, "'home': RareLevels() is no amount of money"),
    "a pair": (
        {"home": LevelPrices({("rent", "own"): 3})},
        "'home': LevelPrices has no price from 'family' to 'own'",
    ),
}


@pytest.mark.parametrize(("more", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_in_money(more, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        check({**PRICED, **more})


def test_all_columns_without_a_price_are_named():
    with pytest.raises(ValueError, match="but 'income', 'taxes' has none"):
        check({"home": PRICED["home"]})


def test_a_price_needs_its_unit():
    with pytest.raises(ValueError, match="'income': Price needs effort='price'"):
        check(PRICED, "percentile")


def test_a_level_without_training_rows_needs_no_price():
    table = TABLE.assign(
        home=pd.Categorical(TABLE["home"], ["family", "own", "rent", "tent"])
    )
    able = Actionability(
        TableSchema.infer(table),
        {
            **PRICED,
            "home": LevelPrices(
                {
                    (old, new): 1
                    for old in TABLE["home"]
                    for new in TABLE["home"]
                    if old != new
                }
            ),
        },
    )
    check_prices(able.schema, able.rules, able.derived, "price")
    assert np.array(able.schema.columns[1].seen).tolist() == [True, True, True, False]
