"""The circuit itself: a latent variable per column, arranged along a tree."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from ._completion import (
    draw_states,
    fill,
    missing_cells,
    most_probable,
    most_probable_cells,
)
from ._factors import Factors
from ._leaves import Leaves
from ._messages import log_density, upward
from ._queries import (
    Candidates,
    Contexts,
    find_contexts,
    list_candidates,
    swap_log_prob,
)
from ._tree import Tree


class Circuit:
    r"""Hidden Chow-Liu tree over encoded rows.

    Every column j has a latent state :math:`h_j`, and the states form a tree:

    .. math:: p(x) = \sum_h p(h_{root}) \prod_j p(h_j | h_{parent(j)}) f_j(x_j | h_j)

    The sum over all states is exact and costs one matrix product per column. Where
    training has missing cells, "missing" is one more thing that a cell can be, with a
    chance per state: who leaves a cell empty tells something. A cell told to be
    `absent` is summed over exactly, missing or not.

    Parameters
    ----------
    tree : Tree
        Parent of every column.
    leaves : Leaves
        Kernel dictionary and layout of the tensor.
    factors : Factors
        Learned probabilities.

    Notes
    -----
    The state is made of numpy arrays only, so circuits pickle and copy anywhere.
    Results for one row agree to 1e-12 whatever rows it is evaluated with.

    Examples
    --------
    >>> import numpy as np, pandas as pd, torch
    >>> from skpar.table._encoder import TableEncoder
    >>> from skpar.table._schema import TableSchema
    >>> from skpar.density._api import fit_circuit
    >>> table = pd.DataFrame({"owns": [True, True, False, False] * 50})
    >>> schema = TableSchema.infer(table)
    >>> codes = schema.encode(table)
    >>> encoder = TableEncoder(schema, codes)
    >>> rows = encoder.encode(codes)
    >>> circuit = fit_circuit(encoder, rows, random_state=np.random.RandomState(0))
    >>> circuit.log_prob(rows[:2]).exp().round(decimals=2).tolist()
    [0.5, 0.5]
    >>> circuit.sample(3, torch.Generator().manual_seed(0)).shape
    torch.Size([3, 2])
    >>> circuit.replacement_log_prob(rows, circuit.candidates()).shape
    torch.Size([200, 1, 2])
    """

    def __init__(self, tree: Tree, leaves: Leaves, factors: Factors) -> None:
        self.tree = tree
        self.leaves = leaves
        self._arrays = tuple(part.detach().numpy().copy() for part in factors)

    @property
    def factors(self) -> Factors:
        """Learned probabilities as tensors, copied from the circuit's arrays."""
        return Factors(*(torch.tensor(array) for array in self._arrays))

    def log_prob(self, tensor: Tensor, absent: Tensor | None = None) -> Tensor:
        """Log-density of encoded rows.

        Differentiable with respect to `tensor`, also where one-hots and missing
        indicators are relaxed.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Rows of the encoder that the circuit was fitted with.
        absent : Tensor of shape (n_rows, n_columns), dtype bool, optional
            Cells of any column to be summed over, whatever they hold.

        Returns
        -------
        Tensor of shape (n_rows,), dtype float64
            In nats: density per unit of z = code / scale for numbers, mass for levels
            and for missing cells.
        """
        factors = self.factors
        log_leaves = self._log_leaves(factors, tensor, absent)
        return log_density(self.tree, log_leaves, factors.prior, factors.transition)

    def contexts(self, tensor: Tensor, absent: Tensor | None = None) -> Contexts:
        """Find what the rest of each row says about each of its columns.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Encoded rows.
        absent : Tensor of shape (n_rows, n_columns), dtype bool, optional
            Cells of any column to be summed over, whatever they hold.

        Returns
        -------
        Contexts
            Among them log p(rest of the row), for every column.
        """
        factors = self.factors
        log_leaves = self._log_leaves(factors, tensor, absent)
        return find_contexts(self.tree, log_leaves, factors.prior, factors.transition)

    def candidates(self, grids: Mapping[int, np.ndarray] | None = None) -> Candidates:
        """Prepare values that may replace a cell, once for all rows and queries.

        Parameters
        ----------
        grids : mapping of int to ndarray of shape (n_values,), dtype float64, optional
            Values of numeric columns, in units of z = code / scale. Numeric columns
            left out have no candidates. By default, the centres of their kernels.

        Returns
        -------
        Candidates
            These, and all levels of the columns that have levels.
        """
        return list_candidates(self.leaves, self.factors, grids)

    def replacement_log_prob(self, tensor: Tensor, candidates: Candidates) -> Tensor:
        """Log-density of each row with any one cell replaced by any candidate.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Encoded rows.
        candidates : Candidates
            From `candidates`.

        Returns
        -------
        Tensor of shape (n_rows, n_columns, n_candidates), dtype float64
            -inf where a column has fewer candidates.
        """
        return self.contexts(tensor).replacement_log_prob(candidates)

    def swap_log_prob(self, tensor: Tensor, others: Tensor) -> Tensor:
        """Log-density of each row with any one cell replaced by that of another row.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Encoded rows.
        others : Tensor of shape (n_rows, n_candidates, width), dtype float64
            Encoded rows, for each row its own; their cells may be missing.

        Returns
        -------
        Tensor of shape (n_rows, n_columns, n_candidates), dtype float64
        """
        contexts = self.contexts(tensor)
        return swap_log_prob(contexts, self.leaves, self.factors, others)

    def sample(self, n_rows: int, generator: torch.Generator) -> Tensor:
        """Draw rows, exactly.

        Parameters
        ----------
        n_rows : int
            How many.
        generator : torch.Generator
            Source of randomness.

        Returns
        -------
        Tensor of shape (n_rows, width), dtype float64
            Encoded rows that are complete: every cell as it would be if it were known.
            Cells of integer columns are not rounded; the encoder's `decode` does that.
        """
        factors = self.factors
        unknown = torch.zeros(len(factors.prior), n_rows, dtype=torch.float64)
        inside = [unknown] * len(self.tree.order)
        states = draw_states(self.tree, inside, factors, generator)
        return self.leaves.sample(states, factors.weights, factors.levels, generator)

    def sample_missing(
        self, tensor: Tensor, generator: torch.Generator, absent: Tensor | None = None
    ) -> Tensor:
        """Fill missing cells by drawing them together, given the present ones.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Encoded rows.
        generator : torch.Generator
            Source of randomness.
        absent : Tensor of shape (n_rows, n_columns), dtype bool, optional
            Cells to be drawn besides the missing ones, of any column.

        Returns
        -------
        Tensor of shape (n_rows, width), dtype float64
            Exact draws of the values given the present cells and which ones are
            missing; present cells as they were. Cells of integer columns are not
            rounded.
        """
        factors = self.factors
        log_leaves = self._log_leaves(factors, tensor, absent)
        inside, _ = upward(self.tree, log_leaves, factors.transition)
        states = draw_states(self.tree, inside, factors, generator)
        drawn = self.leaves.sample(states, factors.weights, factors.levels, generator)
        cells = missing_cells(self.leaves, tensor, absent)
        return fill(self.leaves, tensor, cells, drawn)

    def complete(self, tensor: Tensor, absent: Tensor | None = None) -> Tensor:
        r"""Fill missing cells with the values of the most probable explanation.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Encoded rows.
        absent : Tensor of shape (n_rows, n_columns), dtype bool, optional
            Cells to be found besides the missing ones, of any column.

        Returns
        -------
        Tensor of shape (n_rows, width), dtype float64
            Rows without missing cells; present cells as they were.

        Notes
        -----
        Maximised over missing cells :math:`x_m`, all latent states h and the kernels k
        of the missing numeric cells, together, is :math:`p(x_m, k, h, x_{present}, r)`,
        where r says which cells are known to be missing; max-product on the tree finds
        this maximum exactly, to a tie. It is not the maximum of
        :math:`p(x_m | x_{present}, r)`, which sums over h and k and is NP-hard to find
        for several cells; not even for a single one, since a value likely in many
        states may beat the value of the best state (see `complete_cells`). With one
        state the two agree for columns with levels. Densities of numbers favour narrow
        kernels: a spike may be chosen over a hump that holds more of the mass.
        """
        factors, cells = self.factors, missing_cells(self.leaves, tensor, absent)
        log_leaves = self._log_leaves(factors, tensor, absent)
        best = most_probable(self.tree, self.leaves, factors, log_leaves, cells)
        return fill(self.leaves, tensor, cells, best)

    def complete_cells(
        self, tensor: Tensor, candidates: Candidates, absent: Tensor | None = None
    ) -> Tensor:
        r"""Fill each missing cell with its most probable candidate.

        Parameters
        ----------
        tensor : Tensor of shape (n_rows, width), dtype float64
            Encoded rows.
        candidates : Candidates
            From `candidates`.
        absent : Tensor of shape (n_rows, n_columns), dtype bool, optional
            Cells to be found besides the missing ones, of any column.

        Returns
        -------
        Tensor of shape (n_rows, width), dtype float64
            Present cells, and missing ones without candidates, are as they were.

        Notes
        -----
        A cell gets the candidate v for which the row with v written in it has the
        largest density; its other missing cells stay missing, those in `absent` are
        summed over. In a row with one missing cell this is the completion of largest
        density: for columns with levels exactly, for numbers among their candidates.
        Several cells of a row are filled one by one,
        not together, and need not suit each other.
        """
        offered = torch.tensor(candidates.valid.any(axis=1))
        cells = missing_cells(self.leaves, tensor, absent) & offered
        contexts = self.contexts(tensor, absent)
        best = most_probable_cells(self.leaves, contexts, candidates)
        return fill(self.leaves, tensor, cells, best)

    def _log_leaves(
        self, factors: Factors, tensor: Tensor, absent: Tensor | None
    ) -> list[Tensor]:
        """Log-likelihood (H, n) of every column's cell; 0 where told to be absent."""
        log_leaves = self.leaves.log_likelihood(tensor, factors.weights, factors.levels)
        if absent is None:
            return log_leaves
        pairs = zip(log_leaves, absent.unbind(dim=1), strict=True)
        return [known.masked_fill(unknown, 0.0) for known, unknown in pairs]
