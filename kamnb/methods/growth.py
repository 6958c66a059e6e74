"""Growth over years, growth without the noise, and growth apart from the market's."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb import money
from kamnb.methods.series import round_amounts

PRIOR = 4  # how many months' worth of noise the group lends to an account whose own noise is hardly measurable
SPREAD = 0.03  # true growth is taken to differ between accounts by at least this (standard deviation of the log),
USUAL = 0.10  # by about this as far as the data leave it open,
WIDE = 0.30  # and rarely by more than this
HALF = (13 / 12) ** 2  # the half month added to each side of six draws log growth in by 12/13
QUORUM = 5  # groups with fewer accounts borrow the mean of all accounts


def total_years(panel: DataFrame, *, by: str = "account") -> DataFrame:
    """Net sales by year: one row per `by` (account, channel, category ...), one column per year, oldest first.

    `panel`: `by`, year, net_sales (minor units), as calendar.add_years returns it.  No sales in a year is 0.
    """
    if panel.empty:
        return DataFrame(index=pd.Index([], name=by, dtype="str"), columns=pd.Index([], name="year"))
    return panel.groupby([by, "year"], observed=True)["net_sales"].sum().unstack(fill_value=0).sort_index(axis=1)


def measure_growth(yearly: DataFrame) -> DataFrame:
    """Latest growth and growth over all years of each row of `yearly` (from `total_years`).

    Returns, on the same index: `base`, `current` (the last two years), `rate`, `change`, `case` (money.growth),
    `first` (the oldest year), `years` (between first and current) and `cagr` (a year; NaN unless both ends are
    positive).  With a single year base, rate and cagr are unknown.  Source: faults.md d.3.
    """
    amounts = yearly.astype("Int64") if yearly.shape[1] else yearly.reindex(columns=[0]).astype("Int64")
    current, first, years = amounts.iloc[:, -1], amounts.iloc[:, 0], amounts.shape[1] - 1
    base = amounts.iloc[:, -2] if years else current.mask(current.notna())
    grown = money.growth(base.astype(float), current.astype(float))
    both = (first > 0) & (current > 0) & (years > 0)
    ends = (current / first.where(first > 0)).where(both).astype(float)
    return DataFrame({"base": base, "current": current, "rate": grown["rate"], "change": current - base,
                      "case": grown["case"], "first": first, "years": years,
                      "cagr": ends ** (1 / max(years, 1)) - 1}, index=yearly.index)


def list_growth(yearly: DataFrame) -> DataFrame:
    """Year-on-year growth, long: key (name of the index), `year`, `base`, `current`, `rate`, `change`, `case`.

    `yearly`: from `total_years`.  One row per key and year from the second year on, sorted by key and year.
    """
    parts = [measure_growth(yearly.iloc[:, :n + 1]).assign(year=yearly.columns[n]) for n in range(1, yearly.shape[1])]
    columns = [yearly.index.name or "account", "year", "base", "current", "rate", "change", "case"]
    parts = parts or [measure_growth(yearly.iloc[:0]).assign(year=pd.Series(dtype="datetime64[ns]"))]
    long = pd.concat(parts).rename_axis(index=columns[0]).reset_index()
    return long[columns].sort_values(columns[:2], ignore_index=True)


def measure_noise(panel: DataFrame) -> DataFrame:
    """Log growth of each account's last year over the one before, and how uncertain its months make it.

    `panel`: account, month, year, net_sales.  Returns, by account: `log_growth` and `variance` (of the log), NaN
    unless both years are positive, and `odd`, `even`: log growth told by every other month alone (half an average
    month is added to each side, so that no half is empty).  The variance is that of a ratio of matched months:
    seasons cancel, and what jumps from one month to the next is noise (von Neumann's successive differences): a
    steady slide or climb within the year is growth.
    """
    last_two = sorted(panel["year"].unique())[-2:]
    recent = panel[panel["year"].isin(last_two)]
    order = 12 - (recent["year"].dt.month - recent["month"].dt.month) % 12
    recent = recent.assign(place=order, late=recent["year"] == last_two[-1])
    wide = recent.groupby(["account", "late", "place"], observed=True)["net_sales"].sum().astype(float)
    wide = wide.unstack(["late", "place"], fill_value=0)
    wide = wide.reindex(columns=pd.MultiIndex.from_product([[False, True], range(1, 13)]), fill_value=0)
    before, after = wide[False], wide[True]
    base, current = before.sum(axis=1), after.sum(axis=1)
    ratio = (current / base.where(base > 0)).where(current > 0)
    steps = (after - before.mul(ratio, axis=0)).diff(axis=1).iloc[:, 1:]
    missed = steps.pow(2).sum(axis=1, skipna=False) / 2 * 12 / 11
    little = (base + current).where(ratio.notna()) / 48
    odd, even = (np.log((after.iloc[:, half].sum(axis=1).clip(lower=0) + little)
                        / (before.iloc[:, half].sum(axis=1).clip(lower=0) + little))
                 for half in (slice(0, None, 2), slice(1, None, 2)))
    return DataFrame({"log_growth": np.log(ratio), "variance": missed / current.where(ratio.notna())**2,
                      "odd": odd, "even": even})


def _draw_in(values: Series, groups: Series) -> Series:
    """Distance of `values` from the median of their group, cut off at three robust standard deviations.

    A handful of accounts that hardly bought a year ago must not say how much everybody's growth may differ.
    """
    apart = values - values.groupby(groups).transform("median")
    reach = 3 * 1.4826 * apart.abs().median()
    return apart.clip(-reach, reach)


def _calibrate(noise: DataFrame, channel: Series) -> tuple[float, Series]:
    """Variance of true growth among the accounts of a channel, and that of each account's measured growth.

    What odd and even months agree on is true, what they differ by is noise.  The few purchases of accounts that
    seldom buy understate their noise, so all variances are raised to what odd and even months say on average.
    """
    steadied = (11 * noise["variance"] + PRIOR * max(noise["variance"].median(), 1e-12)) / (11 + PRIOR)
    odd, even = (_draw_in(noise[name], channel) for name in ("odd", "even"))
    agreed = odd * even * HALF
    error = agreed.var() / max(agreed.count(), 1)
    doubt = error / (error + (WIDE if agreed.mean() > USUAL**2 else USUAL) ** 4)
    true = max((1 - doubt) * agreed.mean() + doubt * USUAL**2, SPREAD**2)
    return true, steadied * max((odd - even).pow(2).mean() / 4 * HALF / steadied.mean(), 1.0)


def _average(log_growth: Series, weight: Series, *, groups: Series) -> DataFrame:
    """Weighted `mean` growth of each account's group and its `variance`."""
    near = _draw_in(log_growth, groups) + log_growth.groupby(groups).transform("median")
    sums = DataFrame({"growth": near * weight, "weight": weight}).groupby(groups).transform("sum")
    total = sums["weight"].where(sums["weight"] > 0)
    return DataFrame({"mean": sums["growth"] / total, "variance": 1 / total})


def shrink_growth(panel: DataFrame, *, level: float = 0.8) -> DataFrame:
    """Each account's growth of the last year, drawn towards its channel's as far as its own months are noisy.

    `panel`: account, channel, month, year, net_sales.  Returns, by account: `channel`, `growth` (as measured),
    `shrunken`, `low`, `high` (interval that holds the true growth with probability `level`), `shrinkage` (0 = own
    growth stands, 1 = the channel's mean) and `channel_growth`; rates are fractions, NaN unless both years are
    positive.  Channels with fewer than 5 such accounts use the mean of all.  Empirical Bayes on log growth,
    normal-normal model; how much true growth differs is what odd and even months agree on.
    """
    columns = ["channel", "growth", "shrunken", "low", "high", "shrinkage", "channel_growth"]
    if panel["year"].nunique() < 2:
        none = DataFrame(index=pd.Index(sorted(panel["account"].unique()), name="account", dtype="str"))
        return none.join(panel.groupby("account")["channel"].last()).reindex(columns=columns)
    noise = measure_noise(panel)
    channel = panel.groupby("account", observed=True)["channel"].last().reindex(noise.index)
    true, variance = _calibrate(noise, channel)
    many = noise["log_growth"].groupby(channel).transform("count") >= QUORUM
    own, common = (_average(noise["log_growth"], 1 / (variance + true), groups=groups)
                   for groups in (channel, Series("", index=channel.index)))
    prior = own.where(many, common)
    pull = variance / (variance + true)
    centre = pull * prior["mean"] + (1 - pull) * noise["log_growth"]
    reach = NormalDist().inv_cdf(0.5 + level / 2) * np.sqrt((1 - pull) * variance + pull**2 * prior["variance"])
    rates = {"growth": noise["log_growth"], "shrunken": centre, "low": centre - reach, "high": centre + reach}
    return DataFrame({"channel": channel, **{name: np.exp(log) - 1 for name, log in rates.items()},
                      "shrinkage": pull, "channel_growth": np.exp(prior["mean"]) - 1})[columns]


def split_growth(sales: DataFrame) -> DataFrame:
    """Change in sales as what the market gave and what share won or lost, exactly.

    `sales`: `base`, `current` (ours) and `market_base`, `market_current` (minor units), any index.  Returns
    `change`, `market_effect` (our base x market growth), `share_effect` (the rest; the two sum to `change`),
    `growth`, `market_growth` (fractions), `share_base`, `share_current` (0-1) and `share_points` (their
    difference).  Where the market is unknown or not positive, effects and shares are <NA>/NaN.
    """
    own, market = sales[["base", "current"]].astype("Int64"), sales[["market_base", "market_current"]].astype("Int64")
    grown = money.growth(own["base"].astype(float), own["current"].astype(float))
    lifted = money.growth(market["market_base"].astype(float), market["market_current"].astype(float))
    effect = round_amounts(own["base"].astype(float) * lifted["rate"])
    change = own["current"] - own["base"]
    shares = {name: money.ratio(own[name].astype(float), market[f"market_{name}"].astype(float)) for name in own}
    return DataFrame({"change": change, "market_effect": effect, "share_effect": change - effect,
                      "growth": grown["rate"], "market_growth": lifted["rate"],
                      "share_base": shares["base"], "share_current": shares["current"],
                      "share_points": shares["current"] - shares["base"]}, index=sales.index)


def measure_share(sales: Series, market: Series) -> Series:
    """Share of market (0-1) on the index of `sales`; NaN where the market is unknown or not positive."""
    return money.ratio(sales.astype(float), market.reindex(sales.index).astype(float)).rename("share")
