"""Phrases: the sentences of a report as a table of templates, in two languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.resources import files
from string import Formatter
from typing import Any

from ._page_phrases import PagePhrases

# Signs with a place of their own; all other units stand after the new value.
_ENGLISH_UNITS = {"%": "{}%", "$": "${}", "£": "£{}", "€": "€{}"}
_GERMAN = "german.toml"


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """The phrases of a report, as templates with fields in braces.

    The defaults are English. `Phrases.german` returns German ones. For other words, or
    another language, pass some or all of the parameters.

    Parameters
    ----------
    action : str
        A number or ordered level that rises or falls. Its fields are ``verb``, ``name``
        (of the feature), ``before`` and ``after``.
    action_of_level : str
        Any other change, with the same fields.
    increase : str
        Verb of what rises.
    decrease : str
        Verb of what falls.
    change : str
        Verb of all other changes.
    fill : str
        A missing cell that gets a value, with the fields ``name`` and ``after``.
    consequence : str
        A change that follows from the others, with the fields ``name``, ``before`` and
        ``after``.
    consequence_of_missing : str
        The same for a cell that was missing, with the fields ``name`` and ``after``.
    missing : str
        The value of a missing cell.
    yes : str
        The value True.
    no : str
        The value False.
    none : str
        The value of a group of columns of which none is on.
    accompanies : str
        A change that accompanies the others, with the field ``action``.
    unchecked : str
        Not every part of the changes was checked.
    budget_note : str
        The same, because the query budget was spent.
    no_search_note : str
        The same, because no search was made.
    already_accepted : str
        A person whom the classifier accepts.
    without : str
        A person without recourse, with the fields ``status`` and ``reason``.
    not_found : str
        Status of a person for whom search found nothing.
    impossible : str
        Status of a person for whom it is proved that there is no recourse.
    unreadable : str
        Status of a row that cannot be read.
    conjunction : str
        The words between several things, such as ``" and "``.
    alternative : str
        The words between alternatives, such as ``" or "``.
    no_row : str
        It is proved that no feasible row is accepted.
    no_row_with : str
        The same for rows with more demands, with the field ``demands``.
    no_change : str
        The rules allow no change at all.
    one_rule : str
        Dropping one of the rules would give a recourse; with the field ``rules``.
    nothing : str
        Search found no accepted row.
    nothing_with : str
        The same for rows with more demands, with the field ``demands``.
    no_proposal : str
        No proposal is a recourse, and no search was made; with the field ``n``.
    tried_one : str
        One row was tried.
    tried : str
        Several rows were tried, with the field ``n``.
    budget_left : str
        What `max_queries` allows, with the field ``n``.
    budget_spent : str
        All rows that `max_queries` allows were tried.
    miss : str
        The nearest miss, with the field ``changes``.
    miss_with : str
        The same, with the fields ``probability`` and ``changes``.
    lacks : str
        What the nearest miss lacks, with the field ``demands``.
    binding : str
        The rules that bind at the nearest miss, with the field ``rules``.
    region_of_value : str
        A number that may not stray, with the fields ``name`` and ``value``.
    region_of_source : str
        A number that may not stray because other columns follow from it, with the
        fields ``name``, ``value`` and ``others``.
    region_of_linked : str
        A number that may not stray because a link ties it to other columns, with the
        same fields.
    region_without_ends : str
        A number that may stray anywhere, with the field ``name``.
    region_below : str
        A region with an upper end, with the fields ``name`` and ``high``.
    region_above : str
        A region with a lower end, with the fields ``name`` and ``low``.
    region_between : str
        A region with two ends, with the fields ``name``, ``low`` and ``high``.
    reason_of_number : str
        A reason of a denial, with the fields ``name``, ``before`` and ``typical`` (the
        median of similar accepted people).
    reason_of_level : str
        The same for a level, with the fields ``name``, ``before``, ``count``, ``n`` and
        ``typical`` (the most frequent level).
    reason_of_level_alone : str
        The same if no other level is that of most similar people, with the fields
        ``name`` and ``before``.
    decimal_mark : str
        The mark before decimals.
    group_mark : str
        The mark between groups of three digits.
    units : mapping of str to str
        Units with a place of their own, such as ``{"$": "${}"}``.
    page : PagePhrases
        The phrases of the page.
    what_if : mapping of str to str
        Texts of the page of :meth:`PARRecourse.what_if` that replace its own, by key.

    Raises
    ------
    ValueError
        If a phrase is no string, or has a field that it cannot have.

    See Also
    --------
    PagePhrases : The phrases of the page.
    Wording : Takes the phrases, and the words of the columns.

    Examples
    --------
    >>> from skpar import Phrases
    >>> Phrases(decrease="reduce").decrease
    'reduce'
    >>> Phrases.german().action
    '{name} von {before} auf {after} {verb}'
    """

    action: str = "{verb} {name} from {before} to {after}"
    action_of_level: str = "{verb} {name} from {before} to {after}"
    increase: str = "raise"
    decrease: str = "lower"
    change: str = "change"
    fill: str = "show that {name} is {after} (missing now)"
    consequence: str = "{name} then becomes {after} instead of {before}"
    consequence_of_missing: str = "{name} then becomes {after}"
    missing: str = "missing"
    yes: str = "yes"
    no: str = "no"
    none: str = "none of these"
    accompanies: str = (
        "{action} (accompanies: the classifier also accepts if only this change is "
        "left out)"
    )
    unchecked: str = (
        "not every part of these changes was checked, so fewer may be enough"
    )
    budget_note: str = (
        "not every part of these changes was checked (the query budget was spent), so "
        "fewer may be enough"
    )
    no_search_note: str = (
        "not every part of these changes was checked (no search was made), so fewer "
        "may be enough"
    )
    already_accepted: str = "already accepted"
    without: str = "{status}: {reason}"
    not_found: str = "not found"
    impossible: str = "impossible"
    unreadable: str = "unreadable"
    conjunction: str = " and "
    alternative: str = " or "
    no_row: str = "no feasible row is accepted"
    no_row_with: str = "no feasible row is accepted with {demands}"
    no_change: str = "the rules allow no change"
    one_rule: str = "dropping one rule would help: {rules}"
    nothing: str = "no accepted row was found"
    nothing_with: str = "no accepted row with {demands} was found"
    no_proposal: str = (
        "no proposal is a recourse ({n} tried); no search was made, because "
        'search="none"'
    )
    tried_one: str = "1 row was tried"
    tried: str = "{n} rows were tried"
    budget_left: str = "and max_queries allows {n}"
    budget_spent: str = "which is all that max_queries allows"
    miss: str = "the nearest miss: {changes}"
    miss_with: str = "the nearest miss has probability {probability}: {changes}"
    lacks: str = "it is no recourse: {demands}"
    binding: str = "rules that bind there: {rules}"
    region_of_value: str = "{name} exactly {value}"
    region_of_source: str = "{name} exactly {value}, because it determines {others}"
    region_of_linked: str = "{name} exactly {value}, because a link ties it to {others}"
    region_without_ends: str = "{name} anywhere within the rules"
    region_below: str = "{name} at most {high}"
    region_above: str = "{name} at least {low}"
    region_between: str = "{name} from {low} to {high}"
    reason_of_number: str = (
        "{name}: {before}; similar accepted people typically have {typical}"
    )
    reason_of_level: str = (
        "{name}: {before}; {count} of {n} similar accepted people have {typical}"
    )
    reason_of_level_alone: str = "{name}: {before}"
    decimal_mark: str = "."
    group_mark: str = ","
    units: Mapping[str, str] = field(default_factory=_ENGLISH_UNITS.copy)
    page: PagePhrases = PagePhrases()
    what_if: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the fields of all templates."""
        if not isinstance(self.page, PagePhrases):
            raise ValueError(f"phrases: page must be PagePhrases; got {self.page!r}.")
        _check_templates("phrases", self, ("units", "page", "what_if"))
        _check_templates("phrases: page", self.page)
        for unit, text in self.units.items():
            if not isinstance(text, str) or text.count("{}") != 1:
                raise ValueError(
                    f"phrases: units: {unit!r} needs a string with one {{}}; got "
                    f"{text!r}."
                )

    @classmethod
    def german(cls) -> Phrases:
        """Return German phrases.

        Returns
        -------
        phrases : Phrases

        Examples
        --------
        >>> from skpar import Phrases
        >>> Phrases.german().fill
        '{name} nachweisen: {after} (fehlt bisher)'
        """
        text = (files(__package__) / _GERMAN).read_text(encoding="utf-8")
        texts: dict[str, Any] = tomllib.loads(text)
        return cls(**{**texts, "page": PagePhrases(**texts["page"])})


def _check_templates(where: str, phrases: Any, others: tuple[str, ...] = ()) -> None:
    """Check that templates have no fields that their defaults do not have."""
    for one in fields(phrases):
        if one.name in others:
            continue
        text, known = getattr(phrases, one.name), fields_of(str(one.default))
        if not isinstance(text, str):
            raise ValueError(f"{where}: {one.name} must be a string; got {text!r}.")
        check_fields(f"{where}: {one.name}", text, known)


def fields_of(template: str) -> list[str]:
    """Names of the fields of a template, in their order.

    Parameters
    ----------
    template : str

    Returns
    -------
    names : list of str

    Raises
    ------
    ValueError
        If a brace is not closed, or not opened.

    Examples
    --------
    >>> from skpar.report._phrases import fields_of
    >>> fields_of("{name} becomes {after}")
    ['name', 'after']
    """
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]


def check_fields(parameter: str, template: str, known: list[str]) -> None:
    """Check that a template has only fields that are known.

    Parameters
    ----------
    parameter : str
        What the template is, for the message.
    template : str
        Fields are whole names: ``{name}``, but not ``{name.attribute}``.
    known : list of str
        Names of fields.

    Raises
    ------
    ValueError
        If it has another field, or a single brace.
    """
    try:
        wrong = [name for name in fields_of(template) if name not in known]
    except ValueError as error:
        raise ValueError(f"{parameter}: {template!r}: {error}.") from None
    if wrong:
        can_be = ", ".join(f"{{{name}}}" for name in known) or "no fields"
        raise ValueError(
            f"{parameter}: {template!r} has the field {{{wrong[0]}}}; it can have "
            f"{can_be}."
        )
