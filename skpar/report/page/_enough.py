"""What is enough: changed numbers that may stray, in words and on their scales."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .._sentences import Writer
from .pictures import ScaleView


@dataclass(frozen=True)
class NumberRegion:
    """How far one changed number may stray.

    Parameters
    ----------
    enough : float
        The value that is nearest to the person's own.
    low : float
        Least value.
    high : float
        Largest value.
    is_open : tuple of (bool, bool)
        Whether only the training values end it, below and above.
    """

    enough: float
    low: float
    high: float
    is_open: tuple[bool, bool]


@dataclass(frozen=True)
class StrayingChange:
    """A change of a number that may stray.

    Parameters
    ----------
    column : int
        The feature.
    old : float
        Value before; NaN for a missing cell.
    new : float
        Value of the recourse.
    region : NumberRegion
        How far it may stray.
    """

    column: int
    old: float
    new: float
    region: NumberRegion

    @property
    def rises(self) -> bool:
        """Whether larger values are beyond what is enough."""
        enough = self.region.enough
        if not np.isnan(self.old):
            return self.new > self.old
        return self.new > enough or (
            self.new == enough and self.region.is_open == (False, True)
        )

    @property
    def far(self) -> float:
        """The other end of the region; what is enough if there is no other."""
        return self.region.high if self.rises else self.region.low

    def action(self, text: str, writer: Writer) -> str:
        """Write what is enough.

        Parameters
        ----------
        text : str
            The change to the value of the recourse, maybe with an explanation.
        writer : Writer
            Names, values and phrases.

        Returns
        -------
        text : str
        """
        j, enough, far, page = self.column, self.region.enough, self.far, writer.page
        rises = self.rises if far != enough else None
        said = writer.action(j, self.old, enough, rises=rises)
        if far != enough and not self.region.is_open[self.rises]:
            limit = page.up_to if self.rises else page.down_to
            said = limit.format(action=said, end=writer.values(j, far, far)[1])
        return text.replace(writer.action(j, self.old, self.new), said, 1)

    def scale(self, scale: ScaleView, writer: Writer) -> ScaleView:
        """Show what is enough, and how far the number may go beyond.

        Parameters
        ----------
        scale : ScaleView
            The change to the value of the recourse.
        writer : Writer
            Values in words.

        Returns
        -------
        scale : ScaleView
        """
        enough = self.region.enough
        before, after = writer.values(self.column, self.old, enough)
        return replace(
            scale,
            before_text=before,
            after_text=after,
            after=scale.place(enough),
            beyond=scale.place(self.far),
        )

    def found(self, writer: Writer) -> str:
        """Write the value of the recourse; empty if it is what is enough."""
        if self.new == self.region.enough:
            return ""
        _, value = writer.values(self.column, self.new, self.new)
        return f"{writer.name(self.column)} {value}"
