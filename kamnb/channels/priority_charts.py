"""The charts and worded tables of stage channels on the nine-box, category No. 1 and the decision."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from pandas import DataFrame, Series

from kamnb import style
from kamnb.channels import sentences
from kamnb.channels.charts import list_rows
from kamnb.channels.direction import PILLARS
from kamnb.channels.priority import CRITERIA
from kamnb.formats import NONE
from kamnb.style import ACCENT, GREY, INK, LIGHT
from kamnb.words import say_value, words

HALO = withStroke(linewidth=2.4, foreground="white")  # a name stays readable on a neighbour's bubble
CLAIMS = ("retention", "closing", "multiples", "success", "key_share", "pareto", "retail")
DECISION = ["channel", "channel_name", "rank", "decision", "channel_role", "attractiveness", "strength", "in_top",
            "reasons", "decided_by"]


Lines = Mapping[str, tuple[float, float]]


def ninebox(table: DataFrame, *, lines: Lines, others: Lines, ax: Axes | None = None) -> Axes:
    """Attractiveness over our strength: one bubble per channel, its area the sales, priorities in the accent colour.

    `table`: from `decide_channels`; `lines`: the two cuts of each axis that count, from `find_lines`; `others`: those of the
    other convention, drawn broken.
    """
    ax = style.canvas(ax, height=4.8)
    known = table.dropna(subset=["attractiveness", "strength"])
    chosen = known["decision"] == "priority"
    sizes = 30 + 1400 * known["net_sales"].astype(float).clip(lower=0) / float(known["net_sales"].max())
    ax.scatter(known["strength"], known["attractiveness"], s=sizes, color=[ACCENT if c else LIGHT for c in chosen],
               alpha=0.9, edgecolor="white", linewidth=1.2, zorder=2)
    for height, size, record in zip(_spread_labels(known), sizes, known.to_dict("records"), strict=True):
        ax.annotate(style.shorten(record["channel_name"], 30), (record["strength"], height), (size**0.5 / 2 + 3, 0),
                    textcoords="offset points", fontsize=9, va="center", zorder=3, path_effects=[HALO],
                    fontweight="bold" if record["decision"] == "priority" else "normal")
    ax.vlines(lines["strength"], 0.8, 5.2, color=LIGHT, linewidth=0.9, zorder=0)
    ax.hlines(lines["attractiveness"], 0.8, 5.6, color=LIGHT, linewidth=0.9, zorder=0)
    ax.vlines(others["strength"], 0.8, 5.2, color=LIGHT, linewidth=0.9, linestyle=(0, (2, 4)), zorder=0)
    ax.hlines(others["attractiveness"], 0.8, 5.6, color=LIGHT, linewidth=0.9, linestyle=(0, (2, 4)), zorder=0)
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


def first(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Our distance to the largest rival by channel and category: accent where we lead, light where we close in.

    `table`: from `find_first`.
    """
    channels, categories = list(dict.fromkeys(table["channel_name"])), sorted(table["category"].unique())
    ax = style.canvas(ax, height=1.3 + 0.4 * len(channels))
    shades = {"first": (ACCENT, 0.9), "closing": (ACCENT, 0.22), "widening": (GREY, 0.45), "behind": (LIGHT, 0.35)}
    for field in table[table["race_verdict"].isin(list(shades))].to_dict("records"):
        x, y = categories.index(field["category"]), channels.index(field["channel_name"])
        colour, alpha = shades[field["race_verdict"]]
        ax.add_patch(Rectangle((x + 0.03, y + 0.05), 0.94, 0.9, facecolor=colour, alpha=alpha, linewidth=0))
        ax.text(x + 0.5, y + 0.5, say_value(-field["gap_points"], "points"), ha="center", va="center", fontsize=9,
                color="white" if field["race_verdict"] == "first" else INK)
    ax.set(xlim=(0, len(categories)), ylim=(len(channels), -0.02))
    ax.set_yticks([y + 0.5 for y in range(len(channels))], [style.shorten(name, 30) for name in channels])
    ax.set_xticks([x + 0.5 for x in range(len(categories))], [style.wrap(name, 14) for name in categories])
    ax.xaxis.tick_top()
    ax.tick_params(length=0, colors=INK)
    ax.spines["bottom"].set_visible(False)
    known = table[table["race_verdict"].isin(list(shades))]
    count = known["race_verdict"].value_counts()
    facts = {name: int(count.get(name, 0)) for name in ("first", "closing", "widening")}
    return style.title(ax, words("channels.first.message", fields=len(known), **facts), words("channels.first.measured"))


def list_figures(**facts: Mapping[str, object]) -> DataFrame:
    """The four key figures, worded: figure, value, comment.

    `facts`: sales, share, profit, dependence = what the summarise functions found; nothing = not known.
    """
    return DataFrame([{
        "figure": words(f"channels.figures.{name}.figure"),
        "value": words(f"channels.figures.{name}.value", **found) if found else NONE,
        "comment": words(f"channels.figures.{name}.{'comment' if found else 'unknown'}", **found),
    } for name, found in facts.items()])


def word_cuts(cuts: DataFrame) -> DataFrame:
    """`cuts` (from `compare_cuts`) with its boxes in words: attractiveness / strength."""
    return cuts.assign(**{box: [_word_box(code) for code in cuts[box]] for box in ("box_thirds", "box_quantiles")})


def _word_box(code: object) -> str:
    """A box such as high_medium in words."""
    levels = [words(f"channels.levels.{level}") if level else NONE for level in str(code).split("_")]
    return " / ".join(levels) if len(levels) == 2 else NONE


def word_strategies(strategies: DataFrame) -> DataFrame:
    """The base strategies, one row per channel: role, goal and the stance on each of the five Ps."""
    keys = ["channel", "channel_name", "role", "sales_goal"]
    worded = strategies.assign(stance=[words(f"channels.stances.{code}") for code in strategies["stance_code"]])
    wide = worded.groupby(["channel", "pillar"])["stance"].first().unstack("pillar").reindex(columns=list(PILLARS))
    rows = strategies.drop_duplicates("channel")[keys].join(wide.add_prefix("stance_"), on="channel")
    return rows.rename(columns={"role": "channel_role"}).reset_index(drop=True)


def list_claims() -> DataFrame:
    """The claims that people bring to such projects, as quoted, each with its source and why no figure here rests on it.

    Source: method.md section 8.
    """
    return DataFrame([{"claim": words(f"claims.{name}.claim"), "claim_source": words(f"claims.{name}.source"),
                       "claim_status": words(f"claims.{name}.status")} for name in CLAIMS])


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
