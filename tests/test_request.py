import pytest

from skpar._request import check_n_options


@pytest.mark.parametrize(
    ("given", "error"), [(True, TypeError), (1.0, TypeError), (0, ValueError)]
)
def test_a_number_of_options_is_a_positive_whole_number(given, error):
    with pytest.raises(error, match=f"n_options must be .*{given}"):
        check_n_options(given)
