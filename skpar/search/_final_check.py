"""The final check of answers, read back from the user's own table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..actionability import Actionability, People
from ..classifier import BlackBox, split_by_demand, stage
from ..objective import Eligibility
from ..table import TableSchema, same_cells
from .queries import SearchResult


@dataclass(frozen=True)
class CheckedAnswers:
    """Answers in the user's own table, after the final check.

    Parameters
    ----------
    table : DataFrame or ndarray of shape (n_samples, n_features)
        The table of people with the answers that passed.
    codes : ndarray of shape (n_samples, n_features), dtype float64
        Codes of the table.
    passed : ndarray of shape (n_samples,), dtype bool
        Whether a row has an answer that passed.
    failed : ndarray of shape (n_samples,), dtype bool
        Whether a row had an answer that did not pass.
    contradicted : ndarray of shape (n_samples,), dtype bool
        Whether the classifier now decides otherwise than during the search: it denies
        an answer that it accepted, or accepts a person whom it denied.
    """

    table: Any
    codes: np.ndarray
    passed: np.ndarray
    failed: np.ndarray
    contradicted: np.ndarray


@dataclass(frozen=True)
class FinalCheck:
    """Write answers into the user's table, read them back, and check them.

    Parameters
    ----------
    schema : TableSchema
        Writes and reads the table.
    actionability : Actionability
        Rules and links.
    black_box : BlackBox
        The user's classifier.
    eligibility : Eligibility
        Says which rows may be answers.
    """

    schema: TableSchema
    actionability: Actionability
    black_box: BlackBox
    eligibility: Eligibility

    @stage("the final check")
    def check(
        self, people: People, who: np.ndarray, result: SearchResult
    ) -> CheckedAnswers:
        """Check that answers are feasible, eligible, and accepted by ``predict``.

        An answer that changes nothing does not pass.

        Parameters
        ----------
        people : People
            All people of a table, with the table.
        who : ndarray of shape (n_denied,), dtype int64
            Row numbers of the denied people in the table.
        result : SearchResult
            Their answers.

        Returns
        -------
        checked : CheckedAnswers
        """
        codes = people.codes
        rows = who[result.found]
        proposed, passed = codes.copy(), np.zeros(len(codes), dtype=bool)
        proposed[rows] = result.codes[result.found]
        failed, contradicted = passed.copy(), passed.copy()
        table = self.schema.write(people.table, codes, proposed)
        if len(rows):
            demands = people.limits.demands
            accepted = self.black_box.accepts_table(table, demands)
            contradicted[who] = accepted[who] != result.found
            read = self.schema.encode(table)
            passed[rows] = accepted[rows] & self._passes(people[rows], read[rows])
            failed[rows] = ~passed[rows]
            codes = np.where(failed[:, None], codes, read)
        if failed.any():
            proposed[failed] = people.codes[failed]
            table = self.schema.write(people.table, people.codes, proposed)
        return CheckedAnswers(table, codes, passed, failed, contradicted)

    def _passes(self, people: People, codes: np.ndarray) -> np.ndarray:
        """Whether rows are changed, feasible, eligible, and meet all demands."""
        passes = np.asarray(~same_cells(people.codes, codes).all(axis=1))
        demands = people.limits.demands
        for rows, box in split_by_demand(self.black_box, demands, len(codes)):
            if box.has_demands:
                passes[rows] &= box.meets_demands(codes[rows])
        passes &= self.actionability.is_feasible(people, codes)
        max_effort = people.limits.max_effort
        passes &= self.eligibility.excess(people.codes, codes, max_effort) == 0.0
        return passes & self.eligibility.is_eligible(codes)
