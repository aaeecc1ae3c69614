"""Changes are counted by feature and by kind."""

import numpy as np
import pandas as pd

from skpar import Wording
from skpar.report._sentences import Writer
from skpar.report.page.pictures._population_view import (
    CHANGE_KINDS,
    _typical_change,
    feature_summaries,
)
from skpar.table import TableSchema

from ...._reports import few, make_report, people


def summaries_of(report):
    found = feature_summaries(report, Writer(report.schema))
    return {summary.name: summary for summary in found}


def test_kinds_and_typical_changes():
    found = summaries_of(few())
    assert list(found) == ["age", "income", "size", "job"]
    by_kind = {
        name: dict(zip(CHANGE_KINDS, summary.kind_shares, strict=True))
        for name, summary in found.items()
    }
    assert by_kind["age"] == {"raise": 0.5, "lower": 0.5, "switch": 0, "fill in": 0}
    assert by_kind["income"]["fill in"] == 0.5
    assert by_kind["size"]["raise"] == 0.5
    assert by_kind["job"]["switch"] == 0.5
    assert found["age"].share == 1.0
    assert found["age"].typical_change == "median +5"
    assert found["income"].typical_change == "missing → 2000, 100%"
    assert found["job"].typical_change == "cook → smith, 100%"
    assert found["age"].mean_effort == 0.5


def test_nothing_changes_for_nobody():
    X = people()
    assert summaries_of(make_report(X, X, ["accepted"] * 4)) == {}


def test_flags_have_a_typical_change_in_words():
    schema = TableSchema.infer(pd.DataFrame({"flag": [0, 1], "n": [0, 2]}))
    writer = Writer(schema, Wording(labels={"flag": {0: "no", 1: "yes"}}))
    old, new = np.array([1.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
    flag, n = schema.columns
    assert _typical_change(flag, writer, 0, old, new) == "yes → no, 67%"
    assert _typical_change(n, writer, 1, old, new) == "median -1"
