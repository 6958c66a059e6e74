"""The charts of evidence: the backtest, what foretold growth, and how we stand beside the best competitor."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame, Series

from kamnb import style
from kamnb.selection.charts import SMALL, label_points
from kamnb.selection.portfolio import MIDDLE, frame_strength
from kamnb.style import ACCENT, GREY, INK, LIGHT, SOFT
from kamnb.words import say_value, words

MOST = 12  # origins that stand side by side


def backtest(origins: DataFrame, *, facts: Mapping[str, object], result: str, ax: Axes | None = None) -> Axes:
    """Growth in the year after, of accounts the scorecard would have chosen (dot) and of those size would have (ring), for each
    day one could have decided and for all together.

    `origins`: from `pick_origins`; `facts`: from `summarise_test`; `result`: from `name_result`.
    """
    single = origins[origins["origin"].notna()].tail(MOST)
    rows = [*single.to_dict("records"), *(origins[origins["origin"].isna()].to_dict("records") if len(single) > 1 else [])]
    ax = style.canvas(ax, height=1.3 + 0.3 * len(rows), width=7.4)
    places, whole = np.arange(len(rows)), np.arange(len(rows)) == len(single)
    groups = {name: np.array([row[name] for row in rows]) for name in ("size", "scorecard", "everyone")}
    ax.hlines(places, groups["size"], groups["scorecard"], color=LIGHT, linewidth=np.where(whole, 3, 1.8), zorder=1)
    ax.vlines(groups["everyone"], places - 0.3, places + 0.3, color=GREY, linewidth=1)
    ax.scatter(groups["size"], places, s=np.where(whole, 64, 42), facecolor="white", edgecolor=INK, linewidth=1.4, zorder=2)
    ax.scatter(groups["scorecard"], places, s=np.where(whole, 64, 42), color=ACCENT, zorder=3)
    names = [say_value(row["origin"], "month") for row in rows[:len(single)]]
    ax.set_yticks(range(len(rows)), names + [words("selection.backtest.all")] * (len(rows) - len(single)))
    ax.set_ylim(len(rows) - 0.4, -1.35)
    for column, key, colour in (("scorecard", "by_score", ACCENT), ("size", "by_size", INK)):
        right = rows[0][column] >= rows[0]["size" if column == "scorecard" else "scorecard"]
        ax.annotate(words(f"selection.backtest.{key}"), (rows[0][column], 0), (0 if right else 0, 11), textcoords="offset points",
                    ha="left" if right else "right", fontsize=SMALL, color=colour)
    style.percent_axis(ax.xaxis, signed=True)
    style.grid(ax, "x")
    ax.margins(x=0.16)
    return style.title(ax, words(f"selection.backtest.{result}", **facts), words("selection.backtest.measured"))


def predictors(table: DataFrame, *, names: Series, ax: Axes | None = None) -> Axes:
    """Which criteria went with growth in the year after: rank correlation with its interval; what is proven in the accent colour.

    `table`: from `rank_predictors`; `names`: criterion name by code.
    """
    rows = table[(table["outcome"] == "rate") & table["correlation"].notna()]
    rows = rows.sort_values(["correlation", "criterion"], ascending=[False, True], ignore_index=True)
    ax = style.canvas(ax, height=1.2 + 0.36 * len(rows), width=7.0)
    colours = rows["verdict"].map({"predicts": ACCENT, "reverse": INK}).fillna(LIGHT)
    ax.axvline(0, color=GREY, linewidth=0.9)
    ax.hlines(rows.index, rows["low"], rows["high"], color=colours, linewidth=2)
    ax.scatter(rows["correlation"], rows.index, s=54, color=colours, zorder=3)
    labels = [words("selection.predictors.label", name=names.get(row["criterion"], row["criterion"]), weight=row["weight"])
              for row in rows.to_dict("records")]
    ax.set_yticks(rows.index, labels)
    ax.set_ylim(len(rows) - 0.4, -0.7)
    reach = max(0.3, float(rows[["low", "high"]].abs().max().max()) * 1.1)
    ax.set_xlim(-reach, reach)
    ax.set_xlabel(words("selection.predictors.x"))
    ax.tick_params(axis="y", length=0)
    style.grid(ax, "x")
    told = {verdict: [names.get(c, c) for c in rows.loc[rows["verdict"] == verdict, "criterion"]][:2]
            for verdict in ("predicts", "reverse")}
    key = "both" if all(told.values()) else "good" if told["predicts"] else "wrong" if told["reverse"] else "none"
    return style.title(ax, words(f"selection.predictors.{key}", **told), words("selection.predictors.measured"))


def matrix(places: DataFrame, *, facts: Mapping[str, object], ax: Axes | None = None) -> Axes:
    """The portfolio: our strength against the best competitor to the right, attractiveness upwards, area = sales; key accounts
    in the accent colour.  `places`: from `place_portfolio`; `facts`: from `summarise_portfolio`."""
    ax = style.canvas(ax, height=4.7)
    sales = places["net_sales"].astype(float)
    reach = 3 + 13 * np.sqrt(sales / float(sales.max()))
    key = places["decision"] == "key"
    low, high = frame_strength(places)
    floor = min(2.0, float(np.floor(places["attractiveness"].min()))) - 0.1
    ax.set(xlim=(low, high), ylim=(floor, 5.1), yticks=range(int(np.ceil(floor)), 6), xticks=range(int(np.ceil(low)), int(high) + 1))
    ax.axvline(MIDDLE, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    ax.axhline(MIDDLE, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    ax.scatter(places["strength"], places["attractiveness"], s=(2 * reach) ** 2 * np.pi / 4, zorder=2, alpha=0.85,
               color=np.where(key, ACCENT, SOFT), edgecolor="white", linewidth=1)
    for x, y, ha, va, box in ((low, 5.05, "left", "top", "win"), (high, 5.05, "right", "top", "invest"),
                              (low, floor + 0.05, "left", "bottom", "leave"), (high, floor + 0.05, "right", "bottom", "maintain")):
        ax.text(x, y, words(f"selection.portfolio.{box}"), ha=ha, va=va, fontsize=SMALL, color=GREY)
    label_points(ax, DataFrame({"x": places["strength"], "y": places["attractiveness"], "reach": reach,
                                "name": [style.shorten(name, 22) for name in places["name"]],
                                "colour": np.where(key, ACCENT, INK)}))
    ax.set_xlabel(words("selection.portfolio.x"))
    ax.set_ylabel(words("selection.portfolio.y"))
    message = "message_weaker" if facts["weaker"] else "message"
    shown = {**facts, "weaker": facts["weaker"][:3], "number": len(facts["weaker"])}
    return style.title(ax, words(f"selection.portfolio.{message}", **shown), words("selection.portfolio.measured", **shown))
