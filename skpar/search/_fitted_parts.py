"""The fitted parts that find recourse."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..actionability import ANY_LABEL, Demand
from ..classifier import AcceptanceModel, BlackBox
from ..generator import Proposer
from ..objective import Eligibility, Objective, RareRows
from ._infeasibility import InfeasibilityProver
from ._search import RecourseSearch


@dataclass(frozen=True)
class FittedParts:
    """The fitted parts that find recourse; ``fit`` drops all other parts.

    Parameters
    ----------
    objective : Objective
        Objective of rows.
    proposer : Proposer
        Proposes rows.
    search : RecourseSearch
        Finds answers.
    prover : InfeasibilityProver
        Proves that there is no answer.
    eligibility : Eligibility
        Says which rows may be answers.
    rare_rows : RareRows
        Training rows that few people share.
    of_labels : tuple of AcceptanceModel, default=()
        For each of several favorable labels, what estimates that a row gets it.
    """

    objective: Objective
    proposer: Proposer
    search: RecourseSearch
    prover: InfeasibilityProver
    eligibility: Eligibility
    rare_rows: RareRows
    of_labels: tuple[AcceptanceModel, ...] = ()

    def of_demand(self, demand: Demand, black_box: BlackBox) -> FittedParts:
        """Make the parts that find recourse for people with one demand.

        Parameters
        ----------
        demand : Demand
            A wanted label, and bounds of its probability.
        black_box : BlackBox
            The classifier with this demand.

        Returns
        -------
        parts : FittedParts
            With the same objective and densities.
        """
        proposer = self.proposer.with_acceptance(self.acceptance_of(demand))
        prover = self.prover.of_classifier(black_box.meets_demands)
        search = self._search_of(black_box, proposer)
        return replace(self, proposer=proposer, search=search, prover=prover)

    def acceptance_of(self, demand: Demand) -> AcceptanceModel:
        """Make what estimates the probability that a row meets a demand."""
        target, low, high = demand
        model = self.proposer.acceptance
        if target != ANY_LABEL and self.of_labels:
            model = self.of_labels[target]
        return model.within(low, high)

    def _search_of(self, black_box: BlackBox, proposer: Proposer) -> RecourseSearch:
        """Make the search for another demand."""
        search, random_rows = self.search, self.search.random_rows
        return RecourseSearch(
            proposer,
            search.actionability,
            self.objective,
            black_box.meets_demands,
            search.max_queries,
            search.config,
            self.eligibility,
            search.only_needed,
            search.rounding is not None,
            None if random_rows is None else random_rows.of_proposer(proposer),
            black_box.nearness,
        )
