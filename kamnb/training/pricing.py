"""List prices by month and on-invoice discounts by account and month, in the sample."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Timestamp

from kamnb.training.world import MONTHS, World, recipe

RISES = (Timestamp("2023-04-01"), Timestamp("2025-04-01"))
RISE = 1.04
COST_DRIFT = 0.027
PPM = 1_000_000


def list_prices(world: World) -> DataFrame:
    """List price of a case in yen: products down, months across; 4 % up at each price rise, in whole yen."""
    steps = np.array([sum(month >= rise for rise in RISES) for month in MONTHS])
    base = world.products["list_price"].to_numpy(dtype=float)
    first = np.rint(base * RISE)
    ladder = np.stack([base, first, np.rint(first * RISE)]).astype("int64")
    return DataFrame(ladder[steps].T, index=world.products.index, columns=MONTHS)


def unit_costs(world: World) -> DataFrame:
    """Cost of a case in yen: products down, months across; a little dearer every fiscal year."""
    years = MONTHS.year - (MONTHS.month < 4) - 2020
    base = (world.products["list_price"] * world.products["cost_share"]).to_numpy()
    costs = np.rint(np.outer(base, (1 + COST_DRIFT) ** years.to_numpy())).astype("int64")
    return DataFrame(costs, index=world.products.index, columns=MONTHS)


def discounts(world: World) -> DataFrame:
    """On-invoice discount in millionths of the list price: accounts down, months across."""
    rates = np.rint(world.accounts["discount"].to_numpy() * PPM).astype("int64")
    table = DataFrame(np.repeat(rates[:, None], len(MONTHS), axis=1), index=world.accounts.index, columns=MONTHS)
    for account, start, rate in discount_steps(world):
        table.loc[account, MONTHS >= Timestamp(start)] = round(rate * PPM)
    return table


def discount_steps(world: World) -> list[tuple[str, str, float]]:
    """Changes of a discount over time: account, first day, new rate.

    One account has its contract price kept through the last rise, so its discount grows by just that much.
    """
    stories = recipe("stories")
    kept = stories["T13"]["account"]
    frozen = 1 - (1 - world.accounts.at[kept, "discount"]) / RISE
    drift = [(stories["T01"]["account"], start, rate) for start, rate in stories["T01"]["discounts"]]
    return [*drift, (kept, RISES[-1].date().isoformat(), frozen)]
