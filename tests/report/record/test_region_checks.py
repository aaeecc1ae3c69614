"""Regions are judged by the classifier, within the rules."""

import numpy as np
import pytest

from skpar.report.record._region_checks import check_regions

from ._records import box, loans_case, read_again


@pytest.fixture(scope="module")
def case():
    return loans_case()


@pytest.fixture
def recorded(case):
    return read_again(case)


def test_without_regions_nothing_is_said(case, recorded):
    assert list(check_regions(recorded, case.par._actionability, box(case))) == []


def region(*bounds, **more):
    names = ("feature", "low", "high")
    together = [dict(zip(names, bound, strict=True)) for bound in bounds]
    return {"how": "tested", "together": together, **more}


def test_regions_are_judged_by_the_classifier_alone(case, recorded):
    schema, able = case.par.schema_, case.par._actionability
    income = schema.names.index("monthly_income")
    own = recorded.rows[0, income]
    above = box(case, lambda T: T["monthly_income"] >= own - 1e-9)
    below = box(case, lambda T: T["monthly_income"] <= own + 1e-9)
    recorded.option(0)["region"] = region(("monthly_income", own, None))
    assert list(check_regions(recorded, able, above)) == []
    (found,) = check_regions(recorded, able, below)
    assert found.check == "region" and "denies" in found.text
    bound = {"feature": "monthly_income", "low": None, "high": own}
    recorded.option(0)["region"] = region(alone=[bound])
    assert list(check_regions(recorded, able, below)) == []
    assert len(list(check_regions(recorded, able, above))) == 1


def test_what_is_enough_is_judged_with_the_region(case, recorded):
    able, names = case.par._actionability, case.par.schema_.names
    income = recorded.rows[0, names.index("monthly_income")]
    given = region(("monthly_income", income - 100, income))
    recorded.option(0)["region"] = given
    (bound,) = given["together"]
    for enough, text in ((income - 50, ""), (income - 101, "outside of it")):
        bound["enough"] = enough
        found = list(check_regions(recorded, able, box(case, lambda T: T["age"] > 0)))
        assert [text in one.text for one in found] == ([True] if text else [])
    bound["enough"] = income - 50
    strict = box(case, lambda T: T["monthly_income"] != income - 50)
    found = [one.text for one in check_regions(recorded, able, strict)]
    assert found and "denies" in found[0]


@pytest.mark.parametrize(
    ("bound", "text"),
    [
        (("nothing", None, None), "unknown feature"),
        (("job", None, None), "outside"),
        (("age", 1000, None), "outside"),
        (("age", None, -1), "outside"),
    ],
)
def test_impossible_regions_are_named(case, recorded, bound, text):
    recorded.option(0)["region"] = region(bound)
    (found,) = check_regions(recorded, case.par._actionability, box(case))
    assert text in found.text


def test_feasible_values_are_drawn(case, recorded):
    able, seen = case.par._actionability, []

    def remember(table):
        seen.append(table["age"].to_numpy())
        return [True] * len(table)

    j = able.schema.names.index("age")
    age, own = recorded.rows[0, j], recorded.people.codes[recorded.owner[0], j]
    assert age == own, "age may only increase"
    recorded.option(0)["region"] = region(("age", age - 2.5, age + 2.5))
    (found,) = check_regions(recorded, able, box(case, remember))
    assert "beyond what is feasible in 'age'" in found.text
    recorded.option(0)["region"] = region(("age", age, age + 2.5))
    assert list(check_regions(recorded, able, box(case, remember))) == []
    assert set(np.concatenate(seen)) == set(age + np.arange(3.0))


def test_an_open_end_is_as_far_as_the_person_may_move(case, recorded):
    able, seen = case.par._actionability, []

    def remember(table):
        seen.append(table["monthly_income"].to_numpy())
        return [True] * len(table)

    recorded.option(0)["region"] = region(("monthly_income", None, None))
    assert list(check_regions(recorded, able, box(case, remember))) == []
    drawn = np.concatenate(seen)
    column = able.schema.columns[able.schema.names.index("monthly_income")]
    assert (drawn.min(), drawn.max()) == (column.low, min(9000.0, column.high))
