"""How many key accounts can be served, and on whom we depend."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pandas import DataFrame

from kamnb.methods.concentration import flag_dependence, judge_key_share
from kamnb.money import ratio
from kamnb.settings import SelectionSettings

ASSUMED = 8  # seats when nobody has said how many hours there are
SHOWN = 5  # groups in the dependence table
COLUMNS = ["group", "group_name", "accounts", "net_sales", "share", "profit_share", "flag"]


@dataclass(frozen=True)
class Seats:
    """How many key accounts can be served, and how we know: set (by name), hours, team or assumed."""

    number: int
    source: str
    hours: float | None
    each: float


def count_seats(team: DataFrame, *, settings: SelectionSettings) -> Seats:
    """The number of key accounts that can be served, at least one.

    The engagement's own number goes first; then its hours for key accounts; then `key_share` of the hours of the
    `team` table; without any of them 8 are assumed.  One account takes `hours_per_account`.  Source: method.md B06.
    """
    known = team["hours"].dropna().astype(float)
    hours = settings.team_hours or (float(known.sum()) * settings.key_share if len(known) else None)
    if settings.seats is not None:
        return Seats(settings.seats, "set", hours, settings.hours_per_account)
    if hours is None:
        return Seats(ASSUMED, "assumed", None, settings.hours_per_account)
    source = "hours" if settings.team_hours else "team"
    return Seats(max(int(hours // settings.hours_per_account), 1), source, hours, settings.hours_per_account)


def describe_seats(seats: Seats, *, settings: SelectionSettings) -> dict[str, object]:
    """Numbers of the seat count: `seats`, `hours` for key accounts, `each` (hours an account takes), `key_share`."""
    return {"seats": seats.number, "hours": seats.hours, "each": seats.each, "key_share": settings.key_share}


def list_dependence(board: DataFrame) -> DataFrame:
    """The groups on which sales or profit hang most: group, group_name, accounts, net_sales, `share` (of sales),
    `profit_share` (of contribution, unknown where one is), `flag` (ordinary, tenth, dependent, mono), largest first.

    Accounts of one group count together.  The flag follows the larger share.  Source: method.md D01-D04, O33.
    """
    if board.empty:
        return DataFrame(columns=COLUMNS)
    names = board.set_index("account")["name"]
    groups = board.groupby("group")
    sums = groups.agg(accounts=("account", "size"), net_sales=("net_sales", "sum"))
    left = groups["contribution"].sum(skipna=False).astype("Float64").astype(float)
    sums["share"] = sums["net_sales"].astype(float) / float(board["net_sales"].sum())
    whole = board["contribution"].astype("Float64").sum(skipna=False)
    sums["profit_share"] = ratio(left, left * 0 + (float(whole) if pd.notna(whole) else float("nan")))
    sums["flag"] = flag_dependence(sums[["share", "profit_share"]].max(axis=1))["flag"].replace("key", "tenth")
    sums["group_name"] = names.reindex(sums.index).fillna(groups["name"].first())
    table = sums.reset_index().sort_values(["share", "group"], ascending=[False, True], ignore_index=True)
    return table[COLUMNS]


def pick_heaviest(dependence: DataFrame) -> DataFrame:
    """The five largest groups, and any other with a flag."""
    return dependence[(dependence.index < SHOWN) | (dependence["flag"] != "ordinary")].reset_index(drop=True)


def summarise_dependence(board: DataFrame, dependence: DataFrame) -> dict[str, object]:
    """Numbers of dependence: `key_share` of sales, its `judgement` (below, normal, above, mono_dependence), `largest`
    group with `largest_share`, `flagged` (groups of 10 % or more); {} without key accounts."""
    keys = board[board["decision"] == "key"]
    if keys.empty:
        return {}
    share = float(keys["net_sales"].sum()) / float(board["net_sales"].sum())
    top = dependence.iloc[0]
    return {"key_share": share, "judgement": judge_key_share(share), "largest": top["group_name"],
            "largest_share": top["share"], "flagged": int((dependence["flag"] != "ordinary").sum())}
