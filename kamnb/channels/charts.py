"""The charts of stage channels on sales, market, profit and buyers: each shows one finished frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from pandas import DataFrame, Series

from kamnb import style
from kamnb.channels import sentences
from kamnb.channels.profit import RATES, deepest_level
from kamnb.formats import NONE, grouped, money_unit, width_of
from kamnb.style import ACCENT, GREY, INK, LIGHT, SOFT
from kamnb.words import currency, say_value, spoken, words

SMALL = 8.5


def list_rows(ax: Axes | None, names: Series, *, extra: float = 0.0) -> Axes:
    """Axes with one row per name from the top down, the names left of the axis."""
    ax = style.canvas(ax, height=1.15 + 0.34 * len(names) + extra)
    ax.set_yticks(range(len(names)), [style.shorten(name, 36) for name in names])
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


def history(table: DataFrame, *, years: DataFrame, ax: Axes | None = None) -> Axes:
    """Every channel's sales by year as small columns, then its latest sales, growth a year, and change as a bar.

    `table`: from `compare_growth`; `years`: from `trace_channels`.
    """
    order = table.sort_values(["net_sales", "channel"], ascending=[False, True], ignore_index=True)
    ax = list_rows(ax, order["channel_name"], extra=0.1 * len(order))
    wide = years.pivot(index="channel", columns="year", values="net_sales").loc[order["channel"]]
    count, largest = len(wide.columns), float(wide.to_numpy().max())
    for row, sales in enumerate(wide.to_numpy(dtype=float)):
        colours = [*[LIGHT] * (count - 1), GREY]
        ax.bar(range(count), -0.86 * sales / largest, bottom=row + 0.42, width=0.7, color=colours)
    texts, unit = write_amounts(order["net_sales"], like=order["change"])
    note_column(ax, 1.55 * count + 0.6, texts, head=words("channels.history.latest", unit=unit))
    rates = [say_value(rate, "rate") for rate in order["cagr"]]
    note_column(ax, 2.0 * count + 0.8, rates, head=words("channels.history.cagr"))
    _bar_changes(ax, order["change"], zero=3.0 * count + 1, length=0.75 * count)
    ax.set_xlim(-0.6, 4.6 * count)
    style.hide_axis(ax.xaxis)
    measured = words("channels.history.measured", first=wide.columns[0], last=wide.columns[-1])
    return style.title(ax, words(**sentences.title_history(table)), measured)


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
    name_marks(ax, table.iloc[0], {"market_growth": "channels.race.market", "growth": "channels.race.ours"})
    style.percent_axis(ax.xaxis, signed=True)
    end, span = leave_room(ax, [*table["market_growth"], *table["growth"]], right=0.95)
    shares = [words("channels.race.share_label", **row) for row in table.to_dict("records")]
    texts, unit = write_amounts(table["share_effect"], signed=True)
    note_column(ax, end + 0.46 * span, shares, head=words("channels.race.share"))
    note_column(ax, end + 0.88 * span, texts, head=words("channels.race.worth", unit=unit))
    return style.title(ax, words(**sentences.title_race(table)), words("channels.race.measured"))


def name_marks(ax: Axes, first: Series, names: Mapping[str, str]) -> None:
    """What the marks of the first row are, above them; two turn away from each other, of three the middle one stands higher."""
    order = sorted(names, key=lambda name: first[name])
    sides = {1: ["center"], 2: ["right", "left"]}.get(len(order), ["center"] * len(order))
    for place, (column, side) in enumerate(zip(order, sides, strict=True)):
        ax.annotate(words(names[column]), (first[column], 0), (0, 19 if place == 1 and len(order) > 2 else 8),
                    textcoords="offset points", ha=side, fontsize=SMALL, color=GREY)


def draw_ranges(ax: Axes, ends: tuple[Series, Series, Series], *, label: str) -> str:
    """From the lowest to the highest of each row as a band, the middle as a dot, all three written; returns the unit.

    `ends`: lowest, middle, highest; `label`: key of the words that take low, middle and most.
    """
    low, middle, high = (values.astype(float) for values in ends)
    rows = range(len(middle))
    ax.hlines(rows, low, high, color=SOFT, linewidth=7)
    ax.scatter(middle, rows, s=58, color=[ACCENT, *[INK] * (len(middle) - 1)], zorder=3)
    end, span = leave_room(ax, [*low, *high], right=0.45)
    texts = [write_amounts(amounts, like=high) for amounts in (middle, low, high)]
    for row, (one, least, most) in enumerate(zip(*(amounts for amounts, _ in texts), strict=True)):
        ax.text(max(high.iloc[row], low.iloc[row]) + 0.03 * span, row, words(label, middle=one, low=least, high=most),
                va="center", fontsize=9)
    ax.set_ylim(len(middle) - 0.4, -0.6)
    ax.grid(False)
    style.hide_axis(ax.xaxis)
    return texts[0][1]


def headroom(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Headroom of every channel: from the lowest to the highest of three estimates, the middle one as a dot.

    `table`: from `estimate_headroom`.
    """
    ax = list_rows(ax, table["channel_name"])
    unit = draw_ranges(ax, (table["headroom_low"], table["headroom"], table["headroom_high"]), label="channels.headroom.label")
    first = table.iloc[0]
    message = words("channels.headroom.message", channel=first["channel_name"], headroom=first["headroom"])
    return style.title(ax, message, words("channels.headroom.measured", unit=unit))


def key_line(ax: Axes, meanings: Mapping[str, str], *, y: float = -0.8) -> None:
    """What the colours mean, in one line above the rows: wording -> colour."""
    start, end = ax.get_xlim()
    place = 0.0
    for text, colour in meanings.items():
        ax.scatter([start + (place + 0.008) * (end - start)], [y - 0.08], s=42, marker="s", color=colour, clip_on=False)
        ax.text(start + (place + 0.022) * (end - start), y, text, color=GREY, fontsize=SMALL)
        place += 0.05 + 0.0125 * width_of(text) * 0.86


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
    name_marks(ax, table.iloc[0], {rate: f"channels.profit.{level}" for level, rate in levels.items()})
    ax.set_ylim(len(table) - 0.4, -1.3)
    style.percent_axis(ax.xaxis)
    end, span = leave_room(ax, table[rates].to_numpy(dtype=float).ravel(), right=0.45)
    texts, unit = write_amounts(table[deepest])
    note_column(ax, end + 0.2 * span, [say_value(rate, "share1") for rate in table[RATES[deepest]]],
          head=words(f"channels.profit.head_{deepest}"))
    note_column(ax, end + 0.42 * span, texts, head=unit)
    return style.title(ax, words(**sentences.title_profit(table)), words("channels.profit.measured"))


def lorenz(table: DataFrame, *, slogan: Mapping[str, object], ax: Axes | None = None) -> Axes:
    """The concentration curve, largest buyers first, with the point where 80 % of sales are reached.

    `table`: from `trace_lorenz`; `slogan`: from `judge_slogan`.
    """
    ax = style.canvas(ax, height=3.6, width=6.2)
    reached, top = float(slogan["accounts_needed"]), float(slogan["top_share"])
    ax.plot([0, 1], [0, 1], color=LIGHT, linewidth=1, linestyle=(0, (4, 3)))
    ax.plot(table["accounts"], table["sales"], color=ACCENT, linewidth=2.2)
    ax.plot([reached, reached, 0], [0, 0.8, 0.8], color=GREY, linewidth=0.9)
    ax.scatter([reached], [0.8], s=50, color=ACCENT, zorder=3)
    ax.scatter([0.2], [0.8], s=44, facecolor="white", edgecolor=GREY, linewidth=1.4, zorder=3)
    ax.annotate("80/20", (0.2, 0.8), (-6, 8), textcoords="offset points", ha="right", color=GREY, fontsize=9)
    ax.annotate(words("channels.lorenz.label", buyers=reached), (reached, 0.8), (10, -14), textcoords="offset points",
                fontsize=9)
    ax.set(xlim=(0, 1), ylim=(0, 1.02), xlabel=words("channels.lorenz.x"), ylabel=words("channels.lorenz.y"))
    style.percent_axis(ax.xaxis)
    style.percent_axis(ax.yaxis)
    style.grid(ax, "both")
    return style.title(ax, words(**sentences.title_lorenz(reached, top=top)), words("channels.lorenz.measured"))
