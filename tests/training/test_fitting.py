"""The parts are fitted on the rows meant for them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from skpar._progress import Task
from skpar.actionability import People
from skpar.actionability._actionability import Actionability
from skpar.density import HiddenChowLiuTree
from skpar.objective._objective import Weights
from skpar.relations import with_determined
from skpar.table import TableSchema
from skpar.training._fitting import FitSettings, RecourseFitter

from .._configs import SEARCH, TRAINING
from .._degrees import Degrees
from .._people import is_accepted, make_people


class Box:
    """The decision on codes, as a classifier behind the black box."""

    def __init__(self, accepts=is_accepted):
        self.accepted = self.is_sure = self.meets_demands = accepts
        self.refits, self.favorable = None, np.array([1])

    def score(self, codes):
        return None

    def linear_score(self):
        return None


def make_fitter(n, seed=0, **density):
    table = make_people(n)
    schema = TableSchema.infer(table)
    lines: list[str] = []
    fitter = fitter_of(schema, Box(), seed, Task(show=lines.append), **density)
    return fitter, schema.encode(table), lines


def fitter_of(schema, box, seed, task, **density):
    return RecourseFitter(
        schema,
        Actionability(schema),
        box,
        FitSettings(
            Weights(),
            n_neighbors=3,
            n_proposals=4,
            max_iter=2,
            max_queries=17,
            density=HiddenChowLiuTree(**density),
        ),
        SEARCH,
        TRAINING,
        np.random.RandomState(seed),
        task,
    )


@pytest.mark.parametrize("n", [25, 300])
def test_a_fifth_of_the_accepted_rows_calibrates_unless_they_are_few(n):
    fitter, codes, _ = make_fitter(n)
    accepted = is_accepted(codes)
    parts = fitter.fit(codes, accepted).parts
    n_accepted = int(accepted.sum())
    expected = n_accepted if n_accepted < 20 else np.ceil(0.2 * n_accepted)
    assert len(parts.objective.plausibility.reference) == expected
    assert (n_accepted < 20) == (n == 25)
    assert parts.proposer.noise.shape[0] == 3
    assert parts.proposer.action_builder.n_neighbors == 3
    assert parts.search.max_queries == 17


def test_no_more_rows_calibrate_than_the_limit():
    fitter, codes, _ = make_fitter(300)
    fitter.training_config = dataclasses.replace(TRAINING, max_held_out=9)
    parts = fitter.fit(codes, is_accepted(codes)).parts
    assert len(parts.objective.plausibility.reference) == 9


def test_all_parts_share_one_objective_and_one_surrogate():
    fitter, codes, _ = make_fitter(120)
    fit = fitter.fit(codes, is_accepted(codes))
    parts = fit.parts
    assert parts.search.objective is parts.objective
    assert parts.search.proposer is parts.proposer
    assert parts.proposer.scoring_model.objective is parts.objective
    guess = parts.proposer.surrogate.decision_function(codes) > 0
    assert (guess == is_accepted(codes)).mean() > 0.8
    assert 0.5 < fit.fidelity <= 1.0


def test_answers_are_found_and_feasible():
    fitter, codes, _ = make_fitter(120)
    parts = fitter.fit(codes, is_accepted(codes)).parts
    people = People.unlimited(codes[~is_accepted(codes)])
    answers = parts.search.find(people)
    assert answers.found.mean() > 0.95
    assert is_accepted(answers.codes[answers.found]).all()
    assert fitter.actionability.is_feasible(people, answers.codes).all()


def test_both_densities_are_fitted_with_their_parameters():
    fitter, codes, _ = make_fitter(120, n_states=3)
    plausibility = fitter.fit(codes, is_accepted(codes)).parts.objective.plausibility
    for circuit in (plausibility.accepted, plausibility.denied):
        assert len(circuit.parameters.prior) == 3


def test_progress_is_reported_line_by_line():
    fitter, codes, lines = make_fitter(120)
    fit = fitter.fit(codes, is_accepted(codes))
    assert lines[0].startswith("scales of the columns: ")
    assert lines[1].startswith("densities: ")
    names, passes, rest = ("accepted", "denied"), [], lines[2:]
    for name in names:
        assert rest.pop(0) == f"density of {name} rows: tree and kernels"
        start = f"density of {name} rows: pass "
        own = [line for line in rest if line.startswith(start)]
        assert own == rest[: len(own)]
        for number, line in enumerate(own, start=1):
            assert line == f"{start}{number} of at most 20"
        passes.append(len(own))
        rest = rest[len(own) :]
    densities = fit.accepted_density, fit.denied_density
    assert passes == [density.n_iter_ for density in densities]
    words = [line.split()[0] for line in rest]
    first = ["plausibility:", "effort:", "outliers:", "neighbors:", "surrogate"]
    assert words[:5] == first
    n_epochs = TRAINING.first_surrogate_epochs
    assert rest[5] == f"surrogate: epoch 1 of at most {n_epochs}"
    assert words[5 : 5 + n_epochs] == ["surrogate:"] * n_epochs
    assert set(words[5 + n_epochs : -1]) == {"generator:", "round", "epoch"}
    assert words[-1] == "rare"


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_fits_the_same(seed):
    curves = []
    for again in (0, seed):
        fitter, codes, _ = make_fitter(60, again)
        curves.append(fitter.fit(codes, is_accepted(codes)).loss_curve)
    assert (curves[0] == curves[1]) == (seed == 0)


def test_determined_columns_are_left_to_the_factor():
    degrees = Degrees.make(150)
    box = Box(lambda codes: codes[:, 3] > 36)
    determined = (degrees.years,)
    features = with_determined(degrees.features, determined)
    fitter = fitter_of(features, box, 0, Task())
    fit = fitter.fit(degrees.codes, box.accepted(degrees.codes))
    plausibility = fit.parts.objective.plausibility
    for density in (fit.accepted_density, fit.denied_density):
        assert density.determined_ == determined
        assert 1 not in density.circuit_.tree.order
        assert density.feature_names_in_.tolist() == degrees.table.columns.tolist()
    assert plausibility.factor.determined == determined
    for rows in (degrees.torn(), degrees.broken(3.0)):
        read = plausibility.log_density(rows)
        assert (plausibility.percentile(read) <= 0.02).all()
