"""One name for one thing, in everything that is public."""

from __future__ import annotations

import inspect
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import skpar
from skpar import datasets, density, inspection, metrics

from ._loans import quick, split_loans

# Names that were used for what has another name: n_queries, gower_distance and so on.
FORMER_NAMES = {
    "asked",
    "classifier",
    "classifier_rows",
    "favorable",
    "features_changed",
    "gower",
    "kind",
    "n_asked",
    "rules",
}
ROOT = Path(__file__).parents[1]
MODULES = (skpar, metrics, density, inspection, datasets)


def public_objects():
    """Name and object of everything in an `__all__`, and of its public methods."""
    for module in MODULES:
        for name in module.__all__:
            thing = getattr(module, name)
            yield name, thing
            if inspect.isclass(thing):
                for key, member in inspect.getmembers(thing, inspect.isfunction):
                    if not key.startswith("_"):
                        yield f"{name}.{key}", member


OBJECTS = {
    name: thing
    for name, thing in public_objects()
    if (inspect.isfunction(thing) or inspect.isclass(thing))
    and thing.__module__.startswith("skpar")
    and thing is not metrics.RecourseScorers  # a dict, without a signature
}


@pytest.fixture(scope="module")
def case():
    loans = split_loans(150)
    par = quick().fit(loans.X, loans.y, loans.clf)
    denied = loans.asking[loans.clf.predict(loans.asking) == 0]
    return par, loans, par.recourse(denied)


def measures(case):
    """Values of each public measure by place and name; those of people, and means."""
    par, loans, report = case
    frame = report.to_frame().select_dtypes("number").astype(float)
    of_people = {("report", name): frame[name].to_numpy() for name in frame}
    known = {
        "factuals": report.factuals,
        "counterfactuals": report.counterfactuals,
        "answered": report.answered,
        "clf": loans.clf,
        "schema": par.schema_,
        "density": par.accepted_density_,
        "reference": loans.X,
        "refitted": metrics.refit_classifiers(
            loans.clf, loans.X, loans.y, random_state=0
        ),
        "average": None,
    }
    for name in metrics.__all__:
        metric = getattr(metrics, name)
        if not inspect.isfunction(metric) or name == "diversity":
            continue
        parameters = inspect.signature(metric).parameters
        if "average" in parameters:
            taken = {key: known[key] for key in parameters if key in known}
            of_people["metrics", name] = metric(**taken)
    of_methods = {
        ("scorer", name): abs(value)
        for name, value in metrics.recourse_scorers(par, loans.asking).items()
        if name not in ("recourse_score", "neg_cpu_seconds")
    }
    evaluated = metrics.evaluate(report, **{"clf": loans.clf, "reference": loans.X})
    of_methods |= {("evaluate", n): abs(v) for n, v in evaluated["value"].items()}
    return of_people, of_methods


def test_no_measure_has_two_names(case):
    of_people, of_methods = measures(case)
    of_methods |= {
        place: abs(np.nanmean(values)) for place, values in of_people.items()
    }
    for values in (of_people, of_methods):
        for one, other in combinations(values, 2):
            value = np.asarray(values[one])
            if np.isin(value[~np.isnan(value)], [0, 1]).all():
                continue  # many measures are 1 for everybody
            if np.allclose(value, values[other], equal_nan=True, rtol=1e-6):
                names = {name.removeprefix("neg_") for _, name in (one, other)}
                assert len(names) == 1, (one, other)


def test_no_name_has_two_measures(case):
    of_people, of_methods = measures(case)
    for (place, name), values in of_people.items():
        if name == "percentile":
            continue  # the metric has its own reference rows
        if ("report", name) in of_people and place == "metrics":
            np.testing.assert_allclose(values, of_people["report", name])
        for other in ("scorer", "evaluate"):
            key = name if (other, name) in of_methods else f"neg_{name}"
            if (other, key) in of_methods and ("report", name) in of_people:
                mean = abs(np.nanmean(values))
                assert of_methods[other, key] == pytest.approx(mean), name


def test_scorers_and_tables_take_the_names_of_metrics_and_columns(case):
    _, _, report = case
    known = {*metrics.__all__, *report.to_frame().columns, "cpu_seconds", "diversity"}
    for name in metrics.recourse_scorers:
        assert name.removeprefix("neg_") in known
    assert {*metrics.evaluate(report).index} <= known
    groups = report.by_group("job").columns
    groups = {re.sub("_(low|high)$", "", name) for name in groups}
    assert groups - {"n", "n_denied", "n_answered"} <= known


def test_former_names_are_gone(case):
    par, _, report = case
    for name, thing in OBJECTS.items():
        assert not FORMER_NAMES & {*inspect.signature(thing).parameters}, name
    for thing in (par, report):
        assert not FORMER_NAMES & {*vars(thing)}
        assert not FORMER_NAMES & {*dir(thing)}
    assert not FORMER_NAMES & {*report.to_frame().columns, *metrics.__all__}


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_every_parameter_has_one_entry_of_its_own(name):
    thing = OBJECTS[name]
    doc = inspect.getdoc(thing) or ""
    section = re.search(r"Parameters\n-+\n(.*?)(\n\n\w[^\n]*\n-+\n|\Z)", doc, re.S)
    entries = (
        re.findall(r"^(\*{0,2}\w[\w, *]*) : ", section[1], re.M) if section else []
    )
    assert not [entry for entry in entries if "," in entry]
    assert len(set(entries)) == len(entries)
    parameters = inspect.signature(thing).parameters.values()
    wanted = {p.name for p in parameters if p.name not in ("self", "args", "kwds")}
    documented = {entry.lstrip("*") for entry in entries}
    assert wanted <= documented


def test_metrics_return_numbers(case):
    _, loans, report = case
    tables = (report.factuals, report.counterfactuals, report.answered)
    assert isinstance(metrics.coverage(*tables), float)
    assert isinstance(metrics.validity(*tables, loans.clf), float)
    assert isinstance(metrics.n_changed(*tables, loans.clf, loans.X), float)


# Words of our own, which readers had to look up or to read twice.
RIDDLES = ("whoever", "stand-in", "lies apart", "is told", "dearer", "likelier")
PROSE = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "skpar").rglob("*.py"),
    *(ROOT / "examples").glob("*.py"),
]


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_prose_has_no_riddles(path):
    text = " ".join(path.read_text(encoding="utf-8").lower().split())
    assert [word for word in RIDDLES if word in text] == []
