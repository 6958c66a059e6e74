"""From list price to what is left: the price waterfall and the terms behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.series import round_amounts
from kamnb.settings import Choices

KINDS = ("fixed_rebate", "achievement_rebate", "progressive_rebate", "centre_fee", "promotion_funding",
         "listing_fee", "payment_days")
BARS = ("list", "on_invoice", "invoice", *KINDS, "pocket", "cost", "pocket_margin", "cost_to_serve", "net")
TOTALS = ("list", "invoice", "pocket", "pocket_margin", "net")


@dataclass(frozen=True)
class PriceRules:
    """Choices of the waterfall that textbooks disagree on (method.md 2.3, choices 3 and 9).

    `scale`: decimals of the currency.  `days_cost_rate`: cost of money, a year.  `accrual`: a rebate counts with its
    expected value or as its most likely outcome.  `after_pocket`: kinds that come off below the pocket margin.
    """

    scale: int = 0
    days_cost_rate: float = 0.015
    accrual: Literal["expected", "most_likely"] = "expected"
    after_pocket: tuple[str, ...] = ()


def price_rules(choices: Choices, *, scale: int) -> PriceRules:
    """The rules of the price waterfall that the engagement has chosen (method.md 2.3, choices 3 and 9)."""
    late = ("centre_fee", "payment_days") if choices.pocket_boundary == "before_logistics" else ()
    return PriceRules(scale=scale, days_cost_rate=choices.capital_rate, accrual=choices.rebate_accrual, after_pocket=late)


def stack_discounts(rates: Iterable[float]) -> float:
    """The one discount that equals `rates` one after the other: 10 % then 5 % is 14.5 %.  Source: O24."""
    return 1 - float(np.prod([1 - rate for rate in rates]))


def build_waterfall(sales: DataFrame, terms: DataFrame, *, rules: PriceRules, costs: Series | None = None
                    ) -> DataFrame:
    """The price waterfall of every account and year; no rows without terms.

    `sales`: account, year (last day of twelve months), month, net_sales, list_sales, cost, and category when terms
    are limited to one; net_sales is the invoice.  `terms`: the terms table.  `costs`: cost to serve a year by
    account.  Returns account, year, `terms` (how many apply), `list_from` (ledger, terms, unknown) and the bars in
    minor units (Int64, deductions negative): list, on_invoice, invoice, one per kind of term, pocket, cost,
    pocket_margin, cost_to_serve, net.  Each bar is rounded once, and every total is exactly the sum of the bars
    before it.  What is unknown (list, cost, cost to serve) is <NA>, and so is what follows from it.
    Source: method.md 2.2 price waterfall, oracles O24, O26.
    """
    priced = imply_list(sales, terms)
    years = _sum_years(priced)
    if terms.empty:
        years = years.iloc[:0]
    valued = value_terms(priced, terms, rules=rules)
    amounts = valued.groupby(["account", "year", "kind"])["amount"].sum(skipna=False).unstack(fill_value=0.0)
    amounts = amounts.reindex(index=years.index, columns=list(KINDS), fill_value=0.0).astype(float)
    bars = -amounts.apply(round_amounts).astype("Int64")
    bars["terms"] = valued[valued["amount"] != 0].groupby(["account", "year"]).size().reindex(years.index, fill_value=0)
    serve = Series(pd.NA, index=years.index) if costs is None else \
        Series(years.index.get_level_values("account").map(costs), index=years.index)
    bars["cost_to_serve"] = -round_amounts(serve.astype("Float64"))
    return _stack_bars(years.join(bars), after=rules.after_pocket)


def _stack_bars(bars: DataFrame, *, after: tuple[str, ...]) -> DataFrame:
    """The totals of the waterfall from its steps, and its columns in order."""
    bars["on_invoice"] = bars["invoice"] - bars["list"]
    early = [kind for kind in KINDS if kind not in after]
    bars["pocket"] = bars["invoice"] + bars[early].sum(axis=1, skipna=False)
    bars["pocket_margin"] = bars["pocket"] + bars["cost"]
    late = bars[list(after)].sum(axis=1, skipna=False) if after else 0
    bars["net"] = bars["pocket_margin"] + late + bars["cost_to_serve"]
    amounts = bars[list(BARS)].astype("Int64")
    return amounts.assign(terms=bars["terms"].astype("int64"), list_from=bars["list_from"]).reset_index()[
        ["account", "year", "terms", "list_from", *BARS]]


def imply_list(sales: DataFrame, terms: DataFrame) -> DataFrame:
    """`sales` with unknown list_sales worked back from the agreed on-invoice discounts, and `list_from`.

    Discounts on the list price multiply; those limited to a category or a period count only there.  `list_from`
    is ledger, terms or unknown.
    """
    agreed = terms[(terms["kind"] == "on_invoice") & (terms["basis"] == "share_of_list")]
    rows = sales.reset_index(drop=True).rename_axis(index="row")
    listed = rows["list_sales"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    matched = rows.reset_index().merge(agreed.rename(columns={"category": "limit"}), on="account")
    bought = matched["category"] if "category" in matched else Series("", index=matched.index, dtype="str")
    same = matched["limit"].isna() | (matched["limit"] == bought)
    kept = matched[same & _valid(matched)]
    factor = (1 - kept["value"].astype(float)).groupby(kept["row"]).prod().reindex(rows.index)
    implied = rows["net_sales"].to_numpy(dtype=float) / factor.where(factor > 0).to_numpy()
    source = np.select([~np.isnan(listed), ~np.isnan(implied)], ["ledger", "terms"], "unknown")
    return rows.assign(list_sales=np.where(np.isnan(listed), implied, listed), list_from=Series(source, dtype="str"))


def _valid(matched: DataFrame) -> Series:
    """Whether a term runs in the month of its row: it counts for every month it touches."""
    ends = matched["month"] + pd.offsets.MonthEnd(0)
    return (matched["starts"].isna() | (matched["starts"] <= ends)) & \
        (matched["ends"].isna() | (matched["ends"] >= matched["month"]))


def _sum_years(sales: DataFrame) -> DataFrame:
    """List, invoice and cost by account and year; unknown where any month is unknown."""
    exact = sales.assign(cost=sales["cost"].astype("Float64"), invoice=sales["net_sales"].astype("int64"))
    groups = exact.groupby(["account", "year"], observed=True)
    implied = (exact["list_from"] == "terms").groupby([exact["account"], exact["year"]]).any()
    cost, listed = (groups[name].sum(skipna=False) for name in ("cost", "list_sales"))
    source = np.select([listed.isna().to_numpy(), implied.to_numpy()], ["unknown", "terms"], "ledger")
    return DataFrame({"list": round_amounts(listed), "invoice": groups["invoice"].sum().astype("Int64"),
                      "cost": -round_amounts(cost), "list_from": Series(source, index=listed.index, dtype="str")})


def value_terms(sales: DataFrame, terms: DataFrame, *, rules: PriceRules) -> DataFrame:
    """What every term below the invoice costs in every year: the terms table plus year and these columns.

    `sales`, `terms`: as for `build_waterfall`.  Returns one row per term and year of its account with `base` (what
    the value multiplies, minor units), `months` (of the year in which it runs), `chance` (0-1), `amount` (expected
    cost in minor units, not rounded).  Without a probability, a term with a threshold counts once the year's sales
    reach it.  Of several progressive tiers of one account and category only the dearest counts.
    """
    below = terms[terms["kind"].isin(KINDS)]
    years = sales[["account", "year"]].drop_duplicates()
    valued = below.merge(years, on="account").merge(_sum_bases(sales, below), on=["term", "year"], how="left")
    filled = valued[["invoice", "listed", "year_sales"]].astype(float).where(valued["matched"].notna(), 0.0)
    valued = valued.drop(columns=filled.columns).join(filled)
    valued["months"] = _count_months(valued)
    valued["chance"] = _judge_chance(valued, rules=rules)
    value, scale = valued["value"].astype(float), 10.0**rules.scale
    by_basis = {"share_of_list": valued["listed"], "share_of_invoice": valued["invoice"],
                "amount_a_year": valued["months"] / 12 * scale,
                "days": valued["invoice"] * rules.days_cost_rate / 365}
    valued["base"] = np.select([(valued["basis"] == basis).to_numpy() for basis in by_basis],
                               [base.to_numpy(dtype=float) for base in by_basis.values()], np.nan)
    valued["amount"] = valued["base"] * value * valued["chance"]
    valued = _keep_dearest_tier(valued)
    return valued.drop(columns=["invoice", "listed", "year_sales", "matched"]).sort_values(
        ["account", "year", "kind", "term"], ignore_index=True)


def _sum_bases(sales: DataFrame, terms: DataFrame) -> DataFrame:
    """Sales that each term applies to, by term and year."""
    limited = terms["category"].notna()
    general = terms[~limited].drop(columns="category").merge(sales, on="account")
    parts = [part for part in (general, terms[limited].merge(sales, on=["account", "category"])
                               if limited.any() else general.iloc[:0]) if len(part)]
    joined = pd.concat(parts) if parts else general
    valid = _valid(joined)
    amounts = DataFrame({"term": joined["term"], "year": joined["year"], "matched": True,
                         "year_sales": joined["net_sales"].astype(float),
                         "invoice": joined["net_sales"].astype(float).where(valid, 0.0),
                         "listed": joined["list_sales"].astype(float).where(valid, 0.0)})
    return amounts.groupby(["term", "year"], observed=True, as_index=False).sum(skipna=False)


def _count_months(valued: DataFrame) -> Series:
    """How many of the twelve months of the year each term runs."""
    last = valued["year"].dt.year * 12 + valued["year"].dt.month
    starts = (valued["starts"].dt.year * 12 + valued["starts"].dt.month).fillna(-np.inf)
    ends = (valued["ends"].dt.year * 12 + valued["ends"].dt.month).fillna(np.inf)
    return (np.minimum(last, ends) - np.maximum(last - 11, starts) + 1).clip(lower=0).astype("int64")


def _judge_chance(valued: DataFrame, *, rules: PriceRules) -> Series:
    """Chance that a term falls due, by the accrual rule."""
    threshold = valued["threshold"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    reached = np.isnan(threshold) | (valued["year_sales"].to_numpy(dtype=float) >= threshold)
    chance = valued["probability"].astype(float).where(valued["probability"].notna(), Series(reached, valued.index))
    chance = chance.astype(float)
    return chance if rules.accrual == "expected" else (chance >= 0.5).astype(float)


def _keep_dearest_tier(valued: DataFrame) -> DataFrame:
    """`valued` with the amount of all but the dearest progressive tier of an account, category and year set to 0."""
    tiers = valued[valued["kind"] == "progressive_rebate"].assign(category=lambda t: t["category"].fillna(""))
    order = tiers.sort_values(["amount", "term"], ascending=[False, True])
    lower = order.index[order.duplicated(["account", "year", "category"])]
    valued.loc[lower, "amount"] = 0.0
    return valued


def list_bars(waterfall: DataFrame) -> DataFrame:
    """The waterfall as rows to draw: account, year, `order`, `bar`, `amount`, `start`, `end`, `total`.

    `waterfall`: from `build_waterfall`.  Zero and unknown bars are left out; `total` is True for the standing bars
    (list, invoice, pocket, pocket_margin, net); a step runs from `start` to `end` (minor units).
    """
    long = waterfall.melt(["account", "year"], list(BARS), var_name="bar", value_name="amount")
    long["order"] = long["bar"].map({bar: place for place, bar in enumerate(BARS)}).astype("int64")
    long["total"] = long["bar"].isin(TOTALS)
    long = long[long["amount"].notna() & (long["total"] | (long["amount"] != 0))]
    long = long.sort_values(["account", "year", "order"], ignore_index=True)
    moves = long["amount"].where(~long["total"], 0)
    level = long["amount"].where(long["total"]).groupby([long["account"], long["year"]]).ffill()
    run = moves.groupby([long["account"], long["year"], long["total"].cumsum()]).cumsum()
    long["end"] = level + run
    long["start"] = (long["end"] - long["amount"]).where(~long["total"], 0)
    return long[["account", "year", "order", "bar", "amount", "start", "end", "total"]]
