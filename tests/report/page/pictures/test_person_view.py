"""The view of a person places values on the scale of their column."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from skpar import Wording
from skpar.report._context import ReportContext, column_histograms
from skpar.report._sentences import Writer
from skpar.report.page.pictures._person_view import (
    PERCENTILE,
    PROBABILITY,
    _feature_scale,
    person_view,
    tick_side,
)
from skpar.table import TableSchema

from ...._reports import few, wide


def view(report, row, **options):
    return person_view(report, row, Writer(report.schema, Wording(**options)))


def test_scales_are_the_changes_and_two_measures():
    (scales,) = view(few(), 0, units={"age": "years"}).options
    names = ["age", "size", "job", PROBABILITY, PERCENTILE]
    assert [scale.name for scale in scales] == names
    assert [scale.text for scale in scales] == [
        "30 → 45 years",
        "S → L",
        "cook → smith",
        "20% → 60%",
        "10% → 50%",
    ]
    assert view(few(), 0).actions[0][0] == "raise age from 30 to 45"


def test_places_are_in_order_on_the_scale():
    scales = {scale.name: scale for scale in view(few(), 0).options[0]}
    size = scales["size"]
    assert [text for _, text in size.ticks] == ["S", "L"]
    assert [place for place, _ in size.ticks] == pytest.approx([1 / 6, 5 / 6])
    assert (size.before, size.after) == pytest.approx((1 / 6, 5 / 6))
    middles = (size.bars[:, 0] + size.bars[:, 1]) / 2
    assert middles == pytest.approx([1 / 6, 0.5, 5 / 6])
    assert size.bars[:, 2] == pytest.approx([1.0, 0.5, 0.5])
    assert scales["job"].ticks == ()
    assert scales[PROBABILITY].before == pytest.approx(0.2)
    for scale in scales.values():
        assert 0 <= scale.before <= 1
        assert 0 <= scale.after <= 1
        assert ((scale.bars >= 0) & (scale.bars <= 1)).all()
        assert all(0 <= place <= 1 for place, _ in scale.ticks)


@pytest.mark.parametrize(
    ("values", "old", "new", "ticks"),
    [
        ([0, 1, 0], 0.0, 1.0, [(0.25, "0"), (0.75, "1")]),
        ([False, True, True], 0.0, 1.0, [(0.25, "no"), (0.75, "yes")]),
        (["F", "M", "M"], 0.0, 1.0, [(0.25, "F"), (0.75, "M")]),
        ([0, 1, 3], 0.0, 3.0, [(0.125, "0"), (0.875, "3")]),
        (["a", "b", "c"], 0.0, 1.0, []),
        ([5, 5, 5], 5.0, 5.0, [(0.5, "5")]),
    ],
)
def test_few_values_have_bars_with_gaps_and_ticks_at_them(values, old, new, ticks):
    table = pd.DataFrame({"a": values})
    schema = TableSchema.infer(table)
    histograms = column_histograms(schema, schema.encode(table))
    report = SimpleNamespace(
        schema=schema, context=ReportContext(histograms, {}), details=None
    )
    scale = _feature_scale(report, Writer(schema), 0, old, new)
    assert [text for _, text in scale.ticks] == [text for _, text in ticks]
    places = [place for place, _ in ticks]
    assert [place for place, _ in scale.ticks] == pytest.approx(places)
    if len(ticks) == 2:
        assert (scale.before, scale.after) == pytest.approx(places)
    assert (scale.bars[1:, 0] > scale.bars[:-1, 1] + 1e-3).all()


@pytest.mark.parametrize(
    ("place", "side"), [(0, "left"), (0.2, "center"), (0.8, "center"), (1, "right")]
)
def test_texts_of_ticks_stay_within_the_scale(place, side):
    assert tick_side(place) == side


def test_a_missing_cell_has_no_place():
    scales = {scale.name: scale for scale in view(few(), 1).options[0]}
    assert np.isnan(scales["income"].before)
    assert scales["income"].text == "missing → 2000"


@pytest.mark.parametrize(
    ("row", "status", "reason"), [(2, "not found", "too far"), (3, "accepted", "")]
)
def test_people_without_recourse_have_no_options(row, status, reason):
    found = view(few(), row)
    assert (
        found.without_recourse == reason
        or "no change is needed" in found.without_recourse
    )
    assert (found.status, found.reason, found.options) == (status, reason, ())


def test_unknown_probabilities_have_no_scale():
    report = few()
    unknown = dataclasses.replace(report.details, probability=np.full((4, 2), np.nan))
    (scales,) = view(dataclasses.replace(report, details=unknown), 0).options
    assert [scale.name for scale in scales] == ["age", "size", "job", PERCENTILE]


def test_everything_may_change():
    (scales,) = view(wide(), 0).options
    assert len(scales) == 30 + 2


def test_options_of_other_reports_are_those_that_were_found():
    report = few()
    none = dataclasses.replace(report, status=np.array(["not found"] * 4))
    several = dataclasses.replace(report, further=(none, report))
    found = view(several, 0)
    assert len(found.options) == len(found.actions) == len(found.notes) == 2


def test_each_option_has_its_own_notes():
    report = few()
    unsure = dataclasses.replace(
        report,
        needed=np.zeros(4, dtype=bool),
        unchecked=~np.zeros(report.codes_before.shape, dtype=bool),
    )
    found = view(dataclasses.replace(report, further=(unsure,)), 0)
    assert found.notes[0] == ()
    (note,) = found.notes[1]
    assert note.startswith("not every part of these changes was checked")
    assert found.actions[0] == found.actions[1]


def test_a_bare_number_is_called_a_row():
    made = few()
    numbered = dataclasses.replace(made, factuals=made.factuals.reset_index(drop=True))
    assert view(made, 0).title == "ann"
    assert view(numbered, 0).title == "Row 0"
    assert view(numbered, 0).label == "0"
