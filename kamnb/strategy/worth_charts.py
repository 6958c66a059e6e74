"""Charts of what the account could buy and of what is left of its prices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from pandas import DataFrame, Series

from kamnb.formats import grouped, money_unit
from kamnb.strategy.pocket import summarise_corridor
from kamnb.style import (
    ACCENT,
    GREY,
    INK,
    LIGHT,
    SOFT,
    canvas,
    grid,
    hide_axis,
    money_axis,
    percent_axis,
    shorten,
    title,
)
from kamnb.words import currency, say_value, spoken, words

DOWN = ("pocket", "net")  # the bars that carry the message


def whitespace(space: DataFrame, *, account: str, facts: dict, ax: Axes | None = None) -> Axes:
    """Each category: what the account buys of us (dot) and the range that its peers would buy at its size (band).

    `space`: from `benchmark_account`; `facts`: from `summarise_space`.
    """
    ax = canvas(ax, height=0.46 * len(space) + 1.1)
    largest = float(space[["sales", "potential_high"]].astype("Float64").max().max())
    for place, row in enumerate(space.itertuples()):
        _draw_cell(ax, place, row, 0.03 * largest)
    ax.set_yticks(range(len(space)), [shorten(name, 26) for name in space["category"]])
    ax.set_ylim(len(space) - 0.4, -0.6)
    ax.set_xlim(-0.02 * largest, 1.32 * largest)
    unit = money_axis(ax.xaxis, largest)
    grid(ax)
    basis = words(f"strategy.whitespace.basis_{space['basis'].iloc[0]}")
    return title(ax, _space_message(account, facts), words("strategy.whitespace.measured", unit=unit, basis=basis))


def _draw_cell(ax: Axes, place: int, row: object, margin: float) -> None:
    """Band, gap, dot and label of one category."""
    told = not pd.isna(row.potential_high)
    sales, edge = float(row.sales), max(float(row.sales), float(row.potential_high) if told else 0.0)
    open_gap = told and row.gap_high > 0
    if told:
        ax.barh(
            place, float(row.potential_high - row.potential_low), left=float(row.potential_low), color=LIGHT, height=0.5
        )
    if told and row.gap_low > 0:
        ax.plot([sales, float(row.potential_low)], [place, place], color=ACCENT, linewidth=2, solid_capstyle="butt")
    text = "gap" if open_gap and row.gap_low > 0 else "gap_upper" if open_gap else "above"
    ax.plot(sales, place, "o", color=ACCENT if open_gap else INK, markersize=8, markeredgecolor="white", zorder=3)
    ax.text(
        edge + margin,
        place,
        words(f"strategy.whitespace.{text if told else 'few'}", low=row.gap_low, high=row.gap_high),
        va="center",
        fontsize=9,
        color=INK if open_gap else GREY,
    )


def _space_message(account: str, facts: dict) -> str:
    if not facts:
        return words("strategy.whitespace.untold", account=account)
    if facts["category"] is None:
        return words("strategy.whitespace.none", account=account)
    key = "strategy.whitespace.open" if facts["category_sales"] <= 0 else "strategy.whitespace.gap_message"
    return words(key, account=account, category=facts["category"], low=facts["gap_low"], high=facts["gap_high"])


def waterfall(bars: DataFrame, *, account: str, facts: dict, ax: Axes | None = None) -> Axes:
    """From list price down to what is left: standing bars and steps, with amount and share of list price beside each.

    `bars`: from `draw_bars`; `facts`: from `summarise_worth`.
    """
    ax = canvas(ax, height=0.345 * len(bars) + 1.0)
    first = float(bars["amount"].iloc[0])
    for place, row in enumerate(bars.itertuples()):
        low, high = sorted((float(row.start), float(row.end)))
        colour = (
            ACCENT if row.bar in DOWN else INK if row.total else SOFT if row.bar in {"cost", "cost_to_serve"} else GREY
        )
        ax.barh(place, high - low, left=low, color=colour, height=0.68 if row.total else 0.44)
    _connect(ax, bars)
    _label_bars(ax, bars, first)
    return title(ax, _worth_message(account, facts), words("strategy.waterfall.measured", year=facts["year"]))


def _connect(ax: Axes, bars: DataFrame) -> None:
    """Hairlines from the end of one bar to the next."""
    for place, end in enumerate(bars["end"].astype(float).iloc[:-1]):
        ax.plot([end, end], [place, place + 1], color=LIGHT, linewidth=0.8, zorder=0)


def _label_bars(ax: Axes, bars: DataFrame, first: float) -> None:
    """Names at the left, amounts and shares of list price in two columns at the right."""
    divisor, digits, unit = money_unit(first, language=spoken(), currency=currency())
    for place, row in enumerate(bars.itertuples()):
        ink = INK if row.total else GREY
        ax.text(1.20 * first, place, grouped(float(row.amount) / divisor, digits), ha="right", va="center", color=ink)
        ax.text(1.36 * first, place, say_value(row.share, "share1"), ha="right", va="center", color=ink)
    for x, head in ((1.20, unit), (1.36, words("strategy.waterfall.share"))):
        ax.text(x * first, -0.85, head, ha="right", va="bottom", color=GREY, fontsize=8.5)
    ax.set_yticks(range(len(bars)), [words(f"strategy.bars.{bar}") for bar in bars["bar"]])
    for tick, total in zip(ax.get_yticklabels(), bars["total"], strict=True):
        tick.set_color(INK if total else GREY)
    ax.set_ylim(len(bars) - 0.4, -0.75)
    ax.set_xlim(min(float(bars["end"].min()), 0) - 0.01 * first, 1.37 * first)
    ax.axvline(0, color=LIGHT, linewidth=0.8)
    ax.tick_params(length=0)
    hide_axis(ax.xaxis)


def _worth_message(account: str, facts: dict) -> str:
    if "net" in facts:
        key = "strategy.waterfall.loses" if facts["net"] < 0 else "strategy.waterfall.earns"
        return words(key, account=account, net=abs(facts["net"]), pocket_rate=facts.get("pocket_rate"))
    if "pocket_rate" in facts:
        return words("strategy.waterfall.pocket_only", account=account, pocket_rate=facts["pocket_rate"])
    return words("strategy.waterfall.terms_only", account=account, terms=facts["terms_cost"])


def corridor(prices: DataFrame, *, account: str, ax: Axes | None = None) -> Axes:
    """Pocket price of the channel's accounts over their size, what size lets expect (line), the account in the accent.

    `prices`: from `place_in_corridor`.
    """
    ax = canvas(ax, height=3.5)
    others, own = prices[~prices["own"]], prices[prices["own"]]
    ax.plot(prices["size"], prices["expected"], color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    ax.scatter(others["size"], others["rate"], s=30, color=LIGHT, edgecolor="white", linewidth=0.6)
    ax.scatter(own["size"], own["rate"], s=75, color=ACCENT, edgecolor="white", linewidth=0.8, zorder=3)
    for row in own.itertuples():
        side = -1 if row.size > np.sqrt(prices["size"].min() * prices["size"].max()) else 1
        ax.annotate(
            shorten(account, 30),
            (row.size, row.rate),
            (9 * side, 0),
            textcoords="offset points",
            va="center",
            ha="left" if side > 0 else "right",
            color=ACCENT,
            fontsize=9.5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
        )
    unit = _size_axis(ax, float(prices["size"].max()))
    _rate_axis(ax, prices["rate"])
    facts = summarise_corridor(prices)
    key = f"strategy.corridor.{facts['flag'] or 'inside'}" if facts else "strategy.corridor.untold"
    return title(
        ax,
        words(key, account=account, **{k: facts[k] for k in ("rate", "expected", "below", "corridor_cost") if facts}),
        words("strategy.corridor.measured", unit=unit),
    )


def _size_axis(ax: Axes, largest: float) -> str:
    """Sizes on a log scale in the unit of money that fits the largest; returns the unit's wording."""
    divisor, _, unit = money_unit(largest, language=spoken(), currency=currency())
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=8))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: grouped(value / divisor, 0 if value >= divisor else 2)))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.tick_params(which="both", length=0)
    return unit


def _rate_axis(ax: Axes, rates: Series) -> None:
    """Percent of list price over at least ten points, so that small differences do not look large."""
    middle, reach = (rates.max() + rates.min()) / 2, max((rates.max() - rates.min()) * 0.58, 0.05)
    ax.set_ylim(middle - reach, middle + reach)
    percent_axis(ax.yaxis)
    grid(ax, "y")
