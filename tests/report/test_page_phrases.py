"""Both languages of the page have the same fields, and limits keep their content."""

from dataclasses import fields

import pytest

from skpar import PagePhrases, Phrases
from skpar.report._phrases import fields_of

NAMES = [one.name for one in fields(PagePhrases)]
LIMITS = ("no_proof", "no_advice", "not_causal", "rules_given", "personal_data")


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_fields(name):
    english, german = getattr(PagePhrases(), name), getattr(Phrases.german().page, name)
    assert sorted(fields_of(german)) == sorted(fields_of(english))
    assert german != english or name in ("option",)


@pytest.mark.parametrize("name", ("promise", *LIMITS))
def test_limits_begin_with_a_few_words_to_emphasize(name):
    for page in (PagePhrases(), Phrases.german().page):
        lead, colon, rest = getattr(page, name).partition(":")
        assert colon and len(lead) < 50 < len(rest)
