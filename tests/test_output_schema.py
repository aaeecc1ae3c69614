"""The schema of an output is the output without its rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from ._loans import quick, split_loans, unchanged


def assert_describes(schema, output):
    """Check the columns and dtypes, and that rows can be added to the schema."""
    assert len(schema) == 0
    pd.testing.assert_frame_equal(schema, output[:0], check_index_type=False)
    assert list(schema.dtypes) == list(output.dtypes)
    joined = pd.concat([schema, output])
    pd.testing.assert_frame_equal(joined, output, check_index_type=False)


@pytest.fixture(scope="module")
def loans():
    loans = split_loans(120)
    for table in (loans.X, loans.asking):
        table["job"] = table["job"].astype("category")
        table["months"] = table["loan_months"].astype("Int64")
        table.loc[table.index[::7], ["months", "savings"]] = None
        for level in ("own", "rent"):
            table[level] = table["housing"] == level
    return loans


@pytest.fixture(scope="module")
def par(loans):
    return quick(favorable_label=1).fit(loans.X, loans.y)


def test_both_outputs_have_their_schema(par, loans):
    people = loans.asking[:15].copy()
    X_cf = par.transform(people)
    assert not unchanged(X_cf, people).all() and X_cf.isna().any(axis=None)
    assert_describes(par.output_schema("transform"), X_cf)
    is_fourth = people.index == people.index[3]
    people["housing"] = people["housing"].mask(is_fourth, "castle")
    report = par.recourse(people)
    assert {"accepted", "found", "unreadable"} <= set(report.status)
    assert_describes(par.output_schema("recourse"), report.to_frame())
    # People of one status, without any reason.
    accepted = people[report.status == "accepted"][:2]
    assert_describes(par.output_schema("recourse"), par.recourse(accepted).to_frame())


def test_an_estimator_of_arrays_names_its_columns(loans):
    X = loans.X[["age", "monthly_income", "debt_share"]].to_numpy(np.float32)
    par = quick(favorable_label=1, max_iter=1, min_robustness=0.5, n_refits=2)
    par.fit(X, loans.y)
    output = par.set_output(transform="pandas").transform(X[:5])
    assert_describes(par.output_schema("transform"), output)
    report = par.recourse(X[:5])
    assert "robustness" in report.to_frame()
    assert_describes(par.output_schema("recourse"), report.to_frame())


def test_another_method_is_refused(par):
    with pytest.raises(ValueError, match="method must be 'transform' or 'recourse'"):
        par.output_schema("fit")


def test_the_schema_is_of_the_library_that_set_output_chose(loans):
    par = quick(favorable_label=1, max_iter=1).fit(loans.X, loans.y)
    par.set_output(transform="polars")
    answers = par.transform(loans.asking[:5])
    assert type(par.output_schema()) is type(answers)
    assert par.output_schema().schema == answers.schema


def test_an_estimator_of_polars_has_a_schema_of_polars(loans):
    X, asking = pl.from_pandas(loans.X), pl.from_pandas(loans.asking[:5])
    par = quick(favorable_label=1, max_iter=1).fit(X, loans.y)
    assert par.output_schema().equals(par.transform(asking).clear())
    recourse = par.recourse(asking).to_frame()
    assert (par.output_schema("recourse").dtypes == recourse.dtypes).all()
    par.set_output(transform="pandas")
    schema = par.output_schema()
    assert isinstance(schema, pd.DataFrame)
    assert list(schema.columns) == list(par.transform(asking).columns)
