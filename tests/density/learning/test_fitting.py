from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from skpar.density.learning._fitting import columns_in_circuit
from skpar.relations import LookedUp

from .._circuits import CONFIG, fit


def test_dependence_is_learned(encode, mixed_table):
    data, held_out = encode(mixed_table(1500)), mixed_table(1500, seed=1)
    rows = data.encoder.encode(data.encoder.schema.encode(held_out))
    gain = fit(data).log_prob(rows) - fit(data, n_states=1).log_prob(rows)
    assert gain.mean() > 0.3
    assert gain.mean() > 10 * gain.std() / np.sqrt(len(rows))


def test_one_state_makes_columns_independent(encode, mixed_table):
    data = encode(mixed_table(300))
    circuit = fit(data, n_states=1)
    whole = data.rows[~np.isnan(data.codes).any(axis=1)][:2]
    swapped = whole.clone()
    swapped[:, 1] = whole.flip(0)[:, 1]
    assert_allclose(circuit.log_prob(whole).sum(), circuit.log_prob(swapped).sum())


@pytest.mark.parametrize("factor", [1024.0, 1000.0, 0.37])
def test_scale_of_a_column_only_shifts_the_log_density(encode, mixed_table, factor):
    table = mixed_table(600)
    scaled = table.assign(income=table["income"] * factor, gain=table["gain"] * factor)
    if factor > 1:
        scaled["age"] = table["age"] * int(factor)
    shifts = []
    for frame in (table, scaled):
        data = encode(frame)
        units = np.where(np.isnan(data.codes), 0.0, np.log(data.encoder.scale))
        own = fit(data).log_prob(data.rows).numpy() - units.sum(axis=1)
        own += np.where(
            np.isnan(data.codes[:, 0]), 0.0, np.log(frame["income"].median())
        )
        shifts.append(own)
    difference = shifts[0] - shifts[1]
    assert_allclose(difference, difference[0], atol=1e-6)


def test_same_seed_gives_the_same_circuit(encode, mixed_table):
    data = encode(mixed_table(600))
    first, second, other = fit(data), fit(data), fit(data, seed=1)
    assert_array_equal(first.log_prob(data.rows), second.log_prob(data.rows))
    assert not np.array_equal(first.log_prob(data.rows), other.log_prob(data.rows))


def test_no_grad_of_the_caller_does_not_matter(encode, mixed_table):
    data = encode(mixed_table(100))
    expected = fit(data).log_prob(data.rows)
    with torch.no_grad():
        actual = fit(data).log_prob(data.rows)
    assert_array_equal(actual, expected)


def test_rows_that_do_not_fit_in_the_cache_change_nothing(encode, mixed_table):
    data = encode(mixed_table(1100))
    expected = fit(data, max_iter=6).log_prob(data.rows)
    config = replace(CONFIG, em_cache_bytes=0)
    actual = fit(data, config=config, max_iter=6).log_prob(data.rows)
    assert_allclose(actual, expected, rtol=0, atol=1e-9)


def test_a_large_table_is_learned_from_a_sample_of_its_rows(encode, mixed_table):
    data, held_out = encode(mixed_table(1500)), mixed_table(1500, seed=1)
    rows = data.encoder.encode(data.encoder.schema.encode(held_out))
    config = replace(CONFIG, max_structure_rows=500)
    sampled, whole, few = (
        float(circuit.log_prob(rows).mean())
        for circuit in (
            fit(data, config=config),
            fit(data),
            fit(SimpleNamespace(encoder=data.encoder, rows=data.rows[:500])),
        )
    )
    assert few < sampled
    assert sampled == pytest.approx(whole, abs=0.1)


TABLES = {
    "one row": pd.DataFrame({"a": [1.5], "b": ["x"]}),
    "two rows": pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]}),
    "five rows": pd.DataFrame({"a": [1, 2, 3, 4, 9], "b": [0.1, 0.2, 0.3, 0.4, 0.5]}),
    "one number": pd.DataFrame({"a": np.random.RandomState(0).normal(size=30)}),
    "one level": pd.DataFrame({"a": ["x"] * 9}),
    "constant": pd.DataFrame({"a": [2.0] * 9, "b": [0] * 9, "c": range(9)}),
    "constant everywhere": pd.DataFrame({"a": [3.25] * 12, "b": [True] * 12}),
    "outlier": pd.DataFrame({"a": [1e300, 1.0, 2.0, 3.0, 4.5], "b": [1, 2, 1, 2, 1]}),
}


@pytest.mark.parametrize("name", TABLES)
def test_ugly_tables_give_finite_densities_and_gradients(encode, name):
    data = encode(TABLES[name])
    circuit = fit(data)
    rows = data.rows.clone().requires_grad_()
    log_density = circuit.log_prob(rows)
    assert log_density.isfinite().all()
    (slope,) = torch.autograd.grad(log_density.sum(), rows)
    assert slope.isfinite().all()


@pytest.mark.parametrize("column", ["income", "job"])
def test_column_that_is_missing_in_all_rows_of_a_class(encode, mixed_table, column):
    data = encode(mixed_table(200))
    place = list(mixed_table(1)).index(column)
    absent = np.isnan(data.codes[:, place])
    circuit = fit(SimpleNamespace(encoder=data.encoder, rows=data.rows[absent]))
    assert circuit.log_prob(data.rows).isfinite().all()


def test_sixty_rows_with_many_missing_cells(encode):
    rng = np.random.RandomState(0)
    values = rng.normal(size=(60, 6))
    values[rng.uniform(size=values.shape) < 0.3] = np.nan
    values[:, 3] = 1.0
    data = encode(pd.DataFrame(values, columns=list("abcdef")))
    assert fit(data).log_prob(data.rows).isfinite().all()


@pytest.mark.parametrize("left_out", [("age",), ("job", "gain"), ("income", "owns")])
@pytest.mark.parametrize("n_rows", [300, 2100])
def test_determined_columns_are_not_in_the_circuit(
    encode, mixed_table, left_out, n_rows
):
    """The circuit is that of the table without the columns, to the last bit."""
    table = mixed_table(n_rows)
    whole, part = encode(table), encode(table.drop(columns=list(left_out)))
    places = [table.columns.get_loc(name) for name in left_out]
    determined = [LookedUp(place, (), (0.0,), (0.0,)) for place in places]
    partial = fit(whole, max_iter=10, determined=determined)
    expected = fit(part, max_iter=10)
    inside = np.setdiff1d(np.arange(5), places)
    assert_array_equal(inside[expected.tree.order], partial.tree.order)
    log_density = expected.log_prob(part.rows)
    assert_array_equal(partial.log_prob(whole.rows), log_density)
    free = whole.rows.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(partial.log_prob(free).sum(), free)
    assert slopes.isfinite().all()
    for place in places:
        cells = whole.encoder.slices[place]
        assert (slopes[:, cells] == 0).all()
    drawn, alone = (
        circuit.sample(20, torch.Generator().manual_seed(0))
        for circuit in (partial, expected)
    )
    drawn, alone = whole.encoder.decode(drawn), part.encoder.decode(alone)
    assert_array_equal(drawn[:, inside], alone)


def test_one_column_always_stays_in_the_circuit():
    both = [LookedUp(j, (), (0.0,), (0.0,)) for j in (1, 0)]
    assert columns_in_circuit(2, both).tolist() == [1]
    assert columns_in_circuit(3, both).tolist() == [2]
    assert columns_in_circuit(2, []).tolist() == [0, 1]
