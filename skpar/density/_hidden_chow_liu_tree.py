"""HiddenChowLiuTree, a scikit-learn density estimator for mixed tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import BaseEstimator, DensityMixin, _fit_context
from sklearn.utils import Tags, check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from .._config import TrainingConfig
from ..table import (
    TableEncoder,
    TableSchema,
    VersionStamp,
    take_rows,
    validate_table,
)
from ._relation_factor import RelationFactor
from ._relations import find_relations
from ._threads import one_thread
from .learning import EMSettings, LearnedCircuit, learn_circuit

CHUNK_ROWS = 2048
MOST_FAILURES = 20  # draws without any row in which all determined columns are known


class HiddenChowLiuTree(VersionStamp, DensityMixin, BaseEstimator):
    r"""Density of mixed tables: a hidden Chow-Liu tree.

    Each column has a latent state. The states form the tree over columns with the
    largest total mutual information. Given its state, a column of numbers is a mixture
    of kernels; all states of the column share the kernels. A column with levels has a
    table of probabilities per state. If a column has missing cells in training,
    "missing" is one more possible value of its cells. Log-densities are exact.

    :meth:`fit` finds relations that hold in every row: one-hot groups, and columns that
    follow from others. A group is one column with levels. A column that follows from
    others is not part of the tree. A row that breaks a relation has a density near 0.

    Parameters
    ----------
    n_states : int or "auto", default="auto"
        Number of latent states per column. With 1, the columns are independent. "auto"
        uses 8 states for fewer than 1,200 rows, and 16 states for fewer than 5,000
        rows or more than 50 columns. Other tables get 32 states.
    max_iter : int, default=20
        Maximum number of passes over the rows.
    tol : float, default=1e-4
        Minimum gain of a pass, in nats per cell (of one row and column). Learning stops
        if a pass gains less.
    categorical_features : list of names or positions, default=None
        Columns of numbers that are category codes. Columns of strings, categories and
        booleans are recognized by their dtype.
    ordinal_features : dict, default=None
        ``{name: levels in ascending order}`` for columns with ordered levels. Ordered
        categorical columns are recognized by their dtype.
    random_state : int, RandomState instance or None, default=None
        Seed of all randomness in :meth:`fit`.

    Attributes
    ----------
    circuit_ : Circuit
        The density over encoded rows, in torch and differentiable.
    schema_ : TableSchema
        Kind, levels and range of each column. If there are one-hot groups, each group
        is one column.
    determined_ : tuple of Determined
        Columns of `schema_` that follow from others.
    encoder_ : TableEncoder
        Converts codes of the schema to rows of the circuit.
    tree_ : list of tuple
        Edges of the tree, (column, its parent). Edges closer to the root come first.
        Columns that follow from others have none.
    n_iter_ : int
        Number of passes over the rows.
    lower_bound_ : float
        Mean log-density, in nats, measured by the last pass. With 2,000 rows or more,
        it is the mean over the held-out tenth of the rows, otherwise over all rows.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns; defined only if all names are strings.

    See Also
    --------
    sklearn.neighbors.KernelDensity : Density of numeric tables.
    sklearn.mixture.GaussianMixture : Parametric density of numeric tables.

    Notes
    -----
    With states :math:`h_j` of columns j, tree parents :math:`\pi(j)` and leaves f, the
    density is

    .. math:: p(x) = \sum_h \prod_j p(h_j | h_{\pi(j)}) f_j(x_j | h_j)

    In a column with missing cells, the leaf is :math:`m_j(h_j)` for a missing cell and
    :math:`(1 - m_j(h_j)) f_j` for a value. ``circuit_.log_prob(rows, absent)`` treats
    the cells in `absent` as unknown and sums over their values exactly.

    The density of a row is that of the circuit, times a factor per relation. The factor
    is 1 - 1e-9 if a column has the value that follows, and about 1e-9 otherwise. It is
    1e-12 for all patterns together that a group does not allow, such as two columns on.
    ``circuit_`` is the density without these factors. It sums over the levels of a
    group with such a pattern.

    A fitted estimator stores no training rows. It stores quantiles, and values that
    many rows share. It consists of numpy arrays, so it can be pickled and copied.

    References
    ----------
    C. K. Chow and C. N. Liu, "Approximating discrete probability distributions with
    dependence trees", IEEE Transactions on Information Theory 14 (1968).

    Examples
    --------
    >>> from skpar.datasets import make_loans
    >>> from skpar.density import HiddenChowLiuTree
    >>> X, y = make_loans(400, random_state=0)
    >>> density = HiddenChowLiuTree(n_states=4, random_state=0).fit(X[:300])
    >>> density.score_samples(X[300:]).shape
    (100,)
    >>> density.sample(2, random_state=0).shape == (2, X.shape[1])
    True
    """

    training_config: ClassVar[TrainingConfig] = TrainingConfig()

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_states": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "categorical_features": ["array-like", None],
        "ordinal_features": [Mapping, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_states: int | str = "auto",
        *,
        max_iter: int = 20,
        tol: float = 1e-4,
        categorical_features: Any = None,
        ordinal_features: Mapping[Any, Any] | None = None,
        random_state: Any = None,
    ) -> None:
        self.n_states = n_states
        self.max_iter = max_iter
        self.tol = tol
        self.categorical_features = categorical_features
        self.ordinal_features = ordinal_features
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: Any, y: Any = None, sample_weight: Any = None
    ) -> HiddenChowLiuTree:
        """Fit the density to a table.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            Training rows; cells may be missing.
        y : object, default=None
            Ignored.
        sample_weight : array-like of shape (n_samples,), default=None
            Number of rows that each row represents. The sum of the weights matters:
            the density of few rows is smoothed more.

        Returns
        -------
        self : HiddenChowLiuTree
        """
        rng = check_random_state(self.random_state)
        X, weight = _weigh(validate_table(self, X, reset=True), sample_weight)
        schema = TableSchema.infer(
            X,
            categorical_features=self.categorical_features,
            ordinal_features=self.ordinal_features,
        )
        config, read = self.training_config, schema.encode
        schema, determined = find_relations(
            schema, lambda rows: read(take_rows(X, rows)), len(X), config
        )
        some = slice(None, None, -(-len(X) // config.max_structure_rows))
        codes = schema.encode(take_rows(X, some))
        encoder = TableEncoder(schema, codes)
        factor = RelationFactor(schema, determined, codes, config, weight[some])
        with torch.inference_mode(False), one_thread():
            learned = learn_circuit(
                encoder,
                lambda index: encoder.encode(schema.encode(take_rows(X, index))),
                weight,
                EMSettings(self.n_states, self.max_iter, self.tol),
                config,
                rng,
                determined,
            )
        measured = schema.encode(take_rows(X, learned.measured))
        terms = factor.log_factor(measured) - factor.log_units(encoder, measured)
        weight = weight[learned.measured]
        self._keep(encoder, learned, factor, float(np.average(terms, weights=weight)))
        return self

    def _keep(
        self,
        encoder: TableEncoder,
        learned: LearnedCircuit,
        factor: RelationFactor,
        other_terms: float,
    ) -> None:
        """Keep a learned circuit.

        Parameters
        ----------
        encoder : TableEncoder
            Turns codes into rows of the circuit.
        learned : LearnedCircuit
            The circuit, and how learning it went.
        factor : RelationFactor
            Factor for the relations.
        other_terms : float
            Mean difference between the log-density of the table and that of the
            circuit, over the rows that learning measured.
        """
        schema, circuit = encoder.schema, learned.circuit
        self.schema_, self.encoder_, self.circuit_ = schema, encoder, circuit
        self._factor, self.determined_ = factor, factor.determined
        tree, names = circuit.tree, schema.names
        self.tree_ = [(names[j], names[parent]) for j, parent in tree.edges_down()]
        self.n_iter_ = learned.n_iter
        self.lower_bound_ = learned.log_density + other_terms

    def score_samples(self, X: Any) -> np.ndarray:
        """Compute the log-density of each row.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            Rows. A missing cell contributes the probability that it is missing, given
            the other cells.

        Returns
        -------
        log_density : ndarray of shape (n_samples,), dtype float64
            In nats. Numbers contribute a density per unit of their column. For example,
            a column in cents contributes log 100 less than the same column in dollars.
            Levels and missing cells contribute a probability, as does a number that
            follows from other columns.
        """
        check_is_fitted(self)
        X = validate_table(self, X, reset=False)
        log_density = np.empty(len(X))
        with torch.no_grad(), one_thread():
            for rows in _chunks(len(X)):
                codes = self.schema_.encode(take_rows(X, rows))
                values = self.circuit_.log_prob(self.encoder_.encode(codes)).numpy()
                values += self._factor.log_factor(codes)
                values -= self._factor.log_units(self.encoder_, codes)
                log_density[rows] = values
        return log_density

    def score(self, X: Any, y: Any = None) -> float:
        """Compute the mean log-density.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            Rows.
        y : object, default=None
            Ignored.

        Returns
        -------
        score : float
            In nats per row. :class:`~sklearn.neighbors.KernelDensity` returns the sum
            instead, which grows with the number of rows.
        """
        log_density = self.score_samples(X)
        if not len(log_density):
            raise ValueError("score needs at least one row; the table has none.")
        return float(log_density.mean())

    def sample(self, n_samples: int = 1, random_state: Any = None) -> Any:
        """Draw random rows.

        As in :class:`~sklearn.neighbors.KernelDensity`, the method returns only the
        rows. The seed is a parameter of this method, so the fitted estimator does not
        change.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        random_state : int, RandomState instance or None, default=None
            Seed of the draws.

        Returns
        -------
        X : DataFrame or ndarray of shape (n_samples, n_features)
            A table with the container and dtypes of training. Every cell has a value;
            none is missing, and all relations hold. A row is drawn again if the dtypes
            cannot hold it, if it has a category that did not occur in training, or if
            the value of a column that follows from others is unknown. If all draws have
            an unknown value, the column gets its median or its most frequent level.
        """
        check_is_fitted(self)
        if n_samples < 1:
            raise ValueError(f"n_samples must be 1 or more, not {n_samples!r}.")
        seed = int(check_random_state(random_state).randint(2**31))
        generator = torch.Generator().manual_seed(seed)
        parts, wanted, n_failures = [], n_samples, 0
        with torch.no_grad(), one_thread():
            while wanted > 0:
                codes = self.encoder_.decode(self.circuit_.sample(wanted, generator))
                codes = self._factor.complete(codes, always=n_failures >= MOST_FAILURES)
                codes = codes[~np.isnan(codes).any(axis=1)]
                parts.append(codes[self.schema_.holds(codes)])
                n_failures = 0 if len(parts[-1]) else n_failures + 1
                wanted -= len(parts[-1])
        return self.schema_.decode(np.concatenate(parts))

    def __sklearn_tags__(self) -> Tags:
        """Declare that missing cells are allowed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _chunks(n_rows: int) -> Iterator[slice]:
    """Split the row positions into slices."""
    for start in range(0, n_rows, CHUNK_ROWS):
        yield slice(start, start + CHUNK_ROWS)


def _weigh(X: Any, sample_weight: Any) -> tuple[Any, np.ndarray]:
    """Drop rows with weight zero; return the others and their weights (n,)."""
    if sample_weight is None:
        return X, np.broadcast_to(1.0, len(X))
    weight = _check_sample_weight(
        sample_weight, X, dtype=np.float64, ensure_non_negative=True
    )
    if weight.all():
        return X, weight
    return take_rows(X, np.flatnonzero(weight)), weight[weight > 0]
