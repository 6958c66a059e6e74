"""Market size of the sample by channel, category and month, at the makers' selling prices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame

from kamnb.training.world import MONTHS, World, stream

NOISE = 0.008


def size_market(world: World, slips: DataFrame) -> DataFrame:
    """Sales of all makers in thousand yen: month, channel, category (code), sales.

    The first year is our own sales over our share of that year; from there the market grows at its own pace.
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
    return frame.reset_index()[["month", "channel", "category", "sales"]].sort_values(
        ["month", "channel", "category"], ignore_index=True)


def _levels(world: World, ours: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Yearly market of each cell: our sales over our share there, shares differing a little by category."""
    share = world.channels["share"].loc[ours.index.get_level_values(0)].to_numpy() * rng.lognormal(0, 0.12, len(ours))
    return (ours.fillna(ours.median() * 0.1).to_numpy() / share)
