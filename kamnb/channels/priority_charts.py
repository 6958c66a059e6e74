"""The charts and worded tables of stage channels on classes, the nine-box and the decision."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from pandas import DataFrame, Series

from kamnb import style
from kamnb.channels import sentences
from kamnb.channels.charts import SMALL, list_rows
from kamnb.channels.priority import CRITERIA
from kamnb.formats import NONE
from kamnb.style import ACCENT, INK, LIGHT
from kamnb.words import say_value, words

DECISION = ["channel", "channel_name", "rank", "decision", "channel_role", "attractiveness", "strength", "in_top",
            "reasons", "decided_by"]


def fields(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """The three by three fields of size and steadiness: accounts, share of sales, and how to treat them.

    `table`: from `cross_classes`.
    """
    ax = style.canvas(ax, height=3.7)
    nine = table[table["class_abc"].isin(list("ABC")) & table["class_xyz"].isin(list("XYZ"))]
    most = float(nine["share"].max()) or 1.0
    for field in nine.to_dict("records"):
        x, y, shade = "XYZ".index(field["class_xyz"]), "ABC".index(field["class_abc"]), field["share"] / most
        box = Rectangle((x + 0.02, y + 0.03), 0.96, 0.94, facecolor=ACCENT, alpha=0.06 + 0.84 * shade, linewidth=0)
        ax.add_patch(box)
        ink, treatment = "white" if shade > 0.45 else INK, words(f"channels.fields.{'ABC'[y]}{'XYZ'[x]}")
        ax.text(x + 0.06, y + 0.3, words("channels.fields.label", **field), fontsize=10, color=ink, va="center")
        ax.text(x + 0.06, y + 0.68, style.wrap(treatment, 31), fontsize=SMALL, color=ink, va="center", linespacing=1.25)
    ax.set(xlim=(0, 3), ylim=(3, 0))
    ax.set_xticks([0.5, 1.5, 2.5], [words(f"channels.fields.{name}") for name in "xyz"])
    ax.set_yticks([0.5, 1.5, 2.5], [words(f"channels.fields.{name}") for name in "abc"])
    ax.tick_params(length=0, colors=INK)
    ax.xaxis.tick_top()
    ax.spines["bottom"].set_visible(False)
    return style.title(ax, words(**sentences.title_fields(nine)), words("channels.fields.measured"))


def ninebox(table: DataFrame, *, lines: Mapping[str, tuple[float, float]], ax: Axes | None = None) -> Axes:
    """Attractiveness over our strength: one bubble per channel, its area the sales, priorities in the accent colour.

    `table`: from `decide_channels`; `lines`: the two cuts of each axis, from `find_cuts`.
    """
    ax = style.canvas(ax, height=4.8)
    known = table.dropna(subset=["attractiveness", "strength"])
    chosen = known["decision"] == "priority"
    sizes = 30 + 1400 * known["net_sales"].astype(float).clip(lower=0) / float(known["net_sales"].max())
    ax.scatter(known["strength"], known["attractiveness"], s=sizes, color=[ACCENT if c else LIGHT for c in chosen],
               alpha=0.9, edgecolor="white", linewidth=1.2, zorder=2)
    for height, size, record in zip(_spread_labels(known), sizes, known.to_dict("records"), strict=True):
        ax.annotate(style.shorten(record["channel_name"], 30), (record["strength"], height), (size**0.5 / 2 + 3, 0),
                    textcoords="offset points", fontsize=9, va="center", zorder=3,
                    fontweight="bold" if record["decision"] == "priority" else "normal")
    ax.vlines(lines["strength"], 0.8, 5.2, color=LIGHT, linewidth=0.9, zorder=0)
    ax.hlines(lines["attractiveness"], 0.8, 5.6, color=LIGHT, linewidth=0.9, zorder=0)
    ax.set(xlim=(0.8, 5.6), ylim=(0.8, 5.2), xticks=range(1, 6), yticks=range(1, 6),
           xlabel=words("channels.ninebox.x"), ylabel=words("channels.ninebox.y"))
    ax.tick_params(length=0)
    best = list(known.loc[chosen, "channel_name"])
    message = words("channels.ninebox.message", channels=best) if best else words("channels.ninebox.none")
    return style.title(ax, message, words("channels.ninebox.measured"))


def _spread_labels(table: DataFrame, *, apart: float = 0.2) -> list[float]:
    """Heights for labels beside the bubbles, moved so that neighbours do not cover each other."""
    heights = table["attractiveness"].astype(float).copy()
    order = heights.sort_values().index
    for low, high in zip(order[:-1], order[1:], strict=True):
        near = abs(table.at[low, "strength"] - table.at[high, "strength"]) < 1.2
        if near and heights[high] - heights[low] < apart:
            heights[high] = heights[low] + apart
    return list(heights)


def doubt(table: DataFrame, *, seats: int, ax: Axes | None = None) -> Axes:
    """In which share of all weightings each channel is among the priorities.

    `table`: from `weigh_doubt`; `seats`: how many priorities there are.
    """
    ax = list_rows(ax, table["channel_name"])
    ax.barh(range(len(table)), table["in_top"], height=0.52, color=[*[ACCENT] * seats, *[LIGHT] * (len(table) - seats)])
    for row, share in enumerate(table["in_top"]):
        ax.text(share + 0.012, row, say_value(share, "share"), va="center", fontsize=9)
    ax.set(xlim=(0, 1.12), ylim=(len(table) - 0.4, -0.6))
    style.hide_axis(ax.xaxis)
    message = words(**sentences.title_doubt(table, seats=seats))
    return style.title(ax, message, words("channels.doubt.measured", seats=seats))


def list_figures(**facts: Mapping[str, object]) -> DataFrame:
    """The four key figures, worded: figure, value, comment.

    `facts`: sales, share, profit, dependence = what the summarise functions found; nothing = not known.
    """
    return DataFrame([{
        "figure": words(f"channels.figures.{name}.figure"),
        "value": words(f"channels.figures.{name}.value", **found) if found else NONE,
        "comment": words(f"channels.figures.{name}.{'comment' if found else 'unknown'}", **found),
    } for name, found in facts.items()])


def word_decision(decided: DataFrame) -> DataFrame:
    """The saved decision ready to show: its reason codes in words; who decided only where somebody has."""
    codes = decided.get("reasons", Series(index=decided.index, dtype="str")).fillna("").astype("str")
    worded = decided.assign(reasons=[_word_reasons(text.split()) for text in codes])
    decided_by = decided["decided_by"].fillna("") != ""
    return worded.rename(columns={"role": "channel_role"}).reindex(columns=DECISION[:None if decided_by.any() else -1])


def _word_reasons(codes: list[str]) -> str:
    """Reason codes such as headroom_high as one line: what speaks for the channel, then what against it."""
    sides = {side: [words(f"channels.criteria.{code.removesuffix(end)}") for code in codes if code.endswith(end)]
             for side, end in (("for", "_high"), ("against", "_low"))}
    return "  ".join(words(f"channels.reasons.{side}", criteria=named) for side, named in sides.items() if named)


def tell_criteria(criteria: DataFrame) -> dict[str, object]:
    """The sentence on the criteria that count, as `key` and facts.  `criteria`: from `measure_criteria`."""
    missing = [words(f"channels.criteria.{name}") for name in sentences.list_missing(criteria)]
    return {"key": f"channels.criteria_found.{'some' if missing else 'all'}", "known": len(CRITERIA) - len(missing),
            "missing": missing}
