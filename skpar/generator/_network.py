"""The generator: a network that scores the actions of every feature."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from scipy.special import expit, softmax
from torch import nn

from ._layers import PortableModule, Standardizer, linear, perceptron
from ._move_scores import MoveScorer

_PEOPLE_AT_ONCE = 128  # what is computed for them fits in the processor's cache


class NetworkInputs(NamedTuple):
    """Inputs of the generator for some people.

    Parameters
    ----------
    person : Tensor of shape (n_people, width), dtype float64
        The factuals, encoded.
    neighbors : Tensor of shape (n_people, n_neighbors, width), dtype float64
        Their accepted neighbors, encoded.
    objective_gain : Tensor of shape (n_people, n_actions, n_features), dtype float64
        Change of the objective by each action alone.
    margin_gain : Tensor of shape (n_people, n_actions, n_features), dtype float64
        Change of the surrogate's margin by each action alone, to first order.
    margin : Tensor of shape (n_people,), dtype float64
        Margin of the factual.
    open : Tensor of shape (n_people, n_actions, n_features), dtype bool
        Actions that are not masked.
    """

    person: torch.Tensor
    neighbors: torch.Tensor
    objective_gain: torch.Tensor
    margin_gain: torch.Tensor
    margin: torch.Tensor
    open: torch.Tensor

    @classmethod
    def of(cls, scorer: MoveScorer, bound: float) -> NetworkInputs:
        """Make inputs for a scorer's people; gains are squashed to (-bound, bound)."""
        own, encode = scorer.factuals(), scorer.encoder.encode_quantities
        n, k, n_features = scorer.neighbors.shape
        flat = encode(scorer.neighbors.reshape(-1, n_features))
        gains = np.zeros((2, n, scorer.n_actions, n_features))
        margin = np.empty(n)
        for start in range(0, n, _PEOPLE_AT_ONCE):
            some = slice(start, start + _PEOPLE_AT_ONCE)
            moves = scorer.moves(own[np.arange(n)[some]])
            is_move = np.isfinite(moves.objective)
            place = (slice(None), moves.action, moves.feature)
            margin[some] = moves.margin_before
            pairs = (
                (moves.objective, moves.objective_before),
                (moves.margin, moves.margin_before),
            )
            for gain, (after, before) in zip(gains[:, some], pairs, strict=True):
                rise = after - before[:, None]
                gain[place] = np.where(is_move, rise, 0.0)
                gain[:] = _bounded(gain, bound)
        return cls(
            encode(scorer.codes),
            flat.view(n, k, -1),
            torch.from_numpy(gains[0]),
            torch.from_numpy(gains[1]),
            torch.from_numpy(_bounded(margin, bound)),
            torch.from_numpy(scorer.is_open),
        )

    def float(self) -> NetworkInputs:
        """Round all numbers to float32."""
        return NetworkInputs(
            self.person.float(),
            self.neighbors.float(),
            self.objective_gain.float(),
            self.margin_gain.float(),
            self.margin.float(),
            self.open,
        )

    def __getitem__(self, rows: torch.Tensor) -> NetworkInputs:  # type: ignore[override]
        """Select some of the people."""
        return NetworkInputs(*(part.index_select(0, rows) for part in tuple(self)))


class GeneratorNetwork(PortableModule):
    r"""Scores every action of every feature, given a person and their neighbors.

    Parameters
    ----------
    centre : ndarray of shape (width,), dtype float64
        Mean of every tensor cell.
    spread : ndarray of shape (width,), dtype float64
        Standard deviation of every tensor cell.
    n_features : int
        Number of columns.
    n_grid : int
        Number of grid values per column.
    hidden : int
        Width of the state.
    narrow : int
        Width of embedded rows.
    key : int
        Width of the keys of neighbors.
    cell_bound : float
        Standardized cells are squashed into (-cell_bound, cell_bound).
    input_bound : float
        Gains are squashed into (-input_bound, input_bound).
    generator : torch.Generator or None
        Draws the first weights; None leaves them uninitialized.

    Notes
    -----
    The network embeds a person's row, the person's margin, and for each feature the
    largest margin gain with the objective gain of the same action. The embedding
    attends to the neighbors. The attended neighbors and the embedding give a state
    :math:`h`. For feature j, the scores are

    - :math:`a_j(h)` for keeping the value,
    - :math:`b_{jg}(h) + t_j(c)` for writing grid value g,
    - :math:`q_j(h)^\top k(n_i) / \sqrt{d} + t_j(c)` for copying neighbor i.

    Here d is the width of keys, and

    .. math:: t_j(c) = u_j(h)\, J_{jc} + v_j(h)\, f_{jc} ,

    where action c alone adds :math:`J_{jc}` to the objective and :math:`f_{jc}` to the
    margin of the surrogate. With these terms the network learns how many units of the
    objective a unit of margin may cost each person. A search would have to find this
    again for every person.
    """

    def __init__(
        self,
        centre: np.ndarray,
        spread: np.ndarray,
        n_features: int,
        n_grid: int,
        *,
        hidden: int,
        narrow: int,
        key: int,
        cell_bound: float,
        input_bound: float,
        generator: torch.Generator | None,
    ) -> None:
        super().__init__(
            centre=centre,
            spread=spread,
            n_features=n_features,
            n_grid=n_grid,
            hidden=hidden,
            narrow=narrow,
            key=key,
            cell_bound=cell_bound,
            input_bound=input_bound,
        )
        width = len(centre)
        self.n_features = n_features
        self.n_grid = n_grid
        self.narrow, self.key_width = narrow, key
        self.input_bound = input_bound
        self.standardizer = Standardizer(centre, spread, cell_bound)
        inputs = width + 1 + 2 * n_features
        self.person = perceptron([inputs, hidden, narrow], generator)
        self.neighbor = perceptron([2 * width, narrow, narrow], generator)
        self.state = perceptron([2 * narrow, hidden, hidden], generator)
        self.query = linear(hidden, n_features * key, generator)
        self.key = linear(narrow, key, generator)
        self.keep = linear(hidden, n_features, generator)
        self.write = linear(hidden, n_features * n_grid, generator)
        self.trade = linear(hidden, 2 * n_features, generator)

    def forward(self, inputs: NetworkInputs) -> torch.Tensor:
        """Score actions.

        Parameters
        ----------
        inputs : NetworkInputs

        Returns
        -------
        scores : Tensor of shape (n_people, n_actions, n_features), dtype float64
            Log-odds up to a constant per feature; -inf for masked actions.
        """
        n = len(inputs.person)
        own = self.standardizer(inputs.person)  # (n, width)
        others = self.standardizer(inputs.neighbors)  # (n, k, width)
        strongest = inputs.margin_gain.max(dim=1)  # (n, d)
        its_gain = inputs.objective_gain.gather(1, strongest.indices[:, None])[:, 0]
        facts = [own, inputs.margin[:, None], strongest.values, its_gain]
        embedded = self.person(torch.cat(facts, dim=-1))  # (n, narrow)
        differences = others - own[:, None]
        found = self.neighbor(
            torch.cat([others, differences], dim=-1)
        )  # (n, k, narrow)
        similarity = found @ embedded[..., None] / math.sqrt(self.narrow)
        attention = similarity.softmax(dim=1)
        context = (attention * found).sum(dim=1)  # (n, narrow)
        state = nn.functional.silu(self.state(torch.cat([embedded, context], dim=-1)))
        query = self.query(state).view(n, self.n_features, self.key_width)
        copy = self.key(found) @ query.mT / math.sqrt(self.key_width)  # (n, k, d)
        write = self.write(state).view(n, self.n_grid, self.n_features)
        trade = 1.0 + self.trade(state).view(n, 2, 1, self.n_features)
        gains = trade[:, 0] * inputs.objective_gain
        gains = gains + trade[:, 1] * inputs.margin_gain  # (n, c, d)
        bias = torch.cat([self.keep(state)[:, None], write, copy], dim=1)
        return (bias + gains).masked_fill(~inputs.open, -torch.inf)


def score_actions(network: GeneratorNetwork, inputs: NetworkInputs) -> np.ndarray:
    """Score actions in numpy, without the fixed costs of torch.

    Parameters
    ----------
    network : GeneratorNetwork
    inputs : NetworkInputs

    Returns
    -------
    scores : ndarray of shape (n_people, n_actions, n_features), dtype float64
        Equal to those of `forward` up to rounding errors.
    """
    parts = [part.numpy() for part in inputs]
    n = len(parts[0])
    scores = np.empty(parts[-1].shape)
    for start in range(0, n, _PEOPLE_AT_ONCE):
        some = slice(start, start + _PEOPLE_AT_ONCE)
        scores[some] = _score_some(network, [part[some] for part in parts])
    return scores


def _score_some(network: GeneratorNetwork, parts: list[np.ndarray]) -> np.ndarray:
    """Score the actions of few people; their inputs are those of `NetworkInputs`."""
    person, neighbors, objective_gain, margin_gain, margin, is_open = parts
    n = len(person)
    own, others = _standard(network, person), _standard(network, neighbors)
    strongest = margin_gain.argmax(axis=1)[:, None]  # (n, 1, d)
    gains_of_one = [
        np.take_along_axis(gain, strongest, axis=1)[:, 0]
        for gain in (margin_gain, objective_gain)
    ]
    facts = np.concatenate([own, margin[:, None], *gains_of_one], axis=1)
    embedded = _perceptron(network.person, facts)  # (n, narrow)
    differences = np.concatenate([others, others - own[:, None]], axis=2)
    found = _perceptron(network.neighbor, differences)  # (n, k, narrow)
    similarity = found @ embedded[..., None] / math.sqrt(network.narrow)
    context = (softmax(similarity, axis=1) * found).sum(axis=1)  # (n, narrow)
    both = np.concatenate([embedded, context], axis=1)
    state = _silu(_perceptron(network.state, both))
    query = _linear(network.query, state).reshape(n, -1, network.key_width)
    copy = _linear(network.key, found) @ query.transpose(0, 2, 1)  # (n, k, d)
    copy /= math.sqrt(network.key_width)
    write = _linear(network.write, state).reshape(n, network.n_grid, -1)
    trade = 1.0 + _linear(network.trade, state).reshape(n, 2, 1, -1)
    keep = _linear(network.keep, state)[:, None]
    scores = np.concatenate([keep, write, copy], axis=1)
    scores += trade[:, 0] * objective_gain
    scores += trade[:, 1] * margin_gain  # (n, c, d)
    scores[~is_open] = -np.inf
    return scores


def _standard(network: GeneratorNetwork, cells: np.ndarray) -> np.ndarray:
    """Standardize rows (..., width)."""
    standardizer = network.standardizer
    bound = standardizer.bound
    standard = cells - standardizer.centre.numpy()
    standard /= standardizer.spread.numpy() * bound
    scaled: np.ndarray = bound * np.tanh(standard)
    return scaled


def _linear(layer: nn.Linear, rows: np.ndarray) -> np.ndarray:
    """Apply a linear layer to rows (..., n_in)."""
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    result: np.ndarray = rows @ weight.T + bias
    return result


def _perceptron(layers: nn.Sequential, rows: np.ndarray) -> np.ndarray:
    """Apply linear layers with SiLU between them to rows (..., n_in)."""
    first, *later = (layer for layer in layers if isinstance(layer, nn.Linear))
    rows = _linear(first, rows)
    for layer in later:
        rows = _linear(layer, _silu(rows))
    return rows


def _silu(values: np.ndarray) -> np.ndarray:
    """Sigmoid linear units."""
    result: np.ndarray = values * expit(values)
    return result


def gumbel(shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    """Draw standard Gumbel noise; the argmax of log-odds plus noise is a draw."""
    uniform = torch.rand(shape, generator=generator, dtype=torch.float64, device="cpu")
    tiny = torch.finfo(torch.float64).tiny
    return -torch.log(-torch.log(uniform.clamp(min=tiny)))


def _bounded(values: np.ndarray, bound: float) -> np.ndarray:
    """Squash values into (-bound, bound); a cell may be arbitrarily unlikely."""
    squashed: np.ndarray = bound * np.tanh(values / bound)
    return squashed
