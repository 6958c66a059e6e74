"""The grid of size and steadiness with its treatments, and who moved from class to class."""

from __future__ import annotations

from pandas import DataFrame

from kamnb.channels.inside import used_period
from kamnb.channels.profit import deepest_level
from kamnb.methods.migration import NONE, ClassRules, cross_migration, list_movers, trace_classes
from kamnb.methods.treatment import count_load, describe_grid
from kamnb.settings import Choices

GRID = {"abc": "class_abc", "xyz": "class_xyz", "sales": "net_sales", "profit": "profit_left", "profit_known": "known_share",
        "names": "largest_names", "cover": "cover_by", "reviews": "reviews_a_year"}
ENTERED = {"A": "to_a", "B": "to_b", "C": "to_c", NONE: "to_none"}
CROSSED = ["class_from", "accounts", *ENTERED.values(), "sales_before", "net_sales", "change"]
MOVED = ["account", "name", "channel_name", "class_from", "class_to", "sales_before", "net_sales", "change", "class_move"]


def lay_grid(classes: DataFrame, *, earnings: DataFrame) -> DataFrame:
    """The nine fields of size by steadiness: how many, how much, what they leave us, who, and the treatment of each.

    `classes`: from `classify_accounts`; `earnings`: from `trace_earnings`.  Returns class_abc, class_xyz, accounts,
    net_sales, share, profit_left (deepest known level), known_share, largest_names, treatment, cover_by, reviews_a_year.
    Source: method.md D17.
    """
    profit = earnings.set_index("account")[deepest_level(earnings)]
    rows = classes.rename(columns={"class_abc": "abc", "class_xyz": "xyz", "net_sales": "sales"})
    rows = rows.assign(profit=rows["account"].map(profit).astype("Int64"))
    return describe_grid(rows[["name", "abc", "xyz", "sales", "profit"]]).rename(columns=GRID)


def follow_classes(months: DataFrame, *, rules: DataFrame, choices: Choices) -> DataFrame:
    """The classes of every account in the last two years (`trace_classes`).

    `months`: from `place_months`; `rules`: from `compare_rules`.  Source: method.md D15.
    """
    chosen = ClassRules(choices.abc_cuts, choices.abc_crossing, choices.xyz_cuts, used_period(rules), choices.xyz_sd)
    recent = months[months["year"].isin(sorted(months["year"].unique())[-2:])]
    return trace_classes(recent[["account", "month", "year", "net_sales"]], rules=chosen)


def cross_moves(followed: DataFrame) -> DataFrame:
    """How many accounts went from which size class to which in the last year, and what their sales became.

    `followed`: from `follow_classes`.  Returns class_from ("none" = had bought nothing), accounts (of that class a year
    before; classes without any are left out), to_a, to_b, to_c, to_none (of them, now in that class), sales_before,
    net_sales and change (minor units); the sums tie to both years.  Source: method.md D15 (class migration matrix).
    """
    cells = cross_migration(followed)
    wide = cells.pivot(index="from", columns="to", values="accounts").reindex(columns=list(ENTERED)).fillna(0).astype("int64")
    sums = cells.groupby("from")[["accounts", "value_base", "value", "change"]].sum()
    table = sums.join(wide.rename(columns=ENTERED)).reindex([name for name in ENTERED if name in sums.index])
    named = table[table["accounts"] > 0].rename(columns={"value_base": "sales_before", "value": "net_sales"})
    return named.rename_axis("class_from").reset_index()[CROSSED]


def trace_moves(followed: DataFrame, *, months: DataFrame) -> DataFrame:
    """The accounts that moved between size classes in the last year, largest change first.

    `followed`: from `follow_classes`; `months`: from `place_months`.  Returns account, name, channel_name, class_from,
    class_to ("none" = bought nothing), sales_before, net_sales, change and class_move (up, down, new, lost, unclear).
    Source: method.md D15.
    """
    names = {"from": "class_from", "to": "class_to", "value_base": "sales_before", "value": "net_sales", "move": "class_move"}
    movers = list_movers(followed).rename(columns=names)
    labels = months.drop_duplicates("account")[["account", "name", "channel_name"]]
    return movers[movers["class_move"] != "same"].merge(labels, on="account", how="left")[MOVED]


def summarise_moves(moved: DataFrame) -> dict[str, object]:
    """The facts of the migration sentence: how many rose and fell with how much money, and the largest of each."""
    if moved.empty:
        return {}
    facts: dict[str, object] = {"moved": len(moved)}
    for move in ("up", "down", "new", "lost"):
        rows = moved[moved["class_move"] == move]
        facts |= {move: len(rows), f"{move}_change": int(rows["change"].sum()), f"{move}_names": list(rows["name"].head(3))}
    return facts


def summarise_grid(grid: DataFrame, *, classes: DataFrame) -> dict[str, object]:
    """The facts of the sentence on the grid: the steady and the irregular among the large accounts, the small, the load.

    `grid`: from `lay_grid`; `irregular_names`: the largest three; `reviews`: plan reviews a year of the key managers.
    """
    if grid.empty:
        return {}
    irregular = classes[(classes["class_abc"] == "A") & (classes["class_xyz"] == "Z")]
    large, small = grid["class_abc"] == "A", grid["class_abc"] == "C"
    groups = {"steady": large & (grid["class_xyz"] == "X"), "irregular": large & (grid["class_xyz"] == "Z"), "small": small}
    facts = {f"{name}_{column}": grid.loc[rows, column].sum() for name, rows in groups.items() for column in ("accounts", "share")}
    load = count_load(grid.rename(columns={"cover_by": "cover", "reviews_a_year": "reviews"}))
    return {**facts, "irregular_names": list(irregular["name"].head(3)), "reviews": int(load.get("key_manager", 0))}
