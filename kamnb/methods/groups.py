"""Groups of accounts with their dates: who buys as one on a day, and what mergers do to concentration."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timedelta, Timestamp

from kamnb.errors import InputError
from kamnb.methods.concentration import MEASURES, describe_amounts
from kamnb.methods.growth import total_years

DEPTH = 10  # steps from an account to the top of its group; each step doubles the way, so this is never reached in life
VIEWS = ("alone", "before", "then", "today")
TRACE = {"year": "datetime64[us]", "groups": "str", **MEASURES}
MEMBERS = {"account": "str", "group": "str", "state": "str", "since": "datetime64[us]", "until": "datetime64[us]"}
MERGERS = {"date": "datetime64[us]", "event": "str", "group": "str", "account": "str", "accounts": "int64",
           "sales": "int64", "group_sales": "int64", "share": float, "group_share": float, "rank_before": "Int64",
           "rank_after": "Int64", "cr4_before": float, "cr4_after": float, "hhi_before": float, "hhi_after": float,
           "delta_hhi": float}


def assign_buyers(accounts: DataFrame, *, day: Timestamp | None = None) -> Series:
    """Who buys for each account (index: account) on `day`: the top of its group, else the account itself.

    `accounts`: account, group (code of the head), group_from, and group_until if there is one; a missing date is
    open.  Heads that belong to a group themselves lead on to its top.  `day` None: every account by itself.
    Raises InputError where groups run in a circle.  Source: method.md A01.
    """
    rows = accounts.set_index("account")
    if day is None or rows.empty:
        return Series(rows.index, index=rows.index, name="group", dtype="str")
    inside = (rows["group"].notna() & ~(rows["group_from"] > day) & ~(_until(rows) < day)).to_numpy()
    head = rows.index.get_indexer(rows["group"])
    lead = np.where(inside & (head >= 0), head, np.arange(len(rows)))
    top = lead
    for _ in range(DEPTH):
        top = top[top]
    if (lead[top] != top).any():
        circle = rows.index[np.flatnonzero(lead[top] != top)[0]]
        raise InputError(f"the group of {circle!r} runs in a circle", "accounts, column group",
                         "Name the one account that heads the group, also for the head itself.")
    outside = (inside & (head < 0))[top]  # a head that is not in the table heads its group all the same
    named = np.where(outside, rows["group"].to_numpy(dtype=object)[top], rows.index.to_numpy(dtype=object)[top])
    return Series(named, index=rows.index, name="group", dtype="str")


def _until(rows: DataFrame) -> Series:
    """`group_until`, open where the table has no such column."""
    return rows["group_until"] if "group_until" in rows else Series(pd.NaT, index=rows.index, dtype="datetime64[us]")


def list_memberships(accounts: DataFrame, *, day: Timestamp) -> DataFrame:
    """Every account that belongs, belonged or will belong to a group, by group and account.

    Returns account, `group` (top of the group; for those outside it today, the head they name), `state` on `day`
    (head, member, joins_later, left), `since`, `until` (NaT = open).  Source: method.md A01.
    """
    named = accounts[accounts["group"].notna()]
    top = assign_buyers(accounts, day=day).reindex(named["account"]).to_numpy()
    until = _until(named)
    state = Series("member", index=named.index, dtype="str").mask(top == named["account"].to_numpy(), "head")
    state = state.mask(named["group_from"] > day, "joins_later").mask(until < day, "left")
    group = Series(top, index=named.index, dtype="str").where(state.isin(["head", "member"]), named["group"])
    table = named[["account"]].assign(group=group, state=state, since=named["group_from"], until=until)
    return table.sort_values(["group", "account"], ignore_index=True).astype(MEMBERS)[list(MEMBERS)]


def trace_concentration(yearly: DataFrame, *, accounts: DataFrame) -> DataFrame:
    """Concentration of sales over buyers in every year, with the groups seen in four ways.

    `yearly`: account, year, net_sales (one channel or all of them); `accounts`: as in `assign_buyers`.  Returns year,
    `groups` and the measures of `measure_concentration` (`accounts` = buyers with sales).  groups: alone (every account by
    itself), before (as the day before the first year began), then (as at the end of that year), today (as at the end
    of the latest year): before and today are pro forma.  Source: method.md A01, 2.3 choice 8, oracle O31.
    """
    wide, rows = total_years(yearly), []
    if wide.empty:
        return DataFrame(columns=list(TRACE)).astype(TRACE)
    first, last = wide.columns[0] - pd.DateOffset(years=1), wide.columns[-1]
    fixed = {"alone": None, "before": first, "today": last}
    summed = {view: _sum_buyers(wide, accounts, day) for view, day in fixed.items()}
    for year in wide.columns:
        for view in VIEWS:
            sales = (_sum_buyers(wide[[year]], accounts, year) if view == "then" else summed[view])[year].to_numpy()
            found = describe_amounts(sales[sales != 0])
            rows += [{"year": year, "groups": view, **found}] if found else []
    return DataFrame(rows, columns=list(TRACE)).astype(TRACE)


def _sum_buyers(wide: DataFrame, accounts: DataFrame, day: Timestamp | None) -> DataFrame:
    """`wide` (accounts by years) summed to the buyers of `day`; an account that is not in the table buys by itself."""
    buyer = assign_buyers(accounts, day=day).reindex(wide.index)
    return wide.groupby(buyer.where(buyer.notna(), Series(wide.index, index=wide.index))).sum()


def appraise_mergers(sales: Series, *, accounts: DataFrame, since: Timestamp) -> DataFrame:
    """What every merger or parting after `since` does to concentration, at the sales of one year, oldest first.

    `sales`: one amount per account; `accounts`: as in `assign_buyers`; dates to come are announced deals.  Returns
    date, `event` (joined, left), `group`, `account` (the largest that moved) and how many `accounts` moved, `sales`
    of those and `group_sales` of the others, their shares, and before and after: rank of the group, cr4, hhi;
    `delta_hhi` = 2 x share x group_share x 10,000 where one buyer joins another.  Source: method.md A01, oracle O31.
    """
    known = sales.astype("int64").clip(lower=0)
    days = pd.concat([accounts["group_from"], _until(accounts) + Timedelta(days=1)]).dropna()
    rows = []
    for day in sorted(days[days > since].unique()):
        old, new = (assign_buyers(accounts, day=when) for when in (day - Timedelta(days=1), day))
        rows += [{"date": day, **deal} for deal in _list_deals(known, old, new)]
    return DataFrame(rows, columns=list(MERGERS)).astype(MERGERS)


def _list_deals(sales: Series, old: Series, new: Series) -> list[dict[str, object]]:
    """The deals of one day, each as if it were the only one: accounts that went to the same group, or left it."""
    moved = DataFrame({"old": old, "new": new, "sales": sales.reindex(old.index)})[(old != new).to_numpy()]
    moved["sales"] = moved["sales"].astype("Float64").fillna(0.0).astype("int64")  # an account that bought nothing
    joined = (moved["new"] != moved.index).to_numpy()
    moved = moved.assign(event=np.where(joined, "joined", "left"), group=moved["new"].where(joined, moved["old"]))
    buyer = old.reindex(sales.index)
    held = sales.groupby(buyer.where(buyer.notna(), Series(sales.index, index=sales.index))).sum()
    held = held.reindex(held.index.union(sorted({*moved["old"], *moved["new"]})), fill_value=0)
    places = {name: Series(held.index.get_indexer(moved[name]), index=moved.index) for name in ("old", "new", "group")}
    deals = moved.assign(**{f"{name}_at": place for name, place in places.items()}).groupby(["event", "group"], sort=True)
    return [{"event": event, "group": group, **_appraise(held.to_numpy(), movers)} for (event, group), movers in deals]


def _appraise(before: np.ndarray, movers: DataFrame) -> dict[str, object]:
    """One deal: how large both sides are, and concentration before and after.  `before`: sales by buyer."""
    amounts, now = movers["sales"].to_numpy(), before.copy()
    np.subtract.at(now, movers["old_at"].to_numpy(), amounts)
    np.add.at(now, movers["new_at"].to_numpy(), amounts)
    place, moving, total = movers["group_at"].iloc[0], amounts.sum(), before.sum()
    rest = max(before[place], now[place]) - moving
    facts = {"account": movers["sales"].sort_index().idxmax(), "accounts": len(movers), "sales": moving, "group_sales": rest,
             "share": moving / total if total else np.nan, "group_share": rest / total if total else np.nan}
    for state, held in (("before", before), ("after", now)):
        shares = held / total if total else np.full(len(held), np.nan)
        facts |= {f"rank_{state}": int((held > held[place]).sum()) + 1, f"hhi_{state}": (shares**2).sum() * 10_000,
                  f"cr4_{state}": -np.partition(-shares, min(3, len(shares) - 1))[:4].sum()}
    return facts | {"delta_hhi": facts["hhi_after"] - facts["hhi_before"]}
