"""Confidence intervals of shares and means."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binomtest, t

LEVEL = 0.95


class Interval(NamedTuple):
    """A mean with its confidence interval.

    Parameters
    ----------
    value : float
        The mean; NaN without values.
    low : float
        Lower end of the 95% confidence interval; NaN for too few values.
    high : float
        Upper end.
    n : int
        Number of values.
    """

    value: float
    low: float
    high: float
    n: int


def mean_interval(values: Any) -> Interval:
    """Mean of the values of a metric, with a 95% confidence interval.

    Parameters
    ----------
    values : array-like of shape (n_rows,), dtype bool or float64
        Values of rows, such as a metric returns with ``average=None``; NaN does not
        count. Booleans stand for a share.

    Returns
    -------
    interval : Interval
        Named tuple of the mean ``value``, the ends ``low`` and ``high``, and the
        number ``n`` of values. Wilson's interval for booleans, Student's for numbers.

    Notes
    -----
    The values count as independent draws. Student's interval is exact for normal
    values and approximate for others.

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22 (1927).

    Examples
    --------
    >>> from skpar.metrics import mean_interval
    >>> interval = mean_interval([1.0, 2.0, 3.0, float("nan")])
    >>> interval.value, interval.n
    (2.0, 3)
    >>> round(mean_interval([True] * 10).low, 3)
    0.722
    """
    values = np.asarray(values)
    if values.dtype == bool:
        n = len(values)
        low, high = wilson_interval(int(values.sum()), n)
    else:
        values = values[~np.isnan(values)]
        n = len(values)
        low, high = student_interval(values)
    return Interval(float(values.mean()) if n else np.nan, low, high, n)


def wilson_interval(count: int, n: int) -> tuple[float, float]:
    r"""Confidence interval of a share.

    Parameters
    ----------
    count : int
        Number of rows that have the property.
    n : int
        Number of rows.

    Returns
    -------
    low, high : float
        In [0, 1]; NaN where `n` is 0.

    Notes
    -----
    The interval holds every true share :math:`p` that the observed share
    :math:`\hat p` does not reject at the 5% level. The two differ by at most
    :math:`z = 1.96` standard errors, computed at :math:`p`:

    .. math:: (\hat p - p)^2 \le z^2 p (1 - p) / n .

    This is quadratic in :math:`p`, with the roots

    .. math::
        \frac{\hat p + z^2 / 2n \pm z \sqrt{\hat p (1 - \hat p) / n + z^2 / 4n^2}}
             {1 + z^2 / n} ,

    known as Wilson's interval. Unlike the interval :math:`\hat p \pm z \sqrt{\hat p
    (1 - \hat p) / n}` it has a positive width when the observed share is 0 or 1.

    Examples
    --------
    >>> from skpar.metrics._intervals import wilson_interval
    >>> low, high = wilson_interval(10, 10)
    >>> round(low, 3), round(high, 3)
    (0.722, 1.0)
    """
    if n == 0:
        return np.nan, np.nan
    interval = binomtest(count, n).proportion_ci(LEVEL, method="wilson")
    return float(interval.low), float(interval.high)


def student_interval(values: np.ndarray) -> tuple[float, float]:
    r"""Confidence interval of a mean.

    Parameters
    ----------
    values : ndarray of shape (n,), dtype float64
        Measured values.

    Returns
    -------
    low, high : float
        NaN for fewer than two values.

    Notes
    -----
    Mean :math:`\pm\, t\, s / \sqrt n`, with `s` the standard deviation and `t` the
    97.5% quantile of Student's distribution with :math:`\nu = n - 1` degrees of
    freedom: exact for independent normal values, approximate for others.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.metrics._intervals import student_interval
    >>> low, high = student_interval(np.array([1.0, 2.0, 3.0]))
    >>> round(low, 2), round(high, 2)
    (-0.48, 4.48)
    """
    n = len(values)
    if n < 2:
        return np.nan, np.nan
    standard_error = np.std(values, ddof=1) / np.sqrt(n)
    half = t.ppf(0.5 + LEVEL / 2, df=n - 1) * standard_error
    return float(np.mean(values) - half), float(np.mean(values) + half)
