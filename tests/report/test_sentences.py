"""Changes as sentences: names, values with units, verbs, exact numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar import Phrases, Wording
from skpar.report._sentences import Writer, localized
from skpar.table import TableSchema

SCHEMA = TableSchema.infer(
    pd.DataFrame(
        {
            "savings": [100.0, 500.5, np.nan],
            "loan_term": [12, 24, 36],
            "job": ["cook", "clerk", "cook"],
            "owner": [True, False, True],
        }
    )
)
SAVINGS, TERM, JOB, OWNER = range(4)


def action(change, **words):
    return Writer(SCHEMA, Wording(**words)).action(*change)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((SAVINGS, 100.0, 500.5), "raise savings from 100 to 500.5"),
        ((SAVINGS, 900.0, 1900.0), "raise savings from 900 to 1900"),
        ((SAVINGS, 1900.0, 12000.0), "raise savings from 1,900 to 12,000"),
        ((SAVINGS, 900.0, -21900.0), "lower savings from 900 to -21,900"),
        ((SAVINGS, np.nan, 7.0), "show that savings is 7 (missing now)"),
        ((TERM, 24.0, 18.0), "lower loan term from 24 to 18"),
        ((JOB, 0.0, 1.0), "change job from clerk to cook"),
        ((OWNER, 0.0, 1.0), "change owner from no to yes"),
        ((OWNER, 1.0, 0.0), "change owner from yes to no"),
    ],
)
def test_a_raw_table_reads_well(change, words):
    assert action(change) == words


@pytest.mark.parametrize(
    ("unit", "change", "words"),
    [
        ("EUR", (SAVINGS, 500.0, 1900.0), "raise savings from 500 to 1,900 EUR"),
        ("EUR", (SAVINGS, np.nan, 7.0), "show that savings is 7 EUR (missing now)"),
        ("$", (SAVINGS, 900.0, 1900.0), "raise savings from $900 to $1,900"),
        ("%", (SAVINGS, 30.0, 24.0), "lower savings from 30% to 24%"),
        (
            "ca. {} EUR",
            (SAVINGS, 1.0, 2.0),
            "raise savings from ca. 1 EUR to ca. 2 EUR",
        ),
    ],
)
def test_units_have_their_place(unit, change, words):
    assert action(change, units={"savings": unit}) == words


@pytest.mark.parametrize(
    ("number_format", "old", "new", "words"),
    [
        ("${:,.0f}", 8000.4, 1900.0, "lower savings from $8,000 to $1,900"),
        ("{:.0%}", 0.3, 0.24, "lower savings from 30% to 24%"),
        # The new number keeps its digits, so that the person is accepted.
        ("{:.0%}", 0.3, 0.2425, "lower savings from 30% to 24.25%"),
        ("{:.1f}", 0.3, 0.2425, "lower savings from 0.3 to 0.2425"),
        ("{:.2f}", 0.3, 0.2, "lower savings from 0.30 to 0.20"),
        # Rounded, the old number would seem to be below the new one.
        ("{:.0f}", 4999.6, 4999.8, "raise savings from 4999.6 to 4999.8"),
        ("{:.0f} km", 30.4, 30.2, "lower savings from 30.4 km to 30.2 km"),
        (
            lambda value: f"day {value:.0f}",
            3.0,
            4.0,
            "raise savings from day 3 to day 4",
        ),
    ],
)
def test_formats_round_but_not_the_new_number(number_format, old, new, words):
    assert action((SAVINGS, old, new), formats={"savings": number_format}) == words


@pytest.mark.parametrize(
    ("verb", "change", "words"),
    [
        ("pay off", (SAVINGS, 9.0, 2.0), "pay off savings from 9 to 2"),
        ({"lower": "cut"}, (SAVINGS, 9.0, 2.0), "cut savings from 9 to 2"),
        ({"lower": "cut"}, (SAVINGS, 2.0, 9.0), "raise savings from 2 to 9"),
        ({"raise": "wait for {after}"}, (SAVINGS, 2.0, 9.0), "wait for 9"),
        ({"raise": "add {difference}"}, (SAVINGS, 0.1, 2000.4), "add 2000.3"),
        ({"fill": "report {after}"}, (SAVINGS, np.nan, 9.0), "report 9"),
        ({0: "spend everything"}, (SAVINGS, 5.0, 0.0), "spend everything"),
    ],
)
def test_verbs_of_numbers(verb, change, words):
    assert action(change, verbs={"savings": verb}) == words


def test_differences_have_units_and_formats():
    verbs = {"savings": {"lower": "pay off {difference}"}}
    change = (SAVINGS, 9000.0, 2000.0)
    assert action(change, verbs=verbs, units={"savings": "$"}) == "pay off $7,000"
    assert action(change, verbs=verbs, units={"savings": "EUR"}) == "pay off 7,000 EUR"
    formats = {"savings": "<{:,.2f}>"}
    assert action(change, verbs=verbs, formats=formats) == "pay off <7,000.00>"


def test_a_value_can_have_a_sentence():
    verbs = {"owner": {True: "buy a home", False: "own no home any more"}}
    assert action((OWNER, 0.0, 1.0), verbs=verbs) == "buy a home"
    assert action((OWNER, 1.0, 0.0), verbs=verbs) == "own no home any more"
    assert action((OWNER, np.nan, 1.0), verbs=verbs) == "buy a home"
    verbs = {"job": {"cook": "leave {before}, and {name} is {after}"}}
    assert action((JOB, 0.0, 1.0), verbs=verbs) == "leave clerk, and job is cook"


def test_labels_stand_for_values():
    labels = {"job": {"cook": "chef"}, "loan_term": {0: "no loan", 12: "a year"}}
    assert action((JOB, 0.0, 1.0), labels=labels) == "change job from clerk to chef"
    words = {"labels": labels, "units": {"loan_term": "months"}}
    term = {
        (24.0, 0.0): "lower loan term from 24 months to no loan",
        (0.0, 24.0): "raise loan term from no loan to 24 months",
        (0.0, 12.0): "change loan term from no loan to a year",
    }
    for codes, text in term.items():
        assert action((TERM, *codes), **words) == text
    labels = {"savings": {None: "unknown"}}
    assert Writer(SCHEMA, Wording(labels=labels)).values(0, np.nan, 3.0)[0] == "unknown"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (1.2345678901, 0.9999998999999999, "lower savings from 1.23 to {}"),
        (0.1234567, 0.3, "raise savings from 0.123 to {}"),
        (3.00000049, 3.00000004, "lower savings from 3.00000049 to {}"),
        (1234.5678, 2.0, "lower savings from 1235 to {}"),
        (999.9996, 2.0, "lower savings from 1000 to {}"),
        (1234.56, 2.0, "lower savings from 1234.56 to {}"),
        (2.0, 12345678.9, "raise savings from 2 to {}"),
        (2.0, 1.5e-9, "lower savings from 2 to {}"),
        (-0.12345678, -2e20, "lower savings from -0.123 to {}"),
    ],
)
def test_a_sentence_has_the_number_of_the_table(old, new, words):
    text = action((SAVINGS, old, new))
    written = text.split()[-1]
    assert text == words.format(written)
    assert float(written.replace(",", "")) == new
    assert len(written.replace(",", "")) <= len(repr(new))


FORMATS = [None, "{:.0f}", "{:,.1f}", "{:.0%}", "{:,}"]
NUMBERS = st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-4)


@given(NUMBERS, NUMBERS, st.sampled_from(FORMATS))
def test_every_number_is_exact_and_on_its_side(old, new, number_format):
    formats = {"savings": number_format} if number_format else {}
    before, after = Writer(SCHEMA, Wording(formats=formats)).values(0, old, new)
    scale = 100 if after.endswith("%") else 1
    low, high = (float(text.rstrip("%").replace(",", "")) for text in (before, after))
    np.testing.assert_allclose(high / scale, new, rtol=1e-15)
    assert np.sign(low / scale - high / scale) == np.sign(old - new)


@given(st.integers(0, 10**12), st.booleans())
def test_marks_are_those_of_the_language(number, is_quantity):
    english = localized(f"{number}.5", Phrases(), is_quantity)
    german = localized(f"{number}.5", Phrases.german(), is_quantity)
    assert english.replace(",", "") == f"{number}.5"
    assert german == english.translate(str.maketrans(",.", ".,"))
    assert ("," in english) == (number >= (1000 if is_quantity else 10_000))


def test_numbers_of_narrow_columns_are_as_short_as_in_the_table():
    table = pd.DataFrame({"rate": np.array([0.1, 0.7, 0.35], dtype=np.float32)})
    schema = TableSchema.infer(table)
    old, new = schema.encode(table)[:2, 0]
    assert Writer(schema).action(0, old, new) == "raise rate from 0.1 to 0.7"
    writer = Writer(schema, Wording(formats={"rate": "{:.0%}"}))
    assert writer.action(0, old, new) == "raise rate from 10% to 70%"


def test_computed_numbers_have_few_digits():
    writer = Writer(SCHEMA)
    text = writer.consequence(0, 1 / 3, 2 / 3)
    assert text == "savings then becomes 0.667 instead of 0.333"
    text = writer.consequence(0, 1 / 3, 1 / 3 + 1e-9)
    assert float(text.split()[3]) == 1 / 3 + 1e-9
    assert writer.consequence(0, np.nan, 2.5) == "savings then becomes 2.5"
    writer = Writer(SCHEMA, Wording(formats={"savings": "{:.0%}"}))
    assert (
        writer.consequence(0, 0.3, 0.2419) == "savings then becomes 24% instead of 30%"
    )


def test_several_actions_are_written_in_the_order_of_columns():
    schema = TableSchema.infer(pd.DataFrame({"a": [1, 9], "b": [1, 9], "c": [1, 9]}))
    writer = Writer(schema)
    before, after = np.array([1.0, 2.0, 3.0]), np.array([2.0, 9.0, 1.0])
    chosen = np.array([True, False, True])
    text = writer.actions(before, after, chosen)
    assert text == "raise a from 1 to 2 and lower c from 3 to 1"
    assert writer.actions(before, after, ~chosen & chosen) == ""


def test_german():
    wording = Wording(
        names={"savings": "Erspartes", "loan_term": "Laufzeit", "owner": "Eigentum"},
        units={"savings": "€", "loan_term": "Monate"},
        verbs={"loan_term": {"lower": "verkürzen"}},
        phrases=Phrases.german(),
    )
    writer = Writer(SCHEMA, wording)
    assert [
        writer.action(SAVINGS, 900.0, 1900.5),
        writer.action(TERM, 24.0, 18.0),
        writer.action(OWNER, 0.0, 1.0),
        writer.action(SAVINGS, np.nan, 5.0),
        writer.consequence(SAVINGS, 12.0, 24000.0),
    ] == [
        "Erspartes von 900 € auf 1.900,5 € erhöhen",
        "Laufzeit von 24 auf 18 Monate verkürzen",
        "Eigentum ändern: ja statt nein",
        "Erspartes nachweisen: 5 € (fehlt bisher)",
        "Erspartes ist dann 24.000 € statt 12 €",
    ]
    formats = {"savings": "{:.0%}"}
    writer = Writer(SCHEMA, Wording(formats=formats, phrases=Phrases.german()))
    assert writer.action(SAVINGS, 0.3, 0.245) == "savings von 30 % auf 24,5 % senken"


def test_texts_with_braces_are_left_alone():
    schema = TableSchema.infer(pd.DataFrame({"{x}": ["{a}", "{0}"]}))
    text = Writer(schema).action(0, 0.0, 1.0)
    assert text == "change {x} from {0} to {a}"


def test_a_wording_is_required():
    with pytest.raises(TypeError, match="wording must be a Wording"):
        Writer(SCHEMA, {"savings": "money"})


def test_numbers_of_no_row_have_the_unit_of_their_column():
    writer = Writer(SCHEMA, Wording(units={"savings": "${}", "loan_term": "months"}))
    assert writer.number(SAVINGS, 101.25) == "$101.25"
    assert writer.number(TERM, 12.3456789) == "12.3457 months"
    assert writer.number(OWNER, 0.5) == "0.5"
    writer = Writer(SCHEMA, Wording(formats={"savings": "{:.0%}", "loan_term": str}))
    assert writer.number(SAVINGS, 0.2843) == "28%"
    assert writer.number(TERM, 12.5) == "12.5"


@pytest.mark.parametrize(
    ("j", "amount", "words", "text"),
    [
        (SAVINGS, -7530.4, {"units": {"savings": "$"}}, "-$7,530"),
        (SAVINGS, 0.1844, {"formats": {"savings": "{:.0%}"}}, "+18.4%"),
        (SAVINGS, 2.0, {"formats": {"savings": lambda value: "a date"}}, "+2"),
        (TERM, 12.0, {"units": {"loan_term": "months"}}, "+12 months"),
        (TERM, -0.5, {"phrases": Phrases.german()}, "-0,5"),
    ],
)
def test_shifts_have_a_sign_and_a_unit(j, amount, words, text):
    assert Writer(SCHEMA, Wording(**words)).shift(j, amount) == text


@pytest.mark.parametrize(
    ("unit", "ends", "each"),
    [
        ("$", ("$900", "$1,900"), ("$900", "$1,900")),
        ("kg", ("900", "1,900 kg"), ("900 kg", "1,900 kg")),
        (None, ("900", "1900"), ("900", "1900")),
    ],
)
def test_a_unit_stands_after_the_second_number_or_after_both(unit, ends, each):
    writer = Writer(SCHEMA, Wording(units={"savings": unit} if unit else {}))
    assert writer.ends(SAVINGS, 900.0, 1900.0) == ends
    assert writer.values(SAVINGS, 900.0, 1900.0, each=True) == each
    assert writer.ends(SAVINGS, 900.0, np.inf) == (each[0], "")
    assert writer.ends(SAVINGS, -np.inf, 1900.0) == ("", each[1])


def test_patterns_write_numbers_as_the_writer_does():
    table = pd.DataFrame({"share": [0.25, 0.5], "sum": [5.5, 900.0], "n": [1, 2]})
    wording = Wording(formats={"share": "about {:.0%}"}, units={"sum": "$", "n": "kg"})
    writer = Writer(TableSchema.infer(table), wording)
    patterns = [writer.pattern(j) for j in range(3)]
    assert patterns == [("about {}%", 100.0), ("${}", 1.0), ("{} kg", 1.0)]
    for j, (value, text) in enumerate([(0.25, "25"), (5.5, "5.5"), (2.0, "2")]):
        assert writer.rounded(j, value) == patterns[j][0].replace("{}", text)
    assert writer.rounded(1, 123.4567) == "$123"
    assert writer.rounded(1, np.nan) == "missing"


@pytest.mark.parametrize("level", ["", " "])
def test_a_level_without_a_visible_character_is_quoted(level):
    writer = Writer(TableSchema.infer(pd.DataFrame({"job": [level, "manual"]})))
    assert writer.action(0, 0.0, 1.0) == f'change job from "{level}" to manual'
    assert writer.action(0, 1.0, 0.0) == f'change job from manual to "{level}"'
    assert writer.rounded(0, 0.0) == f'"{level}"'


def test_an_empty_level_has_the_words_of_the_user():
    schema = TableSchema.infer(pd.DataFrame({"job": ["", "manual"]}))
    writer = Writer(schema, Wording(labels={"job": {"": "no job"}}))
    assert writer.action(0, 0.0, 1.0) == "change job from no job to manual"


@pytest.mark.parametrize("spec", ["{:.1g}", "{:.0e}", "{:,.2g}"])
def test_a_format_that_loses_digits_is_left_out_where_they_matter(spec):
    writer = Writer(SCHEMA, Wording(formats={"savings": spec}, units={"savings": "$"}))
    assert writer.values(SAVINGS, 900.0, 1912.5)[1] == "$1,912.5"
    assert float(writer.values(SAVINGS, 900.0, 2000.0)[1].lstrip("$")) == 2000.0
