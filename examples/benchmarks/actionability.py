"""What rules cost, whether they are kept, and how many ways there are.

adult and german_credit with all rules of their owners' advice, links included ("more
education means more age"), each with four classifiers. Every line is one classifier:
people asked, coverage with all rules, with none, and what dropping one rule changes in
coverage and mean effort. Violations are counted by code that knows nothing of skpar.
Then CPU milliseconds per person with links over without, and with limits of every
person over without; and, on german_credit with eight columns free, for how many of
those who have three different ways (found by trying all of up to 50,000 rows) three
were found.

    python examples/benchmarks/actionability.py --data-dir DIR
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from pathlib import Path
from typing import Any

# Read when numpy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from _quality_bars import Bar
from _tables import CLASSIFIERS, Table, load_table, split_rows
from _violations import rule_violations, schema_violations

from skpar import If, PARRecourse, Range, RecourseReport, Rises
from skpar._config import SearchConfig
from skpar.actionability import People
from skpar.search._enumeration import feasible_rows

MAX_PEOPLE = 300
LIMITED_ROWS = 2000
MOST_WITH_LINKS = 1.5
MOST_WITH_LIMITS = 1.2
REPEATS = 5
LARGEST_SET = 50_000
FEW = 40
LINKS: dict[str, list[tuple[str, str, int]]] = {
    "adult": [("education", "age", 1)],
    "german_credit": [
        ("Present residence since", "Age", 1),
        ("Present employment since", "Age", 1),
    ],
}
EMPLOYMENT = ["A71", "A72", "A73", "A74", "A75"]
FREE: dict[str, Any] = {
    "Duration": Range(6, 48, step=6),
    "Status of existing checking account": None,
    "Savings account/bonds": None,
    "Installment rate in percentage of disposable income": None,
    "Other installment plans": None,
    "Housing": None,
}


class Case:
    """One table and one classifier, split three ways.

    Parameters
    ----------
    name : str
        The table.
    table : Table
    kind : str
        The classifier.
    """

    def __init__(self, name: str, table: Table, kind: str) -> None:
        self.name, self.table, self.kind = name, table, kind
        self.ordinal = dict(table.ordinal)
        if name == "german_credit":
            self.ordinal["Present employment since"] = EMPLOYMENT
        split = split_rows(table.y, 0)
        self.classifier = CLASSIFIERS[kind](0)
        rows = split.classifier
        self.classifier.fit(table.X.iloc[rows], table.y[rows])
        self.known, self.labels = table.X.iloc[split.par], table.y[split.par]
        people = table.X.iloc[split.people]
        self.denied = people[self.classifier.predict(people) != 1]
        self.people = self.denied[:MAX_PEOPLE]

    def fit(self, rules: dict[str, Any], links: list[Any], **more: Any) -> PARRecourse:
        """Fit under some rules and links."""
        return PARRecourse(
            actionability=rules,
            links=links,
            ordinal_features=self.ordinal,
            random_state=0,
            **more,
        ).fit(self.known, self.labels, self.classifier)

    def links(self) -> list[Any]:
        """All links of the table."""
        return [If(Rises(a), Rises(b, by=by)) for a, b, by in LINKS[self.name]]

    def violations(self, report: RecourseReport) -> int:
        """Count broken rules, links and cells that no row could show."""
        old = report.factuals[report.answered]
        new = report.counterfactuals[report.answered]
        count = rule_violations(old, new, self.table.rules, self.ordinal)
        count += schema_violations(old, new, self.known)
        for cause, effect, by in LINKS[self.name]:
            rises = _rank(new[cause], self.ordinal.get(cause)) > _rank(
                old[cause], self.ordinal.get(cause)
            )
            count += int((rises & (new[effect] - old[effect] < by)).sum())
        return count + int((self.classifier.predict(new) != 1).sum())


def _rank(column: pd.Series, order: list[str] | None) -> pd.Series:
    """Numbers, or places of levels in their order."""
    if order is None:
        return column
    return column.map({level: i for i, level in enumerate(order)})


def costs(case: Case) -> tuple[list[str], int]:
    """Coverage and effort with all rules, with none, and with one dropped."""
    rules, links = case.table.rules, case.links()
    full = case.fit(rules, links).recourse(case.people)
    lines = [_line(case, "all rules", full, full)]
    lines.append(_line(case, "none", case.fit({}, []).recourse(case.people), full))
    for name in rules:
        rest = {key: rule for key, rule in rules.items() if key != name}
        report = case.fit(rest, links).recourse(case.people)
        lines.append(_line(case, f"without {name}: {rules[name]!r}", report, full))
    report = case.fit(rules, []).recourse(case.people)
    lines.append(_line(case, "without links", report, full))
    return lines, case.violations(full)


def _line(case: Case, what: str, report: RecourseReport, full: RecourseReport) -> str:
    """Write coverage, effort, and what differs from all rules."""
    coverage, effort = report.answered.mean(), np.nanmean(report.effort)
    gain = coverage - full.answered.mean()
    both = report.effort - full.effort
    return (
        f"{case.name:<14}{case.kind:<22}{len(report):>4}{coverage:>7.3f}{gain:>+8.3f}"
        f"{effort:>7.3f}{np.nanmean(both):>+8.3f}  {what}"
    )


def ratio(one: Any, other: Any) -> float:
    """CPU seconds of one call over another, the median of pairs."""
    ratios = []
    for _ in range(REPEATS):
        seconds = []
        for call in (one, other):
            start = time.process_time()
            call()
            seconds.append(time.process_time() - start)
        ratios.append(seconds[0] / seconds[1])
    return float(np.median(ratios))


def speed_bars(case: Case) -> list[Bar]:
    """Bars on the price of links and of limits."""
    with_links = case.fit(case.table.rules, case.links())
    without = case.fit(case.table.rules, [])
    people = case.denied[:LIMITED_ROWS]
    found = ratio(lambda: with_links.recourse(people), lambda: without.recourse(people))
    where = f"{case.name} / {case.kind}, {len(people)} people"
    claim = f"{where}: links cost <= {MOST_WITH_LINKS} x"
    bars = [Bar(claim, f"{found:.2f}", found <= MOST_WITH_LINKS)]
    upper = people.select_dtypes("number") * 2 + 10
    found = ratio(
        lambda: without.recourse(people, upper=upper), lambda: without.recourse(people)
    )
    claim = f"{where}: limits cost <= {MOST_WITH_LIMITS} x"
    return [*bars, Bar(claim, f"{found:.2f}", found <= MOST_WITH_LIMITS)]


def option_bar(case: Case) -> Bar:
    """Bar on three options, where trying everything finds three."""
    rules: dict[str, Any] = {
        str(name): FREE.get(str(name)) or "immutable"
        for name in case.table.X
        if FREE.get(str(name), "immutable") is not None
    }
    par = case.fit(rules, [])
    people = case.people[:FEW]
    report = par.recourse(people, n_options=3)
    three = np.all([option.answered for option in report.options], axis=0)
    have = np.array([_has_three(par, own) for own in report.codes_before])
    share = three[have].mean() if have.any() else 1.0
    claim = f"{case.name} / {case.kind}: three options for >= 90% of who has three"
    return Bar(claim, f"{share:.1%} of {int(have.sum())}", bool(share >= 0.9))


def _has_three(par: PARRecourse, own: np.ndarray) -> bool:
    """Tell whether three accepted rows differ in features or directions.

    None of the three may ask as much or more in every feature than another.
    """
    person = People.unlimited(np.reshape(own, (1, -1)))
    partial = SearchConfig().max_partial_rows
    rows = feasible_rows(par._actionability, person, LARGEST_SET, partial)
    if rows is None:
        return False
    rows = rows[1:][par._black_box.accepted(rows[1:])]
    effort = par._parts.objective.effort.per_feature(own, rows)
    directions = np.sign(np.nan_to_num(rows) - np.nan_to_num(own))
    is_ordered = par._actionability.is_ordered
    directions = np.where(is_ordered, directions, directions != 0)
    kept: list[int] = []
    for i in np.argsort(effort.sum(axis=1), kind="stable"):
        other = all((directions[i] != directions[k]).any() for k in kept)
        less = all((effort[i] < effort[k] - 1e-9).any() for k in kept)
        if other and less:
            kept.append(int(i))
        if len(kept) == 3:
            return True
    return False


def main() -> None:
    """Run, and print the tables and the bars."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--classifiers", nargs="+", default=list(CLASSIFIERS))
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message="No recourse was found")
    print(
        f"{'table':<14}{'classifier':<22}{'n':>4}{'cover':>7}{'more':>8}"
        f"{'effort':>7}{'more':>8}"
    )
    bars = []
    for name in LINKS:
        table = load_table(name, options.data_dir)
        for kind in options.classifiers:
            case = Case(name, table, kind)
            lines, broken = costs(case)
            print("\n".join(lines), flush=True)
            claim = f"{name} / {kind}: violations 0"
            bars.append(Bar(claim, str(broken), broken == 0))
            if name == "german_credit":
                bars.append(option_bar(case))
            elif kind in ("LogisticRegression", "RandomForest"):
                bars += speed_bars(case)
    print("\n".join(map(str, bars)))


if __name__ == "__main__":
    main()
