"""Spans of regions belong to the options and features of one person."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from skpar.report.page.pictures._region_spans import RegionSpan, region_spans

from ...._reports import few


def regions_of(*lines):
    columns = "row option feature value box_low box_high box_least box_most".split()
    columns += ["evidence", "text"]
    return pd.DataFrame(lines, columns=columns)


ANN = (
    *("ann", 0, "age", 45.0, 44.0, np.inf, 44.0, 50.0),
    *("certified", "age at least 44"),
)
BOB = (
    *("bob", 0, "income", 2000.0, 1500.0, 2500.0, 1500.0, 2500.0),
    *("tested", "income from 1500"),
)


def test_spans_are_those_of_the_person():
    report, regions = few(), regions_of(ANN, BOB)
    span = RegionSpan(44.0, 50.0, (False, True), "certified", "age at least 44")
    assert region_spans(report, 0, regions) == ({0: span},)
    ((j, bob),) = region_spans(report, 1, regions)[0].items()
    assert (j, bob.evidence, bob.low, bob.high) == (1, "tested", 1500.0, 2500.0)
    assert region_spans(report, 2, regions) == ()
    assert region_spans(report, 0, None) == ({},)


def test_spans_of_later_options_are_at_the_options_that_were_found():
    report = few()
    none = dataclasses.replace(report, status=np.array(["not found"] * 4))
    several = dataclasses.replace(report, further=(none, report))
    line = (ANN[0], 2, *ANN[2:])
    first, second = region_spans(several, 0, regions_of(line))
    assert first == {} and second[0].low == 44.0


def test_regions_of_another_recourse_are_refused():
    other = regions_of((*ANN[:3], 46.0, *ANN[4:]))
    with pytest.raises(ValueError, match="another recourse of row 'ann'"):
        region_spans(few(), 0, other)
    with pytest.raises(ValueError, match="another recourse"):
        region_spans(few(), 0, regions_of((ANN[0], 3, *ANN[2:])))
    with pytest.raises(ValueError, match="not in it"):
        region_spans(few(), 0, regions_of(("zoe", *ANN[1:])))
    with pytest.raises(TypeError, match=r"PARRecourse\.regions"):
        region_spans(few(), 0, regions_of(ANN).drop(columns="text"))
