"""Actionability: the rows that a person can reach, and the nearest of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..table import TableSchema, same_cells
from ._limits import Limits, bounds_of
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

    Attributes
    ----------
    schema : TableSchema
        What each column is.
    rules : tuple of FeasibleValues
        One per column.
    links : tuple of link
        As the user wrote them.
    linking : LinkSet
        The links.

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
    >>> from skpar.actionability._actionability import Actionability
    >>> from skpar.table._schema import TableSchema
    >>> table = pd.DataFrame({"age": [20, 60], "school": [8, 16]})
    >>> schema = TableSchema.infer(table)
    >>> able = Actionability(
    ...     schema, {"age": "increasing"}, [If(Rises("school"), Rises("age", by=2))]
    ... )
    >>> factual = np.array([[30.0, 9.0]])
    >>> able.project(factual, np.array([[20.0, 12.0]]))
    array([[32., 12.]])
    >>> able.allows(factual, np.array([[31.0, 12.0]]))
    array([False])
    """

    def __init__(
        self,
        schema: TableSchema,
        rules: Mapping[Hashable, Any] | None = None,
        links: Sequence[Link] | None = None,
    ) -> None:
        self.schema = schema
        self.rules = read_rules(schema, rules)
        self.linking = LinkSet(schema, self.rules, links)
        self.links = self.linking.links

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
                    able = Actionability(self.schema, rest, self.links)
                    yield f"{name}: {dropped!r}", able
        for k, link in enumerate(self.links):
            if not isinstance(link, Derived):
                links = self.links[:k] + self.links[k + 1 :]
                yield repr(link), Actionability(self.schema, written, links)

    @property
    def is_ordered(self) -> np.ndarray:
        """Features whose values lie in an order, (n_features,), dtype bool."""
        return np.array([column.is_ordered for column in self.schema.columns])

    @property
    def weights(self) -> np.ndarray:
        """Multiples of the effort of each feature, (n_features,), dtype float64."""
        return np.array([rule.weight for rule in self.rules])

    def project(
        self, factual: np.ndarray, proposal: np.ndarray, limits: Limits | None = None
    ) -> np.ndarray:
        """Move every row to one near by that its person can reach.

        Parameters
        ----------
        factual : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.
        proposal : ndarray of shape (n_samples, n_features) or \
                (n_samples, n_proposals, n_features), dtype float64
            Codes proposed to them, of any value.
        limits : Limits, optional
            Limits of these people.

        Returns
        -------
        candidate : ndarray of the shape of `proposal`, dtype float64
            Codes that keep all rules and links; the person's own where a proposal
            cannot be made to.
        """
        candidate = self.project_cells(factual, proposal, limits)
        own, limits = _aligned(factual, proposal, limits)
        self.linking.settle(own, candidate, limits)
        return candidate

    def project_cells(
        self, factual: np.ndarray, proposal: np.ndarray, limits: Limits | None = None
    ) -> np.ndarray:
        """Move every cell to the nearest value that the rules permit, links aside.

        Parameters
        ----------
        factual, proposal, limits
            As in `project`.

        Returns
        -------
        candidate : ndarray of the shape of `proposal`, dtype float64
            Of two values equally near the one that changes less is taken; a level
            that is not permitted to a nominal feature, a missing cell and a derived
            column give the own value.
        """
        own, limits = _aligned(factual, proposal, limits)
        candidate = np.empty(proposal.shape)
        for j, rule in enumerate(self.rules):
            if j in self.linking.derived:
                candidate[..., j] = own[..., j]
                continue
            low, high = bounds_of(limits, j)
            candidate[..., j] = rule.nearest(own[..., j], proposal[..., j], low, high)
        return candidate

    def keeps(
        self, factual: np.ndarray, candidate: np.ndarray, limits: Limits | None = None
    ) -> np.ndarray:
        """Tell for every cell whether it keeps the rule of its feature.

        Parameters
        ----------
        factual : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.
        candidate : ndarray of shape (n_samples, n_features) or \
                (n_samples, n_proposals, n_features), dtype float64
            Codes to be judged.
        limits : Limits, optional
            Limits of these people.

        Returns
        -------
        kept : ndarray of the shape of `candidate`, dtype bool
            False where a rule is broken.
        """
        own, limits = _aligned(factual, candidate, limits)
        kept = np.empty(candidate.shape, dtype=bool)
        for j, rule in enumerate(self.rules):
            cells, (low, high) = candidate[..., j], bounds_of(limits, j)
            kept[..., j] = same_cells(
                rule.nearest(own[..., j], cells, low, high), cells
            )
        return kept

    def allows(
        self, factual: np.ndarray, candidate: np.ndarray, limits: Limits | None = None
    ) -> np.ndarray:
        """Tell for every row whether it keeps all rules and links.

        Parameters
        ----------
        factual, candidate, limits
            As in `keeps`.

        Returns
        -------
        allowed : ndarray of shape (n_samples,) or (n_samples, n_proposals), \
                dtype bool
        """
        own, near = _aligned(factual, candidate, limits)
        kept = np.all(self.keeps(factual, candidate, limits), axis=-1)
        return np.asarray(kept & self.linking.holds(own, candidate, near))

    def freedom(self, factual: np.ndarray, limits: Limits | None = None) -> np.ndarray:
        """Tell for every cell whether the rules let it change at all.

        Parameters
        ----------
        factual : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.
        limits : Limits, optional
            Limits of these people.

        Returns
        -------
        free : ndarray of shape (n_samples, n_features), dtype bool
            False where nothing but the own value is permitted, and in derived
            columns, which nobody changes by themselves.
        """
        free = np.zeros(factual.shape, dtype=bool)
        for j, rule in enumerate(self.rules):
            if j not in self.linking.derived:
                low, high = bounds_of(limits, j)
                free[:, j] = rule.is_free(factual[:, j], low, high)
        return free


def _aligned(
    factual: np.ndarray, rows: np.ndarray, limits: Limits | None
) -> tuple[np.ndarray, Limits | None]:
    """Give people and limits as many dimensions as the rows proposed to them."""
    if rows.ndim == factual.ndim:
        return factual, limits
    own = factual[:, np.newaxis]
    return own, None if limits is None else limits[:, np.newaxis]
