"""Votes of refitted classifiers, of which a share must accept an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

# 0.7 of 10 refits are 7, although 0.7 * 10 may be larger in floating point.
_ROUNDING = 1e-9


class Member(Protocol):
    """A classifier that predicts codes, such as a `BlackBox`."""

    classifier: Any

    def accepted(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Say which rows (n, d) are accepted, (n,)."""

    def score(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
        """Score rows (n, d); None without scores."""

    def with_favorable(self, favorable: npt.NDArray[Any]) -> Member:
        """Copy it with other favorable labels."""


@dataclass(frozen=True)
class Refits:
    """Refitted classifiers, and the share of them that must accept an answer.

    Parameters
    ----------
    members : tuple of BlackBox
        The refitted classifiers.
    min_robustness : float
        Least share of them that accepts an answer.
    """

    members: tuple[Member, ...]
    min_robustness: float

    def of_label(self, favorable: npt.NDArray[Any]) -> Refits:
        """Refits that accept a row if they predict one of other favorable labels."""
        members = tuple(member.with_favorable(favorable) for member in self.members)
        return Refits(members, self.min_robustness)

    @property
    def classifiers(self) -> list[Any]:
        """The refitted classifiers, for tables of the user."""
        return [member.classifier for member in self.members]

    @property
    def n_needed(self) -> int:
        """Least number of refits that accept an answer."""
        return int(np.ceil(self.min_robustness * len(self.members) - _ROUNDING))

    def accepted(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Check for each row whether enough refits accept it.

        A refit is queried only with rows that are not decided by those before it.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows.

        Returns
        -------
        accepted : ndarray of shape (n,) and dtype bool
        """
        votes, n_left = np.zeros(len(codes), dtype=np.int64), len(self.members)
        for member in self.members:
            is_open = (votes < self.n_needed) & (votes + n_left >= self.n_needed)
            votes[is_open] += member.accepted(codes[is_open])
            n_left -= 1
        return votes >= self.n_needed

    def share(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Compute the share of refits that accept each row.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows.

        Returns
        -------
        share : ndarray of shape (n,) and dtype float64
        """
        votes = [member.accepted(codes) for member in self.members]
        return np.asarray(np.mean(votes, axis=0), dtype=np.float64)
