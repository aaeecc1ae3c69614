"""Public tables: their descriptions, and loaders that read the user's own copies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..actionability import Levels, Range
from ._readers import Source, document_loader, load

_EDUCATION = (
    "Preschool 1st-4th 5th-6th 7th-8th 9th 10th 11th 12th HS-grad Some-college "
    "Assoc-voc Assoc-acdm Bachelors Masters Prof-school Doctorate"
)


def _ordered(code: str, n: int) -> Levels:
    """Order the levels of a code by their numbers, from 1 to n."""
    return Levels([f"{code}{k}" for k in range(1, n + 1)], ordered=True)


ADULT = Source(
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
    labels_in_file="``<=50K`` or ``>50K``",
    meanings=("<=50K", ">50K"),
    unused=("fnlwgt", "education-num"),
    ordinal={"education": _EDUCATION.split()},
    rules={
        "race": "immutable",
        "sex": "immutable",
        "marital-status": "immutable",
        "relationship": "immutable",
        "native-country": "immutable",
        "age": Range(0, 5, relative=True),
        "education": "increasing",
    },
    notes=(
        "education-num repeats education, and fnlwgt is a survey weight. Both are left "
        "out."
    ),
)


@document_loader(ADULT)
def load_adult(
    path: str | Path, *, as_frame: bool = True, return_X_y: bool = False
) -> Any:
    """Read a copy of the UCI table Adult."""
    return load(ADULT, path, as_frame, return_X_y)


GERMAN_CREDIT = Source(
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
    labels_in_file="``Good`` or ``Bad``",
    meanings=("Bad", "Good"),
    rules={
        "Personal status and sex": "immutable",
        "foreign worker": "immutable",
        "Number of people being liable to provide maintenance for": "immutable",
        "Credit history": "immutable",
        "Purpose": "immutable",
        "Credit amount": "decreasing",
        "Age": Range(0, 2, relative=True),
        "Present residence since": Range(0, 2, relative=True),
        "Present employment since": ["increasing", _ordered("A7", 5)],
        "Job": ["increasing", _ordered("A17", 4)],
        "Status of existing checking account": Levels(["A11", "A12", "A13"]),
        "Savings account/bonds": ["increasing", _ordered("A6", 4)],
        "Property": Levels(["A121", "A122", "A123"]),
    },
    notes=(
        "Levels are the codes of the source, such as A11. By the rules, nobody closes "
        "an account (A14), hides savings (A65) or gives property away (A124)."
    ),
)


@document_loader(GERMAN_CREDIT)
def load_german_credit(
    path: str | Path, *, as_frame: bool = True, return_X_y: bool = False
) -> Any:
    """Read a copy of the UCI table Statlog (German Credit Data)."""
    return load(GERMAN_CREDIT, path, as_frame, return_X_y)


COMPAS = Source(
    title="COMPAS: who is not rated a high risk of offending again",
    where="ProPublica, with its analysis of the COMPAS recidivism scores",
    numbers=("age", "two_year_recid", "priors_count", "length_of_stay"),
    levels=("c_charge_degree", "race", "sex"),
    target="score",
    labels=(0, 1),
    labels_in_file="1 if the risk is not rated high",
    meanings=("high", "not high"),
    rules={
        "race": "immutable",
        "sex": "immutable",
        "two_year_recid": "immutable",
        "age": Range(0, 5, relative=True),
        "priors_count": "immutable",
    },
)


@document_loader(COMPAS)
def load_compas(
    path: str | Path, *, as_frame: bool = True, return_X_y: bool = False
) -> Any:
    """Read a copy of ProPublica's COMPAS table."""
    return load(COMPAS, path, as_frame, return_X_y)


GIVE_ME_SOME_CREDIT = Source(
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
    labels_in_file=(
        "1 if no serious delinquency followed, unlike in Kaggle's own file"
    ),
    meanings=("delinquent", "paid"),
    rules={
        "NumberOfDependents": "immutable",
        "age": Range(0, 5, relative=True),
        "NumberOfTime30-59DaysPastDueNotWorse": "decreasing",
        "NumberOfTime60-89DaysPastDueNotWorse": "decreasing",
        "NumberOfTimes90DaysLate": "decreasing",
        "RevolvingUtilizationOfUnsecuredLines": "decreasing",
        "DebtRatio": "decreasing",
        "MonthlyIncome": "increasing",
    },
    notes=(
        "In this layout the target is 1 if no serious delinquency followed. In "
        "Kaggle's own file, 1 means the opposite."
    ),
)


@document_loader(GIVE_ME_SOME_CREDIT)
def load_give_me_some_credit(
    path: str | Path, *, as_frame: bool = True, return_X_y: bool = False
) -> Any:
    """Read a copy of Kaggle's table Give Me Some Credit."""
    return load(GIVE_ME_SOME_CREDIT, path, as_frame, return_X_y)
