"""Synthetic loan applicants with a known log-density."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from ._conditionals import (
    IDENTITY,
    LOG,
    LOGIT,
    Categorical,
    Node,
    TruncatedLogistic,
    Values,
)

SHARE_REPAID = 0.55

EDUCATION = Categorical(("primary", "secondary", "bachelor", "master"))
JOB = Categorical(("unemployed", "manual", "office", "self-employed", "manager"))
HOUSING = Categorical(("rent", "own", "family"))
PURPOSE = Categorical(("car", "home", "studies", "business", "other debts"))
GUARANTOR = Categorical((False, True))


def _logits(base: Any, *effects: tuple[Any, Any]) -> np.ndarray:
    """Add effects to base logits; each effect is multiplied by a number per person."""
    total = np.asarray(base, dtype=np.float64)
    for size, effect in effects:
        total = total + np.outer(size, effect)
    return total


def _log_relative_income(v: Values) -> np.ndarray:
    """Log of the income relative to a typical income."""
    return np.log(v["monthly_income"] / 2200.0)


JOB_GIVEN_EDUCATION = np.array(
    [
        [0.0, 1.6, -0.6, -0.4, -2.5],
        [-0.6, 1.2, 0.7, 0.0, -1.2],
        [-1.2, -0.6, 1.4, 0.0, 0.2],
        [-1.4, -1.8, 1.2, 0.2, 1.0],
    ]
)
INCOME_OF_JOB = np.array([-0.65, 0.0, 0.08, 0.12, 0.45])
AMOUNT_OF_PURPOSE = np.array([0.3, 0.7, -0.3, 0.6, 0.1])

# The label "repaid" is the root. Each node depends on the label and on nodes above it.
# The product over these nodes is the density of a row given its label.
NETWORK = (
    Node(
        "age",
        TruncatedLogistic(IDENTITY, 8.0, 18, 75, steps=((1, 1.0),)),
        lambda v: 35.0 + 3.0 * v["repaid"],
    ),
    Node(
        "education",
        EDUCATION,
        lambda v: _logits([0.0, 1.1, 0.6, -0.2], (v["repaid"], [0, 0.1, 0.3, 0.4])),
    ),
    Node(
        "job",
        JOB,
        lambda v: (
            JOB_GIVEN_EDUCATION[v["education"]]
            + _logits(0.0, (v["repaid"], [-0.7, 0.0, 0.1, 0.0, 0.1]))
        ),
    ),
    Node(
        "years_in_job",
        TruncatedLogistic(IDENTITY, 1.8, 0, 45, steps=((1, 1.0),)),
        lambda v: (
            0.2 * (v["age"] - 18) * np.where(v["job"] == 0, 0.1, 1.0)
            + 1.5 * v["repaid"]
        ),
    ),
    Node(
        "monthly_income",
        TruncatedLogistic(LOG, 0.16, 500, 20_000, steps=((1, 1.0),)),
        lambda v: (
            np.log(1900.0)
            + 0.14 * v["education"]
            + INCOME_OF_JOB[v["job"]]
            + 0.012 * v["years_in_job"]
            + 0.12 * v["repaid"]
        ),
    ),
    Node(
        "savings",
        TruncatedLogistic(LOG, 0.5, 10, 500_000),
        lambda v: np.log(2500.0) + 1.2 * _log_relative_income(v) + 0.5 * v["repaid"],
        zero_log_odds=lambda v: 0.0 - 1.5 * _log_relative_income(v) - 0.6 * v["repaid"],
    ),
    Node(
        "housing",
        HOUSING,
        lambda v: _logits(
            [0.6, -0.4, 0.0],
            ((v["age"] - 40) / 10, [0.0, 0.5, -0.9]),
            (_log_relative_income(v), [0.0, 0.8, -0.3]),
            (v["repaid"], [0.0, 0.3, 0.0]),
        ),
    ),
    Node(
        "debt_share",
        TruncatedLogistic(LOGIT, 0.4, 0.01, 0.95),
        lambda v: -1.1 - 0.4 * _log_relative_income(v) - 0.6 * v["repaid"],
    ),
    Node(
        "card_usage",
        TruncatedLogistic(LOGIT, 0.6, 0.01, 0.99),
        lambda v: 0.1 + 1.5 * v["debt_share"] - 0.8 * v["repaid"],
        zero_log_odds=lambda v: -1.6 + 0.7 * (v["savings"] > 0) + 0.3 * v["repaid"],
        missing_rate=0.1,
    ),
    Node(
        "missed_payments",
        TruncatedLogistic(IDENTITY, 0.8, 0, 12, steps=((1, 1.0),)),
        lambda v: 0.6 + 2.0 * v["debt_share"] - 1.5 * v["repaid"],
    ),
    Node(
        "purpose",
        PURPOSE,
        lambda v: _logits(
            [0.6, 0.2, -0.2, -1.0, 0.1],
            ((v["age"] - 40) / 10, [0.0, 0.2, -0.8, 0.0, 0.0]),
            (v["job"] == 3, [0.0, 0.0, -0.5, 1.8, 0.0]),
            (v["repaid"], [0.1, 0.2, 0.0, -0.1, -0.5]),
        ),
    ),
    Node(
        "loan_amount",
        TruncatedLogistic(
            LOG, 0.3, 500, 50_000, steps=((500, 0.7), (100, 0.2), (1, 0.1))
        ),
        lambda v: (
            np.log(5500.0)
            + AMOUNT_OF_PURPOSE[v["purpose"]]
            + 0.6 * _log_relative_income(v)
            - 0.3 * v["repaid"]
        ),
    ),
    Node(
        "loan_months",
        TruncatedLogistic(IDENTITY, 6.0, 12, 84, steps=((12, 0.85), (1, 0.15))),
        lambda v: 30.0 + 14.0 * np.log(v["loan_amount"] / 6000.0) - 3.0 * v["repaid"],
    ),
    Node(
        "has_guarantor",
        GUARANTOR,
        lambda v: _logits(
            [0.0, -1.6],
            (v["age"] < 25, [0.0, 0.9]),
            (np.log(v["loan_amount"] / 6000.0), [0.0, 0.4]),
            (v["repaid"], [0.0, 0.5]),
        ),
    ),
)

WHOLE_COLUMNS = tuple(
    node.name
    for node in NETWORK
    if isinstance(node.distribution, TruncatedLogistic) and node.distribution.steps
)


def make_loans(
    n_samples: int = 2000, *, random_state: int | np.random.RandomState | None = None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw loan applicants from a known generative model.

    The table has columns of many kinds to try recourse on: whole numbers, continuous
    numbers with a point mass at 0, an ordered categorical, strings, a boolean and
    missing cells. The people and all relations between the columns are invented.

    Parameters
    ----------
    n_samples : int, default=2000
        Number of applicants.
    random_state : int, RandomState instance or None, default=None
        Pass an int to get the same table in every call.

    Returns
    -------
    X : DataFrame of shape (n_samples, 14)
        One applicant per row, with the columns

        - ``age``: int64, 18 to 75
        - ``education``: ordered categorical, from "primary" to "master"
        - ``job``: string, 5 levels
        - ``years_in_job``: int64, 0 to 45
        - ``monthly_income``: int64, 500 to 20,000
        - ``savings``: float64, 0 for many, otherwise 10 to 500,000
        - ``housing``: string, 3 levels
        - ``debt_share``: float64, share of the income used for other debts, 0.01 to
          0.95
        - ``card_usage``: float64, used share of the card's limit, 0 for some, otherwise
          0.01 to 0.99; missing for about one applicant in ten
        - ``missed_payments``: int64, 0 to 12
        - ``purpose``: string, 5 levels
        - ``loan_amount``: int64, 500 to 50,000, mostly round numbers
        - ``loan_months``: int64, 12 to 84, mostly whole years
        - ``has_guarantor``: bool
    y : ndarray of shape (n_samples,), dtype int64
        1, the favorable label, if the loan was repaid; 0 otherwise. The probability of
        1 is 0.55.

    Raises
    ------
    ValueError
        If `n_samples` is below 1.

    See Also
    --------
    loans_log_density : The true log-density of such rows given their label.

    Notes
    -----
    The table is drawn from a Bayesian network. The label y is drawn first. Then the
    columns are drawn one after the other, given y and the columns drawn before. For
    example, the job depends on the education, the income on both, and the savings on
    the income. Cells of ``card_usage`` are missing completely at random.

    Examples
    --------
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(500, random_state=0)
    >>> X.shape
    (500, 14)
    >>> list(X["education"].cat.categories)
    ['primary', 'secondary', 'bachelor', 'master']
    """
    if n_samples < 1:
        raise ValueError(f"n_samples must be at least 1, got {n_samples!r}.")
    rng = check_random_state(random_state)
    y = (rng.uniform(size=n_samples) < SHARE_REPAID).astype(np.int64)
    values: dict[str, np.ndarray] = {"repaid": y}
    for node in NETWORK:
        values[node.name] = node.sample(values, rng)
    return pd.DataFrame({node.name: _to_column(node, values) for node in NETWORK}), y


def loans_log_density(X: pd.DataFrame, y: ArrayLike) -> np.ndarray:
    """Return the true log-density of loan applicants given a label.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, 14)
        Applicants, with the columns of :func:`make_loans` in any order. They need not
        come from `make_loans`: they may be counterfactuals, for example.
    y : int or array-like of shape (n_samples,)
        The label that each row is conditioned on: 1 for repaid, 0 for not repaid.

    Returns
    -------
    log_density : ndarray of shape (n_samples,), dtype float64
        The logarithm of p(x | y), in nats. Minus infinity if a cell cannot occur: if it
        is outside its range, not whole in a column of whole numbers, or missing in a
        column that is never missing.

    Raises
    ------
    ValueError
        If a column is missing from `X`, if a cell is not a level of its column, or if
        `y` holds values other than 0 and 1.

    See Also
    --------
    make_loans : Draw such applicants.

    Notes
    -----
    The density is mixed. Strings, levels, booleans and whole numbers contribute their
    probability mass. So do a 0 in ``savings`` or ``card_usage``, and a missing cell,
    which has mass 0.1. Other cells of ``savings``, ``debt_share`` and ``card_usage``
    contribute their density per unit of the column. So the log-densities of two rows
    are comparable only if the same cells are on point masses in both rows. The ratio of
    p(x | 1) and p(x | 0) is meaningful for every row.

    Examples
    --------
    >>> from skpar.datasets import loans_log_density, make_loans
    >>> X, y = make_loans(500, random_state=0)
    >>> repaid, not_repaid = loans_log_density(X, 1), loans_log_density(X, 0)
    >>> bool((repaid - not_repaid)[y == 1].mean() > 0)
    True
    """
    labels = np.broadcast_to(np.asarray(y), (len(X),))
    wrong = ~np.isin(labels, [0, 1])
    if wrong.any():
        label = labels[wrong][0].item()
        raise ValueError(f"y must hold 0 (not repaid) and 1 (repaid), got {label!r}.")
    values: dict[str, np.ndarray] = {"repaid": labels}
    total = np.zeros(len(X))
    for node in NETWORK:
        cells = values[node.name] = _to_cells(node, X)
        log_prob = node.log_prob(values)
        # An impossible cell makes the total minus infinity in any case. A possible cell
        # in its place keeps the logarithms of later columns defined.
        if isinstance(node.distribution, TruncatedLogistic):
            values[node.name] = np.where(
                np.isinf(log_prob), node.distribution.low, cells
            )
        total += log_prob
    return total


def _to_column(node: Node, values: Values) -> Any:
    """Turn sampled cells into a column of the table."""
    cells = values[node.name]
    if node.distribution is EDUCATION:
        dtype = pd.CategoricalDtype(list(EDUCATION.names), ordered=True)
        return pd.Categorical.from_codes(cells, dtype=dtype)
    if isinstance(node.distribution, Categorical):
        return pd.Series(np.array(node.distribution.names)[cells])
    return cells.astype(np.int64) if node.name in WHOLE_COLUMNS else cells


def _to_cells(node: Node, X: pd.DataFrame) -> np.ndarray:
    """Turn a column of a table into the cells of a node."""
    if node.name not in X.columns:
        raise ValueError(
            f"X has no column {node.name!r}; it must have the columns of make_loans."
        )
    column = X[node.name]
    if isinstance(node.distribution, TruncatedLogistic):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    levels = node.distribution.names
    cells = pd.Index(levels).get_indexer(pd.Index(column))
    if (cells < 0).any():
        unknown = column[cells < 0]
        raise ValueError(
            f"Column {node.name!r} has the value {unknown.iloc[0]!r} in row "
            f"{unknown.index[0]!r}; known values are {', '.join(map(repr, levels))}."
        )
    return cells
