"""
Your own table
==============

From a CSV file to recourse: what skpar reads from a table, what you have to say, and
what to look at before you trust it. The file here holds the diabetes data that ships
with scikit-learn; put your own in its place.
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
# A file as you might have it: words, numbers, an order that only a reader knows, and
# missing cells. People want the disease to progress slowly.
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
# Read it. Two parts: people to train the classifier, people to learn recourse from.
table = pd.read_csv(path)
X, y = table.drop(columns="progress"), table["progress"]
X_clf, X_par, y_clf, y_par = train_test_split(X, y, test_size=1 / 2, random_state=0)

# %%
# Your classifier, whatever it is, as long as it takes the table as it stands.
classifier = make_pipeline(
    make_column_transformer(
        (OrdinalEncoder(), make_column_selector(dtype_exclude="number")),
        remainder="passthrough",
    ),
    HistGradientBoostingClassifier(max_iter=50, random_state=0),
).fit(X_clf, y_clf)

# %%
# What nobody can know but you: which label people want, the order of levels, and what
# can be changed, how far. Features without a rule are free.
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
# Look at what was read before you go on: a column of the wrong kind makes changes that
# nobody can make.
for column in par.schema_.columns:
    levels = column.levels or f"{column.low:g} to {column.high:g}"
    missing = ", cells may be missing" if column.may_be_missing else ""
    print(f"{column.name}: {column.kind}, {levels}{missing}")

# %%
# Ask. The report says for everybody what was found, or why nothing was.
report = par.recourse(X_clf[:60])
frame = report.to_frame()
print(f"\n{frame['status'].value_counts().to_string()}")
figures = ["n_changed", "effort", "gower", "percentile"]
print(frame.loc[report.answered, figures].astype(float).mean().round(3).to_string())

# %%
# Everybody at a look: which features change, how much, and for whom. Beside it, whether
# a group is left without recourse, or pays more; ``report.by_group("sex")`` has the
# figures. And one person: each change on its own scale.
PopulationDisplay.from_report(report, by="sex")
RecourseDisplay.from_report(report, row=int(np.nanargmax(report.n_changed)))
plt.show()

# %%
# In words, for the first few.
for label, action in list(zip(frame.index, report.actions(), strict=True))[:8]:
    print(f"{label}: {action}")
