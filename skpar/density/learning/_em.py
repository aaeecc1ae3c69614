"""Expectation maximization: stepwise passes first, then full passes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch

from ..._config import TrainingConfig
from ..._progress import Task
from ..circuit import CircuitParameters, Leaves, Tree
from ._batches import Batches
from ._expectation import expected_counts, log_densities


@dataclass(frozen=True)
class EMSettings:
    """Parameters of a fit that users set.

    Parameters
    ----------
    n_states : int or "auto"
        Number of latent states per column. With 1, the columns are independent. "auto"
        depends on the number of rows.
    max_iter : int
        Maximum number of passes over the rows.
    tol : float
        Minimum gain of a pass, in nats per cell. Learning stops if a pass gains less.
    task : Task
        Has a step ``"pass"`` for each pass.
    """

    n_states: int | str
    max_iter: int
    tol: float
    task: Task = field(default_factory=Task)

    def choose_n_states(
        self, n_rows: float, n_columns: int, config: TrainingConfig
    ) -> int:
        """Choose the number of states for a (weighted) number of rows."""
        if self.n_states != "auto":
            return int(self.n_states)
        is_narrow = n_columns <= config.max_columns_for_many_states
        if n_rows >= config.min_rows_for_many_states and is_narrow:
            return config.many_states
        is_small = n_rows < config.min_rows_for_more_states
        return config.few_states if is_small else config.more_states


class EMRun:
    r"""The EM passes of one fit.

    Parameters
    ----------
    tree : Tree
        Tree over the columns.
    leaves : Leaves
        Kernel dictionary and layout.
    pseudo_counts : CircuitParameters
        Counts that are added to all expected counts.
    train : Batches
        Rows to learn from.
    held_out : Batches
        Rows that only decide when to stop; may be empty.
    config : TrainingConfig
        Number and step sizes of the stepwise passes.

    Attributes
    ----------
    n_iter : int
        Number of passes so far.
    log_density : float
        Mean log-density of the held-out rows, in nats. If no rows are held out, that of
        the training rows.

    Notes
    -----
    The first passes are stepwise: they update the probabilities after each batch. The
    expected counts :math:`\hat n` of a batch are scaled up to the whole table. After
    batch t = 1, 2, ... the running counts are :math:`(1 - \eta_t) n + \eta_t \hat n`
    with :math:`\eta_t = t^{-\alpha}` for a decay :math:`\alpha`. The first states only
    break the symmetry; their counts vanish after the first batch, and the influence of
    early batches decays. The later passes are plain EM. They never decrease the sum of
    log-likelihood and log-prior (pseudo-counts times the logarithms of the
    probabilities). The last pass includes the held-out rows.
    """

    def __init__(
        self,
        tree: Tree,
        leaves: Leaves,
        pseudo_counts: CircuitParameters,
        train: Batches,
        held_out: Batches,
        config: TrainingConfig,
    ) -> None:
        self.tree, self.leaves = tree, leaves
        self.pseudo_counts = pseudo_counts
        self.train, self.held_out = train, held_out
        self.n_stepwise = config.n_stepwise_passes if len(train) > 1 else 0
        self.step_decay = config.step_decay
        self.n_iter = 0
        self.log_density = -np.inf
        self._running = [torch.zeros_like(part) for part in pseudo_counts]
        self._n_batches = 0

    def run(
        self,
        counts: CircuitParameters,
        settings: EMSettings,
        random_state: np.random.RandomState,
    ) -> CircuitParameters:
        """Pass over the rows until the gain of a pass is too small.

        Parameters
        ----------
        counts : CircuitParameters
            First counts.
        settings : EMSettings
            Maximum number of passes and minimum gain.
        random_state : RandomState
            Shuffles the batches.

        Returns
        -------
        CircuitParameters
            Learned probabilities.
        """
        parameters = m_step(self.leaves, counts, self.pseudo_counts)
        while self.n_iter < settings.max_iter:
            with settings.task.step("pass"):
                candidate, value = self._next_pass(parameters, random_state)
            if value > self.log_density or not len(self.held_out):
                parameters = candidate
            gain = value - self.log_density
            self.log_density = max(value, self.log_density)
            if gain < settings.tol * len(self.tree.order) or settings.task.is_stopped:
                break
        if len(self.held_out):
            parameters, _ = self.full_pass(parameters, [self.train, self.held_out])
        return parameters

    def _next_pass(
        self, parameters: CircuitParameters, random_state: np.random.RandomState
    ) -> tuple[CircuitParameters, float]:
        """Pass over the training rows; return probabilities and mean log-density."""
        if self.n_iter < self.n_stepwise:
            candidate = self.stepwise_pass(parameters, random_state)
            value = -np.inf
        else:
            candidate, value = self.full_pass(parameters, [self.train])
        self.n_iter += 1
        if len(self.held_out):
            value = self.held_out_log_density(candidate)
        return candidate, value

    def stepwise_pass(
        self, parameters: CircuitParameters, random_state: np.random.RandomState
    ) -> CircuitParameters:
        """Pass over the training rows once and update after each batch.

        Parameters
        ----------
        parameters : CircuitParameters
            Current probabilities.
        random_state : RandomState
            Shuffles the batches.

        Returns
        -------
        CircuitParameters
            Improved probabilities.
        """
        for batch in self.train.visit(random_state):
            _, counts = expected_counts(self.tree, self.leaves, parameters, *batch)
            self._n_batches += 1
            step = self._n_batches**-self.step_decay
            scale = step * self.train.total_weight / float(batch.weight.sum())
            for running, new in zip(self._running, counts, strict=True):
                running.mul_(1.0 - step).add_(new, alpha=scale)
            running_counts = CircuitParameters(*self._running)
            parameters = m_step(self.leaves, running_counts, self.pseudo_counts)
        return parameters

    def full_pass(
        self, parameters: CircuitParameters, groups: list[Batches]
    ) -> tuple[CircuitParameters, float]:
        """Pass over all rows of some groups and update once.

        Parameters
        ----------
        parameters : CircuitParameters
            Current probabilities.
        groups : list of Batches
            Groups of rows.

        Returns
        -------
        parameters : CircuitParameters
            Improved probabilities.
        log_density : float
            Mean log-density of the rows under the current probabilities.
        """
        total = 0.0
        sums = [torch.zeros_like(part) for part in parameters]
        for batches in groups:
            for batch in batches.visit():
                value, counts = expected_counts(
                    self.tree, self.leaves, parameters, *batch
                )
                total += value
                for so_far, new in zip(sums, counts, strict=True):
                    so_far += new
        weight = sum(batches.total_weight for batches in groups)
        improved = m_step(self.leaves, CircuitParameters(*sums), self.pseudo_counts)
        return improved, total / weight

    def held_out_log_density(self, parameters: CircuitParameters) -> float:
        """Compute the mean log-density of the held-out rows.

        Parameters
        ----------
        parameters : CircuitParameters
            Probabilities.

        Returns
        -------
        float
            In nats, per unit of z.
        """
        total = 0.0
        for batch in self.held_out.visit():
            values = log_densities(
                self.tree, self.leaves, parameters, batch.rows, batch.densities
            )
            total += float(values @ batch.weight)
        return total / self.held_out.total_weight


def m_step(
    leaves: Leaves, counts: CircuitParameters, pseudo_counts: CircuitParameters
) -> CircuitParameters:
    """Convert expected counts and pseudo-counts to probabilities.

    Parameters
    ----------
    leaves : Leaves
        Defines which entries of the tables form a distribution.
    counts : CircuitParameters
        Expected counts, not negative.
    pseudo_counts : CircuitParameters
        Parameters, minus one, of a Dirichlet prior.

    Returns
    -------
    CircuitParameters
        Probabilities; each distribution sums to 1.
    """
    prior, transition, weights, levels = (
        count + pseudo for count, pseudo in zip(counts, pseudo_counts, strict=True)
    )
    levels = levels.clone()
    for start, stop in leaves.distributions():
        levels[:, start:stop] /= levels[:, start:stop].sum(dim=1, keepdim=True)
    return CircuitParameters(
        prior / prior.sum(),
        transition / transition.sum(dim=2, keepdim=True),
        weights / weights.sum(dim=2, keepdim=True),
        levels,
    )
