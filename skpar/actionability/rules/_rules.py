"""Rules: what a person may do with one feature, as the user writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...table import as_python

WORDS = ("immutable", "increasing", "decreasing")
"""Rules that are said in a word."""


@dataclass(frozen=True)
class Range:
    """Bounds and steps for a column of numbers.

    Parameters
    ----------
    low, high : float, default=None
        The smallest and the largest value that may be proposed; None leaves
        that side to the values seen in training, which are never exceeded.
    step : float, default=None
        Only ``low + k * step`` for whole numbers ``k`` may be proposed
        (``k * step`` where `low` is None).
    relative : bool, default=False
        Whether `low` and `high` are changes from the person's own value, and
        the steps are counted from there.

    Examples
    --------
    >>> from skpar import Range
    >>> Range(10, 60, step=5)
    Range(10, 60, step=5)
    >>> Range(0, 5, relative=True)  # up, by at most 5
    Range(0, 5, relative=True)
    """

    low: float | None = None
    high: float | None = None
    step: float | None = None
    relative: bool = False

    def __repr__(self) -> str:
        """Show what was given, and nothing else."""
        bounded = self.low is not None and self.high is not None
        shown = []
        for name in ("low", "high", "step"):
            value = getattr(self, name)
            if value is not None:
                label = "" if bounded and name != "step" else f"{name}="
                shown.append(f"{label}{as_python(value)!r}")
        if self.relative:
            shown.append("relative=True")
        return f"Range({', '.join(shown)})"


@dataclass(frozen=True)
class Levels:
    """The levels of a column that may be proposed.

    Parameters
    ----------
    levels : sequence
        Levels as they stand in the table.
    ordered : bool, default=False
        Whether they stand in rising order, so that ``"increasing"`` and
        ``"decreasing"`` apply to a column of strings that has no order of its own;
        ``ordinal_features`` orders a column for effort and densities too.

    Examples
    --------
    >>> from skpar import Levels
    >>> Levels(["rent", "own"])
    Levels(['rent', 'own'])
    >>> ["increasing", Levels(["none", "school", "college"], ordered=True)]
    ['increasing', Levels(['none', 'school', 'college'], ordered=True)]
    """

    levels: Sequence[Any]
    ordered: bool = False

    def __post_init__(self) -> None:
        """Keep a tuple, so that the rule can be hashed."""
        if isinstance(self.levels, (str, bytes)):
            raise TypeError(
                f"Levels takes a list of levels; write Levels([{self.levels!r}])."
            )
        levels = tuple(as_python(level) for level in self.levels)
        object.__setattr__(self, "levels", levels)

    def __repr__(self) -> str:
        """Show the levels as a list."""
        order = ", ordered=True" if self.ordered else ""
        return f"Levels({list(self.levels)!r}{order})"


@dataclass(frozen=True)
class Transitions:
    """From which level a person may move to which.

    Parameters
    ----------
    moves : mapping of level to sequence of levels
        Where a person at each level may move. Who is at a level that is no key of
        it stays there.

    Examples
    --------
    >>> from skpar import Transitions
    >>> Transitions({"with family": ["rent", "own"], "rent": ["own"]})
    Transitions({'rent': ['own'], 'with family': ['rent', 'own']})
    """

    moves: Mapping[Any, Sequence[Any]]

    def __post_init__(self) -> None:
        """Keep sorted tuples, so that the rule can be hashed and compared."""
        if not isinstance(self.moves, Mapping):
            raise TypeError(
                f"Transitions takes a dict of level to levels; got {self.moves!r}."
            )
        kept = []
        for level, targets in self.moves.items():
            if isinstance(targets, (str, bytes)):
                raise TypeError(
                    "Transitions takes a list of levels for each level; write "
                    f"{{{level!r}: [{targets!r}]}}."
                )
            kept.append(
                (as_python(level), tuple(as_python(target) for target in targets))
            )
        object.__setattr__(self, "moves", tuple(sorted(kept, key=repr)))

    @property
    def pairs(self) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
        """Each level with the levels that it leads to, in a fixed order."""
        return self.moves  # type: ignore[return-value]

    def __repr__(self) -> str:
        """Show the moves as a dict."""
        shown = {level: list(targets) for level, targets in self.pairs}
        return f"Transitions({shown!r})"


@dataclass(frozen=True)
class Fill:
    """Whether a missing cell may be filled.

    Without this rule it may, unless another rule compares with the person's own
    value, which nobody knows. A present cell is never emptied.

    Parameters
    ----------
    allowed : bool, default=True
        True permits filling: of the other rules only those hold then that are the
        same for everybody. False keeps a missing cell missing.

    Examples
    --------
    >>> from skpar import Fill
    >>> ["increasing", Fill()]  # whoever has a value can only raise it
    ['increasing', Fill(True)]
    """

    allowed: bool = True

    def __repr__(self) -> str:
        """Show whether filling is allowed."""
        return f"Fill({self.allowed!r})"


@dataclass(frozen=True)
class Weight:
    """How hard a change of this feature is, as a multiple of the usual effort.

    Parameters
    ----------
    weight : float
        Multiplies the effort of the feature; not negative.

    Examples
    --------
    >>> from skpar import Weight
    >>> ["increasing", Weight(2)]
    ['increasing', Weight(2)]
    """

    weight: float

    def __repr__(self) -> str:
        """Show the number."""
        return f"Weight({as_python(self.weight)!r})"


Rule = str | Range | Levels | Transitions | Fill | Weight
