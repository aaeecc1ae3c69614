"""Early stopping: the best epoch's weights are kept, and training ends after it."""

import pytest
import torch

from skpar.generator import linear
from skpar.training._early_stopping import EarlyStopping
from skpar.training._losses import Loss


def train(losses, multipliers=None, patience=2):
    """Train a network whose weight counts the epochs; return weight and epochs."""
    network = linear(1, 1, torch.Generator())
    stopping = EarlyStopping(network, 0.1, patience)
    multipliers = multipliers or [0.0] * len(losses)
    epoch = 0
    for epoch, (loss, multiplier) in enumerate(zip(losses, multipliers, strict=True)):
        torch.nn.init.constant_(network.weight, epoch)
        stopping.update(Loss(*map(torch.tensor, loss)), multiplier)
        if stopping.is_over:
            break
    stopping.restore_best()
    return network.weight.item(), epoch


@pytest.mark.parametrize(
    ("fixed", "best", "last"),
    [
        ([3.0, 2.0, 1.0], 2, 2),
        ([3.0, 2.0, 2.5, 2.5, 1.0], 1, 3),
        ([3.0, 2.0, 2.5, 1.0, 2.0], 3, 4),
        ([3.0, 2.95, 2.93, 1.0], 0, 2),  # too small an improvement
    ],
)
def test_the_best_weights_are_kept_until_patience_ends(fixed, best, last):
    assert train([(loss, 0.0) for loss in fixed]) == (best, last)


def test_losses_are_compared_at_the_multiplier_of_the_same_epoch():
    losses = [(1.0, 1.0), (2.0, 0.5), (2.0, 0.5)]
    assert train(losses, [0.0, 0.0, 0.0])[0] == 0
    assert train(losses, [0.0, 10.0, 10.0])[0] == 1


def test_without_an_epoch_the_weights_are_those_at_the_start():
    network = linear(2, 1, torch.Generator())
    before = {name: value.clone() for name, value in network.state_dict().items()}
    EarlyStopping(network, 0.1, 2).restore_best()
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])
