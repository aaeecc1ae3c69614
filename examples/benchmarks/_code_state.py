"""Telling one state of the code from another: what it made is kept until it changes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import skpar


def fingerprint(*patterns: str) -> str:
    """Hash skpar and the benchmark modules of some names, wherever they lie.

    Parameters
    ----------
    *patterns : str
        File names, with wildcards.

    Returns
    -------
    fingerprint : str
        Of 16 hexadecimal digits.
    """
    digest = hashlib.sha256()
    here, package = Path(__file__).parent, Path(skpar.__file__).parent
    modules = {path for pattern in patterns for path in here.glob(pattern)}
    for path in [*sorted(modules), *sorted(package.rglob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
