import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from skpar.density.circuit._leaves import Leaves
from skpar.density.learning import _batches
from skpar.density.learning._batches import BATCH_ROWS, Batches


@pytest.fixture
def data(encode, mixed_table):
    return encode(mixed_table(1300))


def make(data, n_rows, taken=None):
    order = np.random.RandomState(0).permutation(n_rows)

    def take(index):
        if taken is not None:
            taken.extend(index.tolist())
        return data.rows[torch.from_numpy(index)]

    weight = np.arange(1300.0)
    leaves = Leaves(data.encoder, data.rows.numpy())
    return Batches(leaves, take, order, weight, n_states=2)


@pytest.mark.parametrize("n_rows", [0, 1, BATCH_ROWS, BATCH_ROWS + 1, 1300])
@pytest.mark.parametrize("shuffled", [False, True])
def test_every_row_comes_once_with_its_weight(data, n_rows, shuffled):
    batches = make(data, n_rows)
    rng = np.random.RandomState(1) if shuffled else None
    for _ in range(2):
        seen = list(batches.visit(rng))
        assert len(seen) == len(batches)
        weights = np.concatenate([[], *(batch.weight for batch in seen)])
        assert_array_equal(np.sort(weights), np.arange(n_rows))
        for batch in seen:
            rows = data.rows[batch.weight.long()]
            assert_array_equal(batch.rows, rows)
        sizes = [len(batch.rows) for batch in seen]
        assert max(sizes, default=0) - min(sizes, default=0) <= 1
        assert max(sizes, default=0) <= BATCH_ROWS
    assert batches.total_weight == n_rows * (n_rows - 1) / 2


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_what_fits_is_read_once(data, monkeypatch, kept):
    sizes = [
        batch.responses.n_bytes + 8 * batch.rows.numel()
        for batch in make(data, 1300).visit()
    ]
    monkeypatch.setattr(_batches, "CACHE_BYTES", sum(sizes[:kept]) + 1)
    monkeypatch.setattr(_batches, "CHUNK_BATCHES", 1)
    taken = []
    batches = make(data, 1300, taken)
    assert len(batches) == 3
    for _ in range(4):
        list(batches.visit())
    counts = np.bincount(taken, minlength=1300)[batches.order]
    edge = batches.bounds[kept]
    assert (counts[:edge] == 1).all()
    # What did not fit was looked at once more, and the rest of it never.
    assert (counts[edge : batches.bounds[min(kept + 1, 3)]] == 5).all()
    assert (counts[batches.bounds[min(kept + 1, 3)] :] == 4).all()


def test_shuffling_follows_the_random_state(data):
    batches = make(data, 1300)

    def firsts(seed):
        rng = np.random.RandomState(seed)
        return [float(batch.weight[0]) for batch in batches.visit(rng)]

    assert firsts(3) == firsts(3)
    assert len({tuple(firsts(seed)) for seed in range(9)}) > 1
