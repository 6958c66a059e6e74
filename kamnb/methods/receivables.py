"""Receivables: what is open and how old, and how long money takes to come in."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb import money
from kamnb.methods.series import round_amounts, spread_months

BUCKETS = ("current", "1-30", "31-60", "61-90", "90+")


def list_open_items(ar: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Invoices with money open on `as_of`: invoice, account, issued, due, `open`, `overdue_days`, `bucket`.

    `ar`: the ar table.  A payment after `as_of` has not happened yet; a paid day without an amount is full payment.
    `open` in minor units, `overdue_days` is negative before the due date, `bucket` one of current, 1-30, 31-60,
    61-90, 90+.  Sorted by days overdue, then amount, then invoice.
    """
    known = ar[ar["issued"] <= as_of]
    amount = known["amount"].astype("Int64")
    dated = known["paid_on"].notna()
    paid = known["paid"].astype("Int64").where(known["paid"].notna(), amount.where(dated, 0))
    paid = paid.where(~dated | (known["paid_on"] <= as_of), 0)
    items = known[["invoice", "account", "issued", "due"]].assign(open=(amount - paid).astype("int64"))
    items["overdue_days"] = (as_of - items["due"]).dt.days.astype("int64")
    edges = pd.cut(items["overdue_days"], [-np.inf, 0, 30, 60, 90, np.inf], labels=list(BUCKETS))
    items["bucket"] = edges.astype("str")
    items = items[items["open"] != 0]
    return items.sort_values(["overdue_days", "open", "invoice"], ascending=[False, False, True], ignore_index=True)


def list_overdue(ar: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """The rows of `list_open_items` that are past due, longest first."""
    items = list_open_items(ar, as_of=as_of)
    return items[items["overdue_days"] > 0].reset_index(drop=True)


def age_receivables(ar: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Open amounts by account and age: account, the five buckets, `open`, `overdue` (minor units) and
    `overdue_share` (0-1), largest overdue first.
    """
    items = list_open_items(ar, as_of=as_of)
    aged = items.groupby(["account", "bucket"])["open"].sum().unstack(fill_value=0)
    aged = aged.reindex(columns=list(BUCKETS), fill_value=0).astype("int64").rename_axis(columns=None)
    aged["open"] = aged[list(BUCKETS)].sum(axis=1)
    aged["overdue"] = aged["open"] - aged["current"]
    aged["overdue_share"] = money.ratio(aged["overdue"], aged["open"])
    return aged.reset_index().sort_values(["overdue", "account"], ascending=[False, True], ignore_index=True)


def days_of_sales(receivable: Series, sales: Series, *, days: float) -> Series:
    """Days sales outstanding: receivable / sales x days; NaN where sales are not positive.  Source: O29.

    Receivables carry tax: compare them with sales with tax (method.md 2.3 choice 7).
    """
    return money.ratio(receivable.astype(float), sales.astype(float)) * days


def count_back_days(receivable: Series, wide: DataFrame, *, as_of: Timestamp) -> Series:
    """Days sales outstanding by count-back: whole months used up from the newest, then part of the next one.

    `receivable`: open amount by account; `wide`: sales by account and month (series.spread_months, up to the month
    of `as_of`).  NaN where the sales on record do not reach back far enough.  Source: O29.
    """
    rest = receivable.astype(float).clip(lower=0)
    days = Series(0.0, index=receivable.index)
    months = wide.reindex(receivable.index, fill_value=0.0)
    for month in wide.columns[wide.columns <= as_of][::-1]:
        length = (min(month + pd.offsets.MonthEnd(0), as_of.normalize()) - month).days + 1
        sold = months[month].clip(lower=0)
        part = (rest / sold.where(sold > 0)).clip(upper=1).fillna(1.0)
        days += part.where(rest > 0, 0.0) * length
        rest = (rest - sold).clip(lower=0)
        if not (rest > 0).any():
            break
    return days.where(rest <= 0)


def measure_dso(ar: DataFrame, sales: DataFrame, *, as_of: Timestamp, months: int = 3) -> DataFrame:
    """How long each account's money is out.

    `ar`: the ar table; `sales`: account, month, net_sales, brought to the receivables' tax basis by `add_tax`.
    Returns, by account: `open`, `current`, `overdue`, `sales` (last `months` months up to the one of `as_of`; minor
    units), `days` in them, `dso`, `best_possible` (were nothing overdue), `delay` (dso - best_possible) and
    `count_back`, in days.  Only accounts with open items come back, sorted by account.  Source: method.md 2.2 AR.
    """
    aged = age_receivables(ar, as_of=as_of).set_index("account").sort_index()
    last = as_of.to_period("M").start_time
    until = sales[sales["month"] <= last]
    first = last - pd.DateOffset(months=months - 1)
    sold = until[until["month"] >= first].groupby("account")["net_sales"].sum().reindex(aged.index)
    days = (as_of.normalize() - first).days + 1
    table = aged[["open", "current", "overdue"]].assign(sales=sold.astype("Int64"), days=days)
    amount = sold.astype(float)
    table["dso"] = days_of_sales(aged["open"], amount, days=days)
    table["best_possible"] = days_of_sales(aged["current"], amount, days=days)
    table["delay"] = table["dso"] - table["best_possible"]
    wide = spread_months(until, until=last)
    table["count_back"] = count_back_days(aged["open"], wide, as_of=as_of)
    return table


def add_tax(sales: DataFrame, *, rate: float) -> DataFrame:
    """`sales` with net_sales raised by the tax `rate`, so that receivables with tax can be compared with it."""
    return sales.assign(net_sales=round_amounts(sales["net_sales"].astype(float) * (1 + rate)).astype("int64"))


def measure_payment(ar: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """How each account has paid: by account `invoices` (paid by `as_of`), `days_to_pay`, `days_late` (amount-weighted
    means, days) and `late_share` (of the amount, 0-1)."""
    paid = ar[ar["paid_on"].notna() & (ar["paid_on"] <= as_of) & (ar["amount"] > 0)]
    amount = paid["amount"].astype(float)
    took, late = (paid["paid_on"] - paid["issued"]).dt.days, (paid["paid_on"] - paid["due"]).dt.days
    parts = DataFrame({"account": paid["account"], "invoices": 1, "amount": amount, "took": took * amount,
                       "late": late * amount, "overdue": amount.where(late > 0, 0.0)})
    sums = parts.groupby("account").sum()
    return DataFrame({"invoices": sums["invoices"].astype("int64"), "days_to_pay": sums["took"] / sums["amount"],
                      "days_late": sums["late"] / sums["amount"], "late_share": sums["overdue"] / sums["amount"]})
