"""Calls of skpar that are watched: exceptions, warnings, and tables that change."""

from __future__ import annotations

import copy
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import joblib
import numpy as np
import pandas as pd

from ._case import Case
from ._classifiers import RAISED, Wrapper

DOCUMENTED = (
    "No recourse was found for",
    "The classifier's predictions agree with y",
    "favorable_label is not given",
    "In the training rows, ",
)
# A classifier that contradicts itself seems to have been trained again.
FLIPPED = "The classifier predicts other labels than during fit"


@dataclass(frozen=True)
class Violation:
    """A broken promise.

    Parameters
    ----------
    kind : str
        Name of the promise.
    text : str
        What happened.
    """

    kind: str
    text: str


class Ended(Exception):
    """A call failed, so the case ends here."""


@dataclass
class Session:
    """Everything that skpar is given in one case, and what goes wrong.

    Parameters
    ----------
    case : Case
        What is passed.
    """

    case: Case
    violations: list[Violation] = field(default_factory=list)
    is_stable: bool | None = None

    def report(self, kind: str, text: str) -> None:
        """Note a violation."""
        self.violations.append(Violation(kind, text))

    def call(self, name: str, function: Callable[[], Any]) -> Any:
        """Call skpar; note exceptions, warnings, and inputs that were changed."""
        before = self.inputs()
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            try:
                result = function()
            except Exception as error:
                self.check_error(name, error)
                raise Ended from error
            finally:
                self.check_inputs(name, before)
        for warning in seen:
            text = str(warning.message)
            if self.case.classifier.name == "flips" and text.startswith(FLIPPED):
                continue
            if not text.startswith(DOCUMENTED):
                self.report(
                    f"warning in {name}", f"{warning.category.__name__}: {text}"
                )
        return result

    def check_error(self, name: str, error: Exception) -> None:
        """Note an exception, unless the classifier raised it."""
        is_raising = self.case.classifier.name == "raises"
        chain: BaseException | None = error
        while is_raising and chain is not None:
            if RAISED in str(chain):
                return
            chain = chain.__cause__ or chain.__context__
        frames = traceback.extract_tb(error.__traceback__)
        inner = [frame for frame in frames if "/skpar/" in frame.filename]
        place = "?"
        if inner:
            place = f"{inner[-1].filename.partition('/skpar/')[2]}:{inner[-1].lineno}"
        text = f"{type(error).__name__} at {place}: {error}"
        if name == "fit" and is_documented(error, self.case):
            return
        self.report(f"exception in {name}", " ".join(text.split()))

    def inputs(self) -> dict[str, Any]:
        """Copy what the user passes."""
        case = self.case
        return {
            "the training table": case.drawn.train.copy(),
            "the table of people": case.drawn.ask.copy(),
            "the labels": copy.deepcopy(case.classifier.labels),
            "the rules": repr(case.rules) + repr(case.links),
            "the demands": repr(case.demands),
            **{name: table.copy() for name, table in case.limits.items()},
            "the classifier": self.fingerprint(),
        }

    def fingerprint(self) -> str:
        """Hash the classifier; a constant if its own `predict` changes it."""
        given = self.case.classifier.given
        inner = given.inner if isinstance(given, Wrapper) else given
        if self.is_stable is None:
            copied = copy.deepcopy(inner)
            if hasattr(copied, "predict") and self.case.classifier.how != "estimator":
                copied.predict(self.case.drawn.train.copy())
            self.is_stable = joblib.hash(copied) == joblib.hash(inner)
        return joblib.hash(inner) if self.is_stable else "changes by itself"

    def check_inputs(self, name: str, before: dict[str, Any]) -> None:
        """Note inputs that differ from their copies."""
        after = self.inputs()
        for what, old in before.items():
            if not equal(old, after[what]):
                self.report("mutated", f"{name} changed {what}")


def is_documented(error: Exception, case: Case) -> bool:
    """Check for errors of `fit` about classifiers that skpar fits itself."""
    is_ours = case.classifier.judge is None
    return is_ours and str(error).startswith("The classifier accepts")


def equal(one: Any, other: Any) -> bool:
    """Compare two inputs exactly."""
    if isinstance(one, pd.DataFrame):
        try:
            pd.testing.assert_frame_equal(one, other, check_exact=True)
        except AssertionError:
            return False
        return True
    if isinstance(one, np.ndarray) and one.dtype.kind == "f":
        return bool(np.array_equal(one, other, equal_nan=True))
    if isinstance(one, np.ndarray) and one.dtype == object:
        return bool(pd.DataFrame(one).equals(pd.DataFrame(other)))
    return bool(np.array_equal(one, other)) if one is not None else other is None
