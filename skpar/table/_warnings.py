"""Warnings that name the line of the user's code that they are about."""

from __future__ import annotations

import sys
import warnings

# Estimators are called through wrappers of scikit-learn, and in a Pipeline by joblib.
_SKIPPED = frozenset({"skpar", "sklearn", "joblib"})


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the first line outside of skpar and of scikit-learn.

    Parameters
    ----------
    message : str
    category : type of Warning, default=UserWarning

    Notes
    -----
    From Python 3.12 on, ``warnings.warn`` does this by ``skip_file_prefixes``.

    Examples
    --------
    >>> import warnings
    >>> from skpar.table._warnings import warn_user
    >>> with warnings.catch_warnings(record=True, action="always") as caught:
    ...     warn_user("no row is denied")
    >>> print(caught[0].message)
    no row is denied
    """
    frame, depth = sys._getframe(1), 2
    while frame.f_back is not None:
        package = frame.f_globals.get("__name__", "").partition(".")[0]
        if package not in _SKIPPED:
            break
        frame, depth = frame.f_back, depth + 1
    warnings.warn(message, category, stacklevel=depth)
