import copy
import pickle
from dataclasses import replace

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils import estimator_checks

from skpar.density import HiddenChowLiuTree, _relations
from skpar.relations import LookedUp

from .._degrees import DEGREES, YEARS, Degrees, make_degrees


@estimator_checks.parametrize_with_checks([HiddenChowLiuTree(max_iter=5)])
def test_scikit_learn_checks(estimator, check):
    state = np.random.get_state()
    check(estimator)
    np.random.set_state(state)  # one of the checks draws from it


@pytest.mark.parametrize(
    "check", ["check_param_validation", "check_dataframe_column_names_consistency"]
)
@pytest.mark.filterwarnings("ignore:X .* feature names:UserWarning")
def test_checks_that_scikit_learn_leaves_to_its_own(check):
    getattr(estimator_checks, check)("HiddenChowLiuTree", HiddenChowLiuTree())


@pytest.fixture
def every_dtype(mixed_table):
    def make(n_rows, seed=0):
        table = mixed_table(n_rows, seed)
        rng = np.random.RandomState(seed)
        school = rng.choice(["none", "basic", "high"], n_rows)
        order = pd.CategoricalDtype(["none", "basic", "high"], ordered=True)
        rooms = pd.array(rng.randint(1, 6, n_rows), dtype="Int64")
        rooms[rng.uniform(size=n_rows) < 0.2] = pd.NA
        return table.assign(
            school=pd.Series(school, index=table.index).astype(order),
            rooms=rooms,
            rate=rng.normal(size=n_rows).astype(np.float32),
            small=rng.randint(0, 5, n_rows).astype(np.int8),
            city=pd.Categorical(["Ulm"] * n_rows, categories=["Ulm", "Bonn"]),
        ).set_index(np.arange(n_rows) + 1000)

    return make


def fit(table, **options):
    return HiddenChowLiuTree(**{"random_state": 0, **options}).fit(table)


def test_a_mixed_table_goes_in_and_comes_out(every_dtype):
    table = every_dtype(400)
    density = fit(table)
    log_density = density.score_samples(table)
    assert log_density.shape == (400,)
    assert np.isfinite(log_density).all()
    assert density.score(table) == pytest.approx(log_density.mean())
    drawn = density.sample(300, random_state=1)
    assert drawn.dtypes.equals(table.dtypes)
    assert drawn.columns.equals(table.columns)
    assert len(drawn) == 300
    assert not drawn.isna().any(axis=None)
    assert set(drawn["city"]) == {"Ulm"}
    assert np.isfinite(density.score_samples(drawn)).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8, bool])
def test_samples_of_an_array_are_an_array_of_its_dtype(dtype):
    values = np.random.RandomState(0).randint(0, 2, (80, 3)).astype(dtype)
    drawn = fit(values).sample(50, random_state=0)
    assert isinstance(drawn, np.ndarray)
    assert drawn.dtype == dtype
    assert drawn.shape == (50, 3)


def test_samples_resemble_the_table(every_dtype):
    table = every_dtype(2000)
    drawn = fit(table).sample(4000, random_state=0)
    share = table["job"].value_counts(normalize=True)
    assert_allclose(
        drawn["job"].value_counts(normalize=True)[share.index], share, atol=0.03
    )
    assert_allclose(drawn["age"].median(), table["age"].median(), atol=1.5)
    assert drawn.groupby("job")["age"].mean().diff().abs().max() > 3


def test_samples_repeat_with_their_seed_and_leave_the_estimator_alone(every_dtype):
    density = fit(every_dtype(200))
    before = density.score_samples(every_dtype(50))
    first, again = (density.sample(20, random_state=5) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(density.sample(20, random_state=6))
    assert_array_equal(density.score_samples(every_dtype(50)), before)
    with pytest.raises(ValueError, match="n_samples must be 1 or more, not 0"):
        density.sample(0)


def test_numbers_that_the_dtype_cannot_hold_are_not_drawn():
    table = pd.DataFrame({"n": np.arange(300).clip(0, 255).astype(np.uint8)})
    density = fit(table)
    codes = density.encoder_.decode(
        density.circuit_.sample(2000, torch.Generator().manual_seed(0))
    )
    assert ((codes < 0) | (codes > 255)).any()
    drawn = density.sample(2000, random_state=0)
    assert drawn["n"].dtype == np.uint8
    assert_allclose(drawn["n"].mean(), table["n"].mean(), atol=15)


def test_the_log_density_counts_in_the_units_of_the_table(every_dtype):
    table = every_dtype(300)
    plain = fit(table).score_samples(table)
    cents = table.assign(income=table["income"] * 100, gain=table["gain"] * 100)
    there = fit(cents).score_samples(cents)
    expected = np.log(100) * (1.0 + table["income"].notna())
    assert_allclose(plain - there, expected, atol=1e-6)


def test_a_density_of_one_column_integrates_to_one():
    values = np.random.RandomState(0).normal(50, 10, (300, 1))
    grid = np.linspace(-3000, 3000, 600_001)[:, None]
    mass = np.exp(fit(values).score_samples(grid)).sum() * 0.01
    assert_allclose(mass, 1.0, atol=0.003)


def test_kinds_follow_the_users_choice(every_dtype):
    table = every_dtype(200)
    density = fit(
        table,
        categorical_features=["rooms"],
        ordinal_features={"job": ["cook", "clerk", "judge"]},
    )
    kinds = {column.name: column.kind for column in density.schema_.columns}
    assert kinds["rooms"] == "nominal"
    assert kinds["job"] == "ordinal"


def test_dependence_is_worth_its_nats(mixed_table):
    train, test = mixed_table(1500), mixed_table(1500, seed=1)
    gain = fit(train).score_samples(test) - fit(train, n_states=1).score_samples(test)
    assert gain.mean() > 0.3
    assert gain.mean() > 10 * gain.std() / np.sqrt(len(test))


def test_the_record_of_a_fit_is_that_of_its_table(mixed_table):
    table = mixed_table(500)
    density = fit(table)
    assert 1 <= density.n_iter_ <= density.max_iter
    assert len(density.tree_) == 4
    assert {name for edge in density.tree_ for name in edge} == set(table)
    assert_array_equal(density.feature_names_in_, list(table))
    # The last pass comes after the measurement.
    assert density.lower_bound_ < density.score(table) + 0.01
    assert_allclose(density.lower_bound_, density.score(table), atol=0.3)


def test_rows_held_out_decide_when_to_stop(mixed_table):
    """Noise can only be memorised, and the rows held out show that at once."""
    rng = np.random.RandomState(0)
    noise = pd.DataFrame(rng.normal(size=(2000, 6)), columns=list("abcdef"))
    density = fit(noise)
    assert density.n_iter_ < density.max_iter
    independent = fit(noise, n_states=1)
    test = pd.DataFrame(rng.normal(size=(2000, 6)), columns=list("abcdef"))
    assert density.score(test) > independent.score(test) - 0.15
    assert density.lower_bound_ == pytest.approx(density.score(test), abs=0.4)


def test_constants_of_learning_are_those_of_the_class(mixed_table):
    class SmallTree(HiddenChowLiuTree):
        training_config = replace(HiddenChowLiuTree.training_config, few_states=3)

    density = SmallTree(max_iter=1, random_state=0).fit(mixed_table(60))
    assert len(density.circuit_.parameters.prior) == 3


@pytest.mark.parametrize(("n_rows", "n_states"), [(1199, 8), (1200, 16)])
def test_few_rows_get_few_states(mixed_table, n_rows, n_states):
    circuit = fit(mixed_table(n_rows), max_iter=1).circuit_
    assert len(circuit.parameters.prior) == n_states
    assert len(fit(mixed_table(60), n_states=5).circuit_.parameters.prior) == 5


@pytest.mark.parametrize("n_states", [1, 6])
def test_weights_count_as_repeated_rows(every_dtype, n_states):
    table = every_dtype(150)
    times = np.random.RandomState(0).randint(0, 4, 150)
    options = {"n_states": n_states, "max_iter": 12, "tol": 0.0}
    weighted = HiddenChowLiuTree(random_state=0, **options).fit(
        table, sample_weight=times
    )
    repeated = fit(table.iloc[np.repeat(np.arange(150), times)], **options)
    assert weighted.tree_ == repeated.tree_
    some = table[times > 0]
    assert_allclose(
        weighted.score_samples(some), repeated.score_samples(some), atol=1e-5
    )
    assert weighted.lower_bound_ == pytest.approx(repeated.lower_bound_, abs=1e-6)


def test_weights_of_many_rows_pull_the_density(mixed_table):
    table = mixed_table(3000)
    weight = np.where(table["owns"], 9.0, 1.0)
    plain = fit(table, max_iter=3)
    pulled = HiddenChowLiuTree(max_iter=3, random_state=0).fit(table, None, weight)
    share = [density.sample(3000, 0)["owns"].mean() for density in (plain, pulled)]
    expected = [np.mean(table["owns"]), np.average(table["owns"], weights=weight)]
    assert_allclose(share, expected, atol=0.04)


@pytest.mark.parametrize("weight", [np.zeros(20), -np.ones(20), np.ones(19)])
def test_impossible_weights_are_refused(mixed_table, weight):
    with pytest.raises(ValueError, match="[Ss]ample.weight"):
        HiddenChowLiuTree().fit(mixed_table(20), sample_weight=weight)


def test_missing_is_one_more_thing_that_a_cell_can_be(every_dtype):
    table = every_dtype(300)
    density = fit(table)
    known = table[table["job"].notna()][:20]
    absent = pd.Series([None] * 20, index=known.index, dtype=object)
    total = np.zeros(20)
    for job in ("cook", "clerk", "judge", absent):
        total += np.exp(density.score_samples(known.assign(job=job)))
    rows = density.encoder_.encode(density.schema_.encode(known))
    hidden = torch.tensor(table.columns == "job").expand(20, -1)
    units = density.encoder_.log_units(density.schema_.encode(known))
    rest = density.circuit_.log_prob(rows, hidden).numpy() - units
    assert_allclose(np.log(total), rest)


def test_dependent_missing_cells_are_worth_their_nats():
    """Two columns are missing in the same rows: one predicts the other."""
    rng = np.random.RandomState(0)
    values = rng.normal(size=(4000, 3))
    values[rng.uniform(size=4000) < 0.3, :2] = np.nan
    table = pd.DataFrame(values, columns=list("abc"))
    train, test = table[:2000], table[2000:]
    scores = [fit(train, n_states=n).score(test) for n in (1, 8)]
    entropy = -0.3 * np.log(0.3) - 0.7 * np.log(0.7)
    assert scores[1] - scores[0] == pytest.approx(entropy, abs=0.1)


def test_rows_that_training_excludes_are_named(every_dtype):
    density = fit(every_dtype(100))
    with pytest.raises(ValueError, match=r"'job', row 1003: 'pilot' is not a level"):
        job = every_dtype(10)["job"].where(np.arange(10) != 3, "pilot")
        density.score_samples(every_dtype(10).assign(job=job))
    with pytest.raises(ValueError, match="'owns', row 1000: the cell is missing"):
        owns = pd.array([None] + [True] * 9, dtype="boolean")
        density.score_samples(every_dtype(10).assign(owns=owns))
    with pytest.raises(NotFittedError):
        HiddenChowLiuTree().score_samples(every_dtype(10))


def test_rows_are_scored_alike_in_any_company(every_dtype):
    table = every_dtype(300)
    density = fit(table)
    together = density.score_samples(table)
    parts = [density.score_samples(table[k : k + 7]) for k in range(0, 300, 7)]
    assert_allclose(np.concatenate(parts), together, rtol=0, atol=1e-11)


def test_same_seed_same_density(mixed_table):
    table = mixed_table(700)
    first, again, other = (fit(table, random_state=seed) for seed in (0, 0, 1))
    assert_array_equal(first.score_samples(table), again.score_samples(table))
    assert not np.array_equal(first.score_samples(table), other.score_samples(table))


def unlike_numpy(thing, seen):
    """Every reachable object that needs torch or code to come back."""
    if id(thing) in seen:
        return []
    seen.add(id(thing))
    if (
        isinstance(thing, torch.Tensor)
        or callable(thing)
        and not isinstance(thing, type)
    ):
        return [thing]
    inner = list(vars(thing).values()) if hasattr(thing, "__dict__") else []
    if isinstance(thing, type) or isinstance(thing, np.dtype):
        return []
    if isinstance(thing, dict):
        inner += thing.values()
    if isinstance(thing, (list, tuple)):
        inner += thing
    return [found for part in inner for found in unlike_numpy(part, seen)]


def test_the_state_is_made_of_numpy_arrays(mixed_table):
    density = fit(mixed_table(100))
    assert unlike_numpy(density.__getstate__(), set()) == []


@pytest.mark.parametrize("way", ["pickle", "deepcopy", "joblib"])
def test_copies_score_and_draw_alike(every_dtype, tmp_path, way):
    table = every_dtype(100)
    density = fit(table)
    if way == "joblib":
        joblib.dump(density, tmp_path / "density")
        twin = joblib.load(tmp_path / "density")
    elif way == "pickle":
        twin = pickle.loads(pickle.dumps(density))
    else:
        twin = copy.deepcopy(density)
    assert_array_equal(twin.score_samples(table), density.score_samples(table))
    pd.testing.assert_frame_equal(
        twin.sample(9, random_state=0), density.sample(9, random_state=0)
    )
    assert not hasattr(clone(density), "circuit_")


def test_grid_search_and_cross_validation(mixed_table):
    table = mixed_table(400)
    search = GridSearchCV(fit(table), {"n_states": [1, 4]}, cv=2).fit(table)
    assert search.best_params_ == {"n_states": 4}
    assert np.isfinite(cross_val_score(search.best_estimator_, table, cv=2)).all()


def test_the_default_device_is_not_followed(every_dtype):
    table = every_dtype(60)
    expected = fit(table)
    scores = expected.score_samples(table)
    drawn = expected.sample(30, random_state=0)
    torch.set_default_device("meta")
    try:
        density = fit(table)
        assert_array_equal(density.score_samples(table), scores)
        pd.testing.assert_frame_equal(density.sample(30, random_state=0), drawn)
        loaded = pickle.loads(pickle.dumps(density))
        assert_array_equal(loaded.score_samples(table), scores)
    finally:
        torch.set_default_device(None)


def test_no_rows_have_no_scores(every_dtype):
    table = every_dtype(60)
    density = fit(table)
    assert density.score_samples(table[:0]).shape == (0,)
    with pytest.raises(ValueError, match="score needs at least one row"):
        density.score(table[:0])


def test_modes_of_the_caller_do_not_matter(mixed_table):
    table = mixed_table(120)
    expected = fit(table).score_samples(table)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            actual = fit(table).score_samples(table)
        assert_array_equal(actual, expected)


@pytest.mark.parametrize("value", [1e12, 1e100, 1e300, -1e300])
def test_far_values_are_finite_and_unlikely(mixed_table, value):
    table = mixed_table(200)
    density = fit(table)
    far = density.score_samples(table[:3].assign(income=value, gain=value))
    assert np.isfinite(far).all()
    assert (far < density.score_samples(table[:3].assign(income=1.0)) - 20).all()


def test_sixty_ugly_rows_are_scored_drawn_and_copied():
    """Strings, a third of the cells missing, constants, and values of 1e300."""
    rng = np.random.RandomState(0)
    table = pd.DataFrame(
        {
            "wild": np.r_[1e300, -1e300, 1e299, rng.normal(size=57)],
            "spike": np.where(rng.uniform(size=60) < 0.8, 0.0, 1e300),
            "job": rng.choice(["cook", "clerk", "judge"], 60).astype(object),
            "text": ["same"] * 60,
            "number": 7.5,
        }
    )
    for name in ("wild", "job", "number"):
        table.loc[rng.uniform(size=60) < 0.3, name] = None
    density = pickle.loads(pickle.dumps(fit(table)))
    assert np.isfinite(density.score_samples(table)).all()
    far = table.assign(wild=1e300, spike=-1e300, number=1e300)
    assert np.isfinite(density.score_samples(far)).all()
    drawn = density.sample(200, random_state=0)
    assert drawn.dtypes.equals(table.dtypes)
    assert np.isfinite(density.score_samples(drawn)).all()
    assert set(drawn["text"]) == {"same"}


@pytest.fixture
def degrees(monkeypatch):
    """A table of whose relations the search finds both."""
    case = Degrees.make(400)
    group = case.features.columns[2].group
    finders = {"find_groups": group, "find_determined": case.years}
    for name, found in finders.items():
        find = lambda *_, found=found, **__: (found,)  # noqa: E731
        monkeypatch.setattr(_relations, name, find)
    return case


def test_relations_are_found_and_kept(degrees):
    table = degrees.table
    density = fit(table)
    assert density.schema_.names == ("degree", "years", "job", "age")
    assert density.determined_ == (degrees.years,)
    assert len(density.tree_) == 2
    assert density.n_features_in_ == 6
    drawn = density.sample(500, random_state=0)
    assert drawn.dtypes.equals(table.dtypes)
    assert (drawn[["job_cook", "job_clerk", "job_judge"]].sum(axis=1) == 1).all()
    years = dict(zip(DEGREES, YEARS, strict=True))
    assert (drawn["years"] == drawn["degree"].map(years)).all()
    assert drawn["degree"].nunique() == 4


def test_rows_that_break_a_relation_are_unlikely(degrees):
    table = degrees.table
    density = fit(table)
    regular = density.score_samples(table)
    torn = table.assign(years=np.where(table["years"] == 8, 17, 8))
    assert (density.score_samples(torn) < regular - 20).all()
    none_on = table.assign(job_cook=False, job_clerk=False, job_judge=False)
    two_on = table.assign(job_cook=True, job_clerk=True, job_judge=False)
    for broken in (none_on, two_on):
        assert (density.score_samples(broken) < regular - 20).all()
        assert_allclose(
            np.exp(density.score_samples(broken) - np.log(1e-12) + np.log(5)),
            sum(
                np.exp(density.score_samples(none_on.assign(**{name: True})))
                for name in ("job_cook", "job_clerk", "job_judge")
            ),
        )


def test_the_log_density_of_a_number_that_follows_has_no_unit(degrees):
    table = degrees.table
    density = fit(table)
    codes = density.schema_.encode(table)
    rows = density.encoder_.encode(codes)
    units = np.log(density.encoder_.scale[3])
    expected = density.circuit_.log_prob(rows).numpy() - units
    assert_allclose(density.score_samples(table), expected, atol=1e-8)
    assert density.score(table) == pytest.approx(density.lower_bound_, abs=0.1)


def test_a_density_with_relations_consists_of_numpy_and_can_be_copied(degrees):
    density = fit(degrees.table, max_iter=2)
    twin = pickle.loads(pickle.dumps(density))
    assert unlike_numpy(density.__getstate__(), set()) == []
    torn = degrees.table.assign(years=8)
    assert_array_equal(twin.score_samples(torn), density.score_samples(torn))
    pd.testing.assert_frame_equal(
        twin.sample(9, random_state=0), density.sample(9, random_state=0)
    )


def test_unknown_values_are_drawn_again_and_at_last_typical(monkeypatch, degrees):
    """Of a source without known values, no draw has one; of four, one is rare."""
    one, none = (
        LookedUp(1, (0,), known=known, values=values)
        for known, values in (((0.0,), (15.0,)), ((9.0,), (15.0,)))
    )
    table = degrees.table
    monkeypatch.setattr(_relations, "find_determined", lambda *_, **__: (one,))
    drawn = fit(table, max_iter=2).sample(50, random_state=0)
    assert set(drawn["years"]) == {15}
    assert drawn["degree"].nunique() == 1
    monkeypatch.setattr(_relations, "find_determined", lambda *_, **__: (none,))
    drawn = fit(table, max_iter=2).sample(50, random_state=0)
    assert set(drawn["years"]) == {int(table["years"].median())}
    assert drawn["degree"].nunique() == 4


def test_without_relations_nothing_is_added(mixed_table):
    table = mixed_table(200)
    density = fit(table, max_iter=3)
    codes = density.schema_.encode(table)
    log_density = density.circuit_.log_prob(density.encoder_.encode(codes)).numpy()
    units = np.where(np.isnan(codes), 0.0, np.log(density.encoder_.scale))
    expected = log_density - (~np.isnan(codes)) @ np.log(density.encoder_.scale)
    assert_allclose(expected, log_density - units.sum(axis=1))
    assert_array_equal(density.score_samples(table), expected)
    assert density.determined_ == ()


@pytest.mark.parametrize("n_rows", [500, 2500])
def test_relations_are_found_without_help(n_rows):
    """Either of degree and years follows from the other."""
    table = make_degrees(n_rows).assign(half=lambda rows: rows["age"] / 2)
    density = fit(table, max_iter=3)
    names = density.schema_.names
    assert set(names) == {"degree", "years", "job", "age", "half"}
    determined = {names[one.column] for one in density.determined_}
    assert len(determined) == 2
    assert len(determined & {"degree", "years"}) == 1
    drawn = density.sample(200, random_state=0)
    assert (drawn["half"] == drawn["age"] / 2).all()
    years = dict(zip(DEGREES, YEARS, strict=True))
    assert (drawn["years"] == drawn["degree"].map(years)).all()
    regular = density.score_samples(table)
    for torn in (
        table.assign(half=table["half"] + 1),
        table.assign(years=np.where(table["years"] == 8, 17, 8)),
        table.assign(job_cook=False, job_clerk=False, job_judge=False),
    ):
        assert (density.score_samples(torn) < regular - 15).all()
