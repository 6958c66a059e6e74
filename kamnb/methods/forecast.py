"""Where the fiscal year will land: actual months plus a forecast of the rest that had to beat the naive one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.calendar import last_complete_month, year_months
from kamnb.methods.series import FLOOR, round_amounts, spread_months

ORIGINS = 12  # past month ends from which each method had to forecast
LEAST = 6  # with fewer of them no method is preferred and no interval is given
SMOOTHING = 0.3
REACH = 1.44  # standard errors from p50 to p90: Student's t for the six or so independent windows of a backtest

COLUMNS = {"account": "str", "month": "datetime64[us]", "net_sales": "Int64", "kind": "str", "model": "str",
           "mase": float, "deviation": float}


def _seasons(history: np.ndarray) -> np.ndarray:
    """Seasonal index of the total, for the twelve months that follow `history`."""
    whole = history.shape[1] // 12 * 12
    blocks = history[:, history.shape[1] - whole:].sum(axis=0).reshape(-1, 12)
    blocks = blocks[blocks.sum(axis=1) > 0]
    if not len(blocks):
        return np.ones(12)
    ratios = (blocks / blocks.mean(axis=1, keepdims=True)).mean(axis=0).clip(FLOOR)
    return ratios / ratios.mean()


def _repeat(history: np.ndarray, ahead: int) -> np.ndarray:
    """Seasonal naive: the same months of the last year."""
    return history[:, -12:][:, np.arange(ahead) % 12]


def _drift(history: np.ndarray, ahead: int) -> np.ndarray:
    """Seasonal naive plus the change of the last year's average month."""
    return _repeat(history, ahead) + (history[:, -12:].mean(axis=1) - history[:, -24:-12].mean(axis=1))[:, None]


def _half_drift(history: np.ndarray, ahead: int) -> np.ndarray:
    """Seasonal naive plus half of that change: trends wear off."""
    return (_repeat(history, ahead) + _drift(history, ahead)) / 2


def _without_season(history: np.ndarray, ahead: int) -> tuple[np.ndarray, np.ndarray]:
    """The last two years without the season of all accounts, and that season for the months ahead."""
    seasons, span = _seasons(history), min(24, history.shape[1])
    return history[:, -span:] / seasons[np.arange(-span, 0) % 12], seasons[np.arange(ahead) % 12]


def _steady(history: np.ndarray, ahead: int) -> np.ndarray:
    """Mean level of the last year, times the season of all accounts."""
    plain, seasons = _without_season(history, ahead)
    return plain[:, -12:].mean(axis=1)[:, None] * seasons


def _level(history: np.ndarray, ahead: int) -> np.ndarray:
    """Exponentially smoothed level, times the season of all accounts."""
    plain, seasons = _without_season(history, ahead)
    level = plain[:, :12].mean(axis=1)
    for month in plain.T:
        level = level + SMOOTHING * (month - level)
    return level[:, None] * seasons


METHODS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "naive": _repeat, "drift": _drift, "half_drift": _half_drift, "steady": _steady, "level": _level}


def _backtest(sales: np.ndarray, ahead: int) -> tuple[np.ndarray, np.ndarray]:
    """Monthly errors (method, origin, account, month) and errors of the sum (method, origin, account)."""
    last = sales.shape[1] - ahead
    origins = range(max(24, last - ORIGINS + 1), last + 1)
    errors = np.array([[sales[:, at:at + ahead] - method(sales[:, :at], ahead) for at in origins]
                       for method in METHODS.values()]).reshape(len(METHODS), -1, len(sales), ahead)
    return errors, errors.sum(axis=3)


def _choose(sales: np.ndarray, ahead: int) -> DataFrame:
    """Per account: `method` (place in METHODS), `mase` and `deviation` of the sum of the months ahead."""
    rows = np.arange(len(sales))
    errors, sums = _backtest(sales, ahead)
    if errors.shape[1] < LEAST:
        return DataFrame({"method": 0, "mase": np.nan, "deviation": np.nan, "origins": errors.shape[1]}, index=rows)
    absolute = np.abs(errors).mean(axis=(1, 3))
    best = absolute.argmin(axis=0)
    best = np.where(absolute[best, rows] < absolute[0], best, 0)
    naive = np.where(absolute[0] > 0, absolute[0], np.nan)
    return DataFrame({"method": best, "mase": absolute[best, rows] / naive,
                      "deviation": np.sqrt((sums**2).mean(axis=1))[best, rows], "origins": errors.shape[1]})


def _predict(sales: np.ndarray, ahead: int) -> DataFrame:
    """`_choose` plus one column per month ahead; with less than a year of sales the mean month is repeated."""
    young = (sales[:, :-12] != 0).sum(axis=1) == 0
    if sales.shape[1] < 24:
        chosen = DataFrame({"method": 0, "mase": np.nan, "deviation": np.nan, "origins": 0}, index=range(len(sales)))
        months = _repeat(sales, ahead) if sales.shape[1] >= 12 else np.zeros((len(sales), ahead))
    else:
        chosen = _choose(sales, ahead)
        every = np.array([method(sales, ahead) for method in METHODS.values()])
        months = every[chosen["method"].to_numpy(), np.arange(len(sales))]
    # who never had a month below zero will not have one now
    months = np.where((sales.min(axis=1) >= 0)[:, None], np.maximum(months, 0), months)
    started = np.maximum((np.cumsum(sales != 0, axis=1) > 0).sum(axis=1), 1)
    months[young] = (sales.sum(axis=1) / started)[young, None]
    names = np.array(list(METHODS))[chosen["method"].to_numpy()]
    chosen["model"] = np.where(young, "mean", names)
    chosen.loc[young, ["mase", "deviation"]] = np.nan
    return pd.concat([chosen, DataFrame(months)], axis=1)


def project_months(panel: DataFrame, *, year: int, as_of: Timestamp, start: int = 4) -> DataFrame:
    """The twelve months of fiscal year `year`, actual or forecast, by account.

    `panel`: account, month, net_sales (minor units); only complete months before `as_of` are used.  To forecast
    channels or the whole, put their code into `account`.  Returns account, month, net_sales (Int64), `kind` (actual
    or forecast), `model`, `mase` (mean absolute error against the seasonal naive, in the backtest) and `deviation`
    (standard error of the sum of the forecast months, minor units); the last two are NaN where history is too
    short to test.  Models: naive, drift, half_drift, steady, level; mean for accounts in their first year.
    """
    last = last_complete_month(as_of)
    months = year_months(year, start=start)
    wide = spread_months(panel[panel["month"] <= last], until=last)
    ahead = months[months > last]
    skipped = (months[0].year - last.year) * 12 + months[0].month - last.month - 1  # year still to begin
    reach = len(ahead) + max(skipped, 0)
    if wide.empty:
        return DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    predicted = _predict(wide.to_numpy(dtype=float), max(reach, 1)).set_index(wide.index)
    forecast = DataFrame(predicted.iloc[:, -len(ahead):] if len(ahead) else predicted.iloc[:, :0])
    forecast.columns = ahead
    both = pd.concat([wide[wide.columns.intersection(months)], forecast], axis=1)
    long = both.rename_axis(columns="month").stack().rename("net_sales").reset_index()
    long["net_sales"] = round_amounts(long["net_sales"])
    long["kind"] = Series(np.where(long["month"] > last, "forecast", "actual"), dtype="str")
    long = long.merge(predicted[["model", "mase", "deviation"]], left_on="account", right_index=True)
    return long[list(COLUMNS)].astype(COLUMNS)


def forecast_landing(panel: DataFrame, *, year: int, as_of: Timestamp, start: int = 4) -> DataFrame:
    """Where fiscal year `year` will land for each account, with the range that holds it four times in five.

    `panel`: account, month, net_sales (minor units).  Returns, by account: `actual` (its months so far),
    `months_left`, `p10`, `p50`, `p90` (landing, Int64; p10 and p90 <NA> where history is too short to test a
    forecast, equal to p50 when no month is left; p10 is at least `actual` for
    accounts without a negative month), `model` and `mase`.  p50 = actual + the forecast months of
    `project_months`.  Source: method.md 2.1 landing forecast.
    """
    months = project_months(panel, year=year, as_of=as_of, start=start)
    sums = months.groupby(["account", "kind"])["net_sales"].sum().unstack(fill_value=0)
    sums = sums.reindex(columns=["actual", "forecast"], fill_value=0).astype("Int64")
    left = (months["kind"] == "forecast").groupby(months["account"]).sum().astype("int64")
    facts = months.drop_duplicates("account").set_index("account")
    p50 = sums["actual"] + sums["forecast"]
    reach = round_amounts((facts["deviation"] * REACH).where(left > 0, 0.0))
    low = p50 - reach
    never_below = (panel.groupby("account")["net_sales"].min() >= 0).reindex(sums.index)
    low = low.mask((never_below & (low < sums["actual"])).fillna(False), sums["actual"])
    return DataFrame({"actual": sums["actual"], "months_left": left, "p10": low, "p50": p50,
                      "p90": p50 + reach, "model": facts["model"], "mase": facts["mase"]})

