"""Links between features, as the user writes them.

To add a link, add a class here and to `Link`, its constraint on codes to
`_constraints`, its check to `_validation`, and its name to ``__all__`` of the packages.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...table import as_python


@dataclass(frozen=True)
class _Change:
    """A feature changes in one direction, by at least `by`."""

    column: Hashable
    by: float | None = None

    def __repr__(self) -> str:
        """Show what was given."""
        return _shown(self, self.column, by=self.by)


class Rises(_Change):
    """A feature rises; used in `If`.

    Parameters
    ----------
    column : label
        A column of numbers, or of levels with an order.
    by : float, default=None
        The smallest rise that counts, as a positive number. The unit is that of the
        column. For levels, the unit is one step in their order. None counts every
        rise.

    See Also
    --------
    Falls : The opposite change.
    If : Connects two changes.

    Notes
    -----
    The rise is measured from the person's own value. Filling a missing cell is
    neither a rise nor a fall.

    Examples
    --------
    >>> from skpar import Rises
    >>> Rises("age", by=2)
    Rises('age', by=2)
    """


class Falls(_Change):
    """A feature falls; used in `If`.

    Parameters
    ----------
    column : label
        A column of numbers, or of levels with an order.
    by : float, default=None
        The smallest fall that counts, as a positive number. The unit is that of the
        column. For levels, the unit is one step in their order. None counts every
        fall.

    See Also
    --------
    Rises : The opposite change.
    If : Connects two changes.

    Notes
    -----
    The fall is measured from the person's own value. Filling a missing cell is
    neither a rise nor a fall.

    Examples
    --------
    >>> from skpar import Falls
    >>> Falls("rooms")
    Falls('rooms')
    """


@dataclass(frozen=True)
class If:
    """If one change happens, another change must happen too.

    Parameters
    ----------
    change : Rises or Falls
        The change that has a consequence.
    then : Rises or Falls
        The consequence. It may also happen alone.

    Notes
    -----
    Both changes are measured from the person's own values, so no own value can break
    this link. Filling a missing cell is neither a rise nor a fall: it does not count
    as `change`, and it cannot serve as `then`.

    Examples
    --------
    A better education takes at least two years:

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
    """One number must not exceed another: ``column <= other``.

    Parameters
    ----------
    column : label
        The column of numbers that must not be larger.
    other : label
        The column of numbers that it is compared with.

    Notes
    -----
    A person with ``column > other`` may keep both values. If one of the two values
    changes, the new row must keep the link. If one of the two cells is missing in the
    new row, the link does not apply.

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
    """A weighted sum of numbers must stay between bounds.

    Parameters
    ----------
    weights : mapping of label to float
        Weight of each column of numbers.
    low : float, default=None
        Lower bound of the sum; None for no lower bound.
    high : float, default=None
        Upper bound of the sum; None for no upper bound.

    Notes
    -----
    Own values that break the link may stay. If one of the columns changes, the new row
    must keep the link. If one of the cells is missing in the new row, the link does
    not apply.

    Rounding errors are tolerated: the sum may exceed a bound by 1e-12 times the sum
    of the absolute values of its terms.

    Examples
    --------
    A rent, paid twelve times, of at most 40% of the yearly income:

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
        """The columns with their weights."""
        return self.weights  # type: ignore[return-value]

    @property
    def means_exactly_one(self) -> bool:
        """Whether exactly one of several columns of 0 and 1 must be 1."""
        weights = {weight for _, weight in self.terms}
        is_one = len(weights) == 1 and {self.low, self.high} == weights
        return is_one and len(self.terms) > 1

    def __repr__(self) -> str:
        """Show what was given."""
        return _shown(self, dict(self.terms), low=self.low, high=self.high)


@dataclass(frozen=True)
class Derived:
    """A column is computed from other columns and cannot be changed directly.

    Parameters
    ----------
    column : label
        The derived column.
    sources : sequence of labels
        The columns that it is computed from.
    function : callable
        Takes a table with the columns `sources` and returns the values of `column`,
        one per row. The table is a DataFrame with the dtypes seen in training, or an
        array if the estimator was fitted on an array. Each value must depend on its
        row only. To pickle the estimator, use a named function.
    uses_old : bool, default=False
        Whether the function takes two tables with the same rows, ``function(new,
        old)``. `new` has the columns `sources` after a change. `old` has the columns
        `sources` and then `column`, as they were before: the person's own values.

    Notes
    -----
    If no source changes, a person keeps the own value of `column`, even if the
    function gives another value or the value breaks a rule. If a source changes, the
    value is computed and rounded to a value that the column can hold. It must then
    keep the rules of `column`. If it does not, this change of the sources is not
    proposed.

    Without `uses_old`, two people with the same new sources get the same value, so all
    that is particular about a person's own value is lost. With `uses_old`, the
    function can add an effect of the change to the own value. If nothing changes, it
    must return the own value. ``PARRecourse.fit`` checks this in the training rows,
    up to rounding errors. A row with a missing source may also give a missing value.

    Examples
    --------
    >>> from skpar import Derived
    >>> def ratio(table):
    ...     return table["debt"] / table["income"]
    >>> Derived("ratio", ["debt", "income"], ratio)
    Derived('ratio', ['debt', 'income'], ratio)

    Paying off 1,000 of the debt lowers the own interest rate by 0.2 points:

    >>> import pandas as pd
    >>> def rate_after(new, old):
    ...     return old["rate"] - 0.2 * (old["debt"] - new["debt"]) / 1000
    >>> Derived("rate", ["debt"], rate_after, uses_old=True)
    Derived('rate', ['debt'], rate_after, uses_old=True)
    >>> new = pd.DataFrame({"debt": [3000]})
    >>> old = pd.DataFrame({"debt": [5000], "rate": [6.5]})
    >>> rate_after(new, old).tolist()
    [6.1]
    """

    column: Hashable
    sources: Sequence[Hashable]
    function: Callable[..., Any]
    uses_old: bool = False

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
        more = ", uses_old=True" if self.uses_old else ""
        return f"Derived({self.column!r}, {list(self.sources)!r}, {name}{more})"


@dataclass(frozen=True)
class MaxChanged:
    """At most `count` features change.

    Parameters
    ----------
    count : int
        The largest number of changed features. Every feature that differs from the
        own value counts, including changes that `If` requires and derived columns.
    of : sequence of labels, default=None
        Columns to count; None counts all columns. With ``MaxChanged(1, of=[...])``
        only one of these columns can change.

    Notes
    -----
    Changes are counted from the person's own values, so no own value can break this
    link.

    Examples
    --------
    >>> from skpar import MaxChanged
    >>> MaxChanged(3)
    MaxChanged(3)
    >>> MaxChanged(1, of=["job", "housing"])  # not both
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


@dataclass(frozen=True)
class ExactlyOne:
    """Exactly one of some two-valued columns is on, as after one-hot encoding.

    Together, the columns are one feature with one level per column. A recourse turns
    one column off and another one on, and this counts as one change.

    Parameters
    ----------
    columns : sequence of labels
        Two or more columns with two values each, never missing: booleans, 0 and 1, or
        any two numbers. The larger value means on.
    at_most : bool, default=False
        Whether all columns may be off. Use it if the first level was dropped.

    Notes
    -----
    :class:`~skpar.PARRecourse` finds such columns in the training rows; see its
    parameter `keep_relations`. A person who breaks the link keeps the own values, or
    changes to values that keep it.

    Examples
    --------
    >>> from skpar import ExactlyOne
    >>> ExactlyOne(["job_clerk", "job_cook"])
    ExactlyOne(['job_clerk', 'job_cook'])
    """

    columns: Sequence[Hashable]
    at_most: bool = False

    def __post_init__(self) -> None:
        """Keep a tuple, so that the link can be hashed."""
        if isinstance(self.columns, (str, bytes)):
            raise TypeError("ExactlyOne takes a list of two or more columns.")
        object.__setattr__(self, "columns", tuple(self.columns))

    def __repr__(self) -> str:
        """Show what was given."""
        return _shown(self, list(self.columns), at_most=self.at_most or None)


@dataclass(frozen=True)
class Determines:
    """A column follows from another one, value by value, as seen in training.

    The column cannot be changed directly. If the source changes, the column takes the
    value that training rows with this source have.

    Parameters
    ----------
    source : label
        The column that determines the other.
    column : label
        The column that follows.

    Notes
    -----
    In the training rows, each value of `source` must have one value of `column`. A
    value of `source` that no training row has is not proposed. If `source` is a column
    of numbers, it is proposed if the training values on both sides have the same value
    of `column`. The new value must keep the rules of `column`. If `source` does not
    change, a person keeps the own value of `column`.

    Examples
    --------
    >>> from skpar import Determines
    >>> Determines("education", "education-num")
    Determines('education', 'education-num')
    """

    source: Hashable
    column: Hashable

    def __repr__(self) -> str:
        """Show the columns."""
        return _shown(self, self.source, self.column)


Link = If | NotAbove | Linear | Derived | MaxChanged | ExactlyOne | Determines


def _shown(link: object, *values: Any, **named: Any) -> str:
    """Show a link as the call that makes it, without arguments that are None."""
    given = [repr(as_python(value)) for value in values]
    given += [
        f"{name}={as_python(value)!r}"
        for name, value in named.items()
        if value is not None
    ]
    return f"{type(link).__name__}({', '.join(given)})"
