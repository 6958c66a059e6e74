"""Charts of stage review on plan, causes and landing; each says in its title what it means."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from pandas import DataFrame, Series

from kamnb import style
from kamnb.formats import grouped, money_unit
from kamnb.review.scope import Scope
from kamnb.style import ACCENT, GREY, INK, LIGHT, SOFT
from kamnb.words import currency, say_value, spoken, words

SMALL = 8.5
FARTHEST = 2.0  # an account that lands above this multiple of its yardstick has hardly had one
COLUMNS = ("change", "price", "volume", "mix", "items")
BEHIND = {"behind": ACCENT, "on_plan": LIGHT, "ahead": INK}


def name_unit(unit_name: str) -> str:
    """The name of a channel, category or account; for the whole, the word for it."""
    return unit_name or words("review.whole")


def units(table: DataFrame, *, scope: Scope, ax: Axes | None = None) -> Axes:
    """Actual less plan by channel (or what else the plan knows) as bars, most behind first.

    `table`: from `compare_units`.
    """
    planned = table[table["plan"].notna()].reset_index(drop=True)
    ax = _rows(ax, [name_unit(name) for name in planned["unit_name"]])
    gap = planned["difference"].astype(float)
    ax.barh(range(len(planned)), gap, height=0.56, color=[BEHIND[status] for status in planned["status"]])
    labels = [words("review.units.label", **row) for row in planned.to_dict("records")]
    _label_ends(ax, gap, labels)
    ax.axvline(0, color=GREY, linewidth=0.9)
    style.hide_axis(ax.xaxis)
    total = int(gap.sum())
    worst, best = planned.iloc[0], planned.iloc[-1]
    form = "behind" if total < 0 else "ahead"
    case = f"{form}_one" if len(planned) == 1 else form
    reached = planned["actual"].sum() / planned["plan"].sum()
    message = words(f"review.units.{case}", difference=abs(total), attainment=reached,
                    worst=name_unit(worst["unit_name"]), short=abs(worst["difference"]),
                    best=name_unit(best["unit_name"]), over=abs(best["difference"]))
    return style.title(ax, message, words("review.units.measured", first=scope.done[0], last=scope.last))


def bridge(table: DataFrame, *, scope: Scope, ax: Axes | None = None) -> Axes:
    """The way from last year's sales to this year's: a column for every cause, the axis cut above zero.

    `table`: from `build_bridge`.
    """
    ax = style.canvas(ax, height=3.5)
    start, end, total = table["start"].astype(float), table["end"].astype(float), table["total"]
    steps = table[~total]
    low, high = float(min(start[~total].min(), end.min())), float(max(start.max(), end.max()))
    floor = max(0.0, low - 0.6 * (high - low))
    bottoms = start.where(start < end, end).where(~total, floor)
    tops = start.where(start > end, end).where(~total, end)
    colours = table["amount"].lt(0).map({True: ACCENT, False: SOFT}).where(~total, GREY)
    ax.bar(range(len(table)), tops - bottoms, bottom=bottoms, width=0.62, color=list(colours))
    for place in range(len(table) - 1):
        ax.plot([place - 0.31, place + 1.31], [end[place]] * 2, color=GREY, linewidth=0.8)
    largest = float(steps["amount"].abs().max() if len(steps) else end.max())
    divisor, digits, unit = money_unit(largest, language=spoken(), currency=currency())
    for place, (whole, amount) in enumerate(zip(total, table["amount"], strict=True)):
        ax.annotate(grouped(amount / divisor, digits, signed=not whole), (place, tops[place]), (0, 4),
                    textcoords="offset points", ha="center", fontsize=9)
    ax.set_ylim(floor, high + 0.12 * (high - floor))
    ax.set_xticks(range(len(table)), [style.wrap(words(f"review.bridge.{bar}"), 10) for bar in table["bar"]], color=INK)
    ax.tick_params(length=0)
    style.hide_axis(ax.yaxis)
    message = _bridge_message(table, steps)
    cut = "measured_cut" if floor > 0 else "measured"
    return style.title(ax, message, words(f"review.bridge.{cut}", unit=unit, first=scope.done[0], last=scope.last))


def _bridge_message(table: DataFrame, steps: DataFrame) -> str:
    """What the bridge says: price against volume where they pull apart, else the largest step."""
    change = int(table["amount"].iloc[-1] - table["amount"].iloc[0])
    parts = steps.set_index("bar")["amount"]
    price, volume = int(parts.get("price", 0)), int(parts.get("volume", 0))
    facts = {"change": change, "price": abs(price), "volume": abs(volume)}
    if price > 0 > volume:
        return words("review.bridge.price_up" if change >= 0 else "review.bridge.price_lost", **facts)
    if volume > 0 > price:
        return words("review.bridge.volume_up" if change >= 0 else "review.bridge.volume_lost", **facts)
    largest = steps.loc[steps["amount"].abs().idxmax()] if len(steps) else table.iloc[-1]
    return words("review.bridge.largest", change=change, bar=words(f"review.bridge.{largest['bar']}"),
                 amount=largest["amount"])


def movers(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """The accounts that changed most: their change and its parts side by side on one scale, the main cause in colour.

    `table`: from `pick_movers`.
    """
    ax = _rows(ax, list(table["name"] + table["rerouted"].map({True: " *", False: ""})), extra=0.25)
    parts = table.assign(items=table["listed"] + table["delisted"])[list(COLUMNS)].astype(float)
    largest = float(parts.abs().to_numpy().max()) or 1.0
    divisor, digits, unit = money_unit(largest, language=spoken(), currency=currency())
    main = table["cause"].replace(dict.fromkeys(["listed", "delisted", "new_account", "lost_account"], "items"))
    labels = {column: [grouped(value / divisor, digits, signed=True) for value in parts[column]] for column in COLUMNS}
    room = 0.075 * largest * max(len(label) for column in COLUMNS for label in labels[column])
    left = 0.0
    for column in COLUMNS:
        values = parts[column]
        zero = left + max(0.0, -float(values.min())) + room
        fill = [INK if column == "change" else ACCENT if cause == column else LIGHT for cause in main]
        ax.barh(range(len(table)), values, left=zero, height=0.56, color=fill)
        ax.plot([zero, zero], [-0.45, len(table) - 0.55], color=GREY, linewidth=0.8)
        _note_values(ax, values, labels[column], place=(zero, 0.015 * largest))
        ax.text(zero, -0.75, words(f"review.movers.{column}"), ha="center", color=GREY, fontsize=SMALL)
        left = zero + max(0.0, float(values.max())) + room
    ax.set_xlim(0, left)
    style.hide_axis(ax.xaxis)
    ax.tick_params(length=0)
    worst = table.iloc[0]
    case = worst["cause"] if worst["change"] < 0 else "growth"
    told = worst if worst["change"] < 0 else table.iloc[-1]
    message = words(f"review.movers.worst_{case}", name=told["name"], change=abs(told["change"]))
    measured = "measured_routes" if table["rerouted"].any() else "measured"
    return style.title(ax, message, words(f"review.movers.{measured}", unit=unit, accounts=len(table)))


def _note_values(ax: Axes, values: Series, labels: list[str], *, place: tuple[float, float]) -> None:
    """The label of every bar beyond its end, none for a bar of nothing; `place`: where zero is, and how far beyond."""
    zero, reach = place
    for row, (value, label) in enumerate(zip(values, labels, strict=True)):
        if value:
            side, align = (1, "left") if value > 0 else (-1, "right")
            ax.text(zero + value + side * reach, row, label, ha=align, va="center", fontsize=SMALL)


def path(table: DataFrame, *, scope: Scope, ax: Axes | None = None) -> Axes:
    """How the distance to the plan (or to last year) has built up month by month, and where the year will end.

    `table`: from `trace_year`.
    """
    ax = style.canvas(ax, height=3.3)
    base, basis = table["yardstick"].astype(float), table["basis"].iloc[0]
    mid, low, high = (table[c].astype("Float64").astype(float) - base for c in ("so_far", "low", "high"))
    done = int((table["kind"] == "actual").sum())
    places = list(range(len(table)))
    from_last = slice(max(done - 1, 0), None)
    ax.axhline(0, color=GREY, linewidth=1)
    ax.fill_between(places[from_last], low[from_last], high[from_last], color=SOFT, alpha=0.55, linewidth=0)
    ax.plot(places[from_last], mid[from_last], color=ACCENT, linewidth=2, linestyle=(0, (4, 2)))
    ax.plot(places[:done], mid[:done], color=INK, linewidth=2.4)
    tested = "end" if high.notna().all() else "end_untested"
    ends = {"gap": mid.iloc[-1], "low": low.iloc[-1], "high": high.iloc[-1]}
    ax.annotate(words(f"review.path.{tested}", **ends), (places[-1], mid.iloc[-1]), (10, 0), textcoords="offset points",
                va="center", fontsize=9, linespacing=1.35, annotation_clip=False)
    below = bool(mid.iloc[-1] < 0)
    ax.annotate(words(f"review.path.{basis}"), (0, 0), (0, 5 if below else -5), textcoords="offset points",
                va="bottom" if below else "top", color=GREY, fontsize=SMALL)
    bottom, top = ax.get_ylim()
    ax.set_ylim(bottom - (0 if below else 0.09) * (top - bottom), top)
    ax.set_xticks(places[::3], [say_value(month, "month") for month in table["month"].iloc[::3]])
    ax.set_xlim(-0.3, len(table) + 1.2)
    unit = style.money_axis(ax.yaxis, float(DataFrame([mid, low, high]).abs().max().max()))
    style.grid(ax, "y")
    form = "below" if below else "above"
    now = mid.iloc[done - 1] if done else 0.0
    message = words(f"review.path.{form}_{basis}", gap=abs(mid.iloc[-1]), now=now, landing=table["so_far"].iloc[-1])
    return style.title(ax, message, words("review.path.measured", unit=unit, last=scope.last))


def ranges(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """The landing of channels and key accounts as a share of plan (or of last year), with its range.

    `table`: from `pick_ranges`.
    """
    basis = "plan" if table["plan"].notna().any() else "previous_sales"
    share = table["p50"].astype("Float64") / table[basis].astype("Float64").where(table[basis] > 0)
    known = table[share.le(FARTHEST).fillna(False)].reset_index(drop=True)
    ax = _rows(ax, list(known["unit_name"]))
    shares = known[["p50", "p10", "p90"]].astype("Float64").astype(float).div(known[basis].astype(float), axis=0)
    mid, low, high = (shares[name] for name in shares)
    missed = high.fillna(mid) < 1
    ax.axvline(1, color=GREY, linewidth=1)
    ax.hlines(range(len(known)), low, high, color=[SOFT if miss else LIGHT for miss in missed], linewidth=7)
    ax.scatter(mid, range(len(known)), s=46, color=[ACCENT if miss else INK for miss in missed], zorder=3)
    split = int((known["level"] == "channel").sum())
    if 0 < split < len(known):
        ax.axhline(split - 0.5, color=LIGHT, linewidth=0.9)
    ends = pd.concat([low, mid, high, Series([1.0])])  # a year that is complete has no range
    edge, least = float(ends.max()), float(ends.min())
    span = edge - least or 0.1
    _note_column(ax, edge + 0.06 * span, [words("review.ranges.label", p50=row["p50"], gap=row["p50"] - row[basis])
                                          for row in known.to_dict("records")])
    ax.set_xlim(least - 0.03 * span, edge + 0.55 * span)
    ax.set_xticks([tick for tick in MaxNLocator(5).tick_values(least, edge) if least - 0.02 <= tick <= edge + 0.02])
    style.percent_axis(ax.xaxis)
    ax.set_xticks([tick for tick in MaxNLocator(5).tick_values(least, edge) if least - 0.02 <= tick <= edge + 0.02])
    style.grid(ax)
    sure = int(missed.sum())
    message = words(f"review.ranges.{'missed' if sure else 'open'}_{basis}", n=sure, units=len(known),
                    worst=list(known.loc[missed, "unit_name"].head(2)))
    return style.title(ax, message, words(f"review.ranges.measured_{basis}"))


def _rows(ax: Axes | None, names: list[str], *, extra: float = 0.0) -> Axes:
    """Axes with one row per name from the top down, the names left of the axis."""
    ax = style.canvas(ax, height=0.9 + 0.33 * len(names) + extra)
    ax.set_yticks(range(len(names)), [style.shorten(name, 30) for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6 - extra * 2)
    return ax


def _label_ends(ax: Axes, values: Series, labels: list[str]) -> None:
    """Labels beyond the ends of horizontal bars, and room for them."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    span = high - low or 1.0
    for row, (value, label) in enumerate(zip(values, labels, strict=True)):
        side = -1 if value < 0 else 1
        ax.text(value + side * 0.012 * span, row, label, ha="left" if side > 0 else "right", va="center", fontsize=9)
    room = 0.034 * max(style.width_of(label) for label in labels)
    ax.set_xlim(low - room * span * (low < 0) - 0.02 * span, high + room * span * (high > 0) + 0.02 * span)
    ax.tick_params(length=0)


def _note_column(ax: Axes, x: float, texts: list[str]) -> None:
    """A column of texts at `x`, one per row."""
    for row, text in enumerate(texts):
        ax.text(x, row, text, va="center", fontsize=9)
