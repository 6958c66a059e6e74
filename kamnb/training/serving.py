"""What it takes to serve the sample's accounts: activity volumes with their minutes and cost."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

from kamnb.training.world import AS_OF, World, recipe, stream

DEMANDING = 0.14        # share of accounts that want small drops
ROUNDED_STORES = 260    # more stores of one account nobody rounds


def drive_costs(world: World, slips: DataFrame, *, stores: Series) -> DataFrame:
    """Activities of the last year: account, activity (three languages), volume, unit_minutes, cost_per_minute.

    `stores`: number of stores by account (missing where an account has none).
    """
    trade = recipe("trade")
    volumes = _volumes(world, slips, stores).round()
    rows = volumes.rename_axis("account").rename_axis(columns="code").stack().rename("volume").reset_index()
    rows = rows[rows["volume"] > 0].reset_index(drop=True)
    facts = DataFrame.from_dict(trade["activity"], orient="index").loc[rows["code"]]
    return rows[["account"]].assign(
        activity=facts["ja"].array, activity_en=facts["en"].array, activity_zh=facts["zh"].array,
        volume=rows["volume"].astype("int64"), unit_minutes=facts["minutes"].array, cost_per_minute=facts["cost"].array)


def _volumes(world: World, slips: DataFrame, stores: Series) -> DataFrame:
    """How often each activity happens in a year: accounts down, activities across."""
    trade, rng, index = recipe("trade"), stream(world.seed, "serving"), world.accounts.index
    year = slips[slips["date"] > AS_OF - np.timedelta64(366, "D")]
    cases = year.groupby("account")["quantity"].sum().reindex(index).fillna(0)
    returns = year[year["line_type"] == "return"].groupby("account").size().reindex(index).fillna(0)
    drops = world.accounts["channel"].map(trade["drops"]).astype(float)
    drops.update(Series(trade["drops_special"], dtype=float))
    special = index.isin([*trade["drops_special"], *recipe("people")["accounts"]])
    unrest = np.where(world.accounts["channel"] == "FDS", 0.45, 0.15)
    demanding = (rng.random(len(index)) < DEMANDING) & ~special
    deliveries = cases / drops * rng.lognormal(0, unrest, len(index)) * np.where(demanding, 2.2, 1.0)
    visits = (16 + 3.0 * np.sqrt(world.accounts["sales"])) * rng.lognormal(0, 0.2, len(index))
    yearly = world.accounts["channel"].map(trade["rounds"]).fillna(0)
    rounds = stores.reindex(index).fillna(0).clip(upper=ROUNDED_STORES) * yearly
    heavy = index == recipe("stories")["T01"]["account"]
    return DataFrame({"delivery": deliveries, "order": deliveries * 0.6, "visit": visits.where(cases > 0, 0),
                      "store_round": rounds * np.where(heavy, 2.6, 1.0), "claim": returns * 9,
                      "billing": np.where(cases > 0, 24, 0)}, index=index)
