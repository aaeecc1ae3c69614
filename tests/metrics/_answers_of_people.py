"""Answers to a small table of people, made without any method."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from sklearn.mixture import GaussianMixture

from skpar import TableSchema

from .._people import is_accepted, make_people

NUMBERS = ["age", "income", "savings"]
UNIT = 1000
RULES = {"age": "increasing", "school": "increasing", "job": "immutable"}


class Rule:
    """The classifier of `make_people`, on tables; a stricter one needs more."""

    classes_ = np.array([0, 1])

    def __init__(self, schema, handicap=0.0):
        self.schema, self.handicap = schema, handicap

    def predict(self, table):
        codes = self.schema.encode(table)
        codes[:, 2] -= 200 * self.handicap
        return is_accepted(codes).astype(int)


class InOldUnits:
    """A classifier of old units, for tables in other units."""

    classes_ = np.array([0, 1])

    def __init__(self, classifier):
        self.classifier = classifier

    def predict(self, table):
        table = table.copy()
        table[NUMBERS] = table[NUMBERS] / UNIT
        return self.classifier.predict(table)


class OnAge:
    """A density of the first column alone."""

    def __init__(self, table):
        ages = table[["age"]].to_numpy(float)
        self.mixture = GaussianMixture(reg_covar=0.0, random_state=0).fit(ages)

    def score_samples(self, table):
        return self.mixture.score_samples(table[["age"]].to_numpy(float))


def answers_of_people(n=60, seed=0):
    """Answer denied people with other people's rows, some of them denied as well."""
    population = make_people(400, seed)
    schema = TableSchema.infer(population)
    classifier = Rule(schema)
    yes = classifier.predict(population) == 1
    rng = np.random.RandomState(seed)
    factuals = population[~yes][:n]
    chosen = np.where(
        rng.rand(n) < 0.6,
        rng.choice(np.flatnonzero(yes), n),
        rng.choice(np.flatnonzero(~yes), n),
    )
    counterfactuals = population.iloc[chosen].set_axis(factuals.index)
    counterfactuals.loc[factuals.index[::2], ["age", "job"]] = factuals[["age", "job"]]
    others = ["age", "income", "school", "job", "owner"]
    counterfactuals.loc[factuals.index[::5], others] = factuals[others]
    return SimpleNamespace(
        factuals=factuals,
        counterfactuals=counterfactuals,
        answered=rng.rand(n) < 0.8,
        clf=classifier,
        schema=schema,
        reference=make_people(300, seed + 1),
        population=population,
        actionability=RULES,
        density=OnAge(population),
        refitted=[classifier, Rule(schema, handicap=0.5)],
    )


def in_other_units(case):
    """Give a case whose numbers are a thousand times larger."""

    def larger(table):
        table = table.copy()
        table[NUMBERS] = table[NUMBERS] * UNIT
        return table

    tables = ("factuals", "counterfactuals", "reference", "population")
    changed = {name: larger(getattr(case, name)) for name in tables}
    return SimpleNamespace(
        **{
            **vars(case),
            **changed,
            "clf": InOldUnits(case.clf),
            "schema": TableSchema.infer(changed["population"]),
            "density": OnAge(changed["population"]),
            "refitted": [InOldUnits(other) for other in case.refitted],
        }
    )


def garbled(table, answered):
    """Write nonsense where nobody was answered, as other libraries do."""
    table = table.astype({"age": float})
    table.loc[~answered, "age"] = np.nan
    table.loc[~answered, "income"] = -1e9
    return table
