"""Partial rows are listed once for each accepted row, in the order of people."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skpar.actionability import People
from skpar.relations import partial_changes
from skpar.search.queries import AcceptedRows
from skpar.search.queries._listed_partials import ListedPartials, Partials
from skpar.table import row_keys

N_FEATURES = 3
ACTING = np.ones(N_FEATURES, dtype=bool)


class Lister:
    """Lists partial changes, the last one first, and counts the rows it is given."""

    def __init__(self):
        self.n_rows = 0

    def of(self, people, rows):
        self.n_rows += len(rows)
        parent, partial = partial_changes(people.codes, rows, ACTING, 5)
        return parent, partial, partial.sum(axis=1)


@st.composite
def accepted_rows(draw):
    n = draw(st.integers(1, 4))
    people = People.unlimited(np.zeros((n, N_FEATURES)))
    cells = st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=3, max_size=3)
    rows = draw(st.lists(st.tuples(st.integers(0, n - 1), cells), max_size=8))
    accepted = AcceptedRows(people.codes, ACTING)
    who = np.array([one for one, _ in rows], dtype=np.int64)
    codes = np.array([row for _, row in rows]).reshape(-1, N_FEATURES)
    yes = np.ones(len(rows), dtype=bool)
    accepted.add(who, codes, np.zeros(len(rows)), yes, yes, yes)
    return people, accepted


@given(accepted_rows(), st.data())
def test_each_call_gives_the_partial_rows_of_the_chosen_rows(case, data):
    people, rows = case
    lister, listed = Lister(), ListedPartials(people)
    seen = set()
    for _ in range(3):
        wanted = [np.flatnonzero(rows.who == i).tolist() for i in range(len(people))]
        chosen = [data.draw(st.sampled_from(some)) for some in wanted if some]
        places = np.array(chosen, dtype=np.int64)
        found = listed.of(rows, places, lister)
        assert (np.diff(found.who) >= 0).all()
        assert np.array_equal(found.who, rows.who[found.parent])
        assert np.array_equal(found.key, row_keys(found.codes, owner=found.who))
        for place in chosen:
            mine = found[found.parent == place]
            who = rows.who[[place]]
            _, partial = partial_changes(
                people.codes[who], rows.codes[[place]], ACTING, 5
            )
            assert np.array_equal(mine.codes, partial)
        assert set(found.parent) <= set(chosen)
        seen |= set(chosen)
    assert lister.n_rows == len(seen)


def test_nothing_listed():
    none = Partials.none(np.zeros((2, N_FEATURES)))
    assert none.codes.shape == (0, N_FEATURES)
    assert len(none.and_more(none).who) == 0
