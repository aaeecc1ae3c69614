"""JavaScript computes the margin of the surrogate."""

import numpy as np

from skpar.report.page.what_if._choices import read_choices
from skpar.report.page.what_if._network import plain_network

from ._node import needs_node, run
from ._tables import everything, raw_rows


@needs_node
def test_margins_are_those_of_the_surrogate(par, people):
    surrogate, schema = par._parts.proposer.surrogate, par.schema_
    rng = np.random.default_rng(0)
    cases, truth = [], []
    age = schema.names.index("age")
    for k, feasible in enumerate((everything(schema), {age: (30.0, 41.5)}, {})):
        own = people.codes[k]
        rows = np.repeat(own[np.newaxis], 200, axis=0)
        choices = read_choices(schema, own, feasible, 9)
        for one in choices:
            inside = rng.choice(people.codes[:, one.feature], 200)
            is_choice = np.isin(inside, one.codes)
            is_choice |= (one.low <= inside) & (inside <= one.high)
            rows[is_choice, one.feature] = inside[is_choice]
        plain = plain_network(surrogate, schema, own, choices, 9)
        payload = {"kind": "network", "isExact": False, "agreement": 0.9, **plain}
        cases.append((payload, raw_rows(schema, rows)))
        truth.append(surrogate.decision_function(rows))
    assert np.ptp(truth[0]) > 0.5
    for (accepts, margin), expected in zip(
        run("skparDecision", cases, ["accepts", "margin"]), truth, strict=True
    ):
        np.testing.assert_allclose(margin, expected, rtol=0, atol=1e-6)
        assert accepts == (expected > 0).tolist()


def test_a_narrow_range_has_few_knots(par, people):
    surrogate, schema = par._parts.proposer.surrogate, par.schema_
    rent = schema.names.index("rent")
    own = people.codes[0].copy()
    own[rent] = 500.0
    sizes = []
    for high in (501.0, 1500.0, np.inf):
        choices = read_choices(schema, own, {rent: (499.0, high)}, 9)
        plain = plain_network(surrogate, schema, own, choices, 9)
        sizes.append(len(plain["cells"][0]["knots"]))
    assert sizes == sorted(sizes)
    assert 2 <= sizes[0] < sizes[2] / 3
