"""Formulas: values, rounding, tolerance, text."""

import numpy as np
import pytest

from skpar.relations import ExtremeFormula, LinearFormula, ProductFormula
from skpar.relations._formulas import fit_formula, to_multiples
from skpar.table import TableSchema

from .._relations import CONFIG

NAMES = ["a", "b", "c", "y"]


@pytest.fixture
def cells():
    return np.random.default_rng(0).integers(1, 1000, (300, 4)).astype(float)


def fitted(formula, cells, **how):
    column = TableSchema.infer(cells).columns[formula.column]
    return fit_formula(formula, column, cells, CONFIG, **how)


MEAN = LinearFormula(3, (0, 1, 2), coefficients=(1 / 3,) * 3)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (MEAN, lambda x: x[:, :3].mean(axis=1)),
        (
            LinearFormula(3, (0, 2), coefficients=(2.0, -1.0), intercept=5.0),
            lambda x: 2 * x[:, 0] - x[:, 2] + 5,
        ),
        (ProductFormula(3, (0, 1)), lambda x: x[:, 0] * x[:, 1]),
        (
            ProductFormula(3, (0, 1), is_ratio=True, factor=100.0),
            lambda x: 100 * x[:, 0] / x[:, 1],
        ),
        (ExtremeFormula(3, (0, 1, 2)), lambda x: x[:, :3].max(axis=1)),
        (ExtremeFormula(3, (1, 2), is_max=False), lambda x: x[:, 1:3].min(axis=1)),
    ],
)
def test_values_follow_the_formula(cells, formula, expected):
    np.testing.assert_allclose(formula.compute(cells), expected(cells), rtol=1e-14)
    cells[:5, formula.sources[0]] = np.nan
    computed = formula.compute(cells)
    assert np.isnan(computed[:5]).all()
    assert not np.isnan(computed[5:]).any()


def test_a_ratio_to_zero_is_unknown(cells):
    cells[:, 1] = 0.0
    formula = ProductFormula(3, (0, 1), is_ratio=True)
    assert np.isnan(formula.compute(cells)).all()
    assert formula.agrees(cells).all()


@pytest.mark.parametrize("step", [1.0, 0.01, 500.0, 2.5])
def test_multiples_are_numbers_as_written(step):
    places = np.arange(-50, 50)
    written = np.array([float(f"{place * step:.10g}") for place in places])
    np.testing.assert_array_equal(to_multiples(written + 0.3 * step, step), written)


@pytest.mark.parametrize("decimals", [0, 2])
def test_rounding_is_learned_if_it_gives_all_training_cells(cells, decimals):
    cells[:, 3] = np.round(cells[:, :3].mean(axis=1), decimals)
    formula = fitted(MEAN, cells)
    assert formula.step == 10.0**-decimals
    np.testing.assert_array_equal(formula.compute(cells), cells[:, 3])
    assert formula.agrees(cells).all()


def test_halves_may_be_rounded_up(cells):
    cells[:, 3] = np.floor(cells[:, :2].mean(axis=1) + 0.5)
    formula = fitted(LinearFormula(3, (0, 1), coefficients=(0.5, 0.5)), cells)
    assert formula.step == 1.0
    assert formula.agrees(cells).all()
    cells[:, 3] += 1.5
    assert not formula.agrees(cells).any()


def test_small_residuals_are_the_tolerance(cells):
    rng = np.random.default_rng(1)
    cells[:, 3] = cells[:, :3].mean(axis=1) + rng.uniform(-0.005, 0.005, 300)
    formula = fitted(MEAN, cells)
    assert formula.step is None
    assert 0.004 < formula.tolerance < 0.006
    assert formula.agrees(cells).all()
    cells[:, 3] += 0.012
    assert not formula.agrees(cells).any()


def test_a_residual_may_be_too_large(cells):
    cells[:, 3] = cells[:, :3].mean(axis=1)
    assert fitted(MEAN, cells) is not None
    cells[7, 3] += 1.0
    assert fitted(MEAN, cells) is None


def test_small_counts_do_not_fit_by_rounding():
    cells = np.random.default_rng(0).integers(0, 2, (300, 4)).astype(float)
    cells[:, 3] = np.rint(cells[:, :3].mean(axis=1))
    assert fitted(MEAN, cells) is None


def test_the_column_must_be_present_with_its_sources(cells):
    cells[:, 3] = cells[:, :3].mean(axis=1)
    cells[3] = np.nan
    assert fitted(MEAN, cells) is not None
    cells[4, 3] = np.nan
    assert fitted(MEAN, cells) is None


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (MEAN, "y = (a + b + c) / 3"),
        (LinearFormula(3, (0, 1), coefficients=(1.0, -1.0)), "y = a - b"),
        (LinearFormula(3, (0,), coefficients=(1.0,)), "y = a"),
        (
            LinearFormula(3, (0, 1), coefficients=(-0.5, 1.8), intercept=32.0),
            "y = -a / 2 + 1.8 * b + 32",
        ),
        (LinearFormula(3, (0,), coefficients=(2 / 3,)), "y = 2/3 * a"),
        (LinearFormula(3, (0,) * 12, coefficients=(1.0,) * 12), "y = a + a + ... + a"),
        (
            LinearFormula(3, (0,) * 12, coefficients=(1 / 12,) * 12),
            "y = (a + a + ... + a) / 12",
        ),
        (ProductFormula(3, (0, 1), factor=12.0), "y = 12 * a * b"),
        (ProductFormula(3, (0, 1), is_ratio=True), "y = a / b"),
        (ExtremeFormula(3, (0, 2), is_max=False), "y = min(a, c)"),
    ],
)
def test_descriptions_are_short(formula, text):
    assert formula.describe(NAMES) == text
