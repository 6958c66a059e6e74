"""What it costs to serve an account, by time-driven activity-based costing, and what the idle time costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb import money
from kamnb.methods.series import round_amounts

CAPACITY = ["name", "practical_minutes", "cost", "rate", "used_minutes", "used", "assigned", "unused_minutes",
            "unused_cost", "state"]


def list_activities(drivers: DataFrame, *, scale: int = 0) -> DataFrame:
    """Cost of every activity for every account: account, activity, `minutes` and `cost` (minor units) a year.

    `drivers`: account, activity, volume (times a year), unit_minutes, cost_per_minute (main unit of the currency, of
    which 10**`scale` minor units make one).  One row per driver line, unknown stays unknown; sorted by account, the
    dearest first.  Source: method.md 2.2 cost-to-serve, oracle O20.
    """
    minutes = _minutes(drivers)
    cost = round_amounts(minutes * drivers["cost_per_minute"].astype(float) * 10**scale)
    table = drivers[["account", "activity"]].assign(minutes=minutes, cost=cost)
    return table.sort_values(["account", "cost", "activity"], ascending=[True, False, True], ignore_index=True)


def _minutes(drivers: DataFrame) -> Series:
    return drivers["volume"].astype(float) * drivers["unit_minutes"].astype(float)


def total_cost_to_serve(drivers: DataFrame, *, scale: int = 0) -> DataFrame:
    """`minutes` and `cost_to_serve` (minor units) a year, by account (index)."""
    groups = list_activities(drivers, scale=scale).groupby("account")
    return groups.agg(minutes=("minutes", "sum"), cost_to_serve=("cost", "sum"))


def rate_drivers(drivers: DataFrame, capacity: DataFrame, *, scale: int = 0) -> DataFrame:
    """`drivers` whose minutes cost what their resource costs at practical capacity, where that is known.

    `drivers`: as in `list_activities`, with resource (<NA> = not said); `capacity`: as in `measure_capacity`.  The other
    lines keep their own cost_per_minute.  At this rate idle time is charged to no account.  Source: oracle O20.
    """
    minutes = capacity.set_index("resource")["practical_minutes"].astype(float)
    rates = money.ratio(capacity.set_index("resource")["cost"].astype("Float64").astype(float), minutes) / 10**scale
    found = drivers["resource"].map(rates).astype(float)
    return drivers.assign(cost_per_minute=found.where(found.notna(), drivers["cost_per_minute"].astype(float)))


def measure_capacity(drivers: DataFrame, capacity: DataFrame, *, slack: float = 0.85) -> DataFrame:
    """What every resource could do, what the accounts used of it, and what the idle rest costs.

    `drivers`: volume, unit_minutes, resource; `capacity`: resource, name, practical_minutes (a year, after breaks,
    holidays and training) and cost (minor units a year).  Returns, by resource (index), largest idle cost first:
    `name`, `practical_minutes`, `cost`, `rate` (minor units per minute), `used_minutes`, `used` (share),
    `assigned` + `unused_cost` = `cost`, `unused_minutes` (negative = overtime that nobody planned) and `state`: idle
    (used below `slack`, a rule of thumb), full, short (above 1), unknown (no capacity given).  Idle cost is shown
    apart and charged to no account.  Source: method.md A10, 2.2 cost-to-serve, oracle O20.
    """
    used = _minutes(drivers).groupby(drivers["resource"]).sum(min_count=1).rename("used_minutes")
    found = capacity.set_index("resource")[["name", "practical_minutes", "cost"]].join(used, how="outer")
    found["practical_minutes"] = found["practical_minutes"].astype(float)
    idle = found["practical_minutes"].notna() & found["used_minutes"].isna()
    found["used_minutes"] = found["used_minutes"].astype(float).mask(idle, 0.0)  # a capacity that no line draws on
    found["cost"] = found["cost"].astype("Int64")
    found["rate"] = money.ratio(found["cost"].astype("Float64").astype(float), found["practical_minutes"])
    found["used"] = money.ratio(found["used_minutes"], found["practical_minutes"])
    found["assigned"] = round_amounts(found["used_minutes"] * found["rate"])
    found["unused_minutes"] = found["practical_minutes"] - found["used_minutes"]
    found["unused_cost"] = found["cost"] - found["assigned"]
    steps = [found["used"].isna(), found["used"] > 1, found["used"] < slack]
    states = np.select([step.to_numpy() for step in steps], ["unknown", "short", "idle"], "full")
    found["state"] = Series(states, index=found.index, dtype="str")
    found.index = pd.Index(found.index, name="resource", dtype="str")
    return found.sort_index().sort_values("unused_cost", ascending=False, kind="stable", na_position="last")[CAPACITY]

