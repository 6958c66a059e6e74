"""The look: words that wrap and shorten by the width they take, a font that has every letter, titles in two parts."""

import warnings

import matplotlib.pyplot as plt
import pytest

from kamnb import style
from kamnb.formats import width_of


@pytest.mark.parametrize(("text", "columns", "expected"), [
    ("あいうえおかき）く", 14, "あいうえおか\nき）く"), ("あい（うえ", 6, "あい\n（うえ"),
    ("National supermarkets and others", 20, "National\nsupermarkets and\nothers"),
    ("2025年12月まで", 8, "2025年\n12月まで"), ("short", 20, "short"), ("", 5, "")])
def test_text_breaks_where_a_reader_expects_it(text, columns, expected):
    assert style.wrap(text, columns) == expected


@pytest.mark.parametrize("text", ["abc", "あいうえおかきくけこ", "a b c d e f g h i j"])
def test_shortened_text_fits(text):
    assert width_of(style.shorten(text, 9)) <= 9


def test_the_font_has_japanese_chinese_and_the_minus_sign():
    ax = style.canvas(None)
    ax.set_title("髙①㈱ 渠道 −1 ¥ € ● ○ → 増減 简体")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax.figure.canvas.draw()
    plt.close(ax.figure)


def test_a_title_has_a_message_and_what_is_measured():
    ax = style.title(style.canvas(None), "Message", "yen, FY2025")
    assert style.title_parts(ax) == ("Message", "yen, FY2025")
    plt.close(ax.figure)
