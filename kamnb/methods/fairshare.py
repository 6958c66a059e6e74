"""Share of market as coverage times in-store share: which of the two is missing, and what closing the gap is worth."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

from kamnb import money
from kamnb.methods.series import round_amounts

QUORUM = 5  # with fewer peers the quantile of all takes the place of the group's own
LEVERS = ["market_share", "coverage", "in_store_share", "coverage_low", "coverage_high", "in_store_low", "in_store_high",
          "by_coverage_low", "by_coverage_high", "by_in_store_low", "by_in_store_high", "by_both_low", "by_both_high",
          "headroom_low", "headroom_high"]


def decompose_share(positions: DataFrame) -> DataFrame:
    """Share of market as weighted coverage x in-store share, exactly.

    `positions`: sales (ours), market (what is sold in the category there) and handled (what is sold of it in the
    stores that handle us), all in one price basis; any index.  Returns `market_share` = `coverage` (handled / market)
    x `in_store_share` (sales / handled), and `fair_share` (in_store_share / market_share of the whole frame: below 1
    = even where we stand we sell less than our due).  NaN where a base is unknown or not positive.
    Source: method.md 2.2 fair-share identities, 2.3 choice 5, oracles O18, O19.
    """
    sales, market, handled = (positions[name].astype("Float64").astype(float) for name in ("sales", "market", "handled"))
    both = sales.notna() & market.notna()
    whole = sales[both].sum() / market[both].sum() if market[both].sum() > 0 else np.nan
    inside = money.ratio(sales, handled)
    return DataFrame({"market_share": money.ratio(sales, market), "coverage": money.ratio(handled, market),
                      "in_store_share": inside, "fair_share": inside / (whole if whole > 0 else np.nan)})


def split_share_change(base: DataFrame, current: DataFrame) -> DataFrame:
    """Change in share of market as what coverage and what in-store share brought, exactly.

    `base`, `current`: from `decompose_share`, on one index.  Returns `share_points` = `by_coverage` + `by_in_store`
    (each step valued at the mean of the other factor, so that no order is preferred).
    """
    steps = {name: current[name] - base[name] for name in ("coverage", "in_store_share")}
    middle = {name: (current[name] + base[name]) / 2 for name in steps}
    return DataFrame({"share_points": current["market_share"] - base["market_share"],
                      "by_coverage": steps["coverage"] * middle["in_store_share"],
                      "by_in_store": steps["in_store_share"] * middle["coverage"]})


def split_product(base: DataFrame, current: DataFrame) -> DataFrame:
    """Change of a product of factors as one effect per factor, exactly and in no particular order (LMDI).

    `base`, `current`: one column per factor, all positive, on one index; example: stores, sales_per_store.  Returns one
    column per factor and `change`, in the unit of the product; the effects sum to `change`.  NaN where a factor is
    unknown or not positive in either period.  Source: method.md 2.2 (breadth x depth; LMDI for order-free splits).
    """
    before, after = (frame.astype(float).where(frame.astype(float) > 0) for frame in (base, current))
    first, last = before.prod(axis=1, skipna=False), after.prod(axis=1, skipna=False)
    same = np.isclose(first, last, rtol=1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = Series(np.where(same, first, (last - first) / np.log(last / first)), index=first.index)
    effects = np.log(after / before).mul(mean, axis=0)
    return effects.assign(change=last - first)


def estimate_levers(positions: DataFrame, *, quantiles: tuple[float, float] = (0.5, 0.75)) -> DataFrame:
    """Headroom by lever: more stores that handle us, or more sales in those that do, up to what peers reach.

    `positions`: group (peers compare within it; example: channel), sales, market, handled as in `decompose_share`, by
    account.  Targets are the two `quantiles` of coverage and of in-store share in the group (of all, in a group with
    fewer than 5 known).  Returns, by account: the shares, the targets, and in minor units (Int64, never negative) for
    the low and the high target `by_coverage`, `by_in_store` (each alone), `by_both` (what only both together bring)
    and their sum `headroom`.  Source: method.md A07, 2.2 whitespace and fair share.
    """
    found = decompose_share(positions)[["market_share", "coverage", "in_store_share"]]
    market = positions["market"].astype("Float64").astype(float)
    for end, quantile in zip(("low", "high"), quantiles, strict=True):
        step = {}
        for name, short in (("coverage", "coverage"), ("in_store_share", "in_store")):
            found[f"{short}_{end}"] = _peer_quantile(found[name], positions["group"], quantile=quantile)
            step[short] = (found[f"{short}_{end}"] - found[name]).clip(lower=0)
        found[f"by_coverage_{end}"] = round_amounts(market * step["coverage"] * found["in_store_share"])
        found[f"by_in_store_{end}"] = round_amounts(market * found["coverage"] * step["in_store"])
        found[f"by_both_{end}"] = round_amounts(market * step["coverage"] * step["in_store"])
        found[f"headroom_{end}"] = sum(found[f"by_{lever}_{end}"] for lever in ("coverage", "in_store", "both"))
    return found[LEVERS]


def _peer_quantile(values: Series, groups: Series, *, quantile: float) -> Series:
    """The quantile of `values` in the group of each row; of all rows where the group has too few."""
    parts = values.groupby(groups, observed=True)
    enough = parts.transform("count") >= QUORUM
    return parts.transform("quantile", quantile).where(enough, values.quantile(quantile))
