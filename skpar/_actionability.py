"""Actionability: the rows that a person can reach, and the nearest of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from ._effort import same_cells
from ._merging import read_rules
from ._schema import TableSchema


class Actionability:
    r"""What each person may change, and how far.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    rules : mapping, default=None
        Column to rule: ``"immutable"``, ``"increasing"``, ``"decreasing"``, a
        `Range`, a `Levels`, or a list of these that hold together.

    Attributes
    ----------
    rules : tuple of Permitted
        One per column.

    Notes
    -----
    A person with value :math:`o` in a feature may take the values of

    .. math:: A(o) = \{o\} \cup \{v \text{ permitted by the rules of the feature}\},

    where numbers stay in the range seen in training, whole numbers stay whole,
    and levels stay levels. So an own value that breaks a rule may stay, and if it
    moves, it moves into the rule. A missing cell may be filled unless a rule
    compares with the own value; a present cell is never emptied.

    Whether a row is allowed is decided by projecting it: it is if it stays where
    it is. Hence every projection is allowed, to the last bit.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar._actionability import Actionability
    >>> from skpar._schema import TableSchema
    >>> table = pd.DataFrame({"age": [20, 60], "job": ["clerk", "cook"]})
    >>> schema = TableSchema.infer(table)
    >>> able = Actionability(schema, {"age": "increasing", "job": "immutable"})
    >>> factual = np.array([[30.0, 0.0]])
    >>> able.project(factual, np.array([[20.0, 1.0]]))
    array([[30.,  0.]])
    >>> able.allows(factual, np.array([[40.0, 0.0]]))
    array([ True])
    """

    def __init__(
        self, schema: TableSchema, rules: Mapping[Hashable, Any] | None = None
    ) -> None:
        self.rules = read_rules(schema, rules)

    def project(self, factual: np.ndarray, proposal: np.ndarray) -> np.ndarray:
        """Move every cell to the nearest value that its person can reach.

        Parameters
        ----------
        factual : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.
        proposal : ndarray of shape (n_samples, n_features) or \
                (n_samples, n_proposals, n_features), dtype float64
            Codes proposed to them, of any value.

        Returns
        -------
        candidate : ndarray of the shape of `proposal`, dtype float64
            Codes that the rules permit. Of two values equally near the one that
            changes less is taken; a level that is not permitted to a nominal
            feature, and a missing cell, give the own value.
        """
        own = factual if proposal.ndim == factual.ndim else factual[:, np.newaxis]
        candidate = np.empty(proposal.shape)
        for j, rule in enumerate(self.rules):
            candidate[..., j] = rule.nearest(own[..., j], proposal[..., j])
        return candidate

    def keeps(self, factual: np.ndarray, candidate: np.ndarray) -> np.ndarray:
        """Tell for every cell whether it keeps the rule of its feature.

        Parameters
        ----------
        factual : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.
        candidate : ndarray of shape (n_samples, n_features) or \
                (n_samples, n_proposals, n_features), dtype float64
            Codes to be judged.

        Returns
        -------
        kept : ndarray of the shape of `candidate`, dtype bool
            False where a rule is broken.
        """
        return same_cells(self.project(factual, candidate), candidate)

    def allows(self, factual: np.ndarray, candidate: np.ndarray) -> np.ndarray:
        """Tell for every row whether it keeps all rules.

        Parameters
        ----------
        factual : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.
        candidate : ndarray of shape (n_samples, n_features) or \
                (n_samples, n_proposals, n_features), dtype float64
            Codes to be judged.

        Returns
        -------
        allowed : ndarray of shape (n_samples,) or (n_samples, n_proposals), \
                dtype bool
            True where every cell keeps its rule.
        """
        return np.all(self.keeps(factual, candidate), axis=-1)

    def freedom(self, factual: np.ndarray) -> np.ndarray:
        """Tell for every cell whether it can change at all.

        Parameters
        ----------
        factual : ndarray of shape (n_samples, n_features), dtype float64
            Codes of the people who ask.

        Returns
        -------
        free : ndarray of shape (n_samples, n_features), dtype bool
            False where nothing but the own value is permitted.
        """
        free = np.empty(factual.shape, dtype=bool)
        for j, rule in enumerate(self.rules):
            free[:, j] = rule.is_free(factual[:, j])
        return free
