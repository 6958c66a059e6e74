"""Charts of the trade with the account: its months, its channel, its categories."""

from __future__ import annotations

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from pandas import DataFrame

from kamnb.strategy.history import summarise_categories
from kamnb.style import ACCENT, GREY, LIGHT, SOFT, canvas, grid, hide_axis, money_axis, shorten, title
from kamnb.words import say_value, words

DAYS = 24  # width of a month's bar in days
BESIDE = {"textcoords": "offset points", "fontsize": 9, "annotation_clip": False}  # labels beside their mark


def history(months: DataFrame, *, account: str, ax: Axes | None = None) -> Axes:
    """Net sales by month as bars (hatched: incomplete month) and the mean of twelve months as a line.

    `months`: from `mark_months`.
    """
    ax = canvas(ax, height=3.3)
    full, partial = months[~months["partial"]], months[months["partial"]]
    ax.bar(full["month"], full["net_sales"], width=DAYS, color=LIGHT, align="edge")
    ax.bar(
        partial["month"], partial["net_sales"], width=DAYS, color="white", edgecolor=GREY, hatch="////", align="edge"
    )
    means = months.dropna(subset="mean")
    ax.plot(means["month"] + pd.Timedelta(days=DAYS / 2), means["mean"], color=ACCENT, linewidth=2.2)
    for row in (means.iloc[[0, -1]] if len(means) > 12 else means.iloc[-1:]).itertuples():
        ax.annotate(
            say_value(row.mean, "money"),
            (row.month, row.mean),
            (0, 9),
            textcoords="offset points",
            ha="center",
            color=ACCENT,
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85},
        )
    _year_axis(ax)
    ax.set_xlim(months["month"].iloc[0] - pd.Timedelta(days=10), months["month"].iloc[-1] + pd.Timedelta(days=30))
    unit = money_axis(ax.yaxis, float(months["net_sales"].abs().max()))
    grid(ax, "y")
    ax.axhline(0, color=LIGHT, linewidth=0.8)
    measured = words("strategy.history.measured_partial" if len(partial) else "strategy.history.measured", unit=unit)
    return title(ax, _history_message(months, means, account), measured)


def _history_message(months: DataFrame, means: DataFrame, account: str) -> str:
    if not months.loc[~months["partial"], "net_sales"].tail(12).any():
        last = months.loc[months["net_sales"] > 0, "month"].max()
        return words("strategy.history.stopped", account=account, last=last)
    if len(means) <= 12 or means["mean"].iloc[0] <= 0:
        return words(
            "strategy.history.short",
            account=account,
            total=int(months.loc[~months["partial"], "net_sales"].tail(12).sum()),
        )
    first, last = means["mean"].iloc[0], means["mean"].iloc[-1]
    return words(
        "strategy.history.message", account=account, last=last, start=means["month"].iloc[0], change=last / first - 1
    )


def _year_axis(ax: Axes) -> None:
    """Years as plain numbers in the middle of the year's first month."""
    ax.xaxis.set_major_locator(mdates.YearLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda day, _: str(mdates.num2date(day).year)))
    ax.margins(x=0.006)


def trend(indices: DataFrame, *, account: str, facts: dict, ax: Axes | None = None) -> Axes:
    """The account and the rest of its channel, both 100 at the start, labelled at the end of the lines.

    `indices`: from `compare_with_channel`; `facts`: from `summarise_trend`.
    """
    ax = canvas(ax, height=3.1)
    lines = {"own_index": (shorten(account, 24), ACCENT), "channel_index": (words("strategy.trend.rest"), GREY)}
    heights = _spread(indices[list(lines)].iloc[-1].to_dict(), 0.07 * _span(indices[list(lines)]))
    last = indices["month"].iloc[-1]
    for name, (label, colour) in lines.items():
        ax.plot(indices["month"], indices[name], color=colour, linewidth=2.2)
        text = f"{label}  {say_value(indices[name].iloc[-1], 'index')}"
        ax.annotate(text, (last, heights[name]), (7, 0), va="center", color=colour, **BESIDE)
    ax.axhline(100, color=LIGHT, linewidth=0.8)
    _year_axis(ax)
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    grid(ax, "y")
    start = indices["month"].iloc[0]
    key = f"strategy.trend.{facts['verdict'] if facts else 'short'}"
    message = words(key, account=account, own=facts.get("own"), channel=facts.get("channel"), since=start)
    return title(ax, message, words("strategy.trend.measured", start=start))


def _span(values: DataFrame) -> float:
    return float(values.to_numpy().max() - values.to_numpy().min()) or 1.0


def _spread(ends: dict[str, float], least: float) -> dict[str, float]:
    """Heights of two labels, pushed apart to at least `least`."""
    (low, a), (high, b) = sorted(ends.items(), key=lambda item: item[1])
    push = max(least - (b - a), 0) / 2
    return {low: a - push, high: b + push}


def category_changes(categories: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Change of each category over the year before, largest first; the one that moved most in the accent colour.

    `categories`: from `split_by_category`.
    """
    ax = canvas(ax, height=0.36 * len(categories) + 1.0)
    changes = categories["change"].astype(float)
    colours = [ACCENT if place == 0 else SOFT if change > 0 else LIGHT for place, change in enumerate(changes)]
    ax.barh(range(len(categories)), changes, color=colours, height=0.62)
    ax.set_yticks(range(len(categories)), [shorten(name, 26) for name in categories["category"]])
    ax.invert_yaxis()
    for place, row in enumerate(categories.itertuples()):
        text, side = f"{say_value(row.change, 'money_change')}  ({_growth(row)})", 1 if row.change >= 0 else -1
        ax.annotate(text, (row.change, place), (5 * side, 0), va="center", ha="left" if side > 0 else "right", **BESIDE)
    ax.axvline(0, color=GREY, linewidth=0.8)
    room = 0.42 * max(changes.abs().max(), 1.0)
    left, right = (
        end + room * side if end * side > 0 else 0 for end, side in ((changes.min(), -1), (changes.max(), 1))
    )
    ax.set_xlim(left, right if right > left else left + room)
    ax.tick_params(length=0, pad=6)
    ax.spines["left"].set_visible(False)
    hide_axis(ax.xaxis)
    message = words("strategy.categories.message", **summarise_categories(categories))
    return title(ax, message, words("strategy.categories.measured"))


def _growth(row: object) -> str:
    return say_value(row.growth, "rate") if row.case == "grew" else words(f"codes.{row.case}")
