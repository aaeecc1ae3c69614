"""
Money
=====

What does it cost an applicant to get the loan? Each change has a price in euros, and
the recourse costs as little as the weights allow. The effort in the report is then the
applicant's bill. The people are invented, and so are the prices.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skpar import LevelPrices, PARRecourse, Price, Range
from skpar.datasets import make_loans

# %%
# The classifier learns from one half of the people, skpar from the other.
X, y = make_loans(2000, random_state=0)
columns = make_column_transformer(
    (
        OneHotEncoder(handle_unknown="ignore"),
        make_column_selector(dtype_exclude="number"),
    ),
    remainder=make_pipeline(SimpleImputer(), StandardScaler()),
)
clf = make_pipeline(columns, LogisticRegression(max_iter=1000))
clf.fit(X[:800], y[:800])

# %%
# A price is per unit of its column. A euro that is saved, or not borrowed, costs one
# euro. A euro more of monthly income costs ten. To pay off debts costs 12,000 euros
# for the whole income, so 120 euros for one percent of it. A shorter loan costs nothing
# here, and a guarantor takes 300 euros. With ``effort="price"``, every column
# has a price or does not change.
fixed = ["age", "education", "job", "years_in_job", "housing", "purpose"]
rules = {
    **dict.fromkeys([*fixed, "missed_payments"], "immutable"),
    "savings": ["increasing", Price(up=1)],
    "loan_amount": ["decreasing", Range(500, 50_000, step=500), Price(up=0, down=1)],
    "loan_months": [Range(12, 84, step=12), Price(up=0, down=0)],
    "monthly_income": ["increasing", Price(up=10)],
    "debt_share": ["decreasing", Price(up=0, down=12_000)],
    "card_usage": ["decreasing", Price(up=0, down=4_000)],
    "has_guarantor": ["increasing", LevelPrices({(False, True): 300})],
}
par = PARRecourse(actionability=rules, effort="price", random_state=0)
par.fit(X[800:1600], clf=clf)

# %%
# The bills of some denied applicants. ``weight_effort`` says how much a bill counts
# against plausible and few changes.
X_new = X[1600:]
report = par.recourse(X_new[clf.predict(X_new) == 0])
print(f"{report.answered.sum()} of {report.denied.sum()} denied people have recourse.")
for i in np.flatnonzero(report.answered)[:8]:
    print(f"{report.effort[i]:8,.0f} EUR: {report.actions()[i]}")

# %%
# How much money opens the door, for how many?
bills = pd.Series(report.effort[report.answered])
for budget in (0, 500, 2000, 5000):
    print(f"at most {budget:5,d} EUR: {(bills <= budget).sum() / len(report):.0%}")
