"""The charts of stage channels on sales, market, profit and buyers: each shows one finished frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from pandas import DataFrame, Series

from kamnb import style
from kamnb.channels import sentences
from kamnb.channels.profit import RATES, deepest_level
from kamnb.formats import NONE, grouped, money_unit
from kamnb.style import ACCENT, GREY, INK, LIGHT, SOFT
from kamnb.words import currency, say_value, spoken, words

SMALL = 8.5
SHOWN = 10


def list_rows(ax: Axes | None, names: Series, *, extra: float = 0.0) -> Axes:
    """Axes with one row per name from the top down, the names left of the axis."""
    ax = style.canvas(ax, height=1.15 + 0.34 * len(names) + extra)
    ax.set_yticks(range(len(names)), [style.shorten(name, 30) for name in names])
    ax.set_ylim(len(names) - 0.4, -1.0)
    ax.tick_params(length=0)
    return ax


def note_column(ax: Axes, x: float, texts: Iterable[str], *, head: str) -> None:
    """A column of texts that ends at `x`, one per row, under a grey head."""
    ax.text(x, -0.8, head, ha="right", color=GREY, fontsize=SMALL)
    for row, text in enumerate(texts):
        ax.text(x, row, text, ha="right", va="center", fontsize=9)


def write_amounts(amounts: Series, *, like: Series | None = None, signed: bool = False) -> tuple[list[str], str]:
    """`amounts` in one unit of money that fits them (or `like`), and the wording of the unit."""
    largest = (amounts if like is None else like).astype(float).abs().max()
    divisor, digits, unit = money_unit(largest, language=spoken(), currency=currency())
    return [NONE if v != v else grouped(v / divisor, digits, signed=signed) for v in amounts.astype(float)], unit


def leave_room(ax: Axes, values: Iterable[float], *, right: float) -> tuple[float, float]:
    """Ticks over the range of `values` and zero only, and free space right of it (`right` x the span): end and span."""
    known = [0.0, *(value for value in values if value == value)]
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    ax.set_xlim(low - 0.05 * span, high + right * span)
    ticks = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)
    ax.set_xticks([tick for tick in ticks if low - 0.02 * span <= tick <= high + 0.02 * span])
    style.grid(ax)
    ax.spines["bottom"].set_visible(False)
    return high, span


def history(table: DataFrame, *, growth: DataFrame, ax: Axes | None = None) -> Axes:
    """Every channel's sales by year as small columns, then its latest sales, growth a year, and change as a bar.

    `table`: from `trace_channels`; `growth`: from `compare_growth`.
    """
    order = growth.sort_values(["net_sales", "channel"], ascending=[False, True], ignore_index=True)
    ax = list_rows(ax, order["channel_name"], extra=0.1 * len(order))
    wide = table.pivot(index="channel", columns="year", values="net_sales").loc[order["channel"]]
    years, largest = len(wide.columns), float(wide.to_numpy().max())
    for row, sales in enumerate(wide.to_numpy(dtype=float)):
        colours = [*[LIGHT] * (years - 1), GREY]
        ax.bar(range(years), -0.86 * sales / largest, bottom=row + 0.42, width=0.7, color=colours)
    texts, unit = write_amounts(order["net_sales"], like=order["change"])
    note_column(ax, 1.55 * years + 0.6, texts, head=words("channels.history.latest", unit=unit))
    rates = [say_value(rate, "rate") for rate in order["cagr"]]
    note_column(ax, 2.0 * years + 0.8, rates, head=words("channels.history.cagr"))
    _bar_changes(ax, order["change"], zero=3.0 * years + 1, length=0.75 * years)
    ax.set_xlim(-0.6, 4.6 * years)
    style.hide_axis(ax.xaxis)
    measured = words("channels.history.measured", first=wide.columns[0], last=wide.columns[-1])
    return style.title(ax, words(**sentences.title_history(growth)), measured)


def _bar_changes(ax: Axes, changes: Series, *, zero: float, length: float) -> None:
    """Bars of money from a line at `zero`, with their amounts; the largest in the accent colour."""
    texts, unit = write_amounts(changes, signed=True)
    bars = length * changes.astype(float) / (changes.abs().max() or 1)
    ax.barh(range(len(bars)), bars, left=zero, height=0.42,
            color=[ACCENT if bar == bars.max() and bar > 0 else GREY for bar in bars])
    ax.plot([zero, zero], [-0.45, len(bars) - 0.55], color=LIGHT, linewidth=0.8)
    ax.text(zero, -0.8, words("channels.history.change", unit=unit), ha="center", color=GREY, fontsize=SMALL)
    for row, (bar, text) in enumerate(zip(bars, texts, strict=True)):
        ax.text(zero + bar + (0.15 if bar >= 0 else -0.15), row, text, ha="left" if bar >= 0 else "right", va="center",
                fontsize=9)


def race(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Growth of the market (ring) and ours (dot) by channel, with our share and what its change is worth.

    `table`: from `race_market`.
    """
    ax = list_rows(ax, table["channel_name"])
    rows = range(len(table))
    ax.hlines(rows, table["market_growth"], table["growth"], color=LIGHT, linewidth=3, zorder=1)
    ax.scatter(table["market_growth"], rows, s=52, facecolor="white", edgecolor=GREY, linewidth=1.6, zorder=2)
    ax.scatter(table["growth"], rows, s=58, color=[ACCENT if e < 0 else INK for e in table["share_effect"]], zorder=3)
    _name_marks(ax, table.iloc[0], {"market_growth": "channels.race.market", "growth": "channels.race.ours"})
    style.percent_axis(ax.xaxis, signed=True)
    end, span = leave_room(ax, [*table["market_growth"], *table["growth"]], right=0.95)
    shares = [words("channels.race.share_label", **row) for row in table.to_dict("records")]
    texts, unit = write_amounts(table["share_effect"], signed=True)
    note_column(ax, end + 0.46 * span, shares, head=words("channels.race.share"))
    note_column(ax, end + 0.88 * span, texts, head=words("channels.race.worth", unit=unit))
    return style.title(ax, words(**sentences.title_race(table)), words("channels.race.measured"))


def _name_marks(ax: Axes, first: Series, names: Mapping[str, str]) -> None:
    """What the marks of the first row are, above them; neighbours at different heights."""
    for place, column in enumerate(sorted(names, key=lambda name: first[name])):
        ax.annotate(words(names[column]), (first[column], 0), (0, 8 if place != 1 or len(names) < 3 else 19),
                    textcoords="offset points", ha="center", fontsize=SMALL, color=GREY)


def headroom(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Headroom of every channel: from the lowest to the highest of three estimates, the middle one as a dot.

    `table`: from `estimate_headroom`.
    """
    ax = list_rows(ax, table["channel_name"])
    middle, low, high = (table[c].astype(float) for c in ("headroom", "headroom_low", "headroom_high"))
    rows = range(len(table))
    ax.hlines(rows, low, high, color=SOFT, linewidth=7)
    ax.scatter(middle, rows, s=58, color=[ACCENT, *[INK] * (len(table) - 1)], zorder=3)
    end, _ = leave_room(ax, high, right=0.4)
    texts = [write_amounts(amounts, like=high) for amounts in (middle, low, high)]
    for row, (one, least, most) in enumerate(zip(*(amounts for amounts, _ in texts), strict=True)):
        ax.text(high.iloc[row] + 0.03 * end, row, words("channels.headroom.label", middle=one, low=least, high=most),
                va="center", fontsize=9)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.grid(False)
    style.hide_axis(ax.xaxis)
    first = table.iloc[0]
    message = words("channels.headroom.message", channel=first["channel_name"], headroom=first["headroom"])
    return style.title(ax, message, words("channels.headroom.measured", unit=texts[0][1]))


def profit(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """What is left of net sales by channel: after cost of goods, after terms, after service (as far as known).

    `table`: from `sum_profit`.
    """
    ax = list_rows(ax, table["channel_name"], extra=0.15)
    levels = {level: rate for level, rate in RATES.items() if table[rate].notna().any()}
    rates, deepest, rows = list(levels.values()), deepest_level(table), range(len(table))
    ax.hlines(rows, table[rates].min(axis=1), table[rates].max(axis=1), color=LIGHT, linewidth=3, zorder=1)
    for rate, colour in zip(rates, [LIGHT, GREY, INK][-len(rates):], strict=True):
        colours = colour if rate != RATES[deepest] else [*[INK] * (len(table) - 1), ACCENT]
        ax.scatter(table[rate], rows, s=58, color=colours, edgecolor="white", linewidth=0.8, zorder=3)
    _name_marks(ax, table.iloc[0], {rate: f"channels.profit.{level}" for level, rate in levels.items()})
    ax.set_ylim(len(table) - 0.4, -1.3)
    style.percent_axis(ax.xaxis)
    end, span = leave_room(ax, table[rates].to_numpy(dtype=float).ravel(), right=0.45)
    texts, unit = write_amounts(table[deepest])
    note_column(ax, end + 0.2 * span, [say_value(rate, "share1") for rate in table[RATES[deepest]]],
          head=words(f"channels.profit.head_{deepest}"))
    note_column(ax, end + 0.42 * span, texts, head=unit)
    return style.title(ax, words(**sentences.title_profit(table)), words("channels.profit.measured"))


def lorenz(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """The concentration curve, largest buyers first, with the point where 80 % of sales are reached.

    `table`: from `trace_lorenz`.
    """
    ax = style.canvas(ax, height=3.6, width=6.2)
    reached, sales = table.loc[table["sales"] >= 0.8 - 1e-12, ["accounts", "sales"]].iloc[0]
    ax.plot([0, 1], [0, 1], color=LIGHT, linewidth=1, linestyle=(0, (4, 3)))
    ax.plot(table["accounts"], table["sales"], color=ACCENT, linewidth=2.2)
    ax.plot([reached, reached, 0], [0, sales, sales], color=GREY, linewidth=0.9)
    ax.scatter([reached], [sales], s=50, color=ACCENT, zorder=3)
    ax.scatter([0.2], [0.8], s=44, facecolor="white", edgecolor=GREY, linewidth=1.4, zorder=3)
    ax.annotate("80/20", (0.2, 0.8), (-6, 8), textcoords="offset points", ha="right", color=GREY, fontsize=9)
    ax.annotate(words("channels.lorenz.label", buyers=reached), (reached, sales), (10, -14), textcoords="offset points",
                fontsize=9)
    ax.set(xlim=(0, 1), ylim=(0, 1.02), xlabel=words("channels.lorenz.x"), ylabel=words("channels.lorenz.y"))
    style.percent_axis(ax.xaxis)
    style.percent_axis(ax.yaxis)
    style.grid(ax, "both")
    return style.title(ax, words(**sentences.title_lorenz(reached)), words("channels.lorenz.measured"))


def buyers(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """The largest buyers: share of sales as a bar, share of profit as a dot.

    `table`: from `rank_buyers`.
    """
    top = table.head(SHOWN)
    ax = list_rows(ax, top["group_name"])
    rows, known = range(len(top)), bool(top["earned_share"].notna().any())
    ax.barh(rows, top["share"], height=0.52, color=LIGHT)
    colours = [ACCENT if flag not in ("ordinary", "unknown") else INK for flag in top["flag"]]
    ax.scatter(top["earned_share"], rows, s=52, color=colours, zorder=3)
    style.percent_axis(ax.xaxis)
    end, span = leave_room(ax, [sentences.KEY, *top["share"], *top["earned_share"]], right=0.45 if known else 0.2)
    ax.plot([sentences.KEY] * 2, [-0.5, len(top) - 0.5], color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    for place, column in enumerate(["share", "earned_share"][:1 + known]):
        note_column(ax, end + (0.16 + 0.2 * place) * span, [say_value(share, "share1") for share in top[column]],
              head=words(f"channels.buyers.head_{column}"))
    measured = words("channels.buyers.measured" if known else "channels.buyers.measured_sales")
    return style.title(ax, words(**sentences.title_buyers(table)), measured)
