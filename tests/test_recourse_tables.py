"""Whatever table comes in, its likes go out: dtypes, index, columns, other cells."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from ._loans import Accepts, quick, unchanged

N = 120
TOWNS = ["Bern", "Genf", "Zug"]
SIZES = pd.CategoricalDtype(["S", "M", "L", "XL"], ordered=True)


def every_kind_of_column(seed=0):
    """Draw columns of which each is good enough for most people."""
    rng = np.random.RandomState(seed)

    def few_missing(values, dtype):
        return pd.Series(values, dtype=dtype).mask(rng.rand(N) < 0.1)

    index = pd.Index([f"p{row}" for row in rng.permutation(N)], name="person")
    towns, whole = rng.choice(TOWNS, N), rng.randint(0, 10, N)
    columns = {
        "string": pd.Series(towns, dtype="string"),
        "str_missing": few_missing(towns, "str"),
        "object": pd.Series(towns, dtype=object),
        "category": pd.Series(towns, dtype=pd.CategoricalDtype([*TOWNS, "Chur"])),
        "ordered": pd.Series(rng.choice(SIZES.categories, N), dtype=SIZES),
        "bool": pd.Series(rng.rand(N) < 0.8),
        "boolean": few_missing(rng.rand(N) < 0.8, "boolean"),
        "int8": pd.Series(whole, dtype="int8"),
        "uint16_missing": few_missing(whole, "UInt16"),
        "float32": pd.Series(rng.rand(N), dtype="float32"),
        "float64_missing": few_missing(rng.rand(N), "float64"),
        "Float64": few_missing(rng.rand(N), "Float64"),
    }
    return pd.DataFrame(columns).set_axis(index)


def is_good(X):
    """Tell which cells are good enough, shape (n, n_columns)."""
    cells = {}
    for name, column in X.items():
        if name in ("ordered", "bool", "boolean"):
            good = column.isin(["M", "L", "XL", True])
        elif isinstance(column.iloc[0], str) or name == "str_missing":
            good = column.isin(["Bern", "Zug"])
        else:
            good = column >= (2 if "int" in name else 0.2)
        cells[name] = good.fillna(False).to_numpy(dtype=bool)
    return np.column_stack(list(cells.values()))


@pytest.fixture(scope="module")
def X():
    return every_kind_of_column()


@pytest.fixture(scope="module")
def par(X):
    return quick(n_neighbors=4).fit(X, clf=Accepts(lambda X: is_good(X).all(axis=1)))


@pytest.fixture(scope="module")
def report(par, X):
    before = X.copy()
    report = par.recourse(X)
    pd.testing.assert_frame_equal(X, before)
    return report


def test_every_dtype_comes_back(report, X):
    after = report.counterfactuals
    assert report.answered.sum() > N / 2
    pd.testing.assert_series_equal(after.dtypes, X.dtypes)
    pd.testing.assert_index_equal(after.index, X.index)
    pd.testing.assert_index_equal(after.columns, X.columns)
    changed = ~unchanged(X, after)
    assert changed.any(axis=0).all(), "some dtype was never written"
    np.testing.assert_array_equal(changed.any(axis=1), report.answered)
    assert not (after.isna() & X.notna()).to_numpy().any()
    assert is_good(after)[report.answered].all()


def test_cells_that_are_not_changed_are_the_same_objects(report, X):
    after = report.counterfactuals
    same = unchanged(X, after)[:, X.columns.get_loc("object")]
    pairs = zip(X["object"][same], after["object"][same], strict=True)
    assert same.any() and all(old is new for old, new in pairs)


def test_a_row_on_its_own_comes_back_like_the_table(par, report, X):
    row = report.answered.argmax()
    pd.testing.assert_frame_equal(
        par.transform(X.iloc[[row]]), report.counterfactuals.iloc[[row]]
    )


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "float16", "int64", "int16", "uint8", "bool"]
)
def test_arrays_keep_their_dtype(dtype):
    rng = np.random.RandomState(0)
    X = rng.rand(N, 4)
    X = (X > 0.3).astype(dtype) if dtype == "bool" else (100 * X).astype(dtype)
    least = np.asarray(X.max(axis=0) / 4, dtype=dtype)
    par = quick().fit(X, clf=Accepts(lambda X: (X >= least).all(axis=1)))
    before = X.copy()
    report = par.recourse(X)
    X_cf = par.transform(X)
    np.testing.assert_array_equal(X, before)
    assert type(X_cf) is np.ndarray and X_cf.dtype == dtype
    assert report.answered.sum() > 20
    np.testing.assert_array_equal(report.answered, (X_cf != X).any(axis=1))
    assert (X_cf >= least)[report.answered].all()


def test_lists_of_lists_are_arrays():
    X = np.random.RandomState(0).randint(0, 9, (N, 3))
    clf = Accepts(lambda X: X[:, 0] >= 5)
    from_lists = quick().fit(X.tolist(), clf=clf).transform(X.tolist())
    from_array = quick().fit(X, clf=clf).transform(X)
    assert from_lists.dtype == X.dtype
    assert (from_array != X).any()
    np.testing.assert_array_equal(from_lists, from_array)


def test_arrays_of_objects_hold_strings_and_numbers(X):
    table = X[["object", "int8", "float64_missing"]].to_numpy(dtype=object)
    clf = Accepts(lambda X: (X[:, 0] == "Zug") & (X[:, 1] > 4))
    par = quick(actionability={2: "immutable"}).fit(table, clf=clf)
    kinds = [column.kind for column in par.schema_.columns]
    assert kinds == ["nominal", "integer", "continuous"]
    X_cf = par.transform(table)
    assert X_cf.dtype == object
    assert set(X_cf[:, 0]) == {"Zug"}
    assert {type(cell) for cell in X_cf[:, 1]} == {int}
    assert all(old is new for old, new in zip(table[:, 2], X_cf[:, 2], strict=True))


def test_names_are_told_apart_from_positions():
    X = pd.DataFrame(np.random.RandomState(0).rand(N, 3), columns=[2, 0, 1])
    clf = Accepts(lambda X: X[2] > 0.5)
    par = quick(actionability={0: "immutable", 1: "immutable"}).fit(X, clf=clf)
    X_cf = par.transform(X)
    assert X_cf.columns.tolist() == [2, 0, 1]
    pd.testing.assert_frame_equal(X_cf[[0, 1]], X[[0, 1]])
    assert (X_cf[2] > 0.5).all()


@pytest.mark.parametrize("fitted_on", ["frame", "array"])
def test_people_in_the_other_container_come_back_as_an_array(fitted_on):
    frame = pd.DataFrame(np.random.RandomState(0).rand(N, 3), columns=list("abc"))
    tables = {"frame": frame, "array": frame.to_numpy()}
    asked_with = tables.pop("array" if fitted_on == "frame" else "frame")
    X = tables[fitted_on]
    clf = LogisticRegression().fit(X, frame["a"] + frame["b"] > 1.2)
    par = quick().fit(X, clf=clf)
    with pytest.warns(UserWarning, match="feature names"):
        X_cf = par.transform(asked_with)
    assert isinstance(X_cf, np.ndarray)
    np.testing.assert_array_equal(np.asarray(X_cf), np.asarray(par.transform(X)))
    assert (np.asarray(X_cf) != frame.to_numpy()).any()


def test_a_declared_category_that_no_training_row_had_is_fine_and_never_advised():
    towns = pd.CategoricalDtype([*TOWNS, "Chur"])
    rng = np.random.RandomState(0)
    table = pd.DataFrame({"pay": rng.rand(N), "town": rng.choice(TOWNS, N)})
    table = table.astype({"town": towns})
    decide = Accepts(lambda X: (X["pay"] > 0.6) & (X["town"] != "Genf"))
    par = quick().fit(table, clf=decide)
    asking = table[:30].assign(town=pd.array(["Chur"] * 30, dtype=towns), pay=0.1)
    report = par.recourse(asking)
    assert report.answered.all()
    assert report.counterfactuals["town"].isin(["Chur", "Bern", "Zug"]).all()
    others = par.transform(table)
    assert (others["town"] != "Chur").all()


@pytest.mark.parametrize("name", ["str_missing", "uint16_missing", "float64_missing"])
def test_where_only_those_who_lack_a_value_are_accepted(X, name):
    asked = X[[name, "int8", "category"]]
    clf = Accepts(lambda rows: rows[name].isna() & (rows["int8"] > 4))
    par = quick(max_queries=200).fit(asked, clf=clf)
    denied = asked[clf.predict(asked) == 0]
    report = par.recourse(denied, n_options=2)
    lacks = denied[name].isna().to_numpy()
    assert 0 < lacks.sum() < len(lacks)
    # Nobody can be advised to lose a value.
    np.testing.assert_array_equal(report.answered, lacks)
    assert (clf.predict(report.counterfactuals[lacks]) == 1).all()
    pd.testing.assert_frame_equal(report.counterfactuals[~lacks], denied[~lacks])


@pytest.mark.parametrize("has_y", [False, True])
@pytest.mark.parametrize("has_id", [False, True])
def test_fit_warns_once_of_what_makes_answers_wrong(X, has_y, has_id):
    clf = Accepts(lambda X: X["float32"] > 0.4)
    y = pd.Series(np.arange(N) % 2, index=X.index[::-1] if has_y else X.index)
    table = X.assign(client=range(N)) if has_id else X
    with warnings.catch_warnings(record=True) as record:
        warnings.simplefilter("always")
        quick(max_iter=1).fit(table, y, clf)
    assert len(record) == (has_y or has_id)
    for warning in record:
        text = str(warning.message)
        assert warning.category is UserWarning and warning.filename == __file__
        assert "check_table" in text
        assert ("['client']" in text) == has_id and ("y has" in text) == has_y


def test_numbers_change_to_values_as_their_columns_have_them():
    rng = np.random.RandomState(0)
    table = pd.DataFrame(
        {
            "cents": rng.gamma(2, 400, N).round(2),
            "grade": (rng.randint(4, 24, N) / 4).astype(np.float32),
            "amount": 500 * rng.randint(1, 40, N),
            "code": rng.choice([0, 1, 666], N),
            "ratio": rng.rand(N),
        }
    )
    clf = Accepts(
        lambda X: (
            X["cents"] / 800 + X["grade"] / 4 - X["amount"] / 9000 + X["code"] / 666
            > 1.5 + X["ratio"]
        )
    )
    par = quick().fit(table, clf=clf)
    steps = {column.name: column.step for column in par.schema_.columns}
    expected = {"cents": 0.01, "grade": 0.25, "amount": 500.0, "code": 1.0}
    assert steps == {**expected, "ratio": None}
    asking = table + np.array([0.001, 0.1, 3, 0, 0])  # between the steps
    report = par.recourse(asking, n_options=2)
    assert report.answered.sum() > 0.625 * N
    moved = set()
    for option in report.options:
        after = option.counterfactuals
        changed = pd.DataFrame(~unchanged(asking, after), columns=list(table))
        for name in ("cents", "grade", "amount"):
            values = after[name][changed[name].to_numpy()].to_numpy(dtype=float)
            np.testing.assert_array_equal(values, values.round(2))
            counts = values / steps[name]
            np.testing.assert_allclose(counts, counts.round(), rtol=0, atol=1e-6)
        assert after["code"].isin([0, 1, 666]).all()
        moved |= set(changed.columns[changed.any()])
    assert moved == set(table)
