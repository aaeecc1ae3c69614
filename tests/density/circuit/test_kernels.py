import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from skpar.density.circuit._kernels import (
    ColumnDensities,
    KernelDictionary,
    place_kernels,
    quantiles,
    robust_scale,
)

from .._circuits import CONFIG

SAMPLES = {
    "normal": np.random.RandomState(0).normal(size=300),
    "year": 2010 + np.random.RandomState(0).normal(size=300),
    "spike": np.r_[np.zeros(280), np.random.RandomState(0).exponential(size=20)],
    "outlier": np.r_[np.random.RandomState(0).normal(size=300), 1e12],
    "two values": np.repeat([0.0, 1.0], 50),
    "two rows": np.array([3.0, 5.0]),
}


def place(values, whole=False):
    return place_kernels(values, whole, CONFIG)


def dictionary(values, whole=False):
    location, left, right, n_atoms = place(values, whole)
    used = np.ones((1, len(location)), dtype=bool)
    atom = np.arange(len(location))[None] < n_atoms
    return KernelDictionary(location[None], left[None], right[None], used, atom)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("factor", [1000.0, 1 / 1024])
def test_kernels_follow_the_scale_of_the_column(name, factor):
    kernels, scaled = place(SAMPLES[name]), place(SAMPLES[name] * factor)
    assert scaled.n_atoms == kernels.n_atoms
    assert_allclose(scaled.location, kernels.location * factor, rtol=1e-9)
    assert_allclose(scaled.left, kernels.left * factor, rtol=1e-6)
    assert_allclose(scaled.right, kernels.right * factor, rtol=1e-6)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_kernel_is_narrower_than_the_floor(name):
    _, left, right, n_atoms = place(SAMPLES[name])
    width, scale = np.minimum(left, right), robust_scale(SAMPLES[name])
    assert width.min() >= CONFIG.atom_floor * scale * (1 - 1e-12)
    assert width[n_atoms:].min() >= CONFIG.kernel_floor * scale * (1 - 1e-12)


def test_scale_is_not_moved_by_outliers_nor_by_spikes():
    assert_allclose(robust_scale(SAMPLES["outlier"]), 1.0, atol=0.15)
    assert 0.2 < robust_scale(SAMPLES["spike"]) < 2.0
    assert robust_scale(np.full(5, 3.0)) == 1.0


def test_weights_count_as_repeated_values():
    values, times = SAMPLES["spike"], np.random.RandomState(1).randint(0, 4, 300)
    weighted = place_kernels(values[times > 0], False, CONFIG, times[times > 0])
    for part, other in zip(weighted, place(np.repeat(values, times)), strict=True):
        assert_allclose(part, other, rtol=1e-12)
    shares = [0.0, 0.1, 0.5, 1.0]
    expected = np.quantile(values, shares, method="inverted_cdf")
    assert_allclose(quantiles(values, np.ones(300), shares), expected)


def test_atoms_sit_on_values_of_many_rows():
    kernels = place(SAMPLES["spike"])
    assert kernels.location[: kernels.n_atoms].tolist() == [0.0]


def test_draws_from_an_atom_are_its_value():
    kernels = dictionary(SAMPLES["spike"])
    drawn = kernels.sample(0, np.zeros(20, dtype=int), torch.Generator())
    assert (drawn == 0.0).all()
    assert len(kernels.sample(0, np.full(20, 1), torch.Generator()).unique()) == 20


def test_draws_follow_the_density_on_both_sides():
    """The middle of each half of a kernel splits the draws of this half."""
    one = np.ones((1, 2))
    kernels = KernelDictionary(0 * one, 3 * one, one, one > 0, one < 0)
    for kernel, middle in enumerate((0.6745, 1.0)):
        generator = torch.Generator().manual_seed(0)
        drawn = kernels.sample(0, np.full(40_000, kernel), generator).numpy()
        shares = np.histogram(drawn, [-np.inf, -3 * middle, 0, middle, np.inf])[0]
        assert_allclose(shares / 40_000, [0.375, 0.375, 0.125, 0.125], atol=0.01)


def test_kernels_of_integers_are_no_narrower_than_a_quarter_step():
    values = np.repeat(np.arange(0.0, 3000.0, 10.0), 2)
    _, left, right, _ = place(values, True)
    assert min(left.min(), right.min()) >= 2.5


@pytest.mark.parametrize("values", [[], [4.0], [4.0, 4.0, 4.0], [0.0]])
def test_degenerate_columns_have_usable_kernels(values):
    location, left, right, _ = place(np.array(values), True)
    assert np.isfinite(location).all()
    for width in (left, right):
        assert (width > 0).all()
        assert np.isfinite(width).all()


def test_every_kernel_integrates_to_one():
    kernels = dictionary(SAMPLES["normal"])
    angle = (torch.arange(40_000, dtype=torch.float64) + 0.5) / 40_000 - 0.5
    z = (angle * np.pi).tan()
    stretch = np.pi * (1 + z * z) / 40_000
    mass = (kernels.densities(z[:, None])[0] * stretch).sum(dim=1)
    assert_allclose(mass, 1.0, rtol=1e-6)


@pytest.mark.parametrize("size", [0.0, 1.0, 1e3, 1e9, 1e80, 1e160, 1e300, 1.7e308])
@pytest.mark.parametrize("name", SAMPLES)
def test_densities_and_gradients_are_finite_everywhere(name, size):
    kernels = dictionary(SAMPLES[name])
    z = torch.tensor([[size], [-size]], dtype=torch.float64, requires_grad=True)
    densities = kernels.densities(z)
    assert (densities > 0).all()
    assert densities.isfinite().all()
    log_density = densities.sum(dim=1).log().sum()
    (slope,) = torch.autograd.grad(log_density, z)
    assert slope.isfinite().all()


def test_one_column_of_a_dictionary_is_that_column_without_padding():
    used = np.array([[True, False, True], [True, True, True]])
    location, ones = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    kernels = KernelDictionary(location, ones, 2 * ones, used, ~used)
    z = torch.tensor([[0.3, 4.0]], dtype=torch.float64)
    both = kernels.densities(z)
    first = kernels.column(0).densities(z[:, :1])
    assert_allclose(first[0], both[0][[0, 2]])


@pytest.mark.parametrize("size", [1.0, 1e9, 1e160, 1.7e308])
def test_prepared_columns_give_the_same_numbers(size):
    used = np.array([[True, False, True, True], [True, True, True, True]])
    location, ones = np.arange(8.0).reshape(2, 4), np.ones((2, 4))
    kernels = KernelDictionary(location, 0.3 * ones, 2 * ones, used, ~used)
    z = torch.tensor([-size, 0.3, 2.0, 4.0, size], dtype=torch.float64)
    for index in range(2):
        column = ColumnDensities(kernels, index)
        expected = kernels.column(index).densities(z[:, None])[0]
        assert torch.equal(column.densities(z), expected)
        padded = kernels.densities(z[:, None].expand(-1, 2))[index]
        assert torch.equal(padded[column.used], expected)
