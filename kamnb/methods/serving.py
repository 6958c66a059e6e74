"""What it costs to serve an account, by time-driven activity-based costing."""

from __future__ import annotations

from pandas import DataFrame

from kamnb.methods.series import round_amounts


def list_activities(drivers: DataFrame, *, scale: int = 0) -> DataFrame:
    """Cost of every activity for every account: account, activity, `minutes` and `cost` (minor units) a year.

    `drivers`: the cost_drivers table (volume, unit_minutes, cost_per_minute in the main unit).  Sorted by account,
    dearest first.  Source: method.md 2.2 cost-to-serve, oracle O20.
    """
    minutes = drivers["volume"].astype(float) * drivers["unit_minutes"].astype(float)
    cost = round_amounts(minutes * drivers["cost_per_minute"].astype(float) * 10**scale)
    table = drivers[["account", "activity"]].assign(minutes=minutes, cost=cost)
    return table.sort_values(["account", "cost", "activity"], ascending=[True, False, True], ignore_index=True)


def total_cost_to_serve(drivers: DataFrame, *, scale: int = 0) -> DataFrame:
    """`minutes` and `cost_to_serve` (minor units) a year, by account (index)."""
    groups = list_activities(drivers, scale=scale).groupby("account")
    return groups.agg(minutes=("minutes", "sum"), cost_to_serve=("cost", "sum"))
