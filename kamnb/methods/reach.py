"""How far an account reaches, and whether we reach the one who decides: facts that rules ask for."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series

from kamnb.money import ratio

MET = 2  # coverage from which a person counts as reached (method.md 2.2)


def measure_reach(accounts: DataFrame, sales: Series) -> DataFrame:
    """Reach of each account, by account: `regions`, `stores` (counts), `international` (boolean), `region_share` and
    `channel_share` (its part of our sales in its home region and in its channel, fractions).

    `accounts`: the account master; `sales`: amount of a year by account (minor units).  What the master does not say is
    unknown.  Our sales stand in for its weight in the region: they are what we know of every account.
    Source: method.md E29-E34.
    """
    known = accounts.set_index("account")[["regions", "stores", "international", "region", "channel"]]
    own = sales.astype("Float64").reindex(known.index).astype(float)
    for name in ("region", "channel"):
        known[f"{name}_share"] = ratio(own, own.clip(lower=0).groupby(known[name]).transform("sum"))
    kinds = {"regions": "Int64", "stores": "Int64", "international": "boolean"}
    return known.astype(kinds)[["regions", "stores", "international", "region_share", "channel_share"]]


def measure_authority(people: DataFrame, *, met: int = MET) -> DataFrame:
    """Whether we reach those who decide, by account: `deciders`, `reached` (counts) and `decider_reached` (boolean).

    `people`: the people table.  With deciders of whom none is reached and some unheard of (no coverage given) it is
    unknown; so it is for an account with people but no decider among them.  Accounts without people have no row.
    Source: method.md D19.
    """
    rows = people.assign(decides=people["role"] == "decider", coverage=people["coverage"].astype("Int64"))
    rows["met"] = rows["decides"] & (rows["coverage"] >= met).fillna(False).astype(bool)
    rows["unheard"] = rows["decides"] & rows["coverage"].isna()
    sums = rows.groupby("account")[["decides", "met", "unheard"]].sum().astype("int64")
    reached = (sums["met"] > 0).astype("boolean")
    reached = reached.mask((sums["met"] == 0) & ((sums["unheard"] > 0) | (sums["decides"] == 0)), pd.NA)
    return DataFrame({"deciders": sums["decides"], "reached": sums["met"], "decider_reached": reached})
