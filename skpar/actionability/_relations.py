"""Relations of a table: those that links name, and those that training rows show."""

from __future__ import annotations

from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..relations import (
    ColumnGroup,
    Determined,
    FeatureSchema,
    LookedUp,
    RelationConfig,
    compressed,
    determined_of,
    find_determined,
    find_groups,
    find_unknown,
    group_columns,
    with_determined,
)
from ..table import TableSchema, as_python, warn_user
from .links import Derived, Determines, ExactlyOne, If, Linear, Link, NotAbove


@dataclass(frozen=True)
class Relations:
    """The relations of a table.

    Parameters
    ----------
    schema : TableSchema
        The features of the table; it knows groups and determined features.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Training rows.
    found : tuple of link
        The relations that training rows show, as links.
    """

    schema: TableSchema
    codes: np.ndarray
    found: tuple[Link, ...]


def read_relations(
    table: TableSchema,
    codes: np.ndarray,
    links: Any,
    rules: Any = None,
    *,
    searches: bool,
    config: RelationConfig,
    report: Callable[[str], Any] = str,
) -> Relations:
    """Read the relations that links name, and find others in training rows.

    Parameters
    ----------
    table : TableSchema
        Schema of the table.
    codes : ndarray of shape (n_samples, n_columns), dtype float64
        Training rows.
    links : list of link, or None
        The links that the user wrote. What is no link is left to `LinkSet`.
    rules : mapping, default=None
        The rules that the user wrote. Of two columns that follow from each other, the
        one with rules or links is the source.
    searches : bool
        Whether to find relations that no link names.
    config : RelationConfig
        Constants of the search.
    report : callable, optional
        Called with each line of progress.

    Returns
    -------
    relations : Relations

    Raises
    ------
    ValueError
        If training rows contradict a link.
    """
    given = _links(links)
    written = explicit_groups(table, given, codes)
    report("relations: columns that exclude each other")
    found = find_groups(table, codes, config) if searches else ()
    found = tuple(_without_conflicts(table, found, written, given))
    features = group_columns(table, [*written, *found], codes)
    codes = compressed(features, codes)
    looked_up = [
        _look_up(features, codes, link)
        for link in given
        if isinstance(link, Determines)
    ]
    more: Sequence[Determined] = ()
    if searches:
        taken = _part_of_derivations(features, given, looked_up)
        more = find_determined(features, codes, config, taken, report)
        report("relations: columns that follow from several others")
        known = taken | {one.column for one in more}
        _warn_of_unknown(features, find_unknown(features, codes, config, known))
        named = [*_named(given), *(rules if isinstance(rules, Mapping) else ())]
        more = [one for one in more if _is_known_throughout(one, codes)]
        more = _directed(more, _positions(features, named))
    try:
        schema = with_determined(features, [*looked_up, *more])
    except ValueError as error:
        shown = [repr(link) for link in given if isinstance(link, Determines)]
        raise ValueError(
            f"links {', '.join(shown)}: a column follows from two others, or columns "
            "follow from each other. Remove one of these links."
        ) from error
    as_links: list[Link] = [_group_link(table, group) for group in found]
    as_links += [_link_of(schema, one) for one in determined_of(schema) if one in more]
    return Relations(schema, codes, tuple(as_links))


def explicit_groups(
    table: TableSchema, links: Sequence[Link], codes: np.ndarray | None = None
) -> list[ColumnGroup]:
    """Make the groups that links name.

    Parameters
    ----------
    table : TableSchema
        Schema of the table.
    links : sequence of link
        `ExactlyOne`, and `Linear` with the same meaning; others are skipped.
    codes : ndarray of shape (n_samples, n_columns), dtype float64, optional
        Training rows to check the links with.

    Returns
    -------
    groups : list of ColumnGroup

    Raises
    ------
    TypeError, ValueError
        If a link cannot be used.
    """
    groups: list[ColumnGroup] = []
    for link in links:
        if isinstance(link, Linear) and _means_exactly_one(table, link):
            link = ExactlyOne([column for column, _ in link.terms])
        if not isinstance(link, ExactlyOne):
            continue
        group = _explicit_group(table, link, codes)
        _check_group(table, link, group, codes)
        for other in groups:
            if set(other.members) & set(group.members):
                raise ValueError(
                    f"links, {link!r}: a column belongs to another ExactlyOne too. "
                    "Name each column in one of them."
                )
        groups.append(group)
    return groups


def with_explicit_groups(schema: TableSchema, links: Any) -> TableSchema:
    """Make the groups that links name, if the schema has no relations yet.

    Parameters
    ----------
    schema : TableSchema
        A `FeatureSchema` stays as it is.
    links : list of link, or None
        The links that the user wrote.

    Returns
    -------
    schema : TableSchema
    """
    if isinstance(schema, FeatureSchema):
        return schema
    return group_columns(schema, explicit_groups(schema, _links(links)))


def _links(links: Any) -> list[Link]:
    """Take what is a link; `LinkSet` refuses the rest."""
    given = links if isinstance(links, (list, tuple)) else ()
    return [link for link in given if isinstance(link, Link)]


def _is_known(schema: TableSchema, key: Hashable) -> bool:
    """Whether a schema has a column; `LinkSet` refuses unknown ones."""
    try:
        schema.position(key)
    except ValueError:
        return False
    return True


def _positions(schema: TableSchema, keys: Iterable[Hashable]) -> set[int]:
    """Positions of the features that a schema knows."""
    return {schema.position(key) for key in keys if _is_known(schema, key)}


def _part_of_derivations(
    schema: TableSchema, links: Sequence[Link], looked_up: Sequence[LookedUp]
) -> set[int]:
    """Find the features in derivations that the user wrote."""
    keys: list[Hashable] = []
    for link in links:
        if isinstance(link, Derived):
            keys += [link.column, *link.sources]
    found = _positions(schema, keys)
    return found.union(*((one.column, *one.sources) for one in looked_up))


def _named(links: Sequence[Link]) -> Iterator[Hashable]:
    """Names of the columns in links between columns."""
    for link in links:
        if isinstance(link, If):
            yield from (link.change.column, link.then.column)
        elif isinstance(link, NotAbove):
            yield from (link.column, link.other)
        elif isinstance(link, Linear):
            yield from (column for column, _ in link.terms)


def _is_known_throughout(one: Determined, codes: np.ndarray) -> bool:
    """Whether the column is missing too in the rows in which a source is missing.

    Otherwise, people without the source could not change the column at all.
    """
    no_source = np.isnan(codes[:, one.sources]).any(axis=1)
    return bool(np.isnan(codes[no_source, one.column]).all())


def _directed(found: Sequence[Determined], named: set[int]) -> list[Determined]:
    """Exchange source and column if only the column has rules or links.

    A source is exchanged once at most, so that nothing is determined twice.
    """
    directed: list[Determined] = []
    exchanged: set[int] = set()
    for one in found:
        (source, *others) = one.sources
        is_wanted = one.column in named and source not in named | exchanged
        if isinstance(one, LookedUp) and is_wanted and not others:
            pairs = sorted(zip(one.values, one.known, strict=True))
            values, known = zip(*pairs, strict=True)
            if len(set(values)) == len(values):
                exchanged.add(source)
                one = LookedUp(source, (one.column,), values, known)
        directed.append(one)
    return directed


def _means_exactly_one(table: TableSchema, link: Linear) -> bool:
    """Whether a sum of columns of 0 and 1 must be exactly one of its weights."""
    if not link.means_exactly_one:
        return False
    if not all(_is_known(table, column) for column, _ in link.terms):
        return False
    columns = [table.columns[table.position(column)] for column, _ in link.terms]
    return all(
        (c.low, c.high) == (0.0, 1.0) and c.kind in ("binary", "integer")
        for c in columns
    )


def _explicit_group(
    table: TableSchema, link: ExactlyOne, codes: np.ndarray | None
) -> ColumnGroup:
    """Read one `ExactlyOne`."""
    if not isinstance(link.at_most, bool):
        raise TypeError(f"links, {link!r}: at_most must be True or False.")
    members = []
    for key in link.columns:
        try:
            members.append(table.position(key))
        except ValueError as error:
            raise ValueError(f"links, {link!r}: {error}") from None
    if len(set(members)) < max(len(members), 2):
        raise ValueError(f"links, {link!r}: name two or more different columns.")
    return ColumnGroup.of_columns(table, members, link.at_most, codes)


def _check_group(
    table: TableSchema, link: ExactlyOne, group: ColumnGroup, codes: np.ndarray | None
) -> None:
    """Refuse columns that cannot be a group, and a link that most rows break."""
    for j in group.members:
        column = table.columns[j]
        n_values = len(column.levels or (0, 1))
        if codes is not None:
            n_values = len(np.unique(codes[:, j]))
        if column.may_be_missing or column.kind == "nominal" or n_values != 2:
            raise ValueError(
                f"links, {link!r}: column {column.name!r} must have two values, such "
                "as 0 and 1, and no missing cell."
            )
    if codes is None:
        return
    is_broken = group.is_broken(group.compress(codes[:, group.members]))
    if is_broken.mean() > 0.5:
        raise ValueError(
            f"links, {link!r}: {is_broken.sum()} of {len(codes)} training rows break "
            f"it, first the row at position {is_broken.argmax()}."
        )


def _without_conflicts(
    table: TableSchema,
    found: Sequence[ColumnGroup],
    named: Sequence[ColumnGroup],
    links: Sequence[Link],
) -> Iterator[ColumnGroup]:
    """Leave out found groups with columns that links name."""
    inside = {j for group in named for j in group.members}
    for group in found:
        if inside & set(group.members):
            continue
        names = {table.names[j] for j in group.members}
        link = next((one for one in links if names & set(_keys(table, one))), None)
        if link is None:
            yield group
            continue
        warn_user(
            f"In the training rows, {_group_link(table, group)!r}. This is not kept, "
            f"because {link!r} names its columns. To keep it, write the link for all "
            "of these columns together as ExactlyOne."
        )


def _keys(table: TableSchema, link: Link) -> Iterator[Hashable]:
    """Names of the columns that a link needs to be columns of their own."""
    keys: Collection[Hashable] = ()
    if isinstance(link, If):
        keys = [getattr(step, "column", None) for step in (link.change, link.then)]
    elif isinstance(link, NotAbove):
        keys = (link.column, link.other)
    elif isinstance(link, Linear) and not _means_exactly_one(table, link):
        keys = [column for column, _ in link.terms]
    elif isinstance(link, (Derived, Determines)):
        keys = (link.column,)
    for key in keys:
        if _is_known(table, key):
            yield table.names[table.position(key)]


def _look_up(features: TableSchema, codes: np.ndarray, link: Determines) -> LookedUp:
    """Learn a `Determines` from training rows."""
    try:
        source = features.position(link.source)
        column = features.position(link.column)
    except ValueError as error:
        raise ValueError(f"links, {link!r}: {error}") from None
    if source == column:
        raise ValueError(f"links, {link!r}: name two different columns.")
    complete = codes[~np.isnan(codes[:, [source, column]]).any(axis=1)]
    pairs = np.unique(complete[:, [source, column]], axis=0)
    twice = np.flatnonzero(pairs[1:, 0] == pairs[:-1, 0])
    if len(twice):
        first, other = pairs[twice[0]], pairs[twice[0] + 1]
        value = as_python(features.value_of(source, first[0]))
        values = [
            as_python(features.value_of(column, one[1])) for one in (first, other)
        ]
        raise ValueError(
            f"links, {link!r}: training rows with {link.source!r} {value!r} have "
            f"{link.column!r} {values[0]!r} and {values[1]!r}. The column does not "
            "follow from it."
        )
    if not len(pairs):
        raise ValueError(f"links, {link!r}: no training row has both values.")
    is_ordered = features.columns[source].is_numeric
    known, values = pairs.T.tolist()
    return LookedUp(column, (source,), tuple(known), tuple(values), is_ordered)


def _warn_of_unknown(
    schema: TableSchema, unknown: Sequence[tuple[int, tuple[int, int]]]
) -> None:
    """Warn of columns that follow from two others by a formula that is not known."""
    if not unknown:
        return
    names = schema.names
    texts = [
        f"{names[j]!r} from {names[a]!r} and {names[b]!r}" for j, (a, b) in unknown
    ]
    column, (first, second) = unknown[0]
    link = (
        f"Derived({names[column]!r}, [{names[first]!r}, {names[second]!r}], function)"
    )
    warn_user(
        f"In the training rows, columns follow from others: {'; '.join(texts)}. The "
        "formula is not known, so a recourse may break it. If it is a rule, write it "
        f"as links=[{link}], where function(table) computes the column."
    )


def _group_link(table: TableSchema, group: ColumnGroup) -> ExactlyOne:
    """Write a group as a link."""
    return ExactlyOne([table.names[j] for j in group.members], group.at_most)


def _link_of(schema: TableSchema, one: Determined) -> Link:
    """Write a determined feature as a link."""
    names = schema.names
    if isinstance(one, LookedUp):
        return Determines(names[one.sources[0]], names[one.column])
    sources = [names[j] for j in one.sources]
    return Derived(names[one.column], sources, RelationFunction(one, schema))


class RelationFunction:
    """The function of a found relation, for a `Derived` link.

    Parameters
    ----------
    relation : Determined
        A relation between columns of numbers.
    schema : TableSchema
        What each feature is.
    """

    def __init__(self, relation: Determined, schema: TableSchema) -> None:
        self.relation = relation
        self._width = schema.n_features
        columns = tuple(schema.columns[j] for j in relation.sources)
        self._sources = TableSchema(columns, schema.array_dtype)
        self.__name__ = relation.describe(schema.names)

    def __call__(self, table: Any) -> np.ndarray:
        """Compute the column from a table with the source columns."""
        codes = np.full((len(table), self._width), np.nan)
        codes[:, self.relation.sources] = self._sources.encode(table)
        return self.relation.compute(codes)
