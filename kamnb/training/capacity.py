"""What the people and means that serve the sample's accounts can do in a year, and what they cost."""

from __future__ import annotations

from pandas import DataFrame

from kamnb.training.world import recipe, twins

ROUND = 1000            # minutes of capacity are stated in thousands


def name_resources(drivers: DataFrame) -> DataFrame:
    """`drivers` with the resource that does each activity."""
    done_by = {facts["ja"]: facts["resource"] for facts in recipe("trade")["activity"].values()}
    return drivers.assign(resource=drivers["activity"].map(done_by))


def state_capacity(drivers: DataFrame) -> DataFrame:
    """Capacity: resource, three names, practical_minutes and cost (yen) a year.

    `drivers`: from `name_resources`.  A minute costs what the drivers say it does, so that the cost to serve of every
    account stays as it is and what nobody used is left over.
    """
    used = (drivers["volume"] * drivers["unit_minutes"]).groupby(drivers["resource"]).sum()
    rate = drivers.groupby("resource")["cost_per_minute"].first()
    rows = []
    for resource, facts in recipe("trade")["resource"].items():
        minutes = int(round(used[resource] / facts["used"] / ROUND)) * ROUND
        rows.append({"resource": resource, "practical_minutes": minutes, "cost": int(minutes * rate[resource])}
                    | twins("name", [facts["ja"], facts["en"], facts["zh"]]))
    return DataFrame(rows)
