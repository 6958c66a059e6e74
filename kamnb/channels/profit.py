"""What each channel earns: gross margin, what trade terms leave of it, and what serving the accounts costs."""

from __future__ import annotations

from pandas import DataFrame

from kamnb import money
from kamnb.methods.pricing import BARS, KINDS, PriceRules, build_waterfall, list_bars
from kamnb.methods.serving import measure_capacity, rate_drivers, total_cost_to_serve
from kamnb.methods.whale import measure_whale, whale_points

RATES = {"margin": "margin_rate", "pocket_margin": "pocket_of_sales", "contribution": "contribution_rate"}
STEPS = ["terms_cost", "pocket_margin", "cost_to_serve", "contribution"]
LADDER = ["list", "on_invoice", "invoice", *KINDS, "pocket"]  # the bars above the pocket margin
EARNED = ["account", "name", "channel", "channel_name", "net_sales", "margin", *STEPS, *LADDER]
PROFIT = ["channel", "channel_name", "net_sales", "margin", "margin_rate", "pocket_margin", "pocket_of_sales",
          "contribution", "contribution_rate", "known_share"]
LOSSES = ["account", "name", "channel_name", "net_sales", "margin", *STEPS]
STEPPED = {"channel": "str", "channel_name": "str", "list": "Int64", "discount_rate": float, "terms_rate": float,
           "cost_rate": float, "serve_rate": float, "left_rate": float, "known_share": float}
IDLE = ["resource", "resource_name", "used_minutes", "practical_minutes", "used_share", "assigned", "unused_cost",
        "capacity_state"]


def trace_earnings(months: DataFrame, *, terms: DataFrame, drivers: DataFrame, rules: PriceRules) -> DataFrame:
    """What every account left us in the latest year, from net sales down to contribution.

    `months`: from `place_months`, by category; `terms`: the table; `drivers`: from `rate_work`.  Returns account, name,
    channel, channel_name, `net_sales`, `margin` (net sales less cost of goods), `terms_cost` (what is agreed below the
    invoice, negative), `pocket_margin`, `cost_to_serve` (negative), `contribution`, and the bars from list to pocket in
    minor units (Int64); <NA> is unknown, and so is what follows from it.
    Source: method.md A10, 2.2 price waterfall and cost to serve.
    """
    latest = months[months["year"] == months["year"].max()]
    sold = latest.groupby(["account", "name", "channel", "channel_name"], observed=True)
    earned = sold["net_sales"].sum().astype("Int64").to_frame()
    earned["margin"] = earned["net_sales"] - sold["cost"].sum(skipna=False)
    costs = total_cost_to_serve(drivers, scale=rules.scale)["cost_to_serve"]
    waterfall = build_waterfall(latest, terms, rules=rules, costs=costs).set_index("account")
    waterfall["contribution"] = waterfall["net"]
    waterfall["terms_cost"] = waterfall[list(KINDS)].sum(axis=1, skipna=False)
    return earned.reset_index().join(waterfall[[*STEPS, *LADDER]], on="account")[EARNED]


def rate_work(drivers: DataFrame, *, capacity: DataFrame, scale: int) -> DataFrame:
    """`drivers` (the table cost_drivers) whose minutes cost what their resource costs at practical capacity, where known.

    Time-driven costing: idle time is then charged to no account.  Source: method.md 2.2 cost to serve, oracle O20.
    """
    return rate_drivers(drivers, capacity, scale=scale) if len(capacity) else drivers


def list_idle(drivers: DataFrame, *, capacity: DataFrame) -> DataFrame:
    """How far every resource that serves accounts is used, and what its idle rest costs, dearest first; none without capacity.

    `drivers`, `capacity`: the tables.  Returns resource, resource_name, used_minutes, practical_minutes (a year),
    used_share, assigned (charged to accounts) + unused_cost (minor units) and capacity_state (idle, full, short, unknown).
    Source: method.md A10, 2.2 cost to serve, oracle O20.
    """
    found = measure_capacity(drivers, capacity).reset_index() if len(capacity) else measure_capacity(
        drivers.iloc[:0], capacity).reset_index()
    found = found.rename(columns={"name": "resource_name", "used": "used_share", "state": "capacity_state"})
    return found[found["resource_name"].notna()][IDLE].reset_index(drop=True)


def stack_ladder(earnings: DataFrame) -> DataFrame:
    """The whole of the latest year from list price down to what is left, as bars to draw (`pricing.list_bars`).

    `earnings`: from `trace_earnings`; accounts of which every step is known.  No rows where the list price is not known.
    """
    whole = _known_ladders(earnings)
    if whole.empty:
        return list_bars(whole.reindex(columns=["account", "year", *BARS]))
    sums = whole[list(BARS)].sum().to_frame().T.astype("Int64")
    return list_bars(sums.assign(account="all", year=0))


def _known_ladders(earnings: DataFrame) -> DataFrame:
    """The waterfall of the accounts of which every bar is known, with their channel."""
    known = earnings.assign(cost=earnings["margin"] - earnings["net_sales"], net=earnings["contribution"])
    return known[known[["list", "net", "cost"]].notna().all(axis=1)].rename(columns={"net_sales": "sold"})


def compare_ladders(earnings: DataFrame) -> DataFrame:
    """What every channel leaves of 100 at list price, and on which step the rest goes, least left first.

    `earnings`: from `trace_earnings`.  Returns channel, channel_name, list (minor units), and of list: discount_rate (on
    the invoice), terms_rate (below it), cost_rate (of goods), serve_rate, left_rate; they sum to 1; known_share (of the
    channel's sales by accounts of which every step is known).  Source: method.md A10.
    """
    known = _known_ladders(earnings)
    by = ["channel", "channel_name"]
    sums = known.groupby(by, observed=True)[["list", "on_invoice", "terms_cost", "cost", "cost_to_serve", "net", "sold"]].sum()
    listed = sums["list"].astype(float)
    steps = {"discount_rate": -sums["on_invoice"], "terms_rate": -sums["terms_cost"], "cost_rate": -sums["cost"],
             "serve_rate": -sums["cost_to_serve"], "left_rate": sums["net"]}
    found = DataFrame({name: money.ratio(amount.astype(float), listed) for name, amount in steps.items()}).assign(
        list=sums["list"], known_share=money.ratio(sums["sold"].astype(float), earnings.groupby(by, observed=True)[
            "net_sales"].sum().reindex(sums.index).astype(float)))
    table = found.reset_index().sort_values(["left_rate", "channel"], ignore_index=True)
    return table.astype(STEPPED)[list(STEPPED)]


def trace_whale(earnings: DataFrame) -> DataFrame:
    """The whale curve of the deepest known profit: rank, account, profit, accounts, cumulative, share (`whale_points`).

    Where the total is not positive, `share` is that of what the earning accounts make; no rows where none earns anything.
    """
    points = whale_points(earnings.set_index("account")[deepest_level(earnings)])
    peak = points["cumulative"].max() if len(points) else 0
    if peak <= 0:
        return points.iloc[:0]
    return points.assign(share=points["share"].where(points["share"].notna(), points["cumulative"] / peak))


def summarise_whale(earnings: DataFrame) -> dict[str, object]:
    """The facts of the whale sentence: what the earning accounts make of the total, and what the others take away."""
    found = measure_whale(earnings.set_index("account")[deepest_level(earnings)])
    if found.empty:
        return {}
    return {**found.iloc[0].to_dict(), "level": deepest_level(earnings), "lost": -int(found["lost"].iloc[0])}



def summarise_idle(idle: DataFrame) -> dict[str, object]:
    """The facts of the capacity sentence: what idle time costs in all, and the resource with most of it."""
    unused = idle[idle["unused_cost"].fillna(0) > 0]
    if unused.empty:
        return {}
    first = unused.iloc[0]
    return {"unused": int(unused["unused_cost"].sum()), "name": first["resource_name"], "worth": int(first["unused_cost"]),
            "used": float(first["used_share"]), "short": int((idle["capacity_state"] == "short").sum())}


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
