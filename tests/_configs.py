"""Constants that the tests run with: small tables teach as much in less time."""

import dataclasses

from skpar._config import SearchConfig, TrainingConfig

SEARCH = SearchConfig()
SHIPPED = TrainingConfig()
TRAINING = dataclasses.replace(
    SHIPPED,
    min_crossed_rows=700,
    first_surrogate_epochs=6,
    surrogate_epochs=2,
    training_rounds=2,
    drawn_per_denied=1,
    max_factuals=100,
    enough_factuals=100,
    min_factuals=0,
)
# Where the answers do not matter, only what is done with them.
HARDLY = dataclasses.replace(
    TRAINING,
    min_crossed_rows=100,
    first_surrogate_epochs=2,
    surrogate_epochs=1,
    training_rounds=1,
    max_factuals=20,
    enough_factuals=20,
)
