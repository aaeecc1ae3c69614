"""
First recourse
==============

A classifier denies some applicants a loan. This example finds for each denied person
the changes that lead to acceptance. It runs offline, on invented people.
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
# One third of the people trains the classifier, and one third trains skpar. The last
# third are new people, whom neither has seen.
X, y = make_loans(4500, random_state=0)
X_clf, X_rest, y_clf, y_rest = train_test_split(X, y, test_size=2 / 3, random_state=0)
X_par, X_new, y_par, y_new = train_test_split(
    X_rest, y_rest, test_size=1 / 2, random_state=0
)

# %%
# The classifier takes the raw table. Preprocessing is part of its pipeline.
columns = make_column_transformer(
    (
        OneHotEncoder(handle_unknown="ignore"),
        make_column_selector(dtype_exclude="number"),
    ),
    remainder=make_pipeline(SimpleImputer(), StandardScaler()),
)
clf = make_pipeline(columns, LogisticRegression(max_iter=1000)).fit(X_clf, y_clf)

# %%
# The rules say what a person may change, and how far. A feature without a rule may
# change freely.
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
# The report has one row for each denied person.
X_denied = X_new[clf.predict(X_new) == 0]
report = par.recourse(X_denied)
X_cf = report.counterfactuals

print(f"The classifier is right for {clf.score(X_new, y_new):.0%} of the people.")
print(f"It denies {len(X_denied)} of {len(X_new)}.")

# %%
# One person before and after, and the changes in words.
person = int(report.answered.argmax())
label = X_denied.index[person]
changes = report.changes()
changed = changes.loc[changes["row"] == label, "feature"]
table = pd.DataFrame({"before": X_denied.iloc[person], "after": X_cf.iloc[person]})
table["changed"] = np.where(table.index.isin(changed), "*", "")

print(f"\nPerson {label}:\n{table.to_string(float_format='{:,.2f}'.format)}")
print(f"In words: {report.actions()[person]}.")

# %%
# The changes of five other people.
print("\nFive more:")
for i in np.flatnonzero(report.answered)[1:6]:
    print(f"  {X_denied.index[i]}: {report.actions()[i]}")

# %%
# The measures of all people with a recourse. The classifier predicts the changed rows
# once more.
measures = ["n_changed", "effort", "gower_distance", "percentile", "n_queries"]
found = report.to_frame().loc[report.answered, measures].astype(float)
summary = found.agg(["mean", "min", "median", "max"])
valid = clf.predict(X_cf[report.answered]) == 1

print(f"\nAnswered: {report.answered.sum()} of {report.denied.sum()} denied people")
print(f"Accepted after the change: {valid.mean():.0%}")
print(summary.to_string(float_format="{:.2f}".format))
