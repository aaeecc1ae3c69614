"""What stands behind the pictures of a report, and what they need of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ..table import TableSchema
from ._crowd import Spread


@dataclass(frozen=True, eq=False)
class Scene:
    """What is the same for everybody.

    Parameters
    ----------
    crowd : tuple of Spread
        How accepted people are spread, one per column.
    rules : tuple of str
        The rules and links that the answers keep, as the user wrote them.
    """

    crowd: tuple[Spread, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Background:
    """What is known of people before and after, besides the report's figures.

    Parameters
    ----------
    scene : Scene
        What is the same for everybody.
    probability : ndarray of shape (n_samples, 2), dtype float64
        Probability of a favorable label before and after; NaN where it is not known.
    percentile : ndarray of shape (n_samples,), dtype float64
        Plausibility percentile before; NaN for those who did not ask.
    efforts : ndarray of shape (n_samples, n_features), dtype float64
        Effort of each feature; 0 where nothing changes.
    """

    scene: Scene
    probability: np.ndarray
    percentile: np.ndarray
    efforts: np.ndarray


class Told(Protocol):
    """What is drawn and counted of a report; `skpar.RecourseReport` has it all."""

    @property
    def factuals(self) -> Any:
        """Rows as they were given."""

    @property
    def status(self) -> np.ndarray:
        """What came of each row, shape (n_samples,), dtype str."""

    @property
    def asked(self) -> np.ndarray:
        """Rows that are denied, shape (n_samples,), dtype bool."""

    @property
    def answered(self) -> np.ndarray:
        """Rows with a recourse, shape (n_samples,), dtype bool."""

    @property
    def reason(self) -> np.ndarray:
        """Why there is none, shape (n_samples,), dtype object."""

    @property
    def effort(self) -> np.ndarray:
        """Effort of each recourse, shape (n_samples,), dtype float64."""

    @property
    def n_changed(self) -> np.ndarray:
        """Features changed, shape (n_samples,), dtype float64."""

    @property
    def percentile(self) -> np.ndarray:
        """Plausibility percentile after, shape (n_samples,), dtype float64."""

    @property
    def codes_before(self) -> np.ndarray:
        """Codes before, shape (n_samples, n_features), dtype float64."""

    @property
    def codes_after(self) -> np.ndarray:
        """Codes after, shape (n_samples, n_features), dtype float64."""

    @property
    def training_row(self) -> np.ndarray:
        """Whether the recourse is a rare training row, shape (n_samples,)."""

    @property
    def options(self) -> Sequence[Told]:
        """Reports of the options, or none."""

    @property
    def _schema(self) -> TableSchema: ...

    @property
    def _background(self) -> Background | None: ...

    def _changed_features(self, row: Any) -> np.ndarray: ...


def labels_of_rows(told: Told) -> Any:
    """Labels of the rows of a report, shape (n_samples,): its index, or numbers."""
    return getattr(told.factuals, "index", np.arange(len(told.status)))


def probabilities(
    score: Callable[[np.ndarray], np.ndarray | None] | None,
    codes: np.ndarray,
    new: np.ndarray,
    denied: np.ndarray,
    kept: np.ndarray,
) -> np.ndarray:
    """Ask for the probability before and after, of all people together.

    Parameters
    ----------
    score : callable or None
        Codes to probabilities, to other scores, or to None.
    codes, new : ndarray of shape (n_samples, n_features), dtype float64
        Before and after.
    denied, kept : ndarray of shape (n_samples,), dtype bool
        Who asked, and who has a recourse.

    Returns
    -------
    probability : ndarray of shape (n_samples, 2), dtype float64
        NaN for others, and where scores are no probabilities.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.report._background import probabilities
    >>> own, new = np.array([[0.2], [0.4]]), np.array([[0.7], [0.4]])
    >>> asks, has = np.array([True, True]), np.array([True, False])
    >>> probabilities(lambda codes: codes[:, 0], own, new, asks, has)
    array([[0.2, 0.7],
           [0.4, nan]])
    """
    probability = np.full((len(codes), 2), np.nan)
    values = score(np.concatenate([codes[denied], new[kept]])) if score else None
    if values is not None and len(values) and 0 <= values.min() <= values.max() <= 1:
        n_denied = int(denied.sum())
        probability[denied, 0] = values[:n_denied]
        probability[kept, 1] = values[n_denied:]
    return probability
