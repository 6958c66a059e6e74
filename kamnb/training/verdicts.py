"""What the sample's hypotheses look at, measured on its own tables."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series

from kamnb.training.world import recipe

YEARS = (2025, 2024)


def measure_hypotheses(tables: dict[str, DataFrame]) -> dict[str, float]:
    """By the name of the measure: share of the drug market, growth online, of the riser, and of the rerouted account."""
    sales, stories = tables["sales"], recipe("stories")
    channel = sales["account"].map(tables["accounts"].set_index("account")["channel"])
    year = sales["date"].dt.year
    sums = sales.groupby([channel.rename("channel"), year.rename("year")])["net_sales"].sum()
    market = tables["market"][tables["market"]["channel"] == stories["T03"]["losing"]]
    size = market.loc[market["month"].dt.year == YEARS[0], "sales"].sum() * 1000
    mine = sales[sales["account"] == stories["T02"]["account"]].groupby(year)["net_sales"].sum()
    return {"drug_share": _round(sums[stories["T03"]["losing"], YEARS[0]] / size),
            "online_growth": _round(sums[stories["T03"]["gaining"], YEARS[0]] / sums[stories["T03"]["gaining"], YEARS[1]] - 1),
            "riser_growth": _round(mine[YEARS[0]] / mine[YEARS[1]] - 1), "rerouted_growth": _rerouted(tables, stories["T12"])}


def _rerouted(tables: dict[str, DataFrame], story: dict) -> float:
    """Growth of direct and wholesaler deliveries together, April to December."""
    sales, flows = tables["sales"], tables["sellthru"]
    direct = sales[sales["account"] == story["account"]]
    through = flows[(flows["account"] == story["account"]) & (flows["wholesaler"] == story["wholesaler"])]
    both = pd.concat([Series(direct["quantity"].to_numpy(), index=direct["date"]),
                      Series(through["quantity"].to_numpy(), index=through["month"])])
    now, then = (both[(both.index.year == year) & (both.index.month >= 4)].sum() for year in YEARS)
    return _round(now / then - 1)


def _round(value: float) -> float:
    return round(float(value), 4)
