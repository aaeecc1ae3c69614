"""The stand-in for the classifier."""

from __future__ import annotations

import numpy as np
import torch

from skpar._surrogate import Surrogate

from ._people import Workshop


def test_it_learns_decisions_and_gives_gradients():
    shop = Workshop(n=400)
    tensor = shop.encoder.encode(shop.codes)
    surrogate = Surrogate(tensor, torch.Generator().manual_seed(0))
    before = surrogate.fidelity(tensor, shop.accepted)
    surrogate.distill(tensor, shop.accepted, 40)
    assert surrogate.fidelity(tensor, shop.accepted) > max(before, 0.95)
    asked = tensor[~shop.accepted].requires_grad_(True)
    (gradient,) = torch.autograd.grad(surrogate(asked).sum(), asked)
    savings = gradient[:, shop.encoder.slices[2].start]
    assert savings.mean() > 0
    assert np.isfinite(gradient.numpy()).all()
