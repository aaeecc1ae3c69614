"""Warnings that point to a line of the user's code, such as that of another version."""

from __future__ import annotations

import sys
import warnings
from typing import Any

# scikit-learn wraps the methods of estimators, and a Pipeline calls them by joblib.
_SKIPPED = frozenset({"skpar", "sklearn", "joblib"})
_VERSION = "_skpar_version"


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


class VersionStamp:
    """Warn if an estimator was pickled with another version of skpar.

    A base class of estimators, before `sklearn.base.BaseEstimator`.
    """

    def __getstate__(self) -> dict[str, Any]:
        """Add the version to the attributes."""
        state: dict[str, Any] = super().__getstate__()  # type: ignore[assignment]
        return {**state, _VERSION: _version()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Compare the version, and take the attributes."""
        state = dict(state)
        saved = state.pop(_VERSION, "an unknown version")
        if saved != _version():
            name = type(self).__name__
            warn_user(
                f"This {name} was saved by skpar {saved} and is loaded by skpar "
                f"{_version()}, so it may fail or give other results: fit it again."
            )
        super().__setstate__(state)  # type: ignore[misc]


def _version() -> str:
    """Version of skpar, which its ``__init__`` states."""
    version: str = sys.modules["skpar"].__version__
    return version
