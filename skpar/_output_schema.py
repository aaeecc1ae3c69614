"""The schema of what an estimator returns, for engines that ask for it first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted


def output_schema(self: Any, method: str = "transform") -> Any:
    """Make a table without rows that has the columns and dtypes of a result.

    Engines that share people among processes ask for it, such as Dask (`meta`) and
    Spark.

    Parameters
    ----------
    method : {"transform", "recourse"}, default="transform"
        ``"transform"`` stands for ``transform(X)``, ``"recourse"`` for
        ``recourse(X).to_frame()``, where `X` has the dtypes of the training table.

    Returns
    -------
    schema : DataFrame of shape (0, n_columns)
        Of pandas for ``"recourse"``. For ``"transform"``, of the library that
        ``transform`` returns, which is that of the training table unless ``set_output``
        chose another. If ``transform`` returns an array, a DataFrame of pandas with its
        columns.

    Raises
    ------
    ValueError
        For another method.

    Notes
    -----
    A column whose training dtype cannot hold the cells of `X` has another dtype in the
    result: for example whole numbers, if the first missing one comes after ``fit``.

    Examples
    --------
    >>> from skpar import PARRecourse
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X, y)
    >>> bool((par.output_schema("transform").dtypes == X.dtypes).all())
    True
    >>> par.output_schema("recourse").dtypes["effort"]
    dtype('float64')
    """
    check_is_fitted(self)
    schema = self.schema_
    nobody = schema.decode(np.empty((0, schema.n_features)))
    if method == "recourse":
        return self.recourse(nobody).to_frame()
    if method != "transform":
        raise ValueError(f"method must be 'transform' or 'recourse', got {method!r}.")
    answers = self.transform(nobody)
    if isinstance(answers, np.ndarray):
        return pd.DataFrame(answers, columns=self.get_feature_names_out())
    return answers
