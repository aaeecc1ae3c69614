"""Confidence intervals of shares and means."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

LEVEL = 0.95
_GRID = 20_001


def wilson(count: float, n: int) -> tuple[float, float]:
    r"""Interval of a share.

    Parameters
    ----------
    count : float
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
    >>> from skpar.report._intervals import wilson
    >>> low, high = wilson(10, 10)
    >>> round(low, 3), round(high, 3)
    (0.722, 1.0)
    """
    if n == 0:
        return np.nan, np.nan
    z, share = NormalDist().inv_cdf(0.5 + LEVEL / 2), count / n
    middle = share + z**2 / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
    # Rounding must not keep out what is exactly seen.
    return 0.0 if count == 0 else float(low), 1.0 if count == n else float(high)


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
    freedom: exact for independent normal values, approximate for others. The quantile
    is found numerically. With :math:`t = \sqrt\nu \tan\theta` the density
    :math:`(1 + t^2 / \nu)^{-(\nu + 1) / 2}` becomes :math:`\cos^{\nu - 1} \theta` on
    :math:`(-\pi / 2, \pi / 2)`, which is bounded and summed over a fine grid.

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
    half = _t_quantile(n - 1) * np.std(values, ddof=1) / np.sqrt(n)
    return float(np.mean(values) - half), float(np.mean(values) + half)


def _t_quantile(freedom: int) -> float:
    """Quantile of Student's distribution at the upper end of the interval."""
    # By symmetry half of the mass lies above 0; nothing of note beyond 12 widths.
    widest = min(np.pi / 2, 12.0 / np.sqrt(freedom))
    edges = np.linspace(0.0, widest, _GRID)
    middles = (edges[1:] + edges[:-1]) / 2
    mass = np.concatenate([[0.0], np.cumsum(np.cos(middles) ** (freedom - 1))])
    theta = np.interp(LEVEL, mass / mass[-1], edges)
    return float(np.sqrt(freedom) * np.tan(theta))
