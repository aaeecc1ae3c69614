"""Products, ratios, minima and maxima are found."""

import numpy as np
import pytest

from ..._relations import check_exact, find, table_with

N = 400


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    "order", [["rate", "months", "sum"], ["sum", "months", "rate"]]
)
def test_products_are_found_in_any_order(rng, order):
    columns = {"rate": np.round(rng.lognormal(5, 1, N), 2)}
    columns["months"] = rng.integers(6, 60, N)
    columns["sum"] = columns["rate"] * columns["months"]
    found = find(table_with({name: columns[name] for name in order}))
    (text,) = found.texts
    assert text in ("sum = rate * months", "sum = months * rate")
    check_exact(found)


@pytest.mark.parametrize(("factor", "decimals"), [(1, None), (1, 3), (100, 1), (12, 2)])
def test_ratios_are_found_rounded_or_not(rng, factor, decimals):
    loan = np.where(rng.random(N) < 0.2, 0, rng.integers(20_000, 400_000, N))
    price = rng.integers(50_000, 600_000, N)
    ratio = factor * loan / price
    ratio = ratio if decimals is None else np.round(ratio, decimals)
    found = find(table_with({"loan": loan, "price": price, "ratio": ratio}))
    start = "" if factor == 1 else f"{factor} * "
    assert found.texts == {f"ratio = {start}loan / price"}
    check_exact(found)


def test_signs_are_kept(rng):
    a, b = rng.normal(size=(2, N))
    found = find(table_with({"a": a, "b": b, "y": -2 * a * b}))
    assert found.texts == {"y = -2 * a * b"}
    check_exact(found)


def test_a_missing_factor_makes_the_product_unknown(rng):
    a, b = rng.lognormal(size=(2, N))
    a[rng.random(N) < 0.2] = np.nan
    found = find(table_with({"a": a, "b": b, "y": a * b}))
    assert found.texts == {"y = a * b"}
    check_exact(found)


@pytest.mark.parametrize("row", [0, 7, N - 1])
def test_one_row_that_contradicts_removes_a_product(rng, row):
    a, b = rng.lognormal(size=(2, N))
    y = a * b
    y[row] *= 2
    assert not find(table_with({"a": a, "b": b, "y": y})).determined


def test_noise_is_no_product(rng):
    a, b = rng.lognormal(size=(2, N))
    y = a * b * rng.lognormal(0, 0.01, N)
    assert not find(table_with({"a": a, "b": b, "y": y})).determined


@pytest.mark.parametrize("kind", ["max", "min"])
@pytest.mark.parametrize("draw", ["numbers", "counts"])
def test_extremes_are_found(rng, kind, draw):
    cells = rng.normal(size=(N, 4))
    if draw == "counts":
        cells = rng.poisson(2.0, (N, 4)).astype(float)
    columns = {f"m{k}": cells[:, k] for k in range(4)}
    columns = {"y": getattr(cells, kind)(axis=1)} | columns
    found = find(table_with(columns))
    assert found.texts == {f"y = {kind}(m0, m1, m2, m3)"}
    check_exact(found)


def test_an_extreme_of_flags_is_found(rng):
    a, b = rng.random((2, N)) < 0.2
    found = find(table_with({"a": a.astype(int), "b": b, "any": (a | b).astype(int)}))
    assert found.texts == {"any = max(a, b)"}
    check_exact(found)


def test_an_extreme_is_unknown_if_a_source_is_missing(rng):
    cells = rng.normal(size=(N, 2))
    cells[rng.random(N) < 0.2, 0] = np.nan
    columns = {"a": cells[:, 0], "b": cells[:, 1], "y": cells.max(axis=1)}
    found = find(table_with(columns))
    assert found.texts == {"y = max(a, b)"}
    check_exact(found)


def test_one_row_that_contradicts_removes_an_extreme(rng):
    cells = rng.normal(size=(N, 2))
    y = cells.max(axis=1)
    y[11] += 0.5
    columns = {"a": cells[:, 0], "b": cells[:, 1], "y": y}
    assert not find(table_with(columns)).determined


def test_a_source_of_one_row_is_an_accident(rng):
    a = rng.normal(size=N)
    b = np.full(N, -9.0)
    b[3] = 9.0
    columns = {"a": a, "b": b, "y": np.maximum(a, b)}
    assert not find(table_with(columns)).determined


def test_columns_that_the_user_derives_take_no_part(rng):
    a, b = rng.lognormal(size=(2, N))
    table = table_with({"a": a, "b": b, "product": a * b, "most": np.maximum(a, b)})
    taken = [table.columns.get_loc(name) for name in ("product", "most")]
    assert len(find(table).determined) == 2
    assert not find(table, taken).determined
