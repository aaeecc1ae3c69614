"""Links: what must change together, as the user writes it.

For another link, add a class here and to `Link`, what it does on codes to
`_constraints`, its check to `_validation`, and its name to what the packages offer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...table import as_python


@dataclass(frozen=True)
class _Change:
    """A feature changes in one direction, by at least that much."""

    column: Hashable
    by: float | None = None

    def __repr__(self) -> str:
        """Show what was given."""
        return _shown(self, self.column, by=self.by)


class Rises(_Change):
    """A feature goes up; used in `If`.

    Parameters
    ----------
    column : label
        A column of numbers, or of levels that have an order.
    by : float, default=None
        The smallest rise that counts, in the unit of the column or in levels; None
        for any.

    Examples
    --------
    >>> from skpar import Rises
    >>> Rises("age", by=2)
    Rises('age', by=2)
    """


class Falls(_Change):
    """A feature goes down; used in `If`.

    Parameters
    ----------
    column : label
        A column of numbers, or of levels that have an order.
    by : float, default=None
        The smallest fall that counts, as a positive number. Its unit is that of the
        column; for levels, one step of their order. None takes any fall, however
        small.

    Examples
    --------
    >>> from skpar import Falls
    >>> Falls("rooms")
    Falls('rooms')
    """


@dataclass(frozen=True)
class If:
    """One change takes another.

    Parameters
    ----------
    change : Rises or Falls
        The change that has a consequence.
    then : Rises or Falls
        What must happen besides.

    Notes
    -----
    Whether a cell that was missing rises or falls is not known: filling it is no
    `change`, and it cannot serve as `then`.

    Examples
    --------
    >>> from skpar import If, Rises
    >>> If(Rises("education"), Rises("age", by=2))
    If(Rises('education'), Rises('age', by=2))
    """

    change: Rises | Falls
    then: Rises | Falls

    def __repr__(self) -> str:
        """Show both changes."""
        return _shown(self, self.change, self.then)


@dataclass(frozen=True)
class NotAbove:
    """One number does not exceed another: ``column <= other``.

    Parameters
    ----------
    column, other : label
        Columns of numbers.

    Examples
    --------
    >>> from skpar import NotAbove
    >>> NotAbove("open loans", "all loans")
    NotAbove('open loans', 'all loans')
    """

    column: Hashable
    other: Hashable

    def __repr__(self) -> str:
        """Show the columns."""
        return _shown(self, self.column, self.other)


@dataclass(frozen=True)
class Linear:
    """A weighted sum of numbers stays between bounds.

    Parameters
    ----------
    weights : mapping of label to float
        Weight of each column of numbers.
    low, high : float, default=None
        Bounds of the sum; None for no bound on that side.

    Notes
    -----
    Rounding of the sum is forgiven: it counts as kept within 1e-12 of the sum of
    its terms' sizes.

    Examples
    --------
    >>> from skpar import Linear
    >>> Linear({"rent": 12, "income": -0.4}, high=0)
    Linear({'rent': 12, 'income': -0.4}, high=0)
    """

    weights: Mapping[Hashable, float]
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Keep a tuple, so that the link can be hashed."""
        if not isinstance(self.weights, Mapping):
            raise TypeError(
                f"Linear takes a dict of column to weight; got {self.weights!r}."
            )
        kept = tuple((column, as_python(c)) for column, c in self.weights.items())
        object.__setattr__(self, "weights", kept)

    @property
    def terms(self) -> tuple[tuple[Hashable, float], ...]:
        """Columns with their weights."""
        return self.weights  # type: ignore[return-value]

    def __repr__(self) -> str:
        """Show what was given."""
        return _shown(self, dict(self.terms), low=self.low, high=self.high)


@dataclass(frozen=True)
class Derived:
    """A column that follows from others and cannot be changed by itself.

    Parameters
    ----------
    column : label
        The column that follows.
    sources : sequence of labels
        The columns that it follows from.
    function : callable
        Takes a table with the columns `sources` (a DataFrame in their training
        dtypes, or an array where the table is one) and returns the values of
        `column`, one per row. Each must depend on its row alone. Use a named
        function if the estimator is to be pickled.

    Notes
    -----
    A person whose `sources` stay keeps the own value, whatever it is. Otherwise the
    value is computed, rounded to what the column can hold, and must keep the rules
    of the column: if it does not, the change of `sources` is not proposed.

    Examples
    --------
    >>> from skpar import Derived
    >>> def ratio(table):
    ...     return table["debt"] / table["income"]
    >>> Derived("ratio", ["debt", "income"], ratio)
    Derived('ratio', ['debt', 'income'], ratio)
    """

    column: Hashable
    sources: Sequence[Hashable]
    function: Callable[[Any], Any]

    def __post_init__(self) -> None:
        """Keep a tuple, so that the link can be hashed."""
        if isinstance(self.sources, (str, bytes)):
            raise TypeError(
                f"Derived takes a list of columns; write [{self.sources!r}]."
            )
        object.__setattr__(self, "sources", tuple(self.sources))

    def __repr__(self) -> str:
        """Show the columns and the name of the function."""
        name = getattr(self.function, "__name__", repr(self.function))
        return f"Derived({self.column!r}, {list(self.sources)!r}, {name})"


@dataclass(frozen=True)
class MaxChanged:
    """At most so many features change.

    Parameters
    ----------
    count : int
        The largest number of features changed. All that differ count: what `If`
        asks for, and derived columns, too.
    of : sequence of labels, default=None
        Columns to count; None for all. ``MaxChanged(1, of=[...])`` makes changes
        exclude one another.

    Examples
    --------
    >>> from skpar import MaxChanged
    >>> MaxChanged(3)
    MaxChanged(3)
    >>> MaxChanged(1, of=["job", "housing"])  # either the one or the other
    MaxChanged(1, of=['job', 'housing'])
    """

    count: int
    of: Sequence[Hashable] | None = None

    def __post_init__(self) -> None:
        """Keep a tuple, so that the link can be hashed."""
        if isinstance(self.of, (str, bytes)):
            raise TypeError(f"MaxChanged takes a list of columns; write [{self.of!r}].")
        if self.of is not None:
            object.__setattr__(self, "of", tuple(self.of))

    def __repr__(self) -> str:
        """Show what was given."""
        return _shown(self, self.count, of=self.of and list(self.of))


Link = If | NotAbove | Linear | Derived | MaxChanged


def _shown(link: object, *values: Any, **named: Any) -> str:
    """Write a link as the call that makes it, without what was left out."""
    given = [repr(as_python(value)) for value in values]
    given += [
        f"{name}={as_python(value)!r}"
        for name, value in named.items()
        if value is not None
    ]
    return f"{type(link).__name__}({', '.join(given)})"
