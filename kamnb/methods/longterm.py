"""Profit over the years to come: how long accounts stay, and what their profit is worth under stated assumptions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.growth import total_years
from kamnb.methods.series import round_amounts
from kamnb.methods.smallsample import wilson_interval

SCENARIOS = ("low", "middle", "high")
ASSUMED = ["key", "scenario", "retention", "growth", "discount"]
STREAM = {"key": "str", "scenario": "str", "year": "int64", "profit": float, "present": float}


def measure_retention(panel: DataFrame, *, level: float = 0.8) -> DataFrame:
    """Share of the accounts that bought again the year after, by channel, with its interval.

    `panel`: account, channel, year, net_sales (calendar.add_years).  Every account with sales in a year but the last
    counts once for that year.  Returns, by channel (index): `at_risk` (account-years), `kept`, `retention`, `low`,
    `high` (Wilson), and `sales_kept` (share of the sales of those who could leave that belonged to those who stayed).
    No rows with a single year.  Source: method.md A08.
    """
    wide = total_years(panel)
    before, after = (wide.iloc[:, part].to_numpy(dtype=float) for part in (slice(None, -1), slice(1, None)))
    risk, kept = before > 0, (before > 0) & (after > 0)
    counts = DataFrame({"at_risk": risk.sum(axis=1), "kept": kept.sum(axis=1), "sales": (before * risk).sum(axis=1),
                        "stayed": (before * kept).sum(axis=1)}, index=wide.index)
    channel = panel.groupby("account", observed=True)["channel"].last().reindex(wide.index)
    found = counts.groupby(channel.rename("channel"), observed=True).sum()
    found = found[found["at_risk"] > 0]
    interval = wilson_interval(found["kept"], found["at_risk"], level=level)
    return found[["at_risk", "kept"]].assign(retention=found["kept"] / found["at_risk"], **interval,
                                             sales_kept=found["stayed"] / found["sales"])


def state_scenarios(retention: DataFrame, growth: DataFrame, *, discount: float) -> DataFrame:
    """The assumptions of three scenarios for every key: all low, all middle, all high.

    `retention`: retention, low, high by key (example: `measure_retention`, by channel); `growth`: growth, low, high a
    year by key (fractions).  Keys must be in both.  Returns key, scenario (low, middle, high), retention (0-1), growth,
    discount.  Scenarios are stated, not forecast: they must be printed with the result.  Source: method.md A08, A10.
    """
    keys = retention.index.intersection(growth.index).sort_values()
    rows = [DataFrame({"key": keys, "scenario": scenario, "retention": retention[column].reindex(keys).to_numpy(),
                       "growth": growth[other].reindex(keys).to_numpy(), "discount": discount})
            for scenario, column, other in zip(SCENARIOS, ("low", "retention", "high"), ("low", "growth", "high"), strict=True)]
    table = pd.concat(rows, ignore_index=True).astype({"key": "str", "scenario": "str"})
    return table.sort_values(["key", "scenario"], key=_order_scenarios, ignore_index=True)[ASSUMED]


def _order_scenarios(column: Series) -> Series:
    return column.map({name: place for place, name in enumerate(SCENARIOS)}) if column.name == "scenario" else column


def project_profit(profit: Series, scenarios: DataFrame, *, years: int = 5) -> DataFrame:
    """Profit of every key in each of the `years` to come, and its value today.

    `profit`: this year's by key (minor units); `scenarios`: from `state_scenarios`.  In year t profit is
    profit x (retention x (1 + growth))^t, and `present` is that / (1 + discount)^t.  Returns key, scenario, `year` (1 =
    the next), `profit`, `present` (minor units, not rounded); keys without a known profit are left out.
    Source: method.md A08, A10.
    """
    known = _take_known(profit)
    rows = scenarios[scenarios["key"].isin(known.index)].sort_values(["key", "scenario"], key=_order_scenarios, ignore_index=True)
    table = rows.loc[rows.index.repeat(years), ["key", "scenario"]].reset_index(drop=True)
    now = rows["key"].map(known)
    return table.assign(year=np.tile(np.arange(1, years + 1), len(rows)),
                        profit=_carry_on(now, rows.assign(discount=0.0), years=years).ravel(),
                        present=_carry_on(now, rows, years=years).ravel()).astype(STREAM)


def _take_known(profit: Series) -> Series:
    """The known profits as floats, by key as text."""
    known = profit.dropna().astype(float)
    return known.set_axis(known.index.astype("str"))


def _carry_on(now: Series, assumed: DataFrame, *, years: int) -> np.ndarray:
    """Profit `now` carried on and discounted as `assumed`, row by row: one column per year to come."""
    step = assumed["retention"] * (1 + assumed["growth"]) / (1 + assumed["discount"])
    return now.to_numpy(dtype=float)[:, None] * step.to_numpy(dtype=float)[:, None] ** np.arange(1, years + 1)


def value_profit(stream: DataFrame) -> DataFrame:
    """What the projected profit is worth today, by key (index): `low`, `middle`, `high` (minor units, Int64).

    `stream`: from `project_profit`.  Low and high are the scenarios of those names: for a key that loses money the
    high one, in which its accounts stay longest, is the more negative.
    """
    values = stream.groupby(["key", "scenario"], observed=True)["present"].sum(min_count=1).unstack("scenario")
    values = values.reindex(columns=list(SCENARIOS)).astype(float)
    return values.apply(round_amounts).rename_axis(columns=None)


def value_levers(profit: Series, scenarios: DataFrame, *, years: int = 5, points: float = 0.01) -> DataFrame:
    """What one more point of retention, and one of growth a year, are worth over `years` in the middle scenario.

    `profit`, `scenarios`: as in `project_profit`.  Returns, by key (index), `retention` and `growth` (minor units,
    Int64): which of the two to work on.  A retention that is 1 already cannot rise.
    """
    known = _take_known(profit)
    middle = scenarios[(scenarios["scenario"] == "middle") & scenarios["key"].isin(known.index)].set_index("key").sort_index()
    moved = {"retention": middle.assign(retention=(middle["retention"] + points).clip(upper=1)),
             "growth": middle.assign(growth=middle["growth"] + points), "now": middle}
    worth = {name: round_amounts(Series(_carry_on(known.reindex(middle.index), rows, years=years).sum(axis=1), index=middle.index))
             for name, rows in moved.items()}
    return DataFrame({name: worth[name] - worth["now"] for name in ("retention", "growth")})
