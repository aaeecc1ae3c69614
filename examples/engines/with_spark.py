"""People answered by Spark, which keeps neither an index nor categories."""

from __future__ import annotations

import pandas as pd
from pyspark.sql import SparkSession

from skpar import PARRecourse

spark = SparkSession.builder.master("local[2]").getOrCreate()


# begin
def answer(par: PARRecourse, X: pd.DataFrame) -> pd.DataFrame:
    schema = par.output_schema("transform")
    plain = dict.fromkeys(schema.select_dtypes("category"), object)

    def answer_batches(batches):
        for batch in batches:
            part = batch.set_index("person").astype(schema.dtypes)
            yield par.transform(part).astype(plain).reset_index()

    people = spark.createDataFrame(X.rename_axis("person").astype(plain).reset_index())
    answers = people.mapInPandas(answer_batches, schema=people.schema).toPandas()
    return answers.set_index("person").astype(schema.dtypes)
