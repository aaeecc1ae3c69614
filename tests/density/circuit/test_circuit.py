import copy
import itertools
import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal

from skpar.density.circuit._circuit import Circuit, CircuitParameters

from .._circuits import fit
from .._oracle import Oracle, worlds

few = settings(max_examples=25)


def nominal_table(n_levels, n_rows, seed, missing=0.15):
    """Columns of levels that depend on one another, some cells missing."""
    rng = np.random.RandomState(seed)
    hidden = rng.randint(0, 3, n_rows)
    table = {}
    for place, size in enumerate(n_levels):
        codes = (hidden + rng.randint(0, 2, n_rows)) % size
        codes[:size] = np.arange(size)
        levels = np.array([f"level{k}" for k in range(size)], dtype=object)[codes]
        levels[size:][rng.uniform(size=n_rows - size) < missing] = None
        table[f"column{place}"] = levels
    return pd.DataFrame(table)


def enumerate_states(circuit, codes):
    """Density of one row of level numbers (NaN = missing), summed over all states."""
    prior, transition, _, levels = (part.numpy() for part in circuit.parameters)
    parent, root = circuit.tree.parent, circuit.tree.root
    total = 0.0
    for states in itertools.product(range(len(prior)), repeat=len(codes)):
        term = prior[states[root]]
        for column, state in enumerate(states):
            if column != root:
                term *= transition[column, states[parent[column]], state]
            known = not np.isnan(codes[column])
            if column in circuit.leaves.presence:
                term *= levels[state, circuit.leaves.presence[column][0] + known]
            if known:
                start, _ = circuit.leaves.tables[column]
                term *= levels[state, start + int(codes[column])]
        total += term
    return total


@few
@given(worlds(4, 3))
def test_densities_and_marginals_are_those_of_the_enumeration(world):
    oracle = Oracle(world.circuit, world.encoder)
    rows = world.rows.numpy()
    plain = [np.log(oracle.density(row)) for row in rows]
    assert_allclose(world.circuit.log_prob(world.rows), plain, rtol=0, atol=1e-9)
    absent = world.rng.uniform(size=(len(rows), len(world.encoder.slices))) < 0.4
    marginal = [
        np.log(oracle.density(row, np.flatnonzero(hidden).tolist()))
        for row, hidden in zip(rows, absent, strict=True)
    ]
    actual = world.circuit.log_prob(world.rows, torch.from_numpy(absent))
    assert_allclose(actual, marginal, rtol=0, atol=1e-9)


@few
@given(worlds(6, 4))
def test_the_marginal_of_a_column_is_that_with_all_other_cells_absent(world):
    n_columns = len(world.encoder.slices)
    for column, cells in enumerate(world.circuit.leaves.by_column(world.rows)):
        absent = torch.ones(len(world.rows), n_columns, dtype=torch.bool)
        absent[:, column] = False
        expected = world.circuit.log_prob(world.rows, absent)
        actual = world.circuit.marginal_log_prob(column, cells)
        assert_allclose(actual, expected, rtol=0, atol=1e-9)


def numbered(monkeypatch, encode, table):
    """Encode a table twice: with one-hot blocks, and with numbers of levels."""
    plain = encode(table)
    monkeypatch.setattr("skpar.table._encoder.MOST_ONE_HOT", 1)
    short = encode(table)
    assert len(short.encoder.numbered) > 0 == len(plain.encoder.numbered)
    assert short.encoder.width < plain.encoder.width
    return plain, short


def test_numbers_of_levels_have_the_density_of_one_hot_blocks(
    monkeypatch, encode, mixed_table
):
    plain, short = numbered(monkeypatch, encode, mixed_table(700))
    known, circuit = fit(plain), fit(short)
    expected = known.log_prob(plain.rows)
    assert_allclose(circuit.log_prob(short.rows), expected, rtol=0, atol=1e-9)
    hidden = np.random.RandomState(0).uniform(size=short.codes.shape) < 0.5
    absent = torch.from_numpy(hidden)
    expected = known.log_prob(plain.rows, absent)
    assert_allclose(circuit.log_prob(short.rows, absent), expected, rtol=0, atol=1e-9)
    for column in range(short.codes.shape[1]):
        one, other = (
            density.marginal_log_prob(
                column, data.encoder.encode_column(column, data.codes[:, column])
            )
            for density, data in ((known, plain), (circuit, short))
        )
        assert_allclose(other, one, rtol=0, atol=1e-9)
    drawn, expected = (
        data.encoder.decode(density.sample(300, torch.Generator().manual_seed(0)))
        for density, data in ((circuit, short), (known, plain))
    )
    assert_allclose(drawn, expected, rtol=1e-9)


@few
@given(worlds(4, 3))
def test_gradients_are_those_of_complex_differences(world):
    oracle = Oracle(world.circuit, world.encoder)
    rows = world.rows.clone()
    for column, cells in enumerate(world.encoder.slices):
        size = cells.stop - cells.start
        if size > 1:
            shares = world.rng.dirichlet(np.ones(size), len(rows))
            rows[:, cells] = torch.from_numpy(shares)
        if world.encoder.missing[column] >= 0:
            shares = world.rng.uniform(size=len(rows))
            rows[:, world.encoder.missing[column]] = torch.from_numpy(shares)
    free = rows.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(world.circuit.log_prob(free).sum(), free)
    step = 1e-30
    for row, slope in zip(rows.numpy(), slopes.numpy(), strict=True):
        shifted = row + 1j * step * np.eye(len(row))
        expected = [np.log(oracle.density(x)).imag / step for x in shifted]
        assert_allclose(slope, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("n_levels", "n_states"),
    [((2,), 4), ((3, 2), 3), ((2, 3, 4), 3), ((2, 2, 3, 2), 3)],
)
def test_density_of_every_world_is_that_of_the_enumeration(encode, n_levels, n_states):
    data = encode(nominal_table(n_levels, 60, seed=sum(n_levels)))
    circuit = fit(data, n_states=n_states)
    worlds = list(itertools.product(*([*range(size), np.nan] for size in n_levels)))
    rows = data.encoder.encode(np.array(worlds, dtype=np.float64))
    expected = [enumerate_states(circuit, world) for world in worlds]
    assert_allclose(circuit.log_prob(rows), np.log(expected), rtol=0, atol=1e-9)


@pytest.mark.parametrize("n_levels", [(2,), (3, 2), (2, 3, 4), (2, 5, 3, 2, 4)])
def test_worlds_sum_to_one_and_absent_cells_are_summed_over(encode, n_levels):
    """Being missing is one more thing that a cell can be."""
    data = encode(nominal_table(n_levels, 80, seed=1))
    circuit = fit(data)
    places = [
        [*range(size), np.nan][: size + has]
        for size, has in zip(n_levels, data.encoder.missing >= 0, strict=True)
    ]
    shape = tuple(map(len, places))
    rows = data.encoder.encode(np.array(list(itertools.product(*places))))
    density = circuit.log_prob(rows).exp().numpy().reshape(shape)
    assert_allclose(density.sum(), 1.0, rtol=1e-9)
    for size in range(len(shape) + 1):
        for hidden in itertools.combinations(range(len(shape)), size):
            marginal = density.sum(axis=hidden, keepdims=True)
            absent = torch.zeros(len(rows), len(shape), dtype=torch.bool)
            absent[:, list(hidden)] = True
            actual = circuit.log_prob(rows, absent).exp()
            expected = np.broadcast_to(marginal, shape).ravel()
            assert_allclose(actual, expected, rtol=1e-9)


def test_numeric_density_integrates_to_the_marginal_without_its_cell(
    encode, mixed_table
):
    data = encode(mixed_table(400))
    circuit = fit(data)
    whole = data.rows[~np.isnan(data.codes).any(axis=1)][:3]
    n_points = 30_000
    angle = (torch.arange(n_points, dtype=torch.float64) + 0.5) / n_points - 0.5
    z = (angle * np.pi).tan() + 0.5
    stretch = np.pi * (1 + (z - 0.5) ** 2) / n_points
    for row in whole:
        grid = row.repeat(n_points, 1)
        grid[:, 0] = z
        mass = (circuit.log_prob(grid).exp() * stretch).sum()
        missing = row.clone()
        missing[0], missing[data.encoder.missing[0]] = 0.0, 1.0
        mass += circuit.log_prob(missing[None]).exp()[0]
        absent = (torch.arange(5) == 0)[None]
        assert_allclose(mass, circuit.log_prob(row[None], absent).exp()[0], rtol=1e-7)


def test_density_of_one_numeric_column_integrates_to_one(encode):
    values = np.random.RandomState(0).standard_t(2, size=400)
    data = encode(pd.DataFrame({"value": values}))
    angle = (torch.arange(40_000, dtype=torch.float64) + 0.5) / 40_000 - 0.5
    z = (angle * np.pi).tan()
    stretch = np.pi * (1 + z * z) / 40_000
    mass = (fit(data).log_prob(z[:, None]).exp() * stretch).sum()
    assert_allclose(mass, 1.0, rtol=1e-7)


def test_gradient_is_that_of_finite_differences_on_relaxed_rows(encode, mixed_table):
    data = encode(mixed_table(300))
    circuit = fit(data)
    rng = np.random.RandomState(0)
    rows = data.rows[:4].clone()
    for column in (3, 4):
        cells = data.encoder.slices[column]
        size = cells.stop - cells.start
        rows[:, cells] = torch.from_numpy(rng.dirichlet(np.ones(size), 4))
    for indicator in data.encoder.missing[data.encoder.missing >= 0]:
        rows[:, indicator] = torch.from_numpy(rng.uniform(0.1, 0.9, 4))
    assert torch.autograd.gradcheck(
        circuit.log_prob, rows.requires_grad_(), eps=1e-6, atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize("size", [1e3, 1e20, 1e100, 1e200, 1e300, 1.7e308])
def test_extreme_numbers_have_finite_densities_and_gradients(encode, mixed_table, size):
    data = encode(mixed_table(200))
    circuit = fit(data)
    rows = data.rows[:20].clone()
    rows[::2, :3], rows[1::2, :3] = size, -size
    log_density = circuit.log_prob(rows.requires_grad_())
    (slope,) = torch.autograd.grad(log_density.sum(), rows)
    assert log_density.isfinite().all()
    assert slope.isfinite().all()


def test_extreme_training_values_have_finite_densities_and_samples(encode):
    rng = np.random.RandomState(0)
    values = rng.normal(size=(60, 2))
    values[:3, 0] = [1e300, -1e300, 1e290]
    values[3:5, 1] = np.nan
    data = encode(pd.DataFrame(values, columns=["wild", "tame"]))
    circuit = fit(data, max_iter=3)
    assert circuit.log_prob(data.rows).isfinite().all()
    assert circuit.sample(50, torch.Generator().manual_seed(0)).isfinite().all()


def test_far_values_are_less_and_less_likely(encode, mixed_table):
    data = encode(mixed_table(200))
    rows = data.rows[:1].repeat(6, 1)
    rows[:, 1] = torch.tensor([1e2, 1e4, 1e8, 1e16, 1e32, 1e64])
    assert (fit(data).log_prob(rows).diff() < -1).all()


def test_deep_trees_do_not_underflow(encode):
    rng = np.random.RandomState(0)
    values = rng.normal(size=(100, 60)).cumsum(axis=1)
    data = encode(pd.DataFrame(values, columns=[f"c{k}" for k in range(60)]))
    circuit = fit(data, max_iter=3)
    rows = torch.full((2, 60), 1e60, dtype=torch.float64)
    rows[1, ::2] = -1e60
    assert circuit.log_prob(rows).isfinite().all()


def test_a_row_does_not_depend_on_the_rows_beside_it(encode, mixed_table):
    data = encode(mixed_table(300))
    circuit = fit(data)
    together = circuit.log_prob(data.rows)
    alone = torch.cat([circuit.log_prob(row[None]) for row in data.rows])
    assert_allclose(alone, together, rtol=0, atol=1e-12)
    assert circuit.log_prob(data.rows[:0]).shape == (0,)


def test_samples_have_the_frequencies_of_the_worlds(encode):
    """Drawn rows are complete: a cell's value, whatever the chance of its absence."""
    data = encode(nominal_table((3, 2, 3), 200, seed=0))
    circuit = fit(data)
    worlds = np.indices((3, 2, 3)).reshape(3, -1).T.astype(np.float64)
    known = [part.numpy().copy() for part in circuit.parameters]
    for start, stop in circuit.leaves.presence.values():
        known[3][:, start:stop] = [0.0, 1.0]
    parameters = CircuitParameters(*map(torch.tensor, known))
    known = Circuit(circuit.tree, circuit.leaves, parameters)
    expected = known.log_prob(data.encoder.encode(worlds)).exp().numpy()
    assert_allclose(expected.sum(), 1.0)
    rows = circuit.sample(40_000, torch.Generator().manual_seed(0))
    assert (rows[:, data.encoder.missing] == 0).all()
    codes = data.encoder.decode(rows).astype(int)
    counts = np.bincount(np.ravel_multi_index(codes.T, (3, 2, 3)), minlength=18)
    error = (counts - 40_000 * expected) / np.sqrt(40_000 * expected * (1 - expected))
    assert np.abs(error).max() < 4


def test_samples_of_numbers_follow_the_density(encode):
    rng = np.random.RandomState(0)
    values = np.where(rng.uniform(size=500) < 0.4, 3.0, rng.normal(size=500))
    data = encode(pd.DataFrame({"value": values}))
    circuit = fit(data)
    rows = circuit.sample(40_000, torch.Generator().manual_seed(0))
    # No edge is on an atom, which is drawn as one value.
    edges = torch.linspace(-2.1, 4.4, 14, dtype=torch.float64) / data.encoder.scale[0]
    for low, high in itertools.pairwise(edges):
        z = low + (high - low) * (torch.arange(2000) + 0.5) / 2000
        mass = float(circuit.log_prob(z[:, None]).exp().mean() * (high - low))
        share = float(((rows >= low) & (rows < high)).double().mean())
        assert abs(share - mass) < 4 * np.sqrt(mass * (1 - mass) / 40_000)


def test_samples_are_legal_rows_and_repeat_with_the_generator(encode, mixed_table):
    data = encode(mixed_table(300))
    circuit = fit(data)
    first, second = (
        circuit.sample(50, torch.Generator().manual_seed(3)) for _ in range(2)
    )
    assert_array_equal(first, second)
    codes = data.encoder.decode(first)
    assert_array_equal(data.encoder.encode(codes)[:, 3:], first[:, 3:])
    assert circuit.sample(0, torch.Generator()).shape == (0, data.encoder.width)


def tensors_within(thing, seen):
    """Every tensor that can be reached from an object's attributes and items."""
    if id(thing) in seen:
        return []
    seen.add(id(thing))
    if isinstance(thing, torch.Tensor):
        return [thing]
    inner = list(vars(thing).values()) if hasattr(thing, "__dict__") else []
    if isinstance(thing, dict):
        inner += thing.values()
    if isinstance(thing, (list, tuple)):
        inner += thing
    return [tensor for part in inner for tensor in tensors_within(part, seen)]


@pytest.mark.parametrize(
    "copy_of", [copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))]
)
def test_copies_are_equal_and_hold_numpy_only(encode, mixed_table, copy_of):
    data = encode(mixed_table(100))
    circuit = fit(data)
    assert tensors_within(circuit, set()) == []
    assert_array_equal(
        copy_of(circuit).log_prob(data.rows), circuit.log_prob(data.rows)
    )


def test_a_pickle_leaves_out_the_padding_of_kernels(encode, mixed_table):
    circuit = fit(encode(mixed_table(600)))
    used = circuit.leaves.kernels.used
    assert not used.all()
    back = pickle.loads(pickle.dumps(circuit))
    for part, known in zip(back.parameters, circuit.parameters, strict=True):
        assert torch.equal(part, known)
    weights = circuit.__getstate__()["_arrays"][2]
    assert (
        sum(part.size for part in weights) == len(circuit.parameters.prior) * used.sum()
    )


def test_read_only_arrays_are_no_obstacle(encode, mixed_table):
    data = encode(mixed_table(100))
    circuit = fit(data)
    expected = circuit.log_prob(data.rows)
    kernels = circuit.leaves.kernels
    for array in (*circuit._arrays, kernels.location, kernels.left, kernels.right):
        array.flags.writeable = False
    assert_array_equal(circuit.log_prob(data.rows), expected)
    circuit.sample(3, torch.Generator().manual_seed(0))
