"""
Choose the weights
==================

A grid search over the weights of the objective, and the frontier that it finds between
what is asked of people and how typical the people are that they become.

The weights cannot be chosen by the objective, for they move it: the smallest weight of
effort would always win. ``recourse_score`` is free of them.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skpar import PARRecourse
from skpar.datasets import make_loans
from skpar.metrics import recourse_scorers

# %%
# The forest to explain was trained on people of its own. ``FrozenEstimator`` keeps the
# search from cloning and refitting it.
X, y = make_loans(900, random_state=0)
X_clf, X_par, y_clf, y_par = train_test_split(X, y, test_size=1 / 2, random_state=0)
forest = make_pipeline(
    make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore"),
            make_column_selector(dtype_exclude="number"),
        ),
        remainder=SimpleImputer(),
    ),
    RandomForestClassifier(50, min_samples_leaf=2, random_state=0),
).fit(X_clf, y_clf)
rules = {
    "age": "immutable",
    "years_in_job": "immutable",
    "missed_payments": "immutable",
    "education": "increasing",
}

# %%
# Folds are stratified and shuffled, so that each of them has denied people. Few epochs
# are enough to compare weights by; the chosen ones deserve the default.
par = PARRecourse(
    FrozenEstimator(forest), actionability=rules, max_iter=3, random_state=0
)
grid = {"weight_effort": [0.03, 0.3, 3.0]}
search = GridSearchCV(
    par,
    grid,
    scoring=recourse_scorers,
    refit="recourse_score",
    cv=StratifiedKFold(2, shuffle=True, random_state=0),
).fit(X_par, y_par)

# %%
# Every setting, with all that the scorers measured in the same call.
results = pd.DataFrame(search.cv_results_)
results = results.rename(columns=lambda name: name.removeprefix("mean_test_"))
shown = ["recourse_score", "success", "percentile"]
shown += ["neg_gower_distance", "neg_n_changed"]
table = results.set_index("param_weight_effort")[shown]
print(table.to_string(float_format="{:.3f}".format))
print(f"\nChosen: {search.best_params_}")

# %%
# The frontier: no setting is better at both. The chosen one has a ring.
fig, ax = plt.subplots(layout="constrained")
points = ax.scatter(
    -results["neg_gower_distance"],
    results["percentile"],
    s=60 * -results["neg_n_changed"],
    c=results["param_weight_effort"].astype(float),
    norm="log",
)
best = results.iloc[search.best_index_]
ax.scatter(
    -best["neg_gower_distance"],
    best["percentile"],
    s=600,
    facecolors="none",
    edgecolors="black",
)
fig.colorbar(points, label="weight_effort")
ax.set(
    xlabel="Gower distance (smaller asks less)",
    ylabel="plausibility percentile (larger is more typical)",
    title="Area: number of features changed",
)
plt.show()
