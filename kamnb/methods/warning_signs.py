"""Signs that an account is about to be lost, as one could have seen them on each day of the past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, DatetimeIndex, Series, Timestamp

from kamnb.calendar import last_complete_month
from kamnb.methods.origins import number_names
from kamnb.methods.series import deseasonalise, find_gaps, spread_months

YEAR, RUN = 12, 3  # months of a year, and of the run that counts as a loss
SIGNS = ("fall", "against_peers", "lately", "slope", "narrower", "overdue")
CELLS = {"day": "datetime64[us]", "account": "str", "state": "str", "sales": "int64", "change": float,
         **dict.fromkeys(SIGNS, float), "naive": bool, "lost": "boolean", "months": "Int64"}


@dataclass(frozen=True)
class WarningRules:
    """What counts as a loss, what it is compared with, and how the test is run; thresholds are rules of thumb.

    `loss`: fall of three months, season aside, below the year before from which an account counts as lost; `horizon`: months
    ahead in which it must happen; `active`: in how many of twelve months an account must have bought for three of them to tell
    anything (who buys more seldom is judged by its own pauses: `pauses.measure_pauses`); `naive`: fall of the last `window`
    months against the same a year earlier from which the simple alarm rings; `step`: months between two test days; `draws`,
    `level`, `seed`: of the interval.
    """

    loss: float = 0.5
    horizon: int = 6
    active: int = 9
    naive: float = 0.2
    window: int = 3
    step: int = 3
    draws: int = 2000
    level: float = 0.9
    seed: int = 0


DEFAULT = WarningRules()


def trace_signs(panel: DataFrame, products: DataFrame, *, as_of: Timestamp, rules: WarningRules = DEFAULT) -> DataFrame:
    """Every account on every test day: what it looked like, and what became of it.

    `panel`: account, channel, month, net_sales; `products`: account, product, month, net_sales (may be empty).  Test days are
    ends of complete months, `step` apart, the last of them that of `as_of`, with eighteen months before them.  Returns day,
    account, `state` (watched; irregular: buys too seldom; fallen: lost already, no news), `sales` (12 months), `change` (last
    `window` months against a year earlier), the signs, all the larger the worse: `fall` (- change), `against_peers` (log
    change, less that of the channel), `lately` (last 3 months against the 9 before, without the season), `slope` (fall of a
    line through the year, in standard errors), `narrower` (fewer products than a year earlier, share), `overdue` (pause in usual
    intervals), `naive` (the simple alarm rings), `lost` (within the horizon; unknown where it has not ended) and `months`
    until then.  Nothing of a day's row but the last two was known after that day.  Accounts that do not buy any more have no
    row.  Source: feature 13.
    """
    last, (texts, (rows, bought)) = last_complete_month(as_of), number_names(panel, products)
    months, ahead = _list_months(panel, last, rules), pd.DateOffset(months=rules.horizon)
    if not len(months):
        return DataFrame(columns=list(CELLS)).astype(CELLS)
    levels = {month: _level_seasons(rows, month) for month in {*months, *(months + ahead)}}
    parts = [_observe(rows, bought, levels[month], rules).join(_follow(levels[month + ahead], last, rules)) for month in months]
    table = pd.concat(parts).reset_index()
    return table.assign(account=texts["account"].take(table["account"]))[list(CELLS)].astype(CELLS)


def _list_months(panel: DataFrame, last: Timestamp, rules: WarningRules) -> DatetimeIndex:
    """The months with whose end a test day falls, oldest first."""
    if panel.empty:
        return DatetimeIndex([])
    first = panel["month"].min() + pd.DateOffset(months=YEAR + max(rules.window, 6) - 1)
    return DatetimeIndex(pd.date_range(first, last, freq="MS")[::-1][::rules.step][::-1])


def _level_seasons(panel: DataFrame, last: Timestamp) -> DataFrame:
    """Sales by account and month without the season of the channel, as it was known at the end of month `last`."""
    return spread_months(deseasonalise(panel[panel["month"] <= last], of="channel"), until=last)


def _observe(panel: DataFrame, products: DataFrame, level: DataFrame, rules: WarningRules) -> DataFrame:
    """The signs at the end of the last month of `level`, by account."""
    last = level.columns[-1]
    known = panel[panel["month"] <= last]
    sales, steady, ends = spread_months(known, until=last).to_numpy(), level.to_numpy(), (level.shape[1], level.shape[1] - YEAR)
    recent, before = (sales[:, end - rules.window:end].sum(axis=1) for end in ends)
    change = recent / np.where(before > 0, before, np.nan) - 1
    fallen = steady[:, -RUN:].mean(axis=1) <= (1 - rules.loss) * steady[:, -YEAR - RUN:-RUN].mean(axis=1)
    regular = (sales[:, -YEAR - RUN:-RUN] > 0).sum(axis=1) >= rules.active
    state, bought = np.select([~regular, fallen], ["irregular", "fallen"], "watched"), (sales[:, -YEAR:] > 0).any(axis=1)
    table = DataFrame({"day": last + pd.offsets.MonthEnd(0), "sales": sales[:, -YEAR:].sum(axis=1), "change": change,
                       "naive": change <= -rules.naive, "state": state}, index=level.index)[bought]
    channel = known.groupby("account")["channel"].last()
    return table.join(_measure_signs(level[bought], table["change"], channel)).assign(
        narrower=_measure_narrowing(products, table.index, last))


def _follow(level: DataFrame, last: Timestamp, rules: WarningRules) -> DataFrame:
    """Whether and when each account was lost within the horizon, by account; `level`: to the end of the horizon, which nobody
    knows yet beyond month `last`."""
    usual = level.iloc[:, -YEAR - rules.horizon:-rules.horizon].mean(axis=1).to_numpy()
    runs = np.lib.stride_tricks.sliding_window_view(level.to_numpy()[:, 1 - RUN - rules.horizon:], RUN, axis=1).mean(axis=2)
    fallen = runs <= (1 - rules.loss) * usual[:, None]
    table = DataFrame({"lost": fallen.any(axis=1), "months": fallen.argmax(axis=1) + 1}, index=level.index).astype(
        {"lost": "boolean", "months": "Int64"})
    table["months"] = table["months"].where(table["lost"])
    return table if level.columns[-1] <= last else table.mask(table["lost"].notna(), pd.NA)


def _measure_signs(level: DataFrame, change: Series, channel: Series) -> DataFrame:
    """The signs of decline that sales alone tell of; `level`: sales by month without the season."""
    log_change = np.log1p(change.clip(lower=-0.99))
    year = level.to_numpy()[:, -YEAR:]
    usual, lately = year[:, :-RUN].mean(axis=1), year[:, -RUN:].mean(axis=1)
    peers = log_change.groupby(channel.reindex(level.index)).transform("median")
    return DataFrame({"fall": -change, "against_peers": peers - log_change, "lately": 1 - lately / np.where(usual > 0, usual, np.nan),
                      "slope": _measure_slope(year), "overdue": _measure_overdue(level.to_numpy() > 0)})


def _measure_slope(year: np.ndarray) -> np.ndarray:
    """Fall of a straight line through the year (accounts by months), in standard errors; a year without any spread has none."""
    months = np.arange(year.shape[1])[:, None] - (year.shape[1] - 1) / 2
    centred = np.ascontiguousarray((year - year.mean(axis=1, keepdims=True)).T)  # months by accounts, summed month after month
    slope = (centred * months).sum(axis=0) / (months**2).sum()
    error = np.sqrt(((centred - months * slope) ** 2).sum(axis=0) / max(len(months) - 2, 1) / (months**2).sum())
    return -slope / np.where(error > 1e-12, error, np.nan)


def _measure_narrowing(products: DataFrame, accounts: pd.Index, last: Timestamp) -> Series:
    """How many fewer products are bought in three months than in the same a year earlier, as a share; NaN without any then."""
    counts = []
    for end in (last, last - pd.DateOffset(months=YEAR)):
        rows = products[products["month"].between(end - pd.DateOffset(months=RUN - 1), end)]
        rows = rows[rows["net_sales"] > 0].drop_duplicates(["account", "product"])
        counts.append(rows.groupby("account").size().reindex(accounts, fill_value=0).astype(float))
    return 1 - counts[0] / counts[1].where(counts[1] > 0)


def _measure_overdue(bought: np.ndarray) -> np.ndarray:
    """The running pause in usual intervals (months); NaN with fewer than three intervals.  `bought`: accounts by months."""
    rows, gaps = find_gaps(bought)
    count, total = (np.bincount(rows, weights=weights, minlength=len(bought)) for weights in (None, gaps))
    usual = total / np.where(count >= 3, count, np.nan)
    return (bought[:, ::-1].argmax(axis=1) + 1) / usual
