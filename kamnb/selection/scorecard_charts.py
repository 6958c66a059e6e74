"""The scorecard as a matrix, and the criteria sheet in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from pandas import DataFrame, Series

from kamnb import style
from kamnb.methods.origins import RATED
from kamnb.selection.factors import anchor_factors
from kamnb.selection.scorecard import describe_criteria
from kamnb.selection.study import Scorecard
from kamnb.style import ACCENT, GREY, INK
from kamnb.words import has_words, say_value, words

MOST, LARGEST = 16, 4  # rows of the scorecard: accounts that have a seat or wait for one, and the largest that have none


def name_criteria(criteria: DataFrame) -> Series:
    """Name of every criterion by its code: the client's, else ours, else the code."""
    ours = [words(f"selection.factors.{c}") if has_words(f"selection.factors.{c}") else c for c in criteria["criterion"]]
    return criteria["name"].where(criteria["name"].notna(), Series(ours, index=criteria.index)).set_axis(criteria["criterion"])


def name_all(criteria: DataFrame) -> Series:
    """Name of every criterion by its code, those of the past (`origins.RATED`) included."""
    known = name_criteria(criteria)
    others = [code for code in RATED if code not in known.index]
    return pd.concat([known, Series([words(f"selection.factors.{code}") for code in others], index=others, dtype="str")])


def list_ratings(board: DataFrame, ratings: DataFrame, *, weights: Series, criteria: DataFrame) -> DataFrame:
    """Ratings of the accounts that have a seat or wait for one, best first, and of the four largest that have none: one row per
    account and criterion.

    Returns account, name, `seated` (boolean), criterion, criterion_name, weight (share), rating (1-5, unknown where nobody could say).
    """
    open_to = board["decision"].isin(["key", "candidate"])
    large = board[~open_to & (board["gate"] == "")].nlargest(LARGEST, "net_sales")
    first = pd.concat([board[open_to].head(MOST), large])
    names = name_criteria(criteria)
    wide = ratings.loc[first["account"], weights.index]
    long = wide.rename_axis(index="account", columns="criterion").stack(future_stack=True).rename("rating").reset_index()
    return long.assign(name=long["account"].map(first.set_index("account")["name"]), seated=~long["account"].isin(large["account"]),
                       weight=long["criterion"].map(weights), criterion_name=long["criterion"].map(names))[
        ["account", "name", "seated", "criterion", "criterion_name", "weight", "rating"]]


def matrix(long: DataFrame, *, ax: Axes | None = None) -> Axes:
    """The scorecard: accounts down, criteria across with their weight, the darker the better; a dash was not rated.  Below the
    line: the largest without a seat.

    `long`: from `list_ratings`.
    """
    rows, columns = list(long["account"].unique()), list(long["criterion"].unique())
    ax = style.canvas(ax, height=1.5 + 0.3 * len(rows))
    spots = [(columns.index(criterion), rows.index(account)) for criterion, account in zip(long["criterion"], long["account"], strict=True)]
    shades = (((long["rating"] - 1) / 4).fillna(0.0) ** 1.6).tolist()
    ax.add_collection(PatchCollection([Rectangle((x + 0.02, y + 0.04), 0.96, 0.92) for x, y in spots], linewidth=0,
                                      facecolor=[to_rgba(ACCENT, 0.03 + 0.82 * shade) for shade in shades]))
    for (x, y), shade, rating in zip(spots, shades, long["rating"], strict=True):
        ax.text(x + 0.5, y + 0.5, words("selection.matrix.cell", rating=rating), ha="center", va="center", fontsize=9,
                color="white" if shade > 0.5 else GREY if np.isnan(rating) else INK)
    heads = long.drop_duplicates("criterion")
    labels = [f"{style.wrap(row['criterion_name'], 13)}\n{say_value(row['weight'], 'share')}" for row in heads.to_dict("records")]
    ax.set_xticks([place + 0.5 for place in range(len(columns))], labels, fontsize=8, linespacing=1.3)
    ax.set_yticks([place + 0.5 for place in range(len(rows))],
                  [style.shorten(name, 26) for name in long.drop_duplicates("account")["name"]])
    ax.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
    ax.xaxis.tick_top()
    ax.tick_params(length=0, colors=INK)
    ax.spines["bottom"].set_visible(False)
    cut = int(long.drop_duplicates("account")["seated"].sum())
    ax.plot([0, len(columns)], [cut, cut], color=INK, linewidth=1.2)
    return style.title(ax, _say_shortfall(long), words("selection.matrix.measured"))


def _say_shortfall(long: DataFrame) -> str:
    """The two criteria on which the largest without a seat fall furthest short of the others, by what they count."""
    means = long.pivot_table(index="criterion_name", columns="seated", values="rating", sort=False)
    if means.shape[1] < 2:
        return words("selection.matrix.message_alone")
    short = (means[True] - means[False]) * long.drop_duplicates("criterion").set_index("criterion_name")["weight"]
    return words("selection.matrix.message", short=short.nlargest(2).index.tolist())


def lay_sheet(sheet: DataFrame, *, anchors: DataFrame) -> DataFrame:
    """The criteria sheet in words: criterion_name, weight (share), from_data, from_raters, low_means, high_means.

    `sheet`: from `describe_criteria`; `anchors`: from `anchor_factors`.  What a 1 and a 5 mean is ours for ratings from
    data, the client's for ratings by people.
    """
    ends = {end: [_word_anchor(row, end, anchors) for row in sheet.to_dict("records")] for end in ("low", "high")}
    return DataFrame({"criterion_name": name_criteria(sheet).to_numpy(), "weight": sheet["weight"] / sheet["weight"].sum(),
                      "from_data": sheet["from_data"], "from_raters": sheet["from_raters"],
                      "low_means": ends["low"], "high_means": ends["high"]})


def _word_anchor(row: dict, end: str, anchors: DataFrame) -> str:
    """What the `low` or `high` end of a criterion means; an effort that costs has its ends turned round."""
    criterion, key = row["criterion"], f"selection.anchors.{row['criterion']}_{end}"
    given = {"low": "high", "high": "low"}[end] if row["direction"] == "cost" else end
    if row["source"] == "rating" and isinstance(row[given], str):
        return row[given]
    known = criterion not in anchors.index or anchors.loc[criterion].notna().all()
    if not row["from_data"] or not has_words(key) or not known:
        return row[given] if isinstance(row[given], str) else ""
    return words(key, value=anchors.at[criterion, end] if criterion in anchors.index else None)


def criteria_sheet(criteria: DataFrame, *, scored: Scorecard) -> DataFrame:
    """`lay_sheet` of what was rated in `scored`."""
    return lay_sheet(describe_criteria(criteria, scored.computed, scored.rated), anchors=anchor_factors(scored.measures))
