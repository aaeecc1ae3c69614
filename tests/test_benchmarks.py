"""The benchmarks switch parts of skpar off; the switches fit what is there now."""

from __future__ import annotations

import importlib
import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest

import skpar

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
    monkeypatch.setattr(module, "__file__", str(folder / "_code_state.py"))
    monkeypatch.setattr(skpar, "__file__", str(package / "__init__.py"))
    return here, module.fingerprint, tmp_path


def test_code_has_one_fingerprint_wherever_it_lies(code_state):
    here, fingerprint, _ = code_state
    assert fingerprint("_judge.py") == here


@pytest.mark.parametrize("name", ["benchmarks/_judge.py", "skpar/search/_search.py"])
def test_code_that_changed_has_another_fingerprint(code_state, name):
    here, fingerprint, folder = code_state
    (folder / name).write_text("")
    assert fingerprint("_judge.py") != here
