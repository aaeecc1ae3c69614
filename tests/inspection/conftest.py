"""Pictures are drawn without a screen, and closed."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True, scope="session")
def no_screen():
    """Draw into memory; figures that docstrings left are closed."""
    plt.close("all")
    mpl.use("Agg")


@pytest.fixture(autouse=True)
def closed_figures():
    """Close what a test drew."""
    yield
    plt.close("all")
