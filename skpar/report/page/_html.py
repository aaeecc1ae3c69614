"""A report as one self-contained HTML page, from templates."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd

from .._sentences import Writer
from .._tables import replaced_file
from .._wording import NOT_FOUND, Wording
from ._additions import Additions, read_additions
from ._handout import Handout, make_handout
from ._overview import Overview, make_overview
from ._rule_words import all_rules_in_words
from .pictures import printable

if TYPE_CHECKING:
    from .._report import RecourseReport

_MAX_PEOPLE = 50
_MAX_IN_NOTEBOOK = 10
_TEMPLATES = "templates"


@dataclass(frozen=True)
class Sheet:
    """Everything that a page shows.

    Parameters
    ----------
    title : str
        The case, or the title of the overview.
    facts : tuple of str
        Date, model and contact.
    person : Handout or None
        If there is one person.
    overview : Overview or None
        If there are several.
    limits : tuple of (str, str)
        Promises and limits: a few words (may be empty), and the rest.
    has_denied : bool
        Whether anybody is denied.
    has_answers : bool
        Whether anybody has a recourse.
    needs_effort : bool
        Whether the page of one person speaks of effort.
    rules : tuple of str
        Rules that were kept.
    """

    title: str
    facts: tuple[str, ...]
    person: Handout | None
    overview: Overview | None
    limits: tuple[tuple[str, str], ...]
    has_denied: bool
    has_answers: bool
    needs_effort: bool
    rules: tuple[str, ...]


def to_html(
    self: RecourseReport,
    path: Any = None,
    wording: Wording | None = None,
    *,
    reasons: pd.DataFrame | None = None,
    regions: pd.DataFrame | None = None,
    case: Any = None,
    decided_on: Any = None,
    model: str | None = None,
    contact: str | None = None,
) -> str | None:
    """Write an HTML page: one to hand out for one person, an overview for several.

    The page of one person has the decision, the reasons of a denial, the options as
    cards, what stays as it is, promises and limits. Up to three options of a few
    changes are printed on one A4 page. A person for whom nothing was found reads the
    nearest miss and which rules bind there.

    Parameters
    ----------
    path : str or path, default=None
        File to write, in UTF-8. None returns the text.
    wording : Wording, default=None
        As in `actions`.
    reasons : DataFrame, default=None
        What ``PARRecourse.reasons(report)`` returns. Give it the same `wording`.
    regions : DataFrame, default=None
        What ``PARRecourse.regions(report)`` returns; with ``option=None``, it has the
        regions of all options. Their ends are rounded inwards.
    case : str, int or sequence of them, default=None
        Name or number of the case; one for each person. None takes the labels of rows.
    decided_on : date or str, default=None
        Date of the decision. None shows no date.
    model : str, default=None
        Name of the classifier.
    contact : str, default=None
        Whom a person can ask, such as a telephone number.

    Returns
    -------
    text : str or None
        The page needs no network, no script and no other file. Texts of the table
        are escaped. Only the first 50 denied people have a part of their own.

    Raises
    ------
    ImportError
        If jinja2 is not installed.
    TypeError
        If `reasons` or `regions` is no such table, `decided_on` no date, or `model` or
        `contact` no string.
    ValueError
        If `reasons` or `regions` belongs to another report, or `case` has another
        length.

    See Also
    --------
    RecourseReport.to_json : The same as a record, which can be verified.

    Notes
    -----
    ``report[i].to_html()`` is the page of one person. Headings and sentences come from
    :class:`skpar.PagePhrases`. Links and costs are written as in Python.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> report = PARRecourse(max_iter=2, random_state=0).fit(X, y).recourse(X[:20])
    >>> one = report[report.denied][:1]
    >>> page = one.to_html(case="4711", decided_on="3 March 2026")
    >>> "Case 4711" in page
    True
    """
    writer = Writer(self.schema, wording)
    additions = read_additions(
        self,
        writer,
        reasons=reasons,
        regions=regions,
        case=case,
        decided_on=decided_on,
        model=model,
        contact=contact,
    )
    text = _rendered("page.html", _sheet(self, writer, additions, _MAX_PEOPLE), writer)
    if path is None:
        return text
    # A table may hold half a surrogate pair, which UTF-8 cannot encode.
    with replaced_file(path) as written:
        written.write_text(text, encoding="utf-8", errors="xmlcharrefreplace")
    return None


def fragment(report: RecourseReport) -> str | None:
    """Write the part of the page that a notebook shows.

    Parameters
    ----------
    report : RecourseReport
        The report.

    Returns
    -------
    html : str or None
        The page's body with the first 10 people. None if jinja2 is not installed;
        notebooks then show the text of the report.
    """
    writer = Writer(report.schema)
    additions = read_additions(report, writer)
    most = _MAX_IN_NOTEBOOK
    sheet = _sheet(report, writer, additions, most, most)
    try:
        return _rendered("fragment.html", sheet, writer)
    except ImportError:
        return None


@cache
def style() -> str:
    """Return the style sheet of the page."""
    folder = files(__package__) / _TEMPLATES
    return (folder / "page.css").read_text(encoding="utf-8")


def _sheet(
    report: RecourseReport,
    writer: Writer,
    additions: Additions,
    max_people: int,
    max_lines: int | None = None,
) -> Sheet:
    """Collect everything that a page shows."""
    person = overview = None
    title = writer.page.overview
    if len(report) == 1:
        person = make_handout(report, 0, writer, additions)
        title = person.title
    else:
        overview = make_overview(report, writer, additions, max_people, max_lines)
    obstacles = None if person is None else person.obstacles
    return Sheet(
        title,
        additions.facts,
        person,
        overview,
        _limits(report, writer),
        bool(report.denied.any()),
        bool(report.answered.any()),
        obstacles is not None and obstacles.needs_effort,
        all_rules_in_words(report, writer),
    )


def _limits(report: RecourseReport, writer: Writer) -> tuple[tuple[str, str], ...]:
    """Choose the promises and limits that apply."""
    page = writer.page
    texts = [page.no_advice, page.personal_data]
    if report.denied.any():
        texts[1:1] = [page.not_causal, page.rules_given]
    if (report.status == NOT_FOUND).any():
        texts.insert(0, page.no_proof)
    if report.answered.any():
        texts.insert(0, page.promise)
    elif not report.denied.any() and not report.unreadable.all():
        texts.insert(0, page.promise_of_decision)
    parts = [text.partition(":") for text in texts]
    return tuple(
        (lead if colon else "", (rest if colon else lead).strip())
        for lead, colon, rest in parts
    )


def _rendered(template: str, sheet: Sheet, writer: Writer) -> str:
    """Fill a template."""
    text = style()
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return (
        _environment()
        .get_template(template)
        .render(
            sheet=sheet,
            p=writer.page,
            style=text,
            style_hash=f"sha256-{digest}",
        )
    )


def make_environment() -> Any:
    """Load the templates, or say how to install jinja2.

    Everything is escaped, and an unknown name is an error.
    """
    try:
        import jinja2
    except ImportError as error:
        raise ImportError(
            "The page needs jinja2, which is not installed. Install skpar's extra "
            "'page', or use RecourseReport.actions, which needs nothing more."
        ) from error
    return jinja2.Environment(
        loader=jinja2.PackageLoader(__package__, _TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_cleaned,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _environment() -> Any:
    """Load the templates once."""
    return make_environment()


def _cleaned(value: Any) -> Any:
    """Replace control characters in texts; finished markup stays as it is."""
    return value if hasattr(value, "__html__") else printable(value)
