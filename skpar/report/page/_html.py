"""A report as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from .._sentences import Writer
from .._wording import ACCEPTED, FOUND, IMPOSSIBLE, row_labels
from ._person_view import PersonView, person_view
from ._population_view import CHANGE_KINDS, feature_summaries
from ._svg import draw_option, draw_summaries, safe

if TYPE_CHECKING:
    from .._report import RecourseReport

_MAX_PICTURES = 50
_MAX_IN_NOTEBOOK = 10
# Measures in the table of denied people: heading, attribute of the report, format.
_TABLE_MEASURES = (
    ("features", "n_changed", ".0f"),
    ("effort", "effort", ".2f"),
    ("percentile", "percentile", ".0%"),
)
_STYLE = """
.skpar{font:15px/1.5 system-ui,sans-serif;color:#222;max-width:860px;margin:0 auto;
padding:1rem}
.skpar h1{font-size:1.6rem;margin:.2rem 0}
.skpar h2{font-size:1.2rem;margin:1.6rem 0 .4rem}
.skpar h3{font-size:1.05rem;margin:.8rem 0 .2rem}
.skpar .box{border:1px solid #ddd;border-radius:8px;padding:.6rem 1rem;margin:.8rem 0;
background:#fff}
.skpar .tag{display:inline-block;border-radius:4px;padding:0 .5rem;color:#fff;
background:#404040;font-weight:600}
.skpar .found{background:#0072B2}.skpar .none{background:#B34700}
.skpar table{border-collapse:collapse;width:100%;font-size:.9rem}
.skpar th,.skpar td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #ddd;
vertical-align:top;overflow-wrap:anywhere;min-width:4.5rem;background:none}
.skpar td.num,.skpar th.num{text-align:right}
.skpar .num,.skpar .status{white-space:nowrap}
.skpar svg{width:100%;height:auto;display:block}
.skpar li{overflow-wrap:anywhere}
.skpar svg text{font:13px system-ui,sans-serif;fill:#222}
.skpar svg .n{text-anchor:end;font-size:12px}.skpar svg .e{font-size:10px;fill:#666}
.skpar svg .right{text-anchor:end}.skpar svg .center{text-anchor:middle}
.skpar svg .b{fill:#C4C4C4}.skpar svg .s{stroke:#404040}
.skpar svg .m{stroke:#0072B2;stroke-width:3}.skpar svg .d{fill:#0072B2}
.skpar svg .o{fill:#fff;stroke:#404040;stroke-width:2}
.skpar .w0{fill:#0072B2;color:#0072B2}.skpar .w1{fill:#D55E00;color:#D55E00}
.skpar .w2{fill:#009E73;color:#009E73}.skpar .w3{fill:#CC79A7;color:#CC79A7}
.skpar .note{color:#555;font-size:.85rem}
.skpar summary{cursor:pointer;overflow-wrap:anywhere}
"""
_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_GUARANTEES = (
    "It was written into the table and checked again: the classifier's own "
    "<code>predict</code> accepts it.",
    "It keeps every rule that was given. Whole numbers are whole, and every level "
    "occurs in the training table.",
)
_LIMITS = (
    "<b>No legal advice, and no promise of a decision.</b> The page is about one "
    "classifier today. A later classifier, or a person, may decide differently.",
    "<b>Not causal.</b> The page says how the classifier decides on another row. It "
    "does not say that an action has this effect, or what else would change with it.",
    "<b>Not found is no proof.</b> The search found nothing within its budget. Only "
    "<i>impossible</i> is proved, under the rules given.",
    "<b>The rules come from the user.</b> skpar knows no law. Sex, race and the like "
    "are fixed only if a rule fixes them.",
    "<b>Personal data.</b> This page shows people's data, and values may come from "
    "accepted people. Protect it like the table itself.",
)
_RARE_NOTE = (
    "Privacy: the changed row equals a row of the training table that fewer than five "
    "people share."
)
_MEASURES_EXPLAINED = (
    "<b>Plausibility percentile</b>: the share of accepted people who are less "
    "typical than this row. A low percentile means unusual. A higher one is not better "
    "in itself, and does not mean that the change is easy.",
    "<b>Effort</b>: the sum over features. By default, a number or an ordered level "
    "counts the share of people between the old and the new value. Another level of "
    "an unordered feature, or a filled cell, counts 1.",
)


def page(report: RecourseReport, writer: Writer) -> str:
    """Write a report as one HTML file.

    Parameters
    ----------
    report : RecourseReport
        The report.
    writer : Writer
        Names, values and phrases.

    Returns
    -------
    html : str
        It needs no network and runs no script. Its content policy forbids both.
    """
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_SECURITY_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Recourse report</title></head>\n<body>"
        f"{_body(report, writer, _MAX_PICTURES)}</body></html>\n"
    )


def fragment(report: RecourseReport, writer: Writer) -> str:
    """Write the part of the page that a notebook shows.

    Parameters
    ----------
    report : RecourseReport
        The report.
    writer : Writer
        Names, values and phrases.

    Returns
    -------
    html : str
        The page's body with the first 10 people.
    """
    return _body(report, writer, _MAX_IN_NOTEBOOK, _MAX_IN_NOTEBOOK)


def _body(
    report: RecourseReport,
    writer: Writer,
    max_pictures: int,
    max_lines: int | None = None,
) -> str:
    """Write all sections."""
    parts = [f"<style>{_STYLE}</style><h1>Recourse report</h1>"]
    if len(report) == 1:
        parts.append(_person(report, 0, person_view(report, 0, writer)))
    else:
        parts += [
            _counts(report),
            _features(report, writer),
            _table(report, writer, max_lines),
            _people(report, writer, max_pictures),
            _unreadable(report, max_pictures),
        ]
    parts.append(_guarantees(report))
    return f'<div class="skpar">{"".join(parts)}</div>'


def _counts(report: RecourseReport) -> str:
    """Count decisions and answers."""
    n, n_denied = len(report), report.denied.sum()
    n_unreadable = report.unreadable.sum()
    n_accepted = n - n_denied - n_unreadable
    text = f"The classifier accepts {n_accepted} of {n} people. "
    if n_denied:
        n_answered = report.answered.sum()
        text += f"Of the {n_denied} denied people, {n_answered} have a recourse."
    n_impossible = (report.status == IMPOSSIBLE).sum()
    if n_impossible:
        text += f" For {n_impossible}, recourse is proved to be impossible."
    if n_unreadable:
        text += f" Of {n_unreadable}, the row cannot be read, so nothing is decided."
    return f'<div class="box"><p>{text}</p></div>'


def _features(report: RecourseReport, writer: Writer) -> str:
    """Draw which features change."""
    summaries = feature_summaries(report, writer)
    if not summaries:
        return ""
    legend = " ".join(
        f'<span class="w{number}">\N{BLACK SQUARE}</span> {kind}'
        for number, kind in enumerate(CHANGE_KINDS)
        if any(summary.kind_shares[number] for summary in summaries)
    )
    note = _note(f"Share of the people with a recourse. {legend}")
    return f"<h2>What changes</h2>{note}{draw_summaries(summaries)}"


def _table(report: RecourseReport, writer: Writer, max_lines: int | None) -> str:
    """List the denied people."""
    denied = np.flatnonzero(report.denied)
    if not len(denied):
        return ""
    lines = [_table_line(report, row, writer) for row in denied[:max_lines].tolist()]
    n_left = len(denied) - len(lines)
    headings = "".join(
        f'<th class="num">{heading}</th>' for heading, _, _ in _TABLE_MEASURES
    )
    return (
        "<h2>Denied people</h2><table><thead><tr><th>row</th>"
        f"<th>recourse</th><th>changes</th>{headings}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table>"
        f"{_note(f'{n_left} more are not shown.') if n_left else ''}"
    )


def _table_line(report: RecourseReport, row: int, writer: Writer) -> str:
    """Write one line of the table."""
    view = person_view(report, row, writer)
    changes = view.without_recourse
    if view.actions:
        changes = "; ".join([*view.actions[0], *view.notes[0]])
    cells = ""
    for _, measure, number_format in _TABLE_MEASURES:
        value = getattr(report, measure)[row]
        text = format(value, number_format) if report.answered[row] else ""
        cells += f'<td class="num">{text}</td>'
    return (
        f"<tr><td>{safe(view.label)}</td>"
        f'<td class="status">{safe(view.status)}</td>'
        f"<td>{safe(changes)}</td>{cells}</tr>"
    )


def _people(report: RecourseReport, writer: Writer, max_people: int) -> str:
    """Show the first denied people; only the first one is unfolded."""
    denied = np.flatnonzero(report.denied)
    shown = denied[:max_people].tolist()
    if not shown:
        return ""
    parts = ["<h2>Each person</h2>"]
    if len(denied) > len(shown):
        parts.append(_note(f"The first {len(shown)} of {len(denied)} people."))
    for row in shown:
        view = person_view(report, row, writer)
        is_open = " open" if row == shown[0] else ""
        parts.append(
            f"<details{is_open}><summary>{safe(view.title)}</summary>"
            f"{_person(report, row, view)}</details>"
        )
    return "".join(parts)


def _unreadable(report: RecourseReport, max_lines: int) -> str:
    """List the rows that cannot be read, with the reasons."""
    rows = np.flatnonzero(report.unreadable)
    if not len(rows):
        return ""
    labels = row_labels(report.factuals)
    lines = [
        f"<b>{safe(str(labels[row]))}</b>: {safe(report.reason[row])}"
        for row in rows[:max_lines]
    ]
    n_left = len(rows) - len(lines)
    more = _note(f"{n_left} more are not shown.") if n_left else ""
    return f"<h2>Rows that cannot be read</h2>{_list(lines)}{more}"


def _person(report: RecourseReport, row: int, view: PersonView) -> str:
    """Write decision and options of one person."""
    tag = {FOUND: "found", ACCEPTED: ""}.get(view.status, "none")
    decision = "denied" if report.denied[row] else "accepted"
    if report.unreadable[row]:
        decision = "none"
    parts = [
        f'<div class="box"><h2>{safe(view.title)}</h2><p>Decision: '
        f'<b>{decision}</b>. Recourse: <span class="tag {tag}">'
        f"{safe(view.status)}</span></p>"
    ]
    if not view.options:
        parts.append(f"<p>{safe(view.without_recourse)}</p>")
    for option, actions in enumerate(view.actions):
        if len(view.actions) > 1:
            parts.append(f"<h3>Option {option + 1}</h3>")
        parts.append("<p>The classifier accepts with these changes together:</p>")
        parts.append(_list(map(safe, actions)))
        parts += [_note(safe(_as_sentence(note))) for note in view.notes[option]]
        parts.append(draw_option(view, option))
    if view.options:
        parts.append(
            _note("Ring: before. Dot: after. Grey: distribution of accepted people.")
        )
        if report.training_row[row]:
            parts.append(_note(f"<b>{_RARE_NOTE}</b>"))
    return f"{''.join(parts)}</div>"


def _guarantees(report: RecourseReport) -> str:
    """State what is guaranteed, how to read the measures, and the limits."""
    parts = []
    if report.answered.any():
        parts.append("<h2>What is guaranteed for every recourse here</h2>")
        parts.append(_list(_GUARANTEES))
        rules = report.context.rules
        if rules:
            parts.append(f"<p>Rules that were kept:</p>{_list(map(safe, rules))}")
        else:
            parts.append("<p>No rules were given: all features could change.</p>")
        parts.append(f"<h2>How to read it</h2>{_list(_MEASURES_EXPLAINED)}")
    parts.append(f"<h2>What is not promised</h2>{_list(_LIMITS)}")
    return "".join(parts)


def _list(items: Iterable[str]) -> str:
    """Write a list; its items are HTML."""
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _as_sentence(text: str) -> str:
    """Begin a text with a capital letter, and end it with a period."""
    return f"{text[:1].upper()}{text[1:]}."


def _note(text: str) -> str:
    """Write a paragraph in small print."""
    return f'<p class="note">{text}</p>'
