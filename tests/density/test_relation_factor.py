"""The factor for relations: normalised, 1 for regular rows, small for torn ones."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpar._config import TrainingConfig
from skpar.density._api import RelationFactor, fit_circuit
from skpar.density._relation_factor import Marginal
from skpar.relations import ColumnGroup, LookedUp, group_columns
from skpar.table import TableEncoder, TableSchema

from .._degrees import Degrees

CONFIG = TrainingConfig()
BROKEN_VALUE = np.log(CONFIG.broken_value_share)
BROKEN_GROUP = np.log(CONFIG.broken_group_share)


@pytest.fixture(scope="module")
def degrees():
    return Degrees.make()


@pytest.fixture(scope="module")
def factor(degrees):
    return RelationFactor(degrees.features, [degrees.years], degrees.codes, CONFIG)


def make_levels(at_most, has_missing):
    """A table of levels: degree, grade, and two or three one-hot columns."""
    rng = np.random.RandomState(0)
    degree = np.arange(60) % 3
    grade = np.array(["x", "y", "y"], dtype=object)[degree]
    if has_missing:
        grade[:20] = None
    job = np.where(rng.uniform(size=60) < 0.7, degree, rng.permutation(degree))
    names = ["cook", "clerk", "judge"][: 2 if at_most else 3]
    jobs = {f"job_{name}": job == j for j, name in enumerate(names)}
    table = pd.DataFrame({"degree": np.array(list("abc"))[degree], "grade": grade})
    table = table.assign(other=degree > 0, **jobs)
    schema = TableSchema.infer(table)
    group = ColumnGroup.of_columns(schema, range(3, 3 + len(names)), at_most)
    features = group_columns(schema, [group], schema.encode(table))
    return features, features.encode(table)


def all_rows(features, codes):
    """Every row of levels, missing cells and patterns of the group."""
    n_patterns = 2 ** len(features.columns[3].group.members)
    values = [[0, 1, 2], np.unique(codes[:, 1]).tolist(), [0, 1], range(n_patterns)]
    if not features.columns[1].may_be_missing:
        values[1] = range(len(features.columns[1].levels))
    return np.array(list(itertools.product(*values)), dtype=np.float64)


RELATIONS = {
    "none": [],
    "grade": [LookedUp(1, (0,), known=(0.0, 1.0, 2.0), values=(0.0, 1.0, 1.0))],
    "grade, one degree unseen": [
        LookedUp(1, (0,), known=(0.0, 2.0), values=(1.0, 0.0))
    ],
    "the group": [LookedUp(3, (0,), known=(0.0, 1.0), values=(0.0, 1.0))],
    "from the group": [LookedUp(2, (3,), known=(0.0, 1.0), values=(0.0, 1.0))],
    "a chain": [
        LookedUp(2, (1,), known=(0.0, 1.0), values=(0.0, 1.0)),
        LookedUp(1, (0,), known=(0.0, 1.0, 2.0), values=(0.0, 1.0, 1.0)),
    ],
    "all columns": [
        LookedUp(0, (3,), known=(0.0, 1.0), values=(0.0, 1.0)),
        LookedUp(1, (0,), known=(0.0, 1.0, 2.0), values=(0.0, 1.0, 1.0)),
        LookedUp(2, (0,), known=(0.0, 1.0, 2.0), values=(0.0, 1.0, 1.0)),
    ],
}


@pytest.mark.parametrize("has_missing", [False, True])
@pytest.mark.parametrize("at_most", [False, True])
@pytest.mark.parametrize("name", RELATIONS)
def test_the_sum_over_all_rows_is_one(name, at_most, has_missing):
    features, codes = make_levels(at_most, has_missing)
    encoder, determined = TableEncoder(features, codes), RELATIONS[name]
    circuit = fit_circuit(
        encoder,
        encoder.encode(codes),
        config=CONFIG,
        n_states=2,
        max_iter=3,
        random_state=np.random.RandomState(0),
        determined=determined,
    ).circuit
    rows = all_rows(features, codes)
    factor = RelationFactor(features, determined, codes, CONFIG)
    log_density = circuit.log_prob(encoder.encode(rows)).numpy()
    log_density += factor.log_factor(rows)
    assert np.isfinite(log_density).all()
    assert_allclose(np.exp(log_density).sum(), 1.0, atol=1e-12)


def test_regular_rows_keep_their_density(degrees, factor):
    assert_allclose(factor.log_factor(degrees.codes), 0.0, atol=1e-8)
    plain = RelationFactor(degrees.features.table, [], degrees.codes, CONFIG)
    table = degrees.features.expand(degrees.codes)
    assert_array_equal(plain.log_factor(table), np.zeros(len(table)))


def test_torn_rows_lose_the_logarithm_of_the_share(degrees, factor):
    loss = factor.log_factor(degrees.torn())
    assert (loss < BROKEN_VALUE).all()
    assert (loss > BROKEN_VALUE - 10).all()
    one_of_five = 2**3 - 3
    for code in range(3, 8):
        loss = factor.log_factor(degrees.broken(code))
        assert_allclose(loss, BROKEN_GROUP - np.log(one_of_five), atol=1e-8)


def test_an_unseen_source_is_unknown_not_broken(degrees):
    years = LookedUp(1, (0,), degrees.years.known[1:], degrees.years.values[1:])
    factor = RelationFactor(degrees.features, [years], degrees.codes, CONFIG)
    unseen = degrees.codes[:, 0] == degrees.years.known[0]
    marginal = Marginal(
        degrees.features.columns[1],
        degrees.codes[:, 1],
        np.ones(len(degrees.codes)),
        CONFIG,
    )
    for rows in (degrees.codes[unseen], degrees.torn()[unseen]):
        found = factor.log_factor(rows)
        assert_allclose(found, marginal.log_density(rows[:, 1]), atol=1e-8)
    assert_allclose(factor.log_factor(degrees.codes[~unseen]), 0.0, atol=1e-8)


def test_determined_numbers_have_no_unit(degrees, factor):
    encoder, codes = degrees.encoder, degrees.codes
    assert encoder.scale[1] != 1
    assert_allclose(
        factor.log_units(encoder, codes),
        encoder.log_units(codes) - np.log(encoder.scale[1]),
    )
    cents = codes * [1, 100, 1, 1]
    values = tuple(100 * value for value in degrees.years.values)
    years = LookedUp(1, (0,), degrees.years.known, values)
    in_cents = RelationFactor(degrees.features, [years], cents, CONFIG)
    for one, other in (
        (codes, cents),
        (degrees.torn(), degrees.torn() * [1, 100, 1, 1]),
    ):
        assert_allclose(factor.log_factor(one), in_cents.log_factor(other), atol=1e-12)


def test_determined_columns_are_computed_sources_first():
    features, codes = make_levels(at_most=False, has_missing=False)
    factor = RelationFactor(features, RELATIONS["a chain"], codes, CONFIG)
    assert factor.left_out == (1, 2)
    rows = np.array([[0.0, 9.0, 9.0, 1.0], [2.0, 9.0, 9.0, 1.0]])
    assert factor.complete(rows).tolist() == [[0, 0, 0, 1], [2, 1, 1, 1]]
    assert (rows == 9).any()
    short = LookedUp(1, (0,), known=(0.0,), values=(1.0,))
    unknown = RelationFactor(features, [short], codes, CONFIG)
    assert np.isnan(unknown.complete(rows)[:, 1]).tolist() == [False, True]
    typical = np.bincount(codes[:, 1].astype(int)).argmax()
    assert unknown.complete(rows, always=True)[:, 1].tolist() == [1, typical]


def test_columns_that_determine_each_other_are_refused(degrees):
    circle = [LookedUp(0, (1,), (0.0,), (0.0,)), LookedUp(1, (0,), (0.0,), (0.0,))]
    with pytest.raises(ValueError, match=r"columns \[0, 1\] determine each other"):
        RelationFactor(degrees.features, circle, degrees.codes, CONFIG)


def test_weights_count_rows(degrees):
    n = len(degrees.codes)
    weight = np.random.RandomState(0).randint(1, 4, n)
    repeated = np.repeat(degrees.codes, weight, axis=0)
    factors = [
        RelationFactor(degrees.features, [degrees.years], rows, CONFIG, counts)
        for rows, counts in ((degrees.codes, weight.astype(float)), (repeated, None))
    ]
    rows = degrees.torn()
    assert_allclose(*(factor.log_factor(rows) for factor in factors))


def test_it_can_be_pickled(degrees, factor):
    again = pickle.loads(pickle.dumps(factor))
    for rows in (degrees.codes, degrees.torn(), degrees.broken(4)):
        assert_array_equal(again.log_factor(rows), factor.log_factor(rows))


@pytest.mark.parametrize("share_missing", [0.0, 0.3, 1.0])
def test_the_marginal_of_numbers_has_mass_one(share_missing):
    cells = np.random.RandomState(0).normal(50, 3, 100)
    some = np.where(share_missing > 0, np.r_[np.nan, cells[1:]], cells)
    column = TableSchema.infer(pd.DataFrame({"x": some})).columns[0]
    cells[: int(100 * share_missing)] = np.nan
    marginal = Marginal(column, cells, np.ones(100), CONFIG)
    angle = np.linspace(-np.pi / 2, np.pi / 2, 100_001)[1:-1]
    spread = marginal.spread
    grid = marginal.typical + spread * np.tan(angle)
    density = np.exp(marginal.log_density(grid)) / np.cos(angle) ** 2
    mass = np.trapezoid(density, angle)
    if share_missing:
        mass += np.exp(marginal.log_density(np.array([np.nan])))[0]
    assert_allclose(mass, 1.0, atol=1e-4)
    assert np.isfinite(marginal.log_density(np.array([1e308, -1e308]))).all()


def test_an_empty_table_of_rows_is_no_trouble(factor, degrees):
    assert factor.log_factor(degrees.codes[:0]).shape == (0,)
    assert factor.complete(degrees.codes[:0]).shape == (0, 4)
