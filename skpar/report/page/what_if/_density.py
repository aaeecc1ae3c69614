"""The density of accepted people as plain data, for the values that one person may try.

`density.js` computes with it what `Plausibility` computes: the log-density of a row in
the units of the table, and its percentile.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...._search_config import WhatIfConfig
from ....actionability import People
from ....density._api import Circuit
from ....objective import Plausibility
from ....table import TableEncoder
from ._choices import Choice, Feasible, free_rows, read_choices, rounded
from ._folded_tree import FoldedTree
from ._relations import plain_relations


def density_payload(self: Any, person: People, feasible: Feasible) -> dict[str, Any]:
    """Write the density of accepted people as plain data, for one person.

    Cells that the person cannot change are folded into constants. So the data hold no
    more of the density than the page needs.

    Parameters
    ----------
    self : PARRecourse
        A fitted estimator.
    person : People
        One person.
    feasible : dict of int to tuple or list
        What may change, by position of the feature, as `feasible_values` returns it.

    Returns
    -------
    payload : dict
        For the function ``skparDensity`` of ``density.js``.

    Raises
    ------
    ValueError
        If a level is a whole number that JavaScript does not have.
    """
    config = self.search_config.what_if
    own = person.codes[0]
    choices = read_choices(self.schema_, own, feasible, config.max_listed)
    objective = self._parts.objective
    return DensityWriter(objective.plausibility, own, choices, config).payload()


class DensityWriter:
    """Writes the density of the rows that one person may try.

    Parameters
    ----------
    plausibility : Plausibility
        The density, and log-densities of other accepted people.
    own : ndarray of shape (n_features,), dtype float64
        Codes of the person.
    choices : sequence of Choice
        What may change.
    config : WhatIfConfig
        Digits and sizes.
    """

    def __init__(
        self,
        plausibility: Plausibility,
        own: np.ndarray,
        choices: Sequence[Choice],
        config: WhatIfConfig,
    ) -> None:
        self.plausibility = plausibility
        self.encoder: TableEncoder = plausibility.encoder
        self.schema = self.encoder.schema
        self.own = own
        self.choices = choices
        self.config = config
        self.circuit: Circuit = plausibility.accepted
        self.tabulated = plausibility.circuits[0]
        factor = plausibility.factor
        self.left_out = () if factor is None else factor.left_out

    def payload(self) -> dict[str, Any]:
        """Write all parts of the density."""
        inside = [one for one in self.choices if one.feature not in self.left_out]
        own = self.own[np.newaxis]
        table = self.tabulated.tabulate(own)
        fixed = [table.of_column(j) for j in range(len(self.own))]
        tree = FoldedTree(
            self.tabulated.order,
            self.tabulated.parent,
            self.tabulated.transition,
            self.tabulated.prior,
            {j: leaf[0] for j, (leaf, _) in enumerate(fixed)},
            [one.feature for one in inside],
        )
        free = [one.feature for one in self.choices]
        peaks = [float(peak[0]) for j, (_, peak) in enumerate(fixed) if j not in free]
        patterns = self._log_patterns(own)[0]
        patterns[free] = 0.0
        relations, constant = plain_relations(
            self.plausibility.factor, self.schema, self.own, self.choices
        )
        start = tree.log_scale + sum(peaks) + float(patterns.sum()) + constant
        return {
            "start": start,
            "units": self._fixed_units(free),
            "prior": self._rounded(tree.prior),
            "nodes": [
                {
                    "feature": node.column,
                    "parent": node.parent,
                    "bias": self._rounded(node.bias),
                    "transition": self._rounded(node.transition),
                }
                for node in tree.nodes
            ],
            "features": self._features(inside),
            "relations": relations,
            "fixed": _sources(relations, self.own, free),
            "reference": self._reference(),
        }

    def _features(self, inside: Sequence[Choice]) -> list[dict[str, Any]]:
        """Write the cells of all features that may change, and their leaves."""
        rows = free_rows(self.own, self.choices)
        table, patterns = self.tabulated.tabulate(rows), self._log_patterns(rows)
        scale, written = self.encoder.scale, []
        for one in self.choices:
            j = one.feature
            plain = one.plain(self.schema.columns[j])
            plain["codes"] = [None if np.isnan(k) else k for k in one.codes.tolist()]
            plain["logUnit"] = 0.0 if j in self.left_out else float(np.log(scale[j]))
            if one in inside:
                n_codes = len(one.codes)
                leaves, peaks = (part[:n_codes] for part in table.of_column(j))
                plain["leaves"] = [self._rounded(leaf) for leaf in leaves]
                plain["logPeaks"] = (peaks + patterns[:n_codes, j]).tolist()
                if one.is_range:
                    plain["kernels"] = self._kernels(one)
            written.append(plain)
        return written

    def _kernels(self, choice: Choice) -> dict[str, Any]:
        """Write the kernels of a range of numbers; the last is a Cauchy density."""
        leaves, j = self.circuit.leaves, choice.feature
        index = int(np.searchsorted(leaves.numeric, j))
        kernels = leaves.kernels.column(index)
        location, left, right = kernels.location[0], kernels.left[0], kernels.right[0]
        parameters = self.circuit.parameters
        weights = parameters.weights.numpy()[index][:, leaves.kernels.used[index]]
        if j in leaves.presence:
            share = leaves.presence[j][0] + 1
            weights = weights * parameters.levels.numpy()[:, [share]]
        scale = float(self.encoder.scale[j])
        reach = self.config.kernel_reach
        near = location - reach * left <= choice.high / scale
        near &= location + reach * right >= choice.low / scale
        near[-1] = True
        return {
            "scale": scale,
            "location": location[near].tolist(),
            "left": left[near].tolist(),
            "right": right[near].tolist(),
            "weights": [self._rounded(row) for row in weights[:, near]],
        }

    def _log_patterns(self, rows: np.ndarray) -> np.ndarray:
        """Compute the log-factors of groups in rows, of the shape of `rows`."""
        factor = self.plausibility.factor
        return np.zeros(rows.shape) if factor is None else factor.log_patterns(rows)

    def _fixed_units(self, free: Sequence[int]) -> float:
        """Sum the log-units of the numbers that cannot change."""
        row = self.own.copy()
        row[list(free)] = np.nan
        return float(self.plausibility.log_units(row[np.newaxis])[0])

    def _reference(self) -> list[float]:
        """Thin the log-densities of accepted people, evenly in rank."""
        reference, most = self.plausibility.reference, self.config.max_reference
        if len(reference) > most:
            places = np.linspace(0, len(reference) - 1, most)
            reference = reference[np.rint(places).astype(np.int64)]
        return [float(value) for value in reference.tolist()]

    def _rounded(self, values: np.ndarray) -> list[Any]:
        """Write probabilities with the digits of a page."""
        return rounded(values, self.config.digits)


def _sources(
    relations: Sequence[dict[str, Any]], own: np.ndarray, free: Sequence[int]
) -> dict[str, float | None]:
    """List the codes of features that relations need and that cannot change."""
    needed = {j for one in relations for j in (one["column"], *one["sources"])}
    return {
        str(j): None if np.isnan(own[j]) else float(own[j])
        for j in sorted(needed - set(free))
    }
