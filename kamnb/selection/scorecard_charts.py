"""The scorecard as a matrix, and the tables of the stage in words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from pandas import DataFrame, Series

from kamnb import style
from kamnb.style import ACCENT, GREY, INK
from kamnb.words import has_words, name_code, say_value, words

MOST = 16
LISTS = {
    "long_list": ["account", "name", "channel_name", "class_abc", "class_xyz", "net_sales", "share", "growth", "case", "tenure",
                  "margin_rate", "contribution_rate"],
    "rank_table": ["account", "rank", "name", "channel_name", "score", "rated", "in_top", "rank_low", "rank_high", "standing"],
    "dependence": ["group", "group_name", "accounts", "net_sales", "share", "profit_share", "flag"],
    "key_accounts": ["account", "rank", "name", "channel_name", "tier", "kind", "roles", "net_sales", "headroom", "score",
                     "in_top", "reason"],
    "waiting": ["account", "name", "channel_name", "kind", "net_sales", "score", "rated", "in_top", "reason"],
    "left_out": ["account", "name", "channel_name", "net_sales", "growth", "contribution_rate", "score", "decision",
                 "reason"],
    "dissent": ["account", "name", "criterion_name", "rating_low", "low_rater", "rating_high", "high_rater"],
}


def lay_out(rows: DataFrame, table: str) -> DataFrame:
    """The columns of `rows` that the shown table `table` has, in their order."""
    return rows[LISTS[table]]


def name_criteria(criteria: DataFrame) -> Series:
    """Name of every criterion by its code: the client's, else ours, else the code."""
    ours = [words(f"selection.factors.{c}") if has_words(f"selection.factors.{c}") else c for c in criteria["criterion"]]
    return criteria["name"].where(criteria["name"].notna(), Series(ours, index=criteria.index)).set_axis(criteria["criterion"])


def list_ratings(board: DataFrame, ratings: DataFrame, *, weights: Series, criteria: DataFrame) -> DataFrame:
    """Ratings of the accounts that may win a seat, one row per account and criterion, best account first.

    Returns account, name, criterion, criterion_name, weight (share), rating (1-5, unknown where nobody could say).
    """
    first = board[board["decision"].isin(["key", "candidate"])].head(MOST)
    names = name_criteria(criteria)
    wide = ratings.loc[first["account"], weights.index]
    long = wide.rename_axis(index="account", columns="criterion").stack(future_stack=True).rename("rating").reset_index()
    return long.assign(name=long["account"].map(first.set_index("account")["name"]), weight=long["criterion"].map(weights),
                       criterion_name=long["criterion"].map(names))[
        ["account", "name", "criterion", "criterion_name", "weight", "rating"]]


def matrix(long: DataFrame, *, ax: Axes | None = None) -> Axes:
    """The scorecard: accounts down, criteria across with their weight, the darker the better; a dash was not rated.

    `long`: from `list_ratings`.
    """
    rows, columns = list(long["account"].unique()), list(long["criterion"].unique())
    ax = style.canvas(ax, height=1.5 + 0.3 * len(rows))
    for record in long.to_dict("records"):
        x, y, rating = columns.index(record["criterion"]), rows.index(record["account"]), record["rating"]
        shade = 0.0 if np.isnan(rating) else (rating - 1) / 4
        ax.add_patch(Rectangle((x + 0.02, y + 0.04), 0.96, 0.92, facecolor=ACCENT, alpha=0.03 + 0.82 * shade**1.6, linewidth=0))
        ax.text(x + 0.5, y + 0.5, words("selection.matrix.cell", rating=rating), ha="center", va="center", fontsize=9,
                color="white" if shade**1.6 > 0.5 else GREY if np.isnan(rating) else INK)
    heads = long.drop_duplicates("criterion")
    labels = [f"{style.wrap(row['criterion_name'], 13)}\n{say_value(row['weight'], 'share')}" for row in heads.to_dict("records")]
    ax.set_xticks([place + 0.5 for place in range(len(columns))], labels, fontsize=8)
    ax.set_yticks([place + 0.5 for place in range(len(rows))],
                  [style.shorten(name, 26) for name in long.drop_duplicates("account")["name"]])
    ax.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
    ax.xaxis.tick_top()
    ax.tick_params(length=0, colors=INK)
    ax.spines["bottom"].set_visible(False)
    best = long.groupby("criterion", sort=False)["rating"].mean().sort_values()
    names = heads.set_index("criterion")["criterion_name"]
    message = words("selection.matrix.message", strong=names[best.index[-1]], weak=names[best.index[0]])
    return style.title(ax, message, words("selection.matrix.measured"))


def criteria_sheet(sheet: DataFrame, *, anchors: DataFrame) -> DataFrame:
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


def word_reasons(reasons: Iterable[str], criteria: DataFrame) -> list[str]:
    """Reasons as a reader says them: the flags, then what lifts or what is missing."""
    names = name_criteria(criteria)
    return [_word_reason(str(reason).split(), names) for reason in reasons]


def _word_reason(codes: list[str], names: Series) -> str:
    flags = [words(f"selection.flags.{code}") for code in codes if code[0] not in "+-"]
    lifts, lacks = ([str(names.get(c[1:], c[1:])) for c in codes if c[0] == sign] for sign in "+-")
    parts = [*flags, *([words("selection.lifts", criteria=lifts)] if lifts else []),
             *([words("selection.lacks", criteria=lacks)] if lacks else [])]
    return words("selection.join").join(parts)


def word_board(rows: DataFrame, *, criteria: DataFrame) -> DataFrame:
    """`rows` with `reason` and `roles` in words."""
    roles = [words("selection.join").join(name_code(role) for role in codes.split()) for codes in rows["roles"].fillna("")]
    return rows.assign(reason=word_reasons(rows["reason"].fillna(""), criteria), roles=roles)


def key_figures(verdict: dict, size: dict, dependence: dict) -> DataFrame:
    """The four figures on top of the report: figure, value, comment; none without key accounts."""
    if not verdict:
        return DataFrame({"figure": [], "value": [], "comment": []}, dtype="str")
    facts = {**verdict, **dependence, "differ": 0, "large": [], **size}
    facts |= {name: facts[name][:3] for name in ("contested", "large")}
    rows = [("keys", "keys"), ("share", f"share_{dependence['judgement']}"),
            ("certain", "certain" if verdict["contested"] else "certain_all"), ("size", "size" if size else "size_same")]
    return DataFrame([{"figure": words(f"selection.figures.{name}"), "value": words(f"selection.figures.{name}_value", **facts),
                       "comment": words(f"selection.figures.{comment}_comment", **facts)} for name, comment in rows])


def word_dissent(dissent: DataFrame, board: DataFrame, *, criteria: DataFrame) -> DataFrame:
    """`dissent` (from `find_dissent`) with the names of accounts and criteria."""
    names = board.set_index("account")["name"]
    return dissent.assign(name=dissent["account"].map(names), criterion_name=dissent["criterion"].map(name_criteria(criteria)))


def word_unrated(criteria: DataFrame, unrated: list[str]) -> dict[str, object]:
    """Names of the criteria on which nobody could be rated: `names`; {} when there are none."""
    names = name_criteria(criteria)
    return {"names": [names[c] for c in unrated]} if unrated else {}
