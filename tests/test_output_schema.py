"""The schema of an output is the output without its rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from skpar.table import column_names, dtypes_of, kind_of, take_rows

from ._frames import KINDS, frames, people
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


@pytest.fixture(scope="module", params=["pandas", *KINDS])
def of_a_library(request):
    """An estimator of one library, people in it, and groups of them to ask for."""
    columns = people(80)
    X = frames(columns)[request.param]
    y = np.array(columns["income"]) + 40 * np.array(columns["age"]) > 4500
    par = quick(max_iter=1, favorable_label=True).fit(X, y)
    X = take_rows(X, slice(0, 15))
    status = np.asarray(par.recourse(X).status)
    assert {"accepted", "found"} <= set(status)
    denied = np.flatnonzero(status != "accepted")
    return par, X, (denied[:1], denied[1:3], denied[:0], np.arange(15))


@pytest.mark.parametrize("library", ["default", "pandas", "polars"])
def test_dtypes_do_not_depend_on_the_rows(of_a_library, library):
    par, X, groups = of_a_library
    answers = par.set_output(transform=library).output_schema()
    assert kind_of(answers) == (kind_of(X) if library == "default" else library)
    assert answers.shape[0] == 0
    for rows in groups:
        X_cf = par.transform(take_rows(X, rows))
        assert kind_of(X_cf) == kind_of(answers)
        assert column_names(X_cf) == column_names(answers)
        assert dtypes_of(X_cf) == dtypes_of(answers)


def test_dtypes_of_a_report_do_not_depend_on_the_rows(of_a_library):
    par, X, groups = of_a_library
    schema = par.output_schema("recourse")
    assert kind_of(schema) == "pandas" and len(schema) == 0
    for rows in groups:
        report = par.recourse(take_rows(X, rows)).to_frame()
        assert report.dtypes.equals(schema.dtypes)
