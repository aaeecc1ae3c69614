"""One fit for all tests of the folder."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skpar.actionability import People

from ...._loans import mixed_pipeline, quick
from ._tables import related_table


@pytest.fixture(scope="session")
def table():
    return related_table()


@pytest.fixture(scope="session")
def labels(table):
    wanted = table["age"] + table["may"] - 20 * table["is member"]
    return np.where(wanted > np.median(wanted), "yes", "no")


@pytest.fixture(scope="session")
def par(table, labels):
    clf = mixed_pipeline(LogisticRegression(max_iter=1000)).fit(table, labels)
    rules = {"age": "increasing", "place": "immutable"}
    par = quick(actionability=rules, favorable_label="yes")
    # The classifier knows the rows already, which is a warning with labels.
    return par.fit(table, None, clf)


@pytest.fixture(scope="session")
def people(par, table):
    return People.unlimited(par.schema_.encode(table))
