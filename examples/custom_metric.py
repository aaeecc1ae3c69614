"""
Your own metric
===============

Metrics are functions of factuals, counterfactuals and the mask of those who were
answered. So they measure any method, and any function of that form can be a scorer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import StratifiedKFold, cross_validate, train_test_split

from skpar import PARRecourse
from skpar.datasets import make_loans
from skpar.metrics import (
    gower_distance,
    make_recourse_scorer,
    n_changed,
    outlier_share,
    recourse_scorers,
    success,
    ynn,
)

# %%
# People for the classifier, for the methods, to judge by, and to ask. The default
# classifier is a logistic regression behind what the table needs.
X, y = make_loans(3200, random_state=0)
X_clf, X_rest, y_clf, y_rest = train_test_split(X, y, test_size=3 / 4, random_state=0)
X_par, X_rest, y_par, _ = train_test_split(
    X_rest, y_rest, test_size=2 / 3, random_state=0
)
X_judge, X_ask = train_test_split(X_rest, test_size=1 / 2, random_state=0)
clf = PARRecourse(max_iter=1, random_state=0).fit(X_clf, y_clf).estimator_
par = PARRecourse(FrozenEstimator(clf), random_state=0).fit(X_par, y_par)
X_denied = X_ask[clf.predict(X_ask) == 0]


# %%
# A metric of your own: how much less people may borrow. Its parameters say what it
# wants to have.
def money_given_up(
    factuals: pd.DataFrame, counterfactuals: pd.DataFrame, answered: np.ndarray
) -> float:
    """Mean reduction of the loan, in money, over those who were answered."""
    less = factuals["loan_amount"] - counterfactuals["loan_amount"]
    return float(less[answered].mean())


report = par.recourse(X_denied)
given_up = money_given_up(X_denied, report.counterfactuals, report.answered)
print(f"People give up {given_up:,.0f} on average.")

# %%
# The metrics of skpar take counterfactuals of any library. Here is the simplest of all
# methods: become the most similar of the accepted people.
accepted = X_par[clf.predict(X_par) == 1]
codes, pool = par.schema_.encode(X_denied), par.schema_.encode(accepted)
different = (codes[:, None] != pool[None]).sum(axis=-1)
nearest = accepted.iloc[different.argmin(axis=1)].set_axis(X_denied.index)
everybody = np.ones(len(X_denied), dtype=bool)

methods = {
    "skpar": (X_denied, report.counterfactuals, report.answered),
    "nearest": (X_denied, nearest, everybody),
}
rows = {
    name: {
        "success": success(*answers, clf).value,
        "gower_distance": gower_distance(*answers, clf, par.schema_).value,
        "n_changed": n_changed(*answers, clf, par.schema_).value,
        "outlier_share": outlier_share(*answers, clf, par.schema_, X_judge).value,
        "ynn": ynn(*answers, clf, par.schema_, X_judge).value,
        "money_given_up": money_given_up(*answers),
    }
    for name, answers in methods.items()
}
print(pd.DataFrame(rows).T.to_string(float_format="{:.3f}".format))

# %%
# As scorers, beside those of skpar. Greater is better for every scorer, so what should
# be small is negated; what a metric needs beside the answers is given by name. A few
# epochs of training do for a first look.
scoring = recourse_scorers | {
    "neg_money_given_up": make_recourse_scorer(money_given_up, greater_is_better=False),
    "neg_outlier_share": make_recourse_scorer(
        outlier_share, greater_is_better=False, reference=X_judge
    ),
}
results = cross_validate(
    PARRecourse(FrozenEstimator(clf), max_iter=5, random_state=0),
    X_par,
    y_par,
    scoring=scoring,
    cv=StratifiedKFold(2, shuffle=True, random_state=0),
)
for name in ("recourse_score", "neg_money_given_up", "neg_outlier_share"):
    print(f"{name}: {results[f'test_{name}'].mean():,.3f}")
