"""Densities of codes, for an estimator that reads the table itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.base import clone

from .._config import TrainingConfig
from .._progress import Task
from ..relations import Determined, table_of
from ..table import TableEncoder
from ._hidden_chow_liu_tree import HiddenChowLiuTree
from ._relation_factor import RelationFactor
from .learning import EMSettings, learn_circuit


def check_density(density: HiddenChowLiuTree | None) -> HiddenChowLiuTree:
    """Check the density that a user gives to an estimator that reads the table.

    Parameters
    ----------
    density : HiddenChowLiuTree or None
        None stands for the defaults.

    Returns
    -------
    density : HiddenChowLiuTree
        An unfitted copy.

    Raises
    ------
    ValueError
        For an invalid parameter, and for a parameter that has no effect here.
    """
    density = HiddenChowLiuTree() if density is None else clone(density)
    density._validate_params()
    for name in ("categorical_features", "ordinal_features"):
        if getattr(density, name) is not None:
            raise ValueError(
                f"{name} of density has no effect here. Pass it to the estimator that "
                "takes the density."
            )
    return density


def fit_density(
    density: HiddenChowLiuTree,
    encoder: TableEncoder,
    codes: np.ndarray,
    config: TrainingConfig,
    rng: np.random.RandomState,
    determined: Sequence[Determined] = (),
    task: Task | None = None,
) -> HiddenChowLiuTree:
    """Fit a copy of a density to codes; relations are given, not searched.

    Parameters
    ----------
    density : HiddenChowLiuTree
        Gives the parameters. It is not changed, and its seed is not used.
    encoder : TableEncoder
        Turns codes into the rows of the circuit; knows the schema of the table.
    codes : ndarray of shape (n_rows, n_features), dtype float64
        Rows to fit; a random sample of them if they are more than
        ``config.max_density_rows``.
    config : TrainingConfig
        Constants of learning.
    rng : numpy.random.RandomState
        Source of all randomness.
    determined : sequence of Determined
        Columns that follow from others.
    task : Task, optional
        Has a step ``"pass"`` for each pass over the rows.

    Returns
    -------
    fitted : HiddenChowLiuTree
        It takes rows of the table that `encoder` knows.
    """
    if len(codes) > config.max_density_rows:
        codes = codes[rng.permutation(len(codes))[: config.max_density_rows]]
    settings = EMSettings(
        density.n_states, density.max_iter, density.tol, task or Task()
    )
    learned = learn_circuit(
        encoder,
        lambda index: encoder.encode(codes[index]),
        np.ones(len(codes)),
        settings,
        config,
        rng,
        determined,
    )
    fitted = clone(density)
    schema = encoder.schema
    factor = RelationFactor(schema, determined, codes, config)
    schema = table_of(schema)
    fitted.n_features_in_ = schema.n_features
    if schema.is_frame and all(isinstance(name, str) for name in schema.names):
        fitted.feature_names_in_ = np.array(schema.names, dtype=object)
    measured = codes[learned.measured]
    terms = factor.log_factor(measured) - factor.log_units(encoder, measured)
    fitted._keep(encoder, learned, factor, float(np.mean(terms)))
    return fitted
