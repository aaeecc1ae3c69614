"""Public tables: read from small files that the tests write."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from skpar import Levels, PARRecourse, TableSchema
from skpar.actionability import Actionability, People
from skpar.datasets import (
    _public_tables,
    load_adult,
    load_compas,
    load_german_credit,
    load_give_me_some_credit,
)

LOADERS = {
    load_adult: (_public_tables.ADULT, 12, "UCI"),
    load_german_credit: (_public_tables.GERMAN_CREDIT, 20, "UCI"),
    load_compas: (_public_tables.COMPAS, 7, "ProPublica"),
    load_give_me_some_credit: (_public_tables.GIVE_ME_SOME_CREDIT, 10, "Kaggle"),
}
EVERY = pytest.mark.parametrize("load", LOADERS, ids=lambda load: load.__name__)


def levels_of(source, name):
    """Invent levels of a column; the levels that its rules name are among them."""
    if name in source.ordinal:
        return source.ordinal[name]
    written = source.rules.get(name)
    rules = written if isinstance(written, list) else [written]
    named = [rule.levels for rule in rules if isinstance(rule, Levels)]
    return [*named[0], "a"] if named else ["a", "b", "None"]


def invented(source, n=60):
    """Invent rows in the layout of a table."""
    rng = np.random.RandomState(0)
    columns = {name: rng.randint(0, 50, n) for name in source.numbers}
    for name in source.levels:
        columns[name] = rng.choice(levels_of(source, name), n)
    columns |= {name: rng.randint(0, 50, n) for name in source.unused}
    columns[source.target] = [source.labels[i % 2] for i in range(n)]
    return pd.DataFrame(columns)


@pytest.fixture
def write(tmp_path):
    def write(table):
        path = tmp_path / "table.csv"
        table.to_csv(path, index=False)
        return path

    return write


@EVERY
def test_a_file_becomes_data_and_target(load, write):
    source, n_features, owner = LOADERS[load]
    table = invented(source)
    bunch = load(write(table))
    assert bunch.data.shape == (60, n_features)
    names = [*source.numbers, *source.levels]
    assert bunch.feature_names == bunch.data.columns.tolist() == names
    pd.testing.assert_frame_equal(bunch.data, table[names], check_dtype=False)
    assert bunch.target.tolist() == [0, 1] * 30
    assert bunch.target_names[1] == source.meanings[1]
    pd.testing.assert_frame_equal(bunch.frame[names], bunch.data)
    assert bunch.frame[source.target].equals(bunch.target)
    assert owner in bunch.DESCR
    assert all(str(name) in bunch.DESCR for name in bunch.actionability)


@EVERY
def test_data_and_target_come_alone(load, write):
    path = write(invented(LOADERS[load][0]))
    bunch = load(path)
    data, target = load(str(path), return_X_y=True)
    assert data.equals(bunch.data)
    assert target.equals(bunch.target)


@EVERY
@pytest.mark.parametrize("as_frame", [True, False])
def test_the_recommended_rules_suit_the_data(load, as_frame, write):
    source = LOADERS[load][0]
    bunch = load(write(invented(source)), as_frame=as_frame)
    schema = TableSchema.infer(bunch.data, ordinal_features=bunch.ordinal_features)
    able = Actionability(schema, bunch.actionability)
    fixed = [name for name, rule in source.rules.items() if rule == "immutable"]
    free = able.can_change(People.unlimited(schema.encode(bunch.data)))
    stuck = {bunch.feature_names[j] for j in np.flatnonzero(~free.any(axis=0))}
    assert stuck == set(fixed)


@EVERY
def test_arrays_hold_the_same(load, write):
    path = write(invented(LOADERS[load][0]))
    frame, array = load(path), load(path, as_frame=False)
    assert array.frame is None
    assert isinstance(array.data, np.ndarray)
    assert array.data.tolist() == frame.data.to_numpy(array.data.dtype).tolist()
    assert array.target.tolist() == frame.target.tolist()
    names = [frame.feature_names[j] for j in array.actionability]
    assert names == list(frame.actionability)


def test_empty_cells_are_missing_and_no_others(write):
    table = invented(_public_tables.ADULT)
    table.loc[0, "occupation"] = np.nan
    table.loc[1, "age"] = np.nan
    data = load_adult(write(table)).data
    assert data.isna().sum().sum() == 2
    assert data["occupation"].isna()[0]
    assert data["age"].isna()[1]
    assert set(data["workclass"]) == {"a", "b", "None"}


def test_education_has_its_order(write):
    bunch = load_adult(write(invented(_public_tables.ADULT)))
    levels = bunch.ordinal_features["education"]
    assert (levels[0], levels[-1], len(levels)) == ("Preschool", "Doctorate", 16)
    levels.clear()  # the caller's own
    assert load_adult(bunch.filename).ordinal_features["education"]


@EVERY
def test_the_documentation_tells_the_columns_and_the_target(load):
    source = LOADERS[load][0]
    assert f"the {len(source.columns)} columns" in load.__doc__
    assert f"(n, {source.n_features})" in load.__doc__
    assert f"``{source.target}``" in load.__doc__


@EVERY
def test_a_missing_file_is_said_to_be_published_by_its_owner(load, tmp_path):
    owner = LOADERS[load][2]
    with pytest.raises(FileNotFoundError, match=f"downloads nothing.*{owner}"):
        load(tmp_path / "nothing.csv")
    with pytest.raises(FileNotFoundError, match=owner):
        load(tmp_path)


@EVERY
def test_other_columns_are_refused(load, write):
    table = invented(LOADERS[load][0])
    gone = table.columns[0]
    path = write(table.drop(columns=gone).assign(extra=1))
    with pytest.raises(ValueError, match=rf"missing \['{gone}'\].*\['extra'\]"):
        load(path)


@EVERY
def test_other_labels_are_refused(load, write):
    source = LOADERS[load][0]
    table = invented(source)
    other = 7 if source.labels == (0, 1) else "?"
    table.loc[3, source.target] = other
    with pytest.raises(ValueError, match=rf"{source.target}.*holds \[.?[7?].?\]"):
        load(write(table))


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [("age", "?", "must hold numbers"), ("education", "PhD", r"holds \['PhD'\]")],
)
def test_other_cells_are_refused(name, value, why, write):
    table = invented(_public_tables.ADULT).astype({name: object})
    table.loc[2, name] = value
    with pytest.raises(ValueError, match=why):
        load_adult(write(table))


def test_a_bunch_goes_into_the_estimator(write):
    bunch = load_compas(write(invented(_public_tables.COMPAS, 200)))
    par = PARRecourse(
        actionability=bunch.actionability,
        ordinal_features=bunch.ordinal_features,
        max_iter=1,
        random_state=0,
    )
    report = par.fit(bunch.data, bunch.target).recourse(bunch.data[:20])
    assert len(report) == 20
