import numpy as np
import pytest

from skpar.density.circuit._atoms import (
    atom_candidates,
    frequent_values,
    leave_one_out,
)

from .._circuits import CONFIG


def test_frequent_values_are_the_most_frequent_ones_in_order():
    counts = np.array([5.0, 1.0, 9.0, 7.0])
    assert frequent_values(counts, 5.0, 10).tolist() == [0, 2, 3]
    assert frequent_values(counts, 5.0, 2).tolist() == [2, 3]


def test_all_values_are_a_candidate_only_if_each_has_many_rows():
    few = np.r_[np.full(9, 5.0 * CONFIG.min_rows_per_atom), 1.0]
    assert len(atom_candidates(few, CONFIG)[-1]) == 10
    many = np.r_[np.full(9, CONFIG.min_atom_rows), 1.0]
    assert len(atom_candidates(many, CONFIG)[-1]) < 10


def test_candidates_grow():
    counts = np.random.RandomState(0).pareto(1.0, 100) * 50
    sizes = [len(atoms) for atoms in atom_candidates(counts, CONFIG)]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(("n_rows", "better"), [(1.0, False), (20.0, True)])
def test_atoms_pay_for_values_that_repeat(n_rows, better):
    """Ten values of a hundred occur: as atoms they pay if they have several rows."""
    smooth = np.full((1, 10), 0.01)
    atoms = np.vstack([np.eye(10), smooth])
    counts = np.full(10, n_rows)
    gain = leave_one_out(atoms, counts, 50) - leave_one_out(smooth, counts, 50)
    assert (gain > 0) == better
