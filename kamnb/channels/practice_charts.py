"""The charts of stage channels on how we work today: against rivals, between departments, by success factor."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from pandas import DataFrame, Series

from kamnb import style
from kamnb.channels.charts import SMALL, leave_room, list_rows, name_marks, note_column
from kamnb.style import ACCENT, GREY, INK, SOFT
from kamnb.words import name_code, say_value, words


def rivals(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """How far customers see us ahead of or behind the best competitor, with the interval and the importance of each item.

    `table`: from `compare_rivals`.
    """
    ordered = table.sort_values(["gap_score", "item"], ignore_index=True)
    ax = list_rows(ax, ordered["item"], extra=-0.06 * len(ordered))
    rows = range(len(ordered))
    colours = {"fix": ACCENT, "keep": INK}
    ax.hlines(rows, ordered["gap_low"], ordered["gap_high"], color=SOFT, linewidth=5)
    ax.scatter(ordered["gap_score"], rows, s=52, color=[colours.get(name, GREY) for name in ordered["quadrant"]], zorder=3)
    ax.axvline(0, color=GREY, linewidth=0.9)
    end, span = leave_room(ax, [*ordered["gap_low"], *ordered["gap_high"]], right=0.75)
    note_column(ax, end + 0.25 * span, [say_value(value, "score") for value in ordered["importance"]],
                head=words("channels.rivals.importance"))
    note_column(ax, end + 0.72 * span, [words(f"channels.rivals.{name}") if name else "" for name in ordered["quadrant"]],
                head=words("channels.rivals.advice"))
    fix = table[table["quadrant"] == "fix"]
    message = words("channels.rivals.behind", item=fix["item"].iloc[0], gap=-fix["gap_score"].iloc[0]) if len(fix) else (
        words("channels.rivals.ahead"))
    return style.title(ax, message, words("channels.rivals.measured", accounts=int(table["units"].max())))


def views(table: DataFrame, *, gaps: DataFrame, ax: Axes | None = None) -> Axes:
    """How each department rates each item: the darker, the weaker; framed where one surely differs from the others.

    `table`: from `list_department_views`; `gaps`: from `list_gaps`.
    """
    items, departments = list(gaps["item"]), sorted(table["department"].unique())
    ax = style.canvas(ax, height=1.3 + 0.32 * len(items))
    means = table.pivot(index="item", columns="department", values="mean").reindex(index=items, columns=departments)
    split = dict(zip(gaps.loc[gaps["disputed"], "item"], gaps.loc[gaps["disputed"], "split_by"], strict=True))
    for y, item in enumerate(items):
        for x, department in enumerate(departments):
            value = means.at[item, department]
            if value != value:
                continue
            shade, framed = (5 - value) / 4, split.get(item) == department
            ax.add_patch(Rectangle((x + 0.03, y + 0.05), 0.94, 0.9, facecolor=ACCENT, alpha=0.05 + 0.75 * shade**1.5,
                                   linewidth=0))
            if framed:
                ax.add_patch(Rectangle((x + 0.05, y + 0.08), 0.9, 0.84, fill=False, edgecolor=INK, linewidth=1.6))
            ax.text(x + 0.5, y + 0.5, say_value(value, "score"), ha="center", va="center", fontsize=9,
                    color="white" if shade > 0.72 else INK)
    ax.set(xlim=(0, len(departments)), ylim=(len(items), 0))
    ax.set_yticks([y + 0.5 for y in range(len(items))], [style.shorten(item, 50) for item in items])
    ax.set_xticks([x + 0.5 for x in range(len(departments))], [style.wrap(name, 11) for name in departments], fontsize=SMALL)
    ax.xaxis.tick_top()
    ax.tick_params(length=0, colors=INK)
    ax.spines["bottom"].set_visible(False)
    case = "disputed" if split else "agreed"
    return style.title(ax, words(f"channels.views.{case}", item=items[0], disputed=len(split)), words("channels.views.measured"))


def maturity(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """The nine success factors: score with its interval, the round before (ring), and the level wanted (line).

    `table`: from `rate_maturity`.
    """
    names = table["factor"].map(name_code)
    ax = list_rows(ax, names)
    rows = range(len(table))
    weakest = table["score"] == table["score"].min()
    ax.hlines(rows, table["score_low"], table["score_high"], color=SOFT, linewidth=5)
    ax.scatter(table["previous_score"], rows, s=46, facecolor="white", edgecolor=GREY, linewidth=1.4, zorder=2)
    ax.scatter(table["score"], rows, s=56, color=[ACCENT if weak else INK for weak in weakest], zorder=3)
    ax.scatter(table["target_score"], rows, s=110, marker="|", color=GREY, linewidth=2, zorder=2)
    marks = {name: f"channels.maturity.{name}" for name in ("previous_score", "score", "target_score")
             if table[name].iloc[0] == table[name].iloc[0]}
    name_marks(ax, table.iloc[0], marks)
    ax.set_ylim(len(table) - 0.4, -1.4)
    ax.set(xlim=(0.9, 7.4), xticks=range(1, 6))
    style.grid(ax)
    note_column(ax, 5.7, [say_value(value, "score") for value in table["score"]], head=words("channels.maturity.score"))
    split = [words("channels.maturity.split", department=row["split_by"], score=row["their_score"]) if row["disputed"] else ""
             for row in table.to_dict("records")]
    note_column(ax, 7.4, split, head=words("channels.maturity.differs"))
    known = table[table["score"].notna()]
    weak = known.loc[known["score"].idxmin()]
    message = words("channels.maturity.message", factor=name_code(weak["factor"]), score=weak["score"])
    return style.title(ax, message, words("channels.maturity.measured"))


def tell_maturity(facts: Mapping[str, object]) -> dict[str, object]:
    """The sentence on the success factors, as `key` and facts.  `facts`: from `summarise_maturity`."""
    named = {f"{name}_name": name_code(facts[name]) for name in ("weak", "strong", "disputed") if name in facts}
    agreed = bool(facts) and "disputed" not in facts
    return {"key": f"channels.maturity_found.{'agreed' if agreed else 'disputed'}", **facts, **named}


def word_requests(requests: DataFrame) -> DataFrame:
    """`requests` (from `list_requests`) with the tables by their names."""
    return requests.assign(asked_table=[words(f"tables.{name}.title") for name in requests["asked_table"]])


def word_hypotheses(ledger: DataFrame) -> DataFrame:
    """The ledger (from `list_hypotheses`) with its proof in words: the value against the one that was fixed, or the talks."""
    proofs = []
    for row in ledger.to_dict("records"):
        numbered, talked = row["confirmed_from"] == row["confirmed_from"], row["yes_low"] == row["yes_low"]
        case = "number" if numbered else "talks" if talked else ""
        proofs.append(words(f"channels.hypotheses.{case}", **row) if case else "")
    return ledger.assign(proof=Series(proofs, index=ledger.index, dtype="str")).drop(
        columns=["version", "confirmed_from", "measured", "asked", "yes_low", "yes_high"])
