"""The planted truths about channels, capacity, pipeline, rivals and opinions, computed from the sample's own tables."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series

from kamnb.training.world import recipe

YEARS = (2024, 2025)
Tables = dict[str, DataFrame]


def _share(value: float) -> float:
    """A fraction as truth.toml writes it."""
    return round(float(value), 4)


def _idle(tables: Tables, story: dict) -> dict:
    drivers = tables["cost_drivers"]
    used = (drivers["volume"] * drivers["unit_minutes"]).groupby(drivers["resource"]).sum()
    capacity = tables["capacity"].set_index("resource").loc[story["resource"]]
    minutes = int(capacity["practical_minutes"])
    rate = capacity["cost"] / minutes
    names = recipe("trade")["resource"][story["resource"]]
    return {"resource": story["resource"], "resource_ja": names["ja"], "resource_en": names["en"], "resource_zh": names["zh"],
            "practical_minutes": minutes, "used_minutes": int(used[story["resource"]]),
            "idle": _share(1 - used[story["resource"]] / minutes),
            "idle_cost": round(float((minutes - used[story["resource"]]) * rate))}


def _filled(tables: Tables, story: dict) -> dict:
    mine = tables["sales"][tables["sales"]["account"] == story["account"]]
    bought = mine.groupby(mine["date"].dt.to_period("M"))["quantity"].sum()
    stock = tables["stock"][tables["stock"]["account"] == story["account"]]
    held = stock.groupby(stock["month"].dt.to_period("M"))["quantity"].sum()
    sold = (bought - held.diff()).dropna()
    growth = {name: flow[flow.index.year == YEARS[1]].sum() / flow[flow.index.year == YEARS[0]].sum() - 1
              for name, flow in (("growth_in", bought), ("growth_out", sold))}
    cover = {name: held[f"{year}-12"] / sold[f"{year}-10":f"{year}-12"].mean()
             for name, year in zip(("cover_before", "cover_after"), YEARS, strict=True)}
    return {"account": story["account"], "from": story["from"]} | {
        name: _share(value) for name, value in (growth | cover).items()}


def _rivals(tables: Tables, story: dict) -> dict:
    sales, market, found = tables["sales"], tables["market"], {}
    for role, cell in story.items():
        name = recipe("channels")["category"][cell["category"]]["ja"]
        mine = sales[(sales["channel"] == cell["channel"]) & (sales["category"] == name)]
        ours = mine.groupby("year")["net_sales"].sum()
        rows = market[(market["channel"] == cell["channel"]) & (market["category"] == name)]
        rival = rows.groupby(rows["month"].dt.year)["rival_sales"].sum() * 1000
        found |= {f"{role}_channel": cell["channel"], f"{role}_category": name,
                  f"{role}_category_en": recipe("channels")["category"][cell["category"]]["en"],
                  f"{role}_gap": int(rival[YEARS[1]] - ours[YEARS[1]]), f"{role}_ours": _share(_grow(ours)),
                  f"{role}_rival": _share(_grow(rival))}
    return found


def _grow(yearly: Series) -> float:
    return yearly[YEARS[1]] / yearly[YEARS[0]] - 1


def _dissent(tables: Tables, story: dict) -> dict:
    rows = tables["surveys"]
    rows = rows[(rows["survey"] == "maturity") & (rows["topic"] == story["factor"])]
    latest = rows[rows["date"] == rows["date"].max()]
    means = latest.astype({"score": float}).groupby("department")["score"].mean()
    name = recipe("team")["department"][story["department"]]
    return {"factor": story["factor"], "department": name[0], "department_en": name[1],
            "theirs": _share(means[name[0]]), "others": _share(means.drop(name[0]).mean())}


def _index(tables: Tables, story: dict) -> dict:
    rows = tables["pos"][tables["pos"]["account"] == story["account"]]
    year = rows["month"].dt.year
    units = rows.groupby(year)["quantity"].sum()
    shoppers = rows.drop_duplicates("month").groupby(pd.Series(year, index=rows.index))["shoppers"].sum()
    index = units / shoppers * 1000
    return {"account": story["account"], "before": _share(index[YEARS[0]]), "after": _share(index[YEARS[1]])}


CHANNEL_TRUTHS = {"T14": _idle, "T15": _filled, "T16": _rivals, "T17": _dissent, "T18": _index}
