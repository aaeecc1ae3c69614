"""A report as a page that stands on its own."""

from __future__ import annotations

import numpy as np

from ._background import Told
from ._population import WAYS, movements_of
from ._portrait import Portrait, portrait_of
from ._svg import draw_movements, draw_option, safe
from ._wording import Wording

_MOST_PICTURES = 50
_MOST_IN_NOTEBOOK = 10
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
.skpar svg .r{text-anchor:end}.skpar svg .b{fill:#C4C4C4}.skpar svg .s{stroke:#404040}
.skpar svg .m{stroke:#0072B2;stroke-width:3}.skpar svg .d{fill:#0072B2}
.skpar svg .o{fill:#fff;stroke:#404040;stroke-width:2}
.skpar .w0{fill:#0072B2;color:#0072B2}.skpar .w1{fill:#D55E00;color:#D55E00}
.skpar .w2{fill:#009E73;color:#009E73}.skpar .w3{fill:#CC79A7;color:#CC79A7}
.skpar .note{color:#555;font-size:.85rem}
.skpar summary{cursor:pointer;overflow-wrap:anywhere}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_PROMISES = (
    "It was turned into a real row of the table and checked again: the classifier's "
    "own <code>predict</code> accepts it, whatever its threshold.",
    "It keeps every rule that was given; whole numbers are whole, and levels are "
    "levels that were there in training.",
)
_LIMITS = (
    "<b>No legal advice, and no promise of a decision.</b> The answer is about one "
    "classifier as it is today. A later one, or a person, may decide otherwise.",
    "<b>Not causal.</b> It says what the classifier would answer to another row. It "
    "does not say that an action has this effect, nor what else would change with it.",
    "<b>Not found is no proof.</b> The search found nothing within its budget. Only "
    "<i>impossible</i> is proved, under the rules given.",
    "<b>Rules are the user's.</b> skpar knows no law: sex, race and the like stay as "
    "they are only where a rule says so.",
    "<b>Personal data.</b> This page shows people's data, and values may be those of "
    "accepted people. Treat it like the table itself.",
)
_RARE = (
    "Mind privacy: the changed row is one of the training table that fewer than five "
    "people share."
)
_READING = (
    "<b>Plausibility percentile</b>: the share of accepted people, held out when the "
    "density was learned, who are less likely than this row under a model of accepted "
    "people. Low means unusual; high is no merit, and neither says that the change is "
    "easy.",
    "<b>Effort</b>: summed over features; for numbers and ordered levels the share of "
    "people between the old and the new value, 1 for another level or a filled cell, "
    "unless chosen otherwise.",
)


def page(told: Told, words: Wording) -> str:
    """Write a report as one HTML file.

    Parameters
    ----------
    told : RecourseReport
        The report.
    words : Wording
        Names and units.

    Returns
    -------
    html : str
        It needs no network and runs no script; its policy forbids both.
    """
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Recourse report</title></head>\n<body>"
        f"{_body(told, words, _MOST_PICTURES)}</body></html>\n"
    )


def fragment(told: Told, words: Wording) -> str:
    """Write what a notebook shows of a report.

    Parameters
    ----------
    told : RecourseReport
        The report.
    words : Wording
        Names and units.

    Returns
    -------
    html : str
        The page's body with the first 10 people.
    """
    return _body(told, words, _MOST_IN_NOTEBOOK, _MOST_IN_NOTEBOOK)


def _body(told: Told, words: Wording, pictures: int, lines: int | None = None) -> str:
    """Write all sections."""
    parts = [f"<style>{_STYLE}</style><h1>Recourse report</h1>"]
    n = len(told.status)
    if n == 1:
        parts.append(_person(portrait_of(told, 0, words), told, 0))
    else:
        parts += [_summary(told), _changes(told, words), _table(told, words, lines)]
        parts.append(_one_by_one(told, words, pictures))
    parts.append(_guarantees(told))
    return f'<div class="skpar">{"".join(parts)}</div>'


def _one_by_one(told: Told, words: Wording, most: int) -> str:
    """Draw the first people who ask, folded but for the very first."""
    asking = np.flatnonzero(told.asked)
    shown = asking[:most].tolist()
    if not shown:
        return ""
    parts = ["<h2>One by one</h2>"]
    if len(asking) > len(shown):
        parts.append(
            f'<p class="note">The first {len(shown)} of {len(asking)} people.</p>'
        )
    for row in shown:
        portrait = portrait_of(told, row, words)
        unfolded = " open" if row == shown[0] else ""
        parts.append(
            f"<details{unfolded}><summary>{safe(portrait.title)}</summary>"
            f"{_person(portrait, told, row)}</details>"
        )
    return "".join(parts)


def _summary(told: Told) -> str:
    """Count decisions and answers."""
    n, asked, answered = len(told.status), told.asked.sum(), told.answered.sum()
    said = f"The classifier accepts {n - asked} of {n} people as they are. "
    if asked:
        said += f"Of the {asked} whom it denies, {answered} have a recourse."
    impossible = (told.status == "impossible").sum()
    if impossible:
        said += f" For {impossible} it is proved that there is none."
    return f'<div class="box"><p>{said}</p></div>'


def _changes(told: Told, words: Wording) -> str:
    """Draw what changes."""
    movements = movements_of(told, words)
    if not movements:
        return ""
    legend = " ".join(
        f'<span class="w{number}">\N{BLACK SQUARE}</span> {way}'
        for number, way in enumerate(WAYS)
        if any(movement.ways[number] for movement in movements)
    )
    return (
        f'<h2>What changes</h2><p class="note">Share of the people with a recourse. '
        f"{legend}</p>{draw_movements(movements)}"
    )


def _table(told: Told, words: Wording, most: int | None) -> str:
    """List everybody who is denied."""
    asking = np.flatnonzero(told.asked)
    if not len(asking):
        return ""
    rows = [_line(told, row, words) for row in asking[:most].tolist()]
    left = len(asking) - len(rows)
    more = f'<p class="note">{left} more are not shown.</p>' if left else ""
    return (
        "<h2>Everybody who is denied</h2><table><thead><tr><th>row</th>"
        '<th>recourse</th><th>changes</th><th class="num">features</th>'
        '<th class="num">effort</th><th class="num">percentile</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>{more}"
    )


def _line(told: Told, row: int, words: Wording) -> str:
    """Write one line of the list."""
    portrait = portrait_of(told, row, words)
    said = "; ".join(portrait.said[0]) if portrait.said else _without(portrait)
    figures = ["", "", ""]
    if told.answered[row]:
        figures = [
            f"{told.n_changed[row]:.0f}",
            f"{told.effort[row]:.2f}",
            f"{told.percentile[row]:.0%}",
        ]
    cells = "".join(f'<td class="num">{figure}</td>' for figure in figures)
    return (
        f"<tr><td>{safe(portrait.label)}</td>"
        f'<td class="status">{safe(portrait.status)}</td>'
        f"<td>{safe(said)}</td>{cells}</tr>"
    )


def _without(portrait: Portrait) -> str:
    """Say why nothing is listed."""
    return portrait.reason or "accepted as is: nothing has to change"


def _person(portrait: Portrait, told: Told, row: int) -> str:
    """Tell one person what was decided and what may be done."""
    kind = {"found": "found", "accepted": ""}.get(portrait.status, "none")
    decision = "denied" if told.asked[row] else "accepted"
    parts = [
        f'<div class="box"><h2>{safe(portrait.title)}</h2><p>Decision: '
        f'<b>{decision}</b>. Recourse: <span class="tag {kind}">'
        f"{safe(portrait.status)}</span></p>"
    ]
    if not portrait.options:
        parts.append(f"<p>{safe(_without(portrait))}</p>")
    for option, said in enumerate(portrait.said):
        if len(portrait.said) > 1:
            parts.append(f"<h3>Option {option + 1}</h3>")
        changes = "".join(f"<li>{safe(change)}</li>" for change in said)
        parts.append("<p>With these changes together, the classifier accepts:</p>")
        parts.append(f"<ul>{changes}</ul>{draw_option(portrait, option)}")
    if portrait.options:
        parts.append(
            '<p class="note">Ring: before. Dot: after. Grey: how accepted people are '
            "spread.</p>"
        )
        if told.training_row[row]:
            parts.append(f'<p class="note"><b>{_RARE}</b></p>')
    return f"{''.join(parts)}</div>"


def _guarantees(told: Told) -> str:
    """State what is promised of every recourse, how to read it, and what is not."""
    parts = []
    if told.answered.any():
        parts.append("<h2>What is guaranteed of every recourse here</h2>")
        parts.append(_list(_PROMISES))
        background = told._background
        if background is not None and background.scene.rules:
            rules = "".join(f"<li>{safe(rule)}</li>" for rule in background.scene.rules)
            parts.append(f"<p>Rules that were kept:</p><ul>{rules}</ul>")
        elif background is not None:
            parts.append("<p>No rules were given: every feature was free.</p>")
        parts.append(f"<h2>How to read it</h2>{_list(_READING)}")
    parts.append(f"<h2>What is not promised</h2>{_list(_LIMITS)}")
    return "".join(parts)


def _list(items: tuple[str, ...]) -> str:
    """Write a list of sentences of this module."""
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
