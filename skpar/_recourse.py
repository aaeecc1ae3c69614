"""PARRecourse and its parameters, such as weights, n_neighbors and max_queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import (
    BaseEstimator,
    OneToOneFeatureMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils import Tags, check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from ._answering import Answerer
from ._config import SearchConfig, TrainingConfig
from .actionability import Actionability, People, read_limits
from .classifier import (
    BlackBox,
    check_acceptance_rate,
    check_labels,
    choose_classifier,
    choose_favorable,
    find_classes,
    fit_classifier,
    warn_if_trained_on,
)
from .density import HiddenChowLiuTree
from .metrics import recourse_score
from .objective import Effort, Weights
from .report import RecourseReport, ReportContext, column_histograms
from .table import TableSchema, check_table, warn_user

_WEIGHTS = tuple(f"weight_{term.name}" for term in fields(Weights))


class PARRecourse(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Plausibility-aware amortized recourse (PAR).

    For a person whom a classifier denies, find a row that it accepts, that the
    person may reach, and that is likely among accepted people. One density per
    decision is fitted, then one generator network that proposes changes to anybody;
    a short search completes its proposals. Whatever comes back as a recourse was
    re-checked with the classifier's own ``predict`` and keeps every rule.

    Parameters
    ----------
    estimator : classifier, default=None
        The classifier to explain, where none is given to :meth:`fit`. It is cloned
        and fitted on the table; wrap it in :class:`sklearn.frozen.FrozenEstimator`
        to have a fitted one used as it is. None stands for a logistic regression
        behind imputing, scaling and one-hot encoding.
    favorable_label : label or collection of labels, default=None
        What people want to get. None takes the last of the classifier's classes,
        silently for {0, 1}, {-1, 1} and {False, True} only.
    actionability : dict, default=None
        Rules by column name (or position, for arrays): ``"immutable"``,
        ``"increasing"``, ``"decreasing"``, :class:`~skpar.Range`,
        :class:`~skpar.Levels`, :class:`~skpar.Transitions`, :class:`~skpar.Fill`,
        :class:`~skpar.Weight`, or a list of these that all hold.
    links : list, default=None
        What must change together: :class:`~skpar.If`, :class:`~skpar.NotAbove`,
        :class:`~skpar.Linear`, :class:`~skpar.Derived`, :class:`~skpar.MaxChanged`.
    categorical_features : list of names or positions, default=None
        Columns of numbers that are mere labels. Columns of strings, categories and
        booleans are known by their dtype.
    ordinal_features : dict, default=None
        ``{name: levels in rising order}`` for columns of levels that have an order.
        Ordered categorical columns are known by their dtype.
    density : HiddenChowLiuTree, default=None
        How to fit the density of each decision, with its ``n_states``, ``max_iter``
        and ``tol``; None stands for the defaults. What a column is, and the seed, are
        said here and not there. It is not fitted itself.
    effort : {"percentile", "mad", "range"}, default="percentile"
        Unit of effort for ordered columns: the share of people passed by, the median
        absolute deviation, or the range, as in Gower's distance.
    weight_plausibility, weight_denied, weight_effort, weight_sparsity : float
        Weights of the terms of the objective: likeness to accepted people (default
        2.5), likeness to denied people (0.3), effort (1), number of features changed
        (0.5).
    weight_outlier : float, default=2
        What an answer loses that is an outlier among accepted people.
    n_neighbors : int, default=8
        Number of accepted neighbours that the generator is told of.
    n_proposals : int, default=6
        Number of rows that the generator proposes for each person.
    max_iter : int, default=20
        Largest number of training epochs of the generator.
    max_queries : int, default=200
        Most rows that the classifier is asked about to answer one person; a few are
        enough for nearly everybody. Who can reach no more rows than that, links aside,
        has all of them tried, and the report says that the answer is optimal. Whoever
        is left without an answer and can reach at most 2,000 rows, links included, has
        all of these tried besides.
    min_percentile : float, default=0
        Least plausibility of an answer: the share of held-out accepted people who
        must be less plausible.
    min_probability : float, default=None
        Least probability that the classifier must give to the favorable labels for an
        answer, besides predicting one.
    allow_training_rows : bool, default=True
        Whether an answer may equal a training row that fewer than five people share.
    random_state : int, RandomState instance or None, default=None
        Seed of all randomness. Answers depend on the fitted estimator and on the
        row alone.
    verbose : int, default=0
        1 shows the progress of ``fit``, by tqdm where that is installed.

    Attributes
    ----------
    estimator_ : classifier
        The classifier that is explained.
    classes_ : ndarray of shape (n_classes,)
        Its labels.
    favorable_label_ : ndarray of shape (n_favorable,)
        The labels that people want.
    schema_ : TableSchema
        What each column is.
    loss_curve_ : list of float
        Mean training loss of the generator in every epoch.
    n_iter_ : int
        Number of epochs run.
    surrogate_fidelity_ : float
        Share of the generator's proposals on which the stand-in for the classifier,
        used in training only, agreed with it when last asked.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where the table has string names.

    See Also
    --------
    RecourseReport : What :meth:`recourse` returns.

    Notes
    -----
    The objective is in the docs, with its derivation. A fitted estimator holds rows
    of the training table; treat it as personal data. A recourse is no causal claim,
    no legal advice and no promise that a later classifier accepts it.

    References
    ----------
    "Plausibility-aware Amortized Recourse Generation", arXiv:2601.17309. Known to us
    by its abstract; network, losses and densities are our own reading of it.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> par = PARRecourse(actionability={"age": "immutable"}, max_iter=2,
    ...                   random_state=0).fit(X, y)
    >>> X_cf = par.transform(X[:20])
    >>> bool((X_cf["age"] == X["age"][:20]).all())
    True
    """

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"clf": True}
    __metadata_request__transform: ClassVar[dict[str, bool]] = {
        "lower": True,
        "upper": True,
        "frozen": True,
    }

    # Constants that tune search and training; no parameters of the estimator.
    search_config: ClassVar[SearchConfig] = SearchConfig()
    training_config: ClassVar[TrainingConfig] = TrainingConfig()

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "estimator": [HasMethods("predict"), None],
        "favorable_label": "no_validation",
        "actionability": [Mapping, None],
        "links": ["array-like", None],
        "categorical_features": ["array-like", None],
        "ordinal_features": [Mapping, None],
        "density": [HiddenChowLiuTree, None],
        "effort": [StrOptions({"percentile", "mad", "range"})],
        **dict.fromkeys(_WEIGHTS, [Interval(Real, 0, None, closed="left")]),
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "n_proposals": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "max_queries": [Interval(Integral, 1, None, closed="left")],
        "min_percentile": [Interval(Real, 0, 1, closed="left")],
        "min_probability": [Interval(Real, 0, 1, closed="neither"), None],
        "allow_training_rows": ["boolean"],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        favorable_label: Any = None,
        actionability: Mapping[Any, Any] | None = None,
        links: Sequence[Any] | None = None,
        categorical_features: Any = None,
        ordinal_features: Mapping[Any, Any] | None = None,
        density: HiddenChowLiuTree | None = None,
        effort: str = "percentile",
        weight_plausibility: float = 2.5,
        weight_denied: float = 0.3,
        weight_effort: float = 1.0,
        weight_sparsity: float = 0.5,
        weight_outlier: float = 2.0,
        n_neighbors: int = 8,
        n_proposals: int = 6,
        max_iter: int = 20,
        max_queries: int = 200,
        min_percentile: float = 0.0,
        min_probability: float | None = None,
        allow_training_rows: bool = True,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.estimator = estimator
        self.favorable_label = favorable_label
        self.actionability = actionability
        self.links = links
        self.categorical_features = categorical_features
        self.ordinal_features = ordinal_features
        self.density = density
        self.effort = effort
        self.weight_plausibility = weight_plausibility
        self.weight_denied = weight_denied
        self.weight_effort = weight_effort
        self.weight_sparsity = weight_sparsity
        self.weight_outlier = weight_outlier
        self.n_neighbors = n_neighbors
        self.n_proposals = n_proposals
        self.max_iter = max_iter
        self.max_queries = max_queries
        self.min_percentile = min_percentile
        self.min_probability = min_probability
        self.allow_training_rows = allow_training_rows
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None, clf: Any = None) -> PARRecourse:
        """Learn to answer.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            The raw table of people, accepted and denied. Rows that the classifier
            was not trained on are better.
        y : array-like of shape (n_samples,), default=None
            Labels. Needed to fit a classifier; with `clf` or a frozen `estimator`
            they serve to check that its rows are new to it, and may be None.
        clf : classifier, default=None
            A fitted classifier to explain, with a ``predict`` that takes `X`.
            It is used as it is.

        Returns
        -------
        self : PARRecourse

        Raises
        ------
        ValueError
            For tables, labels, rules and classifiers that cannot be used; the
            message names the column, row or parameter.
        NotFittedError
            Where the classifier is not fitted.
        """
        self.__dict__.pop("_parts", None)  # a fit that fails must not answer
        X = check_table(self, X, reset=True)
        self.schema_ = TableSchema.infer(
            X,
            categorical_features=self.categorical_features,
            ordinal_features=self.ordinal_features,
        )
        codes = self.schema_.encode(X)
        classifier, is_fitted = choose_classifier(self.estimator, clf, self.schema_)
        if y is not None:
            y = check_labels(X, y)
        elif not is_fitted:
            raise ValueError(
                "This PARRecourse estimator requires y to be passed, but the target y "
                "is None: it is needed to fit the classifier. Pass a fitted one as "
                "clf= or estimator=FrozenEstimator(clf) to do without."
            )
        rules, links, config = self.actionability, self.links, self.search_config
        self._actionability = Actionability(
            self.schema_, rules, links, config.link_repair_rounds
        )
        rng = check_random_state(self.random_state)
        accepted = self._decide(classifier, is_fitted, X, y, codes, rng)
        self._fit_parts(codes, accepted, rng)
        self._report_context = self._make_report_context(codes[accepted])
        return self

    def _fit_parts(
        self, codes: np.ndarray, accepted: np.ndarray, rng: np.random.RandomState
    ) -> None:
        """Fit densities, surrogate, generator and what searches with them."""
        # Imported here: a process that only answers needs no module that trains.
        from .training import FitSettings, Progress, RecourseFitter

        able, config = self._actionability, self.search_config
        effort = Effort(
            self.schema_, codes, self.effort, able.weights, config.max_effort_knots
        )
        density = HiddenChowLiuTree() if self.density is None else self.density
        settings = FitSettings(
            Weights(*(getattr(self, name) for name in _WEIGHTS)),
            self.n_neighbors,
            self.n_proposals,
            self.max_iter,
            self.max_queries,
            self.min_percentile,
            self.allow_training_rows,
            density.learning_options(),
        )
        with Progress(self.verbose) as progress:
            fitter = RecourseFitter(
                self.schema_,
                able,
                effort,
                self._black_box,
                settings,
                config,
                self.training_config,
                rng,
                progress.report,
            )
            fit = fitter.fit(codes, accepted)
        self._parts = fit.parts
        self.loss_curve_, self.n_iter_ = fit.loss_curve, len(fit.loss_curve)
        self.surrogate_fidelity_ = fit.fidelity

    def transform(
        self, X: Any, lower: Any = None, upper: Any = None, frozen: Any = None
    ) -> Any:
        """Change every denied row into its recourse.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            People. Rows that the classifier accepts come back unchanged, and so do
            rows without recourse, with a warning that counts them.
        lower, upper, frozen : DataFrame or ndarray, default=None
            Limits of single people, as in :meth:`recourse`; through a Pipeline by
            metadata routing.

        Returns
        -------
        X_cf : DataFrame or ndarray of shape (n_samples, n_features)
            In the container, columns, dtypes and index of `X`; an array where
            ``fit`` had an array.
        """
        people = self._read(X, lower, upper, frozen)
        X_cf, n_denied, n_changed = self._answerer().change(people)
        if n_changed < n_denied:
            warn_user(
                f"No recourse was found for {n_denied - n_changed} of {n_denied} "
                "denied rows; they are returned unchanged. recourse(X) tells which."
            )
        return X_cf if self.schema_.is_frame else np.asarray(X_cf)

    def recourse(
        self,
        X: Any,
        *,
        n_options: int = 1,
        lower: Any = None,
        upper: Any = None,
        frozen: Any = None,
    ) -> RecourseReport:
        """Find the recourse of every denied row, and tell what it takes.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            People.
        n_options : int, default=1
            How many genuinely different ways to look for: by other features or in
            other directions, the best first. None is dominated by another, which would
            be worth at least as much and ask no more in any feature.
        lower, upper : DataFrame or ndarray, default=None
            Limits of single people: the smallest and the largest value that a cell
            may move to. A DataFrame has the index of `X` and some of its columns, an
            array the shape of `X`; a missing cell says nothing.
        frozen : DataFrame or ndarray of booleans, default=None
            True where a cell of a person must not change.

        Returns
        -------
        report : RecourseReport
            Its ``options`` hold the further ways, if asked for.

        Raises
        ------
        ValueError
            For limits that are not aligned to `X` or that a column cannot hold.
        """
        people = self._read(X, lower, upper, frozen)
        if isinstance(n_options, bool) or n_options < 1:
            raise ValueError(f"n_options must be 1 or more, got {n_options!r}.")
        return self._answerer().report(people, n_options)

    def score(self, X: Any, y: Any = None) -> float:
        """Score of the recourse of denied rows, free of weights and units.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            People; those who are accepted do not count.
        y : object, default=None
            Ignored.

        Returns
        -------
        score : float
            :func:`skpar.metrics.recourse_score` of the denied rows: greater is better.
            NaN, with a warning, where no row is denied.
        """
        report = self.recourse(X)
        if not report.asked.any():
            warn_user("score is NaN: the classifier denies none of the rows.")
            return float("nan")
        return recourse_score(report)

    def _read(self, X: Any, lower: Any, upper: Any, frozen: Any) -> People:
        """Check a table of people and their limits."""
        check_is_fitted(self)
        X = check_table(self, X, reset=False)
        limits = read_limits(self.schema_, X, lower, upper, frozen)
        return People(self.schema_.encode(X), limits, X)

    def _answerer(self) -> Answerer:
        """Give the fitted parts to what answers people."""
        return Answerer(
            self.schema_,
            self._actionability,
            self._black_box,
            self._parts,
            self._report_context,
            self.search_config,
        )

    def _decide(
        self,
        classifier: Any,
        is_fitted: bool,
        X: Any,
        y: Any,
        codes: np.ndarray,
        rng: np.random.RandomState,
    ) -> np.ndarray:
        """Set the classifier up; return whom it accepts."""
        config = self.training_config
        if is_fitted:
            self.estimator_, predicted = classifier, None
        else:
            self.estimator_, predicted = fit_classifier(
                classifier, X, y, config.n_folds, rng
            )
        box = BlackBox(self.estimator_, self.schema_)
        box.check(codes)
        if predicted is None:
            predicted = box.predict(codes)
            if y is not None:
                warn_if_trained_on(predicted, y, config.suspicious_agreement)
        self.classes_ = find_classes(self.estimator_, predicted, y)
        self.favorable_label_ = choose_favorable(self.classes_, self.favorable_label)
        self._black_box = box.with_favorable(
            self.favorable_label_, self.min_probability
        )
        if self.min_probability is not None:
            self._black_box.check_probability(codes)
        accepted = np.isin(predicted, self.favorable_label_)
        check_acceptance_rate(accepted)
        return accepted

    def _make_report_context(self, accepted: np.ndarray) -> ReportContext:
        """Gather what every report shows beside the answers."""
        written = self.actionability or {}
        rules = [f"{name}: {rule!r}" for name, rule in written.items()]
        rules += [repr(link) for link in self.links or ()]
        return ReportContext(column_histograms(self.schema_, accepted), tuple(rules))

    def __sklearn_is_fitted__(self) -> bool:
        """Whether the last call of ``fit`` went through."""
        return hasattr(self, "_parts")

    def __sklearn_tags__(self) -> Tags:
        """Missing cells are fine, dtypes are kept, and labels are needed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
