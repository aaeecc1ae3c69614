"""The table of quality for the page in docs: one line per table and classifier."""

from __future__ import annotations

from _pooled import REFERENCE, Cell, Pooled, paired
from _quality_bars import gain_share, where_both
from _quality_report import markdown
from _quality_run import BEST_OF_8, DEFAULT, LONG, ONE_PASS, POLISHED

COLUMNS = (
    "table / classifier",
    "n",
    "coverage (best)",
    "rows",
    "minus polished",
    "minus long",
    "of the gain",
    "one pass: valid, minus 8 nearest",
    "percentile",
    "outliers (8 nearest)",
    "changed (polished)",
    "own ms",
    "ms",
    "fit s",
)


def summary_table(cells: list[Cell]) -> str:
    """Compare the defaults with the rivals, cell by cell."""
    return markdown(COLUMNS, [_line(cell) for cell in cells])


def _line(cell: Cell) -> list[str]:
    """Figures of one cell."""
    default, best = cell.methods[DEFAULT], cell.methods[REFERENCE]
    alone, near = cell.methods[ONE_PASS], cell.methods[BEST_OF_8]
    polished, n = cell.methods[POLISHED], len(default.found)
    outliers, copied = where_both(default, near, "outlier")
    changed, most = where_both(default, polished, "changed")
    return [
        cell.name,
        str(n),
        f"{default.answered.mean():.3f} ({best.answered.mean():.3f})",
        f"{default.rows.mean():.1f}",
        _mean_gain(default, polished),
        _mean_gain(default, cell.methods[LONG]),
        f"{gain_share(cell):.1%}",
        f"{alone.answered.mean():.3f}, {_mean_gain(alone, near)}",
        f"{default.median('percentile'):.2f}",
        f"{outliers:.3f} ({copied:.3f})",
        f"{changed:.2f} ({most:.2f})",
        f"{1000 * default.own_seconds / n:.2f}",
        f"{1000 * default.seconds / n:.2f}",
        f"{default.fit:.1f}",
    ]


def _mean_gain(one: Pooled, other: Pooled) -> str:
    """Paired difference of the objective, with its standard error."""
    mean, error = paired(one, other, "objective")
    return f"{mean:+.3f} ± {error:.3f}"
