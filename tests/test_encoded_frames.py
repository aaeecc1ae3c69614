"""The adapter for encoded frames, on a stand-in for the interface of benchmarks."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from skpar.datasets import make_loans

EXAMPLE = Path(__file__).parents[1] / "examples" / "encoded_frames.py"
NUMBERS = ["savings", "loan_amount", "loan_months"]
WORDS = ["job", "has_guarantor"]


class Model:
    """Returns columns of labels, as networks do."""

    def __init__(self, frame, y):
        self.columns = list(frame)
        self.clf = LogisticRegression().fit(frame, y)

    def predict(self, frame):
        assert list(frame) == self.columns
        return self.clf.predict(frame)[:, None]

    def predict_proba(self, frame):
        return self.clf.predict_proba(frame)


@pytest.fixture(scope="module")
def example():
    return SimpleNamespace(**runpy.run_path(str(EXAMPLE)))


@pytest.fixture(scope="module")
def benchmark():
    """A table with a dropped level, a group of one column, and mixed columns."""
    X, y = make_loans(700, random_state=1)
    X = X[[*NUMBERS, *WORDS]].astype({"savings": float})
    scaler = StandardScaler().set_output(transform="pandas").fit(X[NUMBERS])
    dummies = pd.get_dummies(X[WORDS].astype(str), drop_first=True, dtype=float)
    frame = dummies.join(scaler.transform(X[NUMBERS]))
    groups = {name: [c for c in dummies if c.startswith(name)] for name in WORDS}
    assert len(groups["has_guarantor"]) == 1
    model = Model(frame[:300], y[:300])
    return SimpleNamespace(
        X=X,
        scaler=scaler,
        groups=groups,
        model=model,
        train_set=frame[300:600].assign(label=y[300:600]),
        factuals=frame[600:],
    )


@pytest.fixture(scope="module")
def method(example, benchmark):
    return example.EncodedRecourse(
        benchmark.model,
        benchmark.scaler,
        benchmark.groups,
        immutables=["has_guarantor", "loan_months"],
        allow_training_rows=True,
        max_iter=1,
        random_state=0,
    ).fit(benchmark.train_set)


@pytest.fixture(scope="module")
def counterfactuals(method, benchmark):
    return method.get_counterfactuals(benchmark.factuals)


def test_decoding_is_undone_by_encoding(method, benchmark):
    decoded = method.decode(benchmark.factuals)
    numbers = benchmark.X.loc[decoded.index, NUMBERS]
    np.testing.assert_allclose(decoded[NUMBERS], numbers, rtol=1e-8)
    whole = ["loan_amount", "loan_months"]
    np.testing.assert_array_equal(decoded[whole], numbers[whole])
    encoded = method.encode(decoded)
    pd.testing.assert_frame_equal(encoded, benchmark.factuals, rtol=1e-7)
    pd.testing.assert_frame_equal(method.decode(encoded), decoded, check_exact=True)


def test_the_frame_is_that_of_the_factuals(counterfactuals, benchmark):
    assert counterfactuals.index.equals(benchmark.factuals.index)
    assert list(counterfactuals) == list(benchmark.factuals)
    assert set(counterfactuals.dtypes) == {np.dtype(float)}
    missing = counterfactuals.isna().to_numpy()
    np.testing.assert_array_equal(missing.any(axis=1), missing.all(axis=1))


def test_rows_are_accepted_and_groups_are_whole(counterfactuals, benchmark):
    found = counterfactuals.dropna()
    denied = benchmark.model.predict(benchmark.factuals)[:, 0] == 0
    assert 10 < denied.sum() < len(denied) - 10
    assert len(found) > 0.9 * len(denied)
    assert (benchmark.model.predict(found) == 1).all()
    for columns in benchmark.groups.values():
        assert set(found[columns].to_numpy().ravel()) <= {0.0, 1.0}
        assert set(found[columns].sum(axis=1)) <= {0.0, 1.0}


def test_what_does_not_change_is_copied(counterfactuals, benchmark):
    own, found = benchmark.factuals, counterfactuals.dropna()
    own = own.loc[found.index]
    fixed = [*benchmark.groups["has_guarantor"], "loan_months"]
    pd.testing.assert_frame_equal(found[fixed], own[fixed], check_exact=True)
    accepted = benchmark.model.predict(own)[:, 0] == 1
    pd.testing.assert_frame_equal(found[accepted], own[accepted], check_exact=True)
    different = (found != own)[~accepted]
    assert different.any(axis=1).all()
    # A cell differs by a change, and not by an error of scaling.
    assert (abs(found - own)[~accepted].to_numpy()[different] > 1e-6).all()


def test_the_model_judges_the_encoded_rows(example, method, benchmark, monkeypatch):
    monkeypatch.setattr(
        method, "model", SimpleNamespace(predict=lambda f: [0] * len(f))
    )
    assert method.get_counterfactuals(benchmark.factuals).isna().all(axis=None)


def test_the_example_answers_everybody(example):
    assert len(example.found) > 50
    assert (example.model.predict(example.counterfactuals[example.found]) == 1).all()
