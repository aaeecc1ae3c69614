"""JavaScript computes the density that Python computes."""

import dataclasses
import json

import numpy as np
import pytest

from skpar._search_config import WhatIfConfig
from skpar.report.page.what_if import density_payload, feasible_values
from skpar.report.page.what_if._choices import read_choices
from skpar.report.page.what_if._density import DensityWriter

from ._node import needs_node, run
from ._tables import everything, raw_rows, with_missing

CALLS = ["logDensity", "percentile"]


@pytest.fixture(scope="module")
def plausibility(par):
    return par._parts.objective.plausibility


@pytest.fixture(scope="module")
def mixed(par, people):
    """Rows with cells of others, so that relations and groups are broken."""
    rng = np.random.default_rng(0)
    rows = people.codes[rng.integers(0, len(people), 1000)]
    for j in range(rows.shape[1]):
        some = rng.random(len(rows)) < 0.4
        rows[some, j] = rng.permutation(rows[:, j])[some]
    rows[rng.random(len(rows)) < 0.1, par.schema_.names.index("job")] = 4.0
    return rows


def expected(plausibility, rows):
    log_density = plausibility.log_density(rows)
    return (
        log_density - plausibility.log_units(rows),
        plausibility.percentile(log_density),
    )


@pytest.fixture(scope="module")
def whole(par, people, mixed):
    """The payload of a person who may change everything."""
    own = with_missing(par.schema_, mixed[:1])
    own[0, par.schema_.names.index("job")] = 4.0
    person = dataclasses.replace(people[[0]], codes=own)
    return density_payload(par, person, everything(par.schema_))


@needs_node
def test_any_row_has_its_density(par, plausibility, whole, mixed):
    columns = par.schema_.columns
    assert any(column.may_be_missing for column in columns if column.is_numeric)
    assert len(plausibility.factor.left_out) == 4
    ((found, percentile),) = run(
        "skparDensity", [(whole, raw_rows(par.schema_, mixed))], CALLS
    )
    log_density, share = expected(plausibility, mixed)
    np.testing.assert_allclose(found, log_density, rtol=0, atol=1e-6)
    np.testing.assert_allclose(percentile, share, rtol=0, atol=1e-12)
    assert np.ptp(log_density) > 50  # relations are broken


@needs_node
def test_feasible_rows_of_people_have_their_density(par, plausibility, people):
    cases, truth = [], []
    for k in range(5):
        person = people[[k]]
        feasible = feasible_values(par._actionability, person, 32)
        nobody = np.zeros(100, dtype=np.int64)
        rows = par._actionability.project(person[nobody], people.codes[-100:])
        payload = density_payload(par, person, feasible)
        cases.append((payload, raw_rows(par.schema_, rows)))
        truth.append(expected(plausibility, rows))
    for found, both in zip(run("skparDensity", cases, CALLS), truth, strict=True):
        np.testing.assert_allclose(found, both, rtol=0, atol=1e-6)


def test_less_freedom_makes_less_data(par, people, whole):
    sizes = [
        len(json.dumps(density_payload(par, people[[0]], feasible)))
        for feasible in ({}, {3: (20.0, 60.0)}, {3: (20.0, 60.0), 0: ["MA", "BA"]})
    ]
    assert sizes == sorted(sizes)
    assert sizes[-1] < len(json.dumps(whole)) / 2


@needs_node
def test_other_values_are_refused(par, people):
    age, degree = (par.schema_.names.index(name) for name in ("age", "degree"))
    row = raw_rows(par.schema_, people.codes[:1])[0]
    feasible = {age: (20.0, 60.0), degree: ["MA", "BA"]}
    payload = density_payload(par, people[[0]], feasible)
    for j, value, text in ((degree, "PhD", "PhD"), (age, None, "null"), (age, "2", 2)):
        wrong = [*row[:j], value, *row[j + 1 :]]
        with pytest.raises(RuntimeError, match=f"Feature {j} cannot be {text}"):
            run("skparDensity", [(payload, [wrong])], CALLS)


def test_thinned_reference_keeps_percentiles(par, people):
    plausibility = _WithReference(par._parts.objective.plausibility)
    own = people.codes[0]
    writer = DensityWriter(plausibility, own, [], WhatIfConfig())
    kept = np.array(writer.payload()["reference"])
    assert len(kept) == 401
    values = np.linspace(-40, 10, 5000)
    share = (kept[:, np.newaxis] < values).mean(axis=0)
    truth = (plausibility.reference[:, np.newaxis] < values).mean(axis=0)
    assert np.abs(share - truth).max() < 0.005


class _WithReference:
    """A plausibility with the log-densities of many accepted people."""

    def __init__(self, plausibility):
        self._plausibility = plausibility
        rng = np.random.default_rng(0)
        self.reference = np.sort(np.round(rng.normal(-10, 6, 5003), 1))

    def __getattr__(self, name):
        return getattr(self._plausibility, name)


@needs_node
def test_kernels_that_cannot_be_reached_are_left_out(par, plausibility, people):
    j = par.schema_.names.index("rent")
    rows = people.codes[~np.isnan(people.codes[:, j])][:1].repeat(50, axis=0)
    own = rows[0]
    rows[:, j] = np.linspace(own[j], own[j] * 1.01, 50)
    (narrow,) = read_choices(par.schema_, own, {j: (own[j], own[j] * 1.01)}, 9)
    (wide,) = read_choices(par.schema_, own, {j: (-np.inf, np.inf)}, 9)
    payloads = [
        DensityWriter(plausibility, own, [one], WhatIfConfig()).payload()
        for one in (narrow, wide)
    ]
    few, many = (
        len(payload["features"][0]["kernels"]["location"]) for payload in payloads
    )
    assert few < many
    raw = raw_rows(par.schema_, rows)
    found = run("skparDensity", [(one, raw) for one in payloads], CALLS)
    np.testing.assert_allclose(found[0], found[1], rtol=0, atol=1e-9)
