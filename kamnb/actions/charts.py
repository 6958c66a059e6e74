"""Charts and sentences of an account's year: where it starts, how the target is reached, its months."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from pandas import DataFrame, Series

from kamnb.actions.baseline import summarise_baseline
from kamnb.actions.bridge import judge_bridge, summarise_bridge
from kamnb.actions.targets import sum_halves, summarise_targets
from kamnb.formats import grouped, money_unit
from kamnb.style import ACCENT, GREY, INK, LIGHT, SOFT, canvas, grid, hide_axis, money_axis, title, wrap
from kamnb.words import currency, name_code, say_value, spoken, words

CUT = 0.45      # part of the bridge's height that the steps may use when its axis does not start at zero


def years(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Bars of the fiscal years of `list_years`, forecasts hatched, the year to plan in accent with its range."""
    ax = canvas(ax, height=3.3)
    place = np.arange(len(table))
    sales, actual = table["net_sales"].astype(float), table["actual"].astype(float)
    planned = table.index == table.index[-1]
    ax.bar(place[~planned], actual[~planned], width=0.62, color=LIGHT)
    ax.bar(place[~planned], (sales - actual)[~planned], bottom=actual[~planned], width=0.62, color="white",
           edgecolor=LIGHT, hatch="////", linewidth=0.8)
    ax.bar(place[planned], sales[planned], width=0.62, color=ACCENT)
    _draw_range(ax, table, place)
    top = table[["net_sales", "high"]].astype(float).max(axis=1)
    for x, (row, height) in enumerate(zip(table.itertuples(), top, strict=True)):
        grown = f"\n{say_value(row.growth, 'rate')}" if pd.notna(row.growth) else ""
        ax.annotate(say_value(row.net_sales, "money") + grown, (x, height), xytext=(0, 5), textcoords="offset points",
                    ha="center", va="bottom", color=ACCENT if planned[x] else INK, fontsize=9, linespacing=1.35)
    ax.set_xticks(place, [_year_label(row) for row in table.itertuples()], linespacing=1.4)
    ax.set_ylim(min(0.0, float(sales.min()) * 1.1), max(float(top.max()), 1.0) * 1.22)
    ax.tick_params(axis="x", length=0, labelcolor=INK)
    hide_axis(ax.yaxis)
    facts = summarise_baseline(table)
    known = "known" if pd.notna(facts["high"]) else "unknown"
    return title(ax, words("actions.years.message", **facts), words(f"actions.years.measured_{known}"))


def _draw_range(ax: Axes, table: DataFrame, place: np.ndarray) -> None:
    """A thin line from low to high on every bar that is not over."""
    for x, row in zip(place, table.itertuples(), strict=True):
        if row.kind != "actual" and pd.notna(row.high):
            ax.plot([x, x], [row.low, row.high], color=INK, linewidth=1.3, solid_capstyle="butt")
            for end in (row.low, row.high):
                ax.plot([x - 0.06, x + 0.06], [end, end], color=INK, linewidth=1.3)


def _year_label(row: object) -> str:
    kind = "" if row.kind == "actual" else f"\n{words(f'actions.years.{row.kind}')}"
    return wrap(say_value(row.year, "year"), 14) + kind


def bridge(table: DataFrame, *, outlook: DataFrame, ax: Axes | None = None) -> Axes:
    """Waterfall of `build_bridge` from the baseline to the target; `outlook`: the fiscal years of `list_years`."""
    ax = canvas(ax, height=3.7)
    floor = _floor(table)
    place = np.arange(len(table))
    colours = {"total": LIGHT, "step": ACCENT, "gap": "white"}
    low = table[["start", "end"]].min(axis=1).clip(lower=floor).astype(float)
    high = table[["start", "end"]].max(axis=1).astype(float)
    colour = [colours[kind] for kind in table["kind"]]
    marks = ax.bar(place, high - low, bottom=low, width=0.6, color=colour, edgecolor=colour, linewidth=1.2)
    for mark, kind in zip(marks, table["kind"], strict=True):
        if kind == "gap":
            mark.set(edgecolor=GREY, linewidth=1.2, linestyle=(0, (3, 2)))
    ends = table["end"].where(table["block"] != "target", table["amount"]).astype(float)
    for x, end in enumerate(ends.iloc[:-1]):
        ax.plot([x + 0.3, x + 0.7], [end, end], color=GREY, linewidth=0.8)
    unit = _label_steps(ax, table, high)
    span = high.max() - floor
    if floor:
        _break_bars(ax, place[(table["kind"] == "total").to_numpy()], floor, span)
    ax.set_ylim(floor, floor + span * 1.16)
    ax.set_xticks(place, [wrap(name_code(block), 14) for block in table["block"]])
    ax.tick_params(axis="x", length=0, labelcolor=INK)
    hide_axis(ax.yaxis)
    facts = summarise_bridge(table, outlook)
    measured = words("actions.bridge.measured", unit=unit, cut=words("actions.bridge.cut") if floor else "", **facts)
    return title(ax, words(f"actions.bridge.{judge_bridge(facts)}", **facts), measured)


def _floor(table: DataFrame) -> float:
    """Where the axis of the bridge starts: zero, or as high as lets the steps fill their part of the picture."""
    points = table[["start", "end"]].to_numpy(dtype=float)[1:-1]
    ends = np.append(points.ravel(), table.loc[table["kind"] == "total", "amount"].to_numpy(dtype=float))
    low, high = ends.min(), ends.max()
    floor = high - (high - low) / CUT
    return floor if floor > 0.3 * high else 0.0


def _label_steps(ax: Axes, table: DataFrame, high: Series) -> str:
    """The amount above each bar in one unit, and below it what a step adds to last year's sales; returns the unit."""
    divisor, digits, unit = money_unit(float(table["amount"].abs().max()), language=spoken(), currency=currency())
    for x, (row, top) in enumerate(zip(table.itertuples(), high, strict=True)):
        total = row.kind == "total"
        share = "" if total or pd.isna(row.growth) else f"\n{say_value(row.growth, 'points')}"
        ax.annotate(grouped(row.amount / divisor, digits, signed=not total) + share, (x, top), xytext=(0, 4),
                    textcoords="offset points", ha="center", va="bottom", fontsize=9.5, linespacing=1.3,
                    color=ACCENT if row.kind == "step" else INK)
    return unit


def _break_bars(ax: Axes, places: np.ndarray, floor: float, span: float) -> None:
    """White slanted strokes across the bars whose foot is cut off."""
    for x in places:
        for step in (0.055, 0.085):
            level = floor + span * step
            ax.plot([x - 0.34, x + 0.34], [level, level + span * 0.03], color="white", linewidth=3)


def months(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Target by month as bars, the same month a year before as dots (hollow where it is itself a forecast)."""
    ax = canvas(ax, height=3.5)
    place = np.arange(len(table))
    known = (table["previous_kind"] == "actual").to_numpy()
    before = table["previous_sales"].astype(float)
    ax.bar(place, table["target"].astype(float), width=0.64, color=np.where(table["half"] == 1, ACCENT, SOFT))
    for filled, face in ((known, INK), (~known, "white")):
        ax.plot(place[filled], before[filled], "o", markersize=7, color="white", linestyle="none", clip_on=False)
        ax.plot(place[filled], before[filled], "o", markersize=5, markerfacecolor=face, markeredgecolor=INK,
                linestyle="none", clip_on=False, zorder=3)
    top = float(max(table["target"].max(), before.max(), 1.0))
    _name_halves(ax, table)
    ax.set_xticks(place, [words(f"actions.ticks.{month.month}") for month in table["month"]])
    ax.set_ylim(min(0.0, float(before.min()) * 1.1), top * 1.06)
    unit = money_axis(ax.yaxis, top)
    ax.tick_params(axis="x", labelcolor=INK)
    ax.tick_params(axis="y", labelcolor=GREY)
    grid(ax, "y")
    facts = summarise_targets(sum_halves(table), table)
    return title(ax, words("actions.months.message", **facts),
                 words("actions.months.measured", unit=unit, year=facts["year"]))


def _name_halves(ax: Axes, table: DataFrame) -> None:
    """Name, sum and share of each half above its bars, and a thin line between the halves."""
    for row in sum_halves(table).iloc[:2].itertuples():
        inside = np.flatnonzero((table["half"] == row.Index + 1).to_numpy())
        text = words("actions.months.half", name=name_code(row.period), target=row.target, share=row.year_share)
        ax.annotate(text, (inside.mean(), 1.02), xycoords=("data", "axes fraction"), ha="center", va="bottom",
                    color=INK)
    middle = np.flatnonzero((table["half"] == 1).to_numpy()).max() + 0.5
    ax.axvline(middle, color=LIGHT, linewidth=0.8, ymax=1.09, clip_on=False)


def explain_blocks(blocks: DataFrame, accounts: DataFrame) -> DataFrame:
    """The building blocks with how each was worked out, in words: block, amount, upper, basis.

    `accounts`: the master, for the names of wholesalers.
    """
    names = dict(zip(accounts["account"], accounts["name"], strict=True))
    basis = [words(f"actions.basis.{row.basis}", rate=row.rate, into=row.into,
                   items=[names.get(item, item) for item in row.items])
             for row in blocks.itertuples()]
    return blocks.assign(upper=blocks["high"], basis=basis)[["block", "amount", "upper", "basis"]]


def word_baseline(facts: Mapping[str, object]) -> dict[str, object]:
    """`facts` of `summarise_baseline` with the range in words."""
    if not facts:
        return {}
    known = pd.notna(facts["high"])
    return {**facts, "range": words("actions.range.known" if known else "actions.range.unknown", **facts)}


def word_bridge(facts: Mapping[str, object]) -> dict[str, object]:
    """`facts` of `summarise_bridge` with the verdict in words."""
    return {**facts, "finding": words(f"actions.bridge.{judge_bridge(dict(facts))}", **facts)} if facts else {}


def word_standing(decision: DataFrame, targets: DataFrame) -> dict[str, object]:
    """Who stands behind the targets: nobody yet, a person, or a decision made for another year."""
    if targets.empty:
        return {"state": words(f"actions.standing.{'outdated' if 'month' in decision.columns else 'undecided'}")}
    by = decision["decided_by"].iloc[0]
    return {"state": words("general.confirmed", by=by) if by else words("general.unconfirmed")}


def figures(outlook: DataFrame, halves: DataFrame, *, activities: Mapping[str, object]) -> DataFrame:
    """Key figures that both sides may see: baseline, target, halves, activities.  Columns figure, value, comment."""
    base = summarise_baseline(outlook)
    known = {} if halves.empty else halves.iloc[-1].to_dict()
    first, second = (halves["target"].iloc[n] if len(halves) else None for n in (0, 1))
    share = halves["year_share"].iloc[0] if len(halves) else None
    told = {"growth": base.get("growth"), "range": word_baseline(base).get("range", "")}
    return _figures([
        ("baseline", base.get("baseline"), told),
        ("target", known.get("target"), {"growth": known.get("growth")}),
        ("halves", None, {"first": first, "second": second, "share": share}),
        ("activities", None, {key: activities.get(key) for key in ("activities", "first", "second", "next_due")})])


def inner_figures(facts: Mapping[str, object], *, checked: Mapping[str, object],
                  budget: Mapping[str, object]) -> DataFrame:
    """Four key figures for our own eyes: target, gap without a source, budget, defects.

    `facts`, `checked`, `budget`: from `summarise_bridge`, `count_defects`, `weigh_budget`.  Columns figure, value,
    comment.
    """
    told = {name: facts.get(name) for name in ("target", "growth", "asked", "named", "gap", "share", "baseline")}
    return _figures([
        ("target", told["target"], told), ("gap", told["gap"], told),
        ("budget", budget.get("budget"), {"named": budget.get("named"), "unfunded": budget.get("unfunded")}),
        ("defects", None, {name: checked.get(name) for name in ("defects", "rows", "chain")})])


def _figures(rows: list[tuple[str, object, dict]]) -> DataFrame:
    """Rows of words `actions.figures.<name>`: figure, value, comment."""
    parts = ("figure", "value", "comment")
    return DataFrame([{part: words(f"actions.figures.{name}.{part}", amount=amount, **facts) for part in parts}
                      for name, amount, facts in rows])
