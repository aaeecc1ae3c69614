"""Confidence intervals of shares and means."""

from __future__ import annotations

import numpy as np
from scipy.stats import binomtest, t

LEVEL = 0.95


def share_interval(count: int, n: int) -> tuple[float, float]:
    r"""Interval of a share.

    Parameters
    ----------
    count : int
        How many of the `n` have it.
    n : int
        How many were looked at.

    Returns
    -------
    low, high : float
        In [0, 1]; NaN where `n` is 0.

    Notes
    -----
    The interval holds every true share :math:`p` that the share seen, :math:`\hat p`,
    does not contradict at the 5% level: its distance is at most :math:`z = 1.96` of
    the standard errors that it has if :math:`p` is true,

    .. math:: (\hat p - p)^2 \le z^2 p (1 - p) / n .

    This is quadratic in :math:`p`, with the roots

    .. math::
        \frac{\hat p + z^2 / 2n \pm z \sqrt{\hat p (1 - \hat p) / n + z^2 / 4n^2}}
             {1 + z^2 / n} ,

    known as Wilson's interval. Unlike the interval :math:`\hat p \pm z \sqrt{\hat p
    (1 - \hat p) / n}` it has a width where everybody, or nobody, is counted.

    Examples
    --------
    >>> from skpar.report._intervals import share_interval
    >>> low, high = share_interval(10, 10)
    >>> round(low, 3), round(high, 3)
    (0.722, 1.0)
    """
    if n == 0:
        return np.nan, np.nan
    interval = binomtest(count, n).proportion_ci(LEVEL, method="wilson")
    return float(interval.low), float(interval.high)


def mean_interval(values: np.ndarray) -> tuple[float, float]:
    r"""Interval of a mean.

    Parameters
    ----------
    values : ndarray of shape (n,), dtype float64
        What was measured.

    Returns
    -------
    low, high : float
        NaN where there are less than two values.

    Notes
    -----
    Mean :math:`\pm\, t\, s / \sqrt n`, with `s` the standard deviation and `t` the
    97.5% quantile of Student's distribution with :math:`\nu = n - 1` degrees of
    freedom: exact for independent normal values, approximate for others.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar.report._intervals import mean_interval
    >>> low, high = mean_interval(np.array([1.0, 2.0, 3.0]))
    >>> round(low, 2), round(high, 2)
    (-0.48, 4.48)
    """
    n = len(values)
    if n < 2:
        return np.nan, np.nan
    standard_error = np.std(values, ddof=1) / np.sqrt(n)
    half = t.ppf(0.5 + LEVEL / 2, df=n - 1) * standard_error
    return float(np.mean(values) - half), float(np.mean(values) + half)
