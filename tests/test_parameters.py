import inspect

import pytest
from sklearn.utils._param_validation import InvalidParameterError

from skpar import PARRecourse
from skpar._parameters import PARAMETER_CONSTRAINTS

from ._loans import split_loans


def test_every_parameter_has_a_constraint():
    names = set(inspect.signature(PARRecourse).parameters)
    assert set(PARAMETER_CONSTRAINTS) == names


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("effort", "median"),
        ("weight_effort", -1.0),
        ("max_queries", 0),
        ("min_probability", 1.0),
        ("only_needed", "yes"),
    ],
)
def test_what_breaks_a_constraint_is_refused(name, value):
    loans = split_loans(20)
    par = PARRecourse(**{name: value})
    with pytest.raises(InvalidParameterError, match=f"'{name}' parameter"):
        par.fit(loans.X, loans.y, loans.clf)
