"""The charts of stage channels on the trade: who buys, fair share, sell-in against sell-out."""

from __future__ import annotations

from matplotlib.axes import Axes
from pandas import DataFrame

from kamnb import style
from kamnb.channels import sentences
from kamnb.channels.charts import key_line, leave_room, list_rows, name_marks, note_column, write_amounts
from kamnb.style import ACCENT, GREY, INK, LIGHT
from kamnb.words import say_value, words


def structure(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Share of the four largest buyers in the trade (ring) and in our sales (dot), by channel.

    `table`: from `compare_trade`.
    """
    ax = list_rows(ax, table["channel_name"])
    rows, trade, ours = range(len(table)), table["cr4_trade"], table["cr4_ours"]
    known = trade.notna() & ours.notna()
    ax.hlines([row for row in rows if known.iloc[row]], trade[known], ours[known], color=LIGHT, linewidth=3, zorder=1)
    ax.scatter(trade, rows, s=52, facecolor="white", edgecolor=GREY, linewidth=1.6, zorder=2)
    ax.scatter(ours, rows, s=58, color=[ACCENT if wide else INK for wide in ours - trade > sentences.NEAR], zorder=3)
    marks = {"cr4_ours": "channels.structure.ours", **({"cr4_trade": "channels.structure.trade"} if known.iloc[0] else {})}
    name_marks(ax, table.iloc[0], marks)
    style.percent_axis(ax.xaxis)
    end, span = leave_room(ax, [*trade, *ours], right=0.5)
    note_column(ax, end + 0.2 * span, [say_value(n, "count") for n in table["buyers"]], head=words("channels.structure.buyers"))
    note_column(ax, end + 0.42 * span, [say_value(n, "index") for n in table["hhi_ours"]], head=words("channels.structure.hhi"))
    return style.title(ax, words(**sentences.title_structure(table)), words("channels.structure.measured"))


def fair(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """What more stores, more sales per store, and both together are worth at each account.

    `table`: from `measure_fair_share`.
    """
    ax = list_rows(ax, table["name"], extra=0.1)
    rows, start = range(len(table)), table["by_coverage"].astype(float) * 0
    colours = {"by_coverage": ACCENT, "by_in_store": GREY, "by_both": LIGHT}
    for lever, colour in colours.items():
        worth = table[lever].astype("Float64").astype(float).fillna(0.0)
        ax.barh(rows, worth, left=start, height=0.52, color=colour)
        start = start + worth
    end, span = leave_room(ax, start, right=0.95)
    ax.grid(False)
    style.hide_axis(ax.xaxis)
    texts, unit = write_amounts(table["lever_total"])
    for row, text in enumerate(texts):
        ax.text(start.iloc[row] + 0.015 * span, row, text, va="center", fontsize=9)
    for place, share in enumerate(("weighted", "in_store", "purchase_share")):
        note_column(ax, end + (0.38 + 0.26 * place) * span, [say_value(value, "share1") for value in table[share]],
                    head=words(f"channels.fair.{share}"))
    ax.set_ylim(len(table) - 0.4, -1.9)
    key_line(ax, {words(f"channels.fair.{lever}"): colour for lever, colour in colours.items()}, y=-1.5)
    sums = {lever: int(table[lever].fillna(0).sum()) for lever in colours}
    case = "stores" if sums["by_coverage"] > sums["by_in_store"] else "shelf"
    return style.title(ax, words(f"channels.fair.{case}", stores=sums["by_coverage"], shelf=sums["by_in_store"]),
                       words("channels.fair.measured", unit=unit))


def flows(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Growth of what customers bought from us (dot) and of what they sold on (ring), and their stock.

    `table`: from `compare_flows`.
    """
    ax = list_rows(ax, table["name"])
    rows = range(len(table))
    filled = table["stock_flag"] == "filled"
    known = table["growth_in"].notna() & table["growth_out"].notna()
    ax.hlines([row for row in rows if known.iloc[row]], table["growth_out"][known], table["growth_in"][known], color=LIGHT,
              linewidth=3, zorder=1)
    ax.scatter(table["growth_out"], rows, s=52, facecolor="white", edgecolor=GREY, linewidth=1.6, zorder=2)
    ax.scatter(table["growth_in"], rows, s=58, color=[ACCENT if flag else INK for flag in filled], zorder=3)
    name_marks(ax, table.iloc[0], {"growth_out": "channels.flows.out", "growth_in": "channels.flows.into"})
    style.percent_axis(ax.xaxis, signed=True)
    end, span = leave_room(ax, [*table["growth_in"], *table["growth_out"]], right=1.0)
    stock = [words("channels.flows.months", **row) for row in table[["stock_months", "usual_months"]].to_dict("records")]
    texts, unit = write_amounts(table["surplus_sales"].fillna(0.0), signed=True)
    note_column(ax, end + 0.5 * span, stock, head=words("channels.flows.stock"))
    note_column(ax, end + 0.92 * span, texts, head=words("channels.flows.surplus", unit=unit))
    told = table.iloc[0]
    case = "filled" if filled.iloc[0] else "calm"
    message = words(f"channels.flows.{case}", name=told["name"], into=told["growth_in"], out=told["growth_out"])
    return style.title(ax, message, words("channels.flows.measured"))
