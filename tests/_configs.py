"""Constants that the tests run with: small tables teach as much in less time."""

import dataclasses

from skpar._config import SearchConfig, TrainingConfig

SEARCH = SearchConfig()
SHIPPED = TrainingConfig()
TRAINING = dataclasses.replace(
    SHIPPED,
    min_crossed_rows=700,
    first_surrogate_epochs=8,
    surrogate_epochs=4,
    drawn_per_denied=1,
    min_factuals=0,
)
