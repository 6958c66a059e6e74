"""The nine-box with its cut-offs in the open: equal thirds, thirds of the field, or cuts that were given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

AXES = ("attractiveness", "strength")
CUTS = {"convention": "str", "axis": "str", "low": float, "high": float}
PLACED = {"convention": "str", "attractive": "str", "strong": "str", "box": "str", "margin": float}
COMPARED = ["boxes", "agrees", "margin", "close"]


def state_cuts(scores: DataFrame, *, given: Mapping[str, tuple[float, float]] | None = None,
               scale: tuple[float, float] = (1.0, 5.0)) -> DataFrame:
    """Where low ends and high begins on both axes, by every convention.

    `scores`: attractiveness, strength.  Returns convention, axis, `low`, `high`: thirds (equal parts of the `scale`: asks
    whether a channel is good), quantiles (a third of the channels each: asks who is best of those there are; NaN without
    scores) and, if any, `given` (axis -> two cuts, as the client has set them).  Source: method.md 2.2 nine-box, A11.
    """
    step, rows = (scale[1] - scale[0]) / 3, []
    for axis in AXES:
        known = scores[axis].dropna()
        rows.append(("thirds", axis, scale[0] + step, scale[0] + 2 * step))
        rows.append(("quantiles", axis, known.quantile(1 / 3), known.quantile(2 / 3)))
        rows += [("given", axis, *given[axis])] if given and axis in given else []
    order = {"thirds": 0, "quantiles": 1, "given": 2}
    table = DataFrame(rows, columns=list(CUTS)).astype(CUTS)
    return table.sort_values(["convention", "axis"], key=lambda c: c.map(order) if c.name == "convention" else c, ignore_index=True)


def name_levels(scores: Series, *, low: float, high: float) -> Series:
    """low, medium or high for each score (from a cut on it is the higher one), "" for an unknown score."""
    steps = [scores.isna(), scores >= high, scores >= low]
    return Series(np.select([step.to_numpy() for step in steps], ["", "high", "medium"], "low"), index=scores.index, dtype="str")


def place_boxes(scores: DataFrame, *, cuts: DataFrame) -> DataFrame:
    """Every channel's box under every convention.

    `scores`: attractiveness, strength, by channel (index; its name is kept); `cuts`: from `state_cuts`.  Returns, one row
    per convention and channel, the index as a column, `convention`, `attractive`, `strong` (low, medium, high, ""),
    `box` ("high_medium") and `margin` (distance in points to the nearest cut of both axes: a small one is a close call).
    """
    parts, name = [], scores.index.name or "channel"
    for convention in cuts["convention"].unique():
        lines = cuts[cuts["convention"] == convention].set_index("axis")
        levels = {axis: name_levels(scores[axis], low=lines.at[axis, "low"], high=lines.at[axis, "high"])
                  if axis in lines.index else Series("", index=scores.index, dtype="str") for axis in AXES}
        distance = [(scores[axis] - lines.at[axis, end]).abs() for axis in AXES if axis in lines.index for end in ("low", "high")]
        parts.append(DataFrame({"convention": convention, "attractive": levels["attractiveness"], "strong": levels["strength"],
                                "box": levels["attractiveness"] + "_" + levels["strength"],
                                "margin": pd.concat(distance, axis=1).min(axis=1)}, index=scores.index))
    table = pd.concat(parts) if parts else DataFrame(columns=list(PLACED))
    return table.astype(PLACED).rename_axis(name).reset_index()


def compare_placements(placed: DataFrame, *, close: float = 0.15) -> DataFrame:
    """Whose box depends on the convention: by channel (index), `boxes` (different ones), `agrees` (only one), `margin`
    (smallest under any convention) and `close` (a rating moved by `close` points would change a box; a rule of thumb).

    `placed`: from `place_boxes`.  Source: method.md 2.2 ("offer both and show both placements").
    """
    key = placed.columns[0]
    groups = placed.groupby(key, sort=False)
    found = groups.agg(boxes=("box", "nunique"), margin=("margin", "min"))
    found["agrees"], found["close"] = found["boxes"] == 1, found["margin"] < close
    return found[COMPARED]
