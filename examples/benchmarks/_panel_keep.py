"""Results of earlier runs of the panel, kept until the code that made them changes."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from _code_state import HERE, PACKAGE, digest

# Rows, splits and classifiers of a cell.
CELL = tuple(HERE / name for name in ("_tables.py", "_panel_cell.py"))
# Judges and measures. The measures use the metrics of skpar.
JUDGES = (
    *CELL,
    HERE / "_panel_measures.py",
    *sorted((PACKAGE / "metrics").rglob("*.py")),
)
SKPAR = tuple(sorted(PACKAGE.rglob("*.py")))


class Keep:
    """A folder of pickles.

    Parameters
    ----------
    folder : Path
        Made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        name: str,
        files: Iterable[Path],
        make: Callable[[], Any],
        *settings: str,
    ) -> Any:
        """Read a result that the same code made, or make it and keep it.

        Parameters
        ----------
        name : str
            Name of the result.
        files : iterable of Path
            Source files that the result depends on.
        make : callable
            Makes the result.
        *settings : str
            Settings that the result depends on.

        Returns
        -------
        result : object
        """
        key = digest(files, version("scikit-learn"), *settings)
        path = self.folder / f"{name}-{key}.pickle".replace(" ", "_")
        if path.exists():
            return pickle.loads(path.read_bytes())
        result = make()
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(pickle.dumps(result))
        part.replace(path)
        return result
