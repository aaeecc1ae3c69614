"""What every test shares: the process is left as it was found."""

import numpy as np
import pytest
import torch
from hypothesis import settings

from skpar.training import _distillation, _fitting

# A deadline would measure how busy the machine is, and a new seed at every run would
# make a failure somebody else's. Whoever looks for failures takes the other profile.
settings.register_profile("skpar", deadline=None, derandomize=True)
settings.register_profile("new-cases", deadline=None, derandomize=False)
settings.load_profile("skpar")


def _process_state():
    name, keys, *rest = np.random.get_state()
    return {
        "numpy's global random state": (name, keys.tobytes(), *rest),
        "torch's global random state": torch.get_rng_state().numpy().tobytes(),
        "torch's default dtype": torch.get_default_dtype(),
        "torch's thread count": torch.get_num_threads(),
        "torch's grad mode": torch.is_grad_enabled(),
    }


@pytest.fixture(autouse=True)
def process_is_left_alone():
    """Fail a test that leaves a trace in the caller's process."""
    before = _process_state()
    yield
    after = _process_state()
    changed = [what for what in before if before[what] != after[what]]
    assert not changed, f"the test changed {' and '.join(changed)}"


SHORT = {
    (_distillation, "_AT_LEAST"): 700,
    (_distillation, "_EPOCHS_AT_FIRST"): 8,
    (_distillation, "_EPOCHS"): 4,
    (_fitting, "_DREAMS_PER_PERSON"): 1,
    (_fitting, "_LEAST_FACTUALS"): 0,
}
WHOLE = {(module, name): getattr(module, name) for module, name in SHORT}


def _patched(constants):
    with pytest.MonkeyPatch.context() as patch:
        for (module, name), value in constants.items():
            patch.setattr(module, name, value)
        yield


@pytest.fixture(autouse=True, scope="session")
def short_lessons():
    """Teach small tables with less patience than the tables of the world.

    What a fit learns from does not depend on how long its table is, and a hundred fits
    would cost the tests most of their time. Promises hold however little was learned.
    """
    yield from _patched(SHORT)


@pytest.fixture
def whole_lessons():
    """Fit as users do."""
    yield from _patched(WHOLE)
