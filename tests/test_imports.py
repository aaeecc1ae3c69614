"""The module order: each module imports only what stands above it."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ORDER = """
_version
_cells
_codes
_columns
_inference
_writing
_schema
_effort
_rules
_permitted
_permitted_numbers
_permitted_levels
_merging
_limits
_links
_derivation
_ties
_link_reader
_linking
_actionability
_contributions
_rare_rows
_reach
_preparation
_linear
_proof
_encoding
_classifier
_decisions
_ranks
_threads
_progress
_validation
density._kernels
density._leaves
density._structure
density._factors
density._messages
density._queries
density._completion
density._circuit
density._responses
density._expectation
density._batches
density._initial
density._learning
density._hidden_chow_liu_tree
density._tabulated
density
_plausibility
_space
_outliers
_neighborhood
_pairs
_choices
_networks
_surrogate
_stand_in
_objective
_refusals
_options
_landscape
_exploration
_generator
_proposals
_asking
_search
_distillation
_training
_fitting
metrics._answers
metrics._success
metrics._change
metrics._typicality
metrics._nearness
metrics._actionable
metrics._diversity
metrics._robustness
metrics._cost
metrics._scorers
metrics
_intervals
_refitting
_words
_crowd
_background
_portrait
_population
_groups
_svg
_html
_report
_answering
_recourse
inspection._style
inspection._recourse_display
inspection._population_display
inspection._frontier
inspection
datasets._laws
datasets._loans
datasets._tables
datasets
""".split()
MODULES = [f"skpar.{name}" for name in ORDER] + ["skpar"]


def _between(first, last):
    return ORDER[ORDER.index(first) : ORDER.index(last) + 1]


PANDAS = [*_between("_cells", "_schema"), *_between("_words", "_report")]
PANDAS_PACKAGES = ("metrics", "inspection", "datasets")
# The classifier and what is decided about it lie in this stretch, in numpy.
TORCH = set(_between("_encoding", "_fitting")) - {
    "_classifier",
    "_decisions",
    "_ranks",
    "_validation",
}

# Optional packages, and where alone they are imported.
EXTRAS = {"matplotlib": "inspection", "tqdm": "_progress"}

IMPORT_NAMES = {"scikit-learn": "sklearn"}


def _declared():
    """Top-level packages that the project says it needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [need.split(">")[0].strip() for need in project["dependencies"]]
    return {IMPORT_NAMES.get(name, name) for name in names}


def _imported(module, is_package, source):
    """Absolute names that a module imports, wherever in its text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = node.level - is_package
                parts = module.split(".")
                above = parts[: len(parts) - up]
                base = ".".join([*above, base] if base else above)
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in MODULES else base


def complaints(module, source, is_package=False):
    """Say what is wrong with a module's imports, one line each."""
    if module not in MODULES:
        return [f"{module} is not in ORDER of tests/test_imports.py"]
    short = module.removeprefix("skpar.")
    first = short.split(".")[0]
    found = []
    for name in _imported(module, is_package, source):
        top = name.split(".")[0]
        if top == "skpar":
            if name not in MODULES:
                found.append(f"{module} imports {name}, which is not in ORDER")
            elif MODULES.index(name) >= MODULES.index(module):
                found.append(f"{module} imports {name}, which stands below it")
        elif top == "pandas":
            if short not in PANDAS and first not in PANDAS_PACKAGES:
                found.append(f"{module} imports pandas")
        elif top == "torch":
            if short not in TORCH:
                found.append(f"{module} imports torch")
        elif top in EXTRAS:
            if first != EXTRAS[top]:
                found.append(f"{module} imports {top}")
        elif top not in _declared() and top not in sys.stdlib_module_names:
            found.append(f"{module} imports {top}, which is no dependency of skpar")
    return found


def _modules():
    for path in sorted((ROOT / "skpar").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        yield pytest.param(name, path, is_package, id=name)


@pytest.mark.parametrize(("module", "path", "is_package"), list(_modules()))
def test_imports_point_upwards(module, path, is_package):
    assert complaints(module, path.read_text(encoding="utf-8"), is_package) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("skpar._effort", "from skpar._actionability import Actionability"),
        ("skpar._effort", "from skpar import _search"),
        ("skpar._effort", "from ._search import search"),
        ("skpar._effort", "from . import _search"),
        ("skpar._effort", "import skpar._search as s"),
        ("skpar._effort", "import skpar"),
        ("skpar._effort", "from skpar import *"),
        ("skpar._effort", "def f():\n    from skpar._search import search"),
        ("skpar.density._leaves", "from skpar.density import Circuit"),
        ("skpar.density._leaves", "from .._training import learn"),
        ("skpar._search", "from skpar._helpers import help"),
        ("skpar._helpers", ""),
        ("skpar._effort", "import pandas as pd"),
        ("skpar._search", "from pandas import DataFrame"),
        ("skpar._schema", "import torch"),
        ("skpar._classifier", "from torch import nn"),
        ("skpar._report", "import torch.nn.functional as F"),
        ("skpar._report", "import matplotlib.pyplot as plt"),
        ("skpar._effort", "import scipy.stats"),
    ],
)
def test_wrong_imports_are_seen(module, source):
    assert len(complaints(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "is_package", "source"),
    [
        ("skpar._schema", False, "import pandas as pd\nimport numpy as np\nimport re"),
        ("skpar._search", False, "import torch\nfrom skpar.density import Circuit"),
        ("skpar._search", False, "from . import _effort, _encoding"),
        ("skpar.density", True, "from ._circuit import Circuit"),
        ("skpar.density._circuit", False, "from .._encoding import TableEncoder"),
        ("skpar.metrics", True, "import pandas\nfrom sklearn.base import clone"),
        ("skpar", True, "from skpar._recourse import PARRecourse"),
    ],
)
def test_right_imports_pass(module, is_package, source):
    assert complaints(module, source, is_package) == []
