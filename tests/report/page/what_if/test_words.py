import json
import re
from importlib.resources import files

import pytest

from skpar import PagePhrases, Phrases
from skpar.report._phrases import fields_of
from skpar.report.page.what_if import _words
from skpar.report.page.what_if._words import Words

ENGLISH = Words(Phrases()).texts
GERMAN = Words(Phrases.german()).texts


def sources():
    folder = files("skpar.report.page.what_if")
    names = ("page.js", "controls.js", "what_if.html", "_ties.py", "_page.py")
    return "\n".join(folder.joinpath(name).read_text("utf-8") for name in names)


def test_both_languages_have_the_same_fields():
    assert GERMAN.keys() == ENGLISH.keys()
    for key, text in GERMAN.items():
        assert sorted(fields_of(text)) == sorted(fields_of(ENGLISH[key]))


def test_german_translates_every_text_with_words():
    same = {key for key, text in GERMAN.items() if text == ENGLISH[key]}
    assert all(not re.sub(r"\{\w+\}", "", ENGLISH[key]).strip() for key in same)


def test_every_text_is_used():
    text = sources()
    built = {"why_rule", "why_kept", "why_none", "why_tied", "rises_by", "falls_by"}
    built |= {"accepts_maybe", "denies_maybe"}
    built |= {"easy", "hard", "impossible", "effort_percentile", "effort_price"}
    for key in ENGLISH.keys() - built:
        assert re.search(rf"[\"'.]{key}\b", text) or key == "case", key


def test_texts_of_a_user_replace_those_of_the_language():
    texts = Words(Phrases(what_if={"title": "Try", "option": "Go"})).texts
    assert (texts["title"], texts["option"]) == ("Try", "Go")
    assert texts["start"] == ENGLISH["start"]
    assert Words(Phrases(page=PagePhrases(language="fr"))).texts == ENGLISH


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"heading": "x"}, "known keys are title"),
        ({"title": 3}, "must be a string"),
        ({"option": "{m}"}, "field {m}"),
        ({"struck": "{n"}, "struck"),
    ],
)
def test_a_text_that_cannot_be_used_is_named(given, message):
    with pytest.raises(ValueError, match=message):
        Words(Phrases(what_if=given))


def test_texts_are_plain_data():
    assert json.loads(json.dumps(ENGLISH)) == ENGLISH
    assert all(one.strip() == one for one in _words._ENGLISH.values())


def test_characters_that_turn_text_around_are_replaced():
    words = Words(Phrases(what_if={"case": "Case\u202e: {case}"}))
    assert words.texts["case"] == "Case\ufffd: {case}"
    assert words.write("case", case="a\u2066b") == "Case\ufffd: a\ufffdb"
