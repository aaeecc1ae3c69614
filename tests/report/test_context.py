"""Histograms count everybody; probabilities are given only where they are known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.actionability import Actionability, Limits, People
from skpar.classifier import BlackBox
from skpar.report._context import ReportContext, RowDetails, column_histograms
from skpar.table import TableSchema

BEFORE = np.array([[0.1], [0.2], [0.3]])
AFTER = np.array([[0.1], [0.8], [0.3]])
DENIED, ANSWERED = np.array([False, True, True]), np.array([False, True, False])


class WithScores:
    """Classifier with a score that equals the feature."""

    classes_ = np.array([0, 1])

    def predict(self, X):
        return (np.asarray(X)[:, 0] > 0.5).astype(int)

    def decision_function(self, X):
        return np.asarray(X)[:, 0]


class WithProbabilities(WithScores):
    """The same classifier; the score is a probability."""

    def predict_proba(self, X):
        values = self.decision_function(X)
        return np.column_stack([1 - values, values])


class Plausibility:
    """Log-densities are the feature, percentiles ten times that."""

    def log_density(self, codes):
        return codes[:, 0]

    def percentile(self, log_density):
        return 10 * log_density


class Objective:
    """Effort is the difference."""

    plausibility = Plausibility()

    class effort:
        @staticmethod
        def per_feature(before, after):
            return np.abs(after - before)


def details(classifier, denied=DENIED, answered=ANSWERED):
    black_box = BlackBox(classifier, TableSchema.infer(BEFORE), [1])
    people = People.unlimited(BEFORE)
    return RowDetails.of_rows(Objective(), black_box, people, AFTER, denied, answered)


def test_details_stand_with_their_rows():
    found = details(WithProbabilities())
    nan = np.nan
    np.testing.assert_allclose(found.probability, [[nan] * 2, [0.2, 0.8], [0.3, nan]])
    np.testing.assert_allclose(found.percentile_before, [nan, 2.0, 3.0])
    np.testing.assert_allclose(found.feature_effort, [[0.0], [0.6], [0.0]])


def test_limits_stand_with_their_people():
    assert details(WithProbabilities()).limits is None
    black_box = BlackBox(WithProbabilities(), TableSchema.infer(BEFORE), [1])
    low, high = np.array([[-np.inf], [0.1], [-np.inf]]), np.full((3, 1), np.inf)
    people = People(BEFORE, Limits(low, high, np.zeros((3, 1), dtype=bool)))
    found = RowDetails.of_rows(Objective(), black_box, people, AFTER, DENIED, ANSWERED)
    np.testing.assert_array_equal(found[np.array([1])].limits.low, [[0.1]])
    read = np.array([True, False, True, True])
    among = found.among(read).limits
    np.testing.assert_array_equal(among.low[read], low)
    assert Limits(
        *(part[[1]] for part in (among.low, among.high, among.frozen))
    ).is_empty


def test_other_scores_are_no_probabilities():
    assert np.isnan(details(WithScores()).probability).all()


def test_nobody_is_denied():
    nobody = np.zeros(3, dtype=bool)
    found = details(WithProbabilities(), nobody, nobody)
    assert np.isnan(found.probability).all()
    assert np.isnan(found.percentile_before).all()


def histogram(values, **options):
    table = pd.DataFrame({"column": values})
    schema = TableSchema.infer(table, **options)
    return column_histograms(schema, schema.encode(table))[0]


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40))
def test_everybody_is_in_one_bin(values):
    found = histogram(values)
    assert found.shares.sum() == pytest.approx(1.0)
    assert (np.diff(found.edges) > 0).all()
    assert len(found.edges) == len(found.shares) + 1


def test_few_integers_have_a_bin_each():
    found = histogram([1, 1, 2, 4])
    np.testing.assert_array_equal(found.edges, [0.5, 1.5, 2.5, 3.5, 4.5])
    np.testing.assert_array_equal(found.shares, [0.5, 0.25, 0.0, 0.25])


def test_levels_are_counted_and_missing_cells_are_not():
    found = histogram(["b", None, "a", "b"])
    np.testing.assert_array_equal(found.edges, [-0.5, 0.5, 1.5])
    np.testing.assert_allclose(found.shares, [1 / 3, 2 / 3])


def test_a_histogram_of_nobody_has_no_shares():
    table = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]})
    for found in column_histograms(TableSchema.infer(table), np.empty((0, 2))):
        assert found.shares.sum() == 0


def test_extreme_values_do_not_stretch_the_scale():
    found = histogram([*np.linspace(0, 1, 999), 1e9])
    assert found.edges[-1] < 1.1
    assert found.shares.sum() == pytest.approx(1.0)


def test_the_context_knows_what_rules_fix():
    table = pd.DataFrame({"age": [20, 30], "sum": [1.0, 2.5], "job": ["a", "b"]})
    schema = TableSchema.infer(table)
    rules = {"job": ["immutable"], "sum": "increasing", "age": "immutable"}
    able = Actionability(schema, rules)
    context = ReportContext.of_fit(schema, schema.encode(table), able)
    assert context.immutable == (0, 2)
