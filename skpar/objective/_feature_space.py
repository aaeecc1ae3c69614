"""FeatureSpace: maps rows of a table to points in a Euclidean space."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from ..table import TableSchema, has_many_levels
from ._level_neighbors import MixedPoints


class FeatureSpace:
    """Map rows to points so that Euclidean distances do not depend on units.

    Parameters
    ----------
    schema : TableSchema
        What each column is.
    codes : ndarray of shape (n_reference, d), dtype float64
        Reference rows, which define the scales.

    Attributes
    ----------
    many_levels : list of int
        Nominal columns of so many levels that `mixed_points` compares their levels.

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
        self.many_levels = [
            j
            for j, column in enumerate(schema.columns)
            if column.kind == "nominal" and has_many_levels(column.levels)
        ]
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
        return self._coordinates(codes, self._all_columns)

    def mixed_points(self, codes: np.ndarray) -> MixedPoints:
        """Map rows to points in which columns of many levels have no coordinates.

        Parameters
        ----------
        codes : ndarray of shape (n, d), dtype float64
            Codes of any rows.

        Returns
        -------
        points : MixedPoints
            The coordinates of the other columns, and the levels of these columns. If
            there are no other columns, one coordinate is 0.
        """
        columns = self._schema.columns
        coordinates = np.zeros((len(codes), 1))
        if len(self.many_levels) < len(columns):
            coordinates = self._coordinates(codes, self._other_columns)
        sizes = [len(columns[j].levels or ()) for j in self.many_levels]
        cells = codes[:, self.many_levels]
        levels = np.where(cells < np.array(sizes), cells, -1.0)
        return MixedPoints(coordinates, levels.astype(np.int64))

    def _coordinates(
        self, codes: np.ndarray, layout: tuple[np.ndarray, np.ndarray]
    ) -> np.ndarray:
        """Coordinates (n, n_coordinates) of some columns."""
        absent = np.isnan(codes)
        filled = np.where(absent, self._centre, codes)
        scaled = (filled - self._centre) / self._scale
        flags = (absent - self._absent_centre) / self._absent_scale
        place, level = layout
        cells = np.concatenate([codes, scaled, flags], axis=1).take(place, axis=1)
        return np.where(np.isnan(level), cells, cells == level)

    @cached_property
    def _all_columns(self) -> tuple[np.ndarray, np.ndarray]:
        """Layout of the coordinates of all columns."""
        return self._layout(range(len(self._schema.columns)))

    @cached_property
    def _other_columns(self) -> tuple[np.ndarray, np.ndarray]:
        """Layout of the coordinates of all columns but those of many levels."""
        everything = range(len(self._schema.columns))
        return self._layout([j for j in everything if j not in self.many_levels])

    def _layout(self, columns: Iterable[int]) -> tuple[np.ndarray, np.ndarray]:
        """Find the source of each coordinate among codes, scaled cells and flags.

        Returns the sources (n_coordinates,), and the level that a code is compared
        with, NaN for scaled cells and flags, (n_coordinates,).
        """
        n, found = len(self._schema.columns), []
        for j in columns:
            column = self._schema.columns[j]
            if column.kind in ("nominal", "binary"):
                found += [(j, float(k)) for k in range(len(column.levels or ()))]
            else:
                found.append((n + j, np.nan))
                if column.may_be_missing:
                    found.append((2 * n + j, np.nan))
        place, level = zip(*found, strict=True)
        return np.array(place), np.array(level)


def _or_one(scale: np.ndarray) -> np.ndarray:
    """Replace the scale of constant coordinates by 1."""
    return np.where(scale > 0.0, scale, 1.0)
