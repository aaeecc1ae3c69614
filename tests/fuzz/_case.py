"""One random case: a table, a classifier, rules, links, limits and parameters."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from skpar import PARRecourse

from .._configs import TRAINING
from ._classifiers import COMPLETE_NUMBERS, NAMES, DrawnClassifier, draw_classifier
from ._demands import Wishes, draw_demands, draw_robustness
from ._oracle import Limit, Oracle, read_limits, table_maker
from ._rules import draw_limits, draw_links, draw_rules
from ._tables import DrawnTable, Redraw, draw_table, plain_rows, take

WEIGHTS = ("plausibility", "denied", "effort", "sparsity", "outlier")


class ShortlyTrained(PARRecourse):
    """Trains as little as possible: promises do not depend on what is learned."""

    training_config = dataclasses.replace(
        TRAINING,
        min_crossed_rows=100,
        first_surrogate_epochs=2,
        surrogate_epochs=1,
        training_rounds=1,
        n_power_iterations=5,
        n_marginal_rounds=2,
        n_stepwise_passes=1,
    )


@dataclass(frozen=True)
class Case:
    """Everything that is drawn from one seed.

    Parameters
    ----------
    drawn : DrawnTable
        Table and people.
    classifier : DrawnClassifier
        The classifier.
    rules, links, limits : dict, list, dict
        As the user passes them.
    parameters : dict
        Parameters of PARRecourse.
    n_options : int
        Number of options.
    demands : dict
        What each person demands, as further arguments of `recourse`.
    found : list of link
        Relations that `fit` found.
    refits : list of classifiers
        Copies of the refits of `fit`.
    features : dict
        Name of each feature of the fitted schema to the positions of its columns.
    """

    seed: int
    drawn: DrawnTable
    classifier: DrawnClassifier
    rules: dict[Any, Any]
    links: list[Any]
    limits: dict[str, Any]
    parameters: dict[str, Any]
    n_options: int
    demands: dict[str, list[Any]] = field(default_factory=dict)
    refits: list[Any] = field(default_factory=list)
    found: list[Any] = field(default_factory=list)
    features: dict[Any, tuple[int, ...]] = field(default_factory=dict)

    def oracle(self) -> Oracle:
        """Read rules and links."""
        written = [self.rules.get(fact.key, []) for fact in self.drawn.facts]
        rules = [list(one) if isinstance(one, list) else [one] for one in written]
        return Oracle(
            self.drawn.facts,
            rules,
            [*self.links, *self.found],
            table_maker(self.drawn.train),
            plain_rows(self.drawn.train),
            self.features,
        )

    def arguments(self, rows: list[int] | None = None) -> dict[str, Any]:
        """Limits and demands of some people, or of all, as `recourse` takes them."""
        if rows is None:
            return {**self.limits, **self.demands}
        limits = {name: take(table, rows) for name, table in self.limits.items()}
        return {
            **limits,
            **{name: [given[i] for i in rows] for name, given in self.demands.items()},
        }

    def wishes(self, i: int) -> Wishes:
        """What one person demands of an answer."""
        return Wishes(self.parameters, self.demands, i, self.classifier.favorable)

    def limits_of_people(self) -> list[list[Limit]]:
        """Read the limits of all people."""
        ask = self.drawn.ask
        is_frame = isinstance(ask, pd.DataFrame)
        return read_limits(self.drawn.facts, self.limits, len(ask), is_frame)

    def estimator(self) -> PARRecourse:
        """Make the estimator."""
        is_clf = self.classifier.how == "clf"
        return ShortlyTrained(
            None if is_clf else self.classifier.given,
            favorable_label=self.classifier.favorable,
            actionability=self.rules,
            links=self.links,
            **self.drawn.parameters,
            **self.parameters,
        )

    def title(self) -> str:
        """Name the classifier and the table."""
        train = self.drawn.train
        kind = "frame" if isinstance(train, pd.DataFrame) else f"{train.dtype} array"
        return f"{self.classifier.name}, {kind} of shape {train.shape}"

    def describe(self) -> str:
        """Show what was drawn."""
        columns = {
            fact.key: f"{fact.dtype}, {fact.low:g} to {fact.high:g}"
            if fact.is_number
            else f"{fact.dtype}, {list(fact.seen)}"
            for fact in self.drawn.facts
        }
        shown = {
            "case": f"{self.title()}, passed as {self.classifier.how}",
            **columns,
            "rules": self.rules,
            "links": self.links,
            "limits": {name: list(table) for name, table in self.limits.items()},
            "demands": self.demands,
            "parameters": {**self.drawn.parameters, **self.parameters},
            "n_options": self.n_options,
            "found": self.found,
        }
        return "\n".join(f"  {key}: {value}" for key, value in shown.items())


def draw_case(seed: int) -> Case:
    """Draw a case; tables and classifiers that cannot be fitted are drawn again."""
    rng = np.random.default_rng(seed)
    name = NAMES[int(rng.integers(len(NAMES)))]
    while True:
        try:
            drawn = draw_table(rng, name in COMPLETE_NUMBERS)
            classifier = draw_classifier(rng, name, drawn)
        except Redraw:
            continue
        break
    rules = draw_rules(rng, drawn)
    links = draw_links(rng, drawn, rules)
    limits = draw_limits(rng, drawn)
    parameters = draw_parameters(rng, classifier)
    if (drawn.groups or drawn.pairs) and rng.random() < 0.1:
        parameters["keep_relations"] = False
    n_options = int(rng.choice([1, 1, 2, 3, 4]))
    # Drawn apart, so that all else depends on the seed as it did without demands.
    rng = np.random.default_rng([seed, 1])
    parameters |= draw_robustness(rng, classifier)
    demands = draw_demands(rng, classifier, len(drawn.ask))
    given = (rules, links, limits, parameters, n_options, demands)
    return Case(seed, drawn, classifier, *given)


def draw_parameters(
    rng: np.random.Generator, classifier: DrawnClassifier
) -> dict[str, Any]:
    """Draw the other parameters of PARRecourse."""
    parameters: dict[str, Any] = {
        "effort": str(rng.choice(["percentile", "mad", "range", "log_percentile"])),
        "n_neighbors": int(rng.integers(1, 9)),
        "n_proposals": int(rng.integers(1, 5)),
        "max_iter": int(rng.integers(1, 3)),
        "max_queries": int(rng.choice([5, 40, 200])),
        "random_state": int(rng.integers(1000)),
    }
    if rng.random() < 0.6:
        for term in WEIGHTS:
            weight = float(np.round(np.exp(rng.normal()), 2))
            parameters[f"weight_{term}"] = 0.0 if rng.random() < 0.3 else weight
    if rng.random() < 0.05:
        parameters["weight_outlier"] = 60.0
    if rng.random() < 0.2:
        parameters["min_percentile"] = float(rng.choice([0.05, 0.2, 0.5]))
    if rng.random() < 0.25:
        parameters["allow_training_rows"] = True
    has_probability = classifier.judge is not None
    has_probability &= hasattr(classifier.given, "predict_proba")
    if has_probability and rng.random() < 0.25:
        parameters["min_probability"] = float(rng.choice([0.3, 0.55, 0.7]))
    if rng.random() < 0.15:
        parameters["only_needed"] = False
    return parameters


def own_rows(case: Case) -> list[list[Any]]:
    """Read the rows of people."""
    return plain_rows(case.drawn.ask)
