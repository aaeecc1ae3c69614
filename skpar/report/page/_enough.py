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
        The value that is nearest to the person's own; that of the recourse if the
        person has none.
    low : float
        Least value.
    high : float
        Largest value.
    """

    enough: float
    low: float
    high: float


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
    step : float or None
        Distance of the values that a rule allows, if it names one.
    """

    column: int
    old: float
    new: float
    region: NumberRegion
    step: float | None = None

    @property
    def far(self) -> float:
        """The end beyond what is enough; what is enough if there is none."""
        return self.region.high if self.new > self.old else self.region.low

    def action(self, text: str, writer: Writer) -> str:
        """Write what is enough.

        Parameters
        ----------
        text : str
            The change to the value of the recourse.
        writer : Writer
            Names, values and phrases.

        Returns
        -------
        text : str
            Words of the user that do not name the value have no ends beside them.
        """
        j, page = self.column, writer.page
        if np.isnan(self.old):
            low, high = writer.ends(j, self.region.low, self.region.high)
            between = page.between.format(low=low, high=high)
            said = writer.action(j, self.old, self.new, shown=between)
            return self._stepped(said, writer) if between in said else text
        enough, far = self.region.enough, self.far
        said, (before, after) = (
            writer.action(j, self.old, enough),
            writer.values(j, self.old, enough),
        )
        if far == enough or after not in said.replace(before, "", 1):
            return said
        end = writer.values(j, far, far)[1]
        return self._stepped(page.as_far_as.format(action=said, end=end), writer)

    def _stepped(self, text: str, writer: Writer) -> str:
        """Add the step of the values that a rule allows."""
        if self.step is None or self.step == 1.0:
            return text
        steps = writer.page.steps
        return f"{text}, {steps.format(step=writer.plain(self.column, self.step))}"

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
        enough, region = self.region.enough, self.region
        before, after = writer.values(self.column, self.old, enough)
        ends = (region.low, region.high)
        if not np.isnan(self.old):
            ends = (enough, self.far)
        return replace(
            scale,
            before_text=before,
            after_text=after,
            after=scale.place(enough),
            beyond=(scale.place(ends[0]), scale.place(ends[1])),
        )

    def found(self, writer: Writer) -> str:
        """Write the value of the recourse; empty if it is what is enough."""
        if self.new == self.region.enough:
            return ""
        _, value = writer.values(self.column, self.new, self.new)
        return f"{writer.name(self.column)} {value}"
