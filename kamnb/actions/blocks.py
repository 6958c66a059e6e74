"""Where growth over the baseline can come from: price, whitespace, promotions, routing, with amount and basis."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.actions.rules import PlanRules
from kamnb.calendar import add_years
from kamnb.methods.promotion import appraise_promotions, lay_baseline, measure_uplift
from kamnb.methods.series import round_amounts
from kamnb.methods.whitespace import benchmark_peers, sum_headroom
from kamnb.money import ratio

# How much of a lasting step within the last twelve months each forecast model already carries into all months.
CARRIED = {"naive": 0.0, "steady": 0.0, "mean": 0.0, "half_drift": 0.5, "drift": 1.0, "level": 1.0}
PEERS_HIGH = 0.75
SETTLED = 3     # months without a delivery after which a route counts as given up
CASES = 3       # promotions of a kind below which it proves nothing
COLUMNS = {"block": "str", "amount": "Int64", "high": "Int64", "rate": float, "items": object, "into": "str",
           "basis": "str"}


def _block(name: str, amount: float | None, basis: str, **more: object) -> DataFrame:
    """One building block; an unknown amount stays unknown."""
    row = {"block": name, "amount": amount, "high": amount, "rate": np.nan, "items": (), "into": ""} | more
    row["basis"] = basis
    rows = DataFrame({key: Series([value], dtype=object) for key, value in row.items()})
    exact = {key: round_amounts(rows[key].astype(float)) for key in ("amount", "high")}
    return rows.assign(**exact).astype(COLUMNS)


def join_blocks(*blocks: DataFrame) -> DataFrame:
    """The building blocks as one table, in the order given."""
    return pd.concat(blocks, ignore_index=True)


def carried_by(years: DataFrame) -> float:
    """Share of a lasting step in the last twelve months that the baseline's forecast carries (years: `list_years`)."""
    return CARRIED[years["model"].iloc[-1]] if len(years) else 0.0


def value_price(products: DataFrame, years: DataFrame, *, rules: PlanRules) -> DataFrame:
    """What prices bring: rises of the list price not yet in all months of the baseline, and the change decided.

    `products`: account_product_month of the account (net_sales, list_sales, quantity); `years`: from `list_years`.
    One row of `COLUMNS`.  Carry-over: each product's sales in each of the last twelve months x (its latest list price /
    that month's - 1), less what the forecast carries.  Decided: settings [actions] price_change x baseline.
    Source: method.md A26, 2.2 PVM.
    """
    if years.empty:
        return _block("price", None, "no_history")
    decided = rules.price_change * float(years["net_sales"].iloc[-1])
    carry = _carry_over(products, rules=rules) * (1 - carried_by(years))
    if np.isnan(carry):
        known = ("price", decided, "price_decided") if decided else ("price", None, "no_list_price")
        return _block(*known, rate=rules.price_change)
    if decided + carry == 0:
        return _block("price", 0, "price_settled")
    return _block("price", carry + decided, "price_both" if decided else "price_carry", rate=rules.price_change)


def _carry_over(products: DataFrame, *, rules: PlanRules) -> float:
    """Sales of the last twelve months at the latest list prices, less those sales; NaN without list prices."""
    year = products[(products["month"] > rules.last - pd.DateOffset(years=1)) & (products["month"] <= rules.last)]
    priced = year[(year["quantity"] > 0) & (year["list_sales"] > 0)].sort_values(["product", "month"])
    if priced.empty:
        return float("nan")
    price = priced["list_sales"].astype(float) / priced["quantity"].astype(float)
    latest = price.groupby(priced["product"]).transform("last")
    return float((priced["net_sales"].astype(float) * (latest / price - 1)).sum())


def name_categories(panel: DataFrame, products: DataFrame) -> DataFrame:
    """`panel` (account_product_month) with each product's `category` in the reader's language ("-" = not known)."""
    category = panel["product"].map(products.set_index("product")["category"])
    return panel.assign(category=category.fillna("-").astype("str"))


def pick_account(sold: DataFrame, *, rules: PlanRules) -> DataFrame:
    """The rows of `sold` that belong to the account to plan."""
    return sold[sold["account"] == rules.account].reset_index(drop=True)


def benchmark_account(sold: DataFrame, accounts: DataFrame, *, rules: PlanRules) -> DataFrame:
    """What peers of the channel buy and the account does not, by category, largest gap first.

    `sold`: from `name_categories`, all accounts; `accounts`: the master with channel and size.  Returns rows of
    `benchmark_peers` for the account over the latest twelve months.  Source: method.md 2.2 whitespace.
    """
    dated = add_years(sold, as_of=rules.as_of)
    latest = dated[dated["year"] == dated["year"].max()]
    quantiles = (rules.quantile, max(rules.quantile, PEERS_HIGH))
    found = benchmark_peers(latest, accounts, quantiles=quantiles, least=rules.least)
    return found[found["account"] == rules.account].sort_values(["gap_low", "category"], ascending=[False, True],
                                                                ignore_index=True)


def value_whitespace(gaps: DataFrame, accounts: DataFrame, *, rules: PlanRules) -> DataFrame:
    """What the account could add where its peers buy more: headroom x the share that the plan counts on.

    `gaps`: from `benchmark_account`; `accounts`: the master (category_purchases limits the headroom).  One row of
    `COLUMNS`: `rate` = the share, `items` = up to three categories with the largest gaps, `high` from the better peers.
    """
    if gaps.empty:
        return _block("whitespace", None, "no_size")
    purchases = accounts.set_index("account")["category_purchases"]
    room = sum_headroom(gaps, purchases[purchases.notna()]).iloc[0]
    if pd.isna(room["headroom_low"]):
        return _block("whitespace", None, "few_peers", rate=float(rules.least))
    low, high = (float(room[f"headroom_{end}"]) * rules.capture for end in ("low", "high"))
    open_gaps = gaps.loc[gaps["gap_low"].fillna(0) > 0, "category"].head(3)
    basis = "whitespace" if low else "whitespace_none"
    return _block("whitespace", low, basis, high=high, rate=rules.capture, items=tuple(open_gaps))


def appraise_bank(sold: DataFrame, promos: DataFrame, *, rules: PlanRules) -> DataFrame:
    """What every promotion of the client really added, pull-forward taken off, by promo.

    `sold`: from `name_categories`, all accounts; `promos`: the table.  Returns account, promo, name, mechanic, starts,
    `net` (net sales added) and `margin` (at the account's own gross margin rate; minor units, NaN where unknown), spend
    and `verdict` (earned, lost, moved, unknown).  Source: method.md 2.2 trade-promotion ROI, oracle O28.
    """
    known = sold[(sold["month"] <= rules.last) & sold["account"].isin(promos["account"])]
    uplift = measure_uplift(lay_baseline(known, promos, measure="net_sales"))
    rows = uplift.join(promos.set_index("promo")[["account", "name", "mechanic", "starts", "spend"]], how="left")
    rows["unit_margin"] = rows["account"].map(measure_margins(known, rules=rules)).astype(float)
    judged = rows.join(appraise_promotions(rows)[["margin", "verdict"]])
    order = ["account", "promo", "name", "mechanic", "starts", "net", "margin", "spend", "verdict"]
    return judged.rename_axis("promo").reset_index()[order]


def measure_margin(products: DataFrame, *, rules: PlanRules) -> float:
    """Gross margin rate of the last twelve months of the one account in `products`; NaN with unknown cost."""
    rates = measure_margins(products, rules=rules)
    return float(rates.iloc[0]) if len(rates) else np.nan


def measure_margins(products: DataFrame, *, rules: PlanRules) -> Series:
    """Gross margin rate of the last twelve months by account; NaN with unknown cost or without sales.

    `products`: account, month, net_sales, cost (minor units).
    """
    year = products[(products["month"] > rules.last - pd.DateOffset(years=1)) & (products["month"] <= rules.last)]
    sums = year.groupby("account")[["net_sales", "cost"]].sum()
    known = year["cost"].notna().groupby(year["account"]).all()
    sales, cost = sums["net_sales"].astype(float), sums["cost"].astype(float)
    return ((sales - cost) / sales).where(known & (sales > 0))


def value_promotions(bank: DataFrame, *, rules: PlanRules) -> DataFrame:
    """What the money of the account's promotions that did not pay would add in the kind that pays best.

    `bank`: from `appraise_bank`.  One row of `COLUMNS`: spend of the account's promotions of the last twelve months
    that lost or only moved sales x net sales per spend of the best kind over all accounts (`rate`; the kind is `into`),
    less what the dropped ones (`items`) added.  Promotions that go on as they are stay in the baseline.
    """
    if bank.empty:
        return _block("promotions", None, "promotions_missing")
    recent = bank["starts"].between(rules.last - pd.DateOffset(months=11), rules.last + pd.offsets.MonthEnd(0))
    mine = bank[(bank["account"] == rules.account) & recent]
    weak = mine[mine["verdict"].isin(["lost", "moved"]) & mine["net"].notna()]
    best = _best_kind(bank)
    if weak.empty or best is None:
        return _block("promotions", 0, "no_promotions" if mine.empty else "nothing_to_move")
    added = float(weak["spend"].sum()) * best["rate"] - float(weak["net"].sum())
    return _block("promotions", max(added, 0.0), "promotions", rate=best["rate"], into=str(best.name),
                  items=tuple(weak["name"].fillna(weak["promo"])))


def _best_kind(bank: DataFrame) -> Series | None:
    """The kind of promotion with the best return over all accounts, if it has a few cases and earns its spend."""
    sums = bank.dropna(subset=["net", "margin"]).groupby("mechanic").agg(
        net=("net", "sum"), margin=("margin", "sum"), spend=("spend", "sum"), cases=("net", "size"))
    paying = sums[(sums["cases"] >= CASES) & (sums["spend"] > 0) & (sums["margin"] >= sums["spend"])].astype(float)
    rated = paying.assign(rate=paying["net"] / paying["spend"], roi=paying["margin"] / paying["spend"])
    return rated.loc[rated["roi"].idxmax()] if len(rated) else None


def value_routing(sellthru: DataFrame, products: DataFrame, years: DataFrame, *, rules: PlanRules) -> DataFrame:
    """What now comes on our own invoices after a wholesaler stopped carrying it within the last twelve months.

    `sellthru`: account, month, wholesaler, product, quantity; `products`: account_product_month of the account;
    `years`: from `list_years`.  One row of `COLUMNS`: units a wholesaler delivered in those months, until at least
    three months ago, at the price that we invoice the account, less what the forecast carries; `items`:
    those wholesalers.
    Source: method.md 2.3 choice 8.
    """
    if sellthru.empty or years.empty:
        return _block("routing", None, "no_sellthru")
    mine = sellthru[sellthru["account"] == rules.account]
    ended = mine.groupby("wholesaler")["month"].transform("max") <= rules.last - pd.DateOffset(months=SETTLED)
    begin = rules.last - pd.DateOffset(months=11)
    moved = mine[ended & (mine["month"] >= begin)]
    price = moved["product"].map(_invoice_prices(products, rules=rules)).astype(float)
    value = float((moved["quantity"].astype(float) * price).sum())
    if value <= 0:
        return _block("routing", 0, "no_routing")
    houses, left = tuple(sorted(set(moved["wholesaler"]))), 1 - carried_by(years)
    return _block("routing", value * left, "routing" if left else "routing_carried", items=houses)


def _invoice_prices(products: DataFrame, *, rules: PlanRules) -> Series:
    """Net price of each product over the last twelve months, minor units per unit sold."""
    year = products[products["month"].between(rules.last - pd.DateOffset(months=11), rules.last)]
    sums = year.groupby("product")[["net_sales", "quantity"]].sum().astype(float)
    return ratio(sums["net_sales"], sums["quantity"])
