"""Telling one state of the code from another: what it made is kept until it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import skpar

HERE, PACKAGE = Path(__file__).parent, Path(skpar.__file__).parent


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
    modules = {path for pattern in patterns for path in HERE.glob(pattern)}
    return digest([*sorted(modules), *sorted(PACKAGE.rglob("*.py"))])


def digest(files: Iterable[Path], *settings: str) -> str:
    """Hash files and settings.

    Parameters
    ----------
    files : iterable of Path
        Files to read.
    *settings : str
        Other text that the result depends on.

    Returns
    -------
    digest : str
        Of 16 hexadecimal digits.
    """
    total = hashlib.sha256("\n".join(settings).encode())
    for path in files:
        total.update(path.read_bytes())
    return total.hexdigest()[:16]
