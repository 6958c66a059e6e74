"""Annual targets split into months that add up to the last yen."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.calendar import fiscal_period, last_complete_month
from kamnb.errors import InputError
from kamnb.methods.series import spread_months

PERIODS = pd.RangeIndex(1, 13, name="period")
FINE = 10**12


def split_target(total: int, weights: Series) -> Series:
    """`total` (minor units) in parts that follow `weights` and sum to it exactly, on the index of `weights`.

    Each part is within one unit of its share: largest remainders get the units that rounding leaves, the earlier
    part first among equals.  Raises InputError for weights that are negative, missing or all zero.
    """
    values = weights.to_numpy(dtype=float)
    if np.isnan(values).any() or (values < 0).any() or not values.sum() > 0:
        raise InputError("weights to split a target by must be zero or more, and not all zero", "target",
                         "Give each month a weight of zero or more.")
    # whole numbers throughout: a float product of a large target and a share is not exact
    parts = [int(round(value * FINE)) for value in values / values.sum()]
    size, whole = abs(int(total)), sum(parts)
    floors = [size * part // whole for part in parts]
    rests = [-(size * part % whole) for part in parts]
    for place in np.argsort(rests, kind="stable")[:size - sum(floors)]:
        floors[place] += 1
    sign = -1 if total < 0 else 1
    return Series([sign * part for part in floors], index=weights.index, dtype="int64")


def split_targets(totals: Series, weights: DataFrame) -> DataFrame:
    """`split_target` for each account: rows of `totals` by columns of `weights` (both by account), int64.

    Raises InputError for an account without weights.
    """
    missing = totals.index.difference(weights.index)
    if len(missing):
        raise InputError(f"account {missing[0]!r} has no monthly weights", "target", "Add its weights.")
    rows = {account: split_target(total, weights.loc[account]) for account, total in totals.items()}
    return DataFrame.from_dict(rows, orient="index", columns=weights.columns, dtype="int64").rename_axis(
        index=totals.index.name)


def profile_months(panel: DataFrame, *, as_of: Timestamp, start: int = 4) -> DataFrame:
    """Share of each month in the year's sales, by account (index) and fiscal period 1 to 12 (columns).

    `panel`: account, month, net_sales.  From up to three twelve-month windows before `as_of`; an account's own
    profile is blended with that of all accounts, which counts as much as one year, and stands alone for accounts
    without sales.  Each row sums to 1; negative months count as none.
    """
    last = last_complete_month(as_of)
    wide = spread_months(panel[panel["month"] <= last], until=last)
    if wide.empty:
        return DataFrame(index=wide.index, columns=PERIODS, dtype=float)
    recent = wide.iloc[:, -36:]
    recent = recent.iloc[:, recent.shape[1] % 12 if recent.shape[1] >= 12 else 0:]
    period = fiscal_period(Series(recent.columns, index=recent.columns), start=start)
    sums = recent.T.groupby(period).sum().T.reindex(columns=PERIODS, fill_value=0.0).clip(lower=0)
    common = sums.sum() if sums.to_numpy().sum() > 0 else Series(1.0, index=PERIODS)
    common = common / common.sum()
    own = sums.div(sums.sum(axis=1).where(lambda total: total > 0), axis=0)
    years = np.ceil((recent > 0).cummax(axis=1).sum(axis=1) / 12)
    return own.mul(years, axis=0).add(common, axis=1).div(years + 1, axis=0).fillna(common)


def sum_halves(months: DataFrame) -> DataFrame:
    """`months` (columns fiscal period 1 to 12) as first half, second half and year: columns h1, h2, year."""
    first, second = months.loc[:, 1:6].sum(axis=1), months.loc[:, 7:12].sum(axis=1)
    return DataFrame({"h1": first, "h2": second, "year": first + second})
