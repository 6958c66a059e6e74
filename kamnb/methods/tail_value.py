"""What the long tail of small customers will be worth, with the warning that this is no way to value an account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.buying_models import expect_spending, foresee_purchases
from kamnb.methods.segmentation import classify_abc
from kamnb.methods.series import round_amounts

WEEKS = 365.25 / 7 / 12  # weeks in a month
LABELS = ("tail", "large", "regular", "single")
VALUED = {"label": "str", "alive": float, "expected": float, "mean_value": float, "value": "Int64"}


@dataclass(frozen=True)
class ValueRules:
    """How future purchases are valued: `months` ahead, yearly `discount` rate, `margin` (part of sales that is kept), and
    `unit_days` of the purchases (7 = weeks)."""

    months: int = 36
    discount: float = 0.08
    margin: float = 0.3
    unit_days: float = 7.0


def label_tail(purchases: DataFrame, sales: Series, *, cuts: tuple[float, float] = (0.8, 0.95), regular: float = 0.5) -> Series:
    """Which customers a buying model may speak of, by account: tail (it may), and why not: large (class A or B by `sales`: a
    relationship with a contract, not a coin that is tossed), regular (buys by the clock: `interval_cv` under `regular`;
    the model takes purchases for random), single (no history to go by: nothing but the average of all).

    `purchases`: from `summarise_purchases`; `sales`: amount of the last year by account; unknown or none counts as small.
    Source: method.md 2.2 CLV and kill list of section 5: never a headline for chain accounts.
    """
    amounts = sales.reindex(purchases.index)
    known = amounts.dropna()
    large = classify_abc(known, cuts=cuts)["abc"].reindex(purchases.index).isin(["A", "B"])
    steps = [large, purchases["interval_cv"] < regular, purchases["x"] < 1]
    codes = np.select([step.to_numpy(dtype=bool) for step in steps], ["large", "regular", "single"], "tail")
    return Series(codes, index=purchases.index, name="label", dtype="str")


def value_tail(purchases: DataFrame, labels: Series, *, models: tuple[Series, Series], rules: ValueRules = ValueRules()) -> DataFrame:
    """Expected worth of the next months of customers in the long tail, by account.

    `models`: from `fit_buying` (BG/NBD) and `fit_spending`, fitted on the tail; `labels`: from `label_tail`.  Returns `label`,
    `alive` (probability that it still buys), `expected` (purchases in the months ahead), `mean_value` (of one, minor
    units) and `value` (their margin today, minor units; Int64).  Only labels tail and single get numbers, the others stay
    unknown.  A warning goes with every number: no contract, decision or competitor enters it.  Source: method.md 2.2 CLV.
    """
    spoken = labels.reindex(purchases.index).isin(["tail", "single"])
    few = purchases[spoken]
    months = range(1, rules.months + 1) if len(few) else ()
    unit = WEEKS * 7 / rules.unit_days
    until = [foresee_purchases(models[0], few, span=month * unit) for month in months]
    bought = np.diff([Series(0.0, few.index), *(each["expected"] for each in until)], axis=0)
    discounts = (1 + rules.discount) ** (-np.arange(1, len(bought) + 1) / 12)
    spent = expect_spending(models[1], few)
    table = DataFrame({"alive": until[-1]["alive"] if until else np.nan, "expected": bought.sum(axis=0), "mean_value": spent,
                       "value": round_amounts(Series(discounts @ bought, few.index) * spent * rules.margin)}, index=few.index)
    whole = table.reindex(purchases.index)
    return whole.assign(label=labels.reindex(purchases.index))[list(VALUED)].astype(VALUED)


def check_buying(lines: DataFrame, fitted: DataFrame, foreseen: DataFrame, *, span: tuple[pd.Timestamp, pd.Timestamp]) -> dict[str, object]:
    """How a forecast of purchases came out: `expected` and `actual` purchases in all, `error` (mean absolute, by customer),
    `naive` (the same for "as many as so far in as long a time"), `beats` (boolean); {} for nobody.

    `lines`: account, date, net_sales; `fitted`: purchases up to the first day of `span`; `foreseen`: from
    `foresee_purchases` for the time from the first to the last day of `span`.
    """
    if fitted.empty:
        return {}
    begun, ended = span
    later = lines[(lines["date"] > begun) & (lines["date"] <= ended) & (lines["net_sales"] > 0)]
    actual = later.groupby("account")["date"].nunique().reindex(fitted.index, fill_value=0)
    weeks = (ended - begun).days / 7
    naive = fitted["x"] / fitted["T"].where(fitted["T"] > 0) * weeks
    error, usual = ((guess - actual).abs().mean() for guess in (foreseen["expected"], naive))
    return {"expected": float(foreseen["expected"].sum()), "actual": int(actual.sum()), "error": float(error), "naive": float(usual),
            "beats": bool(error < usual)}
