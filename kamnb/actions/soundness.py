"""Whether the plan holds together: goal, activity, KPI, owner, date and money, checked by rules one can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from pandas import DataFrame, Series

from kamnb.actions.activities import OPEN, PlanTables
from kamnb.actions.rules import PlanRules

COLUMNS = ["rule", "table", "row", "name"]
# In the order in which they must be mended: what breaks the chain from goal to money comes first.
RULES = (
    "no_goal", "goal_without_activity", "activity_without_goal", "activity_without_owner", "activity_without_start",
    "activity_without_due", "due_before_start", "due_after_goal", "overdue", "activity_without_kpi",
    "goal_without_baseline", "kpi_without_baseline", "kpi_without_source", "kpi_wrong_way", "activity_without_purpose",
    "activity_without_budget", "half_without_activity", "nothing_defends", "budget_over_blocks",
)


def check_plan(plan: PlanTables, *, rules: PlanRules, money: Mapping[str, object]) -> DataFrame:
    """Every defect of the account's plan, what breaks the chain first.

    `plan`: the tables of all accounts; `money`: from `weigh_budget` ({} = not known).  Checks goals that are not over,
    activities that are open or running, and the KPIs that belong to the account or that its activities name.  Returns
    `rule` (see RULES), and the place to mend: `table`, `row` (its code) and `name`; no rows for a sound plan and where
    the client has given neither goals nor actions.  Source: method.md 5 feature 14, A25, A30, B22.
    """
    if plan.goals.empty and plan.actions.empty:
        return DataFrame(columns=COLUMNS, dtype="str")
    mine = plan.of(rules.account)
    goals = mine.goals[mine.goals["due"] > rules.as_of]
    live = mine.actions[mine.actions["status"].isin(OPEN)]
    named = live["kpi"].dropna()
    kpis = mine.kpis[(mine.kpis["account"] == rules.account) | mine.kpis["kpi"].isin(named)]
    used = [name for name in ("purpose", "budget") if plan.actions[name].notna().any()]
    found = [*_check_goals(goals, live), *_check_links(live, used=used), *_check_dates(live, mine.goals, rules=rules),
             *_check_kpis(kpis), *_check_whole(goals, live, rules=rules, money=money)]
    defects = pd.concat([DataFrame(columns=COLUMNS, dtype="str"), *found], ignore_index=True)
    order = defects["rule"].map({rule: place for place, rule in enumerate(RULES)})
    return defects.assign(order=order).sort_values(["order", "table", "row"], ignore_index=True)[COLUMNS].astype("str")


def _defects(rule: str, table: str, rows: DataFrame, wrong: Series) -> DataFrame:
    """The rows of `table` that break `rule`; its first column is the code."""
    bad = rows[wrong.to_numpy(dtype=bool)]
    named = {"row": bad.iloc[:, 0].to_numpy(), "name": bad["name"].to_numpy()}
    return DataFrame({"rule": rule, "table": table, **named}, dtype="str")


def _check_goals(goals: DataFrame, live: DataFrame) -> list[DataFrame]:
    """Goals nobody works for, and goals whose start nobody knows."""
    return [_defects("goal_without_activity", "goals", goals, ~goals["goal"].isin(live["goal"].dropna())),
            _defects("goal_without_baseline", "goals", goals, goals["baseline"].isna())]


def _check_links(live: DataFrame, *, used: Sequence[str]) -> list[DataFrame]:
    """Activities that lack a link: goal, owner, KPI; purpose and budget only where the client uses these columns."""
    return [_defects(f"activity_without_{name}", "actions", live, live[name].isna())
            for name in ("goal", "owner", "kpi", *used)]


def _check_dates(live: DataFrame, goals: DataFrame, *, rules: PlanRules) -> list[DataFrame]:
    """Activities without dates, due before they start, due after their goal, or late already."""
    goal_due = goals.set_index("goal")["due"].reindex(live["goal"]).set_axis(live.index)
    return [_defects("activity_without_start", "actions", live, live["starts"].isna()),
            _defects("activity_without_due", "actions", live, live["due"].isna()),
            _defects("due_before_start", "actions", live, live["due"] < live["starts"]),
            _defects("due_after_goal", "actions", live, live["due"] > goal_due),
            _defects("overdue", "actions", live, live["due"] < rules.as_of)]


def _check_kpis(kpis: DataFrame) -> list[DataFrame]:
    """KPIs that cannot show an effect: no starting value, no source, or a target on the wrong side of the start."""
    rise = kpis["target"].astype(float) - kpis["baseline"].astype(float)
    wrong_way = ((kpis["direction"] == "up") & (rise < 0)) | ((kpis["direction"] == "down") & (rise > 0))
    return [_defects("kpi_without_baseline", "kpis", kpis, kpis["baseline"].isna()),
            _defects("kpi_without_source", "kpis", kpis, kpis["source"].isna()),
            _defects("kpi_wrong_way", "kpis", kpis, wrong_way)]


def _check_whole(goals: DataFrame, live: DataFrame, *, rules: PlanRules,
                 money: Mapping[str, object]) -> list[DataFrame]:
    """What is wrong with the plan as a whole: no goal, an empty half, nothing that defends, too dear a budget."""
    worth = 0 if not money else money["margin"] if pd.notna(money["margin"]) else money["named"]
    dear = worth > 0 and money["budget"] > worth
    empty_half = len(live) > 0 and not all(_runs_in(live, half) for half in _halves(rules))
    tests = {"no_goal": ("goals", goals.empty),
             "half_without_activity": ("actions", empty_half),
             "nothing_defends": ("actions", len(live) > 0 and not (live["purpose"] == "defend").any()),
             "budget_over_blocks": ("actions", dear)}
    return [DataFrame({"rule": [rule], "table": [table], "row": [rules.account], "name": [""]}, dtype="str")
            for rule, (table, wrong) in tests.items() if wrong]


def _halves(rules: PlanRules) -> tuple[tuple[pd.Timestamp, pd.Timestamp], ...]:
    """First day and first day after each half of the year to plan."""
    middle = rules.months[6]
    return (rules.months[0], middle), (middle, middle + pd.DateOffset(months=6))


def _runs_in(live: DataFrame, span: tuple[pd.Timestamp, pd.Timestamp]) -> bool:
    """Whether any activity, dates as far as they are known, runs between the two days."""
    begins, ends = live["starts"].fillna(live["due"]), live["due"].fillna(live["starts"])
    return bool(((begins < span[1]) & (ends >= span[0])).any())


def count_defects(defects: DataFrame, plan: PlanTables, *, rules: PlanRules) -> dict[str, object]:
    """How the check ended: defects, `rows` concerned, `checked` (goals, live activities, KPIs), `chain` (defects that
    break the chain from goal to date); {} where the client has given neither goals nor actions.
    """
    if plan.goals.empty and plan.actions.empty:
        return {}
    mine = plan.of(rules.account)
    live = mine.actions["status"].isin(OPEN).sum()
    chain = defects["rule"].isin(RULES[:RULES.index("overdue")])
    return {"defects": len(defects), "rows": len(defects.drop_duplicates(["table", "row"])), "chain": int(chain.sum()),
            "checked": len(mine.goals) + int(live) + len(mine.kpis)}
