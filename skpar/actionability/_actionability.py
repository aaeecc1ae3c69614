"""Actionability: which rows are feasible for a person, and the nearest of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .._config import SearchConfig
from ..table import TableSchema, same_cells
from ._people import People
from .links import Derived, Link, LinkSet
from .rules import Fill, Levels, Weight, read_rules


class Actionability:
    r"""What each person may change, how far, and what must change together.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    rules : mapping, default=None
        Column to rule: ``"immutable"``, ``"increasing"``, ``"decreasing"``,
        `Range`, `Levels`, `Transitions`, `Fill`, `Weight`, or a list of these that
        hold together.
    links : sequence, default=None
        `If`, `NotAbove`, `Linear`, `Derived`, `MaxChanged`.
    repair_rounds : int
        Rounds in which broken links are repaired.

    Attributes
    ----------
    schema : TableSchema
        What each column is.
    rules : tuple of FeasibleValues
        One per column.
    links : tuple of link
        As the user wrote them.
    link_set : LinkSet
        The links, on codes.

    Notes
    -----
    A person with value :math:`o` in a feature may take the values of

    .. math:: A(o) = \{o\} \cup \{v \text{ permitted by the rules of the feature}\},

    where numbers stay in the range seen in training, whole numbers stay whole,
    and levels stay levels. So an own value that breaks a rule may stay, and if it
    moves, it moves into the rule. A missing cell may be filled unless a rule
    compares with the own value; a present cell is never emptied. Likewise a link
    binds rows in which one of its columns changes. Limits of single persons narrow
    what the rules permit.

    `project` moves every cell to the nearest one that the rules permit, then mends
    the links that the row breaks, and takes changes back where that fails: every
    result is allowed, and a row that is allowed stays where it is, to the last bit.
    Without links it is the nearest row that is allowed. With links it is near, and
    may be the person's own row, which is no recourse.

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
    ) -> None:
        self.schema = schema
        self.rules = read_rules(schema, rules)
        self.link_set = LinkSet(schema, self.rules, links, repair_rounds)
        self.links = self.link_set.links

    def relaxations(self) -> Iterator[tuple[str, Actionability]]:
        """Drop every rule and link in turn.

        Yields
        ------
        dropped : str
            The rule, with its column, or the link.
        rest : Actionability
            All others. A derived column still follows: that is no rule.
        """
        names = self.schema.names
        written = {
            name: rule.written for name, rule in zip(names, self.rules, strict=True)
        }
        for name, rules in written.items():
            for k, dropped in enumerate(rules):
                rest = {**written, name: rules[:k] + rules[k + 1 :]}
                if isinstance(dropped, Levels) and dropped.ordered:
                    order = self.schema.columns[names.index(name)].levels or ()
                    more = [level for level in order if level not in dropped.levels]
                    rest[name] += (Levels([*dropped.levels, *more], ordered=True),)
                if not isinstance(dropped, Weight) and dropped != Fill(True):
                    yield f"{name}: {dropped!r}", self._relaxed(rest, self.links)
        for k, link in enumerate(self.links):
            if not isinstance(link, Derived):
                links = self.links[:k] + self.links[k + 1 :]
                yield repr(link), self._relaxed(written, links)

    def _relaxed(self, rules: Mapping[Hashable, Any], links: Any) -> Actionability:
        """Keep all but rules and links."""
        return Actionability(self.schema, rules, links, self.link_set.repair_rounds)

    @property
    def is_ordered(self) -> np.ndarray:
        """Features whose values lie in an order, (n_features,), dtype bool."""
        return np.array([column.is_ordered for column in self.schema.columns])

    @property
    def weights(self) -> np.ndarray:
        """Multiples of the effort of each feature, (n_features,), dtype float64."""
        return np.array([rule.weight for rule in self.rules])

    @property
    def derived(self) -> tuple[int, ...]:
        """Columns that follow from others."""
        return self.link_set.derived

    def project(self, people: People, proposal: np.ndarray) -> np.ndarray:
        """Move every row to a feasible one near by.

        Parameters
        ----------
        people : People
            Whom the rows are proposed to.
        proposal : ndarray of shape (n_people, n_features) or \
                (n_people, n_proposals, n_features), dtype float64
            Codes, of any value.

        Returns
        -------
        candidate : ndarray of the shape of `proposal`, dtype float64
            Codes that keep all rules and links; the person's own where a proposal
            cannot be made to.
        """
        candidate = self.project_cells(people, proposal)
        self.link_set.repair(people.aligned_to(proposal), candidate)
        return candidate

    def project_cells(self, people: People, proposal: np.ndarray) -> np.ndarray:
        """Move every cell to the nearest feasible value, links aside.

        Parameters
        ----------
        people, proposal
            As in `project`.

        Returns
        -------
        candidate : ndarray of the shape of `proposal`, dtype float64
            Of two values equally near the one that changes less is taken; a level
            that is not feasible in a nominal feature, a missing cell and a derived
            column give the own value.
        """
        people = people.aligned_to(proposal)
        candidate = np.empty(proposal.shape)
        for j, rule in enumerate(self.rules):
            own = people.codes[..., j]
            if j in self.derived:
                candidate[..., j] = own
            else:
                bounds = people.limits.of_column(j)
                candidate[..., j] = rule.nearest(own, proposal[..., j], bounds)
        return candidate

    def keeps_rules(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Tell for every cell whether it keeps the rules of its feature.

        Parameters
        ----------
        people : People
            Whose rows they could become.
        rows : ndarray of shape (n_people, n_features) or \
                (n_people, n_rows, n_features), dtype float64
            Codes to be judged.

        Returns
        -------
        kept : ndarray of the shape of `rows`, dtype bool
            False where a rule is broken.
        """
        people = people.aligned_to(rows)
        kept = np.empty(rows.shape, dtype=bool)
        for j, rule in enumerate(self.rules):
            own, cells = people.codes[..., j], rows[..., j]
            nearest = rule.nearest(own, cells, people.limits.of_column(j))
            kept[..., j] = same_cells(nearest, cells)
        return kept

    def is_feasible(self, people: People, rows: np.ndarray) -> np.ndarray:
        """Tell for every row whether it keeps all rules and links.

        Parameters
        ----------
        people, rows
            As in `keeps_rules`.

        Returns
        -------
        feasible : ndarray of shape (n_people,) or (n_people, n_rows), dtype bool
        """
        kept = np.all(self.keeps_rules(people, rows), axis=-1)
        return np.asarray(kept & self.link_set.holds(people.aligned_to(rows), rows))

    def can_change(self, people: People) -> np.ndarray:
        """Tell for every cell whether the rules let it change at all.

        Parameters
        ----------
        people : People

        Returns
        -------
        can_change : ndarray of shape (n_people, n_features), dtype bool
            False where nothing but the own value is feasible, and in derived
            columns, which nobody changes by themselves.
        """
        can_change = np.zeros(people.codes.shape, dtype=bool)
        for j, rule in enumerate(self.rules):
            if j not in self.derived:
                bounds = people.limits.of_column(j)
                can_change[:, j] = rule.can_change(people.codes[:, j], bounds)
        return can_change
