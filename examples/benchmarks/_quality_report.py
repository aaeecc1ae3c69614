"""The tables of the benchmark of quality, in Markdown."""

from __future__ import annotations

import numpy as np
from _pooled import Cell, Pooled, paired
from _quality_run import DEFAULT

COLUMNS = (
    "table / classifier",
    "method",
    "n",
    "coverage",
    "validity",
    "violations",
    "objective",
    "minus transform",
    "effort",
    "Gower",
    "changed",
    "percentile",
    "outliers",
    "yNN",
    "rows",
    "own ms",
    "ms",
    "fit s",
)
ABLATED = ("objective", "gower", "changed", "outlier", "ynn", "percentile")
ABLATION_COLUMNS = ("table / classifier", "without", "n", "success", *ABLATED)


def markdown(header: tuple[str, ...], rows: list[list[str]]) -> str:
    """Lay rows out as a table of aligned columns."""
    lines = [list(header), *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    padded = [
        [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        for line in lines
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)


def quality_table(cells: list[Cell]) -> str:
    """Every method of every cell."""
    rows = [
        [cell.name, name, *_figures(method, cell.methods[DEFAULT])]
        for cell in cells
        for name, method in cell.methods.items()
    ]
    return markdown(COLUMNS, rows)


def ablation_table(cells: list[Cell]) -> str:
    """Every ablation, and by how much it differs from the defaults."""
    rows = []
    for cell in cells:
        if cell.ablated is None:
            continue
        rows.append([cell.name, "nothing", *_ablated(cell.ablated, None)])
        for name, method in cell.ablations.items():
            rows.append([cell.name, name[3:], *_ablated(method, cell.ablated)])
    return markdown(ABLATION_COLUMNS, rows)


def missing_switches(cells: list[Cell]) -> dict[str, str]:
    """Ablations for which skpar has no switch, and why."""
    return {name: why for cell in cells for name, why in cell.missing.items()}


def _figures(method: Pooled, default: Pooled) -> list[str]:
    """Figures of one row of the table of quality."""
    n, costs = len(method.found), [method.own_seconds, method.seconds]
    difference = "" if method is default else _signed(method, default, "objective")
    return [
        str(n),
        f"{method.share(method.found):.3f}",
        f"{method.validity():.3f}",
        str(method.violations),
        f"{method.mean('objective'):.3f}",
        difference,
        f"{method.mean('effort'):.3f}",
        f"{method.mean('gower'):.3f}",
        f"{method.mean('changed'):.2f}",
        f"{method.median('percentile'):.2f}",
        f"{method.mean('outlier'):.3f}",
        f"{method.mean('ynn'):.3f}",
        _number(float(method.rows.mean()), ".1f"),
        *(_number(1000 * seconds / n, ".2f") for seconds in costs),
        _number(method.fit, ".1f"),
    ]


def _ablated(method: Pooled, default: Pooled | None) -> list[str]:
    """Figures of one row of the table of ablations."""
    figures = [str(len(method.found)), f"{method.share(method.answered):.3f}"]
    for name in ABLATED:
        difference = "" if default is None else f" ({_signed(method, default, name)})"
        figures.append(f"{method.mean(name):.3f}{difference}")
    return figures


def _signed(method: Pooled, default: Pooled, name: str) -> str:
    """Paired difference with its standard error."""
    mean, error = paired(method, default, name)
    return f"{mean:+.3f} ± {error:.3f}"


def _number(value: float, form: str) -> str:
    """Write a number; nothing for NaN."""
    return "" if np.isnan(value) else format(value, form)
