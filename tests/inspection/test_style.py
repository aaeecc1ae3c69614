"""Texts fit into pictures."""

from skpar.inspection._style import SERIES, plain, wrapped


def test_names_take_two_lines_at_most():
    assert wrapped("word " * 100).count("\n") <= 1
    assert max(map(len, wrapped("word " * 100).split("\n"))) <= 28
    assert wrapped("") == ""


def test_dollars_are_no_mathematics():
    assert plain("$a$") == r"\$a\$"


def luminance(color):
    rgb = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_stand_out_from_white():
    for color in SERIES:
        assert 1.05 / (luminance(color) + 0.05) > 2
    assert len(set(SERIES)) == len(SERIES)
