"""A synthetic table of mortgages: ratios computed by links, and narrow ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from skpar import Derived, Falls, If, Levels, NotAbove, Range, Rises

EMPLOYMENT = ["temporary", "self-employed", "permanent", "civil service"]
EDUCATION = ["school", "trade", "college", "university"]


def _round(values: Any, digits: int) -> Any:
    return np.round(values, digits)


def total_income(t: Any) -> Any:
    """Monthly income of the household."""
    return t["income"] + t["second_income"]


def payment(t: Any) -> Any:
    """Monthly payment of an annuity."""
    rate = t["rate"] / 1200
    return _round(t["loan"] * rate / (1 - (1 + rate) ** -t["term"]), 0)


def loan_to_value(t: Any) -> Any:
    """Loan over price."""
    return _round(t["loan"] / t["price"], 3)


def payment_to_income(t: Any) -> Any:
    """Payment over income."""
    return _round(t["payment"] / t["total_income"], 3)


def debt_to_income(t: Any) -> Any:
    """Payment and debts over income."""
    return _round((t["payment"] + t["debts"]) / t["total_income"], 3)


def loan_to_income(t: Any) -> Any:
    """Loan over yearly income."""
    return _round(t["loan"] / (12 * t["total_income"]), 2)


def utilization(t: Any) -> Any:
    """Balance over limit."""
    return _round(t["card_balance"] / t["card_limit"], 3)


def reserve_months(t: Any) -> Any:
    """Months that savings pay for."""
    return _round(t["savings"] / (t["payment"] + t["debts"] + 100), 1)


_DERIVED: dict[str, tuple[list[str], Callable[[Any], Any]]] = {
    "total_income": (["income", "second_income"], total_income),
    "payment": (["loan", "rate", "term"], payment),
    "loan_to_value": (["loan", "price"], loan_to_value),
    "payment_to_income": (["payment", "total_income"], payment_to_income),
    "debt_to_income": (["payment", "debts", "total_income"], debt_to_income),
    "loan_to_income": (["loan", "total_income"], loan_to_income),
    "utilization": (["card_balance", "card_limit"], utilization),
    "reserve_months": (["savings", "payment", "debts"], reserve_months),
}

# Largest fall and rise of each number, with the step.
RANGES: dict[str, tuple[float, float, float]] = {
    "income": (0, 400, 50),
    "second_income": (0, 300, 50),
    "loan": (-20_000, 0, 1000),
    "price": (-15_000, 5_000, 1000),
    "term": (-24, 36, 12),
    "debts": (-200, 0, 25),
    "card_balance": (-1500, 0, 100),
    "card_limit": (-500, 1000, 500),
    "savings": (-8000, 4000, 500),
    "years_employed": (0, 1, 1),
    "open_accounts": (-2, 0, 1),
}
CHOICES: dict[str, list[str]] = {
    "employment": EMPLOYMENT,
    "channel": ["branch", "broker", "online"],
    "insurance": ["none", "life", "full"],
}

RULES: dict[str, Any] = {
    **{name: Range(a, b, step, relative=True) for name, (a, b, step) in RANGES.items()},
    "employment": ["increasing", Levels(EMPLOYMENT, ordered=True)],
    "loan_to_value": Range(high=0.97),
    "debt_to_income": Range(high=0.55),
    **dict.fromkeys(
        (
            "age",
            "dependents",
            "education",
            "marital",
            "region",
            "property_type",
            "property_age",
            "occupancy",
            "purpose",
            "rate",
            "late_payments",
            "inquiries",
            "credit_years",
            "bureau_score",
        ),
        "immutable",
    ),
}

LINKS: list[Any] = [
    *(Derived(name, *parts) for name, parts in _DERIVED.items()),
    NotAbove("loan", "price"),
    NotAbove("card_balance", "card_limit"),
    # More equity and less debt are paid from savings.
    If(Falls("loan"), Falls("savings", by=500)),
    If(Falls("debts", by=100), Falls("savings", by=1000)),
    If(Falls("card_balance"), Falls("savings", by=500)),
    # Higher pay and a better contract take time in the job.
    If(Rises("income", by=100), Rises("years_employed")),
    If(Rises("employment"), Rises("years_employed")),
]


def make_mortgages(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw applications, and whether the lender grants them (1) or not (0)."""
    rng = np.random.default_rng(seed)
    skill, wealth = rng.normal(size=(2, n))
    education = np.clip(np.round(1.5 + skill + rng.normal(0, 0.7, n)), 0, 3).astype(int)
    age = np.clip(np.round(rng.normal(40, 9, n)), 21, 70)
    income = 50 * np.round(np.exp(8.1 + 0.3 * skill + 0.2 * rng.normal(size=n)) / 50)
    has_second = rng.random(n) < 0.45
    second = np.where(
        has_second, 50 * np.round(income * rng.uniform(0.2, 0.9, n) / 50), 0
    )
    price = 1000 * np.round(
        (income + second) * 12 * np.exp(rng.normal(1.45, 0.25, n)) / 1000
    )
    share = np.clip(0.82 - 0.08 * wealth + rng.normal(0, 0.08, n), 0.3, 0.97)
    limit = 500 * np.round(
        np.exp(8.3 + 0.4 * skill + 0.4 * rng.normal(size=n)) / 500 + 1
    )
    used = rng.beta(1.5, 2.5, n)
    late = rng.poisson(0.5 * np.exp(-0.4 * wealth))
    table = pd.DataFrame(
        {
            "age": age,
            "dependents": rng.poisson(1.0, n),
            "education": np.array(EDUCATION)[education],
            "marital": rng.choice(["single", "married", "divorced"], n),
            "region": rng.choice(["north", "south", "east", "west"], n),
            "income": income,
            "second_income": second,
            "employment": rng.choice(EMPLOYMENT, n, p=[0.2, 0.2, 0.45, 0.15]),
            "years_employed": np.minimum(rng.poisson(6, n), age - 18),
            "price": price,
            "loan": 1000 * np.round(price * share / 1000),
            "rate": 0.25 * np.round(rng.normal(4.0, 0.6, n) / 0.25),
            "term": rng.choice(
                [120, 180, 240, 300, 360], n, p=[0.05, 0.1, 0.2, 0.35, 0.3]
            ),
            "property_type": rng.choice(["flat", "house", "terraced"], n),
            "property_age": rng.integers(0, 80, n),
            "occupancy": rng.choice(["own", "let"], n, p=[0.85, 0.15]),
            "purpose": rng.choice(["buy", "refinance"], n, p=[0.7, 0.3]),
            "channel": rng.choice(CHOICES["channel"], n),
            "insurance": rng.choice(CHOICES["insurance"], n),
            "debts": 25 * np.round(income * rng.beta(1.2, 8, n) / 25),
            "card_balance": 100 * np.floor(limit * used / 100),
            "card_limit": limit,
            "savings": 500 * np.round(np.exp(9.3 + 0.8 * wealth) / 500),
            "open_accounts": rng.poisson(4, n),
            "late_payments": late,
            "inquiries": rng.poisson(1.2, n),
            "credit_years": np.round(rng.uniform(0, 1, n) * (age - 18)),
        }
    )
    for name, (_, function) in _DERIVED.items():
        table[name] = function(table)
    score = 690 + 25 * wealth - 35 * late - 60 * (table["utilization"] - 0.4)
    table["bureau_score"] = np.clip(np.round(score + rng.normal(0, 25, n)), 400, 850)
    table["years_employed"] = table["years_employed"].clip(lower=0)
    logit = (
        -9.0 * (table["debt_to_income"] - 0.40)
        - 14.0 * (table["payment_to_income"] - 0.32)
        - 9.0 * (table["loan_to_value"] - 0.80)
        - 1.5 * (table["utilization"] - 0.40)
        + 0.012 * (table["bureau_score"] - 670)
        + 0.04 * np.minimum(table["reserve_months"] - 8, 12)
        + 0.4 * (table["employment"].map(EMPLOYMENT.index) - 1.5)
        - 0.4 * (table["occupancy"] == "let")
    )
    y = (logit + rng.logistic(0, 0.5, n) > 0).astype(int).to_numpy()
    return table, y
