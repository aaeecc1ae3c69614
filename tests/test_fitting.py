"""The parts are fitted on the rows meant for them."""

from __future__ import annotations

import numpy as np
import pytest

from skpar._actionability import Actionability
from skpar._effort import Effort
from skpar._fitting import PartsFitter, Settings
from skpar._objective import Weights
from skpar._schema import TableSchema

from ._people import is_accepted, make_people


class Box:
    """The decision on codes, as a classifier behind the black box."""

    def accepted(self, codes):
        return is_accepted(codes)


def make_fitter(n, seed=0, **density):
    table = make_people(n)
    schema = TableSchema.infer(table)
    codes = schema.encode(table)
    lines: list[str] = []
    fitter = PartsFitter(
        schema,
        Actionability(schema),
        Effort(schema, codes),
        Box(),
        Settings(Weights(), n_neighbors=3, n_proposals=4, max_iter=1, density=density),
        np.random.RandomState(seed),
        lines.append,
    )
    return fitter, codes, lines


@pytest.mark.parametrize("n", [25, 300])
def test_a_fifth_of_the_accepted_rows_calibrates_unless_they_are_few(n):
    fitter, codes, _ = make_fitter(n)
    accepted = is_accepted(codes)
    parts = fitter.fit(codes, accepted)
    n_accepted = int(accepted.sum())
    expected = n_accepted if n_accepted < 20 else np.ceil(0.2 * n_accepted)
    assert len(parts.objective.plausibility.reference) == expected
    assert (n_accepted < 20) == (n == 25)
    assert parts.proposer.noise.shape[0] == 3


def test_dreamed_factuals_are_denied_and_legal():
    fitter, codes, _ = make_fitter(300)
    accepted = is_accepted(codes)
    denied = codes[~accepted]
    parts = fitter.fit(codes, accepted)
    density = parts.objective.plausibility.denied
    factuals = fitter._factuals(parts.objective.plausibility.encoder, density, denied)
    np.testing.assert_array_equal(factuals[: len(denied)], denied)
    dreams = factuals[len(denied) :]
    assert len(dreams) > 4 * len(denied)
    assert not is_accepted(dreams).any()
    assert (dreams >= np.nanmin(codes, axis=0)).all()
    assert (dreams <= np.nanmax(codes, axis=0)).all()
    assert (dreams[:, 0] == np.rint(dreams[:, 0])).all()


def test_both_densities_are_fitted_as_told():
    fitter, codes, _ = make_fitter(120, n_states=3)
    plausibility = fitter.fit(codes, is_accepted(codes)).objective.plausibility
    for circuit in (plausibility.accepted, plausibility.denied):
        assert len(circuit.factors.prior) == 3


def test_progress_is_told_line_by_line():
    fitter, codes, lines = make_fitter(120)
    fitter.fit(codes, is_accepted(codes))
    assert [line.split()[0] for line in lines] == ["densities:", "generator:", "epoch"]
