"""People with every kind of rule, link and relation, and their controls in node."""

import json
import subprocess
from importlib.resources import files
from types import SimpleNamespace

import numpy as np
import pandas as pd

from skpar import (
    Derived,
    If,
    Levels,
    Linear,
    MaxChanged,
    NotAbove,
    PARRecourse,
    Range,
    Rises,
)
from skpar._search_config import ControlConfig
from skpar.actionability import Actionability, People
from skpar.objective import Effort
from skpar.report import Phrases, Wording, Writer
from skpar.report.page.what_if._controls import ControlMaker
from skpar.report.page.what_if._ties import plain_constraints, plain_following
from skpar.report.page.what_if._words import Words
from skpar.table import TableSchema

from ._node import NODE

CONFIG = ControlConfig(n_positions=12, n_bends=16)
RULES = {
    "age": "increasing",
    "loan": Range(500, 20_000, step=250),
    "rate": Range(-0.5, 0.7, step=0.1, relative=True),
    "fixed": "immutable",
    "job": Levels(["cook", "clerk"]),
    "grade": "increasing",
}
LINKS = [
    If(Rises("grade"), Rises("age", by=2)),
    NotAbove("rest", "loan"),
    Linear({"loan": 1, "income": -4}, high=2000),
    MaxChanged(4),
]
WORDING = Wording(names={"loan": "the loan"}, units={"loan": "$"})


def table(n=300, seed=0):
    """Rows with a mean, a ratio, a table of values and a one-hot group."""
    rng = np.random.default_rng(seed)
    loan = 250.0 * rng.integers(2, 60, n)
    income = np.round(rng.uniform(900, 6000, n), 2)
    grade = rng.integers(0, 4, n)
    town = rng.integers(0, 3, n)
    may, june = rng.integers(0, 50, n), rng.integers(0, 50, n)
    X = pd.DataFrame(
        {
            "age": rng.integers(18, 70, n),
            "loan": loan,
            "income": income,
            "ratio": np.round(loan / income, 3),
            "rest": np.round(loan * rng.uniform(0, 1, n), 1),
            "rate": np.round(rng.uniform(1, 9, n), 1),
            "small": rng.uniform(0, 1, n).astype(np.float32),
            "fixed": rng.integers(0, 5, n),
            "may": may,
            "june": june,
            "mean": (may + june) / 2,
            "grade": pd.Categorical(
                np.array(list("abcd"))[grade], list("abcd"), ordered=True
            ),
            "years": np.array([8, 10, 13, 16])[grade],
            "job": rng.choice(["cook", "clerk", "nurse"], n),
            "guarantor": rng.uniform(size=n) < 0.3,
            **{f"town_{k}": (town == k).astype(int) for k in range(3)},
        }
    )
    X.loc[rng.uniform(size=n) < 0.1, ["rate", "job"]] = None
    return X


def double(rows):
    """Compute a column as a user would."""
    return rows["may"] * 2.0


class Case:
    """Some people, their rules, and what node says about rows of one of them."""

    def __init__(self, able, codes, wording=None):
        self.able, self.codes, self.schema = able, codes, able.schema
        self.effort = Effort(self.schema, codes, weights=able.weights)
        self.writer = Writer(self.schema, wording)

    @classmethod
    def of_table(cls, X, rules=RULES, links=LINKS, wording=None):
        schema = TableSchema.infer(X)
        par = PARRecourse(actionability=rules, links=links)
        codes = schema.encode(X)
        able, relations = Actionability.of_estimator(par, schema, codes, X.index)
        return cls(able, relations.codes, wording)

    def person(self, row):
        return People.unlimited(self.codes[[row]])

    def payload(self, person):
        known = person.codes
        words = Words(Phrases())
        maker = ControlMaker(self.able, self.effort, person, known, self.writer, CONFIG)
        phrases = self.writer.phrases
        return {
            "features": maker.controls(),
            "following": plain_following(self.able),
            "links": plain_constraints(self.able, person, self.writer, words),
            "words": words.texts,
            "language": "en",
            "missing": phrases.missing,
            "consequence": phrases.consequence,
            "consequenceOfMissing": phrases.consequence_of_missing,
        }

    def plain(self, rows):
        """Rows of codes as the page has them."""
        columns = self.schema.columns
        return [
            [column.value_of(code) for column, code in zip(columns, row, strict=True)]
            for row in rows.tolist()
        ]

    def encode(self, rows):
        """Rows of the page as codes."""
        columns = self.schema.columns
        return np.array(
            [
                [
                    np.nan if cell is None else column.code_of(cell)
                    for column, cell in zip(columns, row, strict=True)
                ]
                for row in rows
            ]
        )


def run(payload, rows):
    """Complete rows in node, and say what it thinks of them."""
    source = files("skpar.report.page.what_if").joinpath("controls.js").read_text()
    script = f"""{source}
    const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const controls = skparControls(given.payload);
    console.log(JSON.stringify(given.rows.map((start) => {{
      const row = controls.complete(start.slice());
      const cells = row.map((value, j) => controls.feasible(j, value));
      return {{
        row,
        cells: cells.map((value) => (value === undefined ? "refused" : value)),
        broken: controls.broken(row),
        effort: cells.includes(undefined) ? null : controls.effort(row),
        sentences: cells.includes(undefined) ? [] : controls.sentences(row),
      }};
    }})));
    """
    done = subprocess.run(
        [NODE, "-e", script],
        input=json.dumps({"payload": payload, "rows": rows}, allow_nan=False),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [SimpleNamespace(**one) for one in json.loads(done.stdout)]


def is_allowed(answer):
    """Whether node refuses neither a cell nor the row."""
    return not answer.broken and "refused" not in answer.cells


def with_function(n=200):
    """A case in which a function of the user derives a column."""
    X = table(n)[["age", "may", "june", "job"]]
    X["twice"] = 2.0 * X["may"]
    return Case.of_table(X, {}, [Derived("twice", ["may"], double)])
