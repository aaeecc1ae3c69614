"""The page on which a person tries values: one offline file."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ...._search_config import ControlConfig, WhatIfConfig
from ....actionability import Actionability, People
from ....objective import Effort
from ..._sentences import Writer
from ..._tables import people_of, refuse_other_table, replaced_file
from ..._wording import Wording
from .._html import make_environment
from ..pictures import person_view, printable
from ._choices import feasible_values, plain_cell
from ._controls import ControlMaker
from ._decision import decision_payload
from ._density import density_payload
from ._ties import plain_constraints, plain_following
from ._words import Words

_SCRIPTS = ("cells.js", "density.js", "decision.js", "controls.js", "page.js")
# A script in a page ends at "</script", wherever it stands.
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


@dataclass(frozen=True, eq=False, repr=False)
class WhatIf:
    """A page on which one person tries values; :meth:`PARRecourse.what_if` returns it.

    Parameters
    ----------
    report : RecourseReport
        Report of one person.
    person : People
        The person, with limits.
    actionability : Actionability
        Internal: rules and links.
    effort : Effort
        Internal: effort of changes.
    models : mapping of str to dict
        Internal: density and decision, which the page computes without Python.
    demands : mapping of str to float
        Demands on a recourse that the page does not check: keys of `Words`, and shares.
    min_percentile : float
        Least plausibility percentile of a recourse.
    config : ControlConfig
        Internal: sizes.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X, y)
    >>> denied = X[par.estimator_.predict(X) == 0]
    >>> page = par.what_if(denied[:1]).to_html(case="7")
    >>> "script-src 'sha256-" in page
    True
    """

    report: Any
    person: People
    actionability: Actionability
    effort: Effort
    models: Mapping[str, Any]
    demands: Mapping[str, float]
    min_percentile: float
    config: ControlConfig

    def __repr__(self) -> str:
        """Say whose page it is."""
        return f"<WhatIf: {self.report.status[0]}>"

    def to_html(
        self,
        path: Any = None,
        wording: Wording | None = None,
        case: str | None = None,
    ) -> str | None:
        """Write the page.

        Parameters
        ----------
        path : str or path, default=None
            File to write, in UTF-8. None returns the text.
        wording : Wording, default=None
            Words for columns and values, as in :meth:`RecourseReport.actions`.
        case : str, default=None
            Name or number of the case, for the heading. None shows none.

        Returns
        -------
        text : str or None
            One file that needs no network. Its content policy allows one script and one
            style, by their hashes. It has less than 1 MiB for about 20 columns; 56
            columns and a largest effort took 0.9 MiB with a linear classifier.

        Raises
        ------
        ImportError
            If jinja2 is not installed.
        """
        writer = Writer(self.report.schema, wording)
        text = _filled(self.payload(writer), Words(writer.phrases), writer, case)
        if path is None:
            return text
        # A table may hold half a surrogate pair, which UTF-8 cannot encode.
        with replaced_file(path) as written:
            written.write_text(text, encoding="utf-8", errors="xmlcharrefreplace")
        return None

    def payload(self, writer: Writer) -> dict[str, Any]:
        """Collect all that the script of the page reads.

        Parameters
        ----------
        writer : Writer
            Names, values and phrases.

        Returns
        -------
        payload : dict
            Plain data.
        """
        words, phrases = Words(writer.phrases), writer.phrases
        options = self._options(writer)
        rows = [one.codes_after[0] for one in self._answers()]
        known = np.array([self.person.codes[0], *rows])
        maker = ControlMaker(
            self.actionability, self.effort, self.person, known, writer, self.config
        )
        limits = self.person.limits
        most = limits.max_effort
        return {
            "features": maker.controls(),
            "following": plain_following(self.actionability),
            "links": plain_constraints(self.actionability, self.person, writer, words),
            "options": options,
            "isDenied": bool(self.report.denied[0]),
            "maxEffort": None if most is None else _finite(float(most[0])),
            "minPercentile": self.min_percentile,
            "demands": ", ".join(
                words.write(key, share=f"{100 * share:g}%")
                for key, share in self.demands.items()
            ),
            "effortNote": words.texts.get(f"effort_{self.effort.unit}", ""),
            "words": words.texts,
            "language": phrases.page.language,
            "missing": printable(phrases.missing),
            "consequence": printable(phrases.consequence),
            "consequenceOfMissing": printable(phrases.consequence_of_missing),
            **self.models,
        }

    def _answers(self) -> list[Any]:
        """List the reports of the options that the person has."""
        return [one for one in self.report.options if one.answered[0]]

    def _options(self, writer: Writer) -> list[dict[str, Any]]:
        """Describe the options: their rows, and their changes in words."""
        schema = self.report.schema
        view = person_view(self.report, 0, writer)
        options = []
        for k, one in enumerate(self._answers()):
            row = zip(schema.columns, one.codes_after[0].tolist(), strict=True)
            cells = [plain_cell(column, code) for column, code in row]
            actions = [printable(action) for action in view.actions[k]]
            options.append({"row": cells, "actions": actions})
        return options


def what_if(self: Any, person: Any) -> WhatIf:
    """Make a page on which one person tries values and sees what would be decided.

    The page hands out the behavior of the model: a person who has the file can try
    many rows, and read parts of the model from it. Give it only to people who may know
    this. No other method writes such a page.

    Parameters
    ----------
    person : RecourseReport, or DataFrame or array-like of shape (1, n_features)
        One person. A report has the person's own limits, and its options are on the
        page. For a table, up to three options are found first.

    Returns
    -------
    what_if : WhatIf
        Its method ``to_html`` writes the page.

    Raises
    ------
    ValueError
        If there is not exactly one person, if the row cannot be read, or if the report
        belongs to another table.

    See Also
    --------
    regions : How far an answer may stray, without a page.

    Notes
    -----
    Sliders and choices have the values that rules and limits allow this person. What
    follows from other columns by a relation is computed. A column that a Python
    function computes (:class:`~skpar.Derived`) and its sources stay fixed, except in
    the options of the report. A combination that breaks a link, or needs more effort
    than `max_effort`, is shown as not allowed.

    The page says whether its decision is that of the classifier or an estimate, with
    the share of rows in which both agree.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X, y)
    >>> par.what_if(par.recourse(X[par.estimator_.predict(X) == 0][:1]))
    <WhatIf: found>
    """
    check_is_fitted(self)
    report, config = person, self.search_config
    if not hasattr(person, "codes_before"):
        controls = config.controls
        report = self.recourse(person, n_options=controls.n_options)
    if len(report) != 1:
        raise ValueError(f"what_if takes one person, got {len(report)}.")
    refuse_other_table(report, self.schema_)
    if report.unreadable[0]:
        raise ValueError(f"The row of the person is unreadable: {report.reason[0]}.")
    parts, one = self._parts, people_of(report)
    objective = parts.objective
    return WhatIf(
        report,
        one,
        self._actionability,
        objective.effort,
        _models(self, one, config.what_if),
        _demands(self, one),
        float(self.min_percentile),
        config.controls,
    )


def _demands(par: Any, one: People) -> dict[str, float]:
    """Collect what a recourse of the person needs, besides acceptance."""
    limits = one.limits
    own = limits.demands
    low = max(
        par.min_probability or 0.0, 0.0 if own is None else own.min_probability[0]
    )
    high = 1.0 if par.max_probability is None else par.max_probability
    high = min(high, 1.0 if own is None else own.max_probability[0])
    found = {"least_probability": float(low)} if low > 0.0 else {}
    if high < 1.0:
        found["most_probability"] = float(high)
    if par.min_robustness is not None:
        found["least_refits"] = float(par.min_robustness)
    return found


def _models(par: Any, one: People, config: WhatIfConfig) -> dict[str, Any]:
    """Write density and decision for one person."""
    feasible = feasible_values(par._actionability, one, config.max_listed)
    return {
        "density": density_payload(par, one, feasible),
        "decision": decision_payload(par, one, feasible),
    }


def _filled(
    payload: Mapping[str, Any], words: Words, writer: Writer, case: str | None
) -> str:
    """Fill the template."""
    script = "\n".join(_read(name) for name in _SCRIPTS)
    style = _read("what_if.css")
    data = json.dumps(payload, allow_nan=False, separators=(",", ":"))
    for sign, escaped in _ESCAPES.items():
        data = data.replace(sign, escaped)
    return str(
        _template().render(
            words=words.texts,
            case=None if case is None else words.write("case", case=case),
            language=writer.page.language,
            script=script,
            script_hash=_hash(script),
            style=style,
            style_hash=_hash(style),
            data=data,
        )
    )


def _template() -> Any:
    """Load the template, or say how to install what reads it."""
    return make_environment().from_string(_read("what_if.html"))


def _read(name: str) -> str:
    """Read a file of this folder."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Hash a script or a style, as a content policy takes it."""
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()


def _finite(number: float) -> float | None:
    """Write a limit; None if there is none."""
    return None if number == float("inf") else number
