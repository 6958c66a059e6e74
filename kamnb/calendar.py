"""Fiscal periods. A fiscal year is named by the calendar year in which it starts (faults.md d.5)."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, DatetimeIndex, Series, Timestamp


def fiscal_year(dates: Series, *, start: int = 4) -> Series:
    """Fiscal year of each date, named by its start year: 31 March 2025 is 2024 when years start in April."""
    return dates.dt.year - (dates.dt.month < start).astype(int)


def fiscal_period(dates: Series, *, start: int = 4) -> Series:
    """Month within the fiscal year, 1 to 12."""
    return (dates.dt.month - start) % 12 + 1


def half(dates: Series, *, start: int = 4) -> Series:
    """Half-year within the fiscal year: 1 (April-September by default) or 2."""
    return (fiscal_period(dates, start=start) > 6).astype(int) + 1


def last_complete_month(as_of: Timestamp) -> Timestamp:
    """First day of the last month that is complete on `as_of` (its own month only on the month's last day)."""
    nextday = pd.Timestamp(as_of).normalize() + pd.Timedelta(days=1)
    return (nextday.to_period("M") - 1).start_time


def years_back(months: Series, *, as_of: Timestamp) -> Series:
    """How many twelve-month windows before `as_of` each month lies: 0 = the latest twelve complete months.

    `months`: first days of months.  Months after the last complete one (a partial month) are negative.
    """
    last = last_complete_month(as_of)
    number = months.to_numpy(dtype="datetime64[M]").astype("int64")  # months since 1970
    return Series(((last.year - 1970) * 12 + last.month - 1 - number) // 12, index=months.index)


def year_end(back: int, *, as_of: Timestamp) -> Timestamp:
    """Last day of the twelve-month window `back` windows before `as_of`."""
    last = last_complete_month(as_of).to_period("M") - 12 * int(back)
    return last.end_time.normalize()


def is_fiscal_end(day: Timestamp, *, start: int = 4) -> bool:
    """Whether a twelve-month window that ends on `day` is a fiscal year."""
    return day.month % 12 + 1 == start


def year_months(fiscal: int, *, start: int = 4) -> DatetimeIndex:
    """The twelve month starts of the fiscal year named `fiscal`."""
    return pd.date_range(f"{fiscal}-{start:02d}-01", periods=12, freq="MS")


def add_years(panel: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """`panel` (with `month`) of complete twelve-month windows only, plus `year` = last day of the window.

    The oldest window is kept only when all of its twelve months lie within the panel's range.
    """
    if panel.empty:
        return panel.assign(year=pd.Series(dtype="datetime64[ns]"))
    back = years_back(panel["month"], as_of=as_of)
    first = panel["month"].min()
    oldest = int(years_back(Series([first]), as_of=as_of).iloc[0])
    complete = first <= (year_end(oldest, as_of=as_of).to_period("M") - 11).start_time
    keep = (back >= 0) & (back <= (oldest if complete else oldest - 1))
    ends = {k: year_end(k, as_of=as_of) for k in range(oldest + 1)}
    return panel.loc[keep].assign(year=back[keep].map(ends))
