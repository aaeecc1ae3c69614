"""Metrics document all of their parameters."""

from __future__ import annotations

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


def test_a_function_without_docstring_is_left_alone():
    def metric(answered): ...

    assert document_parameters(metric).__doc__ is None  # as under python -OO
