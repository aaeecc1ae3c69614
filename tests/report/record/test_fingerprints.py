"""Hashes that depend on the content alone, and on all of it."""

import copy
import json
import warnings

import numpy as np
import pandas as pd
import pytest

from skpar._config import RecordConfig
from skpar.classifier import BlackBox
from skpar.report.record._fingerprints import (
    SEALS,
    are_equal,
    canonical,
    classifier_hash,
    digest_of,
    draw_rows,
    sha256,
    signature_of,
    table_hash,
)
from skpar.table import TableSchema

from ..._loans import Accepts
from ._records import KEY, answered, content_of, loans_case, relations_case

TABLE = pd.DataFrame(
    {
        "age": [20, 40, 60, 30],
        "debt": [0.25, 10.0, np.nan, 2.5],
        "job": pd.Categorical(["a", "b", "a", "b"], categories=["z", "a", "b"]),
        "rooms": [0, 1, 666, 0],
    }
)
SCHEMA = TableSchema.infer(pd.concat([TABLE] * 9, ignore_index=True))


def test_canonical_text_does_not_depend_on_the_order_of_keys():
    assert canonical({"a": 1, "b": [0.1]}) == canonical({"b": [0.1], "a": 1})
    assert canonical({"b": "\ud800", "a": 1.0}) == b'{"a":1.0,"b":"\\ud800"}'
    with pytest.raises(ValueError):
        canonical(float("nan"))


def test_the_text_of_a_record_can_be_written_anew():
    text = loans_case().text
    again = json.dumps(json.loads(text), sort_keys=True, indent=None)
    assert digest_of(json.loads(again)) == content_of(text)["digest"]


def places(part, path=()):
    """Places of all values within data."""
    pairs = part.items() if isinstance(part, dict) else enumerate(part)
    for name, inner in pairs:
        if isinstance(inner, (dict, list)) and inner:
            yield from places(inner, (*path, name))
        else:
            yield (*path, name)


def other(value):
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return (
            np.nextafter(value, 1e9).item() if isinstance(value, float) else value + 1
        )
    return f"{value}x" if isinstance(value, str) else 0


def test_every_value_of_a_record_counts():
    content = content_of(loans_case().text)
    content["people"] = [answered(content)]
    digest, signature = digest_of(content), signature_of(content, KEY)
    found = [path for path in places(content) if path[0] not in SEALS]
    assert len(found) > 300
    for path in found:
        changed = copy.deepcopy(content)
        part = changed
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = other(part[path[-1]])
        assert digest_of(changed) != digest, path
    assert signature_of(changed, KEY) != signature


def test_a_signature_needs_the_key():
    content = content_of(loans_case().text)
    signature = signature_of(content, KEY)
    assert signature == content["signature"] == signature_of(content, KEY.encode())
    assert signature != signature_of(content, KEY + " ") != digest_of(content)
    assert are_equal(signature, content["signature"])
    assert not are_equal(signature, "é")


def test_keys_are_bytes_or_texts():
    with pytest.raises(TypeError, match="not int"):
        signature_of({}, 7)
    for key in ("", b""):
        with pytest.raises(ValueError, match="empty"):
            signature_of({}, key)


def test_the_hash_of_a_table_sees_every_cell():
    codes = SCHEMA.encode(TABLE)
    first = table_hash(codes)
    assert table_hash(codes.copy()) == first == table_hash(np.asfortranarray(codes))
    for place in np.ndindex(codes.shape):
        changed = codes.copy()
        changed[place] = np.nextafter(np.nan_to_num(changed[place]), 1e9)
        assert table_hash(changed) != first
    assert table_hash(codes[::-1]) != first
    assert table_hash(codes[:2].reshape(4, 2)) != table_hash(codes[:2])


def test_zeros_and_missing_cells_have_one_hash():
    strange = np.array([np.nan]).view(np.uint64) ^ np.uint64(1)
    assert table_hash(strange.view(float)[None]) == table_hash(np.array([[np.nan]]))
    assert table_hash(np.array([[-0.0]])) == table_hash(np.array([[0.0]]))


def test_drawn_rows_are_in_the_ranges_of_training():
    rows = draw_rows(SCHEMA, 500, 0)
    np.testing.assert_array_equal(rows, draw_rows(SCHEMA, 500, 0))
    assert (rows != draw_rows(SCHEMA, 500, 1)).any()
    age, debt, job, rooms = rows.T
    assert age.min() >= 20 and age.max() <= 60 and (age % 1 == 0).all()
    share = np.isnan(debt).mean()
    assert abs(share - RecordConfig.missing_share) < 0.05
    assert np.nanmin(debt) >= 0.25 and np.nanmax(debt) <= 10.0
    assert set(job) == {1.0, 2.0}  # nobody has the level z
    assert set(rooms) == {0.0, 1.0, 666.0}


def test_drawn_rows_do_not_depend_on_the_version_of_numpy():
    # The stream of RandomState is fixed; so is what is computed from it.
    schema = TableSchema.infer(pd.DataFrame({"a": np.sqrt(np.arange(99.0))}))
    assert draw_rows(schema, 4, 0)[:, 0].tolist() == [
        0.0006705167956398615,
        9.834356423961971,
        0.0030058184435722175,
        9.89946139536718,
    ]


def test_an_outlier_does_not_hide_where_people_are():
    incomes = np.append(np.linspace(900.0, 4000.0, 200), 5e6)
    for sign in (1.0, -1.0):
        schema = TableSchema.infer(pd.DataFrame({"income": sign * incomes}))
        drawn = np.abs(draw_rows(schema, 1000, 0)[:, 0])
        assert (drawn < 4000).mean() > 0.05 and (drawn > 1e6).mean() > 0.3


def test_drawn_rows_keep_known_relations():
    schema = relations_case().par.schema_
    rows = draw_rows(schema, 200, 0)
    assert not schema.is_broken(rows).any()
    for one in schema.determined:
        assert one.agrees(rows).all()


def fingerprint(rule, labels=(0, 1)):
    return classifier_hash(BlackBox(Accepts(rule, labels), SCHEMA), 1000, 0)


def test_the_hash_of_a_classifier_depends_on_its_decisions():
    first = fingerprint(lambda table: table["age"] > 40)
    assert first == fingerprint(lambda table: ~(table["age"] <= 40))
    assert first != fingerprint(lambda table: table["age"] > 30)
    assert first != fingerprint(lambda table: table["age"] > 40, ("no", "yes"))


def test_a_classifier_that_fails_has_no_hash():
    def fails(table):
        raise RuntimeError("no")

    def warns(table):
        warnings.warn("deprecated", FutureWarning, stacklevel=1)
        return table["age"] > 40

    assert fingerprint(fails) is None
    assert fingerprint(lambda table: table["age"] > 40, (b"no", b"yes")) is None
    assert fingerprint(warns) == fingerprint(lambda table: table["age"] > 40)


def test_plain_data_have_one_hash():
    assert sha256({"a": 1}) == sha256({"a": 1}) != sha256({"a": 1.0})
