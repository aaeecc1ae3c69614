"""Tasks of few people each, in one or several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from sklearn.utils.parallel import Parallel, delayed

from ._config import SearchConfig

# A group of people: their rows, and what answers them.
Group = tuple[np.ndarray, Any]


def split_groups(
    groups: Sequence[Group], n_jobs: int | None, config: SearchConfig
) -> list[Group]:
    """Split groups of people into tasks, about equally many for each process.

    Parameters
    ----------
    groups : sequence of (ndarray of shape (n_members,), dtype int64, and object)
        Rows of the people of each group, and what answers them.
    n_jobs : int or None
        Number of processes, as in joblib.
    config : SearchConfig
        Least and largest number of people of a task.

    Returns
    -------
    tasks : list of (ndarray, object)
        Parts of the groups, in the same order.

    Examples
    --------
    >>> import numpy as np
    >>> from skpar._config import SearchConfig
    >>> from skpar._jobs import split_groups
    >>> tasks = split_groups([(np.arange(5000), "everybody")], 1, SearchConfig())
    >>> [len(rows) for rows, _ in tasks]
    [1667, 1667, 1666]
    """
    tasks = []
    for rows, answerer in groups:
        n_tasks = -(-len(rows) // config.max_people_per_task)
        most = len(rows) // config.min_people_per_task
        if most > 1:
            n_processes = effective_n_jobs(n_jobs)
            n_tasks = min(-(-n_tasks // n_processes) * n_processes, max(most, n_tasks))
        tasks += [(some, answerer) for some in np.array_split(rows, max(n_tasks, 1))]
    return tasks


def run_tasks(
    run: Callable[..., Any],
    arguments: Sequence[Any] | Iterator[Any],
    n_jobs: int | None,
) -> Iterator[Any]:
    """Run a function for several tasks; yield the results in order.

    Parameters
    ----------
    run : callable
        A function of a module. It gets the arguments of one task.
    arguments : sequence or iterator of tuples
        Arguments of each task.
    n_jobs : int or None
        Number of processes, as in joblib. With 1, everything runs in this process.

    Yields
    ------
    result : object
    """
    if effective_n_jobs(n_jobs) == 1:
        for given in arguments:
            yield run(*given)
        return
    parallel = Parallel(n_jobs=n_jobs, return_as="generator")
    yield from parallel(delayed(run)(*given) for given in arguments)
