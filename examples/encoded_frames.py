"""
Encoded frames
==============

Benchmarks of recourse often speak encoded frames: scaled numbers and one-hot columns.
Their methods have ``fit(train_set)`` and ``get_counterfactuals(factuals)``. The adapter
on this page gives skpar this interface. Copy it, and change what your benchmark names
otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import MinMaxScaler

from skpar import PARRecourse
from skpar.datasets import make_loans


# %%
# The adapter decodes each frame: a one-hot group becomes one column of levels, and
# numbers get their own units. So a group is always whole, rules are about features, and
# numbers change on their own steps. Cells that a recourse does not change are copied
# from the factuals, bit by bit. The model judges the encoded rows at the end.
class EncodedRecourse:
    """PARRecourse for scaled one-hot frames.

    Parameters
    ----------
    model : classifier
        Its ``predict`` and ``predict_proba`` take encoded frames.
    scaler : fitted scaler of scikit-learn
        It scaled the numbers. Its ``feature_names_in_`` are their columns.
    groups : dict
        The one-hot columns of each feature. If none of them is on, or if there is only
        one, "none of them" is a level, too.
    immutables : collection of str
        Features that keep their values: names of groups or of numbers.
    **parameters : object
        Further parameters of PARRecourse. Rules have the units of the decoded frame.
    """

    def __init__(
        self,
        model: Any,
        scaler: Any,
        groups: Mapping[str, Sequence[str]],
        immutables: Collection[str] = (),
        **parameters: Any,
    ) -> None:
        self.model, self.scaler, self.groups = model, scaler, groups
        self.numbers = list(scaler.feature_names_in_)
        rules = dict.fromkeys(immutables, "immutable")
        rules |= parameters.pop("actionability", {})
        self.par = PARRecourse(actionability=rules, **parameters)

    def fit(self, train_set: pd.DataFrame) -> EncodedRecourse:
        """Fit on encoded rows; other columns, such as the label, are ignored."""
        members = [column for group in self.groups.values() for column in group]
        known = {*self.numbers, *members}
        self.columns = [column for column in train_set if column in known]
        self.par.fit(self.decode(train_set), clf=DecodedInput(self.model, self.encode))
        return self

    def get_counterfactuals(self, factuals: pd.DataFrame) -> pd.DataFrame:
        """Give one row of float64 for each factual: NaN if there is no recourse."""
        rows = self.decode(factuals)
        report = self.par.recourse(rows)
        encoded = self.encode(report.counterfactuals)
        own = factuals[self.columns]
        for name, columns in [*self.groups.items(), *((n, [n]) for n in self.numbers)]:
            kept = (rows[name] == report.counterfactuals[name]).to_numpy()
            encoded.loc[kept, columns] = own.loc[kept, columns].to_numpy()
        labels = np.ravel(np.asarray(self.model.predict(encoded)))
        encoded.loc[~np.isin(labels, self.par.favorable_label_)] = np.nan
        return encoded

    def decode(self, encoded: pd.DataFrame) -> pd.DataFrame:
        """Write numbers in their own units, and each group as one column."""
        numbers = self.scaler.inverse_transform(encoded[self.numbers])
        # Scaling leaves errors in the last bits, which are no part of the number.
        decoded = pd.DataFrame(
            np.vectorize(lambda value: float(f"{value:.9g}"))(numbers),
            columns=self.numbers,
            index=encoded.index,
        )
        for name, columns in self.groups.items():
            cells = encoded[list(columns)].to_numpy() > 0.5
            level = np.asarray(columns, dtype=object)[cells.argmax(axis=1)]
            decoded[name] = np.where(cells.any(axis=1), level, "none of them")
        return decoded

    def encode(self, decoded: pd.DataFrame) -> pd.DataFrame:
        """Undo `decode`."""
        encoded = pd.DataFrame(
            self.scaler.transform(decoded[self.numbers]),
            columns=self.numbers,
            index=decoded.index,
        )
        for name, columns in self.groups.items():
            for column in columns:
                encoded[column] = (decoded[name] == column).astype(float)
        return encoded[self.columns]


class DecodedInput:
    """A classifier of encoded frames that gets decoded ones."""

    def __init__(self, model: Any, encode: Any) -> None:
        self.model, self.encode = model, encode

    def predict(self, decoded: pd.DataFrame) -> np.ndarray:
        """Predict the labels."""
        return np.ravel(np.asarray(self.model.predict(self.encode(decoded))))

    def predict_proba(self, decoded: pd.DataFrame) -> np.ndarray:
        """Predict the probabilities of all labels."""
        return np.asarray(self.model.predict_proba(self.encode(decoded)))


# %%
# A benchmark encodes its table, and trains a model.
X, y = make_loans(1200, random_state=0)
X = X[["age", "monthly_income", "loan_amount", "loan_months", "job", "housing"]]
words = ["job", "housing"]
numbers = [name for name in X if name not in words]
scaler = MinMaxScaler().set_output(transform="pandas").fit(X[numbers])
frame = scaler.transform(X[numbers]).join(pd.get_dummies(X[words], dtype=float))
groups = {name: [c for c in frame if c.startswith(f"{name}_")] for name in words}
model = LogisticRegression().fit(frame[:400], y[:400])

# %%
# It calls the method, and judges the frame that it gets.
method = EncodedRecourse(
    model, scaler, groups, immutables=["age", "housing"], max_iter=2, random_state=0
)
method.fit(frame[400:800].assign(repaid=y[400:800]))
factuals = frame[800:][model.predict(frame[800:]) == 0]
counterfactuals = method.get_counterfactuals(factuals)

found = counterfactuals.notna().all(axis=1)
accepted = model.predict(counterfactuals[found]) == 1
print(f"{len(factuals)} denied, {found.sum()} with recourse, {accepted.sum()} accepted")
print(counterfactuals[found].head(3).T.to_string(float_format="{:.3f}".format))
