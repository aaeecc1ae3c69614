"""Steps of numbers and columns of few values: what is learned, right or wrong."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.table._inference import learn_grid

STEPS = [1e-5, 0.001, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 500]
STEPS += [2500, 1e6]


def multiples(step, counts):
    """Numbers as a person writes them."""
    exact = Fraction(str(step))
    return np.array([float(int(count) * exact) for count in counts])


def learn(values, dtype=None):
    values = np.asarray(values, dtype=np.float64)
    return learn_grid(values, bool((values == np.rint(values)).all()), dtype)


@pytest.mark.parametrize("step", STEPS)
def test_steps_are_learned(step):
    counts = np.random.RandomState(0).randint(-80, 200, 60)
    values = multiples(step, counts)
    grid = learn(values)
    assert grid == (step, None, values.min(), values.max())
    as_float32 = values.astype(np.float32)
    grid = learn(as_float32, np.dtype(np.float32))
    assert grid == (step, None, as_float32.min(), as_float32.max())


@pytest.mark.parametrize("step", [s for s in STEPS if s < 1])
def test_rounding_errors_are_no_decimals(step):
    exact = multiples(step, range(1, 31))
    summed = np.cumsum(np.full(30, step))
    assert (summed != exact).any() or step in (0.25, 0.5)
    assert learn(summed) == (step, None, exact[0], exact[-1])
    summed = np.cumsum(np.full(12, step, dtype=np.float32))
    assert learn(summed, np.dtype(np.float32)).step == step


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1), st.sampled_from(STEPS))
def test_values_are_multiples_of_what_is_learned(counts, step):
    values = multiples(step, counts)
    grid = learn(values)
    assert (grid.low, grid.high) == (values.min(), values.max())
    if grid.step is not None:
        exact = Fraction(str(step)) / Fraction(str(grid.step))
        assert all((count * exact).denominator == 1 for count in counts)
    if len(set(counts) - {0}) >= 10:
        assert grid.step >= step
    if grid.few_values is not None:
        assert set(grid.few_values) == set(values)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
def test_tiny_tables_show_nothing(values):
    whole = all(value == round(value) for value in values)
    grid = learn(values)
    assert grid == (1.0 if whole else None, None, min(values), max(values))


@pytest.mark.parametrize("scale", [1e-7, 1e-3, 1.0, 1e3, 1e9, 1e14])
@pytest.mark.parametrize("dtype", [None, np.dtype(np.float32), np.dtype(np.float16)])
def test_measurements_have_no_step(scale, dtype):
    rng = np.random.RandomState(0)
    if dtype == np.float16:
        scale = 1.0
    for n in (1, 3, 10, 30, 1000):
        values = scale * rng.randn(n)
        values = values if dtype is None else values.astype(dtype).astype(np.float64)
        is_whole = (values == np.rint(values)).all()  # large float32 numbers are
        assert learn(values, dtype)[:2] == (1.0 if is_whole else None, None)
    assert learn(np.round(rng.randn(100), 6)).step is None


@pytest.mark.parametrize("values", [[0, 1, 666], [0, 5], [3, 6, 9], [0, 0.5, 2.5]])
def test_few_values_need_rows_and_a_gap(values):
    n_rows = {2: 18, 3: 25}[len(values)]
    rows = np.resize(np.array(values, dtype=float), n_rows)
    assert learn(rows).few_values == tuple(values)
    assert learn(rows[:-1]).few_values is None
    assert learn(values).few_values is None


def test_few_values_without_a_gap_are_a_step():
    rows = np.resize(np.arange(4.0), 400)
    assert learn(rows) == (1.0, None, 0.0, 3.0)
    assert learn(rows / 10) == (0.1, None, 0.0, 0.3)
    assert learn(rows[:20] / 10).step is None
    # Values with all digits, such as standardized flags, have no step.
    flags = np.resize([-0.5773502691896258, 1.7320508075688772], 100)
    assert learn(flags)[:2] == (None, tuple(flags[:2]))
    assert learn(np.full(400, 7.0))[:2] == (1.0, None)


def test_many_values_may_have_gaps():
    rows = np.resize(np.r_[0.0:10.0, 50.0], 1000)
    assert learn(rows)[:2] == (1.0, None)


def test_rare_values_make_no_gap():
    counts = np.repeat([0.0, 1, 2, 3, 5], [500, 90, 8, 2, 1])
    assert learn(counts).few_values is None
    code = np.repeat([0.0, 1, 2, 3, 666], [500, 90, 8, 2, 1])
    assert learn(code).few_values == (0, 1, 2, 3, 666)


@pytest.mark.parametrize("factor", [2, 4, 5, 10])
@pytest.mark.parametrize("unit", [0.01, 0.1, 1])
def test_steps_that_are_too_coarse_are_learned_in_one_of_a_thousand_tables(
    factor, unit
):
    rng = np.random.RandomState(0)
    wrong, counts = 0, np.arange(1, 40 * factor)
    values = multiples(unit, counts)
    for _ in range(3000):
        table = values[rng.choice(counts, rng.randint(1, 25), False) - 1]
        step = learn_grid(table, unit == 1, None).step
        wrong += step is not None and step > unit
    assert wrong <= 6


def test_counts_are_seldom_taken_for_few_values():
    """A value that is missing by accident is not taken away."""
    rng = np.random.RandomState(0)
    wrong = 0
    for _ in range(2000):
        counts = rng.poisson(rng.choice([0.3, 1, 3]), rng.randint(5, 500))
        wrong += learn(counts).few_values is not None
    assert wrong <= 4
