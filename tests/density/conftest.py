"""Tables as the density sees them."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from skpar.table import TableSchema
from skpar.table._encoder import TableEncoder


@pytest.fixture
def encode():
    """Encode a table with an encoder of its own."""

    def encode(table):
        schema = TableSchema.infer(table)
        codes = schema.encode(table)
        encoder = TableEncoder(schema, codes)
        return SimpleNamespace(encoder=encoder, codes=codes, rows=encoder.encode(codes))

    return encode


@pytest.fixture
def mixed_table():
    """Make a table with dependence, missing cells, spikes and every kind of column."""

    def make(n_rows, seed=0):
        rng = np.random.RandomState(seed)
        hidden = rng.randint(0, 3, n_rows)
        income = np.exp(rng.normal(hidden, 0.5))
        income[rng.uniform(size=n_rows) < 0.1] = np.nan
        job = np.array(["cook", "clerk", "judge"])[
            np.where(rng.uniform(size=n_rows) < 0.8, hidden, 2 - hidden)
        ].astype(object)
        job[rng.uniform(size=n_rows) < 0.1] = None
        gain = np.where(
            rng.uniform(size=n_rows) < 0.7, 0.0, rng.exponential(5e3, n_rows)
        )
        return pd.DataFrame(
            {
                "income": income,
                "age": 20 + 10 * hidden + rng.randint(0, 15, n_rows),
                "gain": gain,
                "job": job,
                "owns": rng.uniform(size=n_rows) < 0.2 + 0.3 * hidden,
            }
        )

    return make
