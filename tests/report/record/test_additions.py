"""A record holds reasons and regions, and verify checks the regions."""

import json

import numpy as np
import pandas as pd
import pytest

from skpar import verify
from skpar.report.record._additions import recorded_reasons, recorded_regions

from ..._loans import Accepts
from ._records import KEY, loans_case


class Strict(Accepts):
    """Accepts with the probability 1 or not at all."""

    classes_ = np.array([0, 1])

    def predict_proba(self, X):
        accepted = self.predict(X) == 1
        return np.column_stack([~accepted, accepted]).astype(float)


@pytest.fixture(scope="module")
def case():
    return loans_case()


@pytest.fixture(scope="module")
def tables(case):
    regions = case.par.regions(case.report, n_tested=30, option=None)
    return {"reasons": case.par.reasons(case.report), "regions": regions}


@pytest.fixture(scope="module")
def text(case, tables):
    return case.report.to_json(key=KEY, **tables)


def test_a_record_holds_all_reasons_and_regions(text, tables):
    people = json.loads(text)["people"]
    reasons = [one for p in people for one in p.get("principal_reasons", [])]
    assert [one["text"] for one in reasons] == tables["reasons"]["text"].tolist()
    options = [(p["label"], k, o) for p in people for k, o in enumerate(p["options"])]
    written = {
        (label, k, side["feature"])
        for label, k, option in options
        for side in option.get("region", {}).get("together", [])
    }
    enough = [
        side["enough"]
        for _, _, option in options
        for side in option.get("region", {}).get("together", [])
    ]
    assert sorted(enough) == sorted(tables["regions"]["enough"])
    keys = ["row", "option", "feature"]
    expected = set(tables["regions"][keys].itertuples(index=False, name=None))
    assert written == expected and {k for _, k, _ in expected} == {0, 1}


def test_verify_accepts_them_and_finds_a_region_that_is_too_wide(case, text):
    assert verify(text, case.clf, key=KEY).ok
    people = json.loads(text)["people"]
    sides = [
        (person["label"], option["cells"], side)
        for person in people
        for option in person["options"]
        for side in option.get("region", {}).get("together", [])
        if side["low"] != side["high"]
    ]
    label, cells, side = sides[0]
    place = case.par.schema_.names.index(side["feature"])
    # This classifier accepts the answer, and nothing beside it.
    strict = Strict(lambda T: T[side["feature"]] == cells[place])
    found = verify(text, strict, key=KEY).failed
    regions = [one.label for one in found if one.check == "region"]
    assert label in regions


def test_without_tables_there_is_nothing_to_add(case):
    assert recorded_reasons(case.report, None) == {}
    assert recorded_regions(case.report, None) == {}


@pytest.mark.parametrize("name", ["reasons", "regions"])
def test_other_tables_are_refused(case, tables, name):
    for other in (pd.DataFrame({"row": [1]}), [1]):
        with pytest.raises(TypeError, match=rf"PARRecourse\.{name}\(report\)"):
            case.report.to_json(**{name: other})
    table = tables[name].assign(row="nobody")
    with pytest.raises(ValueError, match="rows that are not in it"):
        case.report.to_json(**{name: table})
