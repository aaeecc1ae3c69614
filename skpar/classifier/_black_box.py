"""A wrapper that lets the user's classifier predict codes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from ..actionability import ANY_LABEL, Demand, Demands
from ..relations import FeatureSchema, table_of
from ..table import (
    FrameFormat,
    TableSchema,
    are_among,
    copied,
    dtypes_of,
    kind_of,
    warn_user,
)
from ._predictions import (
    choose_input,
    input_schema,
    present_stage,
    read_labels,
    read_scores,
)
from ._votes import Refits
from .linear import LinearScore, extract_linear_score

_SCORE_METHODS = ("predict_proba", "decision_function")


class BlackBox:
    """Predict codes with a fitted classifier.

    Parameters
    ----------
    classifier : object with ``predict``
        Fitted classifier; it is used unchanged, never cloned or fitted.
    schema : TableSchema
        Columns of the codes.
    favorable : ndarray of shape (n_favorable,), optional
        Labels that people want. All methods except `check` and `predict` need them.
    min_probability : float, optional
        Minimum probability of the favorable labels that an answer needs.

    Notes
    -----
    The classifier gets the container that it was trained on, with the training dtypes.
    A classifier with ``feature_names_in_`` gets a DataFrame. A classifier that has only
    ``n_features_in_`` gets an ndarray, if one numeric array can hold the table. A
    classifier with neither gets the container of ``fit``. Frames are of the library of
    ``fit``; if the classifier fails on them, they are of pandas, or else of polars or
    pyarrow if these are loaded. The first row shows it.

    Only ``predict`` decides whether a person is accepted, because the threshold of a
    classifier may differ from one half. Scores only rank candidates. They come from
    ``predict_proba`` or ``decision_function``, if `check_scores` found them usable.

    The classifier is foreign code. It gets a new table in each call, so it may write
    into it. Each prediction is checked: one label per row, none missing, all of them in
    ``classes_``.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.classifier._black_box import BlackBox
    >>> from skpar.table import TableSchema
    >>> table = pd.DataFrame({"income": [10, 20, 30, 40], "debt": [9, 8, 3, 1]})
    >>> classifier = LogisticRegression().fit(table, ["no", "no", "yes", "yes"])
    >>> schema = TableSchema.infer(table)
    >>> black_box = BlackBox(classifier, schema, ["yes"])
    >>> black_box.accepted(schema.encode(table))
    array([False, False,  True,  True])
    """

    def __init__(
        self,
        classifier: Any,
        schema: TableSchema,
        favorable: Any = None,
        min_probability: float | None = None,
    ) -> None:
        self.min_probability = min_probability
        self.max_probability = 1.0
        self.has_target = False
        self.refits: Refits | None = None
        self.classifier = classifier
        self.schema = schema
        self.favorable = None if favorable is None else np.asarray(favorable)
        available = [name for name in _SCORE_METHODS if hasattr(classifier, name)]
        has_classes = getattr(classifier, "classes_", None) is not None
        self.score_method = available[0] if available and has_classes else None
        self._input_schema = input_schema(classifier, table_of(schema))
        if isinstance(schema, FeatureSchema):
            self._input_schema = schema.with_table(self._input_schema)

    def with_favorable(
        self, favorable: Any, min_probability: float | None = None
    ) -> BlackBox:
        """Create a black box of the same classifier with other favorable labels.

        Parameters
        ----------
        favorable : ndarray of shape (n_favorable,)
            Labels that people want.
        min_probability : float, optional
            Minimum probability of these labels that an answer needs.

        Returns
        -------
        black_box : BlackBox
        """
        box = copy.copy(self)
        box.favorable, box.min_probability = np.asarray(favorable), min_probability
        return box

    def of_demand(self, demand: Demand) -> BlackBox:
        """Create a black box of the same classifier with one person's demand.

        Parameters
        ----------
        demand : Demand
            A wanted label, and bounds of its probability. A larger `min_probability` of
            this black box counts.

        Returns
        -------
        black_box : BlackBox
        """
        box, (target, low, high) = copy.copy(self), demand
        low = max(low, self.min_probability or 0.0)
        box.min_probability, box.max_probability = low or None, high
        if target != ANY_LABEL:
            box.favorable = self._favorable_labels()[[target]]
            box.has_target = True
            if self.refits is not None:
                box.refits = self.refits.of_label(box.favorable)
        return box

    def with_refits(self, refits: Refits) -> BlackBox:
        """Create a black box of the same classifier that also demands robustness.

        Parameters
        ----------
        refits : Refits
            Refitted classifiers, which must accept an answer as well.

        Returns
        -------
        black_box : BlackBox
        """
        box = copy.copy(self)
        box.refits = refits
        return box

    def member(self, classifier: Any) -> BlackBox:
        """Create a black box of a refitted classifier, with the same labels and scores.

        Parameters
        ----------
        classifier : fitted classifier
            Of the same kind, fitted on rows of `input_table`.

        Returns
        -------
        black_box : BlackBox
            Without demands.
        """
        box = BlackBox(classifier, self.schema, self.favorable)
        box.score_method = self.score_method
        box._input_schema = self._input_schema
        return box

    def input_table(self, codes: npt.NDArray[np.float64]) -> Any:
        """Write rows as the table that the classifier gets.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows.

        Returns
        -------
        table : DataFrame or ndarray of shape (n, n_columns)
        """
        return self._input_schema.decode(codes)

    def check(self, codes: npt.NDArray[np.float64], kind: str | None = None) -> None:
        """Check that the classifier can predict one row, and find out in what kind.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows; the first is predicted.
        kind : {"pandas", "polars", "pyarrow", "array"}, optional
            Kind of the table that the classifier was trained on, if this is known.

        Raises
        ------
        TypeError
            If the object is not a classifier with ``predict``.
        NotFittedError
            If the classifier is not fitted.
        ValueError
            If the prediction fails in all containers, or has a wrong shape.
        """
        first = self._input_schema
        if kind is not None and first.is_frame and kind != first.kind:
            first = first.of_kind(kind)
        self._input_schema = choose_input(self.classifier, first, codes)

    def choose_scores(self, codes: npt.NDArray[np.float64]) -> None:
        """Find out which scores of the classifier are usable.

        Probabilities come first, then the decision function. Methods that fail on some
        rows are done without, with one warning.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows.

        Raises
        ------
        ValueError
            If a minimum probability is demanded, and there are no probabilities.
        """
        name, problems = type(self.classifier).__name__, []
        for method in _SCORE_METHODS if self.score_method else ():
            scores, problem = self._try_scores(method, codes)
            if scores is not None:
                self.score_method = method
                break
            if problem:
                problems.append(f"{method} {problem}")
        else:
            self.score_method = None
        if self.min_probability is not None:
            why = f" that works: {problems[0]}" if problems else ""
            self.require_probabilities("min_probability", why)
        if problems:
            warn_user(
                f"The classifier, a {name}, is used without its "
                f"{' and its '.join(problems)}."
            )

    def require_probabilities(self, demand: str, why: str = "") -> None:
        """Raise a ValueError if a demand needs probabilities and there are none."""
        if self.score_method != "predict_proba":
            name = type(self.classifier).__name__
            raise ValueError(
                f"{demand} needs a classifier with predict_proba{why}; the {name} has "
                "none."
            )

    def predict(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
        """Predict the labels of rows.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows. For an empty array, the classifier is not called.

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        if len(codes) == 0:
            return np.empty(0, dtype=object)
        return self._labels(self._input_schema.decode(codes))

    def accepted(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Check for each row whether the classifier predicts a favorable label.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows. For an empty array, the classifier is not called.

        Returns
        -------
        accepted : ndarray of shape (n,) and dtype bool
        """
        return self.are_wanted(self.predict(codes))

    def are_wanted(
        self, labels: npt.NDArray[Any], demands: Demands | None = None
    ) -> npt.NDArray[np.bool_]:
        """Check for each label whether it is what its person wants.

        Parameters
        ----------
        labels : ndarray of shape (n,)
            Predicted labels.
        demands : Demands, optional
            Of n people. Their targets count; without one, all favorable labels do.

        Returns
        -------
        are_wanted : ndarray of shape (n,) and dtype bool
        """
        favorable = self._favorable_labels()
        wanted = are_among(labels, favorable)
        if demands is not None:
            target = demands.target
            wanted &= (target == ANY_LABEL) | (labels == favorable[target])
        return wanted

    def is_sure(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Check for each row whether it is accepted with a demanded probability.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows. For an empty array, the classifier is not called.

        Returns
        -------
        is_sure : ndarray of shape (n,) and dtype bool
        """
        accepted = self.accepted(codes)
        if not self.needs_probability:
            return accepted
        score = self.score(codes)
        assert score is not None
        low = self.min_probability or 0.0
        return accepted & (score >= low) & (score <= self.max_probability)

    def nearness(
        self, codes: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64] | None:
        """Score rows by how near they are to acceptance as demanded.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows.

        Returns
        -------
        nearness : ndarray of shape (n,) and dtype float64, or None
            The score, unless there is a largest probability. Then minus the distance
            from the middle of the demanded range, or from its end without a start.
        """
        score, high = self.score(codes), self.max_probability
        if score is None or high == 1.0:
            return score
        low = self.min_probability
        return -np.abs(score - (high if low is None else (low + high) / 2.0))

    def meets_demands(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Check for each row whether classifier and refits accept it as demanded.

        The refits are queried only with rows that the classifier accepts with at least
        `min_probability`.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows. For an empty array, no classifier is called.

        Returns
        -------
        meets_demands : ndarray of shape (n,) and dtype bool
        """
        meets = self.is_sure(codes)
        if self.refits is not None:
            meets[meets] = self.refits.accepted(codes[meets])
        return meets

    @property
    def frame_format(self) -> FrameFormat | None:
        """Format of the frames that the classifier gets, unless they are of pandas."""
        return self._input_schema.frame_format

    @property
    def has_demands(self) -> bool:
        """Whether an answer needs more than that the classifier accepts it."""
        return self.needs_probability or self.refits is not None

    @property
    def needs_probability(self) -> bool:
        """Whether an answer needs a probability in some range."""
        return self.min_probability is not None or self.max_probability < 1.0

    def accepts_table(
        self, table: Any, demands: Demands | None = None
    ) -> npt.NDArray[np.bool_]:
        """Check for each row of a user's table whether the classifier accepts it.

        Parameters
        ----------
        table : DataFrame or ndarray of shape (n, d), n > 0
            The classifier gets a copy; if it was trained on another container, or fails
            on dtypes that are not those of training, a table as in training.
        demands : Demands, optional
            Of the people of the rows, as in `are_wanted`.

        Returns
        -------
        accepted : ndarray of shape (n,) and dtype bool
        """
        if kind_of(table) != self._input_schema.kind:
            return self.are_wanted(self.predict(self.schema.encode(table)), demands)
        try:
            labels = self._labels(copied(table))
        except Exception:  # whatever the classifier raises
            no_rows = np.empty((0, len(self.schema.names)))
            if dtypes_of(table) == dtypes_of(self._input_schema.decode(no_rows)):
                raise
            labels = self.predict(self.schema.encode(table))
        return self.are_wanted(labels, demands)

    def score(self, codes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
        """Score rows by the classifier; a larger score is more favorable.

        Parameters
        ----------
        codes : ndarray of shape (n, d) and dtype float64
            Valid rows. For an empty array, the classifier is not called.

        Returns
        -------
        score : ndarray of shape (n,) and dtype float64, or None
            Probability of the favorable labels, if the classifier has probabilities.
            Otherwise the decision function, with the sign such that larger is more
            favorable. For several classes, this is the largest value of the favorable
            classes minus the largest value of the other classes. None if the classifier
            has neither method, or no ``classes_``.
        """
        if self.score_method is None:
            return None
        if len(codes) == 0:
            return np.empty(0)
        scores, problem = self._try_scores(self.score_method, codes)
        if scores is None:
            name = type(self.classifier).__name__
            text = (
                f"The classifier, a {name}, gives no scores of {len(codes)} rows: "
                f"{self.score_method} {problem}."
            )
            if self.needs_probability:
                name = "max" if self.min_probability is None else "min"
                raise ValueError(f"{text} {name}_probability needs them.")
            warn_user(text)
        return scores

    def linear_score(self) -> LinearScore | None:
        """Write the classifier as a sum over columns, if it is linear.

        Returns
        -------
        score : LinearScore or None
            None for a classifier that `extract_linear_score` does not support.
        """
        favorable = self._favorable_labels()
        return extract_linear_score(self.classifier, self.schema, favorable)

    def _favorable_labels(self) -> npt.NDArray[Any]:
        """Return the favorable labels; they must have been given."""
        assert self.favorable is not None
        return self.favorable

    def _labels(self, table: Any) -> npt.NDArray[Any]:
        """Predict a table that the classifier may change."""
        n_rows = len(table)
        try:
            labels = self.classifier.predict(table)
        except Exception as error:
            error.add_note(
                f"skpar: the classifier failed on {n_rows} rows, in {present_stage()}."
            )
            raise
        return read_labels(labels, n_rows, self.classifier)

    def _try_scores(
        self, method: str, codes: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64] | None, str]:
        """Compute scores, or say why this is not possible; no text if not offered."""
        favorable = np.isin(
            np.asarray(self.classifier.classes_), self._favorable_labels()
        )
        are_probabilities = method == "predict_proba"
        try:
            values = getattr(self.classifier, method)(self._input_schema.decode(codes))
        except (AttributeError, NotImplementedError):
            return None, ""  # The method is there in name only.
        except Exception as error:
            return None, f"(it raises {type(error).__name__}: {error})"
        try:
            scores = read_scores(
                values, len(codes), favorable, are_probabilities=are_probabilities
            )
        except (TypeError, ValueError) as error:
            return None, f"({error})"
        return scores, ""
