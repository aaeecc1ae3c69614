"""
Your own table
==============

From a CSV file to recourse: what skpar reads from a table, what you have to add, and
what to check first. The file contains the diabetes data of scikit-learn. Replace it by
your own file.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_diabetes
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from skpar import PARRecourse, Range
from skpar.inspection import PopulationDisplay, RecourseDisplay

# %%
# The file has strings, numbers and missing cells. The levels of glucose have an order
# that a file cannot show. People want the disease to progress slowly.
data = load_diabetes(as_frame=True, scaled=False)
own = data.data[["age", "bmi", "bp", "s5"]].rename(columns={"s5": "triglycerides"})
own["sex"] = data.data["sex"].map({1.0: "a", 2.0: "b"})
own["glucose"] = pd.cut(data.data["s6"], [0, 84, 98, 200]).cat.codes.map(
    {0: "low", 1: "normal", 2: "high"}
)
own.loc[::25, "triglycerides"] = None
own["progress"] = (data.target < 150).map({True: "slow", False: "fast"})
path = Path(tempfile.mkdtemp()) / "table.csv"
own.to_csv(path, index=False)

# %%
# Read the file. One half of the people trains the classifier, the other half skpar.
table = pd.read_csv(path)
X, y = table.drop(columns="progress"), table["progress"]
X_clf, X_par, y_clf, y_par = train_test_split(X, y, test_size=1 / 2, random_state=0)

# %%
# Your classifier. It must take the raw table.
classifier = make_pipeline(
    make_column_transformer(
        (OrdinalEncoder(), make_column_selector(dtype_exclude="number")),
        remainder="passthrough",
    ),
    HistGradientBoostingClassifier(max_iter=50, random_state=0),
).fit(X_clf, y_clf)

# %%
# You say which label people want, the order of levels, and what may change, and how
# far. A feature without a rule may change freely.
par = PARRecourse(
    favorable_label="slow",
    ordinal_features={"glucose": ["low", "normal", "high"]},
    actionability={
        "age": "immutable",
        "sex": "immutable",
        "bmi": [Range(18.5, None), "decreasing"],
        "bp": Range(-20, 10, relative=True),
    },
    random_state=0,
).fit(X_par, y_par, classifier)

# %%
# Check the kind of each column first. A wrong kind leads to changes that nobody can
# make.
for column in par.schema_.columns:
    levels = column.levels or f"{column.low:g} to {column.high:g}"
    missing = ", cells may be missing" if column.may_be_missing else ""
    print(f"{column.name}: {column.kind}, {levels}{missing}")

# %%
# The report shows the recourse of each person, or the reason why there is none.
report = par.recourse(X_clf[:60])
frame = report.to_frame()
print(f"\n{frame['status'].value_counts().to_string()}")
measures = ["n_changed", "effort", "gower_distance", "percentile"]
print(frame.loc[report.answered, measures].astype(float).mean().round(3).to_string())

# %%
# The first figure shows all people: which features change, by how much, and whether a
# group has less recourse or needs more effort. ``report.by_group("sex")`` has the
# numbers. The second figure shows one person, with each change on its own scale.
PopulationDisplay.from_report(report, by="sex")
RecourseDisplay.from_report(report, row=int(np.nanargmax(report.n_changed)))
plt.show()

# %%
# The changes of the first eight people in words.
for label, action in list(zip(frame.index, report.actions(), strict=True))[:8]:
    print(f"{label}: {action}")
