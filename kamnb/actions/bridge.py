"""From the baseline to the target: the building blocks and what nobody has a source for, to the last yen."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.money import growth

BRIDGE = {"block": "str", "kind": "str", "amount": "int64", "start": "int64", "end": "int64", "growth": float}


def build_bridge(targets: DataFrame, blocks: DataFrame) -> DataFrame:
    """The steps from baseline to target; baseline + steps = target exactly.

    `targets`: from `read_targets`; `blocks`: building blocks with block and amount (unknown or zero ones are left out).
    Returns block (baseline, the blocks, then gap: asked for without a source; or reserve: the blocks go beyond the
    target; then target), `kind` (total, step, gap), amount, `start` and `end` of the bar, and `growth`: what the step
    adds to the sales of the year before.  Source: method.md 5 feature 6.
    """
    if targets.empty:
        return DataFrame(columns=list(BRIDGE)).astype(BRIDGE)
    base, goal = int(targets["baseline"].sum()), int(targets["target"].sum())
    named = blocks[blocks["amount"].notna() & (blocks["amount"] != 0)]
    rest = goal - base - int(named["amount"].sum())
    steps = [*zip(named["block"], ["step"] * len(named), named["amount"].astype(int), strict=True),
             *([("gap" if rest > 0 else "reserve", "gap", rest)] if rest else [])]
    rows = DataFrame([("baseline", "total", base), *steps, ("target", "total", goal)],
                     columns=["block", "kind", "amount"])
    ends = rows["amount"].where(rows["block"] != "target", 0).cumsum()
    starts = (ends - rows["amount"]).where(rows["kind"] != "total", 0)
    before = float(targets["previous_sales"].sum())
    added = rows["amount"].astype(float) / (before if before > 0 else np.nan)
    return rows.assign(start=starts, end=ends, growth=added.where(rows["kind"] != "total"))[list(BRIDGE)].astype(BRIDGE)


def summarise_bridge(bridge: DataFrame, years: DataFrame) -> dict[str, object]:
    """What the target asks over the baseline and how much of it is named; {} without a target.

    Returns year, baseline, target, `asked` = target - baseline, `named` (sum of the blocks), `gap` (asked without a
    source, zero where the blocks reach the target), `share` of the asked that is named (1 where nothing is asked), and
    `growth` of the target over the year before.  `years`: from `list_years`.
    """
    if bridge.empty or len(years) < 2:
        return {}
    amounts = bridge.set_index("block")["amount"]
    asked = int(amounts["target"] - amounts["baseline"])
    named = int(bridge.loc[bridge["kind"] == "step", "amount"].sum())
    gap = max(asked - named, 0)
    before = years["net_sales"].astype(float).iloc[[-2]].reset_index(drop=True)
    rate = growth(before, Series([float(amounts["target"])]))["rate"].iloc[0]
    share = float(np.clip(named / asked, 0, 1)) if asked > 0 else 1.0
    return {"year": years["year"].iloc[-1], "baseline": int(amounts["baseline"]), "target": int(amounts["target"]),
            "asked": asked, "named": named, "gap": gap, "share": share, "growth": rate}


def judge_bridge(facts: dict[str, object]) -> str:
    """How the target stands to its sources: none asked, covered, mostly (half or more), open, bare; "" = not known."""
    if not facts or int(facts["asked"]) <= 0:
        return "none" if facts else ""
    named = "bare" if facts["named"] <= 0 else "mostly" if float(facts["share"]) >= 0.5 else "open"
    return "covered" if facts["gap"] == 0 else named


def weigh_budget(activities: DataFrame, bridge: DataFrame, *, margin_rate: float) -> dict[str, object]:
    """Money set aside against what it is to bring; {} where no activity has a budget or there is no target.

    `activities`: from `list_activities`; `bridge`: from `build_bridge`.  Returns budget, `unfunded` (activities without
    one), `named` (sales of the building blocks), `margin` of them (NaN where costs are not known), `gap`.
    """
    budgets = activities["budget"].dropna() if len(activities) else pd.Series(dtype="Int64")
    if budgets.empty or bridge.empty:
        return {}
    named = int(bridge.loc[bridge["kind"] == "step", "amount"].sum())
    return {"budget": int(budgets.sum()), "unfunded": len(activities) - len(budgets), "named": named,
            "margin": named * margin_rate, "gap": max(int(bridge.loc[bridge["kind"] == "gap", "amount"].sum()), 0)}
