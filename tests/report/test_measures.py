"""Measures of answers stand with their rows; others have a value for no answer."""

import inspect
from dataclasses import fields

import numpy as np
import pytest

from skpar.report import RecourseReport
from skpar.report._measures import (
    FLAGS,
    NUMBERS,
    Measures,
    changed_features,
    measure_answers,
    scatter_measures,
)
from skpar.table import n_changed

from .._reports import few

NAN = np.nan


def measures(**given):
    values = {field.name: np.array([1.0, 2.0]) for field in fields(Measures)}
    return Measures(**(values | given))


def test_measures_stand_with_their_rows():
    found = scatter_measures(
        measures(
            n_changed=np.array([1, 2]),
            training_row=np.array([True, False]),
            contributions=np.array([[1.0, 2.0], [3.0, 4.0]]),
        ),
        np.array([False, True, False, True]),
    )
    np.testing.assert_array_equal(found["n_changed"], [NAN, 1, NAN, 2])
    np.testing.assert_array_equal(found["percentile"], [NAN, 1, NAN, 2])
    assert found["training_row"].tolist() == [False, True, False, False]
    assert found["contributions"].tolist() == [[0, 0], [1, 2], [0, 0], [3, 4]]


def test_nobody_is_answered():
    nothing = {field.name: np.empty(0) for field in fields(Measures)}
    nothing["contributions"] = np.empty((0, 3))
    found = scatter_measures(Measures(**nothing), np.zeros(2, dtype=bool))
    assert np.isnan(found["effort"]).all()
    assert found["contributions"].shape == (2, 3)


def test_every_measure_is_a_column_and_described_for_users():
    columns = [*NUMBERS, *FLAGS]
    assert set(columns) == {field.name for field in fields(Measures)} - {
        "contributions"
    }
    shown = few().to_frame().columns.tolist()
    assert [name for name in shown if name in columns] == columns
    described = inspect.getdoc(RecourseReport).splitlines()
    for name in columns:
        assert any(line.startswith(f"{name} : ndarray") for line in described)


class Objective:
    """Parts of an objective with values that are seen at once."""

    @staticmethod
    def count_changes(before, after):
        return n_changed(before, after)

    class effort:
        @staticmethod
        def per_feature(before, after):
            return np.abs(np.nan_to_num(after - before))

    class plausibility:
        @staticmethod
        def log_units(codes):
            return np.full(len(codes), 2.0)

        @staticmethod
        def log_density(codes):
            return codes[:, 0]

        @staticmethod
        def percentile(log_density):
            return log_density / 100

    def evaluate(self, before, after):
        return -self.effort.per_feature(before, after).sum(axis=1)


def test_answers_are_measured():
    report = few()
    before, after = report.codes_before[:2], report.codes_after[:2]
    found = measure_answers(
        report.schema,
        Objective(),
        lambda rows: rows[:, 0] > 40,
        np.ones(before.shape),
        before,
        after,
    )
    assert found.n_changed.tolist() == [3, 2]
    assert found.effort.tolist() == [15 + 2 + 1, 5]
    assert found.objective.tolist() == [-18, -5]
    assert found.log_density.tolist() == [43, 33]
    assert found.percentile == pytest.approx([0.45, 0.35])
    assert (found.contributions == 1).all()
    assert found.training_row.tolist() == [True, False]
    assert found.gower_distance[0] == pytest.approx((15 / 30 + 1 + 1) / 5)


def test_the_most_helpful_change_comes_first():
    before, after = np.array([1.0, NAN, 3.0, NAN]), np.array([2.0, NAN, 5.0, 7.0])
    helps = np.array([0.1, 9.0, -0.5, 2.0])
    assert changed_features(before, after, helps).tolist() == [3, 0, 2]
    assert changed_features(before, after, np.zeros(4)).tolist() == [0, 2, 3]
