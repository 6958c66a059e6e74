"""Accounts that buy less, fewer things, or no longer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb import money
from kamnb.calendar import last_complete_month
from kamnb.methods.series import list_intervals, spread_months

CODES = ("decline_3", "decline_6", "products_lost", "silent")


@dataclass(frozen=True)
class LapseRules:
    """Thresholds of the warning signs; all are rules of thumb.

    `decline_3`, `decline_6`: change of the last 3 and 6 months against the same months a year earlier from which
    it is a sign.  `products_lost`: loss of active products (share of those a year earlier), judged from
    `least_products` on.  `silence`: quantile of the account's own purchase intervals that a pause must exceed,
    judged from `least_intervals` on.
    """

    decline_3: float = -0.25
    decline_6: float = -0.15
    products_lost: float = 0.25
    least_products: int = 4
    silence: float = 0.95
    least_intervals: int = 5


def signal_decline(panel: DataFrame, products: DataFrame, *, as_of: Timestamp, rules: LapseRules = LapseRules()
                   ) -> DataFrame:
    """Warning signs of each account that bought in the last two years, by account.

    `panel`: account, month, net_sales; `products`: account, product, month, net_sales (may be empty); only complete
    months before `as_of` count.  Returns `sales` (last 12 months), `recent_3`, `before_3`, `change_3`, `recent_6`,
    `before_6`, `change_6` (same months a year earlier; minor units and fractions, NaN where no percentage is honest),
    `products`, `products_before` (active in the last 6 months, and in the same months a year earlier), `silence`
    (complete months without a purchase), `usual_gap` (quantile of its own intervals, months), `reasons` (codes
    decline_3, decline_6, products_lost, silent, separated by spaces) and `signals` (their number), most signals
    first, then largest sales.
    """
    last = last_complete_month(as_of)
    wide = spread_months(panel[panel["month"] <= last], until=last)
    wide = wide[(wide.iloc[:, -24:] > 0).any(axis=1)]
    table = DataFrame({"sales": wide.iloc[:, -12:].sum(axis=1).astype("int64")})
    table = table.join([_compare(wide, 3), _compare(wide, 6)])
    table = table.join(_count_products(products, last=last)).join(_measure_silence(wide, rules=rules))
    signs = _judge(table, rules=rules)
    table["reasons"] = [" ".join(code for code in CODES if row[code]) for row in signs.to_dict("records")]
    table["reasons"] = table["reasons"].astype("str")
    table["signals"] = signs.sum(axis=1).astype("int64")
    ordered = table.sort_index().sort_values(["signals", "sales"], ascending=False, kind="stable")
    return ordered.rename_axis(index="account")


def _compare(wide: DataFrame, months: int) -> DataFrame:
    """Last months, the same months a year earlier, and the change; unknown with too little history."""
    recent = wide.iloc[:, -months:].sum(axis=1).astype("Int64")
    before = wide.iloc[:, -12 - months:-12].sum(axis=1).astype("Int64")
    if wide.shape[1] < 12 + months:
        before = before.where(Series(False, index=before.index))
    grown = money.growth(before.astype(float), recent.astype(float))
    change = grown["rate"].where(grown["case"] != "turned_negative", -1.0)
    return DataFrame({f"recent_{months}": recent, f"before_{months}": before, f"change_{months}": change})


def _count_products(products: DataFrame, *, last: Timestamp) -> DataFrame:
    """Products with positive sales in the last six months and in the same months a year earlier."""
    age = (last.year - products["month"].dt.year) * 12 + last.month - products["month"].dt.month
    known = pd.Index(sorted(products["account"].unique()), name="account", dtype="str")
    counts = {}
    for name, window in {"products": (0, 5), "products_before": (12, 17)}.items():
        rows = products[age.between(*window)].groupby(["account", "product"], observed=True)["net_sales"].sum()
        counts[name] = (rows > 0).groupby("account").sum().reindex(known, fill_value=0).astype("Int64")
    return DataFrame(counts)


def _measure_silence(wide: DataFrame, *, rules: LapseRules) -> DataFrame:
    """Months since the last purchase, and the gap the account rarely exceeds."""
    bought = wide.to_numpy(dtype=float) > 0
    silence = bought[:, ::-1].argmax(axis=1) if bought.shape[1] else np.zeros(len(wide), dtype=int)
    gaps = list_intervals(wide).groupby("account")["interval"]
    usual = gaps.quantile(rules.silence).where(gaps.size() >= rules.least_intervals).reindex(wide.index)
    return DataFrame({"silence": Series(silence, index=wide.index, dtype="int64"), "usual_gap": usual.astype(float)})


def _judge(table: DataFrame, *, rules: LapseRules) -> DataFrame:
    """One column of booleans per code; what is unknown is no sign."""
    before = table["products_before"]
    fewer = (table["products"] <= (1 - rules.products_lost) * before) & (before >= rules.least_products)
    return DataFrame({
        "decline_3": table["change_3"] <= rules.decline_3, "decline_6": table["change_6"] <= rules.decline_6,
        "products_lost": fewer.fillna(False).astype(bool),
        # a pause of n months means that the running interval is at least n + 1
        "silent": (table["silence"] > 0) & (table["silence"] + 1 > table["usual_gap"])})
