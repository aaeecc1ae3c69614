"""
In a pipeline
=============

Recourse as the last step of a pipeline, cross-validated with the classifier inside.
Steps before it prepare the table that people are asked about; what only the classifier
needs, such as scaling and one-hot columns, stays inside the classifier.
"""

from __future__ import annotations

import pandas as pd
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skpar import PARRecourse
from skpar.datasets import make_loans
from skpar.metrics import recourse_scorers

# %%
# A table as it comes: with a column that is none of the classifier's business, and
# some savings that were typed in with a wrong sign.
X, y = make_loans(1600, random_state=0)
X = X.assign(application=[f"A{number:05d}" for number in range(len(X))])
X.loc[::50, "savings"] *= -1
X_train, X_ask, y_train, y_ask = train_test_split(X, y, random_state=0)


# %%
# The first step cleans. It is a function of one row, so it can be part of a pipeline.
def clean(table: pd.DataFrame) -> pd.DataFrame:
    """Drop the number of the application, and correct signs."""
    return table.drop(columns="application").assign(savings=table["savings"].abs())


# %%
# The last step gets an unfitted classifier: the recourse step fits a clone of it, and
# learns who is accepted from predictions for rows that a clone has not seen.
classifier = make_pipeline(
    make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore"),
            make_column_selector(dtype_exclude="number"),
        ),
        remainder=make_pipeline(SimpleImputer(), StandardScaler()),
    ),
    LogisticRegression(max_iter=1000),
)
rules = {
    "age": "immutable",
    "years_in_job": "immutable",
    "missed_payments": "immutable",
    "education": "increasing",
}
pipe = Pipeline(
    [
        ("clean", FunctionTransformer(clean)),
        ("recourse", PARRecourse(classifier, actionability=rules, random_state=0)),
    ]
)

# %%
# ``transform`` of the pipeline changes every denied row into its recourse. Those who
# have none come back unchanged, with a warning that counts them.
X_cf = pipe.fit(X_train, y_train).transform(X_ask)
print(f"A table of {X_ask.shape} became one of {X_cf.shape}.")

# %%
# The report is that of the last step, asked about the table as it gets it.
par, cleaned = pipe[-1], pipe[:-1].transform(X_ask)
report = par.recourse(cleaned)
person = int(report.answered.argmax())
print(f"{X_ask['application'].iloc[person]}: {report.actions()[person]}")

# %%
# Cross-validation fits classifier and recourse anew in every fold. The scorers find the
# last step of the pipeline; all of them take one call of ``recourse`` per fold. A few
# epochs of training do for a first look.
results = cross_validate(
    clone(pipe).set_params(recourse__max_iter=5),
    X_train,
    y_train,
    scoring=recourse_scorers,
    cv=StratifiedKFold(2, shuffle=True, random_state=0),
)
scores = pd.DataFrame(results).filter(like="test_").rename(columns=lambda n: n[5:])
print(scores.agg(["mean", "std"]).T.to_string(float_format="{:.3f}".format))
