"""The decision sheet for top management: what we would win, what it takes, who is willing; and what mergers could claim."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.harmonisation import harmonise_terms, sum_exposure
from kamnb.methods.pricing import PriceRules

CLAIMS = ["group", "group_name", "members", "sales", "low", "high", "share_high", "dearest"]


def expose_mergers(yearly: DataFrame, terms: DataFrame, board: DataFrame, *, rules: PriceRules) -> DataFrame:
    """What each retail group could claim if it asked the best of every member's terms for all: group, group_name, members,
    sales, `low`, `high` (a year), `share_high` (of sales), `dearest` (kind of term); dearest first, empty without groups.

    `yearly`: account_category_month with `year`.  A scenario, no forecast.  Source: feature 4, A50.
    """
    groups = board.groupby("group")["account"].transform("size")
    members = board[groups > 1].set_index("account")["group"]
    yearly = yearly[yearly["account"].isin(members.index)]
    if members.empty or terms.empty or yearly.empty:
        return DataFrame(columns=CLAIMS)
    latest = yearly[yearly["year"] == yearly["year"].max()]
    claims = harmonise_terms(latest, terms, members, rules=rules)
    bill = sum_exposure(claims, board.set_index("account")["net_sales"])
    names = board.set_index("account")["name"]
    first = board[groups > 1].drop_duplicates("group").set_index("group")["name"]
    return bill.assign(group_name=[names.get(g, first.get(g, g)) for g in bill["group"]])[CLAIMS]


def summarise_mergers(claims: DataFrame) -> dict[str, object]:
    """Numbers of the claims: `groups`, `low`, `high` (a year, all together), `largest` (group), `largest_high`; {} for none."""
    known = claims[claims["high"].notna()]
    if known.empty:
        return {}
    return {"groups": len(known), "low": int(known["low"].sum()), "high": int(known["high"].sum()),
            "largest": known["group_name"].iloc[0], "largest_high": int(known["high"].iloc[0])}


def list_agreed(agreements: DataFrame, *, topic: str) -> Series:
    """Who agreed to the list: names of departments or persons by stance (agreed, reserved, objected) on `topic`."""
    rows = agreements[agreements["topic"] == topic] if "topic" in agreements else agreements.iloc[:0]
    return rows.groupby("stance")["department"].agg(lambda names: sorted(set(names.dropna()))) if len(rows) else Series(dtype=object)


def answer_leaders(board: DataFrame, *, seats: int, hours: float | None, each: float) -> dict[str, object]:
    """Numbers behind the three leadership questions: `headroom` of the key accounts with `headroom_low`, `sales` theirs,
    `known` (of how many headroom is known), `keys`, `hours` needed and `given`, `short` (needed more than given; 0 if enough),
    `unowned` (key accounts nobody is responsible for); {} without key accounts.  Source: method.md B46."""
    keys = board[board["decision"] == "key"]
    if keys.empty:
        return {}
    room = {name: int(keys[name].fillna(0).sum()) for name in ("headroom", "headroom_low")}
    needed = len(keys) * each
    return {**room, "known": int(keys["headroom"].notna().sum()), "sales": int(keys["net_sales"].sum()), "keys": len(keys),
            "hours": needed, "given": pd.NA if hours is None else hours, "seats": seats,
            "short": 0.0 if hours is None else max(needed - hours, 0.0),
            "unowned": int(keys["owner"].isna().sum()) if "owner" in keys else len(keys)}
