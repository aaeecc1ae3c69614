"""Links that make no sense are refused."""

import numpy as np
import pandas as pd
import pytest

from skpar import (
    Derived,
    ExactlyOne,
    Falls,
    If,
    Linear,
    MaxChanged,
    NotAbove,
    Range,
    Rises,
)
from skpar.actionability import Actionability
from skpar.table import TableSchema


def ratio(table):
    return table["debt"] / table["income"]


def as_it_is(table):
    return table.iloc[:, 0]


@pytest.fixture(scope="module")
def schema():
    return TableSchema.infer(
        pd.DataFrame(
            {
                "age": [20, 30, 70],
                "income": [0.5, 10.25, 99.5],
                "debt": [1.5, 3.0, 200.0],
                "ratio": [3.0, 0.3, 2.0],
                "job": ["clerk", "cook", "nurse"],
                "owner": [True, False, True],
            }
        )
    )


RULES = {"age": "increasing", "income": ["immutable"], "debt": Range(0, 5)}


BROKEN = {
    "unknown in if": (If(Rises("agee"), Rises("age")), r"If.*'agee'.*age"),
    "unknown in sum": (Linear({"incom": 1}, high=3), "Linear.*'incom'.*income"),
    "unknown at most": (NotAbove("debt", "incom"), "NotAbove.*'incom'.*income"),
    "unknown derived": (Derived("rati", ["debt"], as_it_is), "Derived.*'rati'.*ratio"),
    "unknown source": (Derived("ratio", ["dept"], as_it_is), "Derived.*'dept'.*debt"),
    "unknown in count": (MaxChanged(1, of=["age", "jo"]), "MaxChanged.*'jo'"),
    "no order": (If(Rises("job"), Rises("age")), "'job' have no order"),
    "step of nothing": (If(Rises("debt", by=0), Rises("age")), "by must be above 0"),
    "endless step": (If(Rises("debt", by=np.inf), Rises("age")), "by must be finite"),
    "up and down": (If(Rises("debt"), Falls("debt")), "rise and fall at the same"),
    "never": (If(Falls("age"), Rises("debt")), r"Falls\('age'\) is imp.*'increasing'"),
    "not so far": (If(Rises("debt"), Rises("age", by=99)), "by=99.*is impossible"),
    "immutable": (If(Rises("age"), Rises("income")), r"Rises\('income'\) is imp"),
    "no terms": (Linear({}, high=3), "give weights"),
    "no bounds": (Linear({"age": 1}), "low or high"),
    "bounds apart": (Linear({"age": 1}, 5, 3), "low must not be above"),
    "no number": (Linear({"job": 1}, high=3), "'job' is nominal"),
    "weight of nothing": (Linear({"age": 0}, high=3), "'age' must not be 0"),
    "endless weight": (Linear({"age": np.nan}, high=3), "every weight must be finite"),
    "one column": (NotAbove("age", "age"), "is named twice"),
    "sum too small": (Linear({"age": 1, "debt": 1}, high=3), "only be 21.5 to 75"),
    "sum too large": (Linear({"age": -1}, low=3), "only be -70 to -20"),
    "nothing changes": (MaxChanged(0), "at least 1"),
    "no bound": (MaxChanged(2, of=["age", "job"]), "only 2 columns"),
    "twice": (MaxChanged(1, of=["age", "age", "job"]), "is named twice"),
    "no source": (Derived("ratio", [], as_it_is), "sources is empty"),
    "fails": (Derived("ratio", ["debt"], ratio), "fails.*'debt'.*KeyError"),
    "takes no old": (
        Derived("ratio", ["debt"], lambda new: new["debt"], uses_old=True),
        "fails on a new and an old table with the columns .*TypeError",
    ),
    "one value": (Derived("ratio", ["debt"], lambda X: [1.0]), r"returned .* \(1,\)"),
    "strings": (Derived("ratio", ["job"], as_it_is), "fails.*ValueError"),
}


@pytest.mark.parametrize(("link", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_links_are_refused(schema, link, message):
    with pytest.raises(ValueError, match=f"(?s){message}") as error:
        Actionability(schema, RULES, [link])
    assert f"links, {link!r}: " in str(error.value)


TOGETHER = {
    "self": (
        [Derived("ratio", ["ratio"], as_it_is)],
        "in a circle: 'ratio' from 'ratio'",
    ),
    "contradiction": (
        [If(Rises("debt"), Rises("ratio")), If(Rises("debt"), Falls("ratio"))],
        "contradict each other: column 'ratio'",
    ),
    "derived twice": (
        [Derived("ratio", ["debt"], as_it_is), Derived("ratio", ["age"], as_it_is)],
        "derive column 'ratio' twice",
    ),
    "circle": (
        [
            Derived("ratio", ["debt"], as_it_is),
            Derived("debt", ["age", "income"], as_it_is),
            Derived("income", ["ratio"], as_it_is),
        ],
        "in a circle: 'ratio' from 'debt' from 'income' from 'ratio'",
    ),
}


@pytest.mark.parametrize(("links", "message"), TOGETHER.values(), ids=TOGETHER)
def test_links_that_do_not_go_together_are_refused(schema, links, message):
    with pytest.raises(ValueError, match=message):
        Actionability(schema, None, links)


@pytest.mark.parametrize(
    ("links", "message"),
    [
        (MaxChanged(3), "must be a list"),
        ({"age": MaxChanged(3)}, "must be a list"),
        (["immutable"], "links must contain only If.*'immutable'"),
        ([If("age", Rises("debt"))], "takes Rises or Falls"),
        ([If(Rises("age", by="2"), Rises("debt"))], "by must be a number"),
        ([Linear({"age": True}, high=2)], "weight must be a number"),
        ([MaxChanged(1.5)], "whole number"),
        ([MaxChanged(True)], "whole number"),
        ([Derived("ratio", ["debt"], "debt")], "callable"),
        ([Derived("ratio", ["debt"], as_it_is, uses_old="no")], "uses_old must be"),
    ],
)
def test_wrong_types_are_refused(schema, links, message):
    with pytest.raises(TypeError, match=message):
        Actionability(schema, None, links)


@pytest.mark.parametrize(
    "link",
    [
        Linear({"a": 1, "b": 1}, high=0),
        Linear({"a": 1, "b": 1}, low=1, high=1),
        Linear({"a": 1, "b": 1, "c": 1}, low=0, high=1),
    ],
    ids=repr,
)
def test_no_other_sum_names_columns_of_a_group(link):
    """A group is one feature, so such a sum could not be kept."""
    table = pd.DataFrame(np.eye(3, dtype=int), columns=list("abc"))
    links = [ExactlyOne(["a", "b", "c"])]
    Actionability(TableSchema.infer(table), None, links)
    with pytest.raises(ValueError, match="ExactlyOne"):
        Actionability(TableSchema.infer(table), None, [*links, link])
