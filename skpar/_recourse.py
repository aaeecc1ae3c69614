"""PARRecourse and its parameters, such as weights, n_neighbors and max_queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sklearn.base import (
    BaseEstimator,
    OneToOneFeatureMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from ._answering import Answerer
from ._assessing import assess, score
from ._config import SearchConfig, TrainingConfig
from ._output_schema import output_schema
from ._parameters import PARAMETER_CONSTRAINTS
from ._request import OWN_ARGUMENTS, as_configured, check_n_options, read_request
from .density import HiddenChowLiuTree
from .relations import RelationConfig
from .report import RecourseReport, plan, reasons, regions, what_if
from .table import VersionStamp


class PARRecourse(
    VersionStamp,
    CallbackSupportMixin,
    OneToOneFeatureMixin,
    TransformerMixin,
    BaseEstimator,
):
    """Plausibility-aware amortized recourse (PAR).

    For each person whom a classifier denies, the estimator finds a feasible row that
    the classifier accepts and that is likely among accepted people. `fit` learns one
    density of accepted people, one of denied people, and a generator network that
    proposes changes. `transform` and `recourse` search among the proposals. Every
    recourse is checked with the classifier's own ``predict`` and keeps all rules.

    Parameters
    ----------
    estimator : classifier, default=None
        The classifier to explain if :meth:`fit` gets no `clf`. It is cloned and fitted
        on the table. A :class:`sklearn.frozen.FrozenEstimator` is used without fitting.
        None is a logistic regression after imputing, scaling and one-hot encoding.
    favorable_label : label or collection of labels, default=None
        Labels that people want. None takes the last of the classifier's classes, with
        a warning unless they are {0, 1}, {-1, 1} or {False, True}.
    actionability : dict, default=None
        Rules by column name (or position, for arrays): ``"immutable"``,
        ``"increasing"``, ``"decreasing"``, :class:`~skpar.Range`,
        :class:`~skpar.Levels`, :class:`~skpar.Transitions`, :class:`~skpar.Fill`,
        :class:`~skpar.Weight`, :class:`~skpar.Price`, :class:`~skpar.LevelPrices`,
        :class:`~skpar.RareLevels`, or a list of these that all hold.
    links : list, default=None
        Links between columns: :class:`~skpar.If`, :class:`~skpar.NotAbove`,
        :class:`~skpar.Linear`, :class:`~skpar.Derived`, :class:`~skpar.MaxChanged`,
        :class:`~skpar.ExactlyOne`, :class:`~skpar.Determines`.
    keep_relations : bool, default=True
        Whether a recourse keeps relations that hold in every training row, such as
        one-hot columns and a mean of other columns. See `relations_`.
    categorical_features : list of names or positions, default=None
        Columns of numbers that are category codes. Strings, categories and booleans
        are recognized by their dtype.
    ordinal_features : dict, default=None
        ``{name: levels in ascending order}`` for columns with ordered levels. Ordered
        categorical columns are recognized by their dtype.
    density : HiddenChowLiuTree, default=None
        Unfitted density with the parameters `n_states`, `max_iter` and `tol` for both
        densities. None is the default. It must leave the kinds of columns to this
        estimator, and its seed is not used.
    effort : {"percentile", "log_percentile", "mad", "range", "price"}, \
            default="percentile"
        Unit of effort for numbers and ordered levels: share of people between the two
        values; logarithm of the ratio of the shares of people beyond them, which makes
        extreme values need the most effort; median absolute deviations; share of the
        range. With "price", effort is money: the sum of the prices in `actionability`.
        Every column that can change then needs a :class:`~skpar.Price` or
        :class:`~skpar.LevelPrices`.
    weight_plausibility : float, default=1.5
        Weight of the log-density among accepted people in the objective.
    weight_denied : float, default=0.3
        Weight of the log-density among denied people, which is subtracted.
    weight_effort : float, default=1
        Weight of the effort, which is subtracted. With ``effort="price"``, effort is
        divided by the usual price: the mean price between two training rows in one
        column, the median over columns.
    weight_sparsity : float, default=1
        Weight of the number of features changed, which is subtracted.
    weight_outlier : float, default=2
        Penalty for outliers among accepted people.
    n_neighbors : int, default=8
        Number of accepted neighbors given to the generator as context.
    n_proposals : int, default=6
        Number of rows that the generator proposes for each person.
    max_iter : int, default=6
        Largest number of epochs that train the generator. With fewer than 3, there are
        also fewer rounds of search for examples. The tuning guide says what this saves.
    max_queries : int, default=200
        Largest number of rows that search queries the classifier about for one person.
        If at most `max_queries` rows are feasible, links aside, all are tried, and the
        answer is optimal. Without an answer, up to 10 times as many (2,000) are tried,
        and `recourse` searches once more for the nearest miss beyond `max_effort`.
    search : {"full", "none"}, default="full"
        With "none", the best accepted proposal of the generator is the answer: faster,
        with fewer and slightly worse answers, of which nothing is proved.
    max_effort : float, default=None
        Largest effort of a recourse, in the unit `effort`. None sets no limit.
    min_percentile : float, default=0
        Least plausibility percentile of a recourse, in [0, 1): the share of held-out
        accepted people who are less plausible.
    min_probability : float, default=None
        Least probability of the favorable labels that a recourse needs, in (0, 1).
    max_probability : float, default=None
        Largest probability of the favorable labels that a recourse may have.
    min_robustness : float, default=None
        Least share of refits that must accept a recourse, in (0, 1]. Refits are clones
        of the classifier, fitted by :meth:`fit` on bootstrap samples of `X` and `y`.
        None fits none. It needs `y` and a classifier that can be cloned.
    n_refits : int, default=20
        Number of refits, if `min_robustness` is set. Fewer take less time and are less
        sure: the guide says how much.
    n_jobs : int, default=None
        Number of processes that fit the refits, and that answer more than a few hundred
        people, as in joblib; None means 1. Answers are the same for any number.
    only_needed : bool, default=True
        Whether every change of a recourse must be needed: no part of the changes alone
        is a recourse. False also allows (and marks) changes that raise the objective.
    round_numbers : bool, default=True
        Whether new numbers have few digits if that costs little. Optimal answers stay.
    allow_training_rows : bool, default=False
        Whether a recourse may equal a training row that fewer than five people share.
    random_state : int, RandomState instance or None, default=None
        Seed of all randomness. It is used in :meth:`fit` only.
    verbose : int, default=0
        1 shows the progress of :meth:`fit` and of the search for many people, with
        tqdm if it is installed.

    Attributes
    ----------
    estimator_ : classifier
        The classifier that is explained.
    classes_ : ndarray of shape (n_classes,)
        Labels of the classifier.
    favorable_label_ : ndarray of shape (n_favorable,)
        Labels that people want.
    refits_ : list of classifiers, or None
        The refits, if `min_robustness` is set.
    relations_ : tuple of link
        The relations that were found in the training rows and are kept.
    schema_ : TableSchema
        Kind and values of each feature: one-hot columns are one feature.
    accepted_density_, denied_density_ : HiddenChowLiuTree
        Densities of accepted and denied people, for rows of the table.
    loss_curve_ : list of float
        Mean training loss of the generator in every epoch.
    n_iter_ : int
        Number of epochs run.
    surrogate_fidelity_ : float
        Share of the last training proposals on which the surrogate, a cheap model of
        the classifier that orders the queries, agreed with the classifier.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, if the table has string names.

    See Also
    --------
    RecourseReport : What :meth:`recourse` returns.

    Notes
    -----
    The result for a row depends on the fitted estimator and on this row alone. A fitted
    estimator holds training rows: treat it as personal data. A recourse is no causal
    claim, no legal advice, and no promise that a later classifier accepts it.

    References
    ----------
    "Plausibility-aware Amortized Recourse Generation", arXiv:2601.17309. We know its
    abstract only; network, losses and densities are our own.

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
    __metadata_request__transform: ClassVar[dict[str, bool]] = dict.fromkeys(
        OWN_ARGUMENTS, True
    )

    # Constants of search and training. They are not parameters of the estimator.
    search_config: ClassVar[SearchConfig] = SearchConfig()
    training_config: ClassVar[TrainingConfig] = TrainingConfig()
    relation_config: ClassVar[RelationConfig] = RelationConfig()

    _parameter_constraints: ClassVar[dict[str, Any]] = PARAMETER_CONSTRAINTS

    def __init__(
        self,
        estimator: Any = None,
        *,
        favorable_label: Any = None,
        actionability: Mapping[Any, Any] | None = None,
        links: Sequence[Any] | None = None,
        keep_relations: bool = True,
        categorical_features: Any = None,
        ordinal_features: Mapping[Any, Any] | None = None,
        density: HiddenChowLiuTree | None = None,
        effort: str = "percentile",
        weight_plausibility: float = 1.5,
        weight_denied: float = 0.3,
        weight_effort: float = 1.0,
        weight_sparsity: float = 1.0,
        weight_outlier: float = 2.0,
        n_neighbors: int = 8,
        n_proposals: int = 6,
        max_iter: int = 6,
        max_queries: int = 200,
        search: str = "full",
        max_effort: float | None = None,
        min_percentile: float = 0.0,
        min_probability: float | None = None,
        max_probability: float | None = None,
        min_robustness: float | None = None,
        n_refits: int = 20,
        n_jobs: int | None = None,
        only_needed: bool = True,
        round_numbers: bool = True,
        allow_training_rows: bool = False,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.estimator = estimator
        self.favorable_label = favorable_label
        self.actionability = actionability
        self.links = links
        self.keep_relations = keep_relations
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
        self.search = search
        self.max_effort = max_effort
        self.min_percentile = min_percentile
        self.min_probability = min_probability
        self.max_probability = max_probability
        self.min_robustness = min_robustness
        self.n_refits = n_refits
        self.n_jobs = n_jobs
        self.only_needed = only_needed
        self.round_numbers = round_numbers
        self.allow_training_rows = allow_training_rows
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None, clf: Any = None) -> PARRecourse:
        """Fit densities, surrogate and generator.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            The raw table of accepted and denied people, best with rows that the
            classifier was not trained on. A frame of pandas, polars or pyarrow.
        y : array-like of shape (n_samples,), default=None
            Labels, needed to fit a classifier. With `clf` or a frozen `estimator`
            they may be None, and show whether the classifier knows the rows already.
        clf : classifier, default=None
            A fitted classifier to explain. ``predict`` takes `X`, or else the same rows
            as a frame of another library. It is not changed.

        Returns
        -------
        self : PARRecourse

        Raises
        ------
        ValueError
            For tables, labels, rules and classifiers that cannot be used.
        NotFittedError
            If the classifier is not fitted.
        """
        self.__dict__.pop("_parts", None)  # a fit that fails must not answer
        # Imported here: a process that only answers needs no module that trains.
        from .training import fit_estimator

        fit_estimator(self, X, y, clf)
        return self

    def with_classifier(self, clf: Any, X: Any, y: Any = None) -> PARRecourse:
        """Make a fitted estimator for a classifier that was trained again.

        Densities, relations and rules are kept; surrogate, generator and refits are
        learned anew. This takes less time than :meth:`fit`, and plausibility is
        comparable to before. Fit again if the people have changed.

        Parameters
        ----------
        clf : classifier
            The new fitted classifier.
        X : DataFrame or array-like of shape (n_samples, n_features)
            The table of :meth:`fit`, or a newer one with the same columns and levels.
        y : array-like of shape (n_samples,), default=None
            Labels, as in :meth:`fit`. `min_robustness` needs them.

        Returns
        -------
        par : PARRecourse
            Another fitted estimator with the same parameters. This one is unchanged and
            goes on answering. A frozen `estimator` becomes the frozen `clf`.

        Raises
        ------
        ValueError
            For tables, labels and classifiers that cannot be used.
        """
        check_is_fitted(self)
        # Imported here: a process that only answers needs no module that trains.
        from .training import with_new_classifier

        new: PARRecourse = with_new_classifier(self, clf, X, y)
        return new

    def transform(
        self,
        X: Any,
        lower: Any = None,
        upper: Any = None,
        frozen: Any = None,
        max_effort: Any = None,
        target: Any = None,
        min_probability: Any = None,
        max_probability: Any = None,
    ) -> Any:
        """Change every denied row into its recourse.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            People. Accepted rows and rows without recourse return unchanged. A warning
            counts the latter. Another one comes if the classifier predicts other labels
            for stored training rows than in ``fit``. 8 of up to 50 are
            predicted for each row of `X`.
        lower : DataFrame or ndarray, default=None
            As in :meth:`recourse`. A Pipeline passes it on by metadata routing.
        upper : DataFrame or ndarray, default=None
            Largest values for single people, as in :meth:`recourse`.
        frozen : DataFrame or ndarray of booleans, default=None
            Cells that must not change, as in :meth:`recourse`.
        max_effort : float or array-like of shape (n_samples,), default=None
            Largest effort of single people, as in :meth:`recourse`.
        target : label or array-like of shape (n_samples,), default=None
            Labels that single people want, as in :meth:`recourse`.
        min_probability : float or array-like of shape (n_samples,), default=None
            Least probabilities for single people, as in :meth:`recourse`.
        max_probability : float or array-like of shape (n_samples,), default=None
            Largest probabilities for single people, as in :meth:`recourse`.

        Returns
        -------
        X_cf : DataFrame or ndarray of shape (n_samples, n_features)
            With the columns, dtypes and index of `X`, in its library unless
            ``set_output`` names another one; an array if ``fit`` got one.

        Raises
        ------
        ValueError
            If a cell cannot be read. The message names the first ten.
        """
        demands = max_effort, target, min_probability, max_probability
        people, _, reading = read_request(self, X, lower, upper, frozen, *demands)
        reading.refuse_unreadable()
        return as_configured(self, Answerer.of_estimator(self).change(people))

    def recourse(
        self,
        X: Any,
        *,
        n_options: int = 1,
        lower: Any = None,
        upper: Any = None,
        frozen: Any = None,
        max_effort: Any = None,
        target: Any = None,
        min_probability: Any = None,
        max_probability: Any = None,
    ) -> RecourseReport:
        """Find the recourse of every denied row, with its measures.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            People.
        n_options : int, default=1
            Number of options to find for each person. Options change other features,
            or change them in other directions; the best comes first. No option is
            dominated: no other one has at least its objective and at most its effort
            in every feature.
        lower : DataFrame or ndarray, default=None
            Smallest values that the cells of each person may move to. A DataFrame has
            the index of `X` and some of its columns; an array has the shape of `X`. A
            missing cell sets no limit.
        upper : DataFrame or ndarray, default=None
            Largest values that the cells of each person may move to.
        frozen : DataFrame or ndarray of booleans, default=None
            True for cells that must not change.
        max_effort : float or array-like of shape (n_samples,), default=None
            Largest effort of each person, in the unit `effort`; a missing one sets no
            limit, and a Series has the index of `X`. The smaller one of this and the
            parameter `max_effort` counts.
        target : label or array-like of shape (n_samples,), default=None
            Label that each person wants, one of `favorable_label_`; a missing one is
            any of them. A person with another label counts as denied.
        min_probability : float or array-like of shape (n_samples,), default=None
            Least probability of the wanted labels that each recourse needs. The larger
            one of this and the parameter counts. Accepted people are left unchanged
            even if their own probability is outside the range; `reason` says so.
        max_probability : float or array-like of shape (n_samples,), default=None
            Largest probability. The smaller one of this and the parameter counts.

        Returns
        -------
        report : RecourseReport
            One row per row of `X`. ``report.options`` holds all options. A row with a
            cell that cannot be read, such as an unknown level, has the status
            ``"unreadable"``, and a reason.

        Raises
        ------
        ValueError
            For limits that are not aligned to `X` or that a column cannot hold, for
            targets that are not favorable, and for columns unlike those of training.

        Examples
        --------
        >>> from skpar import PARRecourse
        >>> from skpar.datasets import make_loans
        >>> X, y = make_loans(120, random_state=0)
        >>> par = PARRecourse(max_iter=2, random_state=0).fit(X, y)
        >>> report = par.recourse(X[:20], min_probability=0.6, max_probability=0.9)
        >>> X_new = report.counterfactuals[report.answered]
        >>> probability = par.estimator_.predict_proba(X_new)[:, 1]
        >>> bool((probability >= 0.6).all() and (probability <= 0.9).all())
        True
        """
        check_n_options(n_options)
        demands = max_effort, target, min_probability, max_probability
        people, X, reading = read_request(self, X, lower, upper, frozen, *demands)
        return Answerer.of_estimator(self).full_report(people, X, reading, n_options)

    assess = assess
    score = score
    output_schema = output_schema
    plan = plan
    reasons = reasons
    regions = regions
    what_if = what_if

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
