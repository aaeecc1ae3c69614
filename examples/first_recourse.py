"""
First recourse
==============

Applicants for a loan, a classifier that denies some of them, and what each of the
denied can do to be accepted. Everything runs offline on invented people.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skpar import Levels, PARRecourse, Range
from skpar.datasets import make_loans

# %%
# One third of the people teach the classifier, one third teach the recourse, and
# the last third come and ask: nobody is asked about rows seen before.
X, y = make_loans(4500, random_state=0)
X_clf, X_rest, y_clf, y_rest = train_test_split(X, y, test_size=2 / 3, random_state=0)
X_par, X_ask, y_par, y_ask = train_test_split(
    X_rest, y_rest, test_size=1 / 2, random_state=0
)

# %%
# The raw table goes in; preprocessing is the classifier's own business.
columns = make_column_transformer(
    (
        OneHotEncoder(handle_unknown="ignore"),
        make_column_selector(dtype_exclude="number"),
    ),
    remainder=make_pipeline(SimpleImputer(), StandardScaler()),
)
clf = make_pipeline(columns, LogisticRegression(max_iter=1000)).fit(X_clf, y_clf)

# %%
# What a person may change, and how far. Features without a rule are free.
rules = {
    "age": "immutable",
    "education": "increasing",
    "years_in_job": "immutable",
    "missed_payments": "immutable",
    "purpose": "immutable",
    "savings": "increasing",
    "job": Levels(["manual", "office", "self-employed", "manager"]),
    "loan_amount": Range(500, 50_000, step=500),
    "loan_months": Range(12, 84, step=12),
}
par = PARRecourse(actionability=rules, random_state=0).fit(X_par, y_par, clf)

# %%
# Every denied person asks. The report holds one row per person.
X_denied = X_ask[clf.predict(X_ask) == 0]
report = par.recourse(X_denied)
X_cf = report.counterfactuals

print(f"The classifier is right for {clf.score(X_ask, y_ask):.0%} of the people.")
print(f"It denies {len(X_denied)} of {len(X_ask)}.")

# %%
# One of them, before and after, and the same in words.
person = int(report.answered.argmax())
label = X_denied.index[person]
changes = report.changes()
changed = changes.loc[changes["row"] == label, "feature"]
table = pd.DataFrame({"before": X_denied.iloc[person], "after": X_cf.iloc[person]})
table["changed"] = np.where(table.index.isin(changed), "*", "")

print(f"\nPerson {label}:\n{table.to_string(float_format='{:,.2f}'.format)}")
print(f"In words: {report.actions()[person]}.")

# %%
# Others, in words.
print("\nFive more:")
for i in np.flatnonzero(report.answered)[1:6]:
    print(f"  {X_denied.index[i]}: {report.actions()[i]}")

# %%
# All of them, in numbers. The percentile is the share of accepted people who are
# less plausible; validity is asked of the classifier once more.
figures = ["n_changed", "effort", "gower", "percentile", "n_queries"]
answers = report.to_frame().loc[report.answered, figures].astype(float)
summary = answers.agg(["mean", "min", "median", "max"])
valid = clf.predict(X_cf[report.answered]) == 1

print(f"\nAnswered: {report.answered.sum()} of {report.denied.sum()} denied people")
print(f"Accepted after the change: {valid.mean():.0%}")
print(summary.to_string(float_format="{:.2f}".format))
