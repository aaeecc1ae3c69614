"""Changes are counted by feature and by kind."""

from skpar.report._sentences import Writer
from skpar.report.page._population_view import CHANGE_KINDS, feature_summaries

from ..._reports import few, make_report, people


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
