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
    rows, names = pd.factorize(panel["account"], sort=True)
    number = panel["month"].to_numpy().astype("datetime64[M]").astype("int64")
    last = panel["month"].max() if until is None else until
    months = pd.date_range(panel["month"].min(), last, freq="MS", name="month")
    place = number - number.min()
    inside = (place < len(months)) & (rows >= 0)
    sums = np.bincount(rows[inside] * len(months) + place[inside], weights=_known(panel["net_sales"])[inside],
                       minlength=len(names) * len(months))  # whole amounts below 2**53 add up exactly
    index = pd.Index(names, name="account")
    return DataFrame(sums.reshape(len(names), len(months)), index=index, columns=months)


def _known(values: Series) -> np.ndarray:
    """`values` as floats; what is unknown adds nothing to a sum."""
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isnan(numbers), 0.0, numbers)


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
    rows, gaps = find_gaps(wide.to_numpy(dtype=float) > 0)
    return DataFrame({"account": wide.index.take(rows), "interval": gaps.astype(float)})


def find_gaps(bought: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row and length of every interval between two purchases (`bought`: accounts by periods, True = bought)."""
    rows, places = np.nonzero(bought)
    same = rows[1:] == rows[:-1]
    return rows[1:][same], np.diff(places)[same]
