"""The charts of stage channels on the accounts inside: the grid with its treatments, and moves between classes."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from pandas import DataFrame

from kamnb import style
from kamnb.channels import sentences
from kamnb.channels.charts import SMALL
from kamnb.style import ACCENT, GREY, INK, LIGHT
from kamnb.words import name_code, words

CLASSES = ("A", "B", "C", "none")


def fields(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """The three by three fields of size and steadiness: accounts, share of sales, what they leave, and their treatment.

    `table`: from `lay_grid`.
    """
    ax = style.canvas(ax, height=4.3)
    most = float(table["share"].max()) or 1.0
    for field in table.to_dict("records"):
        x, y, shade = "XYZ".index(field["class_xyz"]), "ABC".index(field["class_abc"]), field["share"] / most
        ax.add_patch(Rectangle((x + 0.02, y + 0.03), 0.96, 0.94, facecolor=ACCENT, alpha=0.06 + 0.84 * shade, linewidth=0))
        ink = "white" if shade > 0.45 else INK
        ax.text(x + 0.06, y + 0.22, words("channels.fields.label", **field), fontsize=10, color=ink, va="center")
        if field["profit_left"] == field["profit_left"] and field["accounts"]:
            ax.text(x + 0.06, y + 0.46, words("channels.fields.left", profit=field["profit_left"]), fontsize=SMALL, color=ink,
                    va="center")
        treatment = name_code(field["treatment"])
        ax.text(x + 0.06, y + 0.74, style.wrap(treatment, 34), fontsize=SMALL, color=ink, va="center", linespacing=1.2)
    ax.set(xlim=(0, 3), ylim=(3, 0))
    ax.set_xticks([0.5, 1.5, 2.5], [words(f"channels.fields.{name}") for name in "xyz"])
    ax.set_yticks([0.5, 1.5, 2.5], [words(f"channels.fields.{name}") for name in "abc"])
    ax.tick_params(length=0, colors=INK)
    ax.xaxis.tick_top()
    ax.spines["bottom"].set_visible(False)
    return style.title(ax, words(**sentences.title_fields(table)), words("channels.fields.measured"))


def moves(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """From which size class (rows) to which (columns) accounts moved in the latest year.

    `table`: the matrix of `trace_moves`.
    """
    ax = style.canvas(ax, height=2.9, width=6.4)
    for field in table[table["class_from"].isin(CLASSES) & table["class_to"].isin(CLASSES)].to_dict("records"):
        x, y = CLASSES.index(field["class_to"]), CLASSES.index(field["class_from"])
        if not field["accounts"]:
            continue
        colour = LIGHT if x == y else ACCENT if x < y else GREY
        ax.add_patch(Rectangle((x + 0.03, y + 0.05), 0.94, 0.9, facecolor=colour, alpha=0.35 if x == y else 0.75, linewidth=0))
        ax.text(x + 0.5, y + 0.5, words("channels.moves.label", **field), ha="center", va="center", fontsize=9,
                color=INK if x == y else "white", linespacing=1.3)
    ax.set(xlim=(0, 4), ylim=(4, 0))
    names = [words("channels.moves.nothing") if name == "none" else name_code(name) for name in CLASSES]
    ax.set_xticks([0.5, 1.5, 2.5, 3.5], names)
    ax.set_yticks([0.5, 1.5, 2.5, 3.5], names)
    ax.xaxis.tick_top()
    ax.tick_params(length=0, colors=INK)
    ax.spines["bottom"].set_visible(False)
    places = {name: place for place, name in enumerate(CLASSES)}
    step = table["class_to"].map(places) - table["class_from"].map(places)
    message = words("channels.moves.message", up=int(table.loc[step < 0, "accounts"].sum()),
                    down=int(table.loc[step > 0, "accounts"].sum()))
    return style.title(ax, message, words("channels.moves.measured"))
