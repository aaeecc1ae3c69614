"""Texts fit into pictures."""

import sys
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpar.inspection._style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    SERIES,
    canvas,
    hide_overlaps,
    plain,
    wrapped,
)
from skpar.report.page._html import style


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match="extra 'plot'.*to_html"):
        canvas(None, 1.0, 1.0)


@pytest.mark.parametrize(
    "sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00"
)
def test_characters_that_turn_text_around_are_replaced(sign):
    assert plain(f"a{sign}$") == "a\ufffd\\$"
    assert wrapped(f"one{sign} two") == "one\ufffd two"


def test_names_take_three_lines_at_most():
    assert wrapped("word " * 100).count("\n") == 2
    assert max(map(len, wrapped("word " * 100).split("\n"))) <= 28
    assert wrapped("") == ""


@given(st.text(" abcdefgh-$", max_size=120), st.integers(8, 30), st.integers(1, 4))
def test_any_name_fits_into_its_lines(name, width, n_lines):
    lines = wrapped(name, width, n_lines).replace(r"\$", "$").split("\n")
    assert len(lines) <= n_lines
    assert max(map(len, lines)) <= max(width, len(name) * (not name.strip()))


def test_a_word_that_is_longer_than_a_line_has_hyphens():
    lines = wrapped("eine Wahrscheinlichkeit", 12, 4).split("\n")
    assert lines == ["eine", "Wahrscheinl-", "ichkeit"]


def test_of_texts_that_overlap_the_first_is_shown():
    figure, ax = plt.subplots()
    texts = [ax.text(x, 0.5, "a word") for x in (0.5, 0.52, 0.9)]
    hide_overlaps(figure, [texts, [ax.text(0.52, 0.5, "of another group")]])
    assert [text.get_visible() for text in texts] == [True, False, True]
    assert all(text.get_visible() for text in ax.texts[3:])


def test_dollars_are_no_mathematics():
    assert plain("$a$") == r"\$a\$"


def linear(color):
    rgb = np.array([int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def luminance(color):
    return np.array([0.2126, 0.7152, 0.0722]) @ linear(color)


# What dichromats see, on linear RGB (Machado, Oliveira and Fernandes, 2009).
VISION = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)


def lab(color, vision):
    """CIELAB of a colour as somebody with that vision sees it, for daylight."""
    seen = (np.array(vision) @ linear(color)).clip(0, 1)
    xyz = TO_XYZ @ seen / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION.values(), ids=VISION)
def test_any_colour_vision_tells_the_colours_apart(vision):
    # 2.3 is just noticeable side by side; small marks need several times that.
    for one, other in combinations((*SERIES, GREY), 2):
        assert np.linalg.norm(lab(one, vision) - lab(other, vision)) > 15


def test_the_page_has_the_same_colours():
    assert all(color in style() for color in (BLUE, ORANGE, GREEN, PINK, GREY))


def test_colours_stand_out_from_white():
    for color in SERIES:
        assert 1.05 / (luminance(color) + 0.05) > 2
    assert len(set(SERIES)) == len(SERIES)
