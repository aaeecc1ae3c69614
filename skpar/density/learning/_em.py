"""Fitting a circuit: expectation maximisation from a first guess of the states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ..circuit import Circuit, Factors, Leaves, Tree
from ._batches import Batches
from ._chow_liu import discretize, maximum_spanning_tree, mutual_information
from ._expectation import expected_counts, log_densities
from ._initialization import first_counts, guess_states, prior_beliefs

if TYPE_CHECKING:
    from ...table import TableEncoder

SAMPLE_ROWS = 20_000  # rows that the tree, the kernels and the first guess look at
STEPWISE_PASSES = 8
FORGETTING = 0.6
ENOUGH_FOR_MANY_STATES = 600
MANY_STATES, FEW_STATES = 16, 8
ENOUGH_TO_HOLD_OUT = 2_000
HELD_OUT = 0.1
MOST_HELD_OUT = 5_000


@dataclass(frozen=True)
class LearningSettings:
    """How to learn.

    Parameters
    ----------
    n_states : int or "auto"
        Latent states per column; with 1 the columns are independent. "auto" takes 16,
        or 8 where there are less than 600 rows.
    max_iter : int
        Passes over the rows at most.
    tol : float
        Nats per cell that a pass must gain for another one to follow.
    """

    n_states: int | str
    max_iter: int
    tol: float

    def count_states(self, n_rows: float) -> int:
        """Choose the number of states for a (weighted) number of rows."""
        if self.n_states == "auto":
            return MANY_STATES if n_rows >= ENOUGH_FOR_MANY_STATES else FEW_STATES
        return int(self.n_states)


@dataclass(frozen=True)
class Learned:
    """A fitted circuit and how it came about.

    Parameters
    ----------
    circuit : Circuit
        The density.
    n_iter : int
        Passes over the rows.
    log_density : float
        Mean log-density of the rows `measured`, per unit of z, in nats.
    measured : ndarray of shape (n_measured,), dtype int
        Numbers of the rows held out, or of all rows where none are.
    """

    circuit: Circuit
    n_iter: int
    log_density: float
    measured: np.ndarray


def fit_circuit(
    encoder: TableEncoder,
    tensor: Tensor,
    *,
    sample_weight: np.ndarray | None = None,
    n_states: int | str = "auto",
    max_iter: int = 20,
    tol: float = 1e-4,
    random_state: np.random.RandomState,
) -> Circuit:
    """Fit a hidden Chow-Liu tree to encoded rows.

    Parameters
    ----------
    encoder : TableEncoder
        Says which cells of `tensor` belong to which column and what kind it is.
    tensor : Tensor of shape (n_rows, width), dtype float64
        At least one encoded row. A column may be constant, or missing in all rows.
    sample_weight : ndarray of shape (n_rows,), dtype float64
        How often each row counts; once by default.
    n_states : int or "auto", default="auto"
        Latent states per column; with 1 the columns are independent. "auto" takes 16,
        or 8 where there are less than 600 rows.
    max_iter : int, default=20
        Passes over the rows at most.
    tol : float, default=1e-4
        Nats per cell that a pass must gain for another one to follow.
    random_state : RandomState
        Source of randomness; no other is used.

    Returns
    -------
    Circuit
        The fitted density.

    See Also
    --------
    Circuit : What can be asked of the result.
    HiddenChowLiuTree : The same for tables.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from skpar.table._encoder import TableEncoder
    >>> from skpar.table._schema import TableSchema
    >>> from skpar.density._api import fit_circuit
    >>> table = pd.DataFrame({"age": [20, 30, 40], "owns": [False, True, True]})
    >>> schema = TableSchema.infer(table)
    >>> encoder = TableEncoder(schema, schema.encode(table))
    >>> rows = encoder.encode(schema.encode(table))
    >>> circuit = fit_circuit(encoder, rows, random_state=np.random.RandomState(0))
    >>> circuit.log_prob(rows).shape
    torch.Size([3])
    """
    rows = tensor.detach()
    weight = np.ones(len(rows)) if sample_weight is None else sample_weight
    settings = LearningSettings(n_states, max_iter, tol)

    def take(index: np.ndarray) -> Tensor:
        return rows[torch.from_numpy(index)]

    return learn(encoder, take, weight, settings, random_state).circuit


def learn(
    encoder: TableEncoder,
    take: Callable[[np.ndarray], Tensor],
    weight: np.ndarray,
    settings: LearningSettings,
    random_state: np.random.RandomState,
) -> Learned:
    """Fit a hidden Chow-Liu tree to rows that are encoded a few at a time.

    Parameters
    ----------
    encoder : TableEncoder
        Says which cells of a row belong to which column and what kind it is.
    take : callable
        Encodes the rows of given numbers, (k,) to a Tensor of shape (k, width).
    weight : ndarray of shape (n_rows,), dtype float64
        How often each row counts, positive.
    settings : LearningSettings
        How to learn.
    random_state : RandomState
        Source of randomness; no other is used.

    Returns
    -------
    Learned
    """
    # Drawn ahead of the order, whose draws depend on the number of rows.
    guess_state = np.random.RandomState(random_state.randint(2**31))
    order = random_state.permutation(np.arange(len(weight), dtype=np.int32))
    some = order[:SAMPLE_ROWS]
    sample, counts = take(some), weight[some]
    bins = discretize(encoder, sample.numpy(), counts)
    tree = maximum_spanning_tree(mutual_information(bins, counts))
    leaves = Leaves(encoder, sample.numpy(), counts)
    n_states = settings.count_states(weight.sum())
    states = guess_states(bins, counts, n_states, guess_state)
    first = first_counts(tree, leaves, sample, counts, states, n_states)
    n_held = 0
    if len(order) >= ENOUGH_TO_HOLD_OUT:
        n_held = min(int(HELD_OUT * len(order)), MOST_HELD_OUT)
    held, learned = (
        Batches(leaves, take, part, weight, n_states)
        for part in (order[:n_held], order[n_held:])
    )
    course = Course(tree, leaves, prior_beliefs(leaves, first), learned, held)
    factors = course.run(first, settings, random_state)
    return Learned(
        Circuit(tree, leaves, factors),
        course.n_iter,
        course.log_density,
        order[:n_held] if n_held else order,
    )


class Course:
    r"""The passes of one fit.

    Parameters
    ----------
    tree : Tree
        Parent of every column.
    leaves : Leaves
        Kernel dictionary and layout.
    beliefs : Factors
        Pseudo-counts.
    learned, held : Batches
        Rows to learn from, and rows that only tell when to stop; there may be none of
        the latter.

    Attributes
    ----------
    n_iter : int
        Passes so far.
    log_density : float
        Mean log-density of the held rows, or lacking these of the others, in nats.

    Notes
    -----
    The first passes change the probabilities after every batch. With a batch's
    expected counts :math:`\hat n` scaled up to the whole table, the running counts
    after batch t = 1, 2, ... are :math:`(1 - \eta_t) n + \eta_t \hat n` with
    :math:`\eta_t = t^{-0.6}`: the first guess of the states, which only breaks the
    symmetry, is forgotten at once, and early batches soon after. The later passes are
    plain EM: the sum of log-likelihood and log-prior (beliefs times the logarithms of
    the probabilities) never falls. The last one takes the held rows in.
    """

    def __init__(
        self,
        tree: Tree,
        leaves: Leaves,
        beliefs: Factors,
        learned: Batches,
        held: Batches,
    ) -> None:
        self.tree = tree
        self.leaves = leaves
        self.beliefs = beliefs
        self.learned = learned
        self.held = held
        self.n_iter = 0
        self.log_density = -np.inf
        self._running = [torch.zeros_like(part) for part in beliefs]
        self._n_batches = 0

    def run(
        self,
        counts: Factors,
        settings: LearningSettings,
        random_state: np.random.RandomState,
    ) -> Factors:
        """Pass over the rows until this gains too little.

        Parameters
        ----------
        counts : Factors
            First counts.
        settings : LearningSettings
            Bounds on the passes.
        random_state : RandomState
            Shuffles the batches.

        Returns
        -------
        Factors
            Learned probabilities.
        """
        factors = smooth(self.leaves, counts, self.beliefs)
        n_stepwise = STEPWISE_PASSES if len(self.learned) > 1 else 0
        while self.n_iter < settings.max_iter:
            if self.n_iter < n_stepwise:
                candidate, value = self.stepwise_pass(factors, random_state), -np.inf
            else:
                candidate, value = self.full_pass(factors, [self.learned])
            self.n_iter += 1
            if len(self.held):
                value = self.measure(candidate)
            if value > self.log_density or not len(self.held):
                factors = candidate
            gain = value - self.log_density
            self.log_density = max(value, self.log_density)
            if gain < settings.tol * len(self.tree.order):
                break
        if len(self.held):
            factors, _ = self.full_pass(factors, [self.learned, self.held])
        return factors

    def stepwise_pass(
        self, factors: Factors, random_state: np.random.RandomState
    ) -> Factors:
        """Pass over the rows to learn from and improve after every batch.

        Parameters
        ----------
        factors : Factors
            Present probabilities.
        random_state : RandomState
            Shuffles the batches.

        Returns
        -------
        Factors
            Improved probabilities.
        """
        for batch in self.learned.visit(random_state):
            _, counts = expected_counts(self.tree, self.leaves, factors, *batch)
            self._n_batches += 1
            rate = self._n_batches**-FORGETTING
            scale = rate * self.learned.total_weight / float(batch.weight.sum())
            for running, seen in zip(self._running, counts, strict=True):
                running.mul_(1.0 - rate).add_(seen, alpha=scale)
            factors = smooth(self.leaves, Factors(*self._running), self.beliefs)
        return factors

    def full_pass(
        self, factors: Factors, groups: list[Batches]
    ) -> tuple[Factors, float]:
        """Pass over all rows of some groups and improve once.

        Parameters
        ----------
        factors : Factors
            Present probabilities.
        groups : list of Batches
            Rows.

        Returns
        -------
        factors : Factors
            Improved probabilities.
        log_density : float
            Mean log-density of the rows under the present ones.
        """
        total = 0.0
        sums = [torch.zeros_like(part) for part in factors]
        for batches in groups:
            for batch in batches.visit():
                value, counts = expected_counts(self.tree, self.leaves, factors, *batch)
                total += value
                for so_far, seen in zip(sums, counts, strict=True):
                    so_far += seen
        weight = sum(batches.total_weight for batches in groups)
        return smooth(self.leaves, Factors(*sums), self.beliefs), total / weight

    def measure(self, factors: Factors) -> float:
        """Mean log-density of the held rows.

        Parameters
        ----------
        factors : Factors
            Probabilities.

        Returns
        -------
        float
            In nats, per unit of z.
        """
        total = 0.0
        for batch in self.held.visit():
            values = log_densities(
                self.tree, self.leaves, factors, batch.rows, batch.responses
            )
            total += float(values @ batch.weight)
        return total / self.held.total_weight


def smooth(leaves: Leaves, counts: Factors, beliefs: Factors) -> Factors:
    """Turn expected counts into probabilities, adding the prior beliefs.

    Parameters
    ----------
    leaves : Leaves
        Says which entries of the tables belong together.
    counts : Factors
        Expected counts, not negative.
    beliefs : Factors
        Counts seen in advance: a Dirichlet prior with these parameters plus one.

    Returns
    -------
    Factors
        Every distribution sums to 1.
    """
    prior, transition, weights, levels = (
        seen + belief for seen, belief in zip(counts, beliefs, strict=True)
    )
    levels = levels.clone()
    for start, stop in leaves.distributions():
        levels[:, start:stop] /= levels[:, start:stop].sum(dim=1, keepdim=True)
    return Factors(
        prior / prior.sum(),
        transition / transition.sum(dim=2, keepdim=True),
        weights / weights.sum(dim=2, keepdim=True),
        levels,
    )
