"""An answer depends on the fit and the row alone, and nothing else is touched."""

from __future__ import annotations

import ast
import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier

from ._loans import RULES, mixed_pipeline, quick, split_loans

SOURCES = [
    path
    for path in sorted((Path(__file__).parents[1] / "skpar").rglob("*.py"))
    if "torch" in path.read_text("utf-8")
]


@pytest.fixture(scope="module")
def loans():
    return split_loans(120)


@pytest.fixture(scope="module")
def par(loans):
    return quick(actionability=RULES).fit(loans.X, clf=loans.clf)


@pytest.fixture(scope="module")
def report(par, loans):
    return par.recourse(loans.asking)


@pytest.fixture(scope="module")
def forest_par(loans):
    forest = RandomForestClassifier(n_estimators=10, random_state=0)
    clf = mixed_pipeline(forest).fit(loans.asking, loans.y_asking)
    return quick(actionability=RULES).fit(loans.X, clf=clf)


def in_batches(par, X, size):
    """Answer people in shuffled order, `size` at a time."""
    order = np.random.RandomState(size).permutation(len(X))
    parts = [
        par.recourse(X.iloc[order[start : start + size]])
        for start in range(0, len(X), size)
    ]
    tables = pd.concat([part.counterfactuals for part in parts]).loc[X.index]
    return tables, pd.concat([part.to_frame() for part in parts]).loc[X.index]


@pytest.mark.slow
@pytest.mark.parametrize("fitted", ["par", "forest_par"])
@pytest.mark.parametrize(
    ("n", "by_seven", "alone"),
    [(200, 49, 8), pytest.param(500, 500, 500, marks=pytest.mark.slow)],
)
def test_answers_do_not_depend_on_the_batch(fitted, n, by_seven, alone, loans, request):
    par = request.getfixturevalue(fitted)
    people = split_loans(500, seed=1).asking[:n]
    whole = par.recourse(people)
    assert whole.answered.sum() > 0.3 * n
    for size, m in [(n, n), (7, by_seven), (1, alone)]:
        table, figures = in_batches(par, people[:m], size)
        pd.testing.assert_frame_equal(
            table, whole.counterfactuals[:m], check_exact=True
        )
        # Sums over a batch may differ in the last bits of the figures.
        pd.testing.assert_frame_equal(figures, whole.to_frame()[:m], rtol=1e-9)


@pytest.mark.slow
def test_people_answered_from_eight_threads_get_the_same_answers(par, report, loans):
    """The same estimator, at once; every thread has some people twice."""
    whole, n = report.to_frame(), len(loans.asking)
    parts = [np.arange(k, k + n, 3) % n for k in range(0, 16)]

    def answer(rows):
        told = par.recourse(loans.asking.iloc[rows])
        return told.counterfactuals, told.to_frame()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(answer, parts))
    assert report.answered.sum() > 30
    for rows, (table, figures) in zip(parts, answers, strict=True):
        expected = report.counterfactuals.iloc[rows]
        pd.testing.assert_frame_equal(table, expected, check_exact=True)
        # Sums over a batch may differ in the last bits of the figures.
        pd.testing.assert_frame_equal(figures, whole.iloc[rows], rtol=1e-9)


def test_the_same_seed_gives_the_same_answers(par, report, loans):
    again = quick(actionability=RULES).fit(loans.X, clf=loans.clf)
    pd.testing.assert_frame_equal(
        again.transform(loans.asking), report.counterfactuals, check_exact=True
    )
    assert again.loss_curve_ == par.loss_curve_


@pytest.mark.parametrize(
    ("seed", "is_same"), [(np.random.RandomState(0), True), (1, False)]
)
def test_seeds_are_told_apart(par, loans, seed, is_same):
    again = quick(actionability=RULES, random_state=seed).fit(loans.X, clf=loans.clf)
    assert (again.loss_curve_ == par.loss_curve_) == is_same


@contextmanager
def default_dtype(dtype):
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@contextmanager
def default_device(device):
    torch.set_default_device(device)
    try:
        yield
    finally:
        torch.set_default_device(None)


@contextmanager
def threads(number):
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    "circumstance",
    [
        torch.no_grad,
        torch.inference_mode,
        lambda: default_dtype(torch.float32),
        lambda: default_dtype(torch.float64),
        lambda: threads(3),
        lambda: default_device("meta"),
    ],
    ids=["no_grad", "inference_mode", "float32", "float64", "threads", "device"],
)
def test_the_state_of_torch_is_neither_changed_nor_felt(
    loans, par, report, circumstance
):
    def state():
        return (
            torch.is_grad_enabled(),
            torch.is_inference_mode_enabled(),
            torch.get_default_dtype(),
            torch.empty(0).device,
            torch.get_num_threads(),
            torch.get_rng_state().tolist(),
            np.random.get_state()[1].tolist(),
        )

    with circumstance():
        before = state()
        again = quick(actionability=RULES).fit(loans.X, clf=loans.clf)
        after_fit = state()
        X_cf = again.transform(loans.asking[:40])
        assert before == after_fit == state()
    assert again.loss_curve_ == par.loss_curve_
    expected = report.counterfactuals[:40]
    pd.testing.assert_frame_equal(X_cf, expected, check_exact=True)
    later = again.transform(loans.asking[:20])
    pd.testing.assert_frame_equal(later, X_cf[:20], check_exact=True)


# Functions of torch that make tensors on the default device unless they get another.
MAKERS = {"arange", "as_tensor", "asarray", "empty", "eye", "full", "linspace"}
MAKERS |= {"logspace", "ones", "rand", "randint", "randn", "randperm", "scalar_tensor"}
MAKERS |= {"tensor", "tril_indices", "triu_indices", "zeros"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_new_tensor_names_its_device(path):
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    nameless = [
        ast.unparse(call)
        for call in calls
        if ast.unparse(call.func) in {f"torch.{name}" for name in MAKERS}
        and "device" not in {keyword.arg for keyword in call.keywords}
        and not any(keyword.arg is None for keyword in call.keywords)
    ]
    assert nameless == []


def test_the_global_seeds_are_not_felt(loans, par):
    numpy_state, torch_state = np.random.get_state(), torch.get_rng_state()
    try:
        np.random.seed(99)
        torch.manual_seed(99)
        again = quick(actionability=RULES).fit(loans.X, clf=loans.clf)
    finally:
        np.random.set_state(numpy_state)
        torch.set_rng_state(torch_state)
    assert again.loss_curve_ == par.loss_curve_


def test_asking_writes_nothing_to_the_estimator(par, loans):
    names, state = set(vars(par)), pickle.dumps(par)
    par.transform(loans.asking[:50])
    par.recourse(loans.asking[:50])
    par.score(loans.asking[:50])
    assert set(vars(par)) == names
    assert pickle.dumps(par) == state


def test_fit_changes_none_of_its_arguments(loans):
    X, y, rules = loans.X.copy(), loans.y.copy(), copy.deepcopy(RULES)
    clf = pickle.dumps(loans.clf)
    par = quick(actionability=rules)
    parameters = par.get_params()
    par.fit(X, y, loans.clf)
    pd.testing.assert_frame_equal(X, loans.X)
    np.testing.assert_array_equal(y, loans.y)
    assert pickle.dumps(loans.clf) == clf
    assert rules == RULES
    assert par.get_params() == parameters


@pytest.fixture(params=["array", "memmap", "frame"])
def read_only(request, tmp_path):
    X = np.random.RandomState(0).rand(150, 3)
    if request.param == "memmap":
        written = np.memmap(tmp_path / "X", X.dtype, "w+", shape=X.shape)
        written[:] = X
        written.flush()
        return np.memmap(tmp_path / "X", X.dtype, "r", shape=X.shape)
    X.flags.writeable = False
    return X if request.param == "array" else pd.DataFrame(X, columns=list("abc"))


def test_read_only_tables_are_no_trouble(read_only):
    y = (np.asarray(read_only).sum(axis=1) > 1.5).astype(int)
    y.flags.writeable = False
    par = quick().fit(read_only, y)
    report = par.recourse(read_only)
    assert report.answered.sum() > 20
    assert (np.asarray(report.counterfactuals) != np.asarray(read_only)).any()
    answers = par.transform(read_only)
    answers[:] = 0  # they are the caller's own
