"""What single people demand beside limits: labels, probabilities, budgets, refits."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._classifiers import DrawnClassifier

ROUNDING = 1e-9


def draw_demands(
    rng: np.random.Generator, classifier: DrawnClassifier, n: int
) -> dict[str, list[Any]]:
    """Draw arguments of `recourse`: for each name, a value for each person."""
    demands: dict[str, list[Any]] = {}
    several = len(classifier.favorable) > 1
    if rng.random() < (0.7 if several else 0.1):
        labels = [*classifier.favorable, None]
        demands["target"] = [labels[k] for k in rng.integers(len(labels), size=n)]
    has_probability = classifier.judge is not None
    has_probability &= hasattr(classifier.given, "predict_proba")
    if has_probability and rng.random() < 0.25:
        least = rng.choice([np.nan, 0.2, 0.55, 0.8], size=n)
        demands["min_probability"] = least.tolist()
    if has_probability and rng.random() < 0.15:
        # No parameter demands more than 0.7, and no person more than 0.8.
        most = rng.choice([np.nan, 0.85, 0.95], size=n)
        demands["max_probability"] = most.tolist()
    if rng.random() < 0.2:
        budget = np.round(np.exp(rng.normal(size=n)), 2)
        demands["max_effort"] = np.where(rng.random(n) < 0.2, np.nan, budget).tolist()
    return demands


def draw_robustness(
    rng: np.random.Generator, classifier: DrawnClassifier
) -> dict[str, Any]:
    """Draw the demand on refits, if the classifier can be fitted again."""
    can_fit = classifier.given is None or hasattr(classifier.given, "fit")
    if classifier.labels is None or not can_fit or rng.random() > 0.35:
        return {}
    share = float(rng.choice([0.5, 0.7, 1.0]))
    return {"min_robustness": share, "n_refits": int(rng.integers(3, 6))}


class Wishes:
    """What one person demands of an answer.

    Parameters
    ----------
    parameters : dict
        Parameters of PARRecourse.
    demands : dict
        Arguments of `recourse`, a value for each person.
    i : int
        The person.
    favorable : list
        Favorable labels.
    """

    def __init__(
        self,
        parameters: dict[str, Any],
        demands: dict[str, list[Any]],
        i: int,
        favorable: list[Any],
    ) -> None:
        own = {name: values[i] for name, values in demands.items()}
        target = own.get("target")
        self.labels = favorable if target is None else [target]
        known = (parameters.get("min_probability"), own.get("min_probability"))
        self.least = max([p for p in known if p is not None and p == p], default=None)
        most = own.get("max_probability")
        self.most = None if most is None or most != most else most
        effort = own.get("max_effort")
        self.max_effort = np.inf if effort is None or effort != effort else effort
        self.min_robustness = parameters.get("min_robustness", 0.0)

    def broken(
        self,
        judge: DrawnClassifier,
        refits: list[Any],
        table: Any,
        effort: np.ndarray,
        slack: int = 1,
    ) -> list[list[tuple[str, str]]]:
        """List what each row of a table breaks, as pairs of kind and text."""
        room = slack * ROUNDING
        accepted = judge.accepts(table, self.labels)
        found: list[list[tuple[str, str]]] = [
            [] if yes else [("denied", "the classifier denies it")] for yes in accepted
        ]
        if self.least is not None or self.most is not None:
            shares = judge.probability(table, self.labels)
            low = 0.0 if self.least is None else self.least
            high = 1.0 if self.most is None else self.most
            for texts, share in zip(found, shares, strict=True):
                if share < low - room:
                    texts.append(("min_probability", f"{share}, not {low}"))
                if share > high + room:
                    texts.append(("max_probability", f"{share}, not {high}"))
        for texts, one in zip(found, effort, strict=True):
            if one > self.max_effort + room:
                texts.append(("max_effort", f"{one}, not {self.max_effort}"))
        if refits and self.min_robustness:
            votes = [judge.accepts(table, self.labels, refit) for refit in refits]
            for texts, share in zip(found, np.mean(votes, axis=0), strict=True):
                if share < self.min_robustness - ROUNDING:
                    texts.append(
                        ("min_robustness", f"{share}, not {self.min_robustness}")
                    )
        return found
