"""Pictures are drawn without a screen, and closed."""

import matplotlib as mpl
import pytest


@pytest.fixture(autouse=True, scope="session")
def no_screen():
    """Draw into memory."""
    mpl.use("Agg")


@pytest.fixture(autouse=True)
def closed_figures():
    """Close what a test drew."""
    import matplotlib.pyplot as plt

    yield
    plt.close("all")
