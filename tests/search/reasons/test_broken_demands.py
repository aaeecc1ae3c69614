"""What rows break of the demands on recourse, in words."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from skpar.actionability import Demands, People
from skpar.classifier import Refits
from skpar.classifier._black_box import BlackBox
from skpar.objective import Eligibility, RareRows
from skpar.search.reasons import broken_demands, demands_of
from skpar.table import TableSchema

TABLE = pd.DataFrame({"savings": [10, 20, 30, 90], "age": [20, 30, 40, 50]})


class Saver:
    """Accepts savings of 50 and more; savings in percent are the probability."""

    def __init__(self, least=50):
        self.classes_ = np.array([0, 1, 2])
        self.least = least

    def predict(self, X):
        rich = X["savings"].to_numpy()
        return np.where(rich >= 80, 2, (rich >= self.least).astype(int))

    def predict_proba(self, X):
        share = X["savings"].to_numpy() / 100.0
        return np.column_stack(
            [1 - share, share * (share < 0.8), share * (share >= 0.8)]
        )


@pytest.fixture
def box():
    schema = TableSchema.infer(TABLE)
    return BlackBox(Saver(), schema, np.array([1, 2]))


def broken(box, rows, eligibility=None, **limits):
    rows = np.array(rows, dtype=float)
    people = People.unlimited(np.tile([10.0, 20.0], (len(rows), 1)))
    people = People(people.codes, replace(people.limits, **limits))
    eligibility = eligibility or Eligibility(None, -np.inf, None)
    accepted = box.are_wanted(box.predict(rows), people.limits.demands)
    found = broken_demands(box, eligibility, people, rows, accepted)
    return [list(map(str, some)) for some in found]


def demands(target, low, high):
    return Demands(np.array(target), np.array(low), np.array(high))


def test_a_denied_row_is_no_matter_of_probability(box):
    box = box.with_favorable(box.favorable, min_probability=0.7)
    assert broken(box, [[40, 1], [60, 1], [70, 1], [90, 1]]) == [
        ["the classifier denies it"],
        ["probability 0.6 below min_probability=0.7"],
        [],
        [],
    ]
    assert list(map(str, demands_of(box))) == ["min_probability=0.7"]


def test_each_row_has_the_demands_of_its_person(box):
    own = demands([-1, -1, 0, 1], [0.7, 0.0, 0.0, 0.95], [1.0, 0.5, 1.0, 1.0])
    assert broken(box, [[60, 1], [60, 1], [90, 1], [90, 1]], demands=own) == [
        ["probability 0.6 below min_probability=0.7"],
        ["probability 0.6 above max_probability=0.5"],
        ["the classifier does not predict target=1"],
        ["probability 0.9 below min_probability=0.95"],
    ]


def test_refits_are_counted(box):
    members = (box.member(Saver()), box.member(Saver(65)))
    robust = box.with_refits(Refits(members, 0.9))
    assert broken(robust, [[60, 1], [70, 1], [40, 1]]) == [
        ["share of refits 0.5 below min_robustness=0.9"],
        [],
        ["the classifier denies it"],
    ]
    assert list(map(str, demands_of(robust))) == ["min_robustness=0.9"]
    # With a target, refits must predict it too.
    own = demands([0, 1], [0.0, 0.0], [1.0, 0.99])
    assert broken(robust, [[70, 1], [90, 1]], demands=own) == [[], []]


def test_rare_rows_and_efforts_are_named(box):
    class Effort:
        typical = 1.0

        def per_feature(self, own, rows):
            return np.abs(rows - own) / 10.0

        def above(self, own, rows, max_effort):
            excess = self.per_feature(own, rows).sum(axis=1) - max_effort
            return np.maximum(excess, 0.0)

    rare = RareRows(np.array([[60.0, 20.0]]), 5)
    eligibility = Eligibility(None, -np.inf, rare, Effort())
    found = broken(
        box, [[60, 20], [70, 20]], eligibility, max_effort=np.array([5.0, 5.0])
    )
    assert found == [
        ["equal to a training row that fewer than five people share"],
        ["effort 6 above max_effort=5"],
    ]
