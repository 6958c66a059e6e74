"""Ratings that the data can give: six of the eight factors, and profit for those who add it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.calendar import add_years, last_complete_month
from kamnb.methods.lapse import LapseRules, signal_decline
from kamnb.methods.pricing import PriceRules, build_waterfall
from kamnb.methods.pricing import price_rules as price_rules
from kamnb.methods.scoring import scale_to_scores
from kamnb.methods.serving import total_cost_to_serve
from kamnb.money import ratio

COMPUTED = ("revenue", "growth", "continuity", "entry", "effort", "relationship", "profit")
CEILING = {0: 5.0, 1: 3.0}  # best rating of continuity by number of warning signs; more signs allow 1
MET = 2  # coverage from which a person counts as reached (method.md 2.2)


def measure_continuity(listed: DataFrame, panel: DataFrame, products: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """What speaks for going on, by account: `active` (share of the last 12 months with a purchase), `signals` (number
    of warning signs) and `signs` (their codes).

    `panel`: account_month; `products`: account_product_month.  Source: method.md B14, methods.lapse.
    """
    index = pd.Index(listed["account"], name="account")
    last = last_complete_month(as_of)
    months = panel["month"].between(last - pd.DateOffset(months=11), last)
    year = panel[months & (panel["net_sales"] > 0)]
    signs = signal_decline(panel, products, as_of=as_of, rules=LapseRules()).reindex(index)
    return DataFrame({"active": year.groupby("account")["month"].nunique().reindex(index) / 12,
                      "signals": signs["signals"].astype("Int64"), "signs": signs["reasons"].fillna("").astype("str")})


def measure_pocket(panel: DataFrame, terms: DataFrame, *, as_of: Timestamp, rules: PriceRules) -> Series:
    """Margin after trade terms of the last twelve complete months, by account (`pocket_margin`); empty without terms.

    `panel`: account_category_month.  Source: method.md 2.2 price waterfall.
    """
    yearly = add_years(panel, as_of=as_of)
    latest = yearly[yearly["year"] == yearly["year"].max()]
    waterfall = build_waterfall(latest, terms, rules=rules)
    return waterfall.set_index("account")["pocket_margin"].astype("Int64")


def measure_profit(listed: DataFrame, pocket: Series, effort: DataFrame) -> DataFrame:
    """What an account leaves in a year, by account: `contribution` (minor units) and `contribution_rate` (of sales).

    The margin after terms (`pocket`), or before them where no terms are given, less the cost to serve (`effort`) where
    that is known; unknown where the cost of goods is.  Source: method.md A48.
    """
    known = listed.set_index("account")
    margin = pocket.reindex(known.index).fillna(known["margin"])
    left = margin - effort["cost_to_serve"].reindex(known.index).fillna(0)
    return DataFrame({"contribution": left,
                      "contribution_rate": ratio(left.astype(float), known["net_sales"].astype(float))})


def measure_effort(listed: DataFrame, drivers: DataFrame, visits: DataFrame, *, scale: int = 0) -> DataFrame:
    """What it takes to serve each account, by account: `cost_to_serve` (minor units a year), `hours` (of it, or of the
    visits logged where no cost drivers are known) and `effort` (share of sales; hours per million of sales without
    costs).

    `drivers`: cost_drivers; `visits`: the visits of one year.  Source: method.md B16.
    """
    known = listed.set_index("account")
    sales = known["net_sales"].astype(float)
    served = total_cost_to_serve(drivers, scale=scale).reindex(known.index)
    logged = visits.groupby("account")["hours"].sum().reindex(known.index)
    costed = ratio(served["cost_to_serve"].astype(float), sales)
    timed = ratio(logged, sales / (1_000_000 * 10**scale))
    return DataFrame({"cost_to_serve": served["cost_to_serve"].astype("Int64"),
                      "hours": (served["minutes"] / 60).astype(float).fillna(logged),
                      "effort": costed if costed.notna().any() else timed})


def measure_relationship(people: DataFrame) -> DataFrame:
    """How well we are connected, by account: `coverage` (influence of the persons we reach / all influence, 0-1) and
    `support` (influence-weighted attitude, -2 to 2, of those whose attitude is known).

    `people`: the people table.  An account without persons has no row.  Source: method.md B17, 2.2 decision-maker map.
    """
    rows = people[["account", "influence"]].astype({"influence": float})
    reached = rows["influence"] * (people["coverage"] >= MET).fillna(False).astype(float)
    known = rows["influence"].where(people["attitude"].notna())
    weighed = rows.assign(reached=reached, known=known, liked=known * people["attitude"].astype(float))
    sums = weighed.groupby("account")[["influence", "reached", "known", "liked"]].sum()
    return DataFrame({"coverage": ratio(sums["reached"], sums["influence"]),
                      "support": ratio(sums["liked"], sums["known"])})


def rate_factors(facts: DataFrame) -> DataFrame:
    """Ratings from 1 to 5 (5 = best) by account, one column per factor that data can tell; unknown stays unknown.

    `facts`: from `join_measures`, one row per account with net_sales, growth_shrunken, headroom, open_share, tenure,
    active, signals, effort, coverage, support, contribution_rate.  Amounts are rated by their logarithm.  Revenue: 1 =
    the median account or smaller, 5 = the largest 5 %.  Growth: shrunken growth and headroom alike, once growth is
    known.  Continuity: tenure and activity, capped by warning signs.  Entry: what is still open.  Effort: 5 = the
    least for its sales.  The others run between the 5 % and the 95 % quantile.  Source: method.md B12-B17.
    """
    table = facts.set_index("account")
    grown, room = np.log1p(table["growth_shrunken"]), _log(table["headroom"])
    potential = pd.concat([scale_to_scores(grown), scale_to_scores(room)], axis=1).mean(axis=1)
    lasting = pd.concat([scale_to_scores(table["tenure"]), scale_to_scores(table["active"])], axis=1).mean(axis=1)
    ceiling = table["signals"].map(CEILING).fillna(1.0).where(table["signals"].notna()).astype(float)
    ties = pd.concat([table["coverage"], (table["support"] + 2) / 4], axis=1).mean(axis=1)
    return DataFrame({"revenue": scale_to_scores(_log(table["net_sales"]), low=0.5),
                      "growth": potential.where(table["growth_shrunken"].notna()),
                      "continuity": lasting.clip(upper=ceiling),
                      "entry": scale_to_scores(table["open_share"]),
                      "effort": scale_to_scores(table["effort"], direction="cost"),
                      "relationship": 1 + 4 * ties,
                      "profit": scale_to_scores(table["contribution_rate"])})


def _log(amounts: Series) -> Series:
    """Logarithm of `amounts`; nothing is as low as the smallest amount above it."""
    numbers = amounts.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    values = Series(numbers, index=amounts.index)
    least = values[values > 0].min()
    return np.log(values.clip(lower=least)) if least > 0 else values


def anchor_factors(facts: DataFrame) -> DataFrame:
    """What a 1 and a 5 stand for, by factor: `low` and `high` in the factor's own unit, of factors on one measure.

    revenue in minor units; growth, entry, effort and profit as fractions (growth: its shrunken growth alone).
    """
    measures = {"revenue": ("net_sales", 0.5, 0.95), "growth": ("growth_shrunken", 0.05, 0.95),
                "entry": ("open_share", 0.05, 0.95), "effort": ("effort", 0.95, 0.05),
                "profit": ("contribution_rate", 0.05, 0.95)}
    ends = {factor: (facts[name].astype(float).quantile(low), facts[name].astype(float).quantile(high))
            for factor, (name, low, high) in measures.items()}
    return DataFrame.from_dict(ends, orient="index", columns=["low", "high"]).rename_axis("factor")
