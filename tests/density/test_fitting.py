"""Densities of codes, for an estimator that reads the table itself."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from skpar._config import TrainingConfig
from skpar.density import HiddenChowLiuTree
from skpar.density._fitting import check_density, fit_density
from skpar.table import TableEncoder, TableSchema

from .._degrees import Degrees
from .._people import make_people

CONFIG = TrainingConfig()


@pytest.fixture(scope="module")
def people():
    table = make_people(300)
    schema = TableSchema.infer(table)
    return table, schema, schema.encode(table)


def test_it_is_the_density_of_the_table(people):
    table, schema, codes = people
    density = HiddenChowLiuTree(n_states=3, max_iter=4)
    rng = np.random.RandomState(0)
    fitted = fit_density(density, TableEncoder(schema, codes), codes, CONFIG, rng)
    alone = HiddenChowLiuTree(n_states=3, max_iter=4, random_state=0).fit(table)
    np.testing.assert_allclose(
        fitted.score_samples(table), alone.score_samples(table), rtol=1e-9
    )
    assert fitted.tree_ == alone.tree_
    assert fitted.n_iter_ == alone.n_iter_
    assert fitted.lower_bound_ == pytest.approx(alone.lower_bound_)
    assert fitted.feature_names_in_.tolist() == table.columns.tolist()
    assert not hasattr(density, "circuit_")


def test_none_is_the_default():
    assert check_density(None).get_params() == HiddenChowLiuTree().get_params()
    given = HiddenChowLiuTree(n_states=2)
    checked = check_density(given)
    assert checked is not given
    assert checked.n_states == 2


@pytest.mark.parametrize(
    ("density", "match"),
    [
        (HiddenChowLiuTree(n_states=0), "n_states"),
        (
            HiddenChowLiuTree(categorical_features=[0]),
            "categorical_features of",
        ),
        (HiddenChowLiuTree(ordinal_features={}), "ordinal_features of density"),
    ],
)
def test_what_has_no_effect_is_refused(density, match):
    with pytest.raises(ValueError, match=match):
        check_density(density)


def test_it_takes_relations():
    degrees = Degrees.make(300)
    fitted = fit_density(
        HiddenChowLiuTree(n_states=3, max_iter=4),
        degrees.encoder,
        degrees.codes,
        CONFIG,
        np.random.RandomState(0),
        (degrees.years,),
    )
    assert fitted.determined_ == (degrees.years,)
    assert fitted.n_features_in_ == 6
    assert fitted.feature_names_in_.tolist() == degrees.table.columns.tolist()
    assert "years" not in {name for edge in fitted.tree_ for name in edge}
    table = degrees.table
    assert fitted.score_samples(table).mean() == pytest.approx(fitted.lower_bound_, 0.1)
    torn = table.assign(years=np.where(table["years"] == 8, 17, 8))
    assert (fitted.score_samples(torn) < fitted.score_samples(table) - 20).all()
    assert fitted.sample(5, random_state=0).columns.equals(table.columns)


def test_of_many_rows_a_random_sample_is_fitted(people):
    _, schema, codes = people
    encoder = TableEncoder(schema, codes)
    density = HiddenChowLiuTree(n_states=3, max_iter=4)

    def fit(codes, limit):
        config = dataclasses.replace(CONFIG, max_density_rows=limit)
        rng = np.random.RandomState(0)
        return fit_density(density, encoder, codes, config, rng).circuit_

    rows = encoder.encode(codes)
    whole, sample = fit(codes, 300).log_prob(rows), fit(codes, 100).log_prob(rows)
    assert torch.equal(whole, fit(codes, 10**6).log_prob(rows))
    assert not torch.equal(whole, sample)
    order = np.random.RandomState(0).permutation(300)
    changed = codes.copy()
    changed[order[100:]] = np.nan  # rows that are not drawn
    assert torch.equal(sample, fit(changed, 100).log_prob(rows))
