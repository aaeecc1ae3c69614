"""Actionability: the feasible rows of a person, and the nearest feasible row."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .._config import SearchConfig
from ..table import TableSchema, same_cells
from ._money import check_prices
from ._people import People
from ._relations import Relations, read_relations, with_explicit_groups
from .links import Derived, Determines, ExactlyOne, Link, LinkSet, derived_positions
from .rules import (
    AnyPrice,
    Fill,
    LevelPrices,
    Levels,
    Price,
    RareLevels,
    SeveralCategories,
    Weight,
    price_of,
    read_feature_rules,
    written_rules,
)

# Rules that price changes, and restrict nothing.
_COSTS = (Weight, Price, LevelPrices, RareLevels)


class Actionability:
    r"""The feasible rows of each person: rules, links and limits together.

    Parameters
    ----------
    schema : TableSchema
        What each column is. A `FeatureSchema` has groups of columns as one feature.
    rules : mapping, default=None
        Column to rule: ``"immutable"``, ``"increasing"``, ``"decreasing"``,
        `Range`, `Levels`, `Transitions`, `Fill`, `Weight`, `Price`, `LevelPrices`,
        `RareLevels`, or a list of these. All rules of a list apply.
    links : sequence, default=None
        `If`, `NotAbove`, `Linear`, `Derived`, `MaxChanged`, `ExactlyOne`,
        `Determines`.
    repair_rounds : int
        Number of rounds in which broken links are repaired.
    found : tuple of link
        Relations that the schema knows and no link names, as links.

    Attributes
    ----------
    schema : TableSchema
        What each feature is.
    rules : tuple of FeasibleValues
        The merged rules, one per feature.
    written : dict of label to tuple of rule
        The rules as the user wrote them, by column of the table or name of a group.
    links : tuple of link
        The links as the user wrote them.
    found : tuple of link
        Further relations that the schema knows, as links.
    link_set : LinkSet
        The links, on codes.

    Notes
    -----
    A person with value :math:`o` in a feature may take the values

    .. math:: A(o) = \{o\} \cup \{v \text{ that keeps the rules of the feature}\}.

    Numbers stay in the range and on the step seen in training, such as whole numbers
    or cents, and levels stay levels. Ends of the range are read as they are written, so
    that 0.1 + 0.2 is 0.3. A step in a `Range` replaces the learned step. An own value
    that breaks a rule may stay. If it changes, the new value must keep the rule. A
    missing cell may be filled unless a rule compares with the own value. A present cell
    is never emptied. Links work in the same way: a link applies only to rows in which
    at least one of its columns changes. Limits of single people narrow the rules
    further.

    `project` first moves every cell to the nearest value that the rules permit. It
    then repairs broken links. If the repair fails, it takes changes back. Every
    result is feasible, and a feasible row is returned unchanged, to the last bit.
    Without links the result is the nearest feasible row. With links the result is
    near the proposal. It may be the person's own row, which is no recourse.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar import If, Rises
    >>> from skpar.actionability import Actionability, People
    >>> from skpar.table import TableSchema
    >>> table = pd.DataFrame({"age": [20, 60], "school": [8, 16]})
    >>> schema = TableSchema.infer(table)
    >>> able = Actionability(
    ...     schema, {"age": "increasing"}, [If(Rises("school"), Rises("age", by=2))]
    ... )
    >>> people = People.unlimited(np.array([[30.0, 9.0]]))
    >>> able.project(people, np.array([[20.0, 12.0]]))
    array([[32., 12.]])
    >>> able.is_feasible(people, np.array([[31.0, 12.0]]))
    array([False])
    """

    def __init__(
        self,
        schema: TableSchema,
        rules: Mapping[Hashable, Any] | None = None,
        links: Sequence[Link] | None = None,
        repair_rounds: int = SearchConfig.link_repair_rounds,
        found: tuple[Link, ...] = (),
    ) -> None:
        schema = with_explicit_groups(schema, links)
        self.schema = schema
        # Derived columns are computed, so their values may be between learned steps.
        computed = derived_positions(schema, links)
        self.rules = read_feature_rules(schema, rules, computed)
        self.written = written_rules(schema, rules)
        self.link_set = LinkSet(schema, self.rules, links, repair_rounds)
        self.links = self.link_set.links
        self.found = found
        self._several = SeveralCategories(self.rules, self.link_set.derived)
        alone = np.setdiff1d(np.arange(len(self.rules)), self._several.columns)
        self._single = alone.tolist()

    @classmethod
    def of_estimator(
        cls,
        par: Any,
        table: TableSchema,
        codes: np.ndarray,
        labels: Any,
        report: Callable[[str], Any] = str,
    ) -> tuple[Actionability, Relations]:
        """Read rules, links and relations of an estimator, such as PARRecourse.

        Parameters
        ----------
        par : estimator
            Has `actionability`, `links`, `keep_relations` and `effort`.
        table : TableSchema
            Schema of the table.
        codes : ndarray of shape (n, n_columns), dtype float64
            Training rows.
        labels : sequence of length n
            Labels of the rows, for messages.
        report : callable, optional
            Called with each line of progress.

        Returns
        -------
        actionability : Actionability
        relations : Relations
            Relations of the table, and the training rows as codes of its features.
        """
        relations = read_relations(
            table,
            codes,
            par.links,
            par.actionability,
            searches=par.keep_relations,
            config=par.relation_config,
            report=report,
        )
        rounds = par.search_config.link_repair_rounds
        made = cls(
            relations.schema,
            par.actionability,
            par.links,
            rounds,
            found=relations.found,
        )
        check_prices(made.schema, made.rules, made.derived, par.effort)
        report("links: check of the rows")
        made.link_set.check_rows(relations.codes, labels)
        return made, relations

    def relaxations(self) -> Iterator[tuple[str, Actionability]]:
        """Leave out each rule and each link in turn.

        Yields
        ------
        dropped : str
            The rule that is left out, with its column, or the link.
        rest : Actionability
            All other rules and links. `Derived`, `Determines` and `ExactlyOne` always
            stay: they describe the table. A rule is skipped if the others permit no
            value without it, as when its step replaces a coarser learned step.
        """
        rounds = self.link_set.repair_rounds
        for dropped, rules, links in self._without_one():
            try:
                rest = Actionability(self.schema, rules, links, rounds)
            except ValueError:
                continue
            yield dropped, rest

    def _without_one(self) -> Iterator[tuple[str, dict[Hashable, Any], list[Link]]]:
        """Leave out each rule and each link in turn, as the user wrote them."""
        written = self.written
        for name, rules in written.items():
            for k, dropped in enumerate(rules):
                rest = {**written, name: rules[:k] + rules[k + 1 :]}
                if isinstance(dropped, Levels) and dropped.ordered:
                    position = self.schema.position(name)
                    order = self.schema.columns[position].levels or ()
                    more = [level for level in order if level not in dropped.levels]
                    rest[name] += (Levels([*dropped.levels, *more], ordered=True),)
                if not isinstance(dropped, _COSTS) and dropped != Fill(True):
                    yield f"{name}: {dropped!r}", rest, list(self.links)
        for k, link in enumerate(self.links):
            if not isinstance(link, (Derived, Determines, ExactlyOne)):
                yield repr(link), written, [*self.links[:k], *self.links[k + 1 :]]

    @property
    def is_ordered(self) -> np.ndarray:
        """Whether the values of each feature have an order, (n_features,), bool."""
        return np.array([column.is_ordered for column in self.schema.columns])

    @property
    def weights(self) -> np.ndarray:
        """Factor on the effort of each feature, (n_features,), dtype float64.

        It is 0 for derived columns, because nobody changes them directly.
        """
        weights = np.array([rule.weight for rule in self.rules])
        weights[list(self.derived)] = 0.0
        return weights

    @property
    def prices(self) -> tuple[AnyPrice | None, ...]:
        """The price rule of each feature; None if it has none."""
        return tuple(price_of(rule.written) for rule in self.rules)

    @property
    def takes_many_numbers(self) -> np.ndarray:
        """Whether each feature takes numbers, not a list of few, (n_features,), bool.

        Derived columns do not count.
        """
        takes = np.array([rule.takes_many_numbers for rule in self.rules], dtype=bool)
        takes[list(self.derived)] = False
        return takes

    @property
    def derived(self) -> tuple[int, ...]:
        """Columns that are computed from other columns."""
        return self.link_set.derived

    @property
    def families(self) -> np.ndarray:
        """Number of the family of each feature, (n_features,), dtype int64.

        Features of one family are computed from one another. Families are numbered
        from 0, in the order of their first features.
        """
        family, link_set = np.arange(len(self.rules)), self.link_set
        for column, sources in link_set.sources.items():
            joined = np.unique(family[[column, *sources]])
            family[np.isin(family, joined)] = joined[0]
        return np.unique(family, return_inverse=True)[1].astype(np.int64)

    def project(self, people: People, proposal: np.ndarray) -> np.ndarray:
        """Move every row to a feasible row near by.

        Parameters
        ----------
        people : People
            The people that the rows are proposed to.
        proposal : ndarray of shape (n_people, n_features) or \
                (n_people, n_proposals, n_features), dtype float64
            Codes; any values are possible.

        Returns
        -------
        candidate : ndarray of the shape of `proposal`, dtype float64
            Codes that keep all rules and links. If a proposal cannot be repaired,
            the person's own codes.
        """
        candidate = self.project_cells(people, proposal)
        self.link_set.repair(people.aligned_to(proposal), candidate)
        return candidate

    def project_cells(self, people: People, proposal: np.ndarray) -> np.ndarray:
        """Move every cell to the nearest feasible value, without regard to links.

        Parameters
        ----------
        people : People
            The people that the rows are proposed to.
        proposal : ndarray of shape (n_people, n_features) or \
                (n_people, n_proposals, n_features), dtype float64
            Codes; any values are possible.

        Returns
        -------
        candidate : ndarray of the shape of `proposal`, dtype float64
            Feasible codes. Of two equally near values, the smaller change is taken.
            The own value stays if the proposed level of a nominal feature is not
            feasible, if the proposed cell is missing, and in derived columns.
        """
        people = people.aligned_to(proposal)
        candidate = np.empty(proposal.shape)
        several = self._several
        candidate[..., several.columns] = several.nearest(
            people.codes, proposal, people.limits.frozen
        )
        stays = _unchanged(people, proposal)
        stays[list(self.derived)] = True
        for j in self._single:
            rule, own = self.rules[j], people.codes[..., j]
            if stays[j]:
                candidate[..., j] = own
            else:
                bounds = people.limits.of_column(j)
                candidate[..., j] = rule.nearest(own, proposal[..., j], bounds)
        return candidate

    def keeps_rules(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Check for every cell whether it keeps the rules of its feature.

        Parameters
        ----------
        people : People
            The people that would change to the rows.
        rows : ndarray of shape (n_people, n_features) or \
                (n_people, n_rows, n_features), dtype float64
            Codes to check.

        Returns
        -------
        kept : ndarray of the shape of `rows`, dtype bool
            False if a rule is broken.
        """
        people = people.aligned_to(rows)
        kept = np.empty(rows.shape, dtype=bool)
        several = self._several
        nearest = several.nearest(people.codes, rows, people.limits.frozen)
        kept[..., several.columns] = same_cells(nearest, rows[..., several.columns])
        stays = _unchanged(people, rows)
        for j in self._single:
            rule, own, cells = self.rules[j], people.codes[..., j], rows[..., j]
            if stays[j]:
                kept[..., j] = True  # the own value is always feasible
                continue
            nearest = rule.nearest(own, cells, people.limits.of_column(j))
            kept[..., j] = same_cells(nearest, cells)
        return kept

    def is_feasible(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Check for every row whether it keeps all rules and links.

        Parameters
        ----------
        people : People
            The people that would change to the rows.
        rows : ndarray of shape (n_people, n_features) or \
                (n_people, n_rows, n_features), dtype float64
            Codes to check.

        Returns
        -------
        feasible : ndarray of shape (n_people,) or (n_people, n_rows), dtype bool
        """
        kept = np.all(self.keeps_rules(people, rows), axis=-1)
        return np.asarray(kept & self.link_set.holds(people.aligned_to(rows), rows))

    def can_change(self, people: People) -> np.ndarray:
        """Check for every cell whether it can change at all under the rules.

        Parameters
        ----------
        people : People

        Returns
        -------
        can_change : ndarray of shape (n_people, n_features), dtype bool
            False if only the own value is feasible. Also False in derived columns,
            because nobody can change them directly.
        """
        can_change = np.zeros(people.codes.shape, dtype=bool)
        for j, rule in enumerate(self.rules):
            if j not in self.derived:
                bounds = people.limits.of_column(j)
                can_change[:, j] = rule.can_change(people.codes[:, j], bounds)
        return can_change


def _unchanged(people: People, rows: np.ndarray) -> np.ndarray:
    """Features (n_features,) that no row changes; most rows change few."""
    same = same_cells(people.codes, rows)
    return np.asarray(same.all(axis=tuple(range(same.ndim - 1))))
