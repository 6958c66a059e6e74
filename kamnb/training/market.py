"""Market size of the sample by channel, category and month, at the makers' selling prices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.training.world import MONTHS, World, recipe, stream, twins

NOISE = 0.008
NOT_YET = 0.03


def size_market(world: World, slips: DataFrame) -> DataFrame:
    """Sales of all makers in thousand yen: month, channel, category (code), sales, rival (three names), rival_sales.

    The first year is our own sales over our share of that year; from there the market grows at its own pace.  The
    rival is the largest other maker.
    """
    first = slips[slips["date"].dt.year == MONTHS[0].year]
    ours = first.groupby([first["account"].map(world.accounts["channel"]),
                          first["product"].map(world.products["category"])])["net_sales"].sum()
    cells = pd.MultiIndex.from_product([world.channels.index, world.categories.index], names=["channel", "category"])
    rng = stream(world.seed, "market")
    level = _levels(world, ours.reindex(cells), rng)
    years = (np.arange(len(MONTHS)) - 5.5) / 12
    growth = world.channels["market"].loc[cells.get_level_values(0)].to_numpy() + rng.normal(0, 0.004, len(cells))
    seasons = np.stack(list(world.categories["season"]))[:, MONTHS.month - 1]
    path = (1 + growth[:, None]) ** years * seasons[world.categories.index.get_indexer(cells.get_level_values(1))]
    sales = np.rint(level[:, None] / 12_000 * path * rng.lognormal(0, NOISE, path.shape)).astype("int64")
    frame = DataFrame(sales, index=cells, columns=MONTHS).rename_axis(columns="month").stack().rename("sales")
    market = frame.reset_index()[["month", "channel", "category", "sales"]].sort_values(
        ["month", "channel", "category"], ignore_index=True)
    return _add_rivals(world, market, slips)


def _add_rivals(world: World, market: DataFrame, slips: DataFrame) -> DataFrame:
    """`market` with the largest other maker of each cell and its sales: a multiple of ours that moves over the years."""
    rng, names, stories = stream(world.seed, "rivals"), recipe("voices")["competitors"]["names"], recipe("stories")["T16"]
    ours = _our_shares(world, market, slips)
    first = rng.lognormal(0.35, 0.30, len(ours))
    multiple = DataFrame({"from": first, "to": first * rng.lognormal(0, 0.12, len(ours))}, index=ours.index)
    for story in stories.values():
        multiple.loc[(story["channel"], story["category"])] = [story["from"], story["to"]]
    cells = pd.MultiIndex.from_frame(market[["channel", "category"]])
    pace = market["month"].dt.year.sub(MONTHS[0].year).div(MONTHS[-1].year - MONTHS[0].year).to_numpy()
    step = (multiple["from"].reindex(cells).to_numpy() * (1 - pace) + multiple["to"].reindex(cells).to_numpy() * pace)
    share = ours.stack().reindex(pd.MultiIndex.from_arrays([*(market[key] for key in ("channel", "category")),
                                                            market["month"].dt.year])).to_numpy() * step
    rival = Series(rng.integers(0, len(names), len(ours)), index=ours.index).reindex(cells).to_numpy()
    texts = DataFrame([twins("rival", names[place]) for place in rival], index=market.index)
    return market.join(texts).assign(rival_sales=np.rint(market["sales"] * np.clip(share, 0.01, 0.45)).astype("int64"))


def _our_shares(world: World, market: DataFrame, slips: DataFrame) -> DataFrame:
    """Our share of each channel and category by year; where we sell nothing, a small one to measure the rival by."""
    keys = [slips["account"].map(world.accounts["channel"]).rename("channel"),
            slips["product"].map(world.products["category"]).rename("category"), slips["date"].dt.year.rename("year")]
    ours = slips.groupby(keys)["net_sales"].sum().unstack("year")
    whole = market.groupby(["channel", "category", market["month"].dt.year.rename("year")])["sales"].sum().unstack("year")
    return (ours / (whole * 1000)).reindex(whole.index).fillna(NOT_YET)


def _levels(world: World, ours: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Yearly market of each cell: our sales over our share there, shares differing a little by category."""
    share = world.channels["share"].loc[ours.index.get_level_values(0)].to_numpy() * rng.lognormal(0, 0.12, len(ours))
    return (ours.fillna(ours.median() * 0.1).to_numpy() / share)
