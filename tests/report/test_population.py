"""What changes is counted per feature and per way."""

import dataclasses

import numpy as np

from skpar.report._population import WAYS, movements_of
from skpar.report._wording import Wording

from .._answered import few, make_report, people


def moves_of(report):
    return {m.name: m for m in movements_of(report, Wording(report._schema))}


def test_ways_and_typical_changes():
    moves = moves_of(few())
    assert list(moves) == ["age", "income", "size", "job"]
    by_way = {name: dict(zip(WAYS, m.ways, strict=True)) for name, m in moves.items()}
    assert by_way["age"] == {"raise": 0.5, "lower": 0.5, "switch": 0, "fill in": 0}
    assert by_way["income"]["fill in"] == 0.5
    assert by_way["size"]["raise"] == 0.5
    assert by_way["job"]["switch"] == 0.5
    assert moves["age"].share == 1.0
    assert moves["age"].typical == "median +5"
    assert moves["income"].typical == "missing → 2000, 100%"
    assert moves["job"].typical == "cook → smith, 100%"
    assert moves["age"].effort == 0.5


def test_nothing_changes_for_nobody():
    X = people()
    assert moves_of(make_report(X, X, ["accepted"] * 4)) == {}


def test_effort_is_unknown_without_background():
    report = dataclasses.replace(few(), _background=None)
    assert np.isnan([move.effort for move in moves_of(report).values()]).all()
