"""The benchmarks switch parts of skpar off; the switches fit what is there now."""

from __future__ import annotations

import importlib
import shutil
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import skpar
from skpar.search._rounding import significant_digits

from ._loans import RULES, quick, split_loans

FOLDER = Path(__file__).parent.parent / "examples" / "benchmarks"
ABLATIONS = (
    "no denied term",
    "no neighbourhood",
    "no imitation",
    "no PAR loss",
    "no generator",
    "no polishing",
)


@pytest.fixture
def ablations(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module("_internals").ABLATIONS


@pytest.fixture(scope="module")
def loans():
    return split_loans(150)


@pytest.fixture(scope="module")
def usual(loans):
    par = quick(actionability=RULES).fit(loans.X, loans.y, loans.clf)
    return par.recourse(loans.asking)


def test_every_ablation_is_listed_here(ablations):
    assert tuple(ablations) == ABLATIONS


@pytest.mark.parametrize("name", ABLATIONS)
def test_what_is_left_without_a_part_answers_otherwise(ablations, loans, usual, name):
    ablation = ablations[name]
    with ablation.switch() if ablation.switch else nullcontext():
        par = quick(actionability=RULES, **ablation.parameters)
        report = par.fit(loans.X, loans.y, loans.clf).recourse(loans.asking)
    assert report.answered.any()
    assert (loans.clf.predict(report.counterfactuals[report.answered]) == 1).all()
    assert not report.counterfactuals.equals(usual.counterfactuals)


@pytest.fixture
def code_state(monkeypatch, tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "benchmarks")
    package = shutil.copytree(Path(skpar.__file__).parent, tmp_path / "skpar")
    monkeypatch.syspath_prepend(str(FOLDER))
    module = importlib.import_module("_code_state")
    here = module.fingerprint("_judge.py")
    monkeypatch.setattr(module, "HERE", folder)
    monkeypatch.setattr(module, "PACKAGE", package)
    return here, module.fingerprint, tmp_path


def test_code_has_one_fingerprint_wherever_it_lies(code_state):
    here, fingerprint, _ = code_state
    assert fingerprint("_judge.py") == here


@pytest.mark.parametrize("name", ["benchmarks/_judge.py", "skpar/search/_search.py"])
def test_code_that_changed_has_another_fingerprint(code_state, name):
    here, fingerprint, folder = code_state
    (folder / name).write_text("")
    assert fingerprint("_judge.py") != here


@pytest.fixture
def detection(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module("_density_detection")


def test_detection_is_one_for_real_rows_and_zero_for_others(
    detection, monkeypatch, loans
):
    space_module = importlib.import_module("_density_space")
    table = importlib.import_module("_tables").Table(loans.X, loans.y, {})
    space, codes = space_module.FeatureSpace.of(table)
    monkeypatch.setattr(detection, "MAX_DRAWS", 1)
    real, rest = codes[::2], codes[1::2]
    assert detection.detection_score(space, detection.resampled(rest), real, 0) > 0.7
    shifted = rest.copy()
    shifted[:, space.encoder.numeric] += 1e6
    assert detection.detection_score(space, detection.resampled(shifted), real, 0) == 0


def test_samplers_draw_rows_of_the_table(detection, loans):
    samplers = importlib.import_module("_density_samplers")
    table = importlib.import_module("_tables").Table(loans.X, loans.y, {})
    space, codes = importlib.import_module("_density_space").FeatureSpace.of(table)
    for sampler in (
        samplers.circuit_sampler(space, codes, 4, 0),
        samplers.gaussian_sampler(space, codes, (1, "full", 1e-2), 0),
        samplers.copula_sampler(space, codes, 0),
    ):
        drawn = sampler(50, 1)
        assert drawn.shape == (50, codes.shape[1])
        for column, cells in zip(space.schema.columns, drawn.T, strict=True):
            if column.levels is not None:
                known = cells[~np.isnan(cells)]
                assert np.isin(known, np.arange(len(column.levels))).all()


def test_digits_are_counted_as_in_the_search(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    count = importlib.import_module("rounding").n_digits
    values = np.array([0.1 + 0.2, 0.0, -1500.0, 15024.0, 0.0412478, 7.0, 2e-9])
    assert count(values).tolist() == [1, 1, 2, 5, 6, 1, 1]
    assert np.array_equal(count(values), significant_digits(values))


def test_rounding_is_switched_off_for_a_copy_alone(monkeypatch, loans):
    monkeypatch.syspath_prepend(str(FOLDER))
    module = importlib.import_module("rounding")
    par = quick(actionability=RULES).fit(loans.X, loans.y, loans.clf)
    exact = module.without_rounding(par).recourse(loans.asking)
    report = par.recourse(loans.asking)
    digits = [
        np.concatenate([module.n_digits(v) for _, v in module.written(one)])
        for one in (exact, report)
    ]
    assert digits[0].mean() > digits[1].mean()


@pytest.mark.slow
def test_mortgages_keep_their_links_and_random_rows_stay_in_the_ranges(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    table = importlib.import_module("_mortgage_table")
    program = importlib.import_module("mortgages")
    X, y = table.make_mortgages(300, 0)
    assert X.shape[1] <= 36
    assert set(y) == {0, 1}
    for link in table.LINKS:
        if isinstance(link, skpar.Derived):
            np.testing.assert_array_equal(X[link.column], link.function(X))
    assert (X["loan"] <= X["price"]).all()
    person = X.iloc[[7]]
    rows = program.random_rows(X, person, np.random.default_rng(0))
    changed = (rows != person.iloc[0]).any()
    assert set(changed[changed].index) == {*table.RANGES, *table.CHOICES}
    first = rows.iloc[program.N_RANDOM // 4 :]  # the others are copied in part
    for name, (low, high, _) in table.RANGES.items():
        shift = first[name] - person[name].iloc[0]
        assert shift.between(low, high).all()
        assert {low, high} <= set(shift)


def test_the_brute_force_of_regions_finds_the_largest_box(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    brute = importlib.import_module("_regions_brute_force")
    values = np.arange(11.0)
    axes = [brute.CutAxis(name, values, values, values, values) for name in "xyz"]

    def accepts(rows):
        # Of two large boxes around the row, the one up to y = 9 is larger.
        inside = (rows["x"] <= 5) & (rows["y"] >= 2) & (rows["z"] != 7)
        return (inside & ((rows["x"] <= 2) | (rows["y"] <= 3))).to_numpy()

    row = pd.DataFrame({"x": [1.0], "y": [3.0], "z": [9.0]})
    sides = {"x": (0.0, 2.0), "y": (2.0, 10.0), "z": (8.0, 10.0)}
    for n in (1, 2, 3):
        best = brute.largest(accepts, row, axes[:n], 0.0)
        if n > 1:
            box = list(sides.values())[:n]
            assert best == pytest.approx(brute.mean_side(axes[:n], box, 0.0))
        else:
            assert best == pytest.approx(5 / 11)  # alone, up to x = 5
