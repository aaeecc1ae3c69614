"""The order of the packages: each imports only from those before it."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A package imports from packages on lines above its own, and from no others.
ORDER = """
_search_config
_config
_jobs _progress
table
relations
actionability density
classifier
objective
generator metrics datasets
search
report
_answering _output_schema _parameters _request training
_assessing
_recourse inspection
"""
LEVEL = {
    name: level for level, line in enumerate(ORDER.split("\n")) for name in line.split()
}
# The way into a package, for the others; the `__init__` of `density` is for users.
DOORS = {"density": {"skpar.density", "skpar.density._api"}}

PANDAS = {"table", "report", "metrics", "datasets", "inspection"}
PANDAS |= {"_answering", "_assessing", "_output_schema", "_recourse"}
TORCH = {"table", "density", "objective", "generator", "training"}
# Optional packages, and where alone they are imported.
EXTRAS = {"jinja2": "report", "matplotlib": "inspection", "tqdm": "_progress"}
IMPORT_NAMES = {"scikit-learn": "sklearn"}


def _declared():
    """Top-level packages that the project says it needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [need.split(">")[0].strip() for need in project["dependencies"]]
    return {IMPORT_NAMES.get(name, name) for name in names}


def _imported(module, is_package, source):
    """Absolute modules that a module imports from, wherever in its text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                above = parts[: len(parts) - node.level + is_package]
                base = ".".join([*above, base] if base else above)
            yield base


def _complaint(package, name):
    """Say what is wrong with an import in a package; nothing if all is well."""
    top = name.split(".")[0]
    if top == "skpar":
        other = (name.split(".") + [""])[1]
        if other == package:
            return ""
        if LEVEL.get(other, 99) >= LEVEL[package]:
            return f"{name} does not come before {package}"
        doors = DOORS.get(other, {f"skpar.{other}"})
        return "" if name in doors else f"{name} is no way into {other}"
    if top == "pandas" and package not in PANDAS:
        return f"{package} must not import pandas"
    if top == "torch" and package not in TORCH:
        return f"{package} must not import torch"
    if top in EXTRAS:
        return "" if package == EXTRAS[top] else f"{top} is optional"
    known = top in _declared() or top in sys.stdlib_module_names
    return "" if known else f"{top} is no dependency of skpar"


def complaints(module, source, is_package=False):
    """Say what is wrong with a module's imports."""
    if module == "skpar":
        return []
    package = module.split(".")[1]
    if package not in LEVEL:
        return [f"{package} has no place in ORDER of tests/test_imports.py"]
    names = _imported(module, is_package, source)
    return [text for name in names if (text := _complaint(package, name))]


def _modules():
    for path in sorted((ROOT / "skpar").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        yield pytest.param(name, path, is_package, id=name)


@pytest.mark.parametrize(("module", "path", "is_package"), list(_modules()))
def test_packages_import_from_those_before_them(module, path, is_package):
    assert complaints(module, path.read_text(encoding="utf-8"), is_package) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("skpar.table._codes", "from skpar.search import RecourseSearch"),
        ("skpar.table._codes", "from ..search import RecourseSearch"),
        ("skpar.table._codes", "import skpar.search as s"),
        ("skpar.table._codes", "import skpar"),
        ("skpar.table._codes", "from skpar import PARRecourse"),
        ("skpar.table._codes", "def f():\n    from ..objective import Effort"),
        ("skpar.actionability._limits", "from ..classifier import BlackBox"),
        ("skpar.objective._effort", "from ..table._schema import TableSchema"),
        ("skpar.objective._effort", "from ..density.circuit import Circuit"),
        ("skpar._helpers", ""),
        ("skpar.objective._effort", "import pandas as pd"),
        ("skpar.search._search", "from pandas import DataFrame"),
        ("skpar.classifier._black_box", "from torch import nn"),
        ("skpar.report._report", "import torch.nn.functional as F"),
        ("skpar.report._report", "import matplotlib.pyplot as plt"),
        ("skpar.objective._effort", "import requests"),
    ],
)
def test_wrong_imports_are_seen(module, source):
    assert len(complaints(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "is_package", "source"),
    [
        ("skpar.table._schema", False, "import pandas as pd\nimport numpy as np"),
        ("skpar.density", True, "from ._hidden_chow_liu_tree import HiddenChowLiuTree"),
        ("skpar.density.circuit._circuit", False, "from ...table import TableEncoder"),
        ("skpar.density.circuit._circuit", False, "from ._leaves import Leaves"),
        ("skpar.objective._objective", False, "from ..density._api import Circuit"),
        ("skpar._recourse", False, "from .density import HiddenChowLiuTree"),
        ("skpar", True, "from skpar._recourse import PARRecourse"),
    ],
)
def test_right_imports_pass(module, is_package, source):
    assert complaints(module, source, is_package) == []


def test_answering_needs_no_module_that_trains():
    code = "import sys, skpar, skpar.inspection, skpar.metrics\n"
    code += "print([name for name in sys.modules if name.startswith('skpar.training')])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout.strip() == "[]", ran.stderr
