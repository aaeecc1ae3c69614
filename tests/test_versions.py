"""The oldest supported versions are those that are tested."""

import re
import tomllib
from pathlib import Path

from packaging.version import Version

ROOT = Path(__file__).parents[1]


def pinned(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)$", text, re.MULTILINE))


def bounds():
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["plot"]]
    return dict(text.split(">=") for text in needed)


def test_the_lower_bounds_are_tested():
    oldest = pinned(".ci/constraints-oldest.txt")
    assert len(bounds()) > 6
    assert bounds() == {name: oldest.get(name) for name in bounds()}


def test_no_oldest_version_is_newer_than_the_usual_one():
    usual = pinned(".ci/constraints.txt")
    for name, version in pinned(".ci/constraints-oldest.txt").items():
        assert name not in usual or Version(version) < Version(usual[name]), name
