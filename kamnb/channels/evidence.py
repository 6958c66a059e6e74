"""Growth that respects small numbers: what the months of an account can prove, and what they cannot."""

from __future__ import annotations

from pandas import DataFrame, Series

from kamnb.methods.growth import shrink_growth

WEIGHED = ["account", "name", "channel", "channel_name", "net_sales", "growth", "growth_shrunken", "growth_low", "growth_high",
           "shrinkage", "channel_growth", "standing_growth"]
LOUD = 0.20  # growth that would catch the eye in a list (rule of thumb)


def weigh_growth(restated: DataFrame) -> DataFrame:
    """Every account's growth of the latest year, as measured and drawn towards its channel's as far as it is noise.

    `restated`: from `restate_months`.  Returns account, name, channel, channel_name, net_sales (latest year), growth,
    growth_shrunken with its interval growth_low and growth_high (80 %), shrinkage, channel_growth and standing_growth:
    faster (the interval lies above the channel's growth), slower (below), as_channel (cannot be told apart); largest first.
    Source: method.md A06, section 5 feature 9.
    """
    found = shrink_growth(restated[["account", "channel", "month", "year", "net_sales"]])
    latest = restated[restated["year"] == restated["year"].max()]
    size = latest.groupby(["account", "name", "channel_name"], observed=True)["net_sales"].sum().reset_index()
    table = size.merge(found.reset_index(), on="account").rename(
        columns={"shrunken": "growth_shrunken", "low": "growth_low", "high": "growth_high"})
    known = table[table["growth"].notna()]
    standing = Series("as_channel", index=known.index, dtype="str")
    standing = standing.mask(known["growth_low"] > known["channel_growth"], "faster")
    standing = standing.mask(known["growth_high"] < known["channel_growth"], "slower")
    ordered = known.assign(standing_growth=standing).sort_values(["net_sales", "account"], ascending=[False, True])
    return ordered.reset_index(drop=True)[WEIGHED]


def summarise_proof(weighed: DataFrame) -> dict[str, object]:
    """The facts of the sentence on proof: how many accounts surely grow faster or slower than their channel, the largest by name.

    `weighed`: from `weigh_growth`.
    """
    if weighed.empty:
        return {}
    facts: dict[str, object] = {"accounts": len(weighed)}
    for standing in ("faster", "slower"):
        rows = weighed[weighed["standing_growth"] == standing]
        facts |= {standing: len(rows), f"{standing}_names": list(rows["name"].head(3))}
    return facts


def weigh_channels(restated: DataFrame) -> DataFrame:
    """Growth of every channel (index) with its interval: growth, low, high, as scenarios need it; NaN where unknown.

    Channels are drawn towards the growth of the whole as accounts are towards their channel's.
    """
    whole = restated.assign(account=restated["channel"], channel="all")
    months = whole.groupby(["account", "channel", "month", "year"], observed=True)["net_sales"].sum().reset_index()
    found = shrink_growth(months).rename_axis("channel")
    return found[["shrunken", "low", "high"]].rename(columns={"shrunken": "growth"})
