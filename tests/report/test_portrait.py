"""A portrait places values on the scale of their column."""

import dataclasses

import numpy as np
import pytest

from skpar.report._portrait import PERCENTILE, PROBABILITY, portrait_of
from skpar.report._wording import Wording

from .._answered import few, wide


def portrait(report, row, **options):
    return portrait_of(report, row, Wording(report._schema, **options))


def test_lines_are_the_changes_and_what_they_do():
    (tracks,) = portrait(few(), 0, units={"age": "years"}).options
    names = ["age", "size", "job", PROBABILITY, PERCENTILE]
    assert [track.name for track in tracks] == names
    assert [track.text for track in tracks] == [
        "30 → 45 years",
        "S → L",
        "cook → smith",
        "20% → 60%",
        "10% → 50%",
    ]
    assert portrait(few(), 0).said[0][0] == "raise age from 30 to 45"


def test_places_are_in_order_on_the_scale():
    tracks = {track.name: track for track in portrait(few(), 0).options[0]}
    size = tracks["size"]
    assert size.ends == ("S", "L")
    assert (size.before, size.after) == pytest.approx((1 / 6, 5 / 6))
    middles = (size.bars[:, 0] + size.bars[:, 1]) / 2
    assert middles == pytest.approx([1 / 6, 0.5, 5 / 6])
    assert size.bars[:, 2] == pytest.approx([1.0, 0.5, 0.5])
    assert tracks["job"].ends == ("", "")
    assert tracks[PROBABILITY].before == pytest.approx(0.2)
    for track in tracks.values():
        assert 0 <= track.before <= 1
        assert 0 <= track.after <= 1
        assert ((track.bars >= 0) & (track.bars <= 1)).all()


def test_a_missing_cell_has_no_place():
    tracks = {track.name: track for track in portrait(few(), 1).options[0]}
    assert np.isnan(tracks["income"].before)
    assert tracks["income"].text == "missing → 2000"


@pytest.mark.parametrize(
    ("row", "status", "reason"), [(2, "not found", "too far"), (3, "accepted", "")]
)
def test_people_without_recourse_have_no_options(row, status, reason):
    found = portrait(few(), row)
    assert (found.status, found.reason, found.options) == (status, reason, ())


def test_a_report_without_background_has_its_changes_still():
    report = dataclasses.replace(few(), _background=None)
    (tracks,) = portrait(report, 0).options
    assert [track.name for track in tracks] == ["age", "size", "job"]
    assert all(len(track.bars) == 0 for track in tracks)
    assert tracks[1].before == pytest.approx(1 / 6)


def test_everything_may_change():
    (tracks,) = portrait(wide(), 0).options
    assert len(tracks) == 30 + 2


def test_options_of_other_reports_are_those_that_were_found():
    report = few()
    none = dataclasses.replace(report, status=np.array(["not found"] * 4))
    several = dataclasses.replace(report, options=(report, none, report))
    found = portrait(several, 0)
    assert len(found.options) == len(found.said) == 2


def test_a_bare_number_is_called_a_row():
    made = few()
    numbered = dataclasses.replace(made, factuals=made.factuals.reset_index(drop=True))
    assert portrait(made, 0).title == "ann"
    assert portrait(numbered, 0).title == "Row 0"
    assert portrait(numbered, 0).label == "0"
