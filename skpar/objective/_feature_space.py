"""FeatureSpace: maps rows of a table to points in a Euclidean space."""

from __future__ import annotations

import numpy as np

from ..table import TableSchema


class FeatureSpace:
    """Map rows to points so that Euclidean distances do not depend on units.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_reference, d), dtype float64
        Reference rows, which define the scales.

    Notes
    -----
    A column of numbers or ordered levels gives one coordinate. It is centred and
    divided by its standard deviation over the reference rows, or by 1 if it is constant
    there. A missing cell is placed at the mean. If cells of the column may be missing,
    a second coordinate marks them, scaled in the same way. A nominal or binary column
    gives one coordinate of 0 or 1 for each level. These are all 0 if the cell is
    missing.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skpar.table import TableSchema
    >>> from skpar.objective._feature_space import FeatureSpace
    >>> table = pd.DataFrame({"age": [20, 40], "job": ["clerk", "cook"]})
    >>> schema = TableSchema.infer(table)
    >>> codes = schema.encode(table)
    >>> FeatureSpace(schema, codes).points(codes)
    array([[-1.,  1.,  0.],
           [ 1.,  0.,  1.]])
    """

    def __init__(self, schema: TableSchema, codes: np.ndarray) -> None:
        self._schema = schema
        absent = np.isnan(codes)
        n_present = np.maximum((~absent).sum(axis=0), 1)
        self._centre = np.where(absent, 0.0, codes).sum(axis=0) / n_present
        filled = np.where(absent, self._centre, codes)
        self._scale = _or_one(filled.std(axis=0))
        self._absent_centre = absent.mean(axis=0)
        self._absent_scale = _or_one(absent.std(axis=0))

    def points(self, codes: np.ndarray) -> np.ndarray:
        """Map rows to points.

        Parameters
        ----------
        codes : ndarray of shape (n, d), dtype float64
            Codes of any rows.

        Returns
        -------
        points : ndarray of shape (n, n_coordinates), dtype float64
        """
        absent = np.isnan(codes)
        filled = np.where(absent, self._centre, codes)
        scaled = (filled - self._centre) / self._scale
        flags = (absent - self._absent_centre) / self._absent_scale
        blocks = []
        for j, column in enumerate(self._schema.columns):
            if column.kind in ("nominal", "binary"):
                levels = np.arange(len(column.levels or ()))
                blocks.append((codes[:, [j]] == levels).astype(np.float64))
            else:
                blocks.append(scaled[:, [j]])
                if column.may_be_missing:
                    blocks.append(flags[:, [j]])
        return np.hstack(blocks)


def _or_one(scale: np.ndarray) -> np.ndarray:
    """Replace the scale of constant coordinates by 1."""
    return np.where(scale > 0.0, scale, 1.0)
