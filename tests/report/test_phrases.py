"""Phrases: every language has the same fields, and wrong ones are errors."""

from dataclasses import fields

import pytest

from skpar import PagePhrases, Phrases
from skpar.report._phrases import fields_of

NAMES = [
    one.name for one in fields(Phrases) if one.name not in ("units", "page", "what_if")
]


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_fields(name):
    english, german = getattr(Phrases(), name), getattr(Phrases.german(), name)
    assert sorted(fields_of(german)) == sorted(fields_of(english))
    assert german != english or name in ("without", "reason_of_level_alone")


def test_units_of_both_languages_are_the_same():
    assert Phrases().units.keys() == Phrases.german().units.keys()
    assert Phrases().units is not Phrases().units
    assert all(text.count("{}") == 1 for text in Phrases.german().units.values())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"action": "{verb} {title}"}, "phrases: action.*{title}; it can have {verb}"),
        ({"missing": "{name}"}, "phrases: missing.*it can have no fields"),
        ({"fill": "{name"}, "phrases: fill.*expected '}'"),
        ({"fill": "{name.__class__}"}, "phrases: fill.*has the field"),
        ({"fill": None}, "phrases: fill must be a string; got None"),
        ({"page": "Page"}, "phrases: page must be PagePhrases"),
        ({"page": PagePhrases(case="{row}")}, "phrases: page: case.*{row}"),
        ({"units": {"km": "km"}}, "phrases: units.*'km'.*{}"),
    ],
)
def test_phrases_are_checked(given, message):
    with pytest.raises(ValueError, match=message):
        Phrases(**given)
