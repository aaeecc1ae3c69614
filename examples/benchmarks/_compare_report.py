"""Tables and bars of the comparison, as CSV and Markdown."""

from __future__ import annotations

import csv
import platform
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from _compare_run import LONG, has_rules
from _compare_settings import FREE, SETTINGS
from _peers import PEERS
from _quality_report import markdown

MEANS = ("gower", "changed", "effort", "outlier", "ynn", "percentile")
SIGNS = {"gower": 1, "changed": 1, "outlier": 1, "ynn": -1}
SUCCESS_BAR = 0.995
_DIGITS = 9  # equal means may differ in their last bits
_MEANING = (
    "The file `compare_methods.csv` beside this page has one line per table, "
    "classifier and method. Means are over the recourse that the classifier accepts; a "
    "column `se` is the standard error of the column before it. `success` is the share "
    "of all denied people in the test. A row that the table cannot hold (unknown "
    "level, broken whole number, emptied cell) is `impossible`, which is a failure. "
    "`violations` are cells that break a rule or were never seen in training, also for "
    "methods without rules. `ms` are CPU milliseconds per person, the classifier's "
    "time included: skpar transforms all people of a split together, peers take one "
    "person after the other. `rows` are the rows per person that the classifier was "
    "queried with, `fit s` the CPU seconds of a fit."
)
# Columns of that file, and the digits of each.
_DIGITS_OF = {
    **dict.fromkeys(("n", "answered", "violations", "impossible", "time outs"), 0),
    **{"success": 3, "success se": 3, "gower": 4, "gower se": 4},
    **{"changed": 2, "changed se": 2, "outlier": 3, "outlier se": 3},
    **{"ynn": 3, "ynn se": 3, "percentile": 2, "ms": 2, "rows": 0, "fit s": 1},
}
CPU_BARS = {"nice-sparsity": 50, "dice-random": 200, "dice-genetic": 200}


@dataclass(frozen=True)
class Line:
    """A method on the people of all splits of a table and a classifier.

    `values` are arrays (n,) by name, NaN where a person has no accepted answer.
    """

    table: str
    classifier: str
    method: str
    success: np.ndarray
    values: dict[str, np.ndarray]
    figures: dict[str, float]

    @classmethod
    def of(
        cls, table: str, classifier: str, method: str, runs: list[dict[str, Any]]
    ) -> Line:
        """Pool the splits."""

        def joined(name: str) -> np.ndarray:
            return np.concatenate([np.asarray(run[name], float) for run in runs])

        found, success = joined("found") == 1, joined("valid") == 1
        values = {name: np.where(success, joined(name), np.nan) for name in MEANS}
        figures = {
            "n": float(len(found)),
            "answered": float(found.sum()),
            **_mean_and_error("success", success.astype(float)),
            "violations": sum(run["violations"] for run in runs),
            "impossible": sum(run["impossible"] for run in runs),
            "time outs": sum(run["time outs"] for run in runs),
        }
        for name in MEANS:
            figures |= _mean_and_error(name, values[name][success])
        for name, key in (("ms", "seconds"), ("own ms", "own seconds")):
            figures |= _mean_and_error(name, 1000 * joined(key))
        figures |= _mean_and_error("rows", joined("rows"))
        figures["fit s"] = float(np.mean([run["fit"] for run in runs]))
        return cls(table, classifier, method, success, values, figures)


def _mean_and_error(name: str, values: np.ndarray) -> dict[str, float]:
    """Mean and its standard error, NaN where there are too few values."""
    n = len(values)
    error = values.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
    return {name: float(values.mean()) if n else np.nan, f"{name} se": float(error)}


def write_csv(lines: list[Line], path: Path) -> None:
    """Write every figure of every line."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["table", "classifier", "method", "rules", *lines[0].figures])
        for line in lines:
            head = (line.table, line.classifier, line.method, has_rules(line.method))
            writer.writerow([*head, *line.figures.values()])


def write_rounded_csv(lines: list[Line], path: Path) -> None:
    """Write the figures that the page speaks of, rounded."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["table", "classifier", "method", *_DIGITS_OF])
        for line in lines:
            figures = [f"{line.figures[k]:.{n}f}" for k, n in _DIGITS_OF.items()]
            writer.writerow([line.table, line.classifier, line.method, *figures])


def write_markdown(
    lines: list[Line],
    failures: dict[str, str],
    versions: dict[str, dict[str, str]],
    command: str,
) -> str:
    """Write what was measured, where the bars stand, and by what."""
    shared = ("skpar", "scikit-learn", "numpy", "pandas", "torch")
    ours = ", ".join(f"{name} {version(name)}" for name in shared)
    settings = [
        f"- `{name}`: {', '.join(f'{k}={v!r}' for k, v in told.items()) or 'defaults'}"
        for name, told in SETTINGS.items()
    ]
    text = [
        f"`{command}`",
        f"{date.today()}, Python {platform.python_version()}, {ours}; one thread; "
        "CPU time.",
        "The settings of skpar are the same for all tables and classifiers. A name "
        f"that ends in `{FREE}` is skpar without rules, for the comparison with NICE, "
        "which has none. The settings were chosen on the splits 0 and 1, with the "
        "results of the peers known; `--first-seed 2` takes other people.",
        *settings,
        "### Success and rules",
        _promises(lines),
        "### The setting of skpar that is no worse than a peer",
        "The setting of skpar that is no worse than the peer (within the peer's "
        "standard error, on the n people for whom the peer found recourse) in Gower "
        "distance, number of changed features, outlier share and yNN together. If "
        "there is none, the row names the setting that comes nearest and what it "
        "lacks.",
        _frontier(lines),
        "### CPU time per person",
        "skpar's time is that of the default setting. The next column is the part of "
        "it that the classifier takes.",
        _speed(lines),
        "### Every method",
        _MEANING,
    ]
    if failures:
        text += ["### What did not run"]
        text += [f"- {name}: {why.splitlines()[-1]}" for name, why in failures.items()]
    peers = {name: told for name, told in versions.items() if name in PEERS}
    if peers:
        text += ["### Versions of peers"]
        text += [
            f"- {name}: {', '.join(f'{k} {v}' for k, v in told.items())}"
            for name, told in sorted(peers.items())
        ]
    return "\n\n".join(text).replace("\n\n- ", "\n- ") + "\n"


def _cells(lines: list[Line]) -> list[dict[str, Line]]:
    """Lines by method, for every table and classifier."""
    cells: dict[tuple[str, str], dict[str, Line]] = {}
    for line in lines:
        cells.setdefault((line.table, line.classifier), {})[line.method] = line
    return list(cells.values())


def _promises(lines: list[Line]) -> str:
    """Compare the success of the default with the long search; count violations."""
    rows = []
    for cell in _cells(lines):
        ours, long = cell.get("skpar"), cell.get(LONG)
        if ours is None:
            continue
        most = long.success.mean() if long is not None else np.nan
        share = ours.success.mean() / most if most > 0 else np.nan
        broken = ours.figures["violations"] + ours.figures["impossible"]
        fails = [] if share >= SUCCESS_BAR else [f"{SUCCESS_BAR} of {LONG} wanted"]
        fails += ["violations"] if broken else []
        where = f"{ours.table} / {ours.classifier}"
        verdict = f"FAIL: {', '.join(fails)}" if fails else "pass"
        rows.append([where, f"{share:.3f}", f"{broken:.0f}", verdict])
    header = ("table / classifier", "success / long search's", "violations", "bar")
    return markdown(header, rows)


def _frontier(lines: list[Line]) -> str:
    """Name, for every peer, the setting that is no worse, or the one nearest to it."""
    rows = []
    for cell in _cells(lines):
        for peer in (line for line in cell.values() if line.method in PEERS):
            suffix = "" if has_rules(peer.method) else FREE
            tried = [cell[name + suffix] for name in SETTINGS if name + suffix in cell]
            judged = [(*_excess(peer, ours), ours.method) for ours in tried]
            where = f"{peer.table} / {peer.classifier}"
            if not judged or not peer.success.any():
                rows.append([where, peer.method, "-", "-", "nothing to compare"])
                continue
            worst, name, n, ours = min(judged, key=lambda told: told[0])
            verdict = "pass" if worst <= 0 else f"FAIL: {name} by {worst:.3g}"
            rows.append([where, peer.method, str(n), ours, verdict])
    return markdown(("table / classifier", "peer", "n", "setting", "bar"), rows)


def _excess(peer: Line, ours: Line) -> tuple[float, str, int]:
    """Find the measure on which a setting is most too bad, and by how much.

    Too bad is what exceeds the peer's mean by more than its standard error, over the
    people whom the peer answered; of people whom the setting alone left without
    answer, each counts as one. Slow peers are asked by the first people of the same.
    """
    both, asked = peer.success, len(peer.success)
    missed = int((both & ~ours.success[:asked]).sum())
    if missed:
        return float(missed), "people without answer", int(both.sum())
    excess = {}
    for name, sign in SIGNS.items():
        theirs = sign * peer.values[name][both]
        own = sign * ours.values[name][:asked][both]
        error = theirs.std(ddof=1) / np.sqrt(len(theirs)) if len(theirs) > 1 else 0.0
        excess[name] = round(float(own.mean() - theirs.mean() - error), _DIGITS)
    worst = max(excess, key=lambda name: excess[name])
    return excess[worst], worst, int(both.sum())


def _speed(lines: list[Line]) -> str:
    """Compare CPU time with the peers that have a bar."""
    rows = []
    for cell in _cells(lines):
        for name, factor in CPU_BARS.items():
            ours = cell.get("skpar" if has_rules(name) else "skpar" + FREE)
            if name not in cell or ours is None:
                continue
            theirs, own = cell[name].figures["ms"], ours.figures["ms"]
            verdict = "pass" if theirs >= factor * own else f"FAIL: {factor} wanted"
            where = f"{ours.table} / {ours.classifier}"
            asking = own - ours.figures["own ms"]
            figures = (f"{theirs:.1f}", f"{own:.2f}", f"{asking:.2f}")
            rows.append([where, name, *figures, f"{theirs / own:.1f}", verdict])
    header = ("table / classifier", "peer", "its ms", "skpar's ms", "the classifier's")
    return markdown((*header, "ratio", "bar"), rows)
