"""Warnings name the user's file, however deep in skpar they are raised."""

import copy
import functools
import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skpar import PARRecourse
from skpar.classifier import choose_favorable
from skpar.density import HiddenChowLiuTree
from skpar.table import VersionStamp, warn_user

# A function of skpar that warns, two calls deep; in a Pipeline it is called by
# scikit-learn, and in all but the last step by joblib besides.
guess = functools.partial(choose_favorable, favorable_label=None)
LABELS = np.array(["no", "yes"])


@pytest.mark.parametrize(
    "call",
    [
        guess,
        FunctionTransformer(guess).transform,
        FunctionTransformer(guess).fit_transform,
        make_pipeline(FunctionTransformer(guess)).transform,
        make_pipeline(FunctionTransformer(guess), FunctionTransformer()).fit_transform,
    ],
)
def test_the_file_is_that_of_the_caller(call):
    with pytest.warns(UserWarning, match="'yes', the last of") as record:
        call(LABELS)
    assert [warning.filename for warning in record] == [__file__]


def test_the_line_and_the_category_are_those_of_the_call():
    with pytest.warns(FutureWarning, match="soon") as record:
        warn_user("soon", FutureWarning)
    (warning,) = record
    assert warning.filename == __file__
    with open(__file__) as lines:
        assert "warn_user(" in lines.readlines()[warning.lineno - 1]


def test_filters_by_module_see_the_caller():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", module=__name__.replace(".", r"\."))
        warn_user("unheard")
    assert not caught


class Stamped(VersionStamp, BaseEstimator):
    """Some estimator."""

    def __init__(self, a=1):
        self.a = a


@pytest.mark.parametrize("kind", [Stamped, PARRecourse, HiddenChowLiuTree])
def test_a_pickle_of_another_version_says_so(kind, monkeypatch):
    estimator = kind()
    stored = pickle.dumps(estimator)
    assert vars(pickle.loads(stored)) == vars(estimator)
    monkeypatch.setattr("skpar.__version__", "99.0")
    said = (
        f"{kind.__name__} was saved by skpar .* is loaded by skpar 99.0.* fit it again"
    )
    with pytest.warns(UserWarning, match=said) as record:
        loaded = pickle.loads(stored)
    assert [warning.filename for warning in record] == [__file__]
    assert vars(loaded) == vars(estimator)


def test_a_pickle_without_a_version_says_so():
    stored = Stamped(2).__getstate__()
    del stored["_skpar_version"]
    with pytest.warns(UserWarning, match="saved by skpar an unknown version"):
        Stamped().__setstate__(stored)


def test_copies_have_no_stamp():
    estimator = Stamped(2)
    for twin in (clone(estimator), copy.deepcopy(estimator)):
        assert vars(twin) == {"a": 2}
