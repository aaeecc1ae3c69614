"""Progress is shown by tqdm if it is installed, else in lines, or not at all."""

from __future__ import annotations

import sys
import types

import pytest

from skpar import _progress
from skpar._progress import Progress


class Bar:
    """Replaces a bar of tqdm."""

    made: list[Bar] = []

    def __init__(self, **options):
        self.inputs, self.is_open = [], True
        self.total, self.unit = options["total"], options["unit"]
        Bar.made.append(self)

    def set_postfix_str(self, line):
        self.inputs.append(line)

    def update(self, n_steps):
        self.inputs.append(n_steps)

    def close(self):
        self.is_open = False


@pytest.fixture
def tqdm(monkeypatch):
    monkeypatch.setattr(Bar, "made", [])
    monkeypatch.setattr(_progress, "find_spec", lambda name: name == "tqdm")
    auto = types.ModuleType("tqdm.auto")
    auto.tqdm = Bar
    monkeypatch.setitem(sys.modules, "tqdm", types.ModuleType("tqdm"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", auto)


def test_lines_are_printed_without_tqdm(monkeypatch, capsys):
    monkeypatch.setattr(_progress, "find_spec", lambda name: None)
    with Progress(1) as progress:
        progress.report("densities")
    assert capsys.readouterr().out == "[PARRecourse] densities\n"


def test_a_bar_is_moved_and_closed_with_tqdm(tqdm, capsys):
    with pytest.raises(ZeroDivisionError), Progress(1) as progress:
        progress.report("densities")
        raise ZeroDivisionError
    (bar,) = Bar.made
    assert bar.inputs == ["densities", 1]
    assert bar.total is None
    assert not bar.is_open
    assert not capsys.readouterr().out


def test_a_known_number_of_steps_is_shown(tqdm):
    with Progress(1, 5, "people") as progress:
        progress.report("answered 3 of 5", 3)
    (bar,) = Bar.made
    assert (bar.total, bar.unit) == (5, " people")
    assert bar.inputs == ["answered 3 of 5", 3]


def test_nothing_is_shown_unless_wanted(tqdm, capsys):
    with Progress(0) as progress:
        progress.report("densities")
    assert not Bar.made
    assert not capsys.readouterr().out
