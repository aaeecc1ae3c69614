"""What a user of skpar writes. `test_typing` checks it with mypy --strict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from skpar import PARRecourse, Phrases, Range, RecourseReport, Wording, verify
from skpar.datasets import make_loans
from skpar.density import HiddenChowLiuTree
from skpar.inspection import RecourseDisplay
from skpar.metrics import evaluate


class Constant:
    """A classifier without scikit-learn's types."""

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Deny everybody."""
        return np.zeros(len(X), dtype=np.int64)


def advise(folder: Path) -> pd.DataFrame:
    """Fit, answer, write and check."""
    X, y = make_loans(400, random_state=0)
    rules = {"age": "immutable", "loan_amount": Range(500, 50_000, step=500)}
    par: PARRecourse = PARRecourse(actionability=rules, random_state=0)
    par = par.fit(X, y, Constant())
    rows: pd.DataFrame = par.transform(X[:5])
    report: RecourseReport = par.recourse(X[:5], n_options=3)
    share: float = report.answered.mean()
    print(rows, share, report.to_frame(option=None), report.actions(option=None))
    reasons = par.reasons(report, max_reasons=4)
    regions = par.regions(report)
    text = report.to_json(folder / "record.json", reasons=reasons, regions=regions)
    print(text, verify(folder / "record.json", Constant()))
    report.to_html(folder / "page.html", wording=Wording(phrases=Phrases.german()))
    RecourseDisplay.from_report(report, 0)
    density = HiddenChowLiuTree(max_iter=5).fit(X)
    print(density.score_samples(X))
    return evaluate(X[:5], rows, clf=Constant())
