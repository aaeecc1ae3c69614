"""The order of the examples in the gallery."""

STORY = (
    "first_recourse.py",
    "your_own_table.py",
    "in_a_pipeline.py",
    "choose_weights.py",
    "money.py",
    "custom_metric.py",
    "encoded_frames.py",
)


class Story:
    """Sort key of the gallery: other examples come last."""

    def __init__(self, src_dir: str) -> None:
        self.src_dir = src_dir

    def __call__(self, filename: str) -> tuple[int, str]:
        """Give the place of an example."""
        place = STORY.index(filename) if filename in STORY else len(STORY)
        return place, filename
