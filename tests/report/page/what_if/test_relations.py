"""Relations as plain data: what cannot change is a constant."""

import numpy as np

from skpar.report.page.what_if._choices import read_choices
from skpar.report.page.what_if._relations import plain_relations

from ._tables import everything


def test_relations_that_no_change_touches_are_a_constant(par, people):
    factor = par._parts.objective.plausibility.factor
    schema, own = par.schema_, people.codes[0].copy()
    own[schema.names.index("total")] += 1.0  # broken
    relations, constant = plain_relations(factor, schema, own, [])
    row = own[np.newaxis]
    assert relations == []
    expected = factor.log_factor(row) - factor.log_patterns(row).sum()
    np.testing.assert_allclose(constant, expected[0])
    assert constant < -10
    choices = read_choices(schema, own, everything(schema), 9)
    relations, constant = plain_relations(factor, schema, own, choices)
    assert len(relations) == 4
    np.testing.assert_allclose(constant, 0.0, atol=1e-9)


def test_a_change_touches_relations_of_its_feature(par, people):
    factor = par._parts.objective.plausibility.factor
    schema, own = par.schema_, people.codes[0]
    choices = read_choices(schema, own, {schema.names.index("price"): [1, 2]}, 9)
    (relation,), _ = plain_relations(factor, schema, own, choices)
    assert relation["column"] == schema.names.index("share")
    assert relation["fraction"] == [1, 1]


def test_without_a_factor_there_are_no_relations(par, people):
    assert plain_relations(None, par.schema_, people.codes[0], []) == ([], 0.0)
