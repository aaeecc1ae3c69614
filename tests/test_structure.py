"""The shape of the code: packages, mirrored tests, short chains of attributes."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SKPAR = ROOT / "skpar"
MODULES = [path for path in sorted(SKPAR.rglob("*.py")) if path.name != "__init__.py"]
PACKAGES = [path.parent for path in sorted(SKPAR.rglob("__init__.py"))]

# The doors and the declarations of other code: tested where they are used.
WITHOUT_TEST = {
    "density/_api.py",
    "search/_fitted_parts.py",
    "_config.py",
    "_search_config.py",
    "relations/_config.py",
}
# Of arrays, not of our objects: they may end a chain.
OF_ARRAYS = {"all", "any", "astype", "copy", "dtype", "shape", "sum", "tolist", "T"}


def _names(path):
    return str(path.relative_to(SKPAR))


def _subpackages(package):
    return [path.parent for path in package.glob("*/__init__.py")]


def test_packages_are_few_and_small():
    assert len(_subpackages(SKPAR)) <= 13
    beside = {path.name for path in SKPAR.iterdir() if path.is_file()}
    assert beside == {
        "__init__.py",
        "py.typed",
        "_answering.py",
        "_assessing.py",
        "_config.py",
        "_jobs.py",
        "_output_schema.py",
        "_parameters.py",
        "_progress.py",
        "_recourse.py",
        "_request.py",
        "_search_config.py",
    }
    for package in PACKAGES[1:]:
        modules = [path for path in package.glob("*.py") if path.name != "__init__.py"]
        assert len(modules) <= 10, package
        # What people see has several forms: advice, pages, records.
        most = 3 if package.name == "report" else 2
        assert len(_subpackages(package)) <= most, package


@pytest.mark.parametrize("path", MODULES, ids=_names)
def test_every_module_has_its_tests(path):
    if _names(path) in WITHOUT_TEST:
        return
    folder = ROOT / "tests" / path.relative_to(SKPAR).parent
    assert (folder / f"test{path.name}").is_file()


def _chain(node):
    """Names of a chain such as a.b.c, or nothing if it begins with a call."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if names and names[0] in OF_ARRAYS:
        names = names[1:]
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else []


def _imported(tree):
    """Names of modules that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname or alias.name).split(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=_names)
def test_no_chain_goes_through_more_than_two_objects(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = set(_imported(tree))
    chains = [
        _chain(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    ]
    long = {
        ".".join(chain)
        for chain in chains
        if len(chain) > 3 and chain[0] not in modules
    }
    assert long == set()


@pytest.mark.parametrize("path", PACKAGES[1:], ids=_names)
def test_every_package_says_what_it_is_for(path):
    tree = ast.parse((path / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
