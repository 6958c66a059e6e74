"""Account plans of the sample: SWOT with evidence, strategy rows, goals and activities of the likely key accounts."""

from __future__ import annotations

import math

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.training.world import LANGUAGES, World, recipe, twins

PRIVATE = "contacts"  # goals about our view of persons are not for the account to read
KINDS = {"sales": "S", "items": "I", "shelf": "H", "contacts": "C"}


def write_swot(facts: dict[str, dict]) -> DataFrame:
    """SWOT rows: account, side, factor, evidence with the account's numbers, weight 1-5.  `facts`: by account."""
    return DataFrame([{"account": account, "side": row["side"], "weight": weight}
                      | twins("factor", row["factor"]) | twins("evidence", fill(row["evidence"], facts[account]))
                      for row in recipe("accountplans")["swot"] for account, weight in row["accounts"].items()]
                     ).sort_values("account", kind="stable", ignore_index=True)


def write_strategy(facts: dict[str, dict]) -> DataFrame:
    """Strategy rows by the five Ps: account, pillar, stance, reason."""
    return DataFrame([{"account": account, "pillar": row["pillar"]}
                      | twins("stance", row["stance"]) | twins("reason", fill(row["reason"], facts[account]))
                      for row in recipe("accountplans")["strategy"] for account in row["accounts"]]
                     ).sort_values("account", kind="stable", ignore_index=True)


def write_goals(facts: dict[str, dict]) -> DataFrame:
    """Goals: goal, account, name, measure, baseline, target, due; three for each account."""
    rows = []
    for row in recipe("accountplans")["goal"]:
        for account in row["accounts"]:
            baseline, target = _targets(row["kind"], facts[account]["raw"])
            names = fill(row["name"], {"target": f"{target:,.0f}"})
            rows.append({"goal": f"G-{account}-{KINDS[row['kind']]}", "account": account, "baseline": float(baseline),
                         "target": float(target), "due": Timestamp("2027-03-31"), "shared": row["kind"] != PRIVATE}
                        | twins("name", names) | twins("measure", row["measure"]))
    return DataFrame(rows).sort_values("goal", ignore_index=True)


def _targets(kind: str, raw: dict) -> tuple[float, float]:
    """Baseline and target of a goal from the account's numbers."""
    if kind == "sales":
        return round(raw["sales"]), round(raw["sales"] * max(1.03, 1 + 0.6 * raw["growth"]), -1)
    if kind == "items":
        return raw["products"], raw["products"] + 6
    if kind == "shelf":
        return round(100 * raw["onshelf"]), min(95, round(100 * raw["onshelf"]) + 12)
    return raw["covered"], min(raw["persons"], raw["covered"] + 3)


def write_actions(world: World, goals: DataFrame, sales: Series) -> DataFrame:
    """Activities of every goal, except the gaps that the plan check must find.  `sales`: yearly yen by account."""
    book, rows = recipe("accountplans"), []
    empty = book["gaps"]["goal_without_action"]
    for goal in goals.itertuples():
        kind = next(name for name, letter in KINDS.items() if goal.goal.endswith(f"-{letter}"))
        if (goal.account, kind) != (empty["account"], empty["kind"]):
            plans = [plan for plan in book["action"] if plan["goal"] == kind]
            rows += [_action(world, goal, plan, sales=sales) | {"action": f"X-{goal.goal[2:]}-{place}"}
                     for place, plan in enumerate(plans, start=1)]
    return DataFrame(rows)


def _action(world: World, goal: tuple, plan: dict, *, sales: Series) -> dict:
    """One activity that serves `goal`; the one of the planted gap has no KPI."""
    blind = recipe("accountplans")["gaps"]["action_without_kpi"]
    unmeasured = (goal.account, plan["name"][0]) == (blind["account"], blind["name"])
    return twins("name", plan["name"]) | {
        "account": goal.account, "goal": goal.goal, "owner": _owner(world, plan["owner"], goal.account),
        "starts": Timestamp(plan["starts"]), "due": Timestamp(plan["due"]), "status": plan["status"],
        "kpi": None if unmeasured else plan["kpi"], "purpose": plan["purpose"],
        "shared": plan["goal"] != PRIVATE and plan["purpose"] != "defend",
        "budget": int(round(plan["budget"] * sales[goal.account], -4))}


def _owner(world: World, role: str, account: str) -> str:
    """The member who acts: the account's own manager or the one named."""
    team = recipe("team")["owners"][world.accounts.at[account, "channel"]]
    return team[world.accounts.at[account, "rank"] % len(team)] if role == "owner" else role


def fill(texts: list[str], facts: dict) -> list[str]:
    """Three texts with their {names} filled; a share carries its sign as the language writes it."""
    return [text.format_map(_Written(facts, language)) for text, language in zip(texts, LANGUAGES, strict=True)]


class _Written(dict):
    """Facts as a language writes them: a space stands before the per cent sign in English."""

    def __init__(self, facts: dict, language: str):
        super().__init__({name: value.replace("%", " %") if language == "en" and isinstance(value, str) else value
                          for name, value in facts.items()})


def percent(value: float, *, signed: bool = False) -> str:
    """A fraction as per cent with one decimal, or a dash where it is not known."""
    if value is None or pd.isna(value) or math.isinf(value):
        return "-"
    return f"{100 * value:+.1f}%" if signed else f"{100 * value:.1f}%"
