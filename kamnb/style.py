"""The look of every chart: theme, one accent colour, a font that has Japanese and Chinese, titles that are messages."""

from __future__ import annotations

import re
from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from kamnb.formats import grouped, money_unit, width_of
from kamnb.typefaces import packaged_font
from kamnb.words import WIDE, currency, say_value, spoken

ACCENT = "#00707A"
SOFT = "#8FC1C5"
INK = "#1F2933"
GREY = "#7B8794"
LIGHT = "#C5CCD3"
GRID = "#E8ECEF"
SHADES = (ACCENT, INK, GREY, SOFT, LIGHT, "#45525E", "#5E9EA3", "#A8B1BA")
FONTS = {"en": {"latin": "Arial", "wide": "Yu Gothic"}, "ja": {"latin": "Arial", "wide": "Yu Gothic"},
         "zh": {"latin": "Arial", "wide": "Microsoft YaHei"}}  # of files that are read on other machines
WIDTH = 8.2
PIECES = re.compile(rf"[（「『]*(?:[^\s{WIDE}]+[年月日円億万件社名店]?|[{WIDE}])[）。、」』・ー％，；：%]*\s*|\s+")


@cache
def font_family() -> str:
    """Name of the packaged font with Latin, Japanese and Chinese glyphs, registered with matplotlib."""
    file = str(packaged_font())
    font_manager.fontManager.addfont(file)
    return font_manager.FontProperties(fname=file).get_name()


def theme() -> None:
    """Set seaborn's and matplotlib's defaults to the house style. (seaborn resets the font: it is set after it.)"""
    sns.set_theme(style="white", palette=list(SHADES))
    mpl.rcParams.update({
        "font.family": [font_family()], "font.size": 9.5, "axes.unicode_minus": True, "axes.edgecolor": LIGHT,
        "axes.labelcolor": GREY, "axes.labelsize": 9, "axes.titlesize": 11.5, "axes.titleweight": "regular",
        "axes.titlecolor": INK, "text.color": INK, "xtick.color": GREY, "ytick.color": INK, "xtick.labelsize": 9,
        "ytick.labelsize": 9.5, "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
        "grid.color": GRID, "grid.linewidth": 0.8, "axes.axisbelow": True, "legend.frameon": False,
        "legend.fontsize": 9, "figure.dpi": 100, "savefig.dpi": 160, "figure.facecolor": "white",
        "figure.max_open_warning": 0, "text.parse_math": False,
    })


def canvas(ax: Axes | None, *, height: float = 3.4, width: float = WIDTH) -> Axes:
    """`ax`, or the axes of a new figure of `width` x `height` inches in the house style."""
    if ax is not None:
        return ax
    if mpl.rcParams["font.family"] != [font_family()]:
        theme()
    return plt.subplots(figsize=(width, height))[1]


def title(ax: Axes, message: str, measured: str) -> Axes:
    """`ax` with its message as the title's first line, and what is measured, the unit and the period as the second."""
    ax.set_title(f"{message}\n{measured}", loc="left", pad=12)
    return ax


def title_parts(ax: Axes) -> tuple[str, str]:
    """The message and the measured line that `title` put on `ax`."""
    message, _, measured = ax.get_title(loc="left").partition("\n")
    return message, measured


def money_axis(axis: Axis, largest: float) -> str:
    """Tick labels of `axis` in a fitting unit of money; returns the unit's wording for the measured line.

    `largest`: largest amount drawn, in minor units.
    """
    divisor, digits, unit = money_unit(largest, language=spoken(), currency=currency())
    span = abs(largest) / divisor
    shown = digits if span < 10 else 0
    axis.set_major_formatter(FuncFormatter(lambda value, _: grouped(value / divisor, shown)))
    axis.set_major_locator(MaxNLocator(5))
    return unit


def percent_axis(axis: Axis, *, signed: bool = False) -> None:
    """Tick labels of `axis` as percentages of fractions."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: say_value(value, "rate" if signed else "share").replace(".0%", "%")))
    axis.set_major_locator(MaxNLocator(6))


def hide_axis(axis: Axis) -> None:
    """No ticks, labels or line on `axis`: the numbers stand at the marks themselves."""
    axis.set_visible(False)
    axis.axes.spines["bottom" if axis.axis_name == "x" else "left"].set_visible(False)


def grid(ax: Axes, which: str = "x") -> None:
    """Quiet grid lines across axis `which` ("x", "y" or "both")."""
    ax.grid(True, axis=which)
    ax.tick_params(length=0)


def shorten(text: str, columns: int = 28) -> str:
    """`text` cut to `columns` with an ellipsis; the full text stands in the table."""
    if width_of(text) <= columns:
        return text
    kept = ""
    for letter in text:
        if width_of(kept + letter) > columns - 1:
            break
        kept += letter
    return kept + "…"


def wrap(text: str, columns: int = 18) -> str:
    """`text` broken into lines of at most `columns`: Western words whole, Japanese and Chinese anywhere but before a closing mark."""
    lines, line = [], ""
    for piece in PIECES.findall(text):
        if line and width_of(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return "\n".join([*lines, line.rstrip()])
