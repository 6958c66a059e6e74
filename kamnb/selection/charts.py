"""The charts of stage selection: each shows one finished frame and says in its title what it means."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from pandas import DataFrame, Series

from kamnb import style
from kamnb.selection.robustness import CERTAIN, LARGE, OUT
from kamnb.style import ACCENT, GREY, INK, LIGHT, SOFT
from kamnb.words import say_value, words

SMALL = 8.5
SPOTS = ((6, 0, "left"), (-6, 0, "right"), (0, 8, "center"), (0, -9, "center"), (6, 9, "left"), (-6, 9, "right"),
         (6, -10, "left"), (-6, -10, "right"), (12, 20, "left"), (-12, 20, "right"), (12, -21, "left"), (-12, -21, "right"),
         (34, 12, "left"), (-34, 12, "right"), (34, -13, "left"), (-34, -13, "right"), (26, 32, "left"), (-26, 32, "right"),
         (26, -33, "left"), (-26, -33, "right"), (60, 24, "left"), (-60, 24, "right"), (60, -25, "left"), (-60, -25, "right"))
SHIFTS = {"left": 0.0, "center": 0.5, "right": 1.0}  # how far a name is moved to the left, in widths
VEIL = {"facecolor": "white", "alpha": 0.65, "linewidth": 0, "pad": 0.4}  # behind a name: marks and lines show through, letters are read
FAR = 8  # spots from here on get a line to their mark
HEADS = ((0, -0.9, "score"), (1, -0.9, "out"), (1, -1.75, "share"), (2, -0.9, "in"), (2.07, -0.9, "board"), (2.26, -0.9, "any"))
COLOURS = {"certain_in": ACCENT, "contested": INK, "certain_out": LIGHT, "-": LIGHT}


def label_points(ax: Axes, points: DataFrame) -> None:
    """Names beside their points, each where it covers no other name and no named point.

    `points`: x, y, name, reach (points from the middle of the mark to its edge), colour; the first have the choice.
    """
    scale = ax.figure.dpi / 72
    ax.autoscale_view()  # where a point lies is known only once the limits of the axes are
    spots = ax.transData.transform(points[["x", "y"]].to_numpy(dtype=float))
    reach = scale * points["reach"].to_numpy(dtype=float)[:, None]
    marks, taken = np.hstack([spots - reach, spots + reach]), np.empty((0, 4))
    for place, row in enumerate(points.to_dict("records")):
        text = ax.annotate(row["name"], (row["x"], row["y"]), (0, 0), textcoords="offset points", fontsize=9, va="center",
                           color=row["colour"], zorder=5, bbox=VEIL)
        boxes = _list_boxes(text.get_window_extent(), row["reach"], scale=scale)
        best = int(np.argmin(_count_clashes(boxes, np.vstack([taken, np.delete(marks, place, axis=0)]), inside=ax.bbox)))
        taken, (x, y, side) = np.vstack([taken, boxes[best]]), SPOTS[best]
        text.set(position=_move_out(x, y, row["reach"]), ha=side)
        if best >= FAR:
            left, bottom, right, top = boxes[best]
            edge = np.array([right if x < 0 else left, (bottom + top) / 2])
            ax.annotate("", (row["x"], row["y"]), (edge - spots[place]) / scale, textcoords="offset points", zorder=1,
                        arrowprops={"arrowstyle": "-", "color": LIGHT, "linewidth": 0.8, "shrinkA": 0, "shrinkB": row["reach"]})


def _move_out(x: float, y: float, reach: float) -> tuple[float, float]:
    """Where a name stands (points from the middle of its mark) that keeps x, y from the mark's edge."""
    return x + np.sign(x) * reach, y + np.sign(y) * reach * (0.7 if x else 1)


def _list_boxes(box: Bbox, reach: float, *, scale: float) -> np.ndarray:
    """The boxes (left, bottom, right, top in pixels) that a name takes at each of SPOTS; `box`: where it
    stands when it begins at the middle of its mark."""
    moves = [(scale * x - SHIFTS[side] * box.width, scale * y) for (x, y), side in
             ((_move_out(x, y, reach), side) for x, y, side in SPOTS)]
    return np.tile(moves, 2) + box.extents


def _count_clashes(boxes: np.ndarray, others: np.ndarray, *, inside: Bbox) -> np.ndarray:
    """How badly each of `boxes` lies: what it covers of `others`, and whether it leaves the axes (`inside`)."""
    left, bottom, right, top = (boxes + [-1, -1, 1, 1]).T
    apart = ((left[:, None] > others[:, 2]) | (others[:, 0] > right[:, None])
             | (bottom[:, None] > others[:, 3]) | (others[:, 1] > top[:, None]))
    return ((~apart).sum(axis=1) + 3 * ((left < inside.x0) | (right > inside.x1 + 40))
            + 2 * ((bottom <= inside.y0) | (top >= inside.y1)))


def outlook(places: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Growth without noise over the share of headroom still open, area = sales; promising accounts in the accent colour.

    `places`: from `place_accounts`.  Growth beyond the frame is drawn on its edge, with its rate.
    """
    ax = style.canvas(ax, height=4.9)
    low, high = _frame(places["growth_shrunken"])
    shown = places.assign(y=places["growth_shrunken"].clip(low, high), beyond=~places["growth_shrunken"].between(low, high),
                          reach=2 + 12 * np.sqrt(places["net_sales"].astype(float) / float(places["net_sales"].max())))
    margin = 0.08 * (high - low)
    ax.set(xlim=(-0.03, 1.03 if places["open_share"].max() > 0.8 else 0.85), ylim=(low - margin, high + margin))
    _divide(ax, ours=places["ours"].iloc[0], middle=places["open_share"].median())
    sure = shown[shown["promising"] & shown["named"]]
    ends = sure[["growth_low", "growth_high"]].clip(low, high)
    ax.vlines(sure["open_share"], ends["growth_low"], ends["growth_high"], color=SOFT, linewidth=1.4)
    ax.scatter(shown["open_share"], shown["y"], s=(2 * shown["reach"]) ** 2 * np.pi / 4, alpha=0.85, linewidth=1,
               color=shown["promising"].map({True: ACCENT, False: LIGHT}), zorder=2,
               edgecolor=(shown["named"] & ~shown["promising"]).map({True: INK, False: "white"}))
    style.percent_axis(ax.xaxis)
    style.percent_axis(ax.yaxis, signed=True)
    ax.set_xlabel(words("selection.outlook.x"))
    ax.set_ylabel(words("selection.outlook.y"))
    style.grid(ax, "both")
    told = shown[shown["named"]].sort_values(["promising", "net_sales"], ascending=False)
    names = [style.shorten(row["name"], 24) + (f"  {say_value(row['growth_shrunken'], 'rate')}" if row["beyond"] else "")
             for row in told.to_dict("records")]
    label_points(ax, DataFrame({"x": told["open_share"], "y": told["y"], "name": names, "reach": told["reach"],
                                "colour": told["promising"].map({True: ACCENT, False: INK})}))
    chosen = places[places["promising"]].sort_values(["headroom", "account"], ascending=[False, True])
    key = "selection.outlook.message" if len(chosen) else "selection.outlook.message_none"
    message = words(key, promising=len(chosen), measured=len(places), names=chosen["name"].head(3).tolist())
    return style.title(ax, message, words("selection.outlook.measured"))


def _divide(ax: Axes, *, ours: float, middle: float) -> None:
    """The line of our own growth, and the tinted field above it and right of the median account's open share."""
    left, right = ax.get_xlim()
    low, high = ax.get_ylim()
    ax.fill_between([middle, right], min(max(ours, low), high), high, color=ACCENT, alpha=0.05, linewidth=0)
    ax.plot([left, right], [ours, ours], color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    ax.annotate(words("selection.outlook.ours", ours=ours), (right, ours), (4, 0), textcoords="offset points", va="center",
                fontsize=SMALL, color=GREY)
    ax.set(xlim=(left, right), ylim=(low, high))


def _frame(rates: Series) -> tuple[float, float]:
    """Range of growth that the map shows: all of it, or the middle 94 % where single rates would squeeze the others."""
    low, high = float(rates.min()), float(rates.max())
    inner_low, inner_high = float(rates.quantile(0.03)), float(rates.quantile(0.97))
    span = max(inner_high - inner_low, 0.02)
    return (low if low > inner_low - span else inner_low), (high if high < inner_high + span else inner_high)


def ranking(contenders: DataFrame, *, facts: Mapping[str, object], ax: Axes | None = None) -> Axes:
    """Who scores best (bar), and how often each is in the top group: under the weightings the board could hold (dot), and
    under any weights at all (ring).

    `contenders`: from `pick_contenders`; `facts`: from `summarise_standing`.  A line closes the seats; the ten largest carry
    their place by sales; large names that never sit and small ones that always do stand out.
    """
    rows, seats = range(len(contenders)), int(contenders["seats"].iloc[0])
    ax = style.canvas(ax, height=1.35 + 0.265 * len(contenders))
    seated = contenders["decision"] == "key"
    ax.barh(rows, 0.85 * (contenders["score"] - 1) / 4, height=0.56, color=[SOFT if s else LIGHT for s in seated])
    for row, score in enumerate(contenders["score"]):
        ax.text(0.012, row, say_value(score, "score"), va="center", fontsize=SMALL)
    for share, line in ((0, "-"), (OUT, ":"), (CERTAIN, ":"), (1, "-")):
        ax.plot([1 + share] * 2, [-0.6, len(contenders) - 0.4], color=LIGHT, linewidth=0.8, linestyle=line, zorder=0)
    _dots(ax, contenders)
    cut = int(seated.cumsum().idxmax()) + 0.5
    ax.plot([0, 2.42], [cut, cut], color=GREY, linewidth=0.9, linestyle=(0, (4, 3)))
    for x, y, key in HEADS:
        ax.text(x, y, words(f"selection.ranking.{key}", seats=seats), color=GREY, fontsize=SMALL, ha="right" if x == 2 else "left")
    ax.set_yticks(rows, [_name_with_size(row) for row in contenders.to_dict("records")])
    for label, name in zip(ax.get_yticklabels(), contenders["name"], strict=True):
        label.set_color(INK if name in facts["never"] else ACCENT if name in facts["small"] else GREY)
    ax.set(xlim=(0, 2.42), ylim=(len(contenders) - 0.4, -2.2))
    ax.tick_params(length=0)
    style.hide_axis(ax.xaxis)
    firm = "firm" if not facts["contested"] else "contested" if facts["certain"] else "none"
    key = "outliers" if facts["never"] and facts["small"] else firm
    shown = {**facts, "names": facts["names"][:3], "never": facts["never"][:2], "small": facts["small"][:1], "missed": len(facts["never"])}
    measured = words("selection.ranking.measured", seats=seats, spread=facts["spread"])
    return style.title(ax, words(f"selection.ranking.message_{key}", **shown), measured)


def _dots(ax: Axes, contenders: DataFrame) -> None:
    """Shares in the top group of every row: a ring under any weights, a dot under the board's, and both numbers."""
    rows = range(len(contenders))
    ends = contenders[["in_top", "any_top"]]
    ax.hlines(rows, 1 + ends.min(axis=1), 1 + ends.max(axis=1), color=GREY, linewidth=1, zorder=1)
    ax.scatter(1 + contenders["any_top"], rows, s=44, facecolor="white", edgecolor=GREY, linewidth=1.2, zorder=2)
    colours = [COLOURS[standing] for standing in contenders["standing"]]
    ax.scatter(1 + contenders["in_top"], rows, s=52, color=colours, edgecolor="white", zorder=3)
    for column, x, colour in (("in_top", 2.07, INK), ("any_top", 2.26, GREY)):
        for row, share in enumerate(contenders[column]):
            ax.text(x, row, say_value(share, "share"), va="center", fontsize=9, color=colour)


def _name_with_size(row: Mapping[str, object]) -> str:
    """The name of an account, with its place by sales if it is one of the ten largest."""
    name = style.shorten(row["name"], 24)
    return words("selection.ranking.large", name=name, size_rank=row["size_rank"]) if row["size_rank"] <= LARGE else name


def size_value(board: DataFrame, *, seats: int, ax: Axes | None = None) -> Axes:
    """Size against strategic value: large accounts that are not key and key accounts that are not large by name.

    `board`: from `compare_size`; `seats`: how many are chosen.  Accounts that may not take a seat are left out.
    """
    ax = style.canvas(ax, height=4.9)
    known = board[board["value"].notna() & ((board["gate"] == "") | (board["place"] != "neither"))].reset_index(drop=True)
    key, large = known["decision"] == "key", known["place"] == "large_not_key"
    sales = known["net_sales"].astype(float)
    face = np.select([key, large], [ACCENT, "white"], LIGHT)
    edge = np.select([key, large], [ACCENT, INK], LIGHT)
    ax.set_xscale("log")
    ax.scatter(sales, known["value"], s=np.where(key | large, 62, 26), c=face, edgecolors=edge, linewidth=1.5, zorder=2)
    cut = float(board["net_sales"].astype(float).nlargest(seats).min())
    ax.axvline(cut * 0.985, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    ax.set(ylim=(0.9, 5.25), yticks=range(1, 6), xlim=(sales.min() * 0.8, sales.max() * 2.2))
    ax.text(cut, 5.2, " " + words("selection.size_value.cut", seats=seats), fontsize=SMALL, color=GREY, va="top")
    order = known["place"].map({"key_not_large": 0, "large_not_key": 1, "both": 2})
    told = known[order.notna()].iloc[order[order.notna()].argsort(kind="stable")]
    names = [style.shorten(name, 24) for name in told["name"]]
    points = DataFrame({"x": told["net_sales"].astype(float), "y": told["value"], "name": names, "reach": 3.5,
                        "colour": told["place"].map({"key_not_large": ACCENT, "large_not_key": INK, "both": GREY})})
    unit = style.money_axis(ax.xaxis, float(sales.max()))
    _log_ticks(ax, sales)
    ax.set_xlabel(words("selection.size_value.x", unit=unit))
    ax.set_ylabel(words("selection.size_value.y"))
    style.grid(ax, "y")
    label_points(ax, points)
    small, big = told[told["place"] == "key_not_large"], told[told["place"] == "large_not_key"]
    message = "selection.size_value.message" if len(small) else "selection.size_value.message_same"
    facts = {"differ": len(small), "seats": seats, "large": big.sort_values("size_rank")["name"].head(2).tolist(),
             "small": small.sort_values("size_rank")["name"].tail(2).tolist()[::-1]}
    return style.title(ax, words(message, **facts), words("selection.size_value.measured"))


def _log_ticks(ax: Axes, values: Series) -> None:
    """Ticks of a logarithmic axis at 1, 3, 10, 30 ... within `values`."""
    exponents = np.arange(np.floor(np.log10(values.min())), np.ceil(np.log10(values.max())) + 1)
    ticks = np.sort(np.concatenate([10**exponents, 3 * 10**exponents]))
    ax.set_xticks(ticks[(ticks >= values.min()) & (ticks <= values.max() * 1.2)])
    ax.minorticks_off()
