"""What the pages say runs, and every public name is documented."""

import importlib
import inspect
import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from ._loans import split_loans

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PACKAGES = ["skpar", *(f"skpar.{name}" for name in ("density", "inspection"))]
PACKAGES += ["skpar.metrics", "skpar.datasets"]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)

# What numpydoc's validation asks and this project does not: return values without a
# name, prose about one whose type says all, sections that have nothing to say, and its
# own opinion on where a docstring begins.
NOT_ASKED = {"EX01", "SA01", "SA04", "ES01", "RT02", "RT03", "YD01", "GL01"}


def public_objects():
    for package in PACKAGES:
        for name in importlib.import_module(package).__all__:
            if not name.startswith("__"):
                yield f"{package}.{name}"


def public_members():
    """Public classes with methods and properties of their own, public functions."""
    for path in public_objects():
        package, name = path.rsplit(".", 1)
        found = getattr(importlib.import_module(package), name)
        if inspect.isclass(found) or inspect.isfunction(found):
            yield path
        if inspect.isclass(found):
            for member in vars(found):
                value = getattr(found, member)
                described = callable(value) or isinstance(value, property)
                if not member.startswith("_") and described:
                    yield f"{path}.{member}"


def blocks_of(path):
    return BLOCK.findall(path.read_text(encoding="utf-8"))


PAGES = [page.name for page in sorted(DOCS.glob("*.md")) if blocks_of(page)]


def test_blocks_are_found():
    assert {"first.md", "how_to.md"} <= set(PAGES)
    for page in [*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        text = page.read_text(encoding="utf-8")
        assert text.lower().count("```py") == len(blocks_of(page)), page.name


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=pytest.mark.slow if page == "how_to.md" else ())
        for page in PAGES
    ],
)
def test_code_on_pages_runs(page, tmp_path, monkeypatch, capsys):
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    space = {}
    for block in blocks_of(DOCS / page):
        exec(compile(block, page, "exec"), space)
    plt.close("all")
    assert list(tmp_path.iterdir())


def test_code_in_readme_runs():
    loans = split_loans(60)
    space = {"X": loans.X, "y": loans.y, "clf": loans.clf, "X_denied": loans.X[:3]}
    for block in blocks_of(ROOT / "README.md"):
        exec(compile(block, "README.md", "exec"), space)
    assert len(space["report"].options) == 3


def test_every_public_name_is_in_the_reference():
    text = (DOCS / "api.rst").read_text(encoding="utf-8")
    listed, package = [], ""
    for line in text.splitlines():
        if line.startswith(".. module:: "):
            package = line.split(":: ")[1]
        elif re.fullmatch(r"   \w+", line):
            listed.append(f"{package}.{line.strip()}")
    assert sorted(listed) == sorted(public_objects())


@pytest.mark.parametrize("path", sorted(public_members()))
def test_docstrings_are_numpydoc(path):
    validate = pytest.importorskip("numpydoc.validate").validate
    wrong = [error for error in validate(path)["errors"] if error[0] not in NOT_ASKED]
    # Fields with an underscore are private.
    public = [error for error in wrong if not re.search(r"\{'_", error[1])]
    assert public == []


def test_links_of_pages_lead_to_files():
    pages = [*DOCS.glob("*.md"), *(ROOT / "examples" / "benchmarks").glob("*.md")]
    for page in [*pages, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            if target.startswith("auto_examples/"):
                name = target.removeprefix("auto_examples/").removesuffix(".md")
                assert name == "index" or (ROOT / "examples" / f"{name}.py").exists()
            else:
                place = page.parent / target
                names = [place, place.with_suffix(".rst")]
                assert any(name.exists() for name in names), (page.name, target)


def test_paths_on_pages_exist():
    pages = [*DOCS.glob("*.md"), *(ROOT / "examples" / "benchmarks").glob("*.md")]
    for page in [*pages, *(ROOT / "skpar").glob("*_config.py")]:
        text = page.read_text(encoding="utf-8")
        for path in re.findall(r"[`(]((?:examples|docs)/[\w/.]+)[`)]", text):
            assert (ROOT / path).exists(), (page.name, path)


def test_the_gallery_tells_every_example():
    names = {path.name for path in (ROOT / "examples").glob("*.py")}
    order = (DOCS / "_order.py").read_text(encoding="utf-8")
    assert {name for name in names if f'"{name}"' in order} == names
