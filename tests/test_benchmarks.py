"""The benchmarks switch parts of skpar off; the switches fit what is there now."""

from __future__ import annotations

import importlib
from contextlib import nullcontext
from pathlib import Path

import pytest

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
