"""Cost of answers: CPU time, and number of rows that the classifier predicts."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

_PREDICTION_METHODS = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
)


class MeteredClassifier:
    """A fitted classifier that counts the rows and the CPU time of its predictions.

    Parameters
    ----------
    clf : fitted classifier
        It makes the predictions. All its other attributes are passed on.

    Attributes
    ----------
    rows : int
        Number of rows predicted.
    seconds : float
        CPU seconds that the process spent on predictions.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.metrics import MeteredClassifier
    >>> clf = MeteredClassifier(LogisticRegression().fit([[0], [1]], [0, 1]))
    >>> clf.predict([[0], [1], [2]])
    array([0, 1, 1])
    >>> clf.rows
    3
    """

    def __init__(self, clf: Any) -> None:
        self.clf = clf
        self.rows = 0
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the classifier; methods that predict are counted."""
        if name == "clf":  # while being unpickled
            raise AttributeError(name)
        attribute = getattr(self.clf, name)
        return self._metered(attribute) if name in _PREDICTION_METHODS else attribute

    def _metered(self, method: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Wrap a method so that its rows and CPU time are counted."""

        def predict(table: Any) -> Any:
            start = time.process_time()
            try:
                return method(table)
            finally:
                self.seconds += time.process_time() - start
                self.rows += len(table)

        return predict


class Cost(NamedTuple):
    """Cost of answering, per person.

    Parameters
    ----------
    seconds : float
        CPU seconds.
    own_seconds : float
        CPU seconds outside the classifier.
    n_rows : float
        Number of rows that the classifier predicted, in search and elsewhere.
    n : int
        Number of people.
    """

    seconds: float
    own_seconds: float
    n_rows: float
    n: int


def cost_per_person(
    find: Callable[[Any], Any], factuals: Any, clf: MeteredClassifier
) -> Cost:
    """Measure the cost of answering people.

    Parameters
    ----------
    find : callable
        Answers people, such as ``par.recourse``. Its result is ignored.
    factuals : DataFrame or array-like of shape (n, d)
        Rows of the denied people. All of them count, answered or not.
    clf : MeteredClassifier
        The classifier that `find` uses.

    Returns
    -------
    cost : Cost
        Smaller is better. CPU time includes all threads of this process, but no
        waiting and no other processes.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skpar.metrics import MeteredClassifier, cost_per_person
    >>> clf = MeteredClassifier(LogisticRegression().fit([[0], [1]], [0, 1]))
    >>> cost = cost_per_person(lambda X: clf.predict(X + X), [[0], [1]], clf)
    >>> cost.n_rows, cost.n
    (2.0, 2)
    """
    rows, inside = clf.rows, clf.seconds
    start = time.process_time()
    find(factuals)
    total = time.process_time() - start
    n = len(factuals)
    own = total - (clf.seconds - inside)
    return Cost(total / n, own / n, (clf.rows - rows) / n, n)
