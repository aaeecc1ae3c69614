"""SPFlow's einsum network as a rival, where the package is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from _density_space import FeatureSpace, Score
from torch import Tensor

MAX_ROWS = 6_000
EPOCHS = 20
WIDTH = 10
REPETITIONS = 5


def is_installed() -> bool:
    """Tell whether SPFlow can be imported."""
    return find_spec("spflow") is not None


def fit_spflow(space: FeatureSpace, codes: np.ndarray, seed: int) -> Score:
    """Fit an einsum network to at most 6,000 rows (n, d) by gradient descent.

    Leaves are normal on numbers and categorical on levels, missing cells are summed
    over; with a chance of being missing for each column on its own its log-densities
    are over the same measure as ours. Its normals are kept as wide as our narrowest
    kernels.
    """
    chosen = np.random.RandomState(seed).permutation(len(codes))[:MAX_ROWS]
    centre = np.nan_to_num(np.nanmean(codes, axis=0))
    spread = np.nanstd(codes, axis=0)
    spread[~(spread > 0)] = 1.0
    is_level = np.array([c.levels is not None for c in space.schema.columns])
    centre[is_level], spread[is_level] = 0.0, 1.0

    def tensor(rows: np.ndarray) -> Tensor:
        return torch.from_numpy((rows - centre) / spread).float()

    unit = np.log(spread / space.encoder.scale)
    missing = (np.isnan(codes).sum(axis=0) + 0.5) / (len(codes) + 1.0)
    missing[space.encoder.missing < 0] = 0.0
    log_missing = np.log(np.where(missing > 0.0, missing, 1.0))
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        network = _network(space, is_level)
        floor = space.floors(codes) * space.encoder.scale[~is_level]
        floor /= spread[~is_level]
        _train(network, tensor(codes[chosen]), torch.from_numpy(floor).float().log())

    def score(rows: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            parts = tensor(rows).split(1024)
            values = [network.log_likelihood(part).reshape(-1) for part in parts]
        absent = np.isnan(rows)
        log_presence = absent @ log_missing + ~absent @ np.log1p(-missing)
        return torch.cat(values).double().numpy() + log_presence - ~absent @ unit

    return score


def _network(space: FeatureSpace, is_level: np.ndarray) -> Any:
    """Build an einsum network with the library's default number of nodes."""
    from spflow.meta.data.scope import Scope
    from spflow.modules.leaves import Categorical, Normal
    from spflow.zoo.einet import Einet

    size = {"out_channels": WIDTH, "num_repetitions": REPETITIONS}
    leaves = []
    if not is_level.all():
        leaves.append(Normal(scope=Scope(np.flatnonzero(~is_level).tolist()), **size))
    for j in np.flatnonzero(is_level).tolist():
        n_levels = len(space.schema.columns[j].levels or ())
        leaves.append(Categorical(scope=Scope([j]), K=n_levels, **size))
    return Einet(
        leaves,
        num_classes=1,
        num_sums=WIDTH,
        num_leaves=WIDTH,
        depth=int(np.log2(len(is_level))),
        num_repetitions=REPETITIONS,
    )


def _train(network: Any, rows: Tensor, log_floor: Tensor) -> None:
    """Maximise the likelihood with Adam, the rate falling to nought."""
    normals = [leaf for leaf in network.leaf_modules if hasattr(leaf, "log_scale")]
    steps = EPOCHS * -(-len(rows) // 256)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.05)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(EPOCHS):
        for index in torch.randperm(len(rows)).split(256):
            optimizer.zero_grad()
            loss = -network.log_likelihood(rows[index]).mean()
            loss.backward()
            optimizer.step()
            schedule.step()
            for leaf in normals:
                leaf.log_scale.data.clamp_(min=log_floor[:, None, None])
