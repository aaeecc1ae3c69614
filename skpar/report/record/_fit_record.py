"""What a record says about the fit that a report comes from."""

from __future__ import annotations

import datetime
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from ..._config import RecordConfig
from ...table import as_python
from ._fingerprints import classifier_hash, sha256, table_hash
from .plain import named, plain_rules, plain_schema, plain_value

_DEPENDENCIES = ("joblib", "numpy", "pandas", "scikit-learn", "scipy", "torch")
# Parameters that have their own place in a record, or none because they change nothing.
_ELSEWHERE = {
    "estimator",
    "actionability",
    "links",
    "favorable_label",
    "categorical_features",
    "ordinal_features",
    "density",
    "random_state",
    "n_jobs",
    "verbose",
}


@dataclass(frozen=True, eq=False)
class FitRecord:
    """The parts of a record that all people share, as plain data.

    Parameters
    ----------
    content : dict of str to object
        ``software``, ``fit``, ``classifier``, ``training``, ``table`` and ``rules``.
    problem : str
        Why there is no content, such as a dtype that cannot be written; else empty.
    """

    content: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""

    @classmethod
    def of_fit(cls, par: Any, codes: np.ndarray) -> FitRecord:
        """Write what records say about a fit.

        Parameters
        ----------
        par : PARRecourse
            It has its schema, its rules, and its classifier.
        codes : ndarray of shape (n_samples, n_features), dtype float64
            Training rows.

        Returns
        -------
        record : FitRecord
            A fit never fails because of its record.
        """
        try:
            content = {
                "software": dict(_software()),
                "fit": _fit(par),
                "classifier": _classifier(par),
                "training": {"n_rows": len(codes), "sha256": table_hash(codes)},
                "table": plain_schema(par.schema_, par._black_box.frame_format),
                "rules": rules_section(par._actionability),
            }
        except ValueError as error:
            return cls(problem=str(error))
        return cls(content)


def rules_section(actionability: Any) -> dict[str, Any]:
    """Write the rules and links of a fit, with a fingerprint.

    Parameters
    ----------
    actionability : Actionability
        The rules, links and found relations.

    Returns
    -------
    plain : dict
    """
    plain = plain_rules(actionability.written, actionability.links)
    relations = [repr(link) for link in actionability.found]
    return {**plain, "relations": relations, "sha256": sha256(plain)}


def _fit(par: Any) -> dict[str, Any]:
    """Write date, seed and parameters of a fit."""
    seed = as_python(par.random_state)
    parameters = {
        name: named(f"parameter {name}", value)
        for name, value in par.get_params(deep=False).items()
        if name not in _ELSEWHERE
    }
    return {
        "date": now(),
        "seed": seed if type(seed) is int else None,
        "density": None if par.density is None else repr(par.density),
        "parameters": parameters,
    }


def _classifier(par: Any) -> dict[str, Any]:
    """Write which classifier is explained, and its fingerprint."""
    box, config = par._black_box, RecordConfig()
    kind = type(par.estimator_)
    classes = [named("classes of the classifier", one) for one in par.classes_]
    favorable = [plain_value(one) for one in par.favorable_label_]
    seed = 0
    return {
        "type": f"{kind.__module__}.{kind.__qualname__}",
        "classes": classes,
        "favorable": favorable,
        "fingerprint": {
            "n_rows": config.n_probes,
            "seed": seed,
            "sha256": classifier_hash(box, config.n_probes, seed),
        },
    }


@cache
def _software() -> tuple[tuple[str, str], ...]:
    """Versions of skpar, Python, and the packages that skpar needs."""
    versions = {
        "skpar": sys.modules["skpar"].__version__,
        "python": platform.python_version(),
    }
    for name in _DEPENDENCIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # installed without its metadata
            versions[name] = "unknown"
    return tuple(versions.items())


def now() -> str:
    """Return the date and time in UTC, in the format of ISO 8601."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
