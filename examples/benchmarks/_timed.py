"""A classifier that keeps account of what it is asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

ASKED = ("predict", "predict_proba", "decision_function")


class Timed:
    """Behave as a fitted classifier; count the rows asked and the CPU seconds spent.

    Attributes
    ----------
    seconds : float
        CPU seconds inside the classifier.
    rows : int
        Rows that it was asked about.
    calls : int
        Calls of ``predict``; those of the other methods are not counted.
    """

    def __init__(self, classifier: Any) -> None:
        self.classifier = classifier
        self.seconds = 0.0
        self.rows = 0
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        """Hand on everything; measure the methods that answer."""
        if name == "classifier":  # while being unpickled
            raise AttributeError(name)
        attribute = getattr(self.classifier, name)
        return self._measured(attribute, name) if name in ASKED else attribute

    def _measured(
        self, method: Callable[[Any], Any], name: str
    ) -> Callable[[Any], Any]:
        """Wrap a method."""

        def ask(table: Any) -> Any:
            start = time.process_time()
            try:
                return method(table)
            finally:
                self.seconds += time.process_time() - start
                self.rows += len(table)
                self.calls += name == "predict"

        return ask


class Clock:
    """CPU seconds of a block, with and without those inside a classifier."""

    def __init__(self, timed: Timed) -> None:
        self.timed = timed
        self.total = self.own = 0.0
        self.rows = self.calls = 0

    def __enter__(self) -> Clock:
        """Start."""
        timed = self.timed
        self._before = (time.process_time(), timed.seconds, timed.rows, timed.calls)
        return self

    def __exit__(self, *error: object) -> None:
        """Stop."""
        start, inside, rows, calls = self._before
        self.total = time.process_time() - start
        self.own = self.total - (self.timed.seconds - inside)
        self.rows = self.timed.rows - rows
        self.calls = self.timed.calls - calls
