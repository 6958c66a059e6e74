"""Our sales against the market by channel: share, growth split into market and share effect, and headroom."""

from __future__ import annotations

from pandas import DataFrame, Series, Timestamp

from kamnb.calendar import add_years
from kamnb.channels.history import no_rows
from kamnb.methods.growth import measure_share, split_growth
from kamnb.methods.series import round_amounts
from kamnb.methods.whitespace import benchmark_peers

POSITION = ["channel", "channel_name", "year", "net_sales", "market_sales", "market_share"]
RACE = {"channel": "str", "channel_name": "str", "net_sales": "int64", "growth": float, "market_growth": float,
        "market_share": float, "market_share_change": float, "change": "Int64", "market_effect": "Int64",
        "share_effect": "Int64"}
ROOM = ["channel", "channel_name", "market_share", "regain", "peer_gap", "leader_gap", "headroom_low", "headroom",
        "headroom_high", "compared"]
ESTIMATES = ["regain", "peer_gap", "leader_gap"]


def compare_market(history: DataFrame, *, market: DataFrame, as_of: Timestamp) -> DataFrame:
    """Our share of the market in every channel and year in which both are known for all twelve months.

    `history`: from `trace_channels`; `market`: the table (month, channel, sales of all makers).  Returns channel,
    channel_name, year, net_sales, market_sales (minor units) and market_share.  Source: method.md A09.
    """
    years = add_years(market, as_of=as_of).groupby(["channel", "year"], observed=True)
    sizes = years.agg(market_sales=("sales", "sum"), months=("month", "nunique")).reset_index()
    whole = sizes[(sizes["months"] == 12) & (sizes["market_sales"] > 0)].drop(columns="months")
    position = history.merge(whole, on=["channel", "year"])
    position["market_share"] = measure_share(position["net_sales"], position["market_sales"])
    return position[POSITION].sort_values(["channel", "year"], ignore_index=True)


def race_market(position: DataFrame) -> DataFrame:
    """Our growth against the market's in every channel, from the first year to the latest, largest loss first.

    `position`: from `compare_market`.  Returns channel, channel_name, net_sales (latest), `growth` and `market_growth`
    (a year), market_share (latest), market_share_change, and `change` = `market_effect` (what our old share would
    have brought) + `share_effect` (minor units, exact).  Channels with a single year are left out.
    Source: method.md A09.
    """
    ends = position.groupby(["channel", "channel_name"]).agg(
        base=("net_sales", "first"), current=("net_sales", "last"), market_base=("market_sales", "first"),
        market_current=("market_sales", "last"), first=("year", "first"), last=("year", "last"))
    ends = ends[ends["last"] > ends["first"]]
    if ends.empty:
        return no_rows(RACE)
    split = split_growth(ends)
    years = count_years(ends["first"], ends["last"])
    race = split[["change", "market_effect", "share_effect"]].assign(
        net_sales=ends["current"], growth=(1 + split["growth"]) ** (1 / years) - 1,
        market_growth=(1 + split["market_growth"]) ** (1 / years) - 1, market_share=split["share_current"],
        market_share_change=split["share_points"])
    return race.reset_index().sort_values(["share_effect", "channel"], ignore_index=True)[list(RACE)]


def count_years(first: Series, last: Series) -> Series:
    """Number of years between two year ends."""
    return last.dt.year - first.dt.year


def summarise_race(race: DataFrame, *, position: DataFrame) -> dict[str, object]:
    """The facts of the market sentence: effects of all channels together, and who lost and won most share in money.

    `race`: from `race_market`; `position`: what it was made of.  Nothing for no rows.
    """
    if race.empty:
        return {}
    totals = position.groupby("year")[["net_sales", "market_sales"]].sum().astype(float)
    shares = totals["net_sales"] / totals["market_sales"]
    return {"change": int(race["change"].sum()), "market_effect": int(race["market_effect"].sum()),
            "share_effect": int(race["share_effect"].sum()), "market": int(totals["market_sales"].iloc[-1]),
            "share": float(shares.iloc[-1]), "share_change": float(shares.iloc[-1] - shares.iloc[0]),
            "losing": int((race["share_effect"] < 0).sum()), "channels": len(race), "years": len(totals) - 1,
            **_describe(race.iloc[0], "loser"), **_describe(race.iloc[-1], "winner")}


def _describe(row: Series, role: str) -> dict[str, object]:
    return {role: row["channel_name"], f"{role}_growth": float(row["growth"]),
            f"{role}_market": float(row["market_growth"]), f"{role}_effect": int(row["share_effect"]),
            f"{role}_change": float(row["market_share_change"])}


def estimate_headroom(position: DataFrame, *, months: DataFrame, accounts: DataFrame,
                      quantiles: tuple[float, float] = (0.5, 0.75)) -> DataFrame:
    """What we could sell more a year in every channel, estimated in three ways, largest first.

    `position`: from `compare_market`; `months`: from `place_months`; `accounts`: the table, whose category_purchases
    tell our share of what an account buys.  Returns channel, channel_name, market_share and, in minor units, `regain`
    (back to the best share we had in the channel), `peer_gap` and `leader_gap` (accounts below the first, the second of
    `quantiles` of that share among the channel's accounts come up to it: `compared` = by_accounts; where fewer than 5
    can be compared, the channel comes up to the quantile of our shares in all channels: by_channels), and the lowest,
    middle and highest of the three as headroom_low, headroom, headroom_high.  Where no market is known at all, both gaps are
    those of accounts of a size (accounts.size), category by category where `months` has categories: compared = by_size.
    Source: method.md A07, A09, 2.2 whitespace.
    """
    if position.empty:
        return _compare_sizes(months, accounts, quantiles)
    latest = position[position["year"] == position["year"].max()].set_index("channel")
    best = position.groupby("channel")["market_share"].max().reindex(latest.index)
    room = latest.assign(regain=_close_gap(latest, best))
    inside = _lift_accounts(months, accounts, quantiles).reindex(room.index)
    room["compared"] = inside["peer_gap"].notna().map({True: "by_accounts", False: "by_channels"})
    for estimate, quantile in zip(["peer_gap", "leader_gap"], quantiles, strict=True):
        between = _close_gap(latest, Series(latest["market_share"].quantile(quantile), index=latest.index))
        room[estimate] = inside[estimate].where(inside[estimate].notna(), between)
    room["headroom_low"], room["headroom_high"] = room[ESTIMATES].min(axis=1), room[ESTIMATES].max(axis=1)
    room["headroom"] = room[ESTIMATES].sum(axis=1) - room["headroom_low"] - room["headroom_high"]
    ordered = room.reset_index().sort_values(["headroom", "channel"], ascending=[False, True], ignore_index=True)
    return ordered[ROOM]


def _compare_sizes(months: DataFrame, accounts: DataFrame, quantiles: tuple[float, float]) -> DataFrame:
    """Headroom by channel of the accounts below the quantiles of sales per size among their peers; none without sizes."""
    latest = months[months["year"] == months["year"].max()]
    sales = latest if "category" in latest else latest.assign(category="-")
    found = benchmark_peers(sales, _size_buyers(accounts, "size", sales=sales), quantiles=quantiles)
    gaps = found.groupby("channel", observed=True)[["gap_low", "gap_high"]].sum(min_count=1).dropna()
    room = gaps.rename(columns={"gap_low": "peer_gap", "gap_high": "leader_gap"}).astype("Int64")
    room = room.assign(headroom_low=room["peer_gap"], headroom_high=room["leader_gap"], compared="by_size",
                       headroom=round_amounts(room[["peer_gap", "leader_gap"]].astype(float).mean(axis=1)))
    names = months.drop_duplicates("channel").set_index("channel")["channel_name"]
    table = room.rename_axis("channel").reset_index()
    table = table.assign(channel_name=table["channel"].map(names).astype("str")).reindex(columns=ROOM)
    ordered = table.sort_values(["headroom", "channel"], ascending=[False, True], ignore_index=True)
    return ordered.astype({"market_share": float, "regain": "Int64"})


def compare_purchases(months: DataFrame, *, accounts: DataFrame, quantiles: tuple[float, float] = (0.5, 0.75)) -> DataFrame:
    """Our share of what every account buys in the latest year against its channel's: `benchmark_peers`, all categories as one."""
    sales = months.loc[months["year"] == months["year"].max(), ["account", "net_sales"]].assign(category="-")
    return benchmark_peers(sales, _size_buyers(accounts, "category_purchases", sales=sales), quantiles=quantiles)


def _size_buyers(accounts: DataFrame, column: str, *, sales: DataFrame) -> DataFrame:
    """account, channel and size (`column`) of the accounts in `sales`."""
    buyers = accounts[accounts["account"].isin(sales["account"].unique())]
    return buyers[["account", "channel"]].assign(size=buyers[column].astype(float))


def _close_gap(latest: DataFrame, share: Series) -> Series:
    """Money between our share of the market and a higher `share`; 0 where we have more already."""
    gap = (share - latest["market_share"]).clip(lower=0) * latest["market_sales"]
    return round_amounts(gap)


def _lift_accounts(months: DataFrame, accounts: DataFrame, quantiles: tuple[float, float]) -> DataFrame:
    """`peer_gap` and `leader_gap` by channel: gaps of its accounts to the quantiles of our share of their purchases."""
    bought = compare_purchases(months, accounts=accounts, quantiles=quantiles)
    gaps = bought.groupby("channel", observed=True)[["gap_low", "gap_high"]].sum(min_count=1)
    return gaps.rename(columns={"gap_low": "peer_gap", "gap_high": "leader_gap"})


def summarise_headroom(room: DataFrame) -> dict[str, object]:
    """The facts of the headroom sentence: the whole with its range, and the channel that has most of it."""
    if room.empty:
        return {}
    first = room.iloc[0]
    return {"headroom": int(room["headroom"].sum()), "low": int(room["headroom_low"].sum()),
            "high": int(room["headroom_high"].sum()),
            "best": first["channel_name"], "best_headroom": int(first["headroom"]),
            "best_low": int(first["headroom_low"]), "best_high": int(first["headroom_high"])}
