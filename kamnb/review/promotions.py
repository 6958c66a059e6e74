"""Did promotions pay: what they lifted, what was only bought earlier, and whether the margin covers the money spent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb import money
from kamnb.methods.promotion import lay_baseline, measure_uplift
from kamnb.methods.series import round_amounts
from kamnb.review.scope import Scope

AFTER = 2  # months after an event in which goods that were only bought earlier are missing
KEPT = 0.5  # with less of the uplift left after those months, most of it was only moved in time
CLEAR = 2.0  # an uplift must exceed the usual error of the baseline so many times to be judged
RESULTS = ["promo", "account", "name", "promotion", "category", "mechanic", "month", "spend", "uplift", "dip", "net",
           "kept", "margin", "roi", "verdict"]


def judge_promotions(panel: DataFrame, promos: DataFrame, *, accounts: DataFrame, scope: Scope) -> DataFrame:
    """What every finished promotion brought, measured on our deliveries, latest first.

    `panel`: account, category, month, quantity, net_sales, cost; `promos`: the promos table; `accounts`: from
    `name_accounts`.  Returns promo, account, name, promotion, category, mechanic, month, spend, `uplift` (of the event
    months), `dip` (missing in the AFTER months that follow), `net` (what is left; minor units at the price of the event
    months), `kept` (net / uplift), `margin` (gross margin of net before rebates; <NA> where cost is unknown), `roi` and
    `verdict`: earned, lost, moved (less than KEPT was kept), unclear (uplift within the error of the baseline) or
    unknown (no baseline).  Source: method.md 2.2 trade-promotion ROI, feature 11, E11.
    """
    latest = scope.last - pd.DateOffset(months=AFTER)
    finished = promos[(promos["ends"].dt.to_period("M").dt.start_time <= latest) & (
        promos["starts"].dt.to_period("M").dt.start_time >= panel["month"].min())]
    if finished.empty or panel.empty:
        return DataFrame(columns=RESULTS)
    sold = panel[panel["account"].isin(promos["account"]) & (panel["month"] <= scope.last)]
    periods = lay_baseline(sold, promos, after=AFTER)
    uplift = measure_uplift(periods).join(_price_goods(sold, promos).set_index("promo"))
    table = finished.merge(uplift, left_on="promo", right_index=True).merge(accounts[["account", "name"]], on="account",
                                                                         suffixes=("_promo", ""))
    table = table.rename(columns={"name_promo": "promotion"})
    table["month"] = table["starts"].dt.to_period("M").dt.start_time
    for amount, units in {"uplift": "gross", "dip": "dip", "net": "net"}.items():
        table[amount] = round_amounts(table[units] * table["price"])
    table["margin"] = round_amounts(table["net"].astype(float) * table["margin_rate"])
    table["kept"] = money.ratio(table["net"].astype(float), table["uplift"].astype(float))
    table["roi"] = money.ratio((table["margin"] - table["spend"]).astype(float), table["spend"].astype(float))
    table["verdict"] = _judge(table, error=measure_error(sold, promos))
    return table.sort_values(["month", "promo"], ascending=[False, True], ignore_index=True)[RESULTS]


def _price_goods(sold: DataFrame, promos: DataFrame) -> DataFrame:
    """Price of a unit and gross margin rate of the goods of each promotion, in the months of the event: promo, price,
    margin_rate (NaN where the cost of a line is unknown)."""
    rows = promos[["promo", "account", "category"]].assign(
        first=promos["starts"].dt.to_period("M").dt.start_time, last=promos["ends"].dt.to_period("M").dt.start_time)
    both = rows.merge(sold, on="account", suffixes=("_promo", ""))
    goods = (both["category_promo"].isna() | (both["category_promo"] == both["category"])) & both["month"].between(
        both["first"], both["last"])
    columns = both.loc[goods, ["promo", "quantity", "net_sales", "cost"]].astype({"cost": "Float64", "quantity": float})
    sums = columns.groupby("promo").agg({"quantity": "sum", "net_sales": "sum", "cost": lambda c: c.sum(skipna=False)})
    sales = sums["net_sales"].astype(float)
    margin = (sums["net_sales"] - sums["cost"].astype("Float64")).astype(float)
    return DataFrame({"price": money.ratio(sales, sums["quantity"].astype(float)),
                      "margin_rate": money.ratio(margin, sales)}).reset_index()


def measure_error(sold: DataFrame, promos: DataFrame) -> float:
    """Usual error of the baseline as a fraction of it: the spread of "uplifts" a year before each promotion, where
    there was none (a placebo test).  NaN without such cases."""
    placebo = promos.assign(promo="placebo " + promos["promo"], **{
        day: promos[day] - pd.DateOffset(years=1) for day in ("starts", "ends")})
    placebo = placebo[placebo["starts"] >= sold["month"].min()]
    if placebo.empty:
        return float("nan")
    periods = lay_baseline(sold, pd.concat([promos, placebo], ignore_index=True), after=AFTER)
    lift = measure_uplift(periods[periods["promo"].isin(placebo["promo"])])["lift"].dropna()
    return float(1.4826 * (lift - lift.median()).abs().median()) if len(lift) else float("nan")


def _judge(table: DataFrame, *, error: float) -> Series:
    """The verdict of every promotion, in the order in which the reasons count."""
    steps = [table["net"].isna(), ~(table["lift"] > CLEAR * error), table["kept"] < KEPT, table["margin"].isna(),
             table["margin"] >= table["spend"]]
    names = ["unknown", "unclear", "moved", "unknown", "earned"]
    verdict = np.select([step.fillna(False).to_numpy(dtype=bool) for step in steps], names, "lost")
    return Series(verdict, index=table.index, dtype="str")


def pool_mechanics(results: DataFrame) -> DataFrame:
    """All promotions of a kind together: mechanic, promotions (number), spend, uplift, dip, net, kept, margin, roi.

    `results`: from `judge_promotions`.  Amounts in minor units; errors of single promotions even out here.  Promotions
    without a baseline are left out; least kept first.
    """
    known = results[results["net"].notna() & results["mechanic"].notna()]
    columns = ["mechanic", "promotions", "spend", "uplift", "dip", "net", "kept", "margin", "roi"]
    if known.empty:
        return DataFrame(columns=columns)
    sums = known.groupby("mechanic")[["spend", "uplift", "dip", "net", "margin"]].agg(lambda c: c.sum(skipna=False))
    sums["promotions"] = known.groupby("mechanic").size()
    sums["kept"] = money.ratio(sums["net"].astype(float), sums["uplift"].astype(float))
    sums["roi"] = money.ratio((sums["margin"] - sums["spend"]).astype(float), sums["spend"].astype(float))
    return sums.reset_index().sort_values(["kept", "mechanic"], ignore_index=True)[columns]


def pick_recent(results: DataFrame, *, scope: Scope) -> DataFrame:
    """The promotions of `results` that ran in the last twelve complete months, largest spend first."""
    recent = results[results["month"] > scope.last - pd.DateOffset(months=12)]
    return recent.sort_values(["spend", "promo"], ascending=[False, True], ignore_index=True)


def find_moved(recent: DataFrame, mechanics: DataFrame) -> DataFrame:
    """The promotions of `recent` that mostly moved sales forward and whose kind does so too: two witnesses, not one.

    `mechanics`: from `pool_mechanics`.
    """
    kinds = mechanics.loc[mechanics["kept"] < KEPT, "mechanic"]
    return recent[(recent["verdict"] == "moved") & recent["mechanic"].isin(kinds)].reset_index(drop=True)


def summarise_promotions(recent: DataFrame) -> dict[str, object]:
    """The facts of the promotion sentence: how many of the recent ones earned, lost, moved or cannot be told."""
    if recent.empty:
        return {"key": "review.promotion_found.none"}
    counts = recent["verdict"].value_counts()
    judged = {name: int(counts.get(name, 0)) for name in ("earned", "lost", "moved", "unclear", "unknown")}
    return {"key": "review.promotion_found.found", "n": len(recent), "spend": int(recent["spend"].sum()), **judged,
            "unjudged": judged["unclear"] + judged["unknown"]}
