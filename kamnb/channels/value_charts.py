"""The charts of stage channels on what is left: the price ladder, the whale curve, the stress test."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from pandas import DataFrame, Series

from kamnb import style
from kamnb.channels import sentences
from kamnb.channels.charts import leave_room, list_rows, note_column, write_amounts
from kamnb.settings import ChannelSettings
from kamnb.style import ACCENT, GREY, INK, LIGHT, SOFT
from kamnb.words import say_value, words

SHOWN = 10


def ladder(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """From the list price of all we sold down to what is left, step by step.

    `table`: from `stack_ladder`.
    """
    names = Series([words(f"channels.ladder.bars.{bar}") for bar in table["bar"]])
    ax = list_rows(ax, names, extra=-0.06 * len(table))
    start, end = table["start"].astype(float), table["end"].astype(float)
    colours = [GREY if total else SOFT for total in table["total"]]
    colours[-1] = ACCENT
    ax.barh(range(len(table)), end - start, left=start, height=0.6, color=colours)
    listed = float(table["amount"].iloc[0])
    texts, unit = write_amounts(table["amount"])
    right, span = leave_room(ax, [*start, *end], right=0.36)
    note_column(ax, right + 0.17 * span, texts, head=unit)
    note_column(ax, right + 0.34 * span, [say_value(amount / listed, "share1") for amount in table["amount"]],
                head=words("channels.ladder.of_list"))
    ax.grid(False)
    style.hide_axis(ax.xaxis)
    shares = table.set_index("bar")["amount"].astype(float) / listed
    message = words("channels.ladder.message", pocket=shares["pocket"], left=shares["net"])
    return style.title(ax, message, words("channels.ladder.measured"))


def whale(table: DataFrame, *, facts: Mapping[str, object], ax: Axes | None = None) -> Axes:
    """Profit added up over the accounts, best first: how high it climbs before the loss makers take their part.

    `table`: from `trace_whale`; `facts`: from `summarise_whale`.
    """
    ax = style.canvas(ax, height=3.4, width=6.6)
    ax.axhline(1, color=LIGHT, linewidth=0.9, linestyle=(0, (4, 3)))
    ax.plot(table["accounts"], table["share"], color=ACCENT, linewidth=2.2)
    earning = facts["peak_share"] == facts["peak_share"]  # a total that is not positive has no shares
    peak, fifth = int(facts["peak_accounts"]), -(-len(table[1:]) // 5)
    notes = [(peak, "peak", {"share": table["share"].iloc[peak], "accounts": peak}, (-8, 9), "right")]
    notes += [(fifth, "top", {"share": facts["top_20"]}, (10, -12), "left")] if earning else []
    for rank, name, values, shift, side in notes:
        place = (table["accounts"].iloc[rank], table["share"].iloc[rank])
        ax.scatter(*place, s=48, color=ACCENT if name == "peak" else "white", edgecolor=GREY if name == "top" else ACCENT, zorder=3)
        ax.annotate(words(f"channels.whale.{name}", **values), place, shift, ha=side, textcoords="offset points", fontsize=9)
    low, high = min(0.0, float(table["share"].min())), max(1.12, float(table["share"].max()) * 1.13)
    ax.set(xlim=(0, 1.01), ylim=(low, high), xlabel=words("channels.whale.x"),
           ylabel=words("channels.whale.y" if earning else "channels.whale.y_earning"))
    style.percent_axis(ax.xaxis)
    style.percent_axis(ax.yaxis)
    style.grid(ax, "y")
    case = "losers" if facts["losers"] else "none"
    message = words(f"channels.whale.{case}", losers=facts["losers"], lost=facts["lost"], top=facts["top_20"])
    return style.title(ax, message, words("channels.whale.measured"))


def stress(table: DataFrame, *, settings: ChannelSettings, ax: Axes | None = None) -> Axes:
    """The largest buyers: share of sales as a bar, share of what we earn that would go with them as a dot.

    `table`: from `stress_buyers`.
    """
    top = table.head(SHOWN)
    ax = list_rows(ax, top["group_name"])
    rows = range(len(top))
    ax.barh(rows, top["share"], height=0.52, color=LIGHT)
    colours = [ACCENT if flag.startswith("from_") else INK for flag in top["flag"]]
    ax.scatter(top["risk_share"], rows, s=52, color=colours, zorder=3)
    style.percent_axis(ax.xaxis)
    end, span = leave_room(ax, [sentences.KEY, *top["share"], *top["risk_share"]], right=1.1)
    ax.plot([sentences.KEY] * 2, [-0.5, len(top) - 0.5], color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    texts, unit = write_amounts(top["at_risk"].astype("Float64").astype(float))
    note_column(ax, end + 0.16 * span, [say_value(share, "share1") for share in top["share"]], head=words("channels.stress.share"))
    note_column(ax, end + 0.58 * span, texts, head=words("channels.stress.risk", unit=unit))
    months = [words("channels.stress.back", months=value) if value == value else words("channels.stress.long") for value in
              top["months_back"]]
    note_column(ax, end + 1.06 * span, months, head=words("channels.stress.recovery"))
    measured = words("channels.stress.measured", avoidable=settings.avoidable, growth=settings.replacement)
    return style.title(ax, words(**sentences.title_stress(table)), measured)
