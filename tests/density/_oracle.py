"""Brute force: every world of latent states, one by one, in plain numpy."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import torch
from hypothesis import strategies as st

from skpar.density.circuit._circuit import Circuit, CircuitParameters
from skpar.density.circuit._leaves import Leaves
from skpar.density.circuit._tree import Tree
from skpar.table import TableSchema
from skpar.table._encoder import TableEncoder

from ._circuits import CONFIG

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
    leaves = Leaves(encoder, rows.numpy(), CONFIG)
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
    parameters = CircuitParameters(*(torch.from_numpy(part) for part in parts))
    return Circuit(Tree(parent, order), leaves, parameters)


class Oracle:
    """Answers for a circuit, by enumeration.

    Rows are encoded, real or complex, of shape (width,); `absent` is the set of columns
    whose cells are summed over although they are present.
    """

    def __init__(self, circuit, encoder):
        prior, transition, weights, levels = (
            part.numpy() for part in circuit.parameters
        )
        self.encoder = encoder
        self.kernels = circuit.leaves.kernels
        n_columns, n_states = len(encoder.slices), len(prior)
        self.worlds = np.indices((n_states,) * n_columns).reshape(n_columns, -1)
        self.chance = prior[self.worlds[circuit.tree.root]].copy()
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
        left, right = self.kernels.left[index], self.kernels.right[index]
        side = z - self.kernels.location[index]
        distance, width = side / np.where(side < 0, left, right), (left + right) / 2
        density = np.exp(-(distance**2) / 2) / (width * np.sqrt(2 * np.pi))
        density[-1] = 1 / (np.pi * width[-1] * (1 + distance[-1] ** 2))
        return self.weights[index] * density

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

    def density(self, row, absent=()):
        """Density of a row."""
        columns = set(range(len(self.worlds))) - set(absent)
        return self.total({column: self.leaf(column, row) for column in columns})


def make_world(columns, n_states, seed, extreme=None, n_rows=18, n_queries=3):
    """A circuit of any shape, and rows whose cells come from different people.

    Rows are listed (`cells` and `index`) and in full. With `extreme`, some numbers are
    that large.
    """
    rng = np.random.RandomState(seed)
    table = make_table(columns, n_rows, rng)
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    encoder = TableEncoder(schema, codes)
    circuit = make_circuit(encoder, encoder.encode(codes), n_states, rng)
    if extreme is not None:
        for column in encoder.numeric:
            present = np.flatnonzero(~np.isnan(codes[:, column]))
            codes[present[:2], column] = np.array([extreme, -extreme])[: len(present)]
    index = rng.randint(n_rows, size=(codes.shape[1], n_queries))
    return SimpleNamespace(
        encoder=encoder,
        circuit=circuit,
        cells=encoder.encode(codes),
        listed=codes,
        index=index,
        rows=encoder.encode(np.take_along_axis(codes, index.T, axis=0)),
        rng=rng,
    )


def worlds(max_columns, max_states, extremes=(None,), **options):
    """Strategy of worlds."""
    column = st.tuples(st.sampled_from(KINDS), st.booleans())
    return st.builds(
        partial(make_world, **options),
        st.lists(column, min_size=1, max_size=max_columns),
        st.integers(1, max_states),
        st.integers(0, 2**31),
        st.sampled_from(extremes),
    )
