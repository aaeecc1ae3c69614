"""
In a pipeline
=============

Recourse as the last step of a pipeline, cross-validated together with its classifier.
Earlier steps prepare the table in which people change. Steps that only the classifier
needs, such as scaling and one-hot encoding, stay inside the classifier.
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
# A raw table: it has a column that the classifier must not use, and some savings with a
# wrong sign.
X, y = make_loans(1600, random_state=0)
X = X.assign(application=[f"A{number:05d}" for number in range(len(X))])
X.loc[::50, "savings"] *= -1
X_train, X_new, y_train, y_new = train_test_split(X, y, random_state=0)


# %%
# The first step cleans the table. It treats each row alone, so it can be a step of a
# pipeline.
def clean(table: pd.DataFrame) -> pd.DataFrame:
    """Drop the number of the application, and correct signs."""
    return table.drop(columns="application").assign(savings=table["savings"].abs())


# %%
# The last step gets an unfitted classifier and fits a clone of it. It learns who is
# accepted from out-of-fold predictions.
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
# ``transform`` of the pipeline replaces every denied row by its recourse. Rows without
# recourse are returned unchanged, with a warning that counts them.
X_cf = pipe.fit(X_train, y_train).transform(X_new)
print(f"A table of {X_new.shape} became one of {X_cf.shape}.")

# %%
# The last step makes the report. Pass it the table that the earlier steps return.
par, cleaned = pipe[-1], pipe[:-1].transform(X_new)
report = par.recourse(cleaned)
person = int(report.answered.argmax())
print(f"{X_new['application'].iloc[person]}: {report.actions()[person]}")

# %%
# Cross-validation fits classifier and recourse in every fold. The scorers use the last
# step of the pipeline and share one call of ``recourse`` per fold. A few epochs are
# enough for a first look.
results = cross_validate(
    clone(pipe).set_params(recourse__max_iter=5),
    X_train,
    y_train,
    scoring=recourse_scorers,
    cv=StratifiedKFold(2, shuffle=True, random_state=0),
)
scores = pd.DataFrame(results).filter(like="test_").rename(columns=lambda n: n[5:])
print(scores.agg(["mean", "std"]).T.to_string(float_format="{:.3f}".format))
