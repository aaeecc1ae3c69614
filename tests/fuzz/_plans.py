"""Plans against the oracle: the row after each step keeps everything."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ._case import own_rows
from ._session import Session
from ._tables import plain, plain_rows


def check_plans(session: Session, par: Any, report: Any) -> None:
    """Check the plans of all people with several changes."""
    whole = session.call("plan", lambda: par.plan(report, option=None))
    alone = []
    for k, option in enumerate(report.options):
        for i in np.flatnonzero(option.answered).tolist():
            some = report[[i]]
            plan = session.call(
                "plan of one", lambda s=some, k=k: par.plan(s, option=k)
            )
            check_plan(session, f"row {i}, option {k}", option, i, plan)
            alone.append(plan)
    count = sum(map(len, alone))
    if len(whole) != count:
        session.report("plan", f"{len(whole)} changes of all, {count} of each")


def check_plan(
    session: Session, where: str, option: Any, i: int, plan: pd.DataFrame
) -> None:
    """Check the rows after each step of one person."""
    case, oracle = session.case, session.case.oracle()
    own, limits = own_rows(case)[i], case.limits_of_people()[i]
    new, row = plain_rows(option.counterfactuals)[i], list(own)
    for number, step in plan.groupby("step"):
        for name, after in zip(step["feature"], step["after"], strict=True):
            columns = case.features[name]
            for j in columns:
                # The levels of a group have names of their own.
                row[j] = plain(after) if len(columns) == 1 else new[j]
        for kind, text in oracle.broken(own, row, limits):
            session.report("plan", f"{where}, step {number}: {kind}: {text}")
    if row != new:
        session.report("plan", f"{where}: the plan ends at {row}, not at {new}")
    if case.classifier.is_predictable and not plan["accepted"].iloc[-1]:
        session.report("plan", f"{where}: the last step is not accepted")
