"""Relations: links that name them, and how they go with other links and rules."""

import warnings

import numpy as np
import pandas as pd
import pytest

from skpar import Derived, Determines, ExactlyOne, If, Linear, NotAbove, Rises
from skpar.actionability._relations import (
    RelationFunction,
    explicit_groups,
    read_relations,
    with_explicit_groups,
)
from skpar.relations import RelationConfig, determined_of
from skpar.table import TableSchema

YEARS = {"school": 9.0, "college": 13.0, "doctor": 20.0}


@pytest.fixture
def people():
    rng = np.random.default_rng(0)
    jobs = pd.Series(rng.choice(list("abcd"), 600))
    education = rng.choice(list(YEARS), 600)
    table = pd.DataFrame(
        {
            "education": education,
            "years": pd.Series(education).map(YEARS),
            "pay": rng.integers(10, 90, 600),
            "age": rng.integers(18, 80, 600),
        }
    )
    return table.join(pd.get_dummies(jobs, prefix="job"))


def relations_of(table, links=None, rules=None, searches=True):
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    config = RelationConfig()
    return read_relations(schema, codes, links, rules, searches=searches, config=config)


JOBS = ["job_a", "job_b", "job_c", "job_d"]


def test_relations_are_found_and_listed_as_links(people):
    relations = relations_of(people)
    assert set(relations.found) == {ExactlyOne(JOBS), Determines("education", "years")}
    assert relations.schema.names == ("education", "years", "pay", "age", "job")
    assert relations.codes.shape == (600, 5)


def test_nothing_is_searched_on_demand(people):
    relations = relations_of(people, searches=False)
    assert relations.found == ()
    assert relations.schema.n_features == people.shape[1]


def test_links_that_are_given_are_not_found_again(people):
    links = [ExactlyOne(JOBS), Determines("education", "years")]
    relations = relations_of(people, links)
    assert relations.found == ()
    assert relations.schema.names[-1] == "job"
    assert [one.column for one in determined_of(relations.schema)] == [1]


def test_the_column_with_a_rule_is_the_source(people):
    found = relations_of(people, rules={"years": "increasing"}).found
    assert Determines("years", "education") in found
    both = {"years": "increasing", "education": "immutable"}
    assert Determines("education", "years") in relations_of(people, rules=both).found
    links = [If(Rises("years"), Rises("age"))]
    assert Determines("years", "education") in relations_of(people, links).found


@pytest.mark.parametrize(
    "link",
    [
        If(Rises("job_a"), Rises("age")),
        NotAbove("job_a", "job_b"),
        Linear({"job_a": 1, "job_b": 1}, high=1),
        Derived("job_a", ["age"], lambda table: table["age"] > 30),
        Determines("title", "job_a"),
    ],
    ids=repr,
)
def test_a_link_to_columns_of_a_group_wins_with_a_warning(people, link):
    people = people.astype(dict.fromkeys(JOBS, int))
    people["title"] = np.where(people["job_a"] == 1, "Dr", "none")
    with pytest.warns(UserWarning, match="not kept, because"):
        relations = relations_of(people, [link])
    assert not any(isinstance(one, ExactlyOne) for one in relations.found)


def test_a_column_that_the_user_derives_is_not_derived_again(people):
    links = [Derived("years", ["education"], lambda t: t["education"].map(YEARS))]
    assert Determines("education", "years") not in relations_of(people, links).found


def test_a_sum_of_one_is_a_group(people):
    links = [Linear(dict.fromkeys(JOBS, 2), low=2, high=2)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        relations = relations_of(people, links)
    assert relations.schema.names[-1] == "job"


def test_another_sum_is_no_group(people):
    schema = TableSchema.infer(people)
    for link in (
        Linear(dict.fromkeys(JOBS, 1), low=0, high=1),
        Linear({"job_a": 1, "job_b": 2}, low=1, high=1),
        Linear({"pay": 1, "age": 1}, low=1, high=1),
    ):
        assert explicit_groups(schema, [link]) == []


@pytest.mark.parametrize(
    ("link", "message"),
    [
        (ExactlyOne(["job_a"]), "two or more"),
        (ExactlyOne(["job_a", "job_a"]), "two or more"),
        (ExactlyOne(["job_a", "jab"]), "jab"),
        (ExactlyOne(["job_a", "pay"]), "'pay' must have two values"),
        (ExactlyOne(["job_a", "education"]), "'education' must have two values"),
        (ExactlyOne(["job_a", "job_b"]), "training rows break it"),
        (Determines("education", "education"), "two different columns"),
        (Determines("education", "yers"), "yers"),
        (Determines("years", "pay"), "does not follow"),
    ],
    ids=repr,
)
def test_links_that_cannot_hold_are_refused(people, link, message):
    with pytest.raises(ValueError, match=message):
        relations_of(people, [link])


def test_groups_do_not_overlap(people):
    links = [ExactlyOne(JOBS), ExactlyOne(JOBS[:2], at_most=True)]
    with pytest.raises(ValueError, match="belongs to another ExactlyOne"):
        relations_of(people, links)


@pytest.mark.parametrize(
    "links",
    [
        [Determines("education", "years"), Determines("years", "education")],
        [Determines("education", "years"), Determines("pay", "years")],
    ],
    ids=["circle", "twice"],
)
def test_a_column_follows_from_one_other(people, links):
    people = people.assign(pay=people["years"] * 3)
    with pytest.raises(ValueError, match="Determines.*Remove one of these links"):
        relations_of(people, links)


def test_at_most_must_be_a_boolean(people):
    with pytest.raises(TypeError, match="at_most must be True or False"):
        relations_of(people, [ExactlyOne(JOBS, at_most="yes")])


def test_schemas_without_rows_take_the_groups_of_links(people):
    schema = TableSchema.infer(people)
    features = with_explicit_groups(schema, [ExactlyOne(JOBS)])
    assert features.names[-1] == "job"
    assert with_explicit_groups(features, [ExactlyOne(JOBS)]) is features
    assert with_explicit_groups(schema, "no links") is schema


def test_the_function_of_a_found_relation_takes_a_table(people):
    schema = relations_of(people).schema
    (relation,) = determined_of(schema)
    function = RelationFunction(relation, schema)
    values = function(people[["education"]].iloc[:5])
    assert values.tolist() == people["years"][:5].tolist()
    assert function.__name__ == "years follows from education"
