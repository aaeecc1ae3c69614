"""Warnings that point to a line of the user's code."""

from __future__ import annotations

import sys
import warnings

# scikit-learn wraps the methods of estimators, and a Pipeline calls them by joblib.
_SKIPPED = frozenset({"skpar", "sklearn", "joblib"})


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Issue a warning that points to the first line outside skpar and scikit-learn.

    Parameters
    ----------
    message : str
        Text of the warning.
    category : type of Warning, default=UserWarning
        Class of the warning.

    Notes
    -----
    Since Python 3.12, ``warnings.warn`` offers this as ``skip_file_prefixes``.

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
