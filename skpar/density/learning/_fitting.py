"""Functions that fit a circuit and combine all steps of learning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ..._config import TrainingConfig
from ...relations import Determined
from ..circuit import Circuit, Leaves
from ._batches import Batches
from ._chow_liu import discretize, maximum_spanning_tree, mutual_information
from ._clusters import guess_states_in_clusters
from ._em import EMRun, EMSettings
from ._initialization import first_counts, pseudo_counts

if TYPE_CHECKING:
    from ...table import TableEncoder


@dataclass(frozen=True)
class LearnedCircuit:
    """A fitted circuit and the record of its fit.

    Parameters
    ----------
    circuit : Circuit
        The density.
    n_iter : int
        Number of passes over the rows.
    log_density : float
        Mean log-density of the rows `measured`, per unit of z, in nats.
    measured : ndarray of shape (n_measured,), dtype int
        Numbers of the held-out rows, or of all rows if none are held out.
    """

    circuit: Circuit
    n_iter: int
    log_density: float
    measured: np.ndarray


def fit_circuit(
    encoder: TableEncoder,
    tensor: Tensor,
    *,
    config: TrainingConfig,
    sample_weight: np.ndarray | None = None,
    n_states: int | str = "auto",
    max_iter: int = 20,
    tol: float = 1e-4,
    random_state: np.random.RandomState,
    determined: Sequence[Determined] = (),
) -> LearnedCircuit:
    """Fit a hidden Chow-Liu tree to encoded rows.

    Parameters
    ----------
    encoder : TableEncoder
        Defines the cells of `tensor` and the kind of each column.
    tensor : Tensor of shape (n_rows, width), dtype float64
        At least one encoded row. A column may be constant, or missing in all rows.
    config : TrainingConfig
        Constants of learning.
    sample_weight : ndarray of shape (n_rows,), dtype float64
        Weight of each row; 1 by default.
    n_states : int or "auto", default="auto"
        Number of latent states per column. With 1, the columns are independent. "auto"
        depends on the number of rows.
    max_iter : int, default=20
        Maximum number of passes over the rows.
    tol : float, default=1e-4
        Minimum gain of a pass, in nats per cell. Learning stops if a pass gains less.
    random_state : RandomState
        The only source of randomness.
    determined : sequence of Determined
        Columns to leave out of the circuit.

    Returns
    -------
    LearnedCircuit
        The fitted density, and the record of its fit.

    See Also
    --------
    HiddenChowLiuTree : Estimator of the same density for tables.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from skpar._config import TrainingConfig
    >>> from skpar.density._api import fit_circuit
    >>> from skpar.table import TableEncoder, TableSchema
    >>> table = pd.DataFrame({"age": [20, 30, 40], "owns": [False, True, True]})
    >>> schema = TableSchema.infer(table)
    >>> encoder = TableEncoder(schema, schema.encode(table))
    >>> rows = encoder.encode(schema.encode(table))
    >>> rng = np.random.RandomState(0)
    >>> learned = fit_circuit(encoder, rows, config=TrainingConfig(), random_state=rng)
    >>> learned.circuit.log_prob(rows).shape
    torch.Size([3])
    """
    rows = tensor.detach()
    weight = np.ones(len(rows)) if sample_weight is None else sample_weight
    settings = EMSettings(n_states, max_iter, tol)

    def encode(index: np.ndarray) -> Tensor:
        return rows[torch.from_numpy(index)]

    return learn_circuit(
        encoder, encode, weight, settings, config, random_state, determined
    )


def learn_circuit(
    encoder: TableEncoder,
    encode: Callable[[np.ndarray], Tensor],
    weight: np.ndarray,
    settings: EMSettings,
    config: TrainingConfig,
    random_state: np.random.RandomState,
    determined: Sequence[Determined] = (),
) -> LearnedCircuit:
    """Fit a hidden Chow-Liu tree to rows that are encoded in small parts.

    Parameters
    ----------
    encoder : TableEncoder
        Defines the tensor cells and the kind of each column.
    encode : callable
        Encodes rows: takes row numbers of shape (k,) and returns a Tensor of shape
        (k, width).
    weight : ndarray of shape (n_rows,), dtype float64
        Weight of each row, positive.
    settings : EMSettings
        Parameters of the fit.
    config : TrainingConfig
        Constants of learning.
    random_state : RandomState
        The only source of randomness.
    determined : sequence of Determined
        Columns to leave out of the circuit.

    Returns
    -------
    LearnedCircuit
    """
    # Drawn before the order, because those draws depend on the number of rows.
    first_state = np.random.RandomState(random_state.randint(2**31))
    order = random_state.permutation(np.arange(len(weight), dtype=np.int32))
    some = order[: config.max_structure_rows]
    sample, counts = encode(some), weight[some]
    n_columns = len(encoder.slices)
    columns = columns_in_circuit(n_columns, determined)
    bins = discretize(encoder, sample.numpy(), config.max_bins, counts, columns)
    tree = maximum_spanning_tree(mutual_information(bins, counts))
    tree = tree.placed(columns, n_columns)
    leaves = Leaves(encoder, sample.numpy(), config, counts, columns)
    n_states = settings.choose_n_states(weight.sum(), len(columns), config)
    states = np.zeros((len(bins), n_columns), dtype=np.int64)
    states[:, columns] = guess_states_in_clusters(
        bins, counts, n_states, config, first_state
    )
    first = first_counts(tree, leaves, sample, counts, states, n_states, config)
    n_held = _n_held_out(len(order), config)
    held_out, train = (
        Batches(leaves, encode, part, weight, n_states, config)
        for part in (order[:n_held], order[n_held:])
    )
    pseudo = pseudo_counts(leaves, first, config)
    em = EMRun(tree, leaves, pseudo, train, held_out, config)
    parameters = em.run(first, settings, random_state)
    circuit = Circuit(tree, leaves, parameters)
    measured = order[:n_held] if n_held else order
    return LearnedCircuit(circuit, em.n_iter, em.log_density, measured)


def columns_in_circuit(n_columns: int, determined: Sequence[Determined]) -> np.ndarray:
    """List the columns that the circuit consists of.

    Parameters
    ----------
    n_columns : int
        Number of columns.
    determined : sequence of Determined
        Columns to leave out.

    Returns
    -------
    columns : ndarray of shape (n_in_circuit,), dtype int64
        In ascending order. If all columns are determined, the first of `determined`
        stays, because a circuit needs a column.

    Examples
    --------
    >>> from skpar.density.learning import columns_in_circuit
    >>> from skpar.relations import LookedUp
    >>> years = LookedUp(1, (0,), known=(0.0, 1.0), values=(9.0, 13.0))
    >>> columns_in_circuit(3, [years])
    array([0, 2])
    """
    left_out = [one.column for one in determined]
    if len(set(left_out)) == n_columns:
        left_out = left_out[1:]
    return np.setdiff1d(np.arange(n_columns), np.array(left_out, dtype=np.int64))


def _n_held_out(n_rows: int, config: TrainingConfig) -> int:
    """Return the number of held-out rows, which only decide when to stop."""
    if n_rows < config.min_rows_to_hold_out:
        return 0
    return min(int(config.em_held_out_share * n_rows), config.max_em_held_out)
