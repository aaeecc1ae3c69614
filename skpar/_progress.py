"""Progress of a fit, or of a call for many people: its display, and its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
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


class Task:
    """A task of a fit, such as a density, or one pass over the rows.

    Tasks are the one source of progress: their lines go to a :class:`Progress`, and
    their begin and end to the callbacks of scikit-learn.

    Parameters
    ----------
    name : str, default="fit"
        Name of the task.
    steps : mapping of str to int, optional
        Largest number of steps of each name, which are tasks as well. None has none.
    show : callable, optional
        Called with each line of progress.
    context : sklearn.callback.CallbackContext, optional
        The task as callbacks know it.
    estimator : estimator, optional
        What is fitted, if there is a `context`.
    data : mapping, optional
        Further arguments for callbacks, such as `X` and `y`.

    Attributes
    ----------
    is_stopped : bool
        Whether a callback asked to stop after one of the steps.

    Examples
    --------
    >>> from skpar._progress import Task
    >>> with Task("density", {"pass": 2}, show=print) as density:
    ...     for _ in range(2):
    ...         with density.step("pass"):
    ...             pass
    density: pass 1 of at most 2
    density: pass 2 of at most 2
    """

    def __init__(
        self,
        name: str = "fit",
        steps: Mapping[str, int] | None = None,
        *,
        show: Callable[[str], object] | None = None,
        context: Any = None,
        estimator: Any = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.steps = dict(steps or {})
        self.is_stopped = False
        self._show = show
        self._context = context
        self._estimator = estimator
        self._data = dict(data or {})
        self._parent: Task | None = None
        self._begun: Counter[str] = Counter()

    @classmethod
    def of_fit(
        cls,
        par: Any,
        steps: Mapping[str, int],
        show: Callable[[str], object],
        X: Any,
        y: Any,
    ) -> Task:
        """Make the task of the whole fit, which callbacks of the estimator follow.

        Parameters
        ----------
        par : estimator
            Supports callbacks, and is in its method ``fit``.
        steps : mapping of str to int
            Largest number of steps of each name.
        show : callable
            Called with each line of progress.
        X : DataFrame or array-like of shape (n_samples, n_features)
            The table.
        y : array-like of shape (n_samples,) or None
            Labels.

        Returns
        -------
        task : Task
        """
        context = par._init_callback_context(max_subtasks=sum(steps.values()))
        data = {"X": X, "y": y}
        return cls("fit", steps, show=show, context=context, estimator=par, data=data)

    def step(self, name: str, steps: Mapping[str, int] | None = None) -> Task:
        """Make the next step, and show its number if there are several of its name.

        Parameters
        ----------
        name : str
            One of `steps`.
        steps : mapping of str to int, optional
            Largest number of steps of each name within the step.

        Returns
        -------
        step : Task
            To be used in a ``with`` statement.
        """
        self._begun[name] += 1
        most = self.steps.get(name, 1)
        if most > 1:
            self.report(f"{self.name}: {name} {self._begun[name]} of at most {most}")
        context = self._context
        if context is not None:
            n_steps = sum((steps or {}).values())
            context = context.subcontext(task_name=name, max_subtasks=n_steps)
        estimator, show = self._estimator, self._show
        step = Task(name, steps, show=show, context=context, estimator=estimator)
        step._parent = self
        return step

    def report(self, line: str) -> None:
        """Show one line of progress.

        Parameters
        ----------
        line : str
        """
        if self._show is not None:
            self._show(line)

    def __enter__(self) -> Task:
        """Tell callbacks that the task begins."""
        if self._context is not None:
            self._context.call_on_fit_task_begin(
                estimator=self._estimator, **self._data
            )
        return self

    def __exit__(self, error: object, *details: object) -> None:
        """Tell callbacks that the task has ended, unless there was an error."""
        if self._context is None or error is not None:
            return
        # After the whole fit, the estimator itself is what callbacks may use.
        fitted: dict[str, Any] | None = {} if self._parent is None else None
        stops = self._context.call_on_fit_task_end(
            estimator=self._estimator, reconstruction_attributes=fitted, **self._data
        )
        if stops and self._parent is not None:
            self._parent.is_stopped = True
