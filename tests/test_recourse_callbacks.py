"""Callbacks of scikit-learn follow a fit, change nothing, and may stop its loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.callback import CallbackSupportMixin, ProgressBar
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline

from skpar.training import with_new_classifier

from ._loans import quick, split_loans

STAGES = [
    "table",
    "relations",
    "classifier",
    "refits",
    "density of accepted rows",
    "density of denied rows",
    "objective",
    "surrogate",
    "generator",
    "search",
    "report",
]


class Recorder:
    """Notes every task, and may ask to stop after tasks of some names."""

    max_propagation_depth = None

    def __init__(self, *stops):
        self.stops, self.begun, self.ended, self.is_open = stops, [], [], False
        self.fitted = []

    def setup(self, estimator, context):
        assert not self.is_open
        self.is_open = True

    def teardown(self, estimator, context):
        self.is_open = False

    def on_fit_task_begin(self, estimator, context):
        self.begun.append(context)

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        self.ended.append(context)
        if fitted_estimator is not None:
            self.fitted.append(fitted_estimator)
        return context.task_name in self.stops

    def steps(self, name):
        """Names of the steps of all tasks of a name."""
        return [
            one.task_name
            for one in self.ended
            if one.parent is not None and one.parent.task_name == name
        ]


@pytest.fixture(scope="module")
def loans():
    return split_loans(120)


def fitted(loans, *callbacks, **parameters):
    par = quick(min_robustness=0.5, n_refits=3, **parameters)
    return par.set_callbacks(*callbacks).fit(loans.X, loans.y, loans.clf)


@pytest.fixture(scope="module")
def recorder():
    return Recorder()


@pytest.fixture(scope="module")
def par(loans, recorder):
    return fitted(loans, recorder)


def test_every_stage_is_a_task_with_its_steps(par, recorder):
    assert isinstance(par, CallbackSupportMixin)
    assert not recorder.is_open
    assert sorted(map(id, recorder.begun)) == sorted(map(id, recorder.ended))
    assert [one.task_name for one in recorder.begun if one.parent is None] == ["fit"]
    assert recorder.steps("fit") == STAGES
    assert recorder.steps("refits") == ["refit"] * 3
    for name in ("accepted", "denied"):
        density = getattr(par, f"{name}_density_")
        assert recorder.steps(f"density of {name} rows") == ["pass"] * density.n_iter_
    config = par.training_config
    assert recorder.steps("surrogate") == ["epoch"] * config.first_surrogate_epochs
    steps = recorder.steps("generator")
    assert steps.count("epoch") == par.n_iter_ == len(par.loss_curve_)
    assert set(steps) == {"search", "surrogate epoch", "epoch"}
    for task in recorder.begun:
        assert len(recorder.steps(task.task_name)) <= task.max_subtasks
    root = recorder.ended[-1]
    assert root.max_subtasks == len(STAGES)


def test_callbacks_change_no_answer(par, loans):
    alone = fitted(loans)
    assert alone.loss_curve_ == par.loss_curve_
    one, other = (each.recourse(loans.asking[:15]) for each in (alone, par))
    np.testing.assert_array_equal(one.codes_after, other.codes_after)
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())


def test_the_last_task_has_an_estimator_that_is_ready(par, recorder, loans):
    (ready,) = recorder.fitted
    people = loans.asking[:5]
    pd.testing.assert_frame_equal(ready.transform(people), par.transform(people))


def test_a_new_classifier_is_no_task_of_the_old_callbacks(par, recorder, loans):
    before = len(recorder.begun)
    with_new_classifier(par, loans.clf, loans.X, loans.y)
    assert len(recorder.begun) == before


@pytest.mark.filterwarnings("ignore:No recourse was found for:UserWarning")
def test_a_callback_stops_the_loops_that_it_names(loans):
    recorder = Recorder("pass", "epoch", "refit", "table")
    par = fitted(loans, recorder, max_iter=5)
    assert par.accepted_density_.n_iter_ == par.denied_density_.n_iter_ == 1
    assert par.n_iter_ == 1 and recorder.steps("surrogate") == ["epoch"]
    # A stage is no loop, and the share of refits needs all of them.
    assert recorder.steps("fit") == STAGES and len(par.refits_) == 3
    report = par.recourse(loans.asking[:15])
    assert report.answered.any()
    X_cf = report.counterfactuals[report.answered]
    assert (loans.clf.predict(X_cf) == 1).all()


def test_tasks_are_torn_down_after_an_error(loans):
    recorder = Recorder()
    par = quick(actionability={"shoe_size": "immutable"}).set_callbacks(recorder)
    with pytest.raises(ValueError, match="shoe_size"):
        par.fit(loans.X, loans.y, loans.clf)
    assert recorder.begun and not recorder.is_open
    assert "fit" not in [one.task_name for one in recorder.ended]


@pytest.mark.filterwarnings("ignore:favorable_label is not given:UserWarning")
def test_pipelines_and_searches_hand_their_callbacks_on(loans):
    recorder = Recorder()
    folds = StratifiedKFold(2, shuffle=True, random_state=0)
    inner = make_pipeline(quick(estimator=loans.clf, max_iter=1))
    grid = {"parrecourse__max_queries": [5]}
    search = GridSearchCV(
        inner, grid, cv=folds, refit=False, scoring=lambda *arguments: 0.0
    )
    search.set_callbacks(recorder).fit(loans.X, loans.y)
    ours = [one for one in recorder.ended if one.estimator_name == "PARRecourse"]
    names = [one.task_name for one in ours]
    assert names.count("generator") == names.count("fit") == 2
    generators = [one for one in recorder.ended if one.task_name == "generator"]
    for one in generators:
        above = one.parent.parent
        assert one.parent.source_estimator_name == "Pipeline"
        assert above.source_estimator_name == "GridSearchCV"


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_the_bars_of_a_search_come_from_all_processes(loans, n_jobs, capsys):
    folds = StratifiedKFold(2, shuffle=True, random_state=0)
    par = quick(estimator=loans.clf, max_iter=1, favorable_label=1)
    grid = {"parrecourse__max_queries": [5]}
    search = GridSearchCV(make_pipeline(par), grid, cv=folds, n_jobs=n_jobs)
    bar = ProgressBar(max_propagation_depth=None)
    search.set_callbacks(bar).fit(loans.X, loans.y)
    lines = capsys.readouterr().out.splitlines()
    # Two folds and the fit to all rows.
    for name in ("fit-final-estimator | PARRecourse - fit", "PARRecourse - generator"):
        shown = [line for line in lines if name in line]
        assert len(shown) == 3
        assert all("100%" in line for line in shown)
