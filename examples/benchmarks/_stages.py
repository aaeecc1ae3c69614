"""CPU seconds by stage of a fit: the functions of skpar that count as a stage."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any
from unittest.mock import patch

# Stage, module, class and function. A function that a version of skpar does not have
# is left out; its time counts for the stage around it.
FUNCTIONS = (
    ("densities", "skpar.training._fitting", "RecourseFitter", "_fit_densities"),
    ("plausibility", "skpar.objective._plausibility", "Plausibility", "__init__"),
    ("objective", "skpar.training._fitting", "RecourseFitter", "_objective"),
    ("objective", "skpar.training._fitting", "RecourseFitter", "_action_builder"),
    ("factuals", "skpar.training._fitting", "", "choose_factuals"),
    ("surrogate", "skpar.training.surrogate", "SurrogateDistiller", "__init__"),
    ("surrogate", "skpar.training.surrogate", "SurrogateDistiller", "query"),
    ("classifier", "skpar.classifier._black_box", "BlackBox", "predict"),
    ("classifier", "skpar.classifier._black_box", "BlackBox", "is_sure"),
    ("classifier", "skpar.classifier._black_box", "BlackBox", "score"),
    ("linear", "skpar.classifier._black_box", "BlackBox", "linear_score"),
    ("generator", "skpar.training._generator_training", "GeneratorTrainer", "fit"),
    ("search", "skpar.training._generator_training", "GeneratorTrainer", "_search"),
    ("parts", "skpar.training._fitting", "RecourseFitter", "_assemble"),
)
STAGES = tuple(dict.fromkeys(stage for stage, *_ in FUNCTIONS)) + ("rest",)


class Stages:
    """CPU seconds of each stage; time in an inner stage counts there only.

    Attributes
    ----------
    seconds : dict of str to float
        By stage.
    """

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._open = ["rest"]
        self._since = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measure a block, of which all that is no stage is the rest."""
        with ExitStack() as stack:
            for stage, module, owner, name in FUNCTIONS:
                holder: Any = import_module(module)
                holder = getattr(holder, owner) if owner else holder
                function = vars(holder).get(name)
                if function is not None:
                    measured = self.measured(stage, function)
                    stack.enter_context(patch.object(holder, name, measured))
            self._since = time.process_time()
            yield
            self._turn()

    def measured(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Count a function for a stage."""

        @functools.wraps(function)
        def call(*args: Any, **named: Any) -> Any:
            self._turn()
            self._open.append(stage)
            try:
                return function(*args, **named)
            finally:
                self._turn()
                self._open.pop()

        return call

    def _turn(self) -> None:
        """Count the time since the last turn for the stage that is open."""
        now = time.process_time()
        self.seconds[self._open[-1]] += now - self._since
        self._since = now
