"""People answered by the processes of joblib."""

from __future__ import annotations

import pandas as pd
from joblib import Parallel, delayed

from skpar import PARRecourse


# begin
def answer(par: PARRecourse, X: pd.DataFrame) -> pd.DataFrame:
    parts = [X.iloc[start : start + 1_000] for start in range(0, len(X), 1_000)]
    tasks = (delayed(par.transform)(part) for part in parts)
    return pd.concat(Parallel(n_jobs=2)(tasks))
