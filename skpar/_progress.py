"""Display of the progress of a fit, or of a call for many people."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any


class Progress:
    """Show lines of progress, with tqdm if it is installed.

    Parameters
    ----------
    verbose : int
        0 shows nothing, any other value shows progress.
    total : int, default=None
        Number of steps, if it is known.
    unit : str, default="steps"
        Name of the steps.

    Examples
    --------
    >>> from skpar._progress import Progress
    >>> with Progress(verbose=0) as progress:
    ...     progress.report("densities: 80 accepted, 20 denied")
    """

    def __init__(
        self, verbose: int, total: int | None = None, unit: str = "steps"
    ) -> None:
        self.verbose = verbose
        self.total = total
        self.unit = unit
        self._bar: Any = None

    def __enter__(self) -> Progress:
        """Open a progress bar if tqdm is installed and `verbose` is not 0."""
        if self.verbose and find_spec("tqdm"):
            from tqdm.auto import tqdm

            self._bar = tqdm(desc="PARRecourse", total=self.total, unit=f" {self.unit}")
        return self

    def __exit__(self, *error: object) -> None:
        """Close the progress bar."""
        if self._bar is not None:
            self._bar.close()

    def report(self, line: str, n_steps: int = 1) -> None:
        """Show one line of progress.

        Parameters
        ----------
        line : str
        n_steps : int, default=1
            Number of steps since the last line.
        """
        if self._bar is not None:
            self._bar.set_postfix_str(line)
            self._bar.update(n_steps)
        elif self.verbose:
            print(f"[PARRecourse] {line}", flush=True)
