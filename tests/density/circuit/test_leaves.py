import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from skpar.density.circuit._leaves import Leaves, draw

from ..._degrees import Degrees
from .._circuits import CONFIG


@pytest.fixture
def leaves_and_rows(encode, mixed_table):
    data = encode(mixed_table(200))
    leaves = Leaves(data.encoder, data.rows.numpy(), CONFIG)
    rng = np.random.RandomState(0)
    weights = rng.uniform(size=(3, 2, leaves.kernels.used.shape[1]))
    weights *= leaves.kernels.used[:, None, :]
    weights = torch.from_numpy(weights / weights.sum(axis=2, keepdims=True))
    levels = torch.from_numpy(
        np.hstack([rng.dirichlet([1] * size, 2) for size in (3, 2, 2, 2)])
    )
    return data, leaves, weights, levels


def test_layout_covers_every_column_once(leaves_and_rows):
    _, leaves, _, _ = leaves_and_rows
    assert sorted([*leaves.numeric.tolist(), *leaves.tables]) == [0, 1, 2, 3, 4]
    assert list(leaves.tables.values()) == [(0, 3), (3, 5)]
    assert leaves.presence == {0: (5, 7), 3: (7, 9)}
    assert leaves.distributions() == [(0, 3), (3, 5), (5, 7), (7, 9)]
    assert leaves.n_levels == 9


def test_missing_cells_have_their_chance_for_likelihood(leaves_and_rows):
    data, leaves, weights, levels = leaves_and_rows
    log_leaves = leaves.log_likelihood(data.rows, weights, levels)
    absent = np.isnan(data.codes)
    assert absent[:, 0].any()
    assert absent[:, 3].any()
    for column, values in enumerate(log_leaves):
        if column in leaves.presence:
            chance = levels[:, leaves.presence[column][0]].log()
            cells = values[:, absent[:, column]]
            assert_allclose(cells, chance[:, None].expand_as(cells))
            assert (values[:, ~absent[:, column]] != chance[:, None]).all()


def test_tables_give_the_probability_of_the_level(leaves_and_rows):
    data, leaves, weights, levels = leaves_and_rows
    log_leaves = leaves.log_likelihood(data.rows, weights, levels)
    present = ~np.isnan(data.codes[:, 3])
    codes = data.codes[present, 3].astype(int)
    expected = levels[:, :3][:, codes] * levels[:, 8:]
    assert_allclose(log_leaves[3][:, present].exp(), expected)


def test_leaf_is_linear_in_relaxed_one_hots_and_indicators(leaves_and_rows):
    data, leaves, weights, levels = leaves_and_rows
    first, last = leaves.cells[3]
    cells = [*range(first, last), leaves.missing[3]]
    a, b = data.rows[:1].clone(), data.rows[:1].clone()
    a[0, cells] = torch.tensor([1.0, 0, 0, 0], dtype=torch.float64)
    b[0, cells] = torch.tensor([0.0, 0, 1, 0], dtype=torch.float64)

    def leaf(row):
        return leaves.log_likelihood(row, weights, levels)[3].exp()

    assert_allclose(leaf(0.3 * a + 0.7 * b), 0.3 * leaf(a) + 0.7 * leaf(b))
    half = a.clone()
    half[0, leaves.missing[3]] = 0.5
    assert_allclose(leaf(half), 0.5 * levels[:, 7:8] + 0.5 * leaf(a))


def test_given_kernel_densities_are_used(leaves_and_rows):
    data, leaves, weights, levels = leaves_and_rows
    known = leaves.kernel_densities(data.rows)
    expected = leaves.log_likelihood(data.rows, weights, levels)
    for a, b in zip(
        leaves.log_likelihood(data.rows, weights, levels, known), expected, strict=True
    ):
        assert_array_equal(a, b)
    doubled = leaves.log_likelihood(data.rows, weights, levels, 2 * known)
    assert_allclose(doubled[1], expected[1] + np.log(2))


def test_missing_cells_do_not_place_kernels(encode):
    values = np.r_[np.full(50, np.nan), np.random.RandomState(0).normal(100, 1, 50)]
    data = encode(pd.DataFrame({"value": values}))
    leaves = Leaves(data.encoder, data.rows.numpy(), CONFIG)
    assert leaves.kernels.location[leaves.kernels.used].min() > 90 / data.encoder.scale


def test_draw_follows_the_probabilities():
    generator = torch.Generator().manual_seed(0)
    probabilities = torch.tensor([[0.1, 0.0, 0.9]], dtype=torch.float64)
    drawn = draw(probabilities.expand(20_000, -1), generator)
    share = np.bincount(drawn, minlength=3) / 20_000
    assert_allclose(share, [0.1, 0.0, 0.9], atol=0.01)
    assert draw(probabilities[:0], generator).shape == (0,)


@pytest.mark.parametrize(("most", "empty"), [(64, 0.0), (1, -1.0)])
def test_a_broken_pattern_of_a_group_is_unknown(monkeypatch, most, empty):
    monkeypatch.setattr("skpar.table._encoder.MOST_ONE_HOT", most)
    degrees = Degrees.make(60)
    rows = degrees.encoder.encode(degrees.codes)
    leaves = Leaves(degrees.encoder, rows.numpy(), CONFIG)
    assert leaves.groups == {2}
    rng = np.random.RandomState(0)
    weights = torch.from_numpy(rng.uniform(size=(2, 3, leaves.kernels.used.shape[1])))
    levels = torch.from_numpy(rng.uniform(size=(3, leaves.n_levels)))
    likelihood = leaves.likelihood(rows, weights, levels)
    # A regular row looks its level up, without any rounding error.
    for column, (start, stop) in leaves.tables.items():
        expected = levels[:, start:stop][:, degrees.codes[:, column].astype(int)]
        assert torch.equal(likelihood[column], expected)
    broken = degrees.encoder.encode(degrees.broken(4.0))
    assert (broken[:, degrees.encoder.slices[2]] == empty).all()
    after = leaves.likelihood(broken, weights, levels)
    assert torch.equal(after[2], torch.ones_like(after[2]))
    for column in (0, 1, 3):
        assert torch.equal(after[column], likelihood[column])


def test_columns_outside_of_the_circuit_have_likelihood_one():
    degrees = Degrees.make(60)
    rows = degrees.encoder.encode(degrees.codes)
    inside = np.array([0, 3])
    leaves = Leaves(degrees.encoder, rows.numpy(), CONFIG, columns=inside)
    assert leaves.numeric.tolist() == [3]
    assert list(leaves.tables) == [0]
    rng = np.random.RandomState(0)
    weights = torch.from_numpy(rng.uniform(size=(1, 2, leaves.kernels.used.shape[1])))
    levels = torch.from_numpy(rng.uniform(size=(2, leaves.n_levels)))
    for column, leaf in enumerate(leaves.likelihood(rows, weights, levels)):
        assert leaf.shape == (2, 60)
        assert (leaf == 1).all() == (column not in inside)
