"""Chart and sentences of the activities: who does what until when, what is wrong, who carries too much."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from pandas import DataFrame, Series, Timestamp

from kamnb.actions.activities import summarise_activities
from kamnb.actions.rules import PlanRules
from kamnb.formats import width_of
from kamnb.style import ACCENT, GREY, GRID, INK, LIGHT, SOFT, canvas, shorten, title
from kamnb.words import has_words, name_code, say_value, words

ROW = 0.34      # height of a line of the timeline in inches
NAMES = 0.40    # part of its width that the names take
LETTER = 0.0132  # width of a letter as a part of its time axis
GROUND = "#F5F7F8"


def timeline(table: DataFrame, *, rules: PlanRules, ax: Axes | None = None) -> Axes:
    """Activities as bars from start to due date under their goals; a diamond where only one of the dates is known."""
    rows = _timeline_rows(table)
    ax = canvas(ax, height=1.1 + ROW * len(rows))
    ax.figure.subplots_adjust(left=NAMES)
    dated = table["starts"].notna() & table["due"].notna() & (table["due"] >= table["starts"])
    first = min([rules.as_of, *table.loc[dated, "starts"]]) - pd.Timedelta(days=5)
    last = max([rules.months[-1] + pd.offsets.MonthEnd(0), *table["due"].dropna()]) + pd.Timedelta(days=6)
    ax.set_xlim(date2num(first), date2num(last))
    ax.set_ylim(len(rows) + 0.1, -0.7)
    _mark_halves(ax, rules, bottom=len(rows) + 0.1)
    ax.axvline(date2num(rules.as_of), color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    for y, row in enumerate(rows):
        ax.annotate(row["label"], (-NAMES / (0.9 - NAMES), y), xycoords=("axes fraction", "data"), va="center",
                    fontsize=9, fontweight="bold" if row["goal"] else "regular", color=INK)
        _draw_row(ax, row, y)
    _month_ticks(ax, first, last)
    facts = summarise_activities(table, rules=rules)
    message = words(f"actions.timeline.{'undated' if facts['undated'] else 'message'}", **facts)
    return title(ax, message, words("actions.timeline.measured", as_of=rules.as_of))


def _timeline_rows(table: DataFrame) -> list[dict]:
    """A heading for each goal and a row for each of its activities, in the table's order."""
    rows: list[dict] = []
    for _, group in table.groupby("goal", sort=False, dropna=False):
        name = group["goal_name"].iloc[0]
        heading = name if pd.notna(name) else words("actions.timeline.no_goal")
        rows.append({"goal": True, "label": shorten(str(heading), 42), "due": group["goal_due"].iloc[0]})
        rows += [{"goal": False, "label": shorten(str(row.activity), 44), "row": row} for row in group.itertuples()]
    return rows


def _mark_halves(ax: Axes, rules: PlanRules, *, bottom: float) -> None:
    """The year to plan as a light ground, its halves named at the foot."""
    end = rules.months[-1] + pd.offsets.MonthEnd(0)
    starts = (rules.months[0], rules.months[6], end)
    ax.axvspan(date2num(starts[0]), date2num(end), color=GROUND, zorder=0, linewidth=0)
    ax.axvline(date2num(starts[1]), color=LIGHT, linewidth=0.8, zorder=1)
    for name, begin, stop in zip(("first_half", "second_half"), starts[:2], starts[1:], strict=True):
        label = words("actions.timeline.half", year=end, half=name_code(name))
        ax.text((date2num(begin) + date2num(stop)) / 2, bottom - 0.1, label, ha="center", va="bottom", fontsize=8.5,
                color=GREY)


def _draw_row(ax: Axes, entry: dict, y: int) -> None:
    """One line of the timeline: a goal's date as a triangle, or an activity's bar with its owner beside it."""
    if entry["goal"]:
        if pd.notna(entry["due"]):
            ax.plot(date2num(entry["due"]), y, marker="v", color=INK, markersize=6)
        return
    row = entry["row"]
    colour = {"running": ACCENT, "done": LIGHT}.get(row.status, SOFT)
    days = [date2num(day) for day in (row.starts, row.due) if pd.notna(day)]
    bar = len(days) == 2 and days[0] <= days[1]
    if bar:
        ax.barh(y, days[1] - days[0], left=days[0], height=0.52, color=colour)
    elif days:
        ax.plot(days, [y] * len(days), marker="D", color=colour, markersize=6, linestyle="none")
    owner = str(row.owner) if pd.notna(row.owner) else words("actions.timeline.no_owner")
    text = owner if days else f"{owner} · {words('actions.timeline.no_date')}"
    _name_owner(ax, shorten(text, 32), y, span=(min(days), max(days)) if days else (ax.get_xlim()[0],) * 2)


def _name_owner(ax: Axes, text: str, y: int, *, span: tuple[float, float]) -> None:
    """The owner after the bar, before it, or on it, where there is room."""
    low, high = ax.get_xlim()
    need = width_of(text) * LETTER * (high - low)
    after, before = high - span[1] > need, span[0] - low > need
    dark = not after and not before and ax.patches[-1].get_facecolor()[0] < 0.2
    point = span[0] if before and not after else span[1]
    ax.annotate(text, (point, y), xytext=(6 if after else -6, 0), textcoords="offset points", va="center", fontsize=8.5,
                ha="left" if after else "right", color="white" if dark else GREY if after or before else INK)


def _month_ticks(ax: Axes, first: Timestamp, last: Timestamp) -> None:
    """A tick at the start of every quarter of the calendar, named by its month."""
    months = pd.date_range(first.to_period("M").start_time, last, freq="MS")
    ticks = [day for day in months if day.month % 3 == 1 and day > first]
    ax.set_xticks([date2num(day) for day in ticks], [say_value(day, "month") for day in ticks])
    ax.xaxis.set_ticks_position("top")
    ax.tick_params(axis="x", length=0, labelsize=8.5)
    ax.set_yticks([])
    ax.grid(True, axis="x", color=GRID)
    ax.spines["bottom"].set_visible(False)


def explain_defects(defects: DataFrame) -> DataFrame:
    """The defects in words, each with the place and the way to mend it: defect, name, table, row, mend."""
    worded = {part: [words(f"actions.rules.{rule}.{part}") for rule in defects["rule"]] for part in ("defect", "mend")}
    tables = [words(f"tables.{table}.title") for table in defects["table"]]
    names = defects["name"].where(defects["name"] != "", words("actions.check.whole"))
    return defects.assign(table=tables, name=names, **worded)[["defect", "name", "table", "row", "mend"]].astype("str")


def word_stances(stances: DataFrame, products: DataFrame, home: DataFrame) -> DataFrame:
    """The strategy's stances as one says them to the account: pillar, stance.

    `stances`: from `read_stances`; `products`, `home`: product, category in the reader's and in the client's language.
    """
    both = home[["product", "category"]].merge(products[["product", "category"]], on="product", suffixes=("", "_read"))
    names = dict(zip(both["category"], both["category_read"], strict=True))
    texts = []
    for row in stances.itertuples():
        key = f"strategy.shared_stances.{row.stance}"
        category = names.get(row.category) or words("strategy.pillars.open_categories")
        texts.append(words(key, category=category) if has_words(key) else row.stance)
    return stances[["pillar"]].assign(stance=Series(texts, index=stances.index, dtype="str"))


def word_relationship(decision: DataFrame) -> dict[str, object]:
    """Which relationship stage 3 found and which one is wanted, in words; {} where it is not judged."""
    if not {"relationship_now", "relationship_wanted"} <= set(decision.columns) or decision.empty:
        return {}
    now, wanted = decision[["relationship_now", "relationship_wanted"]].iloc[0]
    if pd.isna(now) or pd.isna(wanted):
        return {}
    named = {"now": words(f"strategy.types.{now}"), "wanted": words(f"strategy.types.{wanted}")}
    return {"text": words(f"actions.stances.{'keep' if now == wanted else 'move'}", **named)}


def word_balance(facts: Mapping[str, object]) -> dict[str, object]:
    """`facts` of `summarise_balance` with the purpose in words and what it means for defence."""
    if not facts:
        return {}
    defence = words("actions.defence.some" if facts["defend"] else "actions.defence.nothing", **facts)
    return {**facts, "purpose": name_code(str(facts["purpose"])), "defence": defence}


def word_budget(facts: Mapping[str, object]) -> dict[str, object]:
    """`facts` of `weigh_budget` with what the budget stands against in words."""
    if not facts:
        return {}
    known = "margin" if pd.notna(facts["margin"]) else "sales"
    return {**facts, "against": words(f"actions.against.{known}", **facts)}


def word_check(facts: Mapping[str, object], defects: DataFrame) -> dict[str, object]:
    """`facts` of `count_defects` as a verdict that names the first of the `defects` to mend."""
    if not facts:
        return {}
    verdict = "sound" if defects.empty else "broken" if facts["chain"] else "weak"
    top = explain_defects(defects.head(1))[["defect", "name"]].to_dict("records")
    first = "".join(words("actions.check.first", **row) for row in top)
    return {"verdict": words(f"actions.check.{verdict}", first=first, **facts)}


def word_load(load: DataFrame, rules: PlanRules) -> dict[str, object]:
    """The most loaded owner of the plan in words; {} where nobody is named."""
    if load.empty:
        return {}
    top = load.iloc[0]
    key = "over" if top["over"] else "fine"
    return {"finding": words(f"actions.load.{key}", owner=top["owner"], peak=top["peak"], month=top["peak_month"],
                             limit=rules.parallel, over=int(load["over"].sum()))}
