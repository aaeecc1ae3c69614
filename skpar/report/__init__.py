"""The report, its views and its HTML page.

`RecourseReport` holds the recourse of each row with its status and `Measures`, the
columns of the report. `Wording` and `Phrases` hold words for readers, and `Writer`
writes changes with them. `person_view` and
`feature_summaries` collect what pictures show of one person and of many people.
`RecourseReport.to_html` writes these as one page, `skpar.inspection` draws them.
`advice` has what people are told beyond an answer: plans, regions and reasons.
`record` writes a report as data that `verify` checks later.
"""

from ._context import ReportContext, RowDetails, column_histograms
from ._groups import changes_by_group, group_names
from ._measures import (
    FLAGS,
    NUMBERS,
    Measures,
    measure_answers,
    scatter_measures,
    with_unread_rows,
)
from ._page_phrases import PagePhrases
from ._phrases import Phrases
from ._reasons import AcceptedLacking, Reason, ReasonWriter
from ._report import RecourseReport, with_unreadable_rows
from ._sentences import Writer
from ._wording import (
    ACCEPTED,
    FOUND,
    IMPOSSIBLE,
    NOT_FOUND,
    UNREADABLE,
    Wording,
    shorten,
)
from .advice import CERTIFIED, FIXED, TESTED, plan, reasons, regions
from .page import (
    CHANGE_KINDS,
    PERCENTILE,
    PROBABILITY,
    FeatureSummary,
    PersonView,
    RegionSpan,
    ScaleView,
    WhatIf,
    feature_summaries,
    person_view,
    printable,
    region_spans,
    tick_side,
    what_if,
)
from .record import Finding, FitRecord, Verification, verify

__all__ = [
    "ACCEPTED",
    "AcceptedLacking",
    "CERTIFIED",
    "CHANGE_KINDS",
    "FIXED",
    "FLAGS",
    "FOUND",
    "FeatureSummary",
    "Finding",
    "FitRecord",
    "IMPOSSIBLE",
    "Measures",
    "NOT_FOUND",
    "NUMBERS",
    "PERCENTILE",
    "PagePhrases",
    "PROBABILITY",
    "PersonView",
    "Phrases",
    "Reason",
    "ReasonWriter",
    "RecourseReport",
    "RegionSpan",
    "ReportContext",
    "RowDetails",
    "ScaleView",
    "TESTED",
    "UNREADABLE",
    "Verification",
    "WhatIf",
    "Wording",
    "Writer",
    "changes_by_group",
    "column_histograms",
    "feature_summaries",
    "group_names",
    "measure_answers",
    "person_view",
    "plan",
    "printable",
    "reasons",
    "region_spans",
    "regions",
    "scatter_measures",
    "shorten",
    "tick_side",
    "verify",
    "what_if",
    "with_unread_rows",
    "with_unreadable_rows",
]
