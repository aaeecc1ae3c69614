"""Estimators are stored by skops, which loads only types that somebody trusts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import skops.io

from skpar import LevelPrices, Price, TableSchema

from ._loans import RULES, quick, split_loans

TABLE = pd.DataFrame(
    {
        "category": pd.Categorical(list("abca"), categories=list("abcd"), ordered=True),
        "flags": pd.Categorical([True, False, None, True]),
        "numbers": pd.Categorical([2, 1, 2, 3]),
        "text": ["x", None, "y", "x"],
        "arrow": pd.array(["x", None, "y", "x"], dtype="string[pyarrow]"),
        "python": pd.array(["x", None, "y", "x"], dtype="string[python]"),
        "whole": pd.array([1, 2, None, 3], dtype="Int16"),
        "half": pd.array([0.5, 1.0, None, 2.0], dtype="Float32"),
        "yes": pd.array([True, None, False, True], dtype="boolean"),
        "plain": np.array([1, 2, 3, 4], dtype=np.uint8),
        "objects": np.array(["x", None, "y", "x"], dtype=object),
    }
)


def stored(something):
    """What skops writes and reads again, and the types that it asks about."""
    data = skops.io.dumps(something)
    types = skops.io.get_untrusted_types(data=data)
    return skops.io.loads(data, trusted=types), types


def test_a_schema_of_any_dtypes_is_restored():
    schema = TableSchema.infer(TABLE)
    codes = schema.encode(TABLE)
    before = schema.decode(codes)  # some properties are kept from now on
    again, types = stored(schema)
    assert all(name.startswith(("skpar.", "numpy.")) for name in types)
    assert again.columns == schema.columns
    pd.testing.assert_frame_equal(again.decode(codes), before)
    pd.testing.assert_frame_equal(before, TABLE)
    for one, other in zip(again.columns, schema.columns, strict=True):
        assert one.missing_value is other.missing_value or np.isnan(one.missing_value)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["frame", "array", "groups", "prices", "refits"])
def test_a_loaded_estimator_gives_the_same_answers(kind):
    loans = split_loans(120)
    X, y, asking = loans.X, loans.y, loans.asking[:30]
    par = quick(actionability=RULES)
    if kind == "array":
        X, par = X.select_dtypes("number").to_numpy(), quick()
        asking = asking.select_dtypes("number").to_numpy()
    elif kind == "groups":
        X, asking = (pd.get_dummies(table, columns=["job"]) for table in (X, asking))
        asking = asking.reindex(columns=X.columns, fill_value=False)
        par = quick()
    elif kind == "prices":
        rules = {**dict.fromkeys(X, "immutable"), "savings": ["increasing", Price(2.0)]}
        rules["job"] = LevelPrices({("manual", "office"): 5.0}, default=9.0)
        par = quick(actionability=rules, effort="price")
    elif kind == "refits":
        par = quick(min_robustness=0.5, n_refits=2)
    par.set_params(favorable_label=1).fit(X, y)
    again, types = stored(par)
    assert all(name.startswith(("skpar.", "numpy.")) for name in types)
    before, after = par.recourse(asking), again.recourse(asking)
    assert before.denied.any()
    pd.testing.assert_frame_equal(before.to_frame(), after.to_frame())
    if kind == "array":
        np.testing.assert_array_equal(before.counterfactuals, after.counterfactuals)
    else:
        pd.testing.assert_frame_equal(before.counterfactuals, after.counterfactuals)
