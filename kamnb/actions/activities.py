"""Who does what until when: the account's activities with their goals, owners and KPIs, their balance and the load."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pandas import DataFrame, Series

from kamnb.actions.rules import PlanRules

OPEN = ("open", "running")
PURPOSES = ("penetrate", "expand", "defend")
COLUMNS = ["goal", "goal_name", "goal_due", "action", "activity", "owner", "starts", "due", "kpi_name", "status",
           "budget", "purpose"]


@dataclass(frozen=True)
class PlanTables:
    """The plan as the client keeps it, all accounts: tables goals, actions, kpis and team."""

    goals: DataFrame
    actions: DataFrame
    kpis: DataFrame
    team: DataFrame

    def of(self, account: str) -> PlanTables:
        """The rows of `account`; KPIs also those of all accounts and those its activities name."""
        goals, actions = (table[table["account"] == account] for table in (self.goals, self.actions))
        mine = (self.kpis["account"] == account) | self.kpis["kpi"].isin(actions["kpi"].dropna())
        return PlanTables(goals, actions, self.kpis[mine], self.team)


def list_activities(plan: PlanTables, *, rules: PlanRules, joint: bool = False) -> DataFrame:
    """Activities of the account that the year to plan inherits or brings, by goal and date.

    `plan`: the tables of all accounts.  Kept: what is open or running, and what ends in the year to plan or later; what
    was dropped is not.  `joint`: the account itself reads it, so what defends against others is left out.  Returns
    goal, `goal_name`, `goal_due`, action, `activity` (what is done), owner (name; the code where the team is not given;
    missing where nobody is named), starts, due, `kpi_name`, status, budget (minor units), purpose.
    Source: method.md A25, A26, B22.
    """
    mine = plan.of(rules.account)
    live = mine.actions["status"].isin(OPEN) | (mine.actions["due"] >= rules.months[0])
    shown = live & (mine.actions["status"] != "dropped") & ~(joint & (mine.actions["purpose"] == "defend"))
    rows = mine.actions[shown].rename(columns={"name": "activity"})
    goals = mine.goals[["goal", "name", "due"]].set_axis(["goal", "goal_name", "goal_due"], axis=1)
    kpis = plan.kpis[["kpi", "name"]].rename(columns={"name": "kpi_name"})
    rows = rows.merge(goals, how="left", on="goal").merge(kpis, how="left", on="kpi")
    names = rows["owner"].map(plan.team.set_index("member")["name"])
    return rows.assign(owner=names.where(names.notna(), rows["owner"]).astype("str")).sort_values(
        ["goal_due", "goal", "starts", "due", "action"], na_position="last", ignore_index=True)[COLUMNS]


def list_shared(activities: DataFrame) -> DataFrame:
    """What both sides may see: activity, goal_name, owner, starts, due, kpi_name (where any is known), status."""
    told = activities["kpi_name"].notna().any() or activities.empty
    return activities[["activity", "goal_name", "owner", "starts", "due", *(["kpi_name"] * bool(told)), "status"]]


def read_stances(decision: DataFrame, saved: DataFrame) -> DataFrame:
    """The strategy that stage 3 decided, by pillar: pillar, stance (a code, or the client's own text), category.

    `decision`: the saved decision of stage strategy; `saved`: the client's strategy table of the account, whose text is
    in the reader's language and takes the place of the same row in the decision.
    """
    if not {"pillar", "stance"} <= set(decision.columns):
        return DataFrame({"pillar": [], "stance": [], "category": []}).astype("str")
    rows = decision.assign(place=decision.groupby("pillar").cumcount())
    texts = saved.assign(place=saved.groupby("pillar").cumcount()).set_index(["pillar", "place"])["stance"]
    own = texts.reindex(pd.MultiIndex.from_frame(rows[["pillar", "place"]])).to_numpy()
    coded = rows["stance"].str.fullmatch("[a-z_]+").fillna(False).astype(bool)
    stance = rows["stance"].where(coded | pd.isna(own), Series(own, index=rows.index))
    category = rows["category"] if "category" in rows else Series(pd.NA, index=rows.index, dtype="str")
    return DataFrame({"pillar": rows["pillar"], "stance": stance, "category": category}).astype("str")


def summarise_activities(activities: DataFrame, *, rules: PlanRules) -> dict[str, object]:
    """Counts of the plan: activities, goals, owners, due `before` the year and in its `first` and `second` half,
    undated, and next_due; {} without activities.  `activities`: from `list_activities`.
    """
    if activities.empty:
        return {}
    due = activities["due"].dropna()
    begin, middle = rules.months[0], rules.months[6]
    coming = due[due >= rules.as_of]
    goals, owners = activities["goal"].nunique(), activities["owner"].nunique()
    return {"activities": len(activities), "goals": goals, "owners": owners,
            "before": int((due < begin).sum()), "first": int(((due >= begin) & (due < middle)).sum()),
            "second": int((due >= middle).sum()), "undated": len(activities) - len(due),
            "next_due": coming.min() if len(coming) else pd.NaT}


def balance_purposes(activities: DataFrame) -> DataFrame:
    """How the activities divide between going deeper, going wider and defending.

    `activities`: from `list_activities`.  Returns, for each of penetrate, expand, defend: purpose, activities, `funded`
    (of them with a budget), budget (their sum, <NA> where none has one) and `budget_share` of all budgets.
    Source: method.md B08.
    """
    if activities.empty:
        return DataFrame({"purpose": [], "activities": [], "funded": [], "budget": [], "budget_share": []}).astype(
            {"purpose": "str", "activities": "int64", "funded": "int64", "budget": "Int64", "budget_share": float})
    groups = activities.groupby("purpose")["budget"]
    sums = groups.sum(min_count=1).astype("Int64").reindex(PURPOSES)
    counts = activities["purpose"].value_counts().reindex(PURPOSES, fill_value=0).astype("int64")
    total = float(sums.sum()) if sums.notna().any() else 0.0
    share = sums.astype(float) / total if total > 0 else Series(float("nan"), index=sums.index)
    return DataFrame({"purpose": PURPOSES, "activities": counts.array, "funded": groups.count().reindex(
        PURPOSES, fill_value=0).astype("int64").array, "budget": sums.array, "budget_share": share.array})


def summarise_balance(balance: DataFrame) -> dict[str, object]:
    """The purpose with most activities, its number, all of them, and how many defend; {} without activities."""
    if balance.empty or balance["activities"].sum() == 0:
        return {}
    top = balance.sort_values("activities", ascending=False, kind="stable").iloc[0]
    counts = balance.set_index("purpose")["activities"]
    return {"purpose": top["purpose"], "activities": int(top["activities"]), "all": int(counts.sum()),
            "defend": int(counts["defend"])}


def measure_load(plan: PlanTables, *, rules: PlanRules) -> DataFrame:
    """What the owners of this plan carry over all accounts.

    `plan`: the tables of all accounts.  Returns, for each owner of a live activity of the account, most loaded first:
    owner (name), `department`, `here` and `elsewhere` (live activities), `peak` (most at one time, all accounts),
    `peak_month`, and `over`: the peak goes beyond settings [actions] parallel.  An activity without a start counts
    from as_of, one without an end only in its first month.  Source: method.md A28.
    """
    live = plan.actions[plan.actions["status"].isin(OPEN) & plan.actions["owner"].notna()]
    here = live[live["account"] == rules.account]["owner"]
    rows = [_load_of(live[live["owner"] == owner], owner=owner, rules=rules) for owner in sorted(here.unique())]
    columns = {"owner": "str", "here": "int64", "elsewhere": "int64", "peak": "int64", "peak_month": "datetime64[us]"}
    loads = DataFrame(rows, columns=list(columns)).astype(columns)
    facts = plan.team.set_index("member")
    names = loads["owner"].map(facts["name"])
    named = loads.assign(owner=names.where(names.notna(), loads["owner"]).astype("str"),
                         department=loads["owner"].map(facts["department"]).astype("str"),
                         over=loads["peak"] > rules.parallel)
    return named.sort_values(["peak", "owner"], ascending=[False, True], ignore_index=True)[
        ["owner", "department", "here", "elsewhere", "peak", "peak_month", "over"]]


def _load_of(live: DataFrame, *, owner: str, rules: PlanRules) -> dict[str, object]:
    """Activities of one owner, and the month in which most of them run."""
    first = live["starts"].fillna(rules.as_of).dt.to_period("M").dt.start_time
    last = live["due"].where(live["due"] >= first, first)
    months = pd.date_range(rules.last + pd.DateOffset(months=1), rules.months[-1], freq="MS")
    running = Series([int(((first <= month) & (last >= month)).sum()) for month in months], index=months)
    here = int((live["account"] == rules.account).sum())
    return {"owner": owner, "here": here, "elsewhere": len(live) - here, "peak": int(running.max()),
            "peak_month": running.idxmax()}
