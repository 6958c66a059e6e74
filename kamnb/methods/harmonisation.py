"""What it costs when merged retailers claim the best of each one's terms."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.pricing import PriceRules, imply_list, value_terms
from kamnb.methods.series import round_amounts

WHOLE = "-"  # a term of all categories
CELLS = {"group": "str", "kind": "str", "category": "str", "account": "str", "base": "Int64", "own_rate": float, "best_rate": float,
         "best_of": "str", "low": "Int64", "high": "Int64"}
SUMS = {"group": "str", "members": "int64", "sales": "int64", "low": "Int64", "high": "Int64", "share_low": float, "share_high": float,
        "dearest": "str", "unknown": "int64"}


def harmonise_terms(sales: DataFrame, terms: DataFrame, members: Series, *, rules: PriceRules) -> DataFrame:
    """What each member of a merged group would get more a year if every term rose to the best that any of them has.

    `sales`: account, year, month, net_sales, list_sales, cost (and category where terms are limited to one); the latest year
    counts.  `terms`: the terms table; `members`: group by account (index), those of one group merge.  Returns one row for each
    member and each kind of term (on_invoice, and those of `pricing.KINDS`) and category ("-" = all) that any member has:
    group, kind, category, account, `base` (what the rate multiplies: list price for on_invoice, else invoice; minor units),
    `own_rate` and `best_rate` (share of the base, expected cost of the terms in force), `best_of` (who has it), and the
    range of what is to pay more a year: `low` counts only terms that the member has itself, `high` also those that only
    others have.  An amount a year may be claimed as such or by its share of sales: low takes the lesser claim, high the
    greater.  Unknown is <NA>.  Terms are raised one by one: what a higher discount takes off the others is left in.  A
    scenario, no forecast.  Source: feature 4, method.md A50.
    """
    latest = sales[(sales["year"] == sales["year"].max()) & sales["account"].isin(members.index)]
    own_terms = terms[terms["account"].isin(members.index)]
    priced = imply_list(latest, own_terms)
    claims = _value_claims(priced, own_terms, rules)
    if claims.empty:
        return DataFrame(columns=list(CELLS)).astype(CELLS)
    grid = _spread_claims(claims, members, _sum_bases(priced))
    best = grid.sort_values(["own_rate", "account"], ascending=[False, True]).groupby(["group", "kind", "category"])
    tops = best.agg(best_rate=("own_rate", "first"), best_of=("account", "first"), best_amount=("amount", "max"))
    return _claim_gaps(grid.join(tops, on=["group", "kind", "category"]))


def _value_claims(priced: DataFrame, terms: DataFrame, rules: PriceRules) -> DataFrame:
    """What the terms of each account cost a year: account, kind, category, amount, lump (an amount a year).  `priced`: sales with
    list prices (`imply_list`)."""
    valued = value_terms(priced, terms, rules=rules)
    valued = valued.assign(category=valued["category"].fillna(WHOLE), lump=valued["basis"] == "amount_a_year")
    below = valued.groupby(["account", "kind", "category"])
    claims = DataFrame({"amount": below["amount"].sum(skipna=False), "lump": below["lump"].all()}).reset_index()
    sums = priced.astype({"net_sales": float, "list_sales": float}).groupby("account")[["net_sales", "list_sales"]].sum(skipna=False)
    off = DataFrame({"account": sums.index, "kind": "on_invoice", "category": WHOLE, "lump": False,
                     "amount": (sums["list_sales"] - sums["net_sales"]).to_numpy()})
    granted = off["account"].isin(terms.loc[terms["kind"] == "on_invoice", "account"]) | (off["amount"] > 0)
    parts = [part for part in (claims, off[granted]) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else claims


def _sum_bases(priced: DataFrame) -> DataFrame:
    """List price and invoice of each account, in all ("-") and by category: account, category, listed, invoice."""
    priced = priced.astype({"net_sales": float, "list_sales": float})
    rows = [priced.assign(category=WHOLE), *([priced] if "category" in priced else [])]
    sums = pd.concat(rows).groupby(["account", "category"])[["list_sales", "net_sales"]].sum(skipna=False)
    return sums.rename(columns={"list_sales": "listed", "net_sales": "invoice"}).reset_index()


def _spread_claims(claims: DataFrame, members: Series, bases: DataFrame) -> DataFrame:
    """Every kind and category that a group knows, for every member of it, with base, amount and rate; none = 0."""
    known = claims.assign(group=claims["account"].map(members))
    pairs = known[["group", "kind", "category"]].drop_duplicates()
    people = DataFrame({"account": members.index.astype("str"), "group": members.to_numpy()})
    grid = pairs.merge(people, on="group").merge(claims, on=["account", "kind", "category"], how="left", indicator="given")
    grid["amount"] = grid["amount"].where(grid["given"] == "both", 0.0)
    lump = known.groupby(["group", "kind", "category"])["lump"].all().rename("fixed")
    grid = grid.join(lump, on=["group", "kind", "category"]).merge(bases, on=["account", "category"], how="left")
    base = grid["invoice"].where(grid["kind"] != "on_invoice", grid["listed"])
    bought = grid["account"].isin(bases["account"])
    grid["base"] = base.where(base.notna() | ~bought | (grid["category"] == WHOLE), 0.0)  # buys nothing of the category
    grid["own_rate"] = (grid["amount"] / grid["base"].where(grid["base"] > 0)).mask(grid["base"] == 0, 0.0)
    return grid.drop(columns=["lump", "given", "listed", "invoice"])


def _claim_gaps(grid: DataFrame) -> DataFrame:
    """The range of what each member would get more."""
    by_rate = (grid["best_rate"] - grid["own_rate"]).clip(lower=0) * grid["base"]
    by_amount = (grid["best_amount"] - grid["amount"]).clip(lower=0)
    lesser, greater = np.minimum(by_rate, by_amount), np.maximum(by_rate, by_amount)
    low, high = lesser.where(grid["fixed"], by_rate), greater.where(grid["fixed"], by_rate)
    table = grid.assign(base=round_amounts(grid["base"]), high=round_amounts(high),
                        low=round_amounts(low.where((grid["amount"] > 0) | low.isna(), 0.0)))
    return table.sort_values(["group", "kind", "category", "account"], ignore_index=True)[list(CELLS)].astype(CELLS)


def sum_exposure(claims: DataFrame, sales: Series) -> DataFrame:
    """The bill of each merger: group, `members`, `sales` (theirs, minor units), `low`, `high` (a year), `share_low`,
    `share_high` (of sales), `dearest` (kind of term with the largest high) and `unknown` (claims that cannot be valued; the
    sums leave them out), dearest group first.

    `claims`: from `harmonise_terms`; `sales`: amount of a year by account.
    """
    if claims.empty:
        return DataFrame(columns=list(SUMS)).astype(SUMS)
    groups = claims.groupby("group")
    accounts = claims[["group", "account"]].drop_duplicates()
    own = accounts["account"].map(sales).fillna(0).astype("int64").groupby(accounts["group"]).sum()
    kinds = claims.groupby(["group", "kind"])["high"].sum().reset_index().sort_values(["high", "kind"], ascending=[False, True])
    table = groups.agg(members=("account", "nunique"), low=("low", "sum"), high=("high", "sum"),
                       unknown=("high", lambda values: int(values.isna().sum())))
    table = table.assign(sales=own, dearest=kinds.groupby("group")["kind"].first())
    for end in ("low", "high"):
        table[f"share_{end}"] = (table[end].astype(float) / own.where(own > 0)).astype(float)
    return table.reset_index().sort_values(["high", "group"], ascending=[False, True], ignore_index=True)[list(SUMS)].astype(SUMS)
