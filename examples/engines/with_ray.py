"""People answered by Ray, which keeps neither an index nor categories."""

from __future__ import annotations

import pandas as pd
import ray

from skpar import PARRecourse


# begin
class Answerer:
    def __init__(self, par):
        self.par, self.dtypes = par, par.output_schema("transform").dtypes

    def __call__(self, batch):
        people = batch.set_index("person").astype(self.dtypes)
        return self.par.transform(people).reset_index()


def answer(par: PARRecourse, X: pd.DataFrame) -> pd.DataFrame:
    people = ray.data.from_pandas(X.rename_axis("person").reset_index())
    options = {"batch_format": "pandas", "batch_size": 1_000, "concurrency": 2}
    answers = people.map_batches(Answerer, fn_constructor_args=(par,), **options)
    table = answers.to_pandas().astype({"person": X.index.dtype}).set_index("person")
    return table.astype(par.output_schema("transform").dtypes)
