"""
Choose the weights
==================

A grid search over a weight of the objective. It shows the trade-off between the
distance that people have to move and the plausibility of the result.

The objective cannot choose its own weights, because it depends on them: the smallest
weight of effort would always win. ``recourse_score`` does not depend on the weights.
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
# The forest is trained on separate people. ``FrozenEstimator`` prevents the grid search
# from cloning and fitting it again.
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
# Folds are stratified and shuffled, so that each of them has denied people. A few
# epochs are enough to compare weights. Use the default for the final fit.
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
# The scores of every setting. All scorers share one search per fold.
results = pd.DataFrame(search.cv_results_)
results = results.rename(columns=lambda name: name.removeprefix("mean_test_"))
shown = ["recourse_score", "success", "percentile"]
shown += ["neg_gower_distance", "neg_n_changed"]
table = results.set_index("param_weight_effort")[shown]
print(table.to_string(float_format="{:.3f}".format))
print(f"\nChosen: {search.best_params_}")

# %%
# The trade-off: no setting is better in both measures. A ring marks the chosen one.
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
    xlabel="Gower distance (smaller is nearer)",
    ylabel="plausibility percentile (larger is more typical)",
    title="Area: number of features changed",
)
plt.show()
