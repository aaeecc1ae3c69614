"""
Your own metric
===============

A metric is a function of factuals, counterfactuals and a mask that says who has a
counterfactual. So metrics work for any method, and your own function can be a scorer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import StratifiedKFold, cross_validate, train_test_split

from skpar import PARRecourse
from skpar.datasets import make_loans
from skpar.metrics import (
    evaluate,
    make_recourse_scorer,
    outlier_share,
    recourse_scorers,
)

# %%
# Four groups of people: for the classifier, for the methods, for the judgment, and new
# people. The default classifier is a logistic regression with preprocessing.
X, y = make_loans(3200, random_state=0)
X_clf, X_rest, y_clf, y_rest = train_test_split(X, y, test_size=3 / 4, random_state=0)
X_par, X_rest, y_par, _ = train_test_split(
    X_rest, y_rest, test_size=2 / 3, random_state=0
)
X_judge, X_new = train_test_split(X_rest, test_size=1 / 2, random_state=0)
clf = PARRecourse(max_iter=1, random_state=0).fit(X_clf, y_clf).estimator_
par = PARRecourse(FrozenEstimator(clf), random_state=0).fit(X_par, y_par)
X_denied = X_new[clf.predict(X_new) == 0]


# %%
# Your own metric: by how much the loan shrinks. The names of the parameters select the
# arguments that a scorer passes.
def money_given_up(
    factuals: pd.DataFrame, counterfactuals: pd.DataFrame, answered: np.ndarray
) -> float:
    """Mean reduction of the loan, over the people with a counterfactual."""
    less = factuals["loan_amount"] - counterfactuals["loan_amount"]
    return float(less[answered].mean())


report = par.recourse(X_denied)
given_up = money_given_up(X_denied, report.counterfactuals, report.answered)
print(f"People give up {given_up:,.0f} on average.")

# %%
# The metrics of skpar take counterfactuals of any library. Compare with a very simple
# method: copy the most similar accepted person.
accepted = X_par[clf.predict(X_par) == 1]
codes, pool = par.schema_.encode(X_denied), par.schema_.encode(accepted)
different = (codes[:, None] != pool[None]).sum(axis=-1)
nearest = accepted.iloc[different.argmin(axis=1)].set_axis(X_denied.index)
all_people = np.ones(len(X_denied), dtype=bool)

methods = {
    "skpar": (X_denied, report.counterfactuals, report.answered),
    "nearest": (X_denied, nearest, all_people),
}
known = {"clf": clf, "schema": par.schema_, "reference": X_judge}
table = pd.DataFrame(
    {name: evaluate(*rows, **known)["value"] for name, rows in methods.items()}
)
table.loc["money_given_up"] = [money_given_up(*rows) for rows in methods.values()]
print(table.to_string(float_format="{:.3f}".format))

# %%
# Use the metrics as scorers, together with those of skpar. For a scorer, a higher value
# is better, so metrics that should be small are negated. Further arguments of a metric
# are passed by name. A few epochs are enough for a first look.
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
