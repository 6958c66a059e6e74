"""KPI dictionary of the sample, and plan and actual by month for the likely key accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame

from kamnb.training.world import World, recipe, stream, twins

MONTHS_DONE = pd.date_range("2025-04-01", "2025-12-01", freq="MS")


def list_kpis() -> DataFrame:
    """KPIs: kpi, name, unit, source, baseline, target, direction, tolerance, leading; they hold for every account."""
    rows = []
    for kpi in recipe("accountplans")["kpi"]:
        baseline, target, tolerance = kpi.get("values", kpi.get("ledger"))[:3]
        rows.append({"kpi": kpi["id"], "account": None, "baseline": float(baseline), "target": float(target),
                     "direction": kpi["direction"], "tolerance": float(tolerance), "leading": kpi["leading"]}
                    | twins("name", kpi["name"]) | twins("unit", kpi["unit"]) | twins("source", kpi["source"]))
    return DataFrame(rows)


def track_kpis(world: World, tables: dict[str, DataFrame]) -> DataFrame:
    """KPI plan and actual: kpi, account, month, plan, actual.  The ledger's KPIs are computed, the others reported."""
    accounts = recipe("stories")["key"]["accounts"]
    counted = pd.concat([_sales(tables, accounts), _items(tables, accounts)], ignore_index=True)
    rng = stream(world.seed, "kpis")
    told = [kpi for kpi in recipe("accountplans")["kpi"] if "values" in kpi]
    reported = [_path(kpi, account, rng) for kpi in told for account in accounts]
    both = pd.concat([counted, *reported], ignore_index=True)
    return both.sort_values(["kpi", "account", "month"], ignore_index=True)


def _sales(tables: dict[str, DataFrame], accounts: list[str]) -> DataFrame:
    """Monthly sales in per cent of the sales plan; planned is 100."""
    sales = _lines(tables, accounts, since=MONTHS_DONE[0])
    actual = sales.groupby(["account", "month"])["net_sales"].sum()
    plan = tables["plan"].dropna(subset="account").set_index(["account", "month"])["net_sales"] * 1000
    reached = (100 * actual / plan.reindex(actual.index)).round(1).rename("actual")
    return reached.reset_index().assign(kpi="K01", plan=100.0)


def _items(tables: dict[str, DataFrame], accounts: list[str]) -> DataFrame:
    """Items not bought in the fiscal year before, counted up through the year; planned are four in even steps."""
    sales = _lines(tables, accounts, since=MONTHS_DONE[0] - pd.DateOffset(years=1))
    first = sales.groupby(["account", "product"])["month"].min().reset_index()
    new = first[first["month"] >= MONTHS_DONE[0]].groupby(["account", "month"]).size()
    cells = pd.MultiIndex.from_product([accounts, MONTHS_DONE], names=["account", "month"])
    counted = new.reindex(cells, fill_value=0).groupby("account").cumsum().astype(float).rename("actual").reset_index()
    return counted.assign(kpi="K02", plan=[float(step // 2) for step in range(len(MONTHS_DONE))] * len(accounts))


def _lines(tables: dict[str, DataFrame], accounts: list[str], *, since: pd.Timestamp) -> DataFrame:
    """Ledger lines of `accounts` since a day, with their month."""
    sales = tables["sales"][tables["sales"]["account"].isin(accounts) & (tables["sales"]["date"] >= since)]
    return sales.assign(month=sales["date"].dt.to_period("M").dt.start_time)


def _path(kpi: dict, account: str, rng: np.random.Generator) -> DataFrame:
    """A KPI on its way from baseline to target: the plan goes straight, the account its own pace."""
    baseline, target, _, spread = kpi["values"]
    way = np.linspace(0.1, 0.9, len(MONTHS_DONE))
    pace = 0.85 + recipe("accountplans")["pace"].get(account, 0.0)
    plan = baseline + (target - baseline) * way
    actual = baseline + (target - baseline) * way * pace + rng.normal(0, spread, len(way))
    ceiling = 100.0 if kpi["unit"][0] == "%" else np.inf
    return DataFrame({"kpi": kpi["id"], "account": account, "month": MONTHS_DONE, "plan": plan.round(2),
                      "actual": np.clip(actual, 0, ceiling).round(2)})
