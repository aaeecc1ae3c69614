import numpy as np

from skpar.actionability._demands import Demand, Demands

DEMANDS = Demands(
    np.array([0, -1, 0, 1, -1]),
    np.array([0.5, 0.0, 0.5, 0.5, 0.0]),
    np.array([1.0, 0.8, 1.0, 1.0, 0.8]),
)


def test_groups_partition_people_by_their_demand():
    groups = DEMANDS.groups()
    rows = np.concatenate([rows for _, rows in groups])
    assert sorted(rows.tolist()) == list(range(5))
    found = {demand: rows.tolist() for demand, rows in groups}
    assert found == {
        Demand(0, 0.5, 1.0): [0, 2],
        Demand(-1, 0.0, 0.8): [1, 4],
        Demand(1, 0.5, 1.0): [3],
    }
    assert all(isinstance(demand.target, int) for demand in found)


def test_groups_of_some_people_are_their_groups():
    for rows in ([3, 1], [4, 0, 2]):
        whole = {demand for demand, some in DEMANDS.groups() if set(some) & set(rows)}
        assert {demand for demand, _ in DEMANDS[np.array(rows)].groups()} == whole


def test_the_decision_has_targets_and_no_probabilities():
    assert DEMANDS.has_probabilities
    decision = DEMANDS.of_decision
    assert not decision.has_probabilities
    assert decision.target.tolist() == DEMANDS.target.tolist()
    assert len(decision.groups()) == 3


def test_inserted_people_demand_nothing():
    rows = np.array([True, False, True, True, False, True, True])
    wide = DEMANDS.among(rows)
    for name in ("target", "min_probability", "max_probability"):
        np.testing.assert_array_equal(getattr(wide[rows], name), getattr(DEMANDS, name))
    assert wide[~rows].groups()[0][0] == Demand()
    assert wide.target.dtype == np.int64 and wide.max_probability.dtype == np.float64
