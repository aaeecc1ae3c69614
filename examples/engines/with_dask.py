"""People answered by Dask."""

from __future__ import annotations

import dask
import dask.dataframe as dd
import pandas as pd

from skpar import PARRecourse

# Dask would else turn strings into those of pyarrow, which are another dtype.
dask.config.set({"dataframe.convert-string": False})


# begin
def answer(par: PARRecourse, X: pd.DataFrame) -> pd.DataFrame:
    people = dd.from_pandas(X, npartitions=5, sort=False)
    meta = par.output_schema("transform")
    answers = people.map_partitions(par.transform, meta=meta)
    return answers.compute(scheduler="processes", num_workers=2)
