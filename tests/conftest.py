"""What every test shares: the process is left as it was found."""

import os

# Threads cost more than they save on small tables. Read when numpy and torch load.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
import pytest
import torch
from hypothesis import settings

from skpar import PARRecourse

from ._configs import TRAINING

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


def pytest_sessionstart():
    """Train with less effort: the tables of tests and doctests are small.

    What a fit learns from does not depend on how long its table is, and hundreds of
    fits would cost the tests most of their time. Guarantees hold however little was
    learned.
    """
    PARRecourse.training_config = TRAINING


def pytest_terminal_summary(terminalreporter):
    """Show what the run cost: the default suite is kept below five minutes."""
    used = os.times()
    seconds = sum(used[:4])  # user and system, of this process and its children
    terminalreporter.write_line(f"CPU time: {seconds:.0f} s")
