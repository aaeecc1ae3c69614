"""Brute force: every world of latent states, one by one, in plain numpy."""

import math

import numpy as np
import pandas as pd
import torch

from skpar.density._api import Circuit
from skpar.density.circuit._factors import Factors
from skpar.density.circuit._leaves import Leaves
from skpar.density.circuit._tree import Tree

KINDS = ("continuous", "integer", "nominal", "ordinal", "binary")


def make_table(columns, n_rows, rng):
    """Independent columns of given kinds; of those marked, a third is missing."""
    table = {}
    for place, (kind, has_missing) in enumerate(columns):
        if kind == "continuous":
            values = rng.normal(size=n_rows) * 10.0 ** rng.randint(-3, 4)
        elif kind == "integer":
            values = rng.randint(0, 4, n_rows).astype(float)
        elif kind == "binary":
            values = rng.permutation(np.arange(n_rows) % 2 == 0)
        else:
            levels = np.array(list("abcd")[: rng.randint(2, 5)])
            values = rng.permutation(np.resize(levels, n_rows))
        series = pd.Series(values)
        if kind == "ordinal":
            levels = sorted(set(values))
            series = pd.Series(pd.Categorical(values, levels, ordered=True))
        if kind == "binary":
            series = series.astype("boolean")
        if has_missing:
            series[: n_rows // 3] = None
            series = series.sample(frac=1, random_state=rng, ignore_index=True)
        table[f"column{place}"] = series
    return pd.DataFrame(table)


def make_circuit(encoder, rows, n_states, rng):
    """A circuit with a random tree and random probabilities, none of them fitted."""
    leaves = Leaves(encoder, rows.numpy())
    n_columns = len(encoder.slices)
    order = rng.permutation(n_columns)
    parent = np.full(n_columns, -1)
    for place in range(1, n_columns):
        parent[order[place]] = order[rng.randint(place)]

    def shares(*shape):
        raw = rng.exponential(size=shape) ** 3 + 1e-3
        return raw / raw.sum(axis=-1, keepdims=True)

    weights = shares(len(leaves.numeric), n_states, leaves.kernels.used.shape[1])
    weights = weights * leaves.kernels.used[:, None, :]
    tables = [shares(n_states, b - a) for a, b in leaves.distributions()]
    parts = (
        shares(n_states),
        shares(n_columns, n_states, n_states),
        weights / weights.sum(axis=-1, keepdims=True),
        np.concatenate([np.empty((n_states, 0)), *tables], axis=1),
    )
    factors = Factors(*(torch.from_numpy(part) for part in parts))
    return Circuit(Tree(parent, order), leaves, factors)


class Oracle:
    """Answers for a circuit, by enumeration.

    Rows are encoded, real or complex, of shape (width,); `absent` is the set of columns
    whose cells are summed over although they are present.
    """

    def __init__(self, circuit, encoder):
        prior, transition, weights, levels = (part.numpy() for part in circuit.factors)
        self.encoder = encoder
        self.kernels = circuit.leaves.kernels
        n_columns, n_states = len(encoder.slices), len(prior)
        self.worlds = np.indices((n_states,) * n_columns).reshape(n_columns, -1)
        self.chance = prior[self.worlds[circuit.tree.order[0]]].copy()
        for column, parent in enumerate(circuit.tree.parent):
            if parent >= 0:
                pair = self.worlds[parent], self.worlds[column]
                self.chance *= transition[(column, *pair)]
        self.numeric = {int(column): i for i, column in enumerate(encoder.numeric)}
        self.weights, self.tables, start = weights, {}, 0
        for column, cells in enumerate(encoder.slices):
            if column not in self.numeric:
                size = cells.stop - cells.start
                self.tables[column] = levels[:, start : start + size]
                start += size
        self.presence = {}
        for column in np.flatnonzero(encoder.missing >= 0).tolist():
            self.presence[column] = levels[:, start], levels[:, start + 1]
            start += 2

    def kernels_at(self, column, z):
        """Weighted density (H, M) of every kernel at a number."""
        index = self.numeric[column]
        width = self.kernels.width[index]
        distance = (z - self.kernels.location[index]) / width
        density = np.exp(-(distance**2) / 2) / (width * np.sqrt(2 * np.pi))
        density[-1] = 1 / (np.pi * width[-1] * (1 + distance[-1] ** 2))
        return self.weights[index] * density

    def mass_below(self, column, z):
        """Probability (H,) of the numbers up to z."""
        index = self.numeric[column]
        distance = (z - self.kernels.location[index]) / self.kernels.width[index]
        mass = np.array([(1 + math.erf(x / math.sqrt(2))) / 2 for x in distance])
        mass[-1] = np.arctan(distance[-1]) / np.pi + 0.5
        return self.weights[index] @ mass

    def leaf(self, column, row):
        """Likelihood (H,) of a cell."""
        cells, indicator = self.encoder.slices[column], self.encoder.missing[column]
        if column in self.numeric:
            likelihood = self.kernels_at(column, row[cells.start]).sum(axis=1)
        else:
            likelihood = self.tables[column] @ row[cells]
        if indicator < 0:
            return likelihood
        missing, present = self.presence[column]
        return row[indicator] * missing + (1 - row[indicator]) * present * likelihood

    def total(self, leaves):
        """Sum over worlds, with a likelihood (H,) for some of the columns."""
        terms = self.chance
        for column, likelihood in leaves.items():
            terms = terms * likelihood[self.worlds[column]]
        return terms.sum()

    def largest(self, leaves):
        """Largest term of `total`."""
        terms = self.chance
        for column, likelihood in leaves.items():
            terms = terms * likelihood[self.worlds[column]]
        return terms.max()

    def density(self, row, absent=()):
        """Density of a row."""
        columns = set(range(len(self.worlds))) - set(absent)
        return self.total({column: self.leaf(column, row) for column in columns})

    def best_part(self, column, row):
        """Largest part (H,) of a cell's likelihood that one kernel or level has."""
        cells = self.encoder.slices[column]
        if column in self.numeric:
            return self.kernels_at(column, row[cells.start]).max(axis=1)
        return self.tables[column] @ row[cells]

    def explanation(self, row, absent, missing):
        """Largest joint density of a row's present cells, its cells in `absent`, their
        kernels, all states, and of those in `missing` being so."""
        columns = range(len(self.worlds))
        part = {True: self.best_part, False: self.leaf}
        leaves = {j: part[j in absent](j, row) for j in columns}
        for column in missing:
            leaves[column] = leaves[column] * self.presence[column][0]
        return self.largest(leaves)

    def best_explanation(self, row, absent, missing):
        """The same, the cells in `absent` chosen as well: given the states, each may
        take the best of its values on its own."""
        leaves = {}
        for column in range(len(self.worlds)):
            if column not in absent:
                leaves[column] = self.leaf(column, row)
                continue
            if column in self.numeric:
                centres = self.kernels.location[self.numeric[column]]
                tops = [self.kernels_at(column, z) for z in centres]
                leaves[column] = np.max(tops, axis=(0, 2))
            else:
                leaves[column] = self.tables[column].max(axis=1)
        for column in missing:
            leaves[column] = leaves[column] * self.presence[column][0]
        return self.largest(leaves)
