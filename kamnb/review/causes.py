"""Why sales changed against the same months of the year before: price, volume, mix, listings; every split exact."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb import money
from kamnb.methods.variance import nest_variance, pair_periods
from kamnb.review.scope import Scope

COMPARABLE = 0.6  # with less of the sales in goods that were bought in both years, prices by product say little
MAINLY = 0.6  # a cause must explain this share of the change to be called the main one
ALONE = 0.8  # ... and this share to be called the only one
BARS = ["price", "volume", "mix", "listed", "delisted", "other"]
CAUSES = ["account", "name", "channel_name", "previous_sales", "net_sales", "change", *BARS, "shift", "cause", "grain"]
STEPS = ["price", "volume", "shift", "mix", "listed", "delisted", "new_account", "lost_account", "other"]


def choose_items(by_product: DataFrame, by_category: DataFrame) -> DataFrame:
    """The rows to explain the change with: by product if accounts mostly bought the same goods twice, else by category.

    `by_product`, `by_category`: from `place_sales`.  Returns account, channel, name, channel_name, period, `item`,
    quantity, net_sales, `grain` (product or category) and `comparable` (share of the sales of both periods in items
    that the same account bought in both).
    """
    grains = {"product": by_product.rename(columns={"product": "item"}),
              "category": by_category.rename(columns={"category": "item"})}
    shares = {grain: _share_comparable(rows) for grain, rows in grains.items()}
    grain = "product" if not shares["product"] < COMPARABLE else "category"
    columns = ["account", "name", "channel", "channel_name", "item", "period", "quantity", "net_sales"]
    return grains[grain][columns].assign(grain=grain, comparable=shares[grain])


def _share_comparable(rows: DataFrame) -> float:
    sums = rows.groupby(["account", "item", "period"], observed=True)["net_sales"].sum().unstack()
    sums = sums.reindex(columns=["base", "current"])
    whole = sums.sum().sum()
    return float(sums[(sums > 0).all(axis=1)].sum().sum() / whole) if whole > 0 else float("nan")


def explain_change(items: DataFrame) -> DataFrame:
    """Why the sales of every account changed, exactly: one row per account, largest change first.

    `items`: from `choose_items`.  Returns account, name, channel_name, previous_sales, net_sales, change, and its parts
    in minor units: `price`, `volume` (of the account), `mix` (between its own items), `listed` and `delisted` (items
    bought in one of the years only), `other` (rows without a price); they sum to `change`.  `shift` is the part of
    `volume` by which the account ran ahead of or behind the company.  `cause`: the part that explains most of the
    change (several when none does), or new_account, lost_account.  `grain` as in `items`.  Source: method.md 2.2 PVM,
    oracle O13, feature 7.
    """
    periods = [items[items["period"] == period] for period in ("base", "current")]
    pairs = pair_periods(*periods, keys=["channel", "account", "item"])
    split = nest_variance(pairs, levels=["channel", "account"]).assign(
        previous_sales=pairs["sales_base"], net_sales=pairs["sales"])
    sums = split.drop(columns=["channel", "item"]).groupby("account").sum()
    sums["shift"] = sums["mix_channel"] + sums["mix_account"]
    sums["volume"] = sums["volume"] + sums["shift"]
    named = sums.rename(columns={"mix_item": "mix", "new": "listed", "total": "change"}).reset_index()
    named = named.join(items.drop_duplicates("account").set_index("account")[["name", "channel_name"]], on="account")
    named = named.assign(cause=_judge_causes(named), grain=items["grain"].iloc[0] if len(items) else "product")
    ordered = named.sort_values(["change", "account"], key=lambda v: -v.abs() if v.name == "change" else v)
    return ordered[CAUSES].reset_index(drop=True)


def _judge_causes(changes: DataFrame) -> Series:
    """The part that goes with the change and explains most of it; several where none explains MAINLY."""
    along = changes[BARS].mul(np.sign(changes["change"]), axis=0)
    main = along.max(axis=1) >= MAINLY * changes["change"].abs()
    codes = along.idxmax(axis=1) if len(along) else Series(dtype="str")
    steps = [(changes["previous_sales"] == 0), (changes["net_sales"] == 0), changes["change"] == 0, main]
    names = ["new_account", "lost_account", "several", codes.to_numpy(dtype=object)]
    return Series(np.select([step.to_numpy(dtype=bool) for step in steps], names, "several"), index=changes.index,
                  dtype="str")


def build_bridge(causes: DataFrame) -> DataFrame:
    """The bars from last year's sales to this year's, for the whole, in drawing order; they sum exactly.

    `causes`: from `explain_change`.  Returns `bar` (base, price, volume, shift between accounts, mix within them,
    listed, delisted, new_account, lost_account, other, current; the last ones only if not zero), `amount`, `start`,
    `end` (minor units) and `total` (is a full column).
    """
    if causes.empty:
        return DataFrame({"bar": [], "amount": [], "start": [], "end": [], "total": []})
    fresh, gone = causes["previous_sales"] == 0, causes["net_sales"] == 0
    apart = {"new_account": int(causes.loc[fresh, "listed"].sum()),
             "lost_account": int(causes.loc[gone, "delisted"].sum())}
    sums = causes[[*BARS, "shift"]].sum()
    sums["volume"] -= sums["shift"]
    sums["listed"] -= apart["new_account"]
    sums["delisted"] -= apart["lost_account"]
    steps = [(bar, int({**sums, **apart}[bar])) for bar in STEPS]
    rows = [("base", int(causes["previous_sales"].sum())), *[(bar, amount) for bar, amount in steps if amount]]
    bridge = DataFrame(rows, columns=["bar", "amount"])
    bridge["end"] = bridge["amount"].cumsum()
    bridge["start"] = bridge["end"] - bridge["amount"]
    whole = int(causes["net_sales"].sum())
    closing = DataFrame([{"bar": "current", "amount": whole, "start": 0, "end": whole}])
    bars = pd.concat([bridge, closing], ignore_index=True)
    return bars.assign(total=bars["bar"].isin(["base", "current"]))[["bar", "amount", "start", "end", "total"]]


def find_mix_falls(causes: DataFrame, *, scope: Scope) -> DataFrame:
    """Accounts that lost sales by mix alone: they buy as much as before, at the same prices, but cheaper goods.

    `causes`: from `explain_change`.  Its rows in which sales fell by more than the tolerance, mix explains at least
    ALONE of the fall and no other part moves more than the rest; largest first.  None if it goes by category: such
    prices hide a mix.
    """
    fall, least = -causes["change"], scope.rules.tolerance * causes["previous_sales"]
    others = causes[[bar for bar in BARS if bar != "mix"]].abs().max(axis=1)
    only = (fall > least) & (-causes["mix"] >= ALONE * fall) & (others <= (1 - ALONE) * fall)
    return causes[only & (causes["grain"] == "product")].reset_index(drop=True)


def summarise_change(bridge: DataFrame, items: DataFrame) -> dict[str, object]:
    """The facts of the bridge sentence: the change, and its largest part for and against it.

    `bridge`: from `build_bridge`; `items`: from `choose_items`.  Nothing without a year before.
    """
    if bridge.empty or bridge["amount"].iloc[0] <= 0:
        return {"key": "review.change_found.none"}
    steps = bridge[~bridge["total"]].set_index("bar")["amount"]
    base, current = int(bridge["amount"].iloc[0]), int(bridge["amount"].iloc[-1])
    parts = {bar: int(steps.get(bar, 0)) for bar in STEPS}
    listings = sum(parts[bar] for bar in ("listed", "delisted", "new_account", "lost_account", "other"))
    return {"key": f"review.change_found.{items['grain'].iloc[0]}", "base": base, "current": current,
            "change": current - base, "growth": float(money.growth(Series([base]), Series([current]))["rate"].iloc[0]),
            "comparable": float(items["comparable"].iloc[0]), "all_mix": parts["shift"] + parts["mix"],
            "listings": listings, **parts}


def summarise_mix(falls: DataFrame, causes: DataFrame) -> dict[str, object]:
    """The facts of the sentence on mix: who lost by it alone and how much; the key also says when nobody can tell."""
    if falls.empty:
        return {"key": "review.mix_found." + ("untold" if (causes["grain"] == "category").any() else "none")}
    return {"key": "review.mix_found.found", "accounts": list(falls["name"].head(3)), "mix": -int(falls["mix"].sum())}


def pick_movers(causes: DataFrame, routes: DataFrame, *, limit: int = 10) -> DataFrame:
    """The `limit` accounts of `causes` whose sales changed most, losses first, then gains, and whether goods only
    changed route (`rerouted`).  `routes`: from `find_reroutings`."""
    moved = set(routes["account"]) | set(routes["wholesaler"])
    largest = causes.head(limit).assign(rerouted=causes["account"].head(limit).isin(moved))
    return largest.sort_values(["change", "account"], ignore_index=True)
