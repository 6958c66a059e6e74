"""Who buys: how concentrated the trade and our sales are, which groups there are, and what mergers did."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.calendar import add_years
from kamnb.channels.history import no_rows
from kamnb.methods.concentration import check_slogan, compare_structure
from kamnb.methods.groups import MERGERS as APPRAISED
from kamnb.methods.groups import appraise_mergers, assign_buyers, list_memberships
from kamnb.methods.groups import trace_concentration as trace_views

TRADE = ["channel", "channel_name", "buyers", "net_sales", "cr4_ours", "hhi_ours", "known_share", "cr4_trade", "hhi_trade_low",
         "hhi_trade_high"]
YEARS = {"year": "datetime64[us]", "buyers": "int64", "cr4": float, "cr10": float, "hhi": float, "share_for_80": float,
         "cr4_alone": float, "cr4_before": float, "cr4_after": float}
MERGERS = ["date", "event", "group", "group_name", "account", "name", "channel_name", "net_sales", "cr4_before", "cr4_after",
           "hhi_before", "hhi_after", "delta_hhi"]
GROUPS = ["group", "group_name", "account", "name", "member_state", "since", "until", "net_sales", "share"]
CONCENTRATED = 0.5  # from this share of the four largest a trade counts as in few hands (rule of thumb)


def sum_latest(months: DataFrame) -> DataFrame:
    """Net sales of the latest year by account: account, channel, channel_name, net_sales."""
    latest = months[months["year"] == months["year"].max()]
    return latest.groupby(["account", "channel", "channel_name"], observed=True)["net_sales"].sum().reset_index()


def sum_market(market: DataFrame, *, as_of: Timestamp) -> Series:
    """What every channel bought from all makers in the latest year, where all twelve months are given."""
    years = add_years(market, as_of=as_of)
    latest = years[years["year"] == years["year"].max()].groupby("channel", observed=True)
    return latest["sales"].sum().where(latest["month"].nunique() == 12).dropna()


def compare_trade(months: DataFrame, *, accounts: DataFrame, market: DataFrame, as_of: Timestamp) -> DataFrame:
    """How concentrated the buyers of every channel are in our sales and in the trade itself, largest channel first.

    `months`: from `place_months`; `accounts`, `market`: the tables; groups as they stood on `as_of` buy as one.  Returns
    channel, channel_name, buyers, net_sales, cr4_ours, hhi_ours, known_share (of the channel's purchases, by buyers whose
    purchases are known), cr4_trade (at least: unknown buyers count as small) and the bounds hhi_trade_low and high.
    Source: method.md A01.
    """
    sold = sum_latest(months)
    heads = sold["account"].map(assign_buyers(accounts, day=as_of))
    sold["purchases"] = sold["account"].map(accounts.set_index("account")["category_purchases"]).astype("Float64")
    buyers = sold.assign(account=heads.where(heads.notna(), sold["account"])).groupby(["account", "channel"], observed=True)
    summed = buyers["net_sales"].sum().to_frame().assign(purchases=buyers["purchases"].sum(skipna=False)).reset_index()
    found = compare_structure(summed, market=sum_market(market, as_of=as_of))
    names = sold.drop_duplicates("channel").set_index("channel")["channel_name"]
    named = found.rename(columns={"sales": "net_sales", "known": "known_share"})
    return named.assign(channel_name=named["channel"].map(names).astype("str"))[TRADE]


def trace_concentration(months: DataFrame, *, accounts: DataFrame) -> DataFrame:
    """Concentration of our sales by year, groups as they stood at its end, and pro forma before and after mergers.

    `months`: from `place_months`; `accounts`: the table.  Returns year, buyers, cr4, cr10 (shares), hhi (0-10000),
    share_for_80 (share of the buyers that makes 80 % of sales), and pro forma: cr4_alone (no groups at all), cr4_before
    (as if nobody had joined a group since the first year began) and cr4_after (today's groups in every year).
    Source: method.md A01, E01, O31.
    """
    yearly = months.groupby(["account", "year"], observed=True)["net_sales"].sum().reset_index()
    traced = trace_views(yearly, accounts=accounts)
    if traced.empty:
        return no_rows(YEARS)
    views = {name: traced[traced["groups"] == view].set_index("year") for name, view in
             (("now", "then"), ("alone", "alone"), ("before", "before"), ("after", "today"))}
    found = views["now"].rename(columns={"accounts": "buyers"})
    found = found.assign(**{f"cr4_{name}": views[name]["cr4"] for name in ("alone", "before", "after")})
    return found.reset_index()[list(YEARS)]


def list_mergers(months: DataFrame, *, accounts: DataFrame) -> DataFrame:
    """Every merger and parting since the first year began, announced ones too, and what it did to its channel, newest first.

    Returns date, event (joined, left), group, group_name, account, name (the largest that moved), channel_name (of the
    group's head), net_sales (of those who moved), and cr4 and hhi there before and after, delta_hhi.  All at the sales of
    the latest year.  Source: method.md A01.
    """
    if months.empty:
        return no_rows({**APPRAISED, "group_name": "str", "name": "str", "channel_name": "str", "net_sales": "int64"})[MERGERS]
    sold, names = sum_latest(months), accounts.set_index("account")["name"]
    since = months["month"].min() - pd.Timedelta(days=1)
    homes = accounts.set_index("account")["channel"]
    moved = accounts[(accounts["group_from"] > since) | accounts["group_until"].notna()]
    parts, heads = [], set(moved["group"].dropna().map(homes))
    for (channel, channel_name), rows in sold[sold["channel"].isin(heads)].groupby(["channel", "channel_name"], observed=True):
        found = appraise_mergers(rows.set_index("account")["net_sales"], accounts=accounts, since=since)
        parts.append(found[(found["group"].map(homes) == channel).to_numpy()].assign(channel_name=channel_name))
    table = (pd.concat(parts, ignore_index=True) if parts else no_rows({**APPRAISED, "channel_name": "str"})).rename(
        columns={"sales": "net_sales"})
    table = table.assign(group_name=table["group"].map(names).astype("str"), name=table["account"].map(names).astype("str"))
    return table.sort_values(["date", "account"], ascending=[False, True], ignore_index=True)[MERGERS]


def list_groups(months: DataFrame, *, accounts: DataFrame, day: Timestamp) -> DataFrame:
    """The groups of buyers with their dates, largest group first, its head first.

    Returns group, group_name, account, name, member_state (head, member, joins_later, left) on `day`, since, until,
    net_sales of the latest year (0 = none) and share of all our sales.  Source: method.md A01.
    """
    sales = sum_latest(months).groupby("account")["net_sales"].sum()
    table, names = list_memberships(accounts, day=day), accounts.set_index("account")["name"]
    table = table.rename(columns={"state": "member_state"}).assign(
        group_name=table["group"].map(names).astype("str"), name=table["account"].map(names).astype("str"),
        net_sales=table["account"].map(sales).fillna(0).astype("int64"))
    total = int(sales.sum())
    table["share"] = table["net_sales"] / (total if total > 0 else float("nan"))
    table["size"] = -table.groupby("group")["net_sales"].transform("sum")
    head = table["account"] != table["group"]
    return table.assign(order=head).sort_values(["size", "group", "order", "account"], ignore_index=True)[GROUPS]


def summarise_structure(trade: DataFrame) -> dict[str, object]:
    """The facts of the structure sentence: channels whose trade is in few hands, and where we hang on fewer hands still.

    `trade`: from `compare_trade`.  `few`: channels of which the four largest buy at least half; nothing for no rows.
    """
    if trade.empty:
        return {}
    top = trade.loc[trade["cr4_ours"].idxmax()] if trade["cr4_ours"].notna().any() else trade.iloc[0]
    gap = (trade["cr4_ours"] - trade["cr4_trade"]).dropna()
    facts = {"channels": len(trade), "top": top["channel_name"], "top_ours": float(top["cr4_ours"]),
             "few": list(trade.loc[trade["cr4_trade"] >= CONCENTRATED, "channel_name"]), "known": len(gap)}
    if len(gap):
        widest = trade.loc[gap.idxmax()]
        facts |= {"channel": widest["channel_name"], "ours": float(widest["cr4_ours"]), "trade": float(widest["cr4_trade"])}
    return facts


def judge_slogan(buyers: DataFrame) -> dict[str, object]:
    """The facts of the 80/20 sentence: what the largest fifth of the buyers makes, and how many make four fifths.

    `buyers`: net_sales, one row per buyer.  `holds`: whether the slogan is true of them.  Source: method.md E01.
    """
    found = check_slogan(buyers["net_sales"])
    return found.iloc[0].to_dict() if len(found) else {}
