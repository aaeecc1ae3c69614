"""Loan applicants: the stated density is that of the drawn rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skpar.datasets import loans_log_density, make_loans
from skpar.datasets._conditionals import Categorical
from skpar.datasets._loans import NETWORK, SHARE_REPAID, _to_cells

N = 4000


@pytest.fixture(scope="module")
def loans():
    return make_loans(N, random_state=0)


@pytest.fixture(scope="module")
def values(loans):
    X, y = loans
    return {"repaid": y} | {node.name: _to_cells(node, X) for node in NETWORK}


def _support(node):
    """Cells that carry a node's mass, and the width that each stands for."""
    distribution = node.distribution
    if isinstance(distribution, Categorical):
        cells, widths = (
            np.arange(len(distribution.names)),
            np.ones(len(distribution.names)),
        )
    elif distribution.steps:
        cells = np.arange(distribution.low, distribution.high + 1.0)
        widths = np.ones(len(cells))
    else:
        ends = distribution.transform.forward(
            np.array([distribution.low, distribution.high], dtype=float)
        )
        edges = distribution.transform.inverse(np.linspace(*ends, 4001))
        edges[[0, -1]] = distribution.low, distribution.high
        cells, widths = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    if node.zero_log_odds is not None:
        cells, widths = np.append(cells, 0.0), np.append(widths, 1.0)
    if node.missing_rate:
        cells, widths = np.append(cells, np.nan), np.append(widths, 1.0)
    return cells, widths


def _given(values, node, rows):
    """Log-density of every cell of the node's support, for each of the rows."""
    cells, widths = _support(node)
    repeated = {name: np.repeat(v[rows], len(cells)) for name, v in values.items()}
    repeated[node.name] = np.tile(cells, len(rows))
    return cells, widths, node.log_prob(repeated).reshape(len(rows), len(cells))


@pytest.mark.parametrize("node", NETWORK, ids=lambda node: node.name)
def test_every_column_sums_or_integrates_to_one(node, values):
    rows = np.arange(20)
    _, widths, log_prob = _given(values, node, rows)
    np.testing.assert_allclose(np.exp(log_prob) @ widths, 1.0, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("node", NETWORK, ids=lambda node: node.name)
def test_drawn_cells_follow_the_stated_density(node, values):
    # Mean rank and mean log-density of the drawn cells against their exact
    # expectations given the columns before: a test of location and of spread.
    n_cells = len(_support(node)[0])
    rows = np.arange(np.clip(1_000_000 // n_cells, 40, 2000))
    cells, widths, log_prob = _given(values, node, rows)
    mass = np.exp(log_prob) * widths
    drawn = values[node.name]
    order = np.sort(cells)
    ranks = np.searchsorted(order, cells) / n_cells
    drawn_ranks = np.searchsorted(order, drawn) / n_cells
    for seen, table in [
        (drawn_ranks, np.broadcast_to(ranks, mass.shape)),
        (node.log_prob(values), np.where(mass > 0, log_prob, 0.0)),
    ]:
        expected = (mass * table).sum(axis=1)
        variance = (mass * table**2).sum(axis=1) - expected**2
        z = (seen[rows] - expected).sum() / np.sqrt(variance.sum())
        assert abs(z) < 4.0


def test_log_density_is_the_sum_over_the_columns(loans, values):
    X, y = loans
    total = sum(node.log_prob(values) for node in NETWORK)
    np.testing.assert_allclose(loans_log_density(X, y), total)
    assert np.all(np.isfinite(total))


def test_posterior_is_calibrated(loans):
    # Bayes' rule on the stated densities must give back the labels' frequencies,
    # which no error in a column's density or in its draws would leave alone.
    X, y = loans
    odds = np.log(SHARE_REPAID / (1 - SHARE_REPAID))
    odds = odds + loans_log_density(X, 1) - loans_log_density(X, 0)
    repaid = 1 / (1 + np.exp(-odds))
    for low in np.arange(0.0, 1.0, 0.1):
        here = (repaid >= low) & (repaid < low + 0.1)
        error = np.sqrt((repaid[here] * (1 - repaid[here])).sum())
        assert abs((y[here] - repaid[here]).sum()) < 4.0 * error


def test_likelihood_ratio_averages_to_one(loans):
    X, y = loans
    denied = X[y == 0]
    ratio = np.exp(loans_log_density(denied, 1) - loans_log_density(denied, 0))
    kept = np.minimum(ratio, 20.0)
    repaid = X[y == 1]
    back = np.exp(loans_log_density(repaid, 0) - loans_log_density(repaid, 1))
    # What the cap at 20 cuts off is counted from the other side, where it is bounded.
    beyond = np.where(back < 1 / 20, 1 - 20 * back, 0.0)
    error = np.sqrt(kept.var() / len(kept) + beyond.var() / len(beyond))
    assert abs(kept.mean() + beyond.mean() - 1.0) < 4.0 * error


def test_classes_overlap_and_a_simple_classifier_learns_them():
    X, y = make_loans(6000, random_state=1)
    columns = make_column_transformer(
        (OneHotEncoder(), make_column_selector(dtype_exclude="number")),
        remainder=make_pipeline(SimpleImputer(), StandardScaler()),
    )
    classifier = make_pipeline(columns, LogisticRegression(max_iter=1000))
    predicted = classifier.fit(X[:3000], y[:3000]).predict(X[3000:])
    assert 0.75 < (predicted == y[3000:]).mean() < 0.85
    assert 0.35 < (predicted == 0).mean() < 0.45


def test_share_of_the_labels(loans):
    error = np.sqrt(SHARE_REPAID * (1 - SHARE_REPAID) / N)
    assert abs(loans[1].mean() - SHARE_REPAID) < 4.0 * error


def test_columns_and_dtypes(loans):
    X, y = loans
    assert X.shape == (N, 14)
    assert y.dtype == np.int64 and set(y) == {0, 1}
    whole = {"age", "years_in_job", "monthly_income", "missed_payments"}
    assert set(X.select_dtypes("int64")) == whole | {"loan_amount", "loan_months"}
    assert set(X.select_dtypes("float64")) == {"savings", "debt_share", "card_usage"}
    assert X["education"].cat.ordered
    assert X["has_guarantor"].dtype == bool
    for name in ["job", "housing", "purpose"]:
        assert pd.api.types.is_string_dtype(X[name])
    assert set(X.columns[X.isna().any()]) == {"card_usage"}
    assert 0.3 < (X["savings"] == 0).mean() < 0.6
    assert 0.5 < (X["loan_amount"] % 500 == 0).mean() < 0.9


def test_same_seed_same_table_and_the_global_state_is_left_alone():
    before = np.random.get_state()[1].copy()
    X, y = make_loans(50, random_state=7)
    again, y_again = make_loans(50, random_state=np.random.RandomState(7))
    other, _ = make_loans(50, random_state=8)
    pd.testing.assert_frame_equal(X, again)
    np.testing.assert_array_equal(y, y_again)
    assert not X.equals(other)
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_one_row_and_no_row():
    X, y = make_loans(1, random_state=0)
    assert X.shape == (1, 14) and y.shape == (1,)
    with pytest.raises(ValueError, match="n_samples must be at least 1, got 0"):
        make_loans(0)


def test_log_density_takes_rows_from_elsewhere(loans):
    X, y = loans
    found = loans_log_density(X, y)
    shuffled = X.sample(frac=1, random_state=0)[X.columns[::-1]]
    np.testing.assert_allclose(
        loans_log_density(shuffled, y[shuffled.index]), found[shuffled.index]
    )
    as_objects = X.astype({"education": object, "job": object, "age": "Int64"})
    np.testing.assert_allclose(loans_log_density(as_objects, y), found)
    np.testing.assert_allclose(
        loans_log_density(X[:5], 1), loans_log_density(X[:5], np.ones(5, dtype=int))
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("age", 17),
        ("savings", 5.0),
        ("debt_share", 0.0),
        ("missed_payments", 1.5),
        ("monthly_income", -1),
        ("monthly_income", np.nan),
    ],
)
def test_impossible_cells_have_no_density(loans, name, value):
    X = loans[0].iloc[[0]].assign(**{name: value})
    assert loans_log_density(X, 1)[0] == -np.inf


def test_errors_name_the_column_and_the_value(loans):
    X = loans[0][:3].rename(index={1: "Ada"})
    with pytest.raises(ValueError, match="no column 'job'"):
        loans_log_density(X.drop(columns="job"), 1)
    odd = X.assign(purpose=["car", "yacht", "car"])
    with pytest.raises(ValueError, match="'purpose' has .* 'yacht' in row 'Ada'"):
        loans_log_density(odd, 1)
    with pytest.raises(ValueError, match="got 2"):
        loans_log_density(X, [0, 1, 2])
