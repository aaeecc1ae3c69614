"""Properties of every metric of rows: masks, weights, averages, order, units."""

from __future__ import annotations

import inspect
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from skpar import TableSchema, metrics
from skpar.metrics._inputs import accepts, as_table

from ._answers_of_people import (
    InOldUnits,
    OnAge,
    answers_of_people,
    garbled,
    in_other_units,
)

BOUNDS = {
    "coverage": (0, 1),
    "validity": (0, 1),
    "success": (0, 1),
    "gower_distance": (0, 1),
    "n_changed": (0, 6),
    "effort": (0, 6),
    "log_density": (-np.inf, 0),
    "percentile": (0, 1),
    "outlier_share": (0, 1),
    "ynn": (0, 1),
    "knn_distance": (0, np.inf),
    "actionability": (0, 1),
    "necessity": (0, 1),
    "robustness": (0, 1),
}
UNIT_FREE = sorted(set(BOUNDS) - {"log_density"})
OF_ANSWERS = {"validity", "actionability"}
OF_PEOPLE = {"coverage", "success"}


@pytest.fixture(scope="module")
def case():
    return answers_of_people()


def compute(name, case, **changes):
    """Call a metric with those arguments of a case that it takes."""
    metric = getattr(metrics, name)
    given = {**vars(case), **changes}
    known = inspect.signature(metric).parameters
    return metric(**{key: given[key] for key in known if key in given})


@pytest.mark.parametrize("name", BOUNDS)
def test_means_are_those_of_the_rows_that_count(name, case):
    values = compute(name, case, average=None)
    mean = compute(name, case)
    counted = ~np.isnan(values)
    low, high = BOUNDS[name]
    assert ((values[counted] >= low) & (values[counted] <= high)).all()
    assert len(np.unique(values[counted])) > 1
    assert mean == pytest.approx(values[counted].mean())


@pytest.mark.parametrize("name", BOUNDS)
def test_the_rows_that_count_are_those_of_the_definition(name, case):
    counted = ~np.isnan(compute(name, case, average=None))
    yes = case.clf.predict(case.counterfactuals) == 1
    expected = case.answered & yes
    if name in OF_ANSWERS:
        expected = case.answered
    elif name in OF_PEOPLE:
        expected = np.ones(len(yes), dtype=bool)
    np.testing.assert_array_equal(counted, expected)


@pytest.mark.parametrize("name", BOUNDS)
def test_weights_stand_for_copies(name, case):
    copies = np.arange(len(case.answered)) % 3
    weighted = compute(name, case, sample_weight=copies)
    rows = np.repeat(np.arange(len(copies)), copies)
    repeated = compute(name, taken(case, rows))
    assert weighted == pytest.approx(repeated)


@pytest.mark.parametrize("name", BOUNDS)
def test_the_order_of_rows_does_not_matter(name, case):
    order = np.random.RandomState(1).permutation(len(case.answered))
    values = compute(name, case, average=None)
    shuffled = compute(name, taken(case, order), average=None)
    np.testing.assert_allclose(shuffled, values[order])


@pytest.mark.parametrize("name", BOUNDS)
def test_unanswered_rows_are_never_read(name, case):
    nonsense = garbled(case.counterfactuals, case.answered)
    np.testing.assert_array_equal(
        compute(name, case, counterfactuals=nonsense, average=None),
        compute(name, case, average=None),
    )


@pytest.mark.parametrize("name", UNIT_FREE)
def test_units_do_not_matter(name, case):
    np.testing.assert_allclose(
        compute(name, in_other_units(case), average=None),
        compute(name, case, average=None),
    )


def test_a_density_depends_on_units(case):
    there = in_other_units(case)
    here = compute("log_density", case)
    assert compute("log_density", there) == pytest.approx(here - np.log(1000))


@pytest.mark.parametrize("name", BOUNDS)
def test_without_answers_there_is_no_mean(name, case):
    nobody = np.zeros(len(case.answered), dtype=bool)
    mean = compute(name, case, answered=nobody)
    if name in OF_PEOPLE:
        assert mean == 0.0
    else:
        assert np.isnan(mean)


@pytest.mark.parametrize("name", ["gower_distance", "ynn", "actionability"])
def test_a_table_stands_for_its_schema(name, case):
    of_table = compute(name, case, schema=case.population, average=None)
    np.testing.assert_array_equal(of_table, compute(name, case, average=None))


@pytest.mark.parametrize("name", sorted(set(BOUNDS) - {"log_density", "percentile"}))
def test_arrays_will_do(name):
    rng = np.random.RandomState(0)
    population, new = rng.rand(50, 3), rng.rand(20, 3)
    rule = SimpleNamespace(
        classes_=np.array([0, 1]),
        predict=lambda table: (np.asarray(table)[:, 0] > 0.5).astype(int),
    )
    answered = np.arange(20) % 2 == 0
    case = SimpleNamespace(
        factuals=population[:20].tolist(),
        counterfactuals=new.tolist(),
        answered=answered.tolist(),
        clf=rule,
        schema=TableSchema.infer(population),
        reference=population.tolist(),
        actionability={0: "immutable"},
        refitted=[rule],
    )
    counted = (~np.isnan(compute(name, case, average=None))).sum()
    assert counted in (10, 20, (answered & (new[:, 0] > 0.5)).sum())
    assert isinstance(compute(name, case), float)


@pytest.mark.parametrize("name", ["percentile", "outlier_share", "ynn"])
def test_a_reference_without_accepted_people_is_refused(name, case):
    denied = case.reference[case.clf.predict(case.reference) == 0]
    with pytest.raises(ValueError, match="none of the .* reference rows"):
        compute(name, case, reference=denied)


def test_answered_must_be_a_mask(case):
    with pytest.raises(ValueError, match="one boolean per row.*int64"):
        compute("coverage", case, answered=np.flatnonzero(case.answered))


def test_lengths_must_agree(case):
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        compute("coverage", case, answered=case.answered[1:])


def test_other_averages_are_refused(case):
    with pytest.raises(ValueError, match="average must be 'mean' or None, got 'sum'"):
        compute("coverage", case, average="sum")


def test_negative_weights_are_refused(case):
    with pytest.raises(ValueError, match="[Nn]egative"):
        compute("coverage", case, sample_weight=-np.ones(len(case.answered)))


def constant(label, **attributes):
    return SimpleNamespace(predict=lambda table: [label] * len(table), **attributes)


def test_favorable_labels_are_those_of_the_estimator():
    three = constant("b", classes_=np.array(["a", "b", "c"]))
    assert accepts(three, [[0]], ["b", "c"]).all()
    assert not accepts(three, [[0]], "a").any()
    with pytest.warns(UserWarning, match="'c', the last of"):
        assert not accepts(three, [[0]], None).any()
    with pytest.raises(ValueError, match="'d' is not among"):
        accepts(three, [[0]], "d")


def test_a_classifier_without_classes_needs_a_label():
    assert accepts(constant("yes"), [[0]], "yes").all()
    assert accepts(constant(2), [[0]], [1, 2]).all()
    with pytest.raises(ValueError, match="give favorable_label"):
        accepts(constant(1), [[0]], None)


def taken(case, rows):
    """Take rows of a case."""
    changed = {
        "factuals": case.factuals.iloc[rows].reset_index(drop=True),
        "counterfactuals": case.counterfactuals.iloc[rows].reset_index(drop=True),
        "answered": case.answered[rows],
    }
    return SimpleNamespace(**{**vars(case), **changed})


def test_the_helper_of_units_is_the_inverse_of_its_classifier(case):
    there = in_other_units(case)
    assert isinstance(there.clf, InOldUnits)
    np.testing.assert_array_equal(
        there.clf.predict(there.population),
        case.clf.predict(case.population),
    )
    assert isinstance(there.density, OnAge)


def test_the_message_about_a_lazy_frame_can_be_followed():
    lazy = pl.LazyFrame({"age": [20, 30]})
    with pytest.raises(TypeError, match=r"^table is a .* Pass table\.collect\(\)\.$"):
        as_table(lazy)
