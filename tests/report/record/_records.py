"""Records to check, damage and forge: two fits that the tests of records share."""

from __future__ import annotations

import copy
import json
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from skpar import Derived, If, LevelPrices, MaxChanged, Range, Rises, Transitions
from skpar.classifier import BlackBox
from skpar.report.record._fingerprints import digest_of, sha256, signature_of
from skpar.report.record._recorded import RecordedPeople, read_people

from ..._loans import RULES, Accepts, quick, split_loans

KEY = "a secret"


@cache
def loans_case() -> SimpleNamespace:
    """Loans with rules, links, limits of single people, and two options each."""
    case = split_loans(120)
    case.rules = {**RULES, "age": "increasing"}
    case.links = [If(Rises("education"), Rises("age", by=2)), MaxChanged(4)]
    par = quick(actionability=case.rules, links=case.links, min_probability=0.55)
    case.par = par.fit(case.X, case.y, case.clf)
    case.asking = case.asking[:24]
    upper = pd.DataFrame({"monthly_income": 9000.0}, index=case.asking.index)
    frozen = pd.DataFrame({"card_usage": False}, index=case.asking.index)
    frozen.iloc[::2] = True
    case.limits = {"upper": upper, "frozen": frozen, "max_effort": 4.0}
    case.report = case.par.recourse(case.asking, n_options=2, **case.limits)
    case.text = case.report.to_json(key=KEY)
    return case


def debt_ratio(table: pd.DataFrame) -> pd.Series:
    """A function of a user, which no record holds."""
    return table["debt"] / table["income"]


def price_of_change(old: str, new: str) -> float:
    """Price of a change, by a function."""
    return 1.0 + abs(ord(old) - ord(new))


@cache
def relations_case() -> SimpleNamespace:
    """A table with one-hot columns, a sum, a looked-up column and a function."""
    rng, n = np.random.default_rng(0), 150
    X = pd.get_dummies(pd.DataFrame({"job": rng.choice(list("abc"), n)}), dtype=int)
    X["income"], X["debt"] = rng.integers(1, 40, n), rng.integers(0, 40, n)
    X["ratio"] = X["debt"] / X["income"]
    X["level"] = rng.choice(list("klm"), n)
    X["years"] = X["level"].map({"k": 1, "l": 5, "m": 9})
    clf = Accepts(lambda T: T["income"] + 5 * T["job_b"] + T["years"] > 28)
    links = [Derived("ratio", ["debt", "income"], debt_ratio)]
    rules = {"job": Transitions({"a": ["b"], "c": ["b"]}), "income": Range(high=39)}
    rules["level"] = LevelPrices(price_of_change)
    par = quick(favorable_label=1, actionability=rules, links=links).fit(X, clf=clf)
    report = par.recourse(X[:25])
    return SimpleNamespace(
        X=X, clf=clf, links=links, rules=rules, par=par, report=report
    )


def content_of(text: str) -> dict[str, Any]:
    """Parse a record into data of its own, which a test may change."""
    content: dict[str, Any] = json.loads(text)
    return content


def resealed(content: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    """Forge a record: compute digest, fingerprint of the rules, and signature anew."""
    content = copy.deepcopy(content)
    rules = content["rules"]
    plain = {name: rules[name] for name in ("actionability", "links")}
    rules["sha256"] = sha256(plain)
    content.pop("signature", None)
    content["digest"] = digest_of(content)
    if key is not None:
        content["signature"] = signature_of(content, key)
    return content


def answered(content: dict[str, Any], column: str | None = None) -> dict[str, Any]:
    """Take the first person with a recourse, or with one that changes a column."""
    for one in content["people"]:
        names = [c["feature"] for o in one["options"][:1] for c in o["changes"]]
        if column in names if column else names:
            return one
    raise AssertionError(f"nobody changes {column}")


def position(content: dict[str, Any], column: str) -> int:
    """Find a column of the table."""
    return [one["name"] for one in content["table"]["columns"]].index(column)


def checks(verification: Any) -> set[str]:
    """Names of the checks that failed."""
    return {finding.check for finding in verification.failed}


def read_again(case: SimpleNamespace) -> RecordedPeople:
    """Read the people of a record."""
    favorable = case.par.favorable_label_.tolist()
    return read_people(content_of(case.text), case.par.schema_, favorable)


def box(case: SimpleNamespace, rule: Any = None) -> BlackBox:
    """The classifier of a record, or a rule, as a black box."""
    clf = case.clf if rule is None else Accepts(rule)
    return BlackBox(clf, case.par.schema_, case.par.favorable_label_)
