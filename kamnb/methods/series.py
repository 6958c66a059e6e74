"""Monthly panels as complete grids, their seasonality and their purchase intervals."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

FLOOR = 0.05  # a month that hardly sells at all must not blow its neighbours up when it is divided out


def round_amounts(values: Series) -> Series:
    """`values` (minor units with a fraction) as Int64, rounded once, half away from zero; unknown stays <NA>."""
    exact = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return Series(np.trunc(exact + np.copysign(0.5, exact)), index=values.index, name=values.name).astype("Int64")


def spread_months(panel: DataFrame, *, until: pd.Timestamp | None = None) -> DataFrame:
    """Sales by account on a complete grid of months: one row per account, one column per month.

    `panel`: account, month, net_sales.  A month without a row is a month without sales, so it is 0: the ledger is
    complete.  Columns run from the panel's first month to its last, or to `until`.  Rows sorted by account.
    """
    if panel.empty:
        return DataFrame(index=pd.Index([], name="account", dtype="str"), columns=pd.DatetimeIndex([], name="month"))
    wide = panel.groupby(["account", "month"], observed=True)["net_sales"].sum().unstack(fill_value=0)
    last = wide.columns[-1] if until is None else until
    months = pd.date_range(wide.columns[0], last, freq="MS", name="month")
    return wide.reindex(columns=months, fill_value=0).astype(float).sort_index()


def spread_periods(panel: DataFrame, *, by: Literal["month", "quarter"] = "month") -> DataFrame:
    """`spread_months` summed to months or quarters; a column is named by the first month of its period.

    Quarters are blocks of three months counted back from the panel's last month, so the newest one is always
    whole; an incomplete oldest block is left out.
    """
    wide = spread_months(panel)
    if by == "month":
        return wide
    whole = wide.shape[1] // 3 * 3
    kept = wide.iloc[:, wide.shape[1] - whole:]
    sums = kept.to_numpy(dtype=float).reshape(len(kept), whole // 3, 3).sum(axis=2)
    return DataFrame(sums, index=wide.index, columns=kept.columns[::3])


def seasonal_index(totals: Series) -> Series:
    """How each calendar month compares with the average month: index 1 to 12, mean 1.

    `totals`: sales by month, month starts without gaps.  The ratio of each month to the mean of its twelve-month
    block is averaged over the whole blocks, counted back from the end; all ones with less than twelve months.
    """
    flat = Series(1.0, index=pd.RangeIndex(1, 13, name="calendar_month"))
    blocks = totals.to_numpy(dtype=float)[len(totals) % 12:].reshape(-1, 12)
    blocks = blocks[blocks.sum(axis=1) > 0]
    if not len(blocks):
        return flat
    ratios = (blocks / blocks.mean(axis=1, keepdims=True)).mean(axis=0).clip(FLOOR)
    return Series(ratios / ratios.mean(), index=totals.index[-12:].month).reindex(flat.index)


def deseasonalise(panel: DataFrame, *, of: Literal["total", "channel"] = "total") -> DataFrame:
    """`panel` with net_sales (now float) divided by the month-of-year index of the total or of its channel.

    `panel`: account, month, net_sales, and channel if `of="channel"`.  Same rows and columns come back.
    """
    if panel.empty:
        return panel.astype({"net_sales": float})
    groups = panel["channel"] if of == "channel" else Series("", index=panel.index)
    totals = spread_months(panel.assign(account=groups))
    indices = totals.apply(seasonal_index, axis=1)
    factor = indices.stack().reindex(pd.MultiIndex.from_arrays([groups, panel["month"].dt.month]))
    return panel.assign(net_sales=panel["net_sales"].to_numpy(dtype=float) / factor.to_numpy())


def list_intervals(wide: DataFrame) -> DataFrame:
    """Periods between one purchase and the next: columns account, interval; one row per interval.

    `wide`: accounts by periods, as `spread_periods` returns it.  A purchase is a period with positive sales;
    an interval of 1 means two periods in a row.
    """
    rows, places = np.nonzero(wide.to_numpy(dtype=float) > 0)
    bought = DataFrame({"account": wide.index.to_numpy()[rows], "interval": places})
    bought["interval"] = bought.groupby("account")["interval"].diff()
    return bought.dropna(ignore_index=True)
