"""Metrics document all of their parameters."""

from __future__ import annotations

import subprocess
import sys

import pytest
from numpydoc.docscrape import FunctionDoc

from skpar.metrics._docstrings import document_parameters


def test_own_entries_win_and_all_follow_the_signature():
    @document_parameters
    def metric(factuals, answered, limit, *, sample_weight=None):
        r"""Measure.

        Parameters
        ----------
        limit : float
            Own.

            On two paragraphs.
        answered : ndarray
            Own as well.

        Returns
        -------
        share : float
        """

    documented = FunctionDoc(metric)
    names = [parameter.name for parameter in documented["Parameters"]]
    assert names == ["factuals", "answered", "limit", "sample_weight"]
    factuals, answered, limit, _ = documented["Parameters"]
    assert "denied people" in factuals.desc[0]
    assert answered.desc == ["Own as well."]
    assert limit.desc == ["Own.", "", "On two paragraphs."]
    assert documented["Summary"] == ["Measure."]
    assert [returned.name for returned in documented["Returns"]] == ["share"]


def test_a_docstring_may_have_no_parameters_of_its_own():
    @document_parameters
    def metric(answered):
        """Measure.

        Returns
        -------
        share : float
        """

    documented = FunctionDoc(metric)
    assert [parameter.name for parameter in documented["Parameters"]] == ["answered"]
    assert len(documented["Returns"]) == 1


def test_an_undocumented_parameter_is_an_error():
    with pytest.raises(KeyError, match="secret"):

        @document_parameters
        def metric(answered, secret):
            """Measure."""


def test_metrics_work_without_docstrings():
    code = "from skpar.metrics import coverage; print(coverage([[1]], [[1]], [True]))"
    done = subprocess.run(
        [sys.executable, "-OO", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "Mean(value=1.0, n=1)\n"
