"""The chart of stage channels on the accounts inside: the grid of size and steadiness with its treatments."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from pandas import DataFrame

from kamnb import style
from kamnb.channels import sentences
from kamnb.channels.charts import SMALL
from kamnb.style import ACCENT, INK
from kamnb.words import name_code, words


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
