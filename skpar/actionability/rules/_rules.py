"""Rules: how a person may change one feature, as the user writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...table import as_python
from ._prices import AnyPrice

WORDS = ("immutable", "increasing", "decreasing")
"""Rules that are written as a string."""


@dataclass(frozen=True)
class Range:
    """Bounds and steps for a column of numbers.

    Parameters
    ----------
    low : float, default=None
        The smallest value that may be proposed. None sets no bound here. Values below
        the smallest value seen in training are never proposed.
    high : float, default=None
        The largest value that may be proposed. None sets no bound here. Values above
        the largest value seen in training are never proposed.
    step : float, default=None
        Only ``low + k * step`` with whole numbers ``k`` may be proposed
        (``k * step`` if `low` is None). None keeps the step learned from the training
        values, such as 1 for whole numbers or 0.01 for cents. A number replaces it.
    relative : bool, default=False
        If True, `low` and `high` are bounds of the change from the person's own
        value, and steps are counted from the own value.

    See Also
    --------
    Fill : Whether a missing cell may be filled.

    Notes
    -----
    A person may always keep the own value, even if it breaks the rule. If the value
    changes, the new value must keep the rule. For example, with ``Range(10, 60)`` a
    person at 5 stays at 5 or moves to a value from 10 to 60. A missing value, if
    ``Fill(True)`` allows to fill it, has no bounds from a relative rule, and its steps
    are counted from 0.

    Examples
    --------
    >>> from skpar import Range
    >>> Range(10, 60, step=5)
    Range(10, 60, step=5)
    >>> Range(0, 5, relative=True)  # rises by at most 5
    Range(0, 5, relative=True)
    """

    low: float | None = None
    high: float | None = None
    step: float | None = None
    relative: bool = False

    def __repr__(self) -> str:
        """Show only the arguments that were given."""
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
        The levels, written as in the table. Levels not seen in training are never
        proposed.
    ordered : bool, default=False
        Whether `levels` are listed from the lowest to the highest. Then
        ``"increasing"``, ``"decreasing"``, `Rises` and `Falls` apply to a column of
        strings without an order. The order is used by rules and links only. To order
        a column for effort and densities too, use ``ordinal_features``.

    See Also
    --------
    Transitions : Levels that depend on the person's own level.

    Notes
    -----
    A person may always keep the own level, even if it is not in `levels`. If the level
    changes, the new level must be in `levels`.

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
    """The levels that a person may move to, for each own level.

    Parameters
    ----------
    moves : mapping of level to sequence of levels
        Maps an own level to the levels that a person at it may move to. Levels that
        are not keys cannot change.

    See Also
    --------
    Levels : The same levels for everybody.

    Notes
    -----
    A person may always keep the own level. A missing cell stays missing unless
    ``Fill(True)`` is added.

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
        """Each level with the levels that one may move to, in a fixed order."""
        return self.moves  # type: ignore[return-value]

    def __repr__(self) -> str:
        """Show the moves as a dict."""
        shown = {level: list(targets) for level, targets in self.pairs}
        return f"Transitions({shown!r})"


@dataclass(frozen=True)
class Fill:
    """Whether a missing cell may be filled.

    Parameters
    ----------
    allowed : bool, default=True
        If True, a missing cell may be filled. If False, it stays missing.

    Notes
    -----
    Without this rule, a missing cell may be filled unless another rule of the column
    compares with the person's own value, which is unknown. These rules are
    ``"immutable"``, ``"increasing"``, ``"decreasing"``, `Transitions`, and `Range` with
    ``relative=True``.

    With ``Fill(True)``, a new value in a missing cell must keep only the rules that do
    not compare with the own value: `Levels`, and `Range` without ``relative=True``.

    For a person with a value, the rule has no effect. A value is never replaced by a
    missing cell.

    Examples
    --------
    A missing value may be filled; a known value may only rise:

    >>> from skpar import Fill
    >>> ["increasing", Fill()]
    ['increasing', Fill(True)]
    """

    allowed: bool = True

    def __repr__(self) -> str:
        """Show whether filling is allowed."""
        return f"Fill({self.allowed!r})"


@dataclass(frozen=True)
class Weight:
    """A factor on the effort of changing a feature.

    Parameters
    ----------
    weight : float
        The factor, at least 0. The usual effort has the factor 1. A larger factor
        makes changes of this feature cost more.

    See Also
    --------
    LevelPrices, RareLevels : Effort of changes between levels.
    Price : Effort in money.

    Notes
    -----
    This rule does not restrict the feature: all values stay feasible.

    Examples
    --------
    A feature that may only rise, with twice the usual effort:

    >>> from skpar import Weight
    >>> ["increasing", Weight(2)]
    ['increasing', Weight(2)]
    """

    weight: float

    def __repr__(self) -> str:
        """Show the number."""
        return f"Weight({as_python(self.weight)!r})"


Rule = str | Range | Levels | Transitions | Fill | Weight | AnyPrice
