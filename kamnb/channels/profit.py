"""What each channel earns: gross margin, what trade terms leave of it, and what serving the accounts costs."""

from __future__ import annotations

from pandas import DataFrame

from kamnb import money
from kamnb.methods.pricing import KINDS, PriceRules, build_waterfall
from kamnb.methods.serving import total_cost_to_serve

RATES = {"margin": "margin_rate", "pocket_margin": "pocket_of_sales", "contribution": "contribution_rate"}
STEPS = ["terms_cost", "pocket_margin", "cost_to_serve", "contribution"]
EARNED = ["account", "name", "channel", "channel_name", "net_sales", "margin", *STEPS]
PROFIT = ["channel", "channel_name", "net_sales", "margin", "margin_rate", "pocket_margin", "pocket_of_sales",
          "contribution", "contribution_rate", "known_share"]
LOSSES = ["account", "name", "channel_name", "net_sales", "margin", *STEPS]


def trace_earnings(months: DataFrame, *, terms: DataFrame, drivers: DataFrame, rules: PriceRules) -> DataFrame:
    """What every account left us in the latest year, from net sales down to contribution.

    `months`: from `place_months`, by category; `terms`, `drivers`: the tables terms and cost_drivers.  Returns account,
    name, channel, channel_name, `net_sales`, `margin` (net sales less cost of goods), `terms_cost` (what is agreed
    below the invoice, negative), `pocket_margin`, `cost_to_serve` (negative) and `contribution` in minor units (Int64);
    <NA> is unknown, and so is what follows from it.  Source: method.md A10, 2.2 price waterfall and cost to serve.
    """
    latest = months[months["year"] == months["year"].max()]
    sold = latest.groupby(["account", "name", "channel", "channel_name"], observed=True)
    earned = sold["net_sales"].sum().astype("Int64").to_frame()
    earned["margin"] = earned["net_sales"] - sold["cost"].sum(skipna=False)
    costs = total_cost_to_serve(drivers, scale=rules.scale)["cost_to_serve"]
    waterfall = build_waterfall(latest, terms, rules=rules, costs=costs).set_index("account")
    waterfall["contribution"] = waterfall["net"]
    waterfall["terms_cost"] = waterfall[list(KINDS)].sum(axis=1, skipna=False)
    return earned.reset_index().join(waterfall[STEPS], on="account")[EARNED]


def sum_profit(earnings: DataFrame) -> DataFrame:
    """What every channel earned in the latest year in money and of net sales, best rate first.

    `earnings`: from `trace_earnings`.  Returns channel, channel_name, net_sales, and for margin, pocket_margin and
    contribution the amount (minor units) and its rate (margin_rate, pocket_of_sales, contribution_rate); both cover the
    accounts of which it is known, and `known_share` is their share of sales at the last level that is known at all.
    Ordered by that level; channels of which not even the margin is known are left out.  Source: method.md A10.
    """
    by = [earnings["channel"], earnings["channel_name"]]
    profit = earnings["net_sales"].groupby(by, observed=True).sum().to_frame()
    profit["known_share"] = float("nan")
    for level, rate in RATES.items():
        covered = earnings["net_sales"].where(earnings[level].notna()).groupby(by, observed=True).sum().astype(float)
        profit[level] = earnings[level].groupby(by, observed=True).sum(min_count=1).astype("Int64")
        profit[rate] = money.ratio(profit[level].astype(float), covered)
        share = money.ratio(covered, profit["net_sales"].astype(float))
        profit["known_share"] = share.where(profit[rate].notna(), profit["known_share"])
    known = profit[profit["margin"].notna()].reset_index()
    known["best"] = known[RATES[deepest_level(known)]]
    return known.sort_values(["best", "channel"], ascending=[False, True], ignore_index=True)[PROFIT]


def deepest_level(rows: DataFrame) -> str:
    """The last of margin, pocket_margin and contribution that is known in any of `rows` (of accounts or channels)."""
    known = [level for level in RATES if rows[level].notna().any()]
    return known[-1] if known else "margin"


def list_losses(earnings: DataFrame) -> DataFrame:
    """The accounts on which we lose money at the deepest level that is known, largest loss first.

    `earnings`: from `trace_earnings`.  Returns account, name, channel_name, net_sales, margin, terms_cost,
    pocket_margin, cost_to_serve, contribution (minor units).
    """
    level = deepest_level(earnings)
    losing = earnings[(earnings[level] < 0).fillna(False).astype(bool)]
    return losing.sort_values([level, "account"], ignore_index=True)[LOSSES]


def summarise_profit(profit: DataFrame) -> dict[str, object]:
    """The facts of the profit sentence: level, amount and rate of the whole, best and weakest channel.

    `profit`: from `sum_profit`.  `level` is the code of the deepest known level.  Nothing where cost is not known.
    """
    level = deepest_level(profit)
    known = profit[profit[level].notna()]
    if known.empty:
        return {}
    best, worst = known.iloc[0], known.iloc[-1]
    covered = (known["net_sales"].astype(float) * known["known_share"]).sum()
    return {"level": level, "amount": int(known[level].sum()), "rate": float(known[level].sum() / covered),
            "best": best["channel_name"], "best_rate": float(best[RATES[level]]), "worst": worst["channel_name"],
            "worst_rate": float(worst[RATES[level]]), "worst_margin_rate": float(worst["margin_rate"])}


def summarise_losses(losses: DataFrame) -> dict[str, object]:
    """The facts of the loss sentence: how many accounts, what they cost together, and the largest loss."""
    if losses.empty:
        return {}
    level, first = deepest_level(losses), losses.iloc[0]
    return {"level": level, "accounts": len(losses), "loss": -int(losses[level].sum()), "name": first["name"],
            "name_sales": int(first["net_sales"]), "name_margin": int(first["margin"]), "name_loss": -int(first[level])}
