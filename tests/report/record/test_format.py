"""Text is read as strictly as it is written."""

import json

import pytest

from skpar.report.record._format import (
    FORMAT,
    VERSION,
    RecordError,
    read_record,
    record_schema,
)

SMALL = {"format": FORMAT, "version": VERSION, "people": [0.1, 5.0, 5, None, "é"]}


def test_text_bytes_files_and_data_are_the_same(tmp_path):
    text = json.dumps(SMALL)
    path = tmp_path / "a.json"
    path.write_text(text)
    for record in (text, "\n " + text, text.encode(), path, str(path), SMALL):
        content = read_record(record)
        assert content == SMALL
        assert [type(one) for one in content["people"][1:3]] == [float, int]


def test_data_are_copied():
    assert read_record(SMALL)["people"] is not SMALL["people"]


@pytest.mark.parametrize(
    ("record", "match"),
    [
        ("{", "no JSON"),
        ('{"a": 1, "a": 2}', "'a' occurs twice"),
        ('{"a": NaN}', "NaN is no JSON"),
        ('{"a": -Infinity}', "Infinity is no JSON"),
        ('{"a": 1e999}', "1e999 is no JSON"),
        ('{"a": ' + "9" * 5000 + "}", "no JSON"),
        ('{"a": ' + "[" * 100_000 + "}", "RecursionError|no JSON"),
        (b"\xff\xfe{", "no JSON"),
        (b"[]", "JSON object"),
        (3, "JSON object"),
        ({"format": float("nan")}, "NaN is no JSON"),
        ({"format": object()}, "no JSON"),
        ({}, "its format is None"),
        ({"format": FORMAT}, "its version is None"),
        ({"format": FORMAT, "version": True}, "its version is True"),
        ({"format": FORMAT, "version": VERSION + 1}, "reads 1"),
    ],
)
def test_what_is_no_record_is_refused(record, match):
    with pytest.raises(RecordError, match=match):
        read_record(record)


def test_a_missing_file_is_an_error_of_its_own(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_record(tmp_path / "none.json")


def test_the_schema_of_the_version_is_part_of_the_package():
    schema = record_schema()
    assert schema["properties"]["version"] == {"const": VERSION}
    assert schema["properties"]["format"] == {"const": FORMAT}
