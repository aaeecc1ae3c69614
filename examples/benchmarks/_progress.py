"""How far the work is: a bar where tqdm is installed, else a line now and then."""

from __future__ import annotations

import time

try:
    from tqdm import tqdm
except ImportError:
    tqdm = None

_SECONDS_BETWEEN_LINES = 20.0


class Progress:
    """Progress of one task of `total` steps.

    Parameters
    ----------
    title : str
        What is being done.
    total : int
        Number of steps.
    """

    def __init__(self, title: str, total: int) -> None:
        self.title, self.total = title, total
        self.bar = tqdm(total=total, desc=title) if tqdm else None
        self.done, self.last = 0, time.monotonic()

    def advance(self, done: int) -> None:
        """Say that so many steps are done in all."""
        news, self.done = done - self.done, done
        waited = time.monotonic() - self.last
        if self.bar is not None:
            self.bar.update(news)
        elif news and (done == self.total or waited > _SECONDS_BETWEEN_LINES):
            print(f"{self.title}: {done} of {self.total}", flush=True)
            self.last = time.monotonic()

    def close(self) -> None:
        """End the bar."""
        if self.bar is not None:
            self.bar.close()
