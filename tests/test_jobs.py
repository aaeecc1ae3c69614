"""Tasks cover everybody once; the number of processes changes no answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joblib import parallel_config

from skpar._config import SearchConfig
from skpar._jobs import run_tasks, split_groups

from ._loans import quick, split_loans

SMALL = replace(SearchConfig(), min_people_per_task=10, max_people_per_task=40)


@given(
    sizes=st.lists(st.integers(0, 300), max_size=4),
    n_jobs=st.sampled_from([None, 1, 2, 3]),
)
def test_tasks_cover_everybody_once(sizes, n_jobs):
    ends = np.cumsum([0, *sizes])
    groups = [
        (np.arange(ends[k], ends[k + 1]), f"group {k}") for k in range(len(sizes))
    ]
    tasks = split_groups(groups, n_jobs, SMALL)
    rows = [rows for rows, _ in tasks]
    np.testing.assert_array_equal(np.concatenate([[], *rows]), np.arange(ends[-1]))
    assert all(len(some) <= 40 for some in rows)
    for members, name in groups:
        own = [len(some) for some, answerer in tasks if answerer == name]
        assert sum(own) == len(members) and max(own) - min(own) <= 1
        assert len(own) == 1 or min(own) >= 10
        if len(members) >= 40 * (n_jobs or 1):
            assert len(own) % (n_jobs or 1) == 0


def _add(one, other):
    return one + other


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_results_come_in_order(n_jobs):
    tasks = ((k, 10) for k in range(7))
    with parallel_config(backend="threading"):
        assert list(run_tasks(_add, tasks, n_jobs)) == list(range(10, 17))


@pytest.fixture(scope="module")
def loans():
    return split_loans(150)


@pytest.fixture(scope="module")
def par(loans):
    par = quick(search="none").fit(loans.X, loans.y, loans.clf)
    par.search_config = SMALL
    return par


@pytest.mark.filterwarnings("ignore:No recourse was found")
@pytest.mark.parametrize(
    "backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)]
)
def test_the_number_of_jobs_changes_no_answer(par, loans, backend):
    par.set_params(n_jobs=None)
    alone = par.recourse(loans.asking)
    changed = par.transform(loans.asking)
    par.set_params(n_jobs=2)
    with parallel_config(backend=backend):
        together = par.recourse(loans.asking)
        pd.testing.assert_frame_equal(par.transform(loans.asking), changed)
    assert together.codes_after.tobytes() == alone.codes_after.tobytes()
    pd.testing.assert_frame_equal(together.to_frame(), alone.to_frame())


@pytest.mark.filterwarnings("ignore:No recourse was found")
def test_progress_counts_people(par, loans, capsys, monkeypatch):
    monkeypatch.setattr("skpar._progress.find_spec", lambda name: None)
    n = int((loans.clf.predict(loans.asking) == 0).sum())
    par.set_params(n_jobs=None, verbose=1)
    par.transform(loans.asking)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == -(-n // 40) > 1
    assert lines[-1] == f"[PARRecourse] answered {n} of {n} denied people"
