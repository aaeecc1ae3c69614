"""Words of the page on which a person tries values, in two languages."""

from __future__ import annotations

from collections.abc import Mapping

from ..._phrases import Phrases, check_fields, fields_of
from ..pictures import printable

_ENGLISH = {
    "title": "What if?",
    "case": "Case: {case}",
    "intro": (
        "Change what you could change, and see what the model would decide. Nothing "
        "that you do here is stored or sent."
    ),
    "limits": (
        "This page shows how one model decides. It is no promise of a decision and no "
        "legal advice, and it does not say what else would change in life."
    ),
    "rules_note": "Only what the given rules allow can be chosen.",
    "result": "Result",
    "accepts": "The model would accept.",
    "denies": "The model would deny.",
    "accepts_maybe": "The model would probably accept.",
    "denies_maybe": "The model would probably deny.",
    "exact": "This is the decision of the model itself.",
    "estimate": (
        "This is an estimate. It agrees with the model in {share} of the rows tried. "
        "Ask for a check before you rely on it."
    ),
    "not_allowed": "Not allowed.",
    "too_much": "More effort than the limit of {most}.",
    "less_usual": (
        "A way must be more usual: at least {n} of 100 accepted people less typical."
    ),
    "also": "A way must also have {demands}, which this page does not check.",
    "least_probability": "a probability of acceptance of at least {share}",
    "most_probability": "a probability of acceptance of at most {share}",
    "least_refits": "acceptance by at least {share} of retrained models",
    "plausibility": "How usual",
    "percentile": "{n} of 100 accepted people are less typical.",
    "rare": "Very unusual among accepted people.",
    "unusual": "Rather unusual among accepted people.",
    "usual": "Usual among accepted people.",
    "effort": "Effort",
    "effort_of": "{effort}",
    "effort_of_most": "{effort} of at most {most}",
    "effort_percentile": (
        "For a number, the share of people between the old and the new value. For any "
        "other change, 1. All changes are added up."
    ),
    "effort_price": "The sum of the prices of all changes.",
    "effort_note": "A change marked as hard counts double.",
    "changes": "What you changed",
    "no_changes": "Nothing yet: these are the values of the start.",
    "typed": "{name}: {before} becomes {after}",
    "start": "Back to the start",
    "options": "Ways that were found",
    "no_options": "No way was found. You can try by hand.",
    "options_note": "Changes that work together. The easiest for you comes first.",
    "option": "Try this",
    "option_effort": "Effort {effort}.",
    "struck": "This way needs a change that you marked as impossible.",
    "controls": "What could change",
    "no_controls": "Nothing: the rules allow no change.",
    "for_you": "For you:",
    "difficulty": "{name}: how hard is this for you?",
    "easy": "easy",
    "hard": "hard",
    "impossible": "impossible",
    "range": "From {low} to {high}. Start: {own}.",
    "start_value": "Start: {own}.",
    "number": "{name}, as a number",
    "refused": "{value} is not allowed here.",
    "follows": "What follows from your choices",
    "fixed": "What stays as it is",
    "column": "Feature",
    "value": "Value",
    "why": "Why",
    "why_rule": "A rule says so.",
    "why_kept": "It was asked to stay.",
    "why_none": "No other value is allowed.",
    "why_tied": "It belongs to a calculation that this page cannot do.",
    "rises": "{name} rises",
    "falls": "{name} falls",
    "rises_by": "{name} rises by at least {by}",
    "falls_by": "{name} falls by at least {by}",
    "link_if": "If {change}, it must also be true that {then}.",
    "link_not_above": "{name} must not be above {other}.",
    "link_sum_below": "{sum} must be at most {high}.",
    "link_sum_above": "{sum} must be at least {low}.",
    "link_sum_between": "{sum} must be between {low} and {high}.",
    "link_count": "At most {n} features may change.",
    "link_count_of": "At most {n} of these may change: {names}.",
    "link_follows": "{name} would get a value that its rules do not allow.",
}
_GERMAN = {
    "title": "Was wäre, wenn?",
    "case": "Fall: {case}",
    "intro": (
        "Ändern Sie, was Sie ändern könnten, und sehen Sie, wie das Modell entscheiden "
        "würde. Nichts davon wird gespeichert oder gesendet."
    ),
    "limits": (
        "Diese Seite zeigt, wie ein Modell entscheidet. Sie verspricht keine "
        "Entscheidung, ist keine Rechtsberatung und sagt nicht, was sich im Leben "
        "sonst noch ändert."
    ),
    "rules_note": "Wählbar ist nur, was die Regeln erlauben.",
    "result": "Ergebnis",
    "accepts": "Das Modell würde annehmen.",
    "denies": "Das Modell würde ablehnen.",
    "accepts_maybe": "Das Modell würde wohl annehmen.",
    "denies_maybe": "Das Modell würde wohl ablehnen.",
    "exact": "Das ist die Entscheidung des Modells selbst.",
    "estimate": (
        "Das ist eine Schätzung. Sie stimmt in {share} der geprüften Fälle mit dem "
        "Modell überein. Lassen Sie prüfen, bevor Sie sich darauf verlassen."
    ),
    "not_allowed": "Nicht erlaubt.",
    "too_much": "Mehr Aufwand als die Grenze von {most}.",
    "less_usual": (
        "Ein Weg muss üblicher sein: mindestens {n} von 100 Angenommenen sind weniger "
        "typisch."
    ),
    "also": "Ein Weg braucht außerdem: {demands}. Das prüft diese Seite nicht.",
    "least_probability": "Annahme mit einer Wahrscheinlichkeit von mindestens {share}",
    "most_probability": "Annahme mit einer Wahrscheinlichkeit von höchstens {share}",
    "least_refits": "Annahme durch mindestens {share} neu gelernter Modelle",
    "plausibility": "Wie üblich",
    "percentile": "{n} von 100 Angenommenen sind weniger typisch.",
    "rare": "Sehr ungewöhnlich unter Angenommenen.",
    "unusual": "Eher ungewöhnlich unter Angenommenen.",
    "usual": "Üblich unter Angenommenen.",
    "effort": "Aufwand",
    "effort_of_most": "{effort} von höchstens {most}",
    "effort_percentile": (
        "Bei einer Zahl der Anteil der Leute zwischen altem und neuem Wert, bei jeder "
        "anderen Änderung 1. Das wird addiert."
    ),
    "effort_price": "Die Summe der Preise aller Änderungen.",
    "effort_note": "Was schwer ist, zählt doppelt.",
    "changes": "Was Sie geändert haben",
    "no_changes": "Noch nichts: Das sind die Werte am Anfang.",
    "typed": "{name}: {before} wird {after}",
    "start": "Zurück zum Anfang",
    "options": "Gefundene Wege",
    "no_options": "Es wurde kein Weg gefunden. Sie können selbst suchen.",
    "options_note": "Jeder Weg gilt als Ganzes. Der leichteste für Sie steht zuerst.",
    "option": "Diesen ansehen",
    "option_effort": "Aufwand {effort}.",
    "struck": "Dieser Weg braucht eine Änderung, die für Sie unmöglich ist.",
    "controls": "Was sich ändern könnte",
    "no_controls": "Nichts: Die Regeln lassen keine Änderung zu.",
    "for_you": "Für Sie:",
    "difficulty": "{name}: Wie schwer ist das für Sie?",
    "easy": "leicht",
    "hard": "schwer",
    "impossible": "unmöglich",
    "range": "Von {low} bis {high}. Anfang: {own}.",
    "start_value": "Anfang: {own}.",
    "number": "{name} als Zahl",
    "refused": "{value} ist hier nicht erlaubt.",
    "follows": "Was daraus folgt",
    "fixed": "Was bleibt, wie es ist",
    "column": "Merkmal",
    "value": "Wert",
    "why": "Warum",
    "why_rule": "Eine Regel sagt das.",
    "why_kept": "So war es gewünscht.",
    "why_none": "Kein anderer Wert ist erlaubt.",
    "why_tied": "Es gehört zu einer Rechnung, die diese Seite nicht kann.",
    "rises": "{name} steigt",
    "falls": "{name} sinkt",
    "rises_by": "{name} um mindestens {by} steigt",
    "falls_by": "{name} um mindestens {by} sinkt",
    "link_if": "Wenn {change}, muss auch gelten, dass {then}.",
    "link_not_above": "{name} darf nicht über {other} liegen.",
    "link_sum_below": "{sum} darf höchstens {high} sein.",
    "link_sum_above": "{sum} muss mindestens {low} sein.",
    "link_sum_between": "{sum} muss zwischen {low} und {high} liegen.",
    "link_count": "Höchstens {n} Merkmale dürfen sich ändern.",
    "link_count_of": "Höchstens {n} davon dürfen sich ändern: {names}.",
    "link_follows": "{name} bekäme einen Wert, den die Regeln nicht erlauben.",
}
_TABLES = {"de": _GERMAN}


class Words:
    """The texts of the page.

    Parameters
    ----------
    phrases : Phrases
        Its language, and texts of the user that replace those of the language.

    Attributes
    ----------
    texts : dict of str to str
        All texts, by key.

    Raises
    ------
    ValueError
        For an unknown key, or a text with a field that it cannot have.

    Examples
    --------
    >>> from skpar import Phrases
    >>> from skpar.report.page.what_if._words import Words
    >>> Words(Phrases(what_if={"title": "Try it"})).texts["title"]
    'Try it'
    >>> Words(Phrases.german()).write("case", case="7")
    'Fall: 7'
    """

    def __init__(self, phrases: Phrases) -> None:
        _check(phrases.what_if)
        own = dict(phrases.what_if)
        texts = {**_ENGLISH, **_TABLES.get(phrases.page.language, {}), **own}
        self.texts = {key: printable(text) for key, text in texts.items()}

    def write(self, key: str, **values: object) -> str:
        """Fill the fields of a text.

        Parameters
        ----------
        key : str
        **values : object
            Values of the fields.

        Returns
        -------
        text : str
            Control characters are replaced.
        """
        return printable(self.texts[key].format(**values))


def _check(given: Mapping[str, str]) -> None:
    """Refuse keys and fields that the page does not know."""
    for key, text in given.items():
        if key not in _ENGLISH:
            raise ValueError(
                f"phrases: what_if has the key {key!r}; known keys are "
                f"{', '.join(_ENGLISH)}."
            )
        if not isinstance(text, str):
            raise ValueError(f"phrases: what_if: {key} must be a string; got {text!r}.")
        check_fields(f"phrases: what_if: {key}", text, fields_of(_ENGLISH[key]))
