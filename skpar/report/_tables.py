"""Tables of a report: summary, changes, actions, counterfactuals; and their files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..actionability import People
from ..table import TableSchema, as_pandas
from ._measures import FLAGS, NUMBERS, changed_features
from ._reasons import reason_in_words
from ._sentences import Writer
from ._wording import (
    ACCEPTED,
    ACCOMPANIES,
    FOLLOWS,
    FOUND,
    NEEDED,
    UNKNOWN,
    row_labels,
    unchecked_parts,
    with_role,
)

if TYPE_CHECKING:
    from ._report import RecourseReport

OPTION = "option"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def refuse_other_table(report: RecourseReport, schema: TableSchema) -> None:
    """Refuse a report of other columns or levels: its codes mean something else.

    Parameters
    ----------
    report : RecourseReport
    schema : TableSchema
        Of the estimator.

    Raises
    ------
    ValueError
        If the report belongs to another table.
    """
    if _levels(report.schema) != _levels(schema):
        raise ValueError(
            "The report belongs to a table with other columns or levels than those of "
            "fit. Make it again with recourse(X)."
        )


def _levels(schema: TableSchema) -> list[tuple[Any, Any]]:
    """Names and levels of columns: what the codes of a report mean."""
    return [(column.name, column.levels) for column in schema.columns]


def people_of(report: RecourseReport) -> People:
    """Take the people of a report, with the limits that it keeps."""
    details = report.details
    if details.limits is None:
        return People.unlimited(report.codes_before)
    return People(report.codes_before, details.limits)


def table_of_options(
    report: RecourseReport,
    option: int | None,
    make: Callable[[RecourseReport], tuple[pd.DataFrame, np.ndarray]],
) -> pd.DataFrame:
    """Make a table of one option, or of all options.

    Parameters
    ----------
    report : RecourseReport
        The report.
    option : int or None
        Number of the option; None stands for all.
    make : callable
        Makes the table of one option, and returns the number of the person of each of
        its rows.

    Returns
    -------
    table : DataFrame
        With a first column ``option`` if all options are wanted. People come in the
        order of the report, the options of each one after the other; options after
        the first have rows only for people who have them.

    Raises
    ------
    IndexError
        If there is no such option.
    """
    if option is not None:
        return make(_pick(report, option))[0]
    tables, people = [], []
    for number, one in enumerate(report.options):
        if number and not one.answered.any():
            continue
        table, rows = make(one)
        kept = one.answered[rows] | (number == 0)
        table = table[kept]
        table.insert(0, OPTION, number)
        tables.append(table)
        people.append(rows[kept])
    order = np.argsort(np.concatenate(people), kind="stable")
    return pd.concat(tables).iloc[order]


def paired_rows(
    report: RecourseReport, table: Any, name: str, columns: tuple[str, ...]
) -> list[tuple[int, dict[Hashable, Any]]]:
    """Pair the rows of a table of the estimator with the people of a report.

    Parameters
    ----------
    report : RecourseReport
    table : DataFrame or None
        What ``PARRecourse.reasons(report)`` or ``PARRecourse.regions(report)`` returns.
    name : str
        Name of that method.
    columns : tuple of str
        Columns that the table must have.

    Returns
    -------
    rows : list of (int, dict)
        Position of the person, and the cells by column; empty for None.

    Raises
    ------
    TypeError
        If `table` is no such table.
    ValueError
        If it names rows that are not in the report, or that share a label.
    """
    if table is None:
        return []
    if not isinstance(table, pd.DataFrame) or not set(columns) <= set(table.columns):
        raise TypeError(f"{name} must be the table of PARRecourse.{name}(report).")
    labels = pd.Index(row_labels(report.factuals))
    places = labels.get_indexer_for(table["row"])
    if len(places) != len(table) or (places < 0).any():
        problem = "share a label" if len(places) > len(table) else "are not in it"
        raise ValueError(
            f"{name} has rows that {problem}: make the table from this report, and "
            "give each person a label of their own."
        )
    return list(zip(places.tolist(), table.to_dict("records"), strict=True))


def _pick(report: RecourseReport, option: int) -> RecourseReport:
    """Return one option of a report."""
    if isinstance(option, bool) or not 0 <= option < len(report.options):
        raise IndexError(
            f"option is {option!r}, but the report has {len(report.options)}: pass a "
            f"number from 0 to {len(report.options) - 1}, or None for all."
        )
    return report.options[option]


@contextmanager
def replaced_file(path: Any) -> Iterator[Path]:
    """Write a file beside its place, and move it there when it is complete.

    If writing fails, an older file at this place stays as it was.

    Parameters
    ----------
    path : str or path
        File to write.

    Yields
    ------
    path : Path
        Path to write to. It has the same name, in another folder.
    """
    target = Path(os.path.realpath(Path(path).expanduser()))
    if target.exists() and not target.is_file():
        yield target  # a device or a pipe cannot be replaced
        return
    with TemporaryDirectory(prefix=".skpar-", dir=target.parent) as folder:
        written = Path(folder) / target.name
        yield written
        if target.exists():
            shutil.copymode(target, written)
        written.replace(target)


def summary(report: RecourseReport) -> tuple[pd.DataFrame, np.ndarray]:
    """Summarise every person of one option: status, measures, reason."""
    numbers = {
        name: pd.array(getattr(report, name), dtype=dtype)
        for name, dtype in NUMBERS.items()
    }
    columns = {
        "status": report.status,
        **numbers,
        "n_queries": report.n_queries,
        "optimal": report.optimal,
        "needed": report.needed,
        **{name: getattr(report, name) for name in FLAGS},
        "robustness": report.details.robustness,
        "reason": texts(report.reason),
    }
    if columns["robustness"] is None:
        del columns["robustness"]
    frame = pd.DataFrame(columns, index=getattr(report.factuals, "index", None))
    return frame, np.arange(len(report))


def texts(values: Any) -> Any:
    """Hold texts as pandas does, without pyarrow if it cannot hold one of them.

    Parameters
    ----------
    values : sequence of str of length n

    Returns
    -------
    texts : pandas ExtensionArray of shape (n,)
        Of dtype str. pyarrow cannot hold half a surrogate pair.
    """
    try:
        return pd.array(list(values), dtype=pd.StringDtype(na_value=np.nan))
    except UnicodeEncodeError:
        return pd.array(list(values), dtype=pd.StringDtype("python", np.nan))


def changes(report: RecourseReport) -> tuple[pd.DataFrame, np.ndarray]:
    """List every change of one option: row, feature, both values and role."""
    schema, before, after = report.schema, report.codes_before, report.codes_after
    pairs = [
        (row, j)
        for row in np.flatnonzero(report.answered).tolist()
        for j in _changed_features(report, row).tolist()
    ]
    labels = row_labels(report.factuals)
    lines = [
        (
            labels[row],
            schema.columns[j].name,
            schema.value_of(j, before[row, j]),
            schema.value_of(j, after[row, j]),
            _role(report, row, j),
        )
        for row, j in pairs
    ]
    # Without a dtype pandas would turn whole numbers into floats, and None too.
    names = ["row", "feature", "from", "to", "role"]
    frame = pd.DataFrame(lines, columns=names, dtype=object)
    return frame.astype({"row": labels.dtype}), np.array([r for r, _ in pairs], int)


def actions(report: RecourseReport, writer: Writer) -> tuple[pd.DataFrame, np.ndarray]:
    """Write one sentence per person of one option."""
    texts = [_sentence(report, row, writer) for row in range(len(report))]
    index = getattr(report.factuals, "index", None)
    frame = pd.DataFrame({"action": pd.Series(texts, index=index, dtype=object)})
    return frame, np.arange(len(report))


def counterfactuals(report: RecourseReport) -> tuple[pd.DataFrame, np.ndarray]:
    """Copy the counterfactuals of one option into a frame."""
    table = as_pandas(report.counterfactuals)
    frame = table.copy() if hasattr(table, "iloc") else pd.DataFrame(np.array(table))
    if OPTION in frame.columns:
        raise ValueError(
            f"The table has a column {OPTION!r} of its own; use "
            "report.options[k].counterfactuals instead."
        )
    return frame, np.arange(len(report))


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Keep a spreadsheet from reading texts of a table as formulas.

    Parameters
    ----------
    table : DataFrame of shape (n_rows, n_columns)
        Cells, row labels, and names of rows and columns may come from the user.

    Returns
    -------
    table : DataFrame of shape (n_rows, n_columns)
        Changed by `escape_formula`.

    Examples
    --------
    >>> import pandas as pd
    >>> from skpar.report._tables import without_formulas
    >>> table = pd.DataFrame({"=A1": ["=1+1", "cook"]}, index=pd.Index([-1, "+2"]))
    >>> print(without_formulas(table))
          '=A1
    -1   '=1+1
    '+2   cook
    """
    labels = _escaped_labels(table.index)
    columns = {
        j: pd.Series(_escaped(cells), index=labels, dtype=object)
        if _may_hold_text(cells.dtype)
        else cells.array
        for j, (_, cells) in enumerate(table.items())
    }
    safe = pd.DataFrame(columns, index=labels)
    return safe.set_axis(_escaped_labels(table.columns), axis=1)


def escape_formula(value: Any) -> Any:
    """Keep a spreadsheet from reading a text as a formula.

    Parameters
    ----------
    value : object
        A cell.

    Returns
    -------
    value : object
        A string that begins with ``=``, ``+``, ``-``, ``@``, a tab or the end of a line
        gets an apostrophe in front. All other values stay.

    Examples
    --------
    >>> from skpar.report._tables import escape_formula
    >>> escape_formula("=1+1"), escape_formula("cook"), escape_formula(-3)
    ("'=1+1", 'cook', -3)
    """
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula else value


def _escaped_labels(labels: pd.Index) -> pd.Index:
    """Escape all levels of labels, and their names."""
    levels = [labels.get_level_values(k) for k in range(labels.nlevels)]
    arrays = [
        pd.Index(_escaped(level), dtype=object)
        if _may_hold_text(level.dtype)
        else level
        for level in levels
    ]
    names = _escaped(labels.names)
    if labels.nlevels == 1:
        return arrays[0].set_names(names)
    return pd.MultiIndex.from_arrays(arrays, names=names)


def _encodable(value: Any) -> Any:
    """Write half a surrogate pair in ASCII: neither UTF-8 nor pyarrow can hold it."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", "backslashreplace").decode()


def _escaped(values: Any) -> list[Any]:
    """Escape all values."""
    return [_encodable(escape_formula(value)) for value in values]


def _may_hold_text(dtype: Any) -> bool:
    """Whether cells of a dtype may be strings."""
    return not (pd.api.types.is_numeric_dtype(dtype) or dtype.kind in "Mm")


def _sentence(report: RecourseReport, row: int, writer: Writer) -> str:
    """Write the recourse of a row, or why there is none."""
    phrases, status = writer.phrases, report.status[row]
    if status == ACCEPTED:
        return phrases.already_accepted
    if status != FOUND:
        reason = reason_in_words(report.reason[row], writer)
        said = getattr(phrases, status.replace(" ", "_"))
        return phrases.without.format(status=said, reason=reason)
    texts = person_actions(report, row, writer)
    return "; ".join([*texts, *person_notes(report, row, writer)])


def person_actions(report: RecourseReport, row: int, writer: Writer) -> list[str]:
    """Write the changes of one person, the most helpful first, then what follows.

    Parameters
    ----------
    report : RecourseReport
        The report.
    row : int
        Position of a person with a recourse.
    writer : Writer
        Names, values and phrases.

    Returns
    -------
    texts : list of str
    """
    before, after = report.codes_before[row], report.codes_after[row]
    derived = report.context.derived
    return [
        writer.consequence(j, before[j], after[j])
        if j in derived
        else with_role(
            writer.action(j, before[j], after[j]),
            _role(report, row, j),
            writer.phrases,
        )
        for j in _changed_features(report, row).tolist()
    ]


def person_notes(report: RecourseReport, row: int, writer: Writer) -> list[str]:
    """Write what is not known about the changes of one person.

    Parameters
    ----------
    report : RecourseReport
        The report.
    row : int
        Position of a person with a recourse.
    writer : Writer
        Names, values and phrases.

    Returns
    -------
    texts : list of str
        At most one sentence.
    """
    roles = [_role(report, row, j) for j in _changed_features(report, row).tolist()]
    searched = report.context.is_searched
    is_needed = bool(report.needed[row])
    text = unchecked_parts(roles, is_needed, searched, writer.phrases)
    return [text] if text else []


def _role(report: RecourseReport, row: int, j: int) -> str:
    """Role of a change."""
    if j in report.context.derived:
        return FOLLOWS
    if report.accompanying[row, j]:
        return ACCOMPANIES
    return UNKNOWN if report.unchecked[row, j] else NEEDED


def _changed_features(report: RecourseReport, row: Any) -> np.ndarray:
    """Columns that the recourse of a row changes, the most helpful first."""
    return changed_features(
        report.codes_before[row],
        report.codes_after[row],
        report.contributions[row],
        report.context.derived,
    )
