"""The masters of the sample as the client hands them over: channels, products, accounts and our own people."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.training.pricing import list_prices, unit_costs
from kamnb.training.terms import payment_days
from kamnb.training.world import AS_OF, LANGUAGES, World, name_categories, recipe, stream, twins

LISTED_PURCHASES = 120       # accounts whose purchases from all makers are known


def list_channels(world: World) -> DataFrame:
    """Channels in the client's order, named in three languages."""
    channels = world.channels.reset_index()
    return channels[["channel", "ja", "en", "zh", "order"]].rename(
        columns={"ja": "name", "en": "name_en", "zh": "name_zh"})


def list_products(world: World) -> DataFrame:
    """Product master with today's list price and cost in yen."""
    products = world.products.rename(columns={"ja": "name", "en": "name_en", "zh": "name_zh"}).reset_index()
    products["list_price"] = list_prices(world).iloc[:, -1].to_numpy()
    products["cost"] = unit_costs(world).iloc[:, -1].to_numpy()
    columns = ["product", "name", "name_en", "name_zh", "category", "list_price", "cost", "launched", "delisted"]
    return name_categories(world, products[columns])


def list_accounts(world: World, slips: DataFrame, *, stores: Series, routed: Series) -> DataFrame:
    """Account master.  `stores`: open stores; `routed`: yearly yen on a wholesaler's invoices; both by account."""
    drivers, rng = world.accounts, stream(world.seed, "masters")
    master = DataFrame({"name": drivers["ja"], "name_en": drivers["en"], "name_zh": drivers["zh"],
                        "channel": drivers["channel"], "level": drivers["channel"].map(world.channels["level"])})
    master = master.join(_groups(master.index)).join(_places(world, rng))
    master["international"], master["stores"] = drivers["international"], stores.astype("Int64")
    life, days = recipe("stories")["trade"], payment_days(world)
    master["opened"] = [_opening(life["opened"].get(account), rng) for account in master.index]
    master["closed"] = pd.to_datetime(Series(life["closed"]).reindex(master.index))
    bought = _purchases(world, slips, routed)
    master["size"] = (bought / 1e6 / 0.06 * rng.lognormal(0, 0.08, len(bought))).round()
    known = bought.nlargest(LISTED_PURCHASES).index.union(recipe("stories")["key"]["accounts"])
    master["category_purchases"] = bought.round(-6).where(bought.index.isin(known)).astype("Int64")
    master["owner"] = _owners(world)
    month = slips[slips["date"] > AS_OF - np.timedelta64(366, "D")].groupby("account")["net_sales"].sum() / 12
    limit = (month.reindex(master.index) * (days / 30 + 1.2) * 1.25).round(-6).clip(lower=1_000_000)
    master["credit_limit"], master["payment_days"] = limit.astype("Int64"), days.astype("int64")
    master["contract_until"] = _contracts(world)
    return master.rename_axis("account").reset_index()


def _groups(accounts: pd.Index) -> DataFrame:
    """`group` (head of the group, also for the head) and `group_from` of the accounts that belong to one."""
    rows = {}
    for group in recipe("cast")["group"]:
        rows[group["head"]] = {"group": group["head"]}
        for member, day in group["members"].items():
            rows[member] = {"group": group["head"], "group_from": Timestamp(day)}
    return DataFrame.from_dict(rows, orient="index").reindex(accounts)


def _places(world: World, rng: np.random.Generator) -> DataFrame:
    """Home region in three languages, number of regions, and the store format where there are stores."""
    book, accounts = recipe("channels"), world.accounts
    home = rng.integers(0, len(book["region"]), len(accounts))
    wide = accounts["channel"].isin(["GMS", "CVS"]) | (accounts["sales"] > 1000)
    regions = np.where(wide, np.where(accounts["sales"] > 800, 6, 3), np.where(accounts["sales"] > 300, 2, 1))
    rows = [twins("region", [book["region"][place][language] for language in LANGUAGES])
            | twins("format", book["format"].get(channel, [None] * 3))
            for place, channel in zip(home, accounts["channel"], strict=True)]
    return DataFrame(rows, index=accounts.index).assign(regions=regions)


def _opening(late: str | None, rng: np.random.Generator) -> Timestamp:
    """First trade: long ago for most accounts, inside the five years for a few."""
    old = Timestamp("1985-04-01") + pd.DateOffset(months=int(rng.integers(0, 380)))
    return Timestamp(late) if late else old


def _purchases(world: World, slips: DataFrame, routed: Series) -> Series:
    """What each account buys a year in our categories from all makers, in yen, before rounding."""
    year = slips[slips["date"] > AS_OF - np.timedelta64(366, "D")].groupby("account")["net_sales"].sum()
    ours = year.reindex(world.accounts.index) + routed.reindex(world.accounts.index).fillna(0)
    return ours / world.accounts["wallet"]


def _owners(world: World) -> Series:
    """Our responsible person by account; small accounts have none."""
    teams = recipe("team")["owners"]
    owners = [teams[channel][rank % len(teams[channel])]
              for channel, rank in zip(world.accounts["channel"], world.accounts["rank"], strict=True)]
    return Series(owners, index=world.accounts.index).where(world.accounts["sales"] >= 40)


def _contracts(world: World) -> Series:
    """End of the contract of the larger accounts; the one that is about to leave has the nearest."""
    rng, sales = stream(world.seed, "contracts"), world.accounts["sales"]
    ends = rng.choice(["2026-03-31", "2026-09-30", "2027-03-31", "2028-03-31"], len(sales), p=[0.55, 0.1, 0.25, 0.1])
    dates = Series(pd.to_datetime(ends), index=sales.index).where(sales >= 120)
    dates.loc[recipe("stories")["T04"]["account"]] = Timestamp("2026-02-28")
    return dates


def list_team() -> DataFrame:
    """Our people with labels and departments in three languages, hours a year and cost of an hour in yen."""
    book = recipe("team")
    rows = [{"member": m["id"]} | twins("name", m["name"]) | twins("department", book["department"][m["department"]])
            | {"hours": m["hours"], "hourly_cost": m["cost"]} for m in book["member"]]
    return DataFrame(rows)
