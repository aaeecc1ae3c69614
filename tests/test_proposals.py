"""Proposals: the likeliest row, draws, neighbours; each for one person alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from skpar._generator import CopyNetwork
from skpar._proposals import Proposer
from skpar._relaxation import gumbel

from ._people import Workshop

N_DRAWS = 5
N_NEIGHBORS = 4


@pytest.fixture(scope="module")
def shop():
    return Workshop({"age": "increasing", "owner": "immutable"})


@pytest.fixture(scope="module")
def proposer(shop):
    cells = shop.encoder.encode(shop.codes).numpy()
    network = CopyNetwork(
        cells.mean(axis=0), cells.std(axis=0), 6, len(shop.maker.grid), shop.generator
    )
    noise = gumbel((N_DRAWS, shop.maker.n_choices, 6), shop.generator).numpy()
    return Proposer(shop.encoder, shop.maker, network.requires_grad_(False), noise)


def test_all_keep_the_rules_and_end_with_the_neighbors(shop, proposer):
    proposals = proposer(shop.denied_codes)
    assert proposals.shape == (len(shop.denied_codes), 1 + N_DRAWS + N_NEIGHBORS, 6)
    assert shop.actionability.allows(shop.denied_codes, proposals).all()
    neighbors = shop.neighborhood.nearest(shop.denied_codes, N_NEIGHBORS)
    copied = shop.actionability.project(shop.denied_codes, neighbors)
    np.testing.assert_array_equal(proposals[:, 1 + N_DRAWS :], copied)


def test_the_first_is_the_likeliest_and_the_draws_follow_the_noise(shop, proposer):
    still = Proposer(
        shop.encoder, shop.maker, proposer.network, np.zeros_like(proposer.noise)
    )
    likeliest = still(shop.denied_codes)[:, : 1 + N_DRAWS]
    np.testing.assert_array_equal(
        likeliest, np.repeat(likeliest[:, :1], 1 + N_DRAWS, axis=1)
    )
    drawn = proposer(shop.denied_codes)[:, : 1 + N_DRAWS]
    np.testing.assert_array_equal(drawn[:, 0], likeliest[:, 0])
    assert (drawn[:, 1] != drawn[:, 2]).any()


def test_a_proposal_depends_on_its_person_alone(shop, proposer):
    together = proposer(shop.denied_codes)
    for i in (0, 4):
        alone = proposer(shop.denied_codes[[i]])
        np.testing.assert_array_equal(alone[0], together[i])


def test_further_proposals_copy_further_neighbors(shop, proposer):
    further = proposer.more(shop.denied_codes[:3], 9)
    first = proposer(shop.denied_codes[:3])[:, 1 + N_DRAWS :]
    assert further.shape == (3, 9, 6)
    np.testing.assert_array_equal(further[:, :N_NEIGHBORS], first)


def test_the_callers_thread_count_is_restored(shop, proposer):
    before = torch.get_num_threads()
    proposer(shop.denied_codes[:2])
    assert torch.get_num_threads() == before
