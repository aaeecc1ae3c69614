"""What the tests of densities share: fitted circuits."""

import numpy as np

from skpar._config import TrainingConfig
from skpar.density._api import fit_circuit

CONFIG = TrainingConfig()


def fit(data, seed=0, config=CONFIG, **options):
    """Fit a circuit to a table that the fixture `encode` has encoded."""
    rng = np.random.RandomState(seed)
    return fit_circuit(
        data.encoder, data.rows, config=config, random_state=rng, **options
    ).circuit
