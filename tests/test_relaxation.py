"""Relaxed rows are real rows where choices are sure."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from skpar._relaxation import RelaxedChoices, gumbel, straight_through

from ._people import Workshop


@pytest.fixture(scope="module")
def shop():
    return Workshop()


def test_gumbel_noise_makes_argmax_a_draw():
    generator = torch.Generator().manual_seed(0)
    shares = torch.tensor([0.1, 0.2, 0.7], dtype=torch.float64)
    noise = gumbel((20_000, 3), generator)
    drawn = (shares.log() + noise).argmax(dim=1).bincount() / 20_000
    np.testing.assert_allclose(drawn.numpy(), shares.numpy(), atol=0.015)
    assert noise.isfinite().all()


def test_straight_through_is_one_hot_forward_and_softmax_backward():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(5, 4, 3, generator=generator, dtype=torch.float64)
    scores[:, 2] = -torch.inf
    scores.requires_grad_(True)
    noise = gumbel((5, 4, 3), generator)
    chosen = straight_through(scores, noise)
    values = chosen.detach().numpy()
    np.testing.assert_allclose(np.sort(values, axis=1)[:, :3], 0, atol=1e-15)
    np.testing.assert_allclose(values.sum(axis=1), 1)
    assert not values[:, 2].any()
    worth = torch.randn(5, 4, 3, generator=generator, dtype=torch.float64)
    (given,) = torch.autograd.grad((chosen * worth).sum(), scores, retain_graph=True)
    soft = (scores + noise).softmax(dim=1)
    (expected,) = torch.autograd.grad((soft * worth).sum(), scores)
    np.testing.assert_allclose(given.numpy(), expected.numpy())


def test_sure_choices_mix_to_the_encoded_row(shop):
    choices, _ = shop.maker(shop.denied_codes)
    relaxed = RelaxedChoices(shop.encoder, choices)
    n, n_choices, d = choices.values.shape
    index = np.random.RandomState(0).randint(n_choices, size=(n, d))
    chosen = torch.zeros(n, n_choices, d, dtype=torch.float64)
    chosen.scatter_(1, torch.from_numpy(index)[:, None], 1.0)
    rows = torch.arange(n)
    tensor, effort, changed = relaxed.mix(rows, chosen)
    hard = choices.take(index[:, None])[:, 0]
    assert torch.equal(tensor, shop.encoder.encode(hard))
    own = shop.effort.per_feature(shop.denied_codes, hard).sum(axis=1)
    np.testing.assert_allclose(effort.numpy(), own, atol=1e-12)
    np.testing.assert_array_equal(changed.numpy(), (index != 0).sum(axis=1))


def test_unsure_choices_mix_to_expectations(shop):
    choices, _ = shop.maker(shop.denied_codes[:6])
    relaxed = RelaxedChoices(shop.encoder, choices)
    n, n_choices, d = choices.values.shape
    even = torch.full((n, n_choices, d), 1 / n_choices, dtype=torch.float64)
    tensor, effort, changed = relaxed.mix(torch.arange(n), even)
    ages = choices.values[..., 0].mean(axis=1) / shop.encoder.scale[0]
    np.testing.assert_allclose(tensor[:, 0].numpy(), ages)
    np.testing.assert_allclose(
        tensor[:, shop.encoder.slices[4]].sum(dim=1).numpy(), 1.0
    )
    missing = np.isnan(choices.values[..., 1]).mean(axis=1)
    np.testing.assert_allclose(tensor[:, -1].numpy(), missing)
    np.testing.assert_allclose(effort.numpy(), choices.effort.mean(axis=1).sum(axis=1))
    np.testing.assert_allclose(changed.numpy(), d * (1 - 1 / n_choices))
