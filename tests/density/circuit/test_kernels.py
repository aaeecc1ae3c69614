import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from skpar.density.circuit._kernels import (
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
    location, width = place(values, whole)
    used = np.ones((1, len(location)), dtype=bool)
    return KernelDictionary(location[None], width[None], used)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("factor", [1000.0, 1 / 1024])
def test_kernels_follow_the_scale_of_the_column(name, factor):
    location, width = place(SAMPLES[name])
    location2, width2 = place(SAMPLES[name] * factor)
    assert_allclose(location2, location * factor, rtol=1e-9)
    assert_allclose(width2, width * factor, rtol=1e-6)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_kernel_is_narrower_than_the_floor(name):
    _, width = place(SAMPLES[name])
    assert width.min() >= CONFIG.kernel_floor * robust_scale(SAMPLES[name]) * (
        1 - 1e-12
    )


def test_scale_is_not_moved_by_outliers_nor_by_spikes():
    assert_allclose(robust_scale(SAMPLES["outlier"]), 1.0, atol=0.15)
    assert 0.2 < robust_scale(SAMPLES["spike"]) < 2.0
    assert robust_scale(np.full(5, 3.0)) == 1.0


def test_weights_count_as_repeated_values():
    values, times = SAMPLES["spike"], np.random.RandomState(1).randint(0, 4, 300)
    weighted = place_kernels(values[times > 0], False, CONFIG, times[times > 0])
    assert_allclose(weighted, place(np.repeat(values, times)), rtol=1e-12)
    shares = [0.0, 0.1, 0.5, 1.0]
    expected = np.quantile(values, shares, method="inverted_cdf")
    assert_allclose(quantiles(values, np.ones(300), shares), expected)


def test_atoms_sit_on_values_of_many_rows():
    location, width = place(SAMPLES["spike"])
    assert location[width == width.min()].tolist().count(0.0) == 1


def test_kernels_of_integers_are_no_narrower_than_a_quarter_step():
    values = np.repeat(np.arange(0.0, 3000.0, 10.0), 2)
    _, width = place(values, True)
    assert width.min() >= 2.5


@pytest.mark.parametrize("values", [[], [4.0], [4.0, 4.0, 4.0], [0.0]])
def test_degenerate_columns_have_usable_kernels(values):
    location, width = place(np.array(values), True)
    assert np.isfinite(location).all()
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
    kernels = KernelDictionary(np.arange(6.0).reshape(2, 3), np.ones((2, 3)), used)
    z = torch.tensor([[0.3, 4.0]], dtype=torch.float64)
    both = kernels.densities(z)
    first = kernels.column(0).densities(z[:, :1])
    assert_allclose(first[0], both[0][[0, 2]])
