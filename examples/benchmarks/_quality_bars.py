"""The bars of the benchmark of quality, each with what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from _pooled import REFERENCE, Cell, Pooled, paired
from _quality_run import BEST_OF_8, DEFAULT, LONG, ONE_PASS, POLISHED

MOST_ROWS = 13
GAIN = 0.95
LONG_SHARE = 12 / 16
ONE_PASS_SHARE = 3 / 4
EXACT_GRAIN = 1e-8


@dataclass(frozen=True)
class Bar:
    """A bar, what was measured, and whether the bar is met."""

    claim: str
    measured: str
    met: bool

    def __str__(self) -> str:
        """Write it in one line."""
        return f"{'PASS' if self.met else 'FAIL'}  {self.claim:<94} {self.measured}"


def all_bars(cells: list[Cell], exact: dict[str, list[dict[str, Any]]]) -> list[Bar]:
    """Every bar of quality: cell by cell, then those over several cells."""
    bars = [bar for cell in cells for bar in cell_bars(cell)]
    bars += [long_bar(cells), one_pass_bar(cells)]
    bars += [bar for cell in cells for bar in plausibility_bars(cell)]
    return bars + [
        bar for kind, runs in exact.items() for bar in exact_bars(kind, runs)
    ]


def at_least(one: Pooled, other: Pooled) -> tuple[bool, str]:
    """Whether the paired difference is not below -1 standard error."""
    mean, error = paired(one, other, "objective")
    return mean >= -error, f"{mean:+.3f} ± {error:.3f}"


def cell_bars(cell: Cell) -> list[Bar]:
    """Bars that the defaults must meet in every cell."""
    default, best = cell.methods[DEFAULT], cell.methods[REFERENCE]
    validity, violations = default.validity(), default.violations
    covered, coverable = default.answered.mean(), best.answered.mean()
    is_met, difference = at_least(default, cell.methods[POLISHED])
    rows = default.rows.mean()
    return [
        Bar(
            f"{cell.name}: validity 1.0, violations 0",
            f"{validity:.3f}, {violations}",
            validity == 1.0 and violations == 0,
        ),
        Bar(
            f"{cell.name}: coverage >= 0.995 of the reference's",
            f"{covered:.3f} of {coverable:.3f}",
            bool(covered >= 0.995 * coverable),
        ),
        Bar(
            f"{cell.name}: at least {POLISHED}; rows <= {MOST_ROWS}",
            f"{difference}; {rows:.1f}",
            bool(is_met and rows <= MOST_ROWS),
        ),
        _gain_bar(cell),
    ]


def _gain_bar(cell: Cell) -> Bar:
    """Bar on the share of what can be gained over copied neighbours."""
    near, best = cell.methods[BEST_OF_8], cell.methods[REFERENCE]
    gain, error = paired(best, near, "objective")
    share = gain_share(cell)
    waived = "" if gain > 2 * error else " (gain within 2 standard errors: waived)"
    return Bar(
        f"{cell.name}: >= {GAIN:.0%} of the gain from {BEST_OF_8} to reference",
        f"{share:.1%} of {gain:.3f} ± {error:.3f}{waived}",
        bool(share >= GAIN or waived),
    )


def gain_share(cell: Cell) -> float:
    """Share of what can be gained from copied neighbours that the defaults gain."""
    methods = (cell.methods[name] for name in (BEST_OF_8, DEFAULT, REFERENCE))
    objectives = np.stack([method.values["objective"] for method in methods])
    low, ours, high = objectives[:, ~np.isnan(objectives).any(axis=0)]
    if not (high > low).any():
        return 1.0
    return float((ours - low).mean() / (high - low).mean())


def long_bar(cells: list[Cell]) -> Bar:
    """Bar against the long search, over all cells."""
    met = [at_least(cell.methods[DEFAULT], cell.methods[LONG])[0] for cell in cells]
    return Bar(
        f"at least the {LONG} in 12 of 16 cells",
        f"{sum(met)} of {len(met)}",
        sum(met) >= LONG_SHARE * len(met),
    )


def one_pass_bar(cells: list[Cell]) -> Bar:
    """Bar on the generator alone: a table counts if all its classifiers are met."""
    met: dict[str, bool] = {}
    measured = []
    for cell in cells:
        alone = cell.methods[ONE_PASS]
        is_met, difference = at_least(alone, cell.methods[BEST_OF_8])
        validity = float(alone.answered.mean())
        met[cell.table] = met.get(cell.table, True) and is_met and validity >= 0.9
        measured.append(f"\n      {cell.name}: {validity:.3f}; {difference}")
    return Bar(
        f"{ONE_PASS}: valid >= 0.90 and, there, at least {BEST_OF_8}, 3 of 4 tables",
        f"{sum(met.values())} of {len(met)}{''.join(measured)}",
        sum(met.values()) >= ONE_PASS_SHARE * len(met),
    )


def plausibility_bars(cell: Cell) -> list[Bar]:
    """Bars on how likely answers are; rivals are compared where both answer."""
    default, near = cell.methods[DEFAULT], cell.methods[BEST_OF_8]
    percentile = default.median("percentile")
    outliers, rivals = where_both(default, near, "outlier")
    changed, most = where_both(default, cell.methods[POLISHED], "changed")
    more, error = paired(default, near, "outlier")
    return [
        Bar(
            f"{cell.name}: median percentile >= 0.30",
            f"{percentile:.3f}",
            percentile >= 0.30,
        ),
        Bar(
            f"{cell.name}: no more outliers than {BEST_OF_8}",
            f"{outliers:.3f}, {rivals:.3f} ({more:+.3f} ± {error:.3f})",
            outliers <= rivals,
        ),
        Bar(
            f"{cell.name}: no more features changed than {POLISHED}",
            f"{changed:.2f}, {most:.2f}",
            changed <= most,
        ),
    ]


def where_both(one: Pooled, other: Pooled, name: str) -> tuple[float, float]:
    """Means over the people whom both answer."""
    values, others = one.values[name], other.values[name]
    both = ~np.isnan(values + others)
    return float(values[both].mean()), float(others[both].mean())


def exact_bars(kind: str, runs: list[dict[str, Any]]) -> list[Bar]:
    """Bars on the distance from optima that were found by enumeration."""
    default, near, best = (
        np.concatenate([np.asarray(run[key], float) for run in runs])
        for key in ("default", "nearest", "optimum")
    )
    coverable = best > -np.inf
    optimal = float((default >= best - EXACT_GRAIN)[coverable].mean())
    gap, gain = np.nanmean((best - default)[coverable]), np.nanmean(best - near)
    where = f"exact gap, {kind}, {int(coverable.sum())} people"
    return [
        Bar(f"{where}: optimal for >= 80%", f"{optimal:.1%}", optimal >= 0.8),
        Bar(
            f"{where}: mean gap <= 2% of the gain from {BEST_OF_8}",
            f"{gap / gain:.1%} of {gain:.3f}",
            bool(gap <= 0.02 * gain),
        ),
    ]
