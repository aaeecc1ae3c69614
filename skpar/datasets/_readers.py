"""Public tables, read from the user's own copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from ..actionability import Range

_EDUCATION = (
    "Preschool 1st-4th 5th-6th 7th-8th 9th 10th 11th 12th HS-grad Some-college "
    "Assoc-voc Assoc-acdm Bachelors Masters Prof-school Doctorate"
)


@dataclass(frozen=True)
class _Source:
    """What is known of one table: where it is published, its columns, its rules.

    `labels` are the values of the target, the favorable one last; `unused` are columns
    that the file must have and the table leaves out.
    """

    title: str
    where: str
    numbers: tuple[str, ...]
    levels: tuple[str, ...]
    target: str
    labels: tuple[Any, Any]
    meanings: tuple[str, str]
    rules: Mapping[str, Any]
    unused: tuple[str, ...] = ()
    ordinal: Mapping[str, list[str]] = field(default_factory=dict)
    notes: str = ""


_ADULT = _Source(
    title="Adult: who earns more than 50,000 dollars a year",
    where='the UCI Machine Learning Repository, data set "Adult"',
    numbers=("age", "capital-gain", "capital-loss", "hours-per-week"),
    levels=(
        "workclass",
        "education",
        "marital-status",
        "occupation",
        "relationship",
        "race",
        "sex",
        "native-country",
    ),
    target="income",
    labels=("<=50K", ">50K"),
    meanings=("<=50K", ">50K"),
    unused=("fnlwgt", "education-num"),
    ordinal={"education": _EDUCATION.split()},
    rules={
        "race": "immutable",
        "sex": "immutable",
        "age": "increasing",
        "education": "increasing",
    },
    notes=(
        "education-num repeats education, and fnlwgt is a survey weight: both are left "
        "out."
    ),
)
_GERMAN_CREDIT = _Source(
    title="German credit: who is a good risk",
    where=(
        'the UCI Machine Learning Repository, data set "Statlog (German Credit Data)"'
    ),
    numbers=(
        "Duration",
        "Credit amount",
        "Installment rate in percentage of disposable income",
        "Present residence since",
        "Age",
        "Number of existing credits at this bank",
        "Number of people being liable to provide maintenance for",
    ),
    levels=(
        "Status of existing checking account",
        "Credit history",
        "Purpose",
        "Savings account/bonds",
        "Present employment since",
        "Personal status and sex",
        "Other debtors / guarantors",
        "Property",
        "Other installment plans",
        "Housing",
        "Job",
        "Telephone",
        "foreign worker",
    ),
    target="class",
    labels=("Bad", "Good"),
    meanings=("Bad", "Good"),
    rules={
        "Personal status and sex": "immutable",
        "foreign worker": "immutable",
        "Number of people being liable to provide maintenance for": "immutable",
        "Age": "increasing",
    },
    notes="Levels are the codes of the source, such as A11.",
)
_COMPAS = _Source(
    title="COMPAS: who is not rated a high risk of offending again",
    where="ProPublica, with its analysis of the COMPAS recidivism scores",
    numbers=("age", "two_year_recid", "priors_count", "length_of_stay"),
    levels=("c_charge_degree", "race", "sex"),
    target="score",
    labels=(0, 1),
    meanings=("high", "not high"),
    rules={
        "race": "immutable",
        "sex": "immutable",
        "two_year_recid": "immutable",
        "age": Range(0, 5, relative=True),
        "priors_count": "increasing",
    },
)
_GIVE_ME_SOME_CREDIT = _Source(
    title="Give Me Some Credit: who pays back without serious delinquency",
    where='Kaggle, competition "Give Me Some Credit"',
    numbers=(
        "RevolvingUtilizationOfUnsecuredLines",
        "age",
        "NumberOfTime30-59DaysPastDueNotWorse",
        "DebtRatio",
        "MonthlyIncome",
        "NumberOfOpenCreditLinesAndLoans",
        "NumberOfTimes90DaysLate",
        "NumberRealEstateLoansOrLines",
        "NumberOfTime60-89DaysPastDueNotWorse",
        "NumberOfDependents",
    ),
    levels=(),
    target="SeriousDlqin2yrs",
    labels=(0, 1),
    meanings=("delinquent", "paid"),
    rules={"NumberOfDependents": "immutable", "age": "increasing"},
    notes=(
        "In this layout the target is 1 where no serious delinquency followed; the "
        "file that Kaggle gives says the opposite."
    ),
)


def load_adult(
    path: str | Path, *, as_frame: bool = True, return_X_y: bool = False
) -> Any:
    """Read a copy of the UCI table Adult.

    Parameters
    ----------
    path : str or Path
        A CSV file with a header of the 15 columns, ``income`` (``<=50K`` or ``>50K``)
        among them; missing cells are empty. Nothing is downloaded.
    as_frame : bool, default=True
        Whether data and target are a DataFrame and a Series, or arrays.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.

    Returns
    -------
    bunch : Bunch
        ``data`` of shape (n, 12); ``target`` of shape (n,), 1 for ``>50K``;
        ``frame``, both together, None without `as_frame`; ``feature_names``,
        ``target_names``, ``actionability``, the rules recommended;
        ``ordinal_features``, the order of ``education``; ``DESCR``. Without `as_frame`
        rules and orders go by column number.

    Raises
    ------
    FileNotFoundError
        Where there is no file; it says where the table is published.
    ValueError
        Where columns or labels are not those of the table.

    Examples
    --------
    >>> from skpar.datasets import load_adult
    >>> load_adult("no_such_file.csv")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    FileNotFoundError: There is no file 'no_such_file.csv'. ... UCI...
    """
    return _load(_ADULT, path, as_frame, return_X_y)


def load_german_credit(
    path: str | Path, *, as_frame: bool = True, return_X_y: bool = False
) -> Any:
    """Read a copy of the UCI table Statlog (German Credit Data).

    Parameters
    ----------
    path : str or Path
        A CSV file with a header of the 21 columns, ``class`` (``Good`` or ``Bad``)
        among them. Nothing is downloaded.
    as_frame : bool, default=True
        Whether data and target are a DataFrame and a Series, or arrays.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.

    Returns
    -------
    bunch : Bunch
        ``data`` of shape (n, 20); ``target`` of shape (n,), 1 for ``Good``; all else
        as for :func:`load_adult`.

    Raises
    ------
    FileNotFoundError
        Where there is no file; it says where the table is published.
    ValueError
        Where columns or labels are not those of the table.

    Examples
    --------
    >>> from skpar.datasets import load_german_credit
    >>> load_german_credit("no_such_file.csv")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    FileNotFoundError: There is no file 'no_such_file.csv'. ... UCI...
    """
    return _load(_GERMAN_CREDIT, path, as_frame, return_X_y)


def load_compas(
    path: str | Path, *, as_frame: bool = True, return_X_y: bool = False
) -> Any:
    """Read a copy of ProPublica's COMPAS table.

    Parameters
    ----------
    path : str or Path
        A CSV file with a header of the 8 columns, ``score`` (1 where the risk is not
        rated high) among them. Nothing is downloaded.
    as_frame : bool, default=True
        Whether data and target are a DataFrame and a Series, or arrays.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.

    Returns
    -------
    bunch : Bunch
        ``data`` of shape (n, 7); ``target`` of shape (n,), 1 for not high; all else as
        for :func:`load_adult`.

    Raises
    ------
    FileNotFoundError
        Where there is no file; it says where the table is published.
    ValueError
        Where columns or labels are not those of the table.

    Examples
    --------
    >>> from skpar.datasets import load_compas
    >>> load_compas("no_such_file.csv")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    FileNotFoundError: There is no file 'no_such_file.csv'. ... ProPublica...
    """
    return _load(_COMPAS, path, as_frame, return_X_y)


def load_give_me_some_credit(
    path: str | Path, *, as_frame: bool = True, return_X_y: bool = False
) -> Any:
    """Read a copy of Kaggle's table Give Me Some Credit.

    Parameters
    ----------
    path : str or Path
        A CSV file with a header of the 11 columns, ``SeriousDlqin2yrs`` (1 where no
        serious delinquency followed, unlike in Kaggle's own file) among them. Nothing
        is downloaded.
    as_frame : bool, default=True
        Whether data and target are a DataFrame and a Series, or arrays.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.

    Returns
    -------
    bunch : Bunch
        ``data`` of shape (n, 10); ``target`` of shape (n,), 1 for paid; all else as
        for :func:`load_adult`.

    Raises
    ------
    FileNotFoundError
        Where there is no file; it says where the table is published.
    ValueError
        Where columns or labels are not those of the table.

    Examples
    --------
    >>> from skpar.datasets import load_give_me_some_credit
    >>> load_give_me_some_credit("no_such_file.csv")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    FileNotFoundError: There is no file 'no_such_file.csv'. ... Kaggle...
    """
    return _load(_GIVE_ME_SOME_CREDIT, path, as_frame, return_X_y)


def _load(
    source: _Source, path: str | Path, as_frame: bool, return_X_y: bool
) -> Bunch | tuple[Any, Any]:
    """Read and check a table."""
    frame = _read(source, Path(path))
    target: Any = (frame.pop(source.target) == source.labels[1]).astype(np.int64)
    data: Any = frame.drop(columns=list(source.unused))
    names = data.columns.tolist()
    keys: dict[str, Any] = {name: name for name in names}
    both = None
    if as_frame:
        both = data.assign(**{source.target: target})
    else:
        data = data.to_numpy(object if source.levels else np.float64)
        target = target.to_numpy()
        keys = {name: place for place, name in enumerate(names)}
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        frame=both,
        feature_names=names,
        target_names=np.array(source.meanings),
        actionability={keys[name]: rule for name, rule in source.rules.items()},
        ordinal_features={
            keys[name]: list(levels) for name, levels in source.ordinal.items()
        },
        DESCR=_describe(source, len(frame)),
        filename=str(path),
    )


def _read(source: _Source, path: Path) -> pd.DataFrame:
    """Read the file; refuse other columns, cells and labels than those expected."""
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no file {str(path)!r}. skpar downloads nothing; the table is "
            f"published by {source.where}. The docstring tells the layout."
        )
    frame = pd.read_csv(path, keep_default_na=False, na_values=[""])
    expected = {*source.numbers, *source.levels, *source.unused, source.target}
    found = set(map(str, frame.columns))
    missing, extra = sorted(expected - found), sorted(found - expected)
    if missing or extra:
        raise ValueError(
            f"{str(path)!r} does not have the columns of the table: missing {missing}, "
            f"unexpected {extra}."
        )
    for name in source.numbers:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            raise ValueError(
                f"Column {name!r} of {str(path)!r} must hold numbers, it holds "
                f"{frame[name].dtype}; missing cells must be empty."
            )
    _check_levels(path, frame, source.target, source.labels)
    for name, levels in source.ordinal.items():
        _check_levels(path, frame, name, levels)
    return frame


def _check_levels(path: Path, frame: pd.DataFrame, name: str, levels: Any) -> None:
    """Refuse values of a column that are not among its levels."""
    unknown = frame[name][~frame[name].isin(levels)].unique().tolist()
    if unknown:
        raise ValueError(
            f"Column {name!r} of {str(path)!r} must hold {list(levels)}; it also holds "
            f"{unknown[:5]}."
        )


def _describe(source: _Source, n_rows: int) -> str:
    """Say what the table is, and what may be changed."""
    lines = [f"{source.title}. {n_rows} rows, published by {source.where}."]
    if source.notes:
        lines.append(source.notes)
    no, yes = source.meanings
    lines.append(f"Target: {source.target}; 0 is {no}, 1 is {yes}, the favorable one.")
    lines += [f"Rule: {name}: {rule!r}" for name, rule in source.rules.items()]
    lines.append("The rules are a recommendation: they decide nothing of the law.")
    return "\n".join(lines)
