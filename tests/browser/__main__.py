"""Open pages in Chromium and check them: ``python -m tests.browser --out pages``."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

from ._cases import CLASSIFIERS, Case, cases  # noqa: E402
from ._checks import Visit  # noqa: E402
from ._chrome import Browser, browser  # noqa: E402

_SHOWN = 5


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.browser", description=__doc__
    )
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder for pages and pictures")
    add("--data-dir", type=Path, help="folder with german_credit.csv")
    add("--axe", type=Path, help="axe.min.js of axe-core")
    add("--people", type=int, default=3, help="people per classifier")
    add("--positions", type=int, default=500, help="positions per classifier")
    add(
        "--classifiers",
        nargs="+",
        choices=CLASSIFIERS,
        default=["linear", "forest", "boosting"],
    )
    add("--without-static", action="store_true", help="skip report.to_html")
    return parser.parse_args()


def check(
    chrome: Browser, case: Case, given: argparse.Namespace, axe: str | None
) -> int:
    """Check the pages of one classifier, and print what is found."""
    found: list[str] = []
    counts: Counter[str] = Counter()
    each = -(-given.positions // len(case.reports))
    for k, report in enumerate(case.reports):
        name = f"{case.title.replace(' ', '_')}_{k + 1}"
        visit = Visit(chrome, case, report, given.out, name, axe)
        found += visit.what_if(each, k + 1, counts)
        if not given.without_static:
            found += visit.static(counts)
    print(f"{case.title}: {len(case.reports)} people; {len(found)} wrong")
    print("  " + ", ".join(f"{key} {value}" for key, value in counts.items()))
    for text in found[:_SHOWN]:
        print(f"  WRONG {text}")
    return len(found)


def main() -> int:
    """Check all pages; return 1 if anything is wrong."""
    given = read_arguments()
    given.out.mkdir(parents=True, exist_ok=True)
    axe = None if given.axe is None else given.axe.read_text(encoding="utf-8")
    if axe is None:
        print("Without --axe, accessibility is not checked.")
    with browser() as chrome:
        found = cases(given.data_dir, given.people, given.classifiers)
        n_wrong = sum(check(chrome, case, given, axe) for case in found)
    return int(n_wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
